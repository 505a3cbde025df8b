// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/apps_page.h"

#include "ui/apps/app_delegate.h"
#include "ui/apps/app_filter_proxy.h"
#include "ui/apps/app_list_model.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QStackedWidget>
#include <QTreeView>
#include <QVBoxLayout>

#include <array>
#include <set>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr std::array kHealths {eng::Health::Degraded,  eng::Health::Progressing, eng::Health::Missing,
                               eng::Health::Suspended, eng::Health::Healthy,     eng::Health::Unknown};

} // namespace

AppsPage::AppsPage(const PageContext& context, PageId id, QWidget* parent)
    : Page(context, std::move(id), parent)
    , m_model(new AppListModel(this))
    , m_proxy(new AppFilterProxy(this))
    , m_filter(new QLineEdit(this))
    , m_viewKind(new SegmentedBar(this))
    , m_count(new TokenLabel(Token::Muted, this))
    , m_outOfSync(new Chip({}, this))
    , m_stack(new QStackedWidget(this))
    , m_table(new QTreeView(this))
    , m_tiles(new QListView(this))
    , m_area(new StatefulArea(m_stack, this))
    , m_syncSelected(new QAction(this))
    , m_refreshSelected(new QAction(this))
    , m_clear(new QAction(this))
    , m_actions {m_syncSelected, m_refreshSelected, m_clear}
{
    setObjectName(QStringLiteral("appsPage"));
    m_proxy->setSourceModel(m_model);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setupBar();
    setupViews();
    layout->addWidget(m_area, 1);
    setupActions();
    retranslate();
}

void AppsPage::setupBar()
{
    auto* bar = new PageBar(this);
    m_filter->setObjectName(QStringLiteral("appFilter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(180);
    m_viewKind->setObjectName(QStringLiteral("appView"));
    bar->addWidget(m_viewKind);
    bar->addWidget(m_filter, 1);
    for (const auto health : kHealths) {
        auto* chip = new Chip({}, this);
        chip->setObjectName(QStringLiteral("facet-%1").arg(static_cast<int>(health)));
        chip->setCheckable(true);
        chip->setIcon(glyphIcon(glyphOf(health)));
        connect(chip, &Chip::clicked, this, [this, health] { m_proxy->toggle(health); });
        m_healthChips.push_back(chip);
        bar->addWidget(chip);
    }
    m_outOfSync->setObjectName(QStringLiteral("facetOutOfSync"));
    m_outOfSync->setCheckable(true);
    m_outOfSync->setIcon(glyphIcon(Glyph::OutOfSync));
    connect(m_outOfSync, &Chip::clicked, this, [this] { m_proxy->toggle(eng::SyncState::OutOfSync); });
    bar->addWidget(m_outOfSync);
    bar->addWidget(m_count);
    static_cast<QVBoxLayout*>(layout())->addWidget(bar);
    connect(m_filter, &QLineEdit::textChanged, m_proxy, &AppFilterProxy::setQuery);
    connect(m_viewKind, &SegmentedBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
}

void AppsPage::setupViews()
{
    m_table->setObjectName(QStringLiteral("appTable"));
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new AppCellDelegate(m_table));
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(AppListModel::Name, Qt::AscendingOrder);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setAllColumnsShowFocus(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_table->setContextMenuPolicy(Qt::CustomContextMenu);
    m_table->header()->setSectionsMovable(true);
    m_table->header()->setStretchLastSection(true);
    m_table->header()->setContextMenuPolicy(Qt::CustomContextMenu);
    const std::array widths {150, 116, 134, 118, 78, 104, 86, 44, 48};
    for (std::size_t i = 0; i < widths.size(); ++i)
        m_table->setColumnWidth(static_cast<int>(i), widths.at(i));
    m_tiles->setObjectName(QStringLiteral("appTiles"));
    m_tiles->setModel(m_proxy);
    m_tiles->setItemDelegate(new AppTileDelegate(m_tiles));
    m_tiles->setViewMode(QListView::IconMode);
    m_tiles->setResizeMode(QListView::Adjust);
    m_tiles->setMovement(QListView::Static);
    m_tiles->setUniformItemSizes(true);
    m_tiles->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tiles->setSelectionModel(m_table->selectionModel());
    m_tiles->setFrameShape(QFrame::NoFrame);
    m_tiles->setMouseTracking(true);
    m_tiles->setContextMenuPolicy(Qt::CustomContextMenu);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_tiles);
    for (QAbstractItemView* view :
         {static_cast<QAbstractItemView*>(m_table), static_cast<QAbstractItemView*>(m_tiles)}) {
        connect(view, &QAbstractItemView::activated, this, &AppsPage::openCurrent);
        connect(view, &QWidget::customContextMenuRequested, this,
                [this, view](const QPoint& at) { showMenu(view, at); });
    }
    connect(m_table->header(), &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        auto* menu = new QMenu(this);
        menu->setAttribute(Qt::WA_DeleteOnClose);
        for (int column = 1; column < AppListModel::ColumnCount; ++column) {
            auto* action = menu->addAction(m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
            action->setCheckable(true);
            action->setChecked(!m_table->isColumnHidden(column));
            connect(action, &QAction::toggled, m_table,
                    [this, column](bool on) { m_table->setColumnHidden(column, !on); });
        }
        menu->popup(m_table->header()->mapToGlobal(at));
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &AppsPage::inspectCurrent);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] { updateState(); });
    for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_proxy, signal, this, [this] { updateState(); });
    connect(m_proxy, &QAbstractItemModel::modelReset, this, [this] { updateState(); });
    connect(&m_area->empty(), &EmptyState::actionTriggered, m_clear, &QAction::trigger);
}

