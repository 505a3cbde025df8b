// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/kubelet_logs.h"

#include "core/base/strings.h"
#include "core/embedded/sim/logs.h"
#include "support/tls_server.h"

#include <QByteArray>

#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <limits>
#include <map>

namespace support {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Stream = TlsServer::Stream;

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
    explicit Private(Pods given)
        : pods(std::move(given))
    {
    }

    Pods pods;
    core::ScaledClock clock;
    std::stop_source stop;
    TlsServer server {[this](Stream& stream) { serve(stream); }}; // last: its threads use the others

    void serve(Stream& stream)
    {
        boost::beast::flat_buffer buffer;
        for (error_code error; !error;) {
            http::request<http::string_body> in;
            http::read(stream, buffer, in, error);
            if (!error)
                answer(stream, std::string(in.target()), error);
        }
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
    : m_d(std::make_unique<Private>(std::move(pods)))
{
}

KubeletLogs::~KubeletLogs()
{
    m_d->stop.request_stop();
}

unsigned short KubeletLogs::port() const
{
    return m_d->server.port();
}

} // namespace support
