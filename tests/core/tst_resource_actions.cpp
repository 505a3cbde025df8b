// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/resource_actions.h"

#include <QTest>

#include <boost/json.hpp>

#include <algorithm>

using namespace core;
using health::ResourceAction;
using health::ResourceActions;

namespace {

manifest::Value json(const std::string& text)
{
    auto value = manifest::parseJson(text);
    if (!value)
        qFatal("%s", value.error().text().c_str());
    return *value;
}

const TimePoint kNow {std::chrono::seconds(1'772'000'000)};

manifest::Value deployment()
{
    return json(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"ml"},)"
                R"("spec":{"replicas":2,"paused":true,"template":{"metadata":{},"spec":{"containers":[]}}}})");
}

QStringList names(const std::vector<ResourceAction>& actions)
{
    QStringList out;
    for (const auto& action : actions)
        out << QString::fromStdString(action.name + (action.disabled ? "-" : ""));
    return out;
}

manifest::Value only(const Result<std::vector<health::ActionEffect>>& effects)
{
    if (!effects || effects->size() != 1)
        qFatal("one effect was expected: %s", effects ? "" : effects.error().text().c_str());
    return effects->front().resource;
}

ResourceActions withScripts(const std::string& yaml)
{
    auto map = json(R"({"kind":"ConfigMap","metadata":{"name":"argocd-cm"},"data":{}})");
    map.as_object()["data"].as_object()["resource.customizations.actions.apps_Deployment"] = boost::json::string(yaml);
    auto actions = ResourceActions::parse(map);
    if (!actions)
        qFatal("%s", actions.error().text().c_str());
    return *actions;
}

} // namespace

class TestResourceActions : public QObject
{
    Q_OBJECT

private slots:
    void whatHasNoUseIsDisabled()
    {
        const ResourceActions actions;
        const auto found = actions.discover(deployment());
        QVERIFY(found);
        QCOMPARE(names(*found), (QStringList {"pause-", "restart", "resume", "scale"}));
        QCOMPARE(found->back().parameters.front().value, std::string("2"));
        QVERIFY(actions.discover(json(R"({"kind":"Secret","metadata":{"name":"s"}})"))->empty());
    }

    void builtinsWriteWhatArgoCdsScriptsDo_data()
    {
        QTest::addColumn<QString>("object");
        QTest::addColumn<QString>("action");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        const auto row = [](const char* kind, const char* action, const char* path, const char* value) {
            QTest::addRow("%s %s", kind, action)
                << QString(
                       R"({%1,"metadata":{"name":"x","namespace":"ml","uid":"u"},"spec":{"suspend":true,"paused":true},)"
                       R"("status":{"abort":true,"currentStepIndex":1,"pauseConditions":[{}]}})")
                       .arg(kind)
                << action << path << value;
        };
        const char* stamp = "\"2026-02-25T06:13:20Z\"";
        const char* deployment = R"("apiVersion":"apps/v1","kind":"Deployment")";
        const char* rollout = R"("apiVersion":"argoproj.io/v1alpha1","kind":"Rollout")";
        const char* cron = R"("apiVersion":"batch/v1","kind":"CronJob")";
        row(deployment, "restart", "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt", stamp);
        row(deployment, "resume", "/spec/paused", "false");
        row(rollout, "abort", "/status/abort", "true");
        row(rollout, "retry", "/status/abort", "false");
        row(rollout, "restart", "/spec/restartAt", stamp);
        row(rollout, "promote-full", "/status/promoteFull", "true");
        row(rollout, "skip-current-step", "/status/currentStepIndex", "2");
        row(rollout, "resume", "/spec/paused", "false");
        row(cron, "resume", "/spec/suspend", "false");
        row(R"("apiVersion":"batch/v1","kind":"Job")", "terminate", "/spec/activeDeadlineSeconds", "1");
        row(R"("apiVersion":"argoproj.io/v1alpha1","kind":"AnalysisRun")", "terminate", "/spec/terminate", "true");
        row(R"("apiVersion":"argoproj.io/v1alpha1","kind":"Application")", "toggle-auto-sync",
            "/spec/syncPolicy/automated/enabled", "true");
        row(R"("apiVersion":"keda.sh/v1alpha1","kind":"ScaledObject")", "pause",
            "/metadata/annotations/autoscaling.keda.sh~1paused", "\"true\"");
        row(R"("apiVersion":"helm.toolkit.fluxcd.io/v2","kind":"HelmRelease")", "reconcile",
            "/metadata/annotations/reconcile.fluxcd.io~1requestedAt", stamp);
        row(R"("apiVersion":"v1","kind":"Node")", "cordon", "/spec/unschedulable", "true");
    }
    void builtinsWriteWhatArgoCdsScriptsDo()
    {
        QFETCH(QString, object);
        QFETCH(QString, action);
        QFETCH(QString, path);
        QFETCH(QString, value);
        const auto written = only(ResourceActions().run(action.toStdString(), json(object.toStdString()), {}, kNow));
        QCOMPARE(QString::fromStdString(manifest::toJson(written.at_pointer(path.toStdString()))), value);
    }

