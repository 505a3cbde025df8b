// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/value.h"

#include <span>
#include <string_view>

namespace core::expr {

enum class Builtin : std::uint8_t {
    // with a predicate
    All,
    None,
    Any,
    One,
    Filter,
    Map,
    Count,
    Sum,
    Find,
    FindIndex,
    FindLast,
    FindLastIndex,
    GroupBy,
    SortBy,
    Reduce,
    // plain
    Len,
    Type,
    Abs,
    Ceil,
    Floor,
    Round,
    Int,
    Float,
    String,
    Trim,
    TrimPrefix,
    TrimSuffix,
    Upper,
    Lower,
    Split,
    SplitAfter,
    Replace,
    Repeat,
    Join,
    IndexOf,
    LastIndexOf,
    HasPrefix,
    HasSuffix,
    Max,
    Min,
    Mean,
    Median,
    ToJson,
    FromJson,
    ToBase64,
    FromBase64,
    Now,
    DurationOf,
    Date,
    TimeZone,
    First,
    Last,
    Get,
    Take,
    Keys,
    Values,
    ToPairs,
    FromPairs,
    Reverse,
    Uniq,
    Concat,
    Flatten,
    Sort,
    BitAnd,
    BitOr,
    BitXor,
    BitNand,
    BitNot,
    BitShl,
    BitShr,
    BitUshr,
};

/// What a parameter takes when the kind is known at compile time.
enum class Takes : std::uint8_t {
    Anything,
    String,
    Int,
    Number,
    NumberOrText,
    List,
    Lengthy,
    MapOnly,
    Indexable,
    ListOrNumber
};

struct BuiltinSpec
{
    std::string_view name;
    Builtin id;
    int least;
    int most; ///< -1: any number
    Takes takes[3] = {Takes::Anything, Takes::Anything, Takes::Anything};
    Kind result = Kind::Unknown;
    bool predicate = false; ///< second argument is a predicate
    bool predicateOptional = false;
    bool third = false; ///< an optional expression follows the predicate
};

[[nodiscard]] const BuiltinSpec* findBuiltin(std::string_view name);

class Meter;
/// A builtin without predicate. Throws Failure.
[[nodiscard]] Value callBuiltin(const BuiltinSpec& spec, std::span<const Value> arguments, Meter& meter, TimePoint now);

} // namespace core::expr
