// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/tasks.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/shell/actions.h"
#include "ui/shell/application.h"
#include "ui/shell/ask_dialog.h"
#include "ui/shell/bottom_panel.h"
#include "ui/shell/desktop_alerts.h"
#include "ui/shell/inspector.h"
#include "ui/shell/navigator.h"
#include "ui/shell/page_tabs.h"
#include "ui/shell/pages.h"
#include "ui/shell/palette.h"
#include "ui/shell/shortcuts_dialog.h"

#include <QAction>
#include <QCloseEvent>
#include <QDockWidget>
#include <QLabel>
#include <QMenu>
#include <QStackedWidget>
#include <QTabBar>
#include <QTabWidget>
#include <QTimer>

#include <algorithm>
#include <array>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr std::size_t kMostClosed = 20;
constexpr int kNarrowestNavigator = 180;

} // namespace

MainWindow::MainWindow(eng::Engine& engine, QWidget* parent)
    : QMainWindow(parent)
    , m_engine(engine)
    , m_bridge(engine)
    , m_access(new AccessGate(m_bridge, this))
    , m_actions(new Actions(this))
    , m_navigator(new Navigator(this))
    , m_inspector(new Inspector(engine, *this, this))
    , m_inspectorStack(new QStackedWidget(this))
    , m_bottom(new BottomPanel(this))
    , m_centre(new QMainWindow(this, Qt::Widget))
    , m_tabs(new PageTabs(this))
    , m_error(new ErrorStrip(this))
    , m_stale(new StaleStrip(this))
    , m_palette(new Palette(this))
    , m_alerts(new DesktopAlerts(this))
    , m_sessionTimer(new QTimer(this))
    , m_latencyTimer(new QTimer(this))
{
    setObjectName(QStringLiteral("mainWindow"));
    registerPages(m_registry);
    setupPanels();
    setupMenus();
    setupToolBar();
    setupStatusBar();
    bindApplicationActions();
    bindRolloutActions();
    bindWindowActions();
    bindAppearanceActions();
    bindEnvironmentActions();
    setupTabBar();
    setupLayouts();
    bindLayoutActions();
    connect(&m_bridge, &EngineBridge::snapshotChanged, this, &MainWindow::onSnapshot);
    connect(m_access, &AccessGate::changed, this, &MainWindow::updateActions);
    connect(m_tabs, &QTabWidget::currentChanged, this, &MainWindow::onPageChanged);
    connect(m_tabs, &QTabWidget::tabCloseRequested, this, &MainWindow::closeTab);
    connect(m_navigator, &Navigator::applicationActivated, this, [this](const eng::AppId& app) {
        setCurrentApp(app);
        inspect(app, std::nullopt);
    });
    connect(m_navigator, &Navigator::pageActivated, this, [this](const PageId& page) { open(page); });
    connect(m_navigator, &Navigator::connectionActivated, this,
            [this](const QStringList& arguments) { openConnection(arguments, false); });
    connect(m_navigator, &Navigator::contextMenuRequested, this, &MainWindow::showAppMenu);
    connect(m_bottom, &BottomPanel::rowActivated, this,
            [this](const eng::AppId& app, const std::optional<core::manifest::ResourceKey>& key) {
                if (!app.name.empty())
                    inspect(app, key);
            });
    connect(m_bottom, &BottomPanel::cancelRequested, this, [this](const FeedRow& row) {
        if (row.task != 0)
            return TaskList::instance().cancel(row.task);
        run(tr("Terminate the operation of %1").arg(isolate(row.app.name)),
            [&engine = m_engine, app = row.app] { return engine.terminate(app); }, {});
    });
    connect(m_inspector, &Inspector::abortRequested, this, &MainWindow::requestAbort);
    connect(&Theme::instance(), &Theme::changed, this, [this] { updateConnection(); });
    connect(m_latencyTimer, &QTimer::timeout, this, &MainWindow::askForLatency);
    QTimer::singleShot(3'000, this, &MainWindow::askForLatency); // the start is over
    m_latencyTimer->start(35'000); // answers are kept by the engine for half a minute
    resize(1440, 900);
    retranslate();
    onSnapshot(m_bridge.snapshot());
}

MainWindow::~MainWindow()
{
    // Pages go first: they may speak to the workbench until they are gone.
    m_tabs->disconnect(this);
    for (const auto& dock : m_detached)
        delete dock;
    while (m_tabs->count() > 0)
        delete m_tabs->widget(0);
}

void MainWindow::resetPanelSizes()
{
    resizeDocks({m_leftDock, m_rightDock}, {236, 320}, Qt::Horizontal);
    resizeDocks({m_bottomDock}, {150}, Qt::Vertical);
}

void MainWindow::setupPanels()
{
    m_tabs->setObjectName(QStringLiteral("pages"));
    m_tabs->setDocumentMode(true);
    m_tabs->setTabsClosable(true);
    m_tabs->setMovable(true);
    m_tabs->setElideMode(Qt::ElideMiddle);
    m_tabs->setUsesScrollButtons(true);
    auto* centre = new QWidget(this);
    auto* layout = new QVBoxLayout(centre);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_stale);
    layout->addWidget(m_error);
    m_centre->setObjectName(QStringLiteral("centre"));
    m_centre->setDockNestingEnabled(true);
    m_centre->setCentralWidget(m_tabs);
    layout->addWidget(m_centre, 1);
    m_error->setRetryVisible(false);
    setCentralWidget(centre);
    m_inspectorStack->addWidget(m_inspector);

    setDockNestingEnabled(true);
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    const auto dock = [this](const char* name, QWidget* widget, Qt::DockWidgetArea area) {
        auto* result = new QDockWidget(this);
        result->setObjectName(QString::fromLatin1(name));
        result->setWidget(widget);
        addDockWidget(area, result);
        return result;
    };
    m_navigator->setMinimumWidth(kNarrowestNavigator);
    m_leftDock = dock("connectionsPanel", m_navigator, Qt::LeftDockWidgetArea);
    m_rightDock = dock("inspectorPanel", m_inspectorStack, Qt::RightDockWidgetArea);
    m_bottomDock = dock("listsPanel", m_bottom, Qt::BottomDockWidgetArea);
    resetPanelSizes();
}

void MainWindow::onSnapshot(const eng::SnapshotPtr& snapshot)
{
    if (m_app.name.empty() && !snapshot->applications.empty()) {
        const auto& first = *snapshot->applications.front();
        setCurrentApp({first.nameSpace, first.name});
        if (m_inspector->app().name.empty())
            m_inspector->show(m_app, std::nullopt); // pages were restored before there was anything to look at
    }
    m_alerts->setQuiet(isActiveWindow() && isVisible());
    m_alerts->setSnapshot(*snapshot);
    for (Page* page : detachedPages())
        if (page->isVisible())
            page->setSnapshot(snapshot); // a window of its own stays in sight
    if (isBehind())
        return; // looked at again when it comes to the front
    m_navigator->setSnapshot(snapshot);
    m_navigator->setCurrent(m_app);
    m_inspector->setSnapshot(snapshot);
    m_bottom->setSnapshot(snapshot);
    if (auto* page = currentPage())
        page->setSnapshot(snapshot);
    updateActions();
    updateStatus();
    updateConnection();
}

bool MainWindow::isBehind() const
{
    return parentWidget() != nullptr && !isVisible();
}

void MainWindow::showEvent(QShowEvent* event)
{
    QMainWindow::showEvent(event);
    if (parentWidget() != nullptr)
        onSnapshot(m_bridge.snapshot());
}

Page* MainWindow::currentPage() const
{
    return qobject_cast<Page*>(m_tabs->currentWidget());
}

QString MainWindow::tabTitle(const Page& page) const
{
    QString title = page.title();
    if (!page.id().app.name.empty() && page.id().kind != PageKind::Editor)
        title = isolate(page.id().app.name) + QStringLiteral(" · ") + title;
    if (page.isModified())
        title = QStringLiteral("• ") + title;
    return title;
}

void MainWindow::updateTabs()
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        const auto* page = qobject_cast<Page*>(m_tabs->widget(i));
        if (page == nullptr)
            continue;
        if (const QString title = tabTitle(*page); m_tabs->tabText(i) != title) // each text lays all tabs out anew
            m_tabs->setTabText(i, title);
    }
    for (const auto& dock : m_detached)
        if (const auto* page = dock == nullptr ? nullptr : qobject_cast<const Page*>(dock->widget()))
            dock->setWindowTitle(tabTitle(*page));
}

