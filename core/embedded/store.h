// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/manifest/value.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace core::embedded {

/// One version of one object as it lies in the store: immutable and shared by all readers. Its text always begins with
/// {"kind":…,"apiVersion":…, so that answers can be put together from texts without parsing.
class Stored
{
public:
    Stored(manifest::Value value, std::uint64_t version);
    /// From disk: parsed when its value is first asked for.
    Stored(std::string json, std::uint64_t version);

    [[nodiscard]] std::uint64_t version() const { return m_version; }
    [[nodiscard]] const std::string& json() const { return m_json; }
    [[nodiscard]] const manifest::Value& value() const;

private:
    std::uint64_t m_version;
    std::string m_json;
    mutable std::once_flag m_parsed;
    mutable manifest::Value m_value;
};
using StoredPtr = std::shared_ptr<const Stored>;

struct StoreEvent
{
    enum class Type : std::uint8_t { Added, Modified, Deleted };
    Type type = Type::Added;
    std::uint64_t version = 0;
    StoredPtr object; ///< deleted: the last content with the version of the deletion
    StoredPtr previous; ///< null when added
};

/// All objects of a cluster with one counter of versions, kept in memory and written through to SQLite. A write has
/// reached the database file when put() or remove() returns, so it survives a kill of the process. Thread-safe.
class Store
{
public:
    /// An object that a store begins with.
    struct Seed
    {
        std::string type, nameSpace, name;
        StoredPtr object;
    };
    struct Options
    {
        std::filesystem::path folder; ///< holds cluster.db; "" = in memory only
        std::size_t eventWindow = 8192; ///< events kept for each type
        std::vector<Seed> seeds {}; ///< of a new store
        std::uint64_t seedVersion = 0; ///< the counter with them
    };
    /// Conflict where another process has the folder open; Io with the path where the database is corrupt or the disk
    /// refuses; AlreadyExists where there are seeds and the folder has objects.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const Options& options);
    ~Store();

    /// The counter: the version of the last write.
    [[nodiscard]] std::uint64_t version() const;
    /// `type` is "group/plural": "/pods", "apps/deployments".
    [[nodiscard]] StoredPtr get(std::string_view type, std::string_view nameSpace, std::string_view name) const;

    struct Listing
    {
        std::vector<StoredPtr> items; ///< by namespace, then name
        std::uint64_t version = 0; ///< the counter when the list was taken
    };
    using Place = std::pair<std::string_view, std::string_view>; ///< namespace, name
    /// `nameSpace` "" = all; those behind `after`, at most `limit`. Consistent: no write happens while it is taken.
    [[nodiscard]] Listing list(std::string_view type, std::string_view nameSpace = {}, const Place& after = {},
                               std::size_t limit = std::numeric_limits<std::size_t>::max()) const;
    [[nodiscard]] std::size_t count(std::string_view type, std::string_view nameSpace = {}) const;
    [[nodiscard]] std::vector<std::string> types() const;

    /// Writes an object and sets its metadata.resourceVersion. `expected` is the version that it replaces, 0 for a new
    /// object. Conflict: the stored version is another one; AlreadyExists: expected is 0 and there is one; NotFound:
    /// expected is not 0 and there is none.
    [[nodiscard]] Result<StoredPtr> put(std::string_view type, std::string_view nameSpace, std::string_view name,
                                        manifest::Value object, std::uint64_t expected);
    /// Removes it if the stored version is `expected`. Returns the last content with the version of the deletion.
    [[nodiscard]] Result<StoredPtr> remove(std::string_view type, std::string_view nameSpace, std::string_view name,
                                           std::uint64_t expected);

    /// Why the last write did not reach the file (the disk is full ...); none once a write does.
    [[nodiscard]] std::optional<Error> writeProblem() const;

    /// The events of a type after a version, oldest first, at most `limit`. Gone: some of them are no longer kept.
    [[nodiscard]] Result<std::vector<StoreEvent>> events(std::string_view type, std::uint64_t after,
                                                         std::size_t limit = 1000) const;
    /// Waits until the type has an event after `after`, until stop, deadline or wakeAll(). Returns whether it has one.
    bool wait(std::string_view type, std::uint64_t after, std::chrono::steady_clock::time_point deadline,
              std::stop_token stop) const;
    /// Waits until the counter is above `after`, whatever the type.
    bool waitAny(std::uint64_t after, std::chrono::steady_clock::time_point deadline, std::stop_token stop) const;

    /// Called after each write with its type, on the writing thread, outside of locks; must be quick and not write.
    using Listener = std::function<void(std::string_view type)>;
    /// The returned handle ends the subscription when it dies (and waits for a call in progress).
    [[nodiscard]] std::shared_ptr<void> listen(Listener listener);

private:
    struct Private;
    explicit Store(std::unique_ptr<Private> d);
    std::unique_ptr<Private> m_d;
};

} // namespace core::embedded
