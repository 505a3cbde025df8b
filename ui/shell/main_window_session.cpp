// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/theme.h"
#include "ui/shell/actions.h"
#include "ui/shell/application.h"
#include "ui/shell/bottom_panel.h"
#include "ui/shell/deep_link.h"
#include "ui/shell/desktop_alerts.h"
#include "ui/shell/inspector.h"
#include "ui/shell/layouts.h"
#include "ui/shell/main_window.h"
#include "ui/shell/page_state.h"
#include "ui/shell/shortcuts_dialog.h"

#include <QAction>
#include <QClipboard>
#include <QCloseEvent>
#include <QDockWidget>
#include <QDragEnterEvent>
#include <QFile>
#include <QGuiApplication>
#include <QInputDialog>
#include <QMenu>
#include <QMimeData>
#include <QProcess>
#include <QScreen>
#include <QSettings>
#include <QTabWidget>
#include <QTimer>
#include <QUrl>

#include <algorithm>

// What the window remembers and how it is arranged: session, layouts, links, pages outside of the tabs.

namespace ui {

namespace eng = core::engine;

namespace {

constexpr int kStateVersion = 1;
constexpr std::size_t kLargestDrop = std::size_t {16} << 20;

/// Told by its first line: such a file may be far larger than a manifest.
bool isSnapshot(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) && file.readLine(4096).contains("\"ClusterSnapshot\"");
}

/// Holds a page outside of the tabs.
class PageDock final : public QDockWidget
{
public:
    PageDock(QWidget* window, std::function<void()> closed)
        : QDockWidget(window)
        , m_closed(std::move(closed))
    {
    }

protected:
    void closeEvent(QCloseEvent* event) override
    {
        event->accept();
        m_closed();
    }

private:
    std::function<void()> m_closed;
};

} // namespace

std::vector<Page*> MainWindow::detachedPages() const
{
    std::vector<Page*> found;
    for (const auto& dock : m_detached)
        if (auto* page = dock == nullptr ? nullptr : qobject_cast<Page*>(dock->widget()))
            found.push_back(page);
    return found;
}

std::vector<Page*> MainWindow::pages() const
{
    std::vector<Page*> found;
    for (int i = 0; i < m_tabs->count(); ++i)
        if (auto* page = qobject_cast<Page*>(m_tabs->widget(i)))
            found.push_back(page);
    std::ranges::copy(detachedPages(), std::back_inserter(found));
    return found;
}

void MainWindow::attach(Page* page)
{
    m_tabs->setCurrentIndex(m_tabs->addTab(page, tabTitle(*page)));
    nameQtButtons();
    if (m_tabs->count() == 1)
        onPageChanged();
    sessionChanged();
}

void MainWindow::detachTab(int index, Detach where)
{
    auto* page = qobject_cast<Page*>(m_tabs->widget(index));
    if (page == nullptr || m_tabs->count() == 1)
        return; // the tabs are never empty
    m_tabs->removeTab(index);
    QDockWidget* dock = dockFor(page);
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    m_centre->addDockWidget(mirrored ? Qt::LeftDockWidgetArea : Qt::RightDockWidgetArea, dock);
    // A second page beside the tabs joins the first one: side by side they would leave little of each.
    const auto beside = std::ranges::find_if(m_detached, [dock](const auto& one) {
        return one != nullptr && one != dock && !one->isFloating() && one->isVisible();
    });
    if (where == Detach::Window)
        dock->setFloating(true);
    else if (beside != m_detached.end())
        m_centre->tabifyDockWidget(*beside, dock);
    else
        m_centre->resizeDocks({dock}, {m_centre->width() / 2}, Qt::Horizontal);
    page->show();
    dock->show();
    dock->raise();
    page->setSnapshot(m_bridge.snapshot());
    sessionChanged();
}

