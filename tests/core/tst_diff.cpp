// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/diff.h"
#include "core/manifest/quantity.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

using namespace core;

namespace {

manifest::Value yaml(const std::string& text)
{
    auto documents = manifest::parseYaml(text, "test");
    if (!documents || documents->empty())
        qFatal("%s", documents ? "empty" : documents.error().text().c_str());
    return documents->front().value;
}

/// A live object as kubectl apply leaves it: with the annotation of `applied`, and what the server filled in.
manifest::Value liveOf(const manifest::Value& applied, const std::string& extra = "{}")
{
    auto live = applied;
    const auto more = yaml(extra);
    for (const auto& member : manifest::object(more, {"spec"}))
        manifest::ensure(live, {"spec", member.key()}) = member.value();
    manifest::setAnnotation(live, "kubectl.kubernetes.io/last-applied-configuration", manifest::toSortedJson(applied));
    return live;
}

QString paths(const diff::Comparison& comparison)
{
    QStringList texts;
    for (const auto& change : comparison.changes) {
        QStringList parts;
        for (const auto& part : change.path)
            parts << QString::fromStdString(part);
        texts << parts.join('/') + (change.ignored ? " (ignored)" : "");
    }
    return texts.join(' ');
}

const std::string kDeployment = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ml}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: server
        image: web:v1
        resources: {requests: {cpu: 1000m, memory: 1024Mi}}
)";

} // namespace

