// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/apps_page.h"

#include "ui/apps/app_board.h"
#include "ui/apps/app_delegate.h"
#include "ui/apps/app_filter_proxy.h"
#include "ui/apps/app_folders.h"
#include "ui/apps/app_group_model.h"
#include "ui/apps/app_list_model.h"
#include "ui/apps/app_summary.h"
#include "ui/apps/facet_panel.h"
#include "ui/apps/query_helper.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/icons.h"
#include "ui/base/preferences.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/window_actions.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/base/wrap_layout.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

#include <array>
#include <set>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr auto kLastView = "apps/lastView";
constexpr std::array kHealths {eng::Health::Degraded,  eng::Health::Progressing, eng::Health::Missing,
                               eng::Health::Suspended, eng::Health::Healthy,     eng::Health::Unknown};

using Facet = AppFilterProxy::Facet;

constexpr auto kOutOfSync = "OutOfSync";

std::string valueOf(eng::Health health)
{
    eng::Application probe;
    probe.health = health;
    return AppFilterProxy::valueOf(probe, Facet::Health);
}

QString queryHelp()
{
    return AppsPage::tr(
        "Words, field:value (name, project, cluster, namespace, repo, path, image, revision, health, sync, "
        "op, auto, is:favourite), gpu>0, age<2d, -without, a or b, (…), /regular expression/");
}

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
    , m_board(nullptr)
    , m_summary(nullptr)
    , m_area(new StatefulArea(m_stack, this))
    , m_groups(nullptr)
    , m_facets(nullptr)
    , m_views(new QToolButton(this))
    , m_grouping(new QToolButton(this))
    , m_showFacets(new Chip({}, this))
    , m_planSelected(new QAction(this))
    , m_restartSelected(new QAction(this))
    , m_autoOn(new QAction(this))
    , m_autoOff(new QAction(this))
    , m_favourite(new QAction(this))
    , m_saveView(new QAction(this))
    , m_syncSelected(new QAction(this))
    , m_refreshSelected(new QAction(this))
    , m_clear(new QAction(this))
    , m_columns(new QAction(this))
    , m_compare(new QAction(this))
    , m_exportCsv(new QAction(this))
    , m_folder(new QAction(this))
    , m_delete(new QAction(this))
    , m_problem(new TokenLabel(Token::Warn, this))
    , m_chosenFacets(nullptr)
    , m_selectionBar(nullptr)
    , m_selectedCount(nullptr)
    , m_keepTimer(new QTimer(this))
    , m_actions {m_planSelected, m_syncSelected, m_refreshSelected, m_restartSelected, m_autoOn, m_autoOff,
                 m_favourite,    m_folder,       m_compare,         m_exportCsv,       m_delete, m_columns,
                 m_saveView,     m_clear}
{
    setObjectName(QStringLiteral("appsPage"));
    m_proxy->setSourceModel(m_model);
    m_groups = new AppGroupModel(*m_proxy, this);
    m_facets = new FacetPanel(*m_proxy, this);
    m_model->setFavourites(loadFavourites());
    loadFolders();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    setupBar();
    setupViews();
    setupColumns();
    setupGrouping();
    setupSavedViews();
    auto* splitter = new QSplitter(this);
    splitter->setChildrenCollapsible(false);
    m_facets->setMinimumWidth(150);
    splitter->addWidget(m_facets);
    splitter->addWidget(m_area);
    splitter->setStretchFactor(1, 1);
    splitter->setSizes({220, 800});
    layout->addWidget(splitter, 1);
    setupActions();
    setupBulkActions();
    setupSelectionBar();
    setFocusProxy(m_table);
    m_facets->setVisible(m_showFacets->isChecked());
    if (const auto last = appViewFromJson(preferences()->value(QLatin1String(kLastView)).toByteArray()))
        setView(*last);
    retranslate();
}

