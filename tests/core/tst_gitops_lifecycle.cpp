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
};

QTEST_GUILESS_MAIN(TestGitopsLifecycle)
#include "tst_gitops_lifecycle.moc"
