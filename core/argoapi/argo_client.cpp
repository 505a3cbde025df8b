// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/argoapi/argo_client.h"

#include "core/base/strings.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <mutex>

namespace core::argoapi {

namespace {

using manifest::text;
using manifest::Value;

constexpr std::size_t kLongestLine = std::size_t {64} << 20; ///< of a stream
constexpr std::chrono::minutes kRefreshTime {3};

std::string encoded(std::string_view text)
{
    std::string result;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
            || c == '_' || c == '.' || c == '~';
        result += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return result;
}

/// A path with query parameters; empty values are left out.
class Path
{
public:
    explicit Path(std::string path)
        : m_text(std::move(path))
    {
    }
    Path& with(std::string_view name, std::string_view value)
    {
        if (!value.empty()) {
            m_text += fmt::format("{}{}={}", m_first ? '?' : '&', name, encoded(value));
            m_first = false;
        }
        return *this;
    }
    Path& of(const AppRef& app) { return with("appNamespace", app.nameSpace).with("project", app.project); }
    Path& of(const ResourceRef& object)
    {
        return with("namespace", object.nameSpace)
            .with("resourceName", object.name)
            .with("version", object.version)
            .with("group", object.group)
            .with("kind", object.kind);
    }
    [[nodiscard]] const std::string& text() const { return m_text; }

private:
    std::string m_text;
    bool m_first = true;
};

Path appPath(const AppRef& app, std::string_view rest = {})
{
    return Path(fmt::format("/applications/{}{}", encoded(app.name), rest));
}

Path listPath(std::string path, const ListQuery& query)
{
    Path result(std::move(path));
    for (const auto& project : query.projects)
        result.with("projects", project);
    result.with("selector", query.selector).with("repo", query.repo).with("name", query.name);
    result.with("resourceVersion", query.resourceVersion).with("fields", query.fields);
    return result;
}

Error::Code codeOf(int status)
{
    switch (status) {
    case 400:
    case 415:
        return Error::Code::InvalidInput;
    case 401:
        return Error::Code::Unauthorized;
    case 403:
        return Error::Code::Forbidden;
    case 404:
        return Error::Code::NotFound;
    case 409:
        return Error::Code::Conflict;
    case 429:
        return Error::Code::TooManyRequests;
    default:
        return Error::Code::Unavailable;
    }
}

/// Section 10.2: {"error", "code", "message"}; streams wrap it in {"error": {...}}.
Error errorFrom(int status, std::string_view body, std::string where)
{
    Error error;
    error.code = codeOf(status);
    error.httpStatus = status;
    error.where = std::move(where);
    if (const auto parsed = manifest::parseJson(body); parsed && parsed->is_object()) {
        error.message = text(*parsed, {"message"});
        if (error.message.empty())
            error.message = text(*parsed, {"error"});
    }
    if (error.message.empty())
        error.message = fmt::format("the Argo CD server answered {}", status);
    if (error.code == Error::Code::Unauthorized)
        error.hint = "log in again";
    return error;
}

/// Objects inside answers are JSON texts; "null" or "" where there is none.
Value stateAt(const Value& item, std::string_view key)
{
    const auto parsed = manifest::parseJson(text(item, {key}));
    return parsed ? *parsed : Value();
}

} // namespace

struct ArgoClient::Private
{
    kube::TransportPtr transport;
    std::string base; ///< "<root>/api/v1"
    mutable std::mutex mutex;
    std::string token;

    [[nodiscard]] kube::Request request(std::string method, const std::string& path, const Value* body) const
    {
        kube::Request result;
        result.method = std::move(method);
        result.path = base + path;
        result.headers.emplace_back("Accept", "application/json");
        if (result.method != "GET") // the gateway takes nothing else
            result.headers.emplace_back("Content-Type", "application/json");
        if (body)
            result.body = manifest::toJson(*body);
        const std::lock_guard lock(mutex);
        if (!token.empty())
            result.headers.emplace_back("Authorization", "Bearer " + token);
        return result;
    }

    Result<Value> call(std::string method, const std::string& path, const Value* body, std::stop_token stop,
                       std::optional<std::chrono::milliseconds> timeout = {}) const
    {
        auto sent = request(std::move(method), path, body);
        if (timeout)
            sent.timeout = *timeout;
        PH_TRY(const auto answer, transport->send(sent, std::move(stop)));
        if (answer.status / 100 != 2)
            return fail(errorFrom(answer.status, answer.body, transport->description() + sent.path));
        if (trim(answer.body).empty())
            return Value(boost::json::object());
        return manifest::parseJson(answer.body, sent.path);
    }

