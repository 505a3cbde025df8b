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

boost::json::string str(std::string_view text)
{
    return boost::json::string(text);
}

Object kindOf(const ResourceInfo& info)
{
    return {{"group", str(info.group)}, {"version", str(info.version)}, {"kind", str(info.kind)}};
}

/// A patch operation that says that fields are validated here: what kubectl looks for before it sends.
Value pathItem(const ResourceInfo& info)
{
    Array parameters;
    for (const auto* name : {"dryRun", "fieldManager", "fieldValidation", "force"})
        parameters.push_back(Value(Object {{"name", name}, {"in", "query"}, {"schema", Object {{"type", "string"}}}}));
    Object content;
    for (const auto* media : {"application/json-patch+json", "application/merge-patch+json",
                              "application/strategic-merge-patch+json", "application/apply-patch+yaml"})
        if (!info.custom || std::string_view(media).find("strategic") == std::string_view::npos)
            content[media] = Object {{"schema", Object {{"type", "object"}}}};
    return Object {{"patch",
                    Object {{"x-kubernetes-group-version-kind", kindOf(info)},
                            {"x-kubernetes-action", "patch"},
                            {"parameters", std::move(parameters)},
                            {"requestBody", Object {{"content", std::move(content)}}},
                            {"responses", Object {{"200", Object {{"description", "OK"}}}}}}}};
}

} // namespace

ApiResult<kube::Response> ApiServer::Private::openApi(const ApiRequest& request) const
{
    const auto now = registry();
    const auto& path = request.path;
    if (path.size() < 2 || path[1] != "v3")
        return pageNotFound();
    if (path.size() == 2) {
        Object paths;
        for (const auto& group : now->groups())
            for (const auto& version : group.versions) {
                const auto name = group.name.empty() ? "api/" + version.version
                                                     : fmt::format("apis/{}/{}", group.name, version.version);
                paths[name] = Object {
                    {"serverRelativeURL", str(fmt::format("/openapi/v3/{}?hash={}", name, now->hash().substr(0, 16)))}};
            }
        auto response = jsonResponse(200, Value(Object {{"paths", std::move(paths)}}));
        response.headers.emplace_back("etag", fmt::format("\"{}\"", now->hash()));
        return response;
    }
    const bool core = path[2] == "api" && path.size() == 4;
    const bool named = path[2] == "apis" && path.size() == 5;
    const auto* version = core ? now->version("", path[3]) : named ? now->version(path[3], path[4]) : nullptr;
    if (version == nullptr)
        return pageNotFound();
    Object paths;
    for (const auto& info : version->resources)
        paths[fmt::format("/{}/{}{}/{}/{{name}}", core ? "api" : "apis", info->apiVersion(),
                          info->namespaced ? "/namespaces/{namespace}" : "", info->plural)] = pathItem(*info);
    return jsonResponse(200,
                        Value(Object {{"openapi", "3.0.0"},
                                      {"info", Object {{"title", "Kubernetes"}, {"version", str(gitVersion)}}},
                                      {"paths", std::move(paths)},
                                      {"components", Object {{"schemas", Object()}}}}));
}

} // namespace core::embedded
