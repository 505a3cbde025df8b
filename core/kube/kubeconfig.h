// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/manifest/value.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace core::kube {

/// Everything that is needed to reach one API server as one user. Holds secrets: never print it.
struct Access
{
    std::string context;
    std::string server; ///< may hold a base path
    std::string nameSpace = "default";
    std::string caPem;
    bool insecure = false; ///< the server's certificate is not checked: show a warning
    std::string tlsServerName;
    std::string proxyUrl;
    std::string clientCertificatePem;
    std::string clientKeyPem;
    std::string token;
    std::filesystem::path tokenFile; ///< read again every minute
    std::string username;
    std::string password;
    std::string impersonateUser;
    std::vector<std::string> impersonateGroups;
};

/// One or several merged kubeconfig files: the first file that names a cluster, user or context wins.
class Kubeconfig
{
public:
    /// An explicit file must exist; of a list, missing files are passed over.
    [[nodiscard]] static Result<Kubeconfig> load(const std::filesystem::path& file);
    [[nodiscard]] static Result<Kubeconfig> merge(const std::vector<std::filesystem::path>& files);
    /// $KUBECONFIG, else ~/.kube/config.
    [[nodiscard]] static Result<Kubeconfig> standard();

    [[nodiscard]] const std::string& currentContext() const { return m_current; }
    [[nodiscard]] std::vector<std::string> contexts() const;
    /// The access of a context ("" = the current one), files read in. Unsupported where the user needs an exec plugin
    /// or an auth provider.
    [[nodiscard]] Result<Access> access(std::string_view context = {}) const;

private:
    struct Entry
    {
        manifest::Value value;
        std::filesystem::path folder; ///< relative paths start here
    };
    Result<> add(const std::filesystem::path& file);

    std::string m_current;
    std::map<std::string, Entry, std::less<>> m_clusters, m_users, m_contexts;
};

} // namespace core::kube
