// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_list_model.h"

#include "ui/apps/app_folders.h"
#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/reasons.h"
#include "ui/base/words.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace ui {

namespace eng = core::engine;

namespace {

struct Cell
{
    QString text;
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

Cell textCell(std::string_view text)
{
    return {qs(text), Glyph::None, Token::Text};
}

Cell healthCell(const eng::Application& app, core::TimePoint)
{
    const Glyph glyph = glyphOf(app.health);
    return {healthText(app.health), glyph, stateToken(glyph)};
}

Cell syncCell(const eng::Application& app, core::TimePoint)
{
    const Glyph glyph = glyphOf(app.sync);
    QString text = syncText(app.sync);
    if (app.outOfSyncCount > 0)
        text += QStringLiteral(" · ") + number(static_cast<qint64>(app.outOfSyncCount));
    return {text, glyph, stateToken(glyph)};
}

Cell operationCell(const eng::Application& app, core::TimePoint)
{
    QString text = phaseText(app.operation.phase);
    if (app.operation.phase == eng::OperationPhase::Running && app.operation.total > 0)
        text += QLatin1Char(' ')
            + ltr(withDigits(QStringLiteral("%1/%2").arg(app.operation.done).arg(app.operation.total)));
    const Glyph glyph = glyphOf(app.operation.phase);
    return {text, glyph, stateToken(glyph)};
}

Cell ageCell(const eng::Application& app, core::TimePoint now)
{
    return {age(app.createdAt, now), Glyph::None, Token::Muted};
}

Cell countCell(std::int64_t count)
{
    return {count == 0 ? QString() : number(qint64 {count}), Glyph::None, Token::Text};
}

QString onOff(bool on)
{
    return on ? QCoreApplication::translate("ui::AppListModel", "on")
              : QCoreApplication::translate("ui::AppListModel", "off");
}

template<class T>
int order(const T& a, const T& b)
{
    return a < b ? -1 : static_cast<int>(b < a);
}

using App = eng::Application;
using Now = core::TimePoint;

struct ColumnSpec
{
    const char* title;
    Cell (*cell)(const App&, Now);
    int (*compare)(const App&, const App&);
    bool mono = false;
};

// The star of Favourite is drawn by data(): it is no part of an application.
const std::array kColumns {
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Name"), [](const App& a, Now) { return textCell(a.name); },
                [](const App& a, const App& b) { return a.name.compare(b.name); }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Health"), healthCell,
                [](const App& a, const App& b) { return order(rank(a.health), rank(b.health)); }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Sync"), syncCell,
                [](const App& a, const App& b) { return order(rank(a.sync), rank(b.sync)); }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Operation"), operationCell,
                [](const App& a, const App& b) { return order(rank(a.operation.phase), rank(b.operation.phase)); }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Revision"),
                [](const App& a, Now) {
                    return Cell {ltr(shortRevision(a.revision)), Glyph::None, Token::Text};
                },
                [](const App& a, const App& b) { return a.revision.compare(b.revision); }, true},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Project"), [](const App& a, Now) { return textCell(a.project); },
                [](const App& a, const App& b) { return a.project.compare(b.project); }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Cluster"), [](const App& a, Now) { return textCell(a.cluster); },
                [](const App& a, const App& b) { return a.cluster.compare(b.cluster); }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "GPU"), [](const App& a, Now) { return countCell(a.gpus); },
                [](const App& a, const App& b) { return order(a.gpus, b.gpus); }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Age"), ageCell,
                [](const App& a, const App& b) { return order(b.createdAt, a.createdAt); }},
    ColumnSpec {"★", [](const App&, Now) { return Cell {}; }, [](const App&, const App&) { return 0; }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Namespace"),
                [](const App& a, Now) { return textCell(a.destinationNamespace); },
                [](const App& a, const App& b) { return a.destinationNamespace.compare(b.destinationNamespace); }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Path"), [](const App& a, Now) { return textCell(a.path); },
                [](const App& a, const App& b) { return a.path.compare(b.path); }, true},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Branch"),
                [](const App& a, Now) { return textCell(a.targetRevision); },
                [](const App& a, const App& b) { return a.targetRevision.compare(b.targetRevision); }, true},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Automated sync"),
                [](const App& a, Now) {
                    return Cell {onOff(a.autoSync), Glyph::None, a.autoSync ? Token::Text : Token::Muted};
                },
                [](const App& a, const App& b) { return order(a.autoSync, b.autoSync); }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Resources"),
                [](const App& a, Now) { return countCell(static_cast<std::int64_t>(a.resources.size())); },
                [](const App& a, const App& b) { return order(a.resources.size(), b.resources.size()); }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Model"),
                [](const App& a, Now) {
                    return Cell {ltr(qs(AppListModel::modelOf(a))), Glyph::None, Token::Text};
                },
                [](const App& a, const App& b) { return AppListModel::modelOf(a).compare(AppListModel::modelOf(b)); },
                true},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Folder"),
                [](const App& a, Now) { return textCell(folderOf(AppListModel::idOf(a))); },
                [](const App& a, const App& b) {
                    return folderOf(AppListModel::idOf(a)).compare(folderOf(AppListModel::idOf(b)));
                }},
    ColumnSpec {QT_TRANSLATE_NOOP("ui::AppListModel", "Repository"),
                [](const App& a, Now) { return textCell(a.repoUrl); },
                [](const App& a, const App& b) { return a.repoUrl.compare(b.repoUrl); }, true},
};
static_assert(kColumns.size() == AppListModel::ColumnCount);

