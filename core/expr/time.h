// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/value.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace core::expr {

/// A time zone: fixed, or read from the system's zone database.
class Zone
{
public:
    /// nullptr where there is no such zone.
    [[nodiscard]] static std::shared_ptr<const Zone> find(const std::string& name);
    [[nodiscard]] static std::shared_ptr<const Zone> fixed(int offsetSeconds, std::string name);

    struct Offset
    {
        int seconds = 0;
        std::string name;
    };
    [[nodiscard]] Offset at(std::int64_t unixSeconds) const;
    [[nodiscard]] const std::string& name() const { return m_name; }

private:
    std::string m_name;
    std::vector<std::int64_t> m_transitions;
    std::vector<Offset> m_offsets; ///< one more than transitions: the first holds before all of them
};

/// Go's time.Time.Format.
[[nodiscard]] std::string formatGoTime(const Time& time, std::string_view layout);
/// Go's time.ParseInLocation; nothing where the text does not fit.
[[nodiscard]] std::optional<Time> parseGoTime(std::string_view text, std::string_view layout,
                                              const std::shared_ptr<const Zone>& zone);
/// Any of the common forms that date() knows.
[[nodiscard]] std::optional<Time> parseAnyTime(std::string_view text);

/// The result of a method of times and durations; nothing where the kind has no such method.
[[nodiscard]] std::optional<Kind> methodOf(Kind kind, std::string_view name);
/// Throws Failure.
[[nodiscard]] Value callMethod(const Value& object, std::string_view name, std::span<const Value> arguments);

} // namespace core::expr
