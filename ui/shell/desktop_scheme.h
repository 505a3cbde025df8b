// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

class QObject;

namespace ui {

/// Asks the desktop (XDG portal) for its light or dark preference, now and whenever it changes. Does nothing where
/// there is no session bus.
void followDesktopScheme(QObject* owner);

} // namespace ui
