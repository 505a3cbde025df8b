// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/engine/administration.h"
#include "core/engine/inventory.h"
#include "core/engine/log_reader.h"
#include "core/engine/repository_access.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <boost/json.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

using namespace core;
using namespace core::engine;
using manifest::Value;

namespace {

std::shared_ptr<const Value> yaml(const std::string& text)
{
    return std::make_shared<const Value>(manifest::parseYaml(text, "test").value().front().value);
}

TimePoint at(const char* time)
{
    return parseRfc3339(time).value();
}

const std::string kGpuNode =
    "apiVersion: v1\nkind: Node\nmetadata: {name: n1, labels: {nvidia.com/gpu.product: A100}}\n"
    "status: {capacity: {nvidia.com/gpu: 8, cpu: 32}, allocatable: {nvidia.com/gpu: 7, cpu: 32}}\n";

} // namespace

class TestInventory : public QObject
{
    Q_OBJECT

private slots:
    void accelerators_data()
    {
        QTest::addColumn<QString>("spec");
        QTest::addColumn<int>("gpus");
        QTest::newRow("limit stands for the request")
            << "containers: [{resources: {limits: {nvidia.com/gpu: 2}}}]" << 2;
        QTest::newRow("containers add up") << "containers: [{resources: {limits: {nvidia.com/gpu: '1'}}}, {resources: "
                                              "{requests: {nvidia.com/gpu: 1}, limits: {nvidia.com/gpu: 1}}}]"
                                           << 2;
        QTest::newRow("a step of the start counts where it is larger")
            << "initContainers: [{resources: {limits: {nvidia.com/gpu: 4}}}]\ncontainers: [{resources: {limits: "
               "{nvidia.com/gpu: 1}}}]"
            << 4;
        QTest::newRow("sidecars add to both")
            << "initContainers: [{restartPolicy: Always, resources: {limits: {nvidia.com/gpu: 1}}}, {resources: "
               "{limits: {nvidia.com/gpu: 2}}}]\ncontainers: [{resources: {limits: {nvidia.com/gpu: 1}}}]"
            << 3;
        QTest::newRow("none") << "containers: [{resources: {limits: {cpu: 2, nvidia.com/gpu: 0}}}]" << 0;
    }
    void accelerators()
    {
        QFETCH(QString, spec);
        QFETCH(int, gpus);
        std::string indented = "  " + spec.toStdString();
        for (std::size_t i = 0; (i = indented.find('\n', i)) != std::string::npos; i += 3)
            indented.insert(i + 1, "  ");
        const auto counts = acceleratorsOf(*yaml("kind: Pod\nspec:\n" + indented + "\n"));
        QCOMPARE(counts.contains("nvidia.com/gpu") ? counts.at("nvidia.com/gpu") : 0, std::int64_t {gpus});
        QVERIFY(!counts.contains("cpu"));
    }

    void namesOfAccelerators()
    {
        for (const char* name : {"nvidia.com/gpu", "nvidia.com/gpu.shared", "nvidia.com/mig-1g.5gb", "amd.com/gpu",
                                 "gpu.intel.com/i915", "habana.ai/gaudi", "google.com/tpu"})
            QVERIFY2(isAccelerator(name), name);
        for (const char* name : {"cpu", "memory", "hugepages-2Mi", "example.com/dongle", "rdma/hca"})
            QVERIFY2(!isAccelerator(name), name);
    }

    void gpusAreCountedAsTheSchedulerCounts()
    {
        const auto pod = [](const std::string& name, const std::string& rest, int gpus = 2) {
            return yaml("apiVersion: v1\nkind: Pod\nmetadata: {name: " + name
                        + ", namespace: ml}\nspec: {containers: [{resources: {limits: {nvidia.com/gpu: "
                        + std::to_string(gpus) + "}}}]" + rest);
        };
        const Objects pods {pod("a", ", nodeName: n1}\nstatus: {phase: Running}", 3),
                            pod("b", ", nodeName: n1}\nstatus: {phase: Pending}"),
                            pod("done", ", nodeName: n1}\nstatus: {phase: Succeeded}"),
                            pod("gone", ", nodeName: lost}\nstatus: {phase: Running}"),
                            pod("waits",
                                "}\nstatus: {phase: Pending, conditions: [{type: PodScheduled, status: "
                                "'False', message: Insufficient nvidia.com/gpu}]}")};
        const auto inventory =
            viewGpus({yaml(kGpuNode)}, pods, [](const auto& key) { return key.name == "a" ? "llm" : ""; });
        QCOMPARE(inventory.rows.size(), std::size_t {1});
        const auto& row = inventory.rows.front();
        QCOMPARE(row.product, std::string("A100"));
        QCOMPARE(row.allocatable, std::int64_t {7});
        QCOMPARE(row.capacity, std::int64_t {8});
        QCOMPARE(row.requested, std::int64_t {5});
        QCOMPARE(row.free(), std::int64_t {2});
        QCOMPARE(row.holders.size(), std::size_t {2});
        QCOMPARE(row.holders.front().application, std::string("llm"));
        QCOMPARE(inventory.waiting.size(), std::size_t {1});
        QCOMPARE(inventory.waiting.front().pod.reason, std::string("Insufficient nvidia.com/gpu"));
    }

