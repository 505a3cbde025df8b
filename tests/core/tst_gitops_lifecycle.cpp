// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/argocd_world.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <boost/json.hpp>

using namespace core;
using manifest::Value;

namespace {

Value yaml(const std::string& text)
{
    auto documents = manifest::parseYaml(text, "test");
    if (!documents || documents->empty())
        qFatal("%s", documents ? "empty" : documents.error().text().c_str());
    return documents->front().value;
}

kube::ResourceType applications()
{
    return {"argoproj.io", "v1alpha1", "Application", "applications", true, {}, {}, {}, {}};
}

/// A scenario of files; `app` is the rest of the spec in YAML's flow style.
Value scenario(const std::string& name, const std::vector<std::pair<std::string, std::string>>& files,
               const std::string& app = "{source: {path: app}}", const std::string& rest = "{}")
{
    Value result = yaml("{name: " + name + ", given: {files: {}}}");
    for (const auto& [path, text] : files)
        manifest::ensure(result, {"given", "files", path}) = boost::json::string(text);
    manifest::ensure(result, {"given", "app"}) = yaml(app);
    const auto more = yaml(rest);
    for (const auto& member : manifest::object(more, {}))
        manifest::ensure(result, {"given", member.key()}) = member.value();
    return result;
}

std::string configMap(const std::string& name, const std::string& annotations = "{}", const std::string& value = "1")
{
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + ", annotations: " + annotations
        + "}\ndata: {a: \"" + value + "\"}\n";
}

std::string job(const std::string& name, const std::string& annotations, const std::string& sim)
{
    return "apiVersion: batch/v1\nkind: Job\nmetadata: {name: " + name + ", annotations: " + annotations
        + "}\nspec: {template: {metadata: {labels: {sim: " + sim
        + "}}, spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}\n";
}

struct Run
{
    explicit Run(const Value& given)
        : world(given)
        , name(manifest::text(given, {"name"}))
    {
        world.startController();
        world.create();
    }

    [[nodiscard]] Value application() const
    {
        auto object = world.client().get(applications(), "argocd", name);
        return object ? *object : Value();
    }
    [[nodiscard]] std::string text(manifest::Path path) const
    {
        return std::string(manifest::text(application(), path));
    }
    [[nodiscard]] bool exists(const std::string& apiVersion, const std::string& kind, const std::string& object) const
    {
        const auto type = world.client().resolve(apiVersion, kind);
        return type && world.client().get(*type, type->namespaced ? world.nameSpace() : std::string(), object);
    }
    [[nodiscard]] Value get(const std::string& apiVersion, const std::string& kind, const std::string& object) const
    {
        const auto type = world.client().resolve(apiVersion, kind);
        auto result = world.client().get(*type, type->namespaced ? world.nameSpace() : std::string(), object);
        return result ? *result : Value();
    }
    void sync(const std::string& operation = "{sync: {prune: true}}")
    {
        Value step = manifest::Object();
        manifest::ensure(step, {"operation"}) = yaml(operation);
        world.play(step);
    }
    void commit(const std::string& path, const std::string& content)
    {
        Value step = manifest::Object();
        manifest::ensure(step, {"commit", path}) = boost::json::string(content);
        world.play(step);
    }
    [[nodiscard]] bool has(const std::string& finalizer) const
    {
        return manifest::toJson(application()).find("\"" + finalizer + "\"") != std::string::npos;
    }
    [[nodiscard]] std::string messageOf(const std::string& object) const
    {
        const auto app = application();
        for (const auto& item : manifest::array(app, {"status", "operationState", "syncResult", "resources"})) {
            if (manifest::text(item, {"name"}) == object)
                return std::string(manifest::text(item, {"message"}));
        }
        return {};
    }
    [[nodiscard]] std::string condition(const std::string& type) const
    {
        const auto app = application();
        for (const auto& item : manifest::array(app, {"status", "conditions"})) {
            if (manifest::text(item, {"type"}) == type)
                return std::string(manifest::text(item, {"message"}));
        }
        return {};
    }

    ArgocdWorld world;
    std::string name;
};

void configure(Run& run, const std::string& data, const std::string& name = "argocd-cm")
{
    Value object = yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name + ", namespace: argocd}}");
    manifest::ensure(object, {"data"}) = yaml(data);
    kube::WriteOptions options;
    options.force = true;
    const auto written = run.world.client().apply(object, options);
    if (!written)
        qFatal("%s", written.error().text().c_str());
}

constexpr int kPatience = 15000;

#define PHASE_BECOMES(run, wanted)                                                                                     \
    QTRY_COMPARE_WITH_TIMEOUT((run).text({"status", "operationState", "phase"}), std::string(wanted), kPatience)

} // namespace

