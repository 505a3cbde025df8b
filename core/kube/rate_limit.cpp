// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/rate_limit.h"

#include "core/kube/websocket.h"

#include <algorithm>

namespace core::kube {

namespace {

class LimitedTransport : public Transport
{
public:
    LimitedTransport(TransportPtr inner, RateLimit limit, std::shared_ptr<Clock> clock)
        : m_inner(std::move(inner))
        , m_limit(limit)
        , m_clock(std::move(clock))
        , m_tokens(limit.burst)
        , m_filled(m_clock->now())
    {
    }

    Result<Response> send(const Request& request, std::stop_token stop) override
    {
        PH_CHECK(takeToken(stop));
        return m_inner->send(request, std::move(stop));
    }

    Result<Response> stream(const Request& request, const std::function<bool(std::string_view)>& onChunk,
                            std::stop_token stop) override
    {
        PH_CHECK(takeToken(stop));
        return m_inner->stream(request, onChunk, std::move(stop));
    }

    [[nodiscard]] std::string description() const override { return m_inner->description(); }

protected:
    [[nodiscard]] Transport& inner() const { return *m_inner; }

    Result<> takeToken(const std::stop_token& stop)
    {
        const auto at = reserve();
        while (m_clock->now() < at) {
            if (stop.stop_requested()) {
                const std::scoped_lock lock(m_mutex);
                m_tokens += 1;
                return fail(Error::Code::Cancelled, "wait for the client's own rate limit: stopped", description());
            }
            m_clock->waitUntil(at, stop);
        }
        return {};
    }

private:
    /// Takes one at once, into debt where there is none, and says when the debt is paid.
    TimePoint reserve()
    {
        const std::scoped_lock lock(m_mutex);
        const auto now = m_clock->now();
        const std::chrono::duration<double> passed = now - m_filled;
        m_tokens = std::min<double>(m_limit.burst, m_tokens + std::max(0.0, passed.count()) * m_limit.perSecond);
        m_filled = now;
        m_tokens -= 1;
        if (m_tokens >= 0)
            return now;
        const std::chrono::duration<double> wait(-m_tokens / m_limit.perSecond);
        return now + std::chrono::ceil<Duration>(wait);
    }

    TransportPtr m_inner;
    RateLimit m_limit;
    std::shared_ptr<Clock> m_clock;
    std::mutex m_mutex; ///< guards what follows
    double m_tokens; ///< below zero: requests that wait
    TimePoint m_filled;
};

/// Of a transport that opens WebSockets: so does this, for terminals and forwarded ports.
class LimitedSocketTransport final : public LimitedTransport, public WebSocketTransport
{
public:
    using LimitedTransport::LimitedTransport;

    Result<std::unique_ptr<WebSocket>> openWebSocket(const std::string& path, const std::vector<std::string>& protocols,
                                                     std::stop_token stop) override
    {
        PH_CHECK(takeToken(stop));
        return dynamic_cast<WebSocketTransport&>(inner()).openWebSocket(path, protocols, std::move(stop));
    }
};

} // namespace

TransportPtr rateLimited(TransportPtr inner, RateLimit limit, std::shared_ptr<Clock> clock)
{
    if (dynamic_cast<WebSocketTransport*>(inner.get()) != nullptr)
        return std::make_shared<LimitedSocketTransport>(std::move(inner), limit, std::move(clock));
    return std::make_shared<LimitedTransport>(std::move(inner), limit, std::move(clock));
}

} // namespace core::kube
