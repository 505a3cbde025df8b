// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/ansi.h"

#include <QStringList>

#include <algorithm>
#include <array>

namespace ui {

namespace {

/// The eight colours of a terminal in ours: readable in every theme.
constexpr std::array kColours {Token::Muted,          Token::Bad,      Token::Ok,
                               Token::Warn,           Token::Progress, Token::Suspended,
                               Token::SeriesBaseline, Token::Text};

/// One of the eight from red, green and blue: what is bright counts.
Token nearest(int red, int green, int blue)
{
    const int most = std::max({red, green, blue});
    if (most - std::min({red, green, blue}) < 40) // grey
        return most < 160 ? Token::Muted : Token::Text;
    const int half = most * 2 / 3;
    const std::size_t index =
        (red >= half ? 1U : 0U) + (green >= half ? 2U : 0U) + (blue >= half ? 4U : 0U); // as ANSI numbers them
    return kColours.at(index);
}

Token of256(int index)
{
    if (index < 16)
        return kColours.at(static_cast<std::size_t>(index % 8));
    if (index >= 232)
        return index < 244 ? Token::Muted : Token::Text;
    const int cube = index - 16;
    return nearest(cube / 36 * 51, cube / 6 % 6 * 51, cube % 6 * 51);
}

class Look
{
public:
    void apply(const QList<int>& codes)
    {
        for (qsizetype i = 0; i < codes.size(); ++i) {
            const int code = codes[i];
            if (code == 0)
                *this = Look();
            else if (code == 1)
                m_span.bold = true;
            else if (code == 22)
                m_span.bold = false;
            else if (code == 4)
                m_span.underline = true;
            else if (code == 24)
                m_span.underline = false;
            else if (code >= 30 && code <= 37)
                m_span.ink = kColours.at(static_cast<std::size_t>(code - 30));
            else if (code >= 90 && code <= 97)
                m_span.ink = kColours.at(static_cast<std::size_t>(code - 90));
            else if (code == 39)
                m_span.ink.reset();
            else if (code == 38 || code == 48)
                i += extended(codes, i, code == 38);
        }
    }
    [[nodiscard]] bool plain() const { return m_span == AnsiSpan(); }
    [[nodiscard]] AnsiSpan span(int start, int length) const
    {
        AnsiSpan span = m_span;
        span.start = start;
        span.length = length;
        return span;
    }

private:
    /// How many numbers belong to the colour.
    qsizetype extended(const QList<int>& codes, qsizetype at, bool foreground)
    {
        if (at + 2 < codes.size() && codes[at + 1] == 5) {
            if (foreground)
                m_span.ink = of256(std::clamp(codes[at + 2], 0, 255));
            return 2;
        }
        if (at + 4 < codes.size() && codes[at + 1] == 2) {
            if (foreground)
                m_span.ink = nearest(codes[at + 2], codes[at + 3], codes[at + 4]);
            return 4;
        }
        return codes.size();
    }

    AnsiSpan m_span;
};

QList<int> numbersOf(QStringView parameters)
{
    QList<int> out;
    for (const QStringView part : parameters.split(u';'))
        out.append(part.left(4).toInt()); // empty = 0
    return out;
}

} // namespace

AnsiText parseAnsi(QStringView line)
{
    AnsiText out;
    out.text.reserve(line.size());
    Look look;
    int start = 0;
    const auto close = [&] {
        const int end = static_cast<int>(out.text.size());
        if (!look.plain() && end > start)
            out.spans.push_back(look.span(start, end - start));
        start = end;
    };
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        if (c == u'\x1b') {
            if (i + 1 < line.size() && line[i + 1] == u'[') { // CSI ... final byte
                const qsizetype begin = i + 2;
                i = begin;
                while (i < line.size() && (line[i] < u'@' || line[i] > u'~'))
                    ++i;
                if (i < line.size() && line[i] == u'm') {
                    close();
                    look.apply(numbersOf(line.mid(begin, i - begin)));
                }
            } else if (i + 1 < line.size() && line[i + 1] == u']') { // OSC ... BEL or ST
                while (i < line.size() && line[i] != u'\x07' && !(line[i] == u'\\' && line[i - 1] == u'\x1b'))
                    ++i;
            } else {
                ++i;
            }
        } else if (c == u'\t') {
            out.text += QStringLiteral("    ");
        } else if (c.unicode() >= 0x20 && c.unicode() != 0x7f) {
            out.text += c;
        }
    }
    close();
    return out;
}

LogLevel levelOf(QStringView line)
{
    const QStringView head = line.left(200);
    const auto has = [&](QStringView word) { return head.contains(word, Qt::CaseInsensitive); };
    if (has(u"error") || has(u"fatal") || has(u"panic") || has(u"traceback") || has(u"oomkilled"))
        return LogLevel::Error;
    if (has(u"warn"))
        return LogLevel::Warning;
    return has(u"info") || has(u"debug") ? LogLevel::Info : LogLevel::None;
}

QString cleaned(QStringView line)
{
    return parseAnsi(line).text;
}

} // namespace ui
