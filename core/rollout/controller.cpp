// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/controller.h"

#include "core/base/log.h"
#include "core/base/strings.h"
#include "core/manifest/patch.h"
#include "core/rollout/analysis.h"
#include "core/rollout/experiment.h"
#include "core/rollout/json.h"
#include "core/rollout/kserve.h"
#include "core/rollout/plan.h"
#include "core/rollout/providers.h"
#include "core/rollout/providers_p.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <unordered_map>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kGroup = "argoproj.io";

/// The kinds whose changes may let a rollout go on.
const std::vector<manifest::GroupKind>& watchedKinds()
{
    static const std::vector<manifest::GroupKind> kKinds {
        {"argoproj.io", "Rollout"},
        {"argoproj.io", "AnalysisRun"},
        {"argoproj.io", "Experiment"},
        {"argoproj.io", "AnalysisTemplate"},
        {"argoproj.io", "ClusterAnalysisTemplate"},
        {"apps", "ReplicaSet"},
        {"apps", "Deployment"},
        {"", "Service"},
        {"networking.istio.io", "VirtualService"},
        {"networking.istio.io", "DestinationRule"},
        {"networking.k8s.io", "Ingress"},
        {"elbv2.k8s.aws", "TargetGroupBinding"},
        {"split.smi-spec.io", "TrafficSplit"},
        {"appmesh.k8s.aws", "VirtualRouter"},
        {"appmesh.k8s.aws", "VirtualService"},
        {"appmesh.k8s.aws", "VirtualNode"},
        {"traefik.io", "TraefikService"},
        {"apisix.apache.org", "ApisixRoute"},
        {"getambassador.io", "Mapping"},
        {"gateway.networking.k8s.io", "HTTPRoute"},
        {"gateway.networking.k8s.io", "GRPCRoute"},
        {"gateway.networking.k8s.io", "TCPRoute"},
        {"gateway.networking.k8s.io", "TLSRoute"},
        {"batch", "Job"},
        {"serving.kserve.io", "InferenceService"},
    };
    return kKinds;
}

bool isOwnedBy(const Value& object, std::string_view uid)
{
    for (const auto& owner : manifest::array(object, {"metadata", "ownerReferences"}))
        if (text(owner, {"uid"}) == uid)
            return true;
    return false;
}

} // namespace

struct RolloutController::Private
{
    explicit Private(Deps given)
        : deps(std::move(given))
    {
    }

    using Key = std::pair<std::string, std::string>; ///< namespace and name

    Deps deps;
    TimePoint due = TimePoint::max();
    std::map<Key, TimePoint> dueRollouts, dueRuns, dueExperiments,
        dueServices; ///< when each is to be looked at though nothing has changed

    std::atomic<bool> woken {false};
    std::mutex mutex; ///< of what has changed
    bool allChanged = true;
    std::set<Key> changedRollouts, changedRuns, changedExperiments, changedServices;
    std::set<std::string> changedNamespaces;