void AppsPage::setupActions()
{
    m_syncSelected->setIcon(ui::icon(QLatin1String("sync")));
    m_refreshSelected->setIcon(ui::icon(QLatin1String("refresh")));
    connect(m_syncSelected, &QAction::triggered, this, [this] {
        for (const auto& app : selected()) {
            workbench().run(tr("Sync %1").arg(isolate(app.name)),
                            [&engine = engine(), app] { return engine.sync(app, {}); });
        }
    });
    connect(m_refreshSelected, &QAction::triggered, this, [this] {
        for (const auto& app : selected()) {
            workbench().run(tr("Refresh %1").arg(isolate(app.name)),
                            [&engine = engine(), app] { return engine.refresh(app, false); });
        }
    });
    connect(m_clear, &QAction::triggered, this, [this] {
        m_filter->clear();
        m_proxy->clear();
        for (auto* chip : m_healthChips)
            chip->setChecked(false);
        m_outOfSync->setChecked(false);
        updateState();
    });
    auto* find = new QAction(this);
    find->setShortcut(QKeySequence(Qt::Key_Slash));
    find->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QAction::triggered, this, [this] { m_filter->setFocus(Qt::ShortcutFocusReason); });
    addAction(find);
}

QString AppsPage::title() const
{
    return tr("Applications");
}

QIcon AppsPage::icon() const
{
    return ui::icon(QLatin1String("apps"));
}

void AppsPage::retranslate()
{
    m_viewKind->setTexts({tr("Table"), tr("Tiles")});
    m_viewKind->setAccessibleName(tr("View"));
    m_filter->setPlaceholderText(tr("Filter: name, project:ml, health:degraded, /regex/"));
    m_filter->setAccessibleName(tr("Filter applications"));
    m_table->setAccessibleName(tr("Applications"));
    m_tiles->setAccessibleName(tr("Applications"));
    m_clear->setText(tr("Clear the filter"));
    m_model->retranslate();
    updateFacets();
    updateState();
}

void AppsPage::rethemed()
{
    m_table->doItemsLayout();
    Page::rethemed();
}

void AppsPage::setSnapshot(const eng::SnapshotPtr& snapshot)
{
    m_snapshot = snapshot;
    m_model->setSnapshot(snapshot);
    updateFacets();
    updateState();
}

