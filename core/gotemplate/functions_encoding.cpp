// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/gotemplate/exec.h"
#include "core/gotemplate/format.h"
#include "core/gotemplate/functions.h"
#include "core/gotemplate/go_json.h"
#include "core/gotemplate/go_text.h"
#include "core/gotemplate/go_time.h"

#include <fmt/format.h>
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <cmath>

namespace core::gotemplate {

namespace {

using R = Result<Value>;

constexpr std::size_t kMaxDepth = 1000;

void jsonString(std::string& to, const std::string& text, bool escapeHtml)
{
    to += '"';
    for (std::size_t at = 0; at < text.size();) {
        const auto rune = decodeRune(text, at);
        const auto c = rune.code;
        switch (c) {
        case '"':
            to += "\\\"";
            break;
        case '\\':
            to += "\\\\";
            break;
        case '\n':
            to += "\\n";
            break;
        case '\r':
            to += "\\r";
            break;
        case '\t':
            to += "\\t";
            break;
        case '\b':
            to += "\\b";
            break;
        case '\f':
            to += "\\f";
            break;
        default:
            if (c < 0x20 || (escapeHtml && (c == '<' || c == '>' || c == '&')) || c == 0x2028 || c == 0x2029)
                to += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(c));
            else if (c == kReplacement && rune.size == 1)
                to += "\\ufffd";
            else
                to.append(text, at, rune.size);
        }
        at += rune.size;
    }
    to += '"';
}

std::string jsonNumber(double d)
{
    const double magnitude = std::fabs(d);
    if (magnitude != 0 && (magnitude < 1e-6 || magnitude >= 1e21)) {
        auto text = formatFloat(d, 'e', -1);
        // e-09 is e-9 in JSON.
        const auto size = text.size();
        if (size >= 4 && text[size - 4] == 'e' && text[size - 3] == '-' && text[size - 2] == '0')
            text.erase(size - 2, 1);
        return text;
    }
    return formatFloat(d, 'f', -1);
}

bool json(std::string& to, const Value& value, bool escapeHtml, bool pretty, std::size_t depth)
{
    if (depth > kMaxDepth)
        return false;
    const auto newline = [&](std::size_t level) {
        if (pretty) {
            to += '\n';
            to.append(level * 2, ' ');
        }
    };
    if (value.isNilSlice()) {
        to += "null";
        return true;
    }
    switch (value.type()) {
    case Type::None:
    case Type::Nil:
        to += "null";
        return true;
    case Type::Bool:
        to += value.asBool() ? "true" : "false";
        return true;
    case Type::Float64:
        if (!std::isfinite(value.asFloat()))
            return false;
        to += jsonNumber(value.asFloat());
        return true;
    case Type::String:
        jsonString(to, value.asString(), escapeHtml);
        return true;
    case Type::Bytes:
        jsonString(to, base64Encode(value.asString()), false);
        return true;
    case Type::Error:
        to += "{}";
        return true;
    case Type::Time:
        jsonString(to, formatTime(value.asTime(), "2006-01-02T15:04:05.999999999Z07:00"), false);
        return true;
    case Type::Object: {
        const auto members = value.asObject()->jsonMembers();
        if (members.empty())
            return json(to, value.asObject()->serialized(), escapeHtml, pretty, depth);
        to += '{';
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i > 0)
                to += ',';
            newline(depth + 1);
            jsonString(to, members[i].first, escapeHtml);
            to += pretty ? ": " : ":";
            if (!json(to, members[i].second, escapeHtml, pretty, depth + 1))
                return false;
        }
        newline(depth);
        to += '}';
        return true;
    }
    case Type::Function:
        return false;
    default:
        break;
    }
    if (value.isMap()) {
        to += '{';
        bool first = true;
        for (const auto& [key, item] : value.entries()) {
            if (!std::exchange(first, false))
                to += ',';
            newline(depth + 1);
            jsonString(to, key.asString(), escapeHtml);
            to += pretty ? ": " : ":";
            if (!json(to, item, escapeHtml, pretty, depth + 1))
                return false;
        }
        if (!first)
            newline(depth);
        to += '}';
        return true;
    }
    if (value.isList()) {
        to += '[';
        bool first = true;
        for (const auto& item : value.items()) {
            if (!std::exchange(first, false))
                to += ',';
            newline(depth + 1);
            if (!json(to, item, escapeHtml, pretty, depth + 1))
                return false;
        }
        if (!first)
            newline(depth);
        to += ']';
        return true;
    }
    to += std::to_string(value.asInt());
    return true;
}

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

