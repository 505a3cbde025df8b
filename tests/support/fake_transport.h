// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/client.h"
#include "core/kube/url.h"
#include "core/manifest/patch.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <random>

namespace support {

using core::Result;
using core::kube::Request;
using core::kube::Response;
using core::manifest::Array;
using core::manifest::Object;
using core::manifest::Value;

inline Response jsonResponse(int status, const Value& body)
{
    return {status, {{"content-type", "application/json"}}, core::manifest::toJson(body)};
}

inline Response statusResponse(int code, std::string_view reason, std::string_view message)
{
    return jsonResponse(code,
                        Object {{"kind", "Status"},
                                {"apiVersion", "v1"},
                                {"status", "Failure"},
                                {"reason", reason},
                                {"message", message},
                                {"code", code}});
}

/// Answers by script and records what was asked. `on("GET", "/api/v1/nodes", handler)` matches the path without query;
/// several handlers for one path are used up in turn, the last one stays.
class FakeTransport : public core::kube::Transport
{
public:
    using Handler = std::function<Result<Response>(const Request&)>;
    using StreamHandler = std::function<Result<Response>(
        const Request&, const std::function<bool(std::string_view)>& onChunk, std::stop_token stop)>;

    void on(const std::string& method, const std::string& path, Handler handler)
    {
        const std::scoped_lock lock(m_mutex);
        m_handlers[method + " " + path].push_back(std::move(handler));
    }
    void on(const std::string& method, const std::string& path, Response response)
    {
        on(method, path, [response](const Request&) -> Result<Response> { return response; });
    }
    void onStream(const std::string& path, StreamHandler handler)
    {
        const std::scoped_lock lock(m_mutex);
        m_streams[path].push_back(std::move(handler));
    }
    /// All requests so far.
    [[nodiscard]] std::vector<Request> requests() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_requests;
    }

    Result<Response> send(const Request& request, std::stop_token) override
    {
        Handler handler;
        {
            const std::scoped_lock lock(m_mutex);
            m_requests.push_back(request);
            handler = take(m_handlers, request.method + " " + request.path.substr(0, request.path.find('?')));
        }
        return handler ? handler(request) : Response {404, {}, "404 page not found\n"};
    }
    Result<Response> stream(const Request& request, const std::function<bool(std::string_view)>& onChunk,
                            std::stop_token stop) override
    {
        StreamHandler handler;
        {
            const std::scoped_lock lock(m_mutex);
            m_requests.push_back(request);
            handler = take(m_streams, request.path.substr(0, request.path.find('?')));
        }
        return handler ? handler(request, onChunk, stop) : Response {404, {}, "404 page not found\n"};
    }
    std::string description() const override { return "fake transport"; }

private:
    template<class H>
    static H take(std::map<std::string, std::deque<H>>& map, const std::string& key)
    {
        const auto it = map.find(key);
        if (it == map.end())
            return {};
        H handler = it->second.front();
        if (it->second.size() > 1)
            it->second.pop_front();
        return handler;
    }

    mutable std::mutex m_mutex;
    std::map<std::string, std::deque<Handler>> m_handlers;
    std::map<std::string, std::deque<StreamHandler>> m_streams;
    std::vector<Request> m_requests;
};

/// A small API server in memory: discovery, CRUD, merge and apply patches (apply merges), status as a plain write, list
/// in pages, watch with history; and faults on demand. Enough to test clients without the embedded cluster.
class FakeCluster : public core::kube::Transport
{
public:
    struct Faults
    {
        double cut = 0; ///< chance per watch event that the stream ends
        double expire = 0; ///< chance per watch that it begins with 410
        double duplicate = 0; ///< chance per watch event that it comes twice
        double fail = 0; ///< chance per request of a 500
        unsigned seed = 1;
    };

    explicit FakeCluster(std::vector<core::kube::ResourceType> types)
        : m_types(std::move(types))
    {
        for (auto& type : m_types) {
            if (type.verbs.empty())
                type.verbs = {"create", "delete", "get", "list", "patch", "update", "watch"};
        }
    }

