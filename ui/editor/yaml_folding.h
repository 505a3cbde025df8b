// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <vector>

namespace ui {

/// Lines that can be folded below their first one. 0-based, last inclusive.
struct FoldRange
{
    int first = 0;
    int last = 0;
    friend bool operator==(const FoldRange&, const FoldRange&) = default;
};

/// A line with deeper indented lines below it can be folded; lists that stand in the column of their key count as
/// deeper, trailing blank lines stay outside. Ascending by first line; one walk over the text.
[[nodiscard]] std::vector<FoldRange> yamlFolds(const QStringList& lines);

} // namespace ui
