// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/manifest/value.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace core::kube {

/// A program that gives credentials (client.authentication.k8s.io).
struct ExecPlugin
{
    enum class Interactive : std::uint8_t { Never, IfAvailable, Always };
    std::string apiVersion;
    std::string command;
    std::vector<std::string> arguments {};
    std::vector<std::pair<std::string, std::string>> environment {};
    std::string installHint {};
    bool provideClusterInfo = false;
    Interactive interactive = Interactive::IfAvailable;
    manifest::Value clusterConfig {}; ///< the cluster's extension client.authentication.k8s.io/exec
};

/// A cluster of Amazon's (EKS), whose tokens are made of AWS's keys; see aws::clusterToken.
struct AwsSignIn
{
    std::string clusterName;
    std::string region;
    std::string roleArn {}; ///< "": as who the keys are
    std::string profile {}; ///< of the shared credentials file; "": the usual places
};

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
    std::string impersonateUid {};
    std::map<std::string, std::vector<std::string>> impersonateExtra {};
    std::optional<ExecPlugin> exec {}; ///< where the credentials come from, unless token or certificate are set
    std::optional<AwsSignIn> aws {}; ///< likewise
    bool disableCompression = false; ///< answers are asked for as they are
};

/// The access that a pod has to its own cluster: KUBERNETES_SERVICE_HOST and _PORT, and the files of its service
/// account. NotFound outside of a cluster.
[[nodiscard]] Result<Access>
inClusterAccess(const std::filesystem::path& account = "/var/run/secrets/kubernetes.io/serviceaccount");

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
    /// The access of a context ("" = the current one), files read in. Unsupported where the user needs an auth
    /// provider other than oidc with a token that is still good.
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
