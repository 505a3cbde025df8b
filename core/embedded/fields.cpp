// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/manifest/quantity.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cmath>

namespace core::embedded {

using manifest::TypeNode;
using manifest::Value;
using Kind = TypeNode::Kind;

namespace {

constexpr int kMaxDepth = 300;

class Checker
{
public:
    Checker(FieldProblems& problems, bool custom)
        : m_problems(problems)
        , m_custom(custom)
    {
    }

    void check(const TypeNode* type, Value& value, const std::string& path, int depth)
    {
        if (type == nullptr || value.is_null() || depth > kMaxDepth)
            return;
        switch (type->kind) {
        case Kind::Struct:
            if (expect(value.is_object(), "object", value, path))
                checkStruct(*type, value.get_object(), path, depth);
            break;
        case Kind::Map:
            if (expect(value.is_object(), "object", value, path))
                for (auto& member : value.get_object())
                    check(type->element, member.value(), path + "." + std::string(member.key()), depth + 1);
            break;
        case Kind::List:
            if (expect(value.is_array(), "array", value, path))
                for (std::size_t i = 0; i < value.get_array().size(); ++i)
                    check(type->element, value.get_array()[i], fmt::format("{}[{}]", path, i), depth + 1);
            break;
        case Kind::Int:
            if (value.is_double() && std::trunc(value.get_double()) == value.get_double()
                && std::abs(value.get_double()) < 9e15)
                value = static_cast<std::int64_t>(value.get_double());
            expect(value.is_int64() || value.is_uint64(), "int", value, path);
            break;
        case Kind::Double:
            expect(value.is_number(), "number", value, path);
            break;
        case Kind::Bool:
            expect(value.is_bool(), "bool", value, path);
            break;
        case Kind::String:
        case Kind::Bytes:
        case Kind::Time:
        case Kind::MicroTime:
            expect(value.is_string(), "string", value, path);
            break;
        case Kind::Quantity:
            if (expect(value.is_string() || value.is_number(), "string", value, path))
                normalise(value);
            break;
        case Kind::IntOrString:
            expect(value.is_string() || value.is_number(), "integer or string", value, path);
            break;
        case Kind::Any:
        case Kind::Duration:
        case Kind::Json:
            break;
        }
    }

private:
    /// Quantities are stored as Kubernetes prints them: 1024Mi is 1Gi.
    void normalise(Value& value)
    {
        if (value.is_double()) // not in the exponent form of JSON
            value = boost::json::string(fmt::format("{}", value.get_double()));
        if (const auto quantity = manifest::Quantity::parse(value))
            value = boost::json::string(quantity->canonical());
        else if (m_problems.typeError.empty())
            m_problems.typeError = "quantities must match the regular expression "
                                   "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    }

    bool expect(bool good, std::string_view wanted, const Value& value, const std::string& path)
    {
        if (!good && m_problems.typeError.empty())
            m_problems.typeError = fmt::format("json: cannot unmarshal {} into Go struct field {} of type {}",
                                               value.is_string()       ? "string"
                                                   : value.is_bool()   ? "bool"
                                                   : value.is_object() ? "object"
                                                   : value.is_array()  ? "array"
                                                                       : "number",
                                               path, wanted);
        return good;
    }

    void checkStruct(const TypeNode& type, boost::json::object& object, const std::string& path, int depth)
    {
        std::vector<std::string> gone;
        for (auto& member : object) {
            const auto inner = path.empty() ? std::string(member.key()) : path + "." + std::string(member.key());
            if (const auto* field = type.field(member.key())) {
                check(field->type, member.value(), inner, depth + 1);
                continue;
            }
            if (type.preserveUnknown || (depth == 0 && (member.key() == "kind" || member.key() == "apiVersion")))
                continue;
            m_problems.unknown.push_back(fmt::format("unknown field \"{}\"", inner));
            gone.emplace_back(member.key());
        }
        for (const auto& key : gone)
            object.stable_erase(object.find(key));
        if (m_custom)
            return;
        // Go leaves out what is null: built-in kinds never store it.
        std::erase_if(gone, [](const auto&) { return true; });
        for (const auto& member : object)
            if (member.value().is_null())
                gone.emplace_back(member.key());
        for (const auto& key : gone)
            object.stable_erase(object.find(key));
    }

    FieldProblems& m_problems;
    bool m_custom;
};

} // namespace

FieldProblems checkFields(const TypeNode* type, Value& object, bool custom)
{
    FieldProblems problems;
    Checker(problems, custom).check(type, object, {}, 0);
    std::sort(problems.unknown.begin(), problems.unknown.end());
    return problems;
}

} // namespace core::embedded
