// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/plain_text.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace ui {

int lettersApart(QStringView a, QStringView b, Qt::CaseSensitivity sensitivity)
{
    const auto letter = [&](QChar c) { return sensitivity == Qt::CaseInsensitive ? c.toLower() : c; };
    std::vector<int> row(static_cast<std::size_t>(b.size()) + 1);
    for (std::size_t j = 0; j < row.size(); ++j)
        row[j] = static_cast<int>(j);
    for (qsizetype i = 1; i <= a.size(); ++i) {
        int corner = std::exchange(row[0], static_cast<int>(i));
        for (std::size_t j = 1; j < row.size(); ++j) {
            const bool differs = letter(a[i - 1]) != letter(b[static_cast<qsizetype>(j) - 1]);
            const int replaced = corner + (differs ? 1 : 0);
            corner = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, replaced}));
        }
    }
    return row.back();
}

QString csvField(QString text, CsvQuotes quotes)
{
    if (!text.isEmpty() && QStringLiteral("=+-@\t\r").contains(text[0]))
        text.prepend(u'\'');
    if (quotes == CsvQuotes::Always || text.contains(u',') || text.contains(u'"') || text.contains(u'\n')
        || text.contains(u'\r'))
        text = u'"' + text.replace(u'"', QStringLiteral("\"\"")) + u'"';
    return text;
}

} // namespace ui