QString toolTip(const eng::Application& app, int column)
{
    switch (column) {
    case AppListModel::Health:
        return app.healthMessage.empty() ? healthText(app.health) : isolate(app.healthMessage);
    case AppListModel::Operation:
        return reasonText(app.operation.waitingFor.empty() ? app.operation.message : app.operation.waitingFor);
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

std::string AppListModel::modelOf(const eng::Application& app)
{
    const std::string* image = app.images.empty() ? nullptr : &app.images.front();
    std::int64_t most = 0;
    for (const auto& node : app.resources) {
        if (app.gpus > 0 && node.gpus > most && !node.images.empty()) {
            most = node.gpus;
            image = &node.images.front();
        }
    }
    if (image == nullptr)
        return {};
    const std::string name = image->substr(0, image->find('@'));
    return name.substr(name.rfind('/') + 1);
}

void AppListModel::foldersChanged()
{
    if (!m_apps.empty())
        emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
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

int AppListModel::compare(int a, int b, int column) const
{
    if (column == Favourite)
        return order(!m_favourites.contains(idOf(at(a))), !m_favourites.contains(idOf(at(b))));
    return kColumns[static_cast<std::size_t>(column)].compare(at(a), at(b));
}

void AppListModel::setFavourites(std::set<eng::AppId> favourites)
{
    const auto before = std::exchange(m_favourites, std::move(favourites));
    for (int row = 0; row < rowCount(); ++row) {
        const auto id = idOf(at(row));
        if (before.contains(id) != m_favourites.contains(id))
            emit dataChanged(index(row, Favourite), index(row, Favourite));
    }
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
        if (index.column() == Favourite)
            return m_favourites.contains(idOf(app)) ? QStringLiteral("★") : QStringLiteral("☆");
        return column.cell(app, m_now).text;
    case GlyphRole:
        return static_cast<int>(column.cell(app, m_now).glyph);
    case TokenRole:
        if (index.column() == Favourite)
            return static_cast<int>(m_favourites.contains(idOf(app)) ? Token::Warn : Token::Muted);
        return static_cast<int>(column.cell(app, m_now).token);
    case IdRole:
        return qs(app.nameSpace + "/" + app.name);
    case Qt::FontRole:
        return column.mono ? QVariant(monoFont()) : QVariant();
    case Qt::ToolTipRole:
        return toolTip(app, index.column());
    case Qt::AccessibleTextRole:
        if (index.column() == Favourite)
            return m_favourites.contains(idOf(app)) ? tr("favourite") : tr("no favourite");
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
