// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

class QApplication;
class QSettings;

#include <memory>

namespace ui {

/// Style, theme, fonts, icons, translations and what the user chose last time. Call once, before the first window.
void setupApplication(QApplication& application);

/// "en" or "ar". Every window translates and mirrors itself at once; the choice is kept.
void setLanguage(const QString& language);
[[nodiscard]] QString language();

/// The window's own preferences, below core::paths::config().
[[nodiscard]] std::unique_ptr<QSettings> settings();

} // namespace ui
