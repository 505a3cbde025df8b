// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/values_form.h"

#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/style.h"
#include "ui/base/theme.h"

#include <QHeaderView>

#include <boost/json.hpp>

#include <algorithm>
#include <map>

namespace ui {

using Path = std::vector<std::string>;

namespace {

constexpr int kRow = Qt::UserRole;

/// Leaves in the order in which they stand; maps are walked, lists are leaves.
void walk(const core::manifest::Value& value, Path& path, std::vector<std::pair<Path, core::manifest::Value>>& out)
{
    if (value.is_object() && !value.get_object().empty()) {
        for (const auto& [key, child] : value.get_object()) {
            path.emplace_back(key);
            walk(child, path, out);
            path.pop_back();
        }
        return;
    }
    if (!path.empty())
        out.emplace_back(path, value);
}

std::optional<std::vector<std::pair<Path, core::manifest::Value>>> leavesOf(const std::string& text)
{
    const auto documents = core::manifest::parseYaml(text, "values");
    if (!documents || documents->size() > 1)
        return std::nullopt;
    std::vector<std::pair<Path, core::manifest::Value>> out;
    Path path;
    if (!documents->empty() && documents->front().value.is_object())
        walk(documents->front().value, path, out);
    return out;
}

QString shown(const core::manifest::Value& value)
{
    if (const auto* text = value.if_string())
        return qs(std::string_view(text->data(), text->size()));
    return value.is_null() ? QString() : qs(core::manifest::toJson(value));
}

/// The way YAML writes it so that it is read as what it is.
std::string written(const QString& value, bool text)
{
    const std::string plain = value.toStdString();
    if (!text)
        return plain;
    const auto read = core::manifest::parseYaml("x: " + plain, "value");
    if (read && read->size() == 1 && core::manifest::text(read->front().value, {"x"}) == plain && !plain.empty())
        return plain;
    return core::manifest::toJson(core::manifest::Value(boost::json::string(plain)));
}

std::vector<std::string> linesOf(const std::string& text)
{
    std::vector<std::string> out;
    for (std::size_t from = 0; from <= text.size();) {
        const auto end = std::min(text.find('\n', from), text.size());
        out.push_back(text.substr(from, end - from));
        from = end + 1;
    }
    return out;
}

std::string joined(const std::vector<std::string>& lines)
{
    std::string out;
    for (std::size_t i = 0; i < lines.size(); ++i)
        out += (i == 0 ? "" : "\n") + lines[i];
    return out;
}

std::size_t indentOf(const std::string& line)
{
    return std::min(line.find_first_not_of(' '), line.size());
}

bool nothing(const std::string& line)
{
    const auto at = indentOf(line);
    return at == line.size() || line[at] == '#';
}

/// The line (1-based) of a key in block style, 0 where it does not stand there.
std::size_t keyLine(const std::vector<std::string>& lines, const Path& path)
{
    std::size_t at = 0;
    std::size_t parent = 0;
    for (std::size_t depth = 0; depth < path.size(); ++depth) {
        std::optional<std::size_t> indent;
        bool found = false;
        for (; at < lines.size() && !found; ++at) {
            const auto& line = lines[at];
            if (nothing(line) || line.starts_with("---"))
                continue;
            const auto here = indentOf(line);
            if (!indent)
                indent = here;
            if (here < *indent || (depth > 0 && here <= parent))
                return 0;
            const auto& key = path[depth];
            found = here == *indent
                && (line.compare(here, key.size() + 1, key + ":") == 0
                    || line.compare(here, key.size() + 3, '"' + key + "\":") == 0);
        }
        if (!found)
            return 0;
        parent = *indent;
    }
    return at;
}

/// Where a value begins behind "key:", and where it ends before a comment; none for values of several lines.
std::optional<std::pair<std::size_t, std::size_t>> valueIn(const std::string& line)
{
    const auto colon = line.find(':', line[indentOf(line)] == '"' ? line.find('"', indentOf(line) + 1) : 0);
    if (colon == std::string::npos)
        return std::nullopt;
    const auto begin = std::min(line.find_first_not_of(' ', colon + 1), line.size());
    if (begin < line.size() && std::string_view("|>&*[{").find(line[begin]) != std::string_view::npos)
        return std::nullopt;
    auto end = line.size();
    if (begin < line.size() && (line[begin] == '"' || line[begin] == '\'')) {
        end = begin + 1;
        while (end < line.size() && line[end] != line[begin])
            end += line[end] == '\\' && line[begin] == '"' ? 2 : 1;
        if (end >= line.size())
            return std::nullopt; // goes on in the next line
        ++end;
    } else if (const auto comment = line.find(" #", begin == 0 ? 0 : begin - 1); comment != std::string::npos) {
        end = std::max(begin, comment);
    }
    while (end > begin && line[end - 1] == ' ')
        --end;
    return std::pair(begin, end);
}

} // namespace

std::vector<ValueRow> valueRows(const std::string& text, const std::string& defaults)
{
    const auto own = leavesOf(text);
    const auto theirs = leavesOf(defaults);
    std::vector<ValueRow> out;
    if (!own || !theirs)
        return out;
    std::map<Path, const core::manifest::Value*> mine;
    for (const auto& [path, value] : *own)
        mine[path] = &value;
    const auto add = [&](const Path& path, const core::manifest::Value& value, const core::manifest::Value* before,
                         const std::string& where) {
        ValueRow row;
        row.path = path;
        row.value = shown(value);
        row.own = &where == &text;
        row.text = value.is_string();
        row.list = value.is_array() || value.is_object();
        row.line = core::manifest::locate(where, 0, path).line;
        if (before != nullptr && shown(*before) != row.value)
            row.overridden = shown(*before);
        out.push_back(std::move(row));
    };
    for (const auto& [path, value] : *theirs) {
        const auto over = mine.find(path);
        if (over != mine.end()) {
            add(path, *over->second, &value, text);
            mine.erase(over);
        } else {
            add(path, value, nullptr, defaults);
        }
    }
    for (const auto& [path, value] : *own)
        if (mine.contains(path))
            add(path, value, nullptr, text);
    return out;
}

std::optional<std::string> withValue(const std::string& text, const ValueRow& row, const QString& value)
{
    if (row.list || row.path.empty() || value.contains(u'\n'))
        return std::nullopt;
    auto lines = linesOf(text);
    const std::string scalar = written(value, row.text);
    if (row.own) {
        if (row.line == 0 || row.line > lines.size())
            return std::nullopt;
        auto& line = lines[row.line - 1];
        const auto place = valueIn(line);
        if (!place)
            return std::nullopt;
        const bool bare = place->first > 0 && line[place->first - 1] == ':';
        line.replace(place->first, place->second - place->first, (bare ? " " : "") + scalar);
        return joined(lines);
    }
    // Below the deepest parent that is there already.
    Path known = row.path;
    std::size_t parentLine = 0;
    do {
        known.pop_back();
        parentLine = known.empty() ? 0 : keyLine(lines, known);
    } while (!known.empty() && parentLine == 0);
    std::size_t indent = 0;
    std::size_t at = lines.size();
    if (parentLine > 0) {
        const auto parent = indentOf(lines[parentLine - 1]);
        indent = parent + 2;
        at = parentLine;
        for (std::size_t i = parentLine; i < lines.size(); ++i) {
            if (nothing(lines[i]))
                continue;
            if (indentOf(lines[i]) <= parent)
                break;
            if (at == parentLine)
                indent = indentOf(lines[i]);
            at = i + 1;
        }
        const auto place = valueIn(lines[parentLine - 1]);
        if (!place || place->first < place->second)
            return std::nullopt; // "parent: {}" or a scalar stands there
    }
    while (parentLine == 0 && at > 0 && lines[at - 1].empty())
        --at;
    std::vector<std::string> added;
    for (std::size_t depth = known.size(); depth < row.path.size(); ++depth) {
        const bool last = depth + 1 == row.path.size();
        added.push_back(std::string(indent, ' ') + row.path[depth] + (last ? ": " + scalar : ":"));
        indent += 2;
    }
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(at), added.begin(), added.end());
    if (!lines.back().empty())
        lines.emplace_back();
    return joined(lines);
}

