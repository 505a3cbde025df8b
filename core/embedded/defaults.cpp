// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/embedded/api_server_p.h"
#include "core/manifest/builtin_types.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>

#include <set>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

void set(Value& object, manifest::Path path, Value value)
{
    auto& slot = manifest::ensure(object, path);
    if (slot.is_null())
        slot = std::move(value);
}

template<class Each>
void each(Value& object, manifest::Path path, Each visit)
{
    auto* list = manifest::find(object, path);
    if (list != nullptr && list->is_array())
        for (auto& item : list->get_array())
            if (item.is_object())
                visit(item);
}

void defaultProbe(Value& probe)
{
    set(probe, {"timeoutSeconds"}, 1);
    set(probe, {"periodSeconds"}, 10);
    set(probe, {"successThreshold"}, 1);
    set(probe, {"failureThreshold"}, 3);
    if (auto* http = manifest::find(probe, {"httpGet"}); http != nullptr && http->is_object()) {
        set(*http, {"path"}, "/");
        set(*http, {"scheme"}, "HTTP");
    }
    if (auto* grpc = manifest::find(probe, {"grpc"}); grpc != nullptr && grpc->is_object())
        set(*grpc, {"service"}, "");
}

std::string_view pullPolicy(std::string_view image)
{
    if (image.find('@') != std::string_view::npos)
        return "IfNotPresent";
    const auto slash = image.rfind('/');
    const auto colon = image.rfind(':');
    const bool tagged = colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
    return tagged && image.substr(colon + 1) != "latest" ? "IfNotPresent" : "Always";
}

void defaultContainer(Value& container, bool hostNetwork)
{
    set(container, {"terminationMessagePath"}, "/dev/termination-log");
    set(container, {"terminationMessagePolicy"}, "File");
    set(container, {"resources"}, Object());
    set(container, {"imagePullPolicy"}, boost::json::string(pullPolicy(manifest::text(container, {"image"}))));
    each(container, {"ports"}, [&](Value& port) {
        set(port, {"protocol"}, "TCP");
        if (const auto number = manifest::integer(port, {"containerPort"}); hostNetwork && number)
            set(port, {"hostPort"}, *number);
    });
    for (const auto* key : {"livenessProbe", "readinessProbe", "startupProbe"})
        if (auto* probe = manifest::find(container, {key}); probe != nullptr && probe->is_object())
            defaultProbe(*probe);
    for (const auto* key : {"postStart", "preStop"})
        if (auto* http = manifest::find(container, {"lifecycle", key, "httpGet"});
            http != nullptr && http->is_object()) {
            set(*http, {"path"}, "/");
            set(*http, {"scheme"}, "HTTP");
        }
    each(container, {"env"}, [](Value& env) {
        if (auto* field = manifest::find(env, {"valueFrom", "fieldRef"}); field != nullptr && field->is_object())
            set(*field, {"apiVersion"}, "v1");
    });
}

void defaultVolume(Value& volume)
{
    for (const auto* key : {"configMap", "secret", "projected", "downwardAPI"})
        if (auto* source = manifest::find(volume, {key}); source != nullptr && source->is_object())
            set(*source, {"defaultMode"}, 420);
    if (auto* host = manifest::find(volume, {"hostPath"}); host != nullptr && host->is_object())
        set(*host, {"type"}, "");
    each(volume, {"projected", "sources"}, [](Value& source) {
        if (auto* token = manifest::find(source, {"serviceAccountToken"}); token != nullptr && token->is_object())
            set(*token, {"expirationSeconds"}, 3600);
    });
    if (auto* claim = manifest::find(volume, {"ephemeral", "volumeClaimTemplate", "spec"});
        claim != nullptr && claim->is_object())
        set(*claim, {"volumeMode"}, "Filesystem");
    if (volume.get_object().size() == 1 && volume.get_object().contains("name"))
        set(volume, {"emptyDir"}, Object());
}

void defaultPodSpec(Value& spec)
{
    if (!spec.is_object())
        return;
    set(spec, {"restartPolicy"}, "Always");
    set(spec, {"dnsPolicy"}, "ClusterFirst");
    set(spec, {"terminationGracePeriodSeconds"}, 30);
    set(spec, {"securityContext"}, Object());
    set(spec, {"schedulerName"}, "default-scheduler");
    if (const auto account = std::string(manifest::text(spec, {"serviceAccountName"})); !account.empty())
        set(spec, {"serviceAccount"}, boost::json::string(account));
    else if (const auto old = std::string(manifest::text(spec, {"serviceAccount"})); !old.empty())
        set(spec, {"serviceAccountName"}, boost::json::string(old));
    const bool hostNetwork = manifest::flag(spec, {"hostNetwork"});
    for (const auto* key : {"containers", "initContainers"})
        each(spec, {key}, [&](Value& container) { defaultContainer(container, hostNetwork); });
    each(spec, {"volumes"}, defaultVolume);
}

