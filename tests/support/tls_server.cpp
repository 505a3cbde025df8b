// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/tls_server.h"

#include "core/embedded/credentials.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl.hpp>

#include <list>
#include <mutex>
#include <thread>

namespace support {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct TlsServer::Private
{
    std::function<void(Stream&)> serveOne;
    core::embedded::Credentials credentials = core::embedded::generateCredentials().value();
    asio::ssl::context tls {asio::ssl::context::tls_server};
    asio::io_context io;
    tcp::acceptor acceptor {io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    std::mutex mutex;
    bool stopped = false;
    std::list<Stream> streams;
    std::list<std::jthread> threads;
    std::jthread accepting;

    void accept()
    {
        for (;;) {
            error_code error;
            tcp::socket socket(io);
            acceptor.accept(socket, error);
            const std::scoped_lock lock(mutex);
            if (error || stopped)
                return;
            auto& kept = streams.emplace_back(std::move(socket), tls);
            threads.emplace_back([this, &kept] { serve(kept); });
        }
    }

    void serve(Stream& stream)
    {
        error_code error;
        stream.handshake(asio::ssl::stream_base::server, error);
        if (!error)
            serveOne(stream);
        stream.lowest_layer().shutdown(tcp::socket::shutdown_both, error);
    }
};

TlsServer::TlsServer(std::function<void(Stream&)> serve)
    : m_d(std::make_unique<Private>())
{
    m_d->serveOne = std::move(serve);
    m_d->tls.use_certificate_chain(asio::buffer(m_d->credentials.certificate));
    m_d->tls.use_private_key(asio::buffer(m_d->credentials.key), asio::ssl::context::pem);
    m_d->accepting = std::jthread([d = m_d.get()] { d->accept(); });
}

TlsServer::~TlsServer()
{
    error_code error;
    {
        const std::scoped_lock lock(m_d->mutex);
        m_d->stopped = true;
        for (auto& stream : m_d->streams)
            stream.lowest_layer().shutdown(tcp::socket::shutdown_both, error);
    }
    tcp::socket knock(m_d->io); // accept() is in a system call
    knock.connect(m_d->acceptor.local_endpoint(), error);
    m_d->accepting.join();
    m_d->threads.clear();
}

unsigned short TlsServer::port() const
{
    return m_d->acceptor.local_endpoint().port();
}

std::string TlsServer::authority() const
{
    return m_d->credentials.authority;
}

} // namespace support
