// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/render.h"

namespace core::render {

/// `helm template` of the chart at the request's path.
[[nodiscard]] Result<OutputPtr> renderHelm(const Request& request, std::stop_token stop);

} // namespace core::render
