// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/discovery.h"

#include "core/kube/url.h"

#include <boost/json.hpp>

namespace core::kube {

using manifest::Value;

namespace {

constexpr std::string_view kAccept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
                                     "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"
                                     "application/json";

Result<Value> fetch(Transport& transport, const std::string& path, std::string_view accept, std::stop_token stop)
{
    Request request;
    request.path = path;
    request.headers.emplace_back("accept", accept);
    PH_TRY(const Response response, transport.send(request, stop));
    if (response.status != 200)
        return fail(errorOf(response, path));
    return manifest::parseJson(response.body, path);
}

void addAggregated(const Value& document, std::vector<ResourceType>& types)
{
    for (const auto& group : manifest::array(document, {"items"})) {
        const std::string groupName(manifest::text(group, {"metadata", "name"}));
        for (const auto& version : manifest::array(group, {"versions"})) {
            for (const auto& resource : manifest::array(version, {"resources"})) {
                ResourceType type;
                type.group = groupName;
                type.version = std::string(manifest::text(version, {"version"}));
                type.kind = std::string(manifest::text(resource, {"responseKind", "kind"}));
                type.plural = std::string(manifest::text(resource, {"resource"}));
                type.namespaced = manifest::text(resource, {"scope"}) == "Namespaced";
                type.verbs = manifest::texts(resource, {"verbs"});
                type.shortNames = manifest::texts(resource, {"shortNames"});
                type.categories = manifest::texts(resource, {"categories"});
                for (const auto& sub : manifest::array(resource, {"subresources"}))
                    type.subresources.emplace_back(manifest::text(sub, {"subresource"}));
                if (!type.kind.empty() && !type.plural.empty())
                    types.push_back(std::move(type));
            }
        }
    }
}

void addLegacy(const Value& document, std::string_view group, std::string_view version,
               std::vector<ResourceType>& types)
{
    const auto first = types.size();
    for (const auto& resource : manifest::array(document, {"resources"})) {
        const auto name = manifest::text(resource, {"name"});
        const auto slash = name.find('/');
        if (slash != std::string_view::npos) {
            for (auto i = first; i < types.size(); ++i) {
                if (types[i].plural == name.substr(0, slash))
                    types[i].subresources.emplace_back(name.substr(slash + 1));
            }
            continue;
        }
        ResourceType type;
        type.group = std::string(group);
        type.version = std::string(version);
        type.kind = std::string(manifest::text(resource, {"kind"}));
        type.plural = std::string(name);
        type.namespaced = manifest::flag(resource, {"namespaced"});
        type.verbs = manifest::texts(resource, {"verbs"});
        type.shortNames = manifest::texts(resource, {"shortNames"});
        type.categories = manifest::texts(resource, {"categories"});
        if (!type.kind.empty() && !type.plural.empty())
            types.push_back(std::move(type));
    }
}

Result<> addLegacyGroup(Transport& transport, const Value& group, std::vector<ResourceType>& types,
                        std::stop_token stop)
{
    const auto name = manifest::text(group, {"name"});
    std::vector<std::string> versions {std::string(manifest::text(group, {"preferredVersion", "version"}))};
    for (const auto& entry : manifest::array(group, {"versions"})) {
        if (const std::string version(manifest::text(entry, {"version"})); version != versions.front())
            versions.push_back(version);
    }
    for (const auto& version : versions) {
        if (version.empty())
            continue;
        auto document = fetch(transport, fmt::format("/apis/{}/{}", name, version), "application/json", stop);
        if (!document && document.error().code == Error::Code::Cancelled)
            return fail(document.error());
        if (document)
            addLegacy(*document, name, version, types);
    }
    return {};
}

} // namespace

Result<std::vector<ResourceType>> readDiscovery(Transport& transport, std::stop_token stop)
{
    std::vector<ResourceType> types;
    PH_TRY(const Value core, fetch(transport, "/api", kAccept, stop));
    if (manifest::kind(core) == "APIGroupDiscoveryList") {
        addAggregated(core, types);
    } else {
        PH_TRY(const Value v1, fetch(transport, "/api/v1", "application/json", stop));
        addLegacy(v1, "", "v1", types);
    }
    PH_TRY(const Value groups, fetch(transport, "/apis", kAccept, stop));
    if (manifest::kind(groups) == "APIGroupDiscoveryList") {
        addAggregated(groups, types);
    } else {
        for (const auto& group : manifest::array(groups, {"groups"}))
            PH_CHECK(addLegacyGroup(transport, group, types, stop));
    }
    return types;
}

} // namespace core::kube
