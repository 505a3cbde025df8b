// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/embedded/api_server_p.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::TypeField;
using manifest::TypeNode;
using manifest::Value;
using Kind = TypeNode::Kind;

namespace {

constexpr int kMaxDepth = 100;
constexpr std::int64_t kMaxSeconds = 9'000'000'000; ///< a time in nanoseconds is a 64-bit number

tl::unexpected<Error> broken(std::string_view why)
{
    return fail(Error::Code::InvalidInput, fmt::format("protobuf: {}", why));
}

/// One field of a message as it stands on the wire.
struct Wire
{
    int number = 0;
    int type = 0;
    std::uint64_t integer = 0;
    std::string_view bytes;
};

class Reader
{
public:
    explicit Reader(std::string_view bytes)
        : m_bytes(bytes)
    {
    }
    [[nodiscard]] bool atEnd() const { return m_at == m_bytes.size(); }

    Result<Wire> next()
    {
        PH_TRY(const auto tag, varint());
        Wire wire;
        wire.number = static_cast<int>(tag >> 3 & 0x1fffffff);
        wire.type = static_cast<int>(tag & 7);
        if (wire.type == 0) {
            PH_TRY(wire.integer, varint());
            return wire;
        }
        std::uint64_t size = wire.type == 1 ? 8 : wire.type == 5 ? 4 : 0;
        if (wire.type == 2) {
            PH_TRY(size, varint());
        } else if (size == 0) {
            return broken("unknown wire type");
        }
        if (size > m_bytes.size() - m_at)
            return broken("a field ends behind its message");
        wire.bytes = m_bytes.substr(m_at, static_cast<std::size_t>(size));
        m_at += static_cast<std::size_t>(size);
        return wire;
    }

    Result<std::uint64_t> varint()
    {
        std::uint64_t value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (m_at == m_bytes.size())
                return broken("a number ends behind its message");
            const auto byte = static_cast<unsigned char>(m_bytes[m_at++]);
            value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
            if ((byte & 0x80) == 0)
                return value;
        }
        return broken("a number is too long");
    }

private:
    std::string_view m_bytes;
    std::size_t m_at = 0;
};

const TypeField* fieldByNumber(const TypeNode& type, int number)
{
    for (const auto& field : type.fields)
        if (field.number == number)
            return &field;
    return nullptr;
}

Result<Value> decodeTime(std::string_view bytes, bool micro)
{
    Reader reader(bytes);
    std::int64_t seconds = 0;
    std::int64_t nanos = 0;
    while (!reader.atEnd()) {
        PH_TRY(const auto wire, reader.next());
        (wire.number == 1 ? seconds : nanos) = static_cast<std::int64_t>(wire.integer);
    }
    if (seconds > kMaxSeconds || seconds < -kMaxSeconds || nanos < 0 || nanos >= 1'000'000'000)
        return broken("a time is out of range");
    if (seconds == 0 && nanos == 0)
        return Value();
    const TimePoint time {std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanos)};
    return Value(boost::json::string(micro ? formatRfc3339Micro(time) : formatRfc3339(time)));
}

Result<Value> decodeIntOrString(std::string_view bytes)
{
    Reader reader(bytes);
    std::uint64_t type = 0;
    std::int64_t number = 0;
    std::string_view text;
    while (!reader.atEnd()) {
        PH_TRY(const auto wire, reader.next());
        if (wire.number == 1)
            type = wire.integer;
        else if (wire.number == 2)
            number = static_cast<std::int64_t>(wire.integer);
        else
            text = wire.bytes;
    }
    if (type == 0)
        return Value(number);
    if (!isValidUtf8(text))
        return broken("a text is not UTF-8");
    return Value(boost::json::string(text));
}

Result<std::string_view> firstField(std::string_view bytes)
{
    Reader reader(bytes);
    std::string_view found;
    while (!reader.atEnd()) {
        PH_TRY(const auto wire, reader.next());
        if (wire.number == 1)
            found = wire.bytes;
    }
    return found;
}

Result<Object> decodeMessage(const TypeNode& type, std::string_view bytes, int depth);

Result<Value> decodeValue(const TypeNode& type, const Wire& wire, int depth)
{
    switch (type.kind) {
    case Kind::Bool:
        return Value(wire.integer != 0);
    case Kind::Int:
        return Value(static_cast<std::int64_t>(wire.integer));
    case Kind::Double: {
        if (wire.bytes.size() != 8)
            return broken("a double has another size");
        double number = 0;
        std::memcpy(&number, wire.bytes.data(), 8);
        return Value(number);
    }
    case Kind::Bytes:
        return Value(boost::json::string(base64Encode(wire.bytes)));
    case Kind::Time:
    case Kind::MicroTime:
        return decodeTime(wire.bytes, type.kind == Kind::MicroTime);
    case Kind::Duration: {
        Reader reader(wire.bytes);
        std::int64_t nanos = 0;
        while (!reader.atEnd()) {
            PH_TRY(const auto inner, reader.next());
            nanos = static_cast<std::int64_t>(inner.integer);
        }
        return Value(boost::json::string(formatGoDuration(Duration(nanos))));
    }
    case Kind::IntOrString:
        return decodeIntOrString(wire.bytes);
    case Kind::Quantity: {
        PH_TRY(const auto text, firstField(wire.bytes));
        if (!isValidUtf8(text))
            return broken("a quantity is not UTF-8");
        return Value(boost::json::string(text));
    }
    case Kind::Json: {
        PH_TRY(const auto text, firstField(wire.bytes));
        if (text.empty())
            return Value();
        return manifest::parseJson(text);
    }
    case Kind::Struct: {
        PH_TRY(auto object, decodeMessage(type, wire.bytes, depth + 1));
        return Value(std::move(object));
    }
    case Kind::String:
    default:
        if (!isValidUtf8(wire.bytes))
            return broken("a text is not UTF-8");
        return Value(boost::json::string(wire.bytes));
    }
}

