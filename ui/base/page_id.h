// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QString>

namespace ui {

enum class PageKind {
    Applications,
    Tree,
    Diff,
    Plan,
    Canary, ///< one rollout; argument = rolloutArgument(), or empty for the application's first
    Rollouts, ///< board of all
    Editor, ///< argument = path in the source repository
    History,
    Resources, ///< argument = key text of the object to show first, or empty
    Logs, ///< argument = "namespace/pod" or empty
    Journal,
    Models,
    Gpus,
    Problems, ///< argument "decisions": only what waits for a person
    Events,
    Administration,
    Terminal, ///< argument = "namespace/pod"
    Forwards, ///< ports that lead to pods
    Create, ///< argument = the template to begin with, or empty
    ApplicationSets, ///< argument = "namespace/name" of one, or empty
};

/// Which page, of what. Kinds that are about everything leave `app` empty.
struct PageId
{
    PageKind kind = PageKind::Applications;
    core::engine::AppId app;
    QString argument;
    friend bool operator==(const PageId&, const PageId&) = default;
};

/// Names a rollout for its page. `cluster`: its address, "" = the session's own.
[[nodiscard]] inline QString rolloutArgument(const core::manifest::ResourceKey& rollout, const std::string& cluster)
{
    return QString::fromStdString(cluster.empty() ? rollout.text() : rollout.text() + '@' + cluster);
}

} // namespace ui
