// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/snapshot.h"
#include "ui/base/theme.h"

#include <QIcon>

namespace ui {

/// What a connection is used for: a colour and a shape everywhere it is named, and a red frame for production.
enum class Environment { Production, Staging, Development, Other };

/// As the user said, else as the name sounds.
[[nodiscard]] Environment environmentOf(const core::engine::Connection& connection);
[[nodiscard]] Environment environmentByName(const QString& connection, bool embedded);
void setEnvironment(const QString& connection, Environment environment);
/// How the user's choice for a connection is called in the settings; stable.
[[nodiscard]] QString connectionKey(const core::engine::Connection& connection);

[[nodiscard]] Token environmentToken(Environment environment);
[[nodiscard]] Token environmentTint(Environment environment);
[[nodiscard]] QString environmentText(Environment environment);
/// A square, a triangle, a circle, a hexagon: told apart without their colours.
[[nodiscard]] QIcon environmentIcon(Environment environment);

} // namespace ui