void AppsPage::setupBar()
{
    auto* bar = new PageBar(this);
    m_filter->setObjectName(QStringLiteral("appFilter"));
    m_filter->setClearButtonEnabled(true);
    m_filter->setMinimumWidth(150);
    m_viewKind->setObjectName(QStringLiteral("appView"));
    m_views->setObjectName(QStringLiteral("savedViews"));
    m_grouping->setObjectName(QStringLiteral("grouping"));
    m_showFacets->setObjectName(QStringLiteral("showFacets"));
    m_showFacets->setCheckable(true);
    m_showFacets->setChecked(preferences()->value(QStringLiteral("apps/facets"), false).toBool());
    for (QToolButton* button : {m_views, m_grouping}) {
        button->setPopupMode(QToolButton::InstantPopup);
        button->setProperty("pilothouseFramed", true);
        button->setFocusPolicy(Qt::TabFocus);
    }
    for (QWidget* widget : std::initializer_list<QWidget*> {m_viewKind, m_views, m_grouping, m_showFacets})
        bar->addWidget(widget);
    bar->addWidget(m_filter, 1);
    for (const auto health : kHealths) {
        auto* chip = new Chip({}, this);
        chip->setObjectName(QStringLiteral("facet-%1").arg(static_cast<int>(health)));
        chip->setCheckable(true);
        chip->setIcon(glyphIcon(glyphOf(health)));
        connect(chip, &Chip::clicked, this, [this, health] { toggleFacet(Facet::Health, valueOf(health)); });
        m_healthChips.push_back(chip);
        bar->addWidget(chip);
    }
    m_outOfSync->setObjectName(QStringLiteral("facetOutOfSync"));
    m_outOfSync->setCheckable(true);
    m_outOfSync->setIcon(glyphIcon(Glyph::OutOfSync));
    connect(m_outOfSync, &Chip::clicked, this, [this] { toggleFacet(Facet::Sync, kOutOfSync); });
    bar->addWidget(m_outOfSync);
    bar->addWidget(m_count);
    auto* rows = static_cast<QVBoxLayout*>(layout());
    rows->addWidget(bar);
    m_problem->setObjectName(QStringLiteral("queryProblem"));
    m_problem->setWordWrap(true);
    m_problem->setContentsMargins(12, 4, 12, 4);
    m_problem->hide();
    rows->addWidget(m_problem);
    m_chosenFacets = new QWidget(this);
    m_chosenFacets->setObjectName(QStringLiteral("chosenFacets"));
    new WrapLayout(m_chosenFacets);
    m_chosenFacets->layout()->setContentsMargins(8, 4, 8, 4);
    m_chosenFacets->hide();
    rows->addWidget(m_chosenFacets);
    new QueryHelper(*m_filter, [this](const QString& field) { return valuesOf(field); });
    m_keepTimer->setSingleShot(true);
    m_keepTimer->setInterval(300); // what is typed survives a crash, not every key is written
    connect(m_keepTimer, &QTimer::timeout, this, &AppsPage::keepView);
    connect(m_filter, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_proxy->setQuery(text);
        m_filter->setToolTip(queryHelp());
        showQueryProblem();
        m_keepTimer->start();
        m_facets->refreshSoon();
        updateState();
    });
    connect(m_viewKind, &SegmentedBar::currentChanged, this, [this](int kind) {
        m_stack->setCurrentIndex(kind);
        restoreSelection();
        keepView();
    });
    connect(m_showFacets, &Chip::toggled, this, [this](bool on) {
        preferences()->setValue(QStringLiteral("apps/facets"), on);
        m_facets->setVisible(on);
        m_facets->refreshSoon();
    });
    connect(m_facets, &FacetPanel::chosenChanged, this, [this] {
        updateFacets();
        updateState();
        keepView();
    });
}

void AppsPage::toggleFacet(Facet facet, const std::string& value)
{
    m_proxy->toggle(facet, value);
    m_facets->refreshSoon();
    updateState();
    keepView();
}

