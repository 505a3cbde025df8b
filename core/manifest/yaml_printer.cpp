// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml_printer.h"

#include "core/manifest/yaml_scalar.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace core::manifest {

namespace {

constexpr int kBestWidth = 80;

struct Rune
{
    char32_t code = 0;
    std::size_t size = 1;
};

/// Lenient: an invalid byte is a rune of its own.
Rune runeAt(std::string_view text, std::size_t i)
{
    const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[i + n]); };
    const unsigned char lead = byte(0);
    const std::size_t size = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (size == 1 || i + size > text.size())
        return {lead, 1};
    char32_t code = lead & (0x7F >> size);
    for (std::size_t n = 1; n < size; ++n)
        code = (code << 6) | (byte(n) & 0x3FU);
    return {code, size};
}

bool isPrintable(char32_t c)
{
    return c == 0x0A || (c >= 0x20 && c <= 0x7E) || (c >= 0xA0 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD && c != 0xFEFF);
}

bool isBreak(char32_t c)
{
    return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

bool startsIndicator(char c, bool blankNext)
{
    constexpr std::string_view kAlways = "#,[]{}&*!|>'\"%@`";
    if (kAlways.find(c) != std::string_view::npos)
        return true;
    return (c == '?' || c == ':' || c == '-') && blankNext;
}

/// A visible ASCII character that means nothing to YAML inside a text.
constexpr auto kIsOrdinary = [] {
    std::array<bool, 256> is {};
    for (std::size_t c = '!'; c <= '~'; ++c)
        is[c] = c != ':' && c != '#';
    return is;
}();

bool isOrdinary(char c)
{
    return kIsOrdinary[static_cast<unsigned char>(c)];
}

constexpr auto kIsWordCharacter = [] {
    std::array<bool, 256> is {};
    for (std::size_t c = 0; c < is.size(); ++c)
        is[c] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.'
            || c == '_' || c == '-';
    return is;
}();

/// Words of letters, digits and / . _ - that no reader takes for anything but text.
bool isPlainWord(std::string_view text)
{
    if (text.empty() || text.size() > 60)
        return false;
    const char first = text[0];
    const bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') || first == '/';
    if (!letter || std::string_view("yYnNtTfFoO").find(first) != std::string_view::npos)
        return false;
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return kIsWordCharacter[static_cast<unsigned char>(c)]; });
}

} // namespace

struct YamlPrinter::Analysis
{
    bool multiline = false, plain = true, single = true, block = true;

    explicit Analysis(std::string_view text)
    {
        if (text.empty()) {
            block = false;
            return;
        }
        bool indicators = text.size() >= 3 && (text.substr(0, 3) == "---" || text.substr(0, 3) == "...");
        bool special = false, breakSpace = false, spaceBreak = false, edge = false, trailingSpace = false;
        bool previousSpace = false, previousBreak = false, blankBefore = true;
        for (std::size_t i = 0; i < text.size();) {
            if (i > 0 && isOrdinary(text[i])) {
                do
                    ++i;
                while (i < text.size() && isOrdinary(text[i]));
                previousSpace = previousBreak = blankBefore = false;
                continue;
            }
            if (i > 0 && text[i] == ' ' && i + 1 < text.size()) { // between words
                breakSpace |= previousBreak;
                previousSpace = blankBefore = true;
                previousBreak = false;
                ++i;
                continue;
            }
            const auto [code, size] = runeAt(text, i);
            const auto next = i + size;
            const bool last = next >= text.size();
            const bool blankNext =
                last || text[next] == ' ' || text[next] == '\t' || text[next] == '\n' || (text[next] == '\r');
            if (i == 0)
                indicators |= startsIndicator(text[0], blankNext);
            else if ((code == ':' && blankNext) || (code == '#' && blankBefore))
                indicators = true;
            special |= !isPrintable(code);
            const bool breaks = isBreak(code);
            multiline |= breaks;
            if (code == ' ') {
                edge |= i == 0 || last;
                trailingSpace |= last;
                breakSpace |= previousBreak;
            } else if (breaks) {
                edge |= i == 0 || last;
                spaceBreak |= previousSpace;
            }
            previousSpace = code == ' ';
            previousBreak = breaks;
            blankBefore = code == ' ' || code == '\t' || breaks;
            i = next;
        }
        plain = !(edge || breakSpace || multiline || indicators);
        block = !trailingSpace;
        single = !breakSpace;
        if (spaceBreak || special)
            plain = single = block = false;
    }
};

void YamlPrinter::put(std::string_view text)
{
    m_out += text;
    int columns = 0; // not counted in the member, which a character might alias
    for (const char c : text)
        columns += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
    m_column += columns;
}

void YamlPrinter::newLine(int indent)
{
    if (m_column > 0)
        m_out += '\n';
    m_out.append(static_cast<std::size_t>(indent), ' ');
    m_column = indent;
}

