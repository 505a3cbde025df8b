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

/// Where a crashing container is at a time: everything follows from when it first ran. The first restart comes at once,
/// later ones after a back-off that doubles, until it has run for ten minutes.
struct Life
{
    TimePoint began; ///< of the run that is, or was last
    bool doomed = false; ///< it runs, and the failure has begun
};
std::optional<Life> lifeAt(World& world, const Value& pod, TimePoint first, const Behaviour& behaviour,
                           std::string_view container, Stage& stage)
{
    const bool oom = behaviour.kind == Behaviour::Kind::Oom;
    TimePoint from = first;
    Duration backoff {};
    for (std::int64_t n = 0; n < 100'000; ++n) {
        stage.restarts = n;
        const auto end = std::max(from, behaviour.from) + behaviour.lives;
        if (end >= behaviour.until)
            return Life {from};
        if (world.now < end) {
            world.wakeAt(world.now < behaviour.from ? behaviour.from : end);
            return Life {from, world.now >= behaviour.from};
        }
        stage.lastState = terminatedState(from, end, oom ? 137 : behaviour.exitCode, oom ? "OOMKilled" : "Error");
        if (end - from >= std::chrono::minutes(10))
            backoff = {};
        const auto again = end + backoff;
        if (world.now < again) {
            stage.state = waitingState("CrashLoopBackOff",
                                       fmt::format("back-off {} restarting failed container={} pod={}_{}({})",
                                                   formatGoDuration(backoff), container, manifest::name(pod),
                                                   manifest::nameSpace(pod), manifest::uid(pod)));
            world.event(pod, "Warning", "BackOff",
                        fmt::format("Back-off restarting failed container {} in pod {}_{}({})", container,
                                    manifest::name(pod), manifest::nameSpace(pod), manifest::uid(pod)),
                        "kubelet");
            world.wakeAt(again);
            return std::nullopt;
        }
        from = again;
        backoff = std::clamp<Duration>(backoff * 2, seconds(10), seconds(300));
    }
    return Life {from, true};
}