void AppsPage::setupViews()
{
    m_table->setObjectName(QStringLiteral("appTable"));
    m_table->setModel(m_proxy);
    m_table->setItemDelegate(new AppCellDelegate(m_table));
    m_table->setRootIsDecorated(false);
    m_table->setUniformRowHeights(true);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setAllColumnsShowFocus(true);
    m_table->setFrameShape(QFrame::NoFrame);
    m_tiles->setObjectName(QStringLiteral("appTiles"));
    m_tiles->setModel(m_proxy);
    m_tiles->setItemDelegate(new AppTileDelegate(m_tiles));
    m_tiles->setViewMode(QListView::IconMode);
    m_tiles->setResizeMode(QListView::Adjust);
    m_tiles->setMovement(QListView::Static);
    m_tiles->setUniformItemSizes(true);
    m_tiles->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_tiles->setFrameShape(QFrame::NoFrame);
    m_tiles->setMouseTracking(true);
    m_stack->addWidget(m_table);
    m_board = new AppBoard(*m_proxy, this);
    m_summary = new AppSummary(*m_proxy, this);
    connect(m_summary, &AppSummary::chosen, this, [this](Facet facet, const std::string& value) {
        toggleFacet(facet, value);
        updateFacets();
    });
    for (QWidget* view : std::initializer_list<QWidget*> {m_table, m_tiles, m_board, m_summary})
        m_stack->addWidget(view);
    for (QAbstractItemView* view : allViews()) {
        view->setContextMenuPolicy(Qt::CustomContextMenu);
        connect(view, &QAbstractItemView::activated, this, &AppsPage::openCurrent);
        connect(view, &QWidget::customContextMenuRequested, this,
                [this, view](const QPoint& at) { showMenu(view, at); });
    }
    connect(m_table, &QAbstractItemView::clicked, this, [this](const QModelIndex& index) {
        if (index.column() == AppListModel::Favourite && m_proxy->application(toProxy(index)))
            toggleFavourites();
    });
    connectSelection();
    for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(m_proxy, signal, this, [this] { updateState(); });
    connect(m_proxy, &QAbstractItemModel::modelReset, this, [this] { updateState(); });
    connect(&m_area->empty(), &EmptyState::actionTriggered, this, [this] {
        if (m_snapshot && m_snapshot->applications.empty())
            return workbench().open({PageKind::Create, {}, QStringLiteral("application-kustomize")});
        m_clear->trigger();
    });
}

std::vector<QAbstractItemView*> AppsPage::allViews() const
{
    std::vector<QAbstractItemView*> out {m_table, m_tiles};
    for (const auto column : AppBoard::kColumns)
        out.push_back(m_board->list(column));
    return out;
}

