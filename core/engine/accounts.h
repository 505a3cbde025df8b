// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/administration.h"

namespace core::engine {

/// The local accounts of argocd-cm with their tokens, and whom the policies of argocd-rbac-cm name beside them.
[[nodiscard]] std::vector<AdminAccount> viewAccounts(const AdminInput& input);

} // namespace core::engine
