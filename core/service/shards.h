// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/service/lease.h"

#include <set>
#include <vector>

namespace core::service {

/// Which of the members owns a key: rendezvous hashing, so that only the keys of a member that comes or goes move.
/// "" where there are none.
[[nodiscard]] std::string ownerOf(const std::set<std::string>& members, std::string_view key);

/// The replicas that share the applications of one cluster. Each keeps a Lease of its own, which tells the others that
/// it lives. A key that moves to this replica from one that lives is taken after a pause in which the other has
/// noticed, so that no key ever has two owners. Thread-safe.
class Shards
{
public:
    struct Options
    {
        std::string nameSpace;
        std::string group = "pilothouse-controller"; ///< value of the Leases' label pilothouse.io/shards
        std::string identity;
        Duration duration = std::chrono::seconds(15);
        Duration renewDeadline = std::chrono::seconds(10);
        Duration settle = std::chrono::seconds(6); ///< at least twice the time between two updates
    };
    Shards(std::shared_ptr<kube::Client> client, std::shared_ptr<Clock> clock, Options options);

    /// Renews the own Lease and looks at those of the others; to be repeated every few seconds. Whether keys may have
    /// moved.
    [[nodiscard]] Result<bool> update(std::stop_token stop);
    [[nodiscard]] bool owns(std::string_view key) const;
    [[nodiscard]] std::set<std::string> members() const;
    [[nodiscard]] bool alive() const { return m_lease.held(); }
    /// Leaves at once: the own Lease is given up.
    void leave();

private:
    [[nodiscard]] std::set<std::string> look(const std::vector<manifest::Value>& leases, TimePoint now);

    std::shared_ptr<kube::Client> m_client;
    std::shared_ptr<Clock> m_clock;
    Options m_options;
    Lease m_lease;
    mutable std::mutex m_mutex;
    std::map<std::string, std::pair<std::string, TimePoint>> m_seen; ///< by Lease: its renewTime, and when it changed
    std::set<std::string> m_members;
    std::set<std::string> m_before; ///< when they were settled last
    TimePoint m_changedAt = TimePoint::max();
    bool m_settled = false;
};

} // namespace core::service