std::string base32(std::string_view bytes)
{
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 5) {
        std::uint64_t block = 0;
        const auto size = std::min<std::size_t>(5, bytes.size() - at);
        for (std::size_t i = 0; i < 5; ++i)
            block = (block << 8U) | (i < size ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        const auto letters = (size * 8 + 4) / 5;
        for (std::size_t i = 0; i < 8; ++i)
            text += i < letters ? kBase32[(block >> (35 - 5 * i)) & 31U] : '=';
    }
    return text;
}

std::string unbase32(std::string_view text)
{
    std::string bytes;
    std::uint64_t block = 0;
    int bits = 0;
    std::size_t at = 0;
    for (; at < text.size() && text[at] != '='; ++at) {
        if (text[at] == '\n' || text[at] == '\r')
            continue;
        const auto digit = kBase32.find(text[at]);
        if (digit == std::string_view::npos)
            return fmt::format("illegal base32 data at input byte {}", at);
        block = (block << 5U) | digit;
        bits += 5;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>((block >> static_cast<unsigned>(bits)) & 255U);
        }
    }
    if (text.size() % 8 != 0)
        return fmt::format("illegal base32 data at input byte {}", text.size());
    return bytes;
}

// Go's position for bad base64, or the bytes.
std::pair<std::string, std::optional<std::size_t>> unbase64(std::string_view text)
{
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string bytes;
    std::uint32_t block = 0;
    int count = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '\n' || c == '\r')
            continue;
        if (c == '=') {
            std::size_t pads = 0;
            auto end = at;
            for (; end < text.size(); ++end) {
                if (text[end] == '=')
                    ++pads;
                else if (text[end] != '\n' && text[end] != '\r')
                    return {{}, end};
            }
            if (count < 2 || pads != static_cast<std::size_t>(4 - count))
                return {{}, count < 2 ? at : end};
            bytes += static_cast<char>((block >> (count == 2 ? 4U : 10U)) & 255U);
            if (count == 3)
                bytes += static_cast<char>((block >> 2U) & 255U);
            return {bytes, std::nullopt};
        }
        const auto digit = alphabet.find(c);
        if (digit == std::string_view::npos)
            return {{}, at};
        block = (block << 6U) | static_cast<std::uint32_t>(digit);
        if (++count == 4) {
            bytes += static_cast<char>((block >> 16U) & 255U);
            bytes += static_cast<char>((block >> 8U) & 255U);
            bytes += static_cast<char>(block & 255U);
            count = 0;
            block = 0;
        }
    }
    if (count != 0)
        return {{}, text.size() - static_cast<std::size_t>(count)};
    return {bytes, std::nullopt};
}

// The old interface of OpenSSL: for its new one it first sets all its algorithms up, which takes as long as rendering a
// small chart, and most charts have a checksum in them.
template<class Context, auto kInit, auto kUpdate, auto kFinal, std::size_t kSize>
std::string digest(std::string_view bytes)
{
    Context context;
    unsigned char out[kSize];
    if (kInit(&context) != 1 || kUpdate(&context, bytes.data(), bytes.size()) != 1 || kFinal(out, &context) != 1)
        return {};
    std::string text;
    for (const auto byte : out)
        text += fmt::format("{:02x}", byte);
    return text;
}

