// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/notify/evaluate.h"

#include "core/notify/functions.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::notify {

using manifest::Value;

namespace {

constexpr std::string_view kMemory = "notified.notifications.argoproj.io";
constexpr std::size_t kMaxMemory = 100;

/// An operation has ended, and the status was not compared since: templates would see a state of before.
bool behindItsOperation(const Value& app)
{
    const auto finished = parseRfc3339(manifest::text(app, {"status", "operationState", "finishedAt"}));
    if (!finished)
        return false;
    for (const auto* field : {"reconciledAt", "observedAt"})
        if (const auto seen = parseRfc3339(manifest::text(app, {"status", field})); seen && *seen >= *finished)
            return false;
    return true;
}

} // namespace

Memory readMemory(const Value& app)
{
    Memory out;
    const auto written = manifest::annotation(app, kMemory);
    if (written.empty())
        return out;
    const auto value = manifest::parseJson(written);
    if (value && value->is_object())
        for (const auto& member : value->get_object())
            if (member.value().is_int64())
                out[std::string(member.key())] = member.value().get_int64();
    return out;
}

std::string writeMemory(Memory memory)
{
    while (memory.size() > kMaxMemory)
        memory.erase(std::min_element(memory.begin(), memory.end(),
                                      [](const auto& a, const auto& b) { return a.second < b.second; }));
    boost::json::object out;
    for (const auto& [key, at] : memory)
        out[key] = at;
    return manifest::toJson(Value(std::move(out)));
}

Evaluation evaluate(const Config& config, const Value& app, const Value* project, const Memory& memory,
                    const Surroundings& surroundings)
{
    Evaluation out;
    if (behindItsOperation(app)) {
        out.skipped = true;
        return out;
    }
    const auto key = manifest::keyOf(app);
    const auto report = [&](std::string message, std::string hint) {
        out.problems.push_back({key, {"metadata", "annotations"}, std::move(message), std::move(hint)});
    };
    const auto destinations = subscriptionsOf(config, app, project);
    if (destinations.empty()) // nearly all of thousands
        return out;
    const auto env = expressionEnv(config, app, project, surroundings);
    for (const auto& destination : destinations) {
        const auto trigger = config.triggers.find(destination.trigger);
        if (trigger == config.triggers.end()) {
            report("a subscription names the trigger " + destination.trigger + " that is nowhere",
                   "add trigger." + destination.trigger + " to argocd-notifications-cm");
            continue;
        }
        if (!config.services.contains(destination.service)) {
            report("a subscription names the service " + destination.service + " that is nowhere",
                   "add service." + destination.service + " to argocd-notifications-cm");
            continue;
        }
        for (std::size_t i = 0; i < trigger->second.size(); ++i) {
            const auto& condition = trigger->second[i];
            bool holds = false;
            if (condition.compiledWhen)
                if (const auto value = condition.compiledWhen->run(env, surroundings.now))
                    holds = value->asBool() != nullptr && *value->asBool();
            std::string once;
            if (holds && condition.compiledOncePer)
                if (const auto value = condition.compiledOncePer->run(env, surroundings.now))
                    once = value->isNil() ? "<nil>" : value->text();
            const std::string own = config.selfServiceOf.empty() ? std::string {} : config.selfServiceOf + ":";
            const std::string memoryKey = (once.empty() ? std::string {} : once + ":") + own + destination.trigger
                + ":[" + std::to_string(i) + "]." + condition.id + ":" + destination.service + ":"
                + destination.recipient;
            if (!holds) {
                if (condition.oncePer.empty() && memory.contains(memoryKey))
                    out.forgotten.push_back(memoryKey);
                continue;
            }
            if (memory.contains(memoryKey))
                continue;
            Due due {memoryKey, destination, {}};
            for (const auto& name : condition.send)
                if (config.templates.contains(name))
                    due.templates.push_back(name);
            if (!due.templates.empty())
                out.due.push_back(std::move(due));
        }
    }
    return out;
}

} // namespace core::notify
