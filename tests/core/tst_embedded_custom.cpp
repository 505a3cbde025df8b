// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded_fixture.h"

namespace {

const std::string kDefinitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const std::string kWidgets = "/apis/example.com/v1/namespaces/default/widgets";

const char* const kDefinition = R"(
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Widget, plural: widgets}
  versions:
  - name: v1
    served: true
    storage: true
    additionalPrinterColumns:
    - {name: Size, type: integer, jsonPath: .spec.size}
    - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
    schema:
      openAPIV3Schema:
        type: object
        required: [spec]
        properties:
          spec:
            type: object
            required: [size]
            properties:
              size: {type: integer, minimum: 1, maximum: 9}
              mode: {type: string, enum: [fast, slow], default: fast}
              name: {type: string, pattern: '^[a-z]+$', maxLength: 5}
              port: {x-kubernetes-int-or-string: true}
              nested: {type: object, properties: {enabled: {type: boolean, default: true}}}
              free: {type: object, x-kubernetes-preserve-unknown-fields: true}
              items:
                type: array
                maxItems: 3
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items: {type: object, required: [name], properties: {name: {type: string}, num: {type: integer}}}
          status: {type: object, x-kubernetes-preserve-unknown-fields: true}
)";

std::string widget(const std::string& spec)
{
    return "{apiVersion: example.com/v1, kind: Widget, metadata: {name: w}, spec: " + spec + "}";
}

} // namespace

class TestEmbeddedCustom : public QObject
{
    Q_OBJECT

private slots:
    void defaultsAndPrunes()
    {
        const ApiFixture api;
        QCOMPARE(api.post(kDefinitions, kDefinition).status, 201);
        const auto made = api.post(kWidgets, widget("{size: 3, junk: 1, nested: {}, free: {any: thing}, port: http}"));
        QCOMPARE(made.status, 201);
        QCOMPARE(made.text({"spec", "mode"}), std::string("fast"));
        QVERIFY(core::manifest::flag(made.body, {"spec", "nested", "enabled"}));
        QVERIFY(!made.has({"spec", "junk"}));
        QCOMPARE(made.text({"spec", "free", "any"}), std::string("thing"));
        // Without a status subresource, status counts too.
        QCOMPARE(api.patch(kWidgets + "/w", R"({"status":{"x":1}})").number({"metadata", "generation"}), 2);
        QCOMPARE(api.patch(kWidgets + "/w/status", R"({"status":{"x":2}})").status, 404);
        const auto put = api.send("PUT", kWidgets + "/w", widget("{size: 4}"), "application/yaml");
        QCOMPARE(put.status, 422);
        QVERIFY(QString::fromStdString(put.text({"message"})).contains("must be specified for an update"));
    }

    void validatesWithCauses_data()
    {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<QString>("message");
        const auto row = [](const char* name, const char* spec, const char* message) {
            QTest::newRow(name) << spec << QString("Widget.example.com \"w\" is invalid: ") + message;
        };
        row("required", "{}", "spec.size: Required value");
        row("type", "{size: big}",
            "spec.size: Invalid value: \"string\": spec.size in body must be of type integer: \"string\"");
        row("minimum", "{size: 0}",
            "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1");
        row("maximum", "{size: 10}",
            "spec.size: Invalid value: 10: spec.size in body should be less than or equal to 9");
        row("enum", "{size: 1, mode: odd}",
            "spec.mode: Unsupported value: \"odd\": supported values: \"fast\", \"slow\"");
        row("pattern", "{size: 1, name: A}",
            "spec.name: Invalid value: \"A\": spec.name in body should match '^[a-z]+$'");
        row("length", "{size: 1, name: abcdef}", "spec.name: Too long: may not be more than 5 bytes");
        row("duplicates", "{size: 1, items: [{name: a}, {name: a}]}",
            "spec.items[1]: Duplicate value: {\"name\":\"a\"}");
        row("several", "{size: 0, mode: odd}", "[spec.");
    }
    void validatesWithCauses()
    {
        QFETCH(QString, spec);
        QFETCH(QString, message);
        const ApiFixture api;
        QCOMPARE(api.post(kDefinitions, kDefinition).status, 201);
        const auto answer = api.post(kWidgets, widget(spec.toStdString()));
        QCOMPARE(answer.status, 422);
        QCOMPARE(QString::fromStdString(answer.text({"message"})).left(message.size()), message);
    }

    void columnsComeFromTheDefinition()
    {
        const ApiFixture api;
        QCOMPARE(api.post(kDefinitions, kDefinition).status, 201);
        QCOMPARE(api.post(kWidgets, widget("{size: 3}")).status, 201);
        QCOMPARE(api.patch(kWidgets + "/w",
                           R"({"status":{"conditions":[{"type":"A","status":"x"},{"type":"Ready","status":"True"}]}})")
                     .status,
                 200);
        const auto table = api.send("GET", kWidgets, {}, {}, "application/json;as=Table;v=v1;g=meta.k8s.io");
        QCOMPARE(table.text({"columnDefinitions", "2", "name"}), std::string("Ready"));
        QCOMPARE(table.number({"rows", "0", "cells", "1"}), 3);
        QCOMPARE(table.text({"rows", "0", "cells", "2"}), std::string("True"));
    }

    void schemasMustBeStructural()
    {
        const ApiFixture api;
        std::string text = kDefinition;
        text.replace(text.find("{type: integer, minimum: 1, maximum: 9}"), 39, "{minimum: 1, maximum: 9}");
        const auto refused = api.post(kDefinitions, text);
        QCOMPARE(refused.status, 422);
        QVERIFY2(
            QString::fromStdString(refused.text({"message"})).contains("must not be empty for specified object fields"),
            refused.raw.body.c_str());
    }

    void listsOfCustomKindsMergeByKey()
    {
        const ApiFixture api;
        QCOMPARE(api.post(kDefinitions, kDefinition).status, 201);
        const auto apply = [&](const std::string& manager, const std::string& spec) {
            return api.send("PATCH", kWidgets + "/w?fieldManager=" + manager, widget(spec),
                            "application/apply-patch+yaml");
        };
        QCOMPARE(apply("a", "{size: 1, items: [{name: x, num: 1}]}").status, 201);
        const auto both = apply("b", "{items: [{name: z, num: 2}]}");
        QCOMPARE(both.status, 200);
        QCOMPARE(core::manifest::array(both.body, {"spec", "items"}).size(), std::size_t {2});
        QCOMPARE(apply("b", "{items: [{name: x, num: 5}]}").status, 409);
    }
};

QTEST_GUILESS_MAIN(TestEmbeddedCustom)
#include "tst_embedded_custom.moc"
