// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/local_engine.h"

#include <boost/json.hpp>

namespace core::engine {

using manifest::Object;
using manifest::Value;

namespace {

constexpr auto kAnswersLast = std::chrono::seconds(30);
constexpr std::size_t kMostAnswers = 5'000;

} // namespace

std::string AccessQuestion::text() const
{
    std::string out = verb + " " + kind.kind;
    if (!kind.group.empty())
        out += "." + kind.group;
    if (!subresource.empty())
        out += "/" + subresource;
    if (!nameSpace.empty())
        out += " in " + nameSpace;
    return out;
}

Result<AccessAnswer> LocalEngine::review(const AccessQuestion& question, const std::stop_token& stop)
{
    PH_TRY(const auto type, m_client->resolve(question.kind, stop));
    Object attributes {{"verb", question.verb}, {"resource", type.plural}, {"version", type.version}};
    if (!type.group.empty())
        attributes["group"] = type.group;
    if (type.namespaced && !question.nameSpace.empty())
        attributes["namespace"] = question.nameSpace;
    if (!question.subresource.empty())
        attributes["subresource"] = question.subresource;
    if (!question.name.empty())
        attributes["name"] = question.name;
    const Value review = Object {{"apiVersion", "authorization.k8s.io/v1"},
                                 {"kind", "SelfSubjectAccessReview"},
                                 {"metadata", Object()},
                                 {"spec", Object {{"resourceAttributes", std::move(attributes)}}}};
    PH_TRY(const auto answer, m_client->create(review, {}, stop));
    return AccessAnswer {manifest::flag(answer, {"status", "allowed"}),
                         std::string(manifest::text(answer, {"status", "reason"}))};
}

Result<std::vector<AccessAnswer>> LocalEngine::access(const std::vector<AccessQuestion>& questions,
                                                      std::stop_token stop)
{
    std::vector<AccessAnswer> out;
    out.reserve(questions.size());
    for (const auto& question : questions) {
        const auto now = std::chrono::steady_clock::now();
        {
            const std::scoped_lock lock(m_mutex);
            if (const auto known = m_access.find(question);
                known != m_access.end() && now - known->second.second < kAnswersLast) {
                out.push_back(known->second.first);
                continue;
            }
        }
        PH_TRY(auto answer, review(question, stop));
        const std::scoped_lock lock(m_mutex);
        if (m_access.size() >= kMostAnswers)
            m_access.clear();
        m_access[question] = {answer, now};
        out.push_back(std::move(answer));
    }
    return out;
}

} // namespace core::engine
