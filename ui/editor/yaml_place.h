// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <optional>
#include <string>
#include <vector>

namespace ui {

/// Where a cursor stands in a stream of manifests.
struct YamlPlace
{
    enum class What { Key, Value };
    std::string apiVersion; ///< of the document, "" where it is not written yet
    std::string kind;
    std::vector<std::string>
        path; ///< keys that enclose it, "0" for any item of a list; with the key itself for a Value
    What what = What::Key;
    QString prefix; ///< of the key or value, as far as it is typed
    int column = 0; ///< where the prefix begins
};
/// None inside of comments and texts that are neither a key nor a value. column: 0-based.
[[nodiscard]] std::optional<YamlPlace> yamlPlaceAt(const QStringList& lines, int line, int column);
/// The place of the key that is written in the line, for its description; none where no key stands there.
[[nodiscard]] std::optional<YamlPlace> yamlKeyAt(const QStringList& lines, int line);

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
