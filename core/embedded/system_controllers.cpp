// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/system_controllers.h"

#include "core/base/log.h"
#include "core/embedded/api_server.h"
#include "core/embedded/definitions.h"
#include "core/embedded/quota.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <deque>
#include <set>
#include <thread>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

constexpr std::string_view kRootCertificate = "kube-root-ca.crt";

/// Where an object is.
struct Place
{
    std::string table, nameSpace, name;
    friend auto operator<=>(const Place&, const Place&) = default;
};

constexpr std::string_view kForeground = "foregroundDeletion";

bool isDeleting(const Value& object)
{
    return manifest::find(object, {"metadata", "deletionTimestamp"}) != nullptr;
}

bool has(const Value& object, std::string_view finalizer)
{
    for (const auto& item : manifest::array(object, {"metadata", "finalizers"}))
        if (item.is_string() && item.get_string() == finalizer)
            return true;
    return false;
}

} // namespace

struct SystemControllers::Private
{
    ApiServer& server;

    std::map<std::string, std::uint64_t, std::less<>> cursors; ///< per table: events seen up to here
    std::map<std::string, Place, std::less<>> byUid;
    std::map<std::string, std::set<Place>, std::less<>> dependents; ///< of an owner's uid
    std::map<Place, std::vector<std::string>> owners; ///< uids, to keep dependents true
    std::set<Place> dirty;

    explicit Private(ApiServer& api)
        : server(api)
    {
    }

    // Requests go the way of every client, so that all rules hold for us too.
    kube::Response send(std::string method, const ResourceInfo& info, const Place& place, std::string_view sub,
                        Value body, std::string_view contentType = "application/json") const
    {
        kube::Request request;
        request.method = std::move(method);
        request.path = fmt::format("/{}/{}{}/{}", info.group.empty() ? "api" : "apis", info.apiVersion(),
                                   place.nameSpace.empty() ? "" : "/namespaces/" + place.nameSpace, info.plural);
        if (!place.name.empty())
            request.path += "/" + place.name;
        if (!sub.empty())
            request.path += fmt::format("/{}", sub);
        request.path += "?fieldManager=kube-controller-manager";
        request.headers.emplace_back("content-type", contentType);
        if (!body.is_null())
            request.body = boost::json::serialize(body);
        return server.handle(request);
    }

    [[nodiscard]] StoredPtr load(const Place& place) const
    {
        return server.store().get(place.table, place.nameSpace, place.name);
    }

    void remove(const Place& place, const Value& object, std::string_view policy) const
    {
        const auto info = server.registry()->byTable(place.table);
        if (info)
            (void)send("DELETE", *info, place, {},
                       Object {{"propagationPolicy", boost::json::string(policy)},
                               {"preconditions", Object {{"uid", boost::json::string(manifest::uid(object))}}}});
    }

    void forget(const Place& place)
    {
        const auto it = owners.find(place);
        if (it == owners.end())
            return;
        for (const auto& uid : it->second) {
            const auto set = dependents.find(uid);
            if (set == dependents.end())
                continue;
            set->second.erase(place);
            if (set->second.empty())
                dependents.erase(set);
        }
        owners.erase(it);
    }

    void index(const Place& place, const Value& object)
    {
        byUid[std::string(manifest::uid(object))] = place;
        forget(place);
        std::vector<std::string> uids;
        for (const auto& owner : manifest::array(object, {"metadata", "ownerReferences"}))
            uids.emplace_back(manifest::text(owner, {"uid"}));
        for (const auto& uid : uids)
            dependents[uid].insert(place);
        if (!uids.empty()) {
            owners[place] = std::move(uids);
            dirty.insert(place);
        }
        if (isDeleting(object))
            dirty.insert(place);
        if (const auto phase = manifest::text(object, {"status", "phase"}); phase == "Succeeded" || phase == "Failed")
            claimsOf(place, object);
        if (place.table == "/namespaces" || place.table == "/resourcequotas")
            dirty.insert(place);
    }

    void ownersOf(const Place& place)
    {
        // An owner that waits for its dependents looks again when one of them changes.
        const auto it = owners.find(place);
        if (it == owners.end())
            return;
        for (const auto& uid : it->second)
            if (const auto owner = byUid.find(uid); owner != byUid.end())
                dirty.insert(owner->second);
    }

