// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/cache_store.h"

#include <boost/json.hpp>

#include <charconv>
#include <cstddef>
#include <memory>
#include <new>

namespace core::kube {

using manifest::GroupKind;
using manifest::ResourceKey;
using manifest::Value;

namespace {

constexpr std::size_t kMaxBuried = 20'000;

std::string_view versionOf(const Value& object)
{
    return manifest::text(object, {"metadata", "resourceVersion"});
}

std::optional<std::uint64_t> number(std::string_view version)
{
    std::uint64_t value = 0;
    const auto [end, ec] = std::from_chars(version.data(), version.data() + version.size(), value);
    if (ec != std::errc {} || end != version.data() + version.size() || version.empty())
        return std::nullopt;
    return value;
}

/// Whether version `a` is not newer than `b`. Without numbers only equality can be told.
bool notNewer(std::string_view a, std::string_view b)
{
    const auto x = number(a);
    const auto y = number(b);
    return x && y ? *x <= *y : a == b;
}

constexpr std::size_t alignUp(std::size_t at, std::size_t alignment)
{
    return (at + alignment - 1) / alignment * alignment;
}

/// How much memory the parts of a value take in one piece.
class Measure final : public boost::json::memory_resource
{
public:
    std::size_t bytes = 0;

private:
    void* do_allocate(std::size_t size, std::size_t alignment) override
    {
        bytes = alignUp(bytes, alignment) + size;
        return ::operator new(size, std::align_val_t(alignment));
    }
    void do_deallocate(void* block, std::size_t /*size*/, std::size_t alignment) override
    {
        ::operator delete(block, std::align_val_t(alignment));
    }
    [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
};

/// Memory for objects whose parts lie in one block without gaps. Such an object is never destroyed, its block is freed.
/// Copies of it name this resource as well (so does Boost.JSON), and are made and destroyed on the heap as others are.
/// Thread-safe; lives as long as the program.
class CompactMemory final : public boost::json::memory_resource
{
public:
    static CompactMemory& instance()
    {
        static auto* const kInstance = new CompactMemory; // not destroyed: objects may be kept for longer
        return *kInstance;
    }
    static ObjectPtr copy(const Value& object)
    {
        Measure measure;
        const Value measured(object, boost::json::storage_ptr(&measure));
        constexpr auto kAlignment = alignof(std::max_align_t);
        constexpr auto kFirst = alignUp(sizeof(Value), kAlignment);
        auto* block = static_cast<std::byte*>(::operator new(kFirst + measure.bytes));
        t_next = block + kFirst;
        const auto* value = new (block) Value(object, boost::json::storage_ptr(&instance()));
        t_next = nullptr;
        return {value, [](const Value* held) { ::operator delete(const_cast<Value*>(held)); }}; // NOLINT: made here
    }

private:
    void* do_allocate(std::size_t size, std::size_t alignment) override
    {
        if (t_next == nullptr)
            return ::operator new(size, std::align_val_t(alignment));
        auto* at = t_next + (alignment - reinterpret_cast<std::uintptr_t>(t_next) % alignment) % alignment; // NOLINT
        t_next = at + size;
        return at;
    }
    void do_deallocate(void* block, std::size_t /*size*/, std::size_t alignment) override
    {
        ::operator delete(block, std::align_val_t(alignment));
    }
    [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

    static thread_local std::byte* t_next; ///< in the block that this thread fills; null: none
};
thread_local std::byte* CompactMemory::t_next = nullptr;

std::pair<std::string, std::string> nameOf(const Value& object)
{
    return {std::string(manifest::nameSpace(object)), std::string(manifest::name(object))};
}

} // namespace

ObjectPtr compacted(const Value& object)
{
    return CompactMemory::copy(object);
}

void CacheStore::index(const Value& object, const ResourceKey& key)
{
    for (const auto& owner : manifest::array(object, {"metadata", "ownerReferences"})) {
        if (const auto uid = manifest::text(owner, {"uid"}); !uid.empty())
            m_children[std::string(uid)].insert(key);
    }
}

void CacheStore::unindex(const Value& object, const ResourceKey& key)
{
    for (const auto& owner : manifest::array(object, {"metadata", "ownerReferences"})) {
        const auto it = m_children.find(std::string(manifest::text(owner, {"uid"})));
        if (it == m_children.end())
            continue;
        it->second.erase(key);
        if (it->second.empty())
            m_children.erase(it);
    }
}

void CacheStore::bury(std::string_view uid)
{
    if (uid.empty() || !m_buried.emplace(uid).second)
        return;
    m_burials.emplace_back(uid);
    if (m_burials.size() > kMaxBuried) {
        m_buried.erase(m_burials.front());
        m_burials.pop_front();
    }
}

CacheStore::Entry& CacheStore::put(const GroupKind& groupKind, Entries& entries, const ObjectPtr& after, bool pending,
                                   Changes& changes)
{
    auto name = nameOf(*after);
    const ResourceKey key {groupKind.group, groupKind.kind, name.first, name.second};
    auto& entry = entries[std::move(name)];
    const auto before = entry.object;
    if (before)
        unindex(*before, key);
    index(*after, key);
    entry = {after, pending, false, 0};
    if (before && manifest::uid(*before) != manifest::uid(*after)) {
        bury(manifest::uid(*before));
        changes.push_back({before, nullptr});
        changes.push_back({nullptr, after});
    } else {
        changes.push_back({before, after});
    }
    return entry;
}

CacheStore::Entries::iterator CacheStore::drop(const GroupKind& groupKind, Entries& entries, Entries::iterator at,
                                               Changes& changes)
{
    const auto object = at->second.object;
    unindex(*object, {groupKind.group, groupKind.kind, at->first.first, at->first.second});
    bury(manifest::uid(*object));
    changes.push_back({object, nullptr});
    return entries.erase(at);
}

void CacheStore::replaceAll(const GroupKind& groupKind, std::string_view nameSpace, const std::vector<ObjectPtr>& list,
                            std::string_view listVersion, Changes& changes)
{
    auto& entries = m_entries[groupKind];
    ++m_lists;
    for (const auto& item : list) {
        const auto at = entries.find(nameOf(*item));
        if (at != entries.end())
            at->second.listed = m_lists;
        if (at != entries.end() && manifest::uid(*at->second.object) == manifest::uid(*item)) {
            const auto have = versionOf(*at->second.object);
            if (have == versionOf(*item) || (at->second.pending && notNewer(versionOf(*item), have))) {
                at->second.pending = at->second.pending && have != versionOf(*item);
                continue;
            }
        }
        // An own write of a later bearer of the name: the watch will tell how it came to be.
        if (at != entries.end() && at->second.pending && !at->second.kept
            && !notNewer(versionOf(*at->second.object), listVersion))
            continue;
        put(groupKind, entries, item, false, changes).listed = m_lists;
    }
    auto at = nameSpace.empty() ? entries.begin() : entries.lower_bound({std::string(nameSpace), std::string()});
    while (at != entries.end() && (nameSpace.empty() || at->first.first == nameSpace)) {
        auto& entry = at->second;
        const bool newer = entry.pending && !entry.kept && !notNewer(versionOf(*entry.object), listVersion);
        if (entry.listed == m_lists || newer) {
            entry.kept = newer;
            ++at;
        } else {
            at = drop(groupKind, entries, at, changes);
        }
    }
}

void CacheStore::apply(const GroupKind& groupKind, const WatchEvent& event, Changes& changes)
{
    auto& entries = m_entries[groupKind];
    const auto at = entries.find(nameOf(event.object));
    const bool known = at != entries.end();
    const bool same = known && manifest::uid(*at->second.object) == manifest::uid(event.object);
    if (event.type == WatchEvent::Type::Deleted) {
        if (same)
            drop(groupKind, entries, at, changes);
        else
            bury(manifest::uid(event.object)); // an older bearer of the name, or one that was never seen
        return;
    }
    if (same && notNewer(versionOf(event.object), versionOf(*at->second.object))) {
        if (versionOf(event.object) == versionOf(*at->second.object))
            at->second.pending = false;
        return;
    }
    if (known && !same && notNewer(versionOf(event.object), versionOf(*at->second.object)))
        return; // an earlier bearer of the name: a list in pages can be ahead of the version that it names
    if (!same && m_buried.contains(std::string(manifest::uid(event.object))))
        return;
    put(groupKind, entries, compacted(event.object), false, changes);
}

void CacheStore::observe(const Value& written, Changes& changes)
{
    const auto key = manifest::keyOf(written);
    const auto type = m_entries.find(key.groupKind());
    if (type == m_entries.end() || m_buried.contains(std::string(manifest::uid(written))))
        return;
    const auto at = type->second.find({key.nameSpace, key.name});
    if (at != type->second.end() && manifest::uid(*at->second.object) == manifest::uid(written)
        && notNewer(versionOf(written), versionOf(*at->second.object)))
        return;
    if (at != type->second.end() && manifest::uid(*at->second.object) != manifest::uid(written)
        && notNewer(versionOf(written), versionOf(*at->second.object)))
        return;
    put(key.groupKind(), type->second, compacted(written), true, changes);
}

void CacheStore::removeAll(const GroupKind& groupKind, Changes& changes)
{
    const auto type = m_entries.find(groupKind);
    if (type == m_entries.end())
        return;
    for (auto at = type->second.begin(); at != type->second.end();)
        at = drop(groupKind, type->second, at, changes);
    m_entries.erase(type);
}

ObjectPtr CacheStore::get(const ResourceKey& key) const
{
    const auto type = m_entries.find(key.groupKind());
    if (type == m_entries.end())
        return nullptr;
    const auto at = type->second.find({key.nameSpace, key.name});
    return at == type->second.end() ? nullptr : at->second.object;
}

std::vector<ObjectPtr> CacheStore::list(const GroupKind& groupKind, std::string_view nameSpace) const
{
    std::vector<ObjectPtr> out;
    const auto type = m_entries.find(groupKind);
    if (type == m_entries.end())
        return out;
    const auto& entries = type->second;
    auto at = nameSpace.empty() ? entries.begin() : entries.lower_bound({std::string(nameSpace), std::string()});
    for (; at != entries.end() && (nameSpace.empty() || at->first.first == nameSpace); ++at)
        out.push_back(at->second.object);
    return out;
}

std::vector<ObjectPtr> CacheStore::all() const
{
    std::vector<ObjectPtr> out;
    for (const auto& [groupKind, entries] : m_entries) {
        for (const auto& [name, entry] : entries)
            out.push_back(entry.object);
    }
    return out;
}

std::vector<ObjectPtr> CacheStore::children(std::string_view ownerUid) const
{
    std::vector<ObjectPtr> out;
    const auto it = m_children.find(std::string(ownerUid));
    if (it == m_children.end())
        return out;
    for (const auto& key : it->second) {
        if (auto object = get(key))
            out.push_back(std::move(object));
    }
    return out;
}

} // namespace core::kube
