// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/appset/templating.h"
#include "core/base/clock.h"
#include "core/base/http.h"
#include "core/gitops/clusters.h"
#include "core/gitops/sources.h"
#include "core/kube/cache.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace core::appset {

using Cluster = gitops::RegisteredCluster;

/// What generators may ask of the world. All functions may be called from one thread at a time.
struct Inputs
{
    std::string nameSpace = "argocd"; ///< Argo CD's own: Secrets and ConfigMaps that generators name
    std::vector<Cluster> clusters; ///< sorted by name
    gitops::Resolve resolve; ///< Git repositories
    /// A Secret or ConfigMap; null where there is none.
    std::function<kube::ObjectPtr(std::string_view kind, const std::string& nameSpace, const std::string& name)> object;
    /// All objects of a kind (or plural) in a namespace, for clusterDecisionResource.
    std::function<Result<std::vector<manifest::Value>>(const std::string& apiVersion, const std::string& kind,
                                                       const std::string& nameSpace)>
        list;
    HttpSend http; ///< forges and plugins
    /// A token for the GitHub App that a Secret holds (githubAppID ...); null: forges are not asked as one.
    std::function<Result<std::string>(const manifest::Value& secret, std::stop_token stop)> githubToken {};
    bool globFiles = false; ///< new git file globbing: "*" stays inside a folder, "**" does not
    bool scmProviders = true;
    std::vector<std::string> allowedScmProviders; ///< API addresses; empty: any
    std::stop_token stop;
};

/// Reads one ApplicationSet's generators (section 9.3).
class Generators
{
public:
    Generators(const manifest::Value& applicationSet, const Inputs& inputs, Templating& templating);

    struct Generated
    {
        ParamsList params;
        manifest::Value templateOverride; ///< the generator's own template, or null
    };
    /// What one entry of spec.generators gives, for each generator in it. Errors carry Argo CD's words.
    [[nodiscard]] Result<std::vector<Generated>> run(const manifest::Value& entry);

private:
    enum class Level : std::uint8_t { Top, Nested, Terminal }; ///< matrix and merge nest once
    using Maker = Result<ParamsList> (Generators::*)(const manifest::Value& generator, Level level);
    struct Kind
    {
        std::string_view name;
        Maker make;
        bool combines;
    };
    static const std::vector<Kind>& kinds();

    [[nodiscard]] Result<std::vector<Generated>> run(const manifest::Value& entry, Level level, const Params* outer);
    [[nodiscard]] Result<ParamsList> runChild(const manifest::Value& entry, Level level, const Params* outer);
    [[nodiscard]] Result<ParamsList> list(const manifest::Value& generator, Level level);
    [[nodiscard]] Result<ParamsList> clusters(const manifest::Value& generator, Level level);
    [[nodiscard]] Result<ParamsList> clusterDecisions(const manifest::Value& generator, Level level);
    [[nodiscard]] Result<ParamsList> git(const manifest::Value& generator, Level level);
    [[nodiscard]] Result<ParamsList> gitDirectories(const manifest::Value& generator, const git::Tree& tree);
    [[nodiscard]] Result<ParamsList> gitFiles(const manifest::Value& generator, const git::Tree& tree);
    [[nodiscard]] Result<ParamsList> plugin(const manifest::Value& generator, Level level);
    [[nodiscard]] Result<ParamsList> scmProvider(const manifest::Value& generator, Level level);
    [[nodiscard]] Result<ParamsList> pullRequest(const manifest::Value& generator, Level level);
    [[nodiscard]] Result<ParamsList> matrix(const manifest::Value& generator, Level level);
    [[nodiscard]] Result<ParamsList> merge(const manifest::Value& generator, Level level);
    /// Adds `values.*`, which may use the other parameters but not each other.
    [[nodiscard]] Result<> addValues(const manifest::Value& generator, Params& params);
    /// {path, basename, ...} of a folder, and of a file in it where `file` is not empty.
    void addPath(const manifest::Value& generator, Params& params, const std::string& folder, const std::string& file);

    const manifest::Value& m_set;
    const Inputs& m_inputs;
    Templating& m_templating;
};

/// After how long the generators are to be read again; zero: only on changes.
[[nodiscard]] Duration requeueAfter(const manifest::Value& applicationSet);
/// The project whose credentials a set's generators read repositories with: its template's; "" where that is generated.
[[nodiscard]] std::string projectOf(const manifest::Value& applicationSet);
/// Repositories and revisions that git generators read, nested ones too. Parameters in them are left out.
[[nodiscard]] std::vector<std::pair<gitops::SourceRepository, std::string>>
gitSources(const manifest::Value& applicationSet);

/// path.Match's patterns, where "*" and "?" stop at "/", or (`crossing`) fnmatch's, where they do not. Nothing where
/// the pattern is malformed.
[[nodiscard]] std::optional<bool> pathMatches(std::string_view pattern, std::string_view path, bool crossing);

} // namespace core::appset
