// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/builtin_printers.h"

#include "core/base/strings.h"
#include "core/embedded/selectors.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <set>

namespace core::embedded {

using manifest::Array;
using manifest::Value;

namespace {

Value text(std::string_view value)
{
    return boost::json::string(value);
}
Value orNone(std::string_view value)
{
    return text(value.empty() ? std::string_view("<none>") : value);
}
std::int64_t number(const Value& object, manifest::Path path)
{
    return manifest::integer(object, path).value_or(0);
}
Value age(const Value& object, TimePoint now)
{
    return text(ageText(manifest::text(object, {"metadata", "creationTimestamp"}), now));
}

std::string joined(const Value& object, manifest::Path path, std::string_view field)
{
    std::string out;
    for (const auto& item : manifest::array(object, path)) {
        const auto value = manifest::text(item, {field});
        out += (out.empty() ? "" : ",") + std::string(value);
    }
    return out;
}

Value selectorText(const Value& object)
{
    const auto* selector = manifest::find(object, {"spec", "selector"});
    return orNone(LabelSelector::fromObject(selector).text());
}

Value mapText(const manifest::Object& map)
{
    std::string out;
    for (const auto& member : map)
        out += fmt::format("{}{}={}", out.empty() ? "" : ",", std::string_view(member.key()),
                           member.value().is_string() ? std::string(member.value().get_string()) : "");
    return orNone(out);
}

void templateCells(Array& cells, const Value& object, bool selector)
{
    cells.push_back(text(joined(object, {"spec", "template", "spec", "containers"}, "name")));
    cells.push_back(text(joined(object, {"spec", "template", "spec", "containers"}, "image")));
    if (selector)
        cells.push_back(selectorText(object));
}

std::string scalar(const Value* value)
{
    return value == nullptr ? "N/A" : value->is_string() ? std::string(value->get_string()) : manifest::toJson(*value);
}

bool podReady(const Value& pod)
{
    for (const auto& condition : manifest::array(pod, {"status", "conditions"}))
        if (manifest::text(condition, {"type"}) == "Ready")
            return manifest::text(condition, {"status"}) == "True";
    return false;
}

/// Whether it goes on beside the pod's containers.
bool isSidecar(const Value& initContainer)
{
    return manifest::text(initContainer, {"restartPolicy"}) == "Always";
}

std::set<std::string, std::less<>> sidecarsOf(const Value& pod)
{
    std::set<std::string, std::less<>> names;
    for (const auto& container : manifest::array(pod, {"spec", "initContainers"}))
        if (isSidecar(container))
            names.emplace(manifest::text(container, {"name"}));
    return names;
}

/// "", or why an init container that is not done yet holds the pod.
std::string initReason(const Value& pod)
{
    const auto& statuses = manifest::array(pod, {"status", "initContainerStatuses"});
    const auto sidecars = sidecarsOf(pod);
    for (std::size_t i = 0; i < statuses.size(); ++i) {
        if (manifest::flag(statuses[i], {"started"}) && sidecars.contains(manifest::text(statuses[i], {"name"})))
            continue;
        const auto* terminated = manifest::find(statuses[i], {"state", "terminated"});
        if (terminated != nullptr && number(*terminated, {"exitCode"}) == 0)
            continue;
        if (terminated != nullptr) {
            const auto reason = manifest::text(*terminated, {"reason"});
            return reason.empty() ? fmt::format("Init:ExitCode:{}", number(*terminated, {"exitCode"}))
                                  : fmt::format("Init:{}", reason);
        }
        const auto waiting = manifest::text(statuses[i], {"state", "waiting", "reason"});
        if (!waiting.empty() && waiting != "PodInitializing")
            return fmt::format("Init:{}", waiting);
        return fmt::format("Init:{}/{}", i, manifest::array(pod, {"spec", "initContainers"}).size());
    }
    return {};
}

std::string podStatus(const Value& pod)
{
    std::string reason(manifest::text(pod, {"status", "phase"}));
    if (const auto why = manifest::text(pod, {"status", "reason"}); !why.empty())
        reason = why;
    for (const auto& condition : manifest::array(pod, {"status", "conditions"}))
        if (manifest::text(condition, {"type"}) == "PodScheduled"
            && manifest::text(condition, {"reason"}) == "SchedulingGated")
            reason = "SchedulingGated";
    const auto init = initReason(pod);
    if (!init.empty()) {
        reason = init;
    } else {
        bool running = false;
        const auto& statuses = manifest::array(pod, {"status", "containerStatuses"});
        for (std::size_t i = statuses.size(); i-- > 0;) {
            const auto waiting = manifest::text(statuses[i], {"state", "waiting", "reason"});
            const auto* terminated = manifest::find(statuses[i], {"state", "terminated"});
            if (!waiting.empty()) {
                reason = waiting;
            } else if (terminated != nullptr) {
                const auto why = manifest::text(*terminated, {"reason"});
                const auto signal = number(*terminated, {"signal"});
                reason = !why.empty() ? std::string(why)
                    : signal != 0     ? fmt::format("Signal:{}", signal)
                                      : fmt::format("ExitCode:{}", number(*terminated, {"exitCode"}));
            } else if (manifest::flag(statuses[i], {"ready"})
                       && manifest::find(statuses[i], {"state", "running"}) != nullptr) {
                running = true;
            }
        }
        if (reason == "Completed" && running)
            reason = podReady(pod) ? "Running" : "NotReady";
    }
    const auto phase = manifest::text(pod, {"status", "phase"});
    if (manifest::find(pod, {"metadata", "deletionTimestamp"}) != nullptr && phase != "Succeeded" && phase != "Failed")
        reason = manifest::text(pod, {"status", "reason"}) == "NodeLost" ? "Unknown" : "Terminating";
    return reason;
}

Array podCells(const Value& pod, TimePoint now)
{
    std::int64_t ready = 0;
    std::int64_t restarts = 0;
    std::string lastFinish;
    const auto count = [&](const Value& status) {
        ready += manifest::flag(status, {"ready"}) ? 1 : 0;
        restarts += number(status, {"restartCount"});
        const auto finished = std::string(manifest::text(status, {"lastState", "terminated", "finishedAt"}));
        lastFinish = std::max(lastFinish, finished);
    };
    const auto sidecars = sidecarsOf(pod);
    for (const auto& status : manifest::array(pod, {"status", "initContainerStatuses"}))
        if (sidecars.contains(manifest::text(status, {"name"})))
            count(status);
    for (const auto& status : manifest::array(pod, {"status", "containerStatuses"}))
        count(status);
    Array cells;
    cells.push_back(text(manifest::name(pod)));
    cells.push_back(
        text(fmt::format("{}/{}", ready, manifest::array(pod, {"spec", "containers"}).size() + sidecars.size())));
    cells.push_back(text(podStatus(pod)));
    cells.push_back(text(restarts > 0 && !lastFinish.empty()
                             ? fmt::format("{} ({} ago)", restarts, ageText(lastFinish, now))
                             : std::to_string(restarts)));
    cells.push_back(age(pod, now));
    cells.push_back(orNone(manifest::text(pod, {"status", "podIP"})));
    cells.push_back(orNone(manifest::text(pod, {"spec", "nodeName"})));
    cells.push_back(orNone(manifest::text(pod, {"status", "nominatedNodeName"})));
    cells.push_back(text("<none>"));
    return cells;
}

Array deploymentCells(const Value& object, TimePoint now)
{
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(
        text(fmt::format("{}/{}", number(object, {"status", "readyReplicas"}), number(object, {"spec", "replicas"}))));
    cells.emplace_back(number(object, {"status", "updatedReplicas"}));
    cells.emplace_back(number(object, {"status", "availableReplicas"}));
    cells.push_back(age(object, now));
    templateCells(cells, object, true);
    return cells;
}

Array replicaSetCells(const Value& object, TimePoint now)
{
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.emplace_back(number(object, {"spec", "replicas"}));
    cells.emplace_back(number(object, {"status", "replicas"}));
    cells.emplace_back(number(object, {"status", "readyReplicas"}));
    cells.push_back(age(object, now));
    templateCells(cells, object, true);
    return cells;
}

Array statefulSetCells(const Value& object, TimePoint now)
{
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(
        text(fmt::format("{}/{}", number(object, {"status", "readyReplicas"}), number(object, {"spec", "replicas"}))));
    cells.push_back(age(object, now));
    templateCells(cells, object, false);
    return cells;
}

Array daemonSetCells(const Value& object, TimePoint now)
{
    Array cells;
    cells.push_back(text(manifest::name(object)));
    for (const auto* key : {"desiredNumberScheduled", "currentNumberScheduled", "numberReady", "updatedNumberScheduled",
                            "numberAvailable"})
        cells.emplace_back(number(object, {"status", key}));
    cells.push_back(mapText(manifest::object(object, {"spec", "template", "spec", "nodeSelector"})));
    cells.push_back(age(object, now));
    templateCells(cells, object, true);
    return cells;
}

Array jobCells(const Value& object, TimePoint now)
{
    std::string status = "Running";
    for (const auto& condition : manifest::array(object, {"status", "conditions"})) {
        const auto type = manifest::text(condition, {"type"});
        if (manifest::text(condition, {"status"}) == "True"
            && (type == "Complete" || type == "Failed" || type == "Suspended" || status == "Running"))
            status = type;
    }
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(text(status));
    cells.push_back(text(fmt::format("{}/{}", number(object, {"status", "succeeded"}),
                                     manifest::integer(object, {"spec", "completions"}).value_or(1))));
    const auto start = parseRfc3339(manifest::text(object, {"status", "startTime"}));
    const auto end = parseRfc3339(manifest::text(object, {"status", "completionTime"}));
    cells.push_back(text(!start ? "" : durationText((end ? *end : now) - *start)));
    cells.push_back(age(object, now));
    templateCells(cells, object, true);
    return cells;
}

Array cronJobCells(const Value& object, TimePoint now)
{
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(text(manifest::text(object, {"spec", "schedule"})));
    cells.push_back(orNone(manifest::text(object, {"spec", "timeZone"})));
    cells.push_back(text(manifest::flag(object, {"spec", "suspend"}) ? "True" : "False"));
    cells.emplace_back(manifest::array(object, {"status", "active"}).size());
    const auto last = manifest::text(object, {"status", "lastScheduleTime"});
    cells.push_back(last.empty() ? text("<none>") : text(ageText(last, now)));
    cells.push_back(age(object, now));
    cells.push_back(text(joined(object, {"spec", "jobTemplate", "spec", "template", "spec", "containers"}, "name")));
    cells.push_back(text(joined(object, {"spec", "jobTemplate", "spec", "template", "spec", "containers"}, "image")));
    cells.push_back(text("<none>"));
    return cells;
}

Array serviceCells(const Value& object, TimePoint now)
{
    const auto type = manifest::text(object, {"spec", "type"});
    std::string external = "<none>";
    if (type == "LoadBalancer") {
        external = joined(object, {"status", "loadBalancer", "ingress"}, "ip");
        if (external.empty())
            external = "<pending>";
    } else if (type == "ExternalName") {
        external = manifest::text(object, {"spec", "externalName"});
    }
    std::vector<std::string> ports;
    for (const auto& port : manifest::array(object, {"spec", "ports"})) {
        const auto nodePort = number(port, {"nodePort"});
        ports.push_back(
            nodePort != 0
                ? fmt::format("{}:{}/{}", number(port, {"port"}), nodePort, manifest::text(port, {"protocol"}))
                : fmt::format("{}/{}", number(port, {"port"}), manifest::text(port, {"protocol"})));
    }
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(text(type));
    cells.push_back(orNone(manifest::text(object, {"spec", "clusterIP"})));
    cells.push_back(text(external));
    cells.push_back(orNone(join(ports, ",")));
    cells.push_back(age(object, now));
    cells.push_back(mapText(manifest::object(object, {"spec", "selector"})));
    return cells;
}

std::string metricText(const Value& object)
{
    std::vector<std::string> parts;
    const auto& current = manifest::array(object, {"status", "currentMetrics"});
    const auto& wanted = manifest::array(object, {"spec", "metrics"});
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto name = manifest::text(wanted[i], {"resource", "name"});
        const auto target = manifest::integer(wanted[i], {"resource", "target", "averageUtilization"});
        const auto now = i < current.size()
            ? manifest::integer(current[i], {"resource", "current", "averageUtilization"})
            : std::nullopt;
        if (target)
            parts.push_back(fmt::format("{}: {}/{}%", name, now ? fmt::format("{}%", *now) : "<unknown>", *target));
        else
            parts.push_back(fmt::format("{}: <unknown>", name.empty() ? manifest::text(wanted[i], {"type"}) : name));
    }
    return parts.empty() ? "<none>" : join(parts, ", ");
}

Array scalerCells(const Value& object, TimePoint now)
{
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(text(fmt::format("{}/{}", manifest::text(object, {"spec", "scaleTargetRef", "kind"}),
                                     manifest::text(object, {"spec", "scaleTargetRef", "name"}))));
    cells.push_back(text(metricText(object)));
    cells.push_back(text(std::to_string(manifest::integer(object, {"spec", "minReplicas"}).value_or(1))));
    cells.emplace_back(number(object, {"spec", "maxReplicas"}));
    cells.emplace_back(number(object, {"status", "currentReplicas"}));
    cells.push_back(age(object, now));
    return cells;
}

Array nodeCells(const Value& object, TimePoint now)
{
    std::string status = "Unknown";
    for (const auto& condition : manifest::array(object, {"status", "conditions"}))
        if (manifest::text(condition, {"type"}) == "Ready")
            status = manifest::text(condition, {"status"}) == "True" ? "Ready" : "NotReady";
    if (manifest::flag(object, {"spec", "unschedulable"}))
        status += ",SchedulingDisabled";
    std::vector<std::string> roles;
    for (const auto& label : manifest::object(object, {"metadata", "labels"}))
        if (const std::string_view key = label.key(); key.starts_with("node-role.kubernetes.io/"))
            roles.emplace_back(key.substr(24));
    std::string internal;
    std::string external;
    for (const auto& address : manifest::array(object, {"status", "addresses"})) {
        if (manifest::text(address, {"type"}) == "InternalIP")
            internal = manifest::text(address, {"address"});
        if (manifest::text(address, {"type"}) == "ExternalIP")
            external = manifest::text(address, {"address"});
    }
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(text(status));
    cells.push_back(orNone(join(roles, ",")));
    cells.push_back(age(object, now));
    cells.push_back(text(manifest::text(object, {"status", "nodeInfo", "kubeletVersion"})));
    cells.push_back(orNone(internal));
    cells.push_back(orNone(external));
    for (const auto* key : {"osImage", "kernelVersion", "containerRuntimeVersion"})
        cells.push_back(orNone(manifest::text(object, {"status", "nodeInfo", key})));
    return cells;
}

Value accessModes(const Value& object)
{
    std::vector<std::string> modes;
    for (const auto& mode : manifest::array(object, {"spec", "accessModes"})) {
        const auto name = mode.is_string() ? std::string_view(mode.get_string()) : std::string_view {};
        modes.emplace_back(name == "ReadWriteOnce"       ? "RWO"
                               : name == "ReadOnlyMany"  ? "ROX"
                               : name == "ReadWriteMany" ? "RWX"
                                                         : "RWOP");
    }
    return text(join(modes, ","));
}

Array claimCells(const Value& object, TimePoint now)
{
    const auto phase = manifest::find(object, {"metadata", "deletionTimestamp"}) != nullptr
        ? std::string_view("Terminating")
        : manifest::text(object, {"status", "phase"});
    const bool bound = !manifest::text(object, {"spec", "volumeName"}).empty();
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(text(phase));
    cells.push_back(text(manifest::text(object, {"spec", "volumeName"})));
    cells.push_back(text(bound ? manifest::text(object, {"status", "capacity", "storage"}) : std::string_view {}));
    cells.push_back(bound ? accessModes(object) : text(""));
    cells.push_back(text(manifest::text(object, {"spec", "storageClassName"})));
    cells.push_back(text("<unset>"));
    cells.push_back(age(object, now));
    cells.push_back(text(manifest::text(object, {"spec", "volumeMode"})));
    return cells;
}

Array volumeCells(const Value& object, TimePoint now)
{
    const auto claim = manifest::text(object, {"spec", "claimRef", "name"});
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(text(manifest::text(object, {"spec", "capacity", "storage"})));
    cells.push_back(accessModes(object));
    cells.push_back(text(manifest::text(object, {"spec", "persistentVolumeReclaimPolicy"})));
    cells.push_back(text(manifest::text(object, {"status", "phase"})));
    cells.push_back(text(
        claim.empty() ? "" : fmt::format("{}/{}", manifest::text(object, {"spec", "claimRef", "namespace"}), claim)));
    cells.push_back(text(manifest::text(object, {"spec", "storageClassName"})));
    cells.push_back(text("<unset>"));
    cells.push_back(text(manifest::text(object, {"status", "reason"})));
    cells.push_back(age(object, now));
    cells.push_back(text(manifest::text(object, {"spec", "volumeMode"})));
    return cells;
}

Array eventCells(const Value& object, TimePoint now)
{
    auto last = manifest::text(object, {"lastTimestamp"});
    if (last.empty())
        last = manifest::text(object, {"series", "lastObservedTime"});
    if (last.empty())
        last = manifest::text(object, {"eventTime"});
    if (last.empty())
        last = manifest::text(object, {"metadata", "creationTimestamp"});
    auto first = manifest::text(object, {"firstTimestamp"});
    if (first.empty())
        first = last;
    auto source = std::string(manifest::text(object, {"source", "component"}));
    if (source.empty())
        source = manifest::text(object, {"reportingComponent"});
    Array cells;
    cells.push_back(text(ageText(last, now)));
    cells.push_back(text(manifest::text(object, {"type"})));
    cells.push_back(text(manifest::text(object, {"reason"})));
    cells.push_back(text(fmt::format("{}/{}", lower(manifest::text(object, {"involvedObject", "kind"})),
                                     manifest::text(object, {"involvedObject", "name"}))));
    cells.push_back(text(manifest::text(object, {"involvedObject", "fieldPath"})));
    cells.push_back(text(source));
    cells.push_back(text(trim(manifest::text(object, {"message"}))));
    cells.push_back(text(ageText(first, now)));
    cells.emplace_back(manifest::integer(object, {"count"}).value_or(1));
    cells.push_back(text(manifest::name(object)));
    return cells;
}

Array ingressCells(const Value& object, TimePoint now)
{
    const auto hosts = joined(object, {"spec", "rules"}, "host");
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(orNone(manifest::text(object, {"spec", "ingressClassName"})));
    cells.push_back(text(hosts.empty() ? "*" : hosts));
    cells.push_back(text(joined(object, {"status", "loadBalancer", "ingress"}, "ip")));
    cells.push_back(text(manifest::array(object, {"spec", "tls"}).empty() ? "80" : "80, 443"));
    cells.push_back(age(object, now));
    return cells;
}

Array sliceCells(const Value& object, TimePoint now)
{
    std::vector<std::string> ports;
    for (const auto& port : manifest::array(object, {"ports"}))
        ports.push_back(std::to_string(number(port, {"port"})));
    std::vector<std::string> addresses;
    for (const auto& endpoint : manifest::array(object, {"endpoints"}))
        for (const auto& address : manifest::array(endpoint, {"addresses"}))
            if (address.is_string())
                addresses.emplace_back(address.get_string());
    const auto total = addresses.size();
    if (total > 3)
        addresses.resize(3);
    auto shown = join(addresses, ",");
    if (total > 3)
        shown += fmt::format(" + {} more...", total - 3);
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(text(manifest::text(object, {"addressType"})));
    cells.push_back(text(ports.empty() ? "<unset>" : join(ports, ",")));
    cells.push_back(text(total == 0 ? "<unset>" : shown));
    cells.push_back(age(object, now));
    return cells;
}

Array bindingCells(const Value& object, TimePoint now)
{
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(text(fmt::format("{}/{}", manifest::text(object, {"roleRef", "kind"}),
                                     manifest::text(object, {"roleRef", "name"}))));
    cells.push_back(age(object, now));
    for (const auto* kind : {"User", "Group", "ServiceAccount"}) {
        std::vector<std::string> names;
        for (const auto& subject : manifest::array(object, {"subjects"}))
            if (manifest::text(subject, {"kind"}) == kind)
                names.emplace_back(manifest::text(subject, {"name"}));
        cells.push_back(text(join(names, ", ")));
    }
    return cells;
}

Array quotaCells(const Value& object, TimePoint now)
{
    std::vector<std::string> requests;
    std::vector<std::string> limits;
    for (const auto& member : manifest::object(object, {"status", "hard"})) {
        const std::string_view name = member.key();
        const auto line = fmt::format("{}: {}/{}", name, scalar(manifest::find(object, {"status", "used", name})),
                                      scalar(&member.value()));
        (name.starts_with("limits.") ? limits : requests).push_back(line);
    }
    Array cells;
    cells.push_back(text(manifest::name(object)));
    cells.push_back(text(join(requests, ", ")));
    cells.push_back(text(join(limits, ", ")));
    cells.push_back(age(object, now));
    return cells;
}

/// Cells that are a path each: ".spec.x" as text, "#.data" a count of members, "@.time" an age, "=.n" a number.
using Simple = std::vector<std::string_view>;

Array simpleCells(const Value& object, TimePoint now, const Simple& paths)
{
    Array cells;
    cells.push_back(text(manifest::name(object)));
    for (const auto path : paths) {
        const auto* value = jsonPathFirst(object, path.substr(1));
        switch (path.front()) {
        case '#':
            cells.emplace_back(value == nullptr         ? 0
                                   : value->is_object() ? value->get_object().size()
                                   : value->is_array()  ? value->get_array().size()
                                                        : 0);
            break;
        case '@':
            cells.push_back(
                text(value != nullptr && value->is_string() ? ageText(value->get_string(), now) : "<unknown>"));
            break;
        case '=':
            cells.push_back(value != nullptr && value->is_number() ? *value : Value(0));
            break;
        case '?':
            cells.push_back(text(value != nullptr && *value == true ? "true" : "false"));
            break;
        default:
            cells.push_back(text(scalar(value)));
        }
    }
    return cells;
}

constexpr std::string_view kAge = "@.metadata.creationTimestamp";

struct Row
{
    std::string_view table;
    std::string_view columns; ///< space-separated; _ is a space, * priority 1, :i a number, :d a date
    std::function<Array(const Value&, TimePoint)> cells;
};

std::function<Array(const Value&, TimePoint)> simple(Simple paths)
{
    return [paths = std::move(paths)](const Value& object, TimePoint now) { return simpleCells(object, now, paths); };
}

const std::vector<Row>& rows()
{
    static const std::vector<Row> kRows {
        {"/pods", "Name Ready Status Restarts Age IP* Node* Nominated_Node* Readiness_Gates*", podCells},
        {"apps/deployments", "Name Ready Up-to-date:i Available:i Age Containers* Images* Selector*", deploymentCells},
        {"apps/replicasets", "Name Desired:i Current:i Ready:i Age Containers* Images* Selector*", replicaSetCells},
        {"/replicationcontrollers", "Name Desired:i Current:i Ready:i Age Containers* Images* Selector*",
         replicaSetCells},
        {"apps/statefulsets", "Name Ready Age Containers* Images*", statefulSetCells},
        {"apps/daemonsets",
         "Name Desired:i Current:i Ready:i Up-to-date:i Available:i Node_Selector Age Containers* Images* Selector*",
         daemonSetCells},
        {"batch/jobs", "Name Status Completions Duration Age Containers* Images* Selector*", jobCells},
        {"batch/cronjobs", "Name Schedule Timezone Suspend Active:i Last_Schedule Age Containers* Images* Selector*",
         cronJobCells},
        {"/services", "Name Type Cluster-IP External-IP Port(s) Age Selector*", serviceCells},
        {"autoscaling/horizontalpodautoscalers", "Name Reference Targets MinPods MaxPods:i Replicas:i Age",
         scalerCells},
        {"/nodes",
         "Name Status Roles Age Version Internal-IP* External-IP* OS-Image* Kernel-Version* Container-Runtime*",
         nodeCells},
        {"/persistentvolumeclaims",
         "Name Status Volume Capacity Access_Modes StorageClass VolumeAttributesClass Age VolumeMode*", claimCells},
        {"/persistentvolumes",
         "Name Capacity Access_Modes Reclaim_Policy Status Claim StorageClass VolumeAttributesClass Reason Age "
         "VolumeMode*",
         volumeCells},
        {"/events", "Last_Seen Type Reason Object Subobject* Source* Message First_Seen* Count*:i Name*", eventCells},
        {"networking.k8s.io/ingresses", "Name Class Hosts Address Ports Age", ingressCells},
        {"discovery.k8s.io/endpointslices", "Name AddressType Ports Endpoints Age", sliceCells},
        {"rbac.authorization.k8s.io/rolebindings", "Name Role Age Users* Groups* ServiceAccounts*", bindingCells},
        {"rbac.authorization.k8s.io/clusterrolebindings", "Name Role Age Users* Groups* ServiceAccounts*",
         bindingCells},
        {"/resourcequotas", "Name Request Limit Age", quotaCells},
        {"/configmaps", "Name Data:i Age", simple({"#.data", kAge})},
        {"/secrets", "Name Type Data:i Age", simple({"$.type", "#.data", kAge})},
        {"/namespaces", "Name Status Age", simple({"$.status.phase", kAge})},
        {"storage.k8s.io/storageclasses", "Name Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion Age",
         simple({"$.provisioner", "$.reclaimPolicy", "$.volumeBindingMode", "?.allowVolumeExpansion", kAge})},
        {"networking.k8s.io/ingressclasses", "Name Controller Parameters Age",
         simple({"$.spec.controller", "$.spec.parameters.name", kAge})},
        {"policy/poddisruptionbudgets", "Name Min_Available Max_Unavailable Allowed_Disruptions:i Age",
         simple({"$.spec.minAvailable", "$.spec.maxUnavailable", "=.status.disruptionsAllowed", kAge})},
        {"apps/controllerrevisions", "Name Controller Revision:i Age",
         simple({"$.metadata.ownerReferences[0].name", "=.revision", kAge})},
        {"coordination.k8s.io/leases", "Name Holder Age", simple({"$.spec.holderIdentity", kAge})},
        {"scheduling.k8s.io/priorityclasses", "Name Value:i Global-Default Age PreemptionPolicy",
         simple({"=.value", "?.globalDefault", kAge, "$.preemptionPolicy"})},
        {"rbac.authorization.k8s.io/roles", "Name Created_At:d", simple({"$.metadata.creationTimestamp"})},
        {"rbac.authorization.k8s.io/clusterroles", "Name Created_At:d", simple({"$.metadata.creationTimestamp"})},
        {"/limitranges", "Name Created_At:d", simple({"$.metadata.creationTimestamp"})},
        {"apiextensions.k8s.io/customresourcedefinitions", "Name Created_At:d",
         simple({"$.metadata.creationTimestamp"})},
    };
    return kRows;
}

PrinterColumn column(std::string_view word, bool first)
{
    PrinterColumn out;
    out.type = "string";
    for (;;) {
        if (word.ends_with(":i")) {
            out.type = "integer";
            word.remove_suffix(2);
        } else if (word.ends_with(":d")) {
            out.type = "date";
            word.remove_suffix(2);
        } else if (word.ends_with("*")) {
            out.priority = 1;
            word.remove_suffix(1);
        } else {
            break;
        }
    }
    out.name = word;
    std::replace(out.name.begin(), out.name.end(), '_', ' ');
    out.format = first || word == "Name" ? "name" : "";
    return out;
}

} // namespace

std::optional<Printer> builtinPrinter(std::string_view table)
{
    for (const auto& row : rows()) {
        if (row.table != table)
            continue;
        Printer printer;
        for (const auto& word : split(row.columns, ' '))
            printer.columns.push_back(column(word, false));
        printer.cells = row.cells;
        return printer;
    }
    return {};
}

} // namespace core::embedded