/// Goes to the column, on a new line unless the text before is the "-", "?" or ":" that this is the first part of.
void YamlPrinter::lineOf(int indent, bool inlineFirst)
{
    if (!inlineFirst) {
        newLine(indent);
        return;
    }
    while (m_column < indent)
        put(' ');
}

void YamlPrinter::word(std::string_view text, Place place)
{
    if (place != Place::Root)
        put(' ');
    put(text);
}

void YamlPrinter::string(std::string_view text, int indent, Place place)
{
    if (place != Place::Root)
        put(' ');
    scalar(text, indent + 2, false);
}

YamlPrinter::Place YamlPrinter::key(std::string_view key, int indent, bool inlineFirst)
{
    lineOf(indent, inlineFirst);
    if (isPlainWord(key)) {
        putWord(key);
        put(':');
        return Place::Member;
    }
    if (key.size() <= 128 && !Analysis(key).multiline) {
        scalar(key, indent + 2, true);
        put(':');
        return Place::Member;
    }
    put("? ");
    scalar(key, indent + 2, false);
    newLine(indent);
    put(':');
    return Place::Item;
}

void YamlPrinter::dash(int indent, bool inlineFirst)
{
    lineOf(indent, inlineFirst);
    put('-');
}

void YamlPrinter::endDocument()
{
    if (m_column > 0)
        m_out += '\n';
    m_column = 0;
}

void YamlPrinter::scalar(std::string_view text, int indent, bool simpleKey)
{
    if (isPlainWord(text)) {
        putWord(text);
        return;
    }
    Style style = Style::Plain;
    if (text.find('\n') != std::string_view::npos)
        style = Style::Literal;
    else if (const auto tag = resolveScalar(text, YamlDialect::V2).tag;
             (tag != ScalarTag::String && tag != ScalarTag::Merge) || looksBase60(text))
        style = Style::Double;
    const Analysis analysis(text);
    if (simpleKey && analysis.multiline)
        style = Style::Double;
    if (style == Style::Plain && !analysis.plain)
        style = Style::Single;
    if (style == Style::Single && !analysis.single)
        style = Style::Double;
    if (style == Style::Literal && (!analysis.block || simpleKey))
        style = Style::Double;
    switch (style) {
    case Style::Plain:
        writePlain(text, indent, !simpleKey);
        break;
    case Style::Single:
        writeSingle(text, indent, !simpleKey);
        break;
    case Style::Double:
        writeDouble(text, indent, !simpleKey);
        break;
    case Style::Literal:
        writeLiteral(text, indent);
        break;
    }
}

void YamlPrinter::writePlain(std::string_view text, int indent, bool fold)
{
    if (!fold || m_column + static_cast<int>(text.size()) <= kBestWidth) {
        put(text);
        return;
    }
    bool spaces = false;
    for (std::size_t i = 0; i < text.size();) {
        if (text[i] != ' ') {
            const auto end = std::min(text.find(' ', i), text.size());
            put(text.substr(i, end - i));
            spaces = false;
            i = end;
            continue;
        }
        if (!spaces && m_column > kBestWidth && i + 1 < text.size() && text[i + 1] != ' ')
            newLine(indent);
        else
            put(' ');
        spaces = true;
        ++i;
    }
}

void YamlPrinter::writeSingle(std::string_view text, int indent, bool fold)
{
    put('\'');
    bool spaces = false;
    bool breaks = false;
    for (std::size_t i = 0; i < text.size();) {
        const auto [code, size] = runeAt(text, i);
        const auto rune = text.substr(i, size);
        const bool isBreakNow = isBreak(code);
        if (code == ' ') {
            if (fold && !spaces && m_column > kBestWidth && i > 0 && i + 1 < text.size() && text[i + 1] != ' ')
                newLine(indent);
            else
                put(' ');
        } else if (isBreakNow) {
            if (!breaks && code == '\n')
                m_out += '\n';
            m_out += rune;
            m_column = 0;
        } else {
            if (breaks) {
                m_out.append(static_cast<std::size_t>(indent), ' ');
                m_column = indent;
            }
            if (code == '\'')
                put('\'');
            put(rune);
        }
        spaces = code == ' ';
        if (code != ' ')
            breaks = isBreakNow;
        i += size;
    }
    put('\'');
}

