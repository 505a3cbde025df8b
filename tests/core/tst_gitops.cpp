// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/compare.h"
#include "core/gitops/findings.h"
#include "core/gitops/hooks.h"
#include "core/gitops/sync_plan.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <boost/json.hpp>

using namespace core;
using namespace core::gitops;

namespace {

manifest::Value yaml(const std::string& text)
{
    auto documents = manifest::parseYaml(text, "test");
    if (!documents || documents->empty())
        qFatal("%s", documents ? "empty" : documents.error().text().c_str());
    return documents->front().value;
}

TimePoint at(const char* text)
{
    const auto time = parseRfc3339(text);
    if (!time)
        qFatal("%s", text);
    return *time;
}

/// A cluster of given objects, and a comparison of manifests with it.
struct World
{
    std::map<manifest::ResourceKey, kube::ObjectPtr> live;
    manifest::Value object = yaml(R"(
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: app, namespace: argocd}
spec:
  project: default
  source: {repoURL: https://example.com/r.git, path: x, targetRevision: main}
  destination: {server: https://kubernetes.default.svc, namespace: ml}
)");
    Application app = parseApplication(object);
    std::optional<Project> project = defaultProject();
    std::vector<std::string> desired;

    void addLive(const std::string& text, bool tracked = true)
    {
        auto value = yaml(text);
        auto key = manifest::keyOf(value);
        manifest::ensure(value, {"metadata", "uid"}) = boost::json::string("uid-" + key.name);
        if (tracked)
            manifest::setAnnotation(value, kTrackingAnnotation, trackingIdText("app", key));
        live[key] = std::make_shared<manifest::Value>(std::move(value));
    }

    [[nodiscard]] ClusterView view() const
    {
        ClusterView cluster;
        cluster.get = [this](const manifest::ResourceKey& key) {
            const auto found = live.find(key);
            return found == live.end() ? nullptr : found->second;
        };
        cluster.tracked = [this](const std::string& instance) {
            std::vector<kube::ObjectPtr> list;
            for (const auto& [key, value] : live) {
                const auto id = trackingId(*value);
                if (id && id->instance == instance)
                    list.push_back(value);
            }
            return list;
        };
        cluster.children = [](std::string_view) { return std::vector<kube::ObjectPtr>(); };
        cluster.namespaced = [](std::string_view, std::string_view kind) -> std::optional<bool> {
            return kind != "Namespace" && kind != "CustomResourceDefinition" && kind != "ClusterRole";
        };
        cluster.applicationExists = [](const std::string&) { return false; };
        return cluster;
    }

    [[nodiscard]] Comparison compare() const
    {
        auto output = std::make_shared<render::Output>();
        for (const auto& text : desired)
            output->resources.push_back(
                {std::make_shared<const manifest::Value>(yaml(text)), std::make_shared<render::Provenance>()});
        CompareInput input;
        input.app = &app;
        input.object = &object;
        input.project = project ? &*project : nullptr;
        input.instance = "app";
        input.sources = {output};
        auto result = gitops::compare(input, view());
        result.revisions = {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
        return result;
    }

    [[nodiscard]] SyncPlan plan(SyncOperation operation = {}) const
    {
        const auto comparison = compare();
        PlanInput input;
        input.app = &app;
        input.project = project ? &*project : nullptr;
        input.comparison = &comparison;
        input.operation = std::move(operation);
        input.revision = "abcdef1234567890";
        input.startedAt = "2026-03-01T10:00:00Z";
        input.served = [](std::string_view apiVersion, std::string_view) { return apiVersion != "none.com/v1"; };
        return planSync(input);
    }
};

std::string resource(const std::string& kind, const std::string& name, const std::string& annotations = {},
                     const std::string& apiVersion = "v1")
{
    return "apiVersion: " + apiVersion + "\nkind: " + kind + "\nmetadata:\n  name: " + name + "\n  namespace: ml\n"
        + (annotations.empty() ? "" : "  annotations: {" + annotations + "}\n") + "data: {k: v}\n";
}

std::string wave(int number)
{
    return "argocd.argoproj.io/sync-wave: '" + std::to_string(number) + "'";
}

QString order(const SyncPlan& plan)
{
    QStringList list;
    for (const auto& task : plan.tasks)
        list << QString("%1:%2:%3%4")
                    .arg(QString::fromStdString(std::string(name(task.phase))))
                    .arg(task.wave)
                    .arg(QString::fromStdString(task.key.name),
                         task.action == SyncTask::Action::Prune ? (task.pruneAllowed ? "(prune)" : "(skip)") : "");
    return list.join(' ');
}

} // namespace

class TestGitops : public QObject
{
    Q_OBJECT

private slots:
    void globs_data()
    {
        QTest::addColumn<QString>("pattern");
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("separated");
        QTest::addColumn<bool>("matches");
        QTest::newRow("star crosses") << "*"
                                      << "a/b" << false << true;
        QTest::newRow("star stays in its segment") << "https://x/*"
                                                   << "https://x/a/b" << true << false;
        QTest::newRow("two stars cross") << "https://x/**"
                                         << "https://x/a/b" << true << true;
        QTest::newRow("question mark") << "a?c"
                                       << "abc" << false << true;
        QTest::newRow("class") << "[a-c]x"
                               << "bx" << false << true;
        QTest::newRow("negated class") << "[!a-c]x"
                                       << "bx" << false << false;
        QTest::newRow("choice") << "{a,b}-*"
                                << "b-1" << false << true;
        QTest::newRow("many stars") << QString("*a").repeated(200) << QString("a").repeated(150) << false << false;
    }

