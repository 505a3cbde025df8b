// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_views.h"
#include "ui/apps/apps_page.h"
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/tasks.h"
#include "ui/base/words.h"
#include "ui/shell/actions.h"
#include "ui/shell/alerts.h"
#include "ui/shell/bottom_panel.h"
#include "ui/shell/deep_link.h"
#include "ui/shell/desktop_alerts.h"
#include "ui/shell/main_window.h"
#include "ui/shell/navigator.h"

#include <QAction>
#include <QActionGroup>
#include <QCoreApplication>
#include <QDockWidget>
#include <QFileDialog>
#include <QMenu>
#include <QMouseEvent>
#include <QProcess>
#include <QScreen>
#include <QTabBar>
#include <QTabWidget>
#include <QTimer>

#include <algorithm>
#include <array>

// Where the user was, what the connection is, and what is asked of the window from outside of it.

namespace ui {

namespace eng = core::engine;

namespace {

constexpr std::size_t kMostPlaces = 100;

/// At a point of the screen, as far as it fits there.
void placeInside(QWidget& window, const QPoint& at)
{
    const QRect space = window.screen()->availableGeometry();
    window.resize(window.size().boundedTo(space.size() * 3 / 4));
    window.move(std::clamp(at.x(), space.left(), std::max(space.left(), space.right() - window.width())),
                std::clamp(at.y(), space.top(), std::max(space.top(), space.bottom() - window.height())));
}

} // namespace

void MainWindow::rememberPage(const PageId& page)
{
    if (m_going || (!m_back.empty() && m_back.back() == page))
        return;
    m_back.push_back(page);
    if (m_back.size() > kMostPlaces)
        m_back.erase(m_back.begin());
    m_forward.clear();
}

void MainWindow::goBack()
{
    if (m_back.size() < 2)
        return;
    m_forward.push_back(m_back.back());
    m_back.pop_back();
    m_going = true; // a page that was closed opens again; the way forward stays
    open(PageId(m_back.back()));
    m_going = false;
    updateActions();
}

void MainWindow::goForward()
{
    if (m_forward.empty())
        return;
    m_back.push_back(m_forward.back());
    m_forward.pop_back();
    m_going = true;
    open(PageId(m_back.back()));
    m_going = false;
    updateActions();
}

void MainWindow::bindEnvironmentActions()
{
    constexpr std::array ids {"env-production", "env-staging", "env-development", "env-other"};
    auto* group = new QActionGroup(this);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        group->addAction(m_actions->get(QLatin1String(ids.at(i))));
        m_actions->bind(QLatin1String(ids.at(i)), [this, i] {
            setEnvironment(connectionKey(m_bridge.snapshot()->connection), static_cast<Environment>(i));
            m_kindOf.clear(); // looked up again
            updateConnection();
            m_navigator->setEnvironment(m_kind);
        });
    }
    m_actions->bind(QLatin1String("go-back"), [this] { goBack(); });
    m_actions->bind(QLatin1String("go-forward"), [this] { goForward(); });
    m_actions->bind(QLatin1String("favourite"), [this] { toggleFavourite(); });
    m_actions->bind(QLatin1String("help"), [this] { editShortcuts(); });
    connect(m_alerts, &DesktopAlerts::actionRequested, this, &MainWindow::onAlertAction);
    connect(m_alerts, &DesktopAlerts::quitRequested, this, [this] { window()->close(); });
}

void MainWindow::setupTabBar()
{
    QTabBar* bar = m_tabs->tabBar();
    bar->installEventFilter(this);
    bar->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(bar, &QWidget::customContextMenuRequested, this, &MainWindow::showTabMenu);
    m_actions->bind(QLatin1String("close-other-tabs"), [this] { closeOtherTabs(m_tabs->currentIndex()); });
    m_actions->bind(QLatin1String("reopen-tab"), [this] {
        if (m_closed.empty())
            return;
        const PageId page = m_closed.back();
        m_closed.pop_back();
        open(page);
    });
}

void MainWindow::showTabMenu(const QPoint& at)
{
    const int index = m_tabs->tabBar()->tabAt(at);
    if (index < 0)
        return;
    m_tabs->setCurrentIndex(index); // what the menu offers is of the tab in front
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const char* id :
         {"close-tab", "close-other-tabs", "reopen-tab", "", "split-tab", "detach-tab", "", "copy-link"}) {
        if (*id == '\0')
            menu->addSeparator();
        else
            menu->addAction(m_actions->get(QLatin1String(id)));
    }
    menu->popup(m_tabs->tabBar()->mapToGlobal(at));
}

