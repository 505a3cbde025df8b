// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gitops/controller.h"

namespace core::gitops {

/// An application's sources, resolved and rendered.
struct RenderedSources
{
    std::vector<std::string> revisions; ///< one per source
    std::vector<std::string> types; ///< "Kustomize" ...
    std::vector<render::OutputPtr> outputs; ///< null where a source renders nothing
    bool mayHaveChanges = true; ///< against KeptSources::revisions
};

/// What is known from before, for applications that say which paths their manifests depend on.
struct KeptSources
{
    std::string_view paths {}; ///< the annotation kGeneratePaths; "": nothing is kept
    std::vector<std::string> revisions {}; ///< that a sync was tried of, one per source; empty: of none
    const RenderedSources* rendered = nullptr; ///< of the same sources: serves new commits that touch no path
};

struct ClusterFacts
{
    std::string kubeVersion;
    std::vector<std::string> apiVersions;
    std::vector<std::string> valuesFileSchemes {"https", "http"}; ///< Settings::valuesFileSchemes
};

using Resolve = std::function<Result<ResolvedSource>(const std::string& repoUrl, const std::string& revision,
                                                     std::stop_token stop)>;

/// All tags of a repository.
using Tags = std::function<Result<std::vector<std::string>>(const std::string& repoUrl, std::stop_token stop)>;

/// Renders all sources. `revisions` (may be shorter than sources) take the place of targetRevision.
/// `.argocd-source.yaml` and `.argocd-source-INSTANCE.yaml` of a source's folder change it first (`instance` empty: the
/// application's name). Errors carry Argo CD's words: "failed to generate manifest for source 1 of 1: ...".
[[nodiscard]] Result<RenderedSources>
renderSources(const Application& app, const std::vector<Source>& sources, const std::vector<std::string>& revisions,
              render::Renderer& renderer, const Resolve& resolve, const ClusterFacts& facts, std::stop_token stop,
              const Tags& tags = {}, const std::string& instance = {}, const KeptSources& kept = {});

} // namespace core::gitops