    void globs()
    {
        QFETCH(QString, pattern);
        QFETCH(QString, text);
        QFETCH(bool, separated);
        QFETCH(bool, matches);
        QCOMPARE(globMatches(pattern.toStdString(), text.toStdString(), separated ? '/' : '\0'), matches);
    }

    void projectSources_data()
    {
        QTest::addColumn<QString>("list");
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("permitted");
        QTest::newRow("all") << "['*']"
                             << "https://github.com/a/b" << true;
        QTest::newRow("none") << "[]"
                              << "https://github.com/a/b" << false;
        QTest::newRow(".git does not matter") << "['https://github.com/a/b.git']"
                                              << "https://GitHub.com/a/b/" << true;
        QTest::newRow("denied") << "['*', '!https://github.com/a/*']"
                                << "https://github.com/a/b" << false;
        QTest::newRow("only negations permit the rest") << "['!https://x/*']"
                                                        << "https://github.com/a/b" << true;
        QTest::newRow("ssh forms are one") << "['git@github.com:a/b.git']"
                                           << "ssh://git@github.com/a/b" << true;
    }

    void projectSources()
    {
        QFETCH(QString, list);
        QFETCH(QString, url);
        QFETCH(bool, permitted);
        const auto project = parseProject(yaml("metadata: {name: p}\nspec: {sourceRepos: " + list.toStdString() + "}"));
        QCOMPARE(project.permitsSource(url.toStdString()), permitted);
    }

    void projectDestinations_data()
    {
        QTest::addColumn<QString>("items");
        QTest::addColumn<QString>("nameSpace");
        QTest::addColumn<bool>("permitted");
        QTest::newRow("all") << "{server: '*', namespace: '*'}"
                             << "ml" << true;
        QTest::newRow("other namespace") << "{server: '*', namespace: 'x-*'}"
                                         << "ml" << false;
        QTest::newRow("by name") << "{name: in-cluster, namespace: ml}"
                                 << "ml" << true;
        QTest::newRow("denied namespace") << "{server: '*', namespace: '*'}, {server: '*', namespace: '!kube-*'}"
                                          << "kube-system" << false;
        QTest::newRow("denial that does not match permits") << "{server: '*', namespace: '!kube-*'}"
                                                            << "ml" << true;
    }

