// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/manifest/yaml.h"
#include "core/rollout/simulate.h"
#include "pilotctl/output.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <optional>

namespace pilotctl {

using namespace core::engine;
namespace json = boost::json;

namespace {

struct RolloutFlags
{
    std::string name;
    std::string nameSpace = "default";
    std::string cluster; ///< name or address; "" = the one that the program is connected to
    std::string reason;
    bool watch = false;
    bool full = false;
    std::int64_t revision = 0;
    double timeout = 0;
    [[nodiscard]] core::manifest::ResourceKey key() const { return {"argoproj.io", "Rollout", nameSpace, name}; }
};
using FlagsPtr = std::shared_ptr<RolloutFlags>;

RolloutPtr find(const Snapshot& snapshot, const RolloutFlags& flags)
{
    for (const auto& rollout : snapshot.rollouts)
        if (rollout->key == flags.key()
            && (flags.cluster.empty() ? rollout->cluster.empty()
                                      : flags.cluster == rollout->cluster || flags.cluster == rollout->clusterName))
            return rollout;
    return nullptr;
}

constexpr double kConnectSeconds = 15; ///< for the registered clusters to answer

/// Where the Rollout is; tells and answers nothing where no cluster of that name or address is registered.
std::optional<ObjectRef> refOf(Context& context, const RolloutFlags& flags)
{
    ObjectRef out(flags.key());
    if (flags.cluster.empty())
        return out;
    const auto named = [&](const Snapshot& snapshot) {
        return std::find_if(snapshot.clusters.begin(), snapshot.clusters.end(), [&](const OtherCluster& cluster) {
            return cluster.name == flags.cluster || cluster.server == flags.cluster;
        });
    };
    (void)context.waitFor([&](const Snapshot& snapshot) { return named(snapshot) != snapshot.clusters.end(); },
                          kConnectSeconds);
    const auto snapshot = context.engine()->snapshot();
    const auto found = named(*snapshot);
    if (found == snapshot->clusters.end()) {
        context.fail(fmt::format("no cluster is registered as {}", flags.cluster));
        return {};
    }
    out.cluster = found->server;
    return out;
}

/// As Argo Rollouts prints them: what is done counts as 100 %, though the new version is no canary any more.
struct Weights
{
    int set, actual;
};

Weights weights(const Rollout& rollout)
{
    const bool done = !rollout.aborted && static_cast<std::size_t>(rollout.stepIndex) >= rollout.steps.size()
        && rollout.phase == "Healthy";
    return done ? Weights {100, 100} : Weights {rollout.setWeight, rollout.actualWeight};
}

json::object summary(const Rollout& rollout)
{
    json::array steps;
    for (const auto& step : rollout.steps)
        steps.push_back(json::value(step.text));
    json::array metrics;
    for (const auto& metric : rollout.metrics)
        metrics.push_back(
            json::object {{"name", metric.name},
                          {"run", metric.analysisRun},
                          {"phase", metric.phase},
                          {"failed", metric.failed},
                          {"successful", metric.successful},
                          {"last", metric.measurements.empty() ? std::string {} : metric.measurements.back().text}});
    json::array causes;
    for (const auto& cause : rollout.abortCauses)
        causes.push_back(json::value(cause));
    return {{"name", rollout.key.name},
            {"cluster", rollout.clusterName},
            {"namespace", rollout.key.nameSpace},
            {"strategy", rollout.strategy},
            {"phase", rollout.phase},
            {"message", rollout.message},
            {"waitingFor", rollout.waitingFor},
            {"step", rollout.stepIndex},
            {"steps", std::move(steps)},
            {"setWeight", weights(rollout).set},
            {"actualWeight", weights(rollout).actual},
            {"desired", rollout.desired},
            {"ready", rollout.ready},
            {"aborted", rollout.aborted},
            {"abortCauses", std::move(causes)},
            {"metrics", std::move(metrics)}};
}

std::string line(const Rollout& rollout)
{
    const auto [set, actual] = weights(rollout);
    return fmt::format("{}: step {}/{}, weight {} % (set {} %), {}/{} ready{}", rollout.phase,
                       std::min<std::size_t>(static_cast<std::size_t>(rollout.stepIndex) + 1, rollout.steps.size()),
                       rollout.steps.size(), actual, set, rollout.ready, rollout.desired,
                       rollout.waitingFor.empty() ? "" : "; " + rollout.waitingFor);
}

void list(Context& context)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    (void)context.waitFor(
        [](const Snapshot& each) {
            return std::none_of(each.clusters.begin(), each.clusters.end(), [](const OtherCluster& cluster) {
                return cluster.state == Connection::State::Connecting;
            });
        },
        kConnectSeconds);
    const auto snapshot = engine->snapshot();
    json::array out;
    std::vector<std::vector<std::string>> rows;
    for (const auto& rollout : snapshot->rollouts) {
        out.push_back(summary(*rollout));
        rows.push_back({rollout->key.nameSpace, rollout->key.name, rollout->strategy, rollout->phase,
                        fmt::format("{}/{}", rollout->stepIndex, rollout->steps.size()),
                        std::to_string(weights(*rollout).set), fmt::format("{}/{}", rollout->ready, rollout->desired),
                        rollout->clusterName});
    }
    for (const auto& cluster : snapshot->clusters)
        if (cluster.state != Connection::State::Connected)
            std::fprintf(stderr, "%s does not answer: %s\n", cluster.name.c_str(), cluster.problem.c_str());
    if (context.format() != Format::Table)
        return print(out, context.format());
    std::fputs(
        table({"NAMESPACE", "NAME", "STRATEGY", "STATUS", "STEP", "SET-WEIGHT", "READY", "CLUSTER"}, rows).c_str(),
        stdout);
}

void get(Context& context, const RolloutFlags& flags)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    if (!refOf(context, flags))
        return;
    if (!flags.cluster.empty())
        (void)context.waitFor([&](const Snapshot& each) { return find(each, flags) != nullptr; }, kConnectSeconds);
    auto rollout = find(*engine->snapshot(), flags);
    if (!rollout)
        return context.fail(fmt::format("there is no Rollout {} in namespace {}", flags.name, flags.nameSpace));
    if (flags.watch) {
        std::string last;
        const bool ended = context.waitFor(
            [&](const Snapshot& snapshot) {
                rollout = find(snapshot, flags);
                if (!rollout)
                    return true;
                if (const auto text = line(*rollout); text != last) {
                    std::puts(text.c_str());
                    std::fflush(stdout);
                    last = text;
                }
                return rollout->phase == "Healthy" || rollout->phase == "Degraded";
            },
            flags.timeout);
        if (!ended)
            context.exitCode = flags.timeout > 0 ? kTimedOut : kOk;
        else if (!rollout || rollout->phase == "Degraded")
            context.exitCode = kFailed;
        return;
    }
    if (context.format() != Format::Table)
        return print(summary(*rollout), context.format());
    std::printf("Name:      %s\nNamespace: %s\nStatus:    %s %s\nStrategy:  %s\nStep:      %d/%zu\nSetWeight: "
                "%d\nActual:    %d\nReady:     %lld/%lld\n",
                rollout->key.name.c_str(), rollout->key.nameSpace.c_str(), rollout->phase.c_str(),
                rollout->waitingFor.c_str(), rollout->strategy.c_str(), rollout->stepIndex, rollout->steps.size(),
                weights(*rollout).set, weights(*rollout).actual, static_cast<long long>(rollout->ready),
                static_cast<long long>(rollout->desired));
    for (const auto& cause : rollout->abortCauses)
        std::printf("Cause:     %s\n", cause.c_str());
    std::vector<std::vector<std::string>> rows;
    for (const auto& revision : rollout->revisions)
        rows.push_back({std::to_string(revision.number), revision.replicaSet,
                        revision.stable       ? "stable"
                            : revision.canary ? "canary"
                                              : "",
                        fmt::format("{}/{}", revision.ready, revision.desired),
                        revision.images.empty() ? "" : revision.images.front()});
    std::printf("\n%s", table({"REVISION", "REPLICASET", "ROLE", "READY", "IMAGE"}, rows).c_str());
    for (const auto& metric : rollout->metrics)
        std::printf("\nMetric %s of %s: %s, %lld successful, %lld failed (limit %lld)%s\n", metric.name.c_str(),
                    metric.analysisRun.c_str(), metric.phase.c_str(), static_cast<long long>(metric.successful),
                    static_cast<long long>(metric.failed), static_cast<long long>(metric.failureLimit),
                    metric.measurements.empty() ? "" : (", last " + metric.measurements.back().text).c_str());
}

