// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

/// What a session can be opened on.
namespace core::engine {

class Engine;

/// A context of a kubeconfig.
struct ConnectionChoice
{
    std::string context;
    std::string server; ///< "" where the context cannot be used
    std::string problem; ///< why it cannot
    bool current = false;
    bool production = false; ///< by its name
};

/// The contexts of a kubeconfig; "": those of the files that KUBECONFIG names, or of ~/.kube/config, as kubectl merges
/// them (Engine::Options::kubeconfig = kStandardKubeconfig). [blocking] NotFound where there is none.
[[nodiscard]] Result<std::vector<ConnectionChoice>> connectionChoices(const std::filesystem::path& kubeconfig = {});

/// Whether a name says that it is production: drawn with the red line.
[[nodiscard]] bool soundsLikeProduction(const std::string& name);

/// How to log in to an Argo CD API server: by a token, or by name and password. Kept in memory; see CredentialStore.
struct ArgoLogin
{
    std::string server; ///< "argocd.example.com", or a URL, with the root path where it has one
    bool insecure = false; ///< its certificate is not checked
    std::string token;
    std::string username, password;
};

/// [blocking] A session through an Argo CD API server. Unauthorized where it refuses; InvalidInput where the address is
/// none.
[[nodiscard]] Result<std::unique_ptr<Engine>> openArgoServer(const ArgoLogin& login);

/// [blocking] A file that `pilotctl cluster snapshot` wrote, to look at without its cluster: read-only, nothing runs,
/// and the connection is Offline since the snapshot was taken.
[[nodiscard]] Result<std::unique_ptr<Engine>> openSnapshot(const std::filesystem::path& file);

} // namespace core::engine
