// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/render.h"

namespace core::render {

/// Plain manifests of a folder, as Argo CD's directory sources take them: *.yaml, *.yml and *.json in the order of
/// their names, lists expanded. Files that are no manifests at all fail; documents without kind are left out.
[[nodiscard]] Result<OutputPtr> renderDirectory(const Request& request, std::stop_token stop);

} // namespace core::render
