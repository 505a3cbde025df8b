// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/https_server.h"

#include "core/base/strings.h"
#include "core/embedded/api_server.h"
#include "core/embedded/interferer.h"
#include "core/embedded/status.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <atomic>
#include <deque>

namespace core::embedded {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using Stream = beast::ssl_stream<beast::tcp_stream>;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxConnections = 1000;
constexpr std::size_t kMaxBody = std::size_t {8} << 20; // the API refuses more than 3 MiB with its own words
constexpr std::size_t kMaxQueued = std::size_t {4} << 20;
constexpr auto kIdle = std::chrono::seconds(180);

/// What wakes a connection that waits for something to send. Lives on after the connection.
struct Waker : std::enable_shared_from_this<Waker>
{
    explicit Waker(const asio::any_io_executor& executor)
        : timer(executor)
    {
    }
    asio::steady_timer timer; ///< used on its executor only
    std::atomic<bool> pending = false;
    std::atomic<bool> closed = false; ///< by the client

    void wake()
    {
        if (pending.exchange(true))
            return;
        asio::post(timer.get_executor(), [self = shared_from_this()] { self->timer.cancel(); });
    }

    asio::awaitable<void> wait(std::chrono::steady_clock::duration atMost)
    {
        if (pending.exchange(false))
            co_return;
        error_code ec;
        timer.expires_after(atMost);
        co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        pending = false;
    }
};

/// Texts on their way from a thread that produces them (followed logs) to the connection.
struct Queue
{
    std::mutex mutex;
    std::condition_variable drained;
    std::deque<std::string> texts;
    std::size_t size = 0;
    bool done = false;
    std::optional<kube::Response> refusal; ///< once it is done: instead of texts

    std::string take()
    {
        const std::lock_guard lock(mutex);
        std::string all;
        for (const auto& text : texts)
            all += text;
        texts.clear();
        size = 0;
        drained.notify_all();
        return all;
    }

    bool ended()
    {
        const std::lock_guard lock(mutex);
        return done && texts.empty();
    }

    bool begun()
    {
        const std::lock_guard lock(mutex);
        return done || !texts.empty();
    }
};

/// A body on its way: `next` gives what is ready, `ended` says that nothing follows.
struct Pieces
{
    std::function<std::string()> next;
    std::function<bool()> ended;
    std::function<bool()> broken; ///< the connection is to be closed in its middle
};

} // namespace

struct HttpsServer::Private : std::enable_shared_from_this<HttpsServer::Private>
{
    std::shared_ptr<ApiServer> api;
    std::string token;
    asio::ssl::context tls {asio::ssl::context::tls_server};
    unsigned short port = 0;
    std::atomic<std::size_t> connections = 0;
    std::stop_source stop;
    asio::io_context io; // its end destroys connections, which use what stands above
    tcp::acceptor acceptor {io};

    /// Who asks: null where nobody knows them.
    [[nodiscard]] UserPtr callerOf(const http::request<http::string_body>& request) const
    {
        const std::string_view target = request.target();
        const auto path = target.substr(0, target.find('?'));
        const std::string_view header = request[http::field::authorization];
        constexpr std::string_view kScheme = "Bearer ";
        if (header.starts_with(kScheme)) {
            const auto given = header.substr(kScheme.size());
            if (given.size() == token.size() && CRYPTO_memcmp(given.data(), token.data(), token.size()) == 0)
                return administrator();
            if (auto user = api->userOf(given))
                return user;
        }
        // What tells nothing about the cluster's content is for everybody on this machine.
        const bool open = path == "/healthz" || path == "/livez" || path == "/readyz" || path == "/version";
        return open ? administrator() : nullptr;
    }

    static kube::Request convert(http::request<http::string_body>&& from)
    {
        kube::Request request;
        request.method = std::string(from.method_string());
        request.path = std::string(from.target());
        for (const auto& field : from)
            request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
        request.body = std::move(from.body());
        return request;
    }

