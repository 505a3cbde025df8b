// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/embedded/custom_schema.h"
#include "core/embedded/selectors.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>
#include <set>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

bool overcommitable(std::string_view resource)
{
    // Only resources of Kubernetes itself may be requested without being limited.
    return resource.find('/') == std::string_view::npos
        || resource.substr(0, resource.find('/')).ends_with("kubernetes.io");
}

void validateResources(const Value& container, const std::string& path, Causes& causes)
{
    for (const auto& request : manifest::object(container, {"resources", "requests"})) {
        const std::string_view name = request.key();
        const auto* limit = manifest::find(container, {"resources", "limits", name});
        if (overcommitable(name))
            continue;
        if (limit == nullptr)
            causes.push_back(
                required(path + ".resources.limits", "Limit must be set for non overcommitable resources"));
        else if (*limit != request.value())
            causes.push_back(invalidValue(
                path + ".resources.requests", request.value(),
                fmt::format("must be equal to {} limit of {}", name,
                            limit->is_string() ? std::string(limit->get_string()) : manifest::toJson(*limit))));
    }
}

void validateContainers(const Value& spec, std::string_view list, const std::string& path, Causes& causes)
{
    std::set<std::string, std::less<>> names;
    std::set<std::string, std::less<>> volumes;
    for (const auto& volume : manifest::array(spec, {"volumes"}))
        volumes.emplace(manifest::text(volume, {"name"}));
    const auto& containers = manifest::array(spec, {list});
    for (std::size_t i = 0; i < containers.size(); ++i) {
        const auto& container = containers[i];
        const auto at = fmt::format("{}.{}[{}]", path, list, i);
        const auto name = std::string(manifest::text(container, {"name"}));
        if (name.empty())
            causes.push_back(required(at + ".name"));
        else if (const auto problem = dnsLabelProblem(name); !problem.empty())
            causes.push_back(invalidValue(at + ".name", boost::json::string(name), problem));
        else if (!names.insert(name).second)
            causes.push_back(duplicate(at + ".name", boost::json::string(name)));
        if (manifest::text(container, {"image"}).empty())
            causes.push_back(required(at + ".image"));
        const auto pull = manifest::text(container, {"imagePullPolicy"});
        if (pull != "Always" && pull != "IfNotPresent" && pull != "Never")
            causes.push_back(notSupported(at + ".imagePullPolicy", pull, {"Always", "IfNotPresent", "Never"}));
        const auto& ports = manifest::array(container, {"ports"});
        for (std::size_t p = 0; p < ports.size(); ++p) {
            const auto number = manifest::integer(ports[p], {"containerPort"}).value_or(0);
            if (number < 1 || number > 65535)
                causes.push_back(invalidValue(fmt::format("{}.ports[{}].containerPort", at, p), Value(number),
                                              "must be between 1 and 65535, inclusive"));
        }
        const auto& mounts = manifest::array(container, {"volumeMounts"});
        for (std::size_t m = 0; m < mounts.size(); ++m) {
            const auto volume = manifest::text(mounts[m], {"name"});
            if (!volumes.contains(volume))
                causes.push_back({"FieldValueNotFound", fmt::format("Not found: \"{}\"", volume),
                                  fmt::format("{}.volumeMounts[{}].name", at, m)});
        }
        validateResources(container, at, causes);
    }
}

/// Each source after a volume's first, in the order in which Kubernetes looks for them.
void validateVolumes(const Value& spec, const std::string& path, Causes& causes)
{
    static constexpr std::array<std::string_view, 30> kSources {"emptyDir",
                                                                "hostPath",
                                                                "gitRepo",
                                                                "gcePersistentDisk",
                                                                "awsElasticBlockStore",
                                                                "secret",
                                                                "nfs",
                                                                "iscsi",
                                                                "glusterfs",
                                                                "flocker",
                                                                "persistentVolumeClaim",
                                                                "rbd",
                                                                "cinder",
                                                                "cephfs",
                                                                "quobyte",
                                                                "downwardAPI",
                                                                "fc",
                                                                "flexVolume",
                                                                "configMap",
                                                                "azureFile",
                                                                "vsphereVolume",
                                                                "photonPersistentDisk",
                                                                "portworxVolume",
                                                                "azureDisk",
                                                                "storageos",
                                                                "projected",
                                                                "scaleIO",
                                                                "csi",
                                                                "ephemeral",
                                                                "image"};
    const auto& volumes = manifest::array(spec, {"volumes"});
    for (std::size_t i = 0; i < volumes.size(); ++i) {
        bool found = false;
        for (const auto source : kSources) {
            if (manifest::find(volumes[i], {source}) == nullptr)
                continue;
            if (found)
                causes.push_back(forbiddenField(fmt::format("{}.volumes[{}].{}", path, i, source),
                                                "may not specify more than 1 volume type"));
            found = true;
        }
        for (const auto& [source, field] : {std::pair {"configMap", "name"}, {"secret", "secretName"}}) {
            const auto* of = manifest::find(volumes[i], {source});
            if (of != nullptr && manifest::text(*of, {field}).empty())
                causes.push_back(required(fmt::format("{}.volumes[{}].{}.{}", path, i, source, field)));
        }
    }
}

