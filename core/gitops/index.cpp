// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/controller_private.h"
#include "core/gitops/hooks.h"

#include <boost/json.hpp>

namespace core::gitops {

namespace {

using manifest::Value;

bool isApplication(const manifest::ResourceKey& key)
{
    return key.group == "argoproj.io" && key.kind == "Application";
}

bool differs(const Value* before, const Value* after, manifest::Path path)
{
    const auto* a = before ? manifest::find(*before, path) : nullptr;
    const auto* b = after ? manifest::find(*after, path) : nullptr;
    if (!a || !b)
        return a != b;
    return !manifest::equal(*a, *b);
}

/// What a change of an Application itself asks for; nothing for the controller's own status writes.
std::optional<Level> applicationLevel(const Value* before, const Value* after)
{
    if (!before || !after)
        return Level::Forced;
    if (differs(before, after, {"spec"}) || differs(before, after, {"metadata", "annotations"}))
        return Level::Recent; // the refresh itself finds out what changed
    if (differs(before, after, {"operation"}) || differs(before, after, {"metadata", "deletionTimestamp"})
        || differs(before, after, {"metadata", "finalizers"})
        || differs(before, after, {"status", "operationState", "phase"}))
        return Level::Tree;
    return std::nullopt;
}

} // namespace

void ApplicationIndex::track(const manifest::ResourceKey& key, const Value* object)
{
    std::string instance;
    if (object && manifest::array(*object, {"metadata", "ownerReferences"}).empty()) {
        if (auto id = m_tracking.read(*object))
            instance = std::move(id->instance);
    }
    const auto known = m_instanceOf.find(key);
    if (known != m_instanceOf.end()) {
        if (known->second == instance)
            return;
        m_byInstance[known->second].erase(key);
        m_instanceOf.erase(known);
    }
    if (!instance.empty()) {
        m_instanceOf.emplace(key, instance);
        m_byInstance[instance].insert(key);
    }
}

std::vector<std::pair<AppKey, Level>> ApplicationIndex::observe(const kube::Cache::Change& change,
                                                                const std::string& controllerNamespace)
{
    const std::lock_guard lock(m_mutex);
    std::vector<std::pair<AppKey, Level>> result;
    const auto key = manifest::keyOf(change.object());
    const auto* before = change.before.get();
    const auto* after = change.after.get();
    if (m_applications == Applications::Here && isApplication(key)) {
        if (const auto level = applicationLevel(before, after))
            result.push_back({{key.nameSpace, key.name}, *level});
    }
    const auto oldInstance = m_instanceOf.contains(key) ? m_instanceOf.at(key) : std::string();
    track(key, after);
    const auto newInstance = m_instanceOf.contains(key) ? m_instanceOf.at(key) : std::string();
    if (const auto managers = m_managers.find(key); managers != m_managers.end()) {
        for (const auto& app : managers->second)
            result.push_back({app, Level::Recent});
        if (oldInstance == newInstance)
            return result;
    }
    for (const auto& instance : {oldInstance, newInstance}) {
        if (instance.empty())
            continue;
        const auto at = instance.find('_');
        result.push_back({at == std::string::npos ? AppKey {controllerNamespace, instance}
                                                  : AppKey {instance.substr(0, at), instance.substr(at + 1)},
                          Level::Recent});
    }
    const bool comesOrGoes = !before || !after;
    const auto watchers = m_orphanWatchers.find(key.nameSpace);
    if (comesOrGoes && key.kind != "Event" && watchers != m_orphanWatchers.end()) {
        for (const auto& app : watchers->second)
            result.push_back({app, Level::Recent});
    }
    for (const auto& owner : manifest::array(change.object(), {"metadata", "ownerReferences"})) {
        if (const auto found = m_uids.find(std::string(manifest::text(owner, {"uid"}))); found != m_uids.end())
            result.push_back({found->second, Level::Tree});
    }
    return result;
}

void ApplicationIndex::reset(const std::vector<kube::ObjectPtr>& objects, const Tracking& tracking)
{
    const std::lock_guard lock(m_mutex);
    m_tracking = tracking;
    for (const auto& object : objects)
        track(manifest::keyOf(*object), object.get());
}

void ApplicationIndex::setTree(const AppKey& app, const Comparison& comparison, const std::string& orphanNamespace)
{
    forget(app);
    const std::lock_guard lock(m_mutex);
    if (!orphanNamespace.empty())
        m_orphanWatchers[orphanNamespace].insert(app);
    auto& [keys, uids] = m_owned[app];
    for (const auto& state : comparison.resources) {
        keys.push_back(state.key);
        m_managers[state.key].insert(app);
    }
    for (const auto& node : comparison.tree) {
        if (node.uid.empty())
            continue;
        uids.push_back(node.uid);
        m_uids.insert_or_assign(node.uid, app);
    }
}

void ApplicationIndex::forget(const AppKey& app)
{
    const std::lock_guard lock(m_mutex);
    for (auto& [nameSpace, watchers] : m_orphanWatchers)
        watchers.erase(app);
    const auto found = m_owned.find(app);
    if (found == m_owned.end())
        return;
    for (const auto& key : found->second.first) {
        if (const auto managers = m_managers.find(key); managers != m_managers.end()) {
            managers->second.erase(app);
            if (managers->second.empty())
                m_managers.erase(managers);
        }
    }
    for (const auto& uid : found->second.second) {
        if (const auto owner = m_uids.find(uid); owner != m_uids.end() && owner->second == app)
            m_uids.erase(owner);
    }
    m_owned.erase(found);
}

std::vector<manifest::ResourceKey> ApplicationIndex::tracked(const std::string& instance) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_byInstance.find(instance);
    if (found == m_byInstance.end())
        return {};
    return {found->second.begin(), found->second.end()};
}

} // namespace core::gitops
