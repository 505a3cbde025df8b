// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/aws/aws.h"
#include "core/base/strings.h"
#include "core/gitops/clusters.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <boost/json.hpp>

#include <map>

using namespace core;

namespace {

aws::Context contextOf(const std::map<std::string, std::string>& more, std::vector<HttpRequest>* asked = nullptr)
{
    std::map<std::string, std::string> variables {
        {"AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"}, {"AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}};
    for (const auto& [name, value] : more)
        variables[name] = value;
    return {[asked](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
                if (asked)
                    asked->push_back(request);
                return HttpResponse {200,
                                     {},
                                     "<R><AccessKeyId>ROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
                                     "<SessionToken>t</SessionToken></R>"};
            },
            [variables](const char* name) {
                const auto found = variables.find(name);
                return found == variables.end() ? std::string() : found->second;
            }};
}

const TimePoint kNow = parseRfc3339("2026-03-01T10:00:00Z").value();

gitops::RegisteredCluster cluster(const std::string& server, const std::string& config)
{
    gitops::RegisteredCluster out;
    out.name = "models";
    out.server = server;
    out.secret = manifest::Object {
        {"metadata", manifest::Object {{"name", "models"}, {"namespace", "argocd"}}},
        {"data", manifest::Object {{"config", base64Encode(config)}}},
    };
    return out;
}

} // namespace

class TestAws final : public QObject
{
    Q_OBJECT
private slots:
    /// What the signer of AWS's SDK for Go makes of the same keys and time.
    void tokensAreThoseOfTheSdk_data()
    {
        QTest::addColumn<QByteArray>("session");
        QTest::addColumn<QByteArray>("signature");
        QTest::newRow("keys") << QByteArray()
                              << QByteArray("734ebd43193a4d571da18903aef5664c7e1f46e62d7f87becff899c9109345e4");
        QTest::newRow("keys of a session")
            << QByteArray("SESSION+/=")
            << QByteArray("e84782a8ee5a19ee208f25922c0d1ad3ee08e758d7b96f181d2f27df7229d9b0");
    }
    void tokensAreThoseOfTheSdk()
    {
        QFETCH(QByteArray, session);
        QFETCH(QByteArray, signature);
        const auto made = aws::clusterToken("models", "eu-west-1", kNow,
                                            contextOf({{"AWS_SESSION_TOKEN", session.toStdString()}}), {}, {});
        QVERIFY(made);
        QVERIFY(made->token.starts_with("k8s-aws-v1."));
        const auto url = QByteArray::fromBase64(QByteArray::fromStdString(made->token.substr(11)),
                                                QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        const QByteArray token = session.isEmpty() ? "" : "&X-Amz-Security-Token=SESSION%2B%2F%3D";
        QCOMPARE(url,
                 "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm="
                 "AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260301%2Feu-west-1%2Fsts%2Faws4_request&X-Amz-Date="
                 "20260301T100000Z&X-Amz-Expires=60"
                     + token + "&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=" + signature);
        QVERIFY(!made->token.ends_with('='));
        QCOMPARE(made->expires, kNow + std::chrono::minutes(14));
    }
    void aRoleIsAssumedFirst()
    {
        std::vector<HttpRequest> asked;
        const auto made = aws::clusterToken("models", "cn-north-1", kNow, contextOf({}, &asked),
                                            {{}, "arn:aws-cn:iam::1:role/deploy"}, {});
        QVERIFY(made);
        QCOMPARE(asked.size(), std::size_t {1});
        QCOMPARE(asked[0].url, std::string("https://sts.cn-north-1.amazonaws.com.cn/"));
        QVERIFY(asked[0].body.find("RoleArn=arn%3Aaws-cn%3Aiam%3A%3A1%3Arole%2Fdeploy") != std::string::npos);
        const auto url = QByteArray::fromBase64(QByteArray::fromStdString(made->token.substr(11)),
                                                QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
        QVERIFY(url.contains("X-Amz-Credential=ROLE%2F"));
        QVERIFY(url.contains("X-Amz-Security-Token=t&"));
    }
    void aClusterSecretSaysHow()
    {
        const std::string server = "https://0123ABC.gr7.eu-west-1.eks.amazonaws.com";
        const std::string config =
            R"({"awsAuthConfig": {"clusterName": "models", "roleARN": "arn:r", "profile": "p"}})";
        const auto access = gitops::clusterAccess(cluster(server, config), gitops::ExecPlugins::Run);
        QVERIFY2(access, access ? "" : access.error().text().c_str());
        QVERIFY(access->aws);
        QCOMPARE(access->aws->clusterName, std::string("models"));
        QCOMPARE(access->aws->region, std::string("eu-west-1"));
        QCOMPARE(access->aws->roleArn, std::string("arn:r"));
        QCOMPARE(access->aws->profile, std::string("p"));
        // A person's keys are not lent to whoever writes Secrets.
        const auto desktop = gitops::clusterAccess(cluster(server, config), gitops::ExecPlugins::Refuse);
        QVERIFY(!desktop);
        QVERIFY(desktop.error().text().find("this machine's AWS keys") != std::string::npos);
        const auto nameless =
            gitops::clusterAccess(cluster(server, R"({"awsAuthConfig": {}})"), gitops::ExecPlugins::Run);
        QVERIFY(!nameless);
        QVERIFY(nameless.error().text().find("has no clusterName") != std::string::npos);
        QVERIFY(nameless.error().text().find("config of Secret argocd/models") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestAws)
#include "tst_aws.moc"
