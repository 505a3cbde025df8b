// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/status.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::appset {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::size_t kMostResources = 5000; ///< so that the object stays below the API's limit

manifest::Array& conditionsOf(Value& status)
{
    auto& list = manifest::ensure(status, {"conditions"});
    if (!list.is_array())
        list.emplace_array();
    return list.get_array();
}

} // namespace

void setConditions(Value& status, const std::vector<Condition>& conditions, TimePoint now)
{
    auto& list = conditionsOf(status);
    for (const auto& condition : conditions) {
        const std::string_view holds = condition.holds ? "True" : "False";
        const auto place = std::find_if(list.begin(), list.end(),
                                        [&](const Value& item) { return text(item, {"type"}) == condition.type; });
        if (place != list.end() && text(*place, {"status"}) == holds && text(*place, {"reason"}) == condition.reason
            && text(*place, {"message"}) == condition.message)
            continue;
        manifest::Object made {{"type", condition.type},
                               {"status", holds},
                               {"reason", condition.reason},
                               {"message", condition.message},
                               {"lastTransitionTime", formatRfc3339(now)}};
        if (place != list.end())
            *place = std::move(made);
        else
            list.emplace_back(std::move(made));
    }
    std::sort(list.begin(), list.end(),
              [](const Value& a, const Value& b) { return text(a, {"type"}) < text(b, {"type"}); });
}

void removeCondition(Value& status, std::string_view type)
{
    auto& list = conditionsOf(status);
    for (auto item = list.begin(); item != list.end();)
        item = text(*item, {"type"}) == type ? list.erase(item) : item + 1;
}

std::vector<Condition> failureConditions(const std::string& reason, const std::string& message, bool generated)
{
    return {{"ErrorOccurred", true, reason, message},
            generated ? Condition {"ParametersGenerated", true, "ParametersGenerated",
                                   "Successfully generated parameters for all Applications"}
                      : Condition {"ParametersGenerated", false, "ErrorOccurred", message},
            {"ResourcesUpToDate", false, "ErrorOccurred", message}};
}

std::vector<Condition> successConditions()
{
    const std::string message = "All applications have been generated successfully";
    return {
        {"ErrorOccurred", false, "ApplicationSetUpToDate", message},
        {"ParametersGenerated", true, "ParametersGenerated", "Successfully generated parameters for all Applications"},
        {"ResourcesUpToDate", true, "ApplicationSetUpToDate", message}};
}

void setResources(Value& status, const std::vector<Value>& applications)
{
    manifest::Array list;
    for (const auto& application : applications) {
        manifest::Object item {{"group", "argoproj.io"},
                               {"version", "v1alpha1"},
                               {"kind", "Application"},
                               {"namespace", manifest::nameSpace(application)},
                               {"name", manifest::name(application)}};
        if (const auto sync = text(application, {"status", "sync", "status"}); !sync.empty())
            item["status"] = boost::json::string(sync);
        if (const auto* health = find(application, {"status", "health"}); health && health->is_object())
            item["health"] = *health;
        list.emplace_back(std::move(item));
    }
    std::sort(list.begin(), list.end(),
              [](const Value& a, const Value& b) { return text(a, {"name"}) < text(b, {"name"}); });
    auto& object = status.get_object();
    object["resourcesCount"] = static_cast<std::int64_t>(list.size());
    if (list.size() > kMostResources)
        list.resize(kMostResources);
    object["resources"] = std::move(list);
}

} // namespace core::appset