    void aNodeThatTakesNothingHasNothingFree()
    {
        auto node = *yaml(kGpuNode);
        manifest::ensure(node, {"spec", "unschedulable"}) = true;
        const auto inventory = viewGpus({std::make_shared<const Value>(node)}, {}, {});
        QCOMPARE(inventory.rows.front().unusable, std::string("cordoned"));
        QCOMPARE(inventory.rows.front().free(), std::int64_t {0});
    }

    void modelNames_data()
    {
        QTest::addColumn<QString>("uri");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("version");
        QTest::newRow("bucket") << "s3://models/llm/v2.1.0"
                                << "llm"
                                << "v2.1.0";
        QTest::newRow("slash at the end") << "gs://b/llm/12/"
                                          << "llm"
                                          << "12";
        QTest::newRow("no version") << "pvc://claim/bert-base"
                                    << "bert-base"
                                    << "";
        QTest::newRow("hub") << "hf://meta/llama:abc123"
                             << "meta/llama"
                             << "abc123";
        QTest::newRow("image") << "registry.example.com:5000/team/inference:v7"
                               << "inference"
                               << "v7";
        QTest::newRow("tag and digest") << "oci://r/inference:v7@sha256:11"
                                        << "inference"
                                        << "v7";
        QTest::newRow("digest") << "r/inference@sha256:11"
                                << "inference"
                                << "sha256:11";
        QTest::newRow("port without tag") << "registry:5000/inference"
                                          << "inference"
                                          << "";
        QTest::newRow("empty") << ""
                               << ""
                               << "";
    }
    void modelNames()
    {
        QFETCH(QString, uri);
        const auto name = modelNameOf(uri.toStdString());
        QTEST(QString::fromStdString(name.name), "name");
        QTEST(QString::fromStdString(name.version), "version");
    }

    void anInferenceServiceHasItsVersionsAsLanes()
    {
        const auto service =
            yaml("apiVersion: serving.kserve.io/v1beta1\n"
                 "kind: InferenceService\n"
                 "metadata: {name: llm, namespace: ml, annotations: {serving.kserve.io/deploymentMode: Serverless}}\n"
                 "spec:\n"
                 "  predictor:\n"
                 "    canaryTrafficPercent: 20\n"
                 "    model: {modelFormat: {name: pytorch}, storageUri: \"s3://models/llm/v2\"}\n"
                 "status:\n"
                 "  conditions: [{type: Ready, status: \"False\", message: canary fails}]\n"
                 "  components:\n"
                 "    predictor:\n"
                 "      traffic:\n"
                 "      - {revisionName: llm-2, percent: 10, latestRevision: true}\n"
                 "      - {revisionName: llm-1, percent: 90}\n");
        const auto old = yaml("kind: Revision\nmetadata: {annotations: "
                              "{internal.serving.kserve.io/storage-initializer-sourceuri: s3://models/llm/v1}}\n");
        const auto row = viewModel(
            *service, [&](const std::string&, const std::string& name) { return name == "llm-1" ? old : nullptr; });
        QCOMPARE(row.model, std::string("llm"));
        QCOMPARE(row.version, std::string("v2"));
        QCOMPARE(row.framework, std::string("pytorch"));
        QCOMPARE(row.reason, std::string("canary fails"));
        QVERIFY(row.warning.empty());
        QCOMPARE(row.lanes.size(), std::size_t {2});
        QCOMPARE(row.lanes[0].version, std::string("v1"));
        QCOMPARE(row.lanes[0].requested, std::optional<int>(80));
        QCOMPARE(row.lanes[0].observed, std::optional<int>(90));
        QVERIFY(row.lanes[1].canary);
        QCOMPARE(row.lanes[1].requested, std::optional<int>(20));
        QCOMPARE(row.lanes[1].observed, std::optional<int>(10));
    }