QDockWidget* MainWindow::dockFor(Page* page)
{
    auto* dock = new PageDock(m_centre, [this, page] {
        auto* from = qobject_cast<QDockWidget*>(page->parentWidget());
        std::erase_if(m_detached, [from](const auto& one) { return one == from || one == nullptr; });
        attach(page);
        if (from != nullptr)
            from->deleteLater();
    });
    dock->setObjectName(QStringLiteral("page-") + deepLink({page->id(), {}}));
    dock->setWindowTitle(tabTitle(*page));
    nameQtButtons();
    connect(page, &Page::titleChanged, dock, [this, dock, page] {
        if (dock->widget() == page)
            dock->setWindowTitle(tabTitle(*page));
    });
    for (auto signal : {&QDockWidget::topLevelChanged, &QDockWidget::visibilityChanged})
        connect(dock, signal, this, [this] { sessionChanged(); });
    dock->setWidget(page);
    m_detached.emplace_back(dock);
    return dock;
}

void MainWindow::setupLayouts()
{
    setAcceptDrops(true);
    m_sessionTimer->setSingleShot(true);
    m_sessionTimer->setInterval(300);
    connect(m_sessionTimer, &QTimer::timeout, this, &MainWindow::saveSession);
    m_layoutMenu = new QMenu(this);
    m_layoutMenu->setObjectName(QStringLiteral("layoutMenu"));
    const auto before = m_actions->get(QLatin1String("lock-panels"));
    for (const auto& [menu, title] : m_menus)
        if (menu->actions().contains(before))
            menu->insertMenu(before, m_layoutMenu);
    connect(m_layoutMenu, &QMenu::aboutToShow, this, [this] {
        m_layoutMenu->clear();
        for (const char* id : {"layout-triage", "layout-review", "layout-canary"})
            m_layoutMenu->addAction(m_actions->get(QLatin1String(id)));
        m_layoutMenu->addSeparator();
        const QStringList names = layoutNames();
        for (const QString& name : names)
            connect(m_layoutMenu->addAction(isolate(name)), &QAction::triggered, this,
                    [this, name] { applyLayout(name); });
        if (!names.isEmpty()) {
            auto* removal = m_layoutMenu->addMenu(tr("Remove"));
            for (const QString& name : names)
                connect(removal->addAction(isolate(name)), &QAction::triggered, this, [name] { removeLayout(name); });
        }
        m_layoutMenu->addAction(m_actions->get(QLatin1String("save-layout")));
    });
    connect(m_alerts, &DesktopAlerts::openRequested, this,
            [this](const eng::AppId& app, const std::optional<core::manifest::ResourceKey>& object) {
                if (!app.name.empty())
                    openLink(deepLink({{PageKind::Tree, app, {}}, object}));
                else
                    openLink(deepLink({{PageKind::Problems, {}, QStringLiteral("decisions")}, {}}));
            });
}

void MainWindow::bindLayoutActions()
{
    const auto bind = [this](const char* id, std::function<void()> work) {
        m_actions->bind(QLatin1String(id), std::move(work));
    };
    bind("layout-triage", [this] { applyLayout(QStringLiteral("triage")); });
    bind("layout-review", [this] { applyLayout(QStringLiteral("review")); });
    bind("layout-canary", [this] { applyLayout(QStringLiteral("canary")); });
    bind("save-layout", [this] { askForLayoutName(); });
    bind("shortcuts", [this] { editShortcuts(); });
    bind("split-tab", [this] { detachTab(m_tabs->currentIndex(), Detach::Beside); });
    bind("detach-tab", [this] { detachTab(m_tabs->currentIndex(), Detach::Window); });
    bind("copy-link", [this] {
        const Page* page = currentPage();
        if (page == nullptr)
            return;
        const bool same = !page->id().app.name.empty() && m_inspector->app() == page->id().app;
        QGuiApplication::clipboard()->setText(deepLink({page->id(), same ? m_inspector->key() : std::nullopt}));
    });
    bind("open-link", [this] {
        const QString text = QGuiApplication::clipboard()->text().trimmed();
        if (!openLink(text))
            report(tr("Open the copied link"),
                   {core::Error::Code::InvalidInput, "the clipboard holds no link to a place in Pilothouse",
                    text.left(200).toStdString(), "copy a link that begins with pilothouse://", 0, 0});
    });
}