    void gone(const Place& place, const Value& object)
    {
        claimsOf(place, object);
        ownersOf(place);
        forget(place);
        const auto uid = manifest::uid(object);
        if (const auto it = byUid.find(uid); it != byUid.end() && it->second == place)
            byUid.erase(it);
        if (const auto it = dependents.find(uid); it != dependents.end())
            dirty.insert(it->second.begin(), it->second.end());
        const bool published = (place.table == "/serviceaccounts" && place.name == "default")
            || (place.table == "/configmaps" && place.name == kRootCertificate);
        if (!place.nameSpace.empty())
            if (const auto ns = server.store().get("/namespaces", "", place.nameSpace);
                ns && (published || isDeleting(ns->value())))
                dirty.insert({"/namespaces", "", place.nameSpace});
        if (const auto dot = place.table.find('/'); dot > 0)
            dirty.insert({"apiextensions.k8s.io/customresourcedefinitions", "",
                          place.table.substr(dot + 1) + "." + place.table.substr(0, dot)});
    }

    /// Claims look again whether they may go when a pod that used them has ended.
    void claimsOf(const Place& place, const Value& pod)
    {
        if (place.table != "/pods")
            return;
        for (const auto& volume : manifest::array(pod, {"spec", "volumes"}))
            if (const auto claim = manifest::text(volume, {"persistentVolumeClaim", "claimName"}); !claim.empty())
                dirty.insert({"/persistentvolumeclaims", place.nameSpace, std::string(claim)});
    }

    [[nodiscard]] bool isUsed(const Place& claim) const
    {
        for (const auto& stored : server.store().list("/pods", claim.nameSpace).items) {
            const auto& pod = stored->value();
            const auto phase = manifest::text(pod, {"status", "phase"});
            if (phase == "Succeeded" || phase == "Failed")
                continue;
            for (const auto& volume : manifest::array(pod, {"spec", "volumes"}))
                if (manifest::text(volume, {"persistentVolumeClaim", "claimName"}) == claim.name)
                    return true;
        }
        return false;
    }

    void reconcileProtection(const Place& place, const Value& object) const
    {
        if (!isDeleting(object))
            return;
        if (place.table == "/persistentvolumeclaims" && has(object, "kubernetes.io/pvc-protection") && !isUsed(place))
            dropFinalizer(place, object, "kubernetes.io/pvc-protection");
        if (place.table == "/persistentvolumes" && has(object, "kubernetes.io/pv-protection")
            && manifest::text(object, {"status", "phase"}) != "Bound")
            dropFinalizer(place, object, "kubernetes.io/pv-protection");
    }

    static Place placeOf(const std::string& table, const Value& object)
    {
        return {table, std::string(manifest::nameSpace(object)), std::string(manifest::name(object))};
    }

    void relist(const std::string& table)
    {
        const auto listing = server.store().list(table);
        cursors[table] = listing.version;
        for (const auto& item : listing.items)
            index(placeOf(table, item->value()), item->value());
    }

    void collect()
    {
        std::set<std::string> touched;
        const auto registry = server.registry(); // a new one takes its place when a definition comes
        for (const auto& info : registry->tables()) {
            const auto& table = info->table;
            const auto cursor = cursors.find(table);
            if (cursor == cursors.end()) {
                relist(table);
                continue;
            }
            auto events = server.store().events(table, cursor->second, 5000);
            if (!events) {
                relist(table);
                continue;
            }
            for (const auto& event : *events) {
                cursor->second = event.version;
                const auto& object = event.object->value();
                const auto place = placeOf(table, object);
                if (!place.nameSpace.empty())
                    touched.insert(place.nameSpace);
                if (event.type == StoreEvent::Type::Deleted) {
                    gone(place, object);
                } else {
                    index(place, object);
                    ownersOf(place);
                }
            }
        }
        if (server.store().count("/resourcequotas") == 0)
            return;
        for (const auto& nameSpace : touched)
            for (const auto& quota : server.store().list("/resourcequotas", nameSpace).items)
                dirty.insert(placeOf("/resourcequotas", quota->value()));
    }

    /// What a quota bounds and what is used of it.
    void reconcileQuota(const Place& place, const Value& object) const
    {
        const auto& hard = manifest::object(object, {"spec", "hard"});
        Object used;
        for (const auto& [name, amount] : usageOfNamespace(server.store(), server.registry(), place.nameSpace, hard))
            used[name] = boost::json::string(amount.canonical());
        if (manifest::equal(Value(hard), Value(manifest::object(object, {"status", "hard"})))
            && manifest::equal(Value(used), Value(manifest::object(object, {"status", "used"}))))
            return;
        const auto info = server.registry()->byTable(place.table);
        Value next = object;
        manifest::ensure(next, {"status"}) = Object {{"hard", hard}, {"used", std::move(used)}};
        (void)send("PUT", *info, place, "status", std::move(next));
    }

    enum class Ownership : std::uint8_t { Solid, Waiting, Dangling };

    [[nodiscard]] Ownership classify(const Value& reference, const Place& dependent) const
    {
        const auto it = byUid.find(manifest::text(reference, {"uid"}));
        if (it == byUid.end())
            return Ownership::Dangling;
        const auto owner = load(it->second);
        if (!owner || manifest::uid(owner->value()) != manifest::text(reference, {"uid"}))
            return Ownership::Dangling;
        if (!it->second.nameSpace.empty() && it->second.nameSpace != dependent.nameSpace)
            return Ownership::Dangling;
        return isDeleting(owner->value()) && has(owner->value(), kForeground) ? Ownership::Waiting : Ownership::Solid;
    }