void YamlPrinter::writeDouble(std::string_view text, int indent, bool fold)
{
    constexpr std::string_view kHex = "0123456789ABCDEF";
    // go-yaml looks at the start of the text, not at the character, when it asks for a byte order mark.
    const bool escapeAll = text.substr(0, 3) == "\xEF\xBB\xBF";
    put('"');
    bool spaces = false;
    for (std::size_t i = 0; i < text.size();) {
        const auto [code, size] = runeAt(text, i);
        const auto rune = text.substr(i, size);
        if (escapeAll || !isPrintable(code) || isBreak(code) || code == '"' || code == '\\') {
            put('\\');
            constexpr std::array<std::pair<char32_t, char>, 15> kShort {{{0, '0'},
                                                                         {7, 'a'},
                                                                         {8, 'b'},
                                                                         {9, 't'},
                                                                         {10, 'n'},
                                                                         {11, 'v'},
                                                                         {12, 'f'},
                                                                         {13, 'r'},
                                                                         {27, 'e'},
                                                                         {'"', '"'},
                                                                         {'\\', '\\'},
                                                                         {0x85, 'N'},
                                                                         {0xA0, '_'},
                                                                         {0x2028, 'L'},
                                                                         {0x2029, 'P'}}};
            char letter = 0;
            for (const auto& [value, name] : kShort) {
                if (value == code)
                    letter = name;
            }
            if (letter != 0) {
                put(letter);
            } else {
                const int digits = code <= 0xFF ? 2 : code <= 0xFFFF ? 4 : 8;
                put(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
                for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4)
                    put(kHex[(code >> static_cast<unsigned>(shift)) & 0xFU]);
            }
            spaces = false;
        } else if (code == ' ') {
            if (fold && !spaces && m_column > kBestWidth && i > 0 && i + 1 < text.size()) {
                newLine(indent);
                if (text[i + 1] == ' ')
                    put('\\');
            } else {
                put(' ');
            }
            spaces = true;
        } else {
            put(rune);
            spaces = false;
        }
        i += size;
    }
    put('"');
}

void YamlPrinter::writeLiteral(std::string_view text, int indent)
{
    put('|');
    if (text[0] == ' ' || isBreak(runeAt(text, 0).code))
        put('2');
    if (text.back() != '\n')
        put('-');
    else if (text.size() == 1 || text[text.size() - 2] == '\n')
        put('+');
    m_out += '\n';
    m_column = 0;
    std::size_t i = 0;
    while (i < text.size()) {
        const auto end = std::min(text.find('\n', i), text.size());
        if (end > i) {
            m_out.append(static_cast<std::size_t>(indent), ' ');
            m_out += text.substr(i, end - i);
            m_column = indent + 1;
        }
        if (end < text.size()) {
            m_out += '\n';
            m_column = 0;
        }
        i = end + 1;
    }
}

namespace {

bool isDigitRune(char32_t c)
{
    return c >= '0' && c <= '9';
}

bool isLetterRune(char32_t c)
{
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c < 0xC0)
        return c == 0xAA || c == 0xB5 || c == 0xBA;
    if (c == 0xD7 || c == 0xF7 || (c >= 0x300 && c <= 0x36F) || (c >= 0x660 && c <= 0x669)
        || (c >= 0x2000 && c <= 0x206F) || (c >= 0x20A0 && c <= 0x20CF) || (c >= 0x2190 && c <= 0x2BFF)
        || (c >= 0x3000 && c <= 0x3004) || (c >= 0x3007 && c <= 0x3030) || (c >= 0xE000 && c <= 0xF8FF)
        || (c >= 0xFF00 && c <= 0xFF20) || (c >= 0x1F000 && c <= 0x1FAFF))
        return false;
    return true;
}

} // namespace

bool naturalLess(std::string_view a, std::string_view b)
{
    std::size_t i = 0;
    while (i < a.size() && i < b.size() && a[i] == b[i])
        ++i;
    // Back to the start of a code point that the two texts share only in part.
    while (i > 0
           && ((i < a.size() && (static_cast<unsigned char>(a[i]) & 0xC0U) == 0x80U)
               || (i < b.size() && (static_cast<unsigned char>(b[i]) & 0xC0U) == 0x80U)))
        --i;
    if (i >= a.size() || i >= b.size())
        return a.size() < b.size();
    const auto ra = runeAt(a, i).code;
    const auto rb = runeAt(b, i).code;
    const bool la = isLetterRune(ra);
    const bool lb = isLetterRune(rb);
    if (la && lb)
        return ra < rb;
    if (la || lb)
        return lb;
    std::uint64_t na = 0;
    std::uint64_t nb = 0;
    if (ra == '0' || rb == '0') {
        for (auto j = i; j > 0 && isDigitRune(static_cast<unsigned char>(a[j - 1])); --j) {
            if (a[j - 1] != '0') {
                na = nb = 1;
                break;
            }
        }
    }
    auto ea = i;
    auto eb = i;
    for (; ea < a.size() && isDigitRune(static_cast<unsigned char>(a[ea])); ++ea)
        na = na * 10 + static_cast<std::uint64_t>(a[ea] - '0');
    for (; eb < b.size() && isDigitRune(static_cast<unsigned char>(b[eb])); ++eb)
        nb = nb * 10 + static_cast<std::uint64_t>(b[eb] - '0');
    if (na != nb)
        return static_cast<std::int64_t>(na) < static_cast<std::int64_t>(nb);
    if (ea != eb)
        return ea < eb;
    return ra < rb;
}

} // namespace core::manifest
