// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Repositories over https with Git's own server behind it, from the git room up to an Application that deploys one.
#include "core/base/http.h"
#include "core/engine/engine.h"
#include "core/engine/sources.h"
#include "core/git/repository.h"
#include "support/git_https_server.h"

#include <QTemporaryDir>
#include <QTest>

#include <boost/json.hpp>

using namespace core;
using namespace core::engine;

class TestGitHttps : public QObject
{
    Q_OBJECT

private slots:
    void initTestCase()
    {
        if (!support::GitHttpsServer::available())
            QSKIP("git-http-backend is not installed");
        auto repository = git::Repository::init(m_folder.filePath("config.git").toStdString()).value();
        git::Overlay files;
        files.files = {{"app/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: private\n"}};
        m_commit = repository.commitFiles("main", {}, files, "one", {"a", "a@example.com"}).value();
        m_server = std::make_unique<support::GitHttpsServer>(m_folder.path().toStdString());
    }

    void aCertificateThatNobodySigned()
    {
        const auto fetched = fetch({git::Credentials {"reader", "secret", {}, {}, {}}});
        QVERIFY(!fetched);
        QVERIFY2(fetched.error().message.find("the certificate of 127.0.0.1 is not from an authority")
                     != std::string::npos,
                 fetched.error().text().c_str());
    }

    void anAuthorityOfSomebodyElse()
    {
        const support::GitHttpsServer other(m_folder.path().toStdString());
        auto options = trusting("secret");
        options.authorities = other.authority();
        QVERIFY(!fetch(options));
    }

    void aPassword()
    {
        const auto fetched = fetch(trusting("secret"));
        QVERIFY2(fetched.has_value(), fetched ? "" : fetched.error().text().c_str());
        QCOMPARE(*fetched, m_commit);
        const auto references = git::listRemote(m_server->url("config.git"), trusting("secret"));
        QVERIFY2(references.has_value(), references ? "" : references.error().text().c_str());
        QCOMPARE(references->at("refs/heads/main"), m_commit);
    }

    void aTokenInsteadOfAPassword()
    {
        auto options = trusting({});
        options.credentials = git::Credentials {{}, {}, "token", {}, {}};
        const auto fetched = fetch(options);
        QVERIFY2(fetched.has_value(), fetched ? "" : fetched.error().text().c_str());
        QCOMPARE(*fetched, m_commit);
    }

    void withoutCheckingTheCertificate()
    {
        git::FetchOptions options;
        options.credentials = git::Credentials {"reader", "secret", {}, {}, {}};
        options.insecureSkipTlsVerify = true;
        QCOMPARE(fetch(options).value(), m_commit);
    }

    void aPasswordThatIsWrong()
    {
        const auto fetched = fetch(trusting("guess"));
        QVERIFY(!fetched);
        QCOMPARE(fetched.error().code, Error::Code::Unauthorized);
        QVERIFY2(fetched.error().text().find("credentials") != std::string::npos, fetched.error().text().c_str());
    }

    void pushesACommit()
    {
        const QTemporaryDir home;
        auto mirror = git::Repository::mirror(home.filePath("mirror").toStdString(), m_server->url("config.git"),
                                              trusting("secret"))
                          .value();
        git::Overlay files;
        files.files = {{"app/second.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: pushed\n"}};
        const auto made = mirror.commitFiles("other", {}, files, "two", {"a", "a@example.com"}).value();
        const auto pushed = mirror.push("other", trusting("secret"));
        QVERIFY2(pushed.has_value(), pushed ? "" : pushed.error().text().c_str());
        auto served = git::Repository::open(m_folder.filePath("config.git").toStdString()).value();
        QCOMPARE(served.resolve("other").value(), made);
    }

    /// What one project's credentials fetched is no way in for another.
    void aProjectsSecretServesNoOther()
    {
        const auto url = m_server->url("config.git");
        Sources::Reach reach;
        reach.access = [&](const gitops::SourceRepository& source) {
            RepositoryAccess access;
            access.authorities = m_server->authority();
            if (source.project == "ml") {
                access.secret = "argocd/of-ml";
                access.credentials = git::Credentials {"reader", "secret", {}, {}, {}};
            }
            return access;
        };
        const auto keys = std::make_shared<RepositoryKeys>(curlHttp(), std::make_shared<ScaledClock>());
        reach.git = [keys](const RepositoryAccess& access, const std::string& address, std::stop_token stop) {
            return keys->forGit(access, address, std::move(stop));
        };
        const QTemporaryDir home;
        Sources sources(home.path().toStdString(), reach);
        const auto own = sources.resolve({url, "ml"}, "main", Sources::Fetch::IfMissing, {});
        QVERIFY2(own.has_value(), own ? "" : own.error().text().c_str());
        QCOMPARE(own->commit, m_commit);
        for (const auto& [revision, why] : {std::pair {std::string("main"), "a branch"}, {m_commit, "a commit"}})
            QVERIFY2(!sources.resolve({url, "web"}, revision, Sources::Fetch::IfMissing, {}), why);
        QVERIFY(!sources.head({url, "web"}, "main", {}));
        QCOMPARE(sources.head({url, "ml"}, "main", {}).value(), m_commit);
    }

