// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/fleet.h"

#include "core/base/strings.h"
#include "core/kube/curl_transport.h"
#include "core/manifest/patch.h"
#include "core/manifest/yaml.h"

#include <QtGlobal>

#include <boost/json.hpp>
#include <fmt/format.h>

using namespace core;
using manifest::Value;

namespace {

const kube::ResourceType kApplications {"argoproj.io", "v1alpha1", "Application", "applications", true, {}, {}, {}, {}};
const kube::ResourceType kSecrets {"", "v1", "Secret", "secrets", true, {}, {}, {}, {}};
const kube::ResourceType kConfigMaps {"", "v1", "ConfigMap", "configmaps", true, {}, {}, {}, {}};

void check(const auto& result, const char* what)
{
    if (!result)
        qFatal("%s: %s", what, result.error().text().c_str());
}

Value yaml(const std::string& text)
{
    const auto documents = manifest::parseYaml(text, "test");
    check(documents, "yaml");
    return documents->front().value;
}

std::string commitId(std::size_t number)
{
    return fmt::format("{:040x}", 0xc0117000U + number);
}

std::unique_ptr<embedded::Cluster> openCluster(const std::filesystem::path& folder, std::shared_ptr<Clock> clock)
{
    embedded::Cluster::Options options;
    options.folder = folder;
    options.clock = std::move(clock);
    options.simulate = false;
    auto cluster = embedded::Cluster::open(std::move(options));
    check(cluster, "cluster");
    return std::move(*cluster);
}

} // namespace

RemoteCluster::RemoteCluster(std::shared_ptr<ScaledClock> clock)
    : m_clock(std::move(clock))
{
    start();
}

RemoteCluster::RemoteCluster(kube::Access access)
    : m_access(std::move(access))
    , m_client(std::make_shared<kube::Client>(kube::curlTransport(m_access)))
{
}

void RemoteCluster::stop()
{
    m_client.reset();
    m_cluster.reset();
}

void RemoteCluster::start()
{
    m_cluster = openCluster(m_folder.filePath("cluster").toStdString(), m_clock);
    const auto at = m_access.server.rfind(':');
    const auto port = m_access.server.empty() ? 0 : std::stoi(m_access.server.substr(at + 1));
    check(m_cluster->serve(static_cast<unsigned short>(port)), "serve");
    m_access = kube::Kubeconfig::load(m_cluster->kubeconfigPath())->access().value();
    m_client = std::make_shared<kube::Client>(m_cluster->transport());
}

std::string RemoteCluster::config(const std::string& token) const
{
    Value config = {{"bearerToken", boost::json::string(token.empty() ? m_access.token : token)}};
    for (const auto& [key, pem] : {std::pair {"caData", m_access.caPem},
                                   {"certData", m_access.clientCertificatePem},
                                   {"keyData", m_access.clientKeyPem}})
        manifest::ensure(config, {"tlsClientConfig", key}) = boost::json::string(base64Encode(pem));
    return manifest::toJson(config);
}

void RemoteCluster::apply(const std::string& text)
{
    check(m_client->apply(yaml(text), {}), "apply there");
}

std::string RemoteCluster::tokenForDefault()
{
    apply("{apiVersion: v1, kind: ServiceAccount, metadata: {name: deployer, namespace: default}}");
    apply("{apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: all, namespace: default}, rules: "
          "[{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]}");
    apply("{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: all, namespace: default}, "
          "roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: all}, subjects: [{kind: ServiceAccount, "
          "name: deployer, namespace: default}]}");
    kube::Request request;
    request.method = "POST";
    request.path = "/api/v1/namespaces/default/serviceaccounts/deployer/token";
    request.headers = {{"Content-Type", "application/json"}};
    request.body = R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}})";
    const auto answer = m_client->transport()->send(request, {});
    check(answer, "token");
    const auto token = manifest::parseJson(answer->body);
    check(token, "token");
    return std::string(manifest::text(*token, {"status", "token"}));
}

Fleet::Fleet()
    : m_clock(std::make_shared<ScaledClock>(10.0))
    , m_cluster(openCluster({}, m_clock))
    , m_client(std::make_shared<kube::Client>(m_cluster->transport()))
    , m_cache(std::make_shared<kube::Cache>(m_client))
{
    check(m_cache->watchAll({}), "watch");
    apply("{apiVersion: v1, kind: Namespace, metadata: {name: argocd}}");
}

Fleet::~Fleet()
{
    stopController();
}

