// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/yaml_node.h"
#include "core/render/render.h"

#include <boost/json.hpp>

#include <charconv>

namespace core::render {

using manifest::Node;
using manifest::Value;

namespace {

std::optional<std::size_t> indexOf(std::string_view part)
{
    std::size_t index = 0;
    const auto [end, ec] = std::from_chars(part.data(), part.data() + part.size(), index);
    return ec == std::errc {} && end == part.data() + part.size() && !part.empty() ? std::optional(index)
                                                                                   : std::nullopt;
}

const Value* childOf(const Value* value, const std::string& part)
{
    if (value == nullptr)
        return nullptr;
    if (const auto* object = value->if_object()) {
        const auto it = object->find(part);
        return it == object->end() ? nullptr : &it->value();
    }
    const auto* list = value->if_array();
    const auto index = list == nullptr ? std::nullopt : indexOf(part);
    return index && *index < list->size() ? &(*list)[*index] : nullptr;
}

/// "[key=value]" picks the element that has it, "[-]" the last one.
bool isPicked(std::string_view selector, const Value& list, const std::string& part)
{
    const auto* element = childOf(&list, part);
    if (selector == "-")
        return indexOf(part).value_or(0) + 1 == list.get_array().size();
    const auto equals = selector.find('=');
    const auto* field = element == nullptr ? nullptr : childOf(element, std::string(selector.substr(0, equals)));
    if (field == nullptr || equals == std::string_view::npos)
        return false;
    const auto wanted = selector.substr(equals + 1);
    return field->is_string() ? std::string_view(field->get_string()) == wanted : manifest::toJson(*field) == wanted;
}

/// Whether a touched path covers a field: it is equal or above it.
bool covers(std::string_view touched, const std::vector<std::string>& field, const Value& object)
{
    if (touched.empty())
        return true;
    std::size_t at = 0;
    const Value* node = &object;
    for (const auto& part : field) {
        if (at >= touched.size())
            return true;
        const auto rest = touched.substr(at);
        const bool inList = node != nullptr && node->is_array();
        if (inList && rest.starts_with('[')) {
            const auto end = rest.find(']');
            if (end == std::string_view::npos || !isPicked(rest.substr(1, end - 1), *node, part))
                return false;
            at += end + 2;
        } else if (rest.starts_with(part) && (rest.size() == part.size() || rest[part.size()] == '/')) {
            at += part.size() + 1;
        } else if (!inList || indexOf(rest.substr(0, rest.find('/')))) {
            return false;
        }
        node = childOf(node, part);
    }
    return at >= touched.size();
}

std::string plainText(const Value& value)
{
    return value.is_string() ? std::string(value.get_string()) : manifest::toJson(value);
}

/// The element of a list in a file that is the one at an index of the object: by name where elements have names. One
/// that was renamed is at its old place, where no other element has its old name now.
const Node* elementFor(const Node& list, const Value* rendered, const std::string& part)
{
    const auto index = indexOf(part);
    const auto* const there = index && *index < list.children.size() ? &list.children[*index] : nullptr;
    const auto* element = childOf(rendered, part);
    for (const char* key : {"name", "containerPort", "port", "mountPath", "key", "ip"}) {
        const auto* value = element == nullptr ? nullptr : childOf(element, key);
        if (value == nullptr)
            continue;
        const auto text = plainText(*value);
        for (const auto& child : list.children) {
            if (const auto* own = child.find(key); own != nullptr && own->text == text)
                return &child;
        }
        const auto* old = there == nullptr ? nullptr : there->find(key);
        const auto isOld = [&](const Value& other) {
            const auto* field = childOf(&other, key);
            return field != nullptr && plainText(*field) == old->text;
        };
        const auto* elements = rendered->if_array();
        return old == nullptr || elements == nullptr || std::any_of(elements->begin(), elements->end(), isOld) ? nullptr
                                                                                                               : there;
    }
    return there;
}

const Node* stepInto(const Node* node, const std::string& part)
{
    if (node->isMapping())
        return node->find(part);
    const auto index = indexOf(part);
    return index && *index < node->children.size() ? &node->children[*index] : nullptr;
}

/// In an entry of a kustomization, the line that speaks of the field: the pair of a label, the literal of a key.
const Node* closest(const Node* node, const std::string& name)
{
    if (const auto* member = node->find(name))
        return member;
    for (const char* list : {"literals", "files"}) {
        const auto* entries = node->find(list);
        for (std::size_t i = 0; entries != nullptr && i < entries->children.size(); ++i) {
            const auto& text = entries->children[i].text;
            if (text.starts_with(name + "=") || text == name || text.ends_with("/" + name))
                return &entries->children[i];
        }
    }
    return node;
}

} // namespace

std::vector<Step> explain(const Rendered& resource, const std::vector<std::string>& path)
{
    std::vector<Step> steps;
    const auto& provenance = *resource.provenance;
    std::vector<Step> printed;
    if (provenance.origins != nullptr)
        printed = provenance.origins->explain(*resource.object, path);
    for (auto it = provenance.touches.rbegin(); it != provenance.touches.rend(); ++it) {
        const auto& touch = **it;
        if (std::any_of(touch.paths.begin(), touch.paths.end(),
                        [&](const std::string& touched) { return covers(touched, path, *resource.object); }))
            steps.push_back(touch.step);
    }
    if (!printed.empty()) {
        steps.insert(steps.end(), printed.begin(), printed.end());
        return steps;
    }
    for (auto length = path.size() + 1; length-- > 0;) {
        const std::vector<std::string> prefix(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(length));
        const auto found = provenance.fields.find(join(prefix, "/"));
        if (found == provenance.fields.end())
            continue;
        steps.insert(steps.end(), found->second.rbegin(), found->second.rend());
        break;
    }
    const bool generated = !steps.empty() && steps.back().what.ends_with("Generator");
    if (!generated)
        steps.push_back({provenance.file, "resource", {}, provenance.document});
    return steps;
}

Step explainInFile(const Rendered& resource, const std::vector<std::string>& path)
{
    for (auto& step : explain(resource, path))
        if (!step.file.empty() && !step.file.starts_with('$'))
            return std::move(step);
    return {resource.provenance->file, "resource", {}, resource.provenance->document};
}

std::size_t lineOf(const Rendered& resource, const Step& step, std::string_view text,
                   const std::vector<std::string>& path)
{
    if (step.line > 0)
        return step.line;
    manifest::NodeLimits limits;
    limits.allowDuplicateKeys = true;
    const auto nodes = manifest::parseNodes(text, {}, limits);
    if (!nodes || step.document >= nodes->size())
        return 0;
    const Node* node = &(*nodes)[step.document];
    if (!step.place.empty()) {
        for (const auto& part : split(step.place, '/')) {
            const auto* next = stepInto(node, part);
            if (next == nullptr)
                break;
            node = next;
        }
        return closest(node, path.empty() ? std::string {} : path.back())->line;
    }
    const Value* rendered = resource.object.get();
    for (const auto& part : path) {
        const auto* next = node->isSequence() ? elementFor(*node, rendered, part) : stepInto(node, part);
        rendered = childOf(rendered, part);
        if (next == nullptr)
            return 0;
        node = next;
    }
    return node->line;
}

} // namespace core::render