void act(Context& context, const RolloutFlags& flags, Engine::RolloutAction action)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    const auto rollout = refOf(context, flags);
    if (!rollout)
        return;
    if (const auto done = engine->act(*rollout, action, flags.reason); !done)
        return context.fail(done.error());
    std::printf("rollout '%s' changed\n", flags.name.c_str());
}

CLI::App* verb(CLI::App& parent, const char* name, const char* help, const FlagsPtr& flags)
{
    auto* command = parent.add_subcommand(name, help);
    command->add_option("name", flags->name, "the Rollout")->required();
    command->add_option("--namespace,-n", flags->nameSpace, "its namespace");
    command->add_option("--cluster", flags->cluster, "name or address of the registered cluster that it is in");
    command->add_option("--reason", flags->reason, "for the audit log");
    return command;
}

struct PreviewFlags
{
    std::string file;
    double ready = 30;
    std::vector<std::string> free;
};

std::string durationText(core::Duration duration)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
    return fmt::format("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
}

json::object previewJson(const core::rollout::Simulation& played)
{
    const auto seconds = [](core::Duration duration) { return static_cast<double>(duration.count()) / 1e9; };
    const auto amounts = [](const std::map<std::string, std::int64_t>& of) {
        json::object out;
        for (const auto& [name, amount] : of)
            out[name] = amount;
        return out;
    };
    json::array moments;
    for (const auto& moment : played.moments)
        moments.push_back(json::object {{"seconds", seconds(moment.at)},
                                        {"step", moment.step},
                                        {"what", moment.what},
                                        {"weight", moment.weight},
                                        {"canary", moment.canary},
                                        {"stable", moment.stable},
                                        {"available", moment.available},
                                        {"resources", amounts(moment.resources)}});
    json::array warnings;
    for (const auto& warning : played.warnings)
        warnings.emplace_back(warning);
    return {{"lengthSeconds", seconds(played.length)},
            {"settledSeconds", seconds(played.settled)},
            {"persons", played.persons},
            {"leastAvailable", played.least},
            {"mostPods", played.most},
            {"peak", amounts(played.peak)},
            {"moments", std::move(moments)},
            {"warnings", std::move(warnings)}};
}

