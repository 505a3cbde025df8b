// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Spinnaker's Kayenta: a canary judgement is started, and asked for until it is complete. The score is the verdict;
// conditions are not used.
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::chrono::seconds kPoll {15};
constexpr std::chrono::seconds kTimeout {15};

Result<Value> ask(HttpRequest request, const MeasureDeps& deps, std::stop_token stop)
{
    request.timeout = kTimeout;
    PH_TRY(const auto response, deps.http(request, stop));
    if (response.status != 200)
        return fail(Error::Code::Unavailable, fmt::format("Invalid Response: HTTP {}", response.status));
    return manifest::parseJson(response.body, "Kayenta's answer");
}

/// Upstream looks the configuration up in the storage account.
Result<std::string> configurationId(const Value& provider, const MeasureDeps& deps, std::stop_token stop)
{
    HttpRequest request;
    request.url = fmt::format("{}/canaryConfig?application={}&configurationAccountName={}",
                              trimSlash(text(provider, {"address"})), percentEncode(text(provider, {"application"})),
                              percentEncode(text(provider, {"storageAccountName"})));
    PH_TRY(const auto answer, ask(std::move(request), deps, stop));
    if (const auto* known = answer.if_array())
        for (const auto& each : *known)
            if (text(each, {"name"}) == text(provider, {"canaryConfigName"}))
                return std::string(text(each, {"id"}));
    return fail(Error::Code::NotFound, "Canary config not found");
}

/// A time of both scopes: as given, in both or in neither; else the one that is worked out.
Result<> setTimes(const Value& scope, std::string_view field, const std::string& otherwise, Object& control,
                  Object& experiment)
{
    const auto mine = text(scope, {"controlScope", field});
    const auto other = text(scope, {"experimentScope", field});
    if (mine.empty() != other.empty())
        return fail(Error::Code::InvalidInput,
                    fmt::format("controlScope.{0} and experimentScope.{0} must both be set or be empty", field));
    control[field] = mine.empty() ? otherwise : std::string(mine);
    experiment[field] = other.empty() ? otherwise : std::string(other);
    return {};
}

Result<Object> scopes(const Value& run, const Value& metric, const Value& provider, TimePoint now)
{
    std::string start(text(run, {"status", "startedAt"}));
    std::string problem;
    if (!manifest::flag(provider, {"lookback"})) {
        const auto interval = parseGoDuration(text(metric, {"interval"}));
        if (interval)
            start = formatRfc3339(now - *interval);
        else
            problem = fmt::format("Invalid duration \"{}\"", text(metric, {"interval"}));
    }
    Object out;
    for (const auto& scope : manifest::array(provider, {"scopes"})) {
        const auto detail = [&](std::string_view side) {
            return Object {{"scope", text(scope, {side, "scope"})},
                           {"location", text(scope, {side, "region"})},
                           {"step", manifest::integer(scope, {side, "step"}).value_or(0)}};
        };
        auto control = detail("controlScope");
        auto experiment = detail("experimentScope");
        PH_CHECK(setTimes(scope, "start", start, control, experiment));
        if (text(scope, {"controlScope", "start"}).empty() && !problem.empty())
            return fail(Error::Code::InvalidInput, problem);
        PH_CHECK(setTimes(scope, "end", formatRfc3339(now), control, experiment));
        out[text(scope, {"name"})] =
            Object {{"controlScope", std::move(control)}, {"experimentScope", std::move(experiment)}};
    }
    return out;
}

Result<std::string> start(const Value& run, const Value& metric, const Value& provider, TimePoint now,
                          const MeasureDeps& deps, std::stop_token stop)
{
    PH_TRY(const auto id, configurationId(provider, deps, stop));
    PH_TRY(auto wanted, scopes(run, metric, provider, now));
    HttpRequest request;
    request.method = "POST";
    request.url = fmt::format(
        "{}/canary/{}?application={}&metricsAccountName={}&configurationAccountName={}&storageAccountName={}",
        trimSlash(text(provider, {"address"})), percentEncode(id), percentEncode(text(provider, {"application"})),
        percentEncode(text(provider, {"metricsAccountName"})),
        percentEncode(text(provider, {"configurationAccountName"})),
        percentEncode(text(provider, {"storageAccountName"})));
    request.headers = {{"Content-Type", "application/json"}};
    request.body = manifest::toJson(
        Value(Object {{"scopes", std::move(wanted)},
                      {"thresholds",
                       Object {{"pass", manifest::integer(provider, {"threshold", "pass"}).value_or(0)},
                               {"marginal", manifest::integer(provider, {"threshold", "marginal"}).value_or(0)}}}}));
    PH_TRY(const auto answer, ask(std::move(request), deps, stop));
    const std::string execution(text(answer, {"canaryExecutionId"}));
    if (execution.empty())
        return fail(Error::Code::InvalidInput, "Invalid canaryExecutionId");
    return execution;
}

} // namespace

Value kayentaMeasurement(const Value& run, const Value& metric, const Value& previous, TimePoint now,
                         const MeasureDeps& deps, std::stop_token stop)
{
    const auto& provider = *find(metric, {"provider", "kayenta"});
    const std::string stamp = formatRfc3339(now);
    Value measurement = previous.is_object() ? previous : Value(Object {{"phase", "Running"}, {"startedAt", stamp}});
    auto& fields = measurement.get_object();
    const auto finish = [&](std::string_view phase, std::string_view field, std::string words) {
        fields["phase"] = phase;
        fields["finishedAt"] = stamp;
        fields[field] = std::move(words);
        fields.erase("resumeAt");
        return measurement;
    };
    const auto later = [&] {
        fields["resumeAt"] = formatRfc3339(now + kPoll);
        return measurement;
    };
    if (!previous.is_object()) {
        const auto execution = start(run, metric, provider, now, deps, stop);
        if (!execution)
            return finish("Error", "message", execution.error().message);
        fields["metadata"] = Object {{"canaryExecutionId", *execution}};
        return later();
    }
    HttpRequest request;
    request.url = fmt::format("{}/canary/{}", trimSlash(text(provider, {"address"})),
                              percentEncode(text(previous, {"metadata", "canaryExecutionId"})));
    const auto answer = ask(std::move(request), deps, stop);
    if (!answer)
        return finish("Error", "message", answer.error().message);
    const auto* complete = find(*answer, {"complete"});
    if (!complete || !complete->is_bool())
        return finish("Error", "message", "Missing Complete Status");
    if (!complete->get_bool())
        return later();
    const auto* score = find(*answer, {"result", "judgeResult", "score", "score"});
    if (!score || !score->is_number())
        return finish("Error", "message", "Missing Score");
    const auto whole = static_cast<std::int64_t>(score->to_number<double>());
    const auto limit = [&](std::string_view field) {
        return manifest::integer(provider, {"threshold", field}).value_or(0);
    };
    return finish(whole >= limit("pass")           ? "Successful"
                      : whole >= limit("marginal") ? "Inconclusive"
                                                   : "Failed",
                  "value", std::to_string(whole));
}

} // namespace core::rollout
