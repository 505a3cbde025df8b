// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/fault_server.h"

#include "core/manifest/value.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <list>
#include <mutex>
#include <thread>

namespace support {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using core::kube::Request;
using core::kube::Response;

namespace {

using Incoming = http::request<http::string_body>;

http::response_header<> headerOf(const Response& response)
{
    http::response_header<> out;
    out.version(11);
    out.result(static_cast<unsigned>(response.status));
    for (const auto& [name, value] : response.headers)
        if (name != "content-length" && name != "transfer-encoding" && name != "content-encoding") // it is unpacked
            out.set(name, value);
    return out;
}

} // namespace

struct FaultServer::Private
{
    core::kube::TransportPtr behind;
    asio::io_context io;
    tcp::acceptor acceptor {io, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
    std::mutex mutex;
    Faults faults;
    std::stop_source stop;
    std::list<tcp::socket> sockets;
    std::list<std::jthread> threads;
    std::jthread accepting;

    void accept()
    {
        for (;;) {
            boost::system::error_code error;
            tcp::socket socket(io);
            acceptor.accept(socket, error);
            const std::scoped_lock lock(mutex);
            if (error || stop.stop_requested())
                return;
            auto& kept = sockets.emplace_back(std::move(socket));
            threads.emplace_back([this, &kept] { serve(kept); });
        }
    }

    void serve(tcp::socket& socket)
    {
        beast::flat_buffer buffer;
        boost::system::error_code error;
        while (!error && !stop.stop_requested()) {
            Incoming incoming;
            http::read(socket, buffer, incoming, error);
            if (error || !answer(socket, incoming))
                break;
        }
        const std::scoped_lock lock(mutex);
        socket.shutdown(tcp::socket::shutdown_both, error);
        socket.close(error);
    }

    /// False where the connection is to be closed.
    bool answer(tcp::socket& socket, const Incoming& incoming)
    {
        Request request;
        request.method = std::string(incoming.method_string());
        request.path = std::string(incoming.target());
        for (const auto& field : incoming)
            request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
        request.body = incoming.body();
        Faults ask;
        {
            const std::scoped_lock lock(mutex);
            ask = faults;
        }
        const auto fault = ask ? ask(request) : std::nullopt;
        if (fault)
            std::this_thread::sleep_for(fault->delay);
        if (fault && !fault->through)
            return refuse(socket, *fault);
        return request.path.find("watch=true") != std::string::npos
                || request.path.find("follow=true") != std::string::npos
            ? stream(socket, request, fault)
            : whole(socket, request, fault);
    }

    static bool refuse(tcp::socket& socket, const Fault& fault)
    {
        if (fault.status == 0)
            return false;
        http::response<http::string_body> out(static_cast<http::status>(fault.status), 11, fault.body);
        out.set(http::field::content_type, "application/json");
        if (!fault.retryAfter.empty())
            out.set(http::field::retry_after, fault.retryAfter);
        out.prepare_payload();
        if (fault.cut)
            out.content_length(fault.body.size() * 2);
        boost::system::error_code error;
        http::write(socket, out, error);
        return !error && !fault.cut;
    }

    bool whole(tcp::socket& socket, const Request& request, const std::optional<Fault>& fault)
    {
        const auto response = behind->send(request, stop.get_token());
        if (!response)
            return false;
        const auto length = std::min(response->body.size(), fault ? *fault->through : std::string::npos);
        http::response<http::string_body> out(headerOf(*response), response->body.substr(0, length));
        out.prepare_payload();
        const bool cut = fault && fault->cut && length < response->body.size();
        if (cut)
            out.content_length(response->body.size());
        boost::system::error_code error;
        http::write(socket, out, error);
        return !error && !cut;
    }

    bool stream(tcp::socket& socket, const Request& request, const std::optional<Fault>& fault)
    {
        boost::system::error_code error;
        http::response<http::empty_body> head(http::status::ok, 11);
        head.set(http::field::content_type, "application/json");
        head.chunked(true);
        http::response_serializer<http::empty_body> serializer(head);
        http::write_header(socket, serializer, error);
        auto left = fault ? *fault->through : std::string::npos;
        const auto response = behind->stream(
            request,
            [&](std::string_view chunk) {
                const auto part = chunk.substr(0, left);
                if (!part.empty()) // an empty chunk would end the body
                    asio::write(socket, http::make_chunk(asio::buffer(part.data(), part.size())), error);
                left -= part.size();
                return !error && left > 0 && !stop.stop_requested();
            },
            stop.get_token());
        if (left == 0 && fault->cut)
            return false;
        // Refusals come as an event, as from a server that has begun to answer.
        if (response && response->status != 200) {
            const auto text = R"({"type":"ERROR","object":)" + response->body + "}\n";
            asio::write(socket, http::make_chunk(asio::buffer(text)), error);
        }
        asio::write(socket, http::make_chunk_last(), error);
        return !error;
    }
};

FaultServer::FaultServer(core::kube::TransportPtr behind)
    : m_d(std::make_shared<Private>())
{
    m_d->behind = std::move(behind);
    m_d->accepting = std::jthread([d = m_d.get()] { d->accept(); });
}

FaultServer::~FaultServer()
{
    m_d->stop.request_stop();
    boost::system::error_code error;
    tcp::socket last(m_d->io);
    last.connect(m_d->acceptor.local_endpoint(), error); // wakes accept()
    m_d->accepting.join();
    for (auto& socket : m_d->sockets)
        socket.shutdown(tcp::socket::shutdown_both, error);
    m_d->threads.clear();
}

void FaultServer::setFaults(Faults faults)
{
    const std::scoped_lock lock(m_d->mutex);
    m_d->faults = std::move(faults);
}

void FaultServer::dropAll()
{
    const std::scoped_lock lock(m_d->mutex);
    boost::system::error_code ignored;
    for (auto& socket : m_d->sockets)
        socket.shutdown(tcp::socket::shutdown_both, ignored);
}

unsigned short FaultServer::port() const
{
    return m_d->acceptor.local_endpoint().port();
}

std::string FaultServer::kubeconfig() const
{
    return fmt::format("apiVersion: v1\n"
                       "kind: Config\n"
                       "current-context: moody\n"
                       "contexts:\n- name: moody\n  context: {{cluster: moody, user: someone}}\n"
                       "clusters:\n- name: moody\n  cluster: {{server: 'http://127.0.0.1:{}'}}\n"
                       "users:\n- name: someone\n  user: {{token: t}}\n",
                       port());
}

Fault statusFault(int code, const std::string& reason, const std::string& message)
{
    using core::manifest::Object;
    const core::manifest::Value body =
        Object {{"kind", "Status"},   {"apiVersion", "v1"}, {"status", "Failure"},  {"reason", reason},
                {"message", message}, {"code", code},       {"metadata", Object {}}};
    return {code, core::manifest::toJson(body), {}, false};
}

} // namespace support