/// When the image is there, tried again after a back-off that doubles; none: not yet, and the stage says why.
std::optional<TimePoint> pulledAt(World& world, const Value& pod, std::string_view image, TimePoint attempt,
                                  const Behaviour& behaviour, Stage& stage)
{
    stage.state = waitingState("ContainerCreating");
    Duration backoff = seconds(10);
    const auto why = fmt::format("rpc error: code = NotFound desc = failed to pull and unpack image \"{0}\": failed to "
                                 "resolve reference \"{0}\": {0}: not found",
                                 image);
    for (;;) {
        const auto end = attempt + world.options().pull;
        const bool fails = behaviour.kind == Behaviour::Kind::ImagePull && behaviour.failing(attempt);
        if (world.now < end) {
            world.wakeAt(end);
            return std::nullopt;
        }
        if (!fails)
            return end;
        if (world.now < end + seconds(5)) {
            stage.state = waitingState("ErrImagePull", why);
            world.event(pod, "Warning", "Failed", fmt::format("Failed to pull image \"{}\": {}", image, why),
                        "kubelet");
            world.event(pod, "Warning", "Failed", "Error: ErrImagePull", "kubelet");
            world.wakeAt(end + seconds(5));
            return std::nullopt;
        }
        stage.state = waitingState("ImagePullBackOff",
                                   fmt::format("Back-off pulling image \"{}\": ErrImagePull: {}", image, why));
        attempt = end + backoff;
        if (world.now < attempt) {
            world.event(pod, "Normal", "BackOff", fmt::format("Back-off pulling image \"{}\"", image), "kubelet");
            world.event(pod, "Warning", "Failed", "Error: ImagePullBackOff", "kubelet");
            world.wakeAt(attempt);
            return std::nullopt;
        }
        backoff = std::min<Duration>(backoff * 2, seconds(300));
    }
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

/// Pods that end: their containers run once.
Stage endingStage(World& world, const Behaviour& behaviour, TimePoint running, Stage stage)
{
    using Kind = Behaviour::Kind;
    const bool crashes = behaviour.kind == Kind::CrashLoop || behaviour.kind == Kind::Oom;
    const auto end = running + (crashes ? behaviour.lives : behaviour.runFor);
    stage.ready = true;
    if (world.now < end) {
        world.wakeAt(end);
        return stage;
    }
    const bool failed = (crashes || behaviour.kind == Kind::Fail) && behaviour.failing(end);
    const bool oom = behaviour.kind == Kind::Oom;
    stage.state = terminatedState(running, end,
                                  !failed   ? 0
                                      : oom ? 137
                                            : behaviour.exitCode,
                                  !failed   ? "Completed"
                                      : oom ? "OOMKilled"
                                            : "Error");
    stage.phase = failed ? "Failed" : "Succeeded";
    stage.ready = stage.started = false;
    stage.completed = true;
    return stage;
}

bool readyNow(World& world, const Value& pod, const Behaviour& behaviour, TimePoint running)
{
    using Kind = Behaviour::Kind;
    const bool slow = behaviour.kind == Kind::SlowStart && behaviour.failing(running);
    const auto readyAt = running + (slow ? behaviour.slowAfter : behaviour.readyAfter);
    if (world.now < readyAt) {
        world.wakeAt(readyAt);
        if (slow)
            world.event(pod, "Warning", "Unhealthy", "Readiness probe failed: dial tcp: connect: connection refused",
                        "kubelet");
        return false;
    }
    if (!behaviour.failing(world.now))
        return true;
    bool ready = behaviour.kind != Kind::NeverReady;
    if (behaviour.kind == Kind::Flap) {
        // What a scenario breaks is broken at once; what flaps from its start begins ready.
        const bool first = behaviour.from <= readyAt;
        const auto since = std::max(readyAt, behaviour.from);
        const auto period = (world.now - since) / behaviour.period;
        ready = (period % 2 == 0) == first;
        world.wakeAt(since + (period + 1) * behaviour.period);
    }
    if (!ready)
        world.event(pod, "Warning", "Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503",
                    "kubelet");
    return ready;
}

Stage stageOf(World& world, const Value& pod, const Value& container, TimePoint scheduled, const Behaviour& behaviour)
{
    using Kind = Behaviour::Kind;
    const auto& options = world.options();
    const auto image = text(container, {"image"});
    const auto name = text(container, {"name"});
    Stage stage;
    const auto pulled = pulledAt(world, pod, image, scheduled, behaviour, stage);
    if (!pulled)
        return stage;
    const bool misconfigured = behaviour.kind == Kind::ConfigError && behaviour.failing(*pulled);
    auto problem = missingReference(world, pod);
    if (misconfigured && world.now < behaviour.until && problem.empty())
        problem = "couldn't find key in its configuration";
    if (!problem.empty()) {
        stage.state = waitingState("CreateContainerConfigError", problem);
        world.event(pod, "Warning", "Failed", "Error: " + problem, "kubelet");
        world.wakeAt(world.now + seconds(10));
        return stage;
    }
    auto running = (misconfigured ? behaviour.until : *pulled) + options.start;
    stage.state = waitingState("ContainerCreating");
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
        world.event(pod, "Normal", "Created", fmt::format("Created container: {}", name), "kubelet");
        world.event(pod, "Normal", "Started", fmt::format("Started container {}", name), "kubelet");
    }
    stage.phase = "Running";
    const auto policy = text(pod, {"spec", "restartPolicy"});
    const bool crashes = behaviour.kind == Kind::CrashLoop || behaviour.kind == Kind::Oom;
    const bool ends = policy == "Never" || policy == "OnFailure";
    if (crashes && policy != "Never") {
        const auto life = lifeAt(world, pod, running, behaviour, name, stage);
        if (!life)
            return stage;
        running = life->began;
        if (life->doomed) {
            stage.started = true;
            stage.state = runningState(running);
            return stage;
        }
    }
    stage.started = true;
    stage.state = runningState(running);
    if (ends)
        return endingStage(world, behaviour, running, std::move(stage));
    stage.ready = readyNow(world, pod, behaviour, running);
    return stage;
}

/// While init containers run.
Stage heldStage()
{
    Stage stage;
    stage.state = waitingState("PodInitializing");
    return stage;
}

/// What a container went through before the stage that decides now stays on record.
void keepHistory(const Value& pod, std::string_view name, Stage& stage)
{
    for (const auto& before : manifest::array(pod, {"status", "containerStatuses"})) {
        if (text(before, {"name"}) != name)
            continue;
        stage.restarts = std::max(stage.restarts, integer(before, {"restartCount"}).value_or(0));
        if (stage.lastState.empty())
            stage.lastState = manifest::object(before, {"lastState"});
    }
}