    void reconcileOwners(const Place& place, const Value& object)
    {
        const auto& references = manifest::array(object, {"metadata", "ownerReferences"});
        if (references.empty())
            return;
        Array solid;
        bool waiting = false;
        for (const auto& reference : references) {
            const auto kind = classify(reference, place);
            if (kind == Ownership::Solid)
                solid.push_back(reference);
            waiting = waiting || kind == Ownership::Waiting;
        }
        if (solid.size() == references.size())
            return;
        const auto info = server.registry()->byTable(place.table);
        if (!info)
            return;
        if (!solid.empty()) {
            (void)send("PATCH", *info, place, {},
                       Object {{"metadata",
                                Object {{"uid", boost::json::string(manifest::uid(object))},
                                        {"ownerReferences", std::move(solid)}}}},
                       "application/merge-patch+json");
            return;
        }
        if (isDeleting(object))
            return;
        if (waiting && dependents.contains(manifest::uid(object)))
            remove(place, object, "Foreground");
        else
            remove(place, object,
                   has(object, "orphan")          ? "Orphan"
                       : has(object, kForeground) ? "Foreground"
                                                  : "Background");
    }

    void dropFinalizer(const Place& place, const Value& object, std::string_view finalizer) const
    {
        const auto info = server.registry()->byTable(place.table);
        if (!info)
            return;
        Array rest;
        for (const auto& item : manifest::array(object, {"metadata", "finalizers"}))
            if (!item.is_string() || item.get_string() != finalizer)
                rest.push_back(item);
        Value list = rest.empty() ? Value() : Value(std::move(rest));
        (void)send("PATCH", *info, place, {},
                   Object {{"metadata",
                            Object {{"resourceVersion", *manifest::find(object, {"metadata", "resourceVersion"})},
                                    {"finalizers", std::move(list)}}}},
                   "application/merge-patch+json");
    }

    void reconcileDeletion(const Place& place, const Value& object)
    {
        const auto it = dependents.find(manifest::uid(object));
        const auto children = it == dependents.end() ? std::set<Place> {} : it->second;
        if (has(object, "orphan")) {
            for (const auto& child : children)
                release(child, manifest::uid(object));
            dropFinalizer(place, object, "orphan");
        } else if (has(object, kForeground)) {
            bool blocked = false;
            for (const auto& child : children) {
                const auto stored = load(child);
                if (!stored)
                    continue;
                for (const auto& reference : manifest::array(stored->value(), {"metadata", "ownerReferences"}))
                    if (manifest::text(reference, {"uid"}) == manifest::uid(object))
                        blocked = blocked || manifest::flag(reference, {"blockOwnerDeletion"});
                dirty.insert(child);
            }
            if (!blocked)
                dropFinalizer(place, object, kForeground);
        }
    }

    void release(const Place& child, std::string_view owner) const
    {
        const auto stored = load(child);
        const auto info = server.registry()->byTable(child.table);
        if (!stored || !info)
            return;
        Array rest;
        for (const auto& reference : manifest::array(stored->value(), {"metadata", "ownerReferences"}))
            if (manifest::text(reference, {"uid"}) != owner)
                rest.push_back(reference);
        Value list = rest.empty() ? Value() : Value(std::move(rest));
        (void)send("PATCH", *info, child, {}, Object {{"metadata", Object {{"ownerReferences", std::move(list)}}}},
                   "application/merge-patch+json");
    }

    void reconcileNamespace(const Place& place, const Value& object)
    {
        if (!isDeleting(object)) {
            const auto ensure = [&](std::string_view plural, Value content) {
                const auto info = server.registry()->find("", "v1", plural);
                const auto name = std::string(manifest::name(content));
                if (!server.store().get(info->table, place.name, name))
                    (void)send("POST", *info, {info->table, place.name, {}}, {}, std::move(content));
            };
            ensure(
                "serviceaccounts",
                Object {{"kind", "ServiceAccount"}, {"apiVersion", "v1"}, {"metadata", Object {{"name", "default"}}}});
            ensure("configmaps",
                   Object {{"kind", "ConfigMap"},
                           {"apiVersion", "v1"},
                           {"metadata",
                            Object {{"name", kRootCertificate},
                                    {"annotations",
                                     Object {{"kubernetes.io/description",
                                              "Holds a CA bundle that can verify the API "
                                              "server of this cluster."}}}}},
                           {"data", Object {{"ca.crt", ""}}}});
            return;
        }
        std::size_t remaining = 0;
        std::vector<std::string> held;
        const auto registry = server.registry(); // a new one takes its place when a definition comes
        for (const auto& info : registry->tables()) {
            if (!info->namespaced)
                continue;
            const auto items = server.store().list(info->table, place.name).items;
            if (items.empty())
                continue;
            for (const auto& item : items)
                if (!isDeleting(item->value()))
                    remove(placeOf(info->table, item->value()), item->value(), "Background");
            const auto left = server.store().count(info->table, place.name);
            remaining += left;
            if (left > 0)
                held.push_back(fmt::format("{}.{} has {} resource instances", info->plural, info->group, left));
        }
        if (remaining > 0) {
            writeNamespaceConditions(place, held);
            return;
        }
        Value empty = object;
        manifest::erase(empty, {"spec", "finalizers"});
        const auto info = server.registry()->find("", "v1", "namespaces");
        (void)send("PUT", *info, place, "finalize", std::move(empty));
    }

