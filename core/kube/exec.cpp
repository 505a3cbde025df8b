// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/exec.h"

#include "core/kube/url.h"
#include "core/kube/websocket.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <atomic>
#include <charconv>
#include <mutex>

namespace core::kube {

namespace {

enum Channel : char { Input = 0, Output = 1, Errors = 2, Status = 3, Resize = 4, Close = '\xff' };

/// The exit code that the Status of a finished command tells.
Result<int> exitCodeOf(const manifest::Value& status, const std::string& where)
{
    if (manifest::text(status, {"status"}) == "Success")
        return 0;
    for (const auto& cause : manifest::array(status, {"details", "causes"})) {
        const auto text = manifest::text(cause, {"message"});
        int code = 0;
        const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), code);
        if (manifest::text(cause, {"reason"}) == "ExitCode" && problem == std::errc()
            && end == text.data() + text.size())
            return code;
    }
    return fail(errorOf(status, 500, where));
}

class Session final : public ExecSession
{
public:
    Session(std::unique_ptr<WebSocket> socket, Events events, std::string where)
        : m_socket(std::move(socket))
        , m_events(std::move(events))
        , m_where(std::move(where))
    {
        m_socket->start(
            {[this](std::string_view message) { onMessage(message); }, [this](const Result<>& how) { onClosed(how); }});
    }

    void send(std::string_view bytes) override
    {
        constexpr std::size_t kPiece = 32 * 1024;
        for (; !bytes.empty(); bytes.remove_prefix(std::min(bytes.size(), kPiece)))
            m_socket->send(std::string(1, Input) + std::string(bytes.substr(0, kPiece)));
    }
    void closeInput() override
    {
        if (m_socket->protocol() == "v5.channel.k8s.io") // the older protocol has no word for it
            m_socket->send({Close, Input});
    }
    void resize(int columns, int rows) override
    {
        m_socket->send(fmt::format("{}{{\"Width\":{},\"Height\":{}}}", static_cast<char>(Resize), columns, rows));
    }

private:
    void onMessage(std::string_view message)
    {
        if (message.size() < 2)
            return; // a channel's empty first frame
        const auto text = message.substr(1);
        if (message.front() == Output && m_events.output)
            m_events.output(text);
        else if (message.front() == Errors && m_events.errors)
            m_events.errors(text);
        else if (message.front() == Status)
            m_status += text;
    }
    void onClosed(const Result<>& how)
    {
        if (!m_events.ended)
            return;
        if (!m_status.empty()) {
            const auto status = manifest::parseJson(m_status, m_where);
            m_events.ended(status ? exitCodeOf(*status, m_where) : Result<int>(fail(status.error())));
        } else if (!how) {
            m_events.ended(fail(how.error()));
        } else {
            m_events.ended(fail(Error::Code::Unavailable, "the connection ended before the command did", m_where));
        }
    }

    std::unique_ptr<WebSocket> m_socket;
    Events m_events;
    std::string m_where, m_status;
};

} // namespace

Result<std::unique_ptr<ExecSession>> exec(Client& client, std::string_view nameSpace, std::string_view pod,
                                          const ExecOptions& options, ExecSession::Events events, std::stop_token stop)
{
    const auto where = fmt::format("Pod/{}/{}", nameSpace, pod);
    if (options.command.empty())
        return fail(Error::Code::InvalidInput, "there is no command to run", where);
    auto* transport = dynamic_cast<WebSocketTransport*>(client.transport().get());
    if (transport == nullptr)
        return fail(Error::Code::Unsupported,
                    "this cluster's pods are simulated: there is no container to run a command in", where);
    Query query;
    for (const auto& argument : options.command)
        query.add("command", argument);
    query.addSet("container", options.container);
    if (options.input)
        query.add("stdin", "true");
    query.add("stdout", "true");
    if (options.tty)
        query.add("tty", "true");
    else
        query.add("stderr", "true");
    const ResourceType pods {"", "v1", "Pod", "pods"};
    PH_TRY(auto socket,
           transport->openWebSocket(resourcePath(pods, nameSpace, pod, "exec") + query.text(),
                                    {"v5.channel.k8s.io", "v4.channel.k8s.io"}, stop));
    return std::make_unique<Session>(std::move(socket), std::move(events), where);
}

} // namespace core::kube
