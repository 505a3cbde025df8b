// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/patch.h"
#include "core/manifest/strategic.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::manifest {

namespace {

constexpr std::string_view kOrder = "$setElementOrder/";
constexpr std::string_view kRemove = "$deleteFromPrimitiveList/";
constexpr std::string_view kRetain = "$retainKeys";

using Options = StrategicDiffOptions;

const TypeNode* fieldType(const TypeNode* type, std::string_view name)
{
    if (type == nullptr)
        return nullptr;
    if (type->kind == TypeNode::Kind::Struct) {
        const auto* field = type->field(name);
        return field != nullptr ? field->type : nullptr;
    }
    return type->kind == TypeNode::Kind::Map ? type->element : nullptr;
}

bool contains(const Array& list, const Value& value)
{
    return std::any_of(list.begin(), list.end(), [&](const Value& item) { return equal(item, value); });
}

const Value* findByKey(const Array& list, std::string_view key, const Value& id)
{
    for (const auto& item : list) {
        const auto* value = item.is_object() ? item.get_object().if_contains(key) : nullptr;
        if (value != nullptr && equal(*value, id))
            return &item;
    }
    return nullptr;
}

Result<Object> diffMaps(const Object& from, const Object& to, const TypeNode* type, bool retains, Options options);

Result<Value> keyOf(const Value& element, std::string_view key)
{
    const auto* value = element.is_object() ? element.get_object().if_contains(key) : nullptr;
    if (value == nullptr)
        return fail(
            Error::Code::InvalidInput,
            fmt::format("map: {} does not contain declared merge key: {}", goText(element).substr(0, 1000), key));
    return *value;
}

void diffScalarList(Object& patch, std::string_view name, const Array& from, const Array& to, Options options)
{
    Array added;
    Array removed;
    for (const auto& item : to)
        if (!contains(from, item) && !options.ignoreChanges)
            added.push_back(item);
    for (const auto& item : from)
        if (!contains(to, item) && !options.ignoreDeletions)
            removed.push_back(item);
    const bool changed = !added.empty() || !removed.empty();
    if (!added.empty())
        patch[name] = std::move(added);
    if (!removed.empty())
        patch[fmt::format("{}{}", kRemove, name)] = std::move(removed);
    if (!options.ignoreChanges && (changed || !equal(from, to)))
        patch[fmt::format("{}{}", kOrder, name)] = to;
}

Result<> diffKeyedList(Object& patch, std::string_view name, const Array& from, const Array& to, const TypeNode& type,
                       Options options)
{
    Array changes;
    Array order;
    const std::string_view key = type.mergeKey;
    for (const auto& element : to) {
        PH_TRY(const auto id, keyOf(element, key));
        order.push_back(Value(Object {{key, id}}));
        const auto* before = findByKey(from, key, id);
        if (before == nullptr) {
            if (!options.ignoreChanges)
                changes.push_back(element);
            continue;
        }
        PH_TRY(auto inner,
               diffMaps(before->get_object(), element.get_object(), type.element, type.retainKeys, options));
        if (inner.empty())
            continue;
        inner[key] = id;
        changes.emplace_back(std::move(inner));
    }
    Array fromOrder;
    for (const auto& element : from) {
        PH_TRY(const auto id, keyOf(element, key));
        if (findByKey(to, key, id) != nullptr)
            fromOrder.push_back(Value(Object {{key, id}}));
        else if (!options.ignoreDeletions)
            changes.push_back(Value(Object {{"$patch", "delete"}, {key, id}}));
        else
            fromOrder.push_back(Value(Object {{key, id}}));
    }
    // What is ignored as a deletion stays, and its place among the others does not count as a change.
    Array kept;
    for (const auto& item : fromOrder)
        if (contains(order, item))
            kept.push_back(item);
    Array shared;
    for (const auto& item : order)
        if (contains(fromOrder, item))
            shared.push_back(item);
    const bool reordered = !options.ignoreChanges && !equal(kept, shared);
    if (changes.empty() && !reordered)
        return {};
    if (!changes.empty())
        patch[name] = std::move(changes);
    patch[fmt::format("{}{}", kOrder, name)] = std::move(order);
    return {};
}

Result<> diffLists(Object& patch, std::string_view name, const Array& from, const Array& to, const TypeNode* type,
                   Options options)
{
    const bool merges = type != nullptr && type->kind == TypeNode::Kind::List && type->merge;
    if (!merges || from.empty()) {
        if (!options.ignoreChanges && !equal(from, to))
            patch[name] = to;
        return {};
    }
    if (type->mergeKey.empty()) {
        diffScalarList(patch, name, from, to, options);
        return {};
    }
    return diffKeyedList(patch, name, from, to, *type, options);
}

Result<> diffValues(Object& patch, std::string_view name, const Value& from, const Value& to, const TypeNode* type,
                    Options options)
{
    if (from.is_object() && to.is_object()) {
        if (type != nullptr && type->replace) {
            if (!options.ignoreChanges && !equal(from, to)) {
                Object whole = to.get_object();
                whole["$patch"] = "replace";
                patch[name] = std::move(whole);
            }
            return {};
        }
        PH_TRY(auto inner,
               diffMaps(from.get_object(), to.get_object(), type, type != nullptr && type->retainKeys, options));
        if (!inner.empty())
            patch[name] = std::move(inner);
        return {};
    }
    if (from.is_array() && to.is_array())
        return diffLists(patch, name, from.get_array(), to.get_array(), type, options);
    if (!options.ignoreChanges && !equal(from, to))
        patch[name] = to;
    return {};
}

Result<Object> diffMaps(const Object& from, const Object& to, const TypeNode* type, bool retains, Options options)
{
    Object patch;
    bool extra = false;
    for (const auto& member : from) {
        if (to.contains(member.key()))
            continue;
        extra = true;
        if (!options.ignoreDeletions)
            patch[member.key()] = nullptr;
    }
    for (const auto& member : to) {
        const auto* before = from.if_contains(member.key());
        if (before == nullptr) {
            if (!options.ignoreChanges)
                patch[member.key()] = member.value();
            continue;
        }
        PH_CHECK(diffValues(patch, member.key(), *before, member.value(), fieldType(type, member.key()), options));
    }
    if (retains && (!patch.empty() || (extra && !options.ignoreChanges))) {
        std::vector<std::string> keys;
        for (const auto& member : to)
            keys.emplace_back(member.key());
        std::sort(keys.begin(), keys.end());
        Array list;
        for (const auto& key : keys)
            list.emplace_back(boost::json::string(key));
        patch[kRetain] = std::move(list);
    }
    return patch;
}

/// Puts a patch's elements where the directive has them, as a server asks for; those it deletes stand last.
void arrange(Array& list, const Value* order, std::string_view key)
{
    if (order == nullptr || !order->is_array() || key.empty())
        return;
    const auto& places = order->get_array();
    const auto placeOf = [&](const Value& element) {
        const auto* id = element.is_object() ? element.get_object().if_contains(key) : nullptr;
        const auto found = std::find_if(places.begin(), places.end(), [&](const Value& place) {
            const auto* other = place.is_object() ? place.get_object().if_contains(key) : nullptr;
            return id != nullptr && other != nullptr && equal(*id, *other);
        });
        return found - places.begin();
    };
    std::stable_sort(list.begin(), list.end(), [&](const Value& a, const Value& b) { return placeOf(a) < placeOf(b); });
}

/// Lays `delta` over `base`, both patches: directives and nulls are data here.
void overlay(Object& base, const Object& delta, const TypeNode* type)
{
    for (const auto& member : delta) {
        auto* below = base.if_contains(member.key());
        const auto* child = fieldType(type, member.key());
        if (below != nullptr && below->is_object() && member.value().is_object()
            && !member.value().get_object().contains("$patch")) {
            overlay(below->get_object(), member.value().get_object(), child);
        } else if (below != nullptr && below->is_array() && member.value().is_array()
                   && !std::string_view(member.key()).starts_with(kOrder) && child != nullptr && child->merge) {
            auto& list = below->get_array();
            Array merged = member.value().get_array();
            for (auto& item : list) {
                const auto* id = item.is_object() && !child->mergeKey.empty()
                    ? item.get_object().if_contains(child->mergeKey)
                    : nullptr;
                auto same =
                    id == nullptr ? merged.end() : std::find_if(merged.begin(), merged.end(), [&](Value& other) {
                        const auto* key = other.is_object() ? other.get_object().if_contains(child->mergeKey) : nullptr;
                        return key != nullptr && equal(*key, *id);
                    });
                if (same == merged.end()) {
                    if (id != nullptr || !contains(merged, item))
                        merged.push_back(item);
                    continue;
                }
                Object combined = item.get_object();
                overlay(combined, same->get_object(), child->element);
                *same = std::move(combined);
            }
            arrange(merged, delta.if_contains(fmt::format("{}{}", kOrder, std::string_view(member.key()))),
                    child->mergeKey);
            list = std::move(merged);
        } else {
            base[member.key()] = member.value();
        }
    }
}

/// Keeps of a merge patch only its nulls, or only what is not null.
Object filterNulls(const Object& patch, bool keepNulls)
{
    Object out;
    for (const auto& member : patch) {
        if (member.value().is_null()) {
            if (keepNulls)
                out[member.key()] = nullptr;
        } else if (const auto* object = member.value().if_object()) {
            auto inner = filterNulls(*object, keepNulls);
            if (!inner.empty() || (!keepNulls && object->empty()))
                out[member.key()] = std::move(inner);
        } else if (!keepNulls) {
            out[member.key()] = member.value();
        }
    }
    return out;
}

const Object& asObject(const Value& value)
{
    static const Object kEmpty;
    return value.is_object() ? value.get_object() : kEmpty;
}

} // namespace

Result<Value> createStrategicPatch(const Value& from, const Value& to, const TypeNode* type,
                                   StrategicDiffOptions options)
{
    PH_TRY(auto patch, diffMaps(asObject(from), asObject(to), type, false, options));
    return Value(std::move(patch));
}

Result<Value> createThreeWayStrategicPatch(const Value& original, const Value& modified, const Value& current,
                                           const TypeNode* type)
{
    PH_TRY(const auto delta, diffMaps(asObject(current), asObject(modified), type, false, {.ignoreDeletions = true}));
    PH_TRY(auto patch, diffMaps(asObject(original), asObject(modified), type, false, {.ignoreChanges = true}));
    overlay(patch, delta, type);
    return Value(std::move(patch));
}

Value createThreeWayMergePatch(const Value& original, const Value& modified, const Value& current)
{
    const auto changes = createMergePatch(current, modified);
    const auto deletions = createMergePatch(original, modified);
    Object patch = filterNulls(asObject(deletions), true);
    overlay(patch, filterNulls(asObject(changes), false), nullptr);
    return patch;
}

} // namespace core::manifest
