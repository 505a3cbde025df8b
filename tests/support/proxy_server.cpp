// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/proxy_server.h"

#include "core/base/strings.h"

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <array>
#include <atomic>
#include <mutex>
#include <thread>

namespace support {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// Copies until either side has nothing more to say.
void relay(tcp::socket& from, tcp::socket& to)
{
    std::array<char, 16384> buffer {};
    error_code ec;
    while (!ec) {
        const auto size = from.read_some(asio::buffer(buffer), ec);
        error_code failure;
        asio::write(to, asio::buffer(buffer, size), failure);
        if (failure)
            break;
    }
    from.shutdown(tcp::socket::shutdown_receive, ec);
    to.shutdown(tcp::socket::shutdown_send, ec);
}

} // namespace

struct ProxyServer::Private
{
    explicit Private(std::string given)
        : credentials(std::move(given))
        , acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0))
    {
    }

    void serve(tcp::socket client)
    try {
        unsigned char first = 0;
        client.receive(asio::buffer(&first, 1), tcp::socket::message_peek);
        first == 5 ? socks(client) : connect(client);
    } catch (const std::exception&) {
        // a side has gone
    }

    void connect(tcp::socket& client)
    {
        std::string head;
        asio::read_until(client, asio::dynamic_buffer(head), "\r\n\r\n");
        const auto words = core::split(head.substr(0, head.find("\r\n")), ' ');
        if (!credentials.empty()
            && head.find("Proxy-Authorization: Basic " + core::base64Encode(credentials) + "\r\n")
                == std::string::npos) {
            asio::write(
                client,
                asio::buffer(std::string_view("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: "
                                              "Basic realm=\"here\"\r\nContent-Length: 0\r\n\r\n")));
            return;
        }
        const std::string target(words.at(1));
        const auto colon = target.rfind(':');
        auto server = open("CONNECT", target.substr(0, colon), target.substr(colon + 1));
        asio::write(client, asio::buffer(std::string_view("HTTP/1.1 200 Connection established\r\n\r\n")));
        both(client, server);
    }

    void socks(tcp::socket& client)
    {
        std::array<unsigned char, 2> greeting {};
        asio::read(client, asio::buffer(greeting));
        std::vector<unsigned char> methods(greeting[1]);
        asio::read(client, asio::buffer(methods));
        asio::write(client, asio::buffer(std::array<unsigned char, 2> {5, 0}));
        std::array<unsigned char, 4> request {};
        asio::read(client, asio::buffer(request));
        std::string host;
        if (request[3] == 1) {
            asio::ip::address_v4::bytes_type bytes {};
            asio::read(client, asio::buffer(bytes));
            host = asio::ip::address_v4(bytes).to_string();
        } else { // a name; nothing here has an address of version 6
            unsigned char size = 0;
            asio::read(client, asio::buffer(&size, 1));
            host.resize(size);
            asio::read(client, asio::buffer(host));
        }
        std::array<unsigned char, 2> port {};
        asio::read(client, asio::buffer(port));
        auto server = open("SOCKS5", host, std::to_string(port[0] * 256 + port[1]));
        asio::write(client, asio::buffer(std::array<unsigned char, 10> {5, 0, 0, 1, 127, 0, 0, 1, 0, 0}));
        both(client, server);
    }

    tcp::socket open(const std::string& how, const std::string& host, const std::string& port)
    {
        {
            const std::lock_guard lock(mutex);
            connected.push_back(fmt::format("{} {}:{}", how, host, port));
        }
        tcp::socket server(io);
        asio::connect(server, tcp::resolver(io).resolve(host, port));
        return server;
    }

    static void both(tcp::socket& client, tcp::socket& server)
    {
        const std::jthread back([&] { relay(server, client); });
        relay(client, server);
    }

    std::string credentials;
    asio::io_context io;
    tcp::acceptor acceptor;
    std::atomic<bool> stopped = false;
    mutable std::mutex mutex;
    std::vector<std::string> connected;
    std::vector<std::jthread> connections;
    std::jthread thread;
};

ProxyServer::ProxyServer(std::string credentials)
    : m_d(std::make_unique<Private>(std::move(credentials)))
{
    m_d->thread = std::jthread([d = m_d.get()] {
        for (;;) {
            error_code ec;
            auto socket = d->acceptor.accept(ec);
            if (ec || d->stopped)
                return;
            d->connections.emplace_back([d, s = std::move(socket)]() mutable { d->serve(std::move(s)); });
        }
    });
}

ProxyServer::~ProxyServer()
{
    m_d->stopped = true;
    asio::io_context io;
    tcp::socket(io).connect(m_d->acceptor.local_endpoint()); // wakes accept()
    m_d->thread.join();
}

std::string ProxyServer::url(const std::string& scheme, const std::string& credentials) const
{
    return fmt::format("{}://{}{}127.0.0.1:{}", scheme, credentials, credentials.empty() ? "" : "@",
                       m_d->acceptor.local_endpoint().port());
}

std::vector<std::string> ProxyServer::connected() const
{
    const std::lock_guard lock(m_d->mutex);
    return m_d->connected;
}

} // namespace support
