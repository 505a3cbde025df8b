// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/findings.h"

#include "core/manifest/quantity.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::gitops {

namespace {

using manifest::Value;
using FieldPath = std::vector<std::string>;

bool isExtended(std::string_view resource)
{
    const auto slash = resource.find('/');
    return slash != std::string_view::npos && resource.substr(0, slash) != "kubernetes.io";
}

/// Extended resources (GPUs) must be limited to what is requested: the API server refuses the pod otherwise.
void checkResources(const ResourceState& state, const Value& resources, const FieldPath& path,
                    std::vector<Finding>& findings)
{
    for (const auto& member : manifest::object(resources, {"requests"})) {
        const std::string name(member.key());
        if (!isExtended(name))
            continue;
        auto where = path;
        where.insert(where.end(), {"requests", name});
        const auto* limit = manifest::find(resources, {"limits", name});
        const auto wanted = manifest::Quantity::parse(member.value());
        if (!limit) {
            findings.push_back(
                {state.key, where,
                 fmt::format("{} requests {} without a limit; the API server will reject its pods: Limit must be set "
                             "for non overcommitable resources",
                             state.key.text(), name),
                 fmt::format("add limits: {}: {} beside the request", name, manifest::toJson(member.value()))});
        } else if (const auto most = manifest::Quantity::parse(*limit); wanted && most && !(*wanted == *most)) {
            findings.push_back({state.key, where,
                                fmt::format("{} requests {} of {} but limits it to {}; they must be equal",
                                            state.key.text(), wanted->canonical(), name, most->canonical()),
                                "make the request and the limit equal"});
        }
    }
}

/// Looks for container resources wherever they stand: pod templates, InferenceServices, training jobs.
void walk(const ResourceState& state, const Value& value, FieldPath& path, std::vector<Finding>& findings, int depth)
{
    if (depth > 60)
        return;
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            path.emplace_back(member.key());
            if (member.key() == "resources" && member.value().is_object())
                checkResources(state, member.value(), path, findings);
            else
                walk(state, member.value(), path, findings, depth + 1);
            path.pop_back();
        }
    } else if (const auto* array = value.if_array()) {
        for (std::size_t i = 0; i < array->size(); ++i) {
            path.push_back(std::to_string(i));
            walk(state, (*array)[i], path, findings, depth + 1);
            path.pop_back();
        }
    }
}

manifest::ResourceKey projectKey(const Application& app)
{
    return {"argoproj.io", "AppProject", app.nameSpace, app.project};
}

void checkKinds(const Application& app, const Project& project, const Comparison& comparison,
                std::vector<Finding>& findings)
{
    std::set<std::pair<manifest::GroupKind, bool>> told;
    for (const auto& state : comparison.resources) {
        if (!state.desired || !told.insert({state.key.groupKind(), state.namespaced}).second)
            continue;
        const auto scope = state.namespaced ? Scope::Namespaced : Scope::Cluster;
        if (project.permitsKind(state.key.groupKind(), state.key.name, scope))
            continue;
        const std::string list = state.namespaced ? "namespaceResourceWhitelist" : "clusterResourceWhitelist";
        findings.push_back(
            {projectKey(app),
             {"spec", list},
             fmt::format("resource {}:{} is not permitted in project {} ({} needs it)", state.key.group, state.key.kind,
                         project.name, state.key.text()),
             fmt::format("add {{group: '{}', kind: {}}} to spec.{} of the project, if it should be permitted",
                         state.key.group, state.key.kind, list)});
    }
}

void checkNamespaces(const Application& app, const Project& project, const Comparison& comparison,
                     std::vector<Finding>& findings)
{
    std::set<std::string> told;
    for (const auto& state : comparison.resources) {
        if (!state.desired || !state.namespaced || !told.insert(state.key.nameSpace).second)
            continue;
        if (!project.permitsDestination(comparison.cluster, state.key.nameSpace))
            findings.push_back({projectKey(app),
                                {"spec", "destinations"},
                                fmt::format("namespace {} is not permitted in project '{}' ({} lives there)",
                                            state.key.nameSpace, project.name, state.key.text()),
                                "add the namespace to spec.destinations of the project, or move the resource"});
    }
    if (app.hasOption("CreateNamespace=true")
        && !project.permitsKind({"", "Namespace"}, app.destinationNamespace, Scope::Cluster))
        findings.push_back(
            {projectKey(app),
             {"spec", "clusterResourceWhitelist"},
             fmt::format("CreateNamespace=true needs the kind Namespace, which project {} does not permit",
                         project.name),
             "add {group: '', kind: Namespace} to spec.clusterResourceWhitelist of the project"});
}

} // namespace

std::vector<Finding> findProblems(const Application& app, const Project* project, const Comparison& comparison,
                                  const std::vector<RegisteredCluster>& clusters)
{
    std::vector<Finding> findings;
    const manifest::ResourceKey self {"argoproj.io", "Application", app.nameSpace, app.name};
    for (const auto& condition : validate(app, project, app.nameSpace, clusters))
        findings.push_back({self, {"spec"}, condition.message, ""});
    if (project) {
        checkKinds(app, *project, comparison, findings);
        checkNamespaces(app, *project, comparison, findings);
    }
    for (const auto& state : comparison.resources) {
        if (!state.sharedWith.empty())
            findings.push_back({state.key,
                                {},
                                fmt::format("{} belongs to application {} already", state.key.text(), state.sharedWith),
                                "remove it from one of the two"});
        if (state.desired) {
            FieldPath path {"spec"};
            if (const auto* spec = manifest::find(*state.desired, {"spec"}))
                walk(state, *spec, path, findings, 0);
        }
    }
    return findings;
}

} // namespace core::gitops
