// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/registry.h"

#include "core/base/strings.h"
#include "core/embedded/data.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <tuple>

namespace core::embedded {

using manifest::Value;

namespace {

const std::vector<std::string> kAllVerbs {"create", "delete", "deletecollection", "get",
                                          "list",   "patch",  "update",           "watch"};
const std::vector<std::string> kSubVerbs {"get", "patch", "update"};

bool isOneOf(std::string_view value, std::initializer_list<std::string_view> all)
{
    return std::find(all.begin(), all.end(), value) != all.end();
}

ResourceInfo::Generation builtinGeneration(const ResourceInfo& info)
{
    if (info.kind == "Deployment")
        return ResourceInfo::Generation::SpecAndAnnotations;
    static const std::vector<std::string_view> kSpec {"ReplicaSet",    "StatefulSet",
                                                      "DaemonSet",     "Job",
                                                      "CronJob",       "Ingress",
                                                      "Pod",           "ReplicationController",
                                                      "NetworkPolicy", "PodDisruptionBudget",
                                                      "EndpointSlice", "CustomResourceDefinition"};
    if (std::find(kSpec.begin(), kSpec.end(), info.kind) != kSpec.end())
        return ResourceInfo::Generation::Spec;
    return ResourceInfo::Generation::None;
}

ResourceInfo builtin(const Value& row)
{
    ResourceInfo info;
    info.group = manifest::text(row, {"group"});
    info.version = manifest::text(row, {"version"});
    info.kind = manifest::text(row, {"kind"});
    info.plural = manifest::text(row, {"plural"});
    info.singular = manifest::text(row, {"singular"});
    info.listKind = info.kind + "List";
    info.shortNames = manifest::texts(row, {"shortNames"});
    info.categories = manifest::texts(row, {"categories"});
    info.verbs = manifest::texts(row, {"verbs"});
    info.namespaced = manifest::flag(row, {"namespaced"});
    for (const auto& sub : manifest::array(row, {"subresources"})) {
        Subresource entry {std::string(manifest::text(sub, {"name"})), manifest::texts(sub, {"verbs"}),
                           std::string(manifest::text(sub, {"group"})), std::string(manifest::text(sub, {"version"})),
                           std::string(manifest::text(sub, {"kind"}))};
        if (isOneOf(entry.name, {"attach", "exec", "portforward", "proxy"}))
            continue; // not served
        info.hasStatus = info.hasStatus || entry.name == "status";
        info.subresources.push_back(std::move(entry));
    }
    info.generation = builtinGeneration(info);
    info.unconditionalUpdate =
        !isOneOf(info.kind,
                 {"PodDisruptionBudget", "Lease", "RuntimeClass", "CSIDriver", "CSINode",
                  "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration", "CustomResourceDefinition"});
    info.createOnUpdate = isOneOf(info.kind,
                                  {"Service", "Endpoints", "LimitRange", "Event", "Lease", "RuntimeClass", "Role",
                                   "ClusterRole", "RoleBinding", "ClusterRoleBinding"});
    info.type = manifest::builtinType(info.apiVersion(), info.kind);
    // Two views of one row: both groups of events, both versions of the autoscaler.
    info.table = info.group == "events.k8s.io" ? "/events" : info.group + "/" + info.plural;
    info.storedApiVersion = info.table == "/events" ? "v1"
        : info.kind == "HorizontalPodAutoscaler"    ? "autoscaling/v2"
                                                    : info.apiVersion();
    return info;
}

/// v2 before v1 before v2beta1 before v1beta2 before v1alpha1, then other names alphabetically.
std::tuple<int, int, int, std::string> versionRank(const std::string& version)
{
    int major = 0;
    const char* end = version.data() + version.size();
    if (!version.starts_with("v"))
        return {3, 0, 0, version};
    auto [at, ec] = std::from_chars(version.data() + 1, end, major);
    if (ec != std::errc {})
        return {3, 0, 0, version};
    if (at == end)
        return {0, -major, 0, {}};
    const std::string_view rest(at, static_cast<std::size_t>(end - at));
    for (const auto& [word, rank] : {std::pair<std::string_view, int> {"beta", 1}, {"alpha", 2}}) {
        int minor = 0;
        if (!rest.starts_with(word))
            continue;
        const auto [last, code] = std::from_chars(at + word.size(), end, minor);
        if (code == std::errc {} && last == end)
            return {rank, -major, -minor, {}};
    }
    return {3, 0, 0, version};
}

std::vector<PrinterColumn> printerColumns(const Value& version)
{
    std::vector<PrinterColumn> columns;
    for (const auto& row : manifest::array(version, {"additionalPrinterColumns"})) {
        PrinterColumn column;
        column.name = manifest::text(row, {"name"});
        column.type = manifest::text(row, {"type"});
        column.format = manifest::text(row, {"format"});
        column.description = manifest::text(row, {"description"});
        column.jsonPath = manifest::text(row, {"jsonPath"});
        column.priority = static_cast<int>(manifest::integer(row, {"priority"}).value_or(0));
        columns.push_back(std::move(column));
    }
    if (columns.empty() && manifest::array(version, {"additionalPrinterColumns"}).empty())
        columns.push_back({"Age", "date", "", "", ".metadata.creationTimestamp", 0});
    return columns;
}

void addSubresources(ResourceInfo& info, const Value& version)
{
    if (manifest::find(version, {"subresources", "scale"}) != nullptr) {
        info.subresources.push_back({"scale", kSubVerbs, "autoscaling", "v1", "Scale"});
        info.scaleSpecPath = manifest::text(version, {"subresources", "scale", "specReplicasPath"});
        info.scaleStatusPath = manifest::text(version, {"subresources", "scale", "statusReplicasPath"});
        info.scaleSelectorPath = manifest::text(version, {"subresources", "scale", "labelSelectorPath"});
    }
    if (manifest::find(version, {"subresources", "status"}) != nullptr) {
        info.hasStatus = true;
        info.subresources.push_back({"status", kSubVerbs, info.group, info.version, info.kind});
    }
}

bool isTrue(const Value& definition, std::string_view condition)
{
    for (const auto& item : manifest::array(definition, {"status", "conditions"}))
        if (manifest::text(item, {"type"}) == condition)
            return manifest::text(item, {"status"}) == "True";
    return false;
}

std::vector<ResourceInfo> custom(const Value& definition)
{
    std::vector<ResourceInfo> out;
    if (!isTrue(definition, "Established"))
        return out;
    ResourceInfo base;
    base.custom = true;
    base.unconditionalUpdate = false;
    base.group = manifest::text(definition, {"spec", "group"});
    base.kind = manifest::text(definition, {"spec", "names", "kind"});
    base.plural = manifest::text(definition, {"spec", "names", "plural"});
    base.singular = manifest::text(definition, {"spec", "names", "singular"});
    base.listKind = manifest::text(definition, {"spec", "names", "listKind"});
    base.shortNames = manifest::texts(definition, {"spec", "names", "shortNames"});
    base.categories = manifest::texts(definition, {"spec", "names", "categories"});
    base.namespaced = manifest::text(definition, {"spec", "scope"}) == "Namespaced";
    base.verbs = kAllVerbs;
    base.table = base.group + "/" + base.plural;
    base.terminating = manifest::find(definition, {"metadata", "deletionTimestamp"}) != nullptr;
    const auto& versions = manifest::array(definition, {"spec", "versions"});
    for (const auto& version : versions)
        if (manifest::flag(version, {"storage"}))
            base.storedApiVersion = base.group + "/" + std::string(manifest::text(version, {"name"}));
    for (const auto& version : versions) {
        if (!manifest::flag(version, {"served"}))
            continue;
        ResourceInfo info = base;
        info.version = manifest::text(version, {"name"});
        addSubresources(info, version);
        info.generation = info.hasStatus ? ResourceInfo::Generation::NotStatus : ResourceInfo::Generation::All;
        if (const auto* schema = manifest::find(version, {"schema", "openAPIV3Schema"}))
            info.schema = manifest::StructuralSchema::make(*schema);
        if (info.schema)
            info.type = info.schema->type();
        info.columns = printerColumns(version);
        for (const auto& field : manifest::array(version, {"selectableFields"}))
            info.selectableFields.emplace_back(manifest::text(field, {"jsonPath"}));
        out.push_back(std::move(info));
    }
    std::sort(out.begin(), out.end(),
              [](const auto& a, const auto& b) { return versionRank(a.version) < versionRank(b.version); });
    return out;
}

} // namespace

bool ResourceInfo::allows(std::string_view verb) const
{
    return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

const Subresource* ResourceInfo::subresource(std::string_view name) const
{
    for (const auto& sub : subresources)
        if (sub.name == name)
            return &sub;
    return nullptr;
}

void Registry::add(ResourceInfo info)
{
    auto group = std::find_if(m_groups.begin(), m_groups.end(), [&](const Group& g) { return g.name == info.group; });
    if (group == m_groups.end())
        group = m_groups.insert(m_groups.end(), Group {info.group, {}});
    auto version = std::find_if(group->versions.begin(), group->versions.end(),
                                [&](const Version& v) { return v.version == info.version; });
    if (version == group->versions.end())
        version = group->versions.insert(group->versions.end(), Version {info.version, {}, {}});
    auto resource = std::make_shared<const ResourceInfo>(std::move(info));
    version->byPlural[resource->plural] = resource;
    version->resources.push_back(std::move(resource));
}

void Registry::finish()
{
    std::set<std::string_view> seen;
    std::string all;
    for (const auto& group : m_groups) {
        for (const auto& version : group.versions) {
            for (const auto& resource : version.resources) {
                fmt::format_to(std::back_inserter(all), "{}/{}/{}/{};", resource->group, resource->version,
                               resource->plural, resource->kind);
                for (const auto& sub : resource->subresources)
                    all += sub.name + ",";
                for (const auto& name : resource->shortNames)
                    all += name + ",";
                // The table of a type that has two groups belongs to the first.
                if (seen.insert(resource->table).second)
                    m_tables.push_back(resource);
            }
        }
    }
    m_hash = sha256Hex(all);
}

std::shared_ptr<const Registry> Registry::build(const std::vector<Value>& definitions)
{
    auto registry = std::make_shared<Registry>();
    static const std::vector<ResourceInfo> kBuiltin = [] {
        std::vector<ResourceInfo> all;
        for (const auto& row : data::resources())
            all.push_back(builtin(row));
        return all;
    }();
    for (const auto& info : kBuiltin)
        registry->add(info);
    std::map<std::string, std::vector<ResourceInfo>> groups;
    for (const auto& definition : definitions)
        for (auto& info : custom(definition))
            groups[info.group].push_back(std::move(info));
    for (auto& [group, infos] : groups) {
        std::stable_sort(infos.begin(), infos.end(),
                         [](const auto& a, const auto& b) { return versionRank(a.version) < versionRank(b.version); });
        for (auto& info : infos)
            registry->add(std::move(info));
    }
    registry->finish();
    return registry;
}

const Registry::Version* Registry::version(std::string_view group, std::string_view version) const
{
    for (const auto& g : m_groups)
        if (g.name == group)
            for (const auto& v : g.versions)
                if (v.version == version)
                    return &v;
    return nullptr;
}

ResourcePtr Registry::find(std::string_view group, std::string_view ver, std::string_view plural) const
{
    const auto* v = version(group, ver);
    if (v == nullptr)
        return {};
    const auto it = v->byPlural.find(plural);
    return it == v->byPlural.end() ? ResourcePtr {} : it->second;
}

ResourcePtr Registry::findKind(std::string_view apiVersion, std::string_view kind) const
{
    const auto slash = apiVersion.find('/');
    const auto* v = slash == std::string_view::npos
        ? version({}, apiVersion)
        : version(apiVersion.substr(0, slash), apiVersion.substr(slash + 1));
    if (v != nullptr)
        for (const auto& resource : v->resources)
            if (resource->kind == kind)
                return resource;
    return {};
}

ResourcePtr Registry::byTable(std::string_view table) const
{
    for (const auto& resource : m_tables)
        if (resource->table == table)
            return resource;
    return {};
}

} // namespace core::embedded
