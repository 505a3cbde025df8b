// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/value.h"

#include <boost/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <vector>

namespace core::manifest {

namespace {

template<class V>
V* step(V* at, std::string_view key)
{
    if (auto* object = at->if_object()) {
        auto it = object->find(key);
        return it == object->end() ? nullptr : &it->value();
    }
    if (auto* array = at->if_array()) {
        std::size_t index = 0;
        const auto [end, ec] = std::from_chars(key.data(), key.data() + key.size(), index);
        if (ec != std::errc {} || end != key.data() + key.size() || index >= array->size())
            return nullptr;
        return &(*array)[index];
    }
    return nullptr;
}

template<class V>
V* walk(V& root, Path path)
{
    V* at = &root;
    for (const auto key : path) {
        at = step(at, key);
        if (at == nullptr)
            return nullptr;
    }
    return at;
}

bool equalNumbers(const Value& a, const Value& b)
{
    if (a.is_double() || b.is_double())
        return a.to_number<double>() == b.to_number<double>();
    if (a.kind() == b.kind())
        return a.is_int64() ? a.get_int64() == b.get_int64() : a.get_uint64() == b.get_uint64();
    const auto& i = a.is_int64() ? a : b;
    const auto& u = a.is_int64() ? b : a;
    return i.get_int64() >= 0 && static_cast<std::uint64_t>(i.get_int64()) == u.get_uint64();
}

/// As Go's encoding/json: what HTML could take for its own is escaped.
void printText(std::string_view text, std::string& out)
{
    const auto plain = boost::json::serialize(boost::json::string(text));
    for (std::size_t at = 0; at < plain.size(); ++at) {
        const std::string_view rest(plain.data() + at, plain.size() - at);
        const char c = plain[at];
        if (c == '<' || c == '>' || c == '&') {
            out += c == '<' ? "\\u003c" : c == '>' ? "\\u003e" : "\\u0026";
        } else if (rest.starts_with("\xe2\x80\xa8") || rest.starts_with("\xe2\x80\xa9")) {
            out += rest[2] == '\xa8' ? "\\u2028" : "\\u2029";
            at += 2;
        } else {
            out += c;
        }
    }
}

/// As Go's encoding/json: exponents only for the very small and the very large, without a leading zero.
void printNumber(double number, std::string& out)
{
    const double size = std::fabs(number);
    const bool exponent = size != 0 && (size < 1e-6 || size >= 1e21);
    std::array<char, 64> digits {};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number,
                                   exponent ? std::chars_format::scientific : std::chars_format::fixed)
                         .ptr;
    std::string text(digits.data(), end);
    if (const auto zero = text.rfind("e-0"); exponent && zero != std::string::npos)
        text.erase(zero + 2, 1);
    out += text;
}

void printSorted(const Value& value, std::string& out)
{
    if (const auto* object = value.if_object()) {
        std::vector<const boost::json::key_value_pair*> members;
        members.reserve(object->size());
        for (const auto& member : *object)
            members.push_back(&member);
        std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) { return a->key() < b->key(); });
        out += '{';
        for (std::size_t i = 0; i < members.size(); ++i) {
            if (i > 0)
                out += ',';
            printText(members[i]->key(), out);
            out += ':';
            printSorted(members[i]->value(), out);
        }
        out += '}';
    } else if (const auto* array = value.if_array()) {
        out += '[';
        for (std::size_t i = 0; i < array->size(); ++i) {
            if (i > 0)
                out += ',';
            printSorted((*array)[i], out);
        }
        out += ']';
    } else if (const auto* text = value.if_string()) {
        printText(*text, out);
    } else if (const auto* number = value.if_double(); number != nullptr && std::isfinite(*number)) {
        printNumber(*number, out);
    } else {
        out += toJson(value);
    }
}

} // namespace

const Value* find(const Value& root, Path path)
{
    return walk(root, path);
}
Value* find(Value& root, Path path)
{
    return walk(root, path);
}

