// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/embedded/api_server_p.h"
#include "core/embedded/selectors.h"
#include "core/manifest/patch.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Object;
using manifest::Value;

namespace {

const Value* at(const Value& object, std::string_view path)
{
    const Value* value = &object;
    for (const auto& part : split(path.substr(path.starts_with('.') ? 1 : 0), '.')) {
        const auto* members = value->if_object();
        value = members != nullptr ? members->if_contains(part) : nullptr;
        if (value == nullptr)
            return nullptr;
    }
    return value;
}

Value& slot(Value& object, std::string_view path)
{
    Value* value = &object;
    for (const auto& part : split(path.substr(path.starts_with('.') ? 1 : 0), '.')) {
        if (!value->is_object())
            value->emplace_object();
        value = &value->get_object()[part];
    }
    return *value;
}

std::int64_t number(const Value* value)
{
    return value == nullptr ? 0 : manifest::integer(*value, {}).value_or(0);
}

} // namespace

const std::string& scaleReplicasPath(const ResourceInfo& info)
{
    static const std::string kBuiltin = ".spec.replicas";
    return info.custom ? info.scaleSpecPath : kBuiltin;
}

Value scaleOf(const ResourceInfo& info, const Value& object)
{
    Object metadata;
    for (const auto* key : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"})
        if (const auto* value = manifest::find(object, {"metadata", key}))
            metadata[key] = *value;
    std::string selector;
    if (!info.custom) {
        const auto* declared = manifest::find(object, {"spec", "selector"});
        if (info.table == "/replicationcontrollers" && declared != nullptr) {
            const Value wrapped = Object {{"matchLabels", *declared}};
            selector = LabelSelector::fromObject(&wrapped).text();
        } else {
            selector = LabelSelector::fromObject(declared).text();
        }
    } else if (!info.scaleSelectorPath.empty()) {
        if (const auto* text = at(object, info.scaleSelectorPath); text != nullptr && text->is_string())
            selector = text->get_string();
    }
    const std::string statusPath = info.custom ? info.scaleStatusPath : ".status.replicas";
    Object spec;
    if (const auto replicas = number(at(object, scaleReplicasPath(info))); replicas != 0)
        spec["replicas"] = replicas;
    Object status {{"replicas", statusPath.empty() ? 0 : number(at(object, statusPath))}};
    if (!selector.empty())
        status["selector"] = boost::json::string(selector);
    return Object {{"kind", "Scale"},
                   {"apiVersion", "autoscaling/v1"},
                   {"metadata", std::move(metadata)},
                   {"spec", std::move(spec)},
                   {"status", std::move(status)}};
}

ApiResult<kube::Response> ApiServer::Private::scale(const ApiRequest& request, const ResourcePtr& info)
{
    if (request.method == "GET") {
        API_TRY(const auto object, load(*info, request));
        return jsonResponse(200, scaleOf(*info, object->value()));
    }
    const bool put = request.method == "PUT";
    if (!put && request.method != "PATCH")
        return methodNotAllowed();
    API_TRY(auto context, writeContext(request, info));
    API_TRY(const auto body, decodeBody(request, maxBodyBytes));
    const auto type = request.contentType();
    API_TRY(
        const auto stored,
        updateObject(context, request.nameSpace, request.name, "scale", [&](const Value& current) -> ApiResult<Value> {
            Value wanted = scaleOf(*info, current);
            if (put) {
                if (manifest::text(body, {"kind"}) != "Scale" && !manifest::text(body, {"kind"}).empty())
                    return badRequest(fmt::format("expected input object type to be Scale, but {} was given",
                                                  manifest::text(body, {"kind"})));
                wanted = body;
            } else if (type == "application/json-patch+json") {
                if (const auto done = manifest::jsonPatch(wanted, body); !done)
                    return badRequest(done.error().message);
            } else {
                manifest::mergePatch(wanted, body);
            }
            const auto version = manifest::text(wanted, {"metadata", "resourceVersion"});
            if (!version.empty() && version != manifest::text(current, {"metadata", "resourceVersion"}))
                return conflict(*info, request.name);
            const auto* replicas = manifest::find(wanted, {"spec", "replicas"});
            const auto count = number(replicas);
            if (replicas != nullptr && !manifest::integer(*replicas, {}))
                return badRequest("spec.replicas must be an integer");
            if (count < 0)
                return invalid(*info, request.name,
                               {invalidValue("spec.replicas", Value(count), "must be greater than or equal to 0")});
            Value next = current;
            slot(next, scaleReplicasPath(*info)) = count;
            return next;
        }));
    return jsonResponse(200, scaleOf(*info, stored->value()));
}

} // namespace core::embedded
