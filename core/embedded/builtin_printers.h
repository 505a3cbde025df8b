// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/printers.h"

#include <optional>
#include <string_view>

namespace core::embedded {

/// The columns of a built-in type by its table ("apps/deployments"), where it has others than name and age.
[[nodiscard]] std::optional<Printer> builtinPrinter(std::string_view table);

} // namespace core::embedded
