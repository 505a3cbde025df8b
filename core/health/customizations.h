// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/health/health.h"

#include <map>
#include <string>

namespace core::health {

/// Users' health scripts of the ConfigMap argocd-cm (reference 4.4). Immutable after parsing; any thread.
class Customizations
{
public:
    /// Reads `resource.customizations`, `resource.customizations.health.<group_Kind>` and `.useOpenLibs.<group_Kind>`
    /// from a ConfigMap. Other keys are ignored.
    [[nodiscard]] static Result<Customizations> parse(const manifest::Value& configMap);

    /// The result of the script for a kind; empty where there is none. A script that fails, runs longer than a second,
    /// or wants more than 16 MiB gives Unknown with the reason.
    [[nodiscard]] std::optional<Assessment> assess(const manifest::GroupKind& kind, const manifest::Value& live) const;
    [[nodiscard]] bool empty() const { return m_scripts.empty(); }

private:
    struct Script
    {
        std::string lua;
        bool openLibraries = false;
    };
    std::map<std::string, Script> m_scripts; ///< by "group/Kind" (core: "Kind"); keys with '*' are globs
};

} // namespace core::health
