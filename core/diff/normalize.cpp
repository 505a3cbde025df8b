// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/clock.h"
#include "core/base/strings.h"
#include "core/diff/rules.h"
#include "core/manifest/quantity.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <map>

namespace core::diff {

namespace {

using manifest::Array;
using manifest::Object;
using manifest::TypeNode;

constexpr int kMaxDepth = 200;

/// Go fields that are no pointers: their zero value disappears on the way through the typed structure.
bool vanishesAtZero(std::string_view field)
{
    static constexpr std::array kFields {"hostNetwork",   "hostPID",         "hostIPC",
                                         "stdin",         "stdinOnce",       "tty",
                                         "readOnly",      "paused",          "publishNotReadyAddresses",
                                         "unschedulable", "minReadySeconds", "initialDelaySeconds"};
    return std::any_of(kFields.begin(), kFields.end(), [&](const char* name) { return field == name; });
}

bool keepsEmptyText(std::string_view field)
{
    return field == "storageClassName" || field == "ingressClassName" || field == "loadBalancerClass";
}

bool isZero(const Value& value)
{
    return (value.is_bool() && !value.get_bool()) || (value.is_int64() && value.get_int64() == 0);
}

bool droppable(std::string_view field, const Value& value, const TypeNode& type)
{
    if (value.is_null())
        return true;
    switch (type.kind) {
    case TypeNode::Kind::Map:
        return value.is_object() && value.get_object().empty();
    case TypeNode::Kind::List:
        return value.is_array() && value.get_array().empty();
    case TypeNode::Kind::String:
        return value.is_string() && value.get_string().empty() && !keepsEmptyText(field);
    case TypeNode::Kind::Bool:
    case TypeNode::Kind::Int:
        return isZero(value) && vanishesAtZero(field);
    default:
        return false;
    }
}

/// False where the value does not fit the type: then the object is compared untouched.
bool canonicalize(Value& value, const TypeNode& type, int depth);

bool canonicalizeStruct(Object& object, const TypeNode& type, int depth)
{
    std::vector<std::string> dropped;
    for (auto& member : object) {
        if (depth == 0 && (member.key() == "apiVersion" || member.key() == "kind"))
            continue;
        const auto* field = type.field(member.key());
        if (!field || !field->type) {
            if (type.preserveUnknown)
                continue;
            return false;
        }
        if (droppable(member.key(), member.value(), *field->type)) {
            dropped.emplace_back(member.key());
            continue;
        }
        if (!canonicalize(member.value(), *field->type, depth + 1))
            return false;
        if (droppable(member.key(), member.value(), *field->type))
            dropped.emplace_back(member.key());
    }
    for (const auto& key : dropped)
        object.stable_erase(object.find(key));
    return true;
}

bool canonicalize(Value& value, const TypeNode& type, int depth)
{
    if (depth > kMaxDepth)
        return false;
    switch (type.kind) {
    case TypeNode::Kind::Struct:
        return value.is_null() || (value.is_object() && canonicalizeStruct(value.get_object(), type, depth));
    case TypeNode::Kind::Map:
        if (!value.is_object())
            return value.is_null();
        for (auto& member : value.get_object()) {
            if (type.element && !canonicalize(member.value(), *type.element, depth + 1))
                return false;
        }
        return true;
    case TypeNode::Kind::List:
        if (!value.is_array())
            return value.is_null();
        for (auto& item : value.get_array()) {
            if (type.element && !canonicalize(item, *type.element, depth + 1))
                return false;
        }
        return true;
    case TypeNode::Kind::Quantity: {
        const auto quantity = manifest::Quantity::parse(value);
        if (!quantity)
            return false;
        value = boost::json::string(quantity->canonical());
        return true;
    }
    case TypeNode::Kind::Duration:
        if (const auto* text = value.if_string()) {
            const auto duration = parseGoDuration(*text);
            if (!duration)
                return false;
            value = boost::json::string(formatGoDuration(*duration));
        }
        return true;
    case TypeNode::Kind::String:
        return value.is_string() || value.is_null();
    case TypeNode::Kind::Bool:
        return value.is_bool() || value.is_null();
    case TypeNode::Kind::Int:
        return value.is_int64() || value.is_uint64() || value.is_null() || manifest::integer(value, {}).has_value();
    default:
        return true;
    }
}

void canonicalizeObject(Value& object)
{
    const auto* type = manifest::builtinType(manifest::apiVersion(object), manifest::kind(object));
    if (type) {
        Value copy(object);
        if (canonicalize(copy, *type, 0))
            object = std::move(copy);
        return;
    }
    if (manifest::apiVersion(object).starts_with("argoproj.io/") && manifest::kind(object) == "Rollout") {
        const auto* deployment = manifest::builtinType("apps/v1", "Deployment");
        const auto* spec = deployment ? deployment->field("spec") : nullptr;
        const auto* pod = spec && spec->type ? spec->type->field("template") : nullptr;
        if (auto* place = manifest::find(object, {"spec", "template"}); place && pod && pod->type) {
            Value copy(*place);
            if (canonicalize(copy, *pod->type, 0))
                *place = std::move(copy);
        }
    }
}

void encodeStringData(Value& secret)
{
    const auto* texts = manifest::find(secret, {"stringData"});
    if (texts && texts->is_object()) {
        const Object copy = texts->get_object();
        for (const auto& member : copy) {
            auto& place = manifest::ensure(secret, {"data", member.key()});
            if (member.value().is_string())
                place = boost::json::string(base64Encode(member.value().get_string()));
            else
                place = member.value();
        }
    }
    manifest::erase(secret, {"stringData"});
    if (auto* data = manifest::find(secret, {"data"}); data && data->is_object()) {
        for (auto& member : data->get_object()) {
            if (member.value().is_null())
                member.value() = boost::json::string();
        }
    }
}

/// The node of a Go type that some built-in kind uses.
const TypeNode* knownType(const std::string& type)
{
    static const TypeNode kQuantity = [] {
        TypeNode node;
        node.kind = TypeNode::Kind::Quantity;
        return node;
    }();
    static const TypeNode kDuration = [] {
        TypeNode node;
        node.kind = TypeNode::Kind::Duration;
        return node;
    }();
    static const auto kNamed = [] {
        std::map<std::string, const TypeNode*> named;
        std::vector<const TypeNode*> open;
        for (const auto* kind : {"Pod", "Service", "PersistentVolume", "PersistentVolumeClaim", "Node", "Namespace",
                                 "ConfigMap", "Secret", "ServiceAccount", "ResourceQuota", "LimitRange", "Endpoints"})
            open.push_back(manifest::builtinType("v1", kind));
        while (!open.empty()) {
            const auto* node = open.back();
            open.pop_back();
            if (!node)
                continue;
            if (node->element)
                open.push_back(node->element);
            if (node->kind != TypeNode::Kind::Struct || !named.emplace(node->name, node).second)
                continue;
            for (const auto& field : node->fields)
                open.push_back(field.type);
        }
        return named;
    }();
    if (type == "core/Quantity")
        return &kQuantity;
    if (type == "meta/v1/Duration")
        return &kDuration;
    constexpr std::string_view kCore = "core/v1/";
    if (!type.starts_with(kCore))
        return nullptr;
    const auto found = kNamed.find("core/v1." + type.substr(kCore.size()));
    return found == kNamed.end() ? nullptr : found->second;
}

void canonicalizeAt(Value& value, std::string_view path, const TypeNode& type)
{
    if (auto* list = value.if_array()) {
        for (auto& item : *list)
            canonicalizeAt(item, path, type);
        return;
    }
    if (path.empty()) {
        Value copy(value);
        if (canonicalize(copy, type, 1))
            value = std::move(copy);
        return;
    }
    const auto dot = path.find('.');
    auto* object = value.if_object();
    auto* next = object ? object->if_contains(path.substr(0, dot)) : nullptr;
    if (next)
        canonicalizeAt(*next, dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1), type);
}

void canonicalizeField(Value& object, const KnownType& known)
{
    if (const auto* type = knownType(known.type))
        canonicalizeAt(object, known.field, *type);
}

/// A port without protocol is TCP; the order of subsets says nothing.
void normalizeEndpoints(Value& endpoints)
{
    auto* subsets = manifest::find(endpoints, {"subsets"});
    if (!subsets || !subsets->is_array())
        return;
    for (auto& subset : subsets->get_array()) {
        auto* ports = manifest::find(subset, {"ports"});
        for (std::size_t i = 0; ports && ports->is_array() && i < ports->get_array().size(); ++i) {
            auto& port = ports->get_array()[i];
            if (port.is_object() && manifest::text(port, {"protocol"}).empty())
                port.get_object().insert_or_assign("protocol", "TCP");
        }
        if (auto* addresses = manifest::find(subset, {"addresses"}); addresses && addresses->is_array())
            std::sort(addresses->get_array().begin(), addresses->get_array().end(), [](const Value& a, const Value& b) {
                return manifest::text(a, {"ip"}) < manifest::text(b, {"ip"});
            });
    }
    std::sort(subsets->get_array().begin(), subsets->get_array().end(),
              [](const Value& a, const Value& b) { return manifest::toSortedJson(a) < manifest::toSortedJson(b); });
}

void normalizeRole(Value& role, bool ignoreAggregated)
{
    auto* rules = manifest::find(role, {"rules"});
    const auto* aggregation = manifest::find(role, {"aggregationRule"});
    if (rules && ((rules->is_array() && rules->get_array().empty()) || (ignoreAggregated && aggregation)))
        manifest::erase(role, {"rules"});
}

} // namespace

Value normalize(const Value& object, const Options& options)
{
    Value result(object);
    if (!result.is_object())
        return result;
    const auto group = manifest::parseGroupVersion(manifest::apiVersion(result)).group;
    const auto kind = manifest::kind(result);
    const bool isRole = group == "rbac.authorization.k8s.io" && (kind == "Role" || kind == "ClusterRole");
    if (group.empty() && kind == "Secret")
        encodeStringData(result);
    if (group.empty() && kind == "Endpoints")
        normalizeEndpoints(result);
    canonicalizeObject(result);
    for (const auto& known : options.knownTypes)
        canonicalizeField(result, known);
    manifest::erase(result, {"metadata", "creationTimestamp"});
    if (isRole)
        normalizeRole(result, options.ignoreAggregatedRoles);
    return result;
}

Value lastApplied(const Value& live)
{
    const auto text = manifest::annotation(live, "kubectl.kubernetes.io/last-applied-configuration");
    if (text.empty())
        return {};
    auto parsed = manifest::parseJson(text);
    return parsed && parsed->is_object() ? std::move(*parsed) : Value {};
}

} // namespace core::diff
