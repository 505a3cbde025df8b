// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/store.h"

#include "core/embedded/database.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <shared_mutex>

namespace core::embedded {

using manifest::Object;
using manifest::Value;

namespace {

/// kind, apiVersion and metadata first, then the rest in its order.
void arrange(Value& object)
{
    auto* members = object.if_object();
    if (members == nullptr)
        return;
    const auto first = members->begin();
    if (members->size() >= 3 && first->key() == "kind" && (first + 1)->key() == "apiVersion"
        && (first + 2)->key() == "metadata")
        return;
    Object ordered(members->storage());
    ordered.reserve(members->size());
    for (const auto* key : {"kind", "apiVersion", "metadata"})
        ordered[key] = members->contains(key) ? std::move((*members)[key]) : Value();
    for (auto& member : *members)
        if (!ordered.contains(member.key()))
            ordered[member.key()] = std::move(member.value());
    *members = std::move(ordered);
}

struct Table
{
    using Key = std::pair<std::string, std::string>;
    using KeyView = std::pair<std::string_view, std::string_view>;
    struct Less
    {
        using is_transparent = void;
        template<class A, class B>
        bool operator()(const A& a, const B& b) const
        {
            return KeyView(a.first, a.second) < KeyView(b.first, b.second);
        }
    };
    std::map<Key, StoredPtr, Less> objects;
    std::deque<StoreEvent> events;
    std::uint64_t floor = 0; ///< events up to here are not kept
    mutable std::condition_variable_any changed;

    [[nodiscard]] std::uint64_t last() const { return events.empty() ? floor : events.back().version; }
};

} // namespace

Stored::Stored(Value value, std::uint64_t version)
    : m_version(version)
{
    arrange(value);
    m_json = boost::json::serialize(value);
    std::call_once(m_parsed, [&] { m_value = std::move(value); });
}

Stored::Stored(std::string json, std::uint64_t version)
    : m_version(version)
    , m_json(std::move(json))
{
}

const Value& Stored::value() const
{
    std::call_once(m_parsed, [this] {
        if (auto parsed = manifest::parseJson(m_json))
            m_value = std::move(*parsed);
        if (!m_value.is_object())
            m_value.emplace_object();
    });
    return m_value;
}

struct Store::Private
{
    mutable std::shared_mutex mutex;
    mutable std::condition_variable_any changed;
    std::map<std::string, Table, std::less<>> tables;
    std::uint64_t version = 0;
    std::uint64_t opened = 0; ///< version at start: no events before it are known
    std::unique_ptr<Database> database;
    std::optional<Error> writeProblem; ///< of the last write
    Options options;

    Result<> written(Result<> result)
    {
        writeProblem = result ? std::optional<Error> {} : result.error();
        return result;
    }

    struct Subscriber
    {
        std::mutex mutex;
        Listener listener;
    };
    mutable std::mutex listenerMutex;
    std::vector<std::shared_ptr<Subscriber>> subscribers;

    /// Takes over the objects that the store begins with.
    Result<> sow()
    {
        if (!tables.empty())
            return fail(Error::Code::AlreadyExists, "there is a cluster already", options.folder.string(),
                        "choose a folder that is empty or new");
        std::vector<Database::Row> rows;
        for (const auto& seed : options.seeds) {
            options.seedVersion = std::max(options.seedVersion, seed.object->version());
            if (database)
                rows.push_back({seed.type, seed.nameSpace, seed.name, seed.object->json(), seed.object->version()});
        }
        if (database)
            PH_CHECK(database->fill(rows, options.seedVersion));
        version = opened = options.seedVersion;
        for (auto& seed : options.seeds)
            table(seed.type).objects[{std::move(seed.nameSpace), std::move(seed.name)}] = std::move(seed.object);
        return {};
    }

    Table& table(std::string_view type)
    {
        auto it = tables.find(type);
        if (it == tables.end()) {
            it = tables.try_emplace(std::string(type)).first;
            it->second.floor = opened;
        }
        return it->second;
    }

    void record(Table& table, StoreEvent event)
    {
        version = event.version;
        table.events.push_back(std::move(event));
        while (table.events.size() > options.eventWindow) {
            table.floor = table.events.front().version;
            table.events.pop_front();
        }
    }

