// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/quota.h"

#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Object;
using manifest::Quantity;
using manifest::Value;

namespace {

void add(Usage& usage, std::string_view name, const Quantity& amount)
{
    const auto it = usage.find(name);
    if (it == usage.end())
        usage.emplace(std::string(name), amount);
    else
        it->second += amount;
}

Quantity one()
{
    return Quantity::parse(std::string_view("1")).value_or(Quantity());
}

void addResources(Usage& usage, const Value& container, std::string_view kind)
{
    for (const auto& member : manifest::object(container, {"resources", kind})) {
        const auto amount = Quantity::parse(member.value());
        if (!amount)
            continue;
        const std::string_view name = member.key();
        add(usage, fmt::format("{}.{}", kind, name), *amount);
        if (kind == "requests" && (name == "cpu" || name == "memory" || name == "ephemeral-storage"))
            add(usage, name, *amount);
    }
}

bool isFinished(const Value& pod)
{
    const auto phase = manifest::text(pod, {"status", "phase"});
    return phase == "Succeeded" || phase == "Failed";
}

/// Which table a resource of a quota is counted in.
std::string tableOf(const RegistryPtr& registry, std::string_view resource)
{
    if (resource.starts_with("count/")) {
        resource.remove_prefix(6);
        const auto dot = resource.find('.');
        return dot == std::string_view::npos
            ? "/" + std::string(resource)
            : std::string(resource.substr(dot + 1)) + "/" + std::string(resource.substr(0, dot));
    }
    if (resource == "requests.storage" || resource == "persistentvolumeclaims")
        return "/persistentvolumeclaims";
    if (resource.starts_with("services"))
        return "/services";
    if (registry->find("", "v1", resource))
        return "/" + std::string(resource);
    return "/pods";
}

std::string list(const std::vector<std::pair<std::string, Quantity>>& items)
{
    std::vector<std::string> parts;
    for (const auto& [name, amount] : items)
        parts.push_back(fmt::format("{}={}", name, amount.canonical()));
    return fmt::format("{}", fmt::join(parts, ","));
}

/// One entry of a limit range for containers.
ApiResult<> checkContainer(const ResourceInfo& info, const Value& pod, const Value& container, const Value& limits)
{
    const auto refuse = [&](std::string_view bound, std::string_view resource, std::string_view limit,
                            std::string_view what, std::string_view given) {
        return forbidden(
            info, manifest::name(pod),
            fmt::format("{} {} usage per Container is {}, but {} is {}", bound, resource, limit, what, given));
    };
    for (const auto& member : manifest::object(limits, {"max"})) {
        const auto bound = Quantity::parse(member.value());
        const auto* limit = manifest::find(container, {"resources", "limits", member.key()});
        if (!bound)
            continue;
        if (limit == nullptr)
            return forbidden(info, manifest::name(pod),
                             fmt::format("maximum {} usage per Container is {}.  No limit is specified",
                                         std::string_view(member.key()), bound->canonical()));
        if (const auto value = Quantity::parse(*limit); value && *bound < *value)
            return refuse("maximum", member.key(), bound->canonical(), "limit", value->canonical());
    }
    for (const auto& member : manifest::object(limits, {"min"})) {
        const auto bound = Quantity::parse(member.value());
        const auto* request = manifest::find(container, {"resources", "requests", member.key()});
        if (!bound)
            continue;
        if (request == nullptr)
            return forbidden(info, manifest::name(pod),
                             fmt::format("minimum {} usage per Container is {}.  No request is specified",
                                         std::string_view(member.key()), bound->canonical()));
        if (const auto value = Quantity::parse(*request); value && *value < *bound)
            return refuse("minimum", member.key(), bound->canonical(), "request", value->canonical());
    }
    return {};
}

/// Says in `set` what it sets, in the words of the annotation.
void fillDefaults(Value& container, std::string_view what, const Value& limits, std::vector<std::string>& set)
{
    const auto fill = [&](std::string_view from, std::string_view to) {
        std::vector<std::string> names;
        for (const auto& member : manifest::object(limits, {from})) {
            auto& slot = manifest::ensure(container, {"resources", to, member.key()});
            if (slot.is_null()) {
                slot = member.value();
                names.emplace_back(member.key());
            }
        }
        std::sort(names.begin(), names.end());
        return names;
    };
    const auto say = [&](const std::vector<std::string>& names, std::string_view word) {
        if (!names.empty())
            set.push_back(fmt::format("{} {} for {} {}", fmt::join(names, ", "), word, what,
                                      manifest::text(container, {"name"})));
    };
    const auto limited = fill("default", "limits");
    // A limit without a request is its own request, before the range's default request counts.
    const auto own = manifest::object(container, {"resources", "limits"});
    const auto requested = fill("defaultRequest", "requests");
    for (const auto& member : own) {
        auto& slot = manifest::ensure(container, {"resources", "requests", member.key()});
        if (slot.is_null())
            slot = member.value();
    }
    say(requested, "request");
    say(limited, "limit");
}

} // namespace

