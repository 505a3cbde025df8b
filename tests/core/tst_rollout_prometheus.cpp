// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// The example's Rollout, its waiting times shortened, against a real Prometheus that scrapes an exporter of this test's
// own. Real time: a row takes a few seconds.
#include "core/embedded/cluster.h"
#include "core/manifest/yaml.h"
#include "core/rollout/controller.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QThread>

#include <fmt/format.h>

#include <atomic>
#include <thread>

using namespace core;
using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;
using namespace std::chrono_literals;

namespace {

enum class Traffic { Good, Bad, Flapping, None, Idle };

/// Counters of requests and their durations, growing with every scrape, on a loopback port of its own.
class Exporter : public QThread
{
public:
    explicit Exporter(Traffic traffic)
        : m_traffic(traffic)
    {
        start();
        while (port == 0)
            QThread::msleep(1);
    }
    ~Exporter() override
    {
        quit();
        wait();
    }
    std::atomic<int> port {0};

protected:
    void run() override
    {
        QTcpServer server;
        QObject::connect(&server, &QTcpServer::newConnection, &server, [&] {
            while (auto* socket = server.nextPendingConnection())
                QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                    if (!socket->readAll().contains("\r\n\r\n"))
                        return;
                    const QByteArray body = page();
                    socket->write("HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nConnection: "
                                  "close\r\nContent-Length: "
                                  + QByteArray::number(body.size()) + "\r\n\r\n" + body);
                    socket->disconnectFromHost();
                });
        });
        server.listen(QHostAddress::LocalHost);
        port = server.serverPort();
        exec();
    }

private:
    QByteArray page()
    {
        if (m_traffic == Traffic::None)
            return "up_and_idle 1\n";
        ++m_scrapes;
        const bool bad = m_traffic == Traffic::Bad || (m_traffic == Traffic::Flapping && m_scrapes / 10 % 2 == 1);
        if (m_traffic != Traffic::Idle) {
            m_good += bad ? 50 : 100;
            m_wrong += bad ? 50 : 0;
        }
        return QByteArray::fromStdString(
            fmt::format("inference_requests_total{{service=\"inference-canary\",status=\"success\"}} {0}\n"
                        "inference_requests_total{{service=\"inference-canary\",status=\"error\"}} {1}\n"
                        "inference_request_duration_seconds_bucket{{service=\"inference-canary\",le=\"0.1\"}} {2}\n"
                        "inference_request_duration_seconds_bucket{{service=\"inference-canary\",le=\"+Inf\"}} {2}\n",
                        m_good, m_wrong, m_good + m_wrong));
    }

    Traffic m_traffic;
    int m_scrapes = 0;
    long m_good = 0, m_wrong = 0;
};

QString prometheusProgram()
{
    return QStandardPaths::findExecutable(QStringLiteral("prometheus"));
}

/// Debian's Prometheus, gone with this object.
class Prometheus
{
public:
    explicit Prometheus(int exporterPort)
    {
        QTcpServer free;
        free.listen(QHostAddress::LocalHost);
        address = fmt::format("http://127.0.0.1:{}", free.serverPort());
        free.close();
        QFile config(m_folder.filePath("prometheus.yml"));
        if (!config.open(QIODevice::WriteOnly))
            qFatal("no configuration could be written");
        config.write(fmt::format("global: {{scrape_interval: 200ms, scrape_timeout: 200ms}}\nscrape_configs:\n- "
                                 "job_name: inference\n  static_configs: [{{targets: ['127.0.0.1:{}']}}]\n",
                                 exporterPort)
                         .c_str());
        config.close();
        m_process.setStandardErrorFile(m_folder.filePath("log"));
        m_process.start(prometheusProgram(),
                        {"--config.file=" + config.fileName(), "--storage.tsdb.path=" + m_folder.filePath("data"),
                         "--web.listen-address=" + QString::fromStdString(address.substr(7))});
        for (int i = 0; i < 300 && !isReady(); ++i)
            QThread::msleep(50);
    }
    ~Prometheus() { stop(); }
    void stop()
    {
        m_process.kill();
        m_process.waitForFinished(5000);
    }
    [[nodiscard]] bool isReady() const
    {
        const auto answer = curlHttp()({.method = "GET", .url = address + "/-/ready", .headers = {}, .body = {}}, {});
        return answer && answer->status == 200;
    }
    std::string address;

private:
    QTemporaryDir m_folder;
    QProcess m_process;
};

