// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/render/kustomize_merge.h"

#include <boost/json.hpp>

#include <array>
#include <charconv>
#include <cstdlib>

namespace core::render::kustomize {

namespace {

using manifest::text;

/// The library that kustomize uses reads every number as a float.
void toFloats(Value& value)
{
    if (auto* object = value.if_object()) {
        for (auto& member : *object)
            toFloats(member.value());
    } else if (auto* array = value.if_array()) {
        for (auto& element : *array)
            toFloats(element);
    } else if (value.is_int64()) {
        value = static_cast<double>(value.get_int64());
    } else if (value.is_uint64()) {
        value = static_cast<double>(value.get_uint64());
    }
}

std::string unescape(std::string_view part)
{
    std::string out;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1'))
            out += part[++i] == '0' ? '~' : '/';
        else
            out += part[i];
    }
    return out;
}

struct Slot
{
    Value* holder = nullptr;
    std::string key;
};

tl::unexpected<Error> refuse(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}

Result<std::size_t> indexIn(const manifest::Array& array, const std::string& key, bool adding)
{
    if (adding && key == "-")
        return array.size();
    long index = 0;
    std::string_view digits(key); // with a sign, as Go reads numbers
    if (digits.starts_with('+') && !digits.starts_with("+-"))
        digits.remove_prefix(1);
    const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (ec != std::errc {} || end != digits.data() + digits.size() || digits.empty())
        return refuse("strconv.Atoi: parsing \"" + key + "\": invalid syntax");
    const auto size = static_cast<long>(array.size()) + (adding ? 1 : 0);
    if (index < -size || index >= size)
        return refuse("Unable to access invalid index: " + key + ": invalid index referenced");
    return static_cast<std::size_t>(index < 0 ? index + size : index);
}

Slot slotOf(Value& document, std::string_view path)
{
    const auto parts = split(path, '/');
    if (parts.size() < 2)
        return {};
    Value* at = &document;
    for (std::size_t i = 1; i + 1 < parts.size(); ++i) {
        const auto key = unescape(parts[i]);
        if (auto* object = at->if_object()) {
            const auto it = object->find(key);
            if (it == object->end())
                return {};
            at = &it->value();
        } else if (auto* array = at->if_array()) {
            const auto index = indexIn(*array, key, false);
            if (!index)
                return {};
            at = &(*array)[*index];
        } else {
            return {};
        }
    }
    if (!at->is_object() && !at->is_array())
        return {};
    return {at, unescape(parts.back())};
}

Result<Value*> valueIn(const Slot& slot)
{
    if (auto* object = slot.holder->if_object()) {
        const auto it = object->find(slot.key);
        return it == object->end() ? nullptr : &it->value();
    }
    auto& array = slot.holder->get_array();
    PH_TRY(const auto index, indexIn(array, slot.key, false));
    return &array[index];
}

Result<> addAt(const Slot& slot, Value value)
{
    if (auto* object = slot.holder->if_object()) {
        (*object)[slot.key] = std::move(value);
        return {};
    }
    auto& array = slot.holder->get_array();
    PH_TRY(const auto index, indexIn(array, slot.key, true));
    array.insert(array.begin() + static_cast<std::ptrdiff_t>(index), std::move(value));
    return {};
}

Result<> removeAt(const Slot& slot)
{
    if (auto* object = slot.holder->if_object()) {
        const auto it = object->find(slot.key);
        if (it == object->end())
            return refuse("Unable to remove nonexistent key: " + slot.key + ": missing value");
        object->stable_erase(it);
        return {};
    }
    auto& array = slot.holder->get_array();
    PH_TRY(const auto index, indexIn(array, slot.key, false));
    array.erase(array.begin() + static_cast<std::ptrdiff_t>(index));
    return {};
}

class Applier
{
public:
    explicit Applier(Value& document)
        : m_document(document)
    {
    }

    Result<> apply(const Value& operation)
    {
        const std::string op(text(operation, {"op"}));
        const std::string path(text(operation, {"path"}));
        if (manifest::find(operation, {"path"}) == nullptr)
            return refuse(op + " operation failed to decode path: missing value");
        Value value;
        if (const auto* given = manifest::find(operation, {"value"})) {
            value = *given;
            toFloats(value);
        }
        if (op == "replace" && path.empty()) {
            m_document = std::move(value);
            return {};
        }
        if (op == "test")
            return test(path, value);
        if (op != "add" && op != "remove" && op != "replace" && op != "move" && op != "copy")
            return refuse("Unexpected kind: " + op);
        if (op == "move" || op == "copy")
            return transfer(op, std::string(text(operation, {"from"})), path);
        const auto slot = slotOf(m_document, path);
        if (slot.holder == nullptr)
            return missing(op, path);
        if (op == "add")
            return addAt(slot, std::move(value));
        if (op == "remove")
            return removeAt(slot);
        PH_TRY(auto* old, valueIn(slot));
        if (old == nullptr)
            return addAt(slot, std::move(value));
        *old = std::move(value);
        return {};
    }

private:
    static tl::unexpected<Error> missing(const std::string& op, const std::string& path)
    {
        return refuse(op + " operation does not apply: doc is missing path: \"" + path + "\": missing value");
    }

