// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/engine/engine.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

using namespace core;
using namespace core::engine;

namespace {

const AppId kApp {"argocd", "ml-platform"};
constexpr auto kVersionFile = "environments/production/kustomization.yaml";

Engine::Options options(const QTemporaryDir& home)
{
    Engine::Options out;
    out.home = home.path().toStdString();
    out.resources = SOURCE_DIR "/resources";
    out.clockRate = 60;
    out.user = "noor";
    return out;
}

ApplicationPtr application(Engine& engine)
{
    const auto snapshot = engine.snapshot();
    for (const auto& app : snapshot->applications)
        if (app->name == kApp.name)
            return app;
    return nullptr;
}

RolloutPtr exampleRollout(Engine& engine)
{
    const auto snapshot = engine.snapshot();
    return snapshot->rollouts.empty() ? nullptr : snapshot->rollouts.front();
}

bool settled(Engine& engine)
{
    const auto app = application(engine);
    const auto canary = exampleRollout(engine);
    return app && app->compared && app->sync == SyncState::Synced && app->health == Health::Healthy && canary
        && canary->phase == "Healthy";
}

/// Commits another tag of the inference server.
Result<std::string> commitTag(Engine& engine, const std::string& tag)
{
    PH_TRY(auto file, engine.readFile(kApp, kVersionFile, {}));
    const auto at = file.text.find("newTag: ");
    file.text.replace(at, file.text.find('\n', at) - at, "newTag: " + tag);
    return engine.commitFile(kApp, kVersionFile, file.text, file.commit, "serve " + tag);
}

bool servesOnly(Engine& engine, const std::string& image)
{
    const auto canary = exampleRollout(engine);
    return canary && canary->phase == "Healthy"
        && std::any_of(canary->revisions.begin(), canary->revisions.end(), [&](const auto& revision) {
               return revision.stable && !revision.images.empty() && revision.images.front() == image;
           });
}

} // namespace

