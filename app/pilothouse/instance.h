// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

class QLocalServer;

/// One window for each home and cluster: a second start hands its deep link to the first and ends.
class Instance : public QObject
{
    Q_OBJECT

public:
    /// key: what tells instances apart (home folder, kubeconfig, context).
    explicit Instance(const QString& key, QObject* parent = nullptr);
    /// True where another instance took the message; waits a second at most. Otherwise this is the first.
    [[nodiscard]] bool handOver(const QString& message);
    /// Begins to take messages of later instances.
    void listen();

signals:
    void messageReceived(const QString& message);

private:
    void accept();

    QString m_name;
    QLocalServer* m_server;
};
