// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/theme.h"

#include <QIcon>
#include <QLatin1String>

namespace ui {

/// One of our own icons (resources/icons/NAME.svg), drawn in the text colour of the moment (or a given token) and
/// mirrored in right-to-left layouts where it shows a direction. Follows theme changes and any scale factor.
[[nodiscard]] QIcon icon(QLatin1String name, Token token = Token::Text);

} // namespace ui
