// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every view: reasons in the window's language, names for screen readers.
#include "support/fake_engine.h"
#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/run_task.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/plan/fleet_plan_page.h"
#include "ui/shell/application.h"
#include "ui/shell/main_window.h"

#include <QAbstractItemModelTester>
#include <QAbstractScrollArea>
#include <QAccessible>
#include <QDialog>
#include <QLabel>
#include <QLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QTemporaryDir>
#include <QTextEdit>
#include <QToolButton>
#include <QVBoxLayout>
#include <QtTest>

class TestConsole : public QObject
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

    void reasonsFollowTheLanguage_data()
    {
        QTest::addColumn<QString>("english");
        QTest::addColumn<QStringList>("kept"); // values that stay as they are
        QTest::newRow("plain") << "changed in Git" << QStringList();
        QTest::newRow("one value") << "changed live by kubectl-edit" << QStringList {QStringLiteral("kubectl-edit")};
        QTest::newRow("many values")
            << "metric success-rate of run-1 is Failed: 2 of 5 measurements failed, the limit is 1"
            << (QStringList {QStringLiteral("success-rate"), QStringLiteral("run-1")});
        QTest::newRow("a window") << "held by the deny window '0 22 * * *' for 8h in Europe/Berlin"
                                  << (QStringList {QStringLiteral("0 22 * * *"), QStringLiteral("Europe/Berlin")});
        QTest::newRow("a sentence within") << "The last sync failed: waiting for healthy state of Deployment/x"
                                           << QStringList {QStringLiteral("Deployment/x")};
    }
    void reasonsFollowTheLanguage()
    {
        QFETCH(QString, english);
        QFETCH(QStringList, kept);
        QCOMPARE(ui::plain(ui::reasonText(english.toStdString())), english);
        ui::setLanguage(QStringLiteral("ar"));
        const QString arabic = ui::plain(ui::reasonText(english.toStdString()));
        QVERIFY2(arabic != english, qPrintable(arabic));
        for (const QString& value : kept)
            QVERIFY2(arabic.contains(value), qPrintable(arabic));
        QVERIFY(std::ranges::any_of(arabic, [](QChar c) { return c.script() == QChar::Script_Arabic; }));
    }

    void momentsAreWrittenForPeople()
    {
        const auto now = std::chrono::time_point_cast<core::Duration>(std::chrono::system_clock::now());
        const QString today = ui::plain(ui::reasonText("paused until " + core::formatRfc3339(now)));
        QVERIFY2(!today.contains(u'T'), qPrintable(today));
        QVERIFY2(today.endsWith(ui::plain(ui::clockTime(now))), qPrintable(today));
        const QString other = ui::plain(ui::reasonText("paused until 2020-01-02T03:04:05Z"));
        QVERIFY2(other.contains(QStringLiteral("2020")), qPrintable(other)); // another day is named
        QCOMPARE(ui::plain(ui::reasonText("2020-01-02Tea")), QStringLiteral("2020-01-02Tea"));
    }

    void whatOthersSayStays()
    {
        ui::setLanguage(QStringLiteral("ar"));
        for (const auto* text : {"admission webhook \"x\" denied the request: %1", "changed live by", "", "%1"})
            QCOMPARE(ui::plain(ui::reasonText(text)), QString::fromLatin1(text));
    }

    void aCombinedPlanCountsAndRuns()
    {
        const auto engine = support::sampleEngine();
        engine->plans[{"argocd", "ranker"}] = engine->plans.at(support::sampleApp());
        engine->plans[{"argocd", "ranker"}].blocked = "another operation is already in progress";
        {
            ui::MainWindow window(*engine);
            window.restoreSession();
            window.show();
            window.open({ui::PageKind::Plan, {}, QStringLiteral("argocd/llm-service\nargocd/ranker\nargocd/gone")});
            auto* page = window.currentPage();
            auto* model = page->findChild<ui::FleetPlanModel*>();
            const QAbstractItemModelTester tester(model);
            QTRY_VERIFY(model->rows()[2].error.has_value());
            QVERIFY(model->rows()[0].mayRun());
            QVERIFY(!model->rows()[1].mayRun()); // blocked
            QVERIFY(!model->rows()[2].mayRun()); // cannot be planned
            QCOMPARE(model->rows()[0].refused(), 1);
            auto* run = page->findChild<QPushButton*>(QStringLiteral("fleetRun"));
            QTRY_VERIFY(run->isEnabled());
            QTest::mouseClick(run, Qt::LeftButton); // blast radius 63: wants words and a reason
            auto* dialog = window.findChild<QDialog*>(QStringLiteral("askDialog"));
            QVERIFY(dialog != nullptr);
            QTest::keyClicks(dialog->findChild<QLineEdit*>(QStringLiteral("askTyped")), QStringLiteral("sync all"));
            QTest::keyClicks(dialog->findChild<QLineEdit*>(QStringLiteral("askReason")), QStringLiteral("release"));
            QTest::mouseClick(dialog->findChild<QPushButton*>(QStringLiteral("askGo")), Qt::LeftButton);
            QTRY_VERIFY(!engine->commands().empty());
            QTRY_COMPARE(engine->commands().back(), std::string("sync argocd/llm-service because release"));
            QCOMPARE(std::ranges::count_if(engine->commands(),
                                           [](const std::string& one) { return one.starts_with("sync "); }),
                     1);
            model->setData(model->index(0, 0), Qt::Unchecked, Qt::CheckStateRole);
            QVERIFY(!run->isEnabled());
        }
        ui::workers().waitForDone();
    }

    void everythingThatTakesKeysHasAName_data()
    {
        QTest::addColumn<int>("kind");
        using Kind = ui::PageKind;
        for (const auto& [name, kind] : {std::pair {"applications", Kind::Applications},
                                         std::pair {"tree", Kind::Tree},
                                         std::pair {"diff", Kind::Diff},
                                         std::pair {"plan", Kind::Plan},
                                         std::pair {"editor", Kind::Editor},
                                         std::pair {"history", Kind::History},
                                         std::pair {"problems", Kind::Problems},
                                         std::pair {"canary", Kind::Canary},
                                         std::pair {"rollouts", Kind::Rollouts},
                                         std::pair {"resources", Kind::Resources},
                                         std::pair {"logs", Kind::Logs},
                                         std::pair {"journal", Kind::Journal},
                                         std::pair {"models", Kind::Models},
                                         std::pair {"GPUs", Kind::Gpus},
                                         std::pair {"events", Kind::Events},
                                         std::pair {"administration", Kind::Administration},
                                         std::pair {"terminal", Kind::Terminal},
                                         std::pair {"forwards", Kind::Forwards},
                                         std::pair {"create", Kind::Create},
                                         std::pair {"sets", Kind::ApplicationSets}})
            QTest::newRow(name) << static_cast<int>(kind);
    }
    void everythingThatTakesKeysHasAName()
    {
        QFETCH(int, kind);
        const auto engine = support::sampleEngine();
        {
            ui::MainWindow window(*engine);
            window.restoreSession();
            window.show();
            const auto page = static_cast<ui::PageKind>(kind);
            using enum ui::PageKind;
            constexpr std::array kOfOne {Tree, Diff, Plan, Editor, History, Canary, Logs, Terminal};
            const bool ofOne = std::ranges::find(kOfOne, page) != kOfOne.end();
            const bool ofPod = page == Logs || page == Terminal;
            window.open({page, ofOne ? support::sampleApp() : core::engine::AppId {},
                         ofPod ? QStringLiteral("ml-serving/inference-v2-x7k") : QString()});
            const auto widgets = window.currentPage()->findChildren<QWidget*>();
            for (QWidget* widget : widgets) {
                if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus || widget->focusProxy() != nullptr
                    || qobject_cast<QAbstractScrollArea*>(widget->parentWidget()) != nullptr)
                    continue;
                auto* interface = QAccessible::queryAccessibleInterface(widget);
                QVERIFY(interface != nullptr);
                const QString what = QStringLiteral("%1 \"%2\"")
                                         .arg(QLatin1String(widget->metaObject()->className()), widget->objectName());
                QVERIFY2(!interface->text(QAccessible::Name).trimmed().isEmpty(), qPrintable(what));
            }
        }
        ui::workers().waitForDone();
    }

    void ownWidgetsTellRoleAndState()
    {
        ui::SegmentedBar bar;
        bar.setTexts({QStringLiteral("Table"), QStringLiteral("Tiles")});
        bar.setCurrent(1);
        auto* shown = QAccessible::queryAccessibleInterface(&bar);
        QVERIFY(shown != nullptr);
        const QString words =
            shown->text(QAccessible::Name) + shown->text(QAccessible::Value) + shown->text(QAccessible::Description);
        QVERIFY2(words.contains(QStringLiteral("Tiles")), qPrintable(words));
        ui::Chip chip(QStringLiteral("prune"));
        chip.setCheckable(true);
        chip.setChecked(true);
        auto* box = QAccessible::queryAccessibleInterface(&chip);
        QVERIFY(box->state().checkable);
        QVERIFY(box->state().checked);
        QCOMPARE(box->text(QAccessible::Name), QStringLiteral("prune"));
    }

    /// Whatever the width, an error is read whole.
    void errorsAreReadWhole()
    {
        QWidget window;
        auto* layout = new QVBoxLayout(&window);
        auto* strip = new ui::ErrorStrip(&window);
        layout->addWidget(strip);
        layout->addWidget(new QTextEdit(&window), 1);
        window.resize(900, 600);
        window.show();
        core::Error error {core::Error::Code::Unavailable, "the server does not answer: connection refused",
                           "https://10.0.0.1:6443/api/v1/pods", "check the network and the server, then try again"};
        strip->showError(QStringLiteral("Opening environments/production/values-production.yaml"), error);
        for (const int width : {900, 400, 340, 700}) {
            window.resize(width, 600);
            QTest::qWait(20);
            for (const auto* name : {"errorTitle", "errorText"}) {
                const auto* label = strip->findChild<QLabel*>(QLatin1String(name));
                QVERIFY2(label->height() >= label->heightForWidth(label->width()),
                         qPrintable(QStringLiteral("%1 at %2: %3 of %4")
                                        .arg(QLatin1String(name))
                                        .arg(width)
                                        .arg(label->height())
                                        .arg(label->heightForWidth(label->width()))));
            }
        }
    }

    void barsWrap_data()
    {
        QTest::addColumn<Qt::LayoutDirection>("direction");
        QTest::newRow("left to right") << Qt::LeftToRight;
        QTest::newRow("right to left") << Qt::RightToLeft;
    }
    /// What does not fit beside the others goes below them, and the bar asks for no more than its widest widget.
    void barsWrap()
    {
        QFETCH(Qt::LayoutDirection, direction);
        ui::PageBar bar;
        bar.setLayoutDirection(direction);
        std::vector<QWidget*> widgets;
        for (int i = 0; i < 5; ++i) {
            widgets.push_back(new QWidget(&bar));
            widgets.back()->setFixedSize(100, 20);
        }
        widgets[4]->hide();
        bar.addWidget(widgets[0]);
        bar.addWidget(widgets[1]);
        bar.addStretch();
        for (int i = 2; i < 5; ++i)
            bar.addWidget(widgets[static_cast<std::size_t>(i)]);
        const auto margins = bar.layout()->contentsMargins();
        const auto sides = margins.left() + margins.right();
        QCOMPARE(bar.minimumSizeHint().width(), 100 + sides);
        const auto from = [&](std::size_t i) { // its distance from where lines begin
            const auto rect = widgets[i]->geometry();
            return direction == Qt::LeftToRight ? rect.left() - margins.left()
                                                : bar.width() - margins.right() - 1 - rect.right();
        };
        const auto show = [&](int inside) {
            bar.resize(inside + sides, bar.layout()->heightForWidth(inside + sides));
            bar.layout()->setGeometry(bar.rect());
        };
        show(600);
        QCOMPARE(bar.height(), 20 + margins.top() + margins.bottom());
        QCOMPARE(from(0), 0);
        QCOMPARE(from(1), 108);
        QCOMPARE(from(3), 500);
        show(330);
        QCOMPARE(bar.height(), 48 + margins.top() + margins.bottom());
        QCOMPARE(from(2), 230);
        QCOMPARE(from(3), 0);
        QCOMPARE(widgets[3]->y(), widgets[0]->y() + 28);
        show(100);
        QCOMPARE(bar.height(), 4 * 28 - 8 + margins.top() + margins.bottom());
    }

private:
    QTemporaryDir m_home;
};

QTEST_MAIN(TestConsole)
#include "tst_console.moc"