    Result<Value> get(const std::string& path, std::stop_token stop) const
    {
        return call("GET", path, nullptr, std::move(stop));
    }

    /// Newline-separated {"result": ...} or {"error": ...}.
    Result<> lines(const std::string& path, const std::function<bool(const Value&)>& onResult,
                   std::stop_token stop) const
    {
        auto sent = request("GET", path, nullptr);
        sent.timeout = {};
        std::string rest;
        std::optional<Error> problem;
        const auto take = [&](std::string_view line) {
            if (trim(line).empty())
                return true;
            auto parsed = manifest::parseJson(line, path);
            if (!parsed) {
                problem = parsed.error();
                return false;
            }
            if (const auto* error = manifest::find(*parsed, {"error"})) {
                const auto status = static_cast<int>(manifest::integer(*error, {"http_code"}).value_or(500));
                problem = errorFrom(status, manifest::toJson(*error), path);
                return false;
            }
            const auto* result = manifest::find(*parsed, {"result"});
            return !result || onResult(*result);
        };
        const auto answer = transport->stream(
            sent,
            [&](std::string_view chunk) {
                rest += chunk;
                std::size_t from = 0;
                for (auto end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', from)) {
                    if (!take(std::string_view(rest).substr(from, end - from))) {
                        rest.clear();
                        return false;
                    }
                    from = end + 1;
                }
                rest.erase(0, from);
                if (rest.size() > kLongestLine)
                    problem = Error {Error::Code::LimitExceeded, "a line of the stream is too long", path, {}};
                return !problem;
            },
            std::move(stop));
        if (problem)
            return fail(std::move(*problem));
        if (!answer)
            return fail(answer.error());
        if (answer->status / 100 != 2)
            return fail(errorFrom(answer->status, answer->body, transport->description() + sent.path));
        (void)take(rest);
        return problem ? Result<>(fail(std::move(*problem))) : Result<>();
    }
};

ArgoClient::ArgoClient(kube::TransportPtr transport, std::string rootPath)
    : m_d(std::make_unique<Private>())
{
    while (rootPath.ends_with('/'))
        rootPath.pop_back();
    if (!rootPath.empty() && !rootPath.starts_with('/'))
        rootPath.insert(0, "/");
    m_d->transport = std::move(transport);
    m_d->base = rootPath + "/api/v1";
}

ArgoClient::~ArgoClient() = default;

Result<> ArgoClient::login(const std::string& username, const std::string& password, std::stop_token stop)
{
    useToken({});
    const Value body {{"username", boost::json::string(username)}, {"password", boost::json::string(password)}};
    PH_TRY(const auto answer, m_d->call("POST", "/session", &body, std::move(stop)));
    const auto token = text(answer, {"token"});
    if (token.empty())
        return fail(Error::Code::Unauthorized, "the Argo CD server gave no token", m_d->transport->description());
    useToken(std::string(token));
    return {};
}

void ArgoClient::useToken(std::string token)
{
    const std::lock_guard lock(m_d->mutex);
    m_d->token = std::move(token);
}

Result<> ArgoClient::logout(std::stop_token stop)
{
    PH_TRY(const auto answer, m_d->call("DELETE", "/session", nullptr, std::move(stop)));
    (void)answer;
    useToken({});
    return {};
}

Result<Value> ArgoClient::userInfo(std::stop_token stop)
{
    return m_d->get("/session/userinfo", std::move(stop));
}

Result<std::string> ArgoClient::version(std::stop_token stop)
{
    kube::Request request;
    request.path = m_d->base.substr(0, m_d->base.size() - std::string_view("/v1").size()) + "/version";
    PH_TRY(const auto answer, m_d->transport->send(request, std::move(stop)));
    if (answer.status / 100 != 2)
        return fail(errorFrom(answer.status, answer.body, request.path));
    PH_TRY(const auto parsed, manifest::parseJson(answer.body, request.path));
    return std::string(text(parsed, {"Version"}));
}

Result<Value> ArgoClient::settings(std::stop_token stop)
{
    return m_d->get("/settings", std::move(stop));
}

Result<Value> ArgoClient::read(const std::string& service, std::stop_token stop)
{
    return m_d->get("/" + service, std::move(stop));
}

Result<bool> ArgoClient::canI(const std::string& resource, const std::string& action, const std::string& object,
                              std::stop_token stop)
{
    auto path = fmt::format("/account/can-i/{}/{}", encoded(resource), encoded(action));
    for (const auto& part : split(object, '/')) // the rest of the path is the object
        path += "/" + encoded(part);
    PH_TRY(const auto answer, m_d->get(path, std::move(stop)));
    return text(answer, {"value"}) == "yes";
}

Result<std::vector<Value>> ArgoClient::applications(const ListQuery& query, std::stop_token stop)
{
    PH_TRY(const auto answer, m_d->get(listPath("/applications", query).text(), std::move(stop)));
    const auto& items = manifest::array(answer, {"items"});
    return std::vector<Value>(items.begin(), items.end());
}

Result<Value> ArgoClient::application(const AppRef& app, Refresh refresh, std::stop_token stop)
{
    auto path = appPath(app).of(app);
    if (refresh != Refresh::No)
        path.with("refresh", refresh == Refresh::Hard ? "hard" : "normal");
    return m_d->call("GET", path.text(), nullptr, std::move(stop),
                     refresh == Refresh::No ? std::nullopt : std::optional<std::chrono::milliseconds>(kRefreshTime));
}

Result<Value> ArgoClient::create(const Value& application, bool upsert, std::stop_token stop)
{
    return m_d->call("POST", Path("/applications").with("upsert", upsert ? "true" : "").text(), &application,
                     std::move(stop));
}

Result<Value> ArgoClient::patch(const AppRef& app, const Value& change, std::stop_token stop)
{
    Value body {{"name", boost::json::string(app.name)},
                {"patch", boost::json::string(manifest::toJson(change))},
                {"patchType", "merge"}};
    if (!app.nameSpace.empty())
        body.get_object()["appNamespace"] = app.nameSpace;
    if (!app.project.empty())
        body.get_object()["project"] = app.project;
    return m_d->call("PATCH", appPath(app).text(), &body, std::move(stop));
}

Result<> ArgoClient::remove(const AppRef& app, Cascade cascade, std::stop_token stop)
{
    auto path = appPath(app).of(app).with("cascade", cascade == Cascade::None ? "false" : "true");
    if (cascade != Cascade::None)
        path.with("propagationPolicy", cascade == Cascade::Background ? "background" : "foreground");
    PH_TRY(const auto answer, m_d->call("DELETE", path.text(), nullptr, std::move(stop)));
    (void)answer;
    return {};
}

Result<> ArgoClient::watch(const ListQuery& query, const std::function<bool(const std::string&, const Value&)>& onEvent,
                           std::stop_token stop)
{
    return m_d->lines(
        listPath("/stream/applications", query).text(),
        [&](const Value& result) {
            const auto* app = manifest::find(result, {"application"});
            return !app || onEvent(std::string(text(result, {"type"})), *app);
        },
        std::move(stop));
}

Result<Value> ArgoClient::resourceTree(const AppRef& app, std::stop_token stop)
{
    return m_d->get(appPath(app, "/resource-tree").of(app).text(), std::move(stop));
}

Result<std::vector<ManagedResource>> ArgoClient::managedResources(const AppRef& app, std::stop_token stop)
{
    PH_TRY(const auto answer, m_d->get(appPath(app, "/managed-resources").of(app).text(), std::move(stop)));
    std::vector<ManagedResource> result;
    for (const auto& item : manifest::array(answer, {"items"})) {
        ManagedResource resource;
        resource.key = {std::string(text(item, {"group"})),
                        {},
                        std::string(text(item, {"kind"})),
                        std::string(text(item, {"namespace"})),
                        std::string(text(item, {"name"}))};
        resource.target = stateAt(item, "targetState");
        resource.live = stateAt(item, "liveState");
        resource.normalizedLive = stateAt(item, "normalizedLiveState");
        resource.predictedLive = stateAt(item, "predictedLiveState");
        resource.modified = manifest::flag(item, {"modified"});
        result.push_back(std::move(resource));
    }
    return result;
}

Result<std::vector<Value>> ArgoClient::manifests(const AppRef& app, const std::string& revision, std::stop_token stop)
{
    PH_TRY(const auto answer,
           m_d->get(appPath(app, "/manifests").of(app).with("revision", revision).text(), std::move(stop)));
    std::vector<Value> result;
    for (const auto& item : manifest::array(answer, {"manifests"})) {
        if (!item.is_string())
            continue;
        PH_TRY(auto object, manifest::parseJson(item.get_string(), "manifests of " + app.name));
        result.push_back(std::move(object));
    }
    return result;
}

Result<Value> ArgoClient::resource(const AppRef& app, const ResourceRef& object, std::stop_token stop)
{
    PH_TRY(const auto answer, m_d->get(appPath(app, "/resource").of(app).of(object).text(), std::move(stop)));
    return stateAt(answer, "manifest");
}

Result<std::vector<Value>> ArgoClient::events(const AppRef& app, std::stop_token stop)
{
    PH_TRY(const auto answer, m_d->get(appPath(app, "/events").of(app).text(), std::move(stop)));
    const auto& items = manifest::array(answer, {"items"});
    return std::vector<Value>(items.begin(), items.end());
}

Result<Value> ArgoClient::revisionMetadata(const AppRef& app, const std::string& revision, std::stop_token stop)
{
    return m_d->get(appPath(app, "/revisions/" + encoded(revision) + "/metadata").of(app).text(), std::move(stop));
}

Result<Value> ArgoClient::syncWindows(const AppRef& app, std::stop_token stop)
{
    return m_d->get(appPath(app, "/syncwindows").of(app).text(), std::move(stop));
}

namespace {

void address(Value& body, const AppRef& app)
{
    auto& object = body.get_object();
    object["name"] = app.name;
    if (!app.nameSpace.empty())
        object["appNamespace"] = app.nameSpace;
    if (!app.project.empty())
        object["project"] = app.project;
}

} // namespace

Result<Value> ArgoClient::sync(const AppRef& app, const Value& request, std::stop_token stop)
{
    Value body = request.is_object() ? request : Value(boost::json::object());
    address(body, app);
    return m_d->call("POST", appPath(app, "/sync").text(), &body, std::move(stop));
}

Result<Value> ArgoClient::rollback(const AppRef& app, std::int64_t historyId, bool prune, bool dryRun,
                                   std::stop_token stop)
{
    Value body {{"id", historyId}, {"prune", prune}, {"dryRun", dryRun}};
    address(body, app);
    return m_d->call("POST", appPath(app, "/rollback").text(), &body, std::move(stop));
}

Result<> ArgoClient::terminate(const AppRef& app, std::stop_token stop)
{
    PH_TRY(const auto answer, m_d->call("DELETE", appPath(app, "/operation").of(app).text(), nullptr, std::move(stop)));
    (void)answer;
    return {};
}

Result<std::vector<Action>> ArgoClient::actions(const AppRef& app, const ResourceRef& object, std::stop_token stop)
{
    PH_TRY(const auto answer, m_d->get(appPath(app, "/resource/actions").of(app).of(object).text(), std::move(stop)));
    std::vector<Action> result;
    for (const auto& item : manifest::array(answer, {"actions"})) {
        Action action {std::string(text(item, {"name"})),
                       std::string(text(item, {"displayName"})),
                       manifest::flag(item, {"disabled"}),
                       {}};
        for (const auto& parameter : manifest::array(item, {"params"}))
            action.parameters.emplace_back(text(parameter, {"name"}));
        result.push_back(std::move(action));
    }
    return result;
}

Result<> ArgoClient::runAction(const AppRef& app, const ResourceRef& object, const std::string& action,
                               const std::vector<std::pair<std::string, std::string>>& parameters, std::stop_token stop)
{
    boost::json::array list;
    for (const auto& [name, value] : parameters)
        list.push_back({{"name", boost::json::string(name)}, {"value", boost::json::string(value)}});
    Value body {
        {"namespace", boost::json::string(object.nameSpace)}, {"resourceName", boost::json::string(object.name)},
        {"version", boost::json::string(object.version)},     {"group", boost::json::string(object.group)},
        {"kind", boost::json::string(object.kind)},           {"action", boost::json::string(action)},
        {"resourceActionParameters", std::move(list)}};
    address(body, app);
    PH_TRY(const auto answer, m_d->call("POST", appPath(app, "/resource/actions/v2").text(), &body, std::move(stop)));
    (void)answer;
    return {};
}

Result<> ArgoClient::logs(const AppRef& app, const LogQuery& query, const std::function<bool(const LogLine&)>& onLine,
                          std::stop_token stop)
{
    const bool byPod = !query.pod.empty();
    auto path = appPath(app, byPod ? "/pods/" + encoded(query.pod) + "/logs" : std::string("/logs")).of(app);
    path.with("namespace", query.nameSpace).with("container", query.container).with("filter", query.filter);
    if (!byPod)
        path.with("group", query.owner.group).with("kind", query.owner.kind).with("resourceName", query.owner.name);
    path.with("follow", query.follow ? "true" : "").with("previous", query.previous ? "true" : "");
    path.with("tailLines", query.tailLines ? std::to_string(*query.tailLines) : "");
    path.with("sinceSeconds", query.sinceSeconds ? std::to_string(*query.sinceSeconds) : "");
    return m_d->lines(
        path.text(),
        [&](const Value& result) {
            if (manifest::flag(result, {"last"}) && text(result, {"content"}).empty())
                return false;
            const bool more =
                onLine({std::string(text(result, {"podName"})), std::string(text(result, {"timeStampStr"})),
                        std::string(text(result, {"content"}))});
            return more && !manifest::flag(result, {"last"});
        },
        std::move(stop));
}

} // namespace core::argoapi
