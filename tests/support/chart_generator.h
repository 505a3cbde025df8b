// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace tests {

/// A chart with charts below it, and what a user gives to it.
struct GeneratedChart
{
    std::map<std::string, std::string> files; ///< text by path
    std::string values; ///< YAML
    std::vector<std::string> set; ///< as for --set
};

/// A random chart whose templates print all their values: dependencies with aliases, conditions, tags and imported
/// values, globals, nulls, tables against scalars, templates in values, names defined in several charts. The same seed
/// gives the same chart everywhere.
[[nodiscard]] GeneratedChart randomChart(std::uint64_t seed);

/// A random chart on top of a library chart whose helpers the templates reach through several includes: names, labels,
/// images, passwords, values that are templates; with odd scalars where charts have plain ones.
[[nodiscard]] GeneratedChart randomLibraryChart(std::uint64_t seed);

/// A random argument for --set or --set-string (`json`: for --set-json), often malformed.
[[nodiscard]] std::string randomSet(std::uint64_t seed, bool json);

} // namespace tests
