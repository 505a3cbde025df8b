// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/patch.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <charconv>

namespace core::manifest {

namespace {

constexpr std::size_t kMaxOperations = 10'000;
constexpr std::size_t kMaxCopiedNodes = 1'000'000; // ends documents that double themselves

using Pointer = std::vector<std::string>;

std::size_t countNodes(const Value& value)
{
    std::size_t count = 1;
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object)
            count += countNodes(member.value());
    } else if (const auto* array = value.if_array()) {
        for (const auto& item : *array)
            count += countNodes(item);
    }
    return count;
}

Result<Pointer> parsePointer(std::string_view text)
{
    Pointer parts;
    if (text.empty())
        return parts;
    if (text.front() != '/')
        return fail(Error::Code::InvalidInput, fmt::format("JSON pointer \"{}\" does not begin with /", text));
    std::string part;
    for (std::size_t i = 1; i <= text.size(); ++i) {
        if (i == text.size() || text[i] == '/') {
            parts.push_back(std::move(part));
            part.clear();
        } else if (text[i] == '~' && i + 1 < text.size() && (text[i + 1] == '0' || text[i + 1] == '1')) {
            part += text[++i] == '0' ? '~' : '/';
        } else {
            part += text[i];
        }
    }
    return parts;
}

/// An array index; `end` is allowed for additions. Negative indexes count from the end.
std::optional<std::size_t> arrayIndex(const std::string& text, std::size_t size, bool adding)
{
    if (adding && text == "-")
        return size;
    std::int64_t index = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), index);
    if (ec != std::errc {} || end != text.data() + text.size())
        return {};
    const auto count = static_cast<std::int64_t>(size);
    if (index < 0)
        index += count + (adding ? 1 : 0);
    if (index < 0 || index > count || (index == count && !adding))
        return {};
    return static_cast<std::size_t>(index);
}

Value* child(Value& parent, const std::string& key)
{
    if (auto* object = parent.if_object()) {
        const auto it = object->find(key);
        return it == object->end() ? nullptr : &it->value();
    }
    if (auto* array = parent.if_array()) {
        const auto index = arrayIndex(key, array->size(), false);
        return index ? &(*array)[*index] : nullptr;
    }
    return nullptr;
}

class Patcher
{
public:
    explicit Patcher(Value& root)
        : m_root(root)
    {
    }

    Result<> apply(const Value& operation)
    {
        const auto op = text(operation, {"op"});
        const auto* pathText = find(operation, {"path"});
        if (!operation.is_object() || pathText == nullptr || !pathText->is_string())
            return fail(Error::Code::InvalidInput, "a JSON patch operation needs op and path");
        const std::string_view shown = pathText->get_string();
        PH_TRY(const auto path, parsePointer(shown));
        const auto* value = find(operation, {"value"});
        Result<> done;
        if (op == "add")
            done = add(path, value != nullptr ? *value : Value());
        else if (op == "remove")
            done = remove(path);
        else if (op == "replace")
            done = replace(path, value != nullptr ? *value : Value());
        else if (op == "test")
            done = test(path, value != nullptr ? *value : Value());
        else if (op == "move" || op == "copy")
            done = transfer(op == "move", operation, path);
        else
            done = fail(Error::Code::InvalidInput, fmt::format("unexpected kind of operation \"{}\"", op));
        if (!done)
            return fail(done.error().within(fmt::format("{} operation at \"{}\"", op, shown)));
        return {};
    }

private:
    static tl::unexpected<Error> missing(std::string_view what)
    {
        return fail(Error::Code::InvalidInput, fmt::format("{} does not exist", what));
    }

    Value* parentOf(const Pointer& path)
    {
        Value* at = &m_root;
        for (std::size_t i = 0; i + 1 < path.size() && at != nullptr; ++i)
            at = child(*at, path[i]);
        return at;
    }

    Result<> add(const Pointer& path, Value value)
    {
        if (path.empty())
            return fail(Error::Code::InvalidInput, "the whole document cannot be added");
        auto* parent = parentOf(path);
        if (parent == nullptr)
            return missing("the parent");
        if (auto* object = parent->if_object()) {
            (*object)[path.back()] = std::move(value);
            return {};
        }
        auto* array = parent->if_array();
        if (array == nullptr)
            return missing("a container at the parent");
        const auto index = arrayIndex(path.back(), array->size(), true);
        if (!index)
            return fail(Error::Code::InvalidInput, fmt::format("array index \"{}\" is out of bounds", path.back()));
        array->insert(array->begin() + static_cast<std::ptrdiff_t>(*index), std::move(value));
        return {};
    }