    static http::response<http::string_body> convert(kube::Response&& from, unsigned version, bool keepAlive,
                                                     bool isHead)
    {
        http::response<http::string_body> response(static_cast<http::status>(from.status), version);
        for (const auto& [name, value] : from.headers)
            response.insert(name, value);
        response.keep_alive(keepAlive);
        const auto size = from.body.size();
        if (!isHead)
            response.body() = std::move(from.body);
        response.content_length(size);
        return response;
    }

    asio::awaitable<error_code> sendChunk(Stream& stream, std::string_view text)
    {
        error_code ec;
        beast::get_lowest_layer(stream).expires_after(std::chrono::seconds(60));
        co_await asio::async_write(stream, http::make_chunk(asio::buffer(text)),
                                   asio::redirect_error(asio::use_awaitable, ec));
        co_return ec;
    }

    /// A response whose body comes in pieces. What it is given stays the caller's: GCC 12 destroys temporaries of a
    /// co_await expression twice where they are converted to their parameter (GCC bug 99576).
    asio::awaitable<void> sendStream(const std::shared_ptr<Stream>& stream, std::string_view contentType,
                                     const std::shared_ptr<Waker>& waker, const Pieces& pieces)
    {
        error_code ec;
        http::response<http::empty_body> head(http::status::ok, 11);
        head.set(http::field::content_type, beast::string_view(contentType.data(), contentType.size()));
        head.set(http::field::cache_control, "no-cache, private");
        head.chunked(true);
        head.keep_alive(false);
        http::response_serializer<http::empty_body> serializer(head);
        co_await http::async_write_header(*stream, serializer, asio::redirect_error(asio::use_awaitable, ec));
        // Reading finds out that the client has gone; nothing else is expected from it.
        asio::co_spawn(
            waker->timer.get_executor(),
            [stream, waker]() -> asio::awaitable<void> {
                std::array<char, 64> ignored {};
                error_code failure;
                while (!failure)
                    co_await stream->async_read_some(asio::buffer(ignored),
                                                     asio::redirect_error(asio::use_awaitable, failure));
                waker->closed = true;
                waker->wake();
            },
            asio::detached);
        while (!ec && !waker->closed && !stop.stop_requested()) {
            if (pieces.broken())
                ec = asio::error::connection_aborted;
            const auto text = pieces.next();
            if (!text.empty() && !ec)
                ec = co_await sendChunk(*stream, text);
            if (pieces.ended() || ec)
                break;
            beast::get_lowest_layer(*stream).expires_never();
            if (text.empty())
                co_await waker->wait(std::chrono::seconds(1));
        }
        if (!ec && !waker->closed) {
            co_await asio::async_write(*stream, http::make_chunk_last(), asio::redirect_error(asio::use_awaitable, ec));
            beast::get_lowest_layer(*stream).expires_after(std::chrono::seconds(5));
            co_await stream->async_shutdown(asio::redirect_error(asio::use_awaitable, ec));
        }
        beast::get_lowest_layer(*stream).close();
    }

    /// Whether a scenario has a stream of this age break off.
    [[nodiscard]] std::function<bool()> breaker(const kube::Request& request, const UserPtr& caller) const
    {
        return [this, request, caller, began = std::chrono::steady_clock::now()] {
            const auto interferer = api->interferer();
            return interferer && interferer->cuts(request, caller, std::chrono::steady_clock::now() - began);
        };
    }

    /// False where a scenario answers in the server's place.
    asio::awaitable<bool> meetInterference(const kube::Request& request, const UserPtr& caller,
                                           kube::Response& response)
    {
        const auto interferer = api->interferer();
        if (!interferer)
            co_return true;
        auto before = interferer->before(request, caller);
        if (before.delay > std::chrono::milliseconds::zero()) {
            error_code ec;
            const auto executor = co_await asio::this_coro::executor;
            asio::steady_timer pause(executor, before.delay);
            co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
        }
        if (!before.answer)
            co_return true;
        response = std::move(*before.answer);
        co_return false;
    }

