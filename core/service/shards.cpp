// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/shards.h"

#include "core/base/strings.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::service {

using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kLabel = "pilothouse.io/shards";

std::uint64_t weight(std::string_view member, std::string_view key)
{
    std::uint64_t hash = 14695981039346656037ULL;
    const auto add = [&](std::string_view text) {
        for (const char c : text)
            hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    };
    add(member);
    add(std::string_view("\0", 1));
    add(key);
    hash ^= hash >> 30U; // FNV alone spreads poorly in its high bits
    hash *= 0xbf58476d1ce4e5b9ULL;
    hash ^= hash >> 27U;
    hash *= 0x94d049bb133111ebULL;
    return hash ^ (hash >> 31U);
}

Lease::Options leaseOptions(const Shards::Options& options)
{
    Lease::Options out;
    out.nameSpace = options.nameSpace;
    out.name = options.group + "-" + sha256Hex(options.identity).substr(0, 12);
    out.identity = options.identity;
    out.labels = {{std::string(kLabel), options.group}};
    out.duration = options.duration;
    out.renewDeadline = options.renewDeadline;
    return out;
}

} // namespace

std::string ownerOf(const std::set<std::string>& members, std::string_view key)
{
    const auto best = std::max_element(members.begin(), members.end(),
                                       [&](const auto& a, const auto& b) { return weight(a, key) < weight(b, key); });
    return best == members.end() ? std::string {} : *best;
}

Shards::Shards(std::shared_ptr<kube::Client> client, std::shared_ptr<Clock> clock, Options options)
    : m_client(client)
    , m_clock(clock)
    , m_options(std::move(options))
    , m_lease(std::move(client), std::move(clock), leaseOptions(m_options))
{
}

std::set<std::string> Shards::look(const std::vector<Value>& leases, TimePoint now)
{
    std::set<std::string> out;
    for (const auto& lease : leases) {
        auto& [renewed, at] = m_seen[std::string(manifest::name(lease))];
        if (const auto latest = text(lease, {"spec", "renewTime"}); latest != renewed) {
            renewed = latest;
            at = now;
        }
        const std::string holder(text(lease, {"spec", "holderIdentity"}));
        const std::chrono::seconds duration(manifest::integer(lease, {"spec", "leaseDurationSeconds"}).value_or(15));
        if (!holder.empty() && now - at <= duration)
            out.insert(holder);
    }
    return out;
}

Result<bool> Shards::update(std::stop_token stop)
{
    PH_TRY(const bool held, m_lease.tryHold(stop));
    if (!held)
        return fail(Error::Code::Conflict, "another process has the identity " + m_options.identity);
    PH_TRY(const auto type, m_client->resolve("coordination.k8s.io/v1", "Lease", stop));
    kube::ListOptions options;
    options.labelSelector = std::string(kLabel) + "=" + m_options.group;
    PH_TRY(const auto list, m_client->list(type, m_options.nameSpace, options, stop));
    const auto now = m_clock->now();
    const std::lock_guard lock(m_mutex);
    auto members = look(list.items, now);
    if (members != m_members) {
        if (m_settled)
            m_before = m_members;
        m_members = std::move(members);
        m_changedAt = now;
        m_settled = false;
        return true;
    }
    if (!m_settled && now - m_changedAt >= m_options.settle)
        return m_settled = true;
    return false;
}

bool Shards::owns(std::string_view key) const
{
    if (!m_lease.held())
        return false;
    const std::lock_guard lock(m_mutex);
    if (ownerOf(m_members, key) != m_options.identity)
        return false;
    if (m_settled)
        return true;
    // Not settled yet: what was ours when all agreed stays ours, and what a dead one left may be taken at once.
    const auto owner = ownerOf(m_before, key);
    return !owner.empty()
        && (owner == m_options.identity || (m_before.contains(m_options.identity) && !m_members.contains(owner)));
}

std::set<std::string> Shards::members() const
{
    const std::lock_guard lock(m_mutex);
    return m_members;
}

void Shards::leave()
{
    m_lease.release();
}

} // namespace core::service
