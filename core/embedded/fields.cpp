// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/manifest/quantity.h"
#include "core/manifest/resource.h"
#include "core/manifest/strategic.h"
#include "core/manifest/type_texts.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace core::embedded {

using manifest::TypeNode;
using manifest::Value;
using Kind = TypeNode::Kind;

namespace {

constexpr int kMaxDepth = 300;

class Checker
{
public:
    Checker(FieldProblems& problems, bool custom, Quantities quantities)
        : m_problems(problems)
        , m_custom(custom)
        , m_quantities(quantities)
    {
    }

    void check(const TypeNode* type, Value& value, int depth)
    {
        if (type == nullptr || value.is_null() || depth > kMaxDepth)
            return;
        switch (type->kind) {
        case Kind::Struct:
            if (expect(value.is_object(), "object", *type, value))
                checkStruct(*type, value.get_object(), depth);
            break;
        case Kind::Map:
            if (expect(value.is_object(), "object", *type, value))
                for (auto& member : value.get_object())
                    inner(member.key(), kOfMap, type->element, member.value(), depth);
            break;
        case Kind::List:
            if (expect(value.is_array(), "array", *type, value))
                for (std::size_t i = 0; i < value.get_array().size(); ++i)
                    element(i, type->element, value.get_array()[i], depth);
            break;
        case Kind::Int:
            if (value.is_double() && std::trunc(value.get_double()) == value.get_double()
                && std::abs(value.get_double()) < 9e15)
                value = static_cast<std::int64_t>(value.get_double());
            expect(value.is_int64() || value.is_uint64(), "int", *type, value);
            break;
        case Kind::Double:
            expect(value.is_number(), "number", *type, value);
            break;
        case Kind::Bool:
            expect(value.is_bool(), "bool", *type, value);
            break;
        case Kind::String:
        case Kind::Bytes:
        case Kind::Time:
        case Kind::MicroTime:
            expect(value.is_string(), "string", *type, value);
            break;
        case Kind::Quantity:
            if (expect(value.is_string() || value.is_number(), "string", *type, value))
                normalise(value);
            break;
        case Kind::IntOrString:
            expect(value.is_string() || value.is_number(), "integer or string", *type, value);
            break;
        case Kind::Any:
        case Kind::Duration:
        case Kind::Json:
            break;
        }
    }

private:
    /// Whether a key names a member of a map or a field.
    static constexpr std::size_t kOfMap = 1;
    static constexpr std::size_t kOfStruct = 0;

    void inner(std::string_view key, std::size_t of, const TypeNode* type, Value& value, int depth)
    {
        m_path.push_back({key, of});
        check(type, value, depth + 1);
        m_path.pop_back();
    }

    void element(std::size_t index, const TypeNode* type, Value& value, int depth)
    {
        m_path.push_back({{}, index});
        check(type, value, depth + 1);
        m_path.pop_back();
    }

    /// Only made where there is something to tell.
    [[nodiscard]] std::string pathText() const
    {
        std::string out;
        for (const auto& [key, index] : m_path) {
            if (key.data() == nullptr)
                out += fmt::format("[{}]", index);
            else
                out += (out.empty() ? "" : ".") + std::string(key);
        }
        return out;
    }

    /// The fields on the way, as Go's JSON decoder names a place.
    [[nodiscard]] std::string fieldsText() const
    {
        std::string out = m_struct != nullptr ? m_struct->name.substr(m_struct->name.find('.') + 1) : std::string();
        for (const auto& [key, of] : m_path)
            if (key.data() != nullptr && of == kOfStruct)
                out += "." + std::string(key);
        return out;
    }

    /// Whether the field that the path leads to has 64 bits.
    [[nodiscard]] bool isWide() const
    {
        const auto last = std::find_if(m_path.rbegin(), m_path.rend(), [](const auto& step) {
            return step.first.data() != nullptr && step.second == kOfStruct;
        });
        if (m_struct == nullptr || last == m_path.rend())
            return false;
        const auto* said = manifest::fieldTexts(m_struct->name, last->first);
        return said != nullptr && said->wide;
    }