void AppsPage::setupActions()
{
    m_planSelected->setIcon(ui::icon(QLatin1String("plan")));
    m_syncSelected->setIcon(ui::icon(QLatin1String("sync")));
    m_refreshSelected->setIcon(ui::icon(QLatin1String("refresh")));
    m_favourite->setIcon(ui::icon(QLatin1String("star")));
    const auto name = [this](QAction* action, const char* id, const QKeySequence& keys) {
        action->setObjectName(QLatin1String(id));
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        addAction(action);
    };
    name(m_planSelected, "planSelected", Qt::CTRL | Qt::SHIFT | Qt::Key_Return);
    name(m_syncSelected, "syncSelected", {});
    name(m_refreshSelected, "refreshSelected", {});
    name(m_restartSelected, "restartSelected", {});
    name(m_autoOn, "autoSyncOn", {});
    name(m_autoOff, "autoSyncOff", {});
    name(m_favourite, "favourite", Qt::CTRL | Qt::Key_B);
    name(m_saveView, "saveView", {});
    name(m_clear, "clearFilter", {});
    connect(m_planSelected, &QAction::triggered, this, [this] {
        QStringList lines;
        for (const auto& app : selected())
            lines.append(qs(app.nameSpace + "/" + app.name));
        workbench().open({PageKind::Plan, {}, lines.join(u'\n')});
    });
    connect(m_syncSelected, &QAction::triggered, this, [this] {
        // Several at once go through one plan that shows what all of them would do.
        if (selected().size() > 1)
            return m_planSelected->trigger();
        forSelected(tr("Sync %1"), [](eng::Engine& engine, const eng::AppId& app) { return engine.sync(app, {}); });
    });
    connect(m_refreshSelected, &QAction::triggered, this, [this] {
        forSelected(tr("Refresh %1"),
                    [](eng::Engine& engine, const eng::AppId& app) { return engine.refresh(app, false); });
    });
    connect(m_autoOn, &QAction::triggered, this, [this] {
        forSelected(tr("Turn automated sync of %1 on"),
                    [](eng::Engine& engine, const eng::AppId& app) { return engine.setAutoSync(app, true); });
    });
    connect(m_autoOff, &QAction::triggered, this, [this] {
        forSelected(tr("Turn automated sync of %1 off"),
                    [](eng::Engine& engine, const eng::AppId& app) { return engine.setAutoSync(app, false); });
    });
    connect(m_restartSelected, &QAction::triggered, this, &AppsPage::restartSelected);
    connect(m_favourite, &QAction::triggered, this, &AppsPage::toggleFavourites);
    connect(m_saveView, &QAction::triggered, this, &AppsPage::askForViewName);
    connect(m_clear, &QAction::triggered, this, [this] {
        m_filter->clear();
        m_proxy->clear();
        updateFacets();
        m_facets->refreshSoon();
        updateState();
        keepView();
    });
    auto* find = new QAction(this);
    m_find = find;
    find->setObjectName(QStringLiteral("findApplications"));
    m_actions.append(find);
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
    m_viewKind->setTexts({tr("Table"), tr("Tiles"), tr("Board"), tr("Summary")});
    m_board->retranslate();
    m_summary->retranslate();
    m_views->setText(tr("Views"));
    m_views->setAccessibleName(tr("Saved views"));
    m_grouping->setAccessibleName(tr("Group by"));
    nameGrouping();
    m_showFacets->setText(tr("Facets"));
    m_saveView->setText(tr("Save this view…"));
    m_facets->retranslate();
    m_viewKind->setAccessibleName(tr("View"));
    m_filter->setPlaceholderText(tr("Filter: name, project:ml, health:degraded, /regex/"));
    m_filter->setToolTip(queryHelp());
    m_filter->setAccessibleName(tr("Filter applications"));
    m_table->setAccessibleName(tr("Applications"));
    m_tiles->setAccessibleName(tr("Applications"));
    m_clear->setText(tr("Clear the filter"));
    m_find->setText(tr("Filter applications"));
    m_model->retranslate();
    showQueryProblem();
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
    m_facets->refreshSoon();
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
        chip->setChecked(m_proxy->isOn(Facet::Health, valueOf(kHealths.at(i))));
        chip->setVisible(count > 0 || chip->isChecked());
        chip->updateGeometry();
    }
    const auto count = std::ranges::count(m_snapshot->applications, eng::SyncState::OutOfSync, &eng::Application::sync);
    m_outOfSync->setText(number(count));
    m_outOfSync->setToolTip(syncText(eng::SyncState::OutOfSync));
    m_outOfSync->setAccessibleName(tr("%1: %2").arg(syncText(eng::SyncState::OutOfSync), number(count)));
    m_outOfSync->setChecked(m_proxy->isOn(Facet::Sync, kOutOfSync));
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
    m_planSelected->setText(withDigits(tr("Plan the sync of %n selected", nullptr, chosen)));
    m_restartSelected->setText(withDigits(tr("Restart the rollouts of %n selected", nullptr, chosen)));
    updateSelection(chosen);
    m_autoOn->setText(tr("Turn automated sync on"));
    m_autoOff->setText(tr("Turn automated sync off"));
    m_favourite->setText(tr("Favourite"));
    for (QAction* action : {m_planSelected, m_syncSelected, m_refreshSelected, m_restartSelected, m_autoOn, m_autoOff,
                            m_favourite, m_folder, m_delete})
        action->setEnabled(chosen > 0);
    m_compare->setEnabled(chosen == 2);
    m_exportCsv->setEnabled(shown > 0);
    showChosenFacets();
    if (shown > 0) {
        m_area->setState(StatefulArea::State::Content);
        return;
    }
    if (all > 0) {
        m_area->empty().setText(tr("No application fits the filter."), tr("Clear the filter"));
        m_area->setState(StatefulArea::State::Empty);
    } else if (!m_snapshot || m_snapshot->connection.state == eng::Connection::State::Connecting) {
        m_area->setState(StatefulArea::State::Loading);
    } else if (m_snapshot->connection.state == eng::Connection::State::Offline) {
        m_area->empty().setText(tr("The cluster cannot be reached, and nothing was read from it before."));
        m_area->setState(StatefulArea::State::Empty);
    } else {
        m_area->empty().setText(tr("There is no application in this cluster yet."), tr("New application"));
        m_area->setState(StatefulArea::State::Empty);
    }
}

