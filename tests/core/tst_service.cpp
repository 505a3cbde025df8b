// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/http.h"
#include "core/base/strings.h"
#include "core/embedded/cluster.h"
#include "core/engine/foreign_controllers.h"
#include "core/git/repository.h"
#include "core/render/render.h"
#include "core/service/controller_service.h"
#include "core/service/shards.h"
#include "core/service/webhook.h"

#include <QTemporaryDir>
#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <thread>

using namespace core;
using manifest::Object;
using manifest::Value;

namespace {

void check(const auto& result, const char* what)
{
    if (!result)
        qFatal("%s: %s", what, result.error().text().c_str());
}

std::string signature(const std::string& key, const std::string& body)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(body.data()),
         body.size(), digest, &length);
    std::string out;
    for (unsigned i = 0; i < length; ++i)
        out += fmt::format("{:02x}", digest[i]);
    return out;
}

const char* const kGithubPush =
    "{\"ref\":\"refs/heads/main\",\"repository\":{\"html_url\":\"https://github.com/acme/models\",\"clone_url\":"
    "\"https://github.com/acme/models.git\",\"default_branch\":\"main\"},\"commits\":[{\"added\":[\"apps/llm/"
    "new.yaml\"],\"modified\":[],\"removed\":[]}]}";

Value webhookSecret()
{
    return Object {{"apiVersion", "v1"},
                   {"kind", "Secret"},
                   {"metadata", Object {{"name", "argocd-secret"}, {"namespace", "argocd"}}},
                   {"stringData",
                    Object {{"webhook.github.secret", "s3cret"},
                            {"webhook.gitlab.secret", "token"},
                            {"webhook.gogs.secret", "s3cret"},
                            {"webhook.bitbucket.uuid", "{1-2}"},
                            {"webhook.bitbucketserver.secret", "s3cret"}}}};
}

Value application(const std::string& name, const std::string& repository, const std::string& revision)
{
    return Object {
        {"apiVersion", "argoproj.io/v1alpha1"},
        {"kind", "Application"},
        {"metadata", Object {{"name", name}, {"namespace", "argocd"}}},
        {"spec",
         Object {{"project", "default"},
                 {"source", Object {{"repoURL", repository}, {"path", "apps/llm"}, {"targetRevision", revision}}},
                 {"destination", Object {{"server", "https://kubernetes.default.svc"}, {"namespace", "ml"}}}}}};
}

/// An embedded cluster, four times as fast as real time, with a repository on disk.
struct World
{
    std::shared_ptr<ScaledClock> clock = std::make_shared<ScaledClock>(4.0);
    QTemporaryDir folder;
    std::unique_ptr<embedded::Cluster> cluster;
    std::shared_ptr<kube::Client> client;

    World()
    {
        embedded::Cluster::Options options;
        options.clock = clock;
        options.simulate = false;
        auto opened = embedded::Cluster::open(std::move(options));
        check(opened, "cluster");
        cluster = std::move(*opened);
        client = newClient();
        create(Object {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Object {{"name", "argocd"}}}});
        auto repository = git::Repository::init(path("repository"));
        check(repository, "repository");
        git::Overlay files;
        files.files["apps/llm/cm.yaml"] = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n";
        check(repository->commitFiles("main", "", files, "first", {"t", "t@example.com"}), "commit");
    }
    [[nodiscard]] std::shared_ptr<kube::Client> newClient() const
    {
        return std::make_shared<kube::Client>(cluster->transport());
    }
    void create(const Value& object) const { check(client->create(object), "create"); }
    [[nodiscard]] std::string path(const std::string& name) const
    {
        return folder.filePath(QString::fromStdString(name)).toStdString();
    }
    [[nodiscard]] Value get(const std::string& apiVersion, const std::string& kind, const std::string& name) const
    {
        const auto type = client->resolve(apiVersion, kind);
        check(type, "type");
        auto found = client->get(*type, "argocd", name);
        return found ? *found : Value();
    }
};

/// One process of the service, on a thread.
struct Replica
{
    std::unique_ptr<service::ControllerService> service;
    std::jthread thread;

