// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/client.h"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace core::kube {

using ObjectPtr = std::shared_ptr<const manifest::Value>;

/// A local copy of all objects of the watched types of one cluster, kept by list+watch: one stream per type, shared by
/// all readers; resumes from the last resourceVersion, relists on 410 without losing or doubling an event.
/// All functions may be called from any thread. Callbacks come from the cache's threads, one at a time.
class Cache
{
public:
    struct Change
    {
        ObjectPtr before; ///< null when added
        ObjectPtr after; ///< null when deleted
        [[nodiscard]] const manifest::Value& object() const { return after ? *after : *before; }
    };
    using Listener = std::function<void(const std::vector<Change>&)>;

    struct Options
    {
        std::chrono::milliseconds firstBackoff {800}; ///< after a failed list or watch; doubles
        std::chrono::milliseconds longestBackoff {30'000};
        /// Not empty: only objects in these are watched, for clients that may list no others.
        std::vector<std::string> namespaces {};
        bool clusterResources = true; ///< with `namespaces`: types without a namespace are watched too
    };

    explicit Cache(std::shared_ptr<Client> client);
    Cache(std::shared_ptr<Client> client, Options options);
    ~Cache(); ///< stops and joins its threads

    /// Starts watching a type in all namespaces of the options (no-op where it is watched already) and waits until its
    /// first list is in. Forbidden for a type without a namespace that the options leave out. The error of a failed
    /// first attempt is returned; the cache goes on trying by itself, see problems().
    [[nodiscard]] Result<> watch(const ResourceType& type, std::stop_token stop);
    /// Starts watching every listable and watchable type that discovery knows (one version of each, `events` of the
    /// core group only); later CRDs are picked up by themselves, and removed ones given up. Waits like watch(), but a
    /// type that cannot be listed is no error here: see problems().
    [[nodiscard]] Result<> watchAll(std::stop_token stop);

    [[nodiscard]] ObjectPtr get(const manifest::ResourceKey& key) const;
    [[nodiscard]] std::vector<ObjectPtr> list(const manifest::GroupKind& groupKind,
                                              std::string_view nameSpace = {}) const;
    [[nodiscard]] std::vector<ObjectPtr> all() const;
    /// Objects whose metadata.ownerReferences names this uid.
    [[nodiscard]] std::vector<ObjectPtr> children(std::string_view ownerUid) const;
    [[nodiscard]] std::vector<ResourceType> types() const;
    /// Puts an object that the caller has just written into the cache, so that it reads its own writes before the watch
    /// brings them; older resourceVersions are ignored.
    void observe(const manifest::Value& written);

    /// Types whose watch fails at the moment, with the reason; empty when all is well.
    [[nodiscard]] std::map<manifest::GroupKind, Error> problems() const;
    /// How many types are watched, failing ones included.
    [[nodiscard]] std::size_t watchedTypes() const;

    class Subscription
    {
    public:
        Subscription() = default;
        explicit Subscription(std::function<void()> end);
        Subscription(Subscription&&) noexcept;
        Subscription& operator=(Subscription&&) noexcept;
        ~Subscription(); ///< waits for a callback in progress
    private:
        std::function<void()> m_end;
    };
    /// Calls the listener with all changes from now on, in order, in batches, from one thread of the cache. It may call
    /// anything of this class but must not destroy the cache.
    [[nodiscard]] Subscription subscribe(Listener listener);
    /// Waits until every change that is in the cache now has been delivered to the listeners.
    void flush();

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace core::kube
