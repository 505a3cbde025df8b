// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "page_host.h"
#include "ui/base/run_task.h"
#include "ui/base/widgets.h"
#include "ui/diff/diff_page.h"
#include "ui/diff/diff_view.h"
#include "ui/diff/field_change_model.h"
#include "ui/diff/ignore_dialog.h"
#include "ui/plan/staged.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QClipboard>
#include <QDesktopServices>
#include <QInputDialog>
#include <QLabel>
#include <QListView>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollBar>
#include <QTableView>
#include <QToolButton>

using ui::DiffDocument;
using Kind = DiffDocument::Row::Kind;

namespace {

std::string lines(int count, const std::string& prefix = "line ")
{
    std::string text;
    for (int i = 0; i < count; ++i)
        text += prefix + std::to_string(i) + "\n";
    return text;
}

std::vector<Kind> kinds(const DiffDocument& document)
{
    std::vector<Kind> result;
    for (const auto& row : document.rows())
        result.push_back(row.kind);
    return result;
}

ui::PageId diffOf(const core::engine::AppId& app)
{
    return {ui::PageKind::Diff, app, {}};
}

/// Something moved: pages ask again.
void editFirst(support::FakeEngine& engine)
{
    engine.edit([](core::engine::Snapshot& snapshot) {
        for (auto& app : snapshot.applications)
            if (app->name == support::sampleApp().name) {
                auto copy = std::make_shared<core::engine::Application>(*app);
                copy->reconciledAt = snapshot.at;
                app = copy;
            }
    });
}

} // namespace

class UrlCatcher : public QObject
{
    Q_OBJECT

public:
    QUrl opened;

public slots:
    void open(const QUrl& url) { opened = url; }
};

class TestDiffPage : public QObject
{
    Q_OBJECT

private slots:
    void foldsUnchangedLinesAndExpandsThem()
    {
        std::string after = lines(100);
        after.replace(after.find("line 50\n"), 8, "line fifty\n");
        DiffDocument document({{{}, lines(100), after}});
        QCOMPARE(kinds(document),
                 (std::vector<Kind> {Kind::Fold, Kind::Same, Kind::Same, Kind::Same, Kind::Changed, Kind::Same,
                                     Kind::Same, Kind::Same, Kind::Fold}));
        QCOMPARE(document.hiddenLines(document.rows().front()), 47);
        QCOMPARE(document.changes(), std::vector<int> {4});
        document.expand(0, 10);
        QCOMPARE(document.hiddenLines(document.rows()[10]), 27);
        document.expand(0, -1);
        QCOMPARE(document.rows().front().kind, Kind::Same);
        document.collapseAll();
        QCOMPARE(document.rows().size(), std::size_t {9});
    }

    void unifiedPutsRemovalsBeforeAdditionsAndKeepsWordPairs()
    {
        DiffDocument document({{{}, "image: app:v1\nmemory: 24Gi\n", "image: app:v2\nmemory: 16Gi\n"}});
        document.setLayout(DiffDocument::Layout::Unified);
        QCOMPARE(kinds(document), (std::vector<Kind> {Kind::Removed, Kind::Removed, Kind::Added, Kind::Added}));
        const auto words = document.words(document.rows()[2]);
        QVERIFY(!words.b.empty());
        QVERIFY(words.b.front().begin >= 7); // not the key
        QCOMPARE(document.addedLines(), 2);
        QCOMPARE(document.removedLines(), 2);
    }