    void setFaults(Faults faults)
    {
        const std::scoped_lock lock(m_mutex);
        m_faults = faults;
        m_random.seed(faults.seed);
    }
    void addType(core::kube::ResourceType type)
    {
        const std::scoped_lock lock(m_mutex);
        if (type.verbs.empty())
            type.verbs = {"create", "delete", "get", "list", "patch", "update", "watch"};
        m_types.push_back(std::move(type));
    }
    void removeType(const std::string& plural)
    {
        const std::scoped_lock lock(m_mutex);
        std::erase_if(m_types, [&](const auto& type) { return type.plural == plural; });
        m_objects.erase(plural);
        ++m_cutGeneration;
        m_changed.notify_all();
    }
    /// Every kept object, for comparison.
    [[nodiscard]] std::vector<Value> objects(const std::string& plural) const
    {
        const std::scoped_lock lock(m_mutex);
        std::vector<Value> out;
        if (const auto it = m_objects.find(plural); it != m_objects.end()) {
            for (const auto& [name, object] : it->second)
                out.push_back(object);
        }
        return out;
    }
    /// Writes without a client. Makes uid and resourceVersion.
    void put(const std::string& plural, Value object)
    {
        const std::scoped_lock lock(m_mutex);
        store(plural, std::move(object));
    }
    void erase(const std::string& plural, const std::string& nameSpace, const std::string& name)
    {
        const std::scoped_lock lock(m_mutex);
        drop(plural, {nameSpace, name});
    }
    /// Ends all watches now; with `forget`, resuming from before gives 410.
    void cutWatches(bool forget = false)
    {
        const std::scoped_lock lock(m_mutex);
        ++m_cutGeneration;
        if (forget) {
            m_history.clear();
            m_compacted = m_version;
        }
        m_changed.notify_all();
    }
    [[nodiscard]] std::vector<Request> requests() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_requests;
    }

    Result<Response> send(const Request& request, std::stop_token) override
    {
        const std::scoped_lock lock(m_mutex);
        m_requests.push_back(request);
        if (chance(m_faults.fail))
            return statusResponse(500, "InternalError", "Internal error occurred: fault");
        return answer(request);
    }

    Result<Response> stream(const Request& request, const std::function<bool(std::string_view)>& onChunk,
                            std::stop_token stop) override
    {
        std::unique_lock lock(m_mutex);
        m_requests.push_back(request);
        const auto route = parse(request.path);
        if (!route)
            return Response {404, {}, "404 page not found\n"};
        if (chance(m_faults.fail))
            return statusResponse(500, "InternalError", "Internal error occurred: fault");
        const auto from = parameter(request.path, "resourceVersion");
        std::uint64_t version = from.empty() ? 0 : std::stoull(from);
        if ((version != 0 && version < m_compacted) || chance(m_faults.expire)) {
            m_history.clear();
            m_compacted = m_version;
            const std::string line =
                R"({"type":"ERROR","object":{"kind":"Status","reason":"Expired","message":"too old resource version","code":410}})"
                "\n";
            lock.unlock();
            onChunk(line);
            return Response {200, {}, {}};
        }
        const auto generation = m_cutGeneration;
        std::size_t at = 0;
        std::uint64_t seen = version;
        while (!stop.stop_requested()) {
            m_changed.wait(lock, stop, [&] {
                return m_cutGeneration != generation || (!m_history.empty() && m_history.back().version > seen);
            });
            if (stop.stop_requested() || m_cutGeneration != generation)
                break;
            std::string chunk;
            bool cut = false;
            if (m_compacted > seen)
                break;
            for (at = 0; at < m_history.size(); ++at) {
                const auto& event = m_history[at];
                if (event.version <= seen)
                    continue;
                seen = event.version;
                if (event.plural != route->type.plural)
                    continue;
                chunk += event.line;
                if (chance(m_faults.duplicate))
                    chunk += event.line;
                if (chance(m_faults.cut)) {
                    cut = true;
                    break;
                }
            }
            lock.unlock();
            // In two pieces, as networks do.
            const auto half = chunk.size() / 2;
            if (!chunk.empty()
                && (!onChunk(std::string_view(chunk).substr(0, half))
                    || !onChunk(std::string_view(chunk).substr(half))))
                return Response {200, {}, {}};
            lock.lock();
            if (cut)
                break;
        }
        return Response {200, {}, {}};
    }
    std::string description() const override { return "fake cluster"; }

