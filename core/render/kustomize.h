// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/render.h"

namespace core::render {

/// Renderer::render() of a kustomization for who only prints: Output has the text and the warnings, and no objects.
[[nodiscard]] Result<OutputPtr> renderKustomizeText(const Request& request, std::stop_token stop = {});

} // namespace core::render