class TestGitopsLifecycle : public QObject
{
    Q_OBJECT

private slots:
    void deletionHooksRunAroundTheCascade()
    {
        Run run(scenario("hooks",
                         {{"app/a.yaml", configMap("a")},
                          {"app/pre.yaml",
                           job("pre",
                               "{argocd.argoproj.io/hook: PreDelete, argocd.argoproj.io/hook-delete-policy: "
                               "HookSucceeded}",
                               "pending")},
                          {"app/post.yaml",
                           job("post",
                               "{argocd.argoproj.io/hook: PostDelete, argocd.argoproj.io/hook-delete-policy: "
                               "HookSucceeded}",
                               "succeed")}},
                         "{source: {path: app}}", "{finalizers: [resources-finalizer.argocd.argoproj.io]}"));
        QTRY_VERIFY_WITH_TIMEOUT(run.has("pre-delete-finalizer.argocd.argoproj.io/cleanup"), kPatience);
        QVERIFY(run.has("post-delete-finalizer.argocd.argoproj.io"));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QVERIFY(!run.exists("batch/v1", "Job", "pre"));
        run.world.play(yaml("{delete: true}"));
        QTRY_VERIFY_WITH_TIMEOUT(run.exists("batch/v1", "Job", "pre"), kPatience);
        QVERIFY(run.exists("v1", "ConfigMap", "a")); // it waits for the hook
        QVERIFY(!run.exists("batch/v1", "Job", "post"));
        const auto type = run.world.client().resolve("batch/v1", "Job");
        kube::WriteOptions status;
        status.subresource = "status";
        const auto done = run.world.client().patch(
            *type, run.world.nameSpace(), "pre", kube::PatchType::Merge,
            yaml("{status: {startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:00:01Z', succeeded: 1, "
                 "conditions: [{type: SuccessCriteriaMet, status: 'True'}, {type: Complete, status: 'True'}]}}"),
            status);
        QVERIFY2(done, done ? "" : done.error().text().c_str());
        QTRY_VERIFY_WITH_TIMEOUT(run.application().is_null(), kPatience);
        QVERIFY(!run.exists("v1", "ConfigMap", "a"));
        QVERIFY(!run.exists("batch/v1", "Job", "post")); // created, done, and deleted by its policy
        QCOMPARE(run.world.controllerTransport().creations("jobs", "post"), 1);
    }

