// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/pods.h"

#include "core/base/strings.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;
using std::chrono::seconds;

namespace {

constexpr std::string_view kPrefix = "sim.pilothouse.dev/";

std::string_view setting(const Value& pod, std::string_view name)
{
    const auto key = std::string(kPrefix) + std::string(name);
    const auto annotation = manifest::annotation(pod, key);
    return annotation.empty() ? manifest::label(pod, key) : annotation;
}

std::string tags(const Value& pod)
{
    std::string all;
    for (const auto& container : manifest::array(pod, {"spec", "containers"})) {
        const auto image = text(container, {"image"});
        const auto colon = image.rfind(':');
        if (colon != std::string_view::npos)
            all += lower(image.substr(colon + 1)) + " ";
    }
    return all;
}

std::string podIp(const Value& pod)
{
    std::size_t hash = std::hash<std::string_view> {}(manifest::uid(pod));
    return fmt::format("10.{}.{}.{}", 244 + hash % 4, (hash >> 8U) % 255, 1 + (hash >> 16U) % 253);
}

/// One container's status text as Kubernetes writes it.
struct Stage
{
    Object state;
    Object lastState;
    bool ready = false;
    bool started = false;
    std::int64_t restarts = 0;
    std::string phase = "Pending";
    bool completed = false;
};

Object waiting(std::string_view reason, std::string_view message = {})
{
    Object inner {{"reason", reason}};
    if (!message.empty())
        inner["message"] = message;
    return {{"waiting", std::move(inner)}};
}

Object terminated(TimePoint from, TimePoint to, int code, std::string_view reason)
{
    return {{"terminated",
             Object {{"exitCode", code},
                     {"reason", reason},
                     {"startedAt", formatRfc3339(from)},
                     {"finishedAt", formatRfc3339(to)}}}};
}

/// Where a crashing container is at a time: everything follows from when it first ran.
Stage crashing(World& world, const Value& pod, TimePoint first, const Behaviour& behaviour, std::string_view container)
{
    const bool oom = behaviour.kind == Behaviour::Kind::Oom;
    const auto life = seconds(oom ? 8 : 3);
    Stage stage;
    stage.phase = "Running";
    TimePoint from = first;
    Duration backoff = seconds(10);
    for (std::int64_t n = 0; n < 100'000; ++n) {
        stage.restarts = n;
        const auto end = from + life;
        if (world.now < end) {
            stage.state = {{"running", Object {{"startedAt", formatRfc3339(from)}}}};
            stage.started = true;
            world.wakeAt(end);
            return stage;
        }
        stage.lastState = terminated(from, end, oom ? 137 : 1, oom ? "OOMKilled" : "Error");
        const auto again = end + backoff;
        if (world.now < again) {
            stage.state = waiting("CrashLoopBackOff",
                                  fmt::format("back-off {} restarting failed container={} pod={}_{}({})",
                                              formatGoDuration(backoff), container, manifest::name(pod),
                                              manifest::nameSpace(pod), manifest::uid(pod)));
            world.event(pod, "Warning", "BackOff", "Back-off restarting failed container", "kubelet");
            world.wakeAt(again);
            return stage;
        }
        from = again;
        backoff = std::min<Duration>(backoff * 2, seconds(300));
    }
    return stage;
}

std::string missingReference(World& world, const Value& pod)
{
    const auto nameSpace = manifest::nameSpace(pod);
    for (const auto& container : manifest::array(pod, {"spec", "containers"})) {
        for (const auto& from : manifest::array(container, {"envFrom"})) {
            const auto map = text(from, {"configMapRef", "name"});
            if (!map.empty() && !manifest::flag(from, {"configMapRef", "optional"})
                && !world.get("", "ConfigMap", nameSpace, map))
                return fmt::format("configmap \"{}\" not found", map);
            const auto secret = text(from, {"secretRef", "name"});
            if (!secret.empty() && !manifest::flag(from, {"secretRef", "optional"})
                && !world.get("", "Secret", nameSpace, secret))
                return fmt::format("secret \"{}\" not found", secret);
        }
    }
    return {};
}

Stage stageOf(World& world, const Value& pod, const Value& container, TimePoint scheduled, const Behaviour& behaviour)
{
    using Kind = Behaviour::Kind;
    const auto& options = world.options();
    const auto pulled = scheduled + options.pull;
    const auto running = pulled + options.start;
    const auto image = text(container, {"image"});
    const auto name = text(container, {"name"});
    Stage stage;
    stage.state = waiting("ContainerCreating");
    if (world.now < pulled) {
        world.wakeAt(pulled);
        return stage;
    }
    if (behaviour.kind == Kind::ImagePull) {
        const bool fresh = world.now < pulled + seconds(5);
        stage.state = fresh
            ? waiting("ErrImagePull", fmt::format("failed to pull and unpack image \"{}\": not found", image))
            : waiting("ImagePullBackOff", fmt::format("Back-off pulling image \"{}\"", image));
        world.event(pod, "Warning", fresh ? "Failed" : "BackOff",
                    fresh ? fmt::format("Failed to pull image \"{}\": not found", image)
                          : fmt::format("Back-off pulling image \"{}\"", image),
                    "kubelet");
        if (fresh)
            world.wakeAt(pulled + seconds(5));
        return stage;
    }
    auto problem = missingReference(world, pod);
    if (behaviour.kind == Kind::ConfigError && problem.empty())
        problem = "couldn't find key in its configuration";
    if (!problem.empty()) {
        stage.state = waiting("CreateContainerConfigError", problem);
        world.event(pod, "Warning", "Failed", "Error: " + problem, "kubelet");
        world.wakeAt(world.now + seconds(10));
        return stage;
    }
    if (world.now < running) {
        world.wakeAt(running);
        return stage;
    }
    // Told once, when the container begins to run: not at every later look at the pod.
    const bool begins = manifest::find(pod, {"status", "containerStatuses", "0", "state", "running"}) == nullptr
        && manifest::find(pod, {"status", "containerStatuses", "0", "lastState", "terminated"}) == nullptr;
    if (begins) {
        world.event(pod, "Normal", "Pulled",
                    fmt::format("Successfully pulled image \"{}\" in {}", image, formatGoDuration(options.pull)),
                    "kubelet");
        world.event(pod, "Normal", "Started", fmt::format("Started container {}", name), "kubelet");
    }
    if (behaviour.kind == Kind::CrashLoop || behaviour.kind == Kind::Oom)
        return crashing(world, pod, running, behaviour, name);
    stage.phase = "Running";
    stage.started = true;
    stage.state = {{"running", Object {{"startedAt", formatRfc3339(running)}}}};
    const auto policy = text(pod, {"spec", "restartPolicy"});
    if (policy == "Never" || policy == "OnFailure") {
        const auto end = running + behaviour.runFor;
        stage.ready = true;
        if (world.now < end) {
            world.wakeAt(end);
            return stage;
        }
        const bool failed = behaviour.kind == Kind::Fail;
        stage.state = terminated(running, end, failed ? 1 : 0, failed ? "Error" : "Completed");
        stage.phase = failed ? "Failed" : "Succeeded";
        stage.ready = stage.started = false;
        stage.completed = true;
        return stage;
    }
    const auto readyAt = running + behaviour.readyAfter;
    if (world.now < readyAt) {
        world.wakeAt(readyAt);
        return stage;
    }
    stage.ready = behaviour.kind != Kind::NeverReady;
    if (behaviour.kind == Kind::Flap) {
        const auto period = std::chrono::duration_cast<seconds>(world.now - readyAt).count() / 30;
        stage.ready = period % 2 == 0;
        world.wakeAt(readyAt + seconds((period + 1) * 30));
    }
    if (!stage.ready)
        world.event(pod, "Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503",
                    "kubelet");
    return stage;
}

void advance(World& world, const Value& pod)
{
    const auto phase = text(pod, {"status", "phase"});
    if (phase == "Succeeded" || phase == "Failed")
        return;
    const auto behaviour = behaviourOf(pod, world.options());
    const auto begin = timeOf(pod, {"status", "startTime"}, world.now);
    Value status = *manifest::find(pod, {"status"});
    if (!status.is_object())
        status = Object {};
    auto& object = status.as_object();
    object["startTime"] = formatRfc3339(begin);
    object["hostIP"] = "10.0.0.1";
    object["podIP"] = podIp(pod);
    object["podIPs"] = Array {Value(Object {{"ip", podIp(pod)}})};
    Array statuses;
    std::string unready;
    std::string newPhase = "Running";
    bool completed = true;
    std::size_t failed = 0;
    for (const auto& container : manifest::array(pod, {"spec", "containers"})) {
        auto stage = stageOf(world, pod, container, begin, behaviour);
        const auto name = text(container, {"name"});
        const auto image = text(container, {"image"});
        if (!stage.ready)
            unready += (unready.empty() ? "" : " ") + std::string(name);
        if (stage.phase == "Pending")
            newPhase = "Pending";
        completed = completed && stage.completed;
        failed += stage.phase == "Failed" ? 1U : 0U;
        Object entry {{"name", name},
                      {"image", image},
                      {"imageID", stage.started || stage.restarts > 0 ? "sha256:" + sha256Hex(image) : std::string()},
                      {"ready", stage.ready},
                      {"started", stage.started},
                      {"restartCount", stage.restarts},
                      {"state", std::move(stage.state)},
                      {"lastState", std::move(stage.lastState)}};
        if (stage.started || stage.restarts > 0)
            entry["containerID"] = "containerd://" + sha256Hex(std::string(manifest::uid(pod)) + std::string(name));
        statuses.push_back(std::move(entry));
    }
    if (completed)
        newPhase = failed > 0 ? "Failed" : "Succeeded";
    object["phase"] = newPhase;
    object["containerStatuses"] = std::move(statuses);
    auto conditions = conditionsOf(pod);
    const auto set = [&](std::string_view type, bool yes, std::string_view reason, std::string_view message) {
        setCondition(conditions, world.now, type, yes ? "True" : "False", yes ? "" : reason, yes ? "" : message);
    };
    set("PodReadyToStartContainers", true, "", "");
    set("Initialized", true, "", "");
    const auto reason = completed ? "PodCompleted" : "ContainersNotReady";
    const auto message = completed ? std::string() : fmt::format("containers with unready status: [{}]", unready);
    set("Ready", unready.empty(), reason, message);
    set("ContainersReady", unready.empty(), reason, message);
    object["conditions"] = std::move(conditions);
    world.writeStatus(pod, status);
}

void terminate(World& world, const Value& pod)
{
    const auto grace = seconds(integer(pod, {"metadata", "deletionGracePeriodSeconds"}).value_or(0));
    const auto last = timeOf(pod, {"metadata", "deletionTimestamp"}, world.now);
    const auto gone = last - grace + std::min<Duration>(grace, seconds(2));
    if (gone > world.now) {
        world.wakeAt(gone);
        return;
    }
    world.event(pod, "Normal", "Killing",
                "Stopping container " + std::string(text(pod, {"spec", "containers", "0", "name"})), "kubelet");
    world.remove(pod, true);
}

} // namespace

