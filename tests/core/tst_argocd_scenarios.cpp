// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/argocd_world.h"
#include "support/real_cluster.h"
#include "support/test_kubelet.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <fstream>
#include <set>
#include <sstream>

using namespace core;

namespace {

manifest::Value readJson(const QString& path)
{
    std::ifstream in(path.toStdString());
    std::stringstream text;
    text << in.rdbuf();
    auto value = manifest::parseJson(text.str());
    if (!value)
        qFatal("%s", value.error().text().c_str());
    return *value;
}

void describe(const manifest::Value& expected, const manifest::Value& actual, const std::string& path,
              QStringList& lines)
{
    if (manifest::equal(expected, actual) || lines.size() > 12)
        return;
    if (expected.is_object() && actual.is_object()) {
        for (const auto& member : expected.get_object()) {
            const auto* other = actual.get_object().if_contains(member.key());
            describe(member.value(), other ? *other : manifest::Value(), path + "/" + std::string(member.key()), lines);
        }
        for (const auto& member : actual.get_object()) {
            if (!expected.get_object().contains(member.key()))
                describe(manifest::Value(), member.value(), path + "/" + std::string(member.key()), lines);
        }
        return;
    }
    if (expected.is_array() && actual.is_array() && expected.get_array().size() == actual.get_array().size()) {
        for (std::size_t i = 0; i < expected.get_array().size(); ++i)
            describe(expected.get_array()[i], actual.get_array()[i], path + "/" + std::to_string(i), lines);
        return;
    }
    lines << QString::fromStdString(path + ": expected " + manifest::toJson(expected) + ", got "
                                    + manifest::toJson(actual));
}

/// The real controller may have healed a passing difference (a Deployment whose rollout begins) with a second, partial
/// sync; ours need not. Where both did, what that sync still had to prune depends on how fast deletions went through.
void forgetHeals(manifest::Value& expected, manifest::Value& actual)
{
    const bool healed = manifest::flag(expected, {"operation", "heal"});
    if (healed != manifest::flag(actual, {"operation", "heal"})) {
        for (auto* state : {&expected, &actual}) {
            manifest::erase(*state, {"operation", "heal"});
            manifest::erase(*state, {"operation", "results"});
        }
    } else if (auto* recorded = manifest::find(expected, {"operation", "results"}); healed && recorded != nullptr) {
        const auto ours = manifest::array(actual, {"operation", "results"});
        auto& rows = recorded->as_array();
        const auto gone = [&](const manifest::Value& row) {
            return manifest::text(row, {"status"}) == "Pruned"
                && std::none_of(ours.begin(), ours.end(), [&](const auto& own) { return manifest::equal(own, row); });
        };
        if (!ours.empty())
            rows.erase(std::remove_if(rows.begin(), rows.end(), gone), rows.end());
    }
}

/// A message about helm's command line is Argo CD's own affair: that there is one is what counts.
void forgetCommandLines(manifest::Value& expected, manifest::Value& actual)
{
    const auto* first = manifest::find(expected, {"conditions"});
    if (!first || first->as_array().empty()
        || manifest::text(first->as_array()[0], {"message"}).find("`helm template") == std::string_view::npos)
        return;
    for (auto* state : {&expected, &actual}) {
        for (auto& item : manifest::find(*state, {"conditions"})->as_array())
            manifest::erase(item, {"message"});
    }
}

/// "created" before the process died reads "unchanged" after it.
void forgetVerbs(manifest::Value& state)
{
    if (auto* results = manifest::find(state, {"operation", "results"})) {
        for (auto& item : results->as_array())
            manifest::erase(item, {"message"});
    }
}

/// Played on a real API server always; the others on demand.
const std::set<std::string> kOnReal {"waves", "auto-prune-heal", "finalizer-cascade", "rollback"};

bool needsCharts(const manifest::Value& actual)
{
    return manifest::toJson(actual).find("charts cannot be rendered yet") != std::string::npos;
}

/// How long to wait for a recorded state, and how often to look.
struct Patience
{
    int whole = 6'000; ///< ms
    int look = 15; ///< ms
};
constexpr Patience kReal {60'000, 300};

/// Plays a scenario; what differs from the recording ends up in `lines`.
void replay(ArgocdWorld& world, const manifest::Value& scenario, Patience patience, QStringList& lines, bool& skipped)
{
    world.startController();
    world.create();
    int number = 0;
    for (const auto& step : manifest::array(scenario, {"steps"})) {
        const auto* what = manifest::find(step, {"step"});
        if (what->is_object())
            world.play(*what);
        const auto recorded = ArgocdWorld::reduced(*manifest::find(step, {"state"}));
        manifest::Value expected;
        manifest::Value actual;
        QElapsedTimer timer;
        timer.start();
        do {
            QTest::qWait(patience.look);
            expected = recorded;
            actual = world.state();
            skipped = needsCharts(actual);
            if (skipped)
                return;
            forgetHeals(expected, actual);
            forgetCommandLines(expected, actual);
        } while (!manifest::equal(expected, actual) && timer.elapsed() < patience.whole);
        describe(expected, actual, fmt::format("step {}", number), lines);
        if (!lines.isEmpty())
            return;
        ++number;
    }
}

/// The recording was taken in real time, and so is ours: where a loaded machine lets an automated application sync once
/// more before a deletion is through, the run is taken again. Without a transport on an embedded cluster.
void playAndCompare(const manifest::Value& scenario, const kube::TransportPtr& transport, Patience patience)
{
    QStringList lines;
    for (int attempt = 0; attempt < 3; ++attempt) {
        lines.clear();
        bool skipped = false;
        ArgocdWorld world(scenario, transport);
        replay(world, scenario, patience, lines, skipped);
        if (skipped)
            QSKIP("the renderer has no charts");
        if (lines.isEmpty())
            return;
    }
    QVERIFY2(lines.isEmpty(), qPrintable(lines.join("\n  ")));
}

} // namespace

class TestArgocdScenarios : public QObject
{
    Q_OBJECT

private slots:
    void scenario_data()
    {
        QTest::addColumn<QString>("file");
        const QDir folder(QString(CONFORMANCE_DIR) + "/argocd");
        const auto names = folder.entryList({"*.json"}, QDir::Files, QDir::Name);
        if (names.isEmpty())
            QSKIP("conformance data is not here");
        for (const auto& name : names)
            QTest::newRow(name.chopped(5).toUtf8().constData()) << folder.filePath(name);
    }

