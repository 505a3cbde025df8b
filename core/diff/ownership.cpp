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

} // namespace

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
