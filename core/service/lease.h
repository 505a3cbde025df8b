// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/kube/client.h"

#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

namespace core::service {

/// One Lease (coordination.k8s.io) that at most one holder has at a time, as client-go's leader election takes it: a
/// lease has run out when it was not seen to change for its duration by the clock of the one who looks, so that clocks
/// need not agree. Thread-safe.
class Lease
{
public:
    struct Options
    {
        std::string nameSpace;
        std::string name;
        std::string identity; ///< of this process
        std::map<std::string, std::string> labels;
        Duration duration = std::chrono::seconds(15);
        Duration renewDeadline = std::chrono::seconds(10); ///< held() ends that long after the last renewal
    };
    Lease(std::shared_ptr<kube::Client> client, std::shared_ptr<Clock> clock, Options options);

    /// One attempt to get or keep it; to be repeated every few seconds. Whether it is held now.
    [[nodiscard]] Result<bool> tryHold(std::stop_token stop);
    /// False, too, where it could not be renewed in time: who relies on it must stop by then.
    [[nodiscard]] bool held() const;
    [[nodiscard]] std::string holder() const; ///< as last seen
    /// Gives it up at once, for others to take.
    void release();

private:
    [[nodiscard]] manifest::Value claim(const manifest::Value* before, TimePoint now) const;

    std::shared_ptr<kube::Client> m_client;
    std::shared_ptr<Clock> m_clock;
    Options m_options;
    mutable std::mutex m_mutex;
    std::string m_seen; ///< holder and renewTime of the last look
    std::string m_holder;
    TimePoint m_seenAt {};
    TimePoint m_renewedAt = TimePoint::min();
};

} // namespace core::service
