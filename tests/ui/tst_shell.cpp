// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fake_engine.h"
#include "support/remembered.h"
#include "ui/apps/app_views.h"
#include "ui/base/bidi.h"
#include "ui/base/custom_palette.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/theme.h"
#include "ui/base/widgets.h"
#include "ui/shell/actions.h"
#include "ui/shell/alerts.h"
#include "ui/shell/application.h"
#include "ui/shell/colours_dialog.h"
#include "ui/shell/connect_dialog.h"
#include "ui/shell/deep_link.h"
#include "ui/shell/desktop_alerts.h"
#include "ui/shell/feed_model.h"
#include "ui/shell/keyring.h"
#include "ui/shell/layouts.h"
#include "ui/shell/main_window.h"
#include "ui/shell/palette.h"
#include "ui/shell/session_host.h"
#include "ui/shell/shortcuts_dialog.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QCheckBox>
#include <QClipboard>
#include <QDialog>
#include <QDockWidget>
#include <QFile>
#include <QGuiApplication>
#include <QInputDialog>
#include <QKeySequenceEdit>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSignalSpy>
#include <QTabBar>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QToolBar>
#include <QToolButton>
#include <QTreeView>
#include <QTreeWidget>
#include <QXmlStreamReader>

#include <algorithm>
#include <cmath>

namespace {

/// What the session keeps under the name.
QVariant keptOf(const char* name)
{
    return ui::settings()->value(QStringLiteral("window/") + QLatin1String(name));
}

} // namespace