std::string_view text(const Value& root, Path path)
{
    const auto* value = find(root, path);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string()) : std::string_view {};
}

std::optional<std::int64_t> integer(const Value& root, Path path)
{
    const auto* value = find(root, path);
    if (value == nullptr)
        return {};
    if (value->is_int64())
        return value->get_int64();
    if (value->is_double() && std::trunc(value->get_double()) == value->get_double()
        && std::abs(value->get_double()) < 9e15)
        return static_cast<std::int64_t>(value->get_double());
    return {};
}

bool flag(const Value& root, Path path, bool otherwise)
{
    const auto* value = find(root, path);
    return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

const Object& object(const Value& root, Path path)
{
    static const Object kEmpty;
    const auto* value = find(root, path);
    return value != nullptr && value->is_object() ? value->get_object() : kEmpty;
}

const Array& array(const Value& root, Path path)
{
    static const Array kEmpty;
    const auto* value = find(root, path);
    return value != nullptr && value->is_array() ? value->get_array() : kEmpty;
}

std::vector<std::string> texts(const Value& root, Path path)
{
    std::vector<std::string> out;
    for (const auto& item : array(root, path)) {
        if (const auto* string = item.if_string())
            out.emplace_back(*string);
    }
    return out;
}

Value& ensure(Value& root, Path path)
{
    Value* at = &root;
    for (const auto key : path) {
        if (at->is_array()) {
            auto* next = step(at, key);
            if (next != nullptr) {
                at = next;
                continue;
            }
        }
        if (!at->is_object())
            at->emplace_object();
        at = &at->get_object()[key];
    }
    return *at;
}

bool erase(Value& root, Path path)
{
    if (path.size() == 0)
        return false;
    Value* at = &root;
    for (auto it = path.begin(); it + 1 != path.end(); ++it) {
        at = step(at, *it);
        if (at == nullptr)
            return false;
    }
    auto* holder = at->if_object();
    if (holder == nullptr)
        return false;
    const auto member = holder->find(*(path.end() - 1));
    if (member == holder->end())
        return false;
    holder->stable_erase(member);
    return true;
}

Result<Value> parseJson(std::string_view text, std::string_view source)
{
    constexpr std::size_t kMaxSize = std::size_t {256} << 20;
    if (text.size() > kMaxSize)
        return fail(Error::Code::LimitExceeded, "JSON text is larger than 256 MiB", std::string(source));
    boost::json::parse_options options;
    options.max_depth = 500;
    boost::json::error_code ec;
    boost::json::stream_parser parser({}, options);
    const auto used = parser.write_some(text.data(), text.size(), ec);
    if (!ec && used == text.size())
        parser.finish(ec);
    else if (!ec)
        ec = boost::json::error::extra_data;
    if (ec)
        return fail(Error::Code::InvalidInput, "JSON at byte " + std::to_string(used) + ": " + ec.message(),
                    std::string(source));
    return parser.release();
}

std::string toJson(const Value& value)
{
    return boost::json::serialize(value);
}

std::string toSortedJson(const Value& value)
{
    std::string out;
    printSorted(value, out);
    return out;
}

bool equal(const Value& a, const Value& b)
{
    if (a.is_number() && b.is_number())
        return equalNumbers(a, b);
    if (a.kind() != b.kind())
        return false;
    if (const auto* left = a.if_object()) {
        const auto& right = b.get_object();
        if (left->size() != right.size())
            return false;
        return std::all_of(left->begin(), left->end(), [&](const auto& member) {
            const auto it = right.find(member.key());
            return it != right.end() && equal(member.value(), it->value());
        });
    }
    if (const auto* left = a.if_array()) {
        const auto& right = b.get_array();
        return left->size() == right.size() && std::equal(left->begin(), left->end(), right.begin(), equal);
    }
    return a == b;
}

} // namespace core::manifest
