// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

class QSettings;

namespace ui {

/// What the user chose and named, below core::paths::config(). Open it where it is needed: it is cheap.
[[nodiscard]] std::unique_ptr<QSettings> preferences();

} // namespace ui
