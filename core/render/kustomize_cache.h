// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/kustomize_model.h"
#include "core/render/kustomize_source.h"
#include "core/render/kustomize_tables.h"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <list>
#include <mutex>
#include <span>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace core::render::kustomize {

/// Values by key; what nobody asked for since long is dropped when they weigh too much. Several may have one key: what
/// tells them apart is asked of the caller. Thread-safe; values are immutable.
template<class T, class Key = std::string, class Hash = std::hash<Key>>
class WeighedCache
{
public:
    using Ptr = std::shared_ptr<const T>;
    explicit WeighedCache(std::size_t limit, std::size_t versions = 1)
        : m_limit(limit)
        , m_versions(versions)
    {
    }
    [[nodiscard]] std::vector<Ptr> find(const Key& key)
    {
        const std::scoped_lock lock(m_mutex);
        std::vector<Ptr> found;
        if (const auto it = m_index.find(key); it != m_index.end()) {
            for (const auto entry : it->second) {
                found.push_back(entry->value);
                entry->wasUsed = true;
            }
        }
        return found;
    }
    /// The one that was put last; or nullptr.
    [[nodiscard]] Ptr newest(const Key& key)
    {
        const std::scoped_lock lock(m_mutex);
        const auto it = m_index.find(key);
        if (it == m_index.end())
            return nullptr;
        const auto entry = it->second.front();
        entry->wasUsed = true;
        return entry->value;
    }
    void put(const Key& key, Ptr value, std::size_t weight)
    {
        const std::scoped_lock lock(m_mutex);
        auto& slots = m_index[key];
        m_entries.push_front({key, std::move(value), weight, true});
        const auto fresh = m_entries.begin();
        slots.insert(slots.begin(), fresh);
        m_weight += weight;
        if (slots.size() > m_versions)
            drop(slots.back());
        // What was used since it came here gets a second turn.
        while (m_weight > m_limit && m_entries.size() > 1) {
            const auto last = std::prev(m_entries.end());
            if (std::exchange(last->wasUsed, false))
                m_entries.splice(m_entries.begin(), m_entries, last);
            else
                drop(last);
        }
        fresh->wasUsed = false; // it only outlived its own arrival
    }
    [[nodiscard]] std::size_t weight() const
    {
        const std::scoped_lock lock(m_mutex);
        return m_weight;
    }

private:
    struct Entry
    {
        Key key;
        Ptr value;
        std::size_t weight = 0;
        bool wasUsed = false;
    };
    using Place = typename std::list<Entry>::iterator;
    void drop(Place entry)
    {
        const auto it = m_index.find(entry->key);
        it->second.erase(std::find(it->second.begin(), it->second.end(), entry));
        if (it->second.empty())
            m_index.erase(it);
        m_weight -= entry->weight;
        m_entries.erase(entry);
    }

    const std::size_t m_limit, m_versions;
    mutable std::mutex m_mutex;
    std::list<Entry> m_entries; ///< put last first
    std::unordered_map<Key, boost::container::small_vector<Place, 1>, Hash> m_index; ///< put last first
    std::size_t m_weight = 0;
};

/// A base as it was built, with everything that it depends on.
struct Base
{
    Accumulated all; ///< with ids made, so that reading it changes nothing
    Reads reads;
    std::vector<std::string> warnings;
    std::vector<std::string> roots; ///< folders of the kustomizations in it
    std::size_t height = 0; ///< levels of kustomizations, itself included
    std::shared_ptr<const Schema> schema; ///< that was in force
    bool schemaChosen = false; ///< by someone before
};
using BasePtr = std::shared_ptr<const Base>;

/// A kustomization as its file says it.
struct ReadKustomization
{
    Value value;
    std::vector<std::string> warnings;
};

/// An object as it was printed.
struct Printed
{
    std::shared_ptr<const Node> root;
    std::shared_ptr<const Notes> notes; ///< its provenance too
    std::shared_ptr<const Value> value;
    std::string yaml;
};

/// What edits made of objects, so that the next build of the same does not copy and edit them again: see
/// ResMap::editEach. Objects that came together are known together. Thread-safe, bounded.
class Edits
{
public:
    using Group = std::span<Resource>;
    /// Makes the objects what came of this edit before; false where that is not known.
    [[nodiscard]] bool repeat(Group group, std::uint32_t what);
    void keep(std::vector<Resource> before, Group after, std::uint32_t what);
    /// Of an edit that a text says all about; two texts never have one number. 0 without edits.
    [[nodiscard]] static std::uint32_t number(Edits* edits, const std::string& what);
    [[nodiscard]] static std::uint32_t number(Edits* edits, const Touch& touch);

    /// A name that stands in objects that refer to others, and everything that it may mean.
    struct Lookup
    {
        std::string name;
        std::vector<std::pair<std::shared_ptr<const Resource::Identity>, std::shared_ptr<const Notes>>> found;
    };
    /// What objects became when their references were followed: for as long as all lookups find the same.
    struct Made
    {
        std::vector<Resource> before; ///< held, so that nothing else gets their places in memory
        std::vector<Resource> after;
        std::vector<Lookup> lookups;
        std::uint32_t what = 0;
    };
    [[nodiscard]] std::shared_ptr<const Made> find(Group group, std::uint32_t what);
    void keep(Made made);

    /// How an object was printed; nullptr where that is not known.
    [[nodiscard]] std::shared_ptr<const Printed> printed(const Resource& resource);
    void keepPrinted(const Resource& resource, std::shared_ptr<const Printed> printed, std::size_t weight);

private:
    struct Shown
    {
        Resource object;
        std::shared_ptr<const Printed> printed;
    };
    WeighedCache<Made, std::size_t> m_made {std::size_t {144} << 20U}; ///< by places in memory
    WeighedCache<Shown, std::size_t> m_shown {std::size_t {96} << 20U};
    std::mutex m_mutex;
    std::unordered_map<std::string, std::uint32_t> m_numbers;
    std::uint32_t m_lastNumber = 0;
};

/// What builds share. Thread-safe, bounded.
struct Cache
{
    WeighedCache<std::vector<std::shared_ptr<const Node>>> files {std::size_t {64} << 20U}; ///< by path and text
    WeighedCache<ReadKustomization> kustomizations {std::size_t {16}
                                                    << 20U}; ///< by text: many of a repository are alike
    WeighedCache<Base> bases {std::size_t {192} << 20U, 4}; ///< by folder and what else decides, but for its files
    WeighedCache<Printed> printed {std::size_t {96} << 20U, 2}; ///< by id
    WeighedCache<Schema> schemas {std::size_t {64} << 20U}; ///< by text
    Edits edits;

    /// Otherwise only what one build needs several times is kept: trees are then edited where they are.
    bool keeps = true;
    bool notesTouches = true; ///< for provenance
    bool makesValues = true; ///< of the output's objects; otherwise there is only its text
    /// Of a build that keeps nothing: who ends with its output need not take its objects apart.
    Accumulated last {};
    /// Whether something is to be kept, asked each time that it was made.
    [[nodiscard]] bool wants(std::string_view key)
    {
        if (keeps)
            return true;
        const auto hash = std::hash<std::string_view> {}(key); // two keys with one hash: one more is kept
        const std::scoped_lock lock(m_mutex);
        return !m_once.insert(hash).second;
    }

private:
    std::mutex m_mutex;
    std::unordered_set<std::size_t> m_once;
};

/// Bytes that a tree takes in memory, about.
[[nodiscard]] std::size_t weightOf(const Node& node);

} // namespace core::render::kustomize
