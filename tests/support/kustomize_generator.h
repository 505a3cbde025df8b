// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace tests {

using Files = std::map<std::string, std::string>; ///< text by path

/// A random kustomization at the root of the files, composed from a grammar (tests/data/kustomize/grammar.txt says how
/// it reads). The same seed gives the same files everywhere.
[[nodiscard]] Files randomKustomization(const std::string& grammar, std::uint64_t seed);

/// The documents of a YAML text, printed again in a random style (0: always the plainest); the text where it is none.
[[nodiscard]] std::string restyled(const std::string& text, std::uint64_t seed);

/// Files in one text, each after a line "=== path": how small failing inputs are kept.
[[nodiscard]] std::string toBundle(const Files& files);
[[nodiscard]] Files fromBundle(const std::string& text);

} // namespace tests
