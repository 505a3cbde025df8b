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

/// One text for a chart in a repository, "helm+https://host/path#chart", where addresses of Git repositories stand.
[[nodiscard]] std::string chartLocation(const std::string& repository, const std::string& chart);
struct ChartLocation
{
    std::string repository, chart;
};
[[nodiscard]] std::optional<ChartLocation> parseChartLocation(std::string_view location);

} // namespace core::render::helm
