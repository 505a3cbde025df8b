// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/http_server.h"

#include "core/base/log.h"
#include "core/base/strings.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <thread>

namespace core::service {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;

namespace {

constexpr std::uint64_t kMostBody = std::uint64_t {25} << 20U; ///< GitHub's own bound for web hooks
constexpr auto kTimeout = std::chrono::seconds(10);
constexpr int kMostConnections = 64;

class Session : public std::enable_shared_from_this<Session>
{
public:
    Session(tcp::socket socket, const HttpServer::Handler& handler, std::atomic<int>& open)
        : m_stream(std::move(socket))
        , m_handler(handler)
        , m_open(open)
    {
        ++m_open;
    }
    ~Session() { --m_open; }
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    void read()
    {
        m_parser.emplace();
        m_parser->body_limit(kMostBody);
        m_stream.expires_after(kTimeout);
        http::async_read(m_stream, m_buffer, *m_parser,
                         [self = shared_from_this()](beast::error_code error, std::size_t) {
                             if (!error)
                                 self->answer();
                         });
    }

private:
    void answer()
    {
        const auto& message = m_parser->get();
        HttpQuestion question;
        question.method = std::string(message.method_string());
        question.path = std::string(message.target());
        question.path.resize(std::min(question.path.find('?'), question.path.size()));
        for (const auto& field : message)
            question.headers[lower(std::string(field.name_string()))] = std::string(field.value());
        question.body = message.body();
        const auto reply = m_handler(question);
        m_response = {};
        m_response.version(11);
        m_response.result(static_cast<unsigned>(reply.status));
        m_response.set(http::field::content_type, reply.type);
        m_response.keep_alive(message.keep_alive());
        m_response.body() = reply.body;
        m_response.prepare_payload();
        m_stream.expires_after(kTimeout);
        http::async_write(m_stream, m_response, [self = shared_from_this()](beast::error_code error, std::size_t) {
            if (error || !self->m_response.keep_alive()) {
                beast::error_code ignored;
                self->m_stream.socket().shutdown(tcp::socket::shutdown_send, ignored);
                return;
            }
            self->read();
        });
    }

    beast::tcp_stream m_stream;
    const HttpServer::Handler& m_handler;
    std::atomic<int>& m_open;
    beast::flat_buffer m_buffer;
    std::optional<http::request_parser<http::string_body>> m_parser;
    http::response<http::string_body> m_response;
};

} // namespace

struct HttpServer::Private
{
    Handler handler;
    std::atomic<int> open {0};
    asio::io_context context {1};
    tcp::acceptor acceptor {context};
    std::thread thread;

    void accept()
    {
        acceptor.async_accept([this](beast::error_code error, tcp::socket socket) {
            if (!acceptor.is_open())
                return;
            if (!error && open < kMostConnections)
                std::make_shared<Session>(std::move(socket), handler, open)->read();
            accept();
        });
    }
};

Result<std::unique_ptr<HttpServer>> HttpServer::start(const std::string& address, unsigned short port, Handler handler)
{
    auto d = std::make_unique<Private>();
    d->handler = std::move(handler);
    beast::error_code error;
    const auto ip = asio::ip::make_address(address, error);
    const tcp::endpoint endpoint(ip, port);
    if (!error)
        d->acceptor.open(endpoint.protocol(), error); // NOLINT(bugprone-unused-return-value)
    if (!error)
        d->acceptor.set_option(asio::socket_base::reuse_address(true), error);
    if (!error)
        d->acceptor.bind(endpoint, error);
    if (!error)
        d->acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error)
        return fail(Error::Code::Unavailable,
                    "cannot listen on " + address + ":" + std::to_string(port) + ": " + error.message());
    d->accept();
    auto* raw = d.get();
    d->thread = std::thread([raw] {
        for (;;) {
            try {
                raw->context.run();
                return;
            } catch (const std::exception& e) {
                log::error("service", std::string("http server: ") + e.what());
            }
        }
    });
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(d)));
}

HttpServer::HttpServer(std::unique_ptr<Private> d)
    : m_d(std::move(d))
{
}

HttpServer::~HttpServer()
{
    m_d->context.stop();
    m_d->thread.join();
}

unsigned short HttpServer::port() const
{
    beast::error_code error;
    return m_d->acceptor.local_endpoint(error).port();
}

} // namespace core::service
