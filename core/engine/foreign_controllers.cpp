// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/foreign_controllers.h"

#include <boost/json.hpp>

#include <algorithm>
#include <functional>

namespace core::engine {

namespace {

/// Calls `use` with the name of each workload that has a ready replica, and with what its label says.
void eachReady(const kube::Cache& cache, const std::function<void(std::string_view name)>& use)
{
    for (const auto* kind : {"StatefulSet", "Deployment"}) {
        for (const auto& workload : cache.list({"apps", kind})) {
            if (manifest::integer(*workload, {"status", "readyReplicas"}).value_or(0) == 0)
                continue;
            use(manifest::name(*workload));
            use(manifest::label(*workload, "app.kubernetes.io/name"));
        }
    }
}

} // namespace

std::set<Foreign> foreignControllers(const kube::Cache& cache)
{
    std::set<Foreign> out;
    eachReady(cache, [&](std::string_view name) {
        if (name == "argocd-application-controller")
            out.insert(Foreign::Applications);
        else if (name == "argocd-applicationset-controller")
            out.insert(Foreign::ApplicationSets);
        else if (name == "argocd-notifications-controller")
            out.insert(Foreign::Notifications);
        else if (name == "argo-rollouts")
            out.insert(Foreign::Rollouts);
    });
    return out;
}

bool serviceRuns(const kube::Cache& cache)
{
    bool out = false;
    eachReady(cache, [&](std::string_view name) { out = out || name == "pilothouse-controller"; });
    return out;
}

std::vector<std::string> missingDefinitions(const kube::Cache& cache)
{
    constexpr std::string_view kGroup = "apiextensions.k8s.io";
    constexpr std::string_view kKind = "CustomResourceDefinition";
    const auto types = cache.types();
    if (std::none_of(types.begin(), types.end(), [&](const kube::ResourceType& type) { return type.kind == kKind; }))
        return {};
    std::vector<std::string> missing;
    for (const auto* plural : {"applications", "appprojects", "rollouts", "analysistemplates", "analysisruns"}) {
        auto name = std::string(plural) + ".argoproj.io";
        if (!cache.get({std::string(kGroup), std::string(kKind), {}, name}))
            missing.push_back(std::move(name));
    }
    return missing;
}

} // namespace core::engine