private:
    using Name = std::pair<std::string, std::string>;
    struct Event
    {
        std::uint64_t version = 0;
        std::string plural;
        std::string line;
    };
    struct Route
    {
        core::kube::ResourceType type;
        Name name;
        std::string subresource;
    };

    bool chance(double probability)
    {
        return probability > 0 && std::uniform_real_distribution<double>(0, 1)(m_random) < probability;
    }
    static std::string parameter(const std::string& path, const std::string& name)
    {
        const auto query = path.find('?');
        if (query == std::string::npos)
            return {};
        const std::string all = "&" + path.substr(query + 1) + "&";
        const auto at = all.find("&" + name + "=");
        if (at == std::string::npos)
            return {};
        const auto begin = at + name.size() + 2;
        return core::percentDecode(std::string_view(all).substr(begin, all.find('&', begin) - begin),
                                   core::UrlPart::Query);
    }
    std::optional<Route> parse(const std::string& url) const
    {
        const auto path = url.substr(0, url.find('?'));
        for (const auto& type : m_types) {
            const auto base = type.group.empty() ? "/api/" + type.version : "/apis/" + type.group + "/" + type.version;
            if (!path.starts_with(base + "/"))
                continue;
            std::vector<std::string> parts;
            for (std::size_t at = base.size() + 1; at <= path.size();) {
                const auto end = std::min(path.find('/', at), path.size());
                parts.push_back(core::percentDecode(std::string_view(path).substr(at, end - at), core::UrlPart::Path));
                at = end + 1;
            }
            Route route {type, {}, {}};
            if (type.namespaced && parts.size() >= 3 && parts[0] == "namespaces") {
                route.name.first = parts[1];
                parts.erase(parts.begin(), parts.begin() + 2);
            }
            if (parts.empty() || parts[0] != type.plural)
                continue;
            if (parts.size() > 1)
                route.name.second = parts[1];
            if (parts.size() > 2)
                route.subresource = parts[2];
            return route;
        }
        return std::nullopt;
    }
    static Name nameOf(const Value& object)
    {
        return {std::string(core::manifest::nameSpace(object)), std::string(core::manifest::name(object))};
    }
    void record(const std::string& plural, const char* type, const Value& object)
    {
        m_history.push_back(
            {m_version, plural, core::manifest::toJson(Object {{"type", type}, {"object", object}}) + "\n"});
        if (m_history.size() > 50'000) {
            m_compacted = m_history.front().version;
            m_history.pop_front();
        }
        m_changed.notify_all();
    }
    Value store(const std::string& plural, Value object)
    {
        ++m_version;
        const auto name = nameOf(object);
        auto& objects = m_objects[plural];
        const auto it = objects.find(name);
        auto& metadata = core::manifest::ensure(object, {"metadata"}).as_object();
        metadata["resourceVersion"] = std::to_string(m_version);
        metadata["uid"] =
            it == objects.end() ? fmt::format("uid-{}", m_version) : std::string(core::manifest::uid(it->second));
        record(plural, it == objects.end() ? "ADDED" : "MODIFIED", object);
        objects[name] = object;
        return object;
    }
    bool drop(const std::string& plural, const Name& name)
    {
        auto& objects = m_objects[plural];
        const auto it = objects.find(name);
        if (it == objects.end())
            return false;
        ++m_version;
        auto object = it->second;
        core::manifest::ensure(object, {"metadata", "resourceVersion"}) = std::to_string(m_version).c_str();
        record(plural, "DELETED", object);
        objects.erase(it);
        return true;
    }
    Value discovery(bool coreGroup) const
    {
        std::map<std::string, std::map<std::string, Array>> groups;
        for (const auto& type : m_types) {
            if (type.group.empty() != coreGroup)
                continue;
            Array verbs;
            for (const auto& verb : type.verbs)
                verbs.emplace_back(verb);
            groups[type.group][type.version].push_back(Object {
                {"resource", type.plural},
                {"scope", type.namespaced ? "Namespaced" : "Cluster"},
                {"responseKind", Object {{"group", type.group}, {"version", type.version}, {"kind", type.kind}}},
                {"verbs", verbs}});
        }
        Array items;
        for (auto& [group, versions] : groups) {
            Array list;
            for (auto& [version, resources] : versions)
                list.push_back(Object {{"version", version}, {"resources", resources}});
            items.push_back(Object {{"metadata", Object {{"name", group}}}, {"versions", list}});
        }
        return Object {{"kind", "APIGroupDiscoveryList"}, {"apiVersion", "apidiscovery.k8s.io/v2"}, {"items", items}};
    }
    Response list(const Route& route, const Request& request)
    {
        const auto limit = parameter(request.path, "limit");
        const auto from = parameter(request.path, "continue");
        std::size_t skip = from.empty() ? 0 : std::stoul(from);
        const std::size_t count = limit.empty() ? SIZE_MAX : std::stoul(limit);
        Array items;
        bool more = false;
        for (const auto& [name, object] : m_objects[route.type.plural]) {
            if (!route.name.first.empty() && name.first != route.name.first)
                continue;
            if (skip > 0) {
                --skip;
                continue;
            }
            if (items.size() == count) {
                more = true;
                break;
            }
            items.push_back(object);
        }
        Object metadata {{"resourceVersion", std::to_string(m_version)}};
        if (more)
            metadata["continue"] = std::to_string((from.empty() ? 0 : std::stoul(from)) + items.size());
        return jsonResponse(200,
                            Object {{"kind", route.type.kind + "List"},
                                    {"apiVersion", route.type.apiVersion()},
                                    {"metadata", metadata},
                                    {"items", items}});
    }
    Response answer(const Request& request)
    {
        const auto path = request.path.substr(0, request.path.find('?'));
        if (path == "/api" || path == "/apis")
            return jsonResponse(200, discovery(path == "/api"));
        if (path == "/version")
            return jsonResponse(200, Object {{"major", "1"}, {"minor", "33"}, {"gitVersion", "v1.33.0+fake"}});
        const auto route = parse(request.path);
        if (!route)
            return {404, {}, "404 page not found\n"};
        const auto& plural = route->type.plural;
        if (request.method == "GET" && route->name.second.empty())
            return list(*route, request);
        auto& objects = m_objects[plural];
        const auto it = objects.find(route->name);
        const bool found = it != objects.end();
        const auto named = route->type.group.empty() ? plural : plural + "." + route->type.group;
        const auto missing = [&] {
            return statusResponse(404, "NotFound", fmt::format("{} \"{}\" not found", named, route->name.second));
        };
        if (request.method == "GET")
            return found ? jsonResponse(200, it->second) : missing();
        if (request.method == "DELETE") {
            return drop(plural, route->name) ? jsonResponse(200, Object {{"kind", "Status"}, {"status", "Success"}})
                                             : missing();
        }
        auto body = core::manifest::parseJson(request.body);
        if (!body)
            return statusResponse(400, "BadRequest", body.error().message);
        if (route->type.namespaced)
            core::manifest::ensure(*body, {"metadata", "namespace"}) = boost::json::string(route->name.first);
        const bool dry = parameter(request.path, "dryRun") == "All";
        const auto keep = [&](Value object, int status) {
            return jsonResponse(status, dry ? object : store(plural, std::move(object)));
        };
        if (request.method == "POST") {
            if (core::manifest::name(*body).empty()) {
                core::manifest::ensure(*body, {"metadata", "name"}) = boost::json::string(
                    fmt::format("{}{:05}", core::manifest::text(*body, {"metadata", "generateName"}), m_version));
            }
            if (objects.contains(nameOf(*body))) {
                return statusResponse(409, "AlreadyExists",
                                      fmt::format("{} \"{}\" already exists", named, core::manifest::name(*body)));
            }
            return keep(*body, 201);
        }
        const bool apply = core::manifest::find(*body, {"apiVersion"}) != nullptr && request.method == "PATCH";
        if (!found && apply)
            return keep(*body, 201);
        if (!found)
            return missing();
        if (request.method == "PUT") {
            const auto version = core::manifest::text(*body, {"metadata", "resourceVersion"});
            if (!version.empty() && version != core::manifest::text(it->second, {"metadata", "resourceVersion"}))
                return statusResponse(409, "Conflict", "the object has been modified");
            return keep(*body, 200);
        }
        Value merged = it->second;
        core::manifest::mergePatch(merged, *body);
        if (core::manifest::equal(merged, it->second))
            return jsonResponse(200, it->second);
        return keep(std::move(merged), 200);
    }

    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::vector<core::kube::ResourceType> m_types;
    std::map<std::string, std::map<Name, Value>> m_objects;
    std::deque<Event> m_history;
    std::uint64_t m_version = 1;
    std::uint64_t m_compacted = 0;
    std::uint64_t m_cutGeneration = 0;
    Faults m_faults;
    std::minstd_rand m_random {1};
    std::vector<Request> m_requests;
};

} // namespace support
