// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/plan.h"

#include "core/base/strings.h"
#include "core/diff/diff.h"
#include "core/manifest/patch.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::appset {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kPrefix = "applicationsetcontroller.";
/// Annotations that others write on generated Applications (section 9.4).
constexpr std::string_view kKeptAnnotations[] {"notified.notifications.argoproj.io", "argocd.argoproj.io/refresh",
                                               "argocd.argoproj.io/refresh-timestamp", "argocd.argoproj.io/hydrate",
                                               "argocd.argoproj.io/hydrate-timestamp"};

std::vector<std::string> listed(std::string_view commaSeparated)
{
    std::vector<std::string> out;
    for (const auto& item : split(commaSeparated, ',')) {
        if (const auto text = trim(item); !text.empty())
            out.emplace_back(text);
    }
    return out;
}

bool isDeletionHookFinalizer(std::string_view finalizer)
{
    return finalizer.starts_with("pre-delete-finalizer.argocd.argoproj.io")
        || finalizer.starts_with("post-delete-finalizer.argocd.argoproj.io");
}

const Value* controllerOf(const Value& application)
{
    for (const auto& owner : manifest::array(application, {"metadata", "ownerReferences"})) {
        if (manifest::flag(owner, {"controller"}))
            return &owner;
    }
    return nullptr;
}

Value ownerReference(const Value& applicationSet)
{
    return manifest::Object {
        {"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "ApplicationSet"}, {"name", manifest::name(applicationSet)},
        {"uid", manifest::uid(applicationSet)}, {"controller", true},       {"blockOwnerDeletion", true}};
}

/// Generated labels or annotations, with those of the live object that are kept.
Value keptOver(const Value& live, const Value& desired, const char* part, const std::vector<std::string>& kept)
{
    manifest::Object out = manifest::object(desired, {"metadata", part});
    for (const auto& key : kept) {
        if (const auto* value = find(live, {"metadata", part, key}))
            out[key] = *value;
    }
    return out;
}

/// A live Application as the set wants it.
Value mutated(const Value& applicationSet, const Value& live, const Value& desired, const Settings& settings)
{
    Value out = live;
    auto& metadata = out.get_object()["metadata"].get_object();
    std::vector<std::string> annotations(std::begin(kKeptAnnotations), std::end(kKeptAnnotations));
    for (const auto& more :
         {settings.preservedAnnotations, manifest::texts(applicationSet, {"spec", "preservedFields", "annotations"})})
        annotations.insert(annotations.end(), more.begin(), more.end());
    auto labels = settings.preservedLabels;
    for (auto& label : manifest::texts(applicationSet, {"spec", "preservedFields", "labels"}))
        labels.push_back(std::move(label));
    metadata["annotations"] = keptOver(live, desired, "annotations", annotations);
    metadata["labels"] = keptOver(live, desired, "labels", labels);
    manifest::Array finalizers = manifest::array(desired, {"metadata", "finalizers"});
    for (const auto& finalizer : manifest::array(live, {"metadata", "finalizers"})) {
        if (finalizer.is_string() && isDeletionHookFinalizer(finalizer.get_string())
            && std::find(finalizers.begin(), finalizers.end(), finalizer) == finalizers.end())
            finalizers.push_back(finalizer);
    }
    metadata["finalizers"] = std::move(finalizers);
    if (!controllerOf(live)) {
        auto& owners = metadata["ownerReferences"];
        if (!owners.is_array())
            owners.emplace_array();
        owners.get_array().push_back(ownerReference(applicationSet));
    }
    if (const auto* spec = find(desired, {"spec"}))
        out.get_object()["spec"] = *spec;
    if (const auto* operation = find(desired, {"operation"}))
        out.get_object()["operation"] = *operation;
    return out;
}

Value changeOf(const Value& applicationSet, const Value& live, const Value& desired, const Settings& settings)
{
    auto before = live;
    auto after = mutated(applicationSet, live, desired, settings);
    removeIgnored(before, applicationSet);
    removeIgnored(after, applicationSet);
    auto patch = manifest::createMergePatch(normalized(std::move(before)), normalized(std::move(after)));
    manifest::erase(patch, {"metadata", "name"}); // whatever an expression did to them
    manifest::erase(patch, {"metadata", "namespace"});
    if (const auto* metadata = find(patch, {"metadata"});
        metadata && metadata->is_object() && metadata->get_object().empty())
        manifest::erase(patch, {"metadata"});
    return patch;
}

Change deletion(const std::string& name, const Value& live, const std::vector<Cluster>& clusters)
{
    Change out {Change::Verb::Delete, name, {}, {}, {}};
    if (destinationProblem(live, clusters).empty())
        return out;
    // Nobody could ever remove what it deployed: it must not wait for that.
    manifest::Array kept;
    for (const auto& finalizer : manifest::array(live, {"metadata", "finalizers"})) {
        if (!finalizer.is_string()
            || !std::string_view(finalizer.get_string()).starts_with("resources-finalizer.argocd.argoproj.io"))
            kept.push_back(finalizer);
    }
    if (kept.size() != manifest::array(live, {"metadata", "finalizers"}).size())
        out.patch = manifest::Object {{"metadata", manifest::Object {{"finalizers", std::move(kept)}}}};
    return out;
}

} // namespace

