// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/exec.h"
#include "core/kube/url.h"
#include "core/kube/websocket.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <deque>
#include <list>
#include <thread>

namespace core::kube {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxConnections = 100;
constexpr std::size_t kMaxPending = std::size_t {1} << 20;

/// One accepted connection and its WebSocket: channel 0 carries bytes, channel 1 the reason of a failure; the first
/// message of each is the port's number. Lives on the forward's only thread; the socket's events are posted to it.
class Pipe : public std::enable_shared_from_this<Pipe>
{
public:
    Pipe(asio::io_context& io, tcp::socket local, std::unique_ptr<WebSocket> remote,
         std::function<void(std::string)> onProblem)
        : m_io(io)
        , m_local(std::move(local))
        , m_remote(std::move(remote))
        , m_problem(std::move(onProblem))
        , m_pause(io)
    {
    }

    void start()
    {
        const auto self = weak_from_this();
        m_remote->start({[self, &io = m_io](std::string_view message) {
                             asio::post(io, [self, text = std::string(message)] {
                                 if (const auto pipe = self.lock())
                                     pipe->onMessage(text);
                             });
                         },
                         [self, &io = m_io](const Result<>&) {
                             asio::post(io, [self] {
                                 if (const auto pipe = self.lock())
                                     pipe->m_remoteEnded = true, pipe->flush();
                             });
                         }});
        readLocal();
    }
    [[nodiscard]] bool ended() const { return m_ended; }
    void close()
    {
        error_code ignored;
        m_local.close(ignored);
        m_ended = true;
    }

private:
    void readLocal()
    {
        if (m_remote->pending() > kMaxPending) { // the pod reads slower than the client writes
            m_pause.expires_after(std::chrono::milliseconds(10));
            m_pause.async_wait([self = shared_from_this()](const error_code& ec) {
                if (!ec && !self->m_ended)
                    self->readLocal();
            });
            return;
        }
        m_local.async_read_some(
            asio::buffer(m_bytes), [self = shared_from_this()](const error_code& ec, std::size_t size) {
                if (ec)
                    return self->close();
                self->m_remote->send(std::string(1, '\0') + std::string(self->m_bytes.data(), size));
                self->readLocal();
            });
    }
    void onMessage(const std::string& message)
    {
        if (message.empty() || message.front() < 0 || message.front() > 1)
            return;
        const auto channel = static_cast<std::size_t>(message.front());
        if (!std::exchange(m_greeted.at(channel), true))
            return; // the port's number
        if (channel == 1) {
            m_problem(message.substr(1));
            return close();
        }
        m_queue.push_back(message.substr(1));
        if (m_queue.size() == 1)
            flush();
    }
    void flush()
    {
        if (m_queue.empty()) {
            if (m_remoteEnded)
                close();
            return;
        }
        if (std::exchange(m_writing, true))
            return;
        asio::async_write(m_local, asio::buffer(m_queue.front()),
                          [self = shared_from_this()](const error_code& ec, std::size_t) {
                              self->m_writing = false;
                              if (ec)
                                  return self->close();
                              self->m_queue.pop_front();
                              self->flush();
                          });
    }

    asio::io_context& m_io;
    tcp::socket m_local;
    std::unique_ptr<WebSocket> m_remote;
    std::function<void(std::string)> m_problem;
    asio::steady_timer m_pause;
    std::array<char, 16 * 1024> m_bytes {};
    std::array<bool, 2> m_greeted {};
    std::deque<std::string> m_queue;
    bool m_writing = false, m_remoteEnded = false, m_ended = false;
};

class Forward final : public PortForward
{
public:
    Forward(TransportPtr transport, std::string path, std::function<void(const Error&)> onProblem, std::string where)
        : m_transport(std::move(transport))
        , m_path(std::move(path))
        , m_problem(std::move(onProblem))
        , m_where(std::move(where))
    {
    }
    ~Forward() override
    {
        m_stop.request_stop();
        m_io.stop();
        if (m_thread.joinable())
            m_thread.join();
        m_pipes.clear();
    }

    Result<> listen(unsigned short port)
    {
        PH_CHECK(dial(m_stop.get_token())); // proves the way to the pod
        error_code ec;
        const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
        m_acceptor.open(endpoint.protocol(), ec);
        if (!ec)
            m_acceptor.bind(endpoint, ec);
        if (!ec)
            m_acceptor.listen(asio::socket_base::max_listen_connections, ec);
        if (ec)
            return fail(Error::Code::Unavailable, fmt::format("cannot listen on 127.0.0.1:{}: {}", port, ec.message()),
                        m_where, "choose another local port");
        m_port = m_acceptor.local_endpoint().port();
        accept();
        m_thread = std::thread([this] { m_io.run(); });
        return {};
    }
    unsigned short localPort() const override { return m_port; }

private:
    Result<std::unique_ptr<WebSocket>> dial(const std::stop_token& stop)
    {
        return dynamic_cast<WebSocketTransport&>(*m_transport).openWebSocket(m_path, {"v4.channel.k8s.io"}, stop);
    }
    void report(const Error& error)
    {
        if (m_problem)
            m_problem(error);
    }
    void accept()
    {
        m_acceptor.async_accept([this](const error_code& ec, tcp::socket local) {
            if (ec)
                return;
            m_pipes.remove_if([](const auto& pipe) { return pipe->ended(); });
            auto remote = m_pipes.size() < kMaxConnections
                ? dial(m_stop.get_token())
                : Result<std::unique_ptr<WebSocket>>(
                    fail(Error::Code::LimitExceeded, "too many connections at once", m_where));
            if (remote) {
                m_pipes.push_back(
                    std::make_shared<Pipe>(m_io, std::move(local), std::move(*remote), [this](std::string why) {
                        report({Error::Code::Unavailable, std::move(why), m_where});
                    }));
                m_pipes.back()->start();
            } else {
                report(remote.error());
            }
            accept();
        });
    }

    TransportPtr m_transport;
    std::string m_path;
    std::function<void(const Error&)> m_problem;
    std::string m_where;
    std::stop_source m_stop;
    asio::io_context m_io {1};
    tcp::acceptor m_acceptor {m_io};
    unsigned short m_port = 0;
    std::list<std::shared_ptr<Pipe>> m_pipes;
    std::thread m_thread;
};

} // namespace

Result<std::unique_ptr<PortForward>> forwardPort(Client& client, std::string_view nameSpace, std::string_view pod,
                                                 unsigned short podPort, unsigned short localPort,
                                                 std::function<void(const Error&)> onProblem, std::stop_token stop)
{
    const auto where = fmt::format("Pod/{}/{}", nameSpace, pod);
    if (stop.stop_requested())
        return fail(Error::Code::Cancelled, "cancelled", where);
    if (dynamic_cast<WebSocketTransport*>(client.transport().get()) == nullptr)
        return fail(Error::Code::Unsupported, "this cluster's pods are simulated: no port of theirs can be reached",
                    where);
    const ResourceType pods {"", "v1", "Pod", "pods"};
    Query query;
    query.add("ports", std::to_string(podPort));
    auto forward =
        std::make_unique<Forward>(client.transport(), resourcePath(pods, nameSpace, pod, "portforward") + query.text(),
                                  std::move(onProblem), where);
    PH_CHECK(forward->listen(localPort));
    return forward;
}

} // namespace core::kube
