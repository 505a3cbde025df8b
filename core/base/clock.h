// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>

namespace core {

using TimePoint = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

/// Time as the engine sees it. Injected wherever time matters, so that a ten-minute pause is a millisecond test.
/// All functions may be called from any thread.
class Clock
{
public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual TimePoint now() const = 0;
    /// Waits until now() >= deadline, until stop is requested, or until wakeAll(). May return early; callers look
    /// again.
    virtual void waitUntil(TimePoint deadline, std::stop_token stop) = 0;
    /// The same, but returns at once where wakeAll() was called since ticket() was taken: take a ticket, look at the
    /// condition, then wait, and no wake-up is lost in between.
    virtual void waitUntil(TimePoint deadline, std::stop_token stop, std::uint64_t ticket) = 0;
    [[nodiscard]] virtual std::uint64_t ticket() const = 0;
    /// Makes all that wait look at their condition again.
    virtual void wakeAll() = 0;
    void sleepFor(Duration duration, std::stop_token stop);
};

/// The machine's own time, optionally running faster from the moment of construction on (1 = real time).
class ScaledClock final : public Clock
{
public:
    explicit ScaledClock(double rate = 1.0);
    /// Starts at a given time instead of the machine's (an embedded cluster goes on where it stopped).
    ScaledClock(double rate, TimePoint start);
    [[nodiscard]] TimePoint now() const override;
    void waitUntil(TimePoint deadline, std::stop_token stop) override;
    void waitUntil(TimePoint deadline, std::stop_token stop, std::uint64_t ticket) override;
    [[nodiscard]] std::uint64_t ticket() const override;
    void wakeAll() override;
    /// Takes effect at once, for waits in progress too. rate > 0.
    void setRate(double rate);
    [[nodiscard]] double rate() const;

private:
    [[nodiscard]] TimePoint nowLocked() const;

    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::uint64_t m_generation = 0;
    double m_rate;
    TimePoint m_base;
    std::chrono::steady_clock::time_point m_steadyBase;
};

/// Moves only when told to: for tests.
class ManualClock final : public Clock
{
public:
    explicit ManualClock(TimePoint start);
    [[nodiscard]] TimePoint now() const override;
    void waitUntil(TimePoint deadline, std::stop_token stop) override;
    void waitUntil(TimePoint deadline, std::stop_token stop, std::uint64_t ticket) override;
    [[nodiscard]] std::uint64_t ticket() const override;
    void wakeAll() override;
    void advance(Duration by);
    void set(TimePoint to);

private:
    mutable std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::uint64_t m_generation = 0;
    TimePoint m_now;
};

/// "2026-03-01T10:00:00Z": RFC 3339 in UTC with whole seconds, as Kubernetes' metav1.Time.
[[nodiscard]] std::string formatRfc3339(TimePoint time);
/// With microseconds, as metav1.MicroTime.
[[nodiscard]] std::string formatRfc3339Micro(TimePoint time);
/// Any RFC 3339 time, with offset and fraction.
[[nodiscard]] Result<TimePoint> parseRfc3339(std::string_view text);
/// Go's time.ParseDuration: "1h2m3.5s", "-1.5h", "300ms".
[[nodiscard]] Result<Duration> parseGoDuration(std::string_view text);
/// Go's Duration.String(): "1m30s", "1.5s", "0s".
[[nodiscard]] std::string formatGoDuration(Duration duration);

} // namespace core