/// Reads a Rollout (and the AnalysisTemplates beside it) from a file and plays an update of it.
core::Result<core::rollout::Simulation> played(const PreviewFlags& flags)
{
    core::rollout::SimulationOptions options;
    options.podReady = std::chrono::milliseconds(static_cast<std::int64_t>(flags.ready * 1000));
    for (const auto& item : flags.free) {
        const auto equals = item.find('=');
        char* end = nullptr;
        const auto amount = equals == std::string::npos ? 0 : std::strtoll(item.c_str() + equals + 1, &end, 10);
        if (end == nullptr || *end != '\0' || end == item.c_str() + equals + 1)
            return core::fail(core::Error::Code::InvalidInput,
                              fmt::format("--free {}: give it as NAME=NUMBER, like nvidia.com/gpu=4", item));
        options.free[item.substr(0, equals)] = amount;
    }
    PH_TRY(const auto text, core::paths::readFile(flags.file));
    PH_TRY(const auto documents, core::manifest::parseYaml(text, flags.file));
    core::manifest::Value rollout;
    for (const auto& document : documents) {
        const auto kind = core::manifest::kind(document.value);
        if (kind == "Rollout" && rollout.is_null())
            rollout = document.value;
        else if (kind == "AnalysisTemplate" || kind == "ClusterAnalysisTemplate")
            options.templates.push_back(document.value);
    }
    if (rollout.is_null())
        return core::fail(core::Error::Code::NotFound, fmt::format("{}: there is no Rollout in the file", flags.file));
    return core::rollout::simulate(rollout, options);
}

