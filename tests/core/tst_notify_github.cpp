// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml.h"
#include "core/notify/github.h"

#include <QTest>

#include <boost/json.hpp>
#include <openssl/evp.h>
#include <openssl/pem.h>

using namespace core;
using namespace core::notify;
using manifest::Value;

namespace {

Value yaml(const std::string& text)
{
    return manifest::parseYaml(text, "test").value().front().value;
}

struct Key
{
    EVP_PKEY* key = EVP_RSA_gen(2048);
    ~Key() { EVP_PKEY_free(key); }
    [[nodiscard]] std::string pem() const
    {
        BIO* out = BIO_new(BIO_s_mem());
        PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
        char* data = nullptr;
        const auto size = BIO_get_mem_data(out, &data);
        std::string text(data, static_cast<std::size_t>(size));
        BIO_free(out);
        return text;
    }
    /// Whether a token is signed by this key.
    [[nodiscard]] bool signedIt(const std::string& token) const
    {
        const auto dot = token.rfind('.');
        const auto signature =
            QByteArray::fromBase64(QByteArray::fromStdString(token.substr(dot + 1)), QByteArray::Base64UrlEncoding);
        EVP_MD_CTX* context = EVP_MD_CTX_new();
        EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, key);
        const auto ok = EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature.constData()),
                                         static_cast<std::size_t>(signature.size()),
                                         reinterpret_cast<const unsigned char*>(token.data()), dot);
        EVP_MD_CTX_free(context);
        return ok == 1;
    }
};

const Key& key()
{
    static const Key one;
    return one;
}

/// Answers as GitHub does, from a table, and keeps what it was asked.
struct Hub
{
    std::vector<HttpRequest> asked;
    std::map<std::string, std::string> answers;

    HttpSend http()
    {
        return [this](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
            asked.push_back(request);
            if (request.url.ends_with("/access_tokens"))
                return HttpResponse {201, {}, "{\"token\":\"installed\"}"};
            const auto path = request.method + " " + request.url.substr(request.url.find("/repos"));
            const auto found = answers.find(path);
            if (found == answers.end())
                return HttpResponse {404, {}, "{}"};
            return HttpResponse {200, {}, found->second};
        };
    }

    Result<> send(const std::string& blocks, const std::string& text = "it is out")
    {
        Service service {"github", "github", yaml("{appID: 7, installationID: '42'}")};
        manifest::ensure(service.options, {"privateKey"}) = boost::json::string(key().pem());
        const auto app = yaml("{spec: {source: {repoURL: 'git@github.com:acme/models.git'}}, status: {operationState: "
                              "{syncResult: {revision: abc123}}}}");
        return sendToGithub(service, {text, yaml(blocks)}, app, TimePoint(std::chrono::seconds(1'800'000'000)), http(),
                            {});
    }
    [[nodiscard]] Value body(std::size_t index) const { return manifest::parseJson(asked.at(index).body).value(); }
    [[nodiscard]] static std::string header(const HttpRequest& request, const std::string& name)
    {
        for (const auto& [key, value] : request.headers) {
            if (key == name)
                return value;
        }
        return {};
    }
};

} // namespace

class TestNotifyGithub : public QObject
{
    Q_OBJECT

private slots:
    void aStatusIsWrittenWithTheInstallationsToken()
    {
        Hub hub;
        hub.answers["POST /repos/acme/models/statuses/abc123"] = "{}";
        const auto sent = hub.send("{github: {status: {state: success, label: cd/app, targetURL: 'https://x'}}}",
                                   std::string(200, 'x'));
        QVERIFY2(sent, sent ? "" : sent.error().text().c_str());
        QCOMPARE(hub.asked.size(), std::size_t {2});
        QCOMPARE(hub.asked[0].url, std::string("https://api.github.com/app/installations/42/access_tokens"));
        const auto token = Hub::header(hub.asked[0], "Authorization").substr(7);
        QVERIFY(key().signedIt(token));
        const auto claims = token.substr(token.find('.') + 1, token.rfind('.') - token.find('.') - 1);
        QCOMPARE(QByteArray::fromBase64(QByteArray::fromStdString(claims), QByteArray::Base64UrlEncoding),
                 QByteArray("{\"iat\":1799999940,\"exp\":1800000540,\"iss\":\"7\"}"));
        QCOMPARE(Hub::header(hub.asked[1], "Authorization"), std::string("Bearer installed"));
        const auto body = hub.body(1);
        QCOMPARE(manifest::text(body, {"state"}), std::string_view("success"));
        QCOMPARE(manifest::text(body, {"context"}), std::string_view("cd/app"));
        QCOMPARE(manifest::text(body, {"target_url"}), std::string_view("https://x"));
        QCOMPARE(manifest::text(body, {"description"}), std::string_view(std::string(137, 'x') + "..."));
    }