    enum class End { GivesUp, Dies };
    Replica(const World& world, const std::string& identity, End how = End::GivesUp)
    {
        service::ControllerService::Options options;
        options.identity = identity;
        options.cacheFolder = world.path("mirrors-" + identity);
        options.address = "127.0.0.1";
        options.port = 0;
        auto made =
            service::ControllerService::create({world.newClient(), world.clock, curlHttp()}, std::move(options));
        check(made, "service");
        service = std::move(*made);
        thread = std::jthread([this, how](std::stop_token stop) {
            if (how == End::Dies)
                service->runAndDie(std::move(stop));
            else
                service->run(std::move(stop));
        });
    }
    ~Replica() { end(); }
    void end()
    {
        thread.request_stop();
        if (thread.joinable())
            thread.join();
    }
};

} // namespace

class TestService : public QObject
{
    Q_OBJECT

private slots:
    void onlyTheKeysOfWhoLeavesMove()
    {
        const std::set<std::string> before {"a", "b", "c"};
        const std::set<std::string> after {"a", "c"};
        std::map<std::string, int> counts;
        for (int i = 0; i < 3000; ++i) {
            const auto key = "argocd/app-" + std::to_string(i);
            const auto owner = service::ownerOf(before, key);
            ++counts[owner];
            if (owner != "b")
                QCOMPARE(service::ownerOf(after, key), owner);
        }
        for (const auto& [member, count] : counts)
            QVERIFY2(count > 800 && count < 1200, qPrintable(QString::number(count)));
        QCOMPARE(service::ownerOf({}, "argocd/app"), std::string());
    }

    void aLeaseHasOneHolderUntilItRunsOut()
    {
        World world;
        auto clock = std::make_shared<ManualClock>(world.clock->now());
        const auto lease = [&](const std::string& identity) {
            return service::Lease(world.client, clock, {"argocd", "one", identity, {}});
        };
        auto a = lease("a");
        auto b = lease("b");
        QVERIFY(a.tryHold({}).value_or(false));
        QVERIFY(!b.tryHold({}).value_or(true));
        clock->advance(std::chrono::seconds(9));
        QVERIFY(a.held());
        QVERIFY(a.tryHold({}).value_or(false));
        clock->advance(std::chrono::seconds(9));
        QVERIFY(!b.tryHold({}).value_or(true)); // it was renewed meanwhile
        clock->advance(std::chrono::seconds(11));
        QVERIFY(!a.held()); // its own deadline comes before the others may take it
        QVERIFY(!b.tryHold({}).value_or(true));
        clock->advance(std::chrono::seconds(5));
        QVERIFY(b.tryHold({}).value_or(false));
        QCOMPARE(manifest::integer(world.get("coordination.k8s.io/v1", "Lease", "one"), {"spec", "leaseTransitions"}),
                 std::optional<std::int64_t>(1));
        b.release();
        clock->advance(std::chrono::seconds(2));
        QVERIFY(a.tryHold({}).value_or(false));
    }

    void applicationsAreSharedAndTakenOverWhenAReplicaDies()
    {
        World world;
        constexpr int kApplications = 12;
        for (int i = 0; i < kApplications; ++i)
            world.create(application("app-" + std::to_string(i), world.path("repository"), "main"));
        auto first = std::make_unique<Replica>(world, "first", Replica::End::Dies);
        auto second = std::make_unique<Replica>(world, "second", Replica::End::Dies);
        const auto owned = [&](const Replica& replica) {
            int count = 0;
            for (int i = 0; i < kApplications; ++i)
                count += replica.service->owns("argocd", "app-" + std::to_string(i)) ? 1 : 0;
            return count;
        };
        QTRY_VERIFY_WITH_TIMEOUT(
            owned(*first) > 0 && owned(*second) > 0 && owned(*first) + owned(*second) == kApplications, 20000);
        const auto compared = [&](int i) {
            return manifest::text(world.get("argoproj.io/v1alpha1", "Application", "app-" + std::to_string(i)),
                                  {"status", "sync", "status"})
                == "OutOfSync";
        };
        for (int i = 0; i < kApplications; ++i)
            QTRY_VERIFY_WITH_TIMEOUT(compared(i), 20000);
        QTRY_COMPARE_WITH_TIMEOUT(
            static_cast<int>(first->service->leads()) + static_cast<int>(second->service->leads()), 1, 20000);
        auto& dying = first->service->leads() ? first : second;
        auto& heir = first->service->leads() ? second : first;
        dying->end(); // its leases are not given up
        QTRY_COMPARE_WITH_TIMEOUT(owned(*heir), kApplications, 30000);
        QTRY_VERIFY_WITH_TIMEOUT(heir->service->leads(), 30000);
        world.create(application("late", world.path("repository"), "main"));
        QTRY_COMPARE_WITH_TIMEOUT(
            manifest::text(world.get("argoproj.io/v1alpha1", "Application", "late"), {"status", "sync", "status"}),
            std::string_view("OutOfSync"), 20000);
    }