std::string_view qosClass(const Value& spec)
{
    bool any = false;
    bool guaranteed = true;
    for (const auto* list : {"containers", "initContainers"}) {
        for (const auto& container : manifest::array(spec, {list})) {
            for (const auto* name : {"cpu", "memory"}) {
                const auto* limit = manifest::find(container, {"resources", "limits", name});
                const auto* request = manifest::find(container, {"resources", "requests", name});
                any = any || limit != nullptr || request != nullptr;
                guaranteed = guaranteed && limit != nullptr && (request == nullptr || *request == *limit);
            }
        }
    }
    return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

void defaultPod(Value& pod, bool creating)
{
    auto& spec = manifest::ensure(pod, {"spec"});
    if (!spec.is_object())
        return;
    if (!creating)
        return defaultPodSpec(spec);
    defaultPodSpec(spec);
    set(spec, {"enableServiceLinks"}, true);
    for (const auto* key : {"containers", "initContainers"}) {
        each(spec, {key}, [](Value& container) {
            const auto limits = manifest::object(container, {"resources", "limits"});
            for (const auto& limit : limits)
                set(container, {"resources", "requests", limit.key()}, limit.value());
        });
    }
    set(pod, {"status", "phase"}, "Pending");
}

void defaultTemplate(Value& object, manifest::Path path)
{
    if (auto* spec = manifest::find(object, path); spec != nullptr)
        defaultPodSpec(*spec);
}

void defaultDeployment(Value& object)
{
    defaultTemplate(object, {"spec", "template", "spec"});
    set(object, {"spec", "replicas"}, 1);
    set(object, {"spec", "strategy", "type"}, "RollingUpdate");
    if (manifest::text(object, {"spec", "strategy", "type"}) == "RollingUpdate") {
        set(object, {"spec", "strategy", "rollingUpdate", "maxUnavailable"}, "25%");
        set(object, {"spec", "strategy", "rollingUpdate", "maxSurge"}, "25%");
    }
    set(object, {"spec", "revisionHistoryLimit"}, 10);
    set(object, {"spec", "progressDeadlineSeconds"}, 600);
    set(object, {"status"}, Object());
}

void defaultClaimSpec(Value& claim)
{
    set(claim, {"spec", "volumeMode"}, "Filesystem");
}

void defaultStatefulSet(Value& object)
{
    defaultTemplate(object, {"spec", "template", "spec"});
    set(object, {"spec", "replicas"}, 1);
    set(object, {"spec", "podManagementPolicy"}, "OrderedReady");
    set(object, {"spec", "updateStrategy", "type"}, "RollingUpdate");
    if (manifest::text(object, {"spec", "updateStrategy", "type"}) == "RollingUpdate")
        set(object, {"spec", "updateStrategy", "rollingUpdate", "partition"}, 0);
    set(object, {"spec", "revisionHistoryLimit"}, 10);
    set(object, {"spec", "serviceName"}, "");
    set(object, {"spec", "persistentVolumeClaimRetentionPolicy", "whenDeleted"}, "Retain");
    set(object, {"spec", "persistentVolumeClaimRetentionPolicy", "whenScaled"}, "Retain");
    each(object, {"spec", "volumeClaimTemplates"}, [](Value& claim) {
        set(claim, {"kind"}, "PersistentVolumeClaim");
        set(claim, {"apiVersion"}, "v1");
        defaultClaimSpec(claim);
        set(claim, {"status", "phase"}, "Pending");
    });
    set(object, {"status", "replicas"}, 0);
    set(object, {"status", "availableReplicas"}, 0);
}

void defaultDaemonSet(Value& object)
{
    defaultTemplate(object, {"spec", "template", "spec"});
    set(object, {"spec", "updateStrategy", "type"}, "RollingUpdate");
    if (manifest::text(object, {"spec", "updateStrategy", "type"}) == "RollingUpdate") {
        set(object, {"spec", "updateStrategy", "rollingUpdate", "maxUnavailable"}, 1);
        set(object, {"spec", "updateStrategy", "rollingUpdate", "maxSurge"}, 0);
    }
    set(object, {"spec", "revisionHistoryLimit"}, 10);
    set(object, {"metadata", "annotations", "deprecated.daemonset.template.generation"}, "1");
    for (const auto* key : {"currentNumberScheduled", "desiredNumberScheduled", "numberMisscheduled", "numberReady"})
        set(object, {"status", key}, 0);
}

void defaultJobSpec(Value& spec)
{
    if (!spec.is_object())
        return;
    defaultTemplate(spec, {"template", "spec"});
    if (manifest::find(spec, {"completions"}) == nullptr && manifest::find(spec, {"parallelism"}) == nullptr)
        set(spec, {"completions"}, 1);
    set(spec, {"parallelism"}, 1);
    set(spec, {"backoffLimit"}, 6);
    set(spec, {"completionMode"}, "NonIndexed");
    set(spec, {"suspend"}, false);
    set(spec, {"manualSelector"}, false);
    set(spec, {"podReplacementPolicy"}, "TerminatingOrFailed");
}

void defaultJob(Value& object)
{
    defaultJobSpec(manifest::ensure(object, {"spec"}));
    if (manifest::object(object, {"metadata", "labels"}).empty()) {
        if (const auto labels = manifest::object(object, {"spec", "template", "metadata", "labels"}); !labels.empty())
            manifest::ensure(object, {"metadata", "labels"}) = labels;
    }
    set(object, {"status"}, Object());
}

void selectOwnPods(Value& job)
{
    auto& spec = manifest::ensure(job, {"spec"});
    if (!spec.is_object() || manifest::flag(spec, {"manualSelector"}))
        return;
    const auto uid = std::string(manifest::uid(job));
    const auto name = std::string(manifest::name(job));
    for (const auto* key : {"batch.kubernetes.io/controller-uid", "controller-uid"})
        set(spec, {"template", "metadata", "labels", key}, boost::json::string(uid));
    for (const auto* key : {"batch.kubernetes.io/job-name", "job-name"})
        set(spec, {"template", "metadata", "labels", key}, boost::json::string(name));
    set(spec, {"selector", "matchLabels", "batch.kubernetes.io/controller-uid"}, boost::json::string(uid));
}

void defaultService(Value& object)
{
    set(object, {"spec", "type"}, "ClusterIP");
    set(object, {"spec", "sessionAffinity"}, "None");
    const auto type = std::string(manifest::text(object, {"spec", "type"}));
    if (manifest::text(object, {"spec", "sessionAffinity"}) == "ClientIP")
        set(object, {"spec", "sessionAffinityConfig", "clientIP", "timeoutSeconds"}, 10800);
    each(object, {"spec", "ports"}, [](Value& port) {
        set(port, {"protocol"}, "TCP");
        if (const auto* number = manifest::find(port, {"port"}); number != nullptr) {
            Value copy = *number;
            set(port, {"targetPort"}, std::move(copy));
        }
    });
    set(object, {"status", "loadBalancer"}, Object());
    if (type == "ExternalName")
        return;
    set(object, {"spec", "internalTrafficPolicy"}, "Cluster");
    if (type == "NodePort" || type == "LoadBalancer")
        set(object, {"spec", "externalTrafficPolicy"}, "Cluster");
    if (type == "LoadBalancer")
        set(object, {"spec", "allocateLoadBalancerNodePorts"}, true);
}

void defaultScaler(Value& object)
{
    set(object, {"spec", "minReplicas"}, 1);
    if (manifest::array(object, {"spec", "metrics"}).empty()) {
        Array metrics;
        metrics.push_back(Value(Object {
            {"type", "Resource"},
            {"resource",
             Object {{"name", "cpu"}, {"target", Object {{"type", "Utilization"}, {"averageUtilization", 80}}}}}}));
        manifest::ensure(object, {"spec", "metrics"}) = std::move(metrics);
    }
    if (auto* behavior = manifest::find(object, {"spec", "behavior"}); behavior != nullptr && behavior->is_object()) {
        const auto policy = [](std::string_view type, int value) {
            return Value(Object {{"type", boost::json::string(type)}, {"value", value}, {"periodSeconds", 15}});
        };
        Array up;
        up.push_back(policy("Pods", 4));
        up.push_back(policy("Percent", 100));
        set(*behavior, {"scaleUp", "stabilizationWindowSeconds"}, 0);
        set(*behavior, {"scaleUp", "selectPolicy"}, "Max");
        set(*behavior, {"scaleUp", "policies"}, std::move(up));
        Array down;
        down.push_back(policy("Percent", 100));
        set(*behavior, {"scaleDown", "selectPolicy"}, "Max");
        set(*behavior, {"scaleDown", "policies"}, std::move(down));
    }
    set(object, {"status", "desiredReplicas"}, 0);
    set(object, {"status", "currentMetrics"}, nullptr);
}

void defaultSecret(Value& object)
{
    set(object, {"type"}, "Opaque");
    const auto plain = manifest::object(object, {"stringData"});
    for (const auto& member : plain)
        if (member.value().is_string())
            manifest::ensure(object, {"data", member.key()}) =
                boost::json::string(base64Encode(member.value().get_string()));
    manifest::erase(object, {"stringData"});
}

void defaultNamespace(Value& object, bool creating)
{
    if (!creating)
        return;
    set(object, {"status", "phase"}, "Active");
    manifest::ensure(object, {"metadata", "labels", "kubernetes.io/metadata.name"}) =
        boost::json::string(manifest::name(object));
}

void defaultBinding(Value& object)
{
    set(object, {"roleRef", "apiGroup"}, "rbac.authorization.k8s.io");
    each(object, {"subjects"}, [](Value& subject) {
        if (manifest::text(subject, {"kind"}) != "ServiceAccount")
            set(subject, {"apiGroup"}, "rbac.authorization.k8s.io");
    });
}

void defaultNetworkPolicy(Value& object)
{
    Array types;
    types.emplace_back("Ingress");
    if (manifest::find(object, {"spec", "egress"}) != nullptr)
        types.emplace_back("Egress");
    set(object, {"spec", "policyTypes"}, std::move(types));
    for (const auto* key : {"ingress", "egress"})
        each(object, {"spec", key},
             [](Value& rule) { each(rule, {"ports"}, [](Value& port) { set(port, {"protocol"}, "TCP"); }); });
}

void defaultVolumeKinds(const ResourceInfo& info, Value& object, bool creating)
{
    set(object, {"spec", "volumeMode"}, "Filesystem");
    if (info.kind == "PersistentVolume")
        set(object, {"spec", "persistentVolumeReclaimPolicy"}, "Retain");
    if (creating)
        set(object, {"status", "phase"}, "Pending");
}

/// Members that Kubernetes' types hold by value and leave out while they are zero.
bool isUnwrittenZero(std::string_view name, const Value& value)
{
    static const std::set<std::string_view> kFlags {
        "globalDefault", "hostIPC", "hostNetwork", "hostPID", "paused",       "publishNotReadyAddresses",
        "readOnly",      "stdin",   "stdinOnce",   "tty",     "unschedulable"};
    static const std::set<std::string_view> kNumbers {"hostPort", "minReadySeconds", "nodePort"};
    static const std::set<std::string_view> kTexts {"hostname", "image",     "nodeName", "priorityClassName",
                                                    "subPath",  "subdomain", "value",    "workingDir"};
    if (const auto* flag = value.if_bool())
        return !*flag && kFlags.contains(name);
    if (const auto* text = value.if_string())
        return text->empty() && kTexts.contains(name);
    return value.is_number() && value.to_number<double>() == 0 && kNumbers.contains(name);
}

/// Empty lists and maps are not written: they are `omitempty` in Kubernetes' types, but for these lists.
void dropEmptyFields(Value& value, const manifest::TypeNode* type)
{
    using Kind = manifest::TypeNode::Kind;
    static const std::set<std::string_view> kWritten {"containers",        "rules",      "verbs",
                                                      "nodeSelectorTerms", "endpoints",  "limits",
                                                      "versions",          "conditions", "storedVersions"};
    if (type == nullptr)
        return;
    if (auto* elements = value.if_array(); elements != nullptr && type->kind == Kind::List) {
        for (auto& element : *elements)
            dropEmptyFields(element, type->element);
    }
    auto* members = value.if_object();
    if (members == nullptr || type->kind != Kind::Struct)
        return;
    for (auto it = members->begin(); it != members->end();) {
        const auto* field = type->field(it->key());
        const auto* fieldType = field != nullptr ? field->type : nullptr;
        const auto* list = it->value().if_array();
        const auto* map = it->value().if_object();
        const bool isList = fieldType != nullptr && fieldType->kind == Kind::List && !kWritten.contains(it->key());
        const bool isMap = fieldType != nullptr && fieldType->kind == Kind::Map;
        const bool isZero = fieldType != nullptr && isUnwrittenZero(it->key(), it->value());
        if (isZero || (isList && list != nullptr && list->empty()) || (isMap && map != nullptr && map->empty())) {
            it = members->stable_erase(it);
        } else {
            dropEmptyFields(it->value(), fieldType);
            ++it;
        }
    }
}

} // namespace

