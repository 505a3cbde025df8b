// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pilothouse/instance.h"

#include <QCryptographicHash>
#include <QLocalServer>
#include <QLocalSocket>

namespace {

constexpr int kWaitMilliseconds = 1000;
constexpr qint64 kLongest = 16 * 1024;

} // namespace

Instance::Instance(const QString& key, QObject* parent)
    : QObject(parent)
    , m_name(
          QStringLiteral("pilothouse-")
          + QString::fromLatin1(QCryptographicHash::hash(key.toUtf8(), QCryptographicHash::Sha256).toHex().first(24)))
    , m_server(new QLocalServer(this))
{
    m_server->setSocketOptions(QLocalServer::UserAccessOption);
    connect(m_server, &QLocalServer::newConnection, this, &Instance::accept);
}

bool Instance::handOver(const QString& message)
{
    QLocalSocket socket;
    socket.connectToServer(m_name);
    if (!socket.waitForConnected(kWaitMilliseconds))
        return false;
    socket.write(message.toUtf8() + '\n');
    const bool sent = socket.waitForBytesWritten(kWaitMilliseconds);
    socket.disconnectFromServer();
    return sent;
}

void Instance::listen()
{
    QLocalServer::removeServer(m_name); // left behind by a crash: nobody answered there
    m_server->listen(m_name);
}

void Instance::accept()
{
    while (QLocalSocket* socket = m_server->nextPendingConnection()) {
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        const auto read = [this, socket] {
            if (socket->canReadLine())
                emit messageReceived(QString::fromUtf8(socket->readLine(kLongest)).trimmed());
            else if (socket->bytesAvailable() > kLongest)
                socket->abort();
        };
        connect(socket, &QLocalSocket::readyRead, this, read);
        read();
    }
}