    /// Notes which Rollouts a change may concern. Any thread.
    bool note(const Value& object)
    {
        const auto group = manifest::parseGroupVersion(manifest::apiVersion(object)).group;
        const std::string kind(manifest::kind(object));
        static const std::set<manifest::GroupKind> kKinds(watchedKinds().begin(), watchedKinds().end());
        if (!kKinds.contains({group, kind}))
            return false;
        const std::string nameSpace(manifest::nameSpace(object));
        const std::lock_guard lock(mutex);
        if (kind == "Rollout") {
            changedRollouts.emplace(nameSpace, manifest::name(object));
            return true;
        }
        if (kind == "InferenceService") {
            if (!isKServeCanary(object))
                return false;
            changedServices.emplace(nameSpace, manifest::name(object));
            return true;
        }
        if (kind == "AnalysisRun")
            changedRuns.emplace(nameSpace, manifest::name(object));
        if (kind == "Experiment")
            changedExperiments.emplace(nameSpace, manifest::name(object));
        if (kind == "ReplicaSet" || kind == "AnalysisRun" || kind == "Experiment" || kind == "Job") {
            bool ours = kind == "AnalysisRun" || kind == "Experiment";
            for (const auto& owner : manifest::array(object, {"metadata", "ownerReferences"})) {
                if (text(owner, {"kind"}) == "Rollout")
                    changedRollouts.emplace(nameSpace, text(owner, {"name"}));
                else if (text(owner, {"kind"}) == "Experiment")
                    changedExperiments.emplace(nameSpace, text(owner, {"name"}));
                else if (text(owner, {"kind"}) == "InferenceService")
                    changedServices.emplace(nameSpace, text(owner, {"name"}));
                else if (text(owner, {"kind"}) == "AnalysisRun")
                    changedRuns.emplace(nameSpace, text(owner, {"name"}));
                else
                    continue;
                ours = true;
            }
            return ours;
        }
        if (nameSpace.empty() || kind == "VirtualService" || kind == "DestinationRule")
            allChanged = true; // may be named from any namespace
        else
            changedNamespaces.insert(nameSpace);
        return true;
    }
    std::mutex gatesMutex; ///< guards gates
    std::unordered_map<std::string, std::string> gates; ///< Plan::waitingFor by key
    std::uint64_t eventNumber = 0;
    std::unordered_map<std::string, std::pair<int, TimePoint>> failures; ///< by key: tries, and when to try again
    std::unordered_map<std::string, std::string>
        lastEvent; ///< by key and reason: so that a repeated one is not told again

    void lookAgain(TimePoint at) { due = std::min(due, at); }

    /// Looks at one object, and keeps when it is due again.
    template<class Look>
    std::size_t looked(std::map<Key, TimePoint>& dueTimes, const Value& object, Look look)
    {
        const Key key {manifest::nameSpace(object), manifest::name(object)};
        due = TimePoint::max();
        const std::size_t writes = look();
        if (due == TimePoint::max())
            dueTimes.erase(key);
        else
            dueTimes[key] = due;
        return writes;
    }

    /// What has changed or is due, or everything.
    std::size_t reconcile(bool everything, std::stop_token stop)
    {
        std::set<Key> rollouts, runs, experiments, services;
        std::set<std::string> nameSpaces;
        {
            const std::lock_guard lock(mutex);
            everything = std::exchange(allChanged, false) || everything;
            rollouts.swap(changedRollouts);
            runs.swap(changedRuns);
            experiments.swap(changedExperiments);
            services.swap(changedServices);
            nameSpaces.swap(changedNamespaces);
        }
        const auto now = deps.clock->now();
        const auto wanted = [&](const Value& object, const std::set<Key>& changed,
                                const std::map<Key, TimePoint>& times) {
            const Key key {manifest::nameSpace(object), manifest::name(object)};
            const auto at = times.find(key);
            return everything || changed.contains(key) || nameSpaces.contains(key.first)
                || (at != times.end() && at->second <= now);
        };
        std::size_t writes = 0;
        each({std::string(kGroup), "AnalysisRun"}, stop, [&](const Value& run) {
            if (wanted(run, runs, dueRuns))
                writes += looked(dueRuns, run, [&] { return reconcileRun(run, stop); });
        });
        each({std::string(kGroup), "Experiment"}, stop, [&](const Value& experiment) {
            if (wanted(experiment, experiments, dueExperiments))
                writes += looked(dueExperiments, experiment, [&] { return reconcileExperiment(experiment, stop); });
        });
        each({std::string(kGroup), "Rollout"}, stop, [&](const Value& rollout) {
            if (wanted(rollout, rollouts, dueRollouts))
                writes += looked(dueRollouts, rollout, [&] { return reconcileRollout(rollout, stop); });
        });
        each({"serving.kserve.io", "InferenceService"}, stop, [&](const Value& service) {
            if (isKServeCanary(service) && wanted(service, services, dueServices))
                writes += looked(dueServices, service, [&] { return reconcileService(service, stop); });
        });
        due = TimePoint::max();
        for (const auto* times : {&dueRollouts, &dueRuns, &dueExperiments, &dueServices})
            for (const auto& [key, at] : *times)
                due = std::min(due, at);
        return writes;
    }

