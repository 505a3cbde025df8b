// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/strategic.h"

#include "core/manifest/patch.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::manifest {

namespace {

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kOrder = "$setElementOrder/";
constexpr std::string_view kRemove = "$deleteFromPrimitiveList/";
constexpr std::string_view kRetain = "$retainKeys";

/// What a list merges by, "" for lists of scalars; nothing where the list is replaced.
struct ListRule
{
    bool merge = false;
    std::string_view key;
    const TypeNode* element = nullptr;
};

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

ListRule listRule(const TypeNode* type)
{
    if (type == nullptr || type->kind != TypeNode::Kind::List)
        return {};
    return {type->merge, type->mergeKey, type->element};
}

bool contains(const Array& list, const Value& value)
{
    return std::any_of(list.begin(), list.end(), [&](const Value& item) { return equal(item, value); });
}

bool isDirected(const Value& value)
{
    return value.is_object() && value.get_object().contains(kDirective);
}

/// Drops maps that hold a directive, and null members, at every level.
Value stripped(const Value& value)
{
    if (const auto* object = value.if_object()) {
        Object out;
        for (const auto& member : *object) {
            if (member.value().is_null() || member.key().starts_with('$') || isDirected(member.value()))
                continue;
            out[member.key()] = stripped(member.value());
        }
        return out;
    }
    if (const auto* array = value.if_array()) {
        Array out;
        for (const auto& item : *array) {
            if (isDirected(item))
                continue;
            out.push_back(stripped(item));
        }
        return out;
    }
    return value;
}

Result<Value> keyOf(const Value& element, std::string_view key)
{
    const auto* value = element.is_object() ? element.get_object().if_contains(key) : nullptr;
    if (value == nullptr)
        return fail(
            Error::Code::Invalid,
            fmt::format("map: {} does not contain declared merge key: {}", goText(element).substr(0, 1000), key));
    return *value;
}

/// The identity of an element: its merge key, or the scalar itself.
Result<Value> identity(const Value& element, std::string_view key)
{
    if (key.empty())
        return element;
    return keyOf(element, key);
}

Result<Array> identities(const Array& list, std::string_view key)
{
    Array out;
    out.reserve(list.size());
    for (const auto& element : list) {
        PH_TRY(auto id, identity(element, key));
        out.push_back(std::move(id));
    }
    return out;
}

std::size_t indexOf(const Array& list, const Value& value)
{
    const auto it = std::find_if(list.begin(), list.end(), [&](const Value& item) { return equal(item, value); });
    return static_cast<std::size_t>(it - list.begin());
}

/// An element with its identity, while a list is put in order.
struct Item
{
    Value id;
    Value value;
};
using Items = std::vector<Item>;

/// Merges two sequences, keeping both orders: an untouched element goes first where it stood first in `old`.
Array interleave(Items named, Items others, const Array& old)
{
    Array out;
    std::size_t n = 0;
    std::size_t o = 0;
    while (n < named.size() || o < others.size()) {
        bool takeOther = n == named.size();
        if (!takeOther && o < others.size()) {
            const auto named_ = indexOf(old, named[n].id);
            const auto other = indexOf(old, others[o].id);
            takeOther = named_ < old.size() && other < old.size() && other < named_;
        }
        out.push_back(std::move(takeOther ? others[o++].value : named[n++].value));
    }
    return out;
}

/// Splits a merged list into the elements that `order` names (sorted by it) and the rest, then interleaves them.
Result<Array> arrange(Array merged, const Array& order, const Array& old, std::string_view key)
{
    Items named;
    Items others;
    for (auto& element : merged) {
        PH_TRY(auto id, identity(element, key));
        auto& side = contains(order, id) ? named : others;
        side.push_back({std::move(id), std::move(element)});
    }
    std::stable_sort(named.begin(), named.end(),
                     [&](const Item& a, const Item& b) { return indexOf(order, a.id) < indexOf(order, b.id); });
    std::stable_sort(others.begin(), others.end(),
                     [&](const Item& a, const Item& b) { return indexOf(old, a.id) < indexOf(old, b.id); });
    return interleave(std::move(named), std::move(others), old);
}

Result<> mergeMap(Object& current, const Object& patch, const TypeNode* type);

/// The list after the patch's element directives; `done` when a replace directive settled it.
struct Prepared
{
    Array current;
    Array patch; ///< elements without directives
    bool done = false;
};

Result<Prepared> applyElementDirectives(const Array& current, const Array& patch, std::string_view key)
{
    Prepared out;
    Array remove;
    bool replace = false;
    for (const auto& element : patch) {
        const auto* object = element.if_object();
        const auto* directive = object != nullptr ? object->if_contains(kDirective) : nullptr;
        if (directive == nullptr) {
            out.patch.push_back(element);
        } else if (*directive == "replace") {
            replace = true;
        } else if (*directive == "delete") {
            PH_TRY(auto id, keyOf(element, key));
            remove.push_back(std::move(id));
        } else if (*directive == "merge") {
            Object rest = *object;
            rest.stable_erase(rest.find(kDirective));
            out.patch.emplace_back(std::move(rest));
        } else {
            return fail(Error::Code::Invalid, "unknown patch type: " + goText(*directive));
        }
    }
    if (replace) {
        out.done = true;
        return out;
    }
    for (const auto& element : current) {
        PH_TRY(const auto id, keyOf(element, key));
        if (!contains(remove, id))
            out.current.push_back(element);
    }
    return out;
}

Result<Array> mergeScalars(const Array& current, const Array& patch)
{
    Array merged = current;
    for (const auto& value : patch)
        if (!contains(merged, value))
            merged.push_back(value);
    return merged;
}

/// Merges without arranging; elements of the patch that are new stand at the end.
Result<Array> mergeElements(Array current, const Array& patch, const ListRule& rule)
{
    PH_TRY(auto known, identities(current, rule.key));
    for (const auto& element : patch) {
        PH_TRY(auto id, keyOf(element, rule.key));
        const auto at = indexOf(known, id);
        if (at == current.size()) {
            current.push_back(element); // whole: what stands in it of directives is no field and falls out on decoding
            known.push_back(std::move(id));
        } else {
            PH_CHECK(mergeMap(current[at].get_object(), element.get_object(), rule.element));
        }
    }
    return current;
}

struct MergedList
{
    Array list;
    Array old; ///< identities before additions, after deletions
    Array patch; ///< identities of the patch's elements
    bool settled = false; ///< by a replace directive: no arranging
};

Result<MergedList> mergeList(const Array& current, const Array& patch, const ListRule& rule)
{
    MergedList out;
    if (rule.key.empty()) {
        PH_TRY(out.list, mergeScalars(current, patch));
        out.old = current;
        out.patch = patch;
        return out;
    }
    PH_TRY(auto prepared, applyElementDirectives(current, patch, rule.key));
    if (prepared.done) {
        out.settled = true;
        out.list = std::move(prepared.patch);
        return out;
    }
    PH_TRY(out.old, identities(prepared.current, rule.key));
    PH_TRY(out.patch, identities(prepared.patch, rule.key));
    PH_TRY(out.list, mergeElements(std::move(prepared.current), prepared.patch, rule));
    return out;
}

/// The elements of the patch that it does not delete stand in the order that the directive gives. One without its key
/// ({"$patch": "replace"}) stands nowhere.
Result<> checkOrder(const Array& order, const Array& patch, std::string_view key)
{
    const auto idOf = [&](const Value& element) {
        if (key.empty())
            return element;
        const auto* id = find(element, {key});
        return id != nullptr ? *id : Value();
    };
    std::size_t at = 0;
    for (const auto& element : patch) {
        if (text(element, {kDirective}) == "delete")
            continue;
        const auto id = idOf(element);
        while (at < order.size() && (id.is_null() || !equal(idOf(order[at]), id)))
            ++at;
        if (at == order.size())
            return fail(Error::Code::Invalid,
                        fmt::format("The order in patch list:\n{}\n doesn't match $setElementOrder list:\n{}\n",
                                    goText(Value(patch)), goText(Value(order))));
        ++at;
    }
    return {};
}

const Array* directiveList(const Value& value)
{
    return value.if_array();
}

tl::unexpected<Error> badDirective(std::string_view name)
{
    return fail(Error::Code::InvalidInput, fmt::format("the value of {} must be a list", name));
}

Result<> applyRetainKeys(Object& current, const Object& patch)
{
    const auto* directive = patch.if_contains(kRetain);
    if (directive == nullptr)
        return {};
    const auto* keys = directiveList(*directive);
    if (keys == nullptr)
        return badDirective(kRetain);
    for (const auto& member : patch) {
        if (member.value().is_null() || member.key().starts_with('$'))
            continue;
        if (!contains(*keys, boost::json::string(member.key())))
            return fail(Error::Code::InvalidInput, "the patch sets keys that its $retainKeys list does not hold");
    }
    std::vector<std::string> gone;
    for (const auto& member : current)
        if (!contains(*keys, boost::json::string(member.key())))
            gone.emplace_back(member.key());
    for (const auto& key : gone)
        current.stable_erase(current.find(key));
    return {};
}

Result<> applyOrder(Object& current, const Object& patch, std::string_view field, const Value& directive,
                    const TypeNode* type)
{
    const auto* order = directiveList(directive);
    if (order == nullptr)
        return badDirective(kOrder);
    const auto* listType = fieldType(type, field);
    const auto rule = listRule(listType);
    const auto* live = current.if_contains(field);
    const auto* changes = patch.if_contains(field);
    if ((live != nullptr && !live->is_array()) || (changes != nullptr && !changes->is_array()))
        return {};
    PH_TRY(const auto wanted, identities(*order, rule.key));
    if (changes != nullptr) {
        PH_CHECK(checkOrder(*order, changes->get_array(), rule.key));
    }
    if (live == nullptr && changes == nullptr)
        return {};
    MergedList merged;
    if (changes == nullptr) {
        merged.list = live->get_array();
    } else if (live == nullptr) {
        merged.list = stripped(*changes).get_array();
    } else {
        PH_TRY(merged, mergeList(live->get_array(), changes->get_array(), rule));
    }
    if (!merged.settled) {
        Array old;
        if (live != nullptr) {
            PH_TRY(old, identities(live->get_array(), rule.key));
        }
        PH_TRY(merged.list, arrange(std::move(merged.list), wanted, old, rule.key));
    }
    current[field] = std::move(merged.list);
    return {};
}

Result<> removeScalars(Object& current, std::string_view field, const Value& directive)
{
    const auto* gone = directiveList(directive);
    if (gone == nullptr)
        return badDirective(kRemove);
    auto* live = current.if_contains(field);
    auto* list = live != nullptr ? live->if_array() : nullptr;
    if (list == nullptr)
        return {};
    Array rest;
    for (const auto& item : *list)
        if (!contains(*gone, item))
            rest.push_back(item);
    *live = std::move(rest);
    return {};
}

Result<> mergeField(Object& current, std::string_view key, const Value& value, const TypeNode* type)
{
    auto* live = current.if_contains(key);
    if (live == nullptr || live->kind() != value.kind()) {
        if (!isDirected(value))
            current[key] = stripped(value);
        else if (live != nullptr)
            current.stable_erase(current.find(key));
        return {};
    }
    const auto* child = fieldType(type, key);
    if (const auto* object = value.if_object()) {
        if (child != nullptr && child->replace) {
            *live = stripped(value);
            return {};
        }
        return mergeMap(live->get_object(), *object, child);
    }
    if (const auto* list = value.if_array()) {
        const auto rule = listRule(child);
        if (!rule.merge) {
            *live = stripped(value);
            return {};
        }
        PH_TRY(auto merged, mergeList(live->get_array(), *list, rule));
        if (!merged.settled) {
            PH_TRY(merged.list, arrange(std::move(merged.list), merged.patch, merged.old, rule.key));
        }
        *live = std::move(merged.list);
        return {};
    }
    *live = value;
    return {};
}

Result<> mergeMap(Object& current, const Object& patch, const TypeNode* type)
{
    if (const auto* directive = patch.if_contains(kDirective)) {
        if (*directive == "replace") {
            Object rest = patch;
            rest.stable_erase(rest.find(kDirective));
            current = std::move(rest);
            return {};
        }
        if (*directive == "delete") {
            current.clear();
            return {};
        }
        if (*directive != "merge")
            return fail(Error::Code::InvalidInput, "unknown patch type found: " + toJson(*directive));
    }
    PH_CHECK(applyRetainKeys(current, patch));
    std::vector<std::string_view> done;
    // Scalars that go must have gone before their list is ordered.
    for (const auto& member : patch)
        if (member.key().starts_with(kRemove))
            PH_CHECK(removeScalars(current, std::string_view(member.key()).substr(kRemove.size()), member.value()));
    for (const auto& member : patch) {
        if (!member.key().starts_with(kOrder))
            continue;
        const auto field = std::string_view(member.key()).substr(kOrder.size());
        PH_CHECK(applyOrder(current, patch, field, member.value(), type));
        if (const auto* changes = patch.if_contains(field); changes == nullptr || changes->is_array())
            done.push_back(field);
    }
    for (const auto& member : patch) {
        const std::string_view key = member.key();
        if (key.starts_with('$') || std::find(done.begin(), done.end(), key) != done.end())
            continue;
        if (member.value().is_null()) {
            if (const auto it = current.find(key); it != current.end())
                current.stable_erase(it);
            continue;
        }
        PH_CHECK(mergeField(current, key, member.value(), type));
    }
    return {};
}

} // namespace

std::string goText(const Value& value)
{
    if (const auto* text = value.if_string())
        return std::string(*text);
    if (value.is_null())
        return "<nil>";
    std::vector<std::string> parts;
    if (const auto* list = value.if_array()) {
        for (const auto& item : *list)
            parts.push_back(goText(item));
        return fmt::format("[{}]", fmt::join(parts, " "));
    }
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object)
            parts.push_back(fmt::format("{}:{}", std::string_view(member.key()), goText(member.value())));
        std::sort(parts.begin(), parts.end());
        return fmt::format("map[{}]", fmt::join(parts, " "));
    }
    return toJson(value);
}

Result<> strategicMerge(Value& target, const Value& patch, const TypeNode* type)
{
    if (!patch.is_object())
        return fail(Error::Code::InvalidInput, "a strategic merge patch must be an object");
    Value changed = target;
    if (!changed.is_object())
        changed.emplace_object();
    PH_CHECK(mergeMap(changed.get_object(), patch.get_object(), type));
    target = std::move(changed);
    return {};
}

} // namespace core::manifest