    void tellsThePathOfALine_data()
    {
        QTest::addColumn<int>("line");
        QTest::addColumn<QString>("path");
        QTest::newRow("top") << 0 << "spec";
        QTest::newRow("item's key") << 4 << "spec.containers[name=inference].image";
        QTest::newRow("below the item") << 6 << "spec.containers[name=inference].resources.memory";
        QTest::newRow("second item") << 7 << "spec.containers[name=proxy].name";
        QTest::newRow("key after lists") << 9 << "spec.strategy.canary";
    }
    void tellsThePathOfALine()
    {
        const std::string text = "spec:\n"
                                 "  replicas: 1\n"
                                 "  containers:\n"
                                 "  - name: inference\n"
                                 "    image: app:v1\n"
                                 "    resources:\n"
                                 "      memory: 1Gi\n"
                                 "  - name: proxy\n"
                                 "  strategy:\n"
                                 "    canary: {}\n";
        QFETCH(int, line);
        QTEST(ui::qs(ui::yamlPathAt(core::diff::splitLines(text), static_cast<std::size_t>(line))), "path");
    }

    void modelsKeepTheirPromises()
    {
        ui::ResourceDiffModel resources;
        const QAbstractItemModelTester one(&resources);
        ui::FieldChangeModel fields;
        const QAbstractItemModelTester two(&fields);
        const auto engine = support::sampleEngine();
        const auto diff = std::make_shared<const core::engine::AppDiff>(engine->diffs.begin()->second);
        resources.setDiff(diff);
        resources.setDiff(std::make_shared<const core::engine::AppDiff>());
        resources.setDiff(diff);
        resources.toggleReviewed(1);
        QCOMPARE(resources.reviewedCount(), 1);
        auto changes = diff->resources.front().changes;
        changes.front().ignored = true;
        fields.setChanges(changes);
        QCOMPARE(fields.rowCount(), static_cast<int>(changes.size()) - 1);
        fields.setNoise(ui::FieldChangeModel::Noise::Show);
        QCOMPARE(fields.rowCount(), static_cast<int>(changes.size()));
    }

    void walksChangesAndResourcesByKeyboard()
    {
        support::PageHost<ui::DiffPage> host(diffOf(support::sampleApp()));
        auto* list = host.find<QListView>("diffResources");
        QTRY_COMPARE(list->model()->rowCount(), 5);
        auto* table = host.find<QTableView>("fieldChanges");
        QTRY_COMPARE(table->currentIndex().row(), 0);
        QTest::keyClick(host.page.get(), Qt::Key_N);
        QCOMPARE(table->currentIndex().row(), 1);
        QVERIFY(host.find<QLabel>("diffPath")->text().contains(QStringLiteral("memory")));
        QCOMPARE(ui::plain(host.find<QLabel>("diffPosition")->text()), QStringLiteral("2 / 3"));
        QTest::keyClick(host.page.get(), Qt::Key_P);
        QCOMPARE(table->currentIndex().row(), 0);

        QTest::keyClick(host.page.get(), Qt::Key_2);
        auto* view = host.find<ui::DiffView>("diffView");
        QVERIFY(view->isVisible());
        QTRY_COMPARE(view->document().changes().size(), std::size_t {3});
        const int first = view->currentChange();
        QTest::keyClick(view, Qt::Key_N);
        QCOMPARE(view->currentChange(), first + 1);
        QTest::keyClick(view, Qt::Key_P);
        QCOMPARE(view->currentChange(), first);
        QTest::keyClick(view, Qt::Key_BracketRight);
        QCOMPARE(list->currentIndex().row(), 1);
        QTRY_VERIFY(view->document().rows().size() < 20);
        QTest::keyClick(view, Qt::Key_BracketLeft);
        QCOMPARE(list->currentIndex().row(), 0);
    }

    void keepsTheReviewForTheRevision()
    {
        {
            support::PageHost<ui::DiffPage> host(diffOf(support::sampleApp()));
            auto* list = host.find<QListView>("diffResources");
            QTRY_VERIFY(list->currentIndex().isValid());
            QTest::keyClick(host.page.get(), Qt::Key_R);
            QCOMPARE(ui::plain(host.find<QLabel>("reviewed")->text()), QStringLiteral("1 / 4 reviewed"));
        }
        support::PageHost<ui::DiffPage> again(diffOf(support::sampleApp()));
        QTRY_COMPARE(ui::plain(again.find<QLabel>("reviewed")->text()), QStringLiteral("1 / 4 reviewed"));
    }