class TestShell : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        qputenv("PILOTHOUSE_HOME", m_home.path().toUtf8());
        ui::setupApplication(*qApp);
        ui::setLanguage(QStringLiteral("en"));
        m_engine = support::sampleEngine();
    }
    void init() // each begins with the first session
    {
        ui::settings()->remove(QStringLiteral("window"));
        ui::settings()->remove(QStringLiteral("windows"));
        ui::settings()->remove(QStringLiteral("apps/lastView"));
    }
    void cleanup() { ui::setLanguage(QStringLiteral("en")); }

    void offersConnections()
    {
        const QString file = m_home.filePath(QStringLiteral("kubeconfig"));
        QFile config(file);
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write("apiVersion: v1\nkind: Config\ncurrent-context: prod-eu\n"
                     "clusters:\n- name: c\n  cluster: {server: 'https://10.0.0.1:6443'}\n"
                     "users:\n- name: u\n  user: {token: t}\n"
                     "contexts:\n- name: prod-eu\n  context: {cluster: c, user: u}\n"
                     "- name: broken\n  context: {cluster: nowhere, user: u}\n");
        config.close();
        qputenv("KUBECONFIG", file.toUtf8());
        QStringList started;
        const auto start = [&](const QStringList& arguments, bool) { started = arguments; };
        QWidget parent;
        parent.show();
        auto* dialog = new ui::ConnectDialog(start, &parent);
        dialog->open();
        QTRY_COMPARE(dialog->list().topLevelItemCount(), 3);
        QVERIFY(dialog->list().findItems(QStringLiteral("broken"), Qt::MatchContains).front()->isDisabled());
        // The current context is chosen already.
        QTest::keyClick(&dialog->list(), Qt::Key_Return);
        QCOMPARE(started,
                 (QStringList {QStringLiteral("--kubeconfig"), QStringLiteral("default"), QStringLiteral("--context"),
                               QStringLiteral("prod-eu")}));
        dialog = new ui::ConnectDialog(start, &parent);
        dialog->open();
        QTRY_COMPARE(dialog->list().topLevelItemCount(), 3);
        QTest::keyClicks(dialog->findChild<QLineEdit*>(QStringLiteral("argocdServer")),
                         QStringLiteral("argo.example.com"));
        dialog->accept();
        QCOMPARE(started, (QStringList {QStringLiteral("--argocd-server"), QStringLiteral("argo.example.com")}));
        // Without any kubeconfig the embedded cluster is there, and the reason is said.
        qputenv("KUBECONFIG", m_home.filePath(QStringLiteral("none")).toUtf8());
        dialog = new ui::ConnectDialog(start, &parent);
        dialog->open();
        QTRY_COMPARE(dialog->list().topLevelItemCount(), 1);
        dialog->list().setCurrentItem(dialog->list().topLevelItem(0));
        dialog->accept();
        QCOMPARE(started, QStringList());
        qunsetenv("KUBECONFIG");
    }

    void asksWhoOneIs()
    {
        support::Remembered store;
        ui::LoginDialog dialog({"argo.example.com", true, {}, {}, {}}, store);
        dialog.show();
        QTest::keyClicks(dialog.findChild<QLineEdit*>(QStringLiteral("loginUser")), QStringLiteral("noor"));
        auto* password = dialog.findChild<QLineEdit*>(QStringLiteral("loginPassword"));
        QCOMPARE(password->echoMode(), QLineEdit::Password);
        QTest::keyClicks(password, QStringLiteral("pa ss"));
        QCOMPARE(dialog.login().username, std::string("noor"));
        QCOMPARE(dialog.login().password, std::string("pa ss"));
        QVERIFY(dialog.login().insecure);
        dialog.showError(
            {core::Error::Code::Unauthorized, "Invalid username or password", "argo.example.com", {}, 0, 0});
        QVERIFY(dialog.findChild<QLabel*>(QStringLiteral("loginProblem"))->isVisible());
    }

    void remembersWhoOneIs()
    {
        support::Remembered store;
        const auto field = [](const QDialog& dialog, const char* name) {
            return dialog.findChild<QLineEdit*>(QLatin1String(name));
        };
        const core::engine::ArgoLogin server {"argo.example.com", false, {}, {}, {}};
        {
            ui::LoginDialog dialog(server, store);
            auto* remember = dialog.findChild<QCheckBox*>(QStringLiteral("loginRemember"));
            QVERIFY(remember->isEnabled() && !remember->isChecked()); // nobody's secrets are kept unasked
            field(dialog, "loginUser")->setText(QStringLiteral("noor"));
            field(dialog, "loginPassword")->setText(QStringLiteral("pa ss\""));
            dialog.keep();
            QVERIFY(store.entries.empty());
            remember->click();
            dialog.keep();
            QCOMPARE(store.entries.size(), 1U);
        }
        {
            ui::LoginDialog dialog(server, store);
            QCOMPARE(dialog.login().username, std::string("noor"));
            QCOMPARE(dialog.login().password, std::string("pa ss\""));
            dialog.findChild<QCheckBox*>(QStringLiteral("loginRemember"))->click();
            dialog.keep();
            QVERIFY(store.entries.empty());
        }
        {
            store.locked = true;
            ui::LoginDialog dialog(server, store);
            auto* remember = dialog.findChild<QCheckBox*>(QStringLiteral("loginRemember"));
            QVERIFY(!remember->isEnabled());
            QVERIFY(remember->toolTip().contains(QStringLiteral("locked")));
            dialog.keep();
            QVERIFY(store.entries.empty());
        }
        // The real one, where there is no desktop to ask: it says so, and writes nothing.
        const auto bus = qgetenv("DBUS_SESSION_BUS_ADDRESS");
        qputenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
        ui::Keyring keyring;
        std::optional<core::Result<>> written;
        keyring.write("argocd argo.example.com", "secret", [&](core::Result<> result) { written = std::move(result); });
        QTRY_VERIFY(written.has_value());
        QVERIFY(!*written);
        QVERIFY(written->error().code == core::Error::Code::Unavailable);
        qputenv("DBUS_SESSION_BUS_ADDRESS", bus);
    }

    void opensWithTheApplications()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        QVERIFY(window.currentPage() != nullptr);
        QVERIFY(window.currentPage()->id().kind == ui::PageKind::Applications);
        QCOMPARE(window.findChild<QLabel*>(QStringLiteral("statusCounts"))->text(), QStringLiteral("7 applications"));
    }

    void refreshButtonReachesTheEngine()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.inspect(support::sampleApp(), std::nullopt);
        window.actionSet().get(QLatin1String("refresh"))->trigger();
        QTRY_VERIFY(!m_engine->commands().empty());
        QCOMPARE(m_engine->commands().back(), std::string("refresh argocd/llm-service"));
    }

    void abortAsksForAReason()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        window.inspect(support::sampleApp(), std::nullopt);
        const auto before = m_engine->commands().size();
        window.actionSet().get(QLatin1String("abort"))->trigger();
        auto* dialog = window.findChild<QDialog*>(QStringLiteral("askDialog"));
        QVERIFY(dialog != nullptr);
        auto* go = dialog->findChild<QPushButton*>(QStringLiteral("askGo"));
        QVERIFY(!go->isEnabled());
        QTest::keyClicks(dialog->findChild<QLineEdit*>(QStringLiteral("askReason")), QStringLiteral("too slow"));
        QVERIFY(go->isEnabled());
        QTest::mouseClick(go, Qt::LeftButton);
        QTRY_COMPARE(m_engine->commands().size(), before + 1);
        QCOMPARE(m_engine->commands().back(),
                 std::string("act Rollout/ml-serving/inference-rollout abort because too slow"));
    }

    void refusalIsShownWithItsReason()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        window.inspect({"argocd", "embeddings"}, std::nullopt);
        m_engine->failWith(core::Error {core::Error::Code::Forbidden, "sync windows deny it",
                                        "AppProject/ml-production", "Wait until 18:00", 0, 0});
        window.actionSet().get(QLatin1String("sync"))->trigger();
        auto* strip = window.findChild<QWidget*>(QStringLiteral("errorStrip"));
        QTRY_VERIFY(
            window.actionSet().get(QLatin1String("copy-error")) != nullptr
            && std::ranges::any_of(window.findChildren<QLabel*>(QStringLiteral("errorText")), [](QLabel* label) {
                   return label->text().contains(QStringLiteral("sync windows deny it"))
                       && label->text().contains(QStringLiteral("Wait until 18:00"));
               }));
        QVERIFY(strip != nullptr);
        m_engine->failWith(std::nullopt);
    }

    void paletteFindsAndRuns()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        window.actionSet().get(QLatin1String("palette"))->trigger();
        auto& palette = window.commandPalette();
        const QAbstractItemModelTester tester(&palette.model());
        QVERIFY(palette.isVisible());
        QTest::keyClicks(&palette.input(), QStringLiteral("llm-serv"));
        QVERIFY(palette.model().rowCount() > 0);
        QTest::keyClick(&palette.input(), Qt::Key_Return);
        QTRY_VERIFY(window.currentPage()->id().kind == ui::PageKind::Tree);
        QCOMPARE(window.currentPage()->id().app, support::sampleApp());
        // A saved view of the applications is an object too.
        ui::AppView view;
        view.query = QStringLiteral("whisper");
        ui::saveAppView(QStringLiteral("speech"), view);
        window.actionSet().get(QLatin1String("palette"))->trigger();
        QTest::keyClicks(&palette.input(), QStringLiteral("view: speech"));
        QTest::keyClick(&palette.input(), Qt::Key_Return);
        QTRY_VERIFY(window.currentPage()->id().kind == ui::PageKind::Applications);
        QCOMPARE(window.currentPage()->findChild<QLineEdit*>(QStringLiteral("appFilter"))->text(), view.query);
        ui::removeAppView(QStringLiteral("speech"));
        // The keys go back to where they were.
        QVERIFY(QTest::qWaitForWindowActive(&window));
        QWidget* before = window.focusWidget();
        QVERIFY(before != nullptr);
        window.actionSet().get(QLatin1String("palette"))->trigger();
        QVERIFY(palette.input().hasFocus());
        QTest::keyClick(&palette.input(), Qt::Key_Escape);
        QCOMPARE(window.focusWidget(), before);
    }

    void linksNamePlaces_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("everything") << QStringLiteral("pilothouse://applications");
        QTest::newRow("application") << QStringLiteral("pilothouse://tree/argocd/llm-service");
        QTest::newRow("argument") << QStringLiteral("pilothouse://editor/argocd/a?argument=base%2Fx%20y.yaml%237");
        QTest::newRow("resource") << QStringLiteral(
            "pilothouse://tree/argocd/a?resource=apps/Deployment/ml-serving/%D9%86%26b%2Fc");
    }
    void linksNamePlaces()
    {
        QFETCH(QString, text);
        const auto link = ui::parseDeepLink(text);
        QVERIFY(link.has_value());
        QCOMPARE(ui::deepLink(*link), text);
        QVERIFY(ui::parseDeepLink(ui::deepLink(*link)) == link);
    }

    void otherTextsAreNoLinks()
    {
        for (const auto* text : {"", "https://tree/argocd/a", "pilothouse://nowhere", "pilothouse://tree/a",
                                 "pilothouse://tree/a/b/c", "pilothouse://tree/a/b?resource=apps/Deployment", "%%%"})
            QVERIFY2(!ui::parseDeepLink(QString::fromLatin1(text)), text);
        QVERIFY(!ui::parseDeepLink(QStringLiteral("pilothouse://tree/a/") + QString(20'000, u'x')));
    }

    void aLinkOpensItsPlace()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        QVERIFY(!window.openLink(QStringLiteral("https://example.com")));
        QVERIFY(window.openLink(QStringLiteral("pilothouse://history/argocd/llm-service")));
        QVERIFY(window.currentPage()->id().kind == ui::PageKind::History);
        window.actionSet().get(QLatin1String("copy-link"))->trigger();
        const QString copied = QGuiApplication::clipboard()->text();
        QVERIFY(copied.startsWith(QLatin1String("pilothouse://history/argocd/llm-service")));
        window.open({ui::PageKind::Journal, {}, {}});
        window.actionSet().get(QLatin1String("open-link"))->trigger();
        QVERIFY(window.currentPage()->id().kind == ui::PageKind::History);
    }

    void theSessionIsThereAfterACrash()
    {
        {
            ui::MainWindow window(*m_engine);
            window.restoreSession();
            window.show();
            window.open({ui::PageKind::History, support::sampleApp(), {}});
            const auto pages = [] { return keptOf("pages").toStringList(); };
            QTRY_VERIFY(pages().contains(QStringLiteral("pilothouse://history/argocd/llm-service")));
        } // never closed
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        QVERIFY(window.currentPage()->id().kind == ui::PageKind::History);
        ui::settings()->remove(QStringLiteral("window"));
    }

    void pagesComeBackWhereTheyStoodAndAsTheyWere()
    {
        const ui::PageId tree {ui::PageKind::Tree, support::sampleApp(), {}};
        const ui::PageId journal {ui::PageKind::Journal, {}, {}};
        {
            ui::MainWindow window(*m_engine);
            window.restoreSession();
            window.show();
            window.open(journal);
            window.actionSet().get(QLatin1String("split-tab"))->trigger();
            window.open(tree);
            auto* find = window.currentPage()->findChild<QLineEdit*>(QStringLiteral("treeFind"));
            find->setText(QStringLiteral("canary"));
            auto* problems = window.currentPage()->findChild<ui::Chip*>(QStringLiteral("problemsOnly"));
            problems->setChecked(true);
            auto* arrange = window.currentPage()->findChild<ui::SegmentedBar*>(QStringLiteral("treeArrange"));
            arrange->setCurrent(1);
            emit arrange->currentChanged(1);
            QTRY_VERIFY(!keptOf("states").toMap().isEmpty());
        } // never closed
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        QVERIFY(window.currentPage()->id() == tree);
        QCOMPARE(window.currentPage()->findChild<QLineEdit*>(QStringLiteral("treeFind"))->text(),
                 QStringLiteral("canary"));
        QVERIFY(window.currentPage()->findChild<ui::Chip*>(QStringLiteral("problemsOnly"))->isChecked());
        QCOMPARE(window.currentPage()->findChild<ui::SegmentedBar*>(QStringLiteral("treeArrange"))->current(), 1);
        // The journal stands beside the tabs again, and is no tab.
        for (int i = 0; i < window.tabs().count(); ++i)
            QVERIFY(!(qobject_cast<ui::Page*>(window.tabs().widget(i))->id() == journal));
        const auto docks = window.findChildren<QDockWidget*>(QRegularExpression(QStringLiteral("^page-")));
        QCOMPARE(docks.size(), 1);
        QVERIFY(docks.first()->isVisible());
        QVERIFY(qobject_cast<ui::Page*>(docks.first()->widget())->id() == journal);
        // Beside the tabs, not beside the inspector; in Arabic on their other side.
        QVERIFY(docks.first()->mapToGlobal(QPoint()).x() > window.tabs().mapToGlobal(QPoint()).x());
        ui::setLanguage(QStringLiteral("ar"));
        QTRY_VERIFY(docks.first()->mapToGlobal(QPoint()).x() < window.tabs().mapToGlobal(QPoint()).x());
        QVERIFY(docks.first()->isVisible());
        QCOMPARE(window.findChild<QToolButton*>(QStringLiteral("tool-help"))->text(), QStringLiteral("?"));
    }

    void theWayBackAndForward()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        const auto kind = [&] { return window.currentPage()->id().kind; };
        auto* back = window.actionSet().get(QLatin1String("go-back"));
        auto* forward = window.actionSet().get(QLatin1String("go-forward"));
        QVERIFY(!back->isEnabled());
        window.open({ui::PageKind::Journal, {}, {}});
        QVERIFY2(window.windowTitle().startsWith(QStringLiteral("Journal")), qPrintable(window.windowTitle()));
        window.open({ui::PageKind::Events, {}, {}});
        window.closeTab(window.tabs().currentIndex());
        back->trigger();
        back->trigger();
        QVERIFY(kind() != ui::PageKind::Events);
        QVERIFY(forward->isEnabled());
        forward->trigger();
        forward->trigger();
        QVERIFY(!forward->isEnabled());
    }

    void tabsArePulledOutClosedAndOpenedAgain()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&window));
        window.open({ui::PageKind::Journal, {}, {}});
        window.open({ui::PageKind::Events, {}, {}});
        auto* bar = window.tabs().tabBar();
        const auto middleOf = [&](int tab) { return bar->tabRect(tab).center(); };
        const int tabs = window.tabs().count();
        QTest::mousePress(bar, Qt::LeftButton, {}, middleOf(tabs - 1));
        QTest::mouseMove(bar, middleOf(tabs - 1) + QPoint(0, 20));
        QCOMPARE(window.tabs().count(), tabs);
        QTest::mouseMove(bar, middleOf(tabs - 1) + QPoint(0, 150));
        QCOMPARE(window.tabs().count(), tabs - 1);
        const auto docks = window.findChildren<QDockWidget*>(QRegularExpression(QStringLiteral("^page-")));
        QCOMPARE(docks.size(), 1);
        QVERIFY(docks.first()->isFloating());
        QTest::mouseClick(bar, Qt::MiddleButton, {}, middleOf(tabs - 2));
        QCOMPARE(window.tabs().count(), tabs - 2);
        window.actionSet().get(QLatin1String("reopen-tab"))->trigger();
        QVERIFY(window.currentPage()->id().kind == ui::PageKind::Journal);
        window.actionSet().get(QLatin1String("close-other-tabs"))->trigger();
        QCOMPARE(window.tabs().count(), 1);
    }

    void connectionsShareAWindow()
    {
        const auto named = [](const std::string& name) {
            auto engine = support::sampleEngine();
            engine->edit([&](core::engine::Snapshot& snapshot) {
                snapshot.connection.name = name;
                snapshot.connection.embedded = false;
                snapshot.connection.production = false;
            });
            return engine;
        };
        QStringList asked;
        ui::SessionHost host([&](const QStringList& arguments, QWidget*, auto done) {
            asked.append(arguments.join(u' '));
            if (arguments.last() == QLatin1String("broken"))
                return done(core::fail(core::Error::Code::Unavailable, "nobody answers"));
            done(std::unique_ptr<core::engine::Engine>(named(arguments.last().toStdString())));
        });
        auto& first = host.add(named("eu"), {QStringLiteral("--context"), QStringLiteral("eu")});
        first.restoreSession();
        host.resize(1200, 800);
        host.show();
        host.open({QStringLiteral("--context"), QStringLiteral("staging")});
        QCOMPARE(host.count(), 2);
        auto* second = host.current();
        QVERIFY(second != &first && second->isVisible() && !first.isVisible());
        QCOMPARE(second->environment(), ui::Environment::Staging);
        second->open({ui::PageKind::Journal, {}, {}});
        // The first stands in the second's list, with what it is worst in, and comes to the front by a key.
        auto* list = second->findChild<QTreeWidget*>(QStringLiteral("connections"));
        QTRY_COMPARE(list->topLevelItemCount(), 2);
        QCOMPARE(list->topLevelItem(1)->text(0), QStringLiteral("eu"));
        QVERIFY(list->topLevelItem(1)->toolTip(0).contains(QStringLiteral("Degraded")));
        list->setFocus();
        list->setCurrentItem(list->topLevelItem(1));
        QTest::keyClick(list, Qt::Key_Return);
        QCOMPARE(host.current(), &first);
        QVERIFY(host.windowTitle().contains(QStringLiteral("eu")));
        // Each has its own pages.
        QVERIFY(first.currentPage()->id().kind == ui::PageKind::Applications);
        host.open({QStringLiteral("--context"), QStringLiteral("staging")});
        QCOMPARE(host.count(), 2);
        QCOMPARE(asked.size(), 1);
        QVERIFY(host.current()->currentPage()->id().kind == ui::PageKind::Journal);
        // What cannot be reached is said where the user is.
        host.open({QStringLiteral("--context"), QStringLiteral("broken")});
        QCOMPARE(host.count(), 2);
        QVERIFY(host.current()->findChild<ui::ErrorStrip*>()->details().contains(QStringLiteral("nobody answers")));
        host.close();
        const auto pagesOf = [](const char* name) {
            const QByteArray arguments = QByteArray("--context ") + name;
            return ui::settings()
                ->value(QStringLiteral("windows/%1/pages").arg(QLatin1String(arguments.toHex())))
                .toStringList();
        };
        QVERIFY(pagesOf("staging").contains(QStringLiteral("pilothouse://journal")));
        QVERIFY(!pagesOf("eu").contains(QStringLiteral("pilothouse://journal")));
        ui::settings()->remove(QStringLiteral("windows"));
        ui::settings()->remove(QStringLiteral("connect"));
    }

    void aConnectionIsMarkedAsTheUserSays()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        auto* bar = window.findChild<QToolBar*>(QStringLiteral("tools"));
        window.actionSet().get(QLatin1String("env-production"))->trigger();
        QVERIFY(bar->property("pilothouseProduction").toBool());
        QCOMPARE(window.environment(), ui::Environment::Production);
        window.actionSet().get(QLatin1String("env-staging"))->trigger();
        QVERIFY(!bar->property("pilothouseProduction").toBool());
        ui::MainWindow again(*m_engine);
        QCOMPARE(again.environment(), ui::Environment::Staging);
        QVERIFY(again.actionSet().get(QLatin1String("env-staging"))->isChecked());
        ui::settings()->remove(QStringLiteral("environments"));
    }

    void theStatusTellsHowFarTheClusterIs()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        window.askForLatency();
        auto* text = window.findChild<QLabel*>(QStringLiteral("statusConnection"));
        QTRY_VERIFY2(text->text().contains(QStringLiteral("ms")), qPrintable(text->text()));
        QCOMPARE(ui::plain(window.findChild<QLabel*>(QStringLiteral("statusOffline"))->text()),
                 QStringLiteral("offline: none"));
        m_engine->edit([](core::engine::Snapshot& snapshot) {
            snapshot.clusters = {{"far", "https://far", core::engine::Connection::State::Offline, "no route"},
                                 {"near", "https://near", core::engine::Connection::State::Connected, {}}};
        });
        QTRY_COMPARE(ui::plain(window.findChild<QLabel*>(QStringLiteral("statusOffline"))->text()),
                     QStringLiteral("offline: far"));
        m_engine->edit([](core::engine::Snapshot& snapshot) { snapshot.clusters.clear(); });
        auto* readOnly = window.findChild<QToolButton*>(QStringLiteral("statusReadOnly"));
        QVERIFY(readOnly->text().contains(QStringLiteral("off")));
        QTest::mouseClick(readOnly, Qt::LeftButton);
        QTRY_VERIFY(readOnly->text().contains(QStringLiteral("on")));
        QTest::mouseClick(readOnly, Qt::LeftButton);
        QTRY_VERIFY(readOnly->text().contains(QStringLiteral("off")));
    }

    void palettesOfOnesOwn()
    {
        auto& theme = ui::Theme::instance();
        theme.setMode(ui::Theme::Mode::Light);
        const QColor before = theme.color(ui::Token::Accent);
        QWidget parent;
        auto* dialog = new ui::ColoursDialog(&parent);
        dialog->create(QStringLiteral("mine / لي"));
        QVERIFY(dialog->edited().has_value());
        auto* list = dialog->findChild<QTreeWidget*>(QStringLiteral("colours"));
        const auto item = [&] { return list->topLevelItem(static_cast<int>(ui::Token::Accent)); };
        item()->setText(1, QStringLiteral("#804000"));
        QCOMPARE(theme.color(ui::Token::Accent), QColor(0x80, 0x40, 0x00)); // at once
        item()->setText(1, QStringLiteral("no colour"));
        QCOMPARE(theme.color(ui::Token::Accent), QColor(0x80, 0x40, 0x00));
        item()->setText(1, QStringLiteral("#ffffee")); // cannot be read on white
        QVERIFY2(item()->text(2).contains(QStringLiteral("at least")), qPrintable(item()->text(2)));
        const QString file = m_home.filePath(QStringLiteral("out.json"));
        QVERIFY(dialog->exportTo(file));
        // Another scheme is as it was; the next start brings it back.
        theme.setMode(ui::Theme::Mode::Dark);
        QCOMPARE(theme.color(ui::Token::Accent), ui::tokenColor(ui::Scheme::Dark, ui::Token::Accent));
        theme.setMode(ui::Theme::Mode::Light);
        ui::setTokenColors(ui::Scheme::Light, {});
        ui::restoreCustomPalettes();
        QCOMPARE(theme.color(ui::Token::Accent), QColor(0xff, 0xff, 0xee));
        dialog->choose({});
        QCOMPARE(theme.color(ui::Token::Accent), before);
        ui::removeCustomPalette(QStringLiteral("mine / لي"));
        QVERIFY(ui::customPaletteNames().isEmpty());
        QVERIFY(dialog->importFrom(file));
        QCOMPARE(theme.color(ui::Token::Accent), QColor(0xff, 0xff, 0xee));
        QVERIFY(!ui::paletteFromJson("{\"name\":\"x\",\"base\":\"light\",\"colors\":{\"Nope\":\"#fff\"}}"));
        QVERIFY(!ui::paletteFromJson("{\"name\":\"x\",\"base\":\"pink\"}"));
        ui::removeCustomPalette(QStringLiteral("mine / لي"));
        theme.setMode(ui::Theme::Mode::Auto);
    }

    void theDesktopEntryLeadsHere()
    {
        const QString path = QStringLiteral(SOURCE_DIR "/packaging/io.pilothouse.Pilothouse.desktop");
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(file.readAll());
        QVERIFY(text.contains(QStringLiteral("x-scheme-handler/pilothouse;")));
        QVERIFY(text.contains(QStringLiteral("Exec=pilothouse %u")));
        static const QRegularExpression link(QStringLiteral("pilothouse://[^\"\\n]+"));
        auto found = link.globalMatch(text);
        QVERIFY(found.hasNext());
        while (found.hasNext()) {
            const QString one = found.next().captured();
            QVERIFY2(ui::parseDeepLink(one), qPrintable(one));
        }
    }

    void notificationsOfferWhatCanBeDone()
    {
        ui::Alert decision;
        decision.rollout = true;
        QVERIFY(ui::DesktopAlerts::actionsOf(decision).contains(QStringLiteral("promote")));
        ui::Alert failed;
        failed.operation = true;
        QVERIFY(ui::DesktopAlerts::actionsOf(failed).contains(QStringLiteral("plan")));
        QVERIFY(!ui::DesktopAlerts::actionsOf(failed).contains(QStringLiteral("promote")));
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        const auto& rollout = *m_engine->snapshot()->rollouts.front();
        decision.app = support::sampleApp();
        decision.object = rollout.key;
        emit window.alerts().actionRequested(decision, QStringLiteral("promote"));
        QTRY_VERIFY2(m_engine->commands().back().find("promote") != std::string::npos,
                     m_engine->commands().back().c_str());
        // What could be regretted is asked for in the window.
        emit window.alerts().actionRequested(decision, QStringLiteral("abort"));
        auto* dialog = window.findChild<QDialog*>(QStringLiteral("askDialog"));
        QVERIFY(dialog != nullptr);
        dialog->reject();
    }

    void manyAlertsAtOnceAreToldTogether()
    {
        ui::AlertFinder finder;
        auto snapshot = support::sampleSnapshot();
        QVERIFY(finder.next(snapshot).empty());
        auto problems = *snapshot.problems;
        for (int i = 0; i < 20; ++i)
            problems.push_back({core::engine::Problem::Severity::Bad, "ranker", support::key("Pod", std::to_string(i)),
                                "crashes", "", "", 0, false});
        snapshot.problems = std::make_shared<const std::vector<core::engine::Problem>>(problems);
        const auto told = finder.next(snapshot);
        QCOMPARE(told.size(), std::size_t {4});
        QVERIFY2(told.back().title.contains(QStringLiteral("17")), qPrintable(told.back().title));
        QVERIFY(told.back().bad);
    }

    void whatRunsCanBeEnded()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* tabs = window.findChild<QTabBar*>(QStringLiteral("bottomTabs"));
        auto* button = window.findChild<QToolButton*>(QStringLiteral("cancelOperation"));
        tabs->setCurrentIndex(1);
        QVERIFY(button->isVisible() && !button->isEnabled());
        auto* list = window.findChild<QTreeView*>(QStringLiteral("operations"));
        const auto text = [list](int row) {
            return ui::plain(list->model()->index(row, ui::FeedModel::Text).data().toString());
        };
        // What a page of this window is at ...
        m_engine->plansTakeLong = true;
        window.open({ui::PageKind::Plan, {}, {}});
        QTRY_VERIFY2(text(0).startsWith(QStringLiteral("Planning ")), qPrintable(text(0)));
        list->setCurrentIndex(list->model()->index(0, 0));
        list->setFocus();
        QVERIFY(button->isEnabled());
        QTest::keyClick(list, Qt::Key_Delete);
        QTRY_VERIFY2(!text(0).startsWith(QStringLiteral("Planning ")), qPrintable(text(0)));
        m_engine->plansTakeLong = false;
        // ... and a sync of the cluster's.
        int row = 0;
        while (row < list->model()->rowCount() && !text(row).startsWith(QStringLiteral("Running")))
            ++row;
        QVERIFY(row < list->model()->rowCount());
        list->setCurrentIndex(list->model()->index(row, 0));
        QTest::mouseClick(button, Qt::LeftButton);
        QTRY_VERIFY(m_engine->commands().back().starts_with("terminate "));
        ui::workers().waitForDone();
    }

    void layoutsAreKeptByName()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        auto* left = window.findChild<QDockWidget*>(QStringLiteral("connectionsPanel"));
        auto* bottom = window.findChild<QDockWidget*>(QStringLiteral("listsPanel"));
        window.actionSet().get(QLatin1String("layout-review"))->trigger();
        QVERIFY(!left->isVisible());
        QVERIFY(!bottom->isVisible());
        left->show();
        window.actionSet().get(QLatin1String("save-layout"))->trigger();
        auto* dialog = window.findChild<QInputDialog*>(QStringLiteral("layoutName"));
        QVERIFY(dialog != nullptr);
        dialog->setTextValue(QStringLiteral("mine / عربي"));
        dialog->accept();
        QCOMPARE(ui::layoutNames(), QStringList {QStringLiteral("mine / عربي")});
        window.actionSet().get(QLatin1String("layout-triage"))->trigger();
        QVERIFY(bottom->isVisible());
        window.applyLayout(QStringLiteral("mine / عربي"));
        QVERIFY(left->isVisible());
        QVERIFY(!bottom->isVisible());
        ui::removeLayout(QStringLiteral("mine / عربي"));
        QVERIFY(ui::layoutNames().isEmpty());
    }

    void manyTabsScrollInsteadOfShrinkingToDots()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.resize(1100, 700);
        window.show();
        const auto app = support::sampleApp();
        for (const auto kind : {ui::PageKind::Tree, ui::PageKind::Diff, ui::PageKind::Plan, ui::PageKind::Canary,
                                ui::PageKind::History, ui::PageKind::Logs, ui::PageKind::Editor})
            window.open({kind, app, {}});
        const auto* bar = window.tabs().tabBar();
        for (int i = 0; i < bar->count(); ++i)
            QVERIFY2(bar->tabRect(i).width() >= std::min(100, bar->fontMetrics().horizontalAdvance(bar->tabText(i))),
                     qPrintable(bar->tabText(i)));
        QVERIFY(bar->rect().intersects(bar->tabRect(bar->currentIndex())));
    }

    void aTabMovesBesideAndBack()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        const int before = window.tabs().count();
        window.open({ui::PageKind::Journal, {}, {}});
        auto* page = window.currentPage();
        window.actionSet().get(QLatin1String("split-tab"))->trigger();
        QCOMPARE(window.tabs().count(), before);
        QVERIFY(page->isVisible());
        auto* dock = qobject_cast<QDockWidget*>(page->parentWidget());
        QVERIFY(dock != nullptr);
        window.open({ui::PageKind::Journal, {}, {}}); // is there already
        QCOMPARE(window.tabs().count(), before);
        dock->close();
        QCOMPARE(window.tabs().count(), before + 1);
        QCOMPARE(window.currentPage(), page);
    }

    void keysAreGivenAndTaken()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        auto* refresh = window.actionSet().get(QLatin1String("refresh"));
        auto* plan = window.actionSet().get(QLatin1String("plan"));
        window.actionSet().get(QLatin1String("shortcuts"))->trigger();
        auto* dialog = window.findChild<QDialog*>(QStringLiteral("shortcutsDialog"));
        QVERIFY(dialog != nullptr);
        auto* list = dialog->findChild<QTreeWidget*>(QStringLiteral("shortcutList"));
        list->setCurrentItem(list->findItems(QStringLiteral("Refresh"), Qt::MatchExactly).first());
        auto* keys = dialog->findChild<QKeySequenceEdit*>(QStringLiteral("shortcutKeys"));
        keys->setKeySequence(plan->shortcut());
        QVERIFY(
            dialog->findChild<QLabel*>(QStringLiteral("shortcutConflict"))->text().contains(QStringLiteral("Plan")));
        dialog->findChild<QPushButton*>(QStringLiteral("shortcutAssign"))->click();
        QCOMPARE(refresh->shortcut(), QKeySequence(QStringLiteral("Ctrl+P")));
        QVERIFY(plan->shortcut().isEmpty());
        ui::MainWindow second(*m_engine); // it is kept
        QCOMPARE(second.actionSet().get(QLatin1String("refresh"))->shortcut(), QKeySequence(QStringLiteral("Ctrl+P")));
        dialog->findChild<QPushButton*>(QStringLiteral("shortcutReset"))->click();
        QCOMPARE(refresh->shortcut(), QKeySequence(QStringLiteral("F5")));
        ui::resetShortcut(*plan);
        QCOMPARE(plan->shortcut(), QKeySequence(QStringLiteral("Ctrl+P")));
    }

    void keysOfPagesAreKeptByKind()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.open({ui::PageKind::Diff, support::sampleApp(), {}});
        auto* next = window.currentPage()->findChild<QAction*>(QStringLiteral("nextChange"));
        QCOMPARE(ui::shortcutId(*next), QStringLiteral("diff.nextChange"));
        ui::storeShortcut(*next, QKeySequence(QStringLiteral("J")));
        window.open({ui::PageKind::Diff, {"argocd", "embeddings"}, {}});
        auto* other = window.currentPage()->findChild<QAction*>(QStringLiteral("nextChange"));
        QVERIFY(other != next);
        QCOMPARE(other->shortcut(), QKeySequence(QStringLiteral("J")));
        ui::resetShortcut(*next);
    }

    void onlyWhatIsNewIsTold()
    {
        ui::AlertFinder finder;
        auto snapshot = support::sampleSnapshot();
        QVERIFY(finder.next(snapshot).empty()); // as found at the start
        auto problems = *snapshot.problems;
        problems.push_back({core::engine::Problem::Severity::Advice, "ranker", support::key("Rollout", "ranker"),
                            "waits for a promotion", "", "", 0, true});
        problems.push_back(
            {core::engine::Problem::Severity::Warning, "ranker", std::nullopt, "no limit is set", "", "", 0, false});
        snapshot.problems = std::make_shared<const std::vector<core::engine::Problem>>(problems);
        const auto told = finder.next(snapshot);
        QCOMPARE(told.size(), std::size_t {1});
        QVERIFY(told.front().needsDecision);
        QCOMPARE(told.front().app, (core::engine::AppId {"argocd", "ranker"}));
        QVERIFY(finder.next(snapshot).empty());
    }

    void theTrayCarriesTheWorstState()
    {
        auto snapshot = support::sampleSnapshot();
        QCOMPARE(ui::worstState(snapshot), ui::Glyph::Degraded);
        snapshot.connection.state = core::engine::Connection::State::Offline;
        QCOMPARE(ui::worstState(snapshot), ui::Glyph::Unknown);
        QCOMPARE(ui::worstState(support::emptySnapshot()), ui::Glyph::Healthy);
        ui::DesktopAlerts first(nullptr);
        first.setSnapshot(support::emptySnapshot());
        QCOMPARE(ui::DesktopAlerts::worstOfAll(), ui::Glyph::Healthy);
        {
            ui::DesktopAlerts second(nullptr);
            second.setSnapshot(snapshot);
            QCOMPARE(ui::DesktopAlerts::worstOfAll(), ui::Glyph::Unknown);
            second.setSnapshot(support::sampleSnapshot());
            QCOMPARE(ui::DesktopAlerts::worstOfAll(), ui::Glyph::Degraded);
        }
        QCOMPARE(ui::DesktopAlerts::worstOfAll(), ui::Glyph::Healthy);
    }

    void decisionsAreTakenFromTheInbox()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        window.actionSet().get(QLatin1String("open-decisions"))->trigger();
        QVERIFY(window.currentPage()->id().kind == ui::PageKind::Problems);
        auto* list = window.currentPage()->findChild<QTreeView*>(QStringLiteral("list"));
        QVERIFY(list->model()->rowCount() > 0);
        QVERIFY(list->model()->rowCount() < static_cast<int>(m_engine->snapshot()->problems->size()));
        list->setFocus();
        list->setCurrentIndex(list->model()->index(0, 0));
        QTest::keyClick(list, Qt::Key_Return);
        // A decision without a file is looked at where it stands.
        const auto& problems = *m_engine->snapshot()->problems;
        const auto first = std::ranges::find_if(problems, &core::engine::Problem::needsDecision);
        QTRY_COMPARE(window.currentApp().name, first->application);
    }

    void fuzzyPrefersTheStart()
    {
        QVERIFY(!ui::fuzzyScore(QStringLiteral("xyz"), QStringLiteral("Sync")).has_value());
        QVERIFY(*ui::fuzzyScore(QStringLiteral("sy"), QStringLiteral("Sync"))
                > *ui::fuzzyScore(QStringLiteral("sy"), QStringLiteral("Automated sync")));
        QVERIFY(ui::fuzzyScore(QStringLiteral("rb"), QStringLiteral("Roll back")).has_value());
    }

    void languageSwitchesAndMirrors()
    {
        ui::MainWindow window(*m_engine);
        window.restoreSession();
        window.show();
        auto* left = window.findChild<QDockWidget*>(QStringLiteral("connectionsPanel"));
        QCOMPARE(window.dockWidgetArea(left), Qt::LeftDockWidgetArea);
        QCOMPARE(window.actionSet().get(QLatin1String("sync"))->text(), QStringLiteral("Sync"));
        ui::setLanguage(QStringLiteral("ar"));
        QTRY_COMPARE(window.actionSet().get(QLatin1String("sync"))->text(), QStringLiteral("مزامنة"));
        QCOMPARE(window.layoutDirection(), Qt::RightToLeft);
        QCOMPARE(window.dockWidgetArea(left), Qt::RightDockWidgetArea);
        QCOMPARE(window.currentPage()->title(), QStringLiteral("التطبيقات"));
        ui::setLanguage(QStringLiteral("en"));
        QTRY_COMPARE(window.dockWidgetArea(left), Qt::LeftDockWidgetArea);
    }

    void nothingIsUntranslated()
    {
        QFile file(QStringLiteral(SOURCE_DIR "/resources/translations/pilothouse_ar.ts"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QXmlStreamReader reader(&file);
        QString source;
        int messages = 0;
        while (!reader.atEnd()) {
            reader.readNext();
            if (!reader.isStartElement())
                continue;
            if (reader.name() == QLatin1String("source")) {
                source = reader.readElementText();
                ++messages;
            } else if (reader.name() == QLatin1String("translation")) {
                QVERIFY2(reader.attributes().value(QLatin1String("type")) != QLatin1String("unfinished"),
                         qPrintable(source));
                const QString text = reader.readElementText(QXmlStreamReader::IncludeChildElements).trimmed();
                QVERIFY2(!text.isEmpty(), qPrintable(source));
                QCOMPARE(text.contains(QLatin1String("%1")), source.contains(QLatin1String("%1")));
            }
        }
        QVERIFY(messages > 300);
    }

    void contrastOfEveryScheme()
    {
        const auto luminance = [](const QColor& colour) {
            const auto part = [](double c) { return c <= 0.03928 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4); };
            return 0.2126 * part(colour.redF()) + 0.7152 * part(colour.greenF()) + 0.0722 * part(colour.blueF());
        };
        const auto contrast = [&](const QColor& a, const QColor& b) {
            const double x = luminance(a) + 0.05;
            const double y = luminance(b) + 0.05;
            return std::max(x, y) / std::min(x, y);
        };
        using ui::Token;
        for (int i = 0; i < static_cast<int>(ui::Scheme::Count); ++i) {
            const auto scheme = static_cast<ui::Scheme>(i);
            for (const auto token : {Token::Text, Token::Muted, Token::Accent, Token::Ok, Token::Warn, Token::Bad,
                                     Token::Progress, Token::Suspended, Token::Unknown}) {
                for (const auto ground : {Token::Bg, Token::Surface, Token::Raised}) {
                    const double value = contrast(ui::tokenColor(scheme, token), ui::tokenColor(scheme, ground));
                    QVERIFY2(
                        value >= 4.5,
                        qPrintable(
                            QStringLiteral("scheme %1 token %2: %3").arg(i).arg(static_cast<int>(token)).arg(value)));
                }
            }
        }
    }

    void feedInsertsAtTheFront()
    {
        ui::FeedModel model;
        const QAbstractItemModelTester tester(&model);
        auto rows = ui::eventRows(support::sampleSnapshot());
        model.setRows(std::vector<ui::FeedRow>(rows.begin() + 2, rows.end()));
        const QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        const QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        model.setRows(rows);
        QCOMPARE(inserted.count(), 1);
        QCOMPARE(reset.count(), 0);
        QCOMPARE(model.rowCount(), 4);
        model.setRows({});
        QCOMPARE(model.rowCount(), 0);
    }

    void isolatesKeepDirections()
    {
        QCOMPARE(ui::plain(ui::isolate(QStringLiteral("a")) + ui::ltr(QStringLiteral(">= 1"))),
                 QStringLiteral("a>= 1"));
        ui::setDigits(ui::Digits::ArabicIndic);
        QCOMPARE(ui::number(qint64 {42}), QStringLiteral("٤٢"));
        ui::setDigits(ui::Digits::Western);
        QCOMPARE(ui::number(qint64 {12345}), QStringLiteral("12,345"));
    }

private:
    QTemporaryDir m_home;
    std::unique_ptr<support::FakeEngine> m_engine;
};

QTEST_MAIN(TestShell)
#include "tst_shell.moc"