void validatePodSpec(const Value& spec, const std::string& path, Causes& causes)
{
    validateVolumes(spec, path, causes);
    if (manifest::array(spec, {"containers"}).empty())
        causes.push_back(required(path + ".containers"));
    validateContainers(spec, "containers", path, causes);
    validateContainers(spec, "initContainers", path, causes);
    const auto& spreads = manifest::array(spec, {"topologySpreadConstraints"});
    for (std::size_t i = 0; i < spreads.size(); ++i) {
        const auto at = fmt::format("{}.topologySpreadConstraints[{}]", path, i);
        const auto skew = manifest::integer(spreads[i], {"maxSkew"}).value_or(0);
        if (skew <= 0)
            causes.push_back(invalidValue(at + ".maxSkew", Value(skew), "must be greater than zero"));
        if (manifest::text(spreads[i], {"topologyKey"}).empty())
            causes.push_back(required(at + ".topologyKey", "can not be empty"));
        const auto action = manifest::text(spreads[i], {"whenUnsatisfiable"});
        if (action != "DoNotSchedule" && action != "ScheduleAnyway")
            causes.push_back(notSupported(at + ".whenUnsatisfiable", action, {"DoNotSchedule", "ScheduleAnyway"}));
    }
    const auto restart = manifest::text(spec, {"restartPolicy"});
    if (restart != "Always" && restart != "OnFailure" && restart != "Never")
        causes.push_back(notSupported(path + ".restartPolicy", restart, {"Always", "OnFailure", "Never"}));
}

void validateReplicas(const Value& object, Causes& causes)
{
    const auto replicas = manifest::integer(object, {"spec", "replicas"}).value_or(0);
    if (replicas < 0)
        causes.push_back(invalidValue("spec.replicas", Value(replicas), "must be greater than or equal to 0"));
}

void validateWorkload(const Value& object, const Value* current, Causes& causes)
{
    validateReplicas(object, causes);
    const auto* selector = manifest::find(object, {"spec", "selector"});
    if (selector == nullptr)
        causes.push_back(required("spec.selector"));
    const auto& labels = manifest::object(object, {"spec", "template", "metadata", "labels"});
    if (selector != nullptr && !LabelSelector::fromObject(selector).matches(labels))
        causes.push_back(invalidValue("spec.template.metadata.labels", Value(labels),
                                      "`selector` does not match template `labels`"));
    const auto* spec = manifest::find(object, {"spec", "template", "spec"});
    if (spec != nullptr) {
        validatePodSpec(*spec, "spec.template.spec", causes);
        const auto restart = manifest::text(*spec, {"restartPolicy"});
        if (restart == "OnFailure" || restart == "Never")
            causes.push_back(notSupported("spec.template.spec.restartPolicy", restart, {"Always"}));
    } else {
        causes.push_back(required("spec.template.spec.containers"));
    }
    if (current == nullptr || selector == nullptr)
        return;
    const auto* before = manifest::find(*current, {"spec", "selector"});
    if (before != nullptr && !manifest::equal(*before, *selector))
        causes.push_back(invalidValue("spec.selector", *selector, "field is immutable"));
}

void validateJob(const Value& object, const Value* current, Causes& causes)
{
    const auto* spec = manifest::find(object, {"spec", "template", "spec"});
    if (spec == nullptr) {
        causes.push_back(required("spec.template.spec.containers"));
        return;
    }
    validatePodSpec(*spec, "spec.template.spec", causes);
    const auto restart = manifest::text(*spec, {"restartPolicy"});
    if (restart == "Always")
        causes.push_back(notSupported("spec.template.spec.restartPolicy", restart, {"OnFailure", "Never"}));
    if (current == nullptr)
        return;
    for (const auto* key : {"template", "selector", "completions"}) {
        const auto* before = manifest::find(*current, {"spec", key});
        const auto* after = manifest::find(object, {"spec", key});
        if (before != nullptr && after != nullptr && !manifest::equal(*before, *after))
            causes.push_back(invalidValue(fmt::format("spec.{}", key), *after, "field is immutable"));
    }
}

