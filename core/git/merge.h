// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>

namespace core::git {

/// A three-way merge of one text, as git merge-file does it.
struct Merged
{
    std::string
        text; ///< with conflict markers ("<<<<<<< yours", "=======", ">>>>>>> theirs") where both changed the same
    bool clean = true; ///< no conflict
};
[[nodiscard]] Result<Merged> mergeTexts(const std::string& base, const std::string& yours, const std::string& theirs);

} // namespace core::git
