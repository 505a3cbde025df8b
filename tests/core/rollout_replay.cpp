// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rollout_replay.h"

#include "core/base/paths.h"

#include <filesystem>
#include <stdexcept>

namespace test {

namespace {

constexpr std::string_view kQuery = "scenario%3A";

std::string difference(const std::string& got, const std::string& wanted)
{
    const auto a = manifest::parseJson(got).value();
    const auto b = manifest::parseJson(wanted).value();
    std::string out;
    for (const auto& [key, value] : b.get_object()) {
        const auto* mine = find(a, {std::string_view(key)});
        if (!mine || !manifest::equal(*mine, value))
            out += fmt::format("\n      {}: {}\n      instead of {}", std::string_view(key),
                               mine ? manifest::toJson(*mine) : "nothing", manifest::toJson(value));
    }
    return out;
}

/// A count of pods, or of a list of routes the weight that is written last.
double measure(const Value& value)
{
    if (const auto* list = value.if_array())
        return list->empty() ? 0 : measure(list->back());
    return value.is_number() ? value.to_number<double>() : 0;
}

/// The first value, the last, and those between at which it begins to rise or to fall.
std::vector<std::string> turningPoints(const std::vector<std::string>& values)
{
    std::vector<std::string> out;
    const auto at = [&](std::size_t i) { return measure(manifest::parseJson(values[i]).value()); };
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (i == 0 || i + 1 == values.size() || (at(i) - at(i - 1)) * (at(i + 1) - at(i)) <= 0)
            out.push_back(values[i]);
    }
    return out;
}

bool weightsFollowPods(const Value& run)
{
    for (const auto& object : manifest::array(run, {"objects"}))
        if (manifest::flag(object, {"spec", "strategy", "canary", "dynamicStableScale"}))
            return true;
    return false;
}

/// Ours must pass through the same values in the same order. In real time, how far each pass of several pods at once
/// gets depends on the moment at which each becomes ready: there it must turn where the original turned.
std::string missedValues(const Value& run, std::size_t step, RolloutTraces& traces, bool realTime)
{
    const bool paced = realTime || text(run, {"name"}) == "surge-percent";
    std::map<std::string, std::vector<std::string>> expected;
    for (const auto& entry : manifest::array(manifest::array(run, {"steps"})[step], {"trace"}))
        for (auto& [what, value] : RolloutTraces::traceValues(entry))
            if (expected[what].empty() || expected[what].back() != value)
                expected[what].push_back(std::move(value));
    std::string out;
    for (auto& [what, values] : expected) {
        if (paced && (what.starts_with("desired") || (what != "step" && weightsFollowPods(run))))
            values = turningPoints(values);
        const auto& ours = traces.traced[what];
        std::size_t at = 0;
        for (const auto& value : ours)
            at += at < values.size() && values[at] == value ? 1U : 0U;
        if (at < values.size())
            out += fmt::format("\n   step {}: {} goes {} instead of {}", step, what, fmt::join(ours, " "),
                               fmt::join(values, " "));
    }
    traces.forget();
    return out;
}

std::map<std::string, Value> runsIn(const std::filesystem::path& folder)
{
    std::map<std::string, Value> runs;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
        if (entry.path().extension() == ".json")
            runs[entry.path().stem()] =
                manifest::parseJson(paths::readFile(entry.path(), std::size_t {64} << 20U).value()).value();
    return runs;
}

} // namespace

Value runObject(const Value& run, const Value& object, std::string_view nameSpace)
{
    auto json = manifest::toJson(object);
    const auto name = text(run, {"name"});
    for (auto at = json.find("SCENARIO"); at != std::string::npos; at = json.find("SCENARIO"))
        json.replace(at, 8, name);
    auto made = manifest::parseJson(json).value();
    objectAt(made, {"metadata"})["namespace"] = nameSpace;
    return made;
}

std::int64_t revisionIn(const std::string& words)
{
    constexpr std::string_view kFlag = "--to-revision=";
    const auto at = words.find(kFlag);
    return at == std::string::npos ? 0 : std::stoll(words.substr(at + kFlag.size()));
}