void Fleet::startController()
{
    using namespace std::chrono_literals;
    gitops::Clusters::Options quick;
    quick.look = 100ms;
    quick.firstPause = 50ms;
    quick.longestPause = 200ms;
    m_clusters = std::make_shared<gitops::Clusters>(m_client, m_cache, quick);
    gitops::ApplicationController::Deps deps;
    deps.client = m_client;
    deps.cache = m_cache;
    deps.clusters = m_clusters;
    deps.clock = m_clock;
    deps.renderer = std::make_shared<render::Renderer>();
    deps.resolve = [this](const gitops::SourceRepository& source, const std::string&,
                          std::stop_token) -> Result<gitops::ResolvedSource> {
        const std::lock_guard lock(m_mutex);
        const auto found = m_commits.find(source.url);
        if (found == m_commits.end())
            return fail(Error::Code::NotFound, "no such repository");
        return gitops::ResolvedSource {git::memoryTree(found->second.back()), commitId(found->second.size())};
    };
    m_controller = std::make_unique<gitops::ApplicationController>(std::move(deps));
    m_thread =
        std::jthread([controller = m_controller.get()](std::stop_token stop) { controller->run(std::move(stop)); });
}

void Fleet::stopController()
{
    if (!m_controller)
        return;
    m_thread.request_stop();
    m_thread.join();
    m_controller.reset();
    m_clusters.reset();
}

void Fleet::registerCluster(const std::string& secret, const std::string& name, const std::string& server,
                            const std::string& config, const std::string& more)
{
    Value object = yaml("{apiVersion: v1, kind: Secret, metadata: {name: " + secret
                        + ", namespace: argocd, labels: {argocd.argoproj.io/secret-type: cluster}}}");
    auto& data = manifest::ensure(object, {"stringData"});
    data = yaml(more);
    manifest::ensure(data, {"name"}) = boost::json::string(name);
    manifest::ensure(data, {"server"}) = boost::json::string(server);
    manifest::ensure(data, {"config"}) = boost::json::string(config);
    if (m_client->get(kSecrets, "argocd", secret))
        check(m_client->replace(object), "change secret");
    else
        check(m_client->create(object), "create secret");
}

void Fleet::forgetCluster(const std::string& secret)
{
    check(m_client->remove(kSecrets, "argocd", secret), "remove secret");
}

void Fleet::createApplication(const std::string& name, const std::string& destination, const std::string& spec)
{
    Value object = yaml("apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: " + name
                        + "\n  namespace: argocd\n  finalizers: [resources-finalizer.argocd.argoproj.io]\n"
                          "spec:\n  project: default\n  source: {repoURL: "
                        + name + ", path: ., targetRevision: main}\n  destination: " + destination
                        + "\n  syncPolicy: {automated: {prune: true, selfHeal: true}}\n");
    manifest::mergePatch(manifest::ensure(object, {"spec"}), yaml(spec));
    check(m_client->create(object), "create application");
}

void Fleet::removeApplication(const std::string& name)
{
    check(m_client->remove(kApplications, "argocd", name), "remove application");
}

void Fleet::apply(const std::string& text)
{
    kube::WriteOptions options;
    options.force = true;
    check(m_client->apply(yaml(text), options), "apply");
}

void Fleet::commit(const std::string& repository, std::map<std::string, std::string> files)
{
    {
        const std::lock_guard lock(m_mutex);
        m_commits[repository].push_back(std::move(files));
    }
    if (m_controller)
        m_controller->sourcesChanged();
}

Value Fleet::application(const std::string& name) const
{
    auto object = m_client->get(kApplications, "argocd", name);
    return object ? *object : Value();
}

std::string Fleet::text(const std::string& name, manifest::Path path) const
{
    return std::string(manifest::text(application(name), path));
}

std::string Fleet::state(const std::string& name) const
{
    const auto object = application(name);
    return fmt::format("{} {}", manifest::text(object, {"status", "sync", "status"}),
                       manifest::text(object, {"status", "health", "status"}));
}

std::string Fleet::condition(const std::string& name, const std::string& type) const
{
    const auto object = application(name);
    std::string messages;
    for (const auto& item : manifest::array(object, {"status", "conditions"})) {
        if (manifest::text(item, {"type"}) == type)
            messages += (messages.empty() ? "" : "\n") + std::string(manifest::text(item, {"message"}));
    }
    return messages;
}

std::string configMapValue(kube::Client& client, const std::string& name)
{
    const auto object = client.get(kConfigMaps, "default", name);
    return object ? std::string(manifest::text(*object, {"data", "a"})) : std::string();
}

std::string configMapText(const std::string& name, const std::string& value, const std::string& metadata)
{
    return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + (metadata.empty() ? "" : ", " + metadata)
        + "}\ndata: {a: \"" + value + "\"}\n";
}