    asio::awaitable<void> serveWatch(const std::shared_ptr<Stream>& stream,
                                     const std::shared_ptr<WatchSession>& session, const kube::Request& request,
                                     const UserPtr& caller)
    {
        auto waker = std::make_shared<Waker>(co_await asio::this_coro::executor);
        const auto subscription = api->store().listen([waker, table = session->table()](std::string_view type) {
            if (type == table)
                waker->wake();
        });
        const Pieces pieces {[&] { return session->poll(); }, [&] { return session->ended(); },
                             breaker(request, caller)};
        co_await sendStream(stream, "application/json", waker, pieces);
    }

    /// False where the log is refused; `refusal` then says why.
    asio::awaitable<bool> serveLog(const std::shared_ptr<Stream>& stream, const kube::Request& request,
                                   const UserPtr& caller, kube::Response& refusal)
    {
        auto waker = std::make_shared<Waker>(co_await asio::this_coro::executor);
        auto queue = std::make_shared<Queue>();
        std::jthread producer([this, queue, waker, caller, request](const std::stop_token& ending) {
            const std::stop_callback wakeUp(ending, [&] { queue->drained.notify_all(); });
            auto response = api->stream(
                request,
                [&](std::string_view text) {
                    std::unique_lock lock(queue->mutex);
                    queue->drained.wait(lock, [&] { return queue->size < kMaxQueued || ending.stop_requested(); });
                    queue->texts.emplace_back(text);
                    queue->size += text.size();
                    lock.unlock();
                    waker->wake();
                    return !ending.stop_requested();
                },
                ending, caller);
            const std::lock_guard lock(queue->mutex);
            if (response.status != 200)
                queue->refusal = std::move(response);
            queue->done = true;
            waker->wake();
        });
        // What is refused is refused at once; a container may be silent for ever.
        for (int wait = 0; wait < 4 && !queue->begun(); ++wait)
            co_await waker->wait(std::chrono::milliseconds(500));
        if (const std::lock_guard lock(queue->mutex); queue->refusal && queue->texts.empty()) {
            refusal = std::move(*queue->refusal);
            co_return false;
        }
        const Pieces pieces {[&] { return queue->take(); }, [&] { return queue->ended(); }, breaker(request, caller)};
        co_await sendStream(stream, "text/plain", waker, pieces);
        producer.request_stop();
        queue->drained.notify_all();
        co_return true;
    }