void MainWindow::open(const PageId& page)
{
    for (int i = 0; i < m_tabs->count(); ++i) {
        const auto* existing = qobject_cast<Page*>(m_tabs->widget(i));
        if (existing != nullptr && existing->id() == page) {
            m_tabs->setCurrentIndex(i);
            m_tabs->currentWidget()->setFocus(Qt::OtherFocusReason);
            return;
        }
    }
    for (const auto& dock : m_detached) {
        const auto* existing = dock == nullptr ? nullptr : qobject_cast<Page*>(dock->widget());
        if (existing != nullptr && existing->id() == page) {
            dock->show();
            dock->raise();
            dock->activateWindow();
            return;
        }
    }
    if (Page* made = makePage(page))
        attach(made);
    else
        report(tr("Open the page"), {core::Error::Code::Unsupported, "this build has no such page", {}, {}, 0, 0});
}

Page* MainWindow::makePage(const PageId& page)
{
    Page* made = m_registry.create({m_engine, m_bridge, *this}, page, m_tabs);
    if (made == nullptr)
        return nullptr;
    connect(made, &Page::titleChanged, this, &MainWindow::updateTabs);
    connect(made, &Page::closeRequested, this, [this, made] {
        const int index = m_tabs->indexOf(made);
        if (index >= 0) {
            m_tabs->removeTab(index);
            made->deleteLater();
        } else if (auto* dock = qobject_cast<QDockWidget*>(made->parentWidget())) {
            dock->deleteLater();
        }
        sessionChanged();
    });
    for (QAction* action : made->actions())
        applyStoredShortcut(*action);
    return made;
}

