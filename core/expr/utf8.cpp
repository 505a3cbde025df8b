// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/expr/utf8.h"

namespace core::expr {

std::pair<char32_t, std::size_t> decodeRune(std::string_view text, std::size_t offset)
{
    const auto byte = [&](std::size_t i) {
        return offset + i < text.size() ? static_cast<unsigned char>(text[offset + i]) : 0U;
    };
    const unsigned first = byte(0);
    if (first < 0x80)
        return {first, 1};
    const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    if (first >= 0xC2 && first <= 0xDF && tail(1))
        return {((first & 0x1FU) << 6U) | (byte(1) & 0x3FU), 2};
    if (first >= 0xE0 && first <= 0xEF && tail(1) && tail(2)) {
        const char32_t rune = ((first & 0xFU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
        if (rune >= 0x800 && (rune < 0xD800 || rune > 0xDFFF))
            return {rune, 3};
    }
    if (first >= 0xF0 && first <= 0xF4 && tail(1) && tail(2) && tail(3)) {
        const char32_t rune =
            ((first & 7U) << 18U) | ((byte(1) & 0x3FU) << 12U) | ((byte(2) & 0x3FU) << 6U) | (byte(3) & 0x3FU);
        if (rune >= 0x10000 && rune <= 0x10FFFF)
            return {rune, 4};
    }
    return {0xFFFD, 1};
}

void appendRune(std::string& out, char32_t rune)
{
    if (rune > 0x10FFFF || (rune >= 0xD800 && rune <= 0xDFFF))
        rune = 0xFFFD;
    const auto put = [&](char32_t value) { out += static_cast<char>(value); };
    if (rune < 0x80) {
        put(rune);
    } else if (rune < 0x800) {
        put(0xC0U | (rune >> 6U));
        put(0x80U | (rune & 0x3FU));
    } else if (rune < 0x10000) {
        put(0xE0U | (rune >> 12U));
        put(0x80U | ((rune >> 6U) & 0x3FU));
        put(0x80U | (rune & 0x3FU));
    } else {
        put(0xF0U | (rune >> 18U));
        put(0x80U | ((rune >> 12U) & 0x3FU));
        put(0x80U | ((rune >> 6U) & 0x3FU));
        put(0x80U | (rune & 0x3FU));
    }
}

std::size_t runeCount(std::string_view text)
{
    std::size_t count = 0;
    for (std::size_t offset = 0; offset < text.size(); ++count)
        offset += decodeRune(text, offset).second;
    return count;
}

bool isSpace(char32_t rune)
{
    return (rune >= 9 && rune <= 13) || rune == ' ' || rune == 0x85 || rune == 0xA0 || rune == 0x1680
        || (rune >= 0x2000 && rune <= 0x200A) || rune == 0x2028 || rune == 0x2029 || rune == 0x202F || rune == 0x205F
        || rune == 0x3000;
}

bool isIdentifierStart(char32_t rune)
{
    if (rune < 128)
        return (rune >= 'a' && rune <= 'z') || (rune >= 'A' && rune <= 'Z') || rune == '_' || rune == '$';
    // Letters beyond ASCII: everything that is no punctuation, symbol, space or private use in the common blocks.
    if (rune == 0xAA || rune == 0xB5 || rune == 0xBA)
        return true;
    if (rune < 0xC0 || rune == 0xD7 || rune == 0xF7)
        return false;
    return !((rune >= 0x2000 && rune <= 0x206F) || (rune >= 0x20A0 && rune <= 0x20CF)
             || (rune >= 0x2190 && rune <= 0x2BFF) || (rune >= 0x2E00 && rune <= 0x2E7F)
             || (rune >= 0x3000 && rune <= 0x3004) || (rune >= 0x3008 && rune <= 0x3020)
             || (rune >= 0x0300 && rune <= 0x036F) || (rune >= 0xE000 && rune <= 0xF8FF)
             || (rune >= 0xFE00 && rune <= 0xFE6F) || (rune >= 0xFF00 && rune <= 0xFF20) || rune >= 0xFFF0);
}

bool isIdentifierPart(char32_t rune)
{
    return isIdentifierStart(rune) || (rune >= '0' && rune <= '9') || (rune >= 0x660 && rune <= 0x669)
        || (rune >= 0x6F0 && rune <= 0x6F9) || (rune >= 0x966 && rune <= 0x96F);
}

namespace {

char32_t toUpper(char32_t r)
{
    if (r >= 'a' && r <= 'z')
        return r - 32;
    if (r < 0x80)
        return r;
    if (r == 0xB5)
        return 0x39C;
    if (r == 0xFF)
        return 0x178;
    if (r >= 0xE0 && r <= 0xFE && r != 0xF7)
        return r - 32;
    if (r == 0x131)
        return 'I';
    if (r == 0x17F)
        return 'S';
    if ((r >= 0x100 && r <= 0x137) || (r >= 0x14A && r <= 0x177) || (r >= 0x1E00 && r <= 0x1E95)
        || (r >= 0x1EA0 && r <= 0x1EFF) || (r >= 0x460 && r <= 0x481) || (r >= 0x48A && r <= 0x4BF)
        || (r >= 0x4D0 && r <= 0x52F))
        return r & ~char32_t {1};
    if ((r >= 0x139 && r <= 0x148) || (r >= 0x179 && r <= 0x17E))
        return (r & 1U) == 0 ? r - 1 : r;
    if (r == 0x3AC)
        return 0x386;
    if (r >= 0x3AD && r <= 0x3AF)
        return r - 37;
    if (r == 0x3C2)
        return 0x3A3;
    if (r >= 0x3B1 && r <= 0x3CB)
        return r - 32;
    if (r == 0x3CC)
        return 0x38C;
    if (r == 0x3CD || r == 0x3CE)
        return r - 63;
    if (r >= 0x430 && r <= 0x44F)
        return r - 32;
    if (r >= 0x450 && r <= 0x45F)
        return r - 80;
    if (r >= 0x561 && r <= 0x586)
        return r - 48;
    return r;
}

char32_t toLower(char32_t r)
{
    if (r >= 'A' && r <= 'Z')
        return r + 32;
    if (r < 0x80)
        return r;
    if (r >= 0xC0 && r <= 0xDE && r != 0xD7)
        return r + 32;
    if (r == 0x130)
        return 'i';
    if (r == 0x178)
        return 0xFF;
    if ((r >= 0x100 && r <= 0x137) || (r >= 0x14A && r <= 0x177) || (r >= 0x1E00 && r <= 0x1E95)
        || (r >= 0x1EA0 && r <= 0x1EFF) || (r >= 0x460 && r <= 0x481) || (r >= 0x48A && r <= 0x4BF)
        || (r >= 0x4D0 && r <= 0x52F))
        return r | 1U;
    if ((r >= 0x139 && r <= 0x148) || (r >= 0x179 && r <= 0x17E))
        return (r & 1U) == 1 ? r + 1 : r;
    if (r == 0x386)
        return 0x3AC;
    if (r >= 0x388 && r <= 0x38A)
        return r + 37;
    if (r == 0x38C)
        return 0x3CC;
    if (r == 0x38E || r == 0x38F)
        return r + 63;
    if (r >= 0x391 && r <= 0x3AB && r != 0x3A2)
        return r + 32;
    if (r >= 0x410 && r <= 0x42F)
        return r + 32;
    if (r >= 0x400 && r <= 0x40F)
        return r + 80;
    if (r >= 0x531 && r <= 0x556)
        return r + 48;
    return r;
}

template<class Map>
std::string mapRunes(std::string_view text, Map map)
{
    std::string out;
    out.reserve(text.size());
    for (std::size_t offset = 0; offset < text.size();) {
        const auto [rune, size] = decodeRune(text, offset);
        appendRune(out, map(rune));
        offset += size;
    }
    return out;
}

} // namespace

std::string upperText(std::string_view text)
{
    return mapRunes(text, toUpper);
}
std::string lowerText(std::string_view text)
{
    return mapRunes(text, toLower);
}

} // namespace core::expr