    template<class Use>
    void each(const manifest::GroupKind& kind, std::stop_token stop, Use use)
    {
        if (deps.cache) {
            for (const auto& object : deps.cache->list(kind))
                if (!stop.stop_requested())
                    use(*object);
            return;
        }
        for (const auto& object : list(kind, {}, stop))
            if (!stop.stop_requested())
                use(object);
    }

    Result<kube::ResourceType> typeOf(const Value& object, std::stop_token stop)
    {
        return deps.client->resolve(manifest::apiVersion(object), manifest::kind(object), stop);
    }

    std::vector<Value> list(const manifest::GroupKind& kind, std::string_view nameSpace, std::stop_token stop)
    {
        std::vector<Value> found;
        if (deps.cache) {
            for (const auto& object : deps.cache->list(kind, nameSpace))
                found.push_back(*object);
            return found;
        }
        const auto type = deps.client->resolve(kind, stop);
        if (!type)
            return found;
        auto listed = deps.client->list(*type, nameSpace, {}, stop);
        return listed ? std::move(listed->items) : found;
    }

    /// The object itself, not a cached copy that may be old: what is written afterwards builds on it.
    Result<Value> read(const Value& object, std::stop_token stop)
    {
        PH_TRY(const auto type, typeOf(object, stop));
        return deps.client->get(type, manifest::nameSpace(object), manifest::name(object), stop);
    }

    Observed observe(const Value& rollout, std::stop_token stop)
    {
        const std::string nameSpace(manifest::nameSpace(rollout));
        const std::string uid(manifest::uid(rollout));
        Observed observed;
        observed.rollout = rollout;
        const auto owned = [&](const manifest::GroupKind& kind, std::vector<Value>& out) {
            if (deps.cache) { // not the whole namespace: it may hold a thousand Rollouts
                for (const auto& child : deps.cache->children(uid))
                    if (manifest::keyOf(*child).groupKind() == kind && !find(*child, {"metadata", "deletionTimestamp"}))
                        out.push_back(*child);
                std::sort(out.begin(), out.end(), [](const Value& one, const Value& other) {
                    return manifest::name(one) < manifest::name(other);
                });
                return;
            }
            for (auto& object : list(kind, nameSpace, stop))
                if (isOwnedBy(object, uid) && !find(object, {"metadata", "deletionTimestamp"}))
                    out.push_back(std::move(object));
        };
        owned({"apps", "ReplicaSet"}, observed.replicaSets);
        owned({"argoproj.io", "AnalysisRun"}, observed.analysisRuns);
        owned({"argoproj.io", "Experiment"}, observed.experiments);
        observed.services = list({"", "Service"}, nameSpace, stop);
        observed.templates = analysisTemplates(nameSpace, stop);
        routes(rollout, observed, stop);
        if (needsPods(rollout))
            for (auto& pod : list({"", "Pod"}, nameSpace, stop))
                for (const auto& set : observed.replicaSets)
                    if (isOwnedBy(pod, manifest::uid(set)))
                        observed.pods.push_back(pod);
        if (const auto* reference = find(rollout, {"spec", "workloadRef"}); reference && reference->is_object()) {
            const Value wanted =
                Object {{"apiVersion", text(*reference, {"apiVersion"})},
                        {"kind", text(*reference, {"kind"})},
                        {"metadata", Object {{"name", text(*reference, {"name"})}, {"namespace", nameSpace}}}};
            if (auto workload = read(wanted, stop))
                observed.workload = std::move(*workload);
        }
        return observed;
    }

