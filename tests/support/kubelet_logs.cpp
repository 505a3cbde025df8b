// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/kubelet_logs.h"

#include "core/base/strings.h"
#include "core/embedded/credentials.h"
#include "core/embedded/sim/logs.h"

#include <QByteArray>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <list>
#include <map>
#include <mutex>
#include <thread>

namespace support {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using Stream = asio::ssl::stream<tcp::socket>;

namespace {

std::optional<core::embedded::Simulation::LogRequest> requestOf(std::string_view target, core::Clock& clock,
                                                                std::int64_t& limit)
{
    const auto question = std::min(target.find('?'), target.size());
    const auto path = core::split(target.substr(0, question), '/');
    if (path.size() != 5 || path[1] != "containerLogs")
        return std::nullopt;
    std::map<std::string, std::string> parameters;
    for (const auto& pair : core::split(target.substr(std::min(question + 1, target.size())), '&')) {
        const auto equals = std::min(pair.find('='), pair.size());
        parameters[std::string(pair.substr(0, equals))] =
            QByteArray::fromPercentEncoding(QByteArray::fromStdString(pair.substr(std::min(equals + 1, pair.size()))))
                .toStdString();
    }
    core::embedded::Simulation::LogRequest out;
    out.nameSpace = path[2];
    out.pod = path[3];
    out.container = path[4];
    out.follow = parameters["follow"] == "true";
    out.previous = parameters["previous"] == "true";
    out.timestamps = parameters["timestamps"] == "true";
    if (!parameters["tailLines"].empty())
        out.tailLines = std::stoll(parameters["tailLines"]);
    if (!parameters["sinceSeconds"].empty())
        out.since = clock.now() - std::chrono::seconds(std::stoll(parameters["sinceSeconds"]));
    if (!parameters["sinceTime"].empty())
        out.since = core::parseRfc3339(parameters["sinceTime"]).value();
    if (!parameters["limitBytes"].empty())
        limit = std::stoll(parameters["limitBytes"]);
    return out;
}

} // namespace

struct KubeletLogs::Private
{
    Pods pods;
    core::embedded::Credentials credentials = core::embedded::generateCredentials().value();
    asio::ssl::context tls {asio::ssl::context::tls_server};
    asio::io_context io;
    tcp::acceptor acceptor {io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    core::ScaledClock clock;
    std::mutex mutex;
    std::stop_source stop;
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
            if (error || stop.stop_requested())
                return;
            auto& kept = streams.emplace_back(std::move(socket), tls);
            threads.emplace_back([this, &kept] { serve(kept); });
        }
    }

    void serve(Stream& stream)
    {
        error_code error;
        stream.handshake(asio::ssl::stream_base::server, error);
        boost::beast::flat_buffer buffer;
        while (!error) {
            http::request<http::string_body> in;
            http::read(stream, buffer, in, error);
            if (!error)
                answer(stream, std::string(in.target()), error);
        }
        stream.lowest_layer().shutdown(tcp::socket::shutdown_both, error);
    }

    void answer(Stream& stream, const std::string& target, error_code& error)
    {
        auto limit = std::numeric_limits<std::int64_t>::max();
        const auto request = requestOf(target, clock, limit);
        bool begun = false;
        const auto begin = [&] {
            http::response<http::empty_body> head(http::status::ok, 11);
            head.set(http::field::content_type, "text/plain");
            head.chunked(true);
            http::response_serializer<http::empty_body> serializer(head);
            http::write_header(stream, serializer, error);
            begun = true;
        };
        const auto say = [&](std::string_view text) {
            if (!begun)
                begin();
            text = text.substr(0, static_cast<std::size_t>(limit));
            limit -= static_cast<std::int64_t>(text.size());
            if (!error)
                asio::write(stream, http::make_chunk(asio::buffer(text)), error);
            return !error && limit > 0;
        };
        const auto podNow = [&] { return pods(request->nameSpace, request->pod); };
        const auto printed = request ? core::embedded::sim::printLog(podNow, clock, *request, say, stop.get_token())
                                     : core::Result<>(core::fail(core::Error::Code::Invalid, "404 page not found"));
        if (!printed) {
            http::response<http::string_body> refusal(http::status::bad_request, 11);
            refusal.set(http::field::content_type, "text/plain; charset=utf-8");
            refusal.body() = printed.error().message;
            refusal.prepare_payload();
            http::write(stream, refusal, error);
            return;
        }
        if (!begun)
            begin();
        if (!error)
            asio::write(stream, http::make_chunk_last(), error);
    }
};

KubeletLogs::KubeletLogs(Pods pods)
    : m_d(std::make_unique<Private>())
{
    m_d->pods = std::move(pods);
    m_d->tls.use_certificate_chain(asio::buffer(m_d->credentials.certificate));
    m_d->tls.use_private_key(asio::buffer(m_d->credentials.key), asio::ssl::context::pem);
    m_d->accepting = std::jthread([d = m_d.get()] { d->accept(); });
}

KubeletLogs::~KubeletLogs()
{
    error_code error;
    {
        const std::scoped_lock lock(m_d->mutex);
        m_d->stop.request_stop();
        for (auto& stream : m_d->streams)
            stream.lowest_layer().shutdown(tcp::socket::shutdown_both, error);
    }
    tcp::socket knock(m_d->io); // accept() is in a system call
    knock.connect(m_d->acceptor.local_endpoint(), error);
    m_d->accepting.join();
    m_d->threads.clear();
}

unsigned short KubeletLogs::port() const
{
    return m_d->acceptor.local_endpoint().port();
}

} // namespace support
