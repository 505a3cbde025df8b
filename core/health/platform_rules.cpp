// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rules.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

/// Data, streams, storage, observability: what ML platforms run beside their models (section 4.5).
namespace core::health {

namespace {

using manifest::text;

bool isOneOf(std::string_view value, std::initializer_list<std::string_view> list)
{
    return std::find(list.begin(), list.end(), value) != list.end();
}

std::optional<Assessment> flaggerCanary(const Value& live)
{
    const auto phase = text(live, {"status", "phase"});
    std::string message(phase);
    const auto weight = number(live, {"status", "canaryWeight"});
    if (weight > 0 && phase == "Progressing")
        message += fmt::format(" --- Canary Weight: {} %", weight);
    if (const auto promoted = condition(live, "Promoted"))
        message += fmt::format(" --- {}", promoted->message);
    if (phase == "Failed")
        return degraded(message);
    if (isOneOf(phase, {"Progressing", "Finalising", "Promoting", "Waiting", "WaitingPromotion", "Initializing"}))
        return progressing(message);
    if (isOneOf(phase, {"Succeeded", "Initialized"}))
        return healthy(message);
    return unknown(message);
}

std::optional<Assessment> flinkDeployment(const Value& live)
{
    if (manifest::flag(live, {"status", "reconciliationStatus", "success"})
        || text(live, {"status", "reconciliationStatus", "state"}) == "DEPLOYED")
        return healthy();
    const auto manager = text(live, {"status", "jobManagerDeploymentStatus"});
    if (isOneOf(manager, {"DEPLOYED_NOT_READY", "DEPLOYING"}))
        return progressing("Waiting for deploying");
    if (manager == "ERROR")
        return degraded(text(live, {"status", "reconciliationStatus", "error"}));
    return progressing("Waiting for Flink operator");
}

std::optional<Assessment> istioOperator(const Value& live)
{
    static constexpr std::array<std::string_view, 5> kNames {"NONE", "UPDATING", "RECONCILING", "HEALTHY", "ERROR"};
    const auto name = text(live, {"status", "status"});
    auto state = static_cast<std::int64_t>(std::find(kNames.begin(), kNames.end(), name) - kNames.begin());
    if (const auto number = manifest::integer(live, {"status", "status"}))
        state = *number;
    switch (state) {
    case 0:
        return unknown("Component is not present.");
    case 1:
        return progressing("Component is being updated to a different version.");
    case 2:
        return progressing("Controller has started but not yet completed reconciliation loop for the component.");
    case 3:
        return healthy("Component is healthy.");
    case 4:
        return degraded("Component is in an error state.");
    default:
        return progressing("Waiting for Istio Control Plane");
    }
}

std::optional<Assessment> minioTenant(const Value& live)
{
    const auto state = text(live, {"status", "currentState"});
    if (state.empty())
        return progressing("No status info available");
    if (state == "Initialized")
        return healthy(state);
    if (isOneOf(state,
                {"Statefulset not controlled by operator", "Another MinIO Tenant already exists in the namespace",
                 "Tenant credentials are not set properly", "Different versions across MinIO Pools",
                 "Pool Decommissioning Not Allowed"}))
        return degraded(state);
    return progressing(state);
}

std::optional<Assessment> prometheus(const Value& live)
{
    auto result = progressing("Waiting for initialization");
    for (const auto& view : conditions(live)) {
        if (view.type != "Available")
            continue;
        if (view.isTrue())
            result = healthy("All instances are available");
        else if (view.reason == "SomePodsNotReady")
            result = progressing(view.message.empty() ? view.reason : view.message);
        else
            result = degraded(view.message.empty() ? view.reason : view.message);
    }
    return result;
}

std::optional<Assessment> collector(const Value& live)
{
    const auto mode = text(live, {"spec", "mode"});
    if (mode == "sidecar")
        return healthy("Collector is running in sidecar mode");
    const auto replicas = text(live, {"status", "scale", "statusReplicas"});
    const auto slash = replicas.find('/');
    if (slash == std::string_view::npos)
        return progressing("Waiting for the collector's status");
    const auto ready = replicas.substr(0, slash);
    const auto wanted = replicas.substr(slash + 1);
    if (mode == "daemonset" && wanted == "0")
        return healthy("DaemonSet has no eligible nodes (0/0)");
    if (ready == wanted)
        return healthy("All replicas are ready");
    return ready == "0" ? degraded("No replicas are ready") : progressing("Replicas are starting up");
}

std::optional<Assessment> numaflow(const Value& live)
{
    const auto kind = manifest::kind(live);
    const auto waiting = progressing(fmt::format("Waiting for {} status", kind));
    if (manifest::integer(live, {"status", "observedGeneration"})
        != manifest::integer(live, {"metadata", "generation"}))
        return waiting;
    for (const auto& view : conditions(live)) {
        if (view.isFalse()) // a part's own words, except that daemons say what their deployment waits for
            return degraded(view.type.ends_with("Healthy") && !view.type.starts_with("Daemon")
                                ? view.message
                                : "Subresources are unhealthy");
    }
    if (text(live, {"metadata", "labels", "numaplane.numaproj.io/progressive-result-state"}) == "failed")
        return degraded("Failed progressive upgrade");
    const auto phase = text(live, {"status", "phase"});
    if (phase == "Failed")
        return degraded(text(live, {"status", "message"}));
    if (phase == "Paused")
        return healthy(fmt::format("{} is paused", kind));
    return phase == "Running" ? healthy(fmt::format("{} is healthy", kind)) : waiting;
}

std::optional<Assessment> postgresCluster(const Value& live)
{
    if (manifest::annotation(live, "cnpg.io/reconciliationLoop") == "disabled")
        return suspended("Cluster reconciliation is suspended");
    if (const auto hibernation = condition(live, "cnpg.io/hibernation"))
        return hibernation->isTrue() ? suspended(hibernation->message) : degraded(hibernation->message);
    const auto phase = text(live, {"status", "phase"});
    const auto reason = text(live, {"status", "phaseReason"});
    if (phase == "Cluster in healthy state")
        return healthy(reason);
    if (isOneOf(phase,
                {"Setting up primary", "Creating a new replica", "Upgrading cluster",
                 "Waiting for the instances to become active", "Promoting to primary cluster", "Switchover in progress",
                 "Applying configuration", "Online upgrade in progress", "Primary instance is being restarted in-place",
                 "Primary instance is being restarted without a switchover", "Cluster upgrade delayed",
                 "Waiting for user action"}))
        return progressing(reason);
    if (isOneOf(phase,
                {"Failing over", "Unable to create required cluster objects",
                 "Cluster is unrecoverable and needs manual intervention", "Not enough disk space"}))
        return degraded(reason);
    return unknown(reason);
}

/// Flux sources say by Ready's reason what happened.
std::optional<Assessment> fluxSource(const Value& live)
{
    const auto ready = condition(live, "Ready");
    if (!ready && manifest::kind(live) == "HelmRepository" && text(live, {"spec", "type"}) == "oci")
        return healthy("Helm repositories of type 'oci' do not contain any information in the status.");
    if (manifest::flag(live, {"spec", "suspend"}))
        return suspended(ready ? ready->reason : std::string_view("Suspended"));
    if (ready && ready->isTrue())
        return healthy(ready->reason);
    if (ready && ready->isFalse())
        return degraded(ready->reason);
    return progressing("Waiting for the source's status");
}

/// solo.io writes the state as a word or a number, in `status` or per reporter in `statuses`.
std::optional<Assessment> gloo(const Value& live)
{
    const auto* status = manifest::find(live, {"status"});
    const auto& reports = manifest::object(live, {"status", "statuses"});
    if (!reports.empty())
        status = &reports.begin()->value();
    static constexpr std::array<std::string_view, 4> kStates {"Pending", "Accepted", "Rejected", "Warning"};
    std::size_t state = kStates.size();
    if (status && status->is_object()) {
        if (const auto number = manifest::integer(*status, {"state"}); number && *number >= 0 && *number < 4)
            state = static_cast<std::size_t>(*number);
        else
            state = static_cast<std::size_t>(std::find(kStates.begin(), kStates.end(), text(*status, {"state"}))
                                             - kStates.begin());
    }
    switch (state) {
    case 0:
        return suspended("The resource has not yet been validated");
    case 1:
        return healthy("The resource has been validated");
    case 2:
    case 3:
        return degraded(text(*status, {"reason"}));
    default:
        return progressing("Update in progress");
    }
}

std::optional<Assessment> knativeOperator(const Value& live)
{
    const auto views = conditions(live);
    if (views.empty())
        return progressing("Waiting for status update.");
    bool ready = false;
    bool busy = false;
    bool bad = false;
    std::string message;
    int number = 0;
    for (const auto& view : views) {
        message += fmt::format("{}: {} | {}\n", ++number, view.type, view.status);
        if (!isOneOf(view.type, {"Ready", "InstallSucceeded", "DependenciesInstalled", "DeploymentsAvailable"}))
            continue;
        if (view.isTrue())
            ready = ready || view.type == "Ready";
        else if (view.status == "Unknown" || (view.isFalse() && isOneOf(view.type, {"Ready", "DeploymentsAvailable"})))
            busy = true;
        else
            bad = true;
    }
    if (ready && !busy && !bad)
        return healthy(fmt::format("{} is healthy.", manifest::kind(live)));
    if (bad || !busy)
        return degraded(message);
    return progressing(message);
}

std::optional<Assessment> numaplane(const Value& live)
{
    if (manifest::integer(live, {"status", "observedGeneration"})
        != manifest::integer(live, {"metadata", "generation"}))
        return progressing("Not yet reconciled");
    const auto phase = text(live, {"status", "phase"});
    if (phase == "Failed")
        return degraded(text(live, {"status", "message"}));
    if (const auto upgrade = condition(live, "ProgressiveUpgradeSucceeded"); upgrade && upgrade->isFalse())
        return degraded("Progressive upgrade failed");
    const auto children = condition(live, "ChildResourcesHealthy");
    if (children && children->isFalse())
        return children->reason == "Progressing" ? progressing("Child Progressing") : degraded(children->message);
    for (const auto& view : conditions(live)) {
        if (view.type.ends_with("PausingOrPaused") && view.isTrue())
            return healthy(view.message);
    }
    if (phase == "Pending")
        return progressing("Update in progress");
    if (children && !children->isTrue())
        return progressing(children->message);
    return healthy("Healthy");
}

struct Entry
{
    std::string_view group;
    std::string_view kind; ///< "" = every kind of the group
    OptionalRule rule;
};
constexpr std::array kEntries {Entry {"flagger.app", "Canary", flaggerCanary},
                               Entry {"flink.apache.org", "FlinkDeployment", flinkDeployment},
                               Entry {"gateway.solo.io", "", gloo},
                               Entry {"gloo.solo.io", "", gloo},
                               Entry {"install.istio.io", "IstioOperator", istioOperator},
                               Entry {"minio.min.io", "Tenant", minioTenant},
                               Entry {"monitoring.coreos.com", "Prometheus", prometheus},
                               Entry {"numaflow.numaproj.io", "", numaflow},
                               Entry {"numaplane.numaproj.io", "", numaplane},
                               Entry {"operator.knative.dev", "", knativeOperator},
                               Entry {"opentelemetry.io", "OpenTelemetryCollector", collector},
                               Entry {"postgresql.cnpg.io", "Cluster", postgresCluster},
                               Entry {"source.toolkit.fluxcd.io", "", fluxSource}};

} // namespace

OptionalRule platformRule(const manifest::GroupKind& kind)
{
    for (const auto& entry : kEntries) {
        if (entry.group == kind.group && (entry.kind.empty() || entry.kind == kind.kind))
            return entry.rule;
    }
    return nullptr;
}

} // namespace core::health
