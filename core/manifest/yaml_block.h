// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/yaml_node.h"

#include <optional>

namespace core::manifest {

/// Reads texts as nearly all manifests are written: block mappings and lists, with plain, quoted and block scalars, in
/// ASCII or any UTF-8. Several times as fast as libyaml, and exactly what parseNodes() makes with it, marks included.
/// Nothing where the text has anything else (anchors, tags, flow collections, tabs, merge keys), breaks a rule of YAML
/// or a limit: then libyaml is to be asked, and says what is wrong.
[[nodiscard]] std::optional<std::vector<Node>> readBlocks(std::string_view text, const NodeLimits& limits);

/// parseNodes() by libyaml alone: what readBlocks() is measured by.
[[nodiscard]] Result<std::vector<Node>> parseWithLibyaml(std::string_view text, std::string_view source,
                                                         const NodeLimits& limits);

} // namespace core::manifest