/// The whole engine over an embedded cluster, from a first start on.
class TestEngine : public QObject
{
    Q_OBJECT

private slots:
    void theStoryOfTheFirstStart()
    {
        const QTemporaryDir home;
        auto engine = Engine::open(options(home)).value();
        QTRY_VERIFY_WITH_TIMEOUT(settled(*engine), 60'000);
        const auto first = application(*engine);
        QVERIFY(!first->history.empty());
        QVERIFY(first->resources.size() > 30);
        QTRY_VERIFY_WITH_TIMEOUT(!engine->snapshot()->notifications->empty(), 20'000);
        QVERIFY(engine->snapshot()->notifications->front().delivered);
        // The mended example has no finding.
        QVERIFY(std::none_of(engine->snapshot()->problems->begin(), engine->snapshot()->problems->end(),
                             [](const Problem& problem) { return problem.line > 0; }));

        // What the editor shows beside unsaved text.
        auto file = engine->readFile(kApp, kVersionFile, {}).value();
        auto edited = file.text;
        edited.replace(edited.find("newTag: v2"), 10, "newTag: v9");
        const auto preview = engine->diffWithText(kApp, kVersionFile, edited, {}).value();
        QVERIFY(preview.unsaved);
        QCOMPARE(preview.resources.front().key.kind, std::string("Rollout"));
        QVERIFY(preview.resources.front().outOfSync && preview.resources.front().restartsPods);
        const auto broken = engine->diffWithText(kApp, kVersionFile, "resources: [", {});
        QVERIFY(!broken.has_value());
        QVERIFY2(broken.error().text().find("kustomization.yaml") != std::string::npos, broken.error().text().c_str());

        // Drift is healed.
        const manifest::ResourceKey service {"", "Service", "ml-serving", "inference-service"};
        const auto uid = [&] {
            const auto services = engine->objects({"", "Service"}, service.nameSpace, {}).value();
            const auto found = std::find_if(services.begin(), services.end(), [&](const manifest::Value& object) {
                return manifest::name(object) == service.name;
            });
            return found == services.end() ? std::string() : std::string(manifest::text(*found, {"metadata", "uid"}));
        };
        const auto before = uid();
        QVERIFY(!before.empty());
        QVERIFY(engine->removeLive(service).has_value());
        QTRY_VERIFY_WITH_TIMEOUT(!uid().empty() && uid() != before, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(settled(*engine), 30'000);

        // A good version proves itself, a bad one is undone by itself.
        QVERIFY(engine->setClockRate(200).has_value());
        QVERIFY(commitTag(*engine, "v3").has_value());
        QTRY_VERIFY_WITH_TIMEOUT(servesOnly(*engine, "inference:v3"), 120'000);
        QVERIFY(exampleRollout(*engine)->actualWeights.size() >= 4);
        // The stable version's values stand beside what was measured of the canary.
        const auto compared = [&] {
            const auto shown = exampleRollout(*engine);
            return std::any_of(shown->metrics.begin(), shown->metrics.end(),
                               [](const Metric& metric) { return !metric.stable.empty(); });
        };
        QTRY_VERIFY_WITH_TIMEOUT(compared(), 20'000);
        QVERIFY(commitTag(*engine, "v4-bad").has_value());
        QTRY_VERIFY_WITH_TIMEOUT(exampleRollout(*engine)->aborted, 120'000);
        QVERIFY(exampleRollout(*engine)->abortCauses.size() >= 2);
        QTRY_COMPARE_WITH_TIMEOUT(exampleRollout(*engine)->actualWeight, 0, 20'000);

        const auto told = [&](const char* action) {
            return std::ranges::any_of(engine->audit(1'000).value(), [&](const AuditEntry& entry) {
                return entry.action == action && entry.object.find("Rollout") != std::string::npos;
            });
        };
        QVERIFY(told("canary promoted") && told("canary aborted")); // both ends stay in the journal

        // A rollback while automation is on is refused, as Argo CD refuses it.
        const auto refused = engine->rollback(kApp, first->history.back().id, "test");
        QVERIFY(!refused.has_value());
        QCOMPARE(refused.error().code, Error::Code::Forbidden);

        // Everything stands in the audit log, and is there after a restart.
        QVERIFY(engine->verifyAudit().has_value());
        const auto entries = engine->audit(1'000)->size();
        QVERIFY(entries >= 4);
        const auto other = Engine::open(options(home));
        QVERIFY(!other.has_value()); // the cluster is in use
        engine.reset();
        engine = Engine::open(options(home)).value();
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine) && application(*engine)->compared, 20'000);
        QVERIFY(application(*engine)->history.size() >= 2);
        QVERIFY(exampleRollout(*engine)->aborted);
        QVERIFY(engine->audit(1'000)->size() >= entries);
        QVERIFY(engine->verifyAudit().has_value());
    }

    /// A commit that is marked as bad is not deployed by itself; a pause ends when its time has come.
    void badRevisionsAndPausesKeepAutomationBack()
    {
        const QTemporaryDir home;
        auto engine = Engine::open(options(home)).value();
        QTRY_VERIFY_WITH_TIMEOUT(settled(*engine), 60'000);
        QVERIFY(engine->pauseAutoSync(kApp, std::nullopt, "a look first").has_value());
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine)->autoSyncPause, 10'000);
        QCOMPARE(application(*engine)->autoSyncPause->reason, std::string("a look first"));
        const auto paused = engine->audit(1).value().front(); // the journal says what was changed
        QCOMPARE(paused.action, std::string("pause auto-sync"));
        QVERIFY2(paused.details.find("\"automated\",\"enabled\"") != std::string::npos, paused.details.c_str());
        const auto reminded = [&] {
            return std::ranges::any_of(*engine->snapshot()->problems, [](const Problem& problem) {
                return problem.needsDecision && problem.message == "Automated sync is off: a look first";
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(reminded(), 10'000);
        QVERIFY(commitTag(*engine, "v3").has_value());
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine)->sync == SyncState::OutOfSync, 30'000);
        const auto wanted = application(*engine)->revision;
        QVERIFY(engine->markRevision(kApp, wanted, "it forgets").has_value());
        QVERIFY(!engine->pauseAutoSync(kApp, engine->snapshot()->at - std::chrono::hours(1), "").has_value());
        QVERIFY(engine->pauseAutoSync(kApp, engine->snapshot()->at + std::chrono::seconds(20), "a while").has_value());
        QVERIFY(engine->setClockRate(20).has_value());
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine)->autoSync && !application(*engine)->autoSyncPause, 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(
            application(*engine)->holdReason.find("is marked as bad: it forgets") != std::string::npos, 10'000);
        QCOMPARE(application(*engine)->sync, SyncState::OutOfSync);
        QVERIFY(engine->markRevision(kApp, wanted, std::nullopt).has_value());
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine)->sync == SyncState::Synced, 60'000);
    }

    void comparesStagesAndExplains()
    {
        const QTemporaryDir home;
        auto engine = Engine::open(options(home)).value();
        QTRY_VERIFY_WITH_TIMEOUT(settled(*engine), 60'000);
        QVERIFY(engine->setAutoSync(kApp, false).has_value());
        const auto base = application(*engine)->revision;
        QVERIFY(commitTag(*engine, "v3").has_value());
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine)->sync == SyncState::OutOfSync, 30'000);

        const DiffSide before {DiffSide::Kind::Revision, kApp, base, {}};
        const DiffSide now {DiffSide::Kind::Revision, kApp, {}, {}};
        const auto revisions = engine->compare(before, now, {}).value();
        QCOMPARE(std::count_if(revisions.resources.begin(), revisions.resources.end(),
                               [](const ResourceDiff& one) { return one.outOfSync; }),
                 1);
        QCOMPARE(revisions.resources.front().key.kind, std::string("Rollout"));
        const DiffSide live {DiffSide::Kind::Live, kApp, {}, {}};
        QVERIFY(engine->compare(live, now, {}).value().resources.front().outOfSync);
        // A pull request, as its host keeps it; the own cluster as another one sees it.
        const std::filesystem::path repository =
            application(*engine)->repoUrl.substr(std::string_view("file://").size());
        std::filesystem::create_directories(repository / ".git/refs/pull/7");
        std::ofstream(repository / ".git/refs/pull/7/head") << base << '\n';
        const DiffSide proposed {DiffSide::Kind::Revision, kApp, "pull/7", {}};
        QVERIFY(!engine->compare(before, proposed, {}).value().resources.front().outOfSync);
        QVERIFY(!engine->compare(before, {DiffSide::Kind::Revision, kApp, "pull/8", {}}, {}).has_value());
        DiffSide there = live;
        there.cluster = "https://kubernetes.default.svc";
        const auto elsewhere = engine->compare(now, there, {}).value();
        QCOMPARE(elsewhere.resources.size(), revisions.resources.size());
        QVERIFY(!engine->compare(there, there, {}).has_value());
        const auto costs = engine->plan(kApp, {}, {}).value();
        const auto space = std::ranges::find(costs.tasks, "Namespace", [](const auto& task) { return task.key.kind; });
        QVERIFY(space == costs.tasks.end() || space->action == ResourceDiff::Action::None); // it is there already
        const auto updated = std::ranges::find(costs.tasks, "Rollout", [](const auto& task) { return task.key.kind; });
        QVERIFY(updated != costs.tasks.end() && updated->pods > 0 && updated->estimate && costs.estimate);
        QVERIFY(!engine->compare({DiffSide::Kind::Path, kApp, {}, "/nowhere.yaml"}, now, {}).has_value());
        QVERIFY(engine->readFileAt(kApp, kVersionFile, base, {}).value().text.find("newTag: v2") != std::string::npos);

        const auto diff = engine->diff(kApp, {}).value();
        const auto& changed = diff.resources.front();
        QCOMPARE(changed.key.kind, std::string("Rollout"));
        const auto change = std::find_if(changed.changes.begin(), changed.changes.end(),
                                         [](const FieldChange& one) { return !one.ignored; });
        QVERIFY(change != changed.changes.end());
        std::string pointer;
        for (const auto& part : change->path)
            pointer += "/" + part;
        const auto ignoring =
            engine->diffIgnoring(kApp, {"argoproj.io", "Rollout", {}, {}, {pointer}, {}, {}}, {}).value();
        QVERIFY(std::none_of(ignoring.resources.begin(), ignoring.resources.end(),
                             [](const ResourceDiff& one) { return one.outOfSync; }));

        const std::vector<StagedField> staged {{changed.key, change->path}};
        const auto plan = engine->planStaged(kApp, staged, {}).value();
        QCOMPARE(plan.tasks.size(), std::size_t {1});
        QVERIFY2(plan.tasks.front().dryRunError.empty(), plan.tasks.front().dryRunError.c_str());
        QVERIFY(plan.tasks.front().restartsPods);
        QCOMPARE(plan.rollouts.size(), std::size_t {1}); // the image alone begins the update
        QCOMPARE(plan.rollouts.front().rollout, changed.key);
        QVERIFY(!engine->planStaged(kApp, {{changed.key, {"spec", "nothing"}}}, {}).has_value());
        QVERIFY(engine->syncStaged(kApp, staged, "only the image").has_value());
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine)->sync == SyncState::Synced, 30'000);

        const auto strategy = engine->schema("argoproj.io/v1alpha1", "Rollout", {"spec", "strategy"}).value();
        QVERIFY(std::any_of(strategy.fields.begin(), strategy.fields.end(),
                            [](const SchemaField& field) { return field.name == "canary"; }));
        const std::vector<std::string> mode {"spec", "trafficPolicy", "tls", "mode"};
        const auto choices = engine->schema("networking.istio.io/v1", "DestinationRule", mode).value().values;
        QVERIFY(std::find(choices.begin(), choices.end(), "ISTIO_MUTUAL") != choices.end());
        QVERIFY(!engine->schema("example.com/v1", "Nothing", {}).has_value());
        const auto links = engine->links(kApp, kVersionFile, {}).value();
        QVERIFY(std::any_of(links.begin(), links.end(), [](const SourceLink& link) {
            return link.role == SourceLink::Role::Base && link.line > 0;
        }));
    }

    /// Beside the example's Rollout: one whose template stands in a Deployment, one of which only the scale changes,
    /// and an InferenceService.
    void aPlanTellsWhatItsRolloutsWillDo()
    {
        const QTemporaryDir home;
        auto engine = Engine::open(options(home)).value();
        QTRY_VERIFY_WITH_TIMEOUT(settled(*engine), 60'000);
        QVERIFY(engine->setAutoSync(kApp, false).has_value());
        constexpr auto kMore = "rollouts/inference/services.yaml";
        const auto original = engine->readFile(kApp, kMore, {}).value();
        const auto commitMore = [&](const std::string& image, int replicas) {
            const auto file = engine->readFile(kApp, kMore, {}).value();
            auto text = paths::readFile(TEST_DATA "/rollouts-beside.yaml").value();
            const auto fill = [&](const std::string& hole, const std::string& value) {
                for (auto at = text.find(": " + hole); at != std::string::npos; at = text.find(": " + hole))
                    text.replace(at + 2, hole.size(), value);
            };
            fill("\"IMAGE\"", image);
            fill("REPLICAS", std::to_string(replicas));
            return engine->commitFile(kApp, kMore, original.text + text, file.commit, "serve " + image);
        };
        QVERIFY(commitMore("x:v1", 1).has_value());
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine)->sync == SyncState::OutOfSync, 30'000);
        QVERIFY(engine->plan(kApp, {}, {}).value().rollouts.empty()); // what is new has nothing to be updated from
        QVERIFY(engine->sync(kApp, {}).has_value());
        QTRY_VERIFY_WITH_TIMEOUT(settled(*engine), 60'000);

        QVERIFY(commitMore("x:v2", 3).has_value());
        QVERIFY(commitTag(*engine, "v3").has_value());
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine)->sync == SyncState::OutOfSync, 30'000);
        const auto plan = engine->plan(kApp, {}, {}).value();
        std::map<std::string, RolloutPreview> changes;
        for (const auto& change : plan.rollouts)
            QVERIFY(changes.emplace(change.rollout.name, change.preview).second);
        QCOMPARE(changes.size(), std::size_t {3});
        const auto weights = [&](const std::string& name) {
            std::vector<std::int64_t> out;
            for (const auto& moment : changes.at(name).simulation.moments)
                if (out.empty() || out.back() != moment.weight)
                    out.push_back(moment.weight);
            return out;
        };
        QVERIFY(changes.contains("inference-rollout"));
        QCOMPARE(weights("borrower"),
                 (std::vector<std::int64_t> {0, 33, 50, 66, 100})); // by pods: two, and one of surge
        QVERIFY(changes.at("borrower").simulation.length > std::chrono::minutes(10));
        QCOMPARE(weights("stepped"), (std::vector<std::int64_t> {0, 10, 60, 100}));
        QCOMPARE(changes.at("stepped").simulation.peak.at("nvidia.com/gpu"), std::int64_t {8});
        for (const auto& [name, change] : changes)
            QVERIFY2(change.pending, name.c_str());

        // Only what is synced counts: without the Deployment the borrower keeps its version.
        SyncRequest some;
        some.resources = {{"serving.kserve.io", "InferenceService", "ml-serving", "stepped"},
                          {"argoproj.io", "Rollout", "ml-serving", "borrower"}};
        const auto part = engine->plan(kApp, some, {}).value();
        QCOMPARE(part.rollouts.size(), std::size_t {1});
        QCOMPARE(part.rollouts.front().rollout.name, std::string("stepped"));
        const auto asked = engine->previewRollout(some.resources.front(), {}).value();
        QVERIFY(asked.pending);
        QCOMPARE(asked.simulation.length, changes.at("stepped").simulation.length);
    }

    void aSecondProgramWorksThroughTheFirst()
    {
        const QTemporaryDir home;
        auto first = Engine::open(options(home)).value();
        QTRY_VERIFY_WITH_TIMEOUT(settled(*first), 60'000);
        auto given = options(home);
        given.attach = true;
        given.user = "amal";
        auto second = Engine::open(given).value();
        QTRY_VERIFY_WITH_TIMEOUT(second->snapshot()->connection.state == Connection::State::Connected, 20'000);
        QTRY_VERIFY_WITH_TIMEOUT(application(*second) && application(*second)->sync == SyncState::Synced, 20'000);
        // One keeps the time, and both tell it.
        const auto apart = first->snapshot()->at - second->snapshot()->at;
        QVERIFY(apart < std::chrono::minutes(5) && -apart < std::chrono::minutes(5));
        QCOMPARE(second->setClockRate(10).error().code, Error::Code::Unsupported);
        // What the second asks for, the first one's controllers do; both write one audit log.
        QVERIFY(second->diff(kApp, {}).has_value());
        const auto history = application(*first)->history.size();
        QVERIFY(second->setAutoSync(kApp, false).has_value());
        QVERIFY(second->sync(kApp, {}).has_value());
        QTRY_VERIFY_WITH_TIMEOUT(application(*second)->history.size() > history && settled(*first), 60'000);
        QVERIFY(first->verifyAudit().has_value());
        const auto entries = first->audit(100).value();
        QVERIFY(std::any_of(entries.begin(), entries.end(),
                            [](const AuditEntry& entry) { return entry.who == "amal" && entry.action == "sync"; }));
        // The first ends: the second says so and keeps what it knew.
        first.reset();
        QTRY_VERIFY_WITH_TIMEOUT(second->snapshot()->connection.state == Connection::State::Offline, 60'000);
        QVERIFY(!second->snapshot()->connection.problem.empty());
        QVERIFY(application(*second) != nullptr);
    }

    void theDocumentAsItStandsIsFoundWanting()
    {
        const QTemporaryDir home;
        auto given = options(home);
        given.resources = TEST_DATA "/seed";
        auto engine = Engine::open(given).value();
        const auto found = [&](std::string_view message, std::string_view file) {
            const auto snapshot = engine->snapshot();
            return std::any_of(snapshot->problems->begin(), snapshot->problems->end(), [&](const Problem& problem) {
                return problem.message.find(message) != std::string::npos
                    && problem.file.find(file) != std::string::npos && problem.line > 0;
            });
        };
        QTRY_VERIFY_WITH_TIMEOUT(found("inference-latency", "rollouts/inference/rollout.yaml"), 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(found("HorizontalPodAutoscaler", "argocd/project.yaml"), 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(found("nvidia.com/gpu", "models/llm-service/inference-service.yaml"), 10'000);
        QTRY_VERIFY_WITH_TIMEOUT(found("pagerduty", "argocd/notifications.yaml"), 10'000);
    }

    void brokenCommitsAreTold()
    {
        const QTemporaryDir home;
        auto engine = Engine::open(options(home)).value();
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine) && application(*engine)->compared, 30'000);
        const auto file = engine->readFile(kApp, kVersionFile, {}).value();
        QVERIFY(engine->commitFile(kApp, kVersionFile, file.text + "nonsense: true\n", file.commit, "break it")
                    .has_value());
        QTRY_VERIFY_WITH_TIMEOUT(!application(*engine)->conditions.empty(), 20'000);
        QCOMPARE(application(*engine)->conditions.front().type, std::string("ComparisonError"));
        // A second save on the old base is a conflict, and nothing is lost.
        const auto conflict = engine->commitFile(kApp, kVersionFile, "x: 1\n", file.commit, "again");
        QVERIFY(!conflict.has_value());
        QCOMPARE(conflict.error().code, Error::Code::Conflict);
        const auto now = engine->readFile(kApp, kVersionFile, {}).value();
        QVERIFY(engine->commitFile(kApp, kVersionFile, file.text, now.commit, "mend it").has_value());
        QTRY_VERIFY_WITH_TIMEOUT(application(*engine)->conditions.empty(), 20'000);
    }

    void badHomesAreAClearError()
    {
        const QTemporaryDir home;
        auto given = options(home);
        given.resources = home.path().toStdString() + "/nowhere";
        const auto opened = Engine::open(given);
        QVERIFY(!opened.has_value());
        QVERIFY(opened.error().text().find("nowhere") != std::string::npos);
        given.kubeconfig = home.path().toStdString() + "/missing-kubeconfig";
        const auto missing = Engine::open(given);
        QVERIFY(!missing.has_value());
        QVERIFY(missing.error().text().find("missing-kubeconfig") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestEngine)
#include "tst_engine.moc"
