// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace ui {

/// How many letters two words differ by (Levenshtein); for "did you mean".
[[nodiscard]] int lettersApart(QStringView a, QStringView b, Qt::CaseSensitivity sensitivity);

enum class CsvQuotes { WhereNeeded, Always };
/// A field of a table in the form of RFC 4180. What a spreadsheet would take for a formula is made text.
[[nodiscard]] QString csvField(QString text, CsvQuotes quotes);

} // namespace ui