    asio::awaitable<void> serve(tcp::socket socket)
    {
        struct Count
        {
            std::atomic<std::size_t>& value;
            ~Count() { --value; }
        } const count {connections};
        error_code ec;
        socket.set_option(tcp::no_delay(true), ec);
        auto stream = std::make_shared<Stream>(std::move(socket), tls);
        beast::get_lowest_layer(*stream).expires_after(std::chrono::seconds(15));
        co_await stream->async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, ec));
        beast::flat_buffer buffer;
        while (!ec && !stop.stop_requested()) {
            http::request_parser<http::string_body> parser;
            parser.body_limit(kMaxBody);
            parser.header_limit(64 * 1024);
            beast::get_lowest_layer(*stream).expires_after(kIdle);
            co_await http::async_read(*stream, buffer, parser, asio::redirect_error(asio::use_awaitable, ec));
            if (ec && ec != http::error::body_limit)
                break;
            const auto version = parser.get().version();
            bool keepAlive = !ec && parser.get().keep_alive();
            const bool isHead = parser.get().method() == http::verb::head;
            kube::Response response;
            const auto caller = ec ? nullptr : callerOf(parser.get());
            if (ec) {
                Failure failure;
                failure.code = 413;
                failure.reason = "RequestEntityTooLarge";
                failure.message = "Request entity too large: limit is 3145728";
                response = failure.response();
            } else if (!caller) {
                Failure failure;
                failure.code = 401;
                failure.reason = "Unauthorized";
                failure.message = "Unauthorized";
                failure.details = false;
                response = failure.response();
            } else {
                auto request = convert(parser.release());
                const bool passes = co_await meetInterference(request, caller, response);
                if (passes && ApiServer::isFollowedLog(request)) {
                    const bool served = co_await serveLog(stream, request, caller, response);
                    if (served)
                        co_return;
                } else if (passes && ApiServer::isWatch(request)) {
                    if (const std::shared_ptr<WatchSession> session = api->watch(request, response, caller)) {
                        co_await serveWatch(stream, session, request, caller);
                        co_return;
                    }
                } else if (passes) {
                    response = api->handle(request, caller);
                }
            }
            ec = {};
            auto answer = convert(std::move(response), version, keepAlive, isHead);
            beast::get_lowest_layer(*stream).expires_after(std::chrono::seconds(60));
            co_await http::async_write(*stream, answer, asio::redirect_error(asio::use_awaitable, ec));
            if (!keepAlive)
                break;
        }
        beast::get_lowest_layer(*stream).expires_after(std::chrono::seconds(5));
        co_await stream->async_shutdown(asio::redirect_error(asio::use_awaitable, ec));
    }

    asio::awaitable<void> accept()
    {
        while (!stop.stop_requested()) {
            error_code ec;
            auto socket =
                co_await acceptor.async_accept(asio::make_strand(io), asio::redirect_error(asio::use_awaitable, ec));
            if (ec == asio::error::operation_aborted)
                co_return;
            if (ec) { // out of descriptors: wait for some to be free
                asio::steady_timer pause(io, std::chrono::milliseconds(50));
                co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, ec));
                continue;
            }
            if (++connections > kMaxConnections) {
                --connections;
                continue;
            }
            const auto executor = socket.get_executor();
            asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
        }
    }

    std::vector<std::jthread> threads; ///< last: they end before what they use
};

HttpsServer::HttpsServer(std::unique_ptr<Private> d)
    : m_d(std::move(d))
{
}

HttpsServer::~HttpsServer()
{
    m_d->stop.request_stop();
    m_d->io.stop();
    m_d->threads.clear();
}

unsigned short HttpsServer::port() const
{
    return m_d->port;
}

Result<std::unique_ptr<HttpsServer>> HttpsServer::start(std::shared_ptr<ApiServer> api, const Credentials& credentials,
                                                        unsigned short port)
{
    auto d = std::make_unique<Private>();
    d->api = std::move(api);
    d->token = credentials.token;
    d->api->setTokenKey(sha256Hex("tokens of service accounts " + credentials.token));
    error_code ec;
    SSL_CTX_set_min_proto_version(d->tls.native_handle(), TLS1_2_VERSION);
    d->tls.use_certificate_chain(asio::buffer(credentials.certificate), ec);
    if (!ec)
        d->tls.use_private_key(asio::buffer(credentials.key), asio::ssl::context::pem, ec);
    if (ec)
        return fail(Error::Code::Io, "cannot use the certificate of the embedded cluster: " + ec.message());
    const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
    d->acceptor.open(endpoint.protocol(), ec);
    if (!ec)
        d->acceptor.set_option(asio::socket_base::reuse_address(true), ec);
    if (!ec)
        d->acceptor.bind(endpoint, ec);
    if (!ec)
        d->acceptor.listen(asio::socket_base::max_listen_connections, ec);
    if (ec)
        return fail(Error::Code::Unavailable, fmt::format("cannot listen on 127.0.0.1:{}: {}", port, ec.message()));
    d->port = d->acceptor.local_endpoint().port();
    asio::co_spawn(d->io, d->accept(), asio::detached);
    for (int i = 0; i < 4; ++i)
        d->threads.emplace_back([io = &d->io] { io->run(); });
    return std::unique_ptr<HttpsServer>(new HttpsServer(std::move(d)));
}

} // namespace core::embedded
