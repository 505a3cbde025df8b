// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

constexpr std::string_view kAggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

boost::json::string str(std::string_view text)
{
    return boost::json::string(text);
}

Array strings(const std::vector<std::string>& texts)
{
    Array out;
    for (const auto& text : texts)
        out.emplace_back(str(text));
    return out;
}

Object kindOf(std::string_view group, std::string_view version, std::string_view kind)
{
    return {{"group", str(group)}, {"version", str(version)}, {"kind", str(kind)}};
}

/// Whether the client takes the aggregated documents, by exactly the parameters that we answer with.
bool wantsAggregated(const ApiRequest& request)
{
    const auto accept = request.header("accept");
    for (std::size_t from = 0; from < accept.size();) {
        const auto end = std::min(accept.find(',', from), accept.size());
        const auto option = accept.substr(from, end - from);
        from = end + 1;
        if (option.find("g=apidiscovery.k8s.io") != std::string_view::npos
            && option.find("as=APIGroupDiscoveryList") != std::string_view::npos) {
            for (std::size_t at = option.find("v=v2"); at != std::string_view::npos; at = option.find("v=v2", at + 1))
                if (at + 4 == option.size() || option[at + 4] == ';' || option[at + 4] == ' ')
                    return true;
            continue;
        }
        if (option.find("as=") == std::string_view::npos)
            return false; // plain JSON stands before it
    }
    return false;
}

Object aggregatedResource(const ResourceInfo& info)
{
    Object out {{"resource", str(info.plural)},
                {"responseKind", kindOf(info.group, info.version, info.kind)},
                {"scope", info.namespaced ? "Namespaced" : "Cluster"},
                {"singularResource", str(info.singular)},
                {"verbs", strings(info.verbs)}};
    if (!info.shortNames.empty())
        out["shortNames"] = strings(info.shortNames);
    if (!info.categories.empty())
        out["categories"] = strings(info.categories);
    Array subresources;
    for (const auto& sub : info.subresources)
        subresources.push_back(Value(Object {{"subresource", str(sub.name)},
                                             {"responseKind", kindOf(sub.group, sub.version, sub.kind)},
                                             {"verbs", strings(sub.verbs)}}));
    if (!subresources.empty())
        out["subresources"] = std::move(subresources);
    return out;
}

Object aggregatedGroup(const Registry::Group& group)
{
    Array versions;
    for (const auto& version : group.versions) {
        Array resources;
        for (const auto& info : version.resources)
            resources.emplace_back(aggregatedResource(*info));
        versions.push_back(Value(
            Object {{"version", str(version.version)}, {"resources", std::move(resources)}, {"freshness", "Current"}}));
    }
    Object metadata;
    if (!group.name.empty())
        metadata["name"] = str(group.name);
    return {{"metadata", std::move(metadata)}, {"versions", std::move(versions)}};
}

Object groupDocument(const Registry::Group& group)
{
    Array versions;
    for (const auto& version : group.versions)
        versions.push_back(Value(
            Object {{"groupVersion", str(group.name + "/" + version.version)}, {"version", str(version.version)}}));
    Value preferred = versions.front();
    return {{"name", str(group.name)}, {"versions", std::move(versions)}, {"preferredVersion", std::move(preferred)}};
}

Value resourceList(const std::string& groupVersion, const Registry::Version& version)
{
    Array resources;
    for (const auto& info : version.resources) {
        Object entry {{"name", str(info->plural)},
                      {"singularName", str(info->singular)},
                      {"namespaced", info->namespaced},
                      {"kind", str(info->kind)},
                      {"verbs", strings(info->verbs)}};
        if (!info->shortNames.empty())
            entry["shortNames"] = strings(info->shortNames);
        if (!info->categories.empty())
            entry["categories"] = strings(info->categories);
        resources.emplace_back(std::move(entry));
        for (const auto& sub : info->subresources) {
            Object inner {{"name", str(info->plural + "/" + sub.name)},
                          {"singularName", ""},
                          {"namespaced", info->namespaced},
                          {"kind", str(sub.kind)},
                          {"verbs", strings(sub.verbs)}};
            if (sub.group != info->group || sub.version != info->version) {
                inner["group"] = str(sub.group);
                inner["version"] = str(sub.version);
            }
            resources.emplace_back(std::move(inner));
        }
    }
    return Object {{"kind", "APIResourceList"},
                   {"apiVersion", "v1"},
                   {"groupVersion", str(groupVersion)},
                   {"resources", std::move(resources)}};
}

kube::Response withTag(const ApiRequest& request, const Value& document, const std::string& hash,
                       std::string_view contentType)
{
    const auto tag = fmt::format("\"{}\"", hash);
    kube::Response response;
    if (request.header("if-none-match") == tag)
        response.status = 304;
    else
        response = jsonResponse(200, document);
    std::erase_if(response.headers, [](const auto& header) { return header.first == "content-type"; });
    response.headers.emplace_back("content-type", contentType);
    response.headers.emplace_back("etag", tag);
    response.headers.emplace_back("vary", "Accept");
    return response;
}

} // namespace

ApiResult<kube::Response> ApiServer::Private::discovery(const ApiRequest& request) const
{
    const auto now = registry();
    const auto& path = request.path;
    if (path.empty()) {
        Array paths;
        for (const auto* text :
             {"/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"})
            paths.emplace_back(text);
        return jsonResponse(200, Value(Object {{"paths", std::move(paths)}}));
    }
    const bool core = path[0] == "api";
    if (!core && path[0] != "apis")
        return pageNotFound();
    if (path.size() == 1 && wantsAggregated(request)) {
        Array items;
        for (const auto& group : now->groups())
            if (group.name.empty() == core)
                items.emplace_back(aggregatedGroup(group));
        return withTag(request,
                       Object {{"kind", "APIGroupDiscoveryList"},
                               {"apiVersion", "apidiscovery.k8s.io/v2"},
                               {"metadata", Object()},
                               {"items", std::move(items)}},
                       now->hash(), kAggregated);
    }
    if (path.size() == 1 && core) {
        std::string server;
        {
            const std::lock_guard lock(mutex);
            server = address;
        }
        Array addresses;
        addresses.push_back(Value(Object {{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", str(server)}}));
        Array versions;
        versions.emplace_back("v1");
        return jsonResponse(200,
                            Value(Object {{"kind", "APIVersions"},
                                          {"versions", std::move(versions)},
                                          {"serverAddressByClientCIDRs", std::move(addresses)}}));
    }
    if (path.size() == 1) {
        Array groups;
        for (const auto& group : now->groups())
            if (!group.name.empty())
                groups.emplace_back(groupDocument(group));
        return withTag(request, Object {{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", std::move(groups)}},
                       now->hash(), "application/json");
    }
    if (!core && path.size() == 2) {
        for (const auto& group : now->groups()) {
            if (group.name != path[1])
                continue;
            Object document {{"kind", "APIGroup"}, {"apiVersion", "v1"}};
            for (auto& member : groupDocument(group))
                document[member.key()] = std::move(member.value());
            return jsonResponse(200, Value(std::move(document)));
        }
        return pageNotFound();
    }
    const auto* version = core ? now->version({}, path[1]) : now->version(path[1], path[2]);
    if (version == nullptr || path.size() != (core ? std::size_t {2} : std::size_t {3}))
        return pageNotFound();
    return jsonResponse(200, resourceList(core ? path[1] : path[1] + "/" + path[2], *version));
}

} // namespace core::embedded
