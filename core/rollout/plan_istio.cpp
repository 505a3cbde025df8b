// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/pass.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::rollout {

using manifest::Array;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

std::string_view firstPart(std::string_view host)
{
    return host.substr(0, host.find('.'));
}

} // namespace

struct IstioSides
{
    std::string canaryHost, stableHost, canarySubset, stableSubset;
    [[nodiscard]] bool isCanary(const Value& destination) const
    {
        const auto subset = text(destination, {"subset"});
        return canarySubset.empty() ? !canaryHost.empty() && firstPart(text(destination, {"host"})) == canaryHost
                                    : subset == canarySubset;
    }
    [[nodiscard]] bool isStable(const Value& destination) const
    {
        const auto subset = text(destination, {"subset"});
        return stableSubset.empty() ? !stableHost.empty() && firstPart(text(destination, {"host"})) == stableHost
                                    : subset == stableSubset;
    }
};

/// The destinations of an experiment that runs, and those of one that is over.
struct ExtraDestinations
{
    Array now; ///< serviceName, weight
    std::set<std::string> gone;
    std::int64_t weight = 0;
    bool bySubset = false;
    std::string host; ///< of the DestinationRule, where routing is by subset
};

/// What the routes of all VirtualServices of a Rollout are to carry.
struct IstioWeights
{
    IstioSides sides;
    ExtraDestinations extras;
    std::string host; ///< of header and mirror routes
    Array keptSubsets; ///< additionalSubsetNames: their weights are somebody else's
    std::int64_t canary = 0;
};

namespace {

void setExtras(Array& destinations, const ExtraDestinations& extras)
{
    const auto nameOf = [&](const Value& entry) {
        return std::string(extras.bySubset ? text(entry, {"destination", "subset"})
                                           : firstPart(text(entry, {"destination", "host"})));
    };
    std::set<std::string> wanted;
    for (const auto& extra : extras.now)
        wanted.emplace(text(extra, {"serviceName"}));
    Array kept;
    for (auto& entry : destinations)
        if (const auto name = nameOf(entry); !extras.gone.contains(name) && !wanted.contains(name))
            kept.push_back(std::move(entry));
    destinations = std::move(kept);
    for (const auto& name : wanted) // sorted by name
        for (const auto& extra : extras.now)
            if (text(extra, {"serviceName"}) == name) {
                Object destination {{"host", extras.bySubset ? extras.host : name}};
                if (extras.bySubset)
                    destination["subset"] = name;
                destinations.push_back(
                    Object {{"destination", std::move(destination)}, {"weight", *find(extra, {"weight"})}});
            }
}

void setRouteWeights(Value& routeList, const IstioSides& sides, std::int64_t weight, std::int64_t additional)
{
    auto* destinations = routeList.if_array();
    if (!destinations)
        return;
    for (auto& entry : *destinations) {
        const auto* destination = find(entry, {"destination"});
        if (!destination || !entry.is_object())
            continue;
        std::optional<std::int64_t> wanted;
        if (sides.isCanary(*destination))
            wanted = weight;
        else if (sides.isStable(*destination))
            wanted = std::max<std::int64_t>(0, 100 - weight - additional);
        if (wanted && manifest::integer(entry, {"weight"}).value_or(0) != *wanted)
            entry.get_object()["weight"] = *wanted;
    }
}

bool contains(const Array& names, std::string_view name)
{
    return std::any_of(names.begin(), names.end(),
                       [&](const Value& item) { return item.is_string() && item.get_string() == name; });
}

/// Where requests go that are meant for the canary alone: at the port of the routes that carry the weights.
Object canaryDestination(const IstioSides& sides, std::string_view host, const Value& destinations)
{
    Object out {{"host", host}};
    if (!sides.canarySubset.empty())
        out["subset"] = sides.canarySubset;
    const auto& list = destinations.get_array();
    if (const auto* port = list.empty() ? nullptr : find(list.front(), {"destination", "port"}))
        out["port"] = *port;
    return out;
}

/// Any of the matches sends a request to the canary.
Value headerRoute(const Value& step, const IstioSides& sides, std::string_view host, const Value& destinations)
{
    Array matches;
    for (const auto& match : manifest::array(step, {"match"}))
        if (const auto* value = find(match, {"headerValue"}))
            matches.push_back(Object {{"headers", Object {{text(match, {"headerName"}), *value}}}});
    return Object {
        {"name", text(step, {"name"})},
        {"match", std::move(matches)},
        {"route",
         Array {Value(Object {{"destination", canaryDestination(sides, host, destinations)}, {"weight", 100}})}}};
}

Value mirrorRoute(const Value& step, const IstioSides& sides, std::string_view host, const Value& destinations)
{
    Array matches;
    for (const auto& match : manifest::array(step, {"match"})) {
        Object out;
        if (const auto* method = find(match, {"method"}))
            out["method"] = *method;
        if (const auto* path = find(match, {"path"}))
            out["uri"] = *path;
        if (const auto* headers = find(match, {"headers"}))
            out["headers"] = *headers;
        matches.push_back(std::move(out));
    }
    Value shares = destinations;
    for (auto& share : shares.as_array())
        if (manifest::integer(share, {"weight"}) == 0) // as the original writes it
            share.as_object().erase("weight");
    return Object {{"name", text(step, {"name"})},
                   {"match", std::move(matches)},
                   {"route", std::move(shares)},
                   {"mirror", canaryDestination(sides, host, destinations)},
                   {"mirrorPercentage", Object {{"value", manifest::integer(step, {"percentage"}).value_or(100)}}}};
}

} // namespace

