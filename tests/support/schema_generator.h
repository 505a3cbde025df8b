// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace tests {

struct GeneratedSchema
{
    std::string schema; ///< values.schema.json
    std::string values; ///< JSON
};

/// A random schema of any draft with values that meet it about half of the time; sometimes no schema at all. The same
/// seed gives the same everywhere.
[[nodiscard]] GeneratedSchema randomSchema(std::uint64_t seed);

} // namespace tests
