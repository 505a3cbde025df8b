// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/embedded/quota.h"
#include "core/embedded/selectors.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

/// A service's cluster address and family.
ApiResult<> allocateAddress(const Store& store, ServiceAddresses& addresses, const ResourceInfo& info, Value& object)
{
    if (manifest::text(object, {"spec", "type"}) == "ExternalName")
        return {};
    auto& spec = manifest::ensure(object, {"spec"}).get_object();
    if (!spec.contains("ipFamilies"))
        spec["ipFamilies"] = Array {"IPv4"};
    if (!spec.contains("ipFamilyPolicy"))
        spec["ipFamilyPolicy"] = "SingleStack";
    if (const auto given = manifest::text(object, {"spec", "clusterIP"}); !given.empty()) {
        if (!spec.contains("clusterIPs"))
            spec["clusterIPs"] = Array {boost::json::string(given)};
        addresses.take(given);
        return {};
    }
    const auto address = addresses.next(store);
    if (address.empty())
        return forbidden(info, manifest::name(object), "no cluster address is left");
    spec["clusterIP"] = boost::json::string(address);
    spec["clusterIPs"] = Array {boost::json::string(address)};
    return {};
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

/// A container's default limit is its maximum, its default request its default limit.
void defaultLimitRange(Value& object)
{
    auto* limits = manifest::find(object, {"spec", "limits"});
    if (limits == nullptr || !limits->is_array())
        return;
    for (auto& limit : limits->get_array()) {
        if (manifest::text(limit, {"type"}) != "Container")
            continue;
        for (const auto& [from, to] : {std::pair<std::string_view, std::string_view> {"max", "default"},
                                       {"default", "defaultRequest"},
                                       {"min", "defaultRequest"}}) {
            const auto source = manifest::object(limit, {from});
            for (const auto& member : source) {
                auto& slot = manifest::ensure(limit, {to, member.key()});
                if (slot.is_null())
                    slot = member.value();
            }
        }
    }
}

/// DefaultTolerationSeconds: pods stay for five minutes on a node that is lost.
void tolerateLostNodes(Value& pod)
{
    for (const auto* key : {"node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"}) {
        const auto& given = manifest::array(pod, {"spec", "tolerations"});
        const bool already = std::any_of(given.begin(), given.end(), [&](const Value& toleration) {
            const auto own = manifest::text(toleration, {"key"});
            const auto effect = manifest::text(toleration, {"effect"});
            return (own.empty() || own == key) && (effect.empty() || effect == "NoExecute");
        });
        if (already)
            continue;
        auto& all = manifest::ensure(pod, {"spec", "tolerations"});
        if (!all.is_array())
            all = Array();
        all.get_array().push_back(
            Object {{"key", key}, {"operator", "Exists"}, {"effect", "NoExecute"}, {"tolerationSeconds", 300}});
    }
}

ApiResult<> setPriority(const Store& store, const ResourceInfo& info, Value& object)
{
    const auto name = std::string(manifest::text(object, {"spec", "priorityClassName"}));
    std::int64_t priority = 0;
    std::string preemption = "PreemptLowerPriority";
    if (!name.empty()) {
        const auto found = store.get("scheduling.k8s.io/priorityclasses", "", name);
        if (!found)
            return forbidden(info, manifest::name(object),
                             fmt::format("no PriorityClass with name {} was found", name));
        priority = manifest::integer(found->value(), {"value"}).value_or(0);
        preemption = manifest::text(found->value(), {"preemptionPolicy"});
    }
    manifest::ensure(object, {"spec", "priority"}) = priority;
    manifest::ensure(object, {"spec", "preemptionPolicy"}) = boost::json::string(preemption);
    return {};
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

/// Takes one disruption of the budget that covers a ready pod, where there is one.
ApiResult<bool> claimDisruption(ApiServer::Private& server, const Value& pod)
{
    const auto phase = manifest::text(pod, {"status", "phase"});
    bool ready = false;
    for (const auto& condition : manifest::array(pod, {"status", "conditions"}))
        ready = ready
            || (manifest::text(condition, {"type"}) == "Ready" && manifest::text(condition, {"status"}) == "True");
    if (phase == "Succeeded" || phase == "Failed" || phase == "Pending" || !ready)
        return false;
    const auto info = server.registry()->find("policy", "v1", "poddisruptionbudgets");
    const auto& labels = manifest::object(pod, {"metadata", "labels"});
    for (const auto& budget : server.store->list(info->table, manifest::nameSpace(pod)).items) {
        const auto* selector = manifest::find(budget->value(), {"spec", "selector"});
        if (!LabelSelector::fromObject(selector).matches(labels))
            continue;
        WriteContext context;
        context.info = info;
        context.manager = "kube-apiserver";
        API_TRY(const auto updated,
                server.updateObject(
                    context, manifest::nameSpace(pod), manifest::name(budget->value()), "status",
                    [&](const Value& current) -> ApiResult<Value> {
                        const auto allowed = manifest::integer(current, {"status", "disruptionsAllowed"}).value_or(0);
                        if (allowed > 0) {
                            Value next = current;
                            manifest::ensure(next, {"status", "disruptionsAllowed"}) = allowed - 1;
                            manifest::ensure(next, {"status", "disruptedPods", manifest::name(pod)}) =
                                boost::json::string(server.now());
                            return next;
                        }
                        Failure failure;
                        failure.code = 429;
                        failure.reason = "TooManyRequests";
                        failure.message = "Cannot evict pod as it would violate the pod's disruption budget.";
                        failure.causes.push_back(
                            {"DisruptionBudget",
                             fmt::format("The disruption budget {} needs {} healthy pods and has {} currently",
                                         manifest::name(current),
                                         manifest::integer(current, {"status", "desiredHealthy"}).value_or(0),
                                         manifest::integer(current, {"status", "currentHealthy"}).value_or(0)),
                             {}});
                        return Refusal(std::move(failure));
                    }));
        return updated != nullptr;
    }
    return false;
}

} // namespace

void ServiceAddresses::take(std::string_view address)
{
    const std::scoped_lock lock(m_mutex);
    m_used.emplace(address);
}

void ServiceAddresses::read(const Store& store)
{
    m_used.clear();
    for (const auto& service : store.list("/services").items)
        m_used.emplace(manifest::text(service->value(), {"spec", "clusterIP"}));
    m_next = kFirst;
}

std::string ServiceAddresses::next(const Store& store)
{
    constexpr int kEnd = 64'000; // 10.96.255.250
    const std::scoped_lock lock(m_mutex);
    bool fresh = m_next < kFirst;
    if (fresh)
        read(store);
    while (true) {
        for (; m_next < kEnd; ++m_next)
            if (auto address = fmt::format("10.96.{}.{}", m_next / 250, m_next % 250 + 1);
                m_used.insert(address).second)
                return address;
        if (std::exchange(fresh, true))
            return {};
        read(store);
    }
}

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
    completeNew(info, object);
    if (info.table == "/services") {
        API_CHECK(allocateAddress(*store, serviceAddresses, info, object));
        allocateNodePorts(*store, object);
    } else if (info.table == "/persistentvolumeclaims") {
        defaultStorageClass(*store, object);
    } else if (info.table == "/limitranges") {
        defaultLimitRange(object);
    }
    if (info.table == "/pods") {
        tolerateLostNodes(object);
        API_CHECK(setPriority(*store, info, object));
        API_CHECK(admitLimits(*store, info, object));
        setQosClass(object);
    }
    if (!info.namespaced || store->count("/resourcequotas", nameSpace) == 0)
        return {};
    // Held until the object is stored, so that two cannot both take the last place.
    context.quota = std::unique_lock(admission);
    return admitQuota(*store, registry(), info, object);
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
    API_CHECK(allocateAddress(*store, serviceAddresses, *context.info, object));
    allocateNodePorts(*store, object);
    return {};
}

ApiResult<kube::Response> ApiServer::Private::evict(const ApiRequest& request, const ResourcePtr& info)
{
    API_TRY(const auto body, decodeBody(request, maxBodyBytes));
    API_TRY(const auto pod, load(*info, request));
    API_CHECK(claimDisruption(*this, pod->value()));
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