    /// What the Ingresses of ALB lead to; nothing is asked where the answer would not count.
    std::vector<LoadBalancer> loadBalancers(const Observed& observed, TimePoint now, std::stop_token stop)
    {
        std::vector<LoadBalancer> out;
        if (!wantsLoadBalancers(observed.rollout))
            return out;
        const auto access = measureDeps(std::string(manifest::nameSpace(observed.rollout)), stop);
        for (const auto& wanted : albIngresses(observed.rollout))
            for (const auto& ingress : observed.routes)
                if (manifest::kind(ingress) == "Ingress" && manifest::name(ingress) == wanted.name)
                    for (const auto& hostname : hostnamesOf(ingress))
                        out.push_back(readLoadBalancer(hostname, now, access, stop));
        return out;
    }

    /// What AWS's target groups know of the pods behind the Service whose selector was switched.
    std::vector<TargetRegistration> targets(const Observed& observed, TimePoint now, std::stop_token stop)
    {
        std::vector<TargetRegistration> out;
        const auto name = serviceToVerify(observed);
        const auto service = std::find_if(observed.services.begin(), observed.services.end(),
                                          [&](const Value& each) { return manifest::name(each) == name; });
        if (name.empty() || service == observed.services.end())
            return out;
        const std::string nameSpace(manifest::nameSpace(observed.rollout));
        const auto bindings = list({"elbv2.k8s.aws", "TargetGroupBinding"}, nameSpace, stop);
        if (bindings.empty())
            return out;
        const auto endpoints = read(Object {{"apiVersion", "v1"},
                                            {"kind", "Endpoints"},
                                            {"metadata", Object {{"name", name}, {"namespace", nameSpace}}}},
                                    stop);
        const auto access = measureDeps(nameSpace, stop);
        for (const auto& binding : bindings)
            if (auto found = readTargets(binding, *service, endpoints ? *endpoints : Value(), now, access, stop)) {
                if (!endpoints)
                    found->error = endpoints.error().text();
                out.push_back(std::move(*found));
            }
        return out;
    }

    std::vector<Value> analysisTemplates(std::string_view nameSpace, std::stop_token stop)
    {
        auto templates = list({"argoproj.io", "AnalysisTemplate"}, nameSpace, stop);
        for (auto& object : list({"argoproj.io", "ClusterAnalysisTemplate"}, {}, stop))
            templates.push_back(std::move(object));
        return templates;
    }

    /// A restart that is not done yet, or metadata that follows a version's role.
    static bool needsPods(const Value& rollout)
    {
        if (const auto restart = text(rollout, {"spec", "restartAt"});
            !restart.empty() && restart != text(rollout, {"status", "restartedAt"}))
            return true;
        static constexpr std::string_view kBlocks[][2] {{"canary", "canaryMetadata"},
                                                        {"canary", "stableMetadata"},
                                                        {"blueGreen", "activeMetadata"},
                                                        {"blueGreen", "previewMetadata"}};
        return std::any_of(std::begin(kBlocks), std::end(kBlocks), [&](const auto& block) {
            return find(rollout, {"spec", "strategy", block[0], block[1]}) != nullptr;
        });
    }

    /// The routing objects of the routers that this Rollout names.
    void routes(const Value& rollout, Observed& observed, std::stop_token stop)
    {
        static const std::vector<std::pair<std::string_view, std::vector<manifest::GroupKind>>> kRouters {
            {"istio", {{"networking.istio.io", "VirtualService"}, {"networking.istio.io", "DestinationRule"}}},
            {"nginx", {{"networking.k8s.io", "Ingress"}}},
            {"alb", {{"networking.k8s.io", "Ingress"}}},
            {"smi", {{"split.smi-spec.io", "TrafficSplit"}}},
            {"appMesh",
             {{"appmesh.k8s.aws", "VirtualService"},
              {"appmesh.k8s.aws", "VirtualRouter"},
              {"appmesh.k8s.aws", "VirtualNode"}}},
            {"traefik", {{"traefik.io", "TraefikService"}}},
            {"apisix", {{"apisix.apache.org", "ApisixRoute"}}},
            {"ambassador", {{"getambassador.io", "Mapping"}}},
            {"plugins",
             {{"gateway.networking.k8s.io", "HTTPRoute"},
              {"gateway.networking.k8s.io", "GRPCRoute"},
              {"gateway.networking.k8s.io", "TCPRoute"},
              {"gateway.networking.k8s.io", "TLSRoute"}}},
        };
        for (const auto& [router, kinds] : kRouters) {
            if (!find(rollout, {"spec", "strategy", "canary", "trafficRouting", router}))
                continue;
            // Istio's are named with their namespace, and the Gateway API's plugin has a field for it.
            const auto given = text(
                rollout,
                {"spec", "strategy", "canary", "trafficRouting", "plugins", "argoproj-labs/gatewayAPI", "namespace"});
            const auto nameSpace = router == "istio"    ? std::string_view {}
                : router == "plugins" && !given.empty() ? given
                                                        : manifest::nameSpace(rollout);
            for (const auto& kind : kinds)
                for (auto& object : list(kind, nameSpace, stop))
                    observed.routes.push_back(std::move(object));
        }
    }