void MainWindow::applyLayout(const QString& name)
{
    if (const auto saved = loadLayout(name)) {
        if (!restoreState(saved->state, kStateVersion))
            return;
        m_mirrored = saved->mirrored;
        mirrorPanels(layoutDirection() == Qt::RightToLeft);
        sessionChanged();
        return;
    }
    const bool triage = name == QLatin1String("triage");
    const bool canary = name == QLatin1String("canary");
    if (!triage && !canary && name != QLatin1String("review"))
        return;
    m_leftDock->setVisible(triage);
    m_rightDock->setVisible(triage || canary);
    m_bottomDock->setVisible(triage || canary);
    if (triage || canary)
        m_bottom->showTab(triage ? BottomPanel::Problems : BottomPanel::Events);
    sessionChanged();
}

void MainWindow::askForLayoutName()
{
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("layoutName"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save the layout"));
    dialog->setLabelText(tr("Name of the layout"));
    dialog->setOkButtonText(tr("Save"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& name) {
        if (!name.trimmed().isEmpty())
            saveLayout(name.trimmed(), {saveState(kStateVersion), m_mirrored});
    });
    dialog->open();
}

void MainWindow::editShortcuts()
{
    std::vector<QAction*> actions = m_actions->all();
    std::vector<QString> seen;
    for (Page* page : pages()) {
        for (QAction* action : page->actions()) {
            // Two pages of a kind share their keys: one row for both.
            const QString id = shortcutId(*action);
            if (action->objectName().isEmpty() || std::ranges::find(seen, id) != seen.end())
                continue;
            seen.push_back(id);
            actions.push_back(action);
        }
    }
    auto* dialog = new ShortcutsDialog(std::move(actions), this);
    connect(dialog, &QDialog::finished, this, [this] {
        for (Page* page : pages())
            for (QAction* action : page->actions())
                applyStoredShortcut(*action);
        retranslate();
        updateActions();
    });
    dialog->open();
}

bool MainWindow::openLink(const QString& text)
{
    const auto link = parseDeepLink(text);
    if (!link || !m_registry.has(link->page.kind))
        return false;
    open(link->page);
    if (!link->page.app.name.empty())
        inspect(link->page.app, link->resource);
    if (window()->isMinimized())
        window()->showNormal();
    window()->raise();
    window()->activateWindow();
    return true;
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    const auto urls = event->mimeData()->urls();
    if (std::ranges::any_of(urls, [](const QUrl& url) { return url.isLocalFile(); }))
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    event->acceptProposedAction();
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            openDropped(url.toLocalFile());
}

void MainWindow::openDropped(const QString& path)
{
    struct Dropped
    {
        std::optional<core::Error> error;
        bool kubeconfig = false;
        bool snapshot = false;
    };
    runTask(
        this,
        [path = path.toStdString()] {
            if (isSnapshot(qs(path)))
                return Dropped {std::nullopt, false, true};
            const auto text = core::paths::readFile(path, kLargestDrop);
            if (!text)
                return Dropped {text.error()};
            const auto documents = core::manifest::parseYaml(*text, path);
            if (!documents)
                return Dropped {documents.error()};
            const auto& first = documents->empty() ? core::manifest::Value() : documents->front().value;
            return Dropped {std::nullopt,
                            core::manifest::kind(first) == "Config"
                                && !core::manifest::array(first, {"clusters"}).empty()};
        },
        [this, path](const Dropped& dropped) {
            if (dropped.error)
                return report(tr("Open %1").arg(ltr(path)), *dropped.error);
            if (dropped.snapshot)
                return openConnection({QStringLiteral("--snapshot"), path}, false);
            if (!dropped.kubeconfig)
                return open({PageKind::Diff, {}, QStringLiteral("live...path:") + path});
            Question question;
            question.title = tr("Open the cluster of %1?").arg(ltr(path));
            question.text =
                tr("The kubeconfig's current context is connected to, beside the connections of this window.");
            question.verb = tr("Connect");
            ask(question, [this, path](const QString&) {
                openConnection({QStringLiteral("--kubeconfig"), path}, false);
            });
        });
}

QString MainWindow::sessionKey(const char* name) const
{
    // Each connection has its tabs: two of them do not take each other's.
    return (m_arguments.isEmpty() ? QStringLiteral("window/")
                                  : QStringLiteral("windows/%1/")
                                        .arg(QString::fromLatin1(m_arguments.join(QLatin1Char(' ')).toUtf8().toHex())))
        + QLatin1String(name);
}

void MainWindow::sessionChanged()
{
    if (m_restored)
        m_sessionTimer->start();
}

void MainWindow::saveSession() const
{
    const auto stored = settings();
    stored->setValue(sessionKey("geometry"), window()->saveGeometry());
    stored->setValue(sessionKey("state"), saveState(kStateVersion));
    stored->setValue(sessionKey("centre"), m_centre->saveState(kStateVersion));
    stored->setValue(sessionKey("mirrored"), m_mirrored);
    QStringList tabs;
    QStringList beside;
    QVariantMap states;
    for (Page* page : pages()) {
        const QString link = deepLink({page->id(), std::nullopt});
        (m_tabs->indexOf(page) >= 0 ? tabs : beside).append(link);
        if (const QByteArray state = pageState(*page); !state.isEmpty())
            states.insert(link, state);
    }
    stored->setValue(sessionKey("pages"), tabs);
    stored->setValue(sessionKey("beside"), beside);
    stored->setValue(sessionKey("states"), states);
    stored->setValue(sessionKey("page"), m_tabs->currentIndex());
}

QByteArray MainWindow::statesOfPages() const
{
    QByteArray all;
    for (const Page* page : pages())
        all += pageState(*page) + '\n';
    return all;
}

void MainWindow::restoreSession()
{
    const auto stored = settings();
    const QVariantMap states = stored->value(sessionKey("states")).toMap();
    const auto pageOf = [&](const QString& text) -> Page* {
        const auto link = parseDeepLink(text);
        Page* page = link && m_registry.has(link->page.kind) ? makePage(link->page) : nullptr;
        if (page != nullptr)
            setPageState(*page, states.value(text).toByteArray());
        return page;
    };
    // A connection that joins a window leaves it where it is.
    if (!window()->isVisible() && !window()->restoreGeometry(stored->value(sessionKey("geometry")).toByteArray()))
        window()->resize(QSize(1440, 900).boundedTo(screen()->availableSize()));
    // Panels of pages are there before the state that tells where they stand.
    for (const QString& text : stored->value(sessionKey("beside")).toStringList())
        if (Page* page = pageOf(text)) {
            m_centre->addDockWidget(Qt::RightDockWidgetArea, dockFor(page));
            page->show();
            page->setSnapshot(m_bridge.snapshot());
        }
    m_centre->restoreState(stored->value(sessionKey("centre")).toByteArray(), kStateVersion);
    if (restoreState(stored->value(sessionKey("state")).toByteArray(), kStateVersion)) {
        const bool mirrored = std::exchange(m_mirrored, stored->value(sessionKey("mirrored")).toBool());
        mirrorPanels(mirrored);
    } else { // once the window has the size that it is shown with: panels keep what a smaller one left them
        QTimer::singleShot(0, this, &MainWindow::resetPanelSizes);
    }
    lockPanels(stored->value(QStringLiteral("window/locked"), true).toBool());
    QStringList tabs = stored->value(sessionKey("pages")).toStringList();
    if (const QString apps = deepLink({PageId {}, std::nullopt}); !tabs.contains(apps))
        tabs.prepend(apps);
    for (const QString& text : tabs)
        if (Page* page = pageOf(text))
            m_tabs->addTab(page, tabTitle(*page));
    m_tabs->setCurrentIndex(std::clamp(stored->value(sessionKey("page"), 0).toInt(), 0, m_tabs->count() - 1));
    onPageChanged();
    m_kept = statesOfPages();
    auto* watch = new QTimer(this); // filters and views of pages are kept too; a few fields, looked at now and then
    connect(watch, &QTimer::timeout, this, [this] {
        if (const QByteArray now = statesOfPages(); std::exchange(m_kept, now) != now)
            saveSession();
    });
    watch->start(1'500);
    m_restored = true;
}

} // namespace ui
