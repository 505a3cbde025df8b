// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Addresses, pointers and quotes of schemas.
#include "core/base/strings.h"
#include "core/gotemplate/go_text.h"
#include "core/render/json_schema_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace core::render::schema {

std::string_view withoutScheme(std::string_view url)
{
    for (const std::string_view scheme : {"http://", "https://"})
        if (url.starts_with(scheme))
            return url.substr(scheme.size());
    return url;
}

std::pair<std::string, std::string> splitFragment(std::string_view reference)
{
    const auto hash = reference.find('#');
    if (hash == std::string_view::npos)
        return {std::string(reference), {}};
    return {std::string(reference.substr(0, hash)), std::string(reference.substr(hash + 1))};
}

std::string percentEncoded(std::string_view pointer)
{
    std::string out;
    for (const char c : pointer) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || std::string_view("-_.~$&+=:@/").find(c) != std::string_view::npos;
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
    }
    return out;
}

std::string address(const std::string& url, std::string_view pointer)
{
    return url + "#" + percentEncoded(pointer);
}

Result<const Value*> lookUp(const Document& document, const std::string& pointer)
{
    const auto* value = &document.value;
    const auto parts = split(pointer, '/');
    for (std::size_t i = 1; i < parts.size(); ++i) {
        std::string token;
        for (std::size_t k = 0; k < parts[i].size(); ++k) {
            if (parts[i][k] != '~') {
                token += parts[i][k];
                continue;
            }
            const char next = k + 1 < parts[i].size() ? parts[i][k + 1] : '\0';
            if (next != '0' && next != '1')
                return fail(Error::Code::InvalidInput,
                            fmt::format("invalid json-pointer \"{}\"", address(document.url, pointer)));
            token += next == '0' ? '~' : '/';
            ++k;
        }
        const Value* next = nullptr;
        if (const auto* object = value->if_object()) {
            next = object->if_contains(token);
        } else if (const auto* array = value->if_array()) {
            std::size_t index = 0;
            const auto* end = token.data() + token.size();
            if (!token.empty() && std::from_chars(token.data(), end, index).ptr == end && index < array->size())
                next = &(*array)[index];
        }
        if (next == nullptr)
            return fail(Error::Code::InvalidInput,
                        fmt::format("json-pointer in \"{}\" not found", address(document.url, pointer)));
        value = next;
    }
    return value;
}

Result<std::unique_ptr<RE2>> compileRegex(const std::string& pattern)
{
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(8 << 20);
    auto regex = std::make_unique<RE2>(pattern, options);
    if (regex->ok())
        return regex;
    return fail(Error::Code::InvalidInput, gotemplate::goRegexMessage(regex->error(), regex->error_arg()));
}

std::string inQuotes(std::string_view text)
{
    const auto inner = gotemplate::quote(text);
    std::string out = "'";
    for (std::size_t i = 1; i + 1 < inner.size(); ++i) {
        if (inner[i] == '\\' && inner[i + 1] == '"')
            continue;
        if (inner[i] == '\\' && inner[i + 1] == '\\')
            out += inner[i++];
        else if (inner[i] == '\'')
            out += '\\';
        out += inner[i];
    }
    return out + "'";
}

std::string escapeToken(std::string_view token)
{
    std::string out;
    for (const char c : token)
        out += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
    return out;
}

std::string joinUrl(const std::string& base, const std::string& reference)
{
    const auto schemeEnd = [](const std::string& url) {
        const auto colon = url.find_first_of(":/?");
        return colon != std::string::npos && colon > 0 && url[colon] == ':' ? colon + 1 : 0;
    };
    if (reference.empty())
        return base;
    if (schemeEnd(reference) > 0)
        return reference;
    const auto scheme = schemeEnd(base);
    if (base.compare(scheme, 1, "/") != 0)
        return base; // "urn:x": nothing is relative to it
    if (reference.starts_with("//"))
        return base.substr(0, scheme) + reference;
    auto pathAt = scheme;
    if (base.compare(scheme, 2, "//") == 0)
        pathAt = std::min(base.find('/', scheme + 2), base.size());
    const auto path = base.substr(pathAt, base.find('?') - pathAt);
    if (reference[0] == '?')
        return base.substr(0, pathAt) + path + reference;
    auto merged = reference[0] == '/' ? reference : path.substr(0, path.rfind('/') + 1) + reference;
    const auto query = std::min(merged.find('?'), merged.size());
    std::vector<std::string> kept;
    const auto parts = split(merged.substr(0, query), '/');
    for (std::size_t i = 1; i < parts.size(); ++i) {
        const bool last = i + 1 == parts.size();
        if (parts[i] == "..") {
            if (!kept.empty())
                kept.pop_back();
        } else if (parts[i] != ".") {
            kept.push_back(parts[i]);
            continue;
        }
        if (last)
            kept.emplace_back();
    }
    return base.substr(0, pathAt) + "/" + join(kept, "/") + merged.substr(query);
}

} // namespace core::render::schema
