// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/rules.h"

#include <boost/json.hpp>

namespace core::diff {

namespace {

/// Whether a list element's key in fieldsV1 ("k:{...}" or "v:...") names this live element.
bool names(std::string_view key, const Value& element)
{
    const auto parsed = manifest::parseJson(key.substr(2));
    if (!parsed)
        return false;
    if (key[0] == 'v')
        return manifest::equal(*parsed, element);
    if (!parsed->is_object())
        return false;
    for (const auto& member : parsed->get_object()) {
        const auto* have = manifest::find(element, {member.key()});
        if (!have || !manifest::equal(*have, member.value()))
            return false;
    }
    return true;
}

/// Follows a path through fieldsV1 as far as both go; an atomic parent owns all below it.
bool covers(const Value& fields, const Value& live, const std::vector<std::string>& path)
{
    const auto* set = &fields;
    const auto* value = &live;
    for (std::size_t i = 0; i < path.size(); ++i) {
        const auto* object = set->if_object();
        if (!object || object->empty())
            return i > 0;
        const Value* next = nullptr;
        if (value && value->is_array()) {
            const auto* element = at(*value, {path[i]});
            for (const auto& member : *object) {
                const std::string_view key = member.key();
                if (element && (key.starts_with("k:") || key.starts_with("v:")) && names(key, *element))
                    next = &member.value();
            }
            value = element;
        } else {
            next = object->if_contains("f:" + path[i]);
            value = value ? at(*value, {path[i]}) : nullptr;
        }
        if (!next)
            return false;
        set = next;
    }
    return true;
}

bool ownedByOthers(const Value& live, const std::vector<std::string>& path, const Value* own)
{
    for (const auto& entry : manifest::array(live, {"metadata", "managedFields"})) {
        const auto* fields = manifest::find(entry, {"fieldsV1"});
        if (&entry != own && fields && covers(*fields, live, path))
            return true;
    }
    return false;
}

/// Picks out of a live value what one manager's field set names and nobody else owns.
class Extractor
{
public:
    Extractor(const Value& live, const Value* entry)
        : m_live(live)
        , m_entry(entry)
    {
    }

    std::optional<Value> extract(const Value& fields, const Value& value, int depth = 0)
    {
        const auto* set = fields.if_object();
        if (!set || depth > 200)
            return std::nullopt;
        if (set->empty())
            return ownedByOthers(m_live, m_path, m_entry) ? std::nullopt : std::optional(value);
        if (value.is_object())
            return extractObject(*set, value.get_object(), depth);
        if (value.is_array())
            return extractList(*set, value.get_array(), depth);
        return std::nullopt;
    }

private:
    std::optional<Value> extractObject(const manifest::Object& set, const manifest::Object& object, int depth)
    {
        manifest::Object result;
        for (const auto& member : object) {
            const auto* fields = set.if_contains("f:" + std::string(member.key()));
            if (!fields)
                continue;
            m_path.emplace_back(member.key());
            if (auto kept = extract(*fields, member.value(), depth + 1))
                result.emplace(member.key(), std::move(*kept));
            m_path.pop_back();
        }
        return result.empty() ? std::nullopt : std::optional<Value>(std::move(result));
    }

    std::optional<Value> extractList(const manifest::Object& set, const manifest::Array& list, int depth)
    {
        manifest::Array result;
        for (std::size_t i = 0; i < list.size(); ++i) {
            for (const auto& member : set) {
                const std::string_view key = member.key();
                if ((!key.starts_with("k:") && !key.starts_with("v:")) || !names(key, list[i]))
                    continue;
                m_path.push_back(std::to_string(i));
                auto kept = extract(member.value(), list[i], depth + 1);
                m_path.pop_back();
                if (!kept)
                    continue;
                if (kept->is_object() && key.starts_with("k:")) { // the keys name the element
                    if (const auto keys = manifest::parseJson(key.substr(2)); keys && keys->is_object()) {
                        for (const auto& item : keys->get_object())
                            kept->get_object().insert_or_assign(item.key(), item.value());
                    }
                }
                result.push_back(std::move(*kept));
                break;
            }
        }
        return result.empty() ? std::nullopt : std::optional<Value>(std::move(result));
    }

    const Value& m_live;
    const Value* m_entry;
    std::vector<std::string> m_path;
};

} // namespace

Value appliedBy(const Value& live, const std::string& manager)
{
    for (const auto& entry : manifest::array(live, {"metadata", "managedFields"})) {
        const auto* fields = manifest::find(entry, {"fieldsV1"});
        if (!fields || manifest::text(entry, {"manager"}) != manager || manifest::text(entry, {"operation"}) != "Apply"
            || !manifest::text(entry, {"subresource"}).empty())
            continue;
        auto result = Extractor(live, &entry).extract(*fields, live);
        if (!result || !result->is_object())
            return {};
        for (const auto* key : {"apiVersion", "kind"}) {
            if (const auto* value = manifest::find(live, {key}))
                manifest::ensure(*result, {key}) = *value;
        }
        return std::move(*result);
    }
    return {};
}

bool ownedBy(const Value& live, const std::vector<std::string>& path, const std::string& manager)
{
    for (const auto& entry : manifest::array(live, {"metadata", "managedFields"})) {
        const auto* fields = manifest::find(entry, {"fieldsV1"});
        if (manifest::text(entry, {"manager"}) == manager && fields && covers(*fields, live, path))
            return true;
    }
    return false;
}

std::string ownerOf(const Value& live, const std::vector<std::string>& path)
{
    std::string_view manager;
    std::string_view time;
    for (const auto& entry : manifest::array(live, {"metadata", "managedFields"})) {
        const auto* fields = manifest::find(entry, {"fieldsV1"});
        const auto when = manifest::text(entry, {"time"});
        if (fields && covers(*fields, live, path) && when >= time) {
            manager = manifest::text(entry, {"manager"});
            time = when;
        }
    }
    if (manager.empty())
        return {};
    return std::string(manager) + (time.empty() ? "" : " at " + std::string(time));
}

} // namespace core::diff