    void projectDestinations()
    {
        QFETCH(QString, items);
        QFETCH(QString, nameSpace);
        QFETCH(bool, permitted);
        const auto project =
            parseProject(yaml("metadata: {name: p}\nspec: {destinations: [" + items.toStdString() + "]}"));
        QCOMPARE(project.permitsDestination(ClusterName {}, nameSpace.toStdString()), permitted);
    }

    void projectKinds_data()
    {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<bool>("deployment");
        QTest::addColumn<bool>("nameSpace");
        QTest::newRow("no lists") << "{}" << true << false;
        QTest::newRow("empty namespaced whitelist") << "{namespaceResourceWhitelist: []}" << false << false;
        QTest::newRow("whitelist") << "{namespaceResourceWhitelist: [{group: apps, kind: Deployment}]}" << true
                                   << false;
        QTest::newRow("blacklist") << "{namespaceResourceBlacklist: [{group: '*', kind: Deploy*}]}" << false << false;
        QTest::newRow("cluster") << "{clusterResourceWhitelist: [{group: '', kind: Namespace}]}" << true << true;
    }

    void projectKinds()
    {
        QFETCH(QString, spec);
        QFETCH(bool, deployment);
        QFETCH(bool, nameSpace);
        const auto project = parseProject(yaml("metadata: {name: p}\nspec: " + spec.toStdString()));
        QCOMPARE(project.permitsKind({"apps", "Deployment"}, "x", Scope::Namespaced), deployment);
        QCOMPARE(project.permitsKind({"", "Namespace"}, "x", Scope::Cluster), nameSpace);
    }

    void cron_data()
    {
        QTest::addColumn<QString>("schedule");
        QTest::addColumn<QString>("next");
        QTest::newRow("every minute") << "* * * * *"
                                      << "2026-03-01T10:01:00Z";
        QTest::newRow("hour") << "0 22 * * *"
                              << "2026-03-01T22:00:00Z";
        QTest::newRow("step") << "*/15 * * * *"
                              << "2026-03-01T10:15:00Z";
        QTest::newRow("weekday") << "0 9 * * 1-5"
                                 << "2026-03-02T09:00:00Z"; // the first is a Sunday
        QTest::newRow("day or weekday") << "0 0 15 * 3"
                                        << "2026-03-04T00:00:00Z";
        QTest::newRow("month name") << "0 0 1 jun *"
                                    << "2026-06-01T00:00:00Z";
        QTest::newRow("leap day") << "0 0 29 2 *"
                                  << "2028-02-29T00:00:00Z";
        QTest::newRow("never") << "0 0 31 2 *"
                               << "none";
        QTest::newRow("too few fields") << "* * * *"
                                        << "error";
        QTest::newRow("out of range") << "61 * * * *"
                                      << "error";
        QTest::newRow("descriptor") << "@daily"
                                    << "error";
    }

    void cron()
    {
        QFETCH(QString, schedule);
        QFETCH(QString, next);
        const auto parsed = Cron::parse(schedule.toStdString());
        if (!parsed) {
            QCOMPARE(QString("error"), next);
            return;
        }
        const auto time = parsed->next(at("2026-03-01T10:00:30Z"));
        QCOMPARE(time ? QString::fromStdString(formatRfc3339(*time)) : QString("none"), next);
    }

