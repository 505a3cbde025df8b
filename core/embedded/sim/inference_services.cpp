// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;

namespace {

constexpr std::string_view kSpecHash = "sim.pilothouse.dev/predictor-hash";

/// The part of a predictor that makes a revision: not its scale and not the share of traffic.
Value revisionSpec(const Value& service)
{
    Value predictor = *manifest::find(service, {"spec", "predictor"});
    for (const auto* member : {"canaryTrafficPercent", "minReplicas", "maxReplicas", "scaleTarget", "scaleMetric"})
        manifest::erase(predictor, {member});
    return predictor;
}

Value podSpec(const Value& predictor)
{
    Value spec = predictor;
    auto& object = spec.as_object();
    for (const auto* member : {"model", "containerConcurrency", "timeout", "logger", "batcher"})
        manifest::erase(spec, {member});
    Array containers;
    if (const auto* model = manifest::find(predictor, {"model"}); model != nullptr && model->is_object()) {
        Object container {{"name", "kserve-container"}};
        for (const auto* member : {"image", "args", "env", "resources", "ports", "readinessProbe"}) {
            if (const auto* value = manifest::find(*model, {member}))
                container[member] = *value;
        }
        const auto format = text(*model, {"modelFormat", "name"});
        if (!container.contains("image"))
            container["image"] =
                fmt::format("kserve/{}server:v0.15.0", format.empty() ? std::string_view("model") : format);
        containers.push_back(std::move(container));
    }
    for (const auto& container : manifest::array(predictor, {"containers"}))
        containers.push_back(container);
    object["containers"] = std::move(containers);
    return spec;
}

Value deploymentOf(const Value& service, const std::string& name, const Value& revision, const std::string& hash,
                   std::int64_t replicas)
{
    const Object match {{"app", "isvc." + name}};
    Object labels = match;
    labels["serving.kserve.io/inferenceservice"] = manifest::name(service);
    labels["component"] = "predictor";
    for (const auto& [key, value] : manifest::object(service, {"metadata", "labels"}))
        labels[key] = value;
    Object podAnnotations;
    for (const auto& [key, value] : manifest::object(service, {"metadata", "annotations"})) {
        if (std::string_view(key).starts_with("sim.pilothouse.dev/"))
            podAnnotations[key] = value;
    }
    if (const auto uri = text(revision, {"model", "storageUri"}); !uri.empty())
        podAnnotations["internal.serving.kserve.io/storage-initializer-sourceuri"] = uri;
    return Object {{"apiVersion", "apps/v1"},
                   {"kind", "Deployment"},
                   {"metadata",
                    Object {{"name", name},
                            {"namespace", manifest::nameSpace(service)},
                            {"labels", labels},
                            {"annotations", Object {{kSpecHash, hash}}},
                            {"ownerReferences", Array {Value(ownerReference(service))}}}},
                   {"spec",
                    Object {{"replicas", replicas},
                            {"selector", Object {{"matchLabels", match}}},
                            {"template",
                             Object {{"metadata", Object {{"labels", labels}, {"annotations", podAnnotations}}},
                                     {"spec", podSpec(revision)}}}}}};
}

void ensureService(World& world, const Value& service, const std::string& name)
{
    if (world.get("", "Service", manifest::nameSpace(service), name))
        return;
    (void)world.create(Object {
        {"apiVersion", "v1"},
        {"kind", "Service"},
        {"metadata",
         Object {{"name", name},
                 {"namespace", manifest::nameSpace(service)},
                 {"labels", Object {{"serving.kserve.io/inferenceservice", manifest::name(service)}}},
                 {"ownerReferences", Array {Value(ownerReference(service))}}}},
        {"spec",
         Object {
             {"selector", Object {{"app", "isvc." + name}}},
             {"ports",
              Array {Value(Object {{"name", "http"}, {"port", 80}, {"targetPort", 8080}, {"protocol", "TCP"}})}}}}});
}

/// True, False with a reason, or Unknown, as KServe reads it from the Deployment.
struct Readiness
{
    std::string status = "Unknown";
    std::string reason;
    std::string message;
};

Readiness readinessOf(const ObjectPtr& deployment)
{
    if (!deployment)
        return {"Unknown", "DeploymentMissing", "the predictor's deployment is not there yet"};
    const auto* available = condition(*deployment, "Available");
    const auto* progressing = condition(*deployment, "Progressing");
    const bool observed =
        integer(*deployment, {"status", "observedGeneration"}) == integer(*deployment, {"metadata", "generation"});
    if (observed && available != nullptr && text(*available, {"status"}) == "True" && progressing != nullptr
        && text(*progressing, {"reason"}) == "NewReplicaSetAvailable")
        return {"True", {}, {}};
    if (progressing != nullptr && text(*progressing, {"status"}) == "False")
        return {"False", std::string(text(*progressing, {"reason"})), std::string(text(*progressing, {"message"}))};
    return {"Unknown", "Deploying", "the predictor's pods are not ready yet"};
}

void keepDeployment(World& world, const Value& service, const std::string& name, const Value& revision,
                    const std::string& hash, std::int64_t replicas)
{
    const auto wanted = deploymentOf(service, name, revision, hash, replicas);
    const auto have = world.get("apps", "Deployment", manifest::nameSpace(service), name);
    if (!have) {
        if (auto created = world.create(wanted); !created) {
            world.event(service, "Warning", "InternalError", created.error().message, "v1beta1Controllers");
            world.wakeAt(world.now + std::chrono::seconds(10));
        }
    } else if (manifest::annotation(*have, kSpecHash) != hash) {
        world.patch(*have,
                    Object {{"metadata", Object {{"annotations", Object {{kSpecHash, hash}}}}},
                            {"spec", Object {{"template", *manifest::find(wanted, {"spec", "template"})}}}});
    }
}

void run(World& world, const Value& service)
{
    if (manifest::find(service, {"spec", "predictor"}) == nullptr
        || !manifest::find(service, {"spec", "predictor"})->is_object())
        return;
    const std::string base(manifest::name(service));
    const auto nameSpace = manifest::nameSpace(service);
    const auto name = base + "-predictor";
    const auto canaryName = name + "-canary";
    const auto revision = revisionSpec(service);
    const auto hash = shortHash(revision, 5);
    const auto stable = std::string(text(service, {"status", "components", "predictor", "latestRolledoutRevision"}));
    const auto percent = integer(service, {"spec", "predictor", "canaryTrafficPercent"});
    const auto latest = fmt::format("{}-{}", name, hash);
    const auto replicas =
        std::clamp<std::int64_t>(integer(service, {"spec", "predictor", "minReplicas"}).value_or(1), 0, 100);
    const bool canary = percent && *percent < 100 && !stable.empty() && stable != latest;
    keepDeployment(world, service, canary ? canaryName : name, revision, hash, replicas);
    ensureService(world, service, name);
    const auto main = world.get("apps", "Deployment", nameSpace, name);
    const auto second = world.get("apps", "Deployment", nameSpace, canaryName);
    if (canary)
        ensureService(world, service, canaryName);
    const auto state = readinessOf(canary ? second : main);
    if (second && !canary && world.alive(*second) && (state.status == "True" || stable == latest)) {
        world.remove(*second);
        if (const auto extra = world.get("", "Service", nameSpace, canaryName))
            world.remove(*extra);
    }
    const bool ready = state.status == "True";
    auto conditions = conditionsOf(service);
    setCondition(conditions, world.now, "PredictorReady", state.status, state.reason, state.message);
    const bool served = ready || !stable.empty();
    setCondition(conditions, world.now, "IngressReady", served ? "True" : "Unknown", served ? "" : "PredictorNotReady",
                 "");
    setCondition(conditions, world.now, "Ready", state.status, state.reason, state.message);
    const auto url = fmt::format("http://{}-{}.example.com", base, nameSpace);
    Object predictor {{"url", fmt::format("http://{}-{}.example.com", name, nameSpace)},
                      {"latestCreatedRevision", latest}};
    const auto readyBefore = std::string(text(service, {"status", "components", "predictor", "latestReadyRevision"}));
    const auto previous =
        std::string(text(service, {"status", "components", "predictor", "previousRolledoutRevision"}));
    const auto rolled = ready && !canary ? latest : stable;
    if (ready || !readyBefore.empty())
        predictor["latestReadyRevision"] = ready ? latest : readyBefore;
    if (!rolled.empty())
        predictor["latestRolledoutRevision"] = rolled;
    if (const auto& past = rolled != stable && !stable.empty() ? stable : previous; !past.empty())
        predictor["previousRolledoutRevision"] = past;
    if (canary && ready) {
        predictor["traffic"] = Array {
            Value(Object {{"revisionName", latest}, {"percent", *percent}, {"latestRevision", true}}),
            Value(Object {
                {"revisionName", stable}, {"percent", 100 - *percent}, {"latestRevision", false}, {"tag", "prev"}})};
    } else if (!rolled.empty()) {
        predictor["traffic"] =
            Array {Value(Object {{"revisionName", rolled}, {"percent", 100}, {"latestRevision", rolled == latest}})};
    }
    const bool failed = state.status == "False";
    Object states {{"targetModelState", ready ? "Loaded" : failed ? "FailedToLoad" : "Loading"}};
    states["activeModelState"] = ready || !stable.empty() ? "Loaded" : "";
    Object model {{"transitionStatus",
                   ready        ? "UpToDate"
                       : failed ? "BlockedByFailedLoad"
                                : "InProgress"},
                  {"states", states}};
    const auto& deployment = canary ? second : main;
    model["copies"] =
        Object {{"failedCopies", 0},
                {"totalCopies", deployment ? integer(*deployment, {"status", "readyReplicas"}).value_or(0) : 0}};
    if (failed)
        model["lastFailureInfo"] =
            Object {{"reason", "ModelLoadFailed"}, {"message", state.message}, {"modelRevisionName", latest}};
    Object status {{"observedGeneration", integer(service, {"metadata", "generation"}).value_or(1)},
                   {"conditions", std::move(conditions)},
                   {"components", Object {{"predictor", std::move(predictor)}}},
                   {"modelStatus", std::move(model)},
                   {"deploymentMode", "RawDeployment"}};
    if (served) {
        status["url"] = url;
        status["address"] = Object {{"url", fmt::format("http://{}.{}.svc.cluster.local", name, nameSpace)}};
    }
    world.writeStatus(service, status);
}

} // namespace

void runInferenceServices(World& world)
{
    for (const auto& service : world.list("serving.kserve.io", "InferenceService")) {
        if (world.alive(*service))
            run(world, *service);
    }
}

} // namespace core::embedded::sim
