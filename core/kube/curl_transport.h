// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/kubeconfig.h"
#include "core/kube/transport.h"

namespace core::kube {

/// Requests to a real API server over libcurl, with connections kept alive. Thread-safe.
[[nodiscard]] TransportPtr curlTransport(Access access);

} // namespace core::kube
