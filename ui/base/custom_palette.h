// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "ui/base/theme.h"

#include <QStringList>

#include <map>
#include <optional>

namespace ui {

/// Colours of the user's own in place of some of a scheme's. While it is used it stands for that scheme, wherever the
/// scheme is chosen: by the user, or by the desktop's light or dark setting.
struct CustomPalette
{
    QString name;
    Scheme base = Scheme::Light;
    std::map<Token, QColor> colors;
    friend bool operator==(const CustomPalette&, const CustomPalette&) = default;
};

/// "Bg", "OkTint": what a token and a scheme are called in files. Never changes.
[[nodiscard]] QLatin1String tokenName(Token token);
[[nodiscard]] QLatin1String schemeName(Scheme scheme);
/// As WCAG 2 computes it: 1 to 21.
[[nodiscard]] double contrastRatio(const QColor& a, const QColor& b);
/// What a token's colour has to be read against, and how much contrast that needs; none for those that are no text.
[[nodiscard]] std::optional<std::pair<Token, double>> neededContrast(Token token);

[[nodiscard]] QByteArray toJson(const CustomPalette& palette);
/// InvalidInput with what is wrong; colours that are not named keep the scheme's.
[[nodiscard]] core::Result<CustomPalette> paletteFromJson(const QByteArray& json);

[[nodiscard]] QStringList customPaletteNames();
[[nodiscard]] core::Result<CustomPalette> loadCustomPalette(const QString& name);
[[nodiscard]] core::Result<> saveCustomPalette(const CustomPalette& palette);
void removeCustomPalette(const QString& name);

/// Colours that stand in place of a scheme's; the window is drawn anew where that scheme is shown.
void setTokenColors(Scheme scheme, std::map<Token, QColor> colors);
/// Used from now on, and at the next start; none: the scheme's own colours again.
void useCustomPalette(Scheme base, const std::optional<CustomPalette>& palette);
[[nodiscard]] QString usedCustomPalette(Scheme base);
/// At the start: those that were used last.
void restoreCustomPalettes();

} // namespace ui