    void whereArgosControllersRunOursStandBack()
    {
        World world;
        const auto deployment = [&](const char* name, int ready) {
            Value object = Object {
                {"apiVersion", "apps/v1"},
                {"kind", "Deployment"},
                {"metadata", Object {{"name", name}, {"namespace", "argocd"}}},
                {"spec",
                 Object {
                     {"selector", Object {{"matchLabels", Object {{"a", "b"}}}}},
                     {"template",
                      Object {{"metadata", Object {{"labels", Object {{"a", "b"}}}}},
                              {"spec",
                               Object {{"containers", manifest::Array {Object {{"name", "c"}, {"image", "i"}}}}}}}}}}};
            world.create(object);
            const auto type = world.client->resolve("apps/v1", "Deployment");
            kube::WriteOptions options;
            options.subresource = "status";
            check(world.client->patch(*type, "argocd", name, kube::PatchType::Merge,
                                      Object {{"status", Object {{"readyReplicas", ready}}}}, options),
                  "status");
        };
        deployment("argocd-applicationset-controller", 1);
        deployment("argo-rollouts", 0);
        kube::Cache cache(world.client);
        check(cache.watchAll({}), "watch");
        QVERIFY(engine::foreignControllers(cache) == std::set<engine::Foreign> {engine::Foreign::ApplicationSets});
    }

    void probesMetricsAndWebhooks()
    {
        World world;
        world.create(webhookSecret());
        world.create(application("llm", "https://github.com/acme/models", "main"));
        world.create(application("other", "https://github.com/acme/other", "main"));
        Replica replica(world, "only");
        const auto http = curlHttp();
        const auto base = "http://127.0.0.1:" + std::to_string(replica.service->port());
        const auto get = [&](const std::string& path) {
            HttpRequest request;
            request.url = base + path;
            const auto answer = http(request, {});
            check(answer, "get");
            return *answer;
        };
        QCOMPARE(get("/healthz").status, 200);
        QTRY_COMPARE_WITH_TIMEOUT(get("/readyz").status, 200, 20000);
        QTRY_VERIFY_WITH_TIMEOUT(get("/metrics").body.find("pilothouse_leader 1") != std::string::npos, 20000);
        const auto metrics = get("/metrics").body;
        QVERIFY2(metrics.find("# TYPE argocd_app_info gauge\n") != std::string::npos, metrics.c_str());
        QVERIFY2(metrics.find("name=\"llm\"") != std::string::npos, metrics.c_str());
        QCOMPARE(get("/nothing").status, 404);
        HttpRequest hook;
        hook.method = "POST";
        hook.url = base + "/api/webhook";
        hook.body = kGithubPush;
        hook.headers = {{"X-GitHub-Event", "push"}, {"X-Hub-Signature-256", "sha256=" + signature("wrong", hook.body)}};
        QCOMPARE(http(hook, {})->status, 401);
        hook.headers.back().second = "sha256=" + signature("s3cret", hook.body);
        const auto accepted = http(hook, {});
        QCOMPARE(accepted->status, 200);
        QCOMPARE(accepted->body, std::string("1 refreshed\n"));
    }

    void webhooksAreReadAndTheirSignaturesVerified_data()
    {
        QTest::addColumn<QString>("event");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("proof");
        QTest::addColumn<QString>("signature");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("url");
        const QString push = kGithubPush;
        const QString hmac = QString::fromStdString(signature("s3cret", push.toStdString()));
        QTest::newRow("github") << "x-github-event"
                                << "push"
                                << "x-hub-signature-256"
                                << "sha256=" + hmac << push << "git@github.com:acme/models.git";
        QTest::newRow("gitea") << "x-gitea-event"
                               << "push"
                               << "x-gitea-signature" << hmac << push << "https://github.com/acme/models";
        const QString gitlab = "{\"object_kind\":\"push\",\"ref\":\"refs/heads/"
                               "main\",\"total_commits_count\":1,\"project\":{\"git_ssh_url\":"
                               "\"git@gitlab.example.com:ml/"
                               "models.git\",\"default_branch\":\"main\"},\"commits\":[{\"modified\":[\"a\"]}]}";
        QTest::newRow("gitlab") << "x-gitlab-event"
                                << "Push Hook"
                                << "x-gitlab-token"
                                << "token" << gitlab << "https://gitlab.example.com/ml/models";
        const QString cloud =
            "{\"repository\":{\"full_name\":\"acme/models\"},\"push\":{\"changes\":[{\"new\":{\"type\":"
            "\"branch\",\"name\":\"main\"}}]}}";
        QTest::newRow("bitbucket") << "x-event-key"
                                   << "repo:push"
                                   << "x-hook-uuid"
                                   << "{1-2}" << cloud << "https://user@bitbucket.org/acme/models.git";
        const QString server =
            "{\"repository\":{\"links\":{\"clone\":[{\"href\":\"ssh://git@git.example.com:7999/ml/models.git\"}]}},"
            "\"changes\":[{\"ref\":{\"displayId\":\"main\",\"type\":\"BRANCH\"}}]}";
        QTest::newRow("bitbucket server")
            << "x-event-key"
            << "repo:refs_changed"
            << "x-hub-signature"
            << "sha256=" + QString::fromStdString(signature("s3cret", server.toStdString())) << server
            << "https://git.example.com/scm/ml/models.git";
    }

