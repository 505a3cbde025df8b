// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// Impersonation, roles and bindings, access reviews, tokens of service accounts.
#include "core/embedded_fixture.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"

#include <QTemporaryDir>

namespace {

ApiFixture::Answer as(const ApiFixture& api, const std::string& user, const std::string& path,
                      const std::vector<std::string>& groups = {}, const std::string& method = "GET",
                      const std::string& body = {})
{
    core::kube::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.headers = {{"Impersonate-User", user}, {"Content-Type", "application/yaml"}};
    for (const auto& group : groups)
        request.headers.emplace_back("Impersonate-Group", group);
    const auto response = api.cluster->transport()->send(request, {});
    ApiFixture::Answer answer {response->status, {}, *response};
    if (auto parsed = core::manifest::parseJson(response->body))
        answer.body = std::move(*parsed);
    return answer;
}

const std::string kRoles = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles";
const std::string kBindings = "/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings";

} // namespace

class TestEmbeddedRbac : public QObject
{
    Q_OBJECT

private slots:
    void strangersMayOnlyDiscover()
    {
        const ApiFixture api;
        const auto refused = as(api, "jane", "/api/v1/namespaces/default/pods");
        QCOMPARE(refused.status, 403);
        QCOMPARE(refused.text({"message"}),
                 "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace "
                 "\"default\"");
        QCOMPARE(refused.text({"reason"}), "Forbidden");
        QCOMPARE(refused.text({"details", "kind"}), "pods");
        QCOMPARE(
            as(api, "jane", "/apis/apps/v1/deployments").text({"message"}),
            "deployments.apps is forbidden: User \"jane\" cannot list resource \"deployments\" in API group \"apps\" "
            "at the cluster scope");
        QCOMPARE(as(api, "jane", "/api/v1/namespaces/default/pods/x/log").text({"message"}),
                 "pods \"x\" is forbidden: User \"jane\" cannot get resource \"pods/log\" in API group \"\" in the "
                 "namespace "
                 "\"default\"");
        QCOMPARE(as(api, "jane", "/metrics").text({"message"}),
                 "forbidden: User \"jane\" cannot get path \"/metrics\"");
        QCOMPARE(as(api, "jane", "/apis").status, 200);
        QCOMPARE(as(api, "jane", "/openapi/v3").status, 200);
        QCOMPARE(as(api, "root", "/api/v1/pods", {"system:masters"}).status, 200);
    }

