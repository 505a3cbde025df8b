// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/field_set.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::TypeNode;
using manifest::Value;
using Kind = TypeNode::Kind;

namespace {

enum class Shape : std::uint8_t { Leaf, Map, List };

/// References are owned as a whole, also where they are elements of a keyed list (imagePullSecrets, ownerReferences).
bool isReference(const TypeNode& type)
{
    const std::string_view name(type.name);
    return name.ends_with(".LocalObjectReference") || name.ends_with(".ObjectReference")
        || name.ends_with(".OwnerReference");
}

/// How the value at a position of this type takes part: as a whole, by its keys, or by its named elements.
Shape shapeOf(const TypeNode* type, const Value& value)
{
    const bool untyped = type == nullptr || type->kind == Kind::Any || type->kind == Kind::Json;
    if (untyped)
        return value.is_object() && (type == nullptr || !type->atomic) ? Shape::Map : Shape::Leaf;
    if ((type->kind == Kind::Struct || type->kind == Kind::Map) && !type->atomic && !isReference(*type))
        return value.is_object() ? Shape::Map : Shape::Leaf;
    if (type->kind == Kind::List && type->listType != TypeNode::ListType::Atomic)
        return value.is_array() ? Shape::List : Shape::Leaf;
    return Shape::Leaf;
}

const TypeNode* childType(const TypeNode* type, std::string_view key)
{
    if (type == nullptr)
        return nullptr;
    if (type->kind == Kind::Struct) {
        const auto* field = type->field(key);
        return field != nullptr ? field->type : nullptr;
    }
    return type->kind == Kind::Map ? type->element : nullptr;
}

bool declared(const TypeNode* type, std::string_view key)
{
    return type != nullptr && type->kind == Kind::Struct && type->field(key) != nullptr;
}

/// "k:{…}" or "v:…"; nothing where the element has none of its keys.
std::optional<std::string> elementName(const TypeNode& list, const Value& element)
{
    if (list.listType == TypeNode::ListType::Set)
        return "v:" + manifest::toSortedJson(element);
    Object keys;
    bool any = false;
    for (const auto& key : list.listKeys) {
        const auto* value = element.is_object() ? element.get_object().if_contains(key) : nullptr;
        if (value != nullptr) {
            keys[key] = *value;
            any = true;
            continue;
        }
        for (const auto& [name, fallback] : list.keyDefaults)
            if (name == key)
                if (auto parsed = manifest::parseJson(fallback)) {
                    keys[key] = std::move(*parsed);
                    any = true;
                }
    }
    if (!any)
        return {};
    return "k:" + manifest::toSortedJson(Value(std::move(keys)));
}

void collect(const Value& value, const TypeNode* type, FieldSet& set)
{
    switch (shapeOf(type, value)) {
    case Shape::Leaf:
        set.member = true;
        break;
    case Shape::Map:
        for (const auto& member : value.get_object()) {
            const std::string_view key = member.key();
            const auto& inner = member.value();
            const auto* innerType = childType(type, key);
            auto& child = set.at("f:" + std::string(key));
            if (inner.is_null() || (inner.is_object() && inner.get_object().empty()) || !declared(type, key))
                child.member = true;
            if (!inner.is_null() && shapeOf(innerType, inner) != Shape::Leaf)
                collect(inner, innerType, child);
            else
                child.member = true;
        }
        break;
    case Shape::List:
        for (const auto& element : value.get_array()) {
            const auto name = elementName(*type, element);
            if (!name)
                continue;
            auto& child = set.at(*name);
            child.member = true;
            if (shapeOf(type->element, element) != Shape::Leaf)
                collect(element, type->element, child);
        }
        break;
    }
}

bool blank(const Value* value)
{
    return value == nullptr || value->is_null() || (value->is_object() && value->get_object().empty())
        || (value->is_array() && value->get_array().empty());
}

class Comparer
{
public:
    explicit Comparer(Comparison& out)
        : m_out(out)
    {
    }

    void compare(const Value* left, const Value* right, const TypeNode* type)
    {
        const auto leftShape = left != nullptr ? shapeOf(type, *left) : Shape::Leaf;
        const auto rightShape = right != nullptr ? shapeOf(type, *right) : Shape::Leaf;
        if (left != nullptr && right != nullptr && leftShape != rightShape && !blank(left) && !blank(right)) {
            compare(left, nullptr, type);
            compare(nullptr, right, type);
            return;
        }
        const auto shape = left != nullptr && leftShape != Shape::Leaf ? leftShape : rightShape;
        if (shape == Shape::Leaf || (blank(left) && blank(right))) {
            leaf(left, right);
            return;
        }
        if (!m_path.empty() && left == nullptr)
            m_out.added.insert(m_path);
        if (!m_path.empty() && right == nullptr)
            m_out.removed.insert(m_path);
        if (shape == Shape::Map)
            maps(left, right, type);
        else
            lists(left, right, *type);
    }

private:
    void leaf(const Value* left, const Value* right)
    {
        if (m_path.empty())
            return;
        if (left == nullptr && right != nullptr)
            m_out.added.insert(m_path);
        else if (left != nullptr && right == nullptr)
            m_out.removed.insert(m_path);
        else if (left != nullptr && !manifest::equal(*left, *right))
            m_out.modified.insert(m_path);
    }