    void aCanaryThatTheModeIgnoresIsToldOf()
    {
        const auto row =
            viewModel(*yaml("kind: InferenceService\n"
                            "metadata: {name: bert, annotations: {serving.kserve.io/deploymentMode: RawDeployment}}\n"
                            "spec: {predictor: {canaryTrafficPercent: 20, sklearn: {storageUri: \"gs://m/bert\"}}}\n"),
                      {});
        QVERIFY(row.warning.find("RawDeployment") != std::string::npos);
        QCOMPARE(row.framework, std::string("sklearn"));
    }

    void windowsOpenInTheirOwnTimeZone()
    {
        gitops::SyncWindow window;
        window.schedule = "0 22 * * *";
        window.duration = "8h";
        window.timeZone = "Asia/Riyadh"; // three hours ahead, all year
        const auto times = windowTimes(window, at("2026-03-01T20:00:00Z"), at("2026-03-03T00:00:00Z")).value();
        QCOMPARE(times.size(), std::size_t {2});
        QCOMPARE(formatRfc3339(times[0].first), std::string("2026-03-01T19:00:00Z")); // open already
        QCOMPARE(formatRfc3339(times[0].second), std::string("2026-03-02T03:00:00Z"));
        QCOMPARE(formatRfc3339(times[1].first), std::string("2026-03-02T19:00:00Z"));
        window.schedule = "not cron";
        QVERIFY(!windowTimes(window, {}, {}).has_value());
    }

    void anAdministrationIsReadFromItsObjects()
    {
        AdminInput input;
        input.now = at("2026-03-01T10:00:00Z");
        input.until = at("2026-03-08T10:00:00Z");
        input.projects = {yaml("apiVersion: argoproj.io/v1alpha1\n"
                               "kind: AppProject\n"
                               "metadata: {name: ml, namespace: argocd, annotations: "
                               "{notifications.argoproj.io/subscribe.on-sync-failed.slack: \"ops; ml\"}}\n"
                               "spec:\n"
                               "  description: Models\n"
                               "  sourceRepos: [\"*\"]\n"
                               "  destinations: [{namespace: \"ml-*\", server: \"*\"}]\n"
                               "  roles: [{name: deployer}]\n"
                               "  syncWindows: [{kind: deny, schedule: \"0 9 * * *\", duration: 2h, applications: "
                               "[\"*\"]}, {kind: allow, schedule: bad, duration: 1h}]\n")};
        input.applications = {
            yaml("apiVersion: argoproj.io/v1alpha1\n"
                 "kind: Application\n"
                 "metadata: {name: llm, namespace: argocd, annotations: {notifications.argoproj.io/subscribe.email: "
                 "a@example.com}}\n"
                 "spec: {project: ml, source: {repoURL: \"https://git.example.com/ml/platform\", path: x}, "
                 "destination: {server: \"https://kubernetes.default.svc\", namespace: ml}}\n")};
        const auto secret = [](const std::string& name, const std::string& type, const std::string& data) {
            return yaml("apiVersion: v1\nkind: Secret\nmetadata: {name: " + name
                        + ", namespace: argocd, labels: {argocd.argoproj.io/secret-type: " + type + "}}\nstringData: {"
                        + data + "}\n");
        };
        input.secrets = {secret("r", "repository",
                                "url: 'https://git.example.com/ml/platform.git', username: bot, password: hunter2"),
                         secret("t", "repo-creds", "url: 'https://git.example.com/', sshPrivateKey: key"),
                         secret("c", "cluster",
                                "name: prod, server: 'https://prod:6443', config: '{\"bearerToken\":\"x\","
                                "\"tlsClientConfig\":{\"insecure\":true}}'"),
                         yaml("apiVersion: v1\nkind: Secret\nmetadata: {name: other}\n")};
        const std::string hostKey = "example.com ssh-ed25519 " + base64Encode("a key");
        input.configMaps = {yaml("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-ssh-known-hosts-cm}\ndata: "
                                 "{ssh_known_hosts: \"# comment\\n"
                                 + hostKey + "\\n\"}\n"),
                            yaml("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: argocd-tls-certs-cm}\ndata: "
                                 "{git.example.com: not a certificate}\n")};
        const auto admin = viewAdministration(input);
        QCOMPARE(admin.projects.size(), std::size_t {1});
        QCOMPARE(admin.projects[0].applications, std::size_t {1});
        QCOMPARE(admin.projects[0].destinations.front(), std::string("ml-* @ *"));
        QCOMPARE(admin.windows.size(), std::size_t {2});
        QVERIFY(admin.windows[0].active);
        QCOMPARE(admin.windows[0].times.size(), std::size_t {8});
        QVERIFY(!admin.windows[1].problem.empty());
        QCOMPARE(admin.repositories.size(), std::size_t {2});
        QCOMPARE(admin.repositories[0].credential, std::string("password"));
        QCOMPARE(admin.repositories[0].applications, std::size_t {1}); // one URL in two spellings
        QVERIFY(admin.repositories[1].pattern);
        QCOMPARE(admin.clusters.size(), std::size_t {2});
        QCOMPARE(admin.clusters[0].applications, std::size_t {1});
        QCOMPARE(admin.clusters[1].credential, std::string("bearer token"));
        QVERIFY(admin.clusters[1].insecure);
        QCOMPARE(admin.certificates.size(), std::size_t {2});
        QVERIFY(admin.certificates[0].fingerprint.starts_with("SHA256:"));
        QVERIFY(!admin.certificates[1].problem.empty());
        QCOMPARE(admin.subscriptions.size(), std::size_t {2});
        QCOMPARE(admin.subscriptions[0].trigger, std::string());
        QCOMPARE(admin.subscriptions[0].service, std::string("email"));
        QCOMPARE(admin.subscriptions[1].recipients, (std::vector<std::string> {"ops", "ml"}));
    }

