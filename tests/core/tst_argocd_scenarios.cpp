// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/argocd_world.h"

#include <QDir>
#include <QElapsedTimer>
#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <fstream>
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
/// sync; ours need not.
void forgetHeals(manifest::Value& expected, manifest::Value& actual)
{
    const bool healed = manifest::flag(expected, {"operation", "heal"});
    if (healed == manifest::flag(actual, {"operation", "heal"}))
        return;
    for (auto* state : {&expected, &actual}) {
        manifest::erase(*state, {"operation", "heal"});
        manifest::erase(*state, {"operation", "results"});
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

bool needsCharts(const manifest::Value& actual)
{
    return manifest::toJson(actual).find("charts cannot be rendered yet") != std::string::npos;
}

/// Plays a scenario; what differs from the recording ends up in `lines`.
void replay(const manifest::Value& scenario, QStringList& lines, bool& skipped)
{
    ArgocdWorld world(scenario);
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
            QTest::qWait(15);
            expected = recorded;
            actual = world.state();
            skipped = needsCharts(actual);
            if (skipped)
                return;
            forgetHeals(expected, actual);
            forgetCommandLines(expected, actual);
        } while (!manifest::equal(expected, actual) && timer.elapsed() < 6000);
        describe(expected, actual, fmt::format("step {}", number), lines);
        if (!lines.isEmpty())
            return;
        ++number;
    }
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

    /// What Argo CD 3.5 did, step by step. The recording was taken in real time, and so is ours: where a loaded machine
    /// lets an automated application sync once more before a deletion is through, the run is taken again.
    void scenario()
    {
        QFETCH(QString, file);
        const auto scenario = readJson(file);
        QStringList lines;
        for (int attempt = 0; attempt < 3; ++attempt) {
            lines.clear();
            bool skipped = false;
            replay(scenario, lines, skipped);
            if (skipped)
                QSKIP("the renderer has no charts");
            if (lines.isEmpty())
                return;
        }
        QVERIFY2(lines.isEmpty(), qPrintable(lines.join("\n  ")));
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
};

QTEST_GUILESS_MAIN(TestArgocdScenarios)
#include "tst_argocd_scenarios.moc"
