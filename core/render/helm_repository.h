// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/http.h"
#include "core/git/tree.h"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace core::render::helm {

/// How repositories of charts are reached.
struct RepositoryAccess
{
    HttpSend send; ///< required; curlHttp() is not asked for here, so that programs that fetch nothing do not load it
    std::filesystem::path cache; ///< folder for archives and indexes; empty: nothing is kept
    std::string user, password; ///< for the repository's own host; a user in its address goes before these
    bool passCredentials = false; ///< send them to other hosts that the index names, too
    bool insecureSkipTlsVerify = false;
    bool tls = false; ///< a registry on this machine is spoken to with TLS, too
};

struct FetchedChart
{
    std::string version;
    git::TreePtr tree; ///< the chart is at its root
};

/// A chart of a classic repository (index.yaml) or, for oci:// and addresses without a scheme, of an OCI registry.
/// `version` is exact or a range, "" the newest stable one. Archives are checked against the digests that the index or
/// manifest names. What the cache has in an exact version needs no network; where the network fails, the error tells
/// what the cache has (Unavailable). Registries on this machine are spoken to without TLS. Blocks.
[[nodiscard]] Result<FetchedChart> fetchChart(const std::string& repository, const std::string& chart,
                                              const std::string& version, const RepositoryAccess& access,
                                              std::stop_token stop = {});

/// What lies in an OCI registry as one archive of manifests, a kustomization or a chart. `revision` is a tag, a digest
/// ("sha256:..."), a range of versions, or "": the tag "latest". The result's version is the digest of the manifest;
/// what the cache has of a digest needs no network. Blocks.
[[nodiscard]] Result<FetchedChart> fetchArtifact(const std::string& repository, const std::string& revision,
                                                 const RepositoryAccess& access, std::stop_token stop = {});

enum class PassCredentials : std::uint8_t { No, Yes };
/// One text for a chart in a repository, "helm+https://host/path#chart", where addresses of Git repositories stand;
/// "helm+pass+..." where credentials go to other hosts, too.
/// `repository` may be a name as in Chart.yaml, "@name" or "alias:name".
[[nodiscard]] std::string chartLocation(const std::string& repository, const std::string& chart,
                                        PassCredentials pass = PassCredentials::No);
struct ChartLocation
{
    std::string repository, chart;
    bool passCredentials = false;
};
[[nodiscard]] std::optional<ChartLocation> parseChartLocation(std::string_view location);

/// The same for one file at an http or https address, of which kFileName is the name in the tree.
[[nodiscard]] std::string fileLocation(const std::string& url);
[[nodiscard]] std::optional<std::string> parseFileLocation(std::string_view location);
inline constexpr const char* kFileName = "file";
/// Reads such a file, of at most 16 MiB. Blocks.
[[nodiscard]] Result<git::TreePtr> fetchFile(const std::string& url, const HttpSend& send, std::stop_token stop = {});

} // namespace core::render::helm
