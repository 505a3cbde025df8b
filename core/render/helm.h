// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/render.h"

namespace core::render {

/// Renders the chart in the folder Request::path of Request::tree by Request::helm. Output::yaml is what
/// `helm template` prints on stdout, hooks at the end; Output::resources has the same documents in the same order.
/// Errors carry Helm's own message; where = "path/templates/x.yaml:line:column" where a template is to blame.
/// Thread-safe; parsed templates are kept between calls by their text, within a bounded memory.
[[nodiscard]] Result<OutputPtr> renderHelm(const Request& request, std::stop_token stop = {});

/// The same for output that is only printed: no resources, so that plain documents need not be parsed.
[[nodiscard]] Result<OutputPtr> renderHelmText(const Request& request, std::stop_token stop = {});

/// What one template of the chart would print if its text were `text` (the editor's preview of a template; nothing is
/// parsed as YAML). `name` is the template's path in the chart.
[[nodiscard]] Result<std::string> renderTemplateText(const Request& request, const std::string& name,
                                                     const std::string& text, std::stop_token stop = {});

} // namespace core::render
