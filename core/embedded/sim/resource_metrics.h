// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/kube/transport.h"

#include <optional>

namespace core::embedded::sim {

/// The metrics server of an embedded cluster: what pods and nodes use now, in slow waves around what they request.
/// Answers requests for pods and nodes below /apis/metrics.k8s.io/v1beta1, and nothing for any other.
[[nodiscard]] std::optional<kube::Response> resourceMetrics(const kube::Request& request, kube::Transport& cluster,
                                                            TimePoint now);

} // namespace core::embedded::sim
