// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/rules.h"

#include <boost/json.hpp>

#include <charconv>

namespace core::diff {

namespace {

using manifest::Array;
using manifest::Object;
using manifest::TypeNode;

std::optional<std::size_t> indexOf(std::string_view text)
{
    std::size_t index = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (code != std::errc {} || end != text.data() + text.size())
        return std::nullopt;
    return index;
}

Value* step(Value& value, const std::string& part)
{
    if (auto* object = value.if_object())
        return object->if_contains(part);
    if (auto* array = value.if_array()) {
        const auto index = indexOf(part);
        return index && *index < array->size() ? &(*array)[*index] : nullptr;
    }
    return nullptr;
}

class ChangeFinder
{
public:
    std::vector<FieldChange> changes;

    void compare(const Value* live, const Value* desired, const TypeNode* type, int depth)
    {
        if (live && desired && manifest::equal(*live, *desired))
            return;
        if (live && desired && depth < 200) {
            if (live->is_object() && desired->is_object())
                return compareObjects(live->get_object(), desired->get_object(), type, depth);
            if (live->is_array() && desired->is_array())
                return compareLists(live->get_array(), desired->get_array(), type, depth);
        }
        FieldChange change;
        change.path = m_path;
        if (live)
            change.live = *live;
        if (desired)
            change.desired = *desired;
        changes.push_back(std::move(change));
    }

private:
    static const TypeNode* member(const TypeNode* type, std::string_view key)
    {
        if (!type)
            return nullptr;
        if (type->kind == TypeNode::Kind::Map)
            return type->element;
        const auto* field = type->field(key);
        return field ? field->type : nullptr;
    }

    void descend(std::string part, const Value* live, const Value* desired, const TypeNode* type, int depth)
    {
        m_path.push_back(std::move(part));
        compare(live, desired, type, depth + 1);
        m_path.pop_back();
    }

    void compareObjects(const Object& live, const Object& desired, const TypeNode* type, int depth)
    {
        for (const auto& item : desired)
            descend(std::string(item.key()), live.if_contains(item.key()), &item.value(), member(type, item.key()),
                    depth);
        for (const auto& item : live) {
            if (!desired.contains(item.key()))
                descend(std::string(item.key()), &item.value(), nullptr, member(type, item.key()), depth);
        }
    }

    /// By which elements are paired; empty: by their places.
    static std::vector<std::string> keysOf(const TypeNode* type)
    {
        if (type == nullptr)
            return {};
        if (type->merge)
            return type->mergeKey.empty() ? std::vector<std::string>() : std::vector {type->mergeKey};
        return type->listType == TypeNode::ListType::Map ? type->listKeys : std::vector<std::string>();
    }

    void compareLists(const Array& live, const Array& desired, const TypeNode* type, int depth)
    {
        const auto* element = type ? type->element : nullptr;
        const auto keys = keysOf(type);
        if (keys.empty()) {
            for (std::size_t i = 0; i < std::max(live.size(), desired.size()); ++i)
                descend(std::to_string(i), i < live.size() ? &live[i] : nullptr,
                        i < desired.size() ? &desired[i] : nullptr, element, depth);
            return;
        }
        const auto find = [&](const Array& list, const Value& item) -> const Value* {
            const auto same = [&](const Value& candidate) {
                return std::all_of(keys.begin(), keys.end(), [&](const std::string& key) {
                    const auto* wanted = item.is_object() ? item.get_object().if_contains(key) : nullptr;
                    const auto* have = candidate.is_object() ? candidate.get_object().if_contains(key) : nullptr;
                    return wanted && have && manifest::equal(*wanted, *have);
                });
            };
            const auto found = std::find_if(list.begin(), list.end(), same);
            return found == list.end() ? nullptr : &*found;
        };
        for (std::size_t i = 0; i < desired.size(); ++i)
            descend(std::to_string(i), find(live, desired[i]), &desired[i], element, depth);
        for (std::size_t i = 0; i < live.size(); ++i) {
            if (!find(desired, live[i]))
                descend(std::to_string(i), &live[i], nullptr, element, depth);
        }
    }

    std::vector<std::string> m_path;
};

} // namespace

void removePath(Value& root, const std::vector<std::string>& path)
{
    if (path.empty())
        return;
    auto* value = &root;
    for (std::size_t i = 0; i + 1 < path.size(); ++i) {
        value = step(*value, path[i]);
        if (!value)
            return;
    }
    if (auto* object = value->if_object()) {
        const auto found = object->find(path.back());
        if (found != object->end())
            object->stable_erase(found);
    } else if (auto* array = value->if_array()) {
        const auto index = indexOf(path.back());
        if (index && *index < array->size())
            array->erase(array->begin() + static_cast<std::ptrdiff_t>(*index));
    }
}

const Value* at(const Value& root, const std::vector<std::string>& path)
{
    const auto* value = &root;
    for (const auto& part : path) {
        value = step(const_cast<Value&>(*value), part); // step() does not change it
        if (!value)
            return nullptr;
    }
    return value;
}

std::vector<FieldChange> leafChanges(const Value& live, const Value& predicted, const TypeNode* type)
{
    ChangeFinder finder;
    finder.compare(&live, &predicted, type, 0);
    return std::move(finder.changes);
}

} // namespace core::diff