    void aRepositoryIsReachedAsItsSecretsSay()
    {
        const auto secret = [](const std::string& name, const std::string& type, const std::string& data) {
            return yaml("apiVersion: v1\nkind: Secret\nmetadata: {name: " + name
                        + ", namespace: argocd, labels: {argocd.argoproj.io/secret-type: " + type + "}}\nstringData: {"
                        + data + "}\n");
        };
        const Objects secrets {
            secret("host", "repo-creds", "url: 'https://git.example.com', username: all, password: a"),
            secret("group", "repo-creds", "url: 'https://git.example.com/ml/', bearerToken: b"),
            secret("scoped", "repository",
                   "url: 'https://git.example.com/ml/platform', project: ml, username: scoped, password: c"),
            secret("only", "repository", "url: 'https://private.example.com/x', project: ml, username: u, password: p"),
            secret("own", "repository",
                   "url: 'https://git.example.com/ML/platform.git', username: own, password: d, insecure: 'true'"),
            secret("bare", "repository", "url: 'https://git.example.com/ml/bare', proxy: 'http://proxy:3128'"),
            secret("google", "repository", "url: 'https://source.example.com/x', gcpServiceAccountKey: '{}'"),
            secret("cluster", "cluster", "url: 'https://git.example.com/ml/platform', username: wrong, password: e")};
        const Objects maps {yaml("kind: ConfigMap\nmetadata: {name: argocd-tls-certs-cm}\ndata: "
                                 "{git.example.com: PEM}\n"),
                            yaml("kind: ConfigMap\nmetadata: {name: argocd-ssh-known-hosts-cm}\ndata: "
                                 "{ssh_known_hosts: lines}\n")};
        const auto own = repositoryAccess("https://git.example.com/ml/platform", secrets, maps);
        QCOMPARE(own.secret, std::string("argocd/own"));
        QCOMPARE(own.credentials.username, std::string("own"));
        QVERIFY(own.insecure);
        // A project's Secret serves its applications and nobody else.
        const auto ofProject = [&](const std::string& url, const std::string& project) {
            return repositoryAccess({url, project}, secrets, maps).secret;
        };
        QCOMPARE(ofProject("https://git.example.com/ml/platform", "ml"), std::string("argocd/scoped"));
        QCOMPARE(ofProject("https://git.example.com/ml/platform", "web"), std::string("argocd/own"));
        QCOMPARE(ofProject("https://private.example.com/x", "ml"), std::string("argocd/only"));
        QCOMPARE(ofProject("https://private.example.com/x", "web"), std::string());
        QCOMPARE(ofProject("https://private.example.com/x", ""), std::string());
        QCOMPARE(own.authorities, std::string("PEM"));
        QCOMPARE(own.knownHosts, std::string("lines"));
        const auto group = repositoryAccess("https://git.example.com:8443/ml/other.git", secrets, maps);
        QCOMPARE(group.secret, std::string()); // another port is another server
        QCOMPARE(group.authorities, std::string("PEM"));
        const auto bare = repositoryAccess("https://git.example.com/ml/bare.git", secrets, maps);
        QCOMPARE(bare.secret, std::string("argocd/group"));
        QCOMPARE(bare.credentials.bearerToken, std::string("b"));
        QCOMPARE(bare.proxy, std::string("http://proxy:3128"));
        QCOMPARE(repositoryAccess("https://git.example.com/web", secrets, maps).secret, std::string("argocd/host"));
        QCOMPARE(repositoryAccess("git@elsewhere.example.com:ml/x.git", secrets, maps).secret, std::string());

        RepositoryKeys keys({}, std::make_shared<ScaledClock>());
        const auto google = repositoryAccess("https://source.example.com/x", secrets, maps);
        const auto refused = keys.forGit(google, "https://source.example.com/x", {});
        QVERIFY(!refused);
        QVERIFY(refused.error().message.find("argocd/google") != std::string::npos);
    }