    void aCronJobIsRunNow()
    {
        const auto cron = json(
            R"({"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"train","namespace":"ml","uid":"u-1"},)"
            R"("spec":{"jobTemplate":{"metadata":{"labels":{"a":"b"}},"spec":{"backoffLimit":2}}}})");
        const auto effects = ResourceActions().run("create-job", cron, {}, kNow);
        const auto job = only(effects);
        QVERIFY(effects->front().create);
        QCOMPARE(manifest::text(job, {"metadata", "ownerReferences", "0", "uid"}), std::string_view("u-1"));
        QCOMPARE(manifest::text(job, {"metadata", "labels", "a"}), std::string_view("b"));
        QCOMPARE(manifest::integer(job, {"spec", "backoffLimit"}), std::optional<std::int64_t>(2));
        QVERIFY(manifest::name(job).starts_with("train-"));
    }

    void scaleWantsANumber()
    {
        const ResourceActions actions;
        QCOMPARE(manifest::integer(only(actions.run("scale", deployment(), {{"replicas", "7"}}, kNow)),
                                   {"spec", "replicas"}),
                 std::optional<std::int64_t>(7));
        for (const char* bad : {"", "-1", "7x", "many"})
            QCOMPARE(actions.run("scale", deployment(), {{"replicas", bad}}, kNow).error().code,
                     Error::Code::InvalidInput);
        QCOMPARE(actions.run("fly", deployment(), {}, kNow).error().code, Error::Code::NotFound);
    }

    void scriptsOfUsersReplaceTheBuiltinOnes()
    {
        const std::string scripts = "discovery.lua: |\n"
                                    "  actions = {}\n"
                                    "  actions['double'] = {['disabled'] = obj.spec.replicas > 4,\n"
                                    "                       ['displayName'] = 'Twice as many',\n"
                                    "                       ['params'] = {{['name'] = 'by', ['default'] = '2'}}}\n"
                                    "  return actions\n"
                                    "definitions:\n"
                                    "- name: double\n"
                                    "  action.lua: |\n"
                                    "    obj.spec.replicas = obj.spec.replicas * tonumber(actionParams['by']) / 1\n"
                                    "    return obj\n";
        const auto own = withScripts(scripts);
        const auto found = own.discover(deployment());
        QVERIFY(found);
        QCOMPARE(names(*found), QStringList {"double"});
        QCOMPARE(found->front().displayName, std::string("Twice as many"));
        QCOMPARE(found->front().parameters, (std::vector<health::ActionParameter> {{"by", "2"}}));
        const auto written = only(own.run("double", deployment(), {{"by", "3"}}, kNow));
        // A count stays a count, and lists that were empty stay lists.
        QCOMPARE(QString::fromStdString(manifest::toJson(*manifest::find(written, {"spec", "replicas"}))),
                 QStringLiteral("6"));
        QVERIFY(manifest::find(written, {"spec", "template", "spec", "containers"})->is_array());
        QVERIFY(manifest::find(written, {"spec", "template", "metadata"})->is_object());
        const auto merged = withScripts("mergeBuiltinActions: true\n" + scripts).discover(deployment());
        QCOMPARE(names(*merged), (QStringList {"double", "pause-", "restart", "resume", "scale"}));
    }

    void aScriptMayCreateAndPatchOthers()
    {
        const auto own = withScripts("discovery.lua: 'return {}'\n"
                                     "definitions:\n"
                                     "- name: copy\n"
                                     "  action.lua: |\n"
                                     "    new = {kind = 'ConfigMap', metadata = {name = obj.metadata.name}}\n"
                                     "    return {{operation = 'create', resource = new},\n"
                                     "            {operation = 'patch', resource = obj}}\n"
                                     "- name: wrong\n"
                                     "  action.lua: return {{operation = 'eat', resource = obj}}\n"
                                     "- name: ring\n"
                                     "  action.lua: |\n"
                                     "    obj.self = obj\n"
                                     "    return obj\n"
                                     "- name: text\n"
                                     "  action.lua: return 'no'\n"
                                     "- name: endless\n"
                                     "  action.lua: 'while true do end'\n");
        const auto effects = own.run("copy", deployment(), {}, kNow);
        QVERIFY(effects);
        QCOMPARE(effects->size(), std::size_t {2});
        QVERIFY(effects->front().create && !effects->back().create);
        QCOMPARE(own.run("wrong", deployment(), {}, kNow).error().code, Error::Code::InvalidInput);
        QCOMPARE(own.run("ring", deployment(), {}, kNow).error().code, Error::Code::LimitExceeded);
        QCOMPARE(own.run("text", deployment(), {}, kNow).error().code, Error::Code::InvalidInput);
        QCOMPARE(own.run("endless", deployment(), {}, kNow).error().code, Error::Code::LimitExceeded);
        // Kinds without scripts of the user keep theirs, and so do actions that the scripts do not define.
        QVERIFY(own.discover(deployment())->empty());
        QVERIFY(own.run("restart", deployment(), {}, kNow));
    }

    void theOldFormOfTheSettingIsRead()
    {
        auto map = json(R"({"kind":"ConfigMap","metadata":{"name":"argocd-cm"},"data":{}})");
        map.as_object()["data"].as_object()["resource.customizations"] =
            "apps/Deployment:\n  actions: |\n    discovery.lua: return {hello = {}}\n";
        const auto actions = ResourceActions::parse(map);
        QVERIFY(actions);
        QCOMPARE(names(*actions->discover(deployment())), QStringList {"hello"});
    }
};

QTEST_GUILESS_MAIN(TestResourceActions)
#include "tst_resource_actions.moc"
