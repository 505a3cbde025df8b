// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/generators.h"
#include "core/appset/selector.h"
#include "core/base/strings.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::appset {

using manifest::find;
using manifest::text;
using manifest::Value;

Result<ParamsList> Generators::clusters(const Value& generator, Level)
{
    const auto selector = Selector::parse(find(generator, {"selector"}));
    if (!selector)
        return fail(selector.error().within("error getting cluster secrets: error converting label selector"));
    ParamsList out;
    for (const auto& cluster : m_inputs.clusters) {
        const bool local = cluster.secret.is_null();
        // The local cluster has no labels that a selector could look at.
        if (local ? !selector->empty() : !selector->matches(labelsOf(cluster.secret)))
            continue;
        Params params;
        params.values["name"] = cluster.name;
        params.values["nameNormalized"] = local ? cluster.name : normalizeName(cluster.name);
        params.values["server"] = cluster.server;
        params.values["project"] = cluster.project;
        for (const auto* part : {"annotations", "labels"}) {
            const auto& texts = manifest::object(cluster.secret, {"metadata", part});
            if (!m_templating.isGo()) {
                for (const auto& member : texts)
                    params.values[fmt::format("metadata.{}.{}", part, std::string_view(member.key()))] = member.value();
            } else if (!local) {
                auto& metadata = params.values["metadata"];
                if (!metadata.is_object())
                    metadata = manifest::Object();
                if (!texts.empty()) {
                    metadata.get_object()[part] = texts;
                    params.typed.insert(std::string("metadata.") + part);
                }
            }
        }
        if (auto added = addValues(generator, params); !added)
            return fail(added.error().within("error appending templated values for cluster"));
        out.push_back(std::move(params));
    }
    if (!manifest::flag(generator, {"flatList"}))
        return out;
    manifest::Array all;
    for (auto& params : out)
        all.emplace_back(std::move(params.values));
    Params flat;
    flat.values["clusters"] = std::move(all);
    return ParamsList {std::move(flat)};
}

Result<ParamsList> Generators::clusterDecisions(const Value& generator, Level)
{
    const auto refused = [](std::string message) { return fail(Error::Code::InvalidInput, std::move(message)); };
    const std::string mapName(text(generator, {"configMapRef"}));
    const auto config = m_inputs.object("ConfigMap", m_inputs.nameSpace, mapName);
    if (!config)
        return refused(fmt::format("error reading configMapRef: configmaps \"{}\" not found", mapName));
    const std::string apiVersion(text(*config, {"data", "apiVersion"}));
    const std::string kind(text(*config, {"data", "kind"}));
    if (kind.empty() || apiVersion.find('/') == std::string::npos || apiVersion.starts_with('/'))
        return refused("there is a problem with the apiVersion, kind or resourceName provided");
    const auto name = text(generator, {"name"});
    const auto* labels = find(generator, {"labelSelector"});
    const auto selector = Selector::parse(labels);
    if (!selector)
        return fail(selector.error());
    if (name.empty() == selector->empty())
        return refused("there is a problem with the definition of the ClusterDecisionResource generator");
    auto resources = m_inputs.list(apiVersion, kind, m_inputs.nameSpace);
    if (!resources)
        return fail(resources.error().within("failed to get dynamic resources"));
    std::erase_if(*resources, [&](const Value& resource) {
        return name.empty() ? !selector->matches(labelsOf(resource)) : manifest::name(resource) != name;
    });
    if (resources->empty())
        return refused("no clusterDecisionResources found");
    const auto matchKey = text(*config, {"data", "matchKey"});
    auto listKey = text(*config, {"data", "statusListKey"});
    if (listKey.empty())
        listKey = "clusters";
    ParamsList out;
    if (matchKey.empty())
        return out;
    for (const auto& resource : *resources) {
        for (const auto& decision : manifest::array(resource, {"status", listKey})) {
            const auto wanted = text(decision, {matchKey});
            const auto cluster = std::find_if(m_inputs.clusters.begin(), m_inputs.clusters.end(),
                                              [&](const Cluster& candidate) { return candidate.name == wanted; });
            if (wanted.empty() || cluster == m_inputs.clusters.end())
                continue;
            Params params;
            params.values["name"] = cluster->name;
            params.values["server"] = cluster->server;
            for (const auto& member : decision.get_object())
                params.values[member.key()] = boost::json::string(printed(member.value()));
            PH_CHECK(addValues(generator, params));
            out.push_back(std::move(params));
        }
    }
    return out;
}

} // namespace core::appset
