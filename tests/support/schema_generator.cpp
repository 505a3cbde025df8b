// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/schema_generator.h"

#include <boost/json.hpp>

#include <array>
#include <random>

namespace tests {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

class Maker
{
public:
    explicit Maker(std::uint64_t seed)
        : m_random(seed)
    {
    }

    GeneratedSchema make()
    {
        object schema = this->schema(3).is_object() ? std::move(m_last.get_object()) : object();
        switch (pick(7)) {
        case 0:
            schema["$schema"] = "http://json-schema.org/draft-04/schema#";
            break;
        case 1:
            schema["$schema"] = "http://json-schema.org/draft-06/schema#";
            break;
        case 2:
            schema["$schema"] = "http://json-schema.org/draft-07/schema#";
            break;
        case 3:
            schema["$schema"] = "https://json-schema.org/draft/2019-09/schema";
            break;
        case 4:
            schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
            break;
        default:
            break;
        }
        object definitions;
        definitions["d"] = this->schema(2);
        definitions["e"] = object {{pick(2) ? "$anchor" : "$id", pick(2) ? "e" : "e.json"}, {"type", type()}};
        schema["$defs"] = definitions;
        schema["definitions"] = object {{"d", this->schema(1)}};
        object values;
        for (int i = 0; i < 4; ++i)
            values[name()] = any(2);
        return {written(schema), written(values)};
    }

private:
    // Numbers as people write them: errors quote them from the schema.
    static std::string written(const object& map)
    {
        auto text = boost::json::serialize(map);
        for (const auto& [odd, plain] : std::array<std::pair<std::string_view, const char*>, 3> {
                 {{"2.5E0", "2.5"}, {"3E-1", "0.3"}, {"1.2345675E6", "1234567.5"}}})
            for (std::size_t at = 0; (at = text.find(odd, at)) != std::string::npos;)
                text.replace(at, odd.size(), plain);
        return text;
    }
    std::size_t pick(std::size_t count) { return m_random() % count; }
    std::string name()
    {
        static constexpr std::array kNames {"a", "b", "c", "d/e", "f~g", "it's"};
        return kNames[pick(kNames.size())];
    }
    std::string type()
    {
        static constexpr std::array kTypes {"null", "boolean", "number", "integer", "string", "array", "object"};
        return pick(40) == 0 ? "text" : kTypes[pick(kTypes.size())];
    }
    value number()
    {
        static constexpr std::array<double, 9> kNumbers {0, 1, 2, 2.5, 0.3, -1, 1000, 65536, 1234567.5};
        const auto chosen = kNumbers[pick(kNumbers.size())];
        return chosen == static_cast<double>(static_cast<std::int64_t>(chosen))
            ? value(static_cast<std::int64_t>(chosen))
            : value(chosen);
    }
    std::string text()
    {
        static constexpr std::array kTexts {"",           "x",           "aa",         "10.0.0.1",
                                            "2021-02-29", "a@b.example", "it's \"q\"", "h\u00e9llo",
                                            "/p/~0q~",    "P1D",         "1.2.3"};
        return kTexts[pick(kTexts.size())];
    }
    value any(int depth)
    {
        switch (pick(depth > 0 ? 8 : 4)) {
        case 0:
            return pick(3) == 0 ? value(nullptr) : value(pick(2) == 0);
        case 1:
            return number();
        case 2:
        case 3:
            return value(text());
        case 4:
        case 5: {
            array list;
            for (auto i = pick(4); i > 0; --i)
                list.push_back(any(depth - 1));
            return list;
        }
        default: {
            object map;
            for (auto i = pick(4); i > 0; --i)
                map[name()] = any(depth - 1);
            return map;
        }
        }
    }
    value names()
    {
        array list;
        for (auto i = 1 + pick(2); i > 0; --i)
            list.push_back(value(std::string(1, static_cast<char>('a' + 2 * i))));
        return list;
    }
    value schemas(int depth)
    {
        array list;
        for (auto i = 1 + pick(3); i > 0; --i)
            list.push_back(schema(depth));
        return list;
    }
    value members(int depth)
    {
        object map;
        for (auto i = 1 + pick(3); i > 0; --i)
            map[name()] = schema(depth);
        return map;
    }

    value schema(int depth)
    {
        object made;
        if (pick(8) == 0 && depth < 3) {
            m_last = pick(2) == 0;
            return m_last;
        }
        for (auto i = 1 + pick(3); i > 0; --i)
            keyword(made, depth);
        m_last = std::move(made);
        return m_last;
    }

    void keyword(object& made, int depth)
    {
        if (depth > 0 && pick(3) != 0) {
            applicator(made, depth - 1);
            return;
        }
        static constexpr std::array kCounts {"minProperties", "maxProperties", "minItems",    "maxItems",
                                             "minLength",     "maxLength",     "minContains", "maxContains"};
        static constexpr std::array kLimits {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
                                             "multipleOf"};
        static constexpr std::array kFormats {"ipv4", "date",     "email", "json-pointer", "duration", "semver",
                                              "uri",  "hostname", "uuid",  "date-time",    "none"};
        switch (pick(11)) {
        case 0:
            made["type"] = type();
            break;
        case 1:
            made["type"] = array {"string", "object", type()};
            break;
        case 2:
            made["enum"] = array {any(0), any(1)};
            break;
        case 3:
            made["const"] = any(1);
            break;
        case 4:
            made[kCounts[pick(kCounts.size())]] = pick(4);
            break;
        case 5:
        case 6:
            made[kLimits[pick(kLimits.size())]] = pick(12) == 0 ? value(true) : number();
            break;
        case 7:
            made["required"] = pick(20) == 0 ? value(true) : names();
            break;
        case 8:
            made["pattern"] = pick(10) == 0 ? "(?=x" : "^[a-z]*$";
            break;
        case 9:
            made["format"] = kFormats[pick(kFormats.size())];
            break;
        default:
            made["uniqueItems"] = true;
        }
    }

    void applicator(object& made, int depth)
    {
        static constexpr std::array kOne {"not",
                                          "additionalProperties",
                                          "items",
                                          "additionalItems",
                                          "contains",
                                          "propertyNames",
                                          "if",
                                          "then",
                                          "else",
                                          "unevaluatedItems",
                                          "unevaluatedProperties",
                                          "additionalProperties"};
        static constexpr std::array kLists {"allOf", "anyOf", "oneOf", "prefixItems", "items"};
        static constexpr std::array kReferences {"#/$defs/d", "#/definitions/d", "#e",       "e.json",
                                                 "#",         "#/properties/a",  "#/nowhere"};
        switch (pick(9)) {
        case 0:
        case 1:
            made["properties"] = members(depth);
            break;
        case 2:
            made[pick(2) ? "patternProperties" : "dependentSchemas"] = members(depth);
            break;
        case 3:
            made[pick(2) ? "dependentRequired" : "dependencies"] = object {{name(), names()}};
            break;
        case 4:
        case 5:
            made[kOne[pick(kOne.size())]] = schema(depth);
            break;
        case 6:
        case 7:
            made[kLists[pick(kLists.size())]] = schemas(depth);
            break;
        default:
            made["$ref"] = kReferences[pick(kReferences.size())];
        }
    }

    std::mt19937_64 m_random;
    value m_last;
};

} // namespace

GeneratedSchema randomSchema(std::uint64_t seed)
{
    return Maker(seed).make();
}

} // namespace tests
