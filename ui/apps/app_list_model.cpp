// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_list_model.h"

#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/words.h"

#include <algorithm>
#include <array>

namespace ui {

namespace eng = core::engine;

namespace {

struct Cell
{
    QString text;
    QVariant sort;
    Glyph glyph = Glyph::None;
    Token token = Token::Text;
};

Token stateToken(Glyph glyph)
{
    return glyph == Glyph::Healthy || glyph == Glyph::Synced || glyph == Glyph::None ? Token::Text : tokenOf(glyph);
}

/// Worst first: what needs a person sorts to the top.
int rank(eng::Health health)
{
    switch (health) {
    case eng::Health::Degraded:
        return 0;
    case eng::Health::Missing:
        return 1;
    case eng::Health::Progressing:
        return 2;
    case eng::Health::Suspended:
        return 3;
    case eng::Health::Unknown:
        return 4;
    case eng::Health::Healthy:
        return 5;
    }
    return 6;
}

int rank(eng::SyncState sync)
{
    return sync == eng::SyncState::OutOfSync ? 0 : sync == eng::SyncState::Unknown ? 1 : 2;
}

int rank(eng::OperationPhase phase)
{
    using Phase = eng::OperationPhase;
    switch (phase) {
    case Phase::Error:
    case Phase::Failed:
        return 0;
    case Phase::Running:
    case Phase::Terminating:
        return 1;
    case Phase::Succeeded:
        return 2;
    case Phase::None:
        return 3;
    }
    return 4;
}

Cell nameCell(const eng::Application& app, core::TimePoint)
{
    return {qs(app.name), qs(app.name), Glyph::None, Token::Text};
}

Cell healthCell(const eng::Application& app, core::TimePoint)
{
    const Glyph glyph = glyphOf(app.health);
    return {healthText(app.health), rank(app.health), glyph, stateToken(glyph)};
}

Cell syncCell(const eng::Application& app, core::TimePoint)
{
    const Glyph glyph = glyphOf(app.sync);
    QString text = syncText(app.sync);
    if (app.outOfSyncCount > 0)
        text += QStringLiteral(" · ") + number(static_cast<qint64>(app.outOfSyncCount));
    return {text, rank(app.sync), glyph, stateToken(glyph)};
}

Cell operationCell(const eng::Application& app, core::TimePoint)
{
    QString text = phaseText(app.operation.phase);
    if (app.operation.phase == eng::OperationPhase::Running && app.operation.total > 0)
        text += QLatin1Char(' ')
            + ltr(withDigits(QStringLiteral("%1/%2").arg(app.operation.done).arg(app.operation.total)));
    const Glyph glyph = glyphOf(app.operation.phase);
    return {text, rank(app.operation.phase), glyph, stateToken(glyph)};
}

Cell revisionCell(const eng::Application& app, core::TimePoint)
{
    return {ltr(shortRevision(app.revision)), qs(app.revision), Glyph::None, Token::Text};
}

Cell projectCell(const eng::Application& app, core::TimePoint)
{
    return {qs(app.project), qs(app.project), Glyph::None, Token::Text};
}

Cell clusterCell(const eng::Application& app, core::TimePoint)
{
    return {qs(app.cluster), qs(app.cluster), Glyph::None, Token::Text};
}

Cell gpuCell(const eng::Application& app, core::TimePoint)
{
    return {app.gpus == 0 ? QString() : number(app.gpus), static_cast<qlonglong>(app.gpus), Glyph::None, Token::Text};
}

Cell ageCell(const eng::Application& app, core::TimePoint now)
{
    const qlonglong seconds =
        app.createdAt ? std::chrono::duration_cast<std::chrono::seconds>(now - *app.createdAt).count() : -1;
    return {age(app.createdAt, now), seconds, Glyph::None, Token::Muted};
}

struct ColumnSpec
{
    const char* title;
    Cell (*cell)(const eng::Application&, core::TimePoint);
    bool mono = false;
};

const std::array kColumns {
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Name"), nameCell},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Health"), healthCell},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Sync"), syncCell},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Operation"), operationCell},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Revision"), revisionCell, true},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Project"), projectCell},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Cluster"), clusterCell},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "GPU"), gpuCell},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Age"), ageCell},
};
static_assert(kColumns.size() == AppListModel::ColumnCount);