void validateService(const Value& object, const Value* current, Causes& causes)
{
    const auto type = manifest::text(object, {"spec", "type"});
    if (type != "ClusterIP" && type != "NodePort" && type != "LoadBalancer" && type != "ExternalName")
        causes.push_back(notSupported("spec.type", type, {"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}));
    const auto& ports = manifest::array(object, {"spec", "ports"});
    const bool headless = manifest::text(object, {"spec", "clusterIP"}) == "None";
    if (ports.empty() && type != "ExternalName" && !headless)
        causes.push_back(required("spec.ports"));
    std::set<std::string> names;
    for (std::size_t i = 0; i < ports.size(); ++i) {
        const auto at = fmt::format("spec.ports[{}]", i);
        const auto number = manifest::integer(ports[i], {"port"}).value_or(0);
        if (number < 1 || number > 65535)
            causes.push_back(invalidValue(at + ".port", Value(number), "must be between 1 and 65535, inclusive"));
        const auto protocol = manifest::text(ports[i], {"protocol"});
        if (protocol != "TCP" && protocol != "UDP" && protocol != "SCTP")
            causes.push_back(notSupported(at + ".protocol", protocol, {"SCTP", "TCP", "UDP"}));
        const auto target = manifest::integer(ports[i], {"targetPort"});
        if (target && (*target < 1 || *target > 65535))
            causes.push_back(
                invalidValue(at + ".targetPort", Value(*target), "must be between 1 and 65535, inclusive"));
        const auto name = std::string(manifest::text(ports[i], {"name"}));
        if (name.empty() && ports.size() > 1)
            causes.push_back(required(at + ".name"));
        else if (!name.empty() && !names.insert(name).second)
            causes.push_back(duplicate(at + ".name", boost::json::string(name)));
    }
    if (current == nullptr)
        return;
    const auto before = manifest::text(*current, {"spec", "clusterIP"});
    const auto after = manifest::text(object, {"spec", "clusterIP"});
    if (!before.empty() && before != after && type != "ExternalName"
        && manifest::text(*current, {"spec", "type"}) != "ExternalName")
        causes.push_back(
            invalidValue("spec.clusterIPs[0]", Value(Array {boost::json::string(after)}), "may not change once set"));
}

void validateData(const ResourceInfo& info, const Value& object, const Value* current, Causes& causes)
{
    if (current == nullptr)
        return;
    if (info.kind == "Secret" && manifest::text(*current, {"type"}) != manifest::text(object, {"type"}))
        causes.push_back(
            invalidValue("type", boost::json::string(manifest::text(object, {"type"})), "field is immutable"));
    if (!manifest::flag(*current, {"immutable"}))
        return;
    if (!manifest::flag(object, {"immutable"}))
        causes.push_back(forbiddenField("immutable", "field is immutable when `immutable` is set"));
    for (const auto* key : {"data", "binaryData"}) {
        const auto& a = manifest::object(*current, {key});
        const auto& b = manifest::object(object, {key});
        if (!manifest::equal(Value(a), Value(b)))
            causes.push_back(forbiddenField(key, "field is immutable when `immutable` is set"));
    }
}

/// What may change in a pod: images, the active deadline, more tolerations.
Value changeablePodSpec(const Value& pod)
{
    Value spec = manifest::object(pod, {"spec"});
    for (const auto* key :
         {"activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds", "nodeName", "schedulingGates"})
        manifest::erase(spec, {key});
    for (const auto* list : {"containers", "initContainers"})
        if (auto* containers = manifest::find(spec, {list}); containers != nullptr && containers->is_array())
            for (auto& container : containers->get_array())
                manifest::erase(container, {"image"});
    return spec;
}

void validatePod(const Value& object, const Value* current, Causes& causes)
{
    validatePodSpec(*manifest::find(object, {"spec"}), "spec", causes);
    if (current != nullptr && !manifest::equal(changeablePodSpec(*current), changeablePodSpec(object)))
        causes.push_back(forbiddenField(
            "spec",
            "pod updates may not change fields other than `spec.containers[*].image`,"
            "`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to "
            "existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was "
            "previously negative)"));
}

void validateScaler(const Value& object, Causes& causes)
{
    const auto max = manifest::integer(object, {"spec", "maxReplicas"}).value_or(0);
    const auto min = manifest::integer(object, {"spec", "minReplicas"}).value_or(1);
    if (max < 1)
        causes.push_back(invalidValue("spec.maxReplicas", Value(max), "must be greater than 0"));
    else if (max < min)
        causes.push_back(
            invalidValue("spec.maxReplicas", Value(max), "must be greater than or equal to `minReplicas`"));
    for (const auto* key : {"kind", "name"})
        if (manifest::text(object, {"spec", "scaleTargetRef", key}).empty())
            causes.push_back(required(fmt::format("spec.scaleTargetRef.{}", key)));
}

/// In the form in which real servers hold and show them.
Value internalVersions(const Array& versions)
{
    Array out;
    for (const auto& version : versions) {
        const auto* schema = manifest::find(version, {"schema"});
        out.push_back(Object {{"Name", manifest::text(version, {"name"})},
                              {"Served", manifest::flag(version, {"served"})},
                              {"Storage", manifest::flag(version, {"storage"})},
                              {"Deprecated", manifest::flag(version, {"deprecated"})},
                              {"DeprecationWarning", nullptr},
                              {"Schema", schema != nullptr && versions.size() > 1 ? *schema : Value(nullptr)},
                              {"Subresources", nullptr},
                              {"AdditionalPrinterColumns", nullptr},
                              {"SelectableFields", nullptr}});
    }
    return out;
}

void validateDefinition(const Value& object, const Value* current, Causes& causes)
{
    const auto plural = manifest::text(object, {"spec", "names", "plural"});
    const auto group = manifest::text(object, {"spec", "group"});
    if (group.empty())
        causes.push_back(required("spec.group"));
    if (plural.empty())
        causes.push_back(required("spec.names.plural"));
    if (manifest::text(object, {"spec", "names", "kind"}).empty())
        causes.push_back(required("spec.names.kind"));
    if (manifest::name(object) != fmt::format("{}.{}", plural, group))
        causes.push_back(invalidValue("metadata.name", boost::json::string(manifest::name(object)),
                                      "must be spec.names.plural+\".\"+spec.group"));
    const auto scope = manifest::text(object, {"spec", "scope"});
    if (scope != "Namespaced" && scope != "Cluster")
        causes.push_back(notSupported("spec.scope", scope, {"Cluster", "Namespaced"}));
    const auto& versions = manifest::array(object, {"spec", "versions"});
    std::size_t storage = 0;
    for (std::size_t i = 0; i < versions.size(); ++i) {
        storage += manifest::flag(versions[i], {"storage"}) ? 1 : 0;
        // The only version's schema stands at the top in the type that real servers validate.
        const auto path = versions.size() == 1 ? std::string("spec.validation.openAPIV3Schema")
                                               : fmt::format("spec.versions[{}].schema.openAPIV3Schema", i);
        if (const auto* schema = manifest::find(versions[i], {"schema", "openAPIV3Schema"}))
            for (auto& cause : structuralProblems(*schema, path))
                causes.push_back(std::move(cause));
        else
            causes.push_back(
                required(fmt::format("spec.versions[{}].schema.openAPIV3Schema", i), "schemas are required"));
    }
    if (storage != 1)
        causes.push_back(invalidValue("spec.versions", internalVersions(versions),
                                      "must have exactly one version marked as storage version"));
    if (storage == 0 && current == nullptr)
        causes.push_back(
            invalidValue("status.storedVersions", Value(nullptr), "must have at least one stored version"));
    if (current == nullptr)
        return;
    for (const auto* key : {"group", "scope"})
        if (manifest::text(object, {"spec", key}) != manifest::text(*current, {"spec", key}))
            causes.push_back(invalidValue(fmt::format("spec.{}", key),
                                          boost::json::string(manifest::text(object, {"spec", key})),
                                          "field is immutable"));
}

} // namespace

Causes validate(const ResourceInfo& info, const Value& object, const Value* current)
{
    Causes causes;
    if (info.custom)
        return info.schema ? validate(*info.schema, object) : causes;
    const auto& kind = info.kind;
    if (kind == "Pod")
        validatePod(object, current, causes);
    else if (kind == "Deployment" || kind == "ReplicaSet" || kind == "StatefulSet" || kind == "DaemonSet")
        validateWorkload(object, current, causes);
    else if (kind == "Job")
        validateJob(object, current, causes);
    else if (kind == "Service")
        validateService(object, current, causes);
    else if (kind == "ConfigMap" || kind == "Secret")
        validateData(info, object, current, causes);
    else if (kind == "HorizontalPodAutoscaler")
        validateScaler(object, causes);
    else if (kind == "CustomResourceDefinition")
        validateDefinition(object, current, causes);
    else if ((kind == "RoleBinding" || kind == "ClusterRoleBinding") && current != nullptr
             && !manifest::equal(Value(manifest::object(*current, {"roleRef"})),
                                 Value(manifest::object(object, {"roleRef"}))))
        causes.push_back(
            invalidValue("roleRef", Value(manifest::object(object, {"roleRef"})), "cannot change roleRef"));
    if (kind == "Deployment" && manifest::text(object, {"spec", "strategy", "type"}) == "Recreate"
        && manifest::find(object, {"spec", "strategy", "rollingUpdate"}) != nullptr)
        causes.push_back(
            forbiddenField("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"));
    return causes;
}

} // namespace core::embedded