void MainWindow::closeOtherTabs(int kept)
{
    const QWidget* page = m_tabs->widget(kept);
    for (int i = m_tabs->count() - 1; i >= 0; --i)
        if (m_tabs->widget(i) != page)
            closeTab(i);
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event)
{
    constexpr int kFarEnough = 48;
    QTabBar* bar = m_tabs->tabBar();
    if (watched != bar)
        return QMainWindow::eventFilter(watched, event);
    const auto* mouse = event->type() == QEvent::MouseButtonPress || event->type() == QEvent::MouseMove
            || event->type() == QEvent::MouseButtonRelease
        ? static_cast<QMouseEvent*>(event)
        : nullptr;
    if (event->type() == QEvent::MouseButtonPress) {
        const int index = bar->tabAt(mouse->position().toPoint());
        m_pulled = mouse->button() == Qt::LeftButton ? index : -1;
        if (mouse->button() == Qt::MiddleButton && index >= 0) {
            closeTab(index);
            return true;
        }
    } else if (event->type() == QEvent::MouseMove && m_pulled >= 0) {
        const int y = mouse->position().toPoint().y();
        if (y < -kFarEnough || y > bar->height() + kFarEnough) {
            m_pulled = -1;
            QMouseEvent release(QEvent::MouseButtonRelease, mouse->position(), mouse->globalPosition(), Qt::LeftButton,
                                {}, {});
            QCoreApplication::sendEvent(bar, &release); // the bar's own moving of the tab ends
            detachTab(m_tabs->currentIndex(), Detach::Window);
            if (!m_detached.empty() && m_detached.back() != nullptr)
                placeInside(*m_detached.back(), mouse->globalPosition().toPoint());
            return true;
        }
    } else if (event->type() == QEvent::MouseButtonRelease) {
        m_pulled = -1;
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::toggleFavourite()
{
    auto favourites = loadFavourites();
    if (favourites.erase(m_app) == 0)
        favourites.insert(m_app);
    saveFavourites(favourites);
    for (Page* page : pages())
        if (auto* apps = qobject_cast<AppsPage*>(page))
            apps->reloadFavourites();
    updateActions();
}

/// The time that a question takes which the engine has no answer to yet: a way to the cluster and back.
void MainWindow::askForLatency()
{
    if (m_asking || m_bridge.snapshot()->connection.state == eng::Connection::State::Connecting)
        return;
    m_asking = true;
    using Clock = std::chrono::steady_clock;
    runTask(
        this,
        [&engine = m_engine] {
            const auto begin = Clock::now();
            const bool fine = engine.access({{"get", {"", "Namespace"}, {}, {}, "default"}}, {}).has_value();
            const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
            return fine ? std::optional(took) : std::nullopt;
        },
        [this](const std::optional<std::chrono::microseconds>& took) {
            m_asking = false;
            m_latency = took;
            updateStatus();
        });
}

void MainWindow::onAlertAction(const Alert& alert, const QString& action)
{
    openLink(alert.app.name.empty() ? deepLink({{PageKind::Problems, {}, QStringLiteral("decisions")}, std::nullopt})
                                    : deepLink({{PageKind::Tree, alert.app, {}}, alert.object}));
    const auto& rollouts = m_bridge.snapshot()->rollouts;
    const auto found = std::ranges::find_if(rollouts, [&](const auto& one) { return alert.object == one->key; });
    if (action == QLatin1String("plan"))
        return open({PageKind::Plan, alert.app, {}});
    if (found == rollouts.end())
        return;
    if (action == QLatin1String("abort"))
        return requestAbort(eng::ObjectRef(**found));
    if (action == QLatin1String("promote"))
        run(tr("Promote %1").arg(shortKey((*found)->key)),
            [&engine = m_engine, ref = eng::ObjectRef(**found)] {
                return engine.act(ref, eng::Engine::RolloutAction::Promote, "from the desktop's notification");
            },
            {});
}

void MainWindow::setConnections(const std::vector<KnownConnection>& connections, const QStringList& own)
{
    m_arguments = own;
    std::vector<KnownConnection> others;
    std::ranges::copy_if(connections, std::back_inserter(others),
                         [&](const KnownConnection& one) { return one.arguments != own; });
    m_navigator->setConnections(others);
}

void MainWindow::openConnection(const QStringList& arguments, bool ownWindow)
{
    if (!ownWindow && receivers(SIGNAL(connectionRequested(QStringList))) > 0)
        emit connectionRequested(arguments);
    else
        QProcess::startDetached(QCoreApplication::applicationFilePath(), arguments);
}

void MainWindow::chooseSnapshot()
{
    auto* dialog = new QFileDialog(this, tr("Open a snapshot"), QString(),
                                   tr("Snapshots") + QStringLiteral(" (*.phsnapshot *.json *.jsonl);;")
                                       + tr("All files") + QStringLiteral(" (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        openConnection({QStringLiteral("--snapshot"), path}, false);
    });
    dialog->open();
}

void MainWindow::saveSnapshotAs()
{
    const auto& connection = m_bridge.snapshot()->connection;
    auto* dialog = new QFileDialog(this, tr("Save a snapshot of this cluster"),
                                   connectionKey(connection) + QStringLiteral(".phsnapshot"),
                                   tr("Snapshots") + QStringLiteral(" (*.phsnapshot)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("phsnapshot"));
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::saveSnapshot);
    dialog->open();
}

/// pilotctl reads the cluster: what takes long there holds nothing up here, and it can be ended.
void MainWindow::saveSnapshot(const QString& path)
{
    const QString attempt = tr("Save a snapshot of this cluster");
    QStringList arguments = m_arguments;
    arguments.removeAll(QStringLiteral("--no-controllers"));
    arguments << QStringLiteral("cluster") << QStringLiteral("snapshot") << path;
    auto* process = new QProcess(this);
    const int task = TaskList::instance().begin(attempt, {}, m_bridge.snapshot()->at, [process] { process->kill(); });
    connect(process, &QProcess::finished, this, [this, process, task, path, attempt](int code) {
        TaskList::instance().end(task);
        const QString said = QString::fromUtf8(process->readAllStandardError()).trimmed();
        process->deleteLater();
        if (process->exitStatus() == QProcess::CrashExit)
            return; // the user ended it
        if (code != 0)
            return report(attempt, {core::Error::Code::Io, said.toStdString(), path.toStdString(), {}, 0, 0});
        m_bottom->addNotice({m_bridge.snapshot()->at, Glyph::Healthy, attempt, ltr(path), {}, {}, {}});
    });
    connect(process, &QProcess::errorOccurred, this, [this, task, attempt](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart)
            return;
        TaskList::instance().end(task);
        report(attempt, {core::Error::Code::NotFound, "pilotctl is not beside this program", {}, {}, 0, 0});
    });
    process->start(QCoreApplication::applicationDirPath() + QStringLiteral("/pilotctl"), arguments);
}

} // namespace ui
