// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/yaml_folding.h"

#include <algorithm>

namespace ui {

namespace {

/// Twice the indentation, plus one for a list item: deeper than the key whose column it shares.
int depthOf(const QString& line)
{
    int indent = 0;
    while (indent < line.size() && line[indent] == u' ')
        ++indent;
    const bool item =
        indent < line.size() && line[indent] == u'-' && (indent + 1 == line.size() || line[indent + 1] == u' ');
    return 2 * indent + (item ? 1 : 0);
}

} // namespace

std::vector<FoldRange> yamlFolds(const QStringList& lines)
{
    struct Open
    {
        int depth = 0;
        int line = 0;
    };
    std::vector<Open> open;
    std::vector<FoldRange> folds;
    int lastFilled = -1;
    const auto closeDownTo = [&](int depth) {
        while (!open.empty() && open.back().depth >= depth) {
            if (lastFilled > open.back().line)
                folds.push_back({open.back().line, lastFilled});
            open.pop_back();
        }
    };
    for (int line = 0; line < lines.size(); ++line) {
        const QString& text = lines[line];
        const QString trimmed = text.trimmed();
        if (trimmed.isEmpty())
            continue;
        if (text.startsWith(QLatin1String("---"))) {
            closeDownTo(0);
        } else if (!trimmed.startsWith(u'#')) {
            const int depth = depthOf(text);
            closeDownTo(depth);
            open.push_back({depth, line});
        }
        lastFilled = line;
    }
    closeDownTo(0);
    std::ranges::sort(folds, {}, &FoldRange::first);
    return folds;
}

} // namespace ui
