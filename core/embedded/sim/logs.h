// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/sim/simulation.h"
#include "core/kube/cache.h"

namespace core::embedded::sim {

/// Prints what a simulated container has said in the run that the request is about, as a kubelet serves a log: the last
/// `tailLines`, of these the ones since `since`; with follow until the run ends, the pod goes, or stop. Lines are those
/// of the pod's annotation sim.pilothouse.dev/logs, all said at once as the container starts, then silence; without
/// it those of a model server, one in ten seconds. What crashes says so in its last line, what runs out of memory
/// cannot.
///
/// `podNow` is asked again and again while the log is followed; null: it has gone. Errors are in a kubelet's words:
/// Invalid for a container that waits to start and for a previous run that there was not.
[[nodiscard]] Result<> printLog(const std::function<kube::ObjectPtr()>& podNow, Clock& clock,
                                const Simulation::LogRequest& request,
                                const std::function<bool(std::string_view)>& onText, const std::stop_token& stop);

} // namespace core::embedded::sim
