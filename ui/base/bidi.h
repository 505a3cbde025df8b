// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"

#include <QString>

#include <optional>
#include <string>
#include <string_view>

namespace ui {

/// Text from elsewhere (names, messages) set into a sentence: its direction stays its own (U+2068 ... U+2069).
[[nodiscard]] QString isolate(const QString& text);
[[nodiscard]] QString isolate(std::string_view utf8);
/// Code, hashes and comparisons: always left to right (U+2066 ... U+2069), so that ">=" is not drawn as its mirror.
[[nodiscard]] QString ltr(const QString& text);
[[nodiscard]] QString ltr(std::string_view utf8);
/// The text without any of these marks, for tests and the clipboard.
[[nodiscard]] QString plain(QString text);

[[nodiscard]] inline QString qs(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

/// Which digits numbers are written with, everywhere on screen.
enum class Digits { Western, ArabicIndic };
void setDigits(Digits digits);
[[nodiscard]] Digits digits();
/// The text with its digits as set.
[[nodiscard]] QString withDigits(QString text);
[[nodiscard]] QString number(qint64 value);
[[nodiscard]] QString number(double value, int decimals);
[[nodiscard]] QString percent(double value); ///< 10 -> "10 %"

/// "3 d", "5 min", "12 s" before now; for list columns.
[[nodiscard]] QString age(const std::optional<core::TimePoint>& at, core::TimePoint now);
/// "5 minutes ago", "in 3 minutes": for sentences.
[[nodiscard]] QString relativeTime(core::TimePoint at, core::TimePoint now);
/// "6:41", "1:02:03": for countdowns.
[[nodiscard]] QString countdown(core::Duration left);
/// "10:42:07" in the time zone of the desktop.
[[nodiscard]] QString clockTime(core::TimePoint at);
/// Date and time with the zone: what a list shows on hover.
[[nodiscard]] QString exactTime(core::TimePoint at);
/// "UTC+3".
[[nodiscard]] QString zoneName();
/// The first seven digits of a commit id.
[[nodiscard]] QString shortRevision(std::string_view revision);

} // namespace ui
