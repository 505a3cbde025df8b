// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset_world.h"

#include <QtGlobal>

#include <boost/json.hpp>

using namespace core;
using manifest::Value;

namespace {

void check(const auto& result, const char* what)
{
    if (!result)
        qFatal("%s: %s", what, result.error().text().c_str());
}

Value clusterSecret(const std::string& name, manifest::Object labels)
{
    labels["argocd.argoproj.io/secret-type"] = "cluster";
    return manifest::Object {
        {"apiVersion", "v1"},
        {"kind", "Secret"},
        {"metadata",
         manifest::Object {{"name", "cluster-" + name},
                           {"namespace", "argocd"},
                           {"labels", std::move(labels)},
                           {"annotations", manifest::Object {{"region", name + "-1"}}}}},
        {"stringData",
         manifest::Object {{"name", name}, {"server", "https://" + name + ".example.com"}, {"config", "{}"}}}};
}

} // namespace

AppsetWorld::AppsetWorld(std::map<std::string, std::string> repository)
    : m_clock(std::make_shared<ScaledClock>())
    , m_tree(git::memoryTree(std::move(repository)))
{
    embedded::Cluster::Options options;
    options.clock = m_clock;
    auto cluster = embedded::Cluster::open(std::move(options));
    check(cluster, "cluster");
    m_cluster = std::move(*cluster);
    m_client = std::make_shared<kube::Client>(m_cluster->transport());
    m_cache = std::make_shared<kube::Cache>(m_client);
    check(m_cache->watchAll({}), "watch");
    create({{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "argocd"}}}});
    create(clusterSecret("eu", {{"env", "prod"}, {"gpu", "h200"}}));
    create(clusterSecret("us", {{"env", "prod"}, {"gpu", "a100"}}));
    create(clusterSecret("lab", {{"env", "lab"}}));
    m_http = [](const HttpRequest& request, std::stop_token) -> Result<HttpResponse> {
        return fail(Error::Code::Unavailable, "no network in this test", request.url);
    };
}

AppsetWorld::~AppsetWorld()
{
    stop();
}

void AppsetWorld::create(const Value& object) const
{
    check(m_client->create(object), "create");
}

kube::ResourceType AppsetWorld::type(const std::string& kind) const
{
    auto found = m_client->resolve(kind == "Secret" || kind == "ConfigMap" ? "v1" : "argoproj.io/v1alpha1", kind);
    check(found, "type");
    return *found;
}

void AppsetWorld::patch(const std::string& kind, const std::string& name, const Value& change,
                        const std::string& subresource) const
{
    kube::WriteOptions options;
    options.subresource = subresource;
    check(m_client->patch(type(kind), "argocd", name, kube::PatchType::Merge, change, options), "patch");
}

void AppsetWorld::remove(const std::string& kind, const std::string& name) const
{
    check(m_client->remove(type(kind), "argocd", name), "remove");
}

Value AppsetWorld::get(const std::string& kind, const std::string& name) const
{
    auto found = m_client->get(type(kind), "argocd", name);
    return found ? *found : Value();
}

std::map<std::string, Value> AppsetWorld::applications() const
{
    std::map<std::string, Value> out;
    auto list = m_client->list(type("Application"), "argocd");
    check(list, "list");
    for (auto& application : list->items)
        out.emplace(manifest::name(application), std::move(application));
    return out;
}

void AppsetWorld::setRepository(std::map<std::string, std::string> files)
{
    const std::lock_guard lock(m_mutex);
    m_tree = git::memoryTree(std::move(files));
}

void AppsetWorld::start()
{
    appset::ApplicationSetController::Deps deps;
    deps.client = m_client;
    deps.cache = m_cache;
    deps.clock = m_clock;
    deps.http = m_http;
    deps.resolve = [this](const gitops::SourceRepository& source, const std::string& revision,
                          std::stop_token) -> Result<gitops::ResolvedSource> {
        if (source.url != "REPO" || (revision != "main" && revision != "HEAD"))
            return fail(Error::Code::NotFound, "unable to resolve '" + revision + "' to a commit SHA", source.url);
        const std::lock_guard lock(m_mutex);
        return gitops::ResolvedSource {m_tree, std::string(40, '1')};
    };
    m_controller = std::make_unique<appset::ApplicationSetController>(std::move(deps));
    m_thread = std::jthread([this](std::stop_token stop) { m_controller->run(std::move(stop)); });
}

void AppsetWorld::stop()
{
    if (!m_controller)
        return;
    m_thread.request_stop();
    m_thread.join();
    m_controller.reset();
}
