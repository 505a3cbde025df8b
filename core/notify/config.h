// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/expr.h"
#include "core/manifest/resource.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace core::notify {

/// Something in the notifications' configuration that will keep a message from being sent, and the field to change.
struct Finding
{
    manifest::ResourceKey key;
    std::vector<std::string> path;
    std::string message;
    std::string hint;
};

/// `service.<type>` or `service.<type>.<name>` of the ConfigMap.
struct Service
{
    std::string type;
    std::string name;
    manifest::Value options; ///< `$key` replaced by the Secret's values
};

/// One item of `trigger.<name>`.
struct TriggerCondition
{
    std::string when;
    std::string oncePer;
    std::vector<std::string> send;
    std::string description;
    std::string id; ///< base64 raw URL of sha1(when): part of the memory key
    std::optional<expr::Program> compiledWhen;
    std::optional<expr::Program> compiledOncePer;
};

/// A global subscription of the ConfigMap.
struct GlobalSubscription
{
    std::vector<std::pair<std::string, std::string>> recipients; ///< service, recipient
    std::vector<std::string> triggers;
    std::string selector;
};

/// argocd-notifications-cm with its Secret (Argo CD semantics 8.1), read leniently: what is malformed is left out and
/// stands in `problems`. Immutable after parsing; any thread.
struct Config
{
    std::map<std::string, Service> services; ///< by name
    std::map<std::string, std::vector<TriggerCondition>> triggers;
    std::map<std::string, manifest::Value> templates; ///< as written: message and blocks
    std::vector<GlobalSubscription> subscriptions;
    std::vector<std::string> defaultTriggers;
    std::map<std::string, std::vector<std::string>> defaultTriggersOf; ///< by service
    std::map<std::string, std::string> context;
    std::map<std::string, std::string> secrets;
    std::string selfServiceOf; ///< namespace of applications whose own configuration this is; "" = the controller's
    std::vector<Finding> problems;
};

/// Either may be null.
[[nodiscard]] Config parseConfig(const manifest::Value* configMap, const manifest::Value* secret);

} // namespace core::notify