namespace {

/// The http routes of a VirtualService that carry the weights: those that the Rollout names, or the only one, or the
/// first without a name.
std::vector<Value*> weightedRoutes(Array& http, const Array& names, const std::vector<std::string>& managed)
{
    const auto isManaged = [&](const Value& entry) {
        return std::find(managed.begin(), managed.end(), text(entry, {"name"})) != managed.end();
    };
    const auto own = std::count_if(http.begin(), http.end(), [&](const Value& entry) { return !isManaged(entry); });
    std::vector<Value*> found;
    for (auto& entry : http) {
        if (isManaged(entry))
            continue;
        if (!names.empty() ? contains(names, text(entry, {"name"})) : own == 1 || text(entry, {"name"}).empty())
            found.push_back(&entry);
        if (names.empty() && !found.empty())
            break;
    }
    return found;
}

} // namespace

bool matchesPortRule(const Value& entry, const Value& rule)
{
    std::set<std::int64_t> ports;
    std::set<std::string> hosts;
    std::set<std::string> wanted;
    const auto add = [](std::set<std::string>& to, const Array& from) {
        for (const auto& host : from)
            if (host.is_string())
                to.emplace(host.get_string());
    };
    for (const auto& match : manifest::array(entry, {"match"})) {
        ports.insert(manifest::integer(match, {"port"}).value_or(0));
        add(hosts, manifest::array(match, {"sniHosts"}));
    }
    add(wanted, manifest::array(rule, {"sniHosts"}));
    const auto port = ports.empty() ? 0 : *ports.begin();
    return ports.size() <= 1 && port == manifest::integer(rule, {"port"}).value_or(0) && wanted == hosts;
}

namespace {

/// Puts a managed route in (or, with null, takes it out), and sorts the managed ones to the front.
void placeManagedRoute(Array& http, std::string_view name, Value made, const std::vector<std::string>& managed)
{
    Array kept;
    for (auto& entry : http)
        if (text(entry, {"name"}) != name)
            kept.push_back(std::move(entry));
    if (!made.is_null())
        kept.push_back(std::move(made));
    const auto rank = [&](const Value& entry) {
        return std::find(managed.begin(), managed.end(), text(entry, {"name"})) - managed.begin();
    };
    std::stable_sort(kept.begin(), kept.end(), [&](const Value& a, const Value& b) { return rank(a) < rank(b); });
    http = std::move(kept);
}

} // namespace

void Pass::istio(const Value& config, std::int64_t weight, bool removeManaged)
{
    IstioSides sides {canaryService(), stableService(),
                      std::string(text(config, {"destinationRule", "canarySubsetName"})),
                      std::string(text(config, {"destinationRule", "stableSubsetName"}))};
    ExtraDestinations extras {m_additional, {}, m_additionalWeight, !sides.canarySubset.empty(), {}};
    for (const auto& item : manifest::array(m_in.rollout, {"status", "canary", "weights", "additional"}))
        extras.gone.emplace(text(item, {"serviceName"}));
    std::string host = sides.canaryHost;
    if (find(config, {"destinationRule"})) {
        if (const auto* rule = route("DestinationRule", text(config, {"destinationRule", "name"})))
            host = text(*rule, {"spec", "host"});
        extras.host = host;
        destinationRule(*find(config, {"destinationRule"}));
    }
    for (const auto& wanted : istioServices(config)) {
        const auto name = text(wanted, {"name"});
        const auto* before = route("VirtualService", name);
        if (!before) {
            routerFails(fmt::format("VirtualService `{}` not found", name));
            continue;
        }
        Value after = *before;
        virtualService(
            after, wanted,
            {sides, extras, host, manifest::array(config, {"destinationRule", "additionalSubsetNames"}), weight},
            removeManaged);
        replaceRoute(*before, std::move(after));
    }
}

