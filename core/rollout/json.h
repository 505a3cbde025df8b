// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <boost/json.hpp>

#include <charconv>

namespace core::rollout {

/// The array at a path, made where it is missing or of another kind.
inline manifest::Array& arrayAt(manifest::Value& root, manifest::Path path)
{
    auto& slot = manifest::ensure(root, path);
    if (!slot.is_array())
        slot = manifest::Array {};
    return slot.get_array();
}
inline manifest::Object& objectAt(manifest::Value& root, manifest::Path path)
{
    auto& slot = manifest::ensure(root, path);
    if (!slot.is_object())
        slot = manifest::Object {};
    return slot.get_object();
}
/// Kubernetes' int-or-string read as a number: text that is none counts as 0.
inline std::int64_t intOrText(const manifest::Value& value)
{
    if (value.is_int64())
        return value.get_int64();
    if (value.is_double())
        return static_cast<std::int64_t>(value.get_double());
    std::int64_t number = 0;
    if (const auto* text = value.if_string()) {
        const auto result = std::from_chars(text->data(), text->data() + text->size(), number);
        if (result.ec != std::errc {} || result.ptr != text->data() + text->size())
            return 0;
    }
    return number;
}

} // namespace core::rollout
