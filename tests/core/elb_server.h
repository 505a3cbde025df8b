// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QThread>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace test {

/// Elastic Load Balancing as far as weights are read from it: answers over HTTP on loopback as the API's XML does, in
/// small pages, and refuses a request whose signature is not that of the secret below.
class ElbServer final : public QThread
{
public:
    static constexpr auto kKeyId = "AKIDEXAMPLE";
    static constexpr auto kSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    struct Group
    {
        std::string name;
        std::string resource;
        int weight = -1; ///< -1: no rule forwards to it
    };

    ElbServer();
    ~ElbServer() override;
    [[nodiscard]] std::string address() const;
    /// The variables that lead a client here.
    [[nodiscard]] std::function<std::string(const char*)> environment() const;

    /// Of the load balancer at this DNS name.
    void setGroups(const std::string& dnsName, std::vector<Group> groups);
    /// Answers everything with this; "" goes back to its own answers.
    void setAnswer(int status, const std::string& body);
    [[nodiscard]] QStringList actions() const; ///< asked for so far, in order

protected:
    void run() override;

private:
    struct Request
    {
        QByteArray method, path, body;
        QMap<QByteArray, QByteArray> headers; ///< by name in lower case
    };
    [[nodiscard]] std::pair<int, std::string> answer(const Request& request);
    [[nodiscard]] std::string members(const QString& action, const QMap<QString, QString>& form,
                                      std::string& nextMarker) const;
    [[nodiscard]] static bool isSigned(const Request& request);

    mutable std::mutex m_mutex; ///< guards all below
    std::vector<std::pair<std::string, std::vector<Group>>> m_balancers;
    QStringList m_actions;
    int m_status = 0;
    std::string m_body;
    std::atomic<int> m_port {0};
};

} // namespace test
