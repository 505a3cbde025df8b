// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/feed_model.h"

#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/tasks.h"
#include "ui/base/words.h"

#include <algorithm>

namespace ui {

namespace eng = core::engine;

void FeedModel::setRows(std::vector<FeedRow> rows)
{
    const auto size = [](const auto& list) { return static_cast<int>(list.size()); };
    // The usual change: some rows more at the front, perhaps some fewer at the end.
    if (!m_rows.empty() && rows.size() >= 1) {
        const auto first = std::ranges::find(rows, m_rows.front());
        const int added = first == rows.end() ? -1 : static_cast<int>(first - rows.begin());
        if (added >= 0) {
            const int kept = std::min(size(m_rows), size(rows) - added);
            if (std::equal(m_rows.begin(), m_rows.begin() + kept, first)) {
                if (kept < size(m_rows)) {
                    beginRemoveRows({}, kept, size(m_rows) - 1);
                    m_rows.resize(static_cast<std::size_t>(kept));
                    endRemoveRows();
                }
                if (added > 0) {
                    beginInsertRows({}, 0, added - 1);
                    m_rows.insert(m_rows.begin(), rows.begin(), first);
                    endInsertRows();
                }
                if (m_rows.size() < rows.size()) {
                    beginInsertRows({}, size(m_rows), size(rows) - 1);
                    m_rows = std::move(rows);
                    endInsertRows();
                }
                return;
            }
        }
    }
    if (m_rows.size() == rows.size()) {
        for (int i = 0; i < size(rows); ++i) {
            auto& mine = m_rows.at(static_cast<std::size_t>(i));
            auto& next = rows.at(static_cast<std::size_t>(i));
            if (mine == next)
                continue;
            mine = std::move(next);
            emit dataChanged(index(i, 0), index(i, ColumnCount - 1));
        }
        return;
    }
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int FeedModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int FeedModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant FeedModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const FeedRow& entry = row(index.row());
    switch (role) {
    case Qt::DisplayRole:
        switch (index.column()) {
        case Time:
            return clockTime(entry.at);
        case Object:
            return entry.object;
        case Text:
            return entry.more.isEmpty() ? entry.text : entry.text + QStringLiteral(" · ") + entry.more;
        default:
            return {};
        }
    case Qt::DecorationRole:
        return index.column() == Shape ? QVariant(glyphIcon(entry.glyph)) : QVariant();
    case Qt::FontRole:
        return index.column() == Time || index.column() == Object ? QVariant(monoFont()) : QVariant();
    case Qt::ForegroundRole:
        return index.column() == Time ? QVariant(color(Token::Muted)) : QVariant();
    case Qt::ToolTipRole:
        return index.column() == Time ? exactTime(entry.at) : plain(entry.text);
    case Qt::AccessibleTextRole:
        return index.column() == Shape ? glyphName(entry.glyph) : plain(data(index, Qt::DisplayRole).toString());
    default:
        return {};
    }
}

QVariant FeedModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Time:
        return tr("Time");
    case Shape:
        return tr("State");
    case Object:
        return tr("Object");
    case Text:
        return tr("What happened");
    default:
        return {};
    }
}

namespace {

eng::AppId find(const eng::Snapshot& snapshot, const std::string& name)
{
    for (const auto& app : snapshot.applications) {
        if (app->name == name)
            return {app->nameSpace, app->name};
    }
    return {};
}

} // namespace

std::vector<FeedRow> eventRows(const eng::Snapshot& snapshot)
{
    std::vector<FeedRow> rows;
    rows.reserve(snapshot.events->size());
    for (const auto& event : *snapshot.events) {
        rows.push_back(
            {event.at, event.warning ? Glyph::Degraded : Glyph::Healthy, shortKey(event.object), isolate(event.message),
             event.count > 1 ? FeedModel::tr("%n time(s)", nullptr, static_cast<int>(event.count)) : QString(),
             find(snapshot, event.application), event.object});
    }
    return rows;
}

std::vector<FeedRow> operationRows(const eng::Snapshot& snapshot)
{
    std::vector<FeedRow> rows;
    for (const auto& app : snapshot.applications) {
        const auto& operation = app->operation;
        if (operation.phase == eng::OperationPhase::None)
            continue;
        QString text = phaseText(operation.phase);
        if (operation.total > 0) {
            text += QStringLiteral(" · ")
                + ltr(withDigits(QStringLiteral("%1/%2").arg(operation.done).arg(operation.total)));
        }
        rows.push_back({operation.startedAt.value_or(operation.finishedAt.value_or(snapshot.at)),
                        glyphOf(operation.phase),
                        isolate(app->name),
                        text,
                        reasonText(operation.waitingFor.empty() ? operation.message : operation.waitingFor),
                        {app->nameSpace, app->name},
                        std::nullopt,
                        operation.phase == eng::OperationPhase::Running});
    }
    std::ranges::stable_sort(rows, [](const FeedRow& a, const FeedRow& b) { return a.at > b.at; });
    std::vector<FeedRow> tasks;
    for (const auto& task : TaskList::instance().tasks())
        tasks.push_back({task.at, Glyph::Progressing, isolate(task.app.name), task.title,
                         ltr(withDigits(task.progress)), task.app, std::nullopt, true, task.id});
    rows.insert(rows.begin(), tasks.begin(), tasks.end());
    return rows;
}

std::vector<FeedRow> problemRows(const eng::Snapshot& snapshot)
{
    std::vector<FeedRow> rows;
    for (const auto& problem : *snapshot.problems) {
        const Glyph glyph = problem.needsDecision                 ? Glyph::Suspended
            : problem.severity == eng::Problem::Severity::Bad     ? Glyph::Degraded
            : problem.severity == eng::Problem::Severity::Warning ? Glyph::OutOfSync
                                                                  : Glyph::Unknown;
        QString more = reasonText(problem.hint);
        if (!problem.file.empty()) {
            const QString place = ltr(qs(problem.file) + QLatin1Char(':') + QString::number(problem.line));
            more = more.isEmpty() ? place : more + QStringLiteral(" · ") + place;
        }
        rows.push_back({snapshot.at, glyph, problem.object ? shortKey(*problem.object) : isolate(problem.application),
                        reasonText(problem.message), more, find(snapshot, problem.application), problem.object});
    }
    // Problems have no time of their own: all carry the same one, so that equal rows stay equal.
    for (auto& row : rows)
        row.at = {};
    return rows;
}

std::vector<FeedRow> notificationRows(const eng::Snapshot& snapshot)
{
    std::vector<FeedRow> rows;
    for (const auto& note : *snapshot.notifications) {
        rows.push_back({note.at, note.delivered ? Glyph::Healthy : Glyph::Degraded, isolate(note.application),
                        isolate(note.text), note.error.empty() ? ltr(note.trigger) : isolate(note.error),
                        find(snapshot, note.application), std::nullopt});
    }
    return rows;
}

} // namespace ui