    void aGithubAppGetsOneTokenAnHour()
    {
        const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key(EVP_RSA_gen(2048), EVP_PKEY_free);
        const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new(BIO_s_mem()), BIO_free);
        QVERIFY(PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
        char* bytes = nullptr;
        const auto size = BIO_get_mem_data(out.get(), &bytes);
        std::vector<HttpRequest> requests;
        int status = 201;
        RepositoryKeys keys(
            [&](const HttpRequest& request, const std::stop_token&) -> Result<HttpResponse> {
                requests.push_back(request);
                return HttpResponse {status, {}, R"({"token":"ghs_1"})"};
            },
            std::make_shared<ScaledClock>());
        RepositoryAccess access;
        access.secret = "argocd/app";
        access.githubApp =
            RepositoryAccess::GithubApp {"12", "34", std::string(bytes, static_cast<std::size_t>(size)), ""};
        for (int i = 0; i < 2; ++i) {
            const auto options = keys.forGit(access, "https://github.com/ml/x", {});
            QVERIFY2(options.has_value(), options ? "" : options.error().text().c_str());
            QCOMPARE(options->credentials->password, std::string("ghs_1"));
        }
        QCOMPARE(requests.size(), std::size_t {1});
        QCOMPARE(requests[0].url, std::string("https://api.github.com/app/installations/34/access_tokens"));
        status = 401;
        access.githubApp->installation = "35";
        const auto refused = keys.forGit(access, "https://github.com/ml/x", {});
        QVERIFY(!refused && refused.error().code == Error::Code::Unauthorized);
    }

    void aLogAskedForAgainGoesOnWhereItStood()
    {
        LogReader reader;
        reader.begin();
        reader.feed("2026-03-01T10:00:00Z one\n2026-03-01T10:00:01Z two\n2026-03-01T10:00:01Z th");
        reader.feed("ree\r\n");
        auto lines = reader.lines();
        QCOMPARE(lines.size(), std::size_t {3});
        QCOMPARE(lines[2].text, std::string("three"));
        reader.begin();
        reader.feed("2026-03-01T10:00:00Z one\n2026-03-01T10:00:01Z two\n2026-03-01T10:00:01Z three\n"
                    "2026-03-01T10:00:01Z four\n2026-03-01T10:00:02Z five\nno time stamp\n");
        lines = reader.lines();
        QCOMPARE(lines.size(), std::size_t {3});
        QCOMPARE(lines[0].text, std::string("four"));
        QCOMPARE(lines[1].text, std::string("five"));
        QCOMPARE(lines[2].text, std::string("no time stamp"));
        QVERIFY(!lines[2].at);
        QCOMPARE(formatRfc3339(*reader.newest()), std::string("2026-03-01T10:00:02Z"));
    }
};

QTEST_GUILESS_MAIN(TestInventory)
#include "tst_inventory.moc"