    void rolesGrant()
    {
        const ApiFixture api;
        QCOMPARE(api.post(kRoles, R"(
metadata: {name: reader}
rules:
- {apiGroups: [""], resources: [pods, "*/scale"], verbs: [get, list]}
- {apiGroups: [""], resources: [configmaps], resourceNames: [one], verbs: ["*"]}
)")
                     .status,
                 201);
        QCOMPARE(api.post(kBindings, R"(
metadata: {name: readers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
subjects:
- {apiGroup: rbac.authorization.k8s.io, kind: User, name: jane}
- {apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}
- {kind: ServiceAccount, name: bot, namespace: default}
)")
                     .status,
                 201);
        const std::string pods = "/api/v1/namespaces/default/pods";
        QCOMPARE(as(api, "jane", pods).status, 200);
        QCOMPARE(as(api, "joe", pods).status, 403);
        QCOMPARE(as(api, "joe", pods, {"devs"}).status, 200);
        QCOMPARE(as(api, "system:serviceaccount:default:bot", pods).status, 200);
        QCOMPARE(as(api, "system:serviceaccount:other:bot", pods).status, 403);
        QCOMPARE(as(api, "jane", "/api/v1/pods").status, 403); // only in its namespace
        QCOMPARE(as(api, "jane", pods + "?watch=true").status, 403);
        QCOMPARE(as(api, "jane", "/api/v1/namespaces/default/configmaps/one").status, 404);
        QCOMPARE(as(api, "jane", "/api/v1/namespaces/default/configmaps/two").status, 403);
        QCOMPARE(as(api, "jane", "/api/v1/namespaces/default/replicationcontrollers/x/scale").status, 404); // */scale
        QCOMPARE(as(api, "jane", "/api/v1/namespaces/default/replicationcontrollers/x").status, 403);
    }

    void impersonationIsARight()
    {
        const ApiFixture api;
        // jane is administrator of pods only: she cannot become somebody else. (The caller in this process is the
        // administrator, so the second step is asked through a review.)
        const auto review = as(api, "jane", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", {}, "POST",
                               "spec: {resourceAttributes: {verb: impersonate, resource: users, name: root}}");
        QCOMPARE(review.status, 201);
        QVERIFY(!core::manifest::flag(review.body, {"status", "allowed"}, true));
        core::kube::Request request;
        request.path = "/api/v1/pods";
        request.headers = {{"Impersonate-Group", "system:masters"}};
        QCOMPARE(api.cluster->transport()->send(request, {})->status, 400); // a group without a user
    }

    void reviewsAnswer()
    {
        const ApiFixture api;
        QCOMPARE(api.post("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", R"(
metadata: {name: viewers}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: Group, name: devs}]
)")
                     .status,
                 201);
        const auto ask = [&](const std::string& kind, const std::string& spec) {
            return api.post("/apis/authorization.k8s.io/v1/" + kind, "spec: " + spec);
        };
        const auto yes =
            ask("subjectaccessreviews",
                "{user: jane, groups: [devs], resourceAttributes: {verb: list, resource: pods, namespace: a}}");
        QVERIFY(core::manifest::flag(yes.body, {"status", "allowed"}));
        QCOMPARE(yes.text({"status", "reason"}),
                 "RBAC: allowed by ClusterRoleBinding \"viewers\" of ClusterRole \"view\" to User \"jane\"");
        const auto no =
            ask("subjectaccessreviews",
                "{user: jane, groups: [devs], resourceAttributes: {verb: create, resource: pods, namespace: a}}");
        QVERIFY(!core::manifest::flag(no.body, {"status", "allowed"}, true));
        const auto rules = as(api, "jane", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {"devs"}, "POST",
                              "spec: {namespace: a}");
        QVERIFY(core::manifest::array(rules.body, {"status", "resourceRules"}).size() >= 3);
        const auto self = as(api, "jane", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {"devs"}, "POST", "{}");
        QCOMPARE(self.text({"status", "userInfo", "username"}), "jane");
        QCOMPARE(self.text({"status", "userInfo", "groups", "0"}), "devs");
        QCOMPARE(self.text({"status", "userInfo", "groups", "1"}), "system:authenticated");
    }

    void tokensOfServiceAccountsWork()
    {
        const QTemporaryDir dir;
        const ApiFixture api(dir.filePath("cluster").toStdString());
        QVERIFY(api.cluster->serve());
        QCOMPARE(api.post("/api/v1/namespaces/default/serviceaccounts", "metadata: {name: bot}").status, 201);
        QCOMPARE(api.post(kBindings, R"(
metadata: {name: bot}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
subjects: [{kind: ServiceAccount, name: bot, namespace: default}]
)")
                     .status,
                 201);
        const auto issued =
            api.post("/api/v1/namespaces/default/serviceaccounts/bot/token", "spec: {expirationSeconds: 3600}");
        QCOMPARE(issued.status, 201);
        auto access = *core::kube::Kubeconfig::load(api.cluster->kubeconfigPath())->access();
        access.token = issued.text({"status", "token"});
        const auto transport = core::kube::curlTransport(access);
        const auto status = [&](const std::string& path) {
            core::kube::Request request;
            request.path = path;
            return transport->send(request, {})->status;
        };
        QCOMPARE(status("/api/v1/namespaces/default/pods"), 200);
        QCOMPARE(status("/api/v1/pods"), 403);
        auto forged = access;
        forged.token.back() = forged.token.back() == 'A' ? 'B' : 'A';
        core::kube::Request request;
        request.path = "/api/v1/namespaces/default/pods";
        QCOMPARE(core::kube::curlTransport(forged)->send(request, {})->status, 401);
        api.clock->advance(std::chrono::hours(2));
        QCOMPARE(status("/api/v1/namespaces/default/pods"), 401); // over
        const auto again = api.post("/api/v1/namespaces/default/serviceaccounts/bot/token", "spec: {}");
        access.token = again.text({"status", "token"});
        const auto fresh = core::kube::curlTransport(access);
        QCOMPARE(fresh->send(request, {})->status, 200);
        QCOMPARE(api.send("DELETE", "/api/v1/namespaces/default/serviceaccounts/bot").status, 200);
        QCOMPARE(fresh->send(request, {})->status, 401); // its account is gone
    }
};

QTEST_GUILESS_MAIN(TestEmbeddedRbac)
#include "tst_embedded_rbac.moc"
