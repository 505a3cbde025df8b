// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml.h"
#include "core/notify/delivery.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <boost/json.hpp>

using namespace core;
using namespace core::notify;

/// Debian's Alertmanager, on an address of the loopback.
class TestNotifyAlertmanager : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;
    QProcess m_process;
    std::string m_address;

    static int freePort()
    {
        QTcpServer server;
        return server.listen(QHostAddress::LocalHost) ? server.serverPort() : 0;
    }

    [[nodiscard]] std::string get(const std::string& path) const
    {
        HttpRequest request;
        request.url = "http://" + m_address + path;
        const auto answer = curlHttp()(request, {});
        return answer && answer->status == 200 ? answer->body : std::string();
    }

private slots:
    void initTestCase()
    {
        const auto program = QStandardPaths::findExecutable("prometheus-alertmanager");
        if (program.isEmpty())
            QSKIP("prometheus-alertmanager is needed");
        QFile config(m_folder.filePath("config.yml"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write("route: {receiver: none}\nreceivers: [{name: none}]\n");
        config.close();
        m_address = "127.0.0.1:" + std::to_string(freePort());
        m_process.start(program,
                        {"--config.file=" + config.fileName(), "--storage.path=" + m_folder.filePath("data"),
                         "--web.listen-address=" + QString::fromStdString(m_address), "--cluster.listen-address="});
        QVERIFY(m_process.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(!get("/api/v2/status").empty(), 30000);
    }

    void cleanupTestCase()
    {
        m_process.terminate();
        if (!m_process.waitForFinished(5000))
            m_process.kill();
    }

    void anAlertArrives()
    {
        auto options = manifest::parseYaml("{targets: ['" + m_address + "'], scheme: http}", "test");
        QVERIFY(options);
        Service service {"alertmanager", "alertmanager", options->front().value};
        Message message;
        message.text = "serving is degraded";
        message.blocks = manifest::parseYaml("{alertmanager: {labels: {alertname: AppDegraded, severity: page}, "
                                             "annotations: {summary: serving is degraded}, generatorURL: "
                                             "'https://argocd.example.com/applications/serving'}}",
                                             "test")
                             ->front()
                             .value;
        const auto app = manifest::parseYaml(
                             "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: serving}}", "test")
                             ->front()
                             .value;
        const Due due {"key", {"on-health-degraded", "alertmanager", ""}, {}};
        const auto requests = requestsFor(service, "", message, due, app, std::chrono::system_clock::now());
        QVERIFY2(requests, requests ? "" : requests.error().text().c_str());
        const auto sent = deliver(*requests, curlHttp(), {});
        QVERIFY2(sent, sent ? "" : sent.error().text().c_str());
        const auto alerts = manifest::parseJson(get("/api/v2/alerts"));
        QVERIFY(alerts && alerts->is_array() && alerts->get_array().size() == 1);
        const auto& alert = alerts->get_array()[0];
        QCOMPARE(manifest::text(alert, {"labels", "alertname"}), std::string_view("AppDegraded"));
        QCOMPARE(manifest::text(alert, {"labels", "severity"}), std::string_view("page"));
        QCOMPARE(manifest::text(alert, {"annotations", "summary"}), std::string_view("serving is degraded"));
        QCOMPARE(manifest::text(alert, {"generatorURL"}),
                 std::string_view("https://argocd.example.com/applications/serving"));
    }

    void aRefusalIsAnError()
    {
        auto options = manifest::parseYaml("{targets: ['" + m_address + "'], apiPath: /nowhere}", "test");
        Service service {"alertmanager", "alertmanager", options->front().value};
        Message message;
        message.blocks = manifest::parseYaml("{alertmanager: {labels: {alertname: x}}}", "test")->front().value;
        const auto app = manifest::parseYaml("{metadata: {name: serving}}", "test")->front().value;
        const auto requests = requestsFor(service, "", message, {"key", {"t", "alertmanager", ""}, {}}, app,
                                          std::chrono::system_clock::now());
        QVERIFY(requests);
        QVERIFY(!deliver(*requests, curlHttp(), {}));
    }
};

QTEST_GUILESS_MAIN(TestNotifyAlertmanager)
#include "tst_notify_alertmanager.moc"