    void step(std::string name, const Value* left, const Value* right, const TypeNode* type)
    {
        m_path.push_back(std::move(name));
        compare(left, right, type);
        m_path.pop_back();
    }

    void maps(const Value* left, const Value* right, const TypeNode* type)
    {
        const auto* a = left != nullptr ? left->if_object() : nullptr;
        const auto* b = right != nullptr ? right->if_object() : nullptr;
        if (a != nullptr) {
            for (const auto& member : *a) {
                const auto* other = b != nullptr ? b->if_contains(member.key()) : nullptr;
                if (other != nullptr && manifest::equal(member.value(), *other))
                    continue; // most of two versions of an object is the same
                step("f:" + std::string(member.key()), &member.value(), other, childType(type, member.key()));
            }
        }
        if (b != nullptr)
            for (const auto& member : *b)
                if (a == nullptr || !a->contains(member.key()))
                    step("f:" + std::string(member.key()), nullptr, &member.value(), childType(type, member.key()));
    }

    static std::map<std::string, const Value*> named(const Value* list, const TypeNode& type)
    {
        std::map<std::string, const Value*> out;
        if (list != nullptr && list->is_array())
            for (const auto& element : list->get_array())
                if (auto name = elementName(type, element))
                    out.emplace(std::move(*name), &element);
        return out;
    }

    void lists(const Value* left, const Value* right, const TypeNode& type)
    {
        const auto a = named(left, type);
        const auto b = named(right, type);
        for (const auto& [name, element] : a) {
            const auto other = b.find(name);
            step(name, element, other == b.end() ? nullptr : other->second, type.element);
        }
        for (const auto& [name, element] : b)
            if (!a.contains(name))
                step(name, nullptr, element, type.element);
    }

    Comparison& m_out;
    FieldSet::Path m_path;
};

Value merged(const Value* live, const Value* config, const TypeNode* type);

Value mergedMap(const Value& live, const Value& config, const TypeNode* type)
{
    Object out = live.get_object();
    for (const auto& member : config.get_object()) {
        const auto* before = out.if_contains(member.key());
        Value next = merged(before, &member.value(), childType(type, member.key()));
        out[member.key()] = std::move(next);
    }
    return out;
}

/// Keeps the configuration's order; elements that only live has stay near their old place.
Value mergedList(const Array& live, const Array& config, const TypeNode& type)
{
    std::vector<std::string> left;
    std::vector<std::string> right;
    for (const auto& element : live)
        left.push_back(elementName(type, element).value_or(""));
    for (const auto& element : config)
        right.push_back(elementName(type, element).value_or(""));
    const auto position = [](const std::vector<std::string>& all, const std::string& name) {
        return static_cast<std::size_t>(std::find(all.begin(), all.end(), name) - all.begin());
    };
    std::vector<std::string> shared;
    for (const auto& name : right)
        if (position(left, name) < left.size())
            shared.push_back(name);
    std::size_t nextShared = 0;
    const auto next = [&]() -> const std::string* {
        return nextShared < shared.size() ? &shared[nextShared] : nullptr;
    };
    Array out;
    std::set<std::string> emitted;
    const auto emit = [&](std::size_t j) {
        const auto at = position(left, right[j]);
        out.push_back(merged(at < left.size() ? &live[at] : nullptr, &config[j], type.element));
        emitted.insert(right[j]);
    };
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < left.size() || j < right.size()) {
        if (i < left.size() && j < right.size()) {
            if (left[i] == right[j]) {
                emit(j);
                ++i;
                ++j;
                ++nextShared;
                continue;
            }
            if (position(right, left[i]) < right.size() && next() != nullptr && left[i] != *next()) {
                ++i;
                continue;
            }
        }
        if (i < left.size()) {
            if (position(right, left[i]) == right.size()) {
                out.push_back(live[i++]);
                continue;
            }
            if (emitted.contains(left[i])) {
                ++i;
                continue;
            }
        }
        if (j < right.size()) {
            emit(j);
            if (next() != nullptr && *next() == right[j])
                ++nextShared;
            ++j;
        } else {
            ++i;
        }
    }
    return out;
}

Value merged(const Value* live, const Value* config, const TypeNode* type)
{
    if (config == nullptr)
        return live != nullptr ? *live : Value();
    if (live == nullptr)
        return *config;
    const auto shape = shapeOf(type, *config);
    if (shape == Shape::Leaf || shapeOf(type, *live) != shape)
        return *config;
    if (shape == Shape::Map)
        return mergedMap(*live, *config, type);
    return mergedList(live->get_array(), config->get_array(), *type);
}