    void writeNamespaceConditions(const Place& place, const std::vector<std::string>& held) const
    {
        const auto now = boost::json::string(formatRfc3339(server.clock().now()));
        const auto condition = [&](std::string_view type, std::string_view status, std::string_view reason,
                                   std::string_view message) {
            return Value(Object {{"type", boost::json::string(type)},
                                 {"status", boost::json::string(status)},
                                 {"lastTransitionTime", now},
                                 {"reason", boost::json::string(reason)},
                                 {"message", boost::json::string(message)}});
        };
        const auto message = fmt::format("Some resources are remaining: {}", fmt::join(held, ", "));
        const auto current = load(place);
        if (!current)
            return;
        for (const auto& item : manifest::array(current->value(), {"status", "conditions"}))
            if (manifest::text(item, {"type"}) == "NamespaceContentRemaining"
                && manifest::text(item, {"message"}) == message)
                return;
        Array conditions;
        conditions.push_back(condition("NamespaceDeletionDiscoveryFailure", "False", "ResourcesDiscovered",
                                       "All resources successfully discovered"));
        conditions.push_back(condition("NamespaceDeletionGroupVersionParsingFailure", "False", "ParsedGroupVersions",
                                       "All legacy kube types successfully parsed"));
        conditions.push_back(condition("NamespaceDeletionContentFailure", "False", "ContentDeleted",
                                       "All content successfully deleted, may be waiting on finalization"));
        conditions.push_back(condition("NamespaceContentRemaining", "True", "SomeResourcesRemain", message));
        conditions.push_back(condition("NamespaceFinalizersRemaining", "False", "ContentHasNoFinalizers",
                                       "All content-preserving finalizers finished"));
        const auto info = server.registry()->find("", "v1", "namespaces");
        (void)send("PATCH", *info, place, "status", Object {{"status", Object {{"conditions", std::move(conditions)}}}},
                   "application/merge-patch+json");
    }

    void reconcileDefinition(const Place& place, const Value& object)
    {
        if (!isDeleting(object) || !has(object, kDefinitionFinalizer))
            return;
        const auto table = std::string(manifest::text(object, {"spec", "group"})) + "/"
            + std::string(manifest::text(object, {"spec", "names", "plural"}));
        for (const auto& item : server.store().list(table).items)
            if (!isDeleting(item->value()))
                remove(placeOf(table, item->value()), item->value(), "Background");
        if (server.store().count(table) == 0)
            dropFinalizer(place, object, kDefinitionFinalizer);
    }

    void reconcile(const Place& place)
    {
        const auto stored = load(place);
        if (!stored)
            return;
        const auto& object = stored->value();
        reconcileOwners(place, object);
        if (isDeleting(object))
            reconcileDeletion(place, object);
        if (place.table == "/namespaces")
            reconcileNamespace(place, object);
        else if (place.table == "/persistentvolumeclaims" || place.table == "/persistentvolumes")
            reconcileProtection(place, object);
        else if (place.table == "/resourcequotas")
            reconcileQuota(place, object);
        else if (place.table == "apiextensions.k8s.io/customresourcedefinitions")
            reconcileDefinition(place, object);
    }

    void run(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            const auto seen = server.store().version();
            collect();
            auto work = std::exchange(dirty, {});
            for (const auto& place : work) {
                if (stop.stop_requested())
                    return;
                reconcile(place);
            }
            if (dirty.empty())
                server.store().waitAny(seen, std::chrono::steady_clock::now() + std::chrono::seconds(30), stop);
        }
    }

    std::jthread thread;
};

SystemControllers::SystemControllers(ApiServer& server)
    : m_d(std::make_unique<Private>(server))
{
    m_d->thread = std::jthread([d = m_d.get()](const std::stop_token& stop) { d->run(stop); });
}

SystemControllers::~SystemControllers() = default; // the thread is the last member: it ends before what it uses

} // namespace core::embedded
