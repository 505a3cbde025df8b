// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/websocket.h"

#include "core/base/strings.h"
#include "core/kube/url.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/strand.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <curl/curl.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace core::kube {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ws = beast::websocket;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t kMaxMessage = std::size_t {16} << 20;
constexpr auto kConnectTime = std::chrono::seconds(20);

struct Address
{
    std::string host, port, base; ///< base: the path that the server's URL holds
};

Result<Address> addressOf(std::string_view url, std::string_view scheme, std::string_view defaultPort)
{
    if (!url.starts_with(scheme))
        return fail(Error::Code::Unsupported, fmt::format("only {} is possible here", scheme), std::string(url));
    url.remove_prefix(scheme.size());
    const auto slash = std::min(url.find('/'), url.size());
    Address address {std::string(url.substr(0, slash)), std::string(defaultPort), std::string(url.substr(slash))};
    while (address.base.ends_with('/'))
        address.base.pop_back();
    if (const auto at = address.host.rfind('@'); at != std::string::npos)
        address.host.erase(0, at + 1);
    const auto colon = address.host.rfind(':');
    if (colon != std::string::npos && address.host.find(']', colon) == std::string::npos) {
        address.port = address.host.substr(colon + 1);
        address.host.resize(colon);
    }
    if (address.host.starts_with('[') && address.host.ends_with(']'))
        address.host = address.host.substr(1, address.host.size() - 2);
    return address;
}

/// The proxy of the kubeconfig, or that of the environment as kubectl and libcurl know it; "" for none.
std::string proxyOf(const Access& access)
{
    if (!access.proxyUrl.empty())
        return access.proxyUrl;
    for (const auto* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
        if (const auto* value = std::getenv(name); value != nullptr && *value != '\0')
            return value;
    }
    return {};
}

tcp protocolOf(int descriptor)
{
    sockaddr_storage address {};
    socklen_t size = sizeof address;
    const bool v6 =
        getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0 && address.ss_family == AF_INET6;
    return v6 ? tcp::v6() : tcp::v4();
}

std::string authorityOf(const Address& server)
{
    return server.host.find(':') == std::string::npos ? fmt::format("{}:{}", server.host, server.port)
                                                      : fmt::format("[{}]:{}", server.host, server.port);
}

/// A connection to the server, directly or through its proxy (CONNECT or SOCKS; no_proxy is honoured), as libcurl makes
/// it. The descriptor is the caller's.
Result<int> connected(const Address& server, const std::string& proxy, const std::string& where,
                      const std::stop_token& stop)
{
    if (proxy.starts_with("https://"))
        return fail(Error::Code::Unsupported, "a WebSocket cannot go through a proxy that speaks TLS itself", where,
                    "name a proxy by http:// or socks5:// for commands in containers and forwarded ports");
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
    if (!curl)
        return fail(Error::Code::Internal, "libcurl does not start", where);
    char detail[CURL_ERROR_SIZE] = {};
    const auto url = "http://" + authorityOf(server);
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, proxy.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPPROXYTUNNEL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, static_cast<long>(kConnectTime.count()));
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &stop);
    curl_easy_setopt(
        curl.get(), CURLOPT_XFERINFOFUNCTION, +[](const void* token, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
            return static_cast<const std::stop_token*>(token)->stop_requested() ? 1 : 0;
        });
    const auto code = curl_easy_perform(curl.get());
    if (stop.stop_requested())
        return fail(Error::Code::Cancelled, "cancelled", where);
    curl_socket_t theirs = CURL_SOCKET_BAD;
    if (code == CURLE_OK)
        curl_easy_getinfo(curl.get(), CURLINFO_ACTIVESOCKET, &theirs);
    const int ours = theirs == CURL_SOCKET_BAD ? -1 : fcntl(theirs, F_DUPFD_CLOEXEC, 0);
    if (ours < 0)
        return fail(Error::Code::Unavailable,
                    fmt::format("cannot connect: {}", *detail != '\0' ? detail : curl_easy_strerror(code)), where,
                    proxy.empty() ? "" : "check the proxy: proxy-url in the kubeconfig, or https_proxy");
    return ours;
}