    /// By a Secret and a certificate as Argo CD keeps them, an Application deploys from the private repository.
    void anApplicationOfAPrivateRepository()
    {
        const QTemporaryDir home;
        Engine::Options options;
        options.home = home.path().toStdString();
        options.resources = SOURCE_DIR "/resources";
        options.seedExample = false;
        auto engine = Engine::open(options).value();
        QVERIFY(create(*engine,
                       "apiVersion: v1\nkind: Namespace\nmetadata: {name: argocd}\n"
                       "---\napiVersion: argoproj.io/v1alpha1\nkind: AppProject\n"
                       "metadata: {name: default, namespace: argocd}\n"
                       "spec: {sourceRepos: ['*'], destinations: [{server: '*', namespace: '*'}]}\n"
                       "---\napiVersion: argoproj.io/v1alpha1\nkind: Application\n"
                       "metadata: {name: private, namespace: argocd}\n"
                       "spec:\n  project: default\n"
                       "  destination: {server: 'https://kubernetes.default.svc', namespace: default}\n"
                       "  source: {path: app, targetRevision: main, repoURL: '"
                           + m_server->url("config.git") + "'}\n  syncPolicy: {automated: {}}\n"));
        // Nobody is let in yet; the application says why.
        QTRY_VERIFY_WITH_TIMEOUT(condition(*engine).find("certificate") != std::string::npos, 30'000);

        boost::json::value certificates {{"apiVersion", "v1"},
                                         {"kind", "ConfigMap"},
                                         {"metadata", {{"name", "argocd-tls-certs-cm"}, {"namespace", "argocd"}}},
                                         {"data", {{"127.0.0.1", m_server->authority()}}}};
        QVERIFY(create(*engine, boost::json::serialize(certificates)));
        QVERIFY(create(*engine,
                       "apiVersion: v1\nkind: Secret\nmetadata:\n  name: repositories\n  namespace: argocd\n"
                       "  labels: {argocd.argoproj.io/secret-type: repo-creds}\n"
                       "stringData: {username: reader, password: secret, url: '"
                           + m_server->url("") + "'}\n"));
        const auto synced = [&] {
            (void)engine->refresh({"argocd", "private"}, true);
            const auto app = first(*engine);
            return app && app->compared && app->sync == SyncState::Synced;
        };
        QTRY_VERIFY2_WITH_TIMEOUT(synced(), condition(*engine).c_str(), 30'000);
        const auto maps = engine->objects({"", "ConfigMap"}, "default", {}).value();
        QVERIFY(std::any_of(maps.begin(), maps.end(),
                            [](const auto& object) { return manifest::name(object) == "private"; }));
    }

private:
    git::FetchOptions trusting(const std::string& password)
    {
        git::FetchOptions options;
        options.credentials = git::Credentials {"reader", password, {}, {}, {}};
        options.authorities = m_server->authority();
        return options;
    }

    /// The commit of main in a fresh mirror.
    Result<std::string> fetch(const git::FetchOptions& options)
    {
        const QTemporaryDir home;
        PH_TRY(auto mirror,
               git::Repository::mirror(home.filePath("mirror").toStdString(), m_server->url("config.git"), options));
        return mirror.resolve("main");
    }

    static bool create(Engine& engine, const std::string& manifest)
    {
        const auto made = engine.applyManifests(manifest, {}, false, {});
        if (!made)
            qWarning("%s", made.error().text().c_str());
        return made.has_value();
    }

    static ApplicationPtr first(Engine& engine)
    {
        const auto snapshot = engine.snapshot();
        return snapshot->applications.empty() ? nullptr : snapshot->applications.front();
    }

    static std::string condition(Engine& engine)
    {
        std::string out;
        if (const auto app = first(engine))
            for (const auto& condition : app->conditions)
                out += condition.message + "\n";
        return out;
    }

    QTemporaryDir m_folder;
    std::unique_ptr<support::GitHttpsServer> m_server;
    std::string m_commit;
};

QTEST_GUILESS_MAIN(TestGitHttps)
#include "tst_git_https.moc"