R jsonFunction(Call& c, bool must, bool escapeHtml, bool pretty)
{
    PH_CHECK(c.execution.weigh(c.arguments));
    std::string text;
    if (json(text, c[0], escapeHtml, pretty, 0))
        return Value::string(std::move(text));
    return must ? refuse("json: unsupported value") : R(Value::string(""));
}

} // namespace

std::string goJson(const Value& value, bool escapeHtml, bool pretty)
{
    std::string text;
    return json(text, value, escapeHtml, pretty, 0) ? text : std::string();
}

void addEncodingFunctions(FunctionMap& map)
{
    map.add("toJson", "a", [](Call& c) { return jsonFunction(c, false, true, false); });
    map.add("mustToJson", "a", [](Call& c) { return jsonFunction(c, true, true, false); });
    map.add("toPrettyJson", "a", [](Call& c) { return jsonFunction(c, false, true, true); });
    map.add("mustToPrettyJson", "a", [](Call& c) { return jsonFunction(c, true, true, true); });
    map.add("toRawJson", "a", [](Call& c) { return jsonFunction(c, false, false, false); });
    map.add("mustToRawJson", "a", [](Call& c) { return jsonFunction(c, true, false, false); });
    map.add("fromJson", "s", [](Call& c) -> R {
        auto value = parseGoJson(c.text(0));
        return value ? *value : Value::nil();
    });
    map.add("mustFromJson", "s", [](Call& c) -> R { return parseGoJson(c.text(0)); });
    map.add("b64enc", "s", [](Call& c) -> R { return Value::string(base64Encode(c.text(0))); });
    map.add("b64dec", "s", [](Call& c) -> R {
        auto [bytes, bad] = unbase64(c.text(0));
        return Value::string(bad ? fmt::format("illegal base64 data at input byte {}", *bad) : std::move(bytes));
    });
    map.add("b32enc", "s", [](Call& c) -> R { return Value::string(base32(c.text(0))); });
    map.add("b32dec", "s", [](Call& c) -> R { return Value::string(unbase32(c.text(0))); });
    map.add("sha1sum", "s", [](Call& c) -> R {
        return Value::string(digest<SHA_CTX, SHA1_Init, SHA1_Update, SHA1_Final, SHA_DIGEST_LENGTH>(c.text(0)));
    });
    map.add("sha256sum", "s", [](Call& c) -> R {
        return Value::string(
            digest<SHA256_CTX, SHA256_Init, SHA256_Update, SHA256_Final, SHA256_DIGEST_LENGTH>(c.text(0)));
    });
    map.add("sha512sum", "s", [](Call& c) -> R {
        return Value::string(
            digest<SHA512_CTX, SHA512_Init, SHA512_Update, SHA512_Final, SHA512_DIGEST_LENGTH>(c.text(0)));
    });
    map.add("adler32sum", "s", [](Call& c) -> R {
        std::uint32_t a = 1;
        std::uint32_t b = 0;
        for (const char ch : c.text(0)) {
            a = (a + static_cast<unsigned char>(ch)) % 65521;
            b = (b + a) % 65521;
        }
        return Value::string(std::to_string((b << 16U) | a));
    });
    map.add("randBytes", "i", [](Call& c) -> R {
        const auto count = c[0].asInt();
        if (count < 0 || count > 1'000'000)
            return refuse("randBytes: bad count");
        std::string bytes(static_cast<std::size_t>(count), '\0');
        if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1)
            return refuse("no random numbers");
        return Value::string(base64Encode(bytes));
    });
    map.add("uuidv4", "", [](Call&) -> R { return Value::string(newUuid()); });
    // A renderer must not ask the network; names are never resolved.
    map.add("getHostByName", "s", [](Call&) -> R { return Value::string(""); });
    map.add("fail", "s", [](Call& c) -> R { return refuse(c.text(0)); });
}

} // namespace core::gotemplate
