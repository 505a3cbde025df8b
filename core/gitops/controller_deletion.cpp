// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/gitops/controller_private.h"
#include "core/gitops/hooks.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::gitops {

namespace {

using manifest::Value;

constexpr std::string_view kFinalizer = "resources-finalizer.argocd.argoproj.io";

bool isResourcesFinalizer(std::string_view name)
{
    return name.starts_with(kFinalizer) && (name.size() == kFinalizer.size() || name[kFinalizer.size()] == '/');
}

/// Stays when its application goes.
bool isKept(const Application& app, const Value& live)
{
    const auto options = syncOptions(live);
    return manifest::kind(live) == "CustomResourceDefinition" || options.contains("Delete=false")
        || app.hasOption("Delete=false") || manifest::annotation(live, "helm.sh/resource-policy") == "keep"
        || (manifest::kind(live) == "Application" && manifest::name(live) == app.name
            && manifest::nameSpace(live) == app.nameSpace);
}

} // namespace

/// The stages of a deletion (section 1.11), each held by its finalizer: PreDelete hooks, the application's objects,
/// PostDelete hooks, then the hooks' own removal. Each look does the first stage that is left.
void ApplicationController::Private::finalize(const AppKey& key, const Value& object, std::stop_token stop)
{
    const auto app = parseApplication(object);
    if (app.finalizers.empty())
        return;
    const auto drop = [&](const std::string& name) {
        dropFinalizers(
            key, object, [&](std::string_view other) { return other == name; }, stop);
    };
    const auto where = locate(app);
    if (!where) { // nothing can be deleted there: the objects stay
        dropFinalizers(
            key, object, [](std::string_view) { return true; }, stop);
        return;
    }
    const auto& site = where->site;
    place(key, site);
    if (!where->problem.empty())
        deletionError(key, object, where->problem, stop);
    if (!where->problem.empty() || !site) // it is tried again when the cluster answers
        return schedule(key, deps.clock->now() + std::chrono::seconds(30), Level::Tree);
    if (const auto pre = deletionFinalizer(DeletionStage::Pre, false); app.finalizers.contains(pre)) {
        if (runDeletionHooks(*site, key, object, DeletionStage::Pre, stop))
            drop(pre);
        return;
    }
    if (std::any_of(app.finalizers.begin(), app.finalizers.end(),
                    [](const std::string& name) { return isResourcesFinalizer(name); })) {
        if (cascade(*site, key, object, stop))
            dropFinalizers(key, object, isResourcesFinalizer, stop);
        return;
    }
    if (const auto post = deletionFinalizer(DeletionStage::Post, false); app.finalizers.contains(post)) {
        if (runDeletionHooks(*site, key, object, DeletionStage::Post, stop))
            drop(post);
        return;
    }
    for (const auto stage : {DeletionStage::Pre, DeletionStage::Post}) {
        const auto name = deletionFinalizer(stage, true);
        if (!app.finalizers.contains(name))
            continue;
        if (cleanDeletionHooks(*site, key, object, stage, stop))
            drop(name);
        return;
    }
}

void ApplicationController::Private::dropFinalizers(const AppKey& key, const Value& object,
                                                    const std::function<bool(std::string_view)>& drop,
                                                    std::stop_token stop)
{
    manifest::Array rest;
    bool found = false;
    for (const auto& item : manifest::array(object, {"metadata", "finalizers"})) {
        if (item.is_string() && drop(item.get_string()))
            found = true;
        else
            rest.push_back(item);
    }
    if (!found)
        return;
    const bool last = rest.empty();
    Value patchValue = manifest::Object();
    manifest::ensure(patchValue, {"metadata", "finalizers"}) = Value(std::move(rest));
    manifest::ensure(patchValue, {"metadata", "resourceVersion"}) =
        boost::json::string(manifest::text(object, {"metadata", "resourceVersion"}));
    if (!patch(key, patchValue, stop))
        schedule(key, deps.clock->now() + std::chrono::seconds(1), Level::Tree);
    else if (last)
        audit(key, "controller", "delete", {}, {}, "Succeeded");
}

/// The highest wave first, the next one when it is gone. True when nothing is left.
bool ApplicationController::Private::cascade(const Site& site, const AppKey& key, const Value& object,
                                             std::stop_token stop)
{
    const auto app = parseApplication(object);
    std::string finalizerOfCascade;
    for (const auto& finalizer : app.finalizers) {
        if (isResourcesFinalizer(finalizer))
            finalizerOfCascade = finalizer;
    }
    const auto project = projectOf(app);
    std::vector<kube::ObjectPtr> owned;
    bool going = false;
    for (auto& live : clusterView(site).tracked(instanceName(app, deps.controllerNamespace))) {
        const auto liveKey = manifest::keyOf(*live);
        const auto scope = liveKey.nameSpace.empty() ? Scope::Cluster : Scope::Namespaced;
        if (isKept(app, *live) || (project && !project->permitsKind(liveKey.groupKind(), liveKey.name, scope)))
            continue;
        going = going || !manifest::text(*live, {"metadata", "deletionTimestamp"}).empty();
        owned.push_back(std::move(live));
    }
    if (going)
        return false; // their deletion wakes us
    if (owned.empty())
        return true;
    const bool needsApproval = std::any_of(owned.begin(), owned.end(), [&](const kube::ObjectPtr& live) {
        const auto options = syncOptions(*live);
        return options.contains("Delete=confirm") || options.contains("Prune=confirm")
            || app.hasOption("Delete=confirm") || app.hasOption("Prune=confirm");
    });
    if (needsApproval) {
        const auto approved = parseRfc3339(manifest::annotation(object, "argocd.argoproj.io/deletion-approved"));
        const auto deleted = parseRfc3339(manifest::text(object, {"metadata", "deletionTimestamp"}));
        if (!approved || !deleted || *approved < *deleted)
            return false;
    }
    const auto highest = std::max_element(owned.begin(), owned.end(),
                                          [](const auto& a, const auto& b) { return syncWave(*a) < syncWave(*b); });
    const auto wave = syncWave(**highest);
    for (const auto& live : owned) {
        if (syncWave(*live) != wave)
            continue;
        const auto type = site.client().resolve(manifest::apiVersion(*live), manifest::kind(*live), stop);
        if (!type) {
            log::warning("gitops", "cannot delete " + manifest::keyOf(*live).text() + ": " + type.error().text());
            continue;
        }
        kube::DeleteOptions options;
        options.propagation =
            finalizerOfCascade.ends_with("/background") ? kube::Propagation::Background : kube::Propagation::Foreground;
        options.uid = manifest::uid(*live);
        const auto removed =
            site.client().remove(*type, manifest::nameSpace(*live), manifest::name(*live), options, stop);
        audit(key, "controller", "delete", manifest::keyOf(*live).text(), {},
              removed ? "Succeeded" : "Failed: " + removed.error().message);
    }
    schedule(key, deps.clock->now() + std::chrono::seconds(2), Level::Tree);
    return false;
}

} // namespace core::gitops
