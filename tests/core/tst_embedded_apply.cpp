// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded_fixture.h"

namespace {

const std::string kWeb = "/apis/apps/v1/namespaces/default/deployments/web";

std::string deployment(const std::string& spec)
{
    return "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: " + spec + "}";
}

const std::string kTemplate = "selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: "
                              "{containers: [{name: c, image: 'i:1'}]}}";

ApiFixture::Answer apply(const ApiFixture& api, const std::string& manager, const std::string& body, bool force = false)
{
    return api.send("PATCH", kWeb + "?fieldManager=" + manager + (force ? "&force=true" : ""), body,
                    "application/apply-patch+yaml");
}

/// fieldsV1 of a manager's entry as sorted JSON, "" without one.
std::string fields(const ApiFixture::Answer& answer, const std::string& manager)
{
    for (const auto& entry : core::manifest::array(answer.body, {"metadata", "managedFields"}))
        if (core::manifest::text(entry, {"manager"}) == manager)
            return core::manifest::toSortedJson(*core::manifest::find(entry, {"fieldsV1"}));
    return {};
}

} // namespace

class TestEmbeddedApply : public QObject
{
    Q_OBJECT

private slots:
    void applyCreatesAndOwns()
    {
        const ApiFixture api;
        const auto made = apply(api, "a", deployment("{replicas: 2, " + kTemplate + "}"));
        QCOMPARE(made.status, 201);
        QCOMPARE(fields(made, "a"),
                 std::string(
                     "{\"f:spec\":{\"f:replicas\":{},\"f:selector\":{},\"f:template\":{\"f:metadata\":{\"f:labels\":{"
                     "\"f:app\":{}}},\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"c\\\"}\":{\".\":{},"
                     "\"f:image\":{},\"f:name\":{}}}}}}}"));
        // The same again writes nothing.
        const auto again = apply(api, "a", deployment("{replicas: 2, " + kTemplate + "}"));
        QCOMPARE(again.status, 200);
        QCOMPARE(again.text({"metadata", "resourceVersion"}), made.text({"metadata", "resourceVersion"}));
    }

    void otherManagersConflict()
    {
        const ApiFixture api;
        QCOMPARE(apply(api, "a", deployment("{replicas: 2, " + kTemplate + "}")).status, 201);
        const auto refused = apply(api, "b", deployment(R"({"replicas":3})"));
        QCOMPARE(refused.status, 409);
        QCOMPARE(refused.text({"message"}),
                 std::string("Apply failed with 1 conflict: conflict with \"a\": .spec.replicas"));
        QCOMPARE(refused.text({"details", "causes", "0", "reason"}), std::string("FieldManagerConflict"));
        // The same value is owned together, another one only by force.
        QCOMPARE(apply(api, "b", deployment(R"({"replicas":2})")).status, 200);
        const auto forced = apply(api, "c", deployment(R"({"replicas":5})"), true);
        QCOMPARE(forced.number({"spec", "replicas"}), 5);
        QCOMPARE(fields(forced, "b"), std::string());
        QVERIFY(fields(forced, "a").find("f:replicas") == std::string::npos);
    }

    void whatNobodyAppliesAnyMoreGoes()
    {
        const ApiFixture api;
        const std::string head = "{apiVersion: v1, kind: ConfigMap, metadata: {name: m}, data: ";
        const std::string path = "/api/v1/namespaces/default/configmaps/m?fieldManager=";
        const auto put = [&](const std::string& manager, const std::string& data) {
            return api.send("PATCH", path + manager, head + data + "}", "application/apply-patch+yaml");
        };
        QCOMPARE(put("a", R"({"x":"1","y":"2","z":"3"})").status, 201);
        QCOMPARE(put("b", R"({"y":"2"})").status, 200);
        const auto left = put("a", R"({"x":"1"})");
        QCOMPARE(core::manifest::toSortedJson(*core::manifest::find(left.body, {"data"})),
                 std::string(R"({"x":"1","y":"2"})"));
    }

    void updatesTakeFieldsOver()
    {
        const ApiFixture api;
        QCOMPARE(apply(api, "a", deployment("{replicas: 2, " + kTemplate + "}")).status, 201);
        const auto scaled = api.patch(kWeb + "/scale", R"({"spec":{"replicas":4}})");
        QCOMPARE(scaled.status, 200);
        const auto now = api.get(kWeb);
        QCOMPARE(fields(now, "tester"), std::string(R"({"f:spec":{"f:replicas":{}}})"));
        const auto refused = apply(api, "a", deployment("{replicas: 2, " + kTemplate + "}"));
        QCOMPARE(refused.text({"message"}),
                 std::string("Apply failed with 1 conflict: conflict with \"tester\" with subresource \"scale\" using "
                             "apps/v1: .spec.replicas"));
    }

    void listElementsAreMergedByKey()
    {
        const ApiFixture api;
        QCOMPARE(apply(api, "a", deployment("{" + kTemplate + "}")).status, 201);
        const auto more =
            apply(api, "b", deployment(R"({"template":{"spec":{"containers":[{"name":"side","image":"s:1"}]}}})"));
        QCOMPARE(more.status, 200);
        QCOMPARE(core::manifest::array(more.body, {"spec", "template", "spec", "containers"}).size(), std::size_t {2});
        const auto less = apply(api, "b", deployment("{}"));
        QCOMPARE(core::manifest::array(less.body, {"spec", "template", "spec", "containers"}).size(), std::size_t {1});
        QCOMPARE(less.text({"spec", "template", "spec", "containers", "0", "name"}), std::string("c"));
    }

    void badConfigurationsAreRefused_data()
    {
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("message");
        QTest::newRow("unknown field") << R"({"foo":1})"
                                       << ".spec.foo: field not declared in schema";
        QTest::newRow("duplicate") << R"({"template":{"spec":{"containers":[{"name":"c"},{"name":"c"}]}}})"
                                   << "duplicate entries for key";
    }
    void badConfigurationsAreRefused()
    {
        QFETCH(QString, body);
        QFETCH(QString, message);
        const ApiFixture api;
        const auto answer = apply(api, "a", deployment(body.toStdString()));
        QCOMPARE(answer.status, 500); // as real servers have it
        QVERIFY2(QString::fromStdString(answer.text({"message"})).contains(message), answer.raw.body.c_str());
    }

    void applyNeedsAManager()
    {
        const ApiFixture api;
        const auto answer = api.send("PATCH", kWeb, deployment("{}"), "application/apply-patch+yaml");
        QCOMPARE(answer.status, 422);
        QCOMPARE(answer.text({"message"}),
                 std::string("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required "
                             "value: is required for apply patch"));
    }

    void unknownFieldsAreToldOf()
    {
        const ApiFixture api;
        const std::string maps = "/api/v1/namespaces/default/configmaps";
        const std::string body = R"({"metadata":{"name":"u"},"foo":1,"data":{"a":"b"}})";
        QCOMPARE(
            api.send("POST", maps + "?fieldValidation=Strict", body).text({"message"}),
            std::string("ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown "
                        "field \"foo\""));
        const auto warned = api.send("POST", maps, body);
        QCOMPARE(warned.status, 201);
        QVERIFY(!warned.has({"foo"}));
        std::string warning;
        for (const auto& [name, value] : warned.raw.headers)
            warning = name == "warning" ? value : warning;
        QCOMPARE(warning, std::string("299 - \"unknown field \\\"foo\\\"\""));
    }
};

QTEST_GUILESS_MAIN(TestEmbeddedApply)
#include "tst_embedded_apply.moc"