void applyDefaults(const ResourceInfo& info, Value& object, bool creating)
{
    if (info.custom) {
        if (info.schema)
            info.schema->complete(object);
        return;
    }
    dropEmptyFields(object, manifest::builtinType(info.storedApiVersion, info.kind));
    const auto& kind = info.kind;
    if (kind == "Pod") {
        defaultPod(object, creating);
    } else if (kind == "Deployment") {
        defaultDeployment(object);
    } else if (kind == "ReplicaSet") {
        defaultTemplate(object, {"spec", "template", "spec"});
        set(object, {"spec", "replicas"}, 1);
        set(object, {"status", "replicas"}, 0);
    } else if (kind == "StatefulSet") {
        defaultStatefulSet(object);
    } else if (kind == "DaemonSet") {
        defaultDaemonSet(object);
    } else if (kind == "Job") {
        defaultJob(object);
    } else if (kind == "CronJob") {
        if (auto* spec = manifest::find(object, {"spec", "jobTemplate", "spec"}); spec != nullptr)
            defaultTemplate(*spec, {"template", "spec"});
        set(object, {"spec", "jobTemplate", "metadata"}, Object());
        set(object, {"spec", "jobTemplate", "spec", "template", "metadata"}, Object());
        set(object, {"spec", "concurrencyPolicy"}, "Allow");
        set(object, {"spec", "suspend"}, false);
        set(object, {"spec", "successfulJobsHistoryLimit"}, 3);
        set(object, {"spec", "failedJobsHistoryLimit"}, 1);
        set(object, {"status"}, Object());
    } else if (kind == "Service") {
        defaultService(object);
    } else if (kind == "HorizontalPodAutoscaler") {
        defaultScaler(object);
    } else if (kind == "Secret") {
        defaultSecret(object);
    } else if (kind == "Namespace") {
        defaultNamespace(object, creating);
    } else if (kind == "RoleBinding" || kind == "ClusterRoleBinding") {
        defaultBinding(object);
    } else if (kind == "NetworkPolicy") {
        defaultNetworkPolicy(object);
    } else if (kind == "PersistentVolumeClaim" || kind == "PersistentVolume") {
        defaultVolumeKinds(info, object, creating);
    } else if (kind == "Ingress") {
        set(object, {"status", "loadBalancer"}, Object());
    } else if (kind == "StorageClass") {
        set(object, {"reclaimPolicy"}, "Delete");
        set(object, {"volumeBindingMode"}, "Immediate");
    } else if (kind == "PriorityClass") {
        set(object, {"preemptionPolicy"}, "PreemptLowerPriority");
    } else if (kind == "PodDisruptionBudget") {
        for (const auto* key : {"currentHealthy", "desiredHealthy", "disruptionsAllowed", "expectedPods"})
            set(object, {"status", key}, 0);
    } else if (kind == "EndpointSlice") {
        each(object, {"ports"}, [](Value& port) {
            set(port, {"name"}, "");
            set(port, {"protocol"}, "TCP");
        });
    } else if (kind == "Endpoints") {
        each(object, {"subsets"},
             [](Value& subset) { each(subset, {"ports"}, [](Value& port) { set(port, {"protocol"}, "TCP"); }); });
    }
}

void setQosClass(Value& pod)
{
    if (const auto* spec = manifest::find(pod, {"spec"}))
        set(pod, {"status", "qosClass"}, boost::json::string(qosClass(*spec)));
}

void completeNew(const ResourceInfo& info, Value& object)
{
    if (info.type != nullptr && !info.custom && object.is_object())
        for (const auto& field : info.type->fields)
            if (field.always && field.type->kind == manifest::TypeNode::Kind::Struct)
                set(object, {field.name}, Object());
    if (info.table == "/pods") {
        auto& spec = manifest::ensure(object, {"spec"});
        set(spec, {"serviceAccountName"}, "default");
        set(spec, {"serviceAccount"}, boost::json::string(manifest::text(spec, {"serviceAccountName"})));
    } else if (info.table == "batch/jobs") {
        selectOwnPods(object);
    } else if (info.table == "/namespaces") {
        set(object, {"spec", "finalizers"}, Array {"kubernetes"});
    } else if (info.table == "/persistentvolumes") {
        addFinalizer(object, "kubernetes.io/pv-protection");
    } else if (info.table == "/persistentvolumeclaims") {
        addFinalizer(object, "kubernetes.io/pvc-protection");
    }
}

} // namespace core::embedded
