// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/client.h"

#include <chrono>
#include <filesystem>

namespace core::kube {

/// What discovery told of one server, on disk for the next process, as kubectl keeps it. The folder is made 0700, the
/// file 0600. Nothing here is an error: without a file that can be trusted the server is asked.
class DiscoveryCache
{
public:
    static constexpr std::chrono::hours kLifetime {6}; ///< kubectl's

    DiscoveryCache(const std::filesystem::path& folder, std::string_view server);

    /// None where the file is missing, older than kLifetime, from the future, or of another form.
    [[nodiscard]] std::optional<std::vector<ResourceType>> read() const;
    void write(const std::vector<ResourceType>& types) const;
    [[nodiscard]] const std::filesystem::path& file() const { return m_file; }

private:
    std::string m_server;
    std::filesystem::path m_file;
};

} // namespace core::kube
