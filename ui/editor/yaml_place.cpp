// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/yaml_place.h"

#include "ui/base/bidi.h"
#include "ui/diff/diff_document.h"

#include <QRegularExpression>

#include <algorithm>
#include <utility>

namespace ui {

namespace {

/// The lines of the document that holds `line`: [first, last).
std::pair<int, int> documentAround(const QStringList& lines, int line)
{
    const auto separates = [&](int at) { return lines[at].startsWith(QLatin1String("---")); };
    int first = line;
    while (first > 0 && !separates(first - 1))
        --first;
    int last = line + 1;
    while (last < lines.size() && !separates(last))
        ++last;
    return {first, last};
}

QString topLevel(const QStringList& lines, int first, int last, QLatin1String key)
{
    for (int i = first; i < last; ++i)
        if (lines[i].startsWith(key + u':'))
            return lines[i].mid(key.size() + 1).section(u'#', 0, 0).trimmed().remove(u'"').remove(u'\'');
    return {};
}

/// "spec.containers[name=x].image" as steps.
std::vector<std::string> steps(const std::string& path)
{
    std::vector<std::string> out;
    std::string step;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (path[i] == '.' || path[i] == '[') {
            if (!step.empty())
                out.push_back(std::exchange(step, {}));
            if (path[i] == '[') {
                out.emplace_back("0");
                i = std::min(path.find(']', i), path.size());
            }
        } else {
            step += path[i];
        }
    }
    if (!step.empty())
        out.push_back(step);
    return out;
}

std::string pathAt(const QStringList& lines, int first, int last, int line, const QString& instead)
{
    std::vector<std::string> texts;
    for (int i = first; i < last; ++i)
        texts.push_back((i == line ? instead : lines[i]).toStdString());
    const std::vector<std::string_view> views(texts.begin(), texts.end());
    return yamlPathAt(views, static_cast<std::size_t>(line - first));
}

YamlPlace placeIn(const QStringList& lines, int first, int last)
{
    YamlPlace place;
    place.apiVersion = topLevel(lines, first, last, QLatin1String("apiVersion")).toStdString();
    place.kind = topLevel(lines, first, last, QLatin1String("kind")).toStdString();
    return place;
}

} // namespace

std::optional<YamlPlace> yamlPlaceAt(const QStringList& lines, int line, int column)
{
    if (line < 0 || line >= lines.size())
        return std::nullopt;
    static const QRegularExpression key(QStringLiteral("^(\\s*(?:- +)*)([\\w./-]*)$"));
    static const QRegularExpression value(QStringLiteral("^(\\s*(?:- +)*[\\w./-]+: +)([\\w./-]*)$"));
    const auto [first, last] = documentAround(lines, line);
    const QString before = lines[line].left(column);
    YamlPlace place = placeIn(lines, first, last);
    if (const auto match = key.match(before); match.hasMatch()) {
        place.prefix = match.captured(2);
        place.column = static_cast<int>(match.capturedStart(2));
        // Any key stands in for the one that is being typed.
        place.path = steps(pathAt(lines, first, last, line, match.captured(1) + QStringLiteral("x:")));
        if (!place.path.empty())
            place.path.pop_back();
        return place;
    }
    if (const auto match = value.match(before); match.hasMatch()) {
        place.what = YamlPlace::What::Value;
        place.prefix = match.captured(2);
        place.column = static_cast<int>(match.capturedStart(2));
        place.path = steps(pathAt(lines, first, last, line, lines[line]));
        return place;
    }
    return std::nullopt;
}

std::optional<YamlPlace> yamlKeyAt(const QStringList& lines, int line)
{
    if (line < 0 || line >= lines.size())
        return std::nullopt;
    static const QRegularExpression key(QStringLiteral("^\\s*(?:- +)*([\\w./-]+):(?: |$)"));
    const auto match = key.match(lines[line]);
    if (!match.hasMatch())
        return std::nullopt;
    const auto [first, last] = documentAround(lines, line);
    YamlPlace place = placeIn(lines, first, last);
    place.prefix = match.captured(1);
    place.column = static_cast<int>(match.capturedStart(1));
    place.path = steps(pathAt(lines, first, last, line, lines[line]));
    return place;
}

std::vector<OutlineEntry> yamlOutline(const QStringList& lines, int depth)
{
    static const QRegularExpression key(QStringLiteral("^( *)([\\w./-]+):(?: |$)"));
    std::vector<OutlineEntry> out;
    for (int first = 0; first < lines.size();) {
        const auto [begin, end] = documentAround(lines, first);
        const QString kind = topLevel(lines, begin, end, QLatin1String("kind"));
        QString name;
        QString top; // the key of the first level that encloses
        std::vector<int> indents; // of the keys that enclose
        std::vector<OutlineEntry> keys;
        for (int i = begin; i < end; ++i) {
            const auto match = key.match(lines[i]);
            if (!match.hasMatch())
                continue;
            const int indent = static_cast<int>(match.capturedLength(1));
            while (!indents.empty() && indents.back() >= indent)
                indents.pop_back();
            indents.push_back(indent);
            const int level = static_cast<int>(indents.size());
            if (level == 1)
                top = match.captured(2);
            if (level == 2 && top == QLatin1String("metadata") && match.captured(2) == QLatin1String("name")
                && name.isEmpty())
                name = lines[i].section(u':', 1).trimmed();
            if (level <= depth)
                keys.push_back({i, level, match.captured(2)});
        }
        if (!keys.empty()) {
            out.push_back({keys.front().line, 0,
                           kind.isEmpty()       ? QStringLiteral("YAML")
                               : name.isEmpty() ? kind
                                                : kind + u'/' + name});
            out.insert(out.end(), keys.begin(), keys.end());
        }
        first = end + 1;
    }
    return out;
}

QString yamlPathText(const QStringList& lines, int line)
{
    if (line < 0 || line >= lines.size())
        return {};
    const auto [first, last] = documentAround(lines, line);
    return qs(pathAt(lines, first, last, line, lines[line]));
}

} // namespace ui