    /// An object of that name is there. By an earlier pass that did not come to its end: fine. A ReplicaSet that
    /// belongs to somebody else: its hash collides, and the Rollout takes another one in its next pass.
    Result<> alreadyExists(const Value& wanted, std::stop_token stop)
    {
        PH_TRY(const auto there, read(wanted, stop));
        const auto owner = text(wanted, {"metadata", "ownerReferences", "0", "uid"});
        if (owner.empty() || isOwnedBy(there, owner))
            return {};
        if (manifest::kind(wanted) == "ReplicaSet"
            && text(wanted, {"metadata", "ownerReferences", "0", "kind"}) == "Rollout") {
            const Value rollout = Object {{"apiVersion", "argoproj.io/v1alpha1"},
                                          {"kind", "Rollout"},
                                          {"metadata",
                                           Object {{"name", text(wanted, {"metadata", "ownerReferences", "0", "name"})},
                                                   {"namespace", manifest::nameSpace(wanted)}}}};
            PH_TRY(const auto current, read(rollout, stop));
            const auto count = manifest::integer(current, {"status", "collisionCount"}).value_or(0) + 1;
            PH_CHECK(carryOut(
                {Write::Verb::Merge, current, Object {{"status", Object {{"collisionCount", count}}}}, "status"},
                stop));
        }
        return fail(Error::Code::Conflict,
                    fmt::format("{} exists and belongs to somebody else", manifest::keyOf(wanted).text()));
    }

    Result<> carryOut(const Write& write, std::stop_token stop)
    {
        PH_TRY(const auto type, typeOf(write.object, stop));
        const auto nameSpace = manifest::nameSpace(write.object);
        const auto name = manifest::name(write.object);
        kube::WriteOptions options;
        options.fieldManager = "rollouts-controller";
        options.subresource = write.subresource;
        const auto wrote = [&](Result<Value> result) -> Result<> {
            if (!result)
                return fail(result.error().within(fmt::format("writing {}", manifest::keyOf(write.object).text())));
            if (deps.cache)
                deps.cache->observe(*result);
            return {};
        };
        switch (write.verb) {
        case Write::Verb::Create: {
            auto created = deps.client->create(write.object, options, stop);
            if (!created && created.error().code == Error::Code::AlreadyExists)
                return alreadyExists(write.object, stop);
            return wrote(std::move(created));
        }
        case Write::Verb::Replace:
            return wrote(deps.client->replace(write.object, options, stop));
        case Write::Verb::Merge:
            return wrote(deps.client->patch(type, nameSpace, name, kube::PatchType::Merge, write.patch, options, stop));
        case Write::Verb::Delete: {
            const auto removed = deps.client->remove(type, nameSpace, name, {}, stop);
            return !removed && removed.error().code == Error::Code::NotFound ? Result<> {} : removed;
        }
        case Write::Verb::Evict: {
            kube::Request request;
            request.method = "POST";
            request.path = fmt::format("/api/v1/namespaces/{}/pods/{}/eviction", nameSpace, name);
            request.headers = {{"Content-Type", "application/json"}};
            request.body =
                manifest::toJson(Value(Object {{"apiVersion", "policy/v1"},
                                               {"kind", "Eviction"},
                                               {"metadata", Object {{"name", name}, {"namespace", nameSpace}}}}));
            PH_TRY(const auto response, deps.client->transport()->send(request, stop));
            if (response.status == 404 || response.status == 405 || response.status == 501) // no eviction here
                return deps.client->remove(type, nameSpace, name, {}, stop);
            return {}; // a refused eviction (429) is tried again later
        }
        }
        return {};
    }