    /// The name of a type in Go.
    [[nodiscard]] std::string goType(const TypeNode& type) const
    {
        switch (type.kind) {
        case Kind::Struct:
            return type.name.substr(type.name.find('/') + 1);
        case Kind::Map:
            return "map[string]" + (type.element != nullptr ? goType(*type.element) : "interface {}");
        case Kind::List:
            return "[]" + (type.element != nullptr ? goType(*type.element) : "interface {}");
        case Kind::Int:
            return isWide() ? "int64" : "int32";
        case Kind::Double:
            return "float64";
        case Kind::Bool:
            return "bool";
        case Kind::Bytes:
            return "[]uint8";
        default:
            return "string";
        }
    }

    /// Quantities are stored as Kubernetes prints them: 1024Mi is 1Gi.
    void normalise(Value& value)
    {
        if (m_quantities == Quantities::Keep && manifest::Quantity::parse(value))
            return;
        if (value.is_double()) // not in the exponent form of JSON
            value = boost::json::string(fmt::format("{}", value.get_double()));
        if (const auto quantity = manifest::Quantity::parse(value))
            value = boost::json::string(quantity->canonical());
        else if (m_problems.typeError.empty())
            m_problems.typedError = m_problems.typeError = "quantities must match the regular expression "
                                                           "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
    }

    bool expect(bool good, std::string_view wanted, const TypeNode& type, const Value& value)
    {
        if (!good && m_problems.typeError.empty()) {
            m_problems.typedError = typedText(wanted, value);
            m_problems.typeError = fmt::format("json: cannot unmarshal {} into Go struct field {} of type {}",
                                               value.is_string()       ? "string"
                                                   : value.is_bool()   ? "bool"
                                                   : value.is_object() ? "object"
                                                   : value.is_array()  ? "array"
                                                                       : "number",
                                               fieldsText(), goType(type));
        }
        return good;
    }

    /// In the words of structured-merge-diff.
    [[nodiscard]] std::string typedText(std::string_view wanted, const Value& value) const
    {
        const auto is = value.is_string() ? "string"
            : value.is_bool()             ? "bool"
            : value.is_object()           ? "map[string]interface {}"
            : value.is_array()            ? "[]interface {}"
            : value.is_double()           ? "float64"
                                          : "int64";
        if (wanted == "int" || wanted == "number")
            return fmt::format(".{}: expected numeric (int or float), got {}", pathText(), is);
        if (wanted == "string")
            return fmt::format(".{}: expected string, got &value.valueUnstructured{{Value:{}}}", pathText(),
                               manifest::toJson(value));
        if (wanted == "object" || wanted == "list")
            return fmt::format(".{}: expected {}, got &{{{}}}", pathText(), wanted == "list" ? "list" : "map",
                               manifest::goText(value));
        return fmt::format(".{}: expected {}, got &{{{}}}", pathText(), wanted == "bool" ? "boolean" : wanted,
                           manifest::goText(value));
    }

    void checkStruct(const TypeNode& type, boost::json::object& object, int depth)
    {
        std::vector<std::string> gone;
        const auto* holder = std::exchange(m_struct, &type);
        for (auto& member : object) {
            if (const auto* field = type.field(member.key())) {
                inner(member.key(), kOfStruct, field->type, member.value(), depth);
                continue;
            }
            if (type.preserveUnknown || (depth == 0 && (member.key() == "kind" || member.key() == "apiVersion")))
                continue;
            auto path = pathText();
            if (!path.empty())
                path += '.';
            m_problems.unknown.push_back(fmt::format("unknown field \"{}{}\"", path, std::string_view(member.key())));
            gone.emplace_back(member.key());
        }
        m_struct = holder;
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
    std::vector<std::pair<std::string_view, std::size_t>> m_path; ///< a key and what it is of, or no key and an index
    const TypeNode* m_struct = nullptr; ///< that holds what is looked at
    bool m_custom;
    Quantities m_quantities;
};

} // namespace

FieldProblems checkFields(const TypeNode* type, Value& object, bool custom, Quantities quantities)
{
    FieldProblems problems;
    Checker(problems, custom, quantities).check(type, object, 0);
    std::sort(problems.unknown.begin(), problems.unknown.end());
    return problems;
}

} // namespace core::embedded
