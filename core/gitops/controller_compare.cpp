// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/gitops/controller_private.h"
#include "core/gitops/integrity.h"

#include <fmt/format.h>

namespace core::gitops {

using manifest::Value;

constexpr std::size_t kKeptProjects = 1000;

std::optional<Project> ApplicationController::Private::projectOf(const Application& app) const
{
    const auto object = deps.cache->get({"argoproj.io", "AppProject", deps.controllerNamespace, app.project});
    if (!object && app.project != "default")
        return std::nullopt;
    KnownProject now;
    now.objects = {object};
    now.clusters = deps.clusters->registered();
    now.settings = currentSettings();
    now.repositories = repositories;
    if (object) {
        for (const auto& global : now.settings->globalProjects) {
            auto other = deps.cache->get({"argoproj.io", "AppProject", deps.controllerNamespace, global.name});
            if (other && global.name != app.project && global.selects(*object))
                now.objects.push_back(std::move(other));
        }
    }
    {
        const std::lock_guard lock(mutex);
        if (const auto known = projects.find(app.project); known != projects.end()
            && known->second.objects == now.objects && known->second.clusters == now.clusters
            && known->second.settings == now.settings && known->second.repositories == now.repositories)
            return known->second.project;
    }
    now.project = object ? parseProject(*object) : defaultProject();
    addScopedClusters(now.project, *now.clusters);
    addScopedRepositories(now.project, deps.cache->list({"", "Secret"}, deps.controllerNamespace));
    for (std::size_t i = 1; i < now.objects.size(); ++i)
        inherit(now.project, parseProject(*now.objects[i]));
    const std::lock_guard lock(mutex);
    if (projects.size() >= kKeptProjects)
        projects.clear();
    return (projects[app.project] = std::move(now)).project;
}

Resolve ApplicationController::Private::resolveFor(const Application& app) const
{
    return [this, project = app.project](const std::string& url, const std::string& revision, std::stop_token stop) {
        return deps.resolve({url, project}, revision, std::move(stop));
    };
}

Tags ApplicationController::Private::tagsFor(const Application& app) const
{
    if (!deps.tags)
        return {};
    return [this, project = app.project](const std::string& url, std::stop_token stop) {
        return deps.tags({url, project}, std::move(stop));
    };
}

ClusterView ApplicationController::Private::clusterView(const Site& site) const
{
    ClusterView view;
    view.get = [&site](const manifest::ResourceKey& key) { return site.cache().get(key); };
    view.tracked = [&site](const std::string& instance) {
        std::vector<kube::ObjectPtr> objects;
        for (const auto& key : site.index.tracked(instance)) {
            if (auto object = site.cache().get(key))
                objects.push_back(std::move(object));
        }
        return objects;
    };
    view.children = [&site](std::string_view uid) { return site.cache().children(uid); };
    view.roots = [&site](const std::string& nameSpace) {
        std::vector<kube::ObjectPtr> objects;
        for (auto& object : site.cache().all()) {
            if (manifest::nameSpace(*object) == nameSpace
                && manifest::array(*object, {"metadata", "ownerReferences"}).empty())
                objects.push_back(std::move(object));
        }
        return objects;
    };
    view.namespaced = [&site](std::string_view apiVersion, std::string_view kind) {
        return site.namespaced(apiVersion, kind);
    };
    view.schema = [&site](const manifest::ResourceKey& key, const std::string& version) {
        return site.schema(key.groupKind(), version);
    };
    view.dryRunApply = [&site](const Value& object) {
        kube::WriteOptions options;
        options.fieldManager = "argocd-controller";
        options.dryRun = true;
        options.force = true;
        return site.client().apply(object, options);
    };
    view.applicationExists = [this](const std::string& instance) {
        const auto at = instance.find('_');
        const auto key = at == std::string::npos ? AppKey {deps.controllerNamespace, instance}
                                                 : AppKey {instance.substr(0, at), instance.substr(at + 1)};
        return deps.cache->get(applicationKey(key)) != nullptr;
    };
    return view;
}

void ApplicationController::Private::loadCustomizations()
{
    const auto object = deps.cache->get({"", "ConfigMap", deps.controllerNamespace, "argocd-cm"});
    std::shared_ptr<const health::Customizations> loaded;
    if (object) {
        if (auto parsed = health::Customizations::parse(*object); parsed && !parsed->empty())
            loaded = std::make_shared<health::Customizations>(std::move(*parsed));
        else if (!parsed)
            log::warning("gitops", "argocd-cm: " + parsed.error().text());
    }
    const auto parameters = deps.cache->get({"", "ConfigMap", deps.controllerNamespace, "argocd-cmd-params-cm"});
    auto read = std::make_shared<const Settings>(parseSettings(object.get(), parameters.get()));
    for (const auto& problem : read->problems)
        log::warning("gitops", "argocd-cm: " + problem);
    const std::lock_guard lock(mutex);
    health = std::move(loaded);
    settings = std::move(read);
}

std::shared_ptr<const Settings> ApplicationController::Private::currentSettings() const
{
    const std::lock_guard lock(mutex);
    return settings;
}

std::shared_ptr<const health::Customizations> ApplicationController::Private::customizations() const
{
    const std::lock_guard lock(mutex);
    return health;
}

Comparison ApplicationController::Private::compareRendered(const Site& site, const Application& app,
                                                           const Value& object, const std::optional<Project>& project,
                                                           const RenderedSources& rendered,
                                                           std::optional<Value> statusObject) const
{
    CompareInput input;
    input.app = &app;
    input.object = statusObject ? &*statusObject : &object;
    input.project = project ? &*project : nullptr;
    input.instance = instanceName(app, deps.controllerNamespace);
    const auto registered = deps.clusters->registered();
    const auto cluster = chooseCluster(*registered, site.destination->server, {});
    input.cluster = {site.destination->server, cluster ? (*cluster)->name : std::string {}};
    input.registered = cluster ? *cluster : nullptr;
    input.sources = rendered.outputs;
    const auto scripts = customizations();
    input.customizations = scripts.get();
    const auto chosen = currentSettings();
    input.settings = chosen.get();
    input.now = deps.clock->now();
    auto comparison = compare(input, clusterView(site));
    comparison.revisions = rendered.revisions;
    comparison.sourceTypes = rendered.types;
    if (project)
        checkSignatures(app, *project, rendered.revisions, comparison);
    return comparison;
}

/// A source whose signatures are not as its project asks gives a condition that blocks syncs (section 6.7).
void ApplicationController::Private::checkSignatures(const Application& app, const Project& project,
                                                     const std::vector<std::string>& revisions,
                                                     Comparison& comparison) const
{
    constexpr std::size_t kKept = 1000;
    constexpr std::size_t kCommitDigits = 40;
    for (std::size_t i = 0; i < app.sources.size() && i < revisions.size(); ++i) {
        const auto& source = app.sources[i];
        const auto* policy = source.chart.empty() ? signaturePolicyFor(project, source.repoUrl) : nullptr;
        if (!policy || policy->mode == SignaturePolicy::Mode::None)
            continue;
        const auto add = [&](std::string message) {
            comparison.conditions.push_back({"ComparisonError", std::move(message)});
        };
        if (revisions[i].size() != kCommitDigits) { // text that is not committed yet
            add("Cannot use local manifests when source integrity is enforced");
            continue;
        }
        std::vector<std::string> keys;
        if (const auto ring = deps.cache->get({"", "ConfigMap", deps.controllerNamespace, "argocd-gpg-keys-cm"})) {
            for (const auto& member : manifest::object(*ring, {"data"})) {
                if (member.value().is_string())
                    keys.emplace_back(member.value().get_string());
            }
        }
        const auto known = fmt::format("{} {} {} {} {}", source.repoUrl, source.targetRevision, revisions[i],
                                       static_cast<int>(policy->mode), fmt::join(keys, " "));
        {
            const std::lock_guard lock(mutex);
            if (const auto found = signatures.find(known); found != signatures.end()) {
                if (auto problem = signatureProblem(*policy, revisions[i], found->second); !problem.empty())
                    add(std::move(problem));
                continue;
            }
        }
        auto checks = deps.verify
            ? deps.verify({source.repoUrl, app.project}, source.targetRevision, revisions[i],
                          policy->mode == SignaturePolicy::Mode::Strict ? git::SignedHistory::All
                                                                        : git::SignedHistory::Head,
                          keys, {})
            : Result<std::vector<git::SignatureCheck>>(
                fail(Error::Code::Unsupported, "signatures cannot be verified here"));
        if (!checks) {
            add(fmt::format("Could not verify commit signature on revision '{}': {}", revisions[i],
                            checks.error().message));
            continue;
        }
        if (auto problem = signatureProblem(*policy, revisions[i], *checks); !problem.empty())
            add(std::move(problem));
        const std::lock_guard lock(mutex);
        if (signatures.size() >= kKept)
            signatures.clear();
        signatures.emplace(known, std::move(*checks));
    }
}

} // namespace core::gitops