    void tell(const Value& object, const PlannedEvent& event, std::stop_token stop)
    {
        const std::string key = manifest::keyOf(object).text() + "|" + event.reason;
        static const std::set<std::string, std::less<>> kRepeat {
            "TrafficRoutingError",   "AnalysisRunError",     "InvalidSpec",       "TargetGroupVerified",
            "TargetGroupUnverified", "LoadBalancerNotFound", "WeightVerifyError", "TargetGroupVerifyError"};
        if (kRepeat.contains(event.reason) && lastEvent[key] == event.message)
            return;
        lastEvent[key] = event.message;
        if (deps.event)
            deps.event({manifest::keyOf(object), event.warning, event.reason, event.message});
        const auto now = deps.clock->now();
        const std::string stamp = formatRfc3339(now);
        const Value made = Object {{"apiVersion", "v1"},
                                   {"kind", "Event"},
                                   {"metadata",
                                    Object {{"name",
                                             fmt::format("{}.{:x}{:04x}", manifest::name(object),
                                                         now.time_since_epoch().count(), ++eventNumber)},
                                            {"namespace", manifest::nameSpace(object)}}},
                                   {"involvedObject",
                                    Object {{"apiVersion", manifest::apiVersion(object)},
                                            {"kind", manifest::kind(object)},
                                            {"name", manifest::name(object)},
                                            {"namespace", manifest::nameSpace(object)},
                                            {"uid", manifest::uid(object)},
                                            {"resourceVersion", text(object, {"metadata", "resourceVersion"})}}},
                                   {"reason", event.reason},
                                   {"message", event.message},
                                   {"type", event.warning ? "Warning" : "Normal"},
                                   {"source", Object {{"component", "rollouts-controller"}}},
                                   {"firstTimestamp", stamp},
                                   {"lastTimestamp", stamp},
                                   {"count", 1}};
        if (const auto written = deps.client->create(made, {}, stop); !written)
            log::debug("rollout", "event was not written: " + written.error().text());
    }

    /// One pass over one Rollout; how many writes it made.
    std::size_t reconcileRollout(const Value& listed, std::stop_token stop)
    {
        return pass(listed, stop, [&](const Value& current, TimePoint now) {
            auto observed = observe(current, stop);
            if (deps.verifyLoadBalancers) {
                observed.loadBalancers = loadBalancers(observed, now, stop);
                observed.targets = targets(observed, now, stop);
            }
            return planRollout(observed, now, {.resync = deps.resync, .withoutRouters = false});
        });
    }

    /// The same for an InferenceService with canary steps.
    std::size_t reconcileService(const Value& listed, std::stop_token stop)
    {
        return pass(listed, stop, [&](const Value& current, TimePoint now) {
            KServeObserved observed;
            observed.service = current;
            for (auto& run : list({"argoproj.io", "AnalysisRun"}, manifest::nameSpace(current), stop))
                if (isOwnedBy(run, manifest::uid(current)))
                    observed.analysisRuns.push_back(std::move(run));
            observed.templates = analysisTemplates(manifest::nameSpace(current), stop);
            return planKServe(observed, now);
        });
    }

