// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <QDir>
#include <QFileInfo>
#include <QProcess>

#include <boost/json.hpp>

#include <string>

namespace tests {

/// Helm's own packages in a process that answers questions (tests/peers/gotemplate).
class HelmPeer
{
public:
    struct Answer
    {
        bool failed = false;
        std::string text; ///< what it printed, or the error
    };

    [[nodiscard]] static QString program()
    {
        const auto root = qEnvironmentVariable("PILOTHOUSE_PEERS", QDir::homePath() + "/.cache/pilothouse-peers");
        return root + "/bin/gotemplate";
    }
    [[nodiscard]] static bool isInstalled() { return QFileInfo(program()).isExecutable(); }

    HelmPeer() { m_process.start(program(), {}); }
    HelmPeer(const HelmPeer&) = delete;
    HelmPeer& operator=(const HelmPeer&) = delete;
    ~HelmPeer()
    {
        m_process.closeWriteChannel();
        m_process.waitForFinished();
    }

    /// Fields of a question: see tests/peers/gotemplate/main.go.
    [[nodiscard]] Answer ask(boost::json::object question)
    {
        question.emplace("namespace", "rel");
        m_process.write((boost::json::serialize(question) + "\n").c_str());
        while (!m_process.canReadLine())
            if (!m_process.waitForReadyRead(60000))
                return {true, "the peer does not answer"};
        const auto answer = core::manifest::parseJson(m_process.readLine().toStdString());
        if (const auto* output = core::manifest::find(*answer, {"output"}))
            return {false, std::string(output->get_string())};
        return {true, std::string(core::manifest::text(*answer, {"error"}))};
    }

private:
    QProcess m_process;
};

/// "templates/x.yaml:3" of an error.
[[nodiscard]] inline std::string errorPlace(const std::string& message)
{
    for (std::size_t at = 0; (at = message.find("templates/", at)) != std::string::npos; ++at) {
        const auto end = message.find_first_of(": )", at);
        if (end == std::string::npos || message[end] != ':')
            continue;
        const auto stop = message.find_first_not_of("0123456789", end + 1);
        if (stop != end + 1)
            return message.substr(at, stop == std::string::npos ? stop : stop - at);
    }
    return {};
}

} // namespace tests