void preview(Context& context, const PreviewFlags& flags)
{
    const auto result = played(flags);
    if (!result)
        return context.fail(result.error());
    if (context.format() != Format::Table)
        return print(previewJson(*result), context.format());
    std::vector<std::vector<std::string>> rows;
    for (const auto& moment : result->moments) {
        std::string resources;
        for (const auto& [name, amount] : moment.resources)
            resources += fmt::format("{}{} {}", resources.empty() ? "" : ", ", amount, name);
        rows.push_back({durationText(moment.at), moment.step < 0 ? "" : std::to_string(moment.step + 1), moment.what,
                        fmt::format("{} %", moment.weight), std::to_string(moment.canary),
                        std::to_string(moment.stable), std::to_string(moment.available), resources});
    }
    std::fputs(table({"TIME", "STEP", "WHAT", "WEIGHT", "NEW", "OLD", "AVAILABLE", "RESOURCES"}, rows).c_str(), stdout);
    std::printf("\nPromoted after %s, settled after %s%s; %lld to %lld pods.\n", durationText(result->length).c_str(),
                durationText(result->settled).c_str(),
                result->persons > 0 ? fmt::format(", and {} times a person promotes", result->persons).c_str() : "",
                static_cast<long long>(result->least), static_cast<long long>(result->most));
    for (const auto& warning : result->warnings)
        std::printf("Warning: %s\n", warning.c_str());
}

} // namespace

void addRollouts(CLI::App& program, Context& context)
{
    using Action = Engine::RolloutAction;
    auto flags = std::make_shared<RolloutFlags>();
    auto* rollout = program.add_subcommand("rollout", "Work with rollouts")->require_subcommand(1);
    rollout->add_subcommand("list", "List all rollouts")->callback([&context] { list(context); });
    auto* show = verb(*rollout, "get", "Show a rollout", flags);
    show->add_flag("--watch,-w", flags->watch, "follow it until it is healthy or degraded");
    show->add_option("--timeout", flags->timeout, "seconds to follow, 0 = without end");
    show->callback([flags, &context] { get(context, *flags); });
    auto previewFlags = std::make_shared<PreviewFlags>();
    auto* player = rollout->add_subcommand("preview", "Show what an update of a Rollout in a file will do");
    player->add_option("file", previewFlags->file, "the Rollout, with its AnalysisTemplates")->required();
    player->add_option("--ready", previewFlags->ready, "seconds until a pod is available")
        ->check(CLI::Range(0.0, 86'400.0));
    player->add_option("--free", previewFlags->free, "extended resources that are free, like nvidia.com/gpu=4");
    player->callback([previewFlags, &context] { preview(context, *previewFlags); });
    auto* promote = verb(*rollout, "promote", "Go on with the next step", flags);
    promote->add_flag("--full", flags->full, "skip all further steps");
    promote->callback([flags, &context] { act(context, *flags, flags->full ? Action::PromoteFull : Action::Promote); });
    for (const auto& [name, help, action] : {std::tuple {"abort", "Give up the new version", Action::Abort},
                                             {"retry", "Try an aborted rollout again", Action::Retry},
                                             {"pause", "Hold the rollout", Action::Pause},
                                             {"resume", "End a pause that a person made", Action::Resume},
                                             {"restart", "Restart the pods", Action::Restart},
                                             {"skip-step", "Skip the current step", Action::SkipStep}}) {
        const auto chosen = action;
        verb(*rollout, name, help, flags)->callback([flags, &context, chosen] { act(context, *flags, chosen); });
    }
    auto* undo = verb(*rollout, "undo", "Go back to an earlier revision", flags);
    undo->add_option("--to-revision", flags->revision, "0 = the one before");
    undo->callback([flags, &context] {
        auto* engine = context.engine();
        if (engine == nullptr)
            return;
        const auto target = refOf(context, *flags);
        if (!target)
            return;
        if (const auto done = engine->undo(*target, flags->revision); !done)
            context.fail(done.error());
    });
}

} // namespace pilotctl
