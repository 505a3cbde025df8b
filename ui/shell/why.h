// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QString>

#include <optional>
#include <vector>

namespace ui {

/// One "because" of a state.
struct WhyStep
{
    QString text; ///< a sentence
    std::optional<core::manifest::ResourceKey> key; ///< of the object that it is about; none: of the application
    std::string file; ///< in the repository, where a line there is the cause
    std::size_t line = 0;
    int depth = 0; ///< under which step before it stands
};

/// Why an application, or one of its objects, is not healthy: from it down to the object where it begins, with what its
/// last warning says. Empty where it is healthy or nothing below tells more.
[[nodiscard]] std::vector<WhyStep> whyUnhealthy(const core::engine::Application& app,
                                                const core::engine::ResourceNode* node,
                                                const std::vector<core::engine::Event>& events);

/// Why it is out of sync: the objects that differ, with the fields, who changed them and the line in Git. `diff` may be
/// null; then only the tree tells.
[[nodiscard]] std::vector<WhyStep> whyOutOfSync(const core::engine::Application& app,
                                                const core::engine::ResourceNode* node,
                                                const core::engine::AppDiff* diff);

} // namespace ui