    void opensTheFileThatSetsAField()
    {
        support::PageHost<ui::DiffPage> host(diffOf(support::sampleApp()));
        auto* table = host.find<QTableView>("fieldChanges");
        QTRY_COMPARE(table->currentIndex().row(), 0);
        table->setFocus();
        QTest::keyClick(table, Qt::Key_Return);
        QTRY_VERIFY(!host.workbench.opened.empty());
        QVERIFY(host.workbench.opened.front().kind == ui::PageKind::Editor);
        QCOMPARE(host.workbench.opened.front().argument, QStringLiteral("kustomization.yaml#14"));
    }

    void showsWhyTheDiffFailedAndGetsOver()
    {
        auto engine = support::sampleEngine();
        engine->failWith(
            core::Error {core::Error::Code::InvalidInput, "models/x: unknown field", "kustomization.yaml:3:1"});
        support::PageHost<ui::DiffPage> host(std::move(engine), diffOf(support::sampleApp()));
        const auto shown = [&] {
            const auto labels = host.page->findChildren<QLabel*>();
            return std::ranges::any_of(labels, [](const QLabel* label) {
                return label->isVisible() && label->text().contains(QLatin1String("unknown field"));
            });
        };
        QTRY_VERIFY(shown());
        QVERIFY(!host.find<QPushButton>("approve")->isEnabled()); // of what was never seen
        host.engine->failWith(std::nullopt);
        host.engine->edit([](core::engine::Snapshot& snapshot) {
            for (auto& app : snapshot.applications) {
                auto copy = std::make_shared<core::engine::Application>(*app);
                copy->outOfSyncCount += 1;
                app = copy;
            }
        });
        QTRY_COMPARE(host.find<QListView>("diffResources")->model()->rowCount(), 5);
        QVERIFY(!shown());
        QVERIFY(host.find<QPushButton>("approve")->isEnabled());
    }

