// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDir>
#include <QProcess>
#include <QProcessEnvironment>
#include <QStandardPaths>
#include <QStringList>

namespace support {

/// Where tests/peers/install puts programs.
inline QString peerFolder()
{
    return qEnvironmentVariable("PILOTHOUSE_PEERS", QDir::homePath() + "/.cache/pilothouse-peers") + "/bin";
}

/// A peer's program, or "" where it is not installed.
inline QString peerProgram(const QString& name)
{
    return QStandardPaths::findExecutable(name, {peerFolder()});
}

/// One kubectl against one cluster. Copy it freely.
struct Kubectl
{
    QString program; ///< "": not installed
    QString kubeconfig;
    QString home; ///< holds its caches
    QProcessEnvironment more {}; ///< variables on top of the test's own
    int patience = 60'000; ///< milliseconds until run() ends it

    /// The one that is on the PATH.
    [[nodiscard]] static QString installed() { return QStandardPaths::findExecutable("kubectl"); }
    /// That of tests/peers/install kubernetes, else the one on the PATH.
    [[nodiscard]] static QString newest()
    {
        const auto peer = peerProgram("kubectl");
        return peer.isEmpty() ? installed() : peer;
    }

    /// Both outputs together on one channel.
    void start(QProcess& process, const QStringList& arguments) const
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("KUBECONFIG", kubeconfig);
        environment.insert("HOME", home);
        environment.insert(more);
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        process.start(program, arguments);
    }
    /// Both outputs together, trimmed.
    QString run(const QStringList& arguments, const QByteArray& input = {}, int* exitCode = nullptr) const
    {
        QProcess process;
        start(process, arguments);
        process.write(input);
        process.closeWriteChannel();
        if (!process.waitForFinished(patience)) {
            process.kill();
            process.waitForFinished(5'000);
        }
        if (exitCode != nullptr)
            *exitCode = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
        return QString::fromUtf8(process.readAll()).trimmed();
    }
};

} // namespace support
