// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/project.h"

#include "core/base/strings.h"
#include "core/manifest/secret.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <tuple>

namespace core::gitops {

namespace {

using manifest::flag;
using manifest::text;
using manifest::Value;

std::vector<ResourcePattern> patterns(const Value& root, manifest::Path path)
{
    std::vector<ResourcePattern> result;
    for (const auto& item : manifest::array(root, path))
        result.push_back(
            {std::string(text(item, {"group"})), std::string(text(item, {"kind"})), std::string(text(item, {"name"}))});
    return result;
}

std::optional<std::vector<ResourcePattern>> list(const Value& root, manifest::Path path)
{
    const auto* value = manifest::find(root, path);
    if (!value || !value->is_array())
        return std::nullopt;
    return patterns(root, path);
}

SyncWindow parseWindow(const Value& value)
{
    SyncWindow window;
    window.deny = text(value, {"kind"}) == "deny";
    window.schedule = text(value, {"schedule"});
    window.duration = text(value, {"duration"});
    window.applications = manifest::texts(value, {"applications"});
    window.namespaces = manifest::texts(value, {"namespaces"});
    window.clusters = manifest::texts(value, {"clusters"});
    window.manualSync = flag(value, {"manualSync"});
    window.andOperator = flag(value, {"andOperator"});
    window.syncOverrun = flag(value, {"syncOverrun"});
    window.timeZone = text(value, {"timeZone"});
    window.description = text(value, {"description"});
    return window;
}

bool anyMatches(const std::vector<ResourcePattern>& list, const manifest::GroupKind& kind, const std::string& name)
{
    return std::any_of(list.begin(), list.end(), [&](const ResourcePattern& pattern) {
        return globMatches(pattern.group, kind.group, '/') && globMatches(pattern.kind, kind.kind, '/')
            && (pattern.name.empty() || name.empty() || globMatches(pattern.name, name, '/'));
    });
}

enum class Verdict : std::uint8_t { No, Yes, Denied };

Verdict destinationVerdict(const Project::Destination& item, const ClusterName& cluster, const std::string& nameSpace)
{
    const auto& [server, name] = cluster;
    const auto denies = [](const std::string& pattern) { return pattern.starts_with('!'); };
    const auto body = [](const std::string& pattern) { return std::string_view(pattern).substr(1); };
    const bool deniedServer = denies(item.server);
    const bool deniedName = denies(item.name);
    const bool deniedNamespace = denies(item.nameSpace);
    const bool serverHit = deniedServer ? globMatches(body(item.server), server) : globMatches(item.server, server);
    const bool nameHit =
        !item.name.empty() && (deniedName ? globMatches(body(item.name), name) : globMatches(item.name, name));
    const bool namespaceHit =
        deniedNamespace ? globMatches(body(item.nameSpace), nameSpace) : globMatches(item.nameSpace, nameSpace);
    if (deniedName && nameHit)
        return Verdict::Denied;
    if (deniedServer && serverHit && namespaceHit)
        return Verdict::Denied;
    if (deniedNamespace && namespaceHit && serverHit)
        return Verdict::Denied;
    const bool serverOk = deniedServer ? !serverHit : serverHit;
    const bool nameOk = deniedName ? !nameHit : nameHit;
    const bool namespaceOk = deniedNamespace ? !namespaceHit : namespaceHit;
    return (serverOk || nameOk) && namespaceOk ? Verdict::Yes : Verdict::No;
}

/// signatureKeys is the older spelling of one policy for all repositories.
void readSignatures(const Value& object, Project& project)
{
    SignaturePolicy all;
    all.repos = {"*"};
    for (const auto& item : manifest::array(object, {"spec", "signatureKeys"}))
        all.keys.emplace_back(text(item, {"keyID"}));
    if (!all.keys.empty())
        project.signaturePolicies.push_back(std::move(all));
    for (const auto& item : manifest::array(object, {"spec", "sourceIntegrity", "git", "policies"})) {
        SignaturePolicy policy;
        for (const auto& repo : manifest::array(item, {"repos"}))
            policy.repos.emplace_back(text(repo, {"url"}));
        const auto mode = text(item, {"gpg", "mode"});
        policy.mode = mode == "none" ? SignaturePolicy::Mode::None
            : mode == "strict"       ? SignaturePolicy::Mode::Strict
                                     : SignaturePolicy::Mode::Head;
        policy.keys = manifest::texts(item, {"gpg", "keys"});
        project.signaturePolicies.push_back(std::move(policy));
    }
}

} // namespace

Project parseProject(const Value& object)
{
    Project project;
    project.name = manifest::name(object);
    project.sourceRepos = manifest::texts(object, {"spec", "sourceRepos"});
    for (const auto& item : manifest::array(object, {"spec", "destinations"}))
        project.destinations.push_back({std::string(text(item, {"server"})), std::string(text(item, {"name"})),
                                        std::string(text(item, {"namespace"}))});
    project.onlyScopedClusters = flag(object, {"spec", "permitOnlyProjectScopedClusters"});
    project.sourceNamespaces = manifest::texts(object, {"spec", "sourceNamespaces"});
    project.clusterWhitelist = list(object, {"spec", "clusterResourceWhitelist"});
    project.namespaceWhitelist = list(object, {"spec", "namespaceResourceWhitelist"});
    project.clusterBlacklist = patterns(object, {"spec", "clusterResourceBlacklist"});
    project.namespaceBlacklist = patterns(object, {"spec", "namespaceResourceBlacklist"});
    readSignatures(object, project);
    for (const auto& item : manifest::array(object, {"spec", "destinationServiceAccounts"}))
        project.serviceAccounts.push_back({std::string(text(item, {"server"})), std::string(text(item, {"namespace"})),
                                           std::string(text(item, {"defaultServiceAccount"}))});
    for (const auto& item : manifest::array(object, {"spec", "syncWindows"}))
        project.windows.push_back(parseWindow(item));
    if (const auto* orphans = manifest::find(object, {"spec", "orphanedResources"}); orphans && orphans->is_object())
        project.orphans = Project::Orphans {flag(*orphans, {"warn"}), patterns(*orphans, {"ignore"})};
    return project;
}

void inherit(Project& project, const Project& global)
{
    const auto append = [](auto& list, const auto& more) { list.insert(list.end(), more.begin(), more.end()); };
    const auto appendOptional = [&](auto& list, const auto& more) {
        if (!more)
            return;
        if (!list)
            list.emplace();
        append(*list, *more);
    };
    append(project.sourceRepos, global.sourceRepos);
    append(project.destinations, global.destinations);
    append(project.windows, global.windows);
    append(project.clusterBlacklist, global.clusterBlacklist);
    append(project.namespaceBlacklist, global.namespaceBlacklist);
    appendOptional(project.clusterWhitelist, global.clusterWhitelist);
    appendOptional(project.namespaceWhitelist, global.namespaceWhitelist);
}

void addScopedClusters(Project& project, const std::vector<RegisteredCluster>& clusters)
{
    for (const auto& cluster : clusters) {
        if (cluster.project.empty() || cluster.project != project.name)
            continue;
        project.scopedClusters.push_back({cluster.server, cluster.name});
        project.destinations.push_back({cluster.server, "", "*"});
    }
}

void addScopedRepositories(Project& project, const std::vector<kube::ObjectPtr>& secrets)
{
    for (const auto& secret : secrets) {
        if (manifest::label(*secret, "argocd.argoproj.io/secret-type") == "repository"
            && manifest::secretText(*secret, "project") == project.name)
            project.sourceRepos.push_back(manifest::secretText(*secret, "url"));
    }
}

Project defaultProject()
{
    Project project;
    project.name = "default";
    project.sourceRepos = {"*"};
    project.destinations = {{"*", "", "*"}};
    project.clusterWhitelist = std::vector<ResourcePattern> {{"*", "*", ""}};
    return project;
}

std::string normalizeGitUrl(std::string_view url)
{
    auto text = lower(trim(url));
    while (text.ends_with('/'))
        text.pop_back();
    if (text.ends_with(".git"))
        text.resize(text.size() - 4);
    if (text.starts_with("ssh://"))
        text = text.substr(6);
    else if (text.find("://") == std::string::npos && text.find('@') != std::string::npos) {
        const auto colon = text.find(':');
        if (colon != std::string::npos)
            text[colon] = '/';
    }
    return text;
}

bool Project::permitsSource(const std::string& repoUrl) const
{
    return repoIsListed(sourceRepos, repoUrl);
}

bool repoIsListed(const std::vector<std::string>& patterns, const std::string& repoUrl)
{
    const auto url = normalizeGitUrl(repoUrl);
    bool allowed = false;
    for (const auto& entry : patterns) {
        if (entry == "*") {
            allowed = true;
        } else if (entry.starts_with('!')) {
            if (globMatches(normalizeGitUrl(std::string_view(entry).substr(1)), url, '/'))
                return false;
            allowed = true;
        } else {
            allowed = allowed || globMatches(normalizeGitUrl(entry), url, '/');
        }
    }
    return allowed;
}

bool Project::permitsDestination(const ClusterName& cluster, const std::string& nameSpace) const
{
    if (onlyScopedClusters
        && std::none_of(scopedClusters.begin(), scopedClusters.end(), [&](const ClusterName& scoped) {
               return scoped.server == cluster.server || scoped.name == cluster.name;
           }))
        return false;
    bool allowed = false;
    for (const auto& item : destinations) {
        const auto verdict = destinationVerdict(item, cluster, nameSpace);
        if (verdict == Verdict::Denied)
            return false;
        allowed = allowed || verdict == Verdict::Yes;
    }
    return allowed;
}

bool Project::permitsKind(const manifest::GroupKind& kind, const std::string& objectName, Scope scope) const
{
    if (scope == Scope::Cluster)
        return clusterWhitelist && anyMatches(*clusterWhitelist, kind, objectName)
            && !anyMatches(clusterBlacklist, kind, objectName);
    return (!namespaceWhitelist || anyMatches(*namespaceWhitelist, kind, {}))
        && !anyMatches(namespaceBlacklist, kind, {});
}

bool Project::permitsApplicationIn(const std::string& nameSpace, const std::string& controllerNamespace) const
{
    if (nameSpace == controllerNamespace)
        return true;
    return std::any_of(sourceNamespaces.begin(), sourceNamespaces.end(), [&](const std::string& pattern) {
        if (pattern.size() > 2 && pattern.starts_with('/') && pattern.ends_with('/')) {
            const RE2 expression(pattern.substr(1, pattern.size() - 2), RE2::Quiet);
            return expression.ok() && RE2::PartialMatch(nameSpace, expression);
        }
        return globMatches(pattern, nameSpace);
    });
}

namespace {

std::vector<std::string> sourceProblems(const Application& app)
{
    std::vector<std::string> problems;
    std::set<std::string> refs;
    static const RE2 kRef("^[a-zA-Z0-9_-]+$");
    for (const auto& source : app.sources) {
        const bool placed = !source.path.empty() || !source.chart.empty() || (app.multiSource && !source.ref.empty());
        if (source.repoUrl.empty() || !placed)
            return {app.multiSource
                        ? fmt::format("spec.source.repoURL and either source.path, source.chart, or source.ref are "
                                      "required for source {{{} {} {}}}",
                                      source.repoUrl, source.path, source.targetRevision)
                        : "spec.source.repoURL and either spec.source.path or spec.source.chart are required"};
        if (!source.chart.empty() && source.targetRevision.empty())
            return {"spec.source.targetRevision is required if the manifest source is a helm chart"};
        if (!source.ref.empty() && (!RE2::FullMatch(source.ref, kRef) || !refs.insert(source.ref).second))
            problems.push_back(fmt::format("source.ref {} is invalid or used twice", source.ref));
        std::vector<std::string> kinds;
        for (const auto* kind : {"helm", "kustomize", "directory", "plugin"}) {
            const auto* block = manifest::find(source.raw, {kind});
            if (block && block->is_object() && !block->get_object().empty())
                kinds.emplace_back(kind);
        }
        if (kinds.size() > 1)
            problems.push_back(fmt::format("multiple application sources defined: {}", fmt::join(kinds, ",")));
    }
    if (app.sources.empty())
        problems.emplace_back("spec.source.repoURL and either spec.source.path or spec.source.chart are required");
    return problems;
}

} // namespace

std::vector<Condition> validate(const Application& app, const Project* project, const std::string& controllerNamespace,
                                const std::vector<RegisteredCluster>& clusters)
{
    std::vector<Condition> conditions;
    const auto add = [&](std::string message) { conditions.push_back({"InvalidSpecError", std::move(message)}); };
    if (!project) {
        add(fmt::format("Application referencing project {} which does not exist", app.project));
        return conditions;
    }
    if (!project->permitsApplicationIn(app.nameSpace, controllerNamespace))
        add(fmt::format("application '{}' in namespace '{}' is not permitted to use project '{}'", app.name,
                        app.nameSpace, project->name));
    for (auto& problem : sourceProblems(app))
        add(std::move(problem));
    if (!conditions.empty())
        return conditions;
    for (const auto& source : app.sources) {
        if (!source.repoUrl.empty() && !project->permitsSource(source.repoUrl))
            add(fmt::format("application repo {} is not permitted in project '{}'", source.repoUrl, project->name));
    }
    const auto cluster = chooseCluster(clusters, app.server, app.clusterName);
    if (!cluster) {
        add(cluster.error().message);
        return conditions;
    }
    const auto& [name, server] = std::tie((*cluster)->name, (*cluster)->server);
    if (!project->permitsDestination({server, name}, app.destinationNamespace))
        add(fmt::format("application destination server '{}' and namespace '{}' do not match any of the allowed "
                        "destinations in project '{}'",
                        app.clusterName.empty() ? server : name, app.destinationNamespace, project->name));
    return conditions;
}

} // namespace core::gitops
