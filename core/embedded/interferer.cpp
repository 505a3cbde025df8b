// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/interferer.h"

#include "core/manifest/glob.h"

#include <algorithm>
#include <map>

namespace core::embedded {

using manifest::globMatches;

namespace {

bool isAbout(const sim::Scenario::RequestStage& stage, const Action& action, const UserPtr& caller)
{
    const auto named = [](const std::vector<std::string>& patterns, std::string_view text) {
        return std::any_of(patterns.begin(), patterns.end(),
                           [&](const std::string& pattern) { return globMatches(pattern, text); });
    };
    const auto full = action.group.empty() ? action.resource : action.resource + "." + action.group;
    return named(stage.verbs, action.verb) && (named(stage.resources, action.resource) || named(stage.resources, full))
        && globMatches(stage.nameSpace, action.nameSpace) && globMatches(stage.user, caller->name);
}

std::string_view reasonOf(int status)
{
    static const std::map<int, std::string_view> reasons {
        {400, "BadRequest"},       {401, "Unauthorized"},    {403, "Forbidden"},     {404, "NotFound"},
        {405, "MethodNotAllowed"}, {409, "Conflict"},        {410, "Expired"},       {413, "RequestEntityTooLarge"},
        {422, "Invalid"},          {429, "TooManyRequests"}, {500, "InternalError"}, {503, "ServiceUnavailable"},
        {504, "Timeout"}};
    const auto it = reasons.find(status);
    return it == reasons.end() ? std::string_view("Unknown") : it->second;
}

kube::Response answerOf(const sim::Scenario::RequestStage& stage)
{
    Failure failure;
    failure.code = stage.status;
    failure.reason = reasonOf(stage.status);
    failure.message = stage.message;
    failure.details = false;
    auto response = failure.response();
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(stage.retryAfter).count();
    if (seconds > 0)
        response.headers.emplace_back("retry-after", std::to_string(seconds));
    return response;
}

} // namespace

Interferer::Interferer(sim::RunningScenarioPtr scenario, std::shared_ptr<Clock> clock)
    : m_scenario(std::move(scenario))
    , m_clock(std::move(clock))
    , m_random(m_scenario->scenario.seed)
{
}

std::vector<const Interferer::Stage*> Interferer::stagesOf(const kube::Request& request, const UserPtr& caller) const
{
    const auto parsed = ApiRequest::parse(request);
    if (!parsed || !parsed->resourcePath || !caller)
        return {};
    const auto action = actionOf(*parsed);
    // Else a scenario could not be ended.
    const bool own = action.resource == "configmaps" && action.nameSpace == sim::kScenarioNamespace
        && (action.name == sim::kScenarioName || action.verb == "create");
    std::vector<const Stage*> out;
    const auto since = m_clock->now() - m_scenario->began;
    for (const auto& stage : m_scenario->scenario.requests) {
        if (!own && stage.holds(since) && isAbout(stage, action, caller))
            out.push_back(&stage);
    }
    return out;
}

Interferer::Before Interferer::before(const kube::Request& request, const UserPtr& caller)
{
    for (const auto* stage : stagesOf(request, caller)) {
        if (stage->cutAfter)
            continue;
        {
            const std::scoped_lock lock(m_mutex);
            if (std::uniform_real_distribution<double>(0, 1)(m_random) >= stage->share)
                continue;
        }
        Before before;
        before.delay = std::chrono::duration_cast<std::chrono::milliseconds>(stage->delay);
        if (stage->status != 0)
            before.answer = answerOf(*stage);
        return before;
    }
    return {};
}

bool Interferer::cuts(const kube::Request& request, const UserPtr& caller,
                      std::chrono::steady_clock::duration age) const
{
    const auto stages = stagesOf(request, caller);
    return std::any_of(stages.begin(), stages.end(),
                       [&](const Stage* stage) { return stage->cutAfter && age >= *stage->cutAfter; });
}

} // namespace core::embedded
