// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/base/words.h"
#include "ui/shell/actions.h"
#include "ui/shell/application.h"
#include "ui/shell/colours_dialog.h"
#include "ui/shell/connect_dialog.h"
#include "ui/shell/inspector.h"
#include "ui/shell/main_window.h"

#include <QAction>
#include <QActionGroup>
#include <QClipboard>
#include <QDockWidget>
#include <QGuiApplication>
#include <QMessageBox>
#include <QSettings>
#include <QTabWidget>

#include <array>

namespace ui {

namespace eng = core::engine;
using RolloutAction = eng::Engine::RolloutAction;

void MainWindow::bindApplicationActions()
{
    const auto bind = [this](const char* id, std::function<void()> work) {
        m_actions->bind(QLatin1String(id), std::move(work));
    };
    bind("refresh", [this] {
        run(tr("Refresh %1").arg(isolate(m_app.name)),
            [&engine = m_engine, app = m_app] { return engine.refresh(app, false); }, {});
    });
    bind("hard-refresh", [this] {
        run(tr("Refresh %1").arg(isolate(m_app.name)),
            [&engine = m_engine, app = m_app] { return engine.refresh(app, true); }, {});
    });
    bind("plan", [this] { open({PageKind::Plan, m_app, {}}); });
    bind("sync", [this] {
        const auto app = application();
        run(tr("Sync %1").arg(isolate(m_app.name)),
            [&engine = m_engine, id = m_app, prune = app && app->prune] {
                eng::SyncRequest request;
                request.prune = prune;
                return engine.sync(id, request);
            },
            {});
    });
    bind("terminate", [this] {
        run(tr("Terminate the operation of %1").arg(isolate(m_app.name)),
            [&engine = m_engine, app = m_app] { return engine.terminate(app); }, {});
    });
    bind("auto-sync", [this] {
        const bool on = m_actions->get(QLatin1String("auto-sync"))->isChecked();
        run(on ? tr("Turn automated sync of %1 on").arg(isolate(m_app.name))
               : tr("Turn automated sync of %1 off").arg(isolate(m_app.name)),
            [&engine = m_engine, app = m_app, on] { return engine.setAutoSync(app, on); }, {});
    });
    bind("rollback", [this] { requestRollback(); });
}

void MainWindow::requestRollback()
{
    open({PageKind::History, m_app, {}});
}

void MainWindow::act(RolloutAction action, const QString& attempt, const std::string& reason)
{
    const auto target = rollout();
    if (!target)
        return;
    run(attempt + QLatin1Char(' ') + shortKey(target->key),
        [&engine = m_engine, ref = eng::ObjectRef(*target), action, reason] { return engine.act(ref, action, reason); },
        {});
}

void MainWindow::bindRolloutActions()
{
    const auto bind = [this](const char* id, RolloutAction action) {
        m_actions->bind(QLatin1String(id), [this, id, action] {
            act(action, m_actions->get(QLatin1String(id))->text().remove(QLatin1Char('&')));
        });
    };
    bind("promote", RolloutAction::Promote);
    bind("promote-full", RolloutAction::PromoteFull);
    bind("skip-step", RolloutAction::SkipStep);
    bind("pause", RolloutAction::Pause);
    bind("resume", RolloutAction::Resume);
    bind("retry", RolloutAction::Retry);
    bind("restart", RolloutAction::Restart);
    m_actions->bind(QLatin1String("abort"), [this] {
        if (const auto target = rollout())
            requestAbort(eng::ObjectRef(*target));
    });
}

void MainWindow::requestAbort(const eng::ObjectRef& target)
{
    Question question;
    question.title = tr("Abort %1?").arg(shortKey(target.key));
    question.text =
        tr("All traffic goes back to the stable version and the canary is scaled down. The commit in Git stays.");
    question.verb = tr("Abort the rollout");
    question.dangerous = true;
    question.wantsReason = true;
    ask(question, [this, target](const QString& reason) {
        run(tr("Abort %1").arg(shortKey(target.key)),
            [&engine = m_engine, target, text = reason.toStdString()] {
                return engine.act(target, RolloutAction::Abort, text);
            },
            {});
    });
}

void MainWindow::bindWindowActions()
{
    const auto bind = [this](const char* id, std::function<void()> work) {
        m_actions->bind(QLatin1String(id), std::move(work));
    };
    const auto openFor = [&](const char* id, PageKind kind) { bind(id, [this, kind] { open({kind, m_app, {}}); }); };
    const auto openAll = [&](const char* id, PageKind kind) { bind(id, [this, kind] { open({kind, {}, {}}); }); };
    openFor("open-tree", PageKind::Tree);
    openFor("open-diff", PageKind::Diff);
    openFor("open-canary", PageKind::Canary);
    openFor("open-editor", PageKind::Editor);
    openFor("open-history", PageKind::History);
    bind("open-logs", [this] {
        // Of the pod that is looked at, where it is one.
        const auto& key = m_inspector->key();
        const bool pod = key && key->kind == "Pod" && m_inspector->app() == m_app;
        open({PageKind::Logs, m_app, pod ? qs(key->nameSpace + "/" + key->name) : QString()});
    });
    bind("open-terminal", [this] {
        const auto& key = m_inspector->key();
        if (key && key->kind == "Pod")
            return open({PageKind::Terminal, m_inspector->app(), qs(key->nameSpace + "/" + key->name)});
        report(tr("Terminal"),
               {core::Error::Code::InvalidInput, "no pod is chosen", {}, "choose a pod in the tree", 0, 0});
    });
    openAll("open-forwards", PageKind::Forwards);
    openAll("create", PageKind::Create);
    bind("connect", [this] {
        auto* dialog = new ConnectDialog(
            [this](const QStringList& arguments, bool ownWindow) { openConnection(arguments, ownWindow); }, this);
        dialog->open();
    });
    openAll("open-apps", PageKind::Applications);
    openAll("open-rollouts", PageKind::Rollouts);
    openAll("open-resources", PageKind::Resources);
    openAll("open-journal", PageKind::Journal);
    openAll("open-fleet-plan", PageKind::Plan);
    bind("open-decisions", [this] { open({PageKind::Problems, {}, QStringLiteral("decisions")}); });
    openAll("open-models", PageKind::Models);
    openAll("open-gpus", PageKind::Gpus);
    openAll("open-problems", PageKind::Problems);
    openAll("open-events", PageKind::Events);
    openAll("open-admin", PageKind::Administration);
    openAll("open-sets", PageKind::ApplicationSets);
    bind("read-only", [this] { m_engine.setReadOnly(m_actions->get(QLatin1String("read-only"))->isChecked()); });
    bind("palette", [this] { showPalette(); });
    bind("close-tab", [this] { closeTab(m_tabs->currentIndex()); });
    bind("next-tab", [this] {
        if (m_tabs->count() > 0)
            m_tabs->setCurrentIndex((m_tabs->currentIndex() + 1) % m_tabs->count());
    });
    bind("previous-tab", [this] {
        if (m_tabs->count() > 0)
            m_tabs->setCurrentIndex((m_tabs->currentIndex() + m_tabs->count() - 1) % m_tabs->count());
    });
    bind("copy-error", [this] { QGuiApplication::clipboard()->setText(m_lastError); });
    bind("lock-panels", [this] {
        const bool locked = m_actions->get(QLatin1String("lock-panels"))->isChecked();
        settings()->setValue(QStringLiteral("window/locked"), locked);
        lockPanels(locked);
    });
    bind("reset-panels", [this] {
        for (auto* dock : {m_leftDock, m_rightDock, m_bottomDock}) {
            dock->setFloating(false);
            dock->show();
        }
        addDockWidget(Qt::LeftDockWidgetArea, m_leftDock);
        addDockWidget(Qt::RightDockWidgetArea, m_rightDock);
        addDockWidget(Qt::BottomDockWidgetArea, m_bottomDock);
        resetPanelSizes();
    });
    bind("quit", [this] { window()->close(); });
    bind("open-snapshot", [this] { chooseSnapshot(); });
    bind("save-snapshot", [this] { saveSnapshotAs(); });
    bind("verify-journal",
         [this] { run(tr("Verify the journal"), [&engine = m_engine] { return engine.verifyAudit(); }, {}); });
    bind("about", [this] {
        auto* box =
            new QMessageBox(QMessageBox::NoIcon, tr("About Pilothouse"),
                            tr("Pilothouse %1: a desktop GitOps console for ML platforms.\nLicence: GPL 3.0 or later.")
                                .arg(ltr(QStringLiteral("0.1"))),
                            QMessageBox::Close, this);
        box->setAttribute(Qt::WA_DeleteOnClose);
        box->open();
    });
    const std::array rates {std::pair {"clock-1", 1.0}, std::pair {"clock-10", 10.0}, std::pair {"clock-60", 60.0}};
    for (const auto& [id, rate] : rates) {
        bind(id, [this, rate = rate] {
            run(tr("Set the cluster's clock"), [&engine = m_engine, rate] { return engine.setClockRate(rate); }, {});
            updateStatus();
        });
    }
}

void MainWindow::bindAppearanceActions()
{
    constexpr std::array kModes {"theme-auto",          "theme-light",       "theme-dark",      "theme-contrast-light",
                                 "theme-contrast-dark", "theme-blind-light", "theme-blind-dark"};
    auto* group = new QActionGroup(this);
    for (std::size_t i = 0; i < kModes.size(); ++i) {
        auto* action = m_actions->get(QLatin1String(kModes.at(i)));
        group->addAction(action);
        action->setChecked(static_cast<std::size_t>(Theme::instance().mode()) == i);
        m_actions->bind(QLatin1String(kModes.at(i)), [i] {
            settings()->setValue(QStringLiteral("theme"), static_cast<int>(i));
            Theme::instance().setMode(static_cast<Theme::Mode>(i));
        });
    }
    const auto toggle = [this](const char* id, bool on, std::function<void(bool)> apply) {
        auto* action = m_actions->get(QLatin1String(id));
        action->setChecked(on);
        m_actions->bind(QLatin1String(id), [action, apply = std::move(apply)] { apply(action->isChecked()); });
    };
    toggle("compact", Theme::instance().compact(), [](bool on) {
        settings()->setValue(QStringLiteral("compact"), on);
        Theme::instance().setCompact(on);
    });
    toggle("reduced-motion", Theme::instance().reducedMotion(), [](bool on) {
        settings()->setValue(QStringLiteral("reducedMotion"), on);
        Theme::instance().setReducedMotion(on);
    });
    toggle("arabic-digits", digits() == Digits::ArabicIndic, [this](bool on) {
        settings()->setValue(QStringLiteral("digits"), on ? 1 : 0);
        setDigits(on ? Digits::ArabicIndic : Digits::Western);
        QEvent event(QEvent::LanguageChange); // every text is made anew
        QCoreApplication::sendEvent(QCoreApplication::instance(), &event);
        for (auto* widget : findChildren<QWidget*>()) {
            QEvent again(QEvent::LanguageChange);
            QCoreApplication::sendEvent(widget, &again);
        }
        retranslate();
    });
    m_actions->bind(QLatin1String("palettes"), [this] { (new ColoursDialog(this))->open(); });
    m_actions->bind(QLatin1String("language-en"), [] { setLanguage(QStringLiteral("en")); });
    m_actions->bind(QLatin1String("language-ar"), [] { setLanguage(QStringLiteral("ar")); });
}

QString MainWindow::whyDenied(const char* id) const
{
    const std::string nameSpace = m_app.nameSpace;
    for (const char* name : {"sync", "terminate", "auto-sync"})
        if (qstrcmp(name, id) == 0)
            return m_access->whyNot({"patch", {"argoproj.io", "Application"}, {}, nameSpace, {}});
    for (const char* name : {"promote", "promote-full", "skip-step", "pause", "resume", "abort", "retry", "restart"})
        if (const auto target = qstrcmp(name, id) == 0 ? rollout() : nullptr)
            return m_access->whyNot({"patch", target->key.groupKind(), {}, target->key.nameSpace, {}});
    return {};
}

void MainWindow::updateActions()
{
    m_actions->get(QLatin1String("read-only"))->setChecked(m_bridge.snapshot()->connection.readOnly);
    m_actions->yieldTo(currentPage() != nullptr ? currentPage()->actions() : QList<QAction*> {});
    const auto app = application();
    const auto canary = rollout();
    const auto enable = [this](const char* id, bool on, const QString& reason = {}) {
        auto* action = m_actions->get(QLatin1String(id));
        const QString denied = on ? whyDenied(id) : reason;
        action->setEnabled(on && denied.isEmpty());
        QString tip = action->text();
        if (!action->shortcut().isEmpty())
            tip += QStringLiteral("  ") + ltr(action->shortcut().toString(QKeySequence::NativeText));
        action->setToolTip(denied.isEmpty() ? tip : tip + QLatin1Char('\n') + denied);
    };
    const QString noApp = tr("No application is chosen.");
    const QString offline = tr("The cluster cannot be reached.");
    const bool online = m_bridge.snapshot()->connection.state != eng::Connection::State::Offline;
    const bool running = app && app->operation.phase == eng::OperationPhase::Running;
    for (const char* id : {"open-tree", "open-diff", "open-editor", "open-history", "open-logs", "plan"})
        enable(id, app != nullptr, noApp);
    for (const char* id : {"refresh", "hard-refresh", "auto-sync"})
        enable(id, app && online, app ? offline : noApp);
    enable("sync", app && online && !running, !app ? noApp : running ? tr("A sync is running.") : offline);
    enable("terminate", running, tr("No operation is running."));
    enable("rollback", app && !app->history.empty(), tr("There is no earlier deployment."));
    m_actions->get(QLatin1String("auto-sync"))->setChecked(app && app->autoSync);
    const QString noRollout = tr("The application has no rollout.");
    const QString done = tr("The rollout is complete.");
    const bool active = canary && canary->phase != "Healthy" && !canary->aborted;
    const QString why = canary ? done : noRollout;
    enable("open-canary", canary != nullptr, noRollout);
    for (const char* id : {"promote", "promote-full", "skip-step", "abort"})
        enable(id, active && online, why);
    enable("pause", active && online && !canary->paused, why);
    enable("resume", canary && canary->paused && online, why);
    enable("retry", canary && canary->aborted && online, noRollout);
    enable("restart", canary && online, noRollout);
    enable("go-back", m_back.size() > 1);
    enable("go-forward", !m_forward.empty());
    enable("close-other-tabs", m_tabs->count() > 1);
    enable("reopen-tab", !m_closed.empty());
    enable("favourite", app != nullptr, noApp);
    enable("copy-error", !m_lastError.isEmpty());
    for (const char* id : {"clock-1", "clock-10", "clock-60"})
        enable(id, m_bridge.snapshot()->clockRate > 0, tr("A real cluster's clock cannot be set."));
}

} // namespace ui
