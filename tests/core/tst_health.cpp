// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/customizations.h"
#include "core/health/health.h"

#include <QElapsedTimer>
#include <QTest>

#include <boost/json.hpp>

#include <array>
#include <fstream>
#include <map>
#include <set>

using namespace core;
using health::Status;

namespace {

manifest::Value json(const std::string& text)
{
    auto value = manifest::parseJson(text);
    if (!value)
        qFatal("%s", value.error().text().c_str());
    return *value;
}

QString describe(const std::optional<health::Assessment>& result)
{
    if (!result)
        return "none";
    return QString::fromStdString(std::string(health::name(result->status)) + " | " + result->message);
}

} // namespace

class TestHealth : public QObject
{
    Q_OBJECT

private:
    static void readCases(const char* file)
    {
        QTest::addColumn<QString>("manifest");
        QTest::addColumn<QString>("status");
        QTest::addColumn<bool>("hasMessage");
        QTest::addColumn<QString>("message");
        std::ifstream in(std::string(CONFORMANCE_DIR) + "/health/" + file);
        if (!in)
            QSKIP("conformance data is not here");
        std::string line;
        std::set<std::string> names;
        while (std::getline(in, line)) {
            const auto value = json(line);
            std::string name(manifest::text(value, {"name"}));
            while (!names.insert(name).second)
                name += "'";
            const auto* message = manifest::find(value, {"message"});
            const auto* status = manifest::find(value, {"status"});
            QTest::newRow(name.c_str())
                << QString::fromStdString(manifest::toJson(*manifest::find(value, {"manifest"})))
                << (status->is_string() ? QString::fromUtf8(status->get_string().c_str()) : QString("none"))
                << message->is_string()
                << (message->is_string() ? QString::fromUtf8(message->get_string().c_str()) : QString());
        }
    }

    static void compare()
    {
        QFETCH(QString, manifest);
        QFETCH(QString, status);
        QFETCH(bool, hasMessage);
        QFETCH(QString, message);
        const auto result = health::assess(json(manifest.toStdString()));
        if (status == "none") {
            QCOMPARE(describe(result), QString("none"));
            return;
        }
        QVERIFY2(result, "no health");
        QCOMPARE(QString::fromStdString(std::string(health::name(result->status))), status);
        if (hasMessage)
            QCOMPARE(QString::fromStdString(result->message), message);
    }

    static health::Customizations scripts(const std::string& kind, const std::string& lua, bool open = false)
    {
        manifest::Value map = boost::json::object();
        manifest::ensure(map, {"data", "resource.customizations.health." + kind}) = boost::json::string(lua);
        if (open)
            manifest::ensure(map, {"data", "resource.customizations.useOpenLibs." + kind}) = "true";
        auto parsed = health::Customizations::parse(map);
        if (!parsed)
            qFatal("%s", parsed.error().text().c_str());
        return *parsed;
    }

private slots:
    void builtInCases_data() { readCases("builtin.jsonl"); }
    void builtInCases() { compare(); }
    void customCases_data() { readCases("custom.jsonl"); }
    /// The scripts alone do not look at a deletion timestamp, the pipeline does.
    void customCases()
    {
        QFETCH(QString, manifest);
        auto object = json(manifest.toStdString());
        const bool definition = manifest::kind(object) == "CustomResourceDefinition";
        if (!definition && !manifest::text(object, {"metadata", "deletionTimestamp"}).empty()) {
            QCOMPARE(describe(health::assess(object)), QString("Progressing | Pending deletion"));
            manifest::erase(object, {"metadata", "deletionTimestamp"});
            QFETCH(QString, message);
            if (message.contains("is being deleted"))
                return;
        }
        QFETCH(QString, status);
        QFETCH(QString, message);
        QCOMPARE(describe(health::assess(object)), status + " | " + message);
    }

    void worseIsInArgosOrder()
    {
        const std::array order {Status::Healthy, Status::Suspended, Status::Progressing,
                                Status::Missing, Status::Degraded,  Status::Unknown};
        for (std::size_t i = 1; i < order.size(); ++i)
            QVERIFY(health::isWorse(order[i], order[i - 1]));
    }

