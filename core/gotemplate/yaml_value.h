// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/value.h"
#include "core/manifest/yaml.h"

#include <string_view>

namespace core::gotemplate {

/// The first document of a stream as Helm sees YAML: numbers are floats, keys are texts. None where there is no
/// document. Errors are those of manifest::parseYaml; what follows that document has none.
[[nodiscard]] Result<Value> parseYamlValue(std::string_view text, std::string_view source,
                                           const manifest::YamlLimits& limits);

} // namespace core::gotemplate
