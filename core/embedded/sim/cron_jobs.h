// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/sim/world.h"

namespace core::embedded::sim {

/// The CronJob controller: starts the jobs that are due by the cluster's clock, keeps their history and its status.
void runCronJobs(World& world);

} // namespace core::embedded::sim
