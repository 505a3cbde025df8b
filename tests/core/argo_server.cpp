// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/argo_server.h"

#include <boost/json.hpp>

namespace {

const std::string kServing =
    R"({"metadata":{"name":"serving","namespace":"argocd"},"spec":{"project":"ml","source":{"repoURL":"https://x/r",)"
    R"("path":"serving","targetRevision":"main"}},"status":{"sync":{"status":"OutOfSync","revision":"abc"},)"
    R"("health":{"status":"Degraded","message":"no pods"},"resources":[{"group":"apps","version":"v1",)"
    R"("kind":"Deployment","namespace":"ml","name":"web","status":"OutOfSync","syncWave":2}]}})";

std::string answer(int status, const std::string& body)
{
    return fmt::format("HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: "
                       "close\r\n\r\n{}",
                       status, body.size(), body);
}

std::string streamed(const std::string& lines)
{
    return "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n" + lines;
}

std::string refused(int status, int code, const std::string& message)
{
    return answer(status, fmt::format(R"({{"error":"{0}","code":{1},"message":"{0}"}})", message, code));
}

} // namespace

std::string ArgoServer::respond(const Seen& seen)
{
    const std::string api = "/argo/api/v1";
    if (seen.path == "/argo/api/version")
        return answer(200, R"({"Version":"v3.5.7"})");
    if (seen.method != "GET" && seen.contentType != "application/json")
        return refused(415, 3, "invalid content type");
    if (seen.path == api + "/session" && seen.method == "POST") {
        const auto body = core::manifest::parseJson(seen.body);
        if (!body || core::manifest::text(*body, {"password"}) != "secret")
            return refused(401, 16, "Invalid username or password");
        return answer(200, R"({"token":"t-1"})");
    }
    if (seen.token != "t-1")
        return refused(401, 16, "no session information");
    if (seen.path == api + "/session/userinfo")
        return answer(200, R"({"loggedIn":true,"username":"admin"})");
    if (seen.path == api + "/projects")
        return answer(200,
                      R"({"items":[{"metadata":{"name":"ml","namespace":"argocd"},"spec":{"description":"models",)"
                      R"("sourceRepos":["*"],"roles":[{"name":"deployer"}]}}]})");
    if (seen.path == api + "/repositories")
        return answer(200,
                      R"({"items":[{"repo":"https://git.example.com/ml.git","type":"git","username":"bot",)"
                      R"("connectionState":{"status":"Failed","message":"authentication required"}}]})");
    if (seen.path == api + "/clusters")
        return answer(
            200,
            R"({"items":[{"name":"in-cluster","server":"https://kubernetes.default.svc",)"
            R"("info":{"serverVersion":"1.33","applicationsCount":"2","connectionState":{"status":"Successful"}}}]})");
    if (seen.path == api + "/certificates")
        return answer(200,
                      R"({"items":[{"serverName":"github.com","certType":"ssh","certSubType":"ssh-ed25519",)"
                      R"("certInfo":"SHA256:abc"}]})");
    if (seen.path == api + "/gpgkeys")
        return answer(200, R"({"items":[{"keyID":"4AEE18F83AFDEB23","owner":"GitHub","fingerprint":"5DE3"}]})");
    if (seen.path == api + "/account")
        return answer(200,
                      R"({"items":[{"name":"admin","enabled":true,"capabilities":["login"]},)"
                      R"({"name":"ci","enabled":false,"capabilities":["apiKey"],)"
                      R"("tokens":[{"id":"t1","issuedAt":"1700000000","expiresAt":"1800000000"}]}]})");
    if (seen.path == api + "/account/can-i/applications/sync/ml/serving")
        return answer(200, R"({"value":"yes"})");
    if (seen.path.starts_with(api + "/account/can-i/"))
        return answer(200, R"({"value":"no"})");
    if (seen.path == api + "/applications" && seen.method == "GET")
        return answer(200, R"({"items":[)" + kServing + R"(,{"metadata":{"name":"web","namespace":"argocd"}}]})");
    if (seen.path == api + "/stream/applications")
        return streamed(R"({"result":{"type":"ADDED","application":)" + kServing + "}}\n"
                        + R"({"result":{"type":"MODIFIED","application":)" + kServing + "}}\n"
                        + R"({"error":{"grpc_code":14,"http_code":503,"message":"closing"}})" + "\n");
    const auto app = api + "/applications/serving";
    if (seen.path == app && seen.method == "GET")
        return answer(200, R"({"metadata":{"name":"serving"},"status":{"sync":{"status":"Synced"}}})");
    if (seen.path == app + "/resource-tree")
        return answer(
            200,
            R"({"nodes":[{"version":"v1","kind":"Pod","namespace":"ml","name":"web-1","uid":"u2","parentRefs":[{"group":"apps","kind":"Deployment",)"
            R"("namespace":"ml","name":"web","uid":"u1"}],"info":[{"name":"Containers","value":"1/1"}],"images":["web:v1"],)"
            R"("health":{"status":"Degraded","message":"crashing"}},{"group":"apps","version":"v1","kind":"Deployment",)"
            R"("namespace":"ml","name":"web","uid":"u1","health":{"status":"Progressing"}}]})");
    if (seen.path == app + "/syncwindows")
        return answer(200, R"({"canSync":false})");
    if (seen.path == app + "/resource")
        return answer(200, R"({"manifest":"{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"web\"}}"})");
    if (seen.path == app + "/managed-resources")
        return answer(
            200,
            R"({"items":[{"group":"apps","kind":"Deployment","namespace":"ml","name":"web","modified":true,)"
            R"("targetState":"{\"spec\":{\"replicas\":2}}","liveState":"{\"spec\":{\"replicas\":1}}",)"
            R"("normalizedLiveState":"{\"spec\":{\"replicas\":1}}","predictedLiveState":"{\"spec\":{\"replicas\":2}}"},)"
            R"({"kind":"ConfigMap","name":"gone","targetState":"null","liveState":"null"}]})");
    if (seen.path == app + "/manifests")
        return answer(200, R"({"manifests":["{\"kind\":\"ConfigMap\"}","{\"kind\":\"Service\"}"],"revision":"abc"})");
    if (seen.path == app + "/sync")
        return seen.body.find("\"dryRun\":true") == std::string::npos
            ? refused(403, 7, "cannot sync: blocked by sync window")
            : answer(200, R"({"operation":{"sync":{}}})");
    if (seen.path == app + "/rollback")
        return refused(400, 9, "rollback cannot be initiated when auto-sync is enabled");
    if (seen.path == app + "/operation" && seen.method == "DELETE")
        return refused(400, 3, "Unable to terminate operation. No operation is in progress");
    if (seen.path == app + "/resource/actions" && seen.method == "GET")
        return answer(
            200, R"({"actions":[{"name":"restart"},{"name":"scale","disabled":true,"params":[{"name":"replicas"}]}]})");
    if (seen.path == app + "/resource/actions/v2" || (seen.path == app && seen.method == "DELETE")
        || (seen.path == app && seen.method == "PATCH"))
        return answer(200, "{}");
    if (seen.path == app + "/pods/web-1/logs" || seen.path == app + "/logs")
        return streamed("{\"result\":{\"content\":\"one\",\"podName\":\"web-1\",\"timeStampStr\":\"T1\"}}\n"
                        "{\"result\":{\"content\":\"two\",\"podName\":\"web-1\",\"timeStampStr\":\"T2\"}}\n"
                        "{\"result\":{\"content\":\"\",\"last\":true}}\n");
    if (seen.path.starts_with(api + "/applications/"))
        return seen.query.hasQueryItem("project") ? refused(404, 5, "applications.argoproj.io not found")
                                                  : refused(403, 7, "permission denied");
    return refused(404, 5, "Not Found");
}