    void windows_data()
    {
        QTest::addColumn<QString>("windows");
        QTest::addColumn<bool>("automated");
        QTest::addColumn<bool>("manual");
        const QString always("schedule: '* * * * *', duration: 1h, applications: ['*']");
        const QString never("schedule: '0 0 1 1 *', duration: 1h, applications: ['*']");
        QTest::newRow("none") << "" << true << true;
        QTest::newRow("active deny") << "{kind: deny, " + always + "}" << false << false;
        QTest::newRow("active deny, manual allowed")
            << "{kind: deny, manualSync: true, " + always + "}" << false << true;
        QTest::newRow("active allow") << "{kind: allow, " + always + "}" << true << true;
        QTest::newRow("inactive allow") << "{kind: allow, " + never + "}" << false << false;
        QTest::newRow("inactive allow, manual allowed")
            << "{kind: allow, manualSync: true, " + never + "}" << false << true;
        QTest::newRow("deny beats allow")
            << "{kind: allow, " + always + "}, {kind: deny, " + always + "}" << false << false;
        QTest::newRow("other application")
            << "{kind: deny, schedule: '* * * * *', duration: 1h, applications: [x]}" << true << true;
        QTest::newRow("and: namespace does not match")
            << "{kind: deny, andOperator: true, namespaces: [x], " + always + "}" << true << true;
        // 10:00 UTC is 13:00 in Riyadh
        QTest::newRow("time zone, inside")
            << "{kind: deny, schedule: '30 12 * * *', duration: 1h, timeZone: Asia/Riyadh, applications: ['*']}"
            << false << false;
        QTest::newRow("time zone, outside")
            << "{kind: deny, schedule: '30 9 * * *', duration: 1h, timeZone: Asia/Riyadh, applications: ['*']}" << true
            << true;
    }

    void windows()
    {
        QFETCH(QString, windows);
        QFETCH(bool, automated);
        QFETCH(bool, manual);
        const World world;
        const auto project =
            parseProject(yaml("metadata: {name: p}\nspec: {syncWindows: [" + windows.toStdString() + "]}"));
        const auto now = at("2026-03-01T10:00:00Z");
        const auto first = canSync(project.windows, world.app, Initiator::Automated, now);
        const auto second = canSync(project.windows, world.app, Initiator::Manual, now);
        QVERIFY(first && second);
        QCOMPARE(first->allowed, automated);
        QCOMPARE(second->allowed, manual);
        QCOMPARE(first->reason.empty(), automated);
    }

    void aBrokenWindowIsAnError()
    {
        const World world;
        SyncWindow window;
        window.schedule = "nonsense";
        window.duration = "1h";
        window.applications = {"*"};
        QVERIFY(!canSync({window}, world.app, Initiator::Manual, at("2026-03-01T10:00:00Z")));
    }

    void trackingIds_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("expected");
        QTest::newRow("core") << "app:/Service:ml/web"
                              << "app Service/ml/web";
        QTest::newRow("group") << "ns_app:apps/Deployment:ml/web"
                               << "ns_app Deployment/ml/web";
        QTest::newRow("colon in the name") << "app:rbac.authorization.k8s.io/Role:ml/a:b"
                                           << "app Role/ml/a:b";
        QTest::newRow("too few parts") << "app:/Service"
                                       << "none";
        QTest::newRow("two slashes") << "app:a/b/c:ml/x"
                                     << "none";
    }

    void trackingIds()
    {
        QFETCH(QString, text);
        QFETCH(QString, expected);
        manifest::Value object = manifest::Object();
        manifest::setAnnotation(object, kTrackingAnnotation, text.toStdString());
        const auto id = trackingId(object);
        QCOMPARE(id ? QString::fromStdString(id->instance + " " + id->key.text()) : QString("none"), expected);
    }

    void hooksAreRead_data()
    {
        QTest::addColumn<QString>("annotations");
        QTest::addColumn<QString>("types");
        QTest::newRow("none") << ""
                              << "";
        QTest::newRow("two") << "argocd.argoproj.io/hook: 'PreSync, PostSync'"
                             << "PreSync PostSync";
        QTest::newRow("skip alone") << "argocd.argoproj.io/hook: Skip"
                                    << "Skip";
        QTest::newRow("skip among others") << "argocd.argoproj.io/hook: 'Skip,Sync'"
                                           << "Sync";
        QTest::newRow("helm") << "helm.sh/hook: 'pre-install,pre-upgrade'"
                              << "PreSync";
        QTest::newRow("helm test") << "helm.sh/hook: test"
                                   << "Ignore";
        QTest::newRow("crd-install") << "helm.sh/hook: crd-install"
                                     << "";
        QTest::newRow("argo wins") << "argocd.argoproj.io/hook: PostSync, helm.sh/hook: pre-install"
                                   << "PostSync";
    }

