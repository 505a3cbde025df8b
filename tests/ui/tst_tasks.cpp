// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The ten tasks of the console's design (page 12), each by keyboard alone in the real window.
#include "support/fake_engine.h"
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/shell/actions.h"
#include "ui/shell/application.h"
#include "ui/shell/main_window.h"
#include "ui/shell/palette.h"

#include <QAction>
#include <QDialog>
#include <QFileDialog>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTreeView>
#include <QtTest>

#include <algorithm>

namespace {

namespace eng = core::engine;

/// A window that is worked by keys only.
class Desk
{
public:
    explicit Desk(std::unique_ptr<support::FakeEngine> given = support::sampleEngine())
        : engine(std::move(given))
        , window(std::make_unique<ui::MainWindow>(*engine))
    {
        ui::settings()->remove(QStringLiteral("window"));
        ui::settings()->remove(QStringLiteral("apps"));
        window->restoreSession();
        window->resize(1400, 900);
        window->show();
        window->activateWindow();
        (void)QTest::qWaitForWindowActive(window.get());
    }
    ~Desk()
    {
        window.reset();
        ui::workers().waitForDone();
    }
    Desk(const Desk&) = delete;
    Desk& operator=(const Desk&) = delete;

    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        ++keys;
        QWidget* target = QApplication::focusWidget() != nullptr ? QApplication::focusWidget() : window.get();
        QTest::keyClick(target, key, modifiers);
    }
    void type(const QString& text)
    {
        keys += static_cast<int>(text.size());
        for (const QChar c : text) // keyClicks() knows Latin keyboards only
            QTest::sendKeyEvent(QTest::Click, QApplication::focusWidget(), Qt::Key_unknown, QString(c), Qt::NoModifier);
    }
    /// Through the palette, as a person who forgot the keys would.
    void run(const QString& words)
    {
        key(Qt::Key_K, Qt::ControlModifier);
        QVERIFY(window->commandPalette().isVisible());
        type(words);
        key(Qt::Key_Return);
    }
    [[nodiscard]] bool asked(const std::string& start) const
    {
        const auto all = engine->commands();
        return std::ranges::any_of(all, [&](const std::string& one) { return one.starts_with(start); });
    }
    template<class W>
    [[nodiscard]] W* find(const char* name) const
    {
        return window->currentPage()->template findChild<W*>(QLatin1String(name));
    }
    /// Some visible label of the window says it.
    [[nodiscard]] bool says(const QString& words) const
    {
        const auto labels = window->findChildren<QLabel*>();
        return std::ranges::any_of(labels, [&](const QLabel* label) {
            return label->isVisible() && ui::plain(label->text()).contains(words);
        });
    }

    std::unique_ptr<support::FakeEngine> engine;
    std::unique_ptr<ui::MainWindow> window;
    int keys = 0;
};

} // namespace