    /// What Argo CD 3.5 did, step by step.
    void scenario()
    {
        QFETCH(QString, file);
        playAndCompare(readJson(file), nullptr, {});
    }

    void onARealApiServer_data() { scenario_data(); }

    /// The same with the controllers of a real cluster, in real time. ARGOCD_SCENARIOS=all plays all of them.
    void onARealApiServer()
    {
        QFETCH(QString, file);
        const std::string name = QTest::currentDataTag();
        if (qgetenv("ARGOCD_SCENARIOS") != "all" && !kOnReal.contains(name))
            QSKIP("only with ARGOCD_SCENARIOS=all");
        if (!m_real && m_whyNot.isEmpty())
            startReal();
        if (!m_real)
            QSKIP(qPrintable(m_whyNot));
        playAndCompare(readJson(file), m_real->transport(), kReal);
    }

    void aSyncThatIsKilledIsFinishedAfterARestart_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<bool>("after");
        for (const auto* name :
             {"presync-hook", "waves", "prune-last", "create-namespace", "presync-fails", "helm-hooks",
              "finalizer-cascade", "wave-failed", "server-side-apply", "crd-and-cr", "selective-sync"}) {
            QTest::addRow("%s, before a write", name) << QString(name) << false;
            QTest::addRow("%s, after a write", name) << QString(name) << true;
        }
    }

    /// The process ends at its first write, at its second, ... until a run needs no more writes than that. Each time a
    /// new process brings the cluster to the recorded state, and no hook ran twice.
    void aSyncThatIsKilledIsFinishedAfterARestart()
    {
        QFETCH(QString, name);
        QFETCH(bool, after);
        const QString file = QString(CONFORMANCE_DIR) + "/argocd/" + name + ".json";
        if (!QFile::exists(file))
            QSKIP("conformance data is not here");
        const auto scenario = readJson(file);
        const auto& steps = manifest::array(scenario, {"steps"});
        bool died = true;
        for (int write = 1; died && write < 60; ++write) {
            ArgocdWorld world(scenario);
            world.startController();
            world.create();
            const auto reach = [&](std::size_t step) {
                auto recorded = ArgocdWorld::reduced(*manifest::find(steps[step], {"state"}));
                forgetVerbs(recorded);
                manifest::Value expected;
                manifest::Value actual;
                QElapsedTimer timer;
                timer.start();
                do {
                    QTest::qWait(5);
                    expected = recorded;
                    actual = world.state();
                    forgetVerbs(actual);
                    forgetHeals(expected, actual);
                    if (world.controllerTransport().dead())
                        return QStringList {"dead"};
                } while (!manifest::equal(expected, actual) && timer.elapsed() < 8000);
                QStringList lines;
                describe(expected, actual, "", lines);
                return lines;
            };
            QCOMPARE(reach(0), QStringList());
            world.controllerTransport().dieAt(write,
                                              after ? CutTransport::Cut::AfterWrite : CutTransport::Cut::BeforeWrite);
            world.play(*manifest::find(steps[1], {"step"}));
            auto lines = reach(1);
            died = world.controllerTransport().dead();
            if (died) {
                world.stopController();
                world.controllerTransport().revive();
                world.startController();
                lines = reach(1);
            }
            QVERIFY2(lines.isEmpty(), qPrintable(QString("killed at write %1:\n  ").arg(write) + lines.join("\n  ")));
            for (const auto* hook : {"migrate", "smoke", "check"})
                QVERIFY2(world.controllerTransport().creations("jobs", hook) <= 1, hook);
        }
        QVERIFY(!died);
    }

private:
    void startReal()
    {
        m_real = support::RealCluster::start(m_whyNot);
        if (!m_real)
            return;
        const auto installed = m_real->installDefinitions();
        QVERIFY2(installed, installed ? "" : installed.error().text().c_str());
        m_kubelet = std::make_unique<support::TestKubelet>(m_real->transport(), "node-1", "sim");
    }

    std::unique_ptr<support::RealCluster> m_real;
    std::unique_ptr<support::TestKubelet> m_kubelet; // before the cluster, at the end
    QString m_whyNot;
};

int main(int argc, char** argv)
{
    qputenv("QTEST_FUNCTION_TIMEOUT", "3600000"); // all rows are one function, and some are real time
    const QCoreApplication application(argc, argv);
    TestArgocdScenarios test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_argocd_scenarios.moc"