    std::size_t reconcileExperiment(const Value& listed, std::stop_token stop)
    {
        return pass(listed, stop, [&](const Value& current, TimePoint now) {
            ExperimentObserved observed;
            observed.experiment = current;
            const auto nameSpace = manifest::nameSpace(current);
            const auto owned = [&](const manifest::GroupKind& kind, std::vector<Value>& out) {
                for (auto& object : list(kind, nameSpace, stop))
                    if (isOwnedBy(object, manifest::uid(current)) && !find(object, {"metadata", "deletionTimestamp"}))
                        out.push_back(std::move(object));
            };
            owned({"apps", "ReplicaSet"}, observed.replicaSets);
            owned({"argoproj.io", "AnalysisRun"}, observed.analysisRuns);
            owned({"", "Service"}, observed.services);
            observed.templates = analysisTemplates(nameSpace, stop);
            return planExperiment(observed, now);
        });
    }

    void keepGate(const std::string& key, const std::string& why)
    {
        const std::lock_guard lock(gatesMutex);
        if (why.empty())
            gates.erase(key);
        else
            gates[key] = why;
    }

    template<class Decide>
    std::size_t pass(const Value& listed, std::stop_token stop, Decide decide)
    {
        const std::string key = manifest::keyOf(listed).text();
        const auto now = deps.clock->now();
        if (const auto failed = failures.find(key); failed != failures.end() && failed->second.second > now) {
            lookAgain(failed->second.second);
            return 0;
        }
        auto current = read(listed, stop);
        if (!current) {
            keepGate(key, {});
            return 0;
        }
        const auto plan = decide(*current, now);
        keepGate(key, plan.waitingFor);
        std::size_t writes = 0;
        for (const auto& write : plan.writes) {
            if (stop.stop_requested())
                return writes;
            if (const auto done = carryOut(write, stop); !done) {
                if (done.error().code != Error::Code::Conflict)
                    log::warning("rollout", key + ": " + done.error().text());
                auto& failed = failures[key];
                failed.first = std::min(failed.first + 1, 8);
                failed.second = now + std::chrono::milliseconds(50) * (1 << failed.first);
                lookAgain(failed.second);
                return writes;
            }
            ++writes;
        }
        failures.erase(key);
        for (const auto& event : plan.events)
            tell(*current, event, stop);
        if (plan.due)
            lookAgain(std::max(*plan.due, now + std::chrono::milliseconds(20)));
        return writes;
    }

    MeasureDeps measureDeps(const std::string& nameSpace, std::stop_token stop)
    {
        MeasureDeps out;
        out.http = deps.http;
        out.prometheusAddress = deps.prometheusAddress;
        out.environment = deps.environment;
        const auto secretIn = [this, stop](const std::string& space) {
            return [this, space, stop](const std::string& name, const std::string& key) -> Result<std::string> {
                PH_TRY(const auto type, deps.client->resolve(manifest::GroupKind {"", "Secret"}, stop));
                PH_TRY(const auto secret, deps.client->get(type, space, name, stop));
                const auto encoded = text(secret, {"data", key});
                if (encoded.empty() && !find(secret, {"data", key}))
                    return fail(Error::Code::NotFound,
                                fmt::format("key '{}' does not exist in secret '{}'", key, name));
                return base64Decode(encoded);
            };
        };
        out.secret = secretIn(nameSpace);
        const auto own = aws::variable(awsContext(out), "POD_NAMESPACE");
        out.controllerSecret = secretIn(own.empty() ? "argo-rollouts" : own);
        const auto jobs = [this, stop] { return deps.client->resolve(manifest::GroupKind {"batch", "Job"}, stop); };
        out.getJob = [this, jobs, nameSpace, stop](const std::string& name) -> Result<Value> {
            PH_TRY(const auto type, jobs());
            return deps.client->get(type, nameSpace, name, stop);
        };
        out.createJob = [this, stop](const Value& job) { return deps.client->create(job, {}, stop); };
        out.deleteJob = [this, jobs, nameSpace, stop](const std::string& name) -> Result<> {
            PH_TRY(const auto type, jobs());
            kube::DeleteOptions options;
            options.propagation = kube::Propagation::Background;
            return deps.client->remove(type, nameSpace, name, options, stop);
        };
        out.jobPods = [this, nameSpace, stop](const Value& job) {
            auto pods = list({"", "Pod"}, nameSpace, stop);
            std::erase_if(pods, [&](const Value& pod) { return !isOwnedBy(pod, manifest::uid(job)); });
            return pods;
        };
        return out;
    }