    void webhooksAreReadAndTheirSignaturesVerified()
    {
        QFETCH(QString, event);
        QFETCH(QString, kind);
        QFETCH(QString, proof);
        QFETCH(QString, signature);
        QFETCH(QString, body);
        QFETCH(QString, url);
        service::HttpQuestion request;
        request.headers = {{event.toStdString(), kind.toStdString()}, {proof.toStdString(), signature.toStdString()}};
        request.body = body.toStdString();
        const auto secret = webhookSecret();
        const auto events = service::readWebhook(request, &secret);
        QVERIFY2(events.has_value(), events ? "" : events.error().text().c_str());
        QCOMPARE(events->size(), std::size_t(1));
        QVERIFY(service::concernsApplication(events->front(), application("a", url.toStdString(), "main")));
        QVERIFY(service::concernsApplication(events->front(), application("a", url.toStdString(), "")));
        QVERIFY(!service::concernsApplication(events->front(), application("a", url.toStdString(), "release")));
        QVERIFY(!service::concernsApplication(events->front(), application("a", "https://example.com/x/y", "main")));
        request.headers[proof.toStdString()] += "x";
        QCOMPARE(service::readWebhook(request, &secret).error().code, Error::Code::Unauthorized);
        request.headers[proof.toStdString()] = signature.toStdString();
        QCOMPARE(service::readWebhook(request, nullptr).error().code, Error::Code::Unauthorized);
    }

    void theAnnotationOfPathsLimitsRefreshes()
    {
        service::HttpQuestion request;
        request.body = kGithubPush;
        request.headers = {{"x-github-event", "push"}, {"x-hub-signature-256", signature("s3cret", request.body)}};
        const auto secret = webhookSecret();
        const auto events = service::readWebhook(request, &secret);
        QVERIFY(events.has_value());
        const auto concerned = [&](const std::string& paths) {
            auto app = application("a", "https://github.com/acme/models", "main");
            manifest::setAnnotation(app, "argocd.argoproj.io/manifest-generate-paths", paths);
            return service::concernsApplication(events->front(), app);
        };
        QVERIFY(concerned("."));
        QVERIFY(concerned("/apps/llm"));
        QVERIFY(concerned("../other;/apps/*/new.yaml"));
        QVERIFY(!concerned("/apps/embed"));
        QVERIFY(!concerned("../other"));
    }

    void theInstallationRenders()
    {
        const auto tree = git::openFolder(PACKAGING_DIR);
        QVERIFY(tree.has_value());
        render::Request request;
        request.tree = *tree;
        request.path = "kubernetes";
        const auto out = render::Renderer().render(request);
        QVERIFY2(out.has_value(), out ? "" : out.error().text().c_str());
        std::map<std::string, int> kinds;
        for (const auto& resource : (*out)->resources) {
            ++kinds[std::string(manifest::kind(*resource.object))];
            if (manifest::kind(*resource.object) == "Deployment")
                QCOMPARE(manifest::nameSpace(*resource.object), std::string_view("argocd"));
        }
        QCOMPARE(kinds["CustomResourceDefinition"], 8);
        QCOMPARE(kinds["Deployment"], 1);
        // It installs on a cluster, too: what the API server refuses is a mistake in the files.
        World world;
        for (const auto& resource : (*out)->resources) {
            kube::WriteOptions options;
            options.force = true;
            const auto applied = world.client->apply(*resource.object, options);
            QVERIFY2(applied.has_value(), applied ? "" : applied.error().text().c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestService)
#include "tst_service.moc"
