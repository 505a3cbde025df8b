// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "page_host.h"
#include "ui/base/bidi.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/rollouts/canary_page.h"
#include "ui/rollouts/chart_stack.h"
#include "ui/rollouts/measurements_view.h"
#include "ui/rollouts/rollout_charts.h"
#include "ui/rollouts/rollouts_model.h"
#include "ui/rollouts/rollouts_page.h"
#include "ui/rollouts/step_track.h"

#include <QAbstractItemModelTester>
#include <QAccessible>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <QTableWidget>
#include <QTranslator>

#include <cmath>

using namespace std::chrono_literals;
using ui::ChartPoint;

namespace {

std::vector<ChartPoint> wave(int count)
{
    std::vector<ChartPoint> points;
    for (int i = 0; i < count; ++i)
        points.push_back({static_cast<double>(i), std::sin(i * 0.01) + (i == 4321 ? 50 : 0)});
    return points;
}

ui::PageId canary()
{
    return {ui::PageKind::Canary, support::sampleApp(), {}};
}

/// Changes the first rollout of the engine's snapshot.
void editRollout(support::FakeEngine& engine, const std::function<void(core::engine::Rollout&)>& change)
{
    engine.edit([&](core::engine::Snapshot& snapshot) {
        auto copy = std::make_shared<core::engine::Rollout>(*snapshot.rollouts.front());
        change(*copy);
        snapshot.rollouts.front() = copy;
    });
}

} // namespace

