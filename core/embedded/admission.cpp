// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

/// A service's cluster address, from a counter over those in use.
ApiResult<> allocateAddress(const Store& store, const ResourceInfo& info, Value& object)
{
    const auto type = manifest::text(object, {"spec", "type"});
    if (type == "ExternalName" || !manifest::text(object, {"spec", "clusterIP"}).empty())
        return {};
    std::set<std::string, std::less<>> used;
    for (const auto& service : store.list("/services").items)
        used.emplace(manifest::text(service->value(), {"spec", "clusterIP"}));
    for (int i = 10; i < 65'000; ++i) {
        const auto address = fmt::format("10.96.{}.{}", i / 250, i % 250 + 1);
        if (used.contains(address))
            continue;
        manifest::ensure(object, {"spec", "clusterIP"}) = boost::json::string(address);
        Array all;
        all.emplace_back(boost::json::string(address));
        manifest::ensure(object, {"spec", "clusterIPs"}) = std::move(all);
        return {};
    }
    return forbidden(info, manifest::name(object), "no cluster address is left");
}

void allocateNodePorts(const Store& store, Value& object)
{
    const auto type = manifest::text(object, {"spec", "type"});
    auto* ports = manifest::find(object, {"spec", "ports"});
    if ((type != "NodePort" && type != "LoadBalancer") || ports == nullptr || !ports->is_array())
        return;
    std::set<std::int64_t> used;
    for (const auto& service : store.list("/services").items)
        for (const auto& port : manifest::array(service->value(), {"spec", "ports"}))
            used.insert(manifest::integer(port, {"nodePort"}).value_or(0));
    std::int64_t next = 30'000;
    for (auto& port : ports->get_array()) {
        if (manifest::integer(port, {"nodePort"}).value_or(0) != 0)
            continue;
        while (used.contains(next))
            ++next;
        used.insert(next);
        manifest::ensure(port, {"nodePort"}) = next;
    }
}

void defaultStorageClass(const Store& store, Value& object)
{
    if (manifest::find(object, {"spec", "storageClassName"}) != nullptr)
        return;
    for (const auto& item : store.list("storage.k8s.io/storageclasses").items)
        if (manifest::annotation(item->value(), "storageclass.kubernetes.io/is-default-class") == "true") {
            manifest::ensure(object, {"spec", "storageClassName"}) = boost::json::string(manifest::name(item->value()));
            return;
        }
}

} // namespace

ApiResult<> ApiServer::Private::admitCreate(WriteContext& context, Value& object)
{
    const auto& info = *context.info;
    const auto nameSpace = std::string(manifest::nameSpace(object));
    if (info.namespaced) {
        const auto owner = store->get("/namespaces", "", nameSpace);
        if (!owner) {
            const auto namespaces = registry()->find("", "v1", "namespaces");
            return notFound(*namespaces, nameSpace);
        }
        if (manifest::find(owner->value(), {"metadata", "deletionTimestamp"}) != nullptr)
            return forbidden(
                info, manifest::name(object),
                fmt::format("unable to create new content in namespace {} because it is being terminated", nameSpace),
                {{"NamespaceTerminating", fmt::format("namespace {} is being terminated", nameSpace),
                  "metadata.namespace"}});
    }
    if (info.table == "/services") {
        API_CHECK(allocateAddress(*store, info, object));
        allocateNodePorts(*store, object);
    } else if (info.table == "/persistentvolumeclaims") {
        defaultStorageClass(*store, object);
    }
    return {};
}

ApiResult<> ApiServer::Private::admitUpdate(WriteContext& context, const Value& current, Value& object)
{
    if (context.info->table != "/services")
        return {};
    for (const auto* key : {"clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"})
        if (const auto* value = manifest::find(current, {"spec", key}); value != nullptr
            && manifest::find(object, {"spec", key}) == nullptr
            && manifest::text(object, {"spec", "type"}) != "ExternalName")
            manifest::ensure(object, {"spec", key}) = *value;
    API_CHECK(allocateAddress(*store, *context.info, object));
    allocateNodePorts(*store, object);
    return {};
}

ApiResult<kube::Response> ApiServer::Private::evict(const ApiRequest& request, const ResourcePtr& info)
{
    API_TRY(const auto body, decodeBody(request, maxBodyBytes));
    API_TRY(const auto pod, load(*info, request));
    DeleteRequest options;
    options.grace = manifest::integer(body, {"deleteOptions", "gracePeriodSeconds"});
    options.propagation = manifest::text(body, {"deleteOptions", "propagationPolicy"});
    API_TRY(const auto removed, removeObject(*info, request.nameSpace, request.name, options));
    return jsonResponse(
        201,
        Value(Object {
            {"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", Object()}, {"status", "Success"}, {"code", 201}}));
}

} // namespace core::embedded
