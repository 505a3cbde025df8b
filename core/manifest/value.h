// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <boost/json/fwd.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::manifest {

/// One JSON value: null, bool, int64, uint64, double, string, array, object (insertion-ordered).
/// Integers and floats are kept apart, as Go does when it reads manifests.
/// Note: boost::json::object::erase moves the last member into the hole; use stable_erase where order is shown.
using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;
/// A field path: object keys and decimal array indexes.
using Path = std::initializer_list<std::string_view>;

/// The value at a path, or nullptr where any part is missing or of another type.
[[nodiscard]] const Value* find(const Value& root, Path path);
[[nodiscard]] Value* find(Value& root, Path path);
/// The text at a path, or "" where there is none or it is not a string. Lives as long as root.
[[nodiscard]] std::string_view text(const Value& root, Path path);
/// The integer at a path (doubles that hold a whole number count).
[[nodiscard]] std::optional<std::int64_t> integer(const Value& root, Path path);
[[nodiscard]] bool flag(const Value& root, Path path, bool otherwise = false);
/// The object or array at a path, or a shared empty one.
[[nodiscard]] const Object& object(const Value& root, Path path);
[[nodiscard]] const Array& array(const Value& root, Path path);
/// The strings of the array at a path, in order; items of other types are left out.
[[nodiscard]] std::vector<std::string> texts(const Value& root, Path path);
/// Makes the objects on the way; root and all on the way must be objects or null. Returns the slot (null when new).
Value& ensure(Value& root, Path path);
/// Removes the member and says whether it was there. Keeps the order of the others.
bool erase(Value& root, Path path);

/// Parses JSON with a bound on nesting (500) and on size (256 MiB). `source` is named in errors.
[[nodiscard]] Result<Value> parseJson(std::string_view text, std::string_view source = {});
/// Compact, members in their order.
[[nodiscard]] std::string toJson(const Value& value);
/// Compact, members sorted by byte order at every level, texts and numbers written as Go's encoding/json writes them:
/// equal to the byte with what kubectl and the controllers write and hash.
[[nodiscard]] std::string toSortedJson(const Value& value);
/// Equal as JSON documents: member order does not matter, 1 and 1.0 are equal.
[[nodiscard]] bool equal(const Value& a, const Value& b);

} // namespace core::manifest
