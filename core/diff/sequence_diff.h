// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace core::diff {

/// What is not common to two sequences. The elements that are not marked pair up in order and are equal.
struct SequenceChanges
{
    std::vector<bool> a;
    std::vector<bool> b;
};

/// Patience diff over numbers, Myers' between the anchors, with a bound on its cost.
[[nodiscard]] SequenceChanges diffSequences(const std::vector<int>& a, const std::vector<int>& b);

} // namespace core::diff