class Connection final : public WebSocket
{
public:
    using Stream = ws::stream<beast::ssl_stream<beast::tcp_stream>>;

    Connection(asio::ssl::context context, std::string where)
        : m_tls(std::move(context))
        , m_stream(asio::make_strand(m_io), m_tls)
        , m_where(std::move(where))
    {
    }
    ~Connection() override
    {
        m_io.stop();
        if (m_thread.joinable())
            m_thread.join();
    }

    Result<> connect(const Access& access, const std::string& path, const std::vector<std::string>& protocols,
                     const std::vector<std::pair<std::string, std::string>>& headers, const std::stop_token& stop)
    {
        PH_TRY(const auto server, addressOf(access.server, "https://", "443"));
        PH_TRY(const int descriptor, connected(server, proxyOf(access), m_where, stop));
        auto& socket = beast::get_lowest_layer(m_stream);
        error_code ec;
        socket.socket().assign(protocolOf(descriptor), descriptor, ec);
        if (ec) {
            ::close(descriptor);
            return broken("use the connection", ec);
        }
        socket.socket().set_option(tcp::no_delay(true), ec);
        const auto name = access.tlsServerName.empty() ? server.host : access.tlsServerName;
        asio::ip::make_address(name, ec);
        if (ec && SSL_set_tlsext_host_name(m_stream.next_layer().native_handle(), name.c_str()) != 1)
            return fail(Error::Code::Internal, "cannot name the server in TLS", m_where);
        if (!access.insecure)
            m_stream.next_layer().set_verify_callback(asio::ssl::host_name_verification(name));
        socket.expires_after(kConnectTime);
        PH_CHECK(await("agree on TLS", stop, [&](auto done) {
            m_stream.next_layer().async_handshake(asio::ssl::stream_base::client, done);
        }));
        socket.expires_never(); // the WebSocket has limits of its own
        return upgrade(server, path, protocols, headers, stop);
    }

    const std::string& protocol() const override { return m_protocol; }

    void start(Events events) override
    {
        m_events = std::move(events);
        asio::post(m_stream.get_executor(), [this] { read(); });
        m_thread = std::thread([this] {
            auto work = asio::make_work_guard(m_io);
            m_io.restart();
            m_io.run();
        });
    }

    void send(std::string message) override
    {
        m_pending += message.size();
        asio::post(m_stream.get_executor(), [this, text = std::move(message)]() mutable {
            m_queue.push_back(std::move(text));
            if (m_queue.size() == 1)
                write();
        });
    }
    std::size_t pending() const override { return m_pending; }

private:
    [[nodiscard]] tl::unexpected<Error> broken(std::string_view attempt, const error_code& ec) const
    {
        const bool certificate = ec.category() == asio::error::get_ssl_category();
        return fail(Error::Code::Unavailable, fmt::format("cannot {}: {}", attempt, ec.message()), m_where,
                    certificate ? "check the certificate authority of this cluster in the kubeconfig" : "");
    }

    /// Runs one asynchronous step to its end, or gives it up when asked to stop.
    template<class Begin>
    Result<> await(std::string_view attempt, const std::stop_token& stop, const Begin& begin)
    {
        std::optional<error_code> outcome;
        begin([&outcome](const error_code& ec) { outcome = ec; });
        m_io.restart();
        while (!outcome) {
            if (stop.stop_requested())
                beast::get_lowest_layer(m_stream).close();
            m_io.run_for(std::chrono::milliseconds(50));
            if (m_io.stopped() && !outcome)
                m_io.restart();
        }
        if (stop.stop_requested())
            return fail(Error::Code::Cancelled, "cancelled", m_where);
        if (*outcome)
            return broken(attempt, *outcome);
        return {};
    }