Settings parseSettings(const Value* configMap)
{
    Settings out;
    if (!configMap)
        return out;
    const auto at = [&](std::string_view key) {
        return text(*configMap, {"data", std::string(kPrefix) + std::string(key)});
    };
    const auto flag = [&](std::string_view key, bool& place) {
        if (const auto value = at(key); !value.empty())
            place = value == "true" || value == "1";
    };
    out.policy = at("policy");
    out.policyOverride = out.policy.empty();
    flag("enable.policy.override", out.policyOverride);
    flag("enable.progressive.syncs", out.progressiveSyncs);
    flag("enable.new.git.file.globbing", out.globFiles);
    flag("enable.scm.providers", out.scmProviders);
    out.allowedScmProviders = listed(at("allowed.scm.providers"));
    out.preservedAnnotations = listed(at("global.preserved.annotations"));
    out.preservedLabels = listed(at("global.preserved.labels"));
    return out;
}

Policy policyOf(const Value& applicationSet, const Settings& settings)
{
    const auto own = text(applicationSet, {"spec", "syncPolicy", "applicationsSync"});
    const std::string_view policy = settings.policyOverride && !own.empty() ? own : std::string_view(settings.policy);
    return {policy != "create-only" && policy != "create-delete", policy != "create-only" && policy != "create-update"};
}

bool isOwned(const Value& application, const Value& applicationSet)
{
    const auto* owner = controllerOf(application);
    return owner && text(*owner, {"kind"}) == "ApplicationSet"
        && text(*owner, {"name"}) == manifest::name(applicationSet);
}

void removeIgnored(Value& application, const Value& applicationSet)
{
    std::vector<diff::IgnoreRule> rules;
    for (const auto& item : manifest::array(applicationSet, {"spec", "ignoreApplicationDifferences"})) {
        const auto name = text(item, {"name"});
        if (!name.empty() && name != manifest::name(application))
            continue;
        diff::IgnoreRule rule {"argoproj.io", "Application", {}, {}, {}, {}, {}};
        rule.jsonPointers = manifest::texts(item, {"jsonPointers"});
        rule.jqPathExpressions = manifest::texts(item, {"jqPathExpressions"});
        rules.push_back(std::move(rule));
    }
    if (!rules.empty())
        diff::removeIgnored(application, rules);
}

std::vector<Change> planApplications(const Value& applicationSet, const std::vector<Value>& valid,
                                     const std::set<std::string>& desiredNames, const Live& live,
                                     const std::vector<Cluster>& clusters, const Settings& settings)
{
    const auto policy = policyOf(applicationSet, settings);
    std::vector<Change> out;
    for (const auto& desired : valid) {
        const std::string name(manifest::name(desired));
        const auto found = live.find(name);
        if (found == live.end()) {
            Value object = desired;
            manifest::ensure(object, {"metadata", "ownerReferences"}) =
                manifest::Array {ownerReference(applicationSet)};
            out.push_back({Change::Verb::Create, name, std::move(object), {}, {}});
            continue;
        }
        const bool owned = isOwned(found->second, applicationSet);
        if (const auto* owner = controllerOf(found->second); owner && !owned) {
            out.push_back(
                {Change::Verb::Update,
                 name,
                 {},
                 {},
                 fmt::format("error while wrapping using MutateFn: Object {}/{} is already owned by another {} "
                             "controller {}",
                             manifest::nameSpace(found->second), name, text(*owner, {"kind"}),
                             text(*owner, {"name"}))});
            continue;
        }
        if (owned && !policy.update)
            continue;
        auto patch = changeOf(applicationSet, found->second, desired, settings);
        if (patch.is_object() && !patch.get_object().empty())
            out.push_back({Change::Verb::Update, name, {}, std::move(patch), {}});
    }
    if (!policy.remove)
        return out;
    for (const auto& [name, object] : live) {
        if (isOwned(object, applicationSet) && !desiredNames.contains(name)
            && !find(object, {"metadata", "deletionTimestamp"}))
            out.push_back(deletion(name, object, clusters));
    }
    return out;
}

} // namespace core::appset