    void aFailedDeletionHookIsReportedAndTriedAgain()
    {
        Run run(scenario("hookfails",
                         {{"app/a.yaml", configMap("a")},
                          {"app/post.yaml", job("post", "{argocd.argoproj.io/hook: PostDelete}", "fail")}}));
        QTRY_VERIFY_WITH_TIMEOUT(run.has("post-delete-finalizer.argocd.argoproj.io"), kPatience);
        run.world.play(yaml("{delete: true}"));
        QTRY_VERIFY_WITH_TIMEOUT(run.condition("DeletionError").find("PostDelete hook post failed") == 0, kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(run.world.controllerTransport().creations("jobs", "post") > 1, kPatience);
        QVERIFY(!run.application().is_null());
    }

    /// What a commit beside the application's paths cannot have changed is not synced again because of it.
    void commitsBesideTheGeneratePathsSyncNothing()
    {
        Run run(scenario("paths", {{"app/a.yaml", configMap("a")}},
                         "{source: {path: app}, syncPolicy: {automated: {}}}",
                         "{annotations: {argocd.argoproj.io/manifest-generate-paths: .}}"));
        PHASE_BECOMES(run, "Succeeded");
        const auto synced = [&] { return run.text({"status", "operationState", "syncResult", "revision"}); };
        const auto compared = [&] { return run.text({"status", "sync", "revision"}); };
        const auto first = synced();
        run.world.play(yaml("{patch: {kind: ConfigMap, name: a, patch: {data: {a: drifted}}}}"));
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("OutOfSync"), kPatience);
        run.commit("README.md", "beside");
        QTRY_VERIFY_WITH_TIMEOUT(compared() != first, kPatience);
        QCOMPARE(run.world.controller().holdReason(run.application()),
                 std::string("this revision was synced before, and self-heal is off"));
        QCOMPARE(synced(), first);
        QCOMPARE(run.text({"status", "sync", "status"}), std::string("OutOfSync"));
        run.commit("app/a.yaml", configMap("a", "{}", "2"));
        QTRY_COMPARE_WITH_TIMEOUT(synced(), compared(), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
    }

    /// Of many applications of one repository, the one whose folder a commit touches does not wait for the others.
    void whatACommitChangesComesBeforeWhatItDoesNot()
    {
        constexpr int kMany = 30;
        const auto folder = [](int i) { return "f" + std::to_string(10 + i); };
        std::vector<std::pair<std::string, std::string>> files;
        for (int i = 0; i < kMany; ++i)
            files.emplace_back(folder(i) + "/a.yaml", configMap(folder(i)));
        Run run(scenario("f10", files, "{source: {path: f10}, syncPolicy: {automated: {}}}"));
        for (int i = 1; i < kMany; ++i) {
            Value other = manifest::Object {{"apiVersion", "argoproj.io/v1alpha1"},
                                            {"kind", "Application"},
                                            {"metadata", manifest::Object {{"namespace", "argocd"}}}};
            manifest::ensure(other, {"spec"}) = *manifest::find(run.application(), {"spec"});
            manifest::ensure(other, {"metadata", "name"}) = boost::json::string(folder(i));
            manifest::ensure(other, {"spec", "source", "path"}) = boost::json::string(folder(i));
            QVERIFY(run.world.client().create(other));
        }
        const auto numbers = [&](const std::string& revision) { // when each was written last, if it is done
            std::vector<std::int64_t> out;
            for (int i = 0; i < kMany; ++i) {
                const auto app = run.world.client().get(applications(), "argocd", folder(i));
                if (app && manifest::text(*app, {"status", "sync", "status"}) == "Synced"
                    && !manifest::find(*app, {"operation"})
                    && (revision.empty() || manifest::text(*app, {"status", "sync", "revision"}) != revision))
                    out.push_back(std::stoll(std::string(manifest::text(*app, {"metadata", "resourceVersion"}))));
            }
            return out;
        };
        QTRY_COMPARE_WITH_TIMEOUT(numbers({}).size(), std::size_t {kMany}, kPatience);
        const auto before = run.text({"status", "sync", "revision"});
        run.commit(folder(kMany - 1) + "/a.yaml", configMap(folder(kMany - 1), "{}", "2"));
        QTRY_COMPARE_WITH_TIMEOUT(numbers(before).size(), std::size_t {kMany}, kPatience);
        const auto done = numbers(before);
        const auto later = std::count_if(done.begin(), done.end(), [&](auto number) { return number > done.back(); });
        QVERIFY2(later >= kMany / 2, std::to_string(later).c_str());
    }

    /// Many objects of a kind are written and pruned at once; what is told of them is told in their order.
    void aWaveOfManyIsWrittenAtOnce()
    {
        std::string many;
        for (int i = 0; i < 40; ++i)
            many += "---\n" + configMap("c-" + std::to_string(100 + i));
        Run run(scenario("many",
                         {{"app/a.yaml", many + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: Wrong}\n"}}));
        run.sync();
        PHASE_BECOMES(run, "Failed");
        const auto names = [&](std::string_view status) {
            std::vector<std::string> out;
            const auto app = run.application();
            for (const auto& item : manifest::array(app, {"status", "operationState", "syncResult", "resources"}))
                if (manifest::text(item, {"status"}) == status)
                    out.emplace_back(manifest::text(item, {"name"}));
            return out;
        };
        QCOMPARE(names("SyncFailed"), std::vector<std::string> {"Wrong"});
        const auto written = names("Synced");
        QCOMPARE(written.size(), std::size_t {40});
        QVERIFY(std::is_sorted(written.begin(), written.end()));
        for (int i = 0; i < 40; ++i)
            QCOMPARE(run.world.controllerTransport().creations("configmaps", "c-" + std::to_string(100 + i)), 1);
        run.commit("app/a.yaml", configMap("c-100"));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QCOMPARE(names("Pruned").size(), std::size_t {39});
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
        QVERIFY(run.exists("v1", "ConfigMap", "c-100") && !run.exists("v1", "ConfigMap", "c-139"));
    }

    void aRepositoryThatDoesNotAnswerIsNoErrorForAWhile()
    {
        Run run(scenario("offline", {{"app/a.yaml", configMap("a")}}));
        configure(run, "{controller.repo.error.grace.period.seconds: '3600'}", "argocd-cmd-params-cm");
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
        run.world.setOffline(true);
        run.commit("app/a.yaml", configMap("a", "{}", "2"));
        run.world.play(
            yaml("{patch: {kind: ConfigMap, name: a, patch: {data: {a: drifted}}}}")); // is seen all the same
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("OutOfSync"), kPatience);
        QCOMPARE(run.condition("ComparisonError"), std::string());
        // Who asks is told.
        run.world.play(yaml("{refresh: true}"));
        const std::string told =
            "Failed to load target state: failed to generate manifest for source 1 of 1: failed to "
            "list refs: connection refused";
        QTRY_COMPARE_WITH_TIMEOUT(run.condition("ComparisonError"), told, kPatience);
        run.world.setOffline(false);
        run.world.controller().sourcesChanged();
        QTRY_COMPARE_WITH_TIMEOUT(run.condition("ComparisonError"), std::string(), kPatience);
        // When it has lasted too long, everybody is.
        configure(run, "{controller.repo.error.grace.period.seconds: '1'}", "argocd-cmd-params-cm");
        run.world.setOffline(true);
        run.world.controller().sourcesChanged();
        QTRY_COMPARE_WITH_TIMEOUT(run.condition("ComparisonError"), told, kPatience);
    }

    void finalizersGoWithTheHooks()
    {
        Run run(scenario("nohooks", {{"app/a.yaml", configMap("a", "{argocd.argoproj.io/hook: PostDelete}")}}));
        QTRY_VERIFY_WITH_TIMEOUT(run.has("post-delete-finalizer.argocd.argoproj.io"), kPatience);
        run.commit("app/a.yaml", configMap("a"));
        QTRY_VERIFY_WITH_TIMEOUT(!run.has("post-delete-finalizer.argocd.argoproj.io"), kPatience);
        QVERIFY(!run.has("post-delete-finalizer.argocd.argoproj.io/cleanup"));
    }

    void aBindingIsReconciledAndMadeAgainForAnotherRole()
    {
        const auto binding = [](const std::string& role) {
            return "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: b}\n"
                   "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: "
                + role + "}\nsubjects: [{kind: ServiceAccount, name: default, namespace: s-binding}]\n";
        };
        Run run(scenario("binding", {{"app/b.yaml", binding("reader")}}));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        const auto before = manifest::uid(run.get("rbac.authorization.k8s.io/v1", "RoleBinding", "b"));
        const std::string uid(before);
        run.commit("app/b.yaml", binding("writer"));
        run.sync();
        QTRY_COMPARE_WITH_TIMEOUT(
            manifest::text(run.get("rbac.authorization.k8s.io/v1", "RoleBinding", "b"), {"roleRef", "name"}),
            std::string_view("writer"), kPatience);
        PHASE_BECOMES(run, "Succeeded");
        QVERIFY(std::string(manifest::uid(run.get("rbac.authorization.k8s.io/v1", "RoleBinding", "b"))) != uid);
        QVERIFY2(run.messageOf("b").starts_with("rolebinding.rbac.authorization.k8s.io/b reconciled. "),
                 run.messageOf("b").c_str());
    }

    void objectsAreTrackedByLabelWhereTheSettingsSaySo()
    {
        Run run(scenario("label", {{"app/a.yaml", configMap("a")}, {"app/b.yaml", configMap("b")}}));
        configure(run, "{application.resourceTrackingMethod: label}");
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("OutOfSync"), kPatience);
        const auto marked = [&] {
            const auto known = run.world.controller().comparison("argocd", "label");
            return known && !known->resources.empty() && known->resources[0].desired
                && !manifest::text(*known->resources[0].desired, {"metadata", "labels", "app.kubernetes.io/instance"})
                        .empty();
        };
        QTRY_VERIFY_WITH_TIMEOUT(marked(), kPatience);
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
        const auto object = run.get("v1", "ConfigMap", "a");
        QCOMPARE(manifest::text(object, {"metadata", "labels", "app.kubernetes.io/instance"}),
                 std::string_view("label"));
        QVERIFY(manifest::annotation(object, "argocd.argoproj.io/tracking-id").empty());
        Value step = manifest::Object();
        manifest::ensure(step, {"commit", "app/b.yaml"}) = nullptr;
        run.world.play(step);
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("OutOfSync"), kPatience);
        run.sync();
        QTRY_VERIFY_WITH_TIMEOUT(!run.exists("v1", "ConfigMap", "b"), kPatience);
        // Going back to annotations is no difference by itself.
        configure(run, "{application.resourceTrackingMethod: annotation}");
        run.world.play(yaml("{refresh: normal}"));
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
    }

    void excludedKindsAreLeftOutWithAWarning()
    {
        Run run(scenario("excluded",
                         {{"app/a.yaml", configMap("a")},
                          {"app/s.yaml",
                           "{apiVersion: v1, kind: Service, metadata: {name: s}, spec: "
                           "{ports: [{port: 80}]}}"}}));
        configure(run, "{resource.exclusions: \"[{apiGroups: ['*'], kinds: [Service]}]\"}");
        QTRY_COMPARE_WITH_TIMEOUT(run.condition("ExcludedResourceWarning"),
                                  std::string("Resource /Service s is excluded in the settings"), kPatience);
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QVERIFY(run.exists("v1", "ConfigMap", "a"));
        QVERIFY(!run.exists("v1", "Service", "s"));
    }

    void ignoredDifferencesOfTheSettings()
    {
        Run run(scenario("ignoring", {{"app/a.yaml", configMap("a")}}));
        configure(run, "{resource.customizations.ignoreDifferences.ConfigMap: 'jsonPointers: [/data/a]'}");
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
        run.commit("app/a.yaml", configMap("a", "{}", "2"));
        QTRY_VERIFY_WITH_TIMEOUT(run.text({"status", "sync", "revision"}).find("abc0002") == 0, kPatience);
        QCOMPARE(run.text({"status", "sync", "status"}), std::string("Synced"));
    }

    void respectedDifferencesSurviveASync()
    {
        Run run(scenario("respect",
                         {{"app/d.yaml",
                           "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\ndata: {a: '1', b: "
                           "'1'}\n"}},
                         "{source: {path: app}, ignoreDifferences: [{group: '', kind: ConfigMap, jsonPointers: "
                         "[/data/a]}], syncPolicy: {syncOptions: [RespectIgnoreDifferences=true]}}"));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        run.world.play(yaml("{patch: {kind: ConfigMap, name: d, patch: {data: {a: live}}}}"));
        run.commit("app/d.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\ndata: {a: '2', b: '2'}\n");
        run.sync();
        QTRY_COMPARE_WITH_TIMEOUT(manifest::text(run.get("v1", "ConfigMap", "d"), {"data", "b"}), std::string_view("2"),
                                  kPatience);
        QCOMPARE(manifest::text(run.get("v1", "ConfigMap", "d"), {"data", "a"}), std::string_view("live"));
    }

    void aSharedResourceFailsTheSyncWhereAsked()
    {
        Run run(scenario("shared", {{"app/a.yaml", configMap("a")}},
                         "{source: {path: app}, syncPolicy: {syncOptions: [FailOnSharedResource=true]}}"));
        auto other = yaml("{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: s-shared, annotations: "
                          "{argocd.argoproj.io/tracking-id: 'other:/ConfigMap:s-shared/a'}}}");
        QVERIFY(run.world.client().create(other));
        const std::string text = "ConfigMap/a is part of applications argocd/shared and argocd/other";
        QTRY_COMPARE_WITH_TIMEOUT(run.condition("SharedResourceWarning"), text, kPatience);
        run.sync();
        PHASE_BECOMES(run, "Failed");
        QCOMPARE(run.text({"status", "operationState", "message"}), "Shared resource found: " + text);
    }

    void pruningWaitsForConfirmation()
    {
        Run run(scenario("confirm",
                         {{"app/a.yaml", configMap("a")},
                          {"app/b.yaml",
                           configMap("b",
                                     "{argocd.argoproj.io/sync-options: "
                                     "Prune=confirm}")}}));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        Value step = manifest::Object();
        manifest::ensure(step, {"commit", "app/b.yaml"}) = nullptr;
        run.world.play(step);
        run.sync();
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "operationState", "message"}),
                                  std::string("waiting for pruning confirmation of /ConfigMap/b"), kPatience);
        QVERIFY(run.exists("v1", "ConfigMap", "b"));
        Value approval = manifest::Object();
        manifest::setAnnotation(approval, "argocd.argoproj.io/deletion-approved",
                                formatRfc3339(run.world.clock()->now() + std::chrono::seconds(1)));
        QVERIFY(run.world.client().patch(applications(), "argocd", "confirm", kube::PatchType::Merge, approval));
        PHASE_BECOMES(run, "Succeeded");
        QVERIFY(!run.exists("v1", "ConfigMap", "b"));
    }

    void aForcedReplaceMakesTheObjectAgain()
    {
        Run run(scenario("forced",
                         {{"app/j.yaml",
                           job("j",
                               "{argocd.argoproj.io/sync-options: "
                               "'Force=true,Replace=true'}",
                               "succeed")}}));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        const std::string uid(manifest::uid(run.get("batch/v1", "Job", "j")));
        run.commit("app/j.yaml",
                   job("j", "{argocd.argoproj.io/sync-options: 'Force=true,Replace=true', v: '2'}", "succeed"));
        run.sync();
        QTRY_VERIFY_WITH_TIMEOUT(
            run.exists("batch/v1", "Job", "j") && manifest::uid(run.get("batch/v1", "Job", "j")) != uid, kPatience);
        PHASE_BECOMES(run, "Succeeded");
    }

    void failureHooksRunAndKeepWhatFailed()
    {
        Run run(scenario("syncfail",
                         {{"app/a.yaml", configMap("a")},
                          {"app/bad.yaml",
                           job("bad",
                               "{argocd.argoproj.io/hook: PreSync, "
                               "argocd.argoproj.io/hook-delete-policy: HookFailed}",
                               "fail")},
                          {"app/cleanup.yaml", job("cleanup", "{argocd.argoproj.io/hook: SyncFail}", "succeed")}}));
        run.sync();
        PHASE_BECOMES(run, "Failed");
        QCOMPARE(run.text({"status", "operationState", "message"}),
                 std::string("one or more synchronization tasks completed unsuccessfully"));
        QVERIFY(run.exists("batch/v1", "Job", "cleanup"));
        QTRY_VERIFY_WITH_TIMEOUT(!run.exists("batch/v1", "Job", "bad"), kPatience);
        QVERIFY(!run.exists("v1", "ConfigMap", "a"));
    }

    void aHookIsHeldUntilItsResultWasRead()
    {
        const std::string finalizer = "argocd.argoproj.io/hook-finalizer";
        Run run(scenario("held",
                         {{"app/a.yaml", configMap("a")},
                          {"app/slow.yaml", job("slow", "{argocd.argoproj.io/hook: PreSync}", "pending")}}));
        run.sync();
        QTRY_VERIFY_WITH_TIMEOUT(run.exists("batch/v1", "Job", "slow"), kPatience);
        QVERIFY(manifest::toJson(run.get("batch/v1", "Job", "slow")).find(finalizer) != std::string::npos);
        // Somebody deletes it: it stays in view, and goes when the operation is terminated.
        const auto type = run.world.client().resolve("batch/v1", "Job");
        QVERIFY(run.world.client().remove(*type, run.world.nameSpace(), "slow"));
        QVERIFY(run.exists("batch/v1", "Job", "slow"));
        Value change = yaml("{status: {operationState: {phase: Terminating}}}");
        QVERIFY(run.world.client().patch(applications(), "argocd", run.name, kube::PatchType::Merge, change));
        PHASE_BECOMES(run, "Failed");
        QCOMPARE(run.text({"status", "operationState", "message"}), std::string("Operation terminated"));
        QTRY_VERIFY_WITH_TIMEOUT(!run.exists("batch/v1", "Job", "slow"), kPatience);
    }

    void aSuccessfulHookGoesWithTheSync()
    {
        Run run(scenario("succeeded",
                         {{"app/a.yaml", configMap("a")},
                          {"app/first.yaml",
                           job("first",
                               "{argocd.argoproj.io/hook: PreSync, "
                               "argocd.argoproj.io/hook-delete-policy: HookSucceeded}",
                               "succeed")}}));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QCOMPARE(run.text({"status", "operationState", "message"}), std::string("successfully synced (all tasks run)"));
        QTRY_VERIFY_WITH_TIMEOUT(!run.exists("batch/v1", "Job", "first"), kPatience);
        QVERIFY(run.exists("v1", "ConfigMap", "a"));
    }

    void whatCouldNotBeLoadedIsTriedAgain()
    {
        Run run(scenario("again", {{"app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: [\n"}}));
        run.sync("{sync: {}, retry: {limit: 1, backoff: {duration: 1s}}}");
        PHASE_BECOMES(run, "Error");
        QVERIFY2(run.text({"status", "operationState", "message"}).ends_with(" (retried 1 times)."),
                 run.text({"status", "operationState", "message"}).c_str());
    }

    void aBackOffThatCannotBeReadEndsTheRetries()
    {
        Run run(scenario("nobackoff", {{"app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: [\n"}}));
        run.sync("{sync: {}, retry: {limit: 3, backoff: {duration: soon}}}");
        PHASE_BECOMES(run, "Failed");
        QVERIFY2(run.text({"status", "operationState", "message"})
                     .ends_with("(failed to retry: time: invalid duration \"soon\")"),
                 run.text({"status", "operationState", "message"}).c_str());
    }

    void anOperationEndsWithItsTime()
    {
        Run run(scenario("timeout", {{"app/slow.yaml", job("slow", "{argocd.argoproj.io/hook: PreSync}", "pending")}}));
        configure(run, "{controller.sync.timeout.seconds: '5'}", "argocd-cmd-params-cm");
        run.sync();
        PHASE_BECOMES(run, "Failed");
        QCOMPARE(run.text({"status", "operationState", "message"}),
                 std::string("Operation terminated, triggered by controller sync timeout"));
    }

    void aNewerRequestForARefreshIsNotLost()
    {
        Run run(scenario("stamped", {{"app/a.yaml", configMap("a")}}));
        const auto ask = [&](const std::string& stamp) {
            const auto change = yaml("{metadata: {annotations: {argocd.argoproj.io/refresh: normal, "
                                     "argocd.argoproj.io/refresh-timestamp: '"
                                     + stamp + "'}}}");
            QVERIFY(run.world.client().patch(applications(), "argocd", run.name, kube::PatchType::Merge, change));
        };
        for (const auto* stamp : {"2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.2Z", "2026-01-01T00:00:00.3Z"})
            ask(stamp);
        QTRY_VERIFY_WITH_TIMEOUT(
            manifest::annotation(run.application(), "argocd.argoproj.io/refresh").empty()
                && manifest::annotation(run.application(), "argocd.argoproj.io/refresh-timestamp").empty(),
            kPatience);
    }

    void whatKubectlAppliedGoesOverToServerSideApply()
    {
        const auto text = [](const std::string& data) {
            return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: " + data + "\n";
        };
        Run run(scenario("migrate", {{"app/a.yaml", text("{kept: '1', dropped: '1'}")}},
                         "{source: {path: app}, syncPolicy: {syncOptions: [ServerSideApply=true]}}"));
        kube::WriteOptions options;
        options.fieldManager = "kubectl-client-side-apply";
        auto before = yaml(text("{kept: '1', dropped: '1'}"));
        manifest::ensure(before, {"metadata", "namespace"}) = boost::json::string(run.world.nameSpace());
        QVERIFY(run.world.client().create(before, options));
        run.sync("{sync: {syncOptions: [ServerSideApply=true]}}");
        PHASE_BECOMES(run, "Succeeded");
        run.commit("app/a.yaml", text("{kept: '1'}"));
        run.sync("{sync: {syncOptions: [ServerSideApply=true]}}");
        QTRY_VERIFY_WITH_TIMEOUT(!manifest::find(run.get("v1", "ConfigMap", "a"), {"data", "dropped"}), kPatience);
        QVERIFY(manifest::find(run.get("v1", "ConfigMap", "a"), {"data", "kept"}));
    }

    void anUnhealthySyncIsRolledBackWhereAsked()
    {
        const auto text = [](const std::string& sim) {
            return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {replicas: 1, selector: "
                   "{matchLabels: {app: d}}, template: {metadata: {labels: {app: d, sim: "
                + sim + "}}, spec: {containers: [{name: c, image: 'i:" + sim + "'}]}}}\n";
        };
        Run run(scenario("judged", {{"app/d.yaml", text("ready")}}));
        run.sync("{sync: {syncOptions: ['WaitForHealthy=10m']}}");
        PHASE_BECOMES(run, "Succeeded");
        QCOMPARE(run.text({"status", "operationState", "message"}), std::string("successfully synced and healthy"));
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "health", "status"}), std::string("Healthy"), kPatience);
        run.commit("app/d.yaml", text("pending"));
        run.sync("{sync: {syncOptions: ['WaitForHealthy=4s', 'RollBackUnlessHealthy=true']}}");
        // The second one gives up after its time and goes back to the image of the first.
        const auto image = [&] {
            return std::string(manifest::text(run.get("apps/v1", "Deployment", "d"),
                                              {"spec", "template", "spec", "containers", "0", "image"}));
        };
        QTRY_COMPARE_WITH_TIMEOUT(image(), std::string("i:pending"), kPatience);
        QTRY_COMPARE_WITH_TIMEOUT(image(), std::string("i:ready"), 60000);
        PHASE_BECOMES(run, "Succeeded");
        QCOMPARE(run.text({"status", "operationState", "operation", "initiatedBy", "username"}),
                 std::string("pilothouse"));
        QVERIFY(manifest::find(run.application(),
                               {"status", "operationState", "operation", "sync", "syncStrategy", "apply"}));
    }

    void whereArgoCdRunsNothingIsWritten()
    {
        Run run(scenario("other", {{"app/a.yaml", configMap("a")}},
                         "{source: {path: app}, syncPolicy: {automated: {prune: true}}}"));
        QTRY_VERIFY_WITH_TIMEOUT(run.exists("v1", "ConfigMap", "a"), kPatience);
        const auto controller =
            yaml("{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: argocd-application-controller, namespace: "
                 "argocd, labels: {app.kubernetes.io/name: argocd-application-controller}}, spec: {replicas: 1, "
                 "serviceName: c, selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: "
                 "{containers: [{name: c, image: i}]}}}}");
        QVERIFY(run.world.client().create(controller));
        QTRY_VERIFY_WITH_TIMEOUT(run.world.controller().observesOnly(), kPatience);
        run.commit("app/b.yaml", configMap("b"));
        const auto request = yaml("{operation: {sync: {}}}");
        QVERIFY(run.world.client().patch(applications(), "argocd", run.name, kube::PatchType::Merge, request));
        const auto before = run.text({"metadata", "resourceVersion"});
        run.world.controller().refresh("argocd", run.name);
        QTRY_VERIFY_WITH_TIMEOUT(run.world.controller().comparison("argocd", run.name)
                                     && run.world.controller().comparison("argocd", run.name)->resources.size() == 2,
                                 kPatience); // compared all the same
        QCOMPARE(run.text({"metadata", "resourceVersion"}), before);
        QVERIFY(!run.exists("v1", "ConfigMap", "b"));
        // Scaled down, it is ours again: the operation is carried out.
        const auto scale = yaml("{spec: {replicas: 0}}");
        const auto sets = run.world.client().resolve("apps/v1", "StatefulSet");
        QVERIFY(
            run.world.client().patch(*sets, "argocd", "argocd-application-controller", kube::PatchType::Merge, scale));
        QTRY_VERIFY_WITH_TIMEOUT(run.exists("v1", "ConfigMap", "b"), kPatience);
    }

    void addressesAreInTheSummary()
    {
        Run run(scenario("urls",
                         {{"app/i.yaml",
                           "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i, annotations: "
                           "{link.argocd.argoproj.io/docs: 'https://docs.example.com'}}\nspec: {tls: [{hosts: "
                           "[llm.example.com]}], rules: [{host: llm.example.com, http: {paths: [{path: /v1, pathType: "
                           "Prefix, backend: {service: {name: s, port: {number: 80}}}}]}}, {host: plain.example.com, "
                           "http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {number: "
                           "80}}}}]}}]}\n"}}));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        const auto urls = [&] {
            const auto app = run.application();
            const auto* list = manifest::find(app, {"status", "summary", "externalURLs"});
            return list ? manifest::toJson(*list) : std::string();
        };
        QTRY_COMPARE_WITH_TIMEOUT(
            urls(),
            std::string("[\"http://plain.example.com/\",\"https://docs.example.com\",\"https://llm.example.com/v1\"]"),
            kPatience);
    }

    void healthIsKeptInTheStatusWhereAsked()
    {
        Run run(scenario("persist", {{"app/j.yaml", job("j", "{}", "succeed")}}));
        configure(run, "{controller.resource.health.persist: 'true'}", "argocd-cmd-params-cm");
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        const auto healthOf = [&] {
            const auto app = run.application();
            const auto& list = manifest::array(app, {"status", "resources"});
            return list.empty() ? std::string() : std::string(manifest::text(list[0], {"health", "status"}));
        };
        QTRY_COMPARE_WITH_TIMEOUT(healthOf(), std::string("Healthy"), kPatience);
        QTRY_VERIFY_WITH_TIMEOUT(run.text({"status", "resourceHealthSource"}).empty(), kPatience);
    }

    void theServerSaysWhatAnApplyWouldChange()
    {
        // A field that Git does not mention and another manager owns; and, at the next commit, one that was removed.
        Run run(scenario("ssd",
                         {{"app/a.yaml",
                           "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '1', "
                           "b: '1'}\n"}},
                         "{source: {path: app}, syncPolicy: {syncOptions: [ServerSideApply=true]}}",
                         "{annotations: {argocd.argoproj.io/compare-options: ServerSideDiff=true}}"));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
        run.world.play(yaml("{patch: {kind: ConfigMap, name: a, patch: {data: {mine: x}}}}"));
        run.world.play(yaml("{refresh: normal}"));
        QTRY_VERIFY_WITH_TIMEOUT(manifest::annotation(run.application(), "argocd.argoproj.io/refresh").empty(),
                                 kPatience);
        QCOMPARE(run.text({"status", "sync", "status"}), std::string("Synced"));
        run.world.play(yaml("{patch: {kind: ConfigMap, name: a, patch: {data: {a: live}}}}"));
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("OutOfSync"), kPatience);
        run.sync();
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
        run.commit("app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '1'}\n");
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("OutOfSync"), kPatience);
    }

    void anObjectThatTheServerRefusesHidesNoOther()
    {
        const auto service = [](const std::string& port) {
            return "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: " + port + "}]}\n";
        };
        Run run(scenario("onebad", {{"app/a.yaml", configMap("a")}, {"app/s.yaml", service("80")}},
                         "{source: {path: app}}",
                         "{annotations: {argocd.argoproj.io/compare-options: ServerSideDiff=true}}"));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
        run.commit("app/s.yaml", service("99999"));
        QTRY_VERIFY_WITH_TIMEOUT(
            run.condition("UnknownError").find("Failed to compare desired state to live state: Service s: ") == 0,
            kPatience);
        QCOMPARE(run.text({"status", "sync", "status"}), std::string("OutOfSync"));
        const auto known = run.world.controller().comparison("argocd", "onebad");
        QVERIFY(known);
        for (const auto& state : known->resources)
            QCOMPARE(state.sync,
                     state.key.kind == "Service" ? gitops::SyncStatus::OutOfSync : gitops::SyncStatus::Synced);
    }

    void setsAndPodsHoldAWaveUntilTheyAreReady()
    {
        const auto set = [](const std::string& kind, const std::string& more) {
            return "apiVersion: apps/v1\nkind: " + kind
                + "\nmetadata: {name: x, annotations: "
                  "{argocd.argoproj.io/sync-wave: '-1'}}\nspec: {"
                + more
                + "selector: {matchLabels: {a: b}}, template: "
                  "{metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i}]}}}\n";
        };
        Run run(scenario("sets",
                         {{"app/s.yaml", set("StatefulSet", "serviceName: x, replicas: 2, ")},
                          {"app/d.yaml", set("DaemonSet", "")},
                          {"app/p.yaml",
                           "apiVersion: v1\nkind: Pod\nmetadata: {name: p, labels: {sim: succeed}, "
                           "annotations: {argocd.argoproj.io/hook: PostSync}}\nspec: {restartPolicy: "
                           "Never, containers: [{name: c, image: i}]}\n"},
                          {"app/a.yaml", configMap("a")}}));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QCOMPARE(run.text({"status", "operationState", "message"}), std::string("successfully synced (no more tasks)"));
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "health", "status"}), std::string("Healthy"), kPatience);
    }

    void aFieldTakenOutOfGitGoesWithAServerSideApply()
    {
        const auto deployment = [](const std::string& more) {
            return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {selector: {matchLabels: {a: "
                   "b}}, "
                   "template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c, image: i"
                + more + "}]}}}\n";
        };
        Run run(
            scenario("ssaremove",
                     {{"app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '1', b: '1'}\n"},
                      {"app/d.yaml", deployment(", env: [{name: X, value: '1'}], args: [x]")}},
                     "{source: {path: app}, syncPolicy: {syncOptions: [ServerSideApply=true]}}"));
        run.sync();
        PHASE_BECOMES(run, "Succeeded");
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
        run.commit("app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: '1'}\n");
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("OutOfSync"), kPatience);
        run.sync();
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
        QVERIFY(manifest::text(run.get("v1", "ConfigMap", "a"), {"data", "b"}).empty());
        run.commit("app/d.yaml", deployment(""));
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("OutOfSync"), kPatience);
        run.sync();
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("Synced"), kPatience);
    }

    void aProjectInheritsFromAGlobalOne()
    {
        Run run(scenario("global", {{"app/a.yaml", configMap("a")}}, "{source: {path: app}}",
                         "{project: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]}}"));
        QTRY_COMPARE_WITH_TIMEOUT(run.text({"status", "sync", "status"}), std::string("OutOfSync"), kPatience);
        QVERIFY(run.world.client().create(
            yaml("{apiVersion: argoproj.io/v1alpha1, kind: AppProject, metadata: {name: everyone, namespace: argocd}, "
                 "spec: {namespaceResourceBlacklist: [{group: '', kind: ConfigMap}]}}")));
        kube::ResourceType projects {"argoproj.io", "v1alpha1", "AppProject", "appprojects", true, {}, {}, {}, {}};
        QVERIFY(run.world.client().patch(projects, "argocd", "p-global", kube::PatchType::Merge,
                                         yaml("{metadata: {labels: {team: ml}}}")));
        configure(run,
                  "{globalProjects: \"[{projectName: everyone, labelSelector: {matchExpressions: [{key: team, "
                  "operator: In, values: [ml, data]}]}}]\"}");
        QTRY_VERIFY_WITH_TIMEOUT(manifest::toJson(run.application()).find("\"status\":\"Unknown\"")
                                     != std::string::npos,
                                 kPatience); // the kind is not permitted any more
        run.sync();
        PHASE_BECOMES(run, "Failed");
        QCOMPARE(run.text({"status", "operationState", "message"}),
                 std::string("one or more synchronization tasks are not valid: resource :ConfigMap is not permitted in "
                             "project p-global"));
    }

    void onlyScopedClustersMeansNotThisOne()
    {
        Run run(scenario("scoped", {{"app/a.yaml", configMap("a")}}, "{source: {path: app}}",
                         "{project: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}], "
                         "permitOnlyProjectScopedClusters: true}}"));
        QTRY_COMPARE_WITH_TIMEOUT(
            run.condition("InvalidSpecError"),
            std::string(
                "application destination server 'https://kubernetes.default.svc' and namespace 's-scoped' do not "
                "match any of the allowed destinations in project 'p-scoped'"),
            kPatience);
    }
};

QTEST_GUILESS_MAIN(TestGitopsLifecycle)
#include "tst_gitops_lifecycle.moc"