    void notify(const Table& table, std::string_view type) const
    {
        table.changed.notify_all();
        changed.notify_all();
        std::vector<std::shared_ptr<Subscriber>> all;
        {
            const std::lock_guard lock(listenerMutex);
            if (subscribers.empty())
                return;
            all = subscribers;
        }
        for (const auto& subscriber : all) {
            const std::lock_guard lock(subscriber->mutex);
            if (subscriber->listener)
                subscriber->listener(type);
        }
    }
};

Store::Store(std::unique_ptr<Private> d)
    : m_d(std::move(d))
{
}
Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::open(const Options& options)
{
    auto d = std::make_unique<Private>();
    d->options = options;
    if (!options.folder.empty()) {
        std::error_code ec;
        std::filesystem::create_directories(options.folder, ec);
        if (ec)
            return fail(Error::Code::Io, "cannot make the folder of the embedded cluster: " + ec.message(),
                        options.folder.string());
        PH_TRY(d->database, Database::open(options.folder / "cluster.db"));
        PH_TRY(d->version, d->database->version());
        d->opened = d->version;
        PH_CHECK(d->database->forEach([&](Database::Row row) {
            d->table(row.type).objects[{std::move(row.nameSpace), std::move(row.name)}] =
                std::make_shared<const Stored>(std::move(row.json), row.version);
        }));
    }
    if (!options.seeds.empty())
        PH_CHECK(d->sow());
    d->options.seeds.clear();
    return std::unique_ptr<Store>(new Store(std::move(d)));
}

std::uint64_t Store::version() const
{
    const std::shared_lock lock(m_d->mutex);
    return m_d->version;
}

StoredPtr Store::get(std::string_view type, std::string_view nameSpace, std::string_view name) const
{
    const std::shared_lock lock(m_d->mutex);
    const auto table = m_d->tables.find(type);
    if (table == m_d->tables.end())
        return {};
    const auto it = table->second.objects.find(Table::KeyView(nameSpace, name));
    return it == table->second.objects.end() ? StoredPtr {} : it->second;
}

Store::Listing Store::list(std::string_view type, std::string_view nameSpace, const Place& after,
                           std::size_t limit) const
{
    Listing out;
    const std::shared_lock lock(m_d->mutex);
    out.version = m_d->version;
    const auto found = m_d->tables.find(type);
    if (found == m_d->tables.end())
        return out;
    const auto& objects = found->second.objects;
    if (nameSpace.empty())
        out.items.reserve(std::min(objects.size(), limit));
    auto it = objects.lower_bound(Place(nameSpace, {}));
    if (after > Place(nameSpace, {}))
        it = objects.upper_bound(after);
    for (; it != objects.end() && out.items.size() < limit; ++it) {
        if (!nameSpace.empty() && it->first.first != nameSpace)
            break;
        out.items.push_back(it->second);
    }
    return out;
}

std::size_t Store::count(std::string_view type, std::string_view nameSpace) const
{
    const std::shared_lock lock(m_d->mutex);
    const auto found = m_d->tables.find(type);
    if (found == m_d->tables.end())
        return 0;
    const auto& objects = found->second.objects;
    if (nameSpace.empty())
        return objects.size();
    std::size_t n = 0;
    for (auto it = objects.lower_bound(Table::KeyView(nameSpace, {})); it != objects.end(); ++it, ++n)
        if (it->first.first != nameSpace)
            break;
    return n;
}

std::vector<std::string> Store::types() const
{
    const std::shared_lock lock(m_d->mutex);
    std::vector<std::string> out;
    for (const auto& [type, table] : m_d->tables)
        if (!table.objects.empty())
            out.push_back(type);
    return out;
}

Result<StoredPtr> Store::put(std::string_view type, std::string_view nameSpace, std::string_view name, Value object,
                             std::uint64_t expected)
{
    Table* table = nullptr;
    StoredPtr stored;
    {
        const std::unique_lock lock(m_d->mutex);
        table = &m_d->table(type);
        const auto it = table->objects.find(Table::KeyView(nameSpace, name));
        const bool exists = it != table->objects.end();
        if (exists && expected == 0)
            return fail(Error::Code::AlreadyExists, fmt::format("{} {} exists", type, name));
        if (!exists && expected != 0)
            return fail(Error::Code::NotFound, fmt::format("{} {} does not exist", type, name));
        if (exists && it->second->version() != expected)
            return fail(Error::Code::Conflict, fmt::format("{} {} has changed", type, name));
        const auto version = m_d->version + 1;
        manifest::ensure(object, {"metadata", "resourceVersion"}) = boost::json::string(std::to_string(version));
        stored = std::make_shared<const Stored>(std::move(object), version);
        if (m_d->database)
            PH_CHECK(m_d->written(m_d->database->put(type, nameSpace, name, version, stored->json())));
        StoreEvent event {StoreEvent::Type::Added, version, stored, {}};
        if (exists) {
            event.type = StoreEvent::Type::Modified;
            event.previous = std::exchange(it->second, stored);
        } else {
            table->objects.emplace(Table::Key(nameSpace, name), stored);
        }
        m_d->record(*table, std::move(event));
    }
    m_d->notify(*table, type);
    return stored;
}

Result<StoredPtr> Store::remove(std::string_view type, std::string_view nameSpace, std::string_view name,
                                std::uint64_t expected)
{
    Table* table = nullptr;
    StoredPtr last;
    {
        const std::unique_lock lock(m_d->mutex);
        table = &m_d->table(type);
        const auto it = table->objects.find(Table::KeyView(nameSpace, name));
        if (it == table->objects.end())
            return fail(Error::Code::NotFound, fmt::format("{} {} does not exist", type, name));
        if (it->second->version() != expected)
            return fail(Error::Code::Conflict, fmt::format("{} {} has changed", type, name));
        const auto version = m_d->version + 1;
        Value object = it->second->value();
        manifest::ensure(object, {"metadata", "resourceVersion"}) = boost::json::string(std::to_string(version));
        last = std::make_shared<const Stored>(std::move(object), version);
        if (m_d->database)
            PH_CHECK(m_d->written(m_d->database->remove(type, nameSpace, name, version)));
        StoreEvent event {StoreEvent::Type::Deleted, version, last, it->second};
        table->objects.erase(it);
        m_d->record(*table, std::move(event));
    }
    m_d->notify(*table, type);
    return last;
}

std::optional<Error> Store::writeProblem() const
{
    const std::shared_lock lock(m_d->mutex);
    return m_d->writeProblem;
}

Result<std::vector<StoreEvent>> Store::events(std::string_view type, std::uint64_t after, std::size_t limit) const
{
    const std::shared_lock lock(m_d->mutex);
    const auto found = m_d->tables.find(type);
    const auto floor = found == m_d->tables.end() ? m_d->opened : found->second.floor;
    if (after < floor)
        return fail(Error::Code::Gone, fmt::format("too old resource version: {} ({})", after, floor));
    std::vector<StoreEvent> out;
    if (found == m_d->tables.end())
        return out;
    const auto& events = found->second.events;
    auto it = std::upper_bound(events.begin(), events.end(), after,
                               [](std::uint64_t version, const StoreEvent& event) { return version < event.version; });
    for (; it != events.end() && out.size() < limit; ++it)
        out.push_back(*it);
    return out;
}

bool Store::wait(std::string_view type, std::uint64_t after, std::chrono::steady_clock::time_point deadline,
                 std::stop_token stop) const
{
    const Table* table = nullptr;
    {
        const std::unique_lock lock(m_d->mutex);
        table = &m_d->table(type); // tables never go away
    }
    std::shared_lock lock(m_d->mutex);
    return table->changed.wait_until(lock, std::move(stop), deadline, [&] { return table->last() > after; });
}

bool Store::waitAny(std::uint64_t after, std::chrono::steady_clock::time_point deadline, std::stop_token stop) const
{
    std::shared_lock lock(m_d->mutex);
    return m_d->changed.wait_until(lock, std::move(stop), deadline, [&] { return m_d->version > after; });
}

std::shared_ptr<void> Store::listen(Listener listener)
{
    auto subscriber = std::make_shared<Private::Subscriber>();
    subscriber->listener = std::move(listener);
    const std::lock_guard lock(m_d->listenerMutex);
    m_d->subscribers.push_back(subscriber);
    return {static_cast<void*>(subscriber.get()), [d = m_d.get(), subscriber](void*) {
                {
                    const std::lock_guard inner(d->listenerMutex);
                    std::erase(d->subscribers, subscriber);
                }
                const std::lock_guard inner(subscriber->mutex);
                subscriber->listener = nullptr;
            }};
}

} // namespace core::embedded
