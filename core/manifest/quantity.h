// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

namespace core::manifest {

/// A Kubernetes quantity: "500m", "1Gi", "1e3", 2. Exact down to 10^-9; smaller fractions are rounded up.
class Quantity
{
public:
    [[nodiscard]] static Result<Quantity> parse(std::string_view text);
    /// Text or number.
    [[nodiscard]] static Result<Quantity> parse(const Value& value);

    /// As Go's Quantity.String(): "1024Mi" -> "1Gi", "1000m" -> "1".
    [[nodiscard]] std::string canonical() const;
    [[nodiscard]] double toDouble() const;
    [[nodiscard]] std::int64_t value() const; ///< rounded up to whole units
    [[nodiscard]] std::int64_t milliValue() const; ///< rounded up to thousandths

    friend bool operator==(const Quantity& a, const Quantity& b) { return a.m_nano == b.m_nano; }
    friend bool operator<(const Quantity& a, const Quantity& b) { return a.m_nano < b.m_nano; }
    Quantity& operator+=(const Quantity& other);
    Quantity& operator-=(const Quantity& other);

private:
    __extension__ using Int = __int128;
    enum class Format : std::uint8_t { Binary, Decimal, Exponent };

    Int m_nano = 0;
    Format m_format = Format::Decimal;
};

} // namespace core::manifest
