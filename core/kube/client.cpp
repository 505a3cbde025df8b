// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/client.h"

#include "core/kube/discovery.h"
#include "core/kube/discovery_cache.h"
#include "core/kube/url.h"

#include <boost/json.hpp>

#include <condition_variable>
#include <random>

namespace core::kube {

using manifest::Object;
using manifest::Value;

namespace {

constexpr std::int64_t kPageSize = 500;
constexpr int kMaxRetries = 5;
constexpr std::chrono::seconds kWatchGrace {30}; ///< beyond the time that a watch asks for
constexpr std::size_t kMaxLine = std::size_t {64} << 20;

bool interruptibleSleep(std::chrono::milliseconds duration, const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_for(lock, stop, duration, [] { return false; });
    return !stop.stop_requested();
}

/// Only what carries Retry-After may be sent again blindly.
int retryDelay(const Response& response)
{
    if (response.status != 429 && response.status < 500)
        return 0;
    const auto header = response.header("retry-after");
    return header.empty() ? 0 : std::clamp(std::atoi(header.c_str()), 1, 30);
}

Error cancelled(std::string_view where)
{
    return {Error::Code::Cancelled, "cancelled", std::string(where)};
}

/// Puts apiVersion and kind in front of a list's item, as it would have alone.
void addTypeMeta(Value& item, const ResourceType& type)
{
    auto* object = item.if_object();
    if (object == nullptr || object->contains("kind"))
        return;
    Object full(item.storage());
    full.reserve(object->size() + 2);
    full["apiVersion"] = type.apiVersion();
    full["kind"] = type.kind;
    for (auto& member : *object)
        full.insert_or_assign(member.key(), std::move(member.value()));
    item = std::move(full);
}

Value removeBody(const DeleteOptions& options)
{
    Object body {{"kind", "DeleteOptions"}, {"apiVersion", "v1"}};
    switch (options.propagation) {
    case Propagation::Default:
    case Propagation::Background:
        body["propagationPolicy"] = "Background"; // said always: the default of Jobs is to orphan their pods
        break;
    case Propagation::Foreground:
        body["propagationPolicy"] = "Foreground";
        break;
    case Propagation::Orphan:
        body["propagationPolicy"] = "Orphan";
        break;
    }
    if (options.gracePeriodSeconds)
        body["gracePeriodSeconds"] = *options.gracePeriodSeconds;
    if (!options.uid.empty() || !options.resourceVersion.empty()) {
        Object preconditions;
        if (!options.uid.empty())
            preconditions["uid"] = options.uid;
        if (!options.resourceVersion.empty())
            preconditions["resourceVersion"] = options.resourceVersion;
        body["preconditions"] = std::move(preconditions);
    }
    if (options.dryRun)
        body["dryRun"] = manifest::Array {Value("All")};
    return body;
}

Query writeQuery(const WriteOptions& options)
{
    Query query;
    query.addSet("fieldManager", options.fieldManager).addSet("fieldValidation", options.fieldValidation);
    if (options.dryRun)
        query.add("dryRun", "All");
    return query;
}

std::string_view contentType(PatchType type)
{
    switch (type) {
    case PatchType::Json:
        return "application/json-patch+json";
    case PatchType::Merge:
        return "application/merge-patch+json";
    case PatchType::Strategic:
        return "application/strategic-merge-patch+json";
    case PatchType::Apply:
        return "application/apply-patch+yaml";
    }
    return {};
}

/// Cuts a stream into lines and hands each complete one on.
class LineReader
{
public:
    explicit LineReader(std::function<bool(std::string_view)> onLine)
        : m_onLine(std::move(onLine))
    {
    }
    bool feed(std::string_view chunk)
    {
        while (!chunk.empty()) {
            const auto end = chunk.find('\n');
            if (end == std::string_view::npos) {
                m_rest += chunk;
                return m_rest.size() <= kMaxLine;
            }
            if (m_rest.empty()) {
                if (end > 0 && !m_onLine(chunk.substr(0, end)))
                    return false;
            } else {
                m_rest += chunk.substr(0, end);
                const auto line = std::exchange(m_rest, {});
                if (!m_onLine(line))
                    return false;
            }
            chunk.remove_prefix(end + 1);
        }
        return true;
    }

