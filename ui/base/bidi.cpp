// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QLocale>
#include <QTimeZone>

namespace ui {

namespace {

Digits s_digits = Digits::Western;

QDateTime toDateTime(core::TimePoint at)
{
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
    return QDateTime::fromMSecsSinceEpoch(ms);
}

} // namespace

QString isolate(const QString& text)
{
    return text.isEmpty() ? text : QChar(0x2068) + text + QChar(0x2069);
}

QString isolate(std::string_view utf8)
{
    return isolate(qs(utf8));
}

QString ltr(const QString& text)
{
    return text.isEmpty() ? text : QChar(0x2066) + text + QChar(0x2069);
}

QString ltr(std::string_view utf8)
{
    return ltr(qs(utf8));
}

QString plain(QString text)
{
    text.removeIf(
        [](QChar c) { return (c >= QChar(0x2066) && c <= QChar(0x2069)) || c == QChar(0x200E) || c == QChar(0x200F); });
    return text;
}

void setDigits(Digits digits)
{
    s_digits = digits;
}

Digits digits()
{
    return s_digits;
}

QString withDigits(QString text)
{
    if (s_digits == Digits::Western)
        return text;
    for (QChar& c : text) {
        if (c >= QLatin1Char('0') && c <= QLatin1Char('9'))
            c = QChar(0x0660 + (c.unicode() - u'0'));
    }
    return text;
}

QString number(qint64 value)
{
    QString text = QString::number(value);
    for (qsizetype at = text.size() - 3; at > (value < 0 ? 1 : 0) && std::abs(value) >= 10'000; at -= 3)
        text.insert(at, QLatin1Char(','));
    return withDigits(text);
}

QString number(double value, int decimals)
{
    return withDigits(QString::number(value, 'f', decimals));
}

QString percent(double value)
{
    const bool whole = std::abs(value - std::round(value)) < 0.05;
    return ltr(number(value, whole ? 0 : 1) + QChar(0x202F) + QLatin1Char('%'));
}

QString age(const std::optional<core::TimePoint>& at, core::TimePoint now)
{
    if (!at)
        return QStringLiteral("–");
    const auto seconds = std::max<qint64>(0, std::chrono::duration_cast<std::chrono::seconds>(now - *at).count());
    if (seconds < 60)
        return withDigits(QCoreApplication::translate("ui::Time", "%1 s", "seconds, short").arg(seconds));
    if (seconds < 3600)
        return withDigits(QCoreApplication::translate("ui::Time", "%1 min", "minutes, short").arg(seconds / 60));
    if (seconds < 86400)
        return withDigits(QCoreApplication::translate("ui::Time", "%1 h", "hours, short").arg(seconds / 3600));
    return withDigits(QCoreApplication::translate("ui::Time", "%1 d", "days, short").arg(seconds / 86400));
}

QString relativeTime(core::TimePoint at, core::TimePoint now)
{
    const auto signedSeconds = std::chrono::duration_cast<std::chrono::seconds>(now - at).count();
    const auto seconds = static_cast<int>(std::min<qint64>(std::abs(signedSeconds), 2'000'000'000));
    const bool past = signedSeconds >= 0;
    const int minutes = seconds / 60;
    const int hours = seconds / 3600;
    const int days = seconds / 86400;
    if (seconds < 5)
        return QCoreApplication::translate("ui::Time", "just now");
    if (seconds < 60)
        return withDigits(past ? QCoreApplication::translate("ui::Time", "%n second(s) ago", nullptr, seconds)
                               : QCoreApplication::translate("ui::Time", "in %n second(s)", nullptr, seconds));
    if (seconds < 3600)
        return withDigits(past ? QCoreApplication::translate("ui::Time", "%n minute(s) ago", nullptr, minutes)
                               : QCoreApplication::translate("ui::Time", "in %n minute(s)", nullptr, minutes));
    if (seconds < 86400)
        return withDigits(past ? QCoreApplication::translate("ui::Time", "%n hour(s) ago", nullptr, hours)
                               : QCoreApplication::translate("ui::Time", "in %n hour(s)", nullptr, hours));
    return withDigits(past ? QCoreApplication::translate("ui::Time", "%n day(s) ago", nullptr, days)
                           : QCoreApplication::translate("ui::Time", "in %n day(s)", nullptr, days));
}

QString countdown(core::Duration left)
{
    const auto seconds = std::max<qint64>(0, std::chrono::duration_cast<std::chrono::seconds>(left).count());
    const QChar zero(u'0');
    QString text;
    if (seconds >= 3600) {
        text = QStringLiteral("%1:%2:%3")
                   .arg(seconds / 3600)
                   .arg(seconds / 60 % 60, 2, 10, zero)
                   .arg(seconds % 60, 2, 10, zero);
    } else {
        text = QStringLiteral("%1:%2").arg(seconds / 60).arg(seconds % 60, 2, 10, zero);
    }
    return ltr(withDigits(text));
}

QString clockTime(core::TimePoint at)
{
    return ltr(withDigits(toDateTime(at).toString(QStringLiteral("HH:mm:ss"))));
}

QString exactTime(core::TimePoint at)
{
    return ltr(withDigits(toDateTime(at).toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")))) + QLatin1Char(' ')
        + zoneName();
}

QString zoneName()
{
    const int minutes = QDateTime::currentDateTime().offsetFromUtc() / 60;
    QString text = QStringLiteral("UTC");
    if (minutes != 0) {
        text += (minutes < 0 ? QChar(0x2212) : QLatin1Char('+')) + QString::number(std::abs(minutes) / 60);
        if (minutes % 60 != 0)
            text += QLatin1Char(':') + QString::number(std::abs(minutes) % 60);
    }
    return ltr(withDigits(text));
}

QString shortRevision(std::string_view revision)
{
    return qs(revision.substr(0, 7));
}

} // namespace ui