void MainWindow::closeTab(int index)
{
    auto* page = qobject_cast<Page*>(m_tabs->widget(index));
    if (page == nullptr || !page->mayClose())
        return;
    if (page->id().kind == PageKind::Applications && m_tabs->count() == 1)
        return;
    m_closed.push_back(page->id());
    if (m_closed.size() > kMostClosed)
        m_closed.erase(m_closed.begin());
    m_tabs->removeTab(index);
    page->deleteLater();
    sessionChanged();
}

void MainWindow::onPageChanged()
{
    Page* page = currentPage();
    QWidget* own = page == nullptr ? nullptr : page->inspector();
    if (own != nullptr && m_inspectorStack->indexOf(own) < 0)
        m_inspectorStack->addWidget(own);
    m_inspectorStack->setCurrentWidget(own != nullptr ? own : m_inspector);
    if (page == nullptr)
        return;
    sessionChanged();
    rememberPage(page->id());
    page->setSnapshot(m_bridge.snapshot());
    page->setFocus(Qt::OtherFocusReason); // its keys work at once
    if (!page->id().app.name.empty())
        setCurrentApp(page->id().app);
    if (m_inspector->app().name.empty() && !m_app.name.empty())
        m_inspector->show(m_app, std::nullopt);
    updateActions();
    updateStatus(); // the title names the page
}

void MainWindow::setCurrentApp(const eng::AppId& app)
{
    if (app == m_app)
        return;
    m_app = app;
    m_navigator->setCurrent(app);
    m_bottom->setApplication({});
    updateActions();
    updateStatus();
}

void MainWindow::inspect(const eng::AppId& app, const std::optional<core::manifest::ResourceKey>& key)
{
    setCurrentApp(app);
    m_inspector->show(app, key);
    if (currentPage() == nullptr || currentPage()->inspector() == nullptr)
        m_inspectorStack->setCurrentWidget(m_inspector);
    updateActions();
}

void MainWindow::run(const QString& attempt, std::function<core::Result<>()> command, std::function<void()> done)
{
    runTask(this, std::move(command), [this, attempt, done = std::move(done)](const core::Result<>& result) {
        if (!result) {
            report(attempt, result.error());
            return;
        }
        m_bottom->addNotice({m_bridge.snapshot()->at, Glyph::Healthy, attempt, tr("accepted"), {}, m_app, {}});
        if (done)
            done();
    });
}

void MainWindow::report(const QString& attempt, const core::Error& error)
{
    m_error->showError(attempt, error);
    m_lastError = m_error->details();
    m_bottom->addNotice({m_bridge.snapshot()->at,
                         Glyph::Degraded,
                         attempt,
                         errorText(error).replace(QLatin1Char('\n'), QLatin1Char(' ')),
                         {},
                         m_app,
                         {}});
}

void MainWindow::ask(const Question& question, std::function<void(const QString& reason)> accepted)
{
    auto* dialog = new AskDialog(question, this);
    connect(dialog, &QDialog::accepted, this, [dialog, accepted = std::move(accepted)] { accepted(dialog->reason()); });
    dialog->open();
}

eng::ApplicationPtr MainWindow::application() const
{
    for (const auto& app : m_bridge.snapshot()->applications) {
        if (app->name == m_app.name && app->nameSpace == m_app.nameSpace)
            return app;
    }
    return nullptr;
}

eng::RolloutPtr MainWindow::rollout() const
{
    const auto& rollouts = m_bridge.snapshot()->rollouts;
    if (const auto& key = m_inspector->key(); key && m_inspector->app() == m_app) {
        const auto found = std::ranges::find_if(
            rollouts, [&](const auto& entry) { return entry->key == *key && entry->application == m_app.name; });
        if (found != rollouts.end())
            return *found;
    }
    const auto found =
        std::ranges::find_if(rollouts, [&](const auto& entry) { return entry->application == m_app.name; });
    return found == rollouts.end() ? nullptr : *found;
}

void MainWindow::changeEvent(QEvent* event)
{
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (prepareToClose())
        event->accept();
    else
        event->ignore();
}

bool MainWindow::prepareToClose()
{
    for (Page* page : pages()) {
        if (!page->mayClose()) {
            m_tabs->setCurrentWidget(page);
            return false;
        }
    }
    saveSession();
    return true;
}

} // namespace ui
