// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/effects.h"

#include "core/engine/inventory.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace core::engine {

using manifest::array;
using manifest::find;
using manifest::integer;
using manifest::Quantity;
using manifest::ResourceKey;
using manifest::text;
using manifest::Value;

namespace {

/// A pod of the object, as far as its template says it; null where it has none.
const Value* podSpecOf(const Value& object)
{
    const auto kind = manifest::kind(object);
    if (kind == "Pod")
        return find(object, {"spec"});
    if (kind == "CronJob")
        return find(object, {"spec", "jobTemplate", "spec", "template", "spec"});
    return find(object, {"spec", "template", "spec"});
}

std::int64_t seconds(const Value& object, manifest::Path path, std::int64_t otherwise)
{
    return integer(object, path).value_or(otherwise);
}

/// "25%" of the pods, or so many; at least one so that an update goes on.
std::int64_t share(const Value* value, std::int64_t of, std::int64_t otherwise)
{
    if (value == nullptr)
        return std::max<std::int64_t>(1, otherwise);
    if (value->is_string()) {
        const std::string written(value->get_string());
        return std::max<std::int64_t>(1, (std::atoll(written.c_str()) * of + 99) / 100);
    }
    return std::max<std::int64_t>(1, value->to_number<std::int64_t>());
}

/// Until a pod that was just made is ready: image, start and the probe's first looks.
std::int64_t readySeconds(const Value& podSpec)
{
    constexpr std::int64_t kStart = 10;
    std::int64_t slowest = 0;
    for (const auto& container : array(podSpec, {"containers"}))
        for (const char* probe : {"startupProbe", "readinessProbe"})
            slowest = std::max(slowest, seconds(container, {probe, "initialDelaySeconds"}, 0));
    return kStart + slowest;
}

void add(std::map<std::string, Quantity>& sum, const std::string& name, const Quantity& one, std::int64_t times)
{
    for (std::int64_t i = 0; i < std::min<std::int64_t>(times, 10'000); ++i)
        if (const auto [at, fresh] = sum.try_emplace(name, one); !fresh) // the first gives the notation
            at->second += one;
}

Quantity counted(std::int64_t count)
{
    return Quantity::parse(Value(count)).value_or(Quantity());
}

} // namespace

std::int64_t podsOf(const Value& object, const Value* live)
{
    const auto kind = manifest::kind(object);
    if (kind == "Pod")
        return 1;
    if (kind == "DaemonSet")
        return live != nullptr ? integer(*live, {"status", "desiredNumberScheduled"}).value_or(0) : 0;
    if (kind == "Job")
        return integer(object, {"spec", "parallelism"}).value_or(1);
    if (kind == "InferenceService")
        return integer(object, {"spec", "predictor", "minReplicas"}).value_or(1);
    if (kind == "Deployment" || kind == "StatefulSet" || kind == "ReplicaSet" || kind == "Rollout") {
        if (const auto wanted = integer(object, {"spec", "replicas"}))
            return *wanted;
        return live != nullptr ? integer(*live, {"spec", "replicas"}).value_or(1) : 1;
    }
    return 0;
}

std::int64_t gpusOf(const Value& object, const Value* live)
{
    std::int64_t perPod = 0;
    const auto count = [&](const Value& podSpec) {
        for (const auto& [resource, each] : acceleratorsOf(Value {{"spec", podSpec}}))
            perPod += each;
    };
    if (const auto* podSpec = podSpecOf(object); podSpec != nullptr && manifest::kind(object) != "CronJob")
        count(*podSpec);
    else if (const auto* predictor = find(object, {"spec", "predictor"}); predictor != nullptr) {
        if (const auto* model = find(*predictor, {"model"}))
            count(Value {{"containers", boost::json::array {*model}}});
        else
            count(*predictor);
    }
    return perPod * podsOf(object, live);
}

std::map<std::string, Quantity> demandOf(const Value& object, const Value* live)
{
    static const std::map<std::string_view, const char*> kCounted {{"ConfigMap", "configmaps"},
                                                                   {"PersistentVolumeClaim", "persistentvolumeclaims"},
                                                                   {"ReplicationController", "replicationcontrollers"},
                                                                   {"Secret", "secrets"},
                                                                   {"Service", "services"}};
    std::map<std::string, Quantity> out;
    const auto kind = manifest::kind(object);
    const auto group = manifest::keyOf(object).group;
    if (const auto known = kCounted.find(kind); known != kCounted.end() && group.empty())
        out[known->second] = counted(1);
    std::string plural(kind);
    std::ranges::transform(plural, plural.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    out["count/" + plural + (plural.ends_with('s') ? "es" : "s") + (group.empty() ? "" : "." + group)] = counted(1);
    const auto* podSpec = podSpecOf(object);
    const auto pods = podsOf(object, live);
    if (podSpec == nullptr || pods <= 0)
        return out;
    out["pods"] = counted(pods);
    for (const auto& container : array(*podSpec, {"containers"})) {
        for (const char* part : {"requests", "limits"}) {
            const auto* list = find(container, {"resources", part});
            if (list == nullptr || !list->is_object())
                continue;
            for (const auto& [name, value] : list->get_object())
                if (const auto quantity = Quantity::parse(value))
                    add(out, part + ("." + std::string(name)), *quantity, pods);
        }
        // A limit alone is the request as well.
        const auto* limits = find(container, {"resources", "limits"});
        if (limits != nullptr && limits->is_object())
            for (const auto& [name, value] : limits->get_object())
                if (find(container, {"resources", "requests", std::string(name)}) == nullptr)
                    if (const auto quantity = Quantity::parse(value))
                        add(out, "requests." + std::string(name), *quantity, pods);
    }
    for (const char* name : {"cpu", "memory"}) // the short names of the same
        if (const auto found = out.find(std::string("requests.") + name); found != out.end())
            out[name] = found->second;
    return out;
}

std::optional<Duration> estimateOf(const Value& wanted, const Value* live)
{
    const auto kind = manifest::kind(wanted);
    if (kind == "Job") {
        if (live == nullptr)
            return std::nullopt;
        const auto begun = parseRfc3339(text(*live, {"status", "startTime"}));
        const auto ended = parseRfc3339(text(*live, {"status", "completionTime"}));
        return begun && ended && *ended > *begun ? std::optional(Duration(*ended - *begun)) : std::nullopt;
    }
    const auto* podSpec = podSpecOf(wanted);
    const auto pods = podsOf(wanted, live);
    if (podSpec == nullptr || pods <= 0 || kind == "Rollout")
        return std::nullopt;
    const auto one = readySeconds(*podSpec) + seconds(wanted, {"spec", "minReadySeconds"}, 0);
    std::int64_t atOnce = pods;
    if (kind == "StatefulSet" && text(wanted, {"spec", "podManagementPolicy"}) != "Parallel")
        atOnce = 1;
    else if (kind == "DaemonSet")
        atOnce = share(find(wanted, {"spec", "updateStrategy", "rollingUpdate", "maxUnavailable"}), pods, 1);
    else if (kind == "Deployment" && live != nullptr && text(wanted, {"spec", "strategy", "type"}) != "Recreate")
        atOnce = share(find(wanted, {"spec", "strategy", "rollingUpdate", "maxSurge"}), pods, (pods + 3) / 4);
    const auto rounds = (pods + atOnce - 1) / atOnce;
    return std::chrono::seconds(one * rounds);
}

bool isImmutable(const manifest::GroupKind& kind, const std::vector<std::string>& path, const Value* live)
{
    if (path.empty())
        return false;
    const auto under = [&](std::initializer_list<const char*> prefix) {
        return path.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
    };
    if (kind.group == "apps") {
        if (kind.kind == "StatefulSet" && path[0] == "spec" && path.size() > 1) {
            static const std::set<std::string_view> kOpen {"replicas",
                                                           "ordinals",
                                                           "template",
                                                           "updateStrategy",
                                                           "persistentVolumeClaimRetentionPolicy",
                                                           "minReadySeconds",
                                                           "revisionHistoryLimit"};
            return !kOpen.contains(path[1]);
        }
        return under({"spec", "selector"});
    }
    if (kind.group == "batch" && kind.kind == "Job")
        return under({"spec", "selector"}) || under({"spec", "template"}) || under({"spec", "completionMode"})
            || under({"spec", "completions"});
    if (kind.group == "rbac.authorization.k8s.io" && kind.kind.ends_with("Binding"))
        return under({"roleRef"});
    if (kind.group == "storage.k8s.io" && kind.kind == "StorageClass")
        return under({"provisioner"}) || under({"parameters"}) || under({"reclaimPolicy"})
            || under({"volumeBindingMode"});
    if (!kind.group.empty())
        return false;
    if (kind.kind == "Service")
        return under({"spec", "clusterIP"}) || under({"spec", "clusterIPs"});
    if (kind.kind == "PersistentVolumeClaim")
        return path[0] == "spec" && !under({"spec", "resources"}) && !under({"spec", "volumeAttributesClassName"});
    if (kind.kind == "Secret" && under({"type"}))
        return true;
    if (kind.kind == "Secret" || kind.kind == "ConfigMap")
        return live != nullptr && manifest::flag(*live, {"immutable"})
            && (under({"data"}) || under({"binaryData"}) || under({"stringData"}) || under({"immutable"}));
    if (kind.kind == "Pod" && path[0] == "spec")
        return path.back() != "image" && path[1] != "tolerations" && path[1] != "activeDeadlineSeconds";
    return false;
}

namespace {

/// Fields whose text is the name of another object, by the kind of that object.
bool namesA(std::string_view kind, std::string_view field)
{
    static const std::map<std::string_view, std::set<std::string_view>> kFields {
        {"ConfigMap", {"configMap.name", "configMapRef.name", "configMapKeyRef.name"}},
        {"Secret",
         {"secret.secretName", "secretRef.name", "secretKeyRef.name", "imagePullSecrets.name", "tls.secretName",
          "secret.name", "spec.secretName"}},
        {"PersistentVolumeClaim", {"persistentVolumeClaim.claimName"}},
        {"ServiceAccount", {"spec.serviceAccountName", "subjects.name"}},
        {"Service",
         {"service.name", "destination.host", "canary.canaryService", "canary.stableService", "blueGreen.activeService",
          "blueGreen.previewService", "spec.serviceName", "backendRefs.name", "spec.host", "backend.serviceName",
          "pingPong.pingService", "pingPong.pongService"}},
        {"VirtualService", {"virtualService.name", "virtualServices.name"}},
        {"AnalysisTemplate", {"templates.templateName"}},
        {"Role", {"roleRef.name"}},
        {"ClusterRole", {"roleRef.name"}},
    };
    const auto fields = kFields.find(kind);
    return fields != kFields.end() && fields->second.contains(field);
}

bool names(const Value& value, const ResourceKey& key, std::string_view parent, std::string_view field)
{
    if (value.is_object()) {
        for (const auto& [name, child] : value.get_object())
            if (names(child, key, field, name))
                return true;
        return false;
    }
    if (value.is_array())
        return std::ranges::any_of(value.get_array(), [&](const Value& item) {
            // Items of a list stand below its key: "imagePullSecrets.name".
            return names(item, key, parent, field);
        });
    if (!value.is_string())
        return false;
    const std::string_view written(value.get_string().data(), value.get_string().size());
    const bool same = written == key.name
        || (key.kind == "Service" && written.starts_with(key.name + "." + key.nameSpace)
            && (written.size() == key.name.size() + key.nameSpace.size() + 1
                || written[key.name.size() + key.nameSpace.size() + 1] == '.'));
    return same && namesA(key.kind, std::string(parent) + "." + std::string(field));
}

} // namespace

std::vector<ResourceKey> usersOf(const ResourceKey& key, const Objects& others)
{
    std::vector<ResourceKey> out;
    for (const auto& other : others) {
        auto user = manifest::keyOf(*other);
        if (user == key || (!key.nameSpace.empty() && user.nameSpace != key.nameSpace && key.kind != "Service"))
            continue;
        // What a controller made stands for its owner.
        const auto owners = array(*other, {"metadata", "ownerReferences"});
        if (std::ranges::any_of(owners, [](const Value& owner) { return manifest::flag(owner, {"controller"}); }))
            continue;
        if (names(*other, key, {}, {}))
            out.push_back(std::move(user));
    }
    std::ranges::sort(out);
    return out;
}

} // namespace core::engine