    void aDeploymentGetsItsStatus()
    {
        Hub hub;
        hub.answers["POST /repos/acme/models/deployments"] = "{\"id\":9}";
        hub.answers["POST /repos/acme/models/deployments/9/statuses"] = "{}";
        QVERIFY(hub.send("{github: {deployment: {state: success, environment: prod, environmentURL: 'https://p'}}}"));
        QCOMPARE(manifest::text(hub.body(1), {"environment"}), std::string_view("prod"));
        QCOMPARE(manifest::text(hub.body(1), {"ref"}), std::string_view("abc123"));
        QCOMPARE(manifest::text(hub.body(2), {"environment_url"}), std::string_view("https://p"));
    }

    void aTaggedCommentIsEdited()
    {
        Hub hub;
        hub.answers["GET /repos/acme/models/commits/abc123/pulls"] = "[{\"number\":3}]";
        hub.answers["GET /repos/acme/models/issues/3/comments?per_page=100"] = "[]";
        hub.answers["POST /repos/acme/models/issues/3/comments"] = "{}";
        const std::string block = "{github: {pullRequestComment: {content: hello, commentTag: app/t}}}";
        QVERIFY(hub.send(block));
        const std::string written(manifest::text(hub.body(3), {"body"}));
        QVERIFY(written.starts_with("hello\n"));
        Value known = manifest::Object();
        manifest::ensure(known, {"id"}) = 5;
        manifest::ensure(known, {"body"}) = boost::json::string(written);
        hub.answers["GET /repos/acme/models/issues/3/comments?per_page=100"] = "[" + manifest::toJson(known) + "]";
        hub.answers["PATCH /repos/acme/models/issues/comments/5"] = "{}";
        hub.asked.clear();
        QVERIFY(hub.send(block));
        QCOMPARE(hub.asked.back().method, std::string("PATCH"));
    }

    void aCheckRunIsMadeOfTheCommit()
    {
        Hub hub;
        hub.answers["POST /repos/acme/models/check-runs"] = "{}";
        const auto sent = hub.send("{github: {checkRun: {name: deploy, detailsURL: 'https://x', status: completed, "
                                   "conclusion: success, completedAt: '2026-03-01T10:00:00Z', output: {title: T, "
                                   "summary: S}}}}");
        QVERIFY2(sent, sent ? "" : sent.error().text().c_str());
        QCOMPARE(QByteArray::fromStdString(hub.asked.back().body),
                 QByteArray("{\"head_sha\":\"abc123\",\"name\":\"deploy\",\"details_url\":\"https://x\",\"status\":"
                            "\"completed\",\"conclusion\":\"success\",\"completed_at\":\"2026-03-01T10:00:00Z\","
                            "\"output\":{\"title\":\"T\",\"summary\":\"S\"}}"));
    }

    void whatIsRefused_data()
    {
        QTest::addColumn<QString>("blocks");
        QTest::addColumn<QString>("words");
        QTest::newRow("a dispatch") << "{github: {repositoryDispatch: {eventType: x}}}"
                                    << "github.repositoryDispatch is not supported";
        QTest::newRow("a time") << "{github: {checkRun: {name: x, startedAt: yesterday}}}"
                                << "github.checkRun.startedAt: 'yesterday' is no time in RFC 3339";
        QTest::newRow("an answer") << "{github: {status: {state: success}}}"
                                   << "GitHub answered 404";
        QTest::newRow("a repository") << "{github: {repoURLPath: 'https://h/x', status: {state: success}}}"
                                      << "is no repository of GitHub";
        QTest::newRow("a path for a commit") << "{github: {revisionPath: '../x', status: {state: success}}}"
                                             << "is no commit";
    }
    void whatIsRefused()
    {
        QFETCH(QString, blocks);
        QFETCH(QString, words);
        Hub hub;
        const auto sent = hub.send(blocks.toStdString());
        QVERIFY(!sent);
        QVERIFY2(QString::fromStdString(sent.error().message).contains(words), sent.error().message.c_str());
    }

    void aBrokenKeyIsNamed()
    {
        const auto token = githubAppToken("7", "no key", TimePoint());
        QVERIFY(!token);
        QCOMPARE(token.error().message, std::string("the privateKey of service.github cannot be read"));
    }
};

QTEST_GUILESS_MAIN(TestNotifyGithub)
#include "tst_notify_github.moc"
