// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace support {

/// Serves the repositories below a folder over https on 127.0.0.1 through Git's own git-http-backend, to those who
/// give the user and password "reader" / "secret" or the bearer token "token". For tests.
class GitHttpsServer
{
public:
    explicit GitHttpsServer(std::filesystem::path folder);
    ~GitHttpsServer();
    /// Whether Git on this machine has git-http-backend.
    [[nodiscard]] static bool available();
    [[nodiscard]] std::string url(const std::string& repository) const;
    /// PEM, of the authority that signed the server's certificate.
    [[nodiscard]] std::string authority() const;
    [[nodiscard]] int requests() const; ///< that were let in

private:
    struct Private;
    std::shared_ptr<Private> m_d;
};

} // namespace support