QString toolTip(const eng::Application& app, int column)
{
    switch (column) {
    case AppListModel::Health:
        return app.healthMessage.empty() ? healthText(app.health) : isolate(app.healthMessage);
    case AppListModel::Operation:
        return isolate(app.operation.waitingFor.empty() ? app.operation.message : app.operation.waitingFor);
    case AppListModel::Sync:
        return app.conditions.empty() ? syncText(app.sync) : isolate(app.conditions.front().message);
    case AppListModel::Revision:
        return ltr(app.revision) + QLatin1Char('\n') + isolate(app.revisionSummary);
    case AppListModel::Age:
        return app.createdAt ? exactTime(*app.createdAt) : QString();
    default:
        return ltr(qs(app.repoUrl) + QStringLiteral(" : ") + qs(app.path));
    }
}

} // namespace

eng::AppId AppListModel::idOf(const eng::Application& app)
{
    return {app.nameSpace, app.name};
}

void AppListModel::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    const auto& next = snapshot->applications;
    m_now = snapshot->at;
    const auto same = [](const eng::ApplicationPtr& a, const eng::ApplicationPtr& b) { return idOf(*a) == idOf(*b); };
    // Rows that stand before and after the part that changed keep their place.
    const auto head = std::ranges::mismatch(m_apps, next, same);
    const auto first = static_cast<int>(head.in1 - m_apps.begin());
    int oldEnd = static_cast<int>(m_apps.size());
    int newEnd = static_cast<int>(next.size());
    while (oldEnd > first && newEnd > first
           && same(m_apps.at(static_cast<std::size_t>(oldEnd - 1)), next.at(static_cast<std::size_t>(newEnd - 1)))) {
        --oldEnd;
        --newEnd;
    }
    if (oldEnd > first) {
        beginRemoveRows({}, first, oldEnd - 1);
        m_apps.erase(m_apps.begin() + first, m_apps.begin() + oldEnd);
        endRemoveRows();
    }
    if (newEnd > first) {
        beginInsertRows({}, first, newEnd - 1);
        m_apps.insert(m_apps.begin() + first, next.begin() + first, next.begin() + newEnd);
        endInsertRows();
    }
    for (std::size_t i = 0; i < next.size(); ++i) {
        if (m_apps[i] == next[i])
            continue;
        m_apps[i] = next[i];
        const int row = static_cast<int>(i);
        emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
}

void AppListModel::retranslate()
{
    emit headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
    if (!m_apps.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

eng::ApplicationPtr AppListModel::application(int row) const
{
    return row < 0 || row >= rowCount() ? nullptr : m_apps.at(static_cast<std::size_t>(row));
}

int AppListModel::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_apps.size());
}

int AppListModel::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant AppListModel::data(const QModelIndex& index, int role) const
{
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const auto& app = *m_apps.at(static_cast<std::size_t>(index.row()));
    const auto& column = kColumns.at(static_cast<std::size_t>(index.column()));
    switch (role) {
    case Qt::DisplayRole:
        return column.cell(app, m_now).text;
    case SortRole:
        return column.cell(app, m_now).sort;
    case GlyphRole:
        return static_cast<int>(column.cell(app, m_now).glyph);
    case TokenRole:
        return static_cast<int>(column.cell(app, m_now).token);
    case IdRole:
        return qs(app.nameSpace + "/" + app.name);
    case Qt::FontRole:
        return column.mono ? QVariant(monoFont()) : QVariant();
    case Qt::ToolTipRole:
        return toolTip(app, index.column());
    case Qt::AccessibleTextRole:
        return plain(column.cell(app, m_now).text);
    default:
        return {};
    }
}

QVariant AppListModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount)
        return {};
    if (role == Qt::DisplayRole)
        return tr(kColumns.at(static_cast<std::size_t>(section)).title);
    if (role == Qt::TextAlignmentRole)
        return QVariant(static_cast<Qt::Alignment::Int>(Qt::AlignLeading | Qt::AlignVCenter));
    return {};
}

} // namespace ui