    Result<> transfer(const std::string& op, const std::string& from, const std::string& path)
    {
        const auto source = slotOf(m_document, from);
        if (source.holder == nullptr)
            return missing(op, from);
        PH_TRY(const auto* found, valueIn(source));
        Value value = found == nullptr ? Value(nullptr) : *found;
        if (op == "copy") { // each may double the object
            m_copied += sizeOf(value);
            if (m_copied > kMaxCopied)
                return fail(Error::Code::LimitExceeded,
                            "the operations copy more than " + std::to_string(kMaxCopied) + " values", {},
                            "copy less, or write the values into a file");
        }
        if (op == "move")
            PH_CHECK(removeAt(source));
        const auto target = slotOf(m_document, path);
        if (target.holder == nullptr)
            return missing(op, path);
        return addAt(target, std::move(value));
    }

    Result<> test(const std::string& path, const Value& wanted)
    {
        const Value* found = nullptr;
        if (path.empty()) {
            found = &m_document;
        } else {
            const auto slot = slotOf(m_document, path);
            if (slot.holder == nullptr)
                return missing("test", path);
            PH_TRY(found, valueIn(slot));
        }
        if (found == nullptr ? wanted.is_null() : manifest::equal(*found, wanted))
            return {};
        return refuse("testing value " + path + " failed: test failed");
    }

    /// Values, and texts by their length.
    static std::size_t sizeOf(const Value& value)
    {
        constexpr std::size_t kTextOfOne = 64;
        std::size_t size = 1;
        if (const auto* text = value.if_string())
            size += text->size() / kTextOfOne;
        else if (const auto* object = value.if_object())
            for (const auto& member : *object)
                size += sizeOf(member.value());
        else if (const auto* list = value.if_array())
            for (const auto& element : *list)
                size += sizeOf(element);
        return size;
    }

    static constexpr std::size_t kMaxCopied = 500'000;
    Value& m_document;
    std::size_t m_copied = 0;
};

/// A float as Go's YAML encoder writes it: 1e+06 from a million on.
std::string yamlFloat(double number)
{
    std::array<char, 32> buffer {};
    const auto write = [&](std::chars_format format) {
        return std::string(buffer.data(),
                           std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format).ptr);
    };
    const auto text = write(std::chars_format::scientific);
    const int exponent = std::atoi(text.c_str() + text.find('e') + 1);
    return exponent < -4 || exponent >= 6 ? text : write(std::chars_format::fixed);
}

/// kustomize writes the result as YAML and reads that: what needed quotes or lines of its own is no plain text then,
/// and numbers have the text of floats, which shows where they become texts.
void asWritten(Node& node)
{
    if (node.isScalar() && (node.tag == manifest::ScalarTag::Int || node.tag == manifest::ScalarTag::Float)) {
        const auto value = manifest::resolveScalar(node.text, manifest::YamlDialect::V3);
        const double number = value.tag == manifest::ScalarTag::Float ? value.number
            : value.isUnsigned ? static_cast<double>(static_cast<std::uint64_t>(value.integer))
                               : static_cast<double>(value.integer);
        node.text = yamlFloat(number);
        node.tag = manifest::resolveScalar(node.text, manifest::YamlDialect::V3).tag;
        return;
    }
    node.isFlow = !node.isScalar() && node.children.empty(); // {} or []
    node.quoted = node.isScalar() && node.tag == manifest::ScalarTag::String
        && (node.text.find('\n') != std::string::npos || manifest::looksBase60(node.text)
            || manifest::resolveScalar(node.text, manifest::YamlDialect::V2).tag != manifest::ScalarTag::String);
    for (auto& child : node.children)
        asWritten(child);
}

} // namespace

Result<> jsonPatch6902(Node& object, const Value& operations)
{
    PH_TRY(auto document, manifest::toValue(object, manifest::YamlDialect::V3));
    toFloats(document);
    Applier applier(document);
    for (const auto& operation : manifest::array(operations, {}))
        PH_CHECK(applier.apply(operation));
    auto patched = manifest::toNode(document);
    asWritten(patched);
    object.assign(std::move(patched));
    return {};
}

} // namespace core::render::kustomize
