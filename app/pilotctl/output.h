// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/snapshot.h"
#include "core/manifest/value.h"
#include "pilotctl/context.h"

#include <string>
#include <vector>

namespace pilotctl {

/// Columns padded to their widest cell, as kubectl prints them.
[[nodiscard]] std::string table(const std::vector<std::string>& header,
                                const std::vector<std::vector<std::string>>& rows);
/// Prints a value as JSON (indented) or YAML.
void print(const core::manifest::Value& value, Format format);
[[nodiscard]] std::string age(std::optional<core::TimePoint> since, core::TimePoint now);
[[nodiscard]] std::string shortRevision(const std::string& revision);
[[nodiscard]] const char* text(core::engine::SyncState state);
[[nodiscard]] const char* text(core::engine::Health health);
[[nodiscard]] const char* text(core::engine::OperationPhase phase);

} // namespace pilotctl