    void ownRules_data()
    {
        QTest::addColumn<QString>("object");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char* name, const char* apiVersion, const char* kind, const char* status,
                            const char* expected) {
            QTest::newRow(name) << QString(R"({"apiVersion":"%1","kind":"%2","metadata":{"name":"x"},"status":%3})")
                                       .arg(apiVersion, kind, status)
                                << expected;
        };
        row("PyTorchJob fails", "kubeflow.org/v1", "PyTorchJob",
            R"({"conditions":[{"type":"Running","status":"False"},{"type":"Failed","status":"True","message":"worker 1 failed"}]})",
            "Degraded | worker 1 failed");
        row("TFJob runs", "kubeflow.org/v1", "TFJob",
            R"({"conditions":[{"type":"Created","status":"True"},{"type":"Running","status":"True","message":"running"}]})",
            "Progressing | running");
        row("RayCluster ready", "ray.io/v1", "RayCluster", R"({"state":"ready"})", "Healthy | ");
        row("RayJob failed", "ray.io/v1", "RayJob", R"({"jobStatus":"FAILED","message":"oom"})", "Degraded | oom");
        row("Workload waits for quota", "kueue.x-k8s.io/v1beta1", "Workload",
            R"({"conditions":[{"type":"QuotaReserved","status":"False","message":"insufficient quota"}]})",
            "Suspended | insufficient quota");
        row("PipelineRun", "tekton.dev/v1", "PipelineRun",
            R"({"conditions":[{"type":"Succeeded","status":"Unknown","message":"Tasks Completed: 1"}]})",
            "Progressing | Tasks Completed: 1");
        row("a kind without rule", "example.com/v1", "Thing", "{}", "none");
    }

    void ownRules()
    {
        QFETCH(QString, object);
        QFETCH(QString, expected);
        QCOMPARE(describe(health::assess(json(object.toStdString()))), expected);
    }

    void deletionIsProgressingUnlessTheHookFinalizerHoldsIt()
    {
        const auto base = std::string(
            R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"x","deletionTimestamp":"2026-01-01T00:00:00Z")");
        QCOMPARE(describe(health::assess(json(base + "}}"))), QString("Progressing | Pending deletion"));
        QCOMPARE(describe(health::assess(json(base + R"(,"finalizers":["argocd.argoproj.io/hook-finalizer"]}})"))),
                 QString("none"));
    }

    void scripts_data()
    {
        QTest::addColumn<QString>("lua");
        QTest::addColumn<bool>("open");
        QTest::addColumn<QString>("expected");
        QTest::newRow("result") << "return {status = 'Degraded', message = 'n=' .. obj.spec.n}" << false
                                << "Degraded | n=3";
        QTest::newRow("lists are 1-based") << "local t = '' for i, v in ipairs(obj.spec.list) do t = t .. i .. v end "
                                              "return {status='Healthy', message=t .. table.getn(obj.spec.list)}"
                                           << false << "Healthy | 1a2b2";
        QTest::newRow("nil") << "return nil" << false << "Unknown | ";
        QTest::newRow("empty table") << "return {}" << false << "Unknown | ";
        QTest::newRow("bad status") << "return {status='Fine'}" << false
                                    << "Unknown | Lua returned an invalid health status";
        QTest::newRow("string library only on request")
            << "return {status='Healthy', message=string.upper('x')}" << true << "Healthy | X";
        QTest::newRow("goto")
            << "for i=1,3 do if i==2 then goto continue end ::continue:: end return {status='Healthy'}" << false
            << "Healthy | ";
    }

    void scripts()
    {
        QFETCH(QString, lua);
        QFETCH(bool, open);
        QFETCH(QString, expected);
        const auto custom = scripts("example.com_Thing", lua.toStdString(), open);
        const auto object = json(
            R"({"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"x"},"spec":{"n":3,"list":["a","b"]}})");
        QCOMPARE(describe(health::assess(object, &custom)), expected);
    }

    void hostileScriptsEnd_data()
    {
        QTest::addColumn<QString>("lua");
        QTest::newRow("endless loop") << "while true do end";
        QTest::newRow("endless loop that catches errors")
            << "while true do pcall(function() while true do end end) end";
        QTest::newRow("memory") << "local t = {} for i=1,1e9 do t[i] = tostring(i) end";
        QTest::newRow("long text") << "local s = 'x' while true do s = s .. s end";
        QTest::newRow("files") << "os.execute('true')";
        QTest::newRow("finalizer") << "setmetatable({}, {__gc = function() while true do end end})";
        QTest::newRow("raises a table") << "error({})";
        QTest::newRow("syntax") << "return {";
        QTest::newRow("bytecode") << "\x1bLua";
        QTest::newRow("type") << "return 5";
        QTest::newRow("deep recursion") << "local function f() return 1 + f() end f()";
    }

    void hostileScriptsEnd()
    {
        QFETCH(QString, lua);
        const auto custom = scripts("Thing", lua.toStdString(), true);
        const auto result =
            health::assess(json(R"({"apiVersion":"v1","kind":"Thing","metadata":{"name":"x"}})"), &custom);
        QVERIFY(result);
        QCOMPARE(result->status, Status::Unknown);
        QVERIFY(!result->message.empty());
    }

    void aScriptReplacesTheRuleOfItsKind()
    {
        const auto custom = scripts("apps_*", "return {status='Suspended', message='mine'}");
        const auto object = json(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"x"}})");
        QCOMPARE(describe(health::assess(object, &custom)), QString("Suspended | mine"));
        QCOMPARE(describe(health::assess(object)), QString("Healthy | "));
    }
};

QTEST_GUILESS_MAIN(TestHealth)
#include "tst_health.moc"
