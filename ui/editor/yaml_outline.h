// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <vector>

namespace ui {

struct OutlineEntry
{
    int line = 0;
    int depth = 0; ///< 0: a document
    QString text; ///< "Deployment/llm", "spec"
    friend bool operator==(const OutlineEntry&, const OutlineEntry&) = default;
};
/// Documents and their keys down to `depth` levels.
[[nodiscard]] std::vector<OutlineEntry> yamlOutline(const QStringList& lines, int depth = 3);
/// "spec.template.spec.containers[name=server].image": for the breadcrumbs.
[[nodiscard]] QString yamlPathText(const QStringList& lines, int line);

} // namespace ui