Result<> decodeMapEntry(const TypeNode& element, std::string_view bytes, Object& out, int depth)
{
    Reader reader(bytes);
    std::string_view key;
    Wire value;
    value.type = 2;
    while (!reader.atEnd()) {
        PH_TRY(const auto wire, reader.next());
        if (wire.number == 1)
            key = wire.bytes;
        else
            value = wire;
    }
    if (!isValidUtf8(key))
        return broken("a key is not UTF-8");
    if (element.kind == Kind::List) {
        // A map of lists holds wrapped lists.
        Array list;
        Reader inner(value.bytes);
        while (!inner.atEnd()) {
            PH_TRY(const auto wire, inner.next());
            PH_TRY(auto item, decodeValue(*element.element, wire, depth + 1));
            list.push_back(std::move(item));
        }
        out[key] = std::move(list);
        return {};
    }
    PH_TRY(out[key], decodeValue(element, value, depth));
    return {};
}

/// Go's encoder writes zero values of plain fields; JSON bodies would not hold them.
bool isZero(const Value& value)
{
    if (value.is_null())
        return true;
    if (const auto* text = value.if_string())
        return text->empty();
    if (value.is_bool())
        return !value.get_bool();
    if (value.is_int64())
        return value.get_int64() == 0;
    if (value.is_double())
        return value.get_double() == 0;
    if (const auto* object = value.if_object())
        return object->empty();
    return false;
}

Result<Object> decodeMessage(const TypeNode& type, std::string_view bytes, int depth)
{
    if (depth > kMaxDepth)
        return broken("messages are nested too deeply");
    Object out;
    Reader reader(bytes);
    while (!reader.atEnd()) {
        PH_TRY(const auto wire, reader.next());
        const auto* field = fieldByNumber(type, wire.number);
        if (field == nullptr)
            continue;
        if (field->name.empty()) {
            PH_TRY(auto inner, decodeMessage(*field->type, wire.bytes, depth + 1));
            for (auto& member : inner)
                out[member.key()] = std::move(member.value());
            continue;
        }
        if (field->type->kind == Kind::Map) {
            auto& slot = out[field->name];
            if (!slot.is_object())
                slot.emplace_object();
            PH_CHECK(decodeMapEntry(*field->type->element, wire.bytes, slot.get_object(), depth));
        } else if (field->type->kind == Kind::List) {
            auto& slot = out[field->name];
            if (!slot.is_array())
                slot.emplace_array();
            if (!field->type->wrapped) {
                PH_TRY(auto item, decodeValue(*field->type->element, wire, depth));
                slot.get_array().push_back(std::move(item));
                continue;
            }
            Reader inner(wire.bytes);
            while (!inner.atEnd()) {
                PH_TRY(const auto element, inner.next());
                PH_TRY(auto item, decodeValue(*field->type->element, element, depth + 1));
                slot.get_array().push_back(std::move(item));
            }
        } else {
            PH_TRY(auto value, decodeValue(*field->type, wire, depth));
            if (!isZero(value) || field->type->kind == Kind::IntOrString)
                out[field->name] = std::move(value);
            else if (field->type->kind == Kind::Struct && field->name == "emptyDir")
                out[field->name] = std::move(value);
        }
    }
    return out;
}

} // namespace

Result<Value> decodeProtobuf(std::string_view bytes)
{
    using namespace std::string_view_literals;
    if (!bytes.starts_with("k8s\0"sv))
        return broken("the body does not begin with the magic of Kubernetes");
    Reader reader(bytes.substr(4));
    std::string apiVersion;
    std::string kind;
    std::string_view raw;
    while (!reader.atEnd()) {
        PH_TRY(const auto wire, reader.next());
        if (wire.number == 2)
            raw = wire.bytes;
        if (wire.number != 1)
            continue;
        Reader meta(wire.bytes);
        while (!meta.atEnd()) {
            PH_TRY(const auto inner, meta.next());
            (inner.number == 1 ? apiVersion : kind) = std::string(inner.bytes);
        }
    }
    if (!isValidUtf8(apiVersion) || !isValidUtf8(kind))
        return broken("a text is not UTF-8");
    const auto* type = manifest::builtinType(apiVersion, kind);
    if (type == nullptr)
        return broken(fmt::format("no kind \"{}\" in version \"{}\"", kind, apiVersion));
    if (type->fields.empty() || type->fields.front().number == 0)
        return broken(fmt::format("bodies of the kind \"{}\" are read as JSON or YAML only", kind));
    PH_TRY(auto members, decodeMessage(*type, raw, 0));
    Object object {{"kind", boost::json::string(kind)}, {"apiVersion", boost::json::string(apiVersion)}};
    for (auto& member : members)
        object[member.key()] = std::move(member.value());
    return Value(std::move(object));
}

} // namespace core::embedded
