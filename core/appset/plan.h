// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/appset/generate.h"

namespace core::appset {

/// What the controller's own configuration says (ConfigMap argocd-cmd-params-cm, applicationsetcontroller.*).
struct Settings
{
    std::string policy; ///< "" = sync, and sets may choose for themselves
    bool policyOverride = true;
    bool progressiveSyncs = true; ///< Argo CD's own default is off
    bool globFiles = false;
    bool scmProviders = true;
    std::vector<std::string> allowedScmProviders;
    std::vector<std::string> preservedAnnotations, preservedLabels;
};
[[nodiscard]] Settings parseSettings(const manifest::Value* configMap);

/// syncPolicy.applicationsSync (section 9.4).
struct Policy
{
    bool update = true;
    bool remove = true;
};
[[nodiscard]] Policy policyOf(const manifest::Value& applicationSet, const Settings& settings);

/// One thing to do to an Application.
struct Change
{
    enum class Verb : std::uint8_t { Create, Update, Delete };
    Verb verb = Verb::Create;
    std::string name;
    manifest::Value object; ///< to create
    manifest::Value patch; ///< merge patch; before a deletion: drops the finalizers of an unreachable destination
    std::string error; ///< not to be done, in Argo CD's words: it belongs to another ApplicationSet
};

/// Live Applications of the set's namespace by name.
using Live = std::map<std::string, manifest::Value>;

/// Whether an Application's controller is this ApplicationSet.
[[nodiscard]] bool isOwned(const manifest::Value& application, const manifest::Value& applicationSet);

/// What makes the cluster's Applications those that are `valid`. `desiredNames` also has the ones that are invalid:
/// they are not deleted. Applications with an `operation` get it.
[[nodiscard]] std::vector<Change> planApplications(const manifest::Value& applicationSet,
                                                   const std::vector<manifest::Value>& valid,
                                                   const std::set<std::string>& desiredNames, const Live& live,
                                                   const std::vector<Cluster>& clusters, const Settings& settings);

/// Takes what ignoreApplicationDifferences names out of an Application.
void removeIgnored(manifest::Value& application, const manifest::Value& applicationSet);

} // namespace core::appset