// ---- the form

ValuesForm::ValuesForm(QWidget* parent)
    : QTreeWidget(parent)
{
    setObjectName(QStringLiteral("valuesForm"));
    setFrameShape(QFrame::NoFrame);
    setColumnCount(3);
    setUniformRowHeights(true);
    setLayoutDirection(Qt::LeftToRight); // keys and values are code
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    header()->setStretchLastSection(true);
    setColumnWidth(Key, 220);
    setColumnWidth(Value, 200);
    connect(this, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item, int column) {
        const int row = item->data(Key, kRow).isValid() ? item->data(Key, kRow).toInt() : -1;
        if (row < 0)
            return;
        const ValueRow& value = m_rows[static_cast<std::size_t>(row)];
        if (column == SetBy || value.list)
            emit placeRequested(value.own ? m_file : m_defaultsFile, static_cast<int>(value.line));
        else
            editItem(item, Value);
    });
    connect(this, &QTreeWidget::itemChanged, this, [this](QTreeWidgetItem* item, int column) {
        if (m_filling || column != Value || !item->data(Key, kRow).isValid())
            return;
        const int row = item->data(Key, kRow).toInt();
        if (item->text(Value) != m_rows[static_cast<std::size_t>(row)].value)
            emit edited(row, item->text(Value));
    });
    retranslate();
}

