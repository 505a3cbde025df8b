// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/diff/diff.h"
#include "core/manifest/resource.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace core::gitops {

constexpr std::string_view kInClusterServer = "https://kubernetes.default.svc";
constexpr std::string_view kInClusterName = "in-cluster";

/// A cluster as Applications, projects and settings name it; unless said otherwise the one that the Application is in.
struct ClusterName
{
    std::string server {kInClusterServer}; ///< address, without a slash at its end
    std::string name {kInClusterName};
    friend bool operator==(const ClusterName&, const ClusterName&) = default;
};

/// A repository as the applications of a project reach it: with that project's credentials, or else with those of
/// everybody. Without a project with those of everybody.
struct SourceRepository
{
    SourceRepository(std::string address, std::string of = {}) // NOLINT: an address alone is a repository
        : url(std::move(address))
        , project(std::move(of))
    {
    }
    SourceRepository(const char* address) // NOLINT: the same
        : url(address)
    {
    }
    std::string url;
    std::string project;
    friend auto operator<=>(const SourceRepository&, const SourceRepository&) = default;
};

struct Source
{
    std::string repoUrl;
    std::string path;
    std::string chart;
    std::string targetRevision;
    std::string ref;
    manifest::Value raw; ///< as written
};

struct Retry
{
    std::int64_t limit = 0; ///< negative: without end
    Duration duration = std::chrono::seconds(5);
    std::int64_t factor = 2;
    Duration maxDuration = std::chrono::minutes(3);
    bool refresh = false;
    std::string problem; ///< why its back-off cannot be read; then nothing is retried
    /// Wait before the attempt number `done` + 1.
    [[nodiscard]] Duration wait(std::int64_t done) const;
};

/// An Application's spec, read leniently: what is malformed shows up in `problems`.
struct Application
{
    std::string name;
    std::string nameSpace;
    std::string project = "default";
    bool multiSource = false;
    std::vector<Source> sources;
    std::string server;
    std::string clusterName;
    std::string destinationNamespace;
    bool automated = false;
    bool prune = false;
    bool selfHeal = false;
    bool allowEmpty = false;
    std::vector<std::string> syncOptions;
    std::optional<Retry> retry;
    manifest::Value managedNamespaceMetadata;
    std::vector<diff::IgnoreRule> ignoreDifferences;
    std::int64_t historyLimit = 10;
    bool deleting = false;
    std::set<std::string> finalizers;

    [[nodiscard]] bool hasOption(std::string_view option) const;
};

[[nodiscard]] Application parseApplication(const manifest::Value& object);
/// `source` and `sources` of a spec, as an object, as they count: with a sourceHydrator it is the sync source, where
/// the hydrated manifests are (section 1.10). Hydrating itself is another program's.
[[nodiscard]] manifest::Value countedSources(const manifest::Value& spec);
[[nodiscard]] manifest::Value countedSourcesOf(const manifest::Value& application);
[[nodiscard]] std::vector<Source> parseSources(const manifest::Value& spec, bool* multiple = nullptr);
[[nodiscard]] std::optional<Retry> parseRetry(const manifest::Value* retry);
/// The app name for apps in the controller's namespace, else "<namespace>_<name>".
[[nodiscard]] std::string instanceName(const Application& app, std::string_view controllerNamespace);

struct Condition
{
    std::string type; ///< InvalidSpecError, ComparisonError, SyncError, RepeatedResourceWarning ...
    std::string message;
    friend bool operator==(const Condition&, const Condition&) = default;
};

} // namespace core::gitops