    Result<> upgrade(const Address& server, const std::string& path, const std::vector<std::string>& protocols,
                     const std::vector<std::pair<std::string, std::string>>& headers, const std::stop_token& stop)
    {
        m_stream.binary(true);
        m_stream.read_message_max(kMaxMessage);
        auto limits = ws::stream_base::timeout::suggested(beast::role_type::client);
        limits.handshake_timeout = kConnectTime;
        limits.idle_timeout = std::chrono::seconds(30); // half of it without traffic: a ping
        limits.keep_alive_pings = true;
        m_stream.set_option(limits);
        m_stream.set_option(ws::stream_base::decorator([&](ws::request_type& request) {
            for (const auto& [name, value] : headers)
                request.insert(name, value);
            request.set(http::field::user_agent, "pilothouse");
            request.set(http::field::sec_websocket_protocol, join(protocols, ", "));
        }));
        ws::response_type answer;
        const auto result = await("open a WebSocket", stop, [&](auto done) {
            m_stream.async_handshake(answer, authorityOf(server), server.base + path, done);
        });
        if (!result && answer.result_int() >= 300) {
            Response refusal {static_cast<int>(answer.result_int()), {}, answer.body()};
            return fail(errorOf(refusal, m_where));
        }
        PH_CHECK(result);
        m_protocol = std::string(answer[http::field::sec_websocket_protocol]);
        return {};
    }

    void read()
    {
        m_stream.async_read(m_buffer, [this](const error_code& ec, std::size_t) {
            if (ec) {
                end(ec);
                return;
            }
            if (m_events.message)
                m_events.message({static_cast<const char*>(m_buffer.data().data()), m_buffer.size()});
            m_buffer.consume(m_buffer.size());
            read();
        });
    }
    void write()
    {
        m_stream.async_write(asio::buffer(m_queue.front()), [this](const error_code& ec, std::size_t) {
            m_pending -= m_queue.front().size();
            m_queue.pop_front();
            if (!ec && !m_queue.empty())
                write(); // what fails is told by the reader
        });
    }
    void end(const error_code& ec)
    {
        if (!m_events.closed)
            return;
        const auto tell = std::exchange(m_events.closed, {});
        // Servers often drop the connection after their close frame, without TLS' own good-bye.
        const bool regular = ec == ws::error::closed || ec == asio::ssl::error::stream_truncated;
        tell(regular ? Result<>() : Result<>(broken("go on", ec)));
    }

    asio::io_context m_io {1};
    asio::ssl::context m_tls;
    Stream m_stream;
    std::string m_where, m_protocol;
    Events m_events;
    beast::flat_buffer m_buffer;
    std::deque<std::string> m_queue; ///< the first is being written; used on the strand
    std::atomic<std::size_t> m_pending = 0;
    std::thread m_thread;
};

Result<asio::ssl::context> tlsOf(const Access& access)
{
    asio::ssl::context tls(asio::ssl::context::tls_client);
    error_code ec;
    SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_2_VERSION);
    tls.set_verify_mode(access.insecure ? asio::ssl::verify_none : asio::ssl::verify_peer, ec);
    if (!access.caPem.empty())
        tls.add_certificate_authority(asio::buffer(access.caPem), ec);
    else
        tls.set_default_verify_paths(ec);
    if (!ec && !access.clientCertificatePem.empty()) {
        tls.use_certificate_chain(asio::buffer(access.clientCertificatePem), ec);
        if (!ec)
            tls.use_private_key(asio::buffer(access.clientKeyPem), asio::ssl::context::pem, ec);
    }
    if (ec)
        return fail(Error::Code::InvalidInput, "the certificates of the kubeconfig cannot be used: " + ec.message(),
                    access.server);
    return tls;
}

} // namespace

Result<std::unique_ptr<WebSocket>> connectWebSocket(const Access& access, const std::string& path,
                                                    const std::vector<std::string>& protocols,
                                                    const std::vector<std::pair<std::string, std::string>>& headers,
                                                    std::stop_token stop)
{
    PH_TRY(auto tls, tlsOf(access));
    auto connection = std::make_unique<Connection>(std::move(tls), access.server);
    PH_CHECK(connection->connect(access, path, protocols, headers, stop));
    return connection;
}

} // namespace core::kube
