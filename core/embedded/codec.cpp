// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

void rename(Value& object, std::string_view from, std::string_view to)
{
    auto* members = object.if_object();
    if (members == nullptr || !members->contains(from))
        return;
    Value value = std::move((*members)[from]);
    members->stable_erase(members->find(from));
    (*members)[to] = std::move(value);
}

/// autoscaling/v1 holds one cpu target where v2 has a list of metrics.
void scalerToV2(Value& object)
{
    if (const auto target = manifest::integer(object, {"spec", "targetCPUUtilizationPercentage"})) {
        manifest::erase(object, {"spec", "targetCPUUtilizationPercentage"});
        Array metrics;
        metrics.push_back(
            Value(Object {{"type", "Resource"},
                          {"resource",
                           Object {{"name", "cpu"},
                                   {"target", Object {{"type", "Utilization"}, {"averageUtilization", *target}}}}}}));
        manifest::ensure(object, {"spec", "metrics"}) = std::move(metrics);
    }
    manifest::erase(object, {"status", "currentCPUUtilizationPercentage"});
}

void scalerToV1(Value& object)
{
    for (const auto& metric : manifest::array(object, {"spec", "metrics"})) {
        const auto target = manifest::integer(metric, {"resource", "target", "averageUtilization"});
        if (manifest::text(metric, {"resource", "name"}) == "cpu" && target)
            manifest::ensure(object, {"spec", "targetCPUUtilizationPercentage"}) = *target;
    }
    manifest::erase(object, {"spec", "metrics"});
    manifest::erase(object, {"spec", "behavior"});
    for (const auto& metric : manifest::array(object, {"status", "currentMetrics"})) {
        const auto current = manifest::integer(metric, {"resource", "current", "averageUtilization"});
        if (manifest::text(metric, {"resource", "name"}) == "cpu" && current)
            manifest::ensure(object, {"status", "currentCPUUtilizationPercentage"}) = *current;
    }
    manifest::erase(object, {"status", "currentMetrics"});
    manifest::erase(object, {"status", "conditions"});
}

void eventToCore(Value& object)
{
    rename(object, "regarding", "involvedObject");
    rename(object, "note", "message");
    rename(object, "reportingController", "reportingComponent");
    rename(object, "deprecatedSource", "source");
    rename(object, "deprecatedFirstTimestamp", "firstTimestamp");
    rename(object, "deprecatedLastTimestamp", "lastTimestamp");
    rename(object, "deprecatedCount", "count");
}

void eventToGroup(Value& object)
{
    rename(object, "involvedObject", "regarding");
    rename(object, "message", "note");
    rename(object, "reportingComponent", "reportingController");
    rename(object, "source", "deprecatedSource");
    rename(object, "firstTimestamp", "deprecatedFirstTimestamp");
    rename(object, "lastTimestamp", "deprecatedLastTimestamp");
    rename(object, "count", "deprecatedCount");
}

} // namespace

ApiResult<Value> decodeBody(const ApiRequest& request, std::size_t maxBytes)
{
    const std::string_view body = request.raw->body;
    if (body.size() > maxBytes) {
        Failure failure;
        failure.code = 413;
        failure.reason = "RequestEntityTooLarge";
        failure.message = fmt::format("Request entity too large: limit is {}", maxBytes);
        failure.details = false;
        return Refusal(std::move(failure));
    }
    const auto type = request.contentType();
    if (type == "application/vnd.kubernetes.protobuf") {
        auto decoded = decodeProtobuf(body);
        if (!decoded)
            return badRequest("the body of the request cannot be decoded: " + decoded.error().message);
        return std::move(*decoded);
    }
    if (type == "application/yaml" || type == "application/apply-patch+yaml") {
        if (body.starts_with('{')) {
            if (auto json = manifest::parseJson(body))
                return std::move(*json);
        }
        auto documents = manifest::parseYaml(body, "body", {.maxBytes = maxBytes, .maxNodes = 1'000'000});
        if (!documents)
            return badRequest("error decoding YAML: " + documents.error().text());
        if (documents->size() != 1)
            return badRequest("the body must be one YAML document");
        return std::move(documents->front().value);
    }
    if (!type.empty() && type != "application/json" && !type.ends_with("-patch+json")
        && type != "application/x-www-form-urlencoded" && type != "*/*")
        return unsupportedMedia("application/json, application/yaml, application/vnd.kubernetes.protobuf");
    auto parsed = manifest::parseJson(body);
    if (!parsed)
        return badRequest(fmt::format("couldn't get version/kind; json parse error: {}", parsed.error().message));
    return std::move(*parsed);
}

void toStoredVersion(const ResourceInfo& info, Value& object)
{
    const auto from = manifest::text(object, {"apiVersion"});
    if (from == info.storedApiVersion || !object.is_object())
        return;
    if (info.table == "/events")
        eventToCore(object);
    else if (info.table == "autoscaling/horizontalpodautoscalers" && from == "autoscaling/v1")
        scalerToV2(object);
    object.get_object()["apiVersion"] = boost::json::string(info.storedApiVersion);
}

Value viewValue(const ResourceInfo& info, const Stored& object)
{
    Value value = object.value();
    const auto wanted = info.apiVersion();
    if (manifest::text(value, {"apiVersion"}) == wanted)
        return value;
    if (info.table == "/events")
        eventToGroup(value);
    else if (wanted == "autoscaling/v1")
        scalerToV1(value);
    value.get_object()["apiVersion"] = boost::json::string(wanted);
    return value;
}

std::string viewJson(const ResourceInfo& info, const Stored& object)
{
    const auto wanted = info.apiVersion();
    if (wanted == info.storedApiVersion)
        return object.json();
    if (!info.custom)
        return boost::json::serialize(viewValue(info, object));
    // Versions of custom kinds differ by their name only.
    const auto& json = object.json();
    const auto body = json.find(",\"metadata\":");
    if (body == std::string::npos)
        return json;
    return fmt::format("{{\"kind\":\"{}\",\"apiVersion\":\"{}\"{}", info.kind, wanted,
                       std::string_view(json).substr(body));
}

std::string itemJson(const ResourceInfo& info, const Stored& object)
{
    auto json = viewJson(info, object);
    if (info.custom)
        return json;
    const auto body = json.find(",\"metadata\":");
    return body == std::string::npos ? json : "{" + json.substr(body + 1);
}

std::string metadataJson(const Stored& object)
{
    const auto* metadata = manifest::find(object.value(), {"metadata"});
    return fmt::format(R"({{"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{}}})",
                       metadata != nullptr ? boost::json::serialize(*metadata) : "{}");
}

} // namespace core::embedded