class TestCanaryPage : public QObject
{
    Q_OBJECT

private slots:
    void decimationKeepsPeaksAndEnds()
    {
        const auto all = wave(10'000);
        const auto few = ui::decimate(all, 0, 9'999, 500);
        QVERIFY(few.size() <= 4 * 502);
        QVERIFY(few.size() >= 500);
        QVERIFY(std::ranges::any_of(few, [](const ChartPoint& point) { return point.value > 40; }));
        QCOMPARE(few.front(), all.front());
        QCOMPARE(few.back(), all.back());
        QVERIFY(std::ranges::is_sorted(few, {}, &ChartPoint::at));
        // Few points stay as they are, with the neighbours outside.
        const auto part = ui::decimate(all, 100, 110, 500);
        QCOMPARE(part.front().at, 99.0);
        QCOMPARE(part.back().at, 111.0);
    }

    void decimationKeepsGaps()
    {
        auto points = wave(10'000);
        points[5'000].value = std::nan("");
        const auto few = ui::decimate(points, 0, 9'999, 200);
        QVERIFY(std::ranges::any_of(few, [](const ChartPoint& point) { return std::isnan(point.value); }));
    }

    void ticksAreRoundAndFit()
    {
        const auto ticks = ui::timeTicks(1000, 2000, 6);
        QVERIFY(!ticks.empty());
        QVERIFY(ticks.size() <= 6);
        for (const double tick : ticks)
            QCOMPARE(std::fmod(tick, 300), 0.0);
        QVERIFY(ui::timeTicks(5, 5, 10).empty());
        QVERIFY(ui::timeTicks(0, 1e12, 10).size() <= 11);
    }

    void limitsOfFailureConditionsAreShownFromTheOtherSide()
    {
        QCOMPARE(ui::plain(ui::limitText({">=", 0.99, true})), QStringLiteral("≥ 0.99"));
        QCOMPARE(ui::plain(ui::limitText({">", 500, false})), QStringLiteral("≤ 500"));
        QCOMPARE(ui::limitText({">=", 0.99, true}).front(), QChar(0x2066)); // never mirrored
    }

    void csvCannotBecomeAFormula()
    {
        ui::ChartSet set;
        ui::Chart chart;
        chart.title = QStringLiteral("=cmd");
        ui::ChartSeries series;
        series.name = QStringLiteral("a\"b");
        series.points = {{0, 0.5}, {1, std::nan("")}};
        chart.series = {series};
        set.charts = {chart};
        QCOMPARE(ui::toCsv(set),
                 QStringLiteral("time,chart,series,value\r\n"
                                "1970-01-01T00:00:00.000000Z,\"'=cmd\",\"a\"\"b\",0.5\r\n"
                                "1970-01-01T00:00:01.000000Z,\"'=cmd\",\"a\"\"b\",\r\n"));
    }

    void modelKeepsItsPromises()
    {
        ui::RolloutsModel model;
        const QAbstractItemModelTester tester(&model);
        const auto snapshot = std::make_shared<core::engine::Snapshot>(support::sampleSnapshot());
        model.setSnapshot(snapshot);
        QCOMPARE(model.rowCount(), 1);
        auto next = std::make_shared<core::engine::Snapshot>(*snapshot);
        auto rollout = std::make_shared<core::engine::Rollout>(*next->rollouts.front());
        rollout->actualWeight = 50;
        next->rollouts = {rollout};
        const QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        model.setSnapshot(next);
        QCOMPARE(changed.count(), 1);
        model.setSnapshot(next);
        QCOMPARE(changed.count(), 1);
    }

    void tellsWhereItIsAndWhyItWaits()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        QCOMPARE(host.find<ui::Badge>("step")->text(), QStringLiteral("step 5 of 9"));
        QVERIFY(host.find<QLabel>("waiting")->text().contains(QStringLiteral("pause until 11:02")));
        QCOMPARE(host.find<ui::Badge>("rule")->text(), QStringLiteral("rule: go on"));
        QVERIFY(host.find<QPlainTextEdit>("query")->toPlainText().startsWith(QStringLiteral("sum(rate(")));
        QVERIFY(host.find<QLabel>("answer")->text().contains(QStringLiteral("≥ 0.99")));
        auto* track = host.find<ui::StepTrack>("stepTrack");
        QCOMPARE(track->count(), 9);
        const QString countdown = ui::plain(track->text(4));
        QVERIFY2(countdown.startsWith(QStringLiteral("6:4")), qPrintable(countdown));
        QTRY_VERIFY(ui::plain(track->text(4)) != countdown); // runs on without a snapshot
        const auto& charts = host.find<ui::ChartStack>("chartStack")->data().charts;
        QCOMPARE(charts.size(), std::size_t {4});
        QCOMPARE(charts[1].limits.size(), std::size_t {1});
        QCOMPARE(charts[1].series[1].points.size(), std::size_t {40});
    }

    void promoteReachesTheEngine()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        QTest::mouseClick(host.find<QPushButton>("promote"), Qt::LeftButton);
        const auto commands = host.engine->commands();
        QVERIFY(std::ranges::any_of(commands, [](const std::string& command) {
            return command.find("act") == 0 && command.find("inference-rollout") != std::string::npos
                && command.find("promote") != std::string::npos;
        }));
        QVERIFY(!host.find<QPushButton>("pause")->isEnabled()); // it is paused already
        QVERIFY(!host.find<QPushButton>("pause")->toolTip().isEmpty());
    }

    void whatMayNotBeDoneIsGreyedWithTheMissingVerb()
    {
        auto engine = support::sampleEngine();
        engine->denied.insert("patch Rollout.argoproj.io in ml-serving");
        support::PageHost<ui::CanaryPage> host(std::move(engine), canary());
        auto* promote = host.find<QPushButton>("promote");
        QTRY_VERIFY(!promote->isEnabled());
        QVERIFY(ui::plain(promote->toolTip()).contains(QStringLiteral("patch Rollout.argoproj.io in ml-serving")));
        QVERIFY(!host.page->findChild<QAction*>(QStringLiteral("actPromote"))->isEnabled());
    }

    void readOnlyGreysEveryDeed()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        QVERIFY(host.find<QPushButton>("promote")->isEnabled());
        host.engine->setReadOnly(true);
        for (const char* name : {"promote", "promoteFull", "skipStep", "abort", "restartPods"})
            QTRY_VERIFY2(!host.find<QPushButton>(name)->isEnabled(), name);
    }

    void everyMeasurementStandsInATable()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        std::size_t all = 0;
        for (const auto& rollout : host.engine->snapshot()->rollouts)
            if (rollout->key.name == "inference-rollout")
                for (const auto& metric : rollout->metrics)
                    all += metric.measurements.size();
        QVERIFY(all > 0);
        auto* table = host.find<ui::MeasurementsView>("measurements");
        QVERIFY(!table->isVisible());
        QTest::mouseClick(host.find<QPushButton>("showMeasurements"), Qt::LeftButton);
        QVERIFY(table->isVisible());
        QCOMPARE(table->count(), static_cast<int>(all));
        QVERIFY(!ui::plain(table->model()->index(0, 2).data().toString()).isEmpty());
        QTest::mouseClick(host.find<QPushButton>("previewUpdate"), Qt::LeftButton);
        QVERIFY(!host.find<QPushButton>("showMeasurements")->isChecked());
    }

    void theLegendFollowsTheColours()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        const auto ink = [] { return ui::color(ui::Token::SeriesStable).name(); };
        const QString before = ink();
        QVERIFY(host.find<QLabel>("legend")->text().contains(before));
        ui::Theme::instance().setMode(ui::Theme::instance().isDark() ? ui::Theme::Mode::Light : ui::Theme::Mode::Dark);
        QVERIFY(ink() != before);
        QVERIFY(host.find<QLabel>("legend")->text().contains(ink()));
        ui::Theme::instance().setMode(ui::Theme::Mode::Light);
    }

