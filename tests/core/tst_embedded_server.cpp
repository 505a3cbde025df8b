// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/embedded_fixture.h"
#include "core/kube/client.h"
#include "core/kube/curl_transport.h"
#include "support/kubectl.h"

#include <QProcess>
#include <QTemporaryDir>

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>
#include <utility>

namespace {

const QByteArray kWeb = R"(
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - {name: web, image: "nginx:1.25"}
)";

core::Result<std::unique_ptr<core::embedded::Cluster>> open(const QString& folder)
{
    core::embedded::Cluster::Options options;
    options.folder = folder.toStdString();
    options.clock = std::make_shared<core::ScaledClock>();
    options.simulate = false;
    return core::embedded::Cluster::open(options);
}

} // namespace

class TestEmbeddedServer : public QObject
{
    Q_OBJECT

private slots:
    void itEndsWhileClientsWatch()
    {
        const QTemporaryDir dir;
        auto cluster = open(dir.filePath("cluster")).value();
        QVERIFY(cluster->serve());
        const auto access = core::kube::Kubeconfig::load(cluster->kubeconfigPath())->access().value();
        constexpr int kClients = 12;
        std::atomic<int> watching = 0;
        std::vector<std::jthread> clients;
        for (int i = 0; i < kClients; ++i)
            clients.emplace_back([&](const std::stop_token& stop) {
                core::kube::Client client(core::kube::curlTransport(access));
                core::kube::ResourceType type {"", "v1", "Namespace", "namespaces", false};
                bool counted = false;
                (void)client.watch(
                    type, {}, {},
                    [&](const core::kube::WatchEvent&) {
                        watching += std::exchange(counted, true) ? 0 : 1;
                        return true;
                    },
                    stop);
            });
        QTRY_COMPARE_WITH_TIMEOUT(watching.load(), kClients, 60'000);
        cluster.reset();
        clients.clear(); // each watch has ended, or ends now
    }

    void kubectlWorks()
    {
        const QTemporaryDir dir;
        support::Kubectl kubectl;
        kubectl.program = support::Kubectl::installed();
        if (kubectl.program.isEmpty())
            QSKIP("kubectl is not installed");
        const ApiFixture api(dir.filePath("cluster").toStdString());
        QVERIFY(api.cluster->serve());
        kubectl.kubeconfig = QString::fromStdString(api.cluster->kubeconfigPath().string());
        kubectl.home = dir.path();
        QCOMPARE(QFile::permissions(kubectl.kubeconfig) & (QFile::ReadGroup | QFile::ReadOther), QFile::Permissions());
        const auto last = [](const QString& text) { return text.split('\n').last(); };

        QCOMPARE(kubectl.run({"apply", "-f", "-"}, kWeb), "deployment.apps/web created");
        QCOMPARE(kubectl.run({"apply", "-f", "-"}, kWeb), "deployment.apps/web unchanged");
        auto changed = kWeb;
        changed.replace("1.25", "1.26");
        int code = 0;
        QVERIFY(kubectl.run({"diff", "-f", "-"}, changed, &code).contains("+      - image: nginx:1.26"));
        QCOMPARE(code, 1);
        QCOMPARE(kubectl.run({"apply", "-f", "-"}, changed), "deployment.apps/web configured");
        // Real servers have kubectl warn here that it could not migrate its annotation.
        QVERIFY(kubectl.run({"apply", "--server-side", "--dry-run=server", "-f", "-"}, changed)
                    .endsWith("deployment.apps/web serverside-applied (server dry run)"));
        QCOMPARE(kubectl.run({"apply", "--server-side", "-f", "-"}, changed), "deployment.apps/web serverside-applied");
        QVERIFY(kubectl.run({"get", "deploy"}).contains("0/2"));
        QCOMPARE(kubectl.run({"scale", "deploy", "web", "--replicas=3"}), "deployment.apps/web scaled");
        QCOMPARE(kubectl.run({"get", "deploy", "web", "-o", "jsonpath={.spec.replicas}"}), "3");
        QCOMPARE(kubectl.run({"label", "deploy", "web", "a=b"}), "deployment.apps/web labeled");
        QCOMPARE(kubectl.run({"annotate", "deploy", "web", "a=b"}), "deployment.apps/web annotated");
        QCOMPARE(kubectl.run({"set", "image", "deploy/web", "web=nginx:1.27"}), "deployment.apps/web image updated");
        QCOMPARE(kubectl.run({"patch", "deploy", "web", "-p", "{\"spec\":{\"paused\":true}}"}),
                 "deployment.apps/web patched");
        QCOMPARE(kubectl.run({"create", "configmap", "c", "--from-literal=a=b"}), "configmap/c created");
        QCOMPARE(kubectl.run({"create", "secret", "generic", "s", "--from-literal=a=b"}), "secret/s created");
        QCOMPARE(kubectl.run({"create", "deployment", "two", "--image=nginx"}), "deployment.apps/two created");
        QCOMPARE(kubectl.run({"autoscale", "deploy", "two", "--max=3"}),
                 "horizontalpodautoscaler.autoscaling/two autoscaled");
        QCOMPARE(kubectl.run({"auth", "can-i", "create", "pods"}), "yes");
        QCOMPARE(kubectl.run({"delete", "deploy", "two", "--wait=false"}), "deployment.apps \"two\" deleted");
        QVERIFY(kubectl.run({"describe", "deploy", "web"}).contains("StrategyType:           RollingUpdate"));
        QVERIFY(kubectl.run({"explain", "deployment.spec.replicas"}).contains("<integer>"));
        QVERIFY(kubectl.run({"explain", "pod.spec.containers"}).contains("imagePullPolicy"));
        QVERIFY(kubectl.run({"api-resources"}).contains("rollouts"));
        QCOMPARE(kubectl.run({"wait", "--for=jsonpath={.spec.replicas}=3", "deploy/web", "--timeout=20s"}),
                 "deployment.apps/web condition met");
        QVERIFY(kubectl.run({"get", "all"}).contains("service/kubernetes"));
        QVERIFY(kubectl.run({"events"}).contains("No events"));
        QVERIFY(kubectl.run({"apply", "-f", "-"}, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nfoo: 1\n")
                    .contains("unknown field \"foo\""));
        QCOMPARE(last(kubectl.run({"delete", "configmap", "c"})), "configmap \"c\" deleted");
        QVERIFY(kubectl.run({"get", "configmap", "c"}).contains("Error from server (NotFound)"));
    }

    void strangersAreRefused()
    {
        const QTemporaryDir dir;
        const auto curl = QStandardPaths::findExecutable("curl");
        if (curl.isEmpty())
            QSKIP("curl is not installed");
        const ApiFixture api(dir.filePath("cluster").toStdString());
        const auto url = api.cluster->serve();
        QVERIFY(url);
        const auto ask = [&](const QString& path, const QStringList& more = {}) {
            QProcess process;
            process.start(curl,
                          QStringList {"-s", "--cacert", dir.filePath("cluster/ca.crt"), "-o", "/dev/null", "-w",
                                       "%{http_code}", QString::fromStdString(*url) + path}
                              + more);
            process.waitForFinished(30'000);
            return QString::fromUtf8(process.readAllStandardOutput());
        };
        QCOMPARE(ask("/version"), "200");
        QCOMPARE(ask("/api/v1/secrets"), "401");
        QCOMPARE(ask("/api/v1/secrets", {"-H", "Authorization: Bearer wrong"}), "401");
        const auto token = QString::fromStdString(*core::paths::readFile(dir.filePath("cluster/token").toStdString()));
        QCOMPARE(ask("/api/v1/secrets", {"-H", "Authorization: Bearer " + token}), "200");
        // Too large a body.
        QFile big(dir.filePath("big"));
        QVERIFY(big.open(QFile::WriteOnly));
        big.write(QByteArray(9 << 20, 'x'));
        big.close();
        QCOMPARE(
            ask("/api/v1/namespaces", {"-H", "Authorization: Bearer " + token, "--data-binary", "@" + big.fileName()}),
            "413");
    }

    void writesSurviveAKill()
    {
        const QTemporaryDir dir;
        const auto child = fork();
        if (child == 0) {
            const auto cluster = open(dir.path());
            core::kube::Request request;
            request.method = "POST";
            request.path = "/api/v1/namespaces/default/configmaps";
            for (int i = 0; i < 200; ++i) {
                request.body = "{\"metadata\":{\"name\":\"c" + std::to_string(i) + "\"}}";
                (void)(*cluster)->transport()->send(request, {});
            }
            ::kill(::getpid(), SIGKILL);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFSIGNALED(status));
        const ApiFixture api(dir.path().toStdString());
        const auto list = api.get("/api/v1/namespaces/default/configmaps");
        QVERIFY(core::manifest::array(list.body, {"items"}).size() >= 200);
        QCOMPARE(api.get("/api/v1/namespaces/default/configmaps/c199").status, 200);
        // The counter goes on.
        const auto before =
            std::stoull(api.get("/api/v1/namespaces/default/configmaps/c199").text({"metadata", "resourceVersion"}));
        const auto made = api.post("/api/v1/namespaces/default/configmaps", "metadata: {name: later}");
        QVERIFY(std::stoull(made.text({"metadata", "resourceVersion"})) > before);
    }

    void oneProcessOnly()
    {
        const QTemporaryDir dir;
        const auto first = open(dir.path());
        QVERIFY(first);
        const auto second = open(dir.path());
        QVERIFY(!second);
        QCOMPARE(second.error().code, core::Error::Code::Conflict);
        QVERIFY(QString::fromStdString(second.error().text()).contains("another process"));
    }

    void damagedDatabasesAreNamed()
    {
        const QTemporaryDir dir;
        QFile file(dir.filePath("cluster.db"));
        QVERIFY(file.open(QFile::WriteOnly));
        file.write(QByteArray(8192, 'z'));
        file.close();
        const auto cluster = open(dir.path());
        QVERIFY(!cluster);
        QCOMPARE(cluster.error().code, core::Error::Code::Io);
        QVERIFY(QString::fromStdString(cluster.error().where).endsWith("cluster.db"));
    }

    void oldVersionsAreGone()
    {
        const ApiFixture api;
        core::kube::Request request;
        std::string text;
        // More changes than are kept.
        const std::string path = "/api/v1/namespaces/default/configmaps/m";
        QCOMPARE(api.post("/api/v1/namespaces/default/configmaps", "metadata: {name: m}").status, 201);
        const auto old = api.get(path).text({"metadata", "resourceVersion"});
        for (int i = 0; i < 8300; ++i)
            (void)api.patch(path, "{\"data\":{\"i\":\"" + std::to_string(i) + "\"}}");
        request.path = "/api/v1/configmaps?watch=true&resourceVersion=" + old;
        const auto done = api.cluster->transport()->stream(request,
                                                           [&](std::string_view chunk) {
                                                               text += chunk;
                                                               return true;
                                                           },
                                                           {});
        QVERIFY(done);
        QVERIFY2(text.find("\"code\":410") != std::string::npos, text.substr(0, 300).c_str());
    }
};

QTEST_GUILESS_MAIN(TestEmbeddedServer)
#include "tst_embedded_server.moc"
