// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/controller_private.h"

#include <fmt/format.h>

namespace core::gitops {

constexpr auto kFactsHold = std::chrono::seconds(30);

bool Site::served(std::string_view apiVersion, std::string_view kind) const
{
    return client().resolve(apiVersion, kind).has_value();
}

namespace {

/// Discovered where they are not known; the site's mutex is held.
const std::vector<kube::ResourceType>& typesOf(const Site& site)
{
    if (site.types.empty()) {
        if (auto found = site.client().discover())
            site.types = std::move(*found);
    }
    return site.types;
}

manifest::StructuralSchemaPtr schemaOf(const manifest::Value& definition, const std::string& version)
{
    for (const auto& entry : manifest::array(definition, {"spec", "versions"})) {
        const auto* schema = manifest::find(entry, {"schema", "openAPIV3Schema"});
        if (schema != nullptr && manifest::text(entry, {"name"}) == version)
            return manifest::StructuralSchema::make(*schema);
    }
    return nullptr;
}

} // namespace

manifest::StructuralSchemaPtr Site::schema(const manifest::GroupKind& kind, const std::string& version) const
{
    if (kind.group.empty() || manifest::builtinType(kind.group + "/" + version, kind.kind) != nullptr)
        return nullptr;
    const std::lock_guard lock(mutex);
    const auto& all = typesOf(*this);
    const auto type = std::find_if(all.begin(), all.end(), [&](const kube::ResourceType& each) {
        return each.group == kind.group && each.kind == kind.kind;
    });
    if (type == all.end())
        return nullptr;
    const auto name = type->plural + "." + kind.group;
    const auto definition = cache().get({"apiextensions.k8s.io", "CustomResourceDefinition", {}, name});
    if (!definition)
        return nullptr;
    auto& [madeOf, schema] = schemas[{name, version}];
    if (madeOf != definition) {
        schema = schemaOf(*definition, version);
        madeOf = definition;
    }
    return schema;
}

std::optional<bool> Site::namespaced(std::string_view apiVersion, std::string_view kind) const
{
    const std::lock_guard lock(mutex);
    const auto wanted = manifest::parseGroupVersion(apiVersion);
    for (const auto& type : typesOf(*this)) {
        if (type.group == wanted.group && type.kind == kind)
            return type.namespaced;
    }
    return std::nullopt;
}

void Site::forgetTypes() const
{
    client().invalidateDiscovery();
    const std::lock_guard lock(mutex);
    types.clear();
    known.reset();
}

/// Asked for again now and then: a cluster may be upgraded.
ClusterFacts Site::facts(std::stop_token stop) const
{
    const auto now = std::chrono::steady_clock::now();
    {
        const std::lock_guard lock(mutex);
        if (known && now - known->second < kFactsHold)
            return known->first;
    }
    ClusterFacts facts;
    const auto version = client().serverVersion(stop);
    if (version) {
        facts.kubeVersion = manifest::text(*version, {"gitVersion"});
        if (facts.kubeVersion.starts_with('v'))
            facts.kubeVersion.erase(0, 1);
        facts.kubeVersion = facts.kubeVersion.substr(0, facts.kubeVersion.find_first_of("+-"));
    }
    const auto all = client().discover(stop);
    if (all) {
        std::set<std::string> versions;
        for (const auto& type : *all) {
            versions.insert(type.apiVersion());
            versions.insert(type.apiVersion() + "/" + type.kind);
        }
        facts.apiVersions.assign(versions.begin(), versions.end());
    }
    if (version && all) {
        const std::lock_guard lock(mutex);
        known = {facts, now};
    }
    return facts;
}

ClusterFacts ApplicationController::Private::factsOf(const Site& site, std::stop_token stop) const
{
    auto facts = site.facts(std::move(stop));
    facts.valuesFileSchemes = currentSettings()->valuesFileSchemes;
    return facts;
}

SitePtr ApplicationController::Private::siteAt(const DestinationPtr& destination) const
{
    if (destination == own->destination)
        return own;
    const auto known = [&]() -> SitePtr { // mutex held
        const auto found = sites.find(destination->server);
        return found != sites.end() && found->second->destination == destination ? found->second : nullptr;
    };
    {
        const std::lock_guard lock(mutex);
        if (auto site = known())
            return site;
    }
    auto site = std::make_shared<Site>(destination, ApplicationIndex::Applications::Elsewhere);
    auto* self = const_cast<Private*>(this); // what is marked is no part of what readers see
    site->subscription =
        destination->cache->subscribe([self, at = site.get()](const std::vector<kube::Cache::Change>& changes) {
            for (const auto& change : changes) {
                for (const auto& [app, level] : at->index.observe(change, self->deps.controllerNamespace)) {
                    if (self->placeOf(app).get() == at)
                        self->mark(app, level);
                }
                if (manifest::kind(change.object()) == "CustomResourceDefinition")
                    at->forgetTypes();
            }
        });
    site->index.reset(destination->cache->all(), currentSettings()->tracking);
    SitePtr before; // ends outside of the lock: its callback may be waiting for it
    const std::lock_guard lock(mutex);
    if (auto other = known()) { // another thread was faster
        before = std::move(site);
        return other;
    }
    before = std::exchange(sites[destination->server], site);
    return site;
}

Result<ApplicationController::Private::Where> ApplicationController::Private::locate(const Application& app) const
{
    PH_TRY(const auto reach, deps.clusters->reach(app));
    Where where;
    where.server = reach.server;
    if (reach.destination)
        where.site = siteAt(reach.destination);
    if (reach.state == Clusters::State::Failed)
        where.problem = reach.problem;
    else if (reach.state == Clusters::State::Connecting)
        where.site = nullptr;
    return where;
}

std::vector<Condition> ApplicationController::Private::Where::conditions() const
{
    if (problem.empty())
        return {};
    return {{"ComparisonError", "Failed to load live state: " + problem},
            {"ComparisonError",
             fmt::format("Failed to load target state: failed to get cluster version for cluster \"{}\": {}", server,
                         problem)}};
}

Result<SitePtr> ApplicationController::Private::siteOf(const Application& app, std::stop_token stop) const
{
    PH_TRY(const auto destination, deps.clusters->wait(app, std::move(stop)));
    return siteAt(destination);
}

void ApplicationController::Private::place(const AppKey& app, const SitePtr& site)
{
    SitePtr before;
    {
        const std::lock_guard lock(mutex);
        if (site) {
            before = std::exchange(places[app], site);
        } else if (const auto found = places.find(app); found != places.end()) {
            before = std::move(found->second);
            places.erase(found);
        }
    }
    if (before && before != site)
        before->index.forget(app);
}

SitePtr ApplicationController::Private::placeOf(const AppKey& app) const
{
    const std::lock_guard lock(mutex);
    const auto found = places.find(app);
    return found == places.end() ? nullptr : found->second;
}

void ApplicationController::Private::onClusterChange(const std::string& server)
{
    sitesChanged = true;
    if (server.empty())
        return markAll(Level::Recent);
    const auto registered = deps.clusters->registered();
    for (const auto& object : deps.cache->list({"argoproj.io", "Application"})) {
        const auto cluster =
            chooseCluster(*registered, std::string(manifest::text(*object, {"spec", "destination", "server"})),
                          std::string(manifest::text(*object, {"spec", "destination", "name"})));
        if (cluster && (*cluster)->server == server)
            mark({std::string(manifest::nameSpace(*object)), std::string(manifest::name(*object))}, Level::Latest);
    }
}

void ApplicationController::Private::dropSites()
{
    if (!sitesChanged.exchange(false))
        return;
    const auto open = deps.clusters->statuses();
    std::vector<SitePtr> gone; // end outside of the lock
    const std::lock_guard lock(mutex);
    for (auto at = sites.begin(); at != sites.end();) {
        if (open.contains(at->first)) {
            ++at;
            continue;
        }
        std::erase_if(places, [&](const auto& entry) { return entry.second == at->second; });
        gone.push_back(std::move(at->second));
        at = sites.erase(at);
    }
}

} // namespace core::gitops