class TestTasks : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        qputenv("PILOTHOUSE_HOME", m_home.path().toUtf8());
        ui::setupApplication(*qApp);
        ui::setLanguage(QStringLiteral("en"));
    }
    void cleanup() { ui::setLanguage(QStringLiteral("en")); }

    void findADegradedPodAndReadItsLog()
    {
        Desk desk;
        desk.run(QStringLiteral("inference-v2-x7k"));
        desk.key(Qt::Key_7, Qt::ControlModifier);
        QTRY_VERIFY(desk.window->currentPage()->id().kind == ui::PageKind::Logs);
        QCOMPARE(desk.window->currentPage()->id().argument, QStringLiteral("ml-serving/inference-v2-x7k"));
    }

    void seeWhyItIsOutOfSync()
    {
        Desk desk;
        desk.run(QStringLiteral("llm-service"));
        desk.key(Qt::Key_3, Qt::ControlModifier);
        QTRY_VERIFY(desk.window->currentPage()->id().kind == ui::PageKind::Diff);
        auto* table = desk.find<QTableView>("fieldChanges");
        QTRY_VERIFY(table->model()->rowCount() > 0);
        const auto why = table->model()->index(0, 3).data().toString();
        QCOMPARE(ui::plain(why), QStringLiteral("changed in Git"));
    }

    void compareABranchWithTheCluster()
    {
        Desk desk;
        desk.engine->comparison = desk.engine->diffs.at(support::sampleApp());
        desk.run(QStringLiteral("llm-service"));
        desk.key(Qt::Key_3, Qt::ControlModifier);
        QTRY_VERIFY(desk.find<QListView>("diffResources")->currentIndex().isValid());
        desk.key(Qt::Key_D);
        QTRY_VERIFY(desk.window->findChild<QInputDialog*>(QStringLiteral("revisionDialog")) != nullptr);
        QTRY_VERIFY(qobject_cast<QLineEdit*>(QApplication::focusWidget()) != nullptr);
        desk.type(QStringLiteral("feature/x"));
        desk.key(Qt::Key_Return);
        QTRY_VERIFY(desk.asked("compare live argocd/llm-service with argocd/llm-service@feature/x"));
    }

    void rollBackWithAReason()
    {
        Desk desk;
        desk.engine->edit([](eng::Snapshot& snapshot) { // a sync that runs would be in the way
            for (auto& app : snapshot.applications) {
                auto copy = std::make_shared<eng::Application>(*app);
                copy->operation = {};
                app = copy;
            }
        });
        desk.run(QStringLiteral("llm-service"));
        desk.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
        QTRY_VERIFY(desk.window->currentPage()->id().kind == ui::PageKind::History);
        auto* list = desk.find<QListView>("historyView");
        auto* back = desk.find<QAction>("rollBackAction");
        QTRY_VERIFY(list->model()->rowCount() > 1);
        list->setFocus(Qt::TabFocusReason);
        desk.key(Qt::Key_Home);
        for (int i = 0; i < list->model()->rowCount() && !back->isEnabled(); ++i)
            desk.key(Qt::Key_Down);
        desk.key(Qt::Key_Return);
        QTRY_VERIFY(desk.window->currentPage()->id().kind == ui::PageKind::Plan);
        auto* run = desk.find<QPushButton>("run");
        QTRY_VERIFY(run->isEnabled());
        desk.find<QLineEdit>("reason")->setFocus(Qt::TabFocusReason);
        desk.type(QStringLiteral("too slow"));
        desk.key(Qt::Key_Return, Qt::ControlModifier); // the plan's here, not the window's Sync
        QVERIFY(!desk.asked("sync "));
        auto* dialog = desk.window->findChild<QDialog*>(QStringLiteral("askDialog"));
        QVERIFY(dialog != nullptr);
        QTRY_VERIFY(dialog->isAncestorOf(QApplication::focusWidget()));
        desk.type(QStringLiteral("llm-service"));
        for (int i = 0; i < 4 && QApplication::focusWidget()->objectName() != QLatin1String("askGo"); ++i)
            desk.key(Qt::Key_Tab);
        desk.key(Qt::Key_Space);
        QTRY_VERIFY(desk.asked("rollback argocd/llm-service to "));
        QVERIFY(desk.engine->commands().back().ends_with("because too slow"));
    }

    void pauseACanary()
    {
        Desk desk;
        desk.engine->edit([](eng::Snapshot& snapshot) {
            for (auto& rollout : snapshot.rollouts) {
                auto copy = std::make_shared<eng::Rollout>(*rollout);
                copy->paused = false;
                copy->phase = "Progressing";
                rollout = copy;
            }
        });
        desk.run(QStringLiteral("llm-service"));
        QTRY_VERIFY(desk.window->actionSet().get(QLatin1String("pause"))->isEnabled());
        desk.run(QStringLiteral("Pause"));
        QTRY_VERIFY(desk.asked("act Rollout/ml-serving/inference-rollout pause"));
    }

    void readWhyACanaryWasAborted()
    {
        Desk desk;
        desk.engine->edit([](eng::Snapshot& snapshot) {
            for (auto& rollout : snapshot.rollouts) {
                auto copy = std::make_shared<eng::Rollout>(*rollout);
                copy->aborted = true;
                copy->phase = "Degraded";
                copy->abortCauses = {
                    "metric success-rate of run-1 is Failed: 2 of 5 measurements failed, the limit is 1"};
                rollout = copy;
            }
        });
        desk.run(QStringLiteral("llm-service"));
        desk.key(Qt::Key_4, Qt::ControlModifier);
        QTRY_VERIFY(desk.window->currentPage()->id().kind == ui::PageKind::Canary);
        QTRY_VERIFY(desk.says(QStringLiteral("success-rate")));
    }

    void seeWhoHoldsTheGpus()
    {
        Desk desk;
        desk.run(QStringLiteral("GPUs"));
        QTRY_VERIFY(desk.window->currentPage()->id().kind == ui::PageKind::Gpus);
        QVERIFY(desk.window->currentPage()->isVisible());
    }

    void exportAReview()
    {
        Desk desk;
        const QTemporaryDir folder;
        desk.run(QStringLiteral("llm-service"));
        desk.key(Qt::Key_3, Qt::ControlModifier);
        QTRY_VERIFY(desk.find<QListView>("diffResources")->currentIndex().isValid());
        desk.run(QStringLiteral("Export the diff"));
        auto* dialog = desk.window->findChild<QFileDialog*>(QStringLiteral("exportDialog"));
        QVERIFY(dialog != nullptr);
        QTRY_VERIFY(qobject_cast<QLineEdit*>(QApplication::focusWidget()) != nullptr);
        desk.key(Qt::Key_A, Qt::ControlModifier);
        const QString path = folder.path() + QStringLiteral("/review.html");
        desk.type(path);
        desk.key(Qt::Key_Return);
        QTRY_VERIFY(QFile::exists(path));
        QFile file(path);
        QTRY_VERIFY(file.size() > 0);
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(file.readAll().contains("inference-rollout"));
    }

    void restartManyAtOnce()
    {
        auto engine = support::sampleEngine();
        engine->edit([](eng::Snapshot& snapshot) {
            snapshot.applications = support::manyApplications(50).applications;
            const auto first = *snapshot.rollouts.front();
            snapshot.rollouts.clear();
            for (const auto& app : snapshot.applications) {
                auto rollout = std::make_shared<eng::Rollout>(first);
                rollout->application = app->name;
                rollout->key.name = app->name;
                rollout->kserve = false;
                snapshot.rollouts.push_back(rollout);
            }
        });
        Desk desk(std::move(engine));
        desk.key(Qt::Key_1, Qt::ControlModifier);
        desk.find<QTreeView>("appTable")->setFocus(Qt::TabFocusReason);
        desk.key(Qt::Key_A, Qt::ControlModifier);
        desk.run(QStringLiteral("Restart the rollouts"));
        auto* reason = desk.window->findChild<QLineEdit*>(QStringLiteral("askReason"));
        QVERIFY(reason != nullptr);
        QTRY_VERIFY(reason->hasFocus());
        desk.type(QStringLiteral("new certificates"));
        desk.key(Qt::Key_Return);
        const auto restarted = [&] {
            const auto all = desk.engine->commands();
            return std::ranges::count_if(
                all, [](const std::string& one) { return one.ends_with("restart because new certificates"); });
        };
        QTRY_COMPARE(restarted(), 50);
    }

    void switchToArabic()
    {
        Desk desk;
        desk.run(QStringLiteral("العربية"));
        QTRY_COMPARE(desk.window->layoutDirection(), Qt::RightToLeft);
        QCOMPARE(desk.window->currentPage()->title(), QStringLiteral("التطبيقات"));
    }

private:
    QTemporaryDir m_home;
};

QTEST_MAIN(TestTasks)
#include "tst_tasks.moc"
