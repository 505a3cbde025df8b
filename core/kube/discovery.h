// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/client.h"

namespace core::kube {

/// Reads all served types, preferred versions first, with the aggregated documents where the server has them and one
/// request per group-version otherwise. A group that fails is left out; the rest goes on.
[[nodiscard]] Result<std::vector<ResourceType>> readDiscovery(Transport& transport, std::stop_token stop);

} // namespace core::kube
