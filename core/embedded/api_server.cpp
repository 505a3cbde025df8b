// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/embedded/api_server_p.h"
#include "core/embedded/bootstrap.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <set>

namespace core::embedded {

using manifest::Object;
using manifest::Value;

namespace {

constexpr std::string_view kDefinitions = "apiextensions.k8s.io/customresourcedefinitions";

Value versionDocument(const std::string& version)
{
    const auto dot = version.find('.');
    const auto major = version.substr(1, dot - 1);
    const auto minor = version.substr(dot + 1, version.find('.', dot + 1) - dot - 1);
    const auto text = [](std::string_view value) { return boost::json::string(value); };
    return Object {{"major", text(major)}, {"minor", text(minor)},    {"gitVersion", text(version)},
                   {"gitCommit", ""},      {"gitTreeState", "clean"}, {"buildDate", "2026-01-01T00:00:00Z"},
                   {"goVersion", "none"},  {"compiler", "gcc"},       {"platform", "linux/amd64"}};
}

kube::Response textResponse(int code, std::string body)
{
    return {code, {{"content-type", "text/plain; charset=utf-8"}}, std::move(body)};
}

} // namespace

ApiServer::ApiServer(std::unique_ptr<Private> d)
    : m_d(std::move(d))
{
}
ApiServer::~ApiServer() = default;

Result<std::unique_ptr<ApiServer>> ApiServer::open(Options options)
{
    auto d = std::make_unique<Private>();
    d->store = std::move(options.store);
    d->clock = std::move(options.clock);
    d->gitVersion = std::move(options.version);
    d->maxBodyBytes = options.maxBodyBytes;
    d->tokenKey = newUuid() + newUuid();
    d->rebuildRegistry();
    std::unique_ptr<ApiServer> server(new ApiServer(std::move(d)));
    PH_CHECK(bootstrapCluster(*server));
    return server;
}

RegistryPtr ApiServer::Private::registry() const
{
    const std::lock_guard lock(mutex);
    return registryNow;
}

void ApiServer::Private::rebuildRegistry()
{
    const std::lock_guard lock(mutex);
    std::vector<Value> definitions;
    for (const auto& stored : store->list(kDefinitions).items)
        definitions.push_back(stored->value());
    registryNow = Registry::build(definitions);
}

void ApiServer::Private::committed(const ResourceInfo& info)
{
    if (info.table == kDefinitions)
        rebuildRegistry();
}

Store& ApiServer::store() const
{
    return *m_d->store;
}
RegistryPtr ApiServer::registry() const
{
    return m_d->registry();
}
Clock& ApiServer::clock() const
{
    return *m_d->clock;
}
void ApiServer::setAddress(std::string hostAndPort)
{
    const std::lock_guard lock(m_d->mutex);
    m_d->address = std::move(hostAndPort);
}
void ApiServer::setLogSource(LogSource source)
{
    const std::lock_guard lock(m_d->mutex);
    m_d->logs = std::move(source);
}
void ApiServer::setExtension(Extension extension)
{
    const std::lock_guard lock(m_d->mutex);
    m_d->extension = std::move(extension);
}

void ApiServer::setInterferer(std::shared_ptr<Interferer> interferer)
{
    const std::lock_guard lock(m_d->mutex);
    m_d->interferer = std::move(interferer);
}
std::shared_ptr<Interferer> ApiServer::interferer() const
{
    const std::lock_guard lock(m_d->mutex);
    return m_d->interferer;
}

void ApiServer::setTokenKey(std::string key)
{
    const std::lock_guard lock(m_d->mutex);
    m_d->tokenKey = std::move(key);
}
UserPtr ApiServer::userOf(std::string_view token) const
{
    return m_d->userOf(token);
}

ApiResult<ApiRequest> ApiServer::Private::admit(const kube::Request& request, const UserPtr& caller) const
{
    API_TRY(auto parsed, ApiRequest::parse(request));
    const Authorizer authorizer(*store);
    API_TRY(parsed.user, impersonated(parsed, caller, authorizer));
    if (parsed.user != administrator()) {
        const auto action = actionOf(parsed);
        if (!authorizer.allows(*parsed.user, action))
            return action.refusal(*parsed.user);
    }
    return parsed;
}

kube::Response ApiServer::handle(const kube::Request& request, const UserPtr& caller)
{
    const auto admitted = m_d->admit(request, caller);
    if (!admitted)
        return admitted.error().response();
    Extension extension;
    {
        const std::lock_guard lock(m_d->mutex);
        extension = m_d->extension;
    }
    if (extension)
        if (auto response = extension(request))
            return std::move(*response);
    auto response = m_d->dispatch(*admitted);
    return response ? std::move(*response) : response.error().response();
}

bool ApiServer::isWatch(const kube::Request& request)
{
    const auto parsed = ApiRequest::parse(request);
    return parsed && parsed->resourcePath && parsed->isWatch();
}

bool ApiServer::isFollowedLog(const kube::Request& request)
{
    const auto parsed = ApiRequest::parse(request);
    return parsed && parsed->resourcePath && parsed->plural == "pods" && parsed->subresource == "log"
        && parsed->flag("follow");
}

std::unique_ptr<WatchSession> ApiServer::watch(const kube::Request& request, kube::Response& refusal,
                                               const UserPtr& caller)
{
    const auto parsed = m_d->admit(request, caller);
    if (!parsed) {
        refusal = parsed.error().response();
        return {};
    }
    auto session = m_d->watch(*parsed);
    if (!session) {
        refusal = session.error().response();
        return {};
    }
    return std::move(*session);
}

kube::Response ApiServer::stream(const kube::Request& request, const std::function<bool(std::string_view)>& onChunk,
                                 std::stop_token stop, const UserPtr& caller, const std::function<bool()>& broken)
{
    if (isFollowedLog(request)) {
        const auto parsed = m_d->admit(request, caller);
        if (!parsed)
            return parsed.error().response();
        auto response = m_d->logsOf(*parsed, onChunk, std::move(stop));
        return response ? std::move(*response) : response.error().response();
    }
    if (!isWatch(request))
        return handle(request, caller);
    kube::Response response;
    const auto session = watch(request, response, caller);
    if (!session)
        return response;
    const std::chrono::seconds nap(broken ? 1 : 60);
    while (!stop.stop_requested() && !(broken && broken())) {
        const auto text = session->poll();
        if (!text.empty() && !onChunk(text))
            break;
        if (session->ended())
            break;
        if (text.empty())
            session->wait(std::chrono::steady_clock::now() + nap, stop);
    }
    return {200, {{"content-type", "application/json"}}, {}};
}

ApiResult<kube::Response> ApiServer::Private::dispatch(const ApiRequest& request)
{
    if (!request.resourcePath)
        return nonResource(request);
    const auto now = registry();
    if (now->version(request.group, request.version) == nullptr)
        return pageNotFound();
    const auto info = now->find(request.group, request.version, request.plural);
    if (!info)
        return unknownResource();
    return resource(request, info);
}

ApiResult<kube::Response> ApiServer::Private::nonResource(const ApiRequest& request)
{
    const auto& path = request.path;
    if (request.method != "GET" && request.method != "HEAD")
        return methodNotAllowed();
    const auto first = path.empty() ? std::string_view {} : std::string_view(path.front());
    if (first == "version" && path.size() == 1)
        return jsonResponse(200, versionDocument(gitVersion));
    if (first == "healthz" || first == "livez" || first == "readyz")
        return textResponse(
            200, request.has("verbose") ? fmt::format("[+]ping ok\n[+]store ok\n{} check passed\n", first) : "ok");
    if (first == "openapi")
        return openApi(request);
    return discovery(request);
}

ApiResult<kube::Response> ApiServer::Private::resource(const ApiRequest& request, const ResourcePtr& info)
{
    const auto& method = request.method;
    if (request.name == "." || request.name == "..")
        return badRequest("invalid name");
    if (!info->namespaced && !request.nameSpace.empty())
        return unknownResource();
    if (!info->allows("list") && !info->allows("get"))
        return review(request, info);
    if (request.name.empty()) {
        if (method == "GET" || method == "HEAD")
            return list(request, info);
        if (method == "POST" && (!info->namespaced || !request.nameSpace.empty()))
            return create(request, info);
        if (method == "DELETE" && info->allows("deletecollection"))
            return removeCollection(request, info);
        return methodNotAllowed();
    }
    if (info->namespaced && request.nameSpace.empty())
        return unknownResource();
    const auto connection = request.subresource.substr(0, request.subresource.find('/')); // of proxy/PATH
    static const std::set<std::pair<std::string, std::string>> connections {
        {"/pods", "attach"}, {"/pods", "exec"},   {"/pods", "portforward"},
        {"/pods", "proxy"},  {"/nodes", "proxy"}, {"/services", "proxy"}};
    if (connections.contains({info->table, connection}))
        return connect(request, info); // discovery does not tell of what does not work
    if (!request.subresource.empty() && info->subresource(request.subresource) == nullptr)
        return info->custom ? ApiResult<kube::Response>(notFound(*info, request.name)) : unknownResource();
    if (request.subresource == "scale")
        return scale(request, info);
    if (request.subresource == "log")
        return method == "GET" ? logsOf(request, {}, {}) : methodNotAllowed();
    if (request.subresource == "eviction")
        return method == "POST" ? evict(request, info) : methodNotAllowed();
    if (request.subresource == "binding" || request.subresource == "token")
        return review(request, info);
    if (method == "GET" || method == "HEAD")
        return get(request, info);
    if (method == "PUT")
        return replace(request, info);
    if (method == "PATCH")
        return patch(request, info);
    if (method == "DELETE" && request.subresource.empty())
        return remove(request, info);
    return methodNotAllowed();
}

} // namespace core::embedded