    void theBoardIsFiltered()
    {
        support::PageHost<ui::RolloutsPage> host(ui::PageId {ui::PageKind::Rollouts, {}, {}});
        auto* table = host.find<QTableView>("rollouts");
        const int all = table->model()->rowCount();
        QTest::keyClicks(host.find<QLineEdit>("rolloutFilter"), QStringLiteral("inference-rollout"));
        QCOMPARE(table->model()->rowCount(), 1);
        QTest::keyClicks(host.find<QLineEdit>("rolloutFilter"), QStringLiteral(" healthy"));
        QCOMPARE(table->model()->rowCount(), 0);
        QVERIFY(ui::plain(host.find<QLabel>("rolloutCount")->text()).startsWith(QLatin1Char('0')));
        host.find<QLineEdit>("rolloutFilter")->clear();
        QCOMPARE(table->model()->rowCount(), all);
    }

    void abortAsksFirst()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        const std::size_t before = host.engine->commands().size();
        QTest::mouseClick(host.find<QPushButton>("abort"), Qt::LeftButton);
        QCOMPARE(host.workbench.questions.size(), std::size_t {1});
        QVERIFY(host.workbench.questions.front().dangerous);
        QCOMPARE(host.engine->commands().size(), before);
        host.workbench.answer = QStringLiteral("too slow");
        QTest::mouseClick(host.find<QPushButton>("abort"), Qt::LeftButton);
        const auto commands = host.engine->commands();
        QVERIFY(commands.back().find("abort") != std::string::npos);
        QVERIFY(commands.back().find("too slow") != std::string::npos);
    }

    void tellsTheChainOfAnAbort()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        editRollout(*host.engine, [](core::engine::Rollout& rollout) {
            rollout.aborted = true;
            rollout.phase = "Degraded";
            rollout.abortCauses = {"AnalysisRun inference-v2-2-2 failed", "success-rate failed 3 times (limit 2)"};
        });
        QTRY_VERIFY(host.find<QLabel>("abortCauses")->text().contains(QStringLiteral("failed 3 times")));
        QCOMPARE(host.find<ui::Badge>("rule")->text(), QStringLiteral("rule: failed"));
        QVERIFY(host.find<QPushButton>("retry")->isEnabled());
        QVERIFY(!host.find<QPushButton>("promote")->isEnabled());
    }

    void statisticsStandBesideTheRule()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        auto* badge = host.find<ui::Badge>("statistics");
        QVERIFY2(badge->text().startsWith(QStringLiteral("statistics: undecided")), qPrintable(badge->text()));
        const auto words = ui::plain(host.find<QLabel>("statisticsText")->text());
        QVERIFY2(words.contains(QStringLiteral("success-rate: undecided, 87")), qPrintable(words));
        QVERIFY(words.contains(QStringLiteral("more request")));
        QVERIFY(words.contains(QStringLiteral("latency-p99: not worse, 99")));
        editRollout(*host.engine, [](core::engine::Rollout& rollout) {
            rollout.verdicts.back().opinion = core::engine::MetricVerdict::Opinion::Worse;
        });
        QTRY_VERIFY(badge->text().startsWith(QStringLiteral("statistics: worse")));
        editRollout(*host.engine, [](core::engine::Rollout& rollout) { rollout.verdicts.clear(); });
        QTRY_VERIFY(badge->isHidden());
    }

    void whatHoldsItIsSaidInTheWindowsLanguage()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        editRollout(*host.engine, [](core::engine::Rollout& rollout) {
            rollout.waitingFor = "analysis inference-success-rate is measuring";
        });
        class Shouting : public QTranslator
        {
            [[nodiscard]] bool isEmpty() const override { return false; }
            QString translate(const char* context, const char* source, const char*, int) const override
            {
                return QLatin1String(context) == QLatin1String("ui::Reason") ? QString::fromLatin1(source).toUpper()
                                                                             : QString();
            }
        } translator;
        QCoreApplication::installTranslator(&translator);
        QTRY_VERIFY(host.find<QLabel>("waiting")->text().contains(QStringLiteral("IS MEASURING")));
        QCoreApplication::removeTranslator(&translator);
    }

    void anUpdateIsPlayedBeforeItHappens()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        QTest::mouseClick(host.find<QPushButton>("previewUpdate"), Qt::LeftButton);
        auto* rows = host.find<QTableWidget>("previewRows");
        QTRY_VERIFY(rows->rowCount() > 5);
        QVERIFY(host.find<QLabel>("previewWarnings")->text().contains(QStringLiteral("Pending")));
        QVERIFY(host.find<QLabel>("previewSummary")->text().contains(QStringLiteral("Git asks for")));
        auto* charts = host.find<ui::ChartStack>("previewCharts");
        QCOMPARE(charts->data().charts.size(), std::size_t {3}); // weight, pods, GPUs
        QCOMPARE(charts->data().charts[2].limits.size(), std::size_t {1});
        rows->setFocus();
        QTest::keyClick(rows, Qt::Key_Down);
        QTest::keyClick(rows, Qt::Key_Down);
        QVERIFY(charts->crosshair().has_value());
        charts->setCrosshair(charts->data().to);
        QCOMPARE(rows->currentRow(), rows->rowCount() - 1);
        host.engine->failWith(core::Error {core::Error::Code::InvalidInput, "refused"});
        QTest::mouseClick(host.find<QPushButton>("previewUpdate"), Qt::LeftButton);
        QTest::mouseClick(host.find<QPushButton>("previewUpdate"), Qt::LeftButton);
        QTRY_VERIFY(!host.find<QPushButton>("previewUpdate")->isChecked()); // and the error is told
        QCOMPARE(host.workbench.reports.size(), std::size_t {1});
    }

    void withoutARolloutNothingIsOffered()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        QWidget* offers = host.find<QPushButton>("abort")->parentWidget()->parentWidget(); // all of the panel
        QTRY_VERIFY(!offers->isHidden());
        host.engine->edit([](core::engine::Snapshot& snapshot) { snapshot.rollouts.clear(); });
        QTRY_VERIFY(offers->isHidden());
    }

    void anAbortLeadsToTheRevertOfItsCommit()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        editRollout(*host.engine, [](core::engine::Rollout& rollout) { rollout.aborted = true; });
        auto* revert = host.find<QPushButton>("revertCommit");
        QTRY_VERIFY(!revert->isHidden());
        host.workbench.answer = QStringLiteral("slow");
        revert->click();
        QTRY_VERIFY(host.engine->commands().back().starts_with("revert "));
        QTRY_COMPARE(host.workbench.opened.size(), std::size_t {1});
        QVERIFY(host.workbench.opened.front().kind == ui::PageKind::History);
    }

    void aScreenReaderFindsEachChart()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        auto* charts = host.find<ui::ChartStack>("chartStack");
        auto* stack = QAccessible::queryAccessibleInterface(charts);
        QVERIFY(stack);
        QCOMPARE(stack->childCount(), 4);
        auto* chart = stack->child(1);
        QVERIFY(chart->role() == QAccessible::Chart);
        QCOMPARE(chart->text(QAccessible::Name), QStringLiteral("success-rate"));
        const auto words = chart->text(QAccessible::Description);
        QVERIFY2(words.contains(QStringLiteral("canary: now ")) && words.contains(QStringLiteral("limit ≥ 0.99")),
                 qPrintable(words));
        QCOMPARE(stack->indexOfChild(chart), 1);
        QVERIFY(!chart->rect().isEmpty());
        QTest::keyClick(charts, Qt::Key_Down);
        QTest::keyClick(charts, Qt::Key_Down);
        QVERIFY(charts->accessibleDescription().startsWith(QStringLiteral("success-rate. ")));
    }

    /// An Experiment's baseline: asked for beside the canary, and measured by a run of its own under the same name.
    void theBaselineStandsBesideTheCanary()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        auto* charts = host.find<ui::ChartStack>("chartStack");
        QCOMPARE(charts->data().charts[1].series.size(), std::size_t {2});
        QVERIFY(!host.find<QLabel>("legend")->text().contains(QStringLiteral("baseline")));
        editRollout(*host.engine, [](core::engine::Rollout& rollout) {
            auto& metric = rollout.metrics.front();
            const auto& measured = metric.measurements;
            metric.baseline = {{measured[0].at, 0.9871}, {measured[1].at, 0.9872}};
            auto sibling = metric;
            sibling.baseline.clear();
            sibling.stable.clear();
            sibling.ofBaseline = true;
            sibling.query = "of the baseline";
            sibling.measurements = {measured.back()};
            sibling.measurements.front().value = 0.9873;
            rollout.metrics.push_back(sibling);
        });
        QTRY_COMPARE(charts->data().charts[1].series.size(), std::size_t {3});
        const auto& chart = charts->data().charts[1];
        QCOMPARE(charts->data().charts.size(), std::size_t {4});
        QCOMPARE(chart.series[1].name, QStringLiteral("baseline"));
        QCOMPARE(chart.series[1].token, ui::Token::SeriesBaseline);
        QCOMPARE(chart.series[1].points.size(), std::size_t {3});
        QCOMPARE(chart.series[2].points.size(), std::size_t {40});
        QVERIFY(ui::describeChart(chart).contains(QStringLiteral("baseline: now 0.9873, between 0.9871 and 0.9873")));
        QVERIFY(ui::toCsv(charts->data()).contains(QStringLiteral("\"success-rate\",\"baseline\",0.9872")));
        QVERIFY(host.find<QLabel>("legend")->text().contains(QStringLiteral("baseline")));
        QVERIFY(host.find<QPlainTextEdit>("query")->toPlainText() != QStringLiteral("of the baseline"));
        charts->setCrosshair(chart.series[1].points.front().at);
        const QString reading = ui::plain(host.find<QLabel>("reading")->text());
        QVERIFY2(reading.contains(QStringLiteral("baseline 0.9871")), qPrintable(reading));
    }

    void crosshairGoesThroughAllChartsByKeyboard()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        auto* charts = host.find<ui::ChartStack>("chartStack");
        charts->setFocus();
        QTest::keyClick(charts, Qt::Key_Left);
        QVERIFY(charts->crosshair().has_value());
        const QString reading = ui::plain(host.find<QLabel>("reading")->text());
        QVERIFY2(reading.contains(QStringLiteral("latency-p99")), qPrintable(reading));
        QVERIFY(!charts->accessibleDescription().isEmpty());
        const double whole = charts->viewTo() - charts->viewFrom();
        QTest::keyClick(charts, Qt::Key_Plus);
        QVERIFY(charts->viewTo() - charts->viewFrom() < whole);
        QTest::keyClick(charts, Qt::Key_0);
        QCOMPARE(charts->viewTo() - charts->viewFrom(), whole);
        QTest::keyClick(charts, Qt::Key_Escape);
        QVERIFY(!charts->crosshair().has_value());
        QVERIFY(!host.page->picture().isNull());
    }

    void boardPutsThoseThatNeedAPersonFirstAndOpensThem()
    {
        support::PageHost<ui::RolloutsPage> host(ui::PageId {ui::PageKind::Rollouts, {}, {}});
        host.engine->edit([](core::engine::Snapshot& snapshot) {
            auto healthy = std::make_shared<core::engine::Rollout>(*snapshot.rollouts.front());
            healthy->key.name = "a-healthy";
            healthy->phase = "Healthy";
            healthy->paused = false;
            auto failed = std::make_shared<core::engine::Rollout>(*snapshot.rollouts.front());
            failed->key.name = "z-failed";
            failed->aborted = true;
            snapshot.rollouts.insert(snapshot.rollouts.begin(), healthy);
            snapshot.rollouts.push_back(failed);
        });
        auto* table = host.find<QTableView>("rollouts");
        QTRY_COMPARE(table->model()->rowCount(), 3);
        QCOMPARE(ui::plain(table->model()->index(0, 0).data().toString()), QStringLiteral("z-failed"));
        QCOMPARE(ui::plain(table->model()->index(2, 0).data().toString()), QStringLiteral("a-healthy"));
        table->setCurrentIndex(table->model()->index(1, 0));
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Return);
        QCOMPARE(host.workbench.opened.size(), std::size_t {1});
        QVERIFY(host.workbench.opened.front().argument.contains(QStringLiteral("inference-rollout")));
    }

    void aKeyboardWalksThroughTheSteps()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        auto* track = host.find<ui::StepTrack>("stepTrack");
        QVERIFY(track->focusPolicy() & Qt::TabFocus);
        track->setFocus(Qt::TabFocusReason); // at the step that it is at
        QVERIFY2(track->accessibleDescription().startsWith(QStringLiteral("5: pause for 10m")),
                 qPrintable(track->accessibleDescription()));
        QTest::keyClick(track, Qt::Key_Right);
        QVERIFY(track->accessibleDescription().startsWith(QStringLiteral("6: analysis inference-latency")));
        QTest::keyClick(track, Qt::Key_End);
        QTest::keyClick(track, Qt::Key_Right); // there is no further one
        QVERIFY(track->accessibleDescription().startsWith(QStringLiteral("9: ")));
        QTest::keyClick(track, Qt::Key_Home);
        QVERIFY(track->accessibleDescription().startsWith(QStringLiteral("1: set weight to 10 %")));
        QCOMPARE(track->text(2), QStringLiteral("✓"));
        QCOMPARE(track->text(5), QStringLiteral("analysis")); // ahead: nothing is done
    }

    void revisionsShowTheirPods()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        const auto strips = host.page->inspector()->findChildren<QWidget*>(QStringLiteral("pods"));
        QCOMPARE(strips.size(), 2);
        QCOMPARE(strips.front()->accessibleName(), QStringLiteral("3 pod(s)"));
        editRollout(*host.engine, [](core::engine::Rollout& rollout) {
            rollout.revisions.front().pods.front() = {"inference-v2-0", false, "CrashLoopBackOff"};
        });
        const auto words = [&] {
            const auto fresh = host.page->inspector()->findChildren<QWidget*>(QStringLiteral("pods"));
            return fresh.isEmpty() ? QString() : fresh.front()->accessibleDescription();
        };
        QTRY_VERIFY(words().startsWith(QStringLiteral("inference-v2-0: CrashLoopBackOff, not ready; ")));
    }

    void theMeasuredWeightAndTheFailuresLeftStandInTheCharts()
    {
        support::PageHost<ui::CanaryPage> host(canary());
        auto* charts = host.find<ui::ChartStack>("chartStack");
        const auto& weight = charts->data().charts[0];
        QCOMPARE(weight.series.size(), std::size_t {3});
        QCOMPARE(weight.series[2].name, QStringLiteral("measured"));
        QVERIFY(ui::toCsv(charts->data()).contains(QStringLiteral("\"measured\"")));
        QVERIFY2(charts->data().charts[1].subtitle.contains(QStringLiteral("2 failure(s) left")),
                 qPrintable(charts->data().charts[1].subtitle));
        editRollout(*host.engine, [](core::engine::Rollout& rollout) {
            rollout.measuredWeights.clear();
            for (auto& metric : rollout.metrics)
                metric.failureLimit = -1; // as Argo Rollouts writes "any number"
        });
        QTRY_COMPARE(charts->data().charts[0].series.size(), std::size_t {2});
        QVERIFY(!charts->data().charts[1].subtitle.contains(QStringLiteral("left")));
        QCOMPARE(host.find<QLabel>("failuresLeft")->text(), QStringLiteral("failures do not count"));
    }

    void theBoardTellsClustersApart()
    {
        support::PageHost<ui::RolloutsPage> host(ui::PageId {ui::PageKind::Rollouts, {}, {}});
        auto* table = host.page->findChild<QTableView*>(QStringLiteral("rollouts"));
        QVERIFY(table->isColumnHidden(ui::RolloutsModel::Cluster)); // one cluster needs no name
        host.engine->edit([](core::engine::Snapshot& snapshot) {
            using State = core::engine::Connection::State;
            snapshot.clusters = {{"gpu-east", "https://east", State::Connected, {}},
                                 {"gpu-west", "https://west", State::Offline, "connection refused"}};
            for (const auto& cluster : snapshot.clusters) {
                auto other = std::make_shared<core::engine::Rollout>(*snapshot.rollouts.front());
                other->cluster = cluster.server;
                other->clusterName = cluster.name;
                other->application.clear();
                other->aborted = cluster.name == "gpu-west";
                snapshot.rollouts.push_back(other);
            }
        });
        QTRY_COMPARE(table->model()->rowCount(), 3);
        QVERIFY(!table->isColumnHidden(ui::RolloutsModel::Cluster));
        const auto cell = [&](int row) {
            return ui::plain(table->model()->index(row, ui::RolloutsModel::Cluster).data().toString());
        };
        QCOMPARE(cell(0), QStringLiteral("gpu-west (does not answer)")); // aborted: needs a person most
        QVERIFY(ui::plain(host.page->findChild<ui::StaleStrip*>()->accessibleName()).contains(u"connection refused"));
        table->setCurrentIndex(table->model()->index(0, 0));
        const auto actions = table->actions();
        const auto retry =
            std::ranges::find_if(actions, [](const QAction* action) { return action->text() == u"Retry"; });
        QVERIFY(retry != actions.end() && (*retry)->isEnabled());
        (*retry)->trigger();
        QTRY_VERIFY(!host.engine->commands().empty());
        QCOMPARE(host.engine->commands().back(),
                 "act " + host.engine->snapshot()->rollouts.front()->key.text() + " in https://west retry");
        emit table->activated(table->model()->index(0, 0));
        const auto opened = host.workbench.opened.back();
        QCOMPARE(opened.kind, ui::PageKind::Canary);
        QVERIFY(opened.argument.endsWith(u"@https://west"));
        // Its page is that of this cluster, with what is said of it.
        support::PageHost<ui::CanaryPage> canaryHost(std::make_unique<support::FakeEngine>(host.engine->snapshot()),
                                                     opened);
        QCOMPARE(ui::plain(canaryHost.page->findChild<ui::Badge*>(QStringLiteral("cluster"))->text()),
                 QStringLiteral("gpu-west"));
        QVERIFY(canaryHost.page->findChild<ui::StaleStrip*>()->accessibleName().contains(u"gpu-west"));
    }

    void drawsTwentySeriesOfTenThousandPoints()
    {
        ui::ChartSet set;
        set.from = 0;
        set.to = 10'000;
        for (int c = 0; c < 4; ++c) {
            ui::Chart chart;
            for (int s = 0; s < 5; ++s) {
                ui::ChartSeries series;
                series.points = wave(10'000);
                chart.series.push_back(std::move(series));
            }
            set.charts.push_back(std::move(chart));
        }
        ui::ChartStack stack;
        stack.resize(1200, 700);
        stack.setData(std::move(set));
        QElapsedTimer timer;
        timer.start();
        constexpr int kFrames = 10;
        for (int frame = 0; frame < kFrames; ++frame) {
            stack.zoom(0.97, 5'000); // every frame differs
            QVERIFY(!stack.grab().isNull());
        }
        qInfo("one frame of 20 series x 10,000 points: %.1f ms", static_cast<double>(timer.elapsed()) / kFrames);
    }

private:
    support::ScratchHome m_home;
};

QTEST_MAIN(TestCanaryPage)
#include "tst_canary_page.moc"
