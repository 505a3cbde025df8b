// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace core::manifest {

/// gobwas-style glob: *, **, ?, [abc], {a,b}. With `separator`, * and ? do not cross it, ** does. Costs at most pattern
/// times text.
[[nodiscard]] bool globMatches(std::string_view pattern, std::string_view text, char separator = '\0');

} // namespace core::manifest
