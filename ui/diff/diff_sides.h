// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QString>

#include <optional>
#include <utility>

namespace ui {

/// The two sides of a comparison.
struct DiffSides
{
    core::engine::DiffSide left;
    core::engine::DiffSide right;
    friend bool operator==(const DiffSides&, const DiffSides&) = default;
};

/// Live against what Git wants now: what a sync would change. The diff page's usual question.
[[nodiscard]] DiffSides usualSides(const core::engine::AppId& app);
/// "live...git:v2", "applied...live@argocd/other", "git:a1b2...git:c3d4", "live...path:/tmp/x.yaml",
/// "git:pull/7...cluster:https://edge:6443": the argument of a
/// diff page; sides are of `app` where they name none. An empty text stands for the usual sides.
[[nodiscard]] std::optional<DiffSides> parseDiffSides(const QString& text, const core::engine::AppId& app);
[[nodiscard]] QString diffSidesText(const DiffSides& sides, const core::engine::AppId& app);
/// For people: "live", "git v2", "live of other", "pull request 7", "live in edge" (by the cluster's name).
[[nodiscard]] QString sideTitle(const core::engine::DiffSide& side, const core::engine::AppId& app,
                                const QString& clusterName = {});

} // namespace ui