class TestDiff : public QObject
{
    Q_OBJECT

private slots:
    void quantities_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("canonical");
        const std::initializer_list<std::pair<const char*, const char*>> rows {
            {"1000m", "1"},      {"1024Mi", "1Gi"},  {"1", "1"},           {"0.5", "500m"},
            {"1.5Gi", "1536Mi"}, {"512", "512"},     {"1e3", "1e3"},       {"100M", "100M"},
            {"0", "0"},          {"0.5Gi", "512Mi"}, {"1Ki", "1Ki"},       {"-500m", "-500m"},
            {"1000", "1k"},      {"2500m", "2500m"}, {"1000Ki", "1000Ki"}, {"0.5Ki", "512"}};
        for (const auto& [text, canonical] : rows)
            QTest::newRow(text) << text << canonical;
        for (const auto* bad : {"", "x", "1.2.3", "1x", "Mi", "1e", "1e9999"})
            QTest::newRow(bad[0] ? bad : "empty") << bad << "error";
    }

    void quantities()
    {
        QFETCH(QString, text);
        QFETCH(QString, canonical);
        const auto quantity = manifest::Quantity::parse(text.toStdString());
        QCOMPARE(quantity ? QString::fromStdString(quantity->canonical()) : QString("error"), canonical);
    }

    void whatIsAppliedIsInSync()
    {
        const auto desired = yaml(kDeployment);
        const auto live = liveOf(desired, "spec: {revisionHistoryLimit: 10, progressDeadlineSeconds: 600}");
        const auto result = diff::compare(&desired, &live, {});
        QVERIFY2(!result.outOfSync, qPrintable(paths(result)));
        QVERIFY(result.changes.empty());
    }

    void quantitiesAreEqualInCanonicalForm()
    {
        const auto desired = yaml(kDeployment);
        auto text = kDeployment;
        text.replace(text.find("cpu: 1000m"), 10, "cpu: \"1\"");
        text.replace(text.find("memory: 1024Mi"), 14, "memory: 1Gi");
        const auto live = yaml(text);
        const auto result = diff::compare(&desired, &live, {});
        QVERIFY2(!result.outOfSync, qPrintable(paths(result)));
    }

    void aChangedImageIsFoundByTheNameOfItsContainer()
    {
        const auto applied = yaml(kDeployment);
        auto text = kDeployment;
        text.replace(text.find("web:v1"), 6, "web:v2");
        const auto desired = yaml(text);
        const auto live = liveOf(applied);
        const auto result = diff::compare(&desired, &live, {});
        QVERIFY(result.outOfSync);
        QCOMPARE(paths(result), QString("spec/template/spec/containers/0/image"));
        QCOMPARE(result.changes[0].reason, std::string("changed in Git"));
    }

    void aFieldRemovedFromGitDiffersAsLongAsItWasApplied()
    {
        const auto applied = yaml(kDeployment + "      terminationGracePeriodSeconds: 60\n");
        const auto desired = yaml(kDeployment);
        const auto live = liveOf(applied);
        const auto result = diff::compare(&desired, &live, {});
        QVERIFY(result.outOfSync);
    }

    void aFieldRemovedFromGitThatHadTheDefaultDoesNotDiffer()
    {
        const auto applied = yaml(kDeployment + "      terminationGracePeriodSeconds: 30\n");
        const auto desired = yaml(kDeployment);
        const auto live = liveOf(applied);
        const auto result = diff::compare(&desired, &live, {});
        QVERIFY2(!result.outOfSync, qPrintable(paths(result)));
    }

    void customResources_data()
    {
        QTest::addColumn<QString>("live");
        QTest::addColumn<bool>("outOfSync");
        const QString head("apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\nspec:\n");
        QTest::newRow("same") << head + "  list: [{a: 1}]\n" << false;
        QTest::newRow("defaulted field") << head + "  list: [{a: 1}]\n  mode: fast\n" << false;
        QTest::newRow("defaulted field in a list element") << head + "  list: [{a: 1, b: 2}]\n" << false;
        QTest::newRow("appended list element") << head + "  list: [{a: 1}, {a: 2}]\n" << true;
        QTest::newRow("changed") << head + "  list: [{a: 3}]\n" << true;
    }

    void customResources()
    {
        QFETCH(QString, live);
        QFETCH(bool, outOfSync);
        const auto desired =
            yaml("apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\nspec:\n  list: [{a: 1}]\n");
        const auto object = yaml(live.toStdString());
        QCOMPARE(diff::compare(&desired, &object, {}).outOfSync, outOfSync);
    }

    void whatADefinitionSays_data()
    {
        QTest::addColumn<QString>("applied");
        QTest::addColumn<QString>("desired");
        QTest::addColumn<QString>("live");
        QTest::addColumn<QString>("expected"); // "path: reason" of each change, sorted
        QTest::addColumn<bool>("outOfSync");
        QTest::addColumn<bool>("withoutIt"); // what Argo CD would say
        QTest::newRow("the default of what Git no longer names")
            << "{mode: slow}"
            << "{}"
            << "{mode: slow}"
            << "spec/mode: defaulted by the API server" << false << true;
        QTest::newRow("another value than the default") << "{mode: fast}"
                                                        << "{}"
                                                        << "{mode: fast}"
                                                        << "spec/mode: removed in Git" << true << true;
        QTest::newRow("defaults beside a new element")
            << "{list: [{name: a}]}"
            << "{list: [{name: a}, {name: b}]}"
            << "{list: [{name: a, port: 80}], mode: slow}"
            << "spec/list/0/port: defaulted by the API server, spec/list/1: changed in Git" << true << true;
        QTest::newRow("elements by their key")
            << "{list: [{name: a, port: 1}, {name: b, port: 2}]}"
            << "{list: [{name: b, port: 3}]}"
            << "{list: [{name: a, port: 1}, {name: b, port: 2}]}"
            << "spec/list/0/port: changed in Git, spec/list/0: changed in Git" << true << true;
        QTest::newRow("nothing is known of the rest") << "{free: {x: 1}}"
                                                      << "{free: {}}"
                                                      << "{free: {x: 1}}"
                                                      << "spec/free/x: removed in Git" << true << true;
    }
    void whatADefinitionSays()
    {
        QFETCH(QString, applied);
        QFETCH(QString, desired);
        QFETCH(QString, live);
        QFETCH(QString, expected);
        QFETCH(bool, outOfSync);
        QFETCH(bool, withoutIt);
        diff::Options options;
        options.schema = manifest::StructuralSchema::make(yaml(R"(
type: object
properties:
  spec:
    type: object
    properties:
      mode: {type: string, default: slow}
      free: {type: object, x-kubernetes-preserve-unknown-fields: true}
      list:
        type: array
        x-kubernetes-list-type: map
        x-kubernetes-list-map-keys: [name]
        items: {type: object, properties: {name: {type: string}, port: {type: integer, default: 80}}}
)"));
        const auto thing = [](const QString& spec) {
            return yaml("apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: x}\nspec: " + spec.toStdString());
        };
        auto object = thing(live);
        manifest::setAnnotation(object, "kubectl.kubernetes.io/last-applied-configuration",
                                manifest::toJson(thing(applied)));
        const auto wanted = thing(desired);
        const auto result = diff::compare(&wanted, &object, options);
        QStringList changes;
        for (const auto& change : result.changes)
            changes << QString::fromStdString(fmt::format("{}: {}", fmt::join(change.path, "/"), change.reason));
        changes.sort();
        QCOMPARE(changes.join(", "), expected);
        QCOMPARE(result.outOfSync, outOfSync);
        QCOMPARE(diff::compare(&wanted, &object, {}).outOfSync, withoutIt);
    }

    void ignoreRules_data()
    {
        QTest::addColumn<QString>("pointer");
        QTest::addColumn<QString>("jq");
        QTest::addColumn<QString>("manager");
        QTest::addColumn<bool>("outOfSync");
        QTest::newRow("none") << ""
                              << ""
                              << "" << true;
        QTest::newRow("pointer") << "/spec/replicas"
                                 << ""
                                 << "" << false;
        QTest::newRow("jq") << ""
                            << ".spec.replicas"
                            << "" << false;
        QTest::newRow("jq with select") << ""
                                        << ".spec | select(.replicas > 0) | .replicas"
                                        << "" << false;
        QTest::newRow("manager") << ""
                                 << ""
                                 << "autoscaler" << false;
        QTest::newRow("other manager") << ""
                                       << ""
                                       << "someone" << true;
        QTest::newRow("broken jq") << ""
                                   << ".spec["
                                   << "" << true;
        QTest::newRow("endless jq") << ""
                                    << "recurse(.)"
                                    << "" << true;
    }

    void ignoreRules()
    {
        QFETCH(QString, pointer);
        QFETCH(QString, jq);
        QFETCH(QString, manager);
        QFETCH(bool, outOfSync);
        const auto desired = yaml(kDeployment);
        auto live = liveOf(desired);
        manifest::ensure(live, {"spec", "replicas"}) = 5;
        manifest::ensure(live, {"metadata", "managedFields"}) = *manifest::parseJson(
            R"([{"manager":"autoscaler","time":"2026-01-01T00:00:00Z","fieldsV1":{"f:spec":{"f:replicas":{}}}}])");
        diff::IgnoreRule rule;
        rule.group = "apps";
        rule.kind = "*";
        if (!pointer.isEmpty())
            rule.jsonPointers.push_back(pointer.toStdString());
        if (!jq.isEmpty())
            rule.jqPathExpressions.push_back(jq.toStdString());
        if (!manager.isEmpty())
            rule.managedFieldsManagers.push_back(manager.toStdString());
        diff::Options options;
        options.ignore.push_back(rule);
        const auto result = diff::compare(&desired, &live, options);
        QCOMPARE(result.outOfSync, outOfSync);
        QCOMPARE(paths(result), QString("spec/replicas") + (outOfSync ? "" : " (ignored)"));
        if (outOfSync)
            QCOMPARE(result.changes[0].reason, std::string("changed live by autoscaler at 2026-01-01T00:00:00Z"));
    }

    void secretsAreComparedButNeverShown()
    {
        const auto desired =
            yaml("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {a: hunter2, b: same}\n");
        const auto live = yaml("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: b2xk, b: c2FtZQ==}\n");
        const auto result = diff::compare(&desired, &live, {});
        QVERIFY(result.outOfSync);
        QCOMPARE(paths(result), QString("data/a"));
        const auto all = manifest::toJson(result.live) + manifest::toJson(result.predicted)
            + manifest::toJson(*result.changes[0].live) + manifest::toJson(*result.changes[0].desired);
        for (const auto* secret : {"hunter2", "b2xk", "aHVudGVyMg==", "c2FtZQ=="})
            QVERIFY2(all.find(secret) == std::string::npos, all.c_str());
        QCOMPARE(result.changes[0].desired->get_string().size(), std::size_t {8});
        QCOMPARE(result.changes[0].live->get_string().size(), std::size_t {12});
    }

    void annotationsAreMaskedWhereAsked()
    {
        const auto desired = yaml("{apiVersion: v1, kind: Secret, metadata: {name: s, annotations: {token: new}}}");
        const auto live = yaml("{apiVersion: v1, kind: Secret, metadata: {name: s, annotations: {token: old}}}");
        diff::Options options;
        options.sensitiveAnnotations = {"token"};
        const auto result = diff::compare(&desired, &live, options);
        QVERIFY(result.outOfSync);
        QVERIFY(manifest::toJson(result.live).find("old") == std::string::npos);
        QVERIFY(manifest::toJson(result.predicted).find("new") == std::string::npos);
    }

    void knownTypes_data()
    {
        QTest::addColumn<QString>("type");
        QTest::addColumn<QString>("desired");
        QTest::addColumn<QString>("live");
        QTest::addColumn<bool>("differs");
        QTest::newRow("pod spec") << "core/v1/PodSpec"
                                  << "{containers: [{name: c, resources: {limits: {cpu: 1000m}}}]}"
                                  << "{containers: [{name: c, resources: {limits: {cpu: '1'}}}]}" << false;
        QTest::newRow("pod specs") << "core/v1/PodSpec"
                                   << "[{containers: [{name: c, resources: {limits: {cpu: 1000m}}}]}]"
                                   << "[{containers: [{name: c, resources: {limits: {cpu: '1'}}}]}]" << false;
        QTest::newRow("quantity") << "core/Quantity"
                                  << "1024Mi"
                                  << "1Gi" << false;
        QTest::newRow("another quantity") << "core/Quantity"
                                          << "1024Mi"
                                          << "2Gi" << true;
        QTest::newRow("duration") << "meta/v1/Duration"
                                  << "60s"
                                  << "1m0s" << false;
        QTest::newRow("unknown type") << "core/v1/Nothing"
                                      << "1024Mi"
                                      << "1Gi" << true;
    }

    void knownTypes()
    {
        QFETCH(QString, type);
        QFETCH(QString, desired);
        QFETCH(QString, live);
        QFETCH(bool, differs);
        const auto object = [](const QString& value) {
            return yaml("{apiVersion: example.com/v1, kind: Job, metadata: {name: j}, spec: {part: "
                        + value.toStdString() + "}}");
        };
        diff::Options options;
        options.knownTypes = {{"spec.part", type.toStdString()}};
        const auto a = object(desired);
        const auto b = object(live);
        QCOMPARE(diff::compare(&a, &b, options).outOfSync, differs);
    }

    void statusCountsWhereAsked_data()
    {
        QTest::addColumn<int>("fields");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<bool>("differs");
        using diff::StatusFields;
        QTest::newRow("never") << int(StatusFields::All) << "Thing" << false;
        QTest::newRow("not of definitions") << int(StatusFields::OfDefinitions) << "CustomResourceDefinition" << false;
        QTest::newRow("of others") << int(StatusFields::OfDefinitions) << "Thing" << true;
        QTest::newRow("of all") << int(StatusFields::None) << "Thing" << true;
    }

    void statusCountsWhereAsked()
    {
        QFETCH(int, fields);
        QFETCH(QString, kind);
        QFETCH(bool, differs);
        const auto head =
            "{apiVersion: example.com/v1, kind: " + kind.toStdString() + ", metadata: {name: j}, status: ";
        const auto desired = yaml(head + "{ready: true}}");
        const auto live = yaml(head + "{ready: false}}");
        diff::Options options;
        options.statusFields = static_cast<diff::StatusFields>(fields);
        QCOMPARE(diff::compare(&desired, &live, options).outOfSync, differs);
    }

    void oneSideOnly()
    {
        const auto object = yaml(kDeployment);
        QVERIFY(diff::compare(&object, nullptr, {}).outOfSync);
        QVERIFY(!diff::compare(nullptr, &object, {}).outOfSync);
    }

    /// What a server-side apply said before is found in managedFields.
    void removedFieldsOfAServerSideApply_data()
    {
        QTest::addColumn<QString>("desired");
        QTest::addColumn<bool>("differs");
        const QString head = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\"},\"data\":";
        QTest::newRow("the same") << head + "{\"a\":\"1\",\"b\":\"1\",\"shared\":\"1\"}}" << false;
        QTest::newRow("removed") << head + "{\"a\":\"1\",\"shared\":\"1\"}}" << true;
        QTest::newRow("removed, but another owns it too") << head + "{\"a\":\"1\",\"b\":\"1\"}}" << false;
        QTest::newRow("changed") << head + "{\"a\":\"2\",\"b\":\"1\",\"shared\":\"1\"}}" << true;
    }
    void removedFieldsOfAServerSideApply()
    {
        QFETCH(QString, desired);
        QFETCH(bool, differs);
        const auto live = manifest::parseJson(
            "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"a\",\"managedFields\":["
            "{\"manager\":\"argocd-controller\",\"operation\":\"Apply\",\"fieldsV1\":{\"f:data\":{\"f:a\":{},"
            "\"f:b\":{},\"f:shared\":{}}}},{\"manager\":\"other\",\"operation\":\"Update\",\"fieldsV1\":{\"f:data\":{"
            "\"f:shared\":{},\"f:theirs\":{}}}}]},\"data\":{\"a\":\"1\",\"b\":\"1\",\"shared\":\"1\",\"theirs\":\"x\"}"
            "}");
        QVERIFY(live);
        const auto wanted = manifest::parseJson(desired.toStdString());
        QVERIFY(wanted);
        diff::Options options;
        options.serverSideApply = true;
        QCOMPARE(diff::compare(&*wanted, &*live, options).outOfSync, differs);
    }

    void removedListElementsOfAServerSideApply()
    {
        const auto live = manifest::parseJson(
            "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"s\",\"managedFields\":[{\"manager\":"
            "\"argocd-controller\",\"operation\":\"Apply\",\"fieldsV1\":{\"f:spec\":{\"f:ports\":{"
            "\"k:{\\\"port\\\":80,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},\"f:port\":{},\"f:name\":{}},"
            "\"k:{\\\"port\\\":81,\\\"protocol\\\":\\\"TCP\\\"}\":{\".\":{},\"f:port\":{},\"f:name\":{}}}}}}]},"
            "\"spec\":{\"ports\":[{\"name\":\"a\",\"port\":80,\"protocol\":\"TCP\",\"targetPort\":80},{\"name\":\"b\","
            "\"port\":81,\"protocol\":\"TCP\",\"targetPort\":81}]}}");
        QVERIFY2(live, live ? "" : live.error().text().c_str());
        const auto service = [](const char* ports) {
            return *manifest::parseJson(
                std::string("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":"
                            "\"s\"},\"spec\":{\"ports\":")
                + ports + "}}");
        };
        diff::Options options;
        options.serverSideApply = true;
        const auto both = service("[{\"name\":\"a\",\"port\":80},{\"name\":\"b\",\"port\":81}]");
        QVERIFY(!diff::compare(&both, &*live, options).outOfSync);
        const auto one = service("[{\"name\":\"a\",\"port\":80}]");
        QVERIFY(diff::compare(&one, &*live, options).outOfSync);
    }
};

QTEST_GUILESS_MAIN(TestDiff)
#include "tst_diff.moc"