    void sidesAreWrittenAndRead_data()
    {
        QTest::addColumn<QString>("text");
        for (const auto* text : {"", "live...git:v2", "applied...git", "live...live@argocd/other", "git:a...git@x/y:b",
                                 "live...path:/tmp/a:b.yaml"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void sidesAreWrittenAndRead()
    {
        QFETCH(QString, text);
        const auto sides = ui::parseDiffSides(text, support::sampleApp());
        QVERIFY(sides.has_value());
        QCOMPARE(ui::diffSidesText(*sides, support::sampleApp()), text);
        for (const auto* wrong : {"live", "live...", "live...x", "live:2...git", "live@...git", "path:...git"})
            QVERIFY2(!ui::parseDiffSides(QString::fromLatin1(wrong), support::sampleApp()), wrong);
    }

    void comparesAnySides()
    {
        auto engine = support::sampleEngine();
        engine->comparison = engine->diffs.at(support::sampleApp());
        engine->comparison.resources.resize(2);
        support::PageHost<ui::DiffPage> host(
            std::move(engine), {ui::PageKind::Diff, support::sampleApp(), QStringLiteral("live...git:v2")});
        QTRY_COMPARE(host.find<QListView>("diffResources")->model()->rowCount(), 2);
        QVERIFY(host.asked("compare live argocd/llm-service with argocd/llm-service@v2"));
        QVERIFY(!host.find<QPushButton>("approve")->isVisible()); // no plan of it
        host.page->setSides(ui::usualSides(support::sampleApp()));
        QTRY_COMPARE(host.find<QListView>("diffResources")->model()->rowCount(), 5);
        QVERIFY(host.find<QPushButton>("approve")->isVisible());
    }

    void threeWayShowsBothWaysFromTheLastApplied()
    {
        auto engine = support::sampleEngine();
        auto& first = engine->diffs.at(support::sampleApp()).resources.front();
        first.lastAppliedYaml = "a: 1\n";
        first.liveYaml = "a: 2\n";
        first.desiredYaml = "a: 3\n";
        support::PageHost<ui::DiffPage> host(std::move(engine), diffOf(support::sampleApp()));
        QTRY_VERIFY(host.find<QListView>("diffResources")->currentIndex().isValid());
        QTest::keyClick(host.page.get(), Qt::Key_4);
        auto* live = host.find<ui::DiffView>("threeWayLive");
        auto* desired = host.find<ui::DiffView>("threeWayDesired");
        QTRY_VERIFY(live->isVisible() && desired->isVisible());
        const auto added = [](const ui::DiffView& view) {
            for (const auto& row : view.document().rows())
                if (row.kind == Kind::Added)
                    return std::string(view.document().after(row));
            return std::string();
        };
        QCOMPARE(added(*live), std::string("a: 2"));
        QCOMPARE(added(*desired), std::string("a: 3"));
    }

    void stagesSingleFields()
    {
        support::PageHost<ui::DiffPage> host(diffOf(support::sampleApp()));
        auto* table = host.find<QTableView>("fieldChanges");
        QTRY_COMPARE(table->currentIndex().row(), 0);
        auto* apply = host.find<QPushButton>("applyStaged");
        QVERIFY(!apply->isVisible());
        QTest::keyClick(host.page.get(), Qt::Key_S);
        QTest::keyClick(host.page.get(), Qt::Key_N);
        QTest::keyClick(host.page.get(), Qt::Key_S);
        QCOMPARE(host.page->staged().size(), std::size_t {2});
        QVERIFY(table->model()->index(0, 0).data(ui::FieldChangeModel::StagedRole).toBool());
        QTest::keyClick(host.page.get(), Qt::Key_U); // takes the last one back
        QCOMPARE(host.page->staged().size(), std::size_t {1});
        auto* stage = host.find<QToolButton>("stage"); // as the key does, for who looks for a button
        QTest::keyClick(host.page.get(), Qt::Key_P);
        QCOMPARE(stage->text(), QStringLiteral("Unstage"));
        QTest::mouseClick(stage, Qt::LeftButton);
        QCOMPARE(host.page->staged().size(), std::size_t {0});
        QTest::mouseClick(stage, Qt::LeftButton);
        QCOMPARE(host.page->staged().size(), std::size_t {1});
        QTest::mouseClick(apply, Qt::LeftButton); // staged fields are a plan
        QCOMPARE(host.workbench.opened.back().kind, ui::PageKind::Plan);
        const auto planned = ui::parseStaged(host.workbench.opened.back().argument);
        QCOMPARE(planned.size(), std::size_t {1});
        QCOMPARE(planned.front().key.name, std::string("inference-rollout"));
        // What no longer differs is no longer staged.
        auto& resources = host.engine->diffs[support::sampleApp()].resources;
        resources.front().changes.clear();
        editFirst(*host.engine);
        QTRY_VERIFY(host.page->staged().empty());
    }

    /// The keys work where a reviewer reads: on a line of the text as on a row of the table.
    void stagesTheFieldOfALine()
    {
        support::PageHost<ui::DiffPage> host(diffOf(support::sampleApp()));
        QTRY_COMPARE(host.find<QTableView>("fieldChanges")->currentIndex().row(), 0);
        auto* view = host.find<ui::DiffView>("diffView");
        QTest::keyClick(host.page.get(), Qt::Key_3);
        QTRY_VERIFY(view->isVisible() && !view->document().rows().empty());
        const auto& rows = view->document().rows();
        int line = -1;
        for (int i = 0; i < static_cast<int>(rows.size()); ++i)
            if (rows[static_cast<std::size_t>(i)].kind == Kind::Added
                && view->document().after(rows[static_cast<std::size_t>(i)]).find("image:") != std::string_view::npos)
                line = i;
        QVERIFY(line >= 0);
        view->setCurrentRow(line);
        QTest::keyClick(view, Qt::Key_S);
        QCOMPARE(host.page->staged().size(), std::size_t {1});
        QCOMPARE(host.page->staged().begin()->path.back(), std::string("image"));
    }

    void reasonsHaveBadges_data()
    {
        QTest::addColumn<QString>("reason");
        QTest::addColumn<bool>("desired");
        QTest::addColumn<bool>("immutable");
        QTest::addColumn<QString>("badge");
        QTest::newRow("git") << "changed in Git" << true << false << "";
        QTest::newRow("immutable") << "changed in Git" << true << true << "immutable";
        QTest::newRow("defaulted") << "defaulted by the API server" << false << false << "defaulted";
        QTest::newRow("owned") << "ignored: owned by hpa" << true << false << "owned by hpa";
        QTest::newRow("injected") << "changed live by istio-injector at 2026-03-01T10:00:00Z" << false << false
                                  << "injected by istio-injector";
        QTest::newRow("drift") << "changed live by kubectl-edit" << true << false << "drift";
    }

    void reasonsHaveBadges()
    {
        QFETCH(QString, reason);
        QFETCH(bool, desired);
        QFETCH(bool, immutable);
        QFETCH(QString, badge);
        core::engine::FieldChange change;
        change.reason = reason.toStdString();
        change.live = core::manifest::Value(1);
        if (desired)
            change.desired = core::manifest::Value(2);
        change.immutableField = immutable;
        QCOMPARE(ui::plain(ui::fieldBadge(change).text), badge);
    }

    void hugeAndBinaryValuesAreSummedUp()
    {
        const auto text = [](const std::string& value) {
            return ui::valueText(core::manifest::Value(boost::json::string(value)));
        };
        QVERIFY2(text(std::string(50'000, 'x')).size() < 120, qPrintable(text(std::string(50'000, 'x'))));
        QVERIFY(text(std::string(50'000, 'x')).contains(QStringLiteral("sha256 ")));
        QVERIFY(text(std::string("\x01\x02PNG", 5)).startsWith(QStringLiteral("binary")));
        QCOMPARE(text("v7"), QStringLiteral("v7"));
    }

    void theEffectTellsOfPodsGpusAndImmutableFields()
    {
        auto engine = support::sampleEngine();
        auto& diff = engine->diffs[support::sampleApp()];
        diff.freeGpus = 1;
        diff.resources.front().pods = 6;
        diff.resources.front().gpus = 2;
        diff.resources.front().restartsPods = true;
        diff.resources.front().changes.front().immutableField = true;
        support::PageHost<ui::DiffPage> host(std::move(engine), diffOf(support::sampleApp()));
        auto* effect = host.find<QLabel>("effect");
        QTRY_VERIFY(!effect->text().isEmpty());
        const QString text = ui::plain(effect->text());
        QVERIFY2(text.contains(QStringLiteral("6 pod(s) restart."))
                     && text.contains(QStringLiteral("+2 GPU(s): no room, only 1 are free."))
                     && text.contains(QStringLiteral("cannot be changed in place")),
                 qPrintable(text));
        auto* list = host.find<QListView>("diffResources");
        QCOMPARE(list->model()->index(0, 0).data(ui::ResourceDiffModel::BadgeRole).toString(),
                 QStringLiteral("immutable"));
    }

    void comparesWithAPullRequestAndAnotherCluster()
    {
        const auto app = support::sampleApp();
        const auto sides = ui::parseDiffSides(QStringLiteral("git:pull/7...cluster:https://10.2.0.4:6443"), app);
        QVERIFY(sides.has_value());
        QCOMPARE(sides->left.revision, std::string("pull/7"));
        QCOMPARE(sides->right.cluster, std::string("https://10.2.0.4:6443"));
        QCOMPARE(ui::diffSidesText(*sides, app), QStringLiteral("git:pull/7...cluster:https://10.2.0.4:6443"));
        QCOMPARE(ui::plain(ui::sideTitle(sides->left, app)), QStringLiteral("pull request 7"));
        QCOMPARE(ui::plain(ui::sideTitle(sides->right, app, QStringLiteral("edge"))), QStringLiteral("live in edge"));
    }

    void theCommentOfAPullRequestIsCopiedAndThePageOpened()
    {
        auto engine = support::sampleEngine();
        engine->comparison = engine->diffs[support::sampleApp()];
        support::PageHost<ui::DiffPage> host(
            std::move(engine), {ui::PageKind::Diff, support::sampleApp(), QStringLiteral("live...git:pull/7")});
        QTRY_VERIFY(host.find<QListView>("diffResources")->model()->rowCount() > 0);
        UrlCatcher catcher;
        QDesktopServices::setUrlHandler(QStringLiteral("https"), &catcher, "open");
        QTest::mouseClick(host.find<QPushButton>("comment"), Qt::LeftButton);
        QDesktopServices::unsetUrlHandler(QStringLiteral("https"));
        const QString comment = QGuiApplication::clipboard()->text();
        QVERIFY(comment.contains(QStringLiteral("<details><summary>☐ <b>Rollout/inference-rollout</b>")));
        QVERIFY(comment.size() < 65'536);
        QCOMPARE(catcher.opened, QUrl(QStringLiteral("https://git.example.com/ml/platform/pull/7")));
    }

    void buildsAnIgnoreRuleFromALine()
    {
        support::PageHost<ui::DiffPage> host(diffOf(support::sampleApp()));
        auto* table = host.find<QTableView>("fieldChanges");
        QTRY_COMPARE(table->currentIndex().row(), 0);
        QTest::keyClick(host.page.get(), Qt::Key_N);
        QTest::keyClick(host.page.get(), Qt::Key_N); // changed live by kubectl-edit
        QTest::keyClick(host.page.get(), Qt::Key_I);
        auto* dialog = host.page->findChild<ui::IgnoreDialog*>(QStringLiteral("ignoreDialog"));
        QVERIFY(dialog != nullptr);
        QTRY_VERIFY(dialog->findChild<QLabel*>(QStringLiteral("ignoreEffect"))->text().contains(QLatin1Char('1')));
        QTest::mouseClick(dialog->findChild<QRadioButton*>(QStringLiteral("ignoreChoice2")), Qt::LeftButton);
        QCOMPARE(dialog->rule().managedFieldsManagers, std::vector<std::string> {"kubectl-edit"});
        QTest::mouseClick(dialog->findChild<QRadioButton*>(QStringLiteral("ignoreChoice0")), Qt::LeftButton);
        QCOMPARE(dialog->rule().jsonPointers, std::vector<std::string> {"/spec/strategy/canary/steps/0/setWeight"});
        QCOMPARE(dialog->rule().name, std::string("inference-rollout"));
        QTest::mouseClick(dialog->findChild<QPushButton*>(QStringLiteral("ignoreAdd")), Qt::LeftButton);
        QTRY_VERIFY(host.asked("ignore argocd/llm-service Rollout/inference-rollout "
                               "/spec/strategy/canary/steps/0/setWeight"));
    }

    void pointersEscapeSlashes()
    {
        core::engine::FieldChange change;
        change.path = {"metadata", "annotations", "a.b/c~d"};
        const auto rules = ui::rulesFor(support::key("Service", "x"), change);
        QCOMPARE(rules.size(), std::size_t {2});
        QCOMPARE(rules.front().jsonPointers, std::vector<std::string> {"/metadata/annotations/a.b~1c~0d"});
        QVERIFY(ui::ruleYaml(rules.front()).contains(QStringLiteral("jsonPointers:")));
    }

    void notesAndSignOffStayWithTheRevision()
    {
        const auto forget = [] {
            (void)ui::saveReview(support::sampleApp(),
                                 {support::sampleEngine()->diffs.at(support::sampleApp()).revision, {}, {}, {}, {}});
        };
        forget();
        {
            support::PageHost<ui::DiffPage> host(diffOf(support::sampleApp()));
            auto* list = host.find<QListView>("diffResources");
            QTRY_VERIFY(list->currentIndex().isValid());
            ui::workers().waitForDone(); // the empty review is read
            QCoreApplication::processEvents();
            QTest::keyClick(host.page.get(), Qt::Key_C);
            auto* dialog = host.page->findChild<QInputDialog*>(QStringLiteral("noteDialog"));
            QVERIFY(dialog != nullptr);
            dialog->setTextValue(QStringLiteral("why 16Gi?"));
            dialog->accept();
            QVERIFY(host.find<QLabel>("note")->text().contains(QStringLiteral("why 16Gi?")));
            QVERIFY(host.page->markdown().contains(QStringLiteral("> why 16Gi?")));
            host.workbench.answer = QString();
            auto* sign = host.page->findChild<QAction*>(QStringLiteral("signOff"));
            sign->trigger();
            QCOMPARE(host.workbench.reports.size(), std::size_t {1}); // not everything is reviewed
            for (int row = 0; row < 4; ++row) {
                list->setCurrentIndex(list->model()->index(row, 0));
                QTest::keyClick(host.page.get(), Qt::Key_R);
            }
            sign->trigger();
            QVERIFY(host.find<QLabel>("reviewed")->text().contains(QStringLiteral("signed off")));
        }
        ui::workers().waitForDone(); // it is written
        support::PageHost<ui::DiffPage> again(diffOf(support::sampleApp()));
        QTRY_VERIFY(again.find<QLabel>("reviewed")->text().contains(QStringLiteral("signed off")));
        QTRY_VERIFY(again.find<QLabel>("note")->text().contains(QStringLiteral("why 16Gi?")));
        forget();
    }

    void exportsMarkdown()
    {
        support::PageHost<ui::DiffPage> host(diffOf(support::sampleApp()));
        QTRY_VERIFY(host.page->markdown().contains(QLatin1String("inference-rollout")));
        const QString text = host.page->markdown();
        QVERIFY(text.contains(QLatin1String("-        image: registry.example.com/inference:v1.9.2")));
        QVERIFY(text.contains(QLatin1String("+        image: registry.example.com/inference:v2.1.0")));
        QVERIFY(!text.contains(QLatin1String("model-credentials")));
    }

    void scrollsFiftyThousandLines()
    {
        std::string after;
        for (int i = 0; i < 50'000; ++i)
            after += (i % 7 == 0 ? "changed " : "line ") + std::to_string(i) + "\n";
        ui::DiffView view;
        view.resize(1200, 800);
        view.setDocument(DiffDocument({{{}, lines(50'000), after}}));
        view.show();
        QVERIFY(view.document().rows().size() > 49'000);
        int painted = 0;
        QElapsedTimer timer;
        timer.start();
        for (; painted < 30; ++painted) {
            view.verticalScrollBar()->setValue(view.verticalScrollBar()->maximum() / 30 * painted);
            QVERIFY(!view.viewport()->grab().isNull());
        }
        qInfo("one frame of 2 x 50,000 lines: %.1f ms", static_cast<double>(timer.elapsed()) / painted);
        QTest::keyClick(&view, Qt::Key_End);
        QCOMPARE(view.currentRow(), static_cast<int>(view.document().rows().size()) - 1);
    }

    void copiesSelectedRowsWithSigns()
    {
        ui::DiffView view;
        view.resize(600, 400);
        view.setDocument(DiffDocument({{{}, "a: 1\nb: 2\n", "a: 1\nb: 3\n"}}));
        view.show();
        view.setCurrentRow(0);
        QTest::keyClick(&view, Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(view.selectedText(), QStringLiteral(" a: 1\n-b: 2\n+b: 3\n"));
    }

private:
    support::ScratchHome m_home;
};

QTEST_MAIN(TestDiffPage)
#include "tst_diff_page.moc"