QTreeWidgetItem* ValuesForm::parentOf(const ValueRow& row)
{
    QTreeWidgetItem* at = invisibleRootItem();
    for (std::size_t depth = 0; depth + 1 < row.path.size(); ++depth) {
        QTreeWidgetItem* next = nullptr;
        for (int i = 0; i < at->childCount(); ++i)
            if (at->child(i)->text(Key) == qs(row.path[depth]) && !at->child(i)->data(Key, kRow).isValid())
                next = at->child(i);
        if (next == nullptr) {
            next = new QTreeWidgetItem(at, {qs(row.path[depth])});
            next->setFont(Key, monoFont());
            next->setExpanded(true);
        }
        at = next;
    }
    return at;
}

void ValuesForm::setRows(std::vector<ValueRow> rows, const QString& file, const QString& defaultsFile)
{
    m_file = file;
    m_defaultsFile = defaultsFile;
    if (rows == m_rows && topLevelItemCount() > 0)
        return;
    const QVariant current = currentItem() != nullptr ? currentItem()->data(Key, kRow) : QVariant();
    m_rows = std::move(rows);
    m_filling = true;
    clear();
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        const ValueRow& row = m_rows[i];
        const QString place =
            QStringLiteral("%1:%2").arg((row.own ? file : defaultsFile).section(u'/', -1)).arg(row.line);
        auto* item = new QTreeWidgetItem(parentOf(row), {qs(row.path.back()), row.value, place});
        item->setData(Key, kRow, static_cast<int>(i));
        for (int column = 0; column < 3; ++column)
            item->setFont(column, monoFont());
        item->setForeground(Value, color(row.own ? Token::Text : Token::Muted));
        item->setForeground(SetBy, color(row.own ? Token::Accent : Token::Muted));
        if (!row.overridden.isNull())
            item->setToolTip(Value, tr("The chart's own value: %1").arg(row.overridden));
        if (!row.list)
            item->setFlags(item->flags() | Qt::ItemIsEditable);
        if (current.isValid() && current.toInt() == static_cast<int>(i))
            setCurrentItem(item);
    }
    m_filling = false;
}

void ValuesForm::retranslate()
{
    setHeaderLabels({tr("Value"), tr("As it counts"), tr("Set by")});
    setAccessibleName(tr("Values of the chart"));
}

} // namespace ui
