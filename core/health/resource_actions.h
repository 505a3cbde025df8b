// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/manifest/resource.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

/// Argo CD's resource actions (reference 7.9): what can be done to one object beside editing it.
namespace core::health {

struct ActionParameter
{
    std::string name;
    std::string value; ///< that it begins with
    friend bool operator==(const ActionParameter&, const ActionParameter&) = default;
};

struct ResourceAction
{
    std::string name; ///< "restart", "create-job" ...
    std::string displayName; ///< given by a user's script; "" = the name
    bool disabled = false; ///< there is no use for it in the object's state
    std::vector<ActionParameter> parameters {};
    friend bool operator==(const ResourceAction&, const ResourceAction&) = default;
};

/// What an action writes: an object as it is to become, or a new one.
struct ActionEffect
{
    bool create = false;
    manifest::Value resource;
};

using ActionArguments = std::map<std::string, std::string>;

/// The built-in actions and those of users' scripts. Immutable after parsing; any thread.
class ResourceActions
{
public:
    ResourceActions() = default; ///< the built-in ones alone
    /// Reads `resource.customizations.actions.<group_Kind>`, and `actions` in `resource.customizations`, of the
    /// ConfigMap argocd-cm.
    [[nodiscard]] static Result<ResourceActions> parse(const manifest::Value& configMap);

    /// By name. A user's scripts replace the built-in actions of a kind unless they ask to be merged.
    [[nodiscard]] Result<std::vector<ResourceAction>> discover(const manifest::Value& live) const;
    /// NotFound where the kind has no such action; InvalidInput with a script's words, or for a bad argument.
    [[nodiscard]] Result<std::vector<ActionEffect>> run(const std::string& action, const manifest::Value& live,
                                                        const ActionArguments& arguments, TimePoint now) const;

private:
    struct Scripts
    {
        std::string discovery;
        std::map<std::string, std::string> actions; ///< by name
        bool merge = false; ///< with the built-in ones
    };
    [[nodiscard]] static Result<Scripts> parseScripts(std::string_view text, const std::string& key);
    [[nodiscard]] const Scripts* scriptsOf(const manifest::GroupKind& kind) const;

    std::map<std::string, Scripts> m_scripts; ///< by "group/Kind" (core: "Kind")
};

/// Those that need no script, for a kind that has some.
[[nodiscard]] std::vector<ResourceAction> builtinActions(const manifest::Value& live);
[[nodiscard]] Result<std::vector<ActionEffect>> runBuiltinAction(const std::string& action, const manifest::Value& live,
                                                                 const ActionArguments& arguments, TimePoint now);

} // namespace core::health
