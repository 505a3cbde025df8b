// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

namespace core::embedded {

class ApiServer;

/// Creates what every cluster has and is not there yet.
[[nodiscard]] Result<> bootstrapCluster(ApiServer& server);

} // namespace core::embedded
