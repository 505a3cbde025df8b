// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/controller_private.h"
#include "core/gitops/hooks.h"
#include "core/gitops/status.h"
#include "core/manifest/patch.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

/// PreDelete and PostDelete hooks (section 1.11).
namespace core::gitops {

namespace {

using manifest::Value;

std::string finalizerOf(DeletionStage stage)
{
    return std::string(stage == DeletionStage::Pre ? "pre" : "post") + "-delete-finalizer.argocd.argoproj.io";
}

std::string_view hookOf(DeletionStage stage)
{
    return stage == DeletionStage::Pre ? "PreDelete" : "PostDelete";
}

bool isOf(DeletionStage stage, const std::vector<std::string>& types)
{
    return std::find(types.begin(), types.end(), hookOf(stage)) != types.end();
}

} // namespace

std::string deletionFinalizer(DeletionStage stage, bool cleanup)
{
    return finalizerOf(stage) + (cleanup ? "/cleanup" : "");
}

/// Finalizers follow what the manifests contain.
void ApplicationController::Private::keepDeletionFinalizers(const AppKey& key, const Value& object,
                                                            const Comparison& comparison, std::stop_token stop)
{
    manifest::Array finalizers = manifest::array(object, {"metadata", "finalizers"});
    const auto before = finalizers;
    for (const auto stage : {DeletionStage::Pre, DeletionStage::Post}) {
        const bool wanted = std::any_of(comparison.deletionHooks.begin(), comparison.deletionHooks.end(),
                                        [&](const ResourceState& state) { return isOf(stage, state.hookTypes); });
        for (const bool cleanup : {false, true}) {
            const Value name = boost::json::string(deletionFinalizer(stage, cleanup));
            const auto found = std::find(finalizers.begin(), finalizers.end(), name);
            if (wanted && found == finalizers.end())
                finalizers.push_back(name);
            else if (!wanted && found != finalizers.end())
                finalizers.erase(found);
        }
    }
    if (finalizers == before)
        return;
    Value change = manifest::Object();
    manifest::ensure(change, {"metadata", "finalizers"}) = Value(std::move(finalizers));
    (void)patch(key, change, stop); // the next refresh tries again
}

/// Creates the hooks of a stage that are not there and waits for all of them; true when they are done.
bool ApplicationController::Private::runDeletionHooks(const Site& site, const AppKey& key, const Value& object,
                                                      DeletionStage stage, std::stop_token stop)
{
    const auto app = parseApplication(object);
    const auto later = [&](std::string message) {
        deletionError(key, object, std::move(message), stop);
        schedule(key, deps.clock->now() + std::chrono::seconds(10), Level::Tree);
        return false;
    };
    auto known = cached.find(key);
    if (known == cached.end() || known->second.rendered.outputs.empty()) {
        auto rendered = renderSources(app, app.sources, {}, *deps.renderer, resolveFor(app), factsOf(site, stop), stop,
                                      tagsFor(app), instanceName(app, deps.controllerNamespace));
        if (!rendered)
            return later(rendered.error().message);
        known =
            cached.insert_or_assign(key, Cached {std::move(*rendered), {}, site.destination->server, deps.clock->now()})
                .first;
    }
    const auto comparison = compareRendered(site, app, object, projectOf(app), known->second.rendered);
    const auto scripts = customizations();
    bool done = true;
    std::string problem;
    for (const auto& hook : comparison.deletionHooks) {
        if (!isOf(stage, hook.hookTypes))
            continue;
        auto desired = hook.desired;
        auto hookKey = hook.key;
        if (hookKey.name.empty()) { // generated: the same name in every look
            auto copy = *desired;
            hookKey.name = fmt::format("{}{}", manifest::text(copy, {"metadata", "generateName"}),
                                       std::string(manifest::uid(object)).substr(0, 8));
            manifest::erase(copy, {"metadata", "generateName"});
            manifest::ensure(copy, {"metadata", "name"}) = boost::json::string(hookKey.name);
            desired = std::make_shared<Value>(std::move(copy));
        }
        const auto live = site.cache().get(hookKey);
        if (!live) {
            done = false;
            kube::WriteOptions options;
            options.fieldManager = "argocd-controller";
            const auto created = site.client().create(*desired, options, stop);
            if (created)
                site.cache().observe(*created);
            else if (created.error().code != Error::Code::AlreadyExists)
                problem = created.error().message;
            if (created)
                audit(key, "controller", std::string(hookOf(stage)), hookKey.text(), {}, "Succeeded");
            continue;
        }
        const auto state = health::assess(*live, scripts.get());
        if (!state || state->status == health::Status::Healthy)
            continue;
        done = false;
        if (state->status != health::Status::Degraded)
            continue;
        problem = fmt::format("{} hook {} failed: {}", hookOf(stage), hookKey.name, state->message);
        if (manifest::text(*live, {"metadata", "deletionTimestamp"}).empty())
            removeLive(site, *live, kube::Propagation::Background, stop);
    }
    if (!problem.empty())
        return later(problem);
    return done;
}

/// Deletes the hooks whose policy says so; true when they are gone.
bool ApplicationController::Private::cleanDeletionHooks(const Site& site, const AppKey& key, const Value& object,
                                                        DeletionStage stage, std::stop_token stop)
{
    const auto app = parseApplication(object);
    const auto scripts = customizations();
    std::vector<kube::ObjectPtr> hooks;
    bool failed = false;
    for (auto& live : clusterView(site).tracked(instanceName(app, deps.controllerNamespace))) {
        if (!isOf(stage, hookTypes(*live)))
            continue;
        const auto state = health::assess(*live, scripts.get());
        failed = failed || (state && state->status == health::Status::Degraded);
        hooks.push_back(std::move(live));
    }
    bool gone = true;
    for (const auto& live : hooks) {
        if (!hookDeletePolicies(*live).contains(failed ? "HookFailed" : "HookSucceeded"))
            continue;
        gone = false;
        if (manifest::text(*live, {"metadata", "deletionTimestamp"}).empty())
            removeLive(site, *live, kube::Propagation::Background, stop);
    }
    if (!gone)
        schedule(key, deps.clock->now() + std::chrono::seconds(2), Level::Tree);
    return gone;
}

void ApplicationController::Private::removeLive(const Site& site, const Value& live, kube::Propagation propagation,
                                                std::stop_token stop)
{
    const auto type = site.client().resolve(manifest::apiVersion(live), manifest::kind(live), stop);
    if (!type)
        return;
    kube::DeleteOptions options;
    options.propagation = propagation;
    options.uid = manifest::uid(live);
    (void)site.client().remove(*type, manifest::nameSpace(live), manifest::name(live), options,
                               stop); // looked at again
}

void ApplicationController::Private::deletionError(const AppKey& key, const Value& object, std::string message,
                                                   std::stop_token stop)
{
    const auto* found = manifest::find(object, {"status"});
    const Value before = found && found->is_object() ? *found : Value(manifest::Object());
    Value status = before;
    mergeConditions(status, {{"DeletionError", std::move(message)}}, {"DeletionError"}, deps.clock->now());
    const auto difference = manifest::createMergePatch(before, status);
    if (difference.get_object().empty())
        return;
    Value change = manifest::Object();
    manifest::ensure(change, {"status"}) = difference;
    (void)patch(key, change, stop);
}

} // namespace core::gitops