/// The example's objects with waits of seconds, on an embedded cluster whose pods are ready at once.
class Stage
{
public:
    Stage(const std::string& address, const std::vector<std::pair<QString, QString>>& edits)
    {
        embedded::Cluster::Options options;
        options.clock = clock;
        options.simulate = false;
        cluster = std::move(*embedded::Cluster::open(std::move(options)));
        client = std::make_shared<kube::Client>(cluster->transport());
        create(Object {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Object {{"name", "ml-serving"}}}});
        for (const auto* file :
             {"services", "virtual-service", "analysis-success-rate", "analysis-latency", "rollout"}) {
            QFile in(QStringLiteral(SOURCE_DIR "/resources/example/repository/rollouts/inference/%1.yaml")
                         .arg(QLatin1String(file)));
            if (!in.open(QIODevice::ReadOnly))
                qFatal("%s is missing", qPrintable(in.fileName()));
            QString yaml = QString::fromUtf8(in.readAll());
            for (const auto& [from, to] : edits)
                yaml.replace(from, to);
            yaml.replace(QStringLiteral("http://prometheus:9090"), QString::fromStdString(address));
            auto documents = manifest::parseYaml(yaml.toStdString(), file).value();
            for (auto& document : documents) {
                if (!document.value.is_object())
                    continue;
                manifest::ensure(document.value, {"metadata", "namespace"}) = "ml-serving";
                create(document.value);
            }
        }
        rollout::RolloutController::Deps deps;
        deps.client = client;
        deps.clock = clock;
        deps.http = curlHttp();
        controller = std::make_unique<rollout::RolloutController>(std::move(deps));
    }
    void create(const Value& object) const
    {
        if (const auto created = client->create(object); !created)
            qFatal("%s", created.error().text().c_str());
    }
    [[nodiscard]] std::vector<Value> list(std::string_view group, std::string_view kind) const
    {
        const auto type = client->resolve(manifest::GroupKind {std::string(group), std::string(kind)}).value();
        return client->list(type, "ml-serving").value().items;
    }
    [[nodiscard]] Value rollout() const { return list("argoproj.io", "Rollout").at(0); }
    void setImage(const std::string& image) const
    {
        const auto type = client->resolve(manifest::GroupKind {"argoproj.io", "Rollout"}).value();
        const Value change = manifest::Array {
            Value(Object {{"op", "replace"}, {"path", "/spec/template/spec/containers/0/image"}, {"value", image}})};
        QVERIFY(client->patch(type, "ml-serving", "inference-rollout", kube::PatchType::Json, change));
    }
    void tick() const
    {
        const auto type = client->resolve(manifest::GroupKind {"apps", "ReplicaSet"}).value();
        for (const auto& set : list("apps", "ReplicaSet")) {
            const auto count = manifest::integer(set, {"spec", "replicas"}).value_or(0);
            if (manifest::integer(set, {"status", "availableReplicas"}).value_or(0) == count)
                continue;
            kube::WriteOptions options;
            options.subresource = "status";
            const Value status = Object {
                {"status", Object {{"replicas", count}, {"readyReplicas", count}, {"availableReplicas", count}}}};
            QVERIFY(client->patch(type, "ml-serving", manifest::name(set), kube::PatchType::Merge, status, options));
        }
        (void)controller->reconcileAll();
        std::this_thread::sleep_for(30ms);
    }
    template<class Done>
    bool until(Done done) const
    {
        for (int i = 0; i < 1500; ++i) {
            tick();
            if (done())
                return true;
        }
        return false;
    }
    [[nodiscard]] std::string phase() const { return std::string(text(rollout(), {"status", "phase"})); }

    std::shared_ptr<Clock> clock = std::make_shared<ScaledClock>();
    std::unique_ptr<embedded::Cluster> cluster;
    std::shared_ptr<kube::Client> client;
    std::unique_ptr<rollout::RolloutController> controller;
};

std::vector<std::pair<QString, QString>> quick(const QString& more = {})
{
    return {
        {"interval: 1m", "interval: 1s" + more}, {"count: 5", "count: 3"},          {"[5m]", "[2s]"},
        {"duration: 5m", "duration: 2s"},        {"duration: 10m", "duration: 1s"}, {"duration: 1m", "duration: 1s"}};
}

} // namespace

Q_DECLARE_METATYPE(Traffic)