void AppsPage::updateFacets()
{
    if (!m_snapshot)
        return;
    for (std::size_t i = 0; i < kHealths.size(); ++i) {
        const auto count = std::ranges::count(m_snapshot->applications, kHealths.at(i), &eng::Application::health);
        auto* chip = m_healthChips.at(i);
        const QString name = healthText(kHealths.at(i));
        chip->setText(number(count));
        chip->setToolTip(name);
        chip->setAccessibleName(tr("%1: %2").arg(name, number(count)));
        chip->setVisible(count > 0 || chip->isChecked());
        chip->updateGeometry();
    }
    const auto count = std::ranges::count(m_snapshot->applications, eng::SyncState::OutOfSync, &eng::Application::sync);
    m_outOfSync->setText(number(count));
    m_outOfSync->setToolTip(syncText(eng::SyncState::OutOfSync));
    m_outOfSync->setAccessibleName(tr("%1: %2").arg(syncText(eng::SyncState::OutOfSync), number(count)));
    m_outOfSync->setVisible(count > 0 || m_outOfSync->isChecked());
}

void AppsPage::updateState()
{
    const int shown = m_proxy->rowCount();
    const int all = m_model->rowCount();
    m_count->setText(shown == all ? number(qint64 {all})
                                  : tr("%1 of %2").arg(number(qint64 {shown}), number(qint64 {all})));
    m_clear->setEnabled(m_proxy->isFiltering());
    const auto chosen = static_cast<int>(selected().size());
    m_syncSelected->setText(withDigits(tr("Sync %n selected", nullptr, chosen)));
    m_refreshSelected->setText(withDigits(tr("Refresh %n selected", nullptr, chosen)));
    m_syncSelected->setEnabled(chosen > 0);
    m_refreshSelected->setEnabled(chosen > 0);
    if (shown > 0) {
        m_area->setState(StatefulArea::State::Content);
        return;
    }
    if (all > 0) {
        m_area->empty().setText(tr("No application fits the filter."), tr("Clear the filter"));
        m_area->setState(StatefulArea::State::Empty);
    } else if (!m_snapshot || m_snapshot->connection.state == eng::Connection::State::Connecting) {
        m_area->setState(StatefulArea::State::Loading);
    } else {
        m_area->empty().setText(tr(
            "There is no application in this cluster yet. Apply a manifest of kind Application, and it appears here."));
        m_area->setState(StatefulArea::State::Empty);
    }
}

QModelIndex AppsPage::current() const
{
    return m_table->selectionModel()->currentIndex();
}

std::vector<eng::AppId> AppsPage::selected() const
{
    std::vector<eng::AppId> result;
    std::set<int> rows; // tiles select one column, the table all
    for (const QModelIndex& index : m_table->selectionModel()->selectedIndexes()) {
        if (const auto app = rows.insert(index.row()).second ? m_proxy->application(index) : nullptr)
            result.push_back(AppListModel::idOf(*app));
    }
    return result;
}

void AppsPage::inspectCurrent(const QModelIndex& index)
{
    if (const auto app = m_proxy->application(index))
        workbench().inspect(AppListModel::idOf(*app), std::nullopt);
}

void AppsPage::openCurrent(const QModelIndex& index)
{
    if (const auto app = m_proxy->application(index))
        workbench().open({PageKind::Tree, AppListModel::idOf(*app), {}});
}

void AppsPage::showMenu(QWidget* view, const QPoint& at)
{
    const auto app = m_proxy->application(current());
    if (!app)
        return;
    const auto id = AppListModel::idOf(*app);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [&](const QString& text, PageKind kind) {
        connect(menu->addAction(text), &QAction::triggered, this, [this, id, kind] {
            workbench().open({kind, id, {}});
        });
    };
    add(tr("Open the tree"), PageKind::Tree);
    add(tr("Compare with Git"), PageKind::Diff);
    add(tr("Plan a sync"), PageKind::Plan);
    add(tr("History"), PageKind::History);
    menu->addSeparator();
    menu->addAction(m_syncSelected);
    menu->addAction(m_refreshSelected);
    menu->popup(static_cast<QAbstractItemView*>(view)->viewport()->mapToGlobal(at));
}

} // namespace ui