void advance(World& world, const Value& pod)
{
    const auto phase = text(pod, {"status", "phase"});
    if (phase == "Succeeded" || phase == "Failed")
        return;
    const auto behaviour = behaviourOf(world, pod);
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
    auto init = initialise(world, pod, begin);
    for (const auto& container : manifest::array(pod, {"spec", "containers"})) {
        auto stage = init.incomplete.empty() ? stageOf(world, pod, container, init.until, behaviour) : heldStage();
        const auto name = text(container, {"name"});
        const auto image = text(container, {"image"});
        keepHistory(pod, name, stage);
        if (!stage.ready)
            unready += (unready.empty() ? "" : " ") + std::string(name);
        if (stage.phase == "Pending")
            newPhase = "Pending";
        completed = completed && stage.completed;
        failed += stage.phase == "Failed" ? 1U : 0U;
        Object entry {{"name", name},
                      {"image", image},
                      {"imageID", stage.started || stage.restarts > 0 ? imageId(image) : std::string()},
                      {"ready", stage.ready},
                      {"started", stage.started},
                      {"restartCount", stage.restarts},
                      {"state", std::move(stage.state)},
                      {"lastState", std::move(stage.lastState)}};
        if (stage.started || stage.restarts > 0)
            entry["containerID"] = containerId(pod, name);
        statuses.push_back(std::move(entry));
    }
    if (completed) {
        newPhase = failed > 0 ? "Failed" : "Succeeded";
        endSidecars(init.statuses, world.now);
    }
    object["phase"] = newPhase;
    if (!init.statuses.empty())
        object["initContainerStatuses"] = std::move(init.statuses);
    object["containerStatuses"] = std::move(statuses);
    auto conditions = conditionsOf(pod);
    const auto set = [&](std::string_view type, bool yes, std::string_view reason, std::string_view message) {
        setCondition(conditions, world.now, type, yes ? "True" : "False", yes ? "" : reason, yes ? "" : message);
    };
    set("PodReadyToStartContainers", true, "", "");
    set("Initialized", init.incomplete.empty(), "ContainersNotInitialized",
        fmt::format("containers with incomplete status: [{}]", init.incomplete));
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

Object waitingState(std::string_view reason, std::string_view message)
{
    Object inner {{"reason", reason}};
    if (!message.empty())
        inner["message"] = message;
    return {{"waiting", std::move(inner)}};
}

Object runningState(TimePoint from)
{
    return {{"running", Object {{"startedAt", formatRfc3339(from)}}}};
}

Object terminatedState(TimePoint from, TimePoint to, int code, std::string_view reason)
{
    return {{"terminated",
             Object {{"exitCode", code},
                     {"reason", reason},
                     {"startedAt", formatRfc3339(from)},
                     {"finishedAt", formatRfc3339(to)}}}};
}

std::string containerId(const Value& pod, std::string_view container)
{
    return "containerd://" + sha256Hex(std::string(manifest::uid(pod)) + std::string(container));
}

std::string imageId(std::string_view image)
{
    return "sha256:" + sha256Hex(image);
}

std::optional<Behaviour::Kind> behaviourKind(std::string_view word)
{
    using Kind = Behaviour::Kind;
    static const std::map<std::string_view, Kind> kinds {
        {"run", Kind::Run},   {"image-pull", Kind::ImagePull},     {"crash-loop", Kind::CrashLoop},
        {"oom", Kind::Oom},   {"never-ready", Kind::NeverReady},   {"flap", Kind::Flap},
        {"fail", Kind::Fail}, {"config-error", Kind::ConfigError}, {"slow-start", Kind::SlowStart},
    };
    const auto it = kinds.find(word);
    return it == kinds.end() ? std::nullopt : std::optional(it->second);
}

Behaviour behaviourOf(const World& world, const Value& pod)
{
    using Kind = Behaviour::Kind;
    const auto& options = world.options();
    Behaviour behaviour;
    const auto images = tags(pod);
    const auto has = [&](std::string_view part) { return images.find(part) != std::string::npos; };
    const auto* stage = world.scenario ? world.scenario->stageOf(pod, world.now) : nullptr;
    if (stage != nullptr) {
        behaviour = stage->behaviour;
        behaviour.from = world.scenario->at(stage->from);
        behaviour.until = world.scenario->at(stage->until);
    } else if (const auto kind = behaviourKind(setting(pod, "behavior"))) {
        behaviour.kind = *kind;
    } else if (has("nopull"))
        behaviour.kind = Kind::ImagePull;
    else if (has("crash"))
        behaviour.kind = Kind::CrashLoop;
    else if (has("oom"))
        behaviour.kind = Kind::Oom;
    if (stage == nullptr)
        behaviour.lives = seconds(behaviour.kind == Kind::Oom ? 8 : 3);
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
        if (world.isSilent(text(*pod, {"spec", "nodeName"})))
            continue;
        if (!text(*pod, {"metadata", "deletionTimestamp"}).empty())
            terminate(world, *pod);
        else if (!text(*pod, {"spec", "nodeName"}).empty() && world.alive(*pod)
                 && manifest::find(*pod, {"status"}) != nullptr)
            advance(world, *pod);
    }
}

} // namespace core::embedded::sim