std::string replay(const Value& run, RunStage& stage, Controller controller)
{
    std::string wrong;
    auto& traces = stage.traces();
    const auto& steps = manifest::array(run, {"steps"});
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& action = *find(steps[i], {"step"});
        if (action.is_object())
            if (const auto why = stage.act(action); !why.empty())
                return wrong + fmt::format("\n   step {} {}: {}", i, manifest::toJson(action), why);
        const auto quiet = action.is_object() ? manifest::integer(action, {"quiet"}).value_or(4) : 4;
        int still = 0;
        for (int tick = 0; tick < 8000 && still < quiet * 10; ++tick)
            still = stage.tick() ? 0 : still + 1;
        const auto wanted = RolloutTraces::wanted(*find(steps[i], {"state"}));
        for (int late = 0; late < stage.patience() && !difference(traces.state(), wanted).empty(); ++late)
            (void)stage.tick();
        wrong += missedValues(run, i, traces, stage.patience() > 0);
        if (controller == Controller::Ours && text(run, {"name"}) == "dynamic-stable" && i + 1 == steps.size()) {
            const auto& final = traces.rollout(); // the one place where the original stops half way
            if (text(final, {"status", "phase"}) != "Degraded"
                || manifest::integer(final, {"status", "canary", "weights", "canary", "weight"}) != 0)
                wrong += "\n   the stable version does not serve everything after the abort";
            continue;
        }
        const auto different = difference(traces.state(), wanted);
        if (!different.empty())
            wrong += fmt::format("\n   step {} {}:{}", i, manifest::toJson(action), different);
    }
    for (const auto& overload : traces.overloads)
        wrong += "\n   " + overload;
    return wrong;
}

std::map<std::string, Value> recordedRuns()
{
    return runsIn(CONFORMANCE_DIR "/rollout-runs");
}

std::map<std::string, Value> ownRuns()
{
    return runsIn(TEST_DATA "/rollout-runs");
}

Value recorded(Value run, RunStage& stage)
{
    auto& traces = stage.traces();
    auto& steps = arrayAt(run, {"steps"});
    for (auto& step : steps) {
        const Value action = *find(step, {"step"});
        if (action.is_object())
            if (const auto why = stage.act(action); !why.empty())
                throw std::runtime_error(why);
        const auto quiet = action.is_object() ? manifest::integer(action, {"quiet"}).value_or(4) : 4;
        int still = 0;
        for (int tick = 0; still < quiet * 10 + stage.patience() / 10; ++tick) {
            still = stage.tick() ? 0 : still + 1;
            if (tick > 900)
                throw std::runtime_error("never gets quiet after " + manifest::toJson(action));
        }
        step = Object {{"step", action}, {"trace", traces.entries()}, {"state", traces.recordedState()}};
        traces.forget();
    }
    return run;
}

std::string ScriptedPrometheus::scenario(const HttpRequest& request)
{
    const auto at = request.url.find(kQuery);
    if (at == std::string::npos)
        return {};
    const auto rest = request.url.substr(at + kQuery.size());
    return rest.substr(0, rest.find("%3A"));
}

Result<HttpResponse> ScriptedPrometheus::answer(const HttpRequest& request)
{
    const auto at = request.url.find(kQuery);
    if (at == std::string::npos)
        return fail(Error::Code::Unavailable, "no such server");
    auto rest = request.url.substr(at + kQuery.size());
    rest = rest.substr(rest.find("%3A") + 3);
    const std::string metric = rest.substr(0, rest.find('&'));
    const auto& script = manifest::array(m_run, {"metrics", metric});
    std::size_t index = 0;
    {
        const std::scoped_lock lock(m_mutex);
        index = std::min(m_asked[metric]++, script.size() - 1);
    }
    const auto& answer = script[index];
    HttpResponse response;
    response.status = 200;
    const std::string value = answer.is_string() ? std::string(answer.get_string()) : manifest::toJson(answer);
    if (value == "error") {
        response.status = 500;
        return response;
    }
    const std::string vector = value == "empty" ? "[]"
                                                : "[{\"metric\":{},\"value\":[0,\""
            + (value == "nan" ? std::string("NaN") : fmt::format("{}", answer.to_number<double>())) + "\"]}]";
    response.body = "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":" + vector + "}}";
    return response;
}

} // namespace test
