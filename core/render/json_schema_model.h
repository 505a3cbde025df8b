// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"
#include "core/render/json_schema.h"

#include <boost/json.hpp>
#include <re2/re2.h>

#include <deque>
#include <map>
#include <optional>
#include <set>

/// What json_schema.cpp makes of schemas and json_schema_check.cpp reads.
namespace core::render::schema {

using manifest::Value;

enum class AssertFormats : std::uint8_t { ByDraft, Always };

/// A part of a document with an address of its own.
struct Resource
{
    std::string pointer; ///< where it begins in the document
    std::string id; ///< absolute URL
    int draft = 2020;
    std::map<std::string, std::string> anchors; ///< pointer by name
    std::set<std::string> dynamicAnchors;
};

struct Document
{
    std::string url;
    Value value;
    std::map<std::string, Resource> resources; ///< by pointer
    std::set<std::string> seen; ///< pointers of the subschemas that were looked at

    /// The innermost resource around a pointer.
    [[nodiscard]] const Resource& resourceOf(std::string pointer) const;
};

struct Schema
{
    std::string location; ///< URL with the pointer as its fragment
    int draft = 2020;
    const Schema* resource = nullptr; ///< the schema at the root of its resource
    std::optional<bool> constant; ///< true and false as schemas
    const manifest::Object* keywords = nullptr; ///< null for constants; in the document
    const Schema *ref = nullptr, *recursiveRef = nullptr, *dynamicRef = nullptr;
    std::string dynamicName; ///< anchor that $dynamicRef names
    std::string dynamicAnchor;
    bool recursiveAnchor = false;
    std::map<std::string, const Schema*> dynamicAnchors; ///< of a resource

    std::vector<const Schema*> allOf, anyOf, oneOf, tuple; ///< tuple: prefixItems, or a list in items
    const Schema *negated = nullptr, *condition = nullptr, *then = nullptr, *otherwise = nullptr;
    const Schema *items = nullptr, *additionalItems = nullptr, *contains = nullptr;
    const Schema *additionalProperties = nullptr, *propertyNames = nullptr;
    const Schema *unevaluatedItems = nullptr, *unevaluatedProperties = nullptr;
    std::map<std::string, const Schema*, std::less<>> properties;
    std::vector<std::pair<std::string, const Schema*>> dependencies, dependentSchemas;
    std::vector<std::pair<std::unique_ptr<RE2>, const Schema*>> patternProperties;
    std::unique_ptr<RE2> pattern;
    std::string format; ///< to assert, or ""
};

struct Compiled
{
    std::deque<Schema> schemas; ///< the first is the root
    std::map<std::string, std::unique_ptr<Document>> documents; ///< by URL
};

[[nodiscard]] std::string_view withoutScheme(std::string_view url);
[[nodiscard]] std::pair<std::string, std::string> splitFragment(std::string_view reference);
/// A document's URL with a pointer as its fragment.
[[nodiscard]] std::string address(const std::string& url, std::string_view pointer);
[[nodiscard]] Result<const Value*> lookUp(const Document& document, const std::string& pointer);
/// Go's regexp.Compile; the error is Go's.
[[nodiscard]] Result<std::unique_ptr<RE2>> compileRegex(const std::string& pattern);
/// Why `text` is not of the format, or ""; unknown formats hold anything.
[[nodiscard]] std::string formatProblem(const std::string& format, const std::string& text);
/// Text in single quotes as error messages have it.
[[nodiscard]] std::string inQuotes(std::string_view text);
[[nodiscard]] std::string escapeToken(std::string_view token);
/// A reference against a base URL, as RFC 3986 resolves it. Neither has a fragment.
[[nodiscard]] std::string joinUrl(const std::string& base, const std::string& reference);
/// Values as the messages name them.
[[nodiscard]] std::string_view typeName(const Value& value);
[[nodiscard]] std::string shown(const Value& value);
[[nodiscard]] std::string shownNumber(const Value& value);
[[nodiscard]] std::string grouped(std::string digits); ///< 12,345
[[nodiscard]] std::string quotedList(const std::vector<std::string>& names);
[[nodiscard]] std::string spaced(const std::vector<std::size_t>& numbers);
[[nodiscard]] long double number(const Value& value);
[[nodiscard]] bool isWhole(const Value& value);
[[nodiscard]] bool isMultiple(const Value& value, const Value& of);
/// The failures of a value, without the line about the schema itself.
[[nodiscard]] Result<std::string> check(const Schema& schema, const Value& value, const std::stop_token& stop);

} // namespace core::render::schema