Usage usageOf(const ResourceInfo& info, const Value& object)
{
    Usage usage;
    const auto counted = "count/" + info.plural + (info.group.empty() ? std::string() : "." + info.group);
    add(usage, counted, one());
    if (info.table == "/pods") {
        if (isFinished(object))
            return usage;
        add(usage, "pods", one());
        for (const auto& container : manifest::array(object, {"spec", "containers"})) {
            addResources(usage, container, "requests");
            addResources(usage, container, "limits");
        }
    } else if (info.group.empty()) {
        add(usage, info.plural, one());
        if (info.table == "/persistentvolumeclaims")
            if (const auto* size = manifest::find(object, {"spec", "resources", "requests", "storage"}))
                if (const auto amount = Quantity::parse(*size))
                    add(usage, "requests.storage", *amount);
        const auto type = manifest::text(object, {"spec", "type"});
        if (info.table == "/services" && type == "LoadBalancer")
            add(usage, "services.loadbalancers", one());
        if (info.table == "/services" && (type == "NodePort" || type == "LoadBalancer"))
            add(usage, "services.nodeports", one());
    }
    return usage;
}

Usage usageOfNamespace(const Store& store, const RegistryPtr& registry, std::string_view nameSpace, const Object& hard)
{
    Usage out;
    std::map<std::string, Usage> tables;
    for (const auto& member : hard) {
        const auto table = tableOf(registry, member.key());
        if (!tables.contains(table)) {
            auto& sum = tables[table];
            if (const auto info = registry->byTable(table))
                for (const auto& item : store.list(table, nameSpace).items)
                    for (const auto& [name, amount] : usageOf(*info, item->value()))
                        add(sum, name, amount);
        }
        const auto& sum = tables[table];
        const auto it = sum.find(member.key());
        out.emplace(member.key(), it == sum.end() ? Quantity() : it->second);
    }
    return out;
}

ApiResult<> admitLimits(const Store& store, const ResourceInfo& info, Value& object)
{
    if (info.table != "/pods")
        return {};
    std::vector<std::string> set;
    for (const auto& range : store.list("/limitranges", manifest::nameSpace(object)).items) {
        for (const auto& limits : manifest::array(range->value(), {"spec", "limits"})) {
            if (manifest::text(limits, {"type"}) != "Container")
                continue;
            for (const auto& [key, what] :
                 {std::pair("containers", "container"), {"initContainers", "init container"}}) {
                auto* containers = manifest::find(object, {"spec", key});
                if (containers == nullptr || !containers->is_array())
                    continue;
                for (auto& container : containers->get_array()) {
                    fillDefaults(container, what, limits, set);
                    API_CHECK(checkContainer(info, object, container, limits));
                }
            }
        }
    }
    if (!set.empty())
        manifest::ensure(object, {"metadata", "annotations", "kubernetes.io/limit-ranger"}) =
            boost::json::string(fmt::format("LimitRanger plugin set: {}", fmt::join(set, "; ")));
    return {};
}

ApiResult<> admitQuota(const Store& store, const RegistryPtr& registry, const ResourceInfo& info, const Value& object)
{
    if (!info.namespaced || info.table == "/resourcequotas" || info.table == "/events")
        return {};
    const auto nameSpace = manifest::nameSpace(object);
    const auto wanted = usageOf(info, object);
    for (const auto& quota : store.list("/resourcequotas", nameSpace).items) {
        const auto& hard = manifest::object(quota->value(), {"spec", "hard"});
        std::vector<std::string> missing;
        std::vector<std::pair<std::string, Quantity>> requested;
        std::vector<std::pair<std::string, Quantity>> used;
        std::vector<std::pair<std::string, Quantity>> limited;
        Usage now;
        for (const auto& member : hard) {
            const std::string name(member.key());
            const auto it = wanted.find(name);
            if (it == wanted.end()) {
                const bool compute = name == "cpu" || name == "memory" || name == "requests.cpu"
                    || name == "requests.memory" || name == "limits.cpu" || name == "limits.memory";
                if (info.table == "/pods" && compute && wanted.contains("pods"))
                    missing.push_back(name);
                continue;
            }
            const auto limit = Quantity::parse(member.value());
            if (!limit)
                continue;
            if (now.empty())
                now = usageOfNamespace(store, registry, nameSpace, hard);
            Quantity total = now[name];
            total += it->second;
            if (*limit < total) {
                requested.emplace_back(name, it->second);
                used.emplace_back(name, now[name]);
                limited.emplace_back(name, *limit);
            }
        }
        const auto quotaName = manifest::name(quota->value());
        if (!missing.empty()) {
            std::string containers;
            for (const auto& container : manifest::array(object, {"spec", "containers"}))
                containers += (containers.empty() ? "" : ",") + std::string(manifest::text(container, {"name"}));
            for (auto& name : missing)
                name += fmt::format(" for: {}", containers);
            return forbidden(info, manifest::name(object),
                             fmt::format("failed quota: {}: must specify {}", quotaName, fmt::join(missing, "; ")));
        }
        if (!requested.empty())
            return forbidden(info, manifest::name(object),
                             fmt::format("exceeded quota: {}, requested: {}, used: {}, limited: {}", quotaName,
                                         list(requested), list(used), list(limited)));
    }
    return {};
}

} // namespace core::embedded