class TestRolloutPrometheus : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (prometheusProgram().isEmpty())
            QSKIP("prometheus is not installed (apt-get install prometheus)");
    }

    void theSeedsRolloutIsJudged_data()
    {
        QTest::addColumn<Traffic>("traffic");
        QTest::addColumn<QString>("more");
        QTest::addColumn<QString>("end");
        QTest::addColumn<QString>("cause");
        QTest::newRow("success") << Traffic::Good << ""
                                 << "Healthy"
                                 << "";
        QTest::newRow("failure") << Traffic::Bad << ""
                                 << "Degraded"
                                 << "failed (3) > failureLimit (2)";
        QTest::newRow("flapping, within its limit") << Traffic::Flapping << "\n    consecutiveErrorLimit: 9"
                                                    << "Healthy"
                                                    << "";
        QTest::newRow("no series") << Traffic::None << "\n    consecutiveErrorLimit: 0"
                                   << "Degraded"
                                   << "consecutiveErrors (1) > consecutiveErrorLimit (0)";
        QTest::newRow("not a number") << Traffic::Idle << ""
                                      << "Degraded"
                                      << "failed (3) > failureLimit (2)";
    }
    void theSeedsRolloutIsJudged()
    {
        QFETCH(Traffic, traffic);
        QFETCH(QString, more);
        QFETCH(QString, end);
        QFETCH(QString, cause);
        const Exporter exporter(traffic);
        const Prometheus prometheus(exporter.port);
        QVERIFY(prometheus.isReady());
        auto edits = quick(more);
        if (traffic == Traffic::Flapping)
            edits = {{"count: 5", "count: 8"},
                     {"failureLimit: 2", "failureLimit: 8"},
                     edits[0],
                     edits[2],
                     edits[3],
                     edits[4],
                     edits[5]};
        const Stage stage(prometheus.address, edits);
        QVERIFY(stage.until([&] { return stage.phase() == "Healthy"; }));
        stage.setImage("inference:v3");
        QVERIFY(stage.until([&] { return stage.phase() != "Healthy"; }));
        QVERIFY2(stage.until([&] { return stage.phase() == "Healthy" || stage.phase() == "Degraded"; }),
                 stage.phase().c_str());
        QCOMPARE(QString::fromStdString(stage.phase()), end);
        const auto message = std::string(text(stage.rollout(), {"status", "message"}));
        QVERIFY2(message.find(cause.toStdString()) != std::string::npos, message.c_str());
        int failed = 0;
        int passed = 0;
        for (const auto& run : stage.list("argoproj.io", "AnalysisRun"))
            for (const auto& measurement : manifest::array(run, {"status", "metricResults", "0", "measurements"}))
                if (const auto judged = text(measurement, {"phase"});
                    judged != "Error") // a machine under load: no samples
                    ++(judged == "Successful" ? passed : failed);
        if (traffic == Traffic::Good)
            QVERIFY(passed == 6 && failed == 0);
        if (traffic == Traffic::Flapping)
            QVERIFY2(passed > 2 && failed > 2, fmt::format("{} passed, {} failed", passed, failed).c_str());
        if (traffic == Traffic::Bad || traffic == Traffic::Idle)
            QCOMPARE(failed, 3);
    }

    void aPrometheusThatGoesAwayAborts()
    {
        const Exporter exporter(Traffic::Good);
        Prometheus prometheus(exporter.port);
        const Stage stage(prometheus.address, quick("\n    consecutiveErrorLimit: 0"));
        QVERIFY(stage.until([&] { return stage.phase() == "Healthy"; }));
        stage.setImage("inference:v3");
        QVERIFY(stage.until([&] {
            for (const auto& run : stage.list("argoproj.io", "AnalysisRun"))
                if (!manifest::array(run, {"status", "metricResults", "0", "measurements"}).empty())
                    return true;
            return false;
        }));
        prometheus.stop();
        QVERIFY(stage.until([&] { return stage.phase() == "Degraded"; }));
        const auto message = std::string(text(stage.rollout(), {"status", "message"}));
        QVERIFY2(message.find("consecutiveErrors (1)") != std::string::npos, message.c_str());
        const auto routes = stage.list("networking.istio.io", "VirtualService");
        QCOMPARE(manifest::integer(routes.at(0), {"spec", "http", "0", "route", "0", "weight"}),
                 std::optional<std::int64_t>(100));
    }
};

QTEST_GUILESS_MAIN(TestRolloutPrometheus)
#include "tst_rollout_prometheus.moc"