    Result<> remove(const Pointer& path)
    {
        auto* parent = path.empty() ? nullptr : parentOf(path);
        if (parent == nullptr)
            return missing("the parent");
        if (auto* object = parent->if_object()) {
            const auto it = object->find(path.back());
            if (it == object->end())
                return missing("the path");
            object->stable_erase(it);
            return {};
        }
        auto* array = parent->if_array();
        const auto index = array != nullptr ? arrayIndex(path.back(), array->size(), false) : std::nullopt;
        if (!index)
            return missing("the path");
        array->erase(array->begin() + static_cast<std::ptrdiff_t>(*index));
        return {};
    }

    Result<> replace(const Pointer& path, Value value)
    {
        if (path.empty()) {
            m_root = std::move(value);
            return {};
        }
        auto* parent = parentOf(path);
        if (parent == nullptr)
            return missing("the parent");
        if (auto* object = parent->if_object()) { // a missing key is added, as API servers do
            (*object)[path.back()] = std::move(value);
            return {};
        }
        auto* slot = child(*parent, path.back());
        if (slot == nullptr)
            return missing("the path");
        *slot = std::move(value);
        return {};
    }

    Result<> test(const Pointer& path, const Value& expected)
    {
        auto* parent = path.empty() ? nullptr : parentOf(path);
        auto* found = path.empty() ? &m_root : parent != nullptr ? child(*parent, path.back()) : nullptr;
        if (found == nullptr && parent != nullptr && parent->is_object() && expected.is_null())
            return {};
        if (found == nullptr)
            return missing("the path");
        if (!equal(*found, expected))
            return fail(Error::Code::InvalidInput, "the value is not the expected one");
        return {};
    }

    Result<> transfer(bool moves, const Value& operation, const Pointer& path)
    {
        PH_TRY(const auto from, parsePointer(text(operation, {"from"})));
        auto* parent = from.empty() ? nullptr : parentOf(from);
        if (parent == nullptr)
            return missing("the parent of \"from\"");
        auto* source = child(*parent, from.back());
        if (source == nullptr && (moves || !parent->is_object()))
            return missing("\"from\"");
        if (moves && path.size() > from.size() && std::equal(from.begin(), from.end(), path.begin()))
            return fail(Error::Code::InvalidInput, "a value cannot move into itself");
        Value value = source != nullptr ? *source : Value();
        if (moves) {
            PH_CHECK(remove(from));
        } else {
            m_copied += countNodes(value);
            if (m_copied > kMaxCopiedNodes)
                return fail(Error::Code::LimitExceeded, "the copy operations of the patch copy too much");
        }
        return add(path, std::move(value));
    }

    Value& m_root;
    std::size_t m_copied = 0;
};

} // namespace

void mergePatch(Value& target, const Value& patch)
{
    const auto* changes = patch.if_object();
    if (changes == nullptr) {
        target = patch;
        return;
    }
    if (!target.is_object())
        target.emplace_object();
    auto& object = target.get_object();
    for (const auto& member : *changes) {
        if (member.value().is_null()) {
            if (const auto it = object.find(member.key()); it != object.end())
                object.stable_erase(it);
        } else {
            mergePatch(object[member.key()], member.value());
        }
    }
}

Value createMergePatch(const Value& from, const Value& to)
{
    const auto* before = from.if_object();
    const auto* after = to.if_object();
    if (before == nullptr || after == nullptr)
        return to;
    Object patch;
    for (const auto& member : *before)
        if (after->find(member.key()) == after->end())
            patch[member.key()] = nullptr;
    for (const auto& member : *after) {
        const auto it = before->find(member.key());
        if (it == before->end()) {
            patch[member.key()] = member.value();
        } else if (!equal(it->value(), member.value())) {
            patch[member.key()] = it->value().is_object() && member.value().is_object()
                ? createMergePatch(it->value(), member.value())
                : member.value();
        }
    }
    return patch;
}

Result<> jsonPatch(Value& target, const Value& operations)
{
    const auto* list = operations.if_array();
    if (list == nullptr)
        return fail(Error::Code::InvalidInput, "a JSON patch must be an array of operations");
    if (list->size() > kMaxOperations)
        return fail(Error::Code::LimitExceeded,
                    fmt::format("the patch has {} operations, at most {} are allowed", list->size(), kMaxOperations));
    Value changed = target;
    Patcher patcher(changed);
    for (const auto& operation : *list)
        PH_CHECK(patcher.apply(operation));
    target = std::move(changed);
    return {};
}

} // namespace core::manifest