    std::size_t reconcileRun(const Value& listed, std::stop_token stop)
    {
        const auto now = deps.clock->now();
        const auto wakeUp = [&](const Value& run) {
            if (isCompletedPhase(text(run, {"status", "phase"})))
                return;
            if (const auto next = nextLook(run, now))
                lookAgain(std::max(*next + std::chrono::milliseconds(1), now + std::chrono::milliseconds(20)));
        };
        if (isCompletedPhase(text(listed, {"status", "phase"}))) {
            if (!ttlExpired(listed, now))
                return 0;
            return carryOut({Write::Verb::Delete, listed}, stop) ? 1 : 0;
        }
        if (!text(listed, {"status", "phase"}).empty() && dueTasks(listed, now).empty() && !isTerminating(listed)) {
            wakeUp(listed);
            return 0;
        }
        auto current = read(listed, stop);
        if (!current)
            return 0;
        const auto next = advanceRun(*current, now, measureDeps(std::string(manifest::nameSpace(listed)), stop), stop);
        wakeUp(next);
        const auto patch = manifest::createMergePatch(*current, next);
        if (!patch.is_object() || patch.get_object().empty())
            return 0;
        const auto done = carryOut({Write::Verb::Merge, *current, patch}, stop);
        if (!done) {
            log::warning("rollout", manifest::keyOf(listed).text() + ": " + done.error().text());
            lookAgain(now + std::chrono::seconds(1));
            return 0;
        }
        return 1;
    }
};

RolloutController::RolloutController(Deps deps)
    : m_d(std::make_unique<Private>(std::move(deps)))
{
}

RolloutController::~RolloutController() = default;

std::size_t RolloutController::reconcileAll(std::stop_token stop)
{
    return m_d->reconcile(true, stop);
}

TimePoint RolloutController::nextDue() const
{
    return m_d->due;
}

void RolloutController::wake()
{
    m_d->woken = true;
    m_d->deps.clock->wakeAll();
}

std::string RolloutController::waitingFor(const manifest::ResourceKey& rollout) const
{
    const std::lock_guard lock(m_d->gatesMutex);
    const auto found = m_d->gates.find(rollout.text());
    return found == m_d->gates.end() ? std::string() : found->second;
}

void RolloutController::run(std::stop_token stop)
{
    auto& deps = m_d->deps;
    std::atomic<bool> changed {true};
    kube::Cache::Subscription subscription;
    if (deps.cache) {
        for (const auto& kind : watchedKinds())
            if (const auto type = deps.client->resolve(kind, stop))
                if (const auto watched = deps.cache->watch(*type, stop); !watched)
                    log::warning("rollout", watched.error().text());
        subscription = deps.cache->subscribe([&](const std::vector<kube::Cache::Change>& changes) {
            bool concerns = false;
            for (const auto& change : changes)
                concerns = m_d->note(change.object()) || concerns;
            if (!concerns)
                return;
            changed = true;
            deps.clock->wakeAll();
        });
    }
    TimePoint resync = deps.clock->now() + deps.resync;
    while (!stop.stop_requested()) {
        const auto ticket = deps.clock->ticket();
        changed = false;
        const bool everything = !deps.cache || m_d->woken.exchange(false) || deps.clock->now() >= resync;
        if (everything)
            resync = deps.clock->now() + deps.resync;
        (void)m_d->reconcile(everything, stop);
        if (stop.stop_requested())
            return;
        if (changed)
            continue;
        const auto now = deps.clock->now();
        TimePoint deadline = std::min(m_d->due, resync);
        if (!deps.cache)
            deadline = std::min(deadline, now + std::chrono::seconds(1));
        deps.clock->waitUntil(deadline, stop, ticket);
    }
}

} // namespace core::rollout
