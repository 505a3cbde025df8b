// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rule_table.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

/// Rules that the table cannot say: they count, or list what is wrong.
namespace core::health {

namespace {

using manifest::text;

/// "a, b" of what `each` says about the members of a list; empty texts are left out.
template<class Each>
std::string joined(const manifest::Array& list, std::string_view separator, Each each)
{
    std::string result;
    for (const auto& item : list) {
        if (const std::string part = each(item); !part.empty())
            result += (result.empty() ? "" : std::string(separator)) + part;
    }
    return result;
}

std::optional<Assessment> machinePool(const Value& live)
{
    const auto phase = text(live, {"status", "phase"});
    if (phase == "Running" || phase == "Scaling" || phase == "ScalingUp" || phase == "ScalingDown")
        return healthy(fmt::format("MachinePool is {}", phase));
    if (phase.empty())
        return progressing("Waiting for MachinePool");
    const auto why = joined(manifest::array(live, {"status", "conditions"}), ", ", [](const Value& item) {
        return text(item, {"status"}) == "False"
            ? fmt::format("Not {} ({})", text(item, {"type"}), text(item, {"reason"}))
            : std::string();
    });
    const auto message = fmt::format("MachinePool is {}{}{}", phase, why.empty() ? "" : ": ", why);
    return phase == "Failed" || phase == "Unknown" ? degraded(message) : progressing(message);
}

std::optional<Assessment> managedControlPlane(const Value& live)
{
    if (const auto failure = text(live, {"status", "failureMessage"}); !failure.empty())
        return degraded(failure);
    const auto observed = manifest::integer(live, {"status", "observedGeneration"});
    if (observed && *observed != number(live, {"metadata", "generation"}))
        return progressing("Waiting for the control plane spec to be reconciled");
    const auto errors = joined(manifest::array(live, {"status", "conditions"}), "", [](const Value& item) {
        const bool counts = text(item, {"status"}) == "False" && text(item, {"severity"}) == "Error";
        return counts ? std::string(text(item, {"message"})) + " " : std::string();
    });
    if (!errors.empty())
        return degraded(errors);
    if (!manifest::flag(live, {"status", "ready"}))
        return progressing("Control plane is not ready (.status.ready is false)");
    if (const auto updating = condition(live, "EKSControlPlaneUpdating"); updating && updating->isTrue())
        return progressing("EKS control plane is updating");
    const auto ready = condition(live, "Ready");
    return ready && ready->isTrue() ? healthy("Control plane is ready") : progressing("Control plane is not ready");
}

std::optional<Assessment> elasticsearch(const Value& live)
{
    constexpr std::string_view kUnknown =
        "Elasticsearch Cluster status is unknown. Ensure your ArgoCD is current and "
        "then check for/file a bug report: https://github.com/argoproj/argo-cd/issues";
    const auto phase = text(live, {"status", "phase"});
    const auto state = text(live, {"status", "health"});
    if (phase == "ApplyingChanges" || phase == "MigratingData")
        return progressing(fmt::format("Elasticsearch phase is {}", phase));
    if (phase == "Invalid" || phase == "Stalled")
        return degraded(fmt::format("Elasticsearch phase is {}", phase));
    if (state == "red")
        return degraded("Elasticsearch Cluster status is Red. Check the status of indices, replicas and shards");
    if (state == "yellow")
        return progressing("Elasticsearch Cluster status is Yellow. Check the status of indices, replicas and shards");
    if (state != "green")
        return unknown(kUnknown);
    std::int64_t wanted = 0;
    for (const auto& set : manifest::array(live, {"spec", "nodeSets"}))
        wanted += number(set, {"count"});
    const auto available = number(live, {"status", "availableNodes"});
    if (available != wanted)
        return progressing(
            fmt::format("The desired amount of availableNodes is {} but the current amount is {}", wanted, available));
    return healthy("Elasticsearch Cluster status is Green");
}

std::optional<Assessment> cephCluster(const Value& live)
{
    const auto state = text(live, {"status", "ceph", "health"});
    const auto message = text(live, {"status", "message"});
    if (state.empty())
        return progressing(message.empty() ? std::string_view("Waiting for status to be reported") : message);
    if (state == "HEALTH_OK")
        return healthy(fmt::format("Ceph health is {} - Ceph cluster state is {} - {}", state,
                                   text(live, {"status", "state"}), message));
    std::string details;
    for (const auto& member : manifest::object(live, {"status", "ceph", "details"}))
        details += (details.empty() ? "" : "; ") + std::string(text(member.value(), {"message"}));
    return degraded(details.empty() ? fmt::format("Ceph health is {} - {}", state, message)
                                    : fmt::format("Ceph health is {} ({}) - {}", state, details, message));
}

std::optional<Assessment> shoot(const Value& live)
{
    const auto state = text(live, {"metadata", "labels", "shoot.gardener.cloud/status"});
    if (state == "healthy")
        return healthy("Component state: Healthy");
    if (state == "unhealthy")
        return degraded("Component state: Unhealthy");
    if (state == "unknown")
        return unknown("Component state: Unknown");
    return progressing("Component state: Update in progress");
}

std::optional<Assessment> kafkaCluster(const Value& live)
{
    const bool running = text(live, {"status", "state"}) == "ClusterRunning"
        && text(live, {"status", "cruiseControlTopicStatus"}) == "CruiseControlTopicReady";
    for (const auto& broker : manifest::object(live, {"status", "brokersState"})) {
        const auto graceful = text(broker.value(), {"gracefulActionState", "cruiseControlState"});
        if (running
            && (text(broker.value(), {"configurationState"}) != "ConfigInSync"
                || (graceful != "GracefulUpscaleSucceeded" && graceful != "GracefulDownscaleSucceeded")))
            return degraded("Broker Config is out of Sync or CruiseControlState is not Ready");
    }
    return std::nullopt; // the table goes on
}

std::optional<Assessment> crossplanePackage(const Value& live)
{
    const auto installed = condition(live, "Installed");
    const auto state = condition(live, "Healthy");
    if (!installed || !state)
        return progressing("Waiting for provider to be installed");
    const auto message = fmt::format("{} {}", installed->reason, state->reason);
    return installed->isTrue() && state->isTrue() ? healthy(message) : degraded(message);
}

std::optional<Assessment> cassandra(const Value& live)
{
    const auto& racks = manifest::object(live, {"status", "racks"});
    const bool whole = !racks.empty() && std::all_of(racks.begin(), racks.end(), [](const auto& rack) {
        return number(rack.value(), {"members"}) == number(rack.value(), {"readyMembers"});
    });
    return whole ? healthy() : progressing("Waiting for Cassandra Cluster");
}

std::optional<Assessment> gameServer(const Value& live)
{
    const auto current = text(live, {"status", "currentState"});
    const auto wanted = text(live, {"status", "desiredState"});
    if (current.empty())
        return unknown("Waiting for GameServer to be ready");
    if (current != wanted)
        return progressing(fmt::format("State change: {} → {}", current, wanted));
    for (const auto& view : conditionsOf(live, {"status", "podStatus", "conditions"})) {
        if (view.isFalse())
            return degraded(fmt::format("Pod is not ready: {}", view.type));
    }
    return healthy(fmt::format("GameServer is {}", current));
}

std::optional<Assessment> managedCertificate(const Value& live)
{
    bool busy = manifest::array(live, {"status", "domainStatus"}).empty();
    for (const auto& domain : manifest::array(live, {"status", "domainStatus"})) {
        const auto state = text(domain, {"status"});
        if (state.starts_with("Failed"))
            return degraded("At least one certificate has failed to be provisioned");
        busy = busy || state != "Active";
    }
    return busy ? progressing("At least one certificate is still being provisioned")
                : healthy("All certificates are active");
}

std::optional<Assessment> oldExternalSecret(const Value& live)
{
    const auto state = text(live, {"status", "status"});
    constexpr std::string_view kError = "ERROR, ";
    if (state == "SUCCESS")
        return healthy("Fetched ExternalSecret.");
    if (state.starts_with("ERROR"))
        return degraded(state.starts_with(kError) ? state.substr(kError.size()) : state);
    return progressing("Waiting for ExternalSecret.");
}

std::optional<Assessment> operatorSubscription(const Value& live)
{
    const auto state = text(live, {"status", "state"});
    bool bad = false;
    bool busy = false;
    bool approval = false;
    std::string message;
    int index = 0;
    const bool manual = text(live, {"spec", "installPlanApproval"}) == "Manual";
    const bool upgrade = !text(live, {"status", "installedCSV"}).empty();
    const auto views = conditions(live);
    const bool unpacking = std::any_of(views.begin(), views.end(), [](const ConditionView& view) {
        return view.type == "BundleUnpacking" && view.isTrue();
    });
    for (const auto& view : views) {
        if (view.type == "InstallPlanPending" && view.isTrue() && manual && upgrade && !unpacking
            && view.reason == "RequiresApproval") {
            approval = true; // somebody decides; what is installed works
            continue;
        }
        message += fmt::format("{}: {} | {}\n", ++index, view.type, view.status);
        const bool holds = view.isTrue();
        bad = bad
            || (holds
                && (view.type == "CatalogSourcesUnhealthy" || view.type == "InstallPlanFailed"
                    || view.type == "ResolutionFailed" || view.type == "BundleUnpackFailed"));
        busy = busy || (holds && (view.type == "InstallPlanPending" || view.type == "BundleUnpacking"));
    }
    if (state.empty())
        message += ".status.state not yet known\n";
    else
        message += fmt::format(".status.state is '{}'{}\n", state,
                               approval ? " (manual InstallPlan approval pending; treated as healthy)" : "");
    if (bad)
        return degraded(message);
    if (busy || (state != "AtLatestKnown" && !approval))
        return progressing(message);
    return healthy(message);
}

std::optional<Assessment> karmadaBinding(const Value& live)
{
    constexpr std::string_view kMissing = "Current resource status is insufficient";
    const auto applied = condition(live, "FullyApplied");
    const auto& members = manifest::array(live, {"status", "aggregatedStatus"});
    if (!applied || !applied->isTrue() || members.empty())
        return progressing(kMissing);
    for (const auto& member : members) {
        if (!manifest::flag(member, {"applied"}) || text(member, {"health"}) == "Unhealthy")
            return degraded("Current resource status is unhealthy");
    }
    return healthy();
}

std::optional<Assessment> clusterPolicy(const Value& live)
{
    const auto failing = [&](manifest::Path list, manifest::Path name) {
        return joined(manifest::array(live, list), ", ", [&](const Value& item) {
            return text(item, {"compliant"}) == "NonCompliant" ? std::string(text(item, name)) : std::string();
        });
    };
    if (manifest::flag(live, {"spec", "disabled"}))
        return healthy("Policy is disabled");
    const auto state = text(live, {"status", "compliant"});
    const bool details = !manifest::array(live, {"status", "details"}).empty();
    if (state == "Compliant")
        return healthy(details ? "All templates are compliant" : "All clusters are compliant");
    if (state == "NonCompliant" && details)
        return degraded("NonCompliant templates: " + failing({"status", "details"}, {"templateMeta", "name"}));
    if (state == "NonCompliant")
        return degraded("NonCompliant clusters: " + failing({"status", "status"}, {"clustername"}));
    const auto& placement = manifest::array(live, {"status", "placement"});
    if (state.empty() && !placement.empty() && manifest::array(live, {"status", "status"}).empty())
        return healthy("No clusters match this policy");
    return progressing("Waiting for the status to be reported");
}

std::optional<Assessment> configurationPolicy(const Value& live)
{
    const auto state = text(live, {"status", "compliant"});
    if (state.empty())
        return progressing("Waiting for the status to be reported");
    const auto evaluated = manifest::integer(live, {"status", "lastEvaluatedGeneration"});
    if (evaluated && *evaluated != number(live, {"metadata", "generation"}))
        return progressing("Waiting for the status to be updated");
    const auto message = joined(manifest::array(live, {"status", "compliancyDetails"}), "; ", [](const Value& detail) {
        return joined(manifest::array(detail, {"conditions"}), "; ", [](const Value& item) {
            return fmt::format("{} - {}", text(item, {"type"}), text(item, {"message"}));
        });
    });
    return state == "Compliant" ? healthy(message) : degraded(message);
}

/// An included proxy may be broken by others: its own state says nothing.
std::optional<Assessment> httpProxy(const Value& live)
{
    for (const auto& item : manifest::array(live, {"status", "conditions"})) {
        for (const auto& error : manifest::array(item, {"errors"})) {
            if (text(error, {"type"}) == "IncludeError")
                return healthy("HTTPProxy inclusions cannot be health checked");
        }
    }
    return std::nullopt;
}

struct Entry
{
    std::string_view group;
    std::string_view kind;
    OptionalRule rule;
};
constexpr std::array kEntries {
    Entry {"cassandra.rook.io", "Cluster", cassandra},
    Entry {"ceph.rook.io", "CephCluster", cephCluster},
    Entry {"cluster.x-k8s.io", "MachinePool", machinePool},
    Entry {"controlplane.cluster.x-k8s.io", "AWSManagedControlPlane", managedControlPlane},
    Entry {"core.gardener.cloud", "Shoot", shoot},
    Entry {"elasticsearch.k8s.elastic.co", "Elasticsearch", elasticsearch},
    Entry {"game.kruise.io", "GameServer", gameServer},
    Entry {"kubernetes-client.io", "ExternalSecret", oldExternalSecret},
    Entry {"networking.gke.io", "ManagedCertificate", managedCertificate},
    Entry {"operators.coreos.com", "Subscription", operatorSubscription},
    Entry {"pkg.crossplane.io", "Configuration", crossplanePackage},
    Entry {"pkg.crossplane.io", "Function", crossplanePackage},
    Entry {"pkg.crossplane.io", "Provider", crossplanePackage},
    Entry {"policy.open-cluster-management.io", "ConfigurationPolicy", configurationPolicy},
    Entry {"policy.open-cluster-management.io", "Policy", clusterPolicy},
    Entry {"work.karmada.io", "ClusterResourceBinding", karmadaBinding},
    Entry {"work.karmada.io", "ResourceBinding", karmadaBinding},
};

template<OptionalRule First>
std::optional<Assessment> orTable(const Value& live)
{
    auto result = First(live);
    return result ? result : tableVerdict(live);
}

} // namespace

OptionalRule catalogRule(const manifest::GroupKind& kind)
{
    if (kind.group == "kafka.banzaicloud.io" && kind.kind == "KafkaCluster")
        return orTable<kafkaCluster>;
    if (kind.group == "projectcontour.io" && kind.kind == "HTTPProxy")
        return orTable<httpProxy>;
    for (const auto& entry : kEntries) {
        if (entry.group == kind.group && entry.kind == kind.kind)
            return entry.rule;
    }
    return tableKnows(kind) ? tableVerdict : nullptr;
}

} // namespace core::health