    void hooksAreRead()
    {
        QFETCH(QString, annotations);
        QFETCH(QString, types);
        QStringList list;
        for (const auto& type : hookTypes(yaml(resource("Job", "x", annotations.toStdString()))))
            list << QString::fromStdString(type);
        QCOMPARE(list.join(' '), types);
    }

    void tasksAreInOrder()
    {
        World world;
        world.desired = {resource("ConfigMap", "late", wave(5)),
                         resource("Deployment", "web", {}, "apps/v1"),
                         resource("Service", "svc"),
                         resource("Secret", "early", wave(-1)),
                         resource("Job", "pre", "argocd.argoproj.io/hook: PreSync", "batch/v1"),
                         resource("Job", "post", "argocd.argoproj.io/hook: PostSync", "batch/v1"),
                         resource("Job", "fail", "argocd.argoproj.io/hook: SyncFail", "batch/v1"),
                         resource("ConfigMap", "skipped", "argocd.argoproj.io/hook: Skip")};
        const auto plan = world.plan();
        QCOMPARE(
            order(plan),
            QString("PreSync:0:pre Sync:-1:early Sync:0:svc Sync:0:web Sync:5:late PostSync:0:post SyncFail:0:fail"));
        QVERIFY(plan.multiStep);
    }

    void namespacesAndDefinitionsGoFirst()
    {
        World world;
        world.desired = {resource("ConfigMap", "cm", wave(-3)),
                         "apiVersion: v1\nkind: Namespace\nmetadata: {name: ml}\n",
                         "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: "
                         "things.example.com}\nspec: {group: example.com, names: {kind: Thing}, scope: Namespaced}\n",
                         resource("Thing", "thing", wave(-1), "example.com/v1")};
        QCOMPARE(order(world.plan()), QString("Sync:-3:ml Sync:-3:cm Sync:-1:things.example.com Sync:-1:thing"));
    }

    void pruneWavesAreMirrored()
    {
        World world;
        for (const int number : {0, 1, 5})
            world.addLive(resource("ConfigMap", "p" + std::to_string(number), wave(number)));
        SyncOperation operation;
        operation.prune = true;
        QCOMPARE(order(world.plan(operation)), QString("Sync:0:p5(prune) Sync:1:p1(prune) Sync:5:p0(prune)"));
    }

    void pruneOptions()
    {
        World world;
        world.desired = {resource("ConfigMap", "a", wave(3))};
        world.addLive(resource("ConfigMap", "last", "argocd.argoproj.io/sync-options: PruneLast=true"));
        world.addLive(resource("ConfigMap", "kept", "argocd.argoproj.io/sync-options: Prune=false"));
        SyncOperation operation;
        operation.prune = true;
        QCOMPARE(order(world.plan(operation)), QString("Sync:0:kept(skip) Sync:3:a Sync:4:last(prune)"));
        operation.prune = false;
        const auto plan = world.plan(operation);
        QCOMPARE(plan.tasks[0].note, std::string("ignored (requires pruning)"));
    }

    void selectiveSyncTakesNoHooks()
    {
        World world;
        world.desired = {resource("ConfigMap", "a"), resource("ConfigMap", "b"),
                         resource("Job", "pre", "argocd.argoproj.io/hook: PreSync", "batch/v1")};
        SyncOperation operation;
        operation.resources.push_back({"", "ConfigMap", "b", ""});
        QCOMPARE(order(world.plan(operation)), QString("Sync:0:b"));
    }