QAbstractItemView* AppsPage::currentView() const
{
    if (m_stack->currentWidget() == m_board)
        return m_board->active();
    return m_stack->currentWidget() == m_tiles ? static_cast<QAbstractItemView*>(m_tiles) : m_table;
}

QModelIndex AppsPage::toProxy(const QModelIndex& index) const
{
    if (const QModelIndex card = AppBoard::toFilter(index); card.isValid())
        return card;
    return index.model() == m_groups ? m_groups->toProxy(index) : index;
}

QModelIndex AppsPage::current() const
{
    return toProxy(currentView()->currentIndex());
}

std::vector<eng::AppId> AppsPage::selected() const
{
    std::vector<eng::AppId> result;
    std::set<int> rows; // tiles select one column, the table all
    for (const QModelIndex& index : currentView()->selectionModel()->selectedIndexes()) {
        const QModelIndex row = toProxy(index);
        if (const auto app = row.isValid() && rows.insert(row.row()).second ? m_proxy->application(row) : nullptr)
            result.push_back(AppListModel::idOf(*app));
    }
    return result;
}

void AppsPage::inspectCurrent(const QModelIndex& index)
{
    if (const auto app = m_proxy->application(toProxy(index)))
        workbench().inspect(AppListModel::idOf(*app), std::nullopt);
}

void AppsPage::openCurrent(const QModelIndex& index)
{
    if (const auto app = m_proxy->application(toProxy(index)))
        workbench().open({PageKind::Tree, AppListModel::idOf(*app), {}});
}

void AppsPage::showMenu(QWidget* view, const QPoint& at)
{
    const auto app = m_proxy->application(current());
    if (!app)
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (selected().size() < 2) {
        // Of one application the window's own actions: the same words, keys and reasons as in its menus.
        addWindowActions(*menu, *this,
                         {"open-tree", "open-diff", "open-canary", "open-editor", "open-history", "open-logs", "",
                          "refresh", "hard-refresh", "plan", "sync", "terminate", "auto-sync", "rollback"});
        if (menu->isEmpty())
            menu->addActions({m_planSelected, m_syncSelected, m_refreshSelected});
        menu->addSeparator();
        menu->addAction(m_restartSelected);
    } else {
        menu->addActions({m_planSelected, m_syncSelected, m_refreshSelected, m_restartSelected, m_autoOn, m_autoOff});
        menu->addSeparator();
        menu->addAction(m_compare);
    }
    menu->addSeparator();
    menu->addActions({m_favourite, m_folder, m_exportCsv});
    menu->addSeparator();
    menu->addAction(m_delete);
    menu->popup(static_cast<QAbstractItemView*>(view)->viewport()->mapToGlobal(at));
}

} // namespace ui