    [[nodiscard]] bool overflown() const { return m_rest.size() > kMaxLine; }

private:
    std::function<bool(std::string_view)> m_onLine;
    std::string m_rest;
};

std::optional<WatchEvent::Type> eventType(std::string_view text)
{
    if (text == "ADDED")
        return WatchEvent::Type::Added;
    if (text == "MODIFIED")
        return WatchEvent::Type::Modified;
    if (text == "DELETED")
        return WatchEvent::Type::Deleted;
    if (text == "BOOKMARK")
        return WatchEvent::Type::Bookmark;
    return std::nullopt;
}

int watchSeconds()
{
    static thread_local std::minstd_rand random(std::random_device {}());
    return std::uniform_int_distribution<int>(300, 600)(random);
}

} // namespace

using Types = std::shared_ptr<const std::vector<ResourceType>>;

struct Client::Private
{
    TransportPtr transport;
    std::mutex mutex;
    Types types; ///< null: not read yet
    std::optional<DiscoveryCache> disk; ///< set before the first request
    bool trustsDisk = false; ///< until the server was asked

    Result<Value> exchange(const Request& request, const std::string& where, std::stop_token stop) const;
    Types knownTypes(); ///< under the mutex; null where the server has to be asked
    Result<Types> discovery(bool fresh, std::stop_token stop);
    Result<ResourceType> find(const std::function<bool(const ResourceType&)>& matches, const std::string& what,
                              std::stop_token stop);
    Result<Value> write(Client& client, std::string method, const Value& object, const WriteOptions& options,
                        std::stop_token stop) const;
    Result<List> page(const ResourceType& type, std::string_view nameSpace, const ListOptions& options,
                      const std::string& from, std::string& next, std::stop_token stop) const;
};

Result<Value> Client::Private::exchange(const Request& request, const std::string& where, std::stop_token stop) const
{
    for (int attempt = 0;; ++attempt) {
        if (stop.stop_requested())
            return fail(cancelled(where));
        auto response = transport->send(request, stop);
        if (!response) {
            if (response.error().code == Error::Code::Cancelled)
                return fail(response.error());
            // The server's own refusals name the object; what happened on the way to it does not.
            auto error = response.error().within(request.method + " " + where);
            if (error.where.empty())
                error.where = where;
            return fail(std::move(error));
        }
        if (response->status >= 200 && response->status < 300) {
            auto parsed = response->body.empty() ? Result<Value>(Value(nullptr)) : manifest::parseJson(response->body);
            if (parsed)
                return parsed;
            return fail(Error::Code::Unavailable,
                        fmt::format("{} {}: the answer is not JSON: {}", request.method, where, parsed.error().message),
                        transport->description(), "see whether something answers in the API server's place");
        }
        const int delay = retryDelay(*response);
        if (delay == 0 || attempt + 1 >= kMaxRetries)
            return fail(errorOf(*response, where));
        if (!interruptibleSleep(std::chrono::seconds(delay), stop))
            return fail(cancelled(where));
    }
}

Types Client::Private::knownTypes()
{
    if (!types && trustsDisk) {
        trustsDisk = false;
        if (auto kept = disk->read())
            types = std::make_shared<const std::vector<ResourceType>>(std::move(*kept));
    }
    return types;
}

Result<Types> Client::Private::discovery(bool fresh, std::stop_token stop)
{
    if (!fresh) {
        const std::scoped_lock lock(mutex);
        if (const auto known = knownTypes())
            return known;
    }
    PH_TRY(auto read, readDiscovery(*transport, stop));
    auto shared = std::make_shared<const std::vector<ResourceType>>(std::move(read));
    {
        const std::scoped_lock lock(mutex);
        types = shared;
        trustsDisk = false;
    }
    if (disk) // nobody waits for the file
        disk->write(*shared);
    return shared;
}

Result<ResourceType> Client::Private::find(const std::function<bool(const ResourceType&)>& matches,
                                           const std::string& what, std::stop_token stop)
{
    for (const bool fresh : {false, true}) {
        const bool known = [&] {
            const std::scoped_lock lock(mutex);
            return knownTypes() != nullptr;
        }();
        PH_TRY(const Types all, discovery(fresh, stop));
        const auto it = std::find_if(all->begin(), all->end(), matches);
        if (it != all->end())
            return *it;
        if (!known)
            break; // it was read just now
    }
    return fail(Error::Code::NotFound, "no matches for " + what, {},
                "install the CustomResourceDefinition of this kind, or check apiVersion and kind");
}

Result<Value> Client::Private::write(Client& client, std::string method, const Value& object,
                                     const WriteOptions& options, std::stop_token stop) const
{
    const auto where = manifest::keyOf(object).text();
    auto type = client.resolve(manifest::apiVersion(object), manifest::kind(object), stop);
    if (!type) {
        type.error().where = where;
        return fail(type.error());
    }
    const bool collection = method == "POST";
    if (!collection && manifest::name(object).empty())
        return fail(Error::Code::InvalidInput, "the object has no name", where);
    auto nameSpace = manifest::nameSpace(object);
    if (nameSpace.empty())
        nameSpace = "default";
    Request request;
    request.path =
        resourcePath(*type, nameSpace, collection ? std::string_view {} : manifest::name(object), options.subresource)
        + writeQuery(options).text();
    request.headers = {{"content-type", "application/json"}, {"accept", "application/json"}};
    request.method = std::move(method);
    request.body = manifest::toJson(object);
    return exchange(request, where, stop);
}

Client::Client(TransportPtr transport)
    : m_d(std::make_unique<Private>())
{
    m_d->transport = std::move(transport);
}

Client::~Client() = default;

const TransportPtr& Client::transport() const
{
    return m_d->transport;
}

Result<std::vector<ResourceType>> Client::discover(std::stop_token stop)
{
    PH_TRY(const Types types, m_d->discovery(false, stop));
    return *types;
}

void Client::keepDiscovery(const std::filesystem::path& folder)
{
    const std::scoped_lock lock(m_d->mutex);
    m_d->disk.emplace(folder, m_d->transport->description());
    m_d->trustsDisk = true;
}

std::optional<std::vector<ResourceType>> Client::keptDiscovery()
{
    const std::scoped_lock lock(m_d->mutex);
    if (m_d->types || !m_d->knownTypes())
        return std::nullopt;
    return *m_d->types;
}

void Client::invalidateDiscovery()
{
    const std::scoped_lock lock(m_d->mutex);
    m_d->types.reset();
    m_d->trustsDisk = false;
}

Result<ResourceType> Client::resolve(std::string_view apiVersion, std::string_view kind, std::stop_token stop)
{
    const auto version = manifest::parseGroupVersion(apiVersion);
    return m_d->find(
        [&](const ResourceType& type) {
            return type.kind == kind && type.group == version.group && type.version == version.version;
        },
        fmt::format("kind \"{}\" in version \"{}\"", kind, apiVersion), stop);
}

Result<ResourceType> Client::resolve(const manifest::GroupKind& groupKind, std::stop_token stop)
{
    return m_d->find(
        [&](const ResourceType& type) { return type.kind == groupKind.kind && type.group == groupKind.group; },
        fmt::format("kind \"{}\" in group \"{}\"", groupKind.kind, groupKind.group), stop);
}

Result<Value> Client::serverVersion(std::stop_token stop)
{
    Request request;
    request.path = "/version";
    return m_d->exchange(request, request.path, stop);
}

Result<Value> Client::get(const ResourceType& type, std::string_view nameSpace, std::string_view name,
                          std::stop_token stop)
{
    const manifest::ResourceKey key {type.group, type.kind, std::string(nameSpace), std::string(name)};
    if (name.empty())
        return fail(Error::Code::InvalidInput, "the object has no name", key.text());
    Request request;
    request.path = resourcePath(type, nameSpace, name);
    request.headers = {{"accept", "application/json"}};
    PH_TRY(Value object, m_d->exchange(request, key.text(), stop));
    addTypeMeta(object, type);
    return object;
}

Result<List> Client::Private::page(const ResourceType& type, std::string_view nameSpace, const ListOptions& options,
                                   const std::string& from, std::string& next, std::stop_token stop) const
{
    Query query;
    query.addSet("labelSelector", options.labelSelector).addSet("fieldSelector", options.fieldSelector);
    if (options.limit > 0)
        query.add("limit", std::to_string(options.limit));
    if (from.empty())
        query.addSet("resourceVersion", options.resourceVersion);
    else
        query.add("continue", from);
    Request request;
    request.path = resourcePath(type, nameSpace) + query.text();
    request.headers = {{"accept", "application/json"}};
    request.timeout = std::chrono::seconds(60);
    PH_TRY(Value document, exchange(request, resourcePath(type, nameSpace), stop));
    List list;
    list.resourceVersion = std::string(manifest::text(document, {"metadata", "resourceVersion"}));
    next = std::string(manifest::text(document, {"metadata", "continue"}));
    auto* items = manifest::find(document, {"items"});
    if (items == nullptr || !(items->is_array() || items->is_null()))
        return fail(Error::Code::Unavailable, "the answer is not a list", request.path);
    if (auto* array = items->if_array()) {
        list.items.reserve(array->size());
        for (auto& item : *array) {
            addTypeMeta(item, type);
            list.items.push_back(std::move(item));
        }
    }
    return list;
}

Result<List> Client::list(const ResourceType& type, std::string_view nameSpace, const ListOptions& options,
                          std::stop_token stop)
{
    List all;
    const auto take = [&](std::vector<Value> items, bool first) {
        if (first)
            all.items = std::move(items);
        else
            std::move(items.begin(), items.end(), std::back_inserter(all.items));
    };
    PH_TRY(all.resourceVersion, listPages(type, nameSpace, options, take, std::move(stop)));
    return all;
}

Result<std::string> Client::listPages(const ResourceType& type, std::string_view nameSpace, const ListOptions& options,
                                      const TakePage& take, std::stop_token stop)
{
    auto paged = options;
    if (paged.limit == 0 && paged.resourceVersion.empty())
        paged.limit = kPageSize;
    std::string version;
    std::string from;
    std::string next;
    do {
        auto part = m_d->page(type, nameSpace, paged, from, next, stop);
        if (!part && part.error().code == Error::Code::Gone && !from.empty()) {
            // The snapshot of the first page is gone: one request for everything.
            paged.limit = 0;
            paged.resourceVersion.clear();
            from.clear();
            part = m_d->page(type, nameSpace, paged, {}, next, stop);
            next.clear();
        }
        if (!part)
            return fail(part.error());
        version = part->resourceVersion;
        take(std::move(part->items), from.empty());
        from = next;
    } while (!next.empty());
    return version;
}

Result<Value> Client::create(const Value& object, const WriteOptions& options, std::stop_token stop)
{
    return m_d->write(*this, "POST", object, options, stop);
}

Result<Value> Client::replace(const Value& object, const WriteOptions& options, std::stop_token stop)
{
    return m_d->write(*this, "PUT", object, options, stop);
}

Result<Value> Client::apply(const Value& object, const WriteOptions& options, std::stop_token stop)
{
    const auto where = manifest::keyOf(object).text();
    auto type = resolve(manifest::apiVersion(object), manifest::kind(object), stop);
    if (!type) {
        type.error().where = where;
        return fail(type.error());
    }
    auto nameSpace = std::string(manifest::nameSpace(object));
    if (nameSpace.empty())
        nameSpace = "default";
    return patch(*type, nameSpace, manifest::name(object), PatchType::Apply, object, options, stop);
}

Result<Value> Client::patch(const ResourceType& type, std::string_view nameSpace, std::string_view name,
                            PatchType patchType, const Value& patch, const WriteOptions& options, std::stop_token stop)
{
    const manifest::ResourceKey key {type.group, type.kind, type.namespaced ? std::string(nameSpace) : std::string(),
                                     std::string(name)};
    if (name.empty())
        return fail(Error::Code::InvalidInput, "the object has no name", key.text());
    auto query = writeQuery(options);
    if (patchType == PatchType::Apply)
        query.add("force", options.force ? "true" : "false");
    Request request;
    request.method = "PATCH";
    request.path = resourcePath(type, nameSpace, name, options.subresource) + query.text();
    request.headers = {{"content-type", std::string(contentType(patchType))}, {"accept", "application/json"}};
    request.body = manifest::toJson(patch);
    return m_d->exchange(request, key.text(), stop);
}

Result<> Client::remove(const ResourceType& type, std::string_view nameSpace, std::string_view name,
                        const DeleteOptions& options, std::stop_token stop)
{
    const manifest::ResourceKey key {type.group, type.kind, std::string(nameSpace), std::string(name)};
    if (name.empty())
        return fail(Error::Code::InvalidInput, "the object has no name", key.text());
    Request request;
    request.method = "DELETE";
    request.path = resourcePath(type, nameSpace, name);
    request.headers = {{"content-type", "application/json"}, {"accept", "application/json"}};
    request.body = manifest::toJson(removeBody(options));
    PH_CHECK(m_d->exchange(request, key.text(), stop));
    return {};
}

Result<> Client::watch(const ResourceType& type, std::string_view nameSpace, const ListOptions& options,
                       const std::function<bool(WatchEvent)>& onEvent, std::stop_token stop)
{
    Query query;
    query.add("watch", "true").add("allowWatchBookmarks", "true");
    query.addSet("labelSelector", options.labelSelector).addSet("fieldSelector", options.fieldSelector);
    const std::chrono::seconds length(watchSeconds());
    query.addSet("resourceVersion", options.resourceVersion).add("timeoutSeconds", std::to_string(length.count()));
    Request request;
    request.path = resourcePath(type, nameSpace) + query.text();
    request.headers = {{"accept", "application/json"}};
    request.timeout = length + kWatchGrace;
    const auto where = resourcePath(type, nameSpace);
    const auto began = std::chrono::steady_clock::now();
    std::optional<Error> error;
    LineReader reader([&](std::string_view line) {
        auto event = manifest::parseJson(line, where);
        auto* object = event ? manifest::find(*event, {"object"}) : nullptr;
        if (object == nullptr || !object->is_object()) {
            error = Error {Error::Code::Unavailable, "the watch sent something that is not an event", where};
            return false;
        }
        const auto kindOfEvent = manifest::text(*event, {"type"});
        if (kindOfEvent == "ERROR") {
            error = errorOf(*object, 500, where);
            return false;
        }
        const auto known = eventType(kindOfEvent);
        if (!known)
            return true;
        addTypeMeta(*object, type);
        return onEvent({*known, std::move(*object)});
    });
    auto response = m_d->transport->stream(
        request,
        [&](std::string_view chunk) {
            if (reader.feed(chunk))
                return true;
            if (reader.overflown())
                error = Error {Error::Code::LimitExceeded, "an event of the watch is longer than 64 MiB", where};
            return false;
        },
        stop);
    if (error)
        return fail(*error);
    if (!response && response.error().code == Error::Code::Timeout && std::chrono::steady_clock::now() - began > length)
        return {}; // nobody ended it in its time: the way to the server is dead
    if (!response)
        return fail(response.error());
    if (response->status != 200)
        return fail(errorOf(*response, where));
    return {};
}

Result<> Client::logs(std::string_view nameSpace, std::string_view pod, const LogOptions& options,
                      const std::function<bool(std::string_view)>& onText, std::stop_token stop)
{
    Query query;
    query.addSet("container", options.container);
    if (options.follow)
        query.add("follow", "true");
    if (options.previous)
        query.add("previous", "true");
    if (options.timestamps)
        query.add("timestamps", "true");
    if (options.tailLines)
        query.add("tailLines", std::to_string(*options.tailLines));
    if (options.sinceSeconds)
        query.add("sinceSeconds", std::to_string(*options.sinceSeconds));
    const ResourceType pods {"", "v1", "Pod", "pods"};
    Request request;
    request.path = resourcePath(pods, nameSpace, pod, "log") + query.text();
    request.timeout = std::chrono::milliseconds(0);
    PH_TRY(const Response response, m_d->transport->stream(request, onText, stop));
    if (response.status != 200)
        return fail(errorOf(response, fmt::format("Pod/{}/{}", nameSpace, pod)));
    if (!response.body.empty()) // a transport that answers a finished log in one piece
        (void)onText(response.body);
    return {};
}

} // namespace core::kube
