// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/holds.h"

#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::gitops {

using manifest::Value;

namespace {

std::optional<Value> read(const Value& application, const char* annotation)
{
    const auto text = manifest::annotation(application, annotation);
    if (text.empty())
        return std::nullopt;
    auto value = manifest::parseJson(std::string(text));
    return value && value->is_object() ? std::optional(std::move(*value)) : std::nullopt;
}

std::optional<TimePoint> timeOf(const Value& value, const char* key)
{
    const auto time = parseRfc3339(manifest::text(value, {key}));
    return time ? std::optional(*time) : std::nullopt;
}

} // namespace

std::optional<Pause> autoSyncPause(const Value& application)
{
    const auto* policy = manifest::find(application, {"spec", "syncPolicy", "automated"});
    if (policy == nullptr || !policy->is_object() || manifest::flag(*policy, {"enabled"}, true))
        return std::nullopt;
    const auto value = read(application, kAutoSyncPause);
    if (!value)
        return std::nullopt;
    return Pause {timeOf(*value, "until"), timeOf(*value, "since"), std::string(manifest::text(*value, {"by"})),
                  std::string(manifest::text(*value, {"reason"}))};
}

std::string pauseText(const Pause& pause)
{
    boost::json::object out;
    if (pause.until)
        out["until"] = formatRfc3339(*pause.until);
    if (pause.since)
        out["since"] = formatRfc3339(*pause.since);
    if (!pause.by.empty())
        out["by"] = pause.by;
    if (!pause.reason.empty())
        out["reason"] = pause.reason;
    return manifest::toJson(Value(std::move(out)));
}

std::map<std::string, std::string> badRevisions(const Value& application)
{
    std::map<std::string, std::string> out;
    if (const auto value = read(application, kBadRevisions))
        for (const auto& [revision, reason] : value->get_object())
            if (reason.is_string())
                out.emplace(revision, reason.get_string());
    return out;
}

void setBadRevisions(Value& application, const std::map<std::string, std::string>& marks)
{
    if (marks.empty()) {
        manifest::erase(application, {"metadata", "annotations", kBadRevisions});
        return;
    }
    boost::json::object out;
    for (const auto& [revision, reason] : marks)
        out[revision] = reason;
    manifest::ensure(application, {"metadata", "annotations", kBadRevisions}) = manifest::toJson(Value(std::move(out)));
}

std::string whyBad(const Value& application, const std::vector<std::string>& revisions)
{
    const auto marks = badRevisions(application);
    for (const auto& revision : revisions)
        if (const auto mark = marks.find(revision); mark != marks.end())
            return fmt::format("revision {} is marked as bad: {}", revision.substr(0, 7), mark->second);
    return {};
}

} // namespace core::gitops