    void onlyWhatIsOutOfSyncWhenAsked()
    {
        World world;
        world.desired = {resource("ConfigMap", "a"), resource("ConfigMap", "b")};
        world.addLive(resource("ConfigMap", "a"));
        SyncOperation operation;
        operation.syncOptions = {"ApplyOutOfSyncOnly=true"};
        QCOMPARE(order(world.plan(operation)), QString("Sync:0:b"));
    }

    void whatMayNotRunMakesThePlanInvalid()
    {
        World world;
        world.desired = {resource("ConfigMap", "a"), resource("Thing", "x", {}, "none.com/v1")};
        QVERIFY(
            world.plan().invalid.starts_with("one or more synchronization tasks are not valid: failed to discover"));
        world.desired = {resource("Deployment", "web", {}, "apps/v1")};
        world.project = parseProject(yaml("metadata: {name: p}\nspec: {destinations: [{server: '*', namespace: '*'}], "
                                          "namespaceResourceWhitelist: []}"));
        QCOMPARE(world.plan().invalid,
                 std::string("one or more synchronization tasks are not valid: resource apps:Deployment is not "
                             "permitted in project p"));
    }

    void generatedNamesAreTheSameInEachStep()
    {
        World world;
        world.desired = {"apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: migrate-, namespace: ml, "
                         "annotations: {argocd.argoproj.io/hook: PreSync}}\n"};
        QCOMPARE(world.plan().tasks.at(0).key.name, std::string("migrate-abcdef1-presync-1772359200"));
    }

    void syncStatus()
    {
        World world;
        world.desired = {resource("ConfigMap", "a")};
        QCOMPARE(world.compare().sync, SyncStatus::OutOfSync);
        QCOMPARE(world.compare().health.status, health::Status::Missing);
        world.addLive(resource("ConfigMap", "a"));
        QCOMPARE(world.compare().sync, SyncStatus::Synced);
        QCOMPARE(world.compare().health.status, health::Status::Healthy);
        world.addLive(resource("ConfigMap", "extra", "argocd.argoproj.io/compare-options: IgnoreExtraneous"));
        QCOMPARE(world.compare().sync, SyncStatus::Synced);
        world.addLive(resource("ConfigMap", "other"));
        QCOMPARE(world.compare().sync, SyncStatus::OutOfSync);
    }

    void aCopyThatKeptTheAnnotationIsLeftAlone()
    {
        World world;
        world.addLive(resource("ConfigMap", "a"));
        auto copy = yaml(resource("ConfigMap", "copy"));
        manifest::setAnnotation(copy, kTrackingAnnotation, "app:/ConfigMap:ml/a");
        world.live[manifest::keyOf(copy)] = std::make_shared<manifest::Value>(copy);
        world.desired = {resource("ConfigMap", "a")};
        const auto comparison = world.compare();
        QCOMPARE(comparison.sync, SyncStatus::Synced);
        QCOMPARE(comparison.resources.size(), std::size_t {2});
        QVERIFY(!comparison.resources[1].selfReferenced);
        SyncOperation operation;
        operation.prune = true;
        QCOMPARE(order(world.plan(operation)), QString("Sync:0:a"));
    }

    void repeatedResourcesWarn()
    {
        World world;
        world.desired = {resource("ConfigMap", "a"), resource("ConfigMap", "a")};
        const auto comparison = world.compare();
        QCOMPARE(comparison.resources.size(), std::size_t {1});
        QCOMPARE(comparison.conditions.at(0).message,
                 std::string("Resource /ConfigMap/ml/a appeared 2 times among application resources."));
    }