void Pass::virtualService(Value& object, const Value& config, const IstioWeights& weights, bool removeManaged)
{
    const auto managed = managedRoutes();
    const auto setWeights = [&](Value& entry) {
        auto* destinations = find(entry, {"route"});
        if (!destinations || !destinations->is_array())
            return;
        std::int64_t others = weights.extras.weight;
        for (const auto& target : destinations->get_array())
            if (contains(weights.keptSubsets, text(target, {"destination", "subset"})))
                others += manifest::integer(target, {"weight"}).value_or(0);
        setRouteWeights(*destinations, weights.sides, weights.canary, others);
        setExtras(destinations->get_array(), weights.extras);
    };
    auto* http = find(object, {"spec", "http"});
    if (http && http->is_array()) {
        auto& list = http->get_array();
        const auto& names = manifest::array(config, {"routes"});
        Value destinations = Array {};
        const auto weighted = weightedRoutes(list, names, managed);
        if (weighted.empty())
            routerFails(fmt::format("VirtualService `{}` has none of the routes that carry the weights",
                                    manifest::name(object)));
        for (auto* entry : weighted) {
            setWeights(*entry);
            if (destinations.get_array().empty() && find(*entry, {"route"}))
                destinations = *find(*entry, {"route"});
        }
        for (auto& entry : list)
            if (find(entry, {"mirror"})
                && std::find(managed.begin(), managed.end(), text(entry, {"name"})) != managed.end())
                setWeights(entry);
        if (removeManaged) {
            for (const auto& name : managed)
                placeManagedRoute(list, name, {}, managed);
        } else {
            for (const std::string_view kind : {"setHeaderRoute", "setMirrorRoute"})
                if (const auto* change = routeStep(kind)) {
                    Value made;
                    if (!manifest::array(*change, {"match"}).empty())
                        made = kind == "setHeaderRoute"
                            ? headerRoute(*change, weights.sides, weights.host, destinations)
                            : mirrorRoute(*change, weights.sides, weights.host, destinations);
                    placeManagedRoute(list, text(*change, {"name"}), std::move(made), managed);
                }
        }
    }
    for (const std::string_view protocol : {"tls", "tcp"}) {
        auto* list = find(object, {"spec", protocol});
        if (!list || !list->is_array())
            continue;
        const auto& rules = manifest::array(config, {protocol == "tls" ? "tlsRoutes" : "tcpRoutes"});
        auto& entries = list->get_array();
        for (auto& entry : entries)
            if (rules.empty() ? entries.size() == 1 : std::any_of(rules.begin(), rules.end(), [&](const Value& rule) {
                    return matchesPortRule(entry, rule);
                }))
                setWeights(entry);
    }
}

void Pass::destinationRule(const Value& config)
{
    const auto* before = route("DestinationRule", text(config, {"name"}));
    if (!before)
        return;
    const bool noServices = canaryService().empty() && stableService().empty();
    Value after = *before;
    bool usable = true;
    auto* subsets = find(after, {"spec", "subsets"});
    if (!subsets || !subsets->is_array())
        return;
    std::set<std::string> experiments;
    for (const auto& item : manifest::array(m_in.rollout, {"status", "canary", "weights", "additional"}))
        experiments.emplace(text(item, {"serviceName"}));
    Array kept;
    for (auto& subset : subsets->get_array())
        if (!experiments.contains(std::string(text(subset, {"name"}))))
            kept.push_back(std::move(subset));
    for (const auto& extra : m_additional)
        kept.push_back(Object {{"name", text(extra, {"serviceName"})},
                               {"labels", Object {{kHashLabel, text(extra, {"podTemplateHash"})}}}});
    *subsets = std::move(kept);
    for (auto& subset : subsets->get_array()) {
        const auto name = text(subset, {"name"});
        const bool isCanary = name == text(config, {"canarySubsetName"});
        const bool isStable = name == text(config, {"stableSubsetName"});
        const Set* target = isCanary ? m_new : isStable ? m_stable : nullptr;
        if (!target)
            continue;
        if (aborted() && isCanary) // only the stable side moves
            continue;
        if (noServices && target->available < target->spec) {
            usable = false;
            continue;
        }
        objectAt(subset, {"labels"})[kHashLabel] = target->hash;
    }
    if (!usable)
        return;
    manifest::setAnnotation(after, kManagedBy, manifest::name(m_rollout));
    replaceRoute(*before, std::move(after));
}

} // namespace core::rollout
