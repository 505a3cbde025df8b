// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/cache.h"

#include <deque>
#include <unordered_map>
#include <unordered_set>

namespace core::kube {

/// A copy in one block of memory: what is kept a hundred thousand times over is kept small. Copies of it are as others.
[[nodiscard]] ObjectPtr compacted(const manifest::Value& object);

/// The objects of a cache and its indexes, and the rules by which lists, events and own writes change them.
/// Not thread-safe: the cache locks. Every function that changes something appends to `changes`.
class CacheStore
{
public:
    using Changes = std::vector<Cache::Change>;

    /// Makes the type's objects in a namespace ("" = in all) equal to a fresh list. An own write that is newer than the
    /// list stays until the watch brings it.
    void replaceAll(const manifest::GroupKind& groupKind, std::string_view nameSpace,
                    const std::vector<ObjectPtr>& list, std::string_view listVersion, Changes& changes);
    /// One event of the type's watch. Doubled and outrun events change nothing.
    void apply(const manifest::GroupKind& groupKind, const WatchEvent& event, Changes& changes);
    void observe(const manifest::Value& written, Changes& changes);
    void removeAll(const manifest::GroupKind& groupKind, Changes& changes);

    [[nodiscard]] ObjectPtr get(const manifest::ResourceKey& key) const;
    [[nodiscard]] std::vector<ObjectPtr> list(const manifest::GroupKind& groupKind, std::string_view nameSpace) const;
    [[nodiscard]] std::vector<ObjectPtr> all() const;
    [[nodiscard]] std::vector<ObjectPtr> children(std::string_view ownerUid) const;

private:
    using Name = std::pair<std::string, std::string>; ///< namespace, name
    struct Entry
    {
        ObjectPtr object;
        bool pending = false; ///< put in by observe() and not seen in the watch yet
        bool kept = false; ///< outlived one list already
        std::uint32_t listed = 0; ///< the last list that had it
    };
    using Entries = std::map<Name, Entry>;

    Entry& put(const manifest::GroupKind& groupKind, Entries& entries, const ObjectPtr& after, bool pending,
               Changes& changes);
    Entries::iterator drop(const manifest::GroupKind& groupKind, Entries& entries, Entries::iterator at,
                           Changes& changes);
    void bury(std::string_view uid);
    void index(const manifest::Value& object, const manifest::ResourceKey& key);
    void unindex(const manifest::Value& object, const manifest::ResourceKey& key);

    std::map<manifest::GroupKind, Entries> m_entries;
    std::uint32_t m_lists = 0; ///< so far
    std::unordered_map<std::string, std::set<manifest::ResourceKey>> m_children; ///< by the owner's uid
    std::unordered_set<std::string> m_buried; ///< uids of deleted objects: late news of them is ignored
    std::deque<std::string> m_burials; ///< oldest first
};

} // namespace core::kube