    void autoSync_data()
    {
        QTest::addColumn<QString>("policy");
        QTest::addColumn<QString>("state"); // status.operationState
        QTest::addColumn<QString>("live"); // "none", "drifted", "extra only", "same"
        QTest::addColumn<QString>("expected");
        const QString revision("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
        const auto done = [&](const char* phase, const char* more = "") {
            return QString(
                       "{phase: %1, message: why, finishedAt: '2026-03-01T09:59:59Z', %2 syncResult: {revision: %3, "
                       "source: {repoURL: 'https://example.com/r.git', path: x, targetRevision: main}}}")
                .arg(phase, more, revision);
        };
        QTest::newRow("off") << "{}"
                             << "null"
                             << "none"
                             << "";
        QTest::newRow("disabled") << "{automated: {enabled: false}}"
                                  << "null"
                                  << "none"
                                  << "";
        QTest::newRow("first time") << "{automated: {}}"
                                    << "null"
                                    << "none"
                                    << "sync";
        QTest::newRow("in sync") << "{automated: {}}"
                                 << "null"
                                 << "same"
                                 << "";
        QTest::newRow("failed before") << "{automated: {}}" << done("Failed") << "none"
                                       << "SyncError: Failed last sync attempt to [" + revision + "]: why";
        QTest::newRow("no self-heal") << "{automated: {}}" << done("Succeeded") << "drifted"
                                      << "this revision was synced before, and self-heal is off";
        QTest::newRow("self-heal") << "{automated: {selfHeal: true}}" << done("Succeeded") << "drifted"
                                   << "heal 1";
        QTest::newRow("self-heal waits") << "{automated: {selfHeal: true}}"
                                         << done("Succeeded", "operation: {sync: {autoHealAttemptsCount: 2}},")
                                         << "drifted"
                                         << "self-heal waits for its back-off 5s";
        QTest::newRow("prune off") << "{automated: {}}"
                                   << "null"
                                   << "extra only"
                                   << "only pruning is left to do, and automated pruning is off";
        QTest::newRow("would wipe out all")
            << "{automated: {prune: true}}"
            << "null"
            << "extra only"
            << "SyncError: Skipping sync attempt to [" + revision + "]: auto-sync will wipe out all resources";
        QTest::newRow("may wipe out all") << "{automated: {prune: true, allowEmpty: true}}"
                                          << "null"
                                          << "extra only"
                                          << "sync";
    }

    void autoSync()
    {
        QFETCH(QString, policy);
        QFETCH(QString, state);
        QFETCH(QString, live);
        QFETCH(QString, expected);
        World world;
        manifest::ensure(world.object, {"spec", "syncPolicy"}) = yaml("x: " + policy.toStdString()).as_object().at("x");
        manifest::ensure(world.object, {"status", "operationState"}) =
            yaml("x: " + state.toStdString()).as_object().at("x");
        world.app = parseApplication(world.object);
        if (live != "extra only")
            world.desired = {resource("ConfigMap", "a")};
        if (live == "same")
            world.addLive(resource("ConfigMap", "a"));
        if (live == "drifted")
            world.addLive("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: ml}\ndata: {k: other}\n");
        if (live == "extra only")
            world.addLive(resource("ConfigMap", "extra"));
        const auto decision = decideAutoSync(world.app, world.object, world.compare(), at("2026-03-01T10:00:00Z"));
        QString got;
        if (decision.sync) {
            const auto heals = manifest::integer(decision.operation, {"sync", "autoHealAttemptsCount"});
            got = heals ? QString("heal %1").arg(*heals) : QString("sync");
        } else if (decision.condition) {
            got = QString::fromStdString(decision.condition->type + ": " + decision.condition->message);
        } else {
            got = QString::fromStdString(decision.reason);
            if (decision.retryIn)
                got += " " + QString::fromStdString(formatGoDuration(*decision.retryIn));
        }
        QCOMPARE(got, expected);
    }

    void retriesBackOff()
    {
        Retry retry;
        QCOMPARE(formatGoDuration(retry.wait(0)), std::string("5s"));
        QCOMPARE(formatGoDuration(retry.wait(2)), std::string("20s"));
        QCOMPARE(formatGoDuration(retry.wait(50)), std::string("3m0s"));
    }

    void specProblems_data()
    {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("message");
        const QString destination("destination: {server: https://kubernetes.default.svc, namespace: ml}");
        QTest::newRow("fine") << "source: {repoURL: https://x/r, path: a}\n" + destination << "";
        QTest::newRow("no path") << "source: {repoURL: https://x/r}\n" + destination
                                 << "spec.source.repoURL and either spec.source.path or spec.source.chart are required";
        QTest::newRow("no repository") << "source: {path: a}\n"
                + destination << "spec.source.repoURL and either spec.source.path or spec.source.chart are required";
        QTest::newRow("one of several without place")
            << "sources: [{repoURL: https://x/r}]\n" + destination
            << "spec.source.repoURL and either source.path, source.chart, or source.ref are required for source "
               "{https://x/r  }";
        QTest::newRow("a chart without version") << "source: {repoURL: https://x/r, chart: c}\n"
                + destination << "spec.source.targetRevision is required if the manifest source is a helm chart";
        QTest::newRow("no destination") << "source: {repoURL: https://x/r, path: a}\ndestination: {namespace: ml}"
                                        << "Destination server missing from app spec";
        QTest::newRow("another server")
            << "source: {repoURL: https://x/r, path: a}\ndestination: {server: https://y, namespace: ml}"
            << "error getting cluster by server \"https://y\": rpc error: code = NotFound desc = cluster "
               "\"https://y\" not found";
        QTest::newRow("both destinations")
            << "source: {repoURL: https://x/r, path: a}\ndestination: {server: a, name: b, namespace: ml}"
            << "application destination can't have both name and server defined: b a";
        QTest::newRow("unknown cluster")
            << "source: {repoURL: https://x/r, path: a}\ndestination: {name: b, namespace: ml}"
            << "there are no clusters with this name: b";
        QTest::newRow("two types")
            << "source: {repoURL: https://x/r, path: a, helm: {releaseName: x}, kustomize: {namePrefix: y}}\n"
                + destination
            << "multiple application sources defined: helm,kustomize";
    }

    void specProblems()
    {
        QFETCH(QString, spec);
        QFETCH(QString, message);
        manifest::Value object = yaml("metadata: {name: app, namespace: argocd}");
        manifest::ensure(object, {"spec"}) = yaml(spec.toStdString());
        const auto project = defaultProject();
        const auto conditions =
            validate(parseApplication(object), &project, "argocd", registeredClusters({}, "argocd"));
        QCOMPARE(conditions.empty() ? QString() : QString::fromStdString(conditions[0].message), message);
    }

    void findingsNameWhatWillFail()
    {
        World world;
        world.project = parseProject(
            yaml("metadata: {name: ml-production}\nspec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: "
                 "'*'}], namespaceResourceWhitelist: [{group: serving.kserve.io, kind: InferenceService}]}"));
        world.desired = {
            "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: hpa}\n",
            "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\nmetadata: {name: llm}\nspec: {predictor: "
            "{model: {resources: {requests: {nvidia.com/gpu: 1, cpu: 4}, limits: {cpu: 4}}}}}\n"};
        const auto findings =
            findProblems(world.app, &*world.project, world.compare(), registeredClusters({}, "argocd"));
        QCOMPARE(findings.size(), std::size_t {2});
        QCOMPARE(findings[0].path, (std::vector<std::string> {"spec", "namespaceResourceWhitelist"}));
        QVERIFY(findings[0].message.find("HorizontalPodAutoscaler") != std::string::npos);
        QCOMPARE(findings[1].path,
                 (std::vector<std::string> {"spec", "predictor", "model", "resources", "requests", "nvidia.com/gpu"}));
        QVERIFY(findings[1].message.find("Limit must be set for non overcommitable resources") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestGitops)
#include "tst_gitops.moc"