Behaviour behaviourOf(const Value& pod, const Simulation::Options& options)
{
    using Kind = Behaviour::Kind;
    Behaviour behaviour;
    const auto images = tags(pod);
    const auto has = [&](std::string_view part) { return images.find(part) != std::string::npos; };
    static const std::map<std::string_view, Kind> kinds {{"image-pull", Kind::ImagePull},
                                                         {"crash-loop", Kind::CrashLoop},
                                                         {"oom", Kind::Oom},
                                                         {"never-ready", Kind::NeverReady},
                                                         {"flap", Kind::Flap},
                                                         {"fail", Kind::Fail},
                                                         {"config-error", Kind::ConfigError}};
    if (const auto it = kinds.find(setting(pod, "behavior")); it != kinds.end())
        behaviour.kind = it->second;
    else if (has("nopull"))
        behaviour.kind = Kind::ImagePull;
    else if (has("crash"))
        behaviour.kind = Kind::CrashLoop;
    else if (has("oom"))
        behaviour.kind = Kind::Oom;
    behaviour.readyAfter = options.ready;
    if (const auto delay = integer(pod, {"spec", "containers", "0", "readinessProbe", "initialDelaySeconds"}))
        behaviour.readyAfter =
            std::max<Duration>(behaviour.readyAfter, seconds(std::clamp<std::int64_t>(*delay, 0, 3600)));
    if (const auto after = parseGoDuration(setting(pod, "ready-after")); after && *after >= Duration::zero())
        behaviour.readyAfter = *after;
    behaviour.runFor = seconds(5);
    if (const auto length = parseGoDuration(setting(pod, "duration")); length && *length >= Duration::zero())
        behaviour.runFor = *length;
    if (has("bad"))
        behaviour.errorRate = 0.12;
    if (has("slow"))
        behaviour.latencyMs = 900;
    const auto number = [&](std::string_view name, double otherwise, double most) {
        const std::string given(setting(pod, name));
        char* end = nullptr;
        const double value = std::strtod(given.c_str(), &end);
        return given.empty() || *end != '\0' || !(value >= 0) || value > most ? otherwise : value;
    };
    behaviour.errorRate = number("error-rate", behaviour.errorRate, 1);
    behaviour.latencyMs = number("latency-ms", behaviour.latencyMs, 600'000);
    return behaviour;
}

void runPods(World& world)
{
    for (const auto& pod : world.list("", "Pod")) {
        if (!text(*pod, {"metadata", "deletionTimestamp"}).empty())
            terminate(world, *pod);
        else if (!text(*pod, {"spec", "nodeName"}).empty() && world.alive(*pod)
                 && manifest::find(*pod, {"status"}) != nullptr)
            advance(world, *pod);
    }
}

} // namespace core::embedded::sim
