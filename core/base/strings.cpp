// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#define OPENSSL_SUPPRESS_DEPRECATED // SHA256_Init and its kin: see sha256Hex
#include "core/base/strings.h"

#include <fmt/format.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>
#include <climits>

namespace core {

std::vector<std::string> split(std::string_view text, char separator)
{
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t at = text.find(separator); at != std::string_view::npos; at = text.find(separator, from)) {
        parts.emplace_back(text.substr(from, at - from));
        from = at + 1;
    }
    parts.emplace_back(text.substr(from));
    return parts;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator)
{
    return fmt::format("{}", fmt::join(parts, separator));
}

std::string_view trim(std::string_view text)
{
    constexpr std::string_view kSpace = " \t\r\n\v\f";
    const auto from = text.find_first_not_of(kSpace);
    if (from == std::string_view::npos)
        return {};
    return text.substr(from, text.find_last_not_of(kSpace) - from + 1);
}

std::string lower(std::string_view ascii)
{
    std::string out(ascii);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string base64Encode(std::string_view bytes)
{
    static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    const auto byte = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const unsigned n = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
        out += kAlphabet[n >> 18 & 63];
        out += kAlphabet[n >> 12 & 63];
        out += i + 1 < bytes.size() ? kAlphabet[n >> 6 & 63] : '=';
        out += i + 2 < bytes.size() ? kAlphabet[n & 63] : '=';
    }
    return out;
}

Result<std::string> base64Decode(std::string_view text)
{
    static const auto kValues = [] {
        std::array<signed char, 256> table {};
        table.fill(-1);
        constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (std::size_t i = 0; i < kAlphabet.size(); ++i)
            table.at(static_cast<unsigned char>(kAlphabet[i])) = static_cast<signed char>(i);
        return table;
    }();
    std::string out;
    unsigned buffer = 0;
    int bits = 0;
    std::size_t count = 0;
    std::size_t padding = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\n' || c == '\r')
            continue;
        ++count;
        if (c == '=') {
            ++padding;
            continue;
        }
        const int value = kValues.at( // NOLINT(bugprone-signed-char-misuse): -1 is "no digit"
            static_cast<unsigned char>(c));
        if (value < 0 || padding > 0)
            return fail(Error::Code::InvalidInput, fmt::format("illegal base64 data at input byte {}", i));
        buffer = buffer << 6 | static_cast<unsigned>(value);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out += static_cast<char>(buffer >> bits & 0xFF);
        }
    }
    if (count % 4 != 0 || padding > 2)
        return fail(Error::Code::InvalidInput, fmt::format("illegal base64 data at input byte {}", text.size()));
    return out;
}

std::string sha256Hex(std::string_view bytes)
{
    // Not by EVP: to fetch an algorithm OpenSSL 3 sets all of itself up, which takes longer than many a render.
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest {};
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, bytes.data(), bytes.size());
    SHA256_Final(digest.data(), &context);
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out;
    out.reserve(2 * digest.size());
    for (const auto byte : digest) {
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 0xFU];
    }
    return out;
}

std::string newUuid()
{
    std::array<unsigned char, 16> b {};
    RAND_bytes(b.data(), static_cast<int>(b.size()));
    b[6] = static_cast<unsigned char>((b[6] & 0x0F) | 0x40);
    b[8] = static_cast<unsigned char>((b[8] & 0x3F) | 0x80);
    std::string out;
    for (std::size_t i = 0; i < b.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out += '-';
        out += fmt::format("{:02x}", b.at(i));
    }
    return out;
}

bool isValidUtf8(std::string_view text)
{
    std::size_t i = 0;
    while (i < text.size()) {
        const auto c = static_cast<unsigned char>(text[i]);
        std::size_t more = 0;
        std::uint32_t point = 0;
        if (c < 0x80) {
            ++i;
            continue;
        }
        if (c >= 0xC2 && c <= 0xDF) {
            more = 1;
            point = c & 0x1FU;
        } else if (c >= 0xE0 && c <= 0xEF) {
            more = 2;
            point = c & 0x0FU;
        } else if (c >= 0xF0 && c <= 0xF4) {
            more = 3;
            point = c & 0x07U;
        } else {
            return false;
        }
        if (i + more >= text.size())
            return false;
        for (std::size_t k = 1; k <= more; ++k) {
            const auto d = static_cast<unsigned char>(text[i + k]);
            if ((d & 0xC0U) != 0x80U)
                return false;
            point = point << 6 | (d & 0x3FU);
        }
        if ((more == 2 && (point < 0x800 || (point >= 0xD800 && point <= 0xDFFF)))
            || (more == 3 && (point < 0x10000 || point > 0x10FFFF)))
            return false;
        i += more + 1;
    }
    return true;
}

bool isPlainAscii(std::string_view text)
{
    // No early end: so it becomes a loop over vectors.
    unsigned strange = 0;
    for (const char c : text)
        strange |=
            static_cast<unsigned>(static_cast<unsigned char>(c - ' ') > '~' - ' ') & static_cast<unsigned>(c != '\n');
    return strange == 0;
}

} // namespace core
