// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/curl_transport.h"
#include "core/manifest/value.h"

#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>
#include <QUrlQuery>

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>

struct Seen
{
    std::string method, path, token, contentType, body;
    QUrlQuery query;
    [[nodiscard]] std::string parameter(const char* name) const
    {
        return query.queryItemValue(name, QUrl::FullyDecoded).toStdString();
    }
};

/// A stand-in for Argo CD's API server as section 10 of the reference describes it, with one application, below /argo.
class ArgoServer
{
public:
    ArgoServer()
    {
        m_thread = std::jthread([this](const std::stop_token& stop) {
            QTcpServer server;
            server.listen(QHostAddress::LocalHost);
            m_port = server.serverPort();
            while (!stop.stop_requested()) {
                if (server.waitForNewConnection(20))
                    serve(*std::unique_ptr<QTcpSocket>(server.nextPendingConnection()));
            }
        });
        while (m_port == 0)
            std::this_thread::yield();
    }
    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(m_port); }
    [[nodiscard]] core::kube::TransportPtr transport() const
    {
        core::kube::Access access;
        access.server = url();
        return core::kube::curlTransport(access);
    }
    [[nodiscard]] Seen last() const
    {
        const std::lock_guard lock(m_mutex);
        return m_last;
    }

private:
    void serve(QTcpSocket& socket)
    {
        QByteArray text;
        while (!text.contains("\r\n\r\n") && socket.waitForReadyRead(2000))
            text += socket.readAll();
        const auto split = text.indexOf("\r\n\r\n");
        Seen seen;
        qsizetype length = 0;
        const auto lines = text.left(split).split('\n');
        for (const auto& line : lines) {
            const auto lowered = line.toLower();
            if (lowered.startsWith("authorization: bearer "))
                seen.token = line.mid(22).trimmed().toStdString();
            if (lowered.startsWith("content-type: "))
                seen.contentType = line.mid(14).trimmed().toStdString();
            if (lowered.startsWith("content-length: "))
                length = line.mid(16).trimmed().toLongLong();
        }
        auto body = text.mid(split + 4);
        while (body.size() < length && socket.waitForReadyRead(2000))
            body += socket.readAll();
        seen.body = body.toStdString();
        seen.method = lines.value(0).split(' ').value(0).toStdString();
        const QUrl url(QString::fromLatin1(lines.value(0).split(' ').value(1)));
        seen.path = url.path(QUrl::FullyEncoded).toStdString();
        seen.query = QUrlQuery(url);
        const auto reply = respond(seen);
        {
            const std::lock_guard lock(m_mutex);
            m_last = seen;
        }
        socket.write(reply.data(), static_cast<qint64>(reply.size()));
        socket.waitForBytesWritten(2000);
        socket.disconnectFromHost();
        if (socket.state() != QAbstractSocket::UnconnectedState)
            socket.waitForDisconnected(2000);
    }

    static std::string respond(const Seen& seen);

    mutable std::mutex m_mutex;
    Seen m_last;
    std::atomic<int> m_port = 0;
    std::jthread m_thread;
};
