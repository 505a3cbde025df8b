// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/builtin_types.h"

#include "core/base/strings.h"
#include "core/manifest/value.h"

#include <boost/json.hpp>

#include <charconv>
#include <deque>
#include <map>

// The table of built-in types: "K group/version/Kind message", "M message" and then its fields, one a line:
// "number name type [required|always] [strategies]", where a type is a scalar or message, * a list of, % a map of, & a
// wrapped list of, ? a value of any form that has a name.
asm(R"(.section .rodata
.global ph_builtin_types_begin
ph_builtin_types_begin:
.incbin ")" BUILTIN_TYPES_FILE R"("
.incbin ")" API_TYPES_FILE R"("
.incbin ")" CUSTOM_TYPES_FILE R"("
.global ph_builtin_types_end
ph_builtin_types_end:
.byte 0
.previous)");
extern "C" const char ph_builtin_types_begin[];
extern "C" const char ph_builtin_types_end[];

namespace core::manifest {

const TypeField* TypeNode::field(std::string_view jsonName) const
{
    const auto it = index.find(jsonName);
    return it == index.end() ? nullptr : it->second;
}

namespace {

using Kind = TypeNode::Kind;

class Table
{
public:
    Table()
    {
        const std::string_view data(ph_builtin_types_begin,
                                    static_cast<std::size_t>(ph_builtin_types_end - ph_builtin_types_begin));
        TypeNode* message = nullptr;
        for (std::size_t from = 0; from < data.size();) {
            const auto end = std::min(data.find('\n', from), data.size());
            const auto line = data.substr(from, end - from);
            from = end + 1;
            if (line.starts_with("K ")) {
                const auto space = line.find(' ', 2);
                m_kinds[std::string(line.substr(2, space - 2))] = struct_(line.substr(space + 1));
            } else if (line.starts_with("C ")) {
                const auto space = line.find(' ', 2);
                m_customKinds[std::string(line.substr(2, space - 2))] = struct_(line.substr(space + 1));
            } else if (line.starts_with("M ")) {
                message = struct_(line.substr(2));
            } else if (!line.empty()) {
                addField(*message, line);
            }
        }
        for (auto& [position, of] : m_positions)
            position->fields = of->fields;
        for (auto& node : m_nodes)
            indexFields(node, node, 0);
    }

    [[nodiscard]] const TypeNode* kind(const std::string& key, bool custom) const
    {
        const auto& kinds = custom ? m_customKinds : m_kinds;
        const auto it = kinds.find(key);
        return it == kinds.end() ? nullptr : it->second;
    }

private:
    TypeNode* make(Kind kind)
    {
        m_nodes.emplace_back().kind = kind;
        return &m_nodes.back();
    }

    TypeNode* struct_(std::string_view name)
    {
        auto& node = m_messages[std::string(name)];
        if (node == nullptr) {
            node = make(Kind::Struct);
            node->name = name;
        }
        return node;
    }

    const TypeNode* scalar(std::string_view name)
    {
        static const std::map<std::string_view, Kind> kScalars {
            {"string", Kind::String},           {"bool", Kind::Bool},         {"int", Kind::Int},
            {"double", Kind::Double},           {"bytes", Kind::Bytes},       {"time", Kind::Time},
            {"microTime", Kind::MicroTime},     {"duration", Kind::Duration}, {"quantity", Kind::Quantity},
            {"intOrString", Kind::IntOrString}, {"rawExtension", Kind::Json}, {"fieldsV1", Kind::Json},
        };
        const auto it = kScalars.find(name);
        if (it == kScalars.end())
            return nullptr;
        auto& node = m_scalars[it->second];
        if (node == nullptr)
            node = make(it->second);
        return node;
    }

