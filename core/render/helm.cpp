// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm.h"

namespace core::render {

Result<OutputPtr> renderHelm(const Request& request, std::stop_token)
{
    return fail(Error::Code::Unsupported, "charts cannot be rendered yet", request.path);
}

} // namespace core::render
