// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/theme.h"

#include <QString>

#include <optional>
#include <vector>

namespace ui {

/// Words of one look in a line with terminal colours.
struct AnsiSpan
{
    int start = 0;
    int length = 0;
    std::optional<Token> ink; ///< none: as the line
    bool bold = false;
    bool underline = false;
    friend bool operator==(const AnsiSpan&, const AnsiSpan&) = default;
};

struct AnsiText
{
    QString text; ///< without escape sequences and control characters
    std::vector<AnsiSpan> spans; ///< where the look differs from the line's own
};

/// Reads SGR sequences (ECMA-48, with the 256 and 24 bit colours of xterm, drawn in the nearest of our own colours) and
/// leaves every other escape sequence out: the text comes from outside.
[[nodiscard]] AnsiText parseAnsi(QStringView line);

enum class LogLevel { None, Info, Warning, Error };
/// Told from the words at the beginning of the line or its level field.
[[nodiscard]] LogLevel levelOf(QStringView line);
/// The line without ANSI escape sequences and other control characters.
[[nodiscard]] QString cleaned(QStringView line);

} // namespace ui