void withAncestors(FieldSet& set, const TypeNode* type)
{
    for (auto& [step, child] : set.children) {
        const TypeNode* inner = nullptr;
        if (step.starts_with("f:")) {
            const auto key = std::string_view(step).substr(2);
            inner = childType(type, key);
            if (declared(type, key) && !child.children.empty())
                child.member = true;
        } else if (type != nullptr) {
            inner = type->element;
        }
        withAncestors(child, inner);
    }
}

std::string firstDuplicate(const Value& value, const TypeNode* type, const std::string& path)
{
    switch (shapeOf(type, value)) {
    case Shape::Leaf:
        return {};
    case Shape::Map:
        for (const auto& member : value.get_object())
            if (auto found = firstDuplicate(member.value(), childType(type, member.key()),
                                            path + "." + std::string(member.key()));
                !found.empty())
                return found;
        return {};
    case Shape::List: {
        std::set<std::string> seen;
        for (const auto& element : value.get_array()) {
            const auto name = elementName(*type, element);
            if (!name)
                return fmt::format(
                    "{}: element 0: associative list with keys has an element that omits key field \"{}\"", path,
                    type->listKeys.empty() ? "" : type->listKeys.front());
            if (!seen.insert(*name).second)
                return fmt::format("{}: duplicate entries for key {}", path, fieldPathText({*name}));
            if (auto found = firstDuplicate(element, type->element, path + fieldPathText({*name})); !found.empty())
                return found;
        }
        return {};
    }
    }
    return {};
}

} // namespace

FieldSet fieldsOf(const Value& value, const TypeNode* type)
{
    FieldSet set;
    collect(value, type, set);
    set.member = false;
    set.prune();
    return set;
}

Comparison compareFields(const Value& left, const Value& right, const TypeNode* type)
{
    Comparison out;
    Comparer(out).compare(&left, &right, type);
    return out;
}

std::optional<Value> completed(const Value& value, const TypeNode* type)
{
    std::optional<Value> out;
    if (type == nullptr || !value.is_object())
        return out;
    const auto own = [&]() -> Object& {
        if (!out)
            out = value;
        return out->get_object();
    };
    for (const auto& field : type->fields) {
        if (!field.always)
            continue;
        const auto* old = value.get_object().if_contains(field.name);
        if (field.type->kind != TypeNode::Kind::Struct) {
            if (old == nullptr || old->is_null())
                own()[field.name] = field.type->kind == TypeNode::Kind::Map ? Value(Object()) : Value(Array());
            continue;
        }
        static const Value kEmpty = Object();
        const bool missing = old == nullptr || old->is_null();
        if (auto inner = completed(missing ? kEmpty : *old, field.type))
            own()[field.name] = std::move(*inner);
        else if (missing)
            own()[field.name] = kEmpty;
    }
    return out;
}

Result<Value> mergeApplied(const Value& live, const Value& config, const TypeNode* type)
{
    return merged(&live, &config, type);
}

void removePositions(Value& value, const FieldSet& positions, const TypeNode* type)
{
    if (positions.children.empty())
        return;
    switch (shapeOf(type, value)) {
    case Shape::Leaf:
        return;
    case Shape::Map: {
        auto& object = value.get_object();
        for (const auto& [step, child] : positions.children) {
            const auto key = std::string_view(step).substr(2);
            const auto it = object.find(key);
            if (!step.starts_with("f:") || it == object.end())
                continue;
            if (child.member)
                object.stable_erase(it);
            else
                removePositions(it->value(), child, childType(type, key));
        }
        return;
    }
    case Shape::List: {
        Array rest;
        for (auto& element : value.get_array()) {
            const auto name = elementName(*type, element);
            const auto it = name ? positions.children.find(*name) : positions.children.end();
            if (it != positions.children.end() && it->second.member)
                continue;
            if (it != positions.children.end())
                removePositions(element, it->second, type->element);
            rest.push_back(std::move(element));
        }
        value = std::move(rest);
        return;
    }
    }
}

FieldSet withNamedAncestors(const FieldSet& set, const TypeNode* type)
{
    FieldSet out = set;
    withAncestors(out, type);
    return out;
}

const Value* valueAt(const Value& root, const FieldSet::Path& path, const TypeNode* type)
{
    const Value* at = &root;
    for (const auto& step : path) {
        const Value* next = nullptr;
        const TypeNode* nextType = nullptr;
        if (step.starts_with("f:")) {
            const auto key = std::string_view(step).substr(2);
            next = at->is_object() ? at->get_object().if_contains(key) : nullptr;
            nextType = childType(type, key);
        } else if (at->is_array() && type != nullptr && type->kind == Kind::List) {
            for (const auto& element : at->get_array())
                if (elementName(*type, element) == step)
                    next = &element;
            nextType = type->element;
        }
        if (next == nullptr)
            return nullptr;
        at = next;
        type = nextType;
    }
    return at;
}

std::string duplicateElement(const Value& value, const TypeNode* type)
{
    return firstDuplicate(value, type, {});
}

} // namespace core::embedded