    const TypeNode* type(std::string_view text)
    {
        if (text.front() == '?') {
            auto* node = make(Kind::Any);
            node->name = text.substr(1);
            return node;
        }
        if (text.front() == '*' || text.front() == '%' || text.front() == '&') {
            auto* node = make(text.front() == '%' ? Kind::Map : Kind::List);
            node->wrapped = text.front() == '&';
            node->element = type(text.substr(1));
            return node;
        }
        const auto* node = scalar(text);
        return node != nullptr ? node : struct_(text);
    }

    void addField(TypeNode& message, std::string_view line)
    {
        const auto words = split(line, ' ');
        TypeField field;
        std::from_chars(words[0].data(), words[0].data() + words[0].size(), field.number);
        if (words[1] != "-")
            field.name = words[1];
        field.type = type(words[2]);
        if (words.size() > 3) {
            field.required = words[3] == "required";
            field.always = words[3] == "always";
            const std::size_t first = field.required || field.always ? 4 : 3;
            auto* position = const_cast<TypeNode*>(field.type); // NOLINT: owned here
            const bool list = position->kind == Kind::List || position->kind == Kind::Map;
            if (!list && first < words.size()) { // shared by other positions: this one gets its own
                position = make(position->kind);
                position->name = field.type->name;
                if (position->kind == Kind::Struct)
                    m_positions.emplace_back(position, field.type);
                field.type = position;
            }
            for (std::size_t i = first; i < words.size(); ++i)
                setStrategy(*position, words[i]);
        }
        message.fields.push_back(std::move(field));
    }

    static void setStrategy(TypeNode& node, std::string_view word)
    {
        const auto equals = std::min(word.find('='), word.size());
        const auto name = word.substr(0, equals);
        const auto value = equals < word.size() ? word.substr(equals + 1) : std::string_view {};
        if (name == "merge") {
            node.merge = true;
            node.mergeKey = value;
        } else if (name == "replace") {
            node.replace = true;
        } else if (name == "retain") {
            node.retainKeys = true;
        } else if (name == "atomic") {
            node.atomic = true;
        } else if (name == "lt") {
            node.listType = value == "map" ? TypeNode::ListType::Map : TypeNode::ListType::Set;
        } else if (name == "enum") {
            node.values = split(value, '|');
        } else if (name == "default") {
            node.defaultText =
                node.kind == Kind::String ? toJson(Value(boost::json::string(value))) : std::string(value);
        } else if (name == "keys") {
            node.listKeys = split(value, ',');
        } else if (name == "defs") {
            if (const auto defaults = parseJson(value); defaults && defaults->is_object())
                for (const auto& member : defaults->get_object())
                    node.keyDefaults.emplace_back(member.key(), toJson(member.value()));
        }
    }

    static void indexFields(TypeNode& node, const TypeNode& from, int depth)
    {
        for (const auto& field : from.fields) {
            if (!field.name.empty())
                node.index.emplace(field.name, &field);
            else if (depth < 8)
                indexFields(node, *field.type, depth + 1);
        }
    }

    std::deque<TypeNode> m_nodes;
    std::map<std::string, TypeNode*> m_messages;
    std::map<Kind, TypeNode*> m_scalars;
    std::unordered_map<std::string, TypeNode*> m_kinds;
    std::unordered_map<std::string, TypeNode*> m_customKinds;
    std::vector<std::pair<TypeNode*, const TypeNode*>> m_positions;
};

const TypeNode* kindOf(std::string_view apiVersion, std::string_view kind, bool custom)
{
    static const Table kTable;
    std::string key(apiVersion);
    if (key.find('/') == std::string::npos)
        key.insert(0, "/");
    return kTable.kind(key.append("/").append(kind), custom);
}

} // namespace

const TypeNode* builtinType(std::string_view apiVersion, std::string_view kind)
{
    return kindOf(apiVersion, kind, false);
}

const TypeNode* customType(std::string_view apiVersion, std::string_view kind)
{
    return kindOf(apiVersion, kind, true);
}

} // namespace core::manifest
