// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/yaml_lint.h"

#include "core/manifest/resource.h"
#include "core/manifest/yaml.h"
#include "ui/base/bidi.h"
#include "ui/base/plain_text.h"

#include <QCoreApplication>

#include <algorithm>

namespace ui {

using core::engine::SchemaNode;
using core::manifest::Value;

namespace {

constexpr std::size_t kMostMarks = 50;
constexpr int kMostNodes = 3'000;

QString say(const char* text)
{
    return QCoreApplication::translate("ui::YamlLint", text);
}

class Lint
{
public:
    Lint(const std::string& text, std::size_t document, const Value& object, const SchemaOf& schemaOf,
         std::vector<EditorMark>& out)
        : m_text(text)
        , m_document(document)
        , m_apiVersion(core::manifest::apiVersion(object))
        , m_kind(core::manifest::kind(object))
        , m_schemaOf(schemaOf)
        , m_out(out)
    {
    }

    void walk(const Value& value)
    {
        if (++m_nodes > kMostNodes || m_out.size() >= kMostMarks || value.is_null())
            return;
        const auto known = m_schemaOf(m_apiVersion, m_kind, m_path);
        if (!known)
            return;
        if (value.is_object())
            return walkObject(value, *known);
        if (value.is_array()) {
            if (isScalar(*known))
                return mark(say(QT_TRANSLATE_NOOP("ui::YamlLint", "%1 is wanted, not a list")), *known);
            for (std::size_t i = 0; i < value.get_array().size(); ++i)
                at(std::to_string(i), value.get_array()[i]);
            return;
        }
        checkScalar(value, *known);
    }

private:
    static bool isScalar(const SchemaNode& node)
    {
        return node.type == "string" || node.type == "integer" || node.type == "boolean" || node.type == "number";
    }

    void at(const std::string& key, const Value& value)
    {
        m_path.push_back(key);
        walk(value);
        m_path.pop_back();
    }

    void walkObject(const Value& value, const SchemaNode& node)
    {
        if (isScalar(node))
            return mark(say(QT_TRANSLATE_NOOP("ui::YamlLint", "%1 is wanted, not a map")), node);
        // Items of a list bring its fields along, and a map takes any key.
        const bool map = node.type.starts_with("map") || node.fields.empty();
        for (const auto& [name, child] : value.get_object()) {
            const std::string key(name);
            if (m_path.empty() && (key == "apiVersion" || key == "kind"))
                continue; // every object has them, whatever its schema lists
            const auto field = std::ranges::find(node.fields, key, &core::engine::SchemaField::name);
            if (!map && field == node.fields.end() && !key.starts_with('$'))
                unknown(key, node);
            else
                at(key, child);
        }
    }

    void unknown(const std::string& key, const SchemaNode& node)
    {
        QString text = say(QT_TRANSLATE_NOOP("ui::YamlLint", "unknown field %1")).arg(ltr(key));
        const QString given = qs(key);
        const auto apart = [&](const auto& field) { return lettersApart(qs(field.name), given, Qt::CaseInsensitive); };
        const auto near = std::ranges::min_element(node.fields, {}, apart);
        if (near != node.fields.end() && apart(*near) <= std::max<qsizetype>(2, given.size() / 4))
            text += say(QT_TRANSLATE_NOOP("ui::YamlLint", "; did you mean %1?")).arg(ltr(near->name));
        m_path.push_back(key);
        add(text);
        m_path.pop_back();
    }

    void checkScalar(const Value& value, const SchemaNode& node)
    {
        const bool number = value.is_int64() || value.is_uint64() || value.is_double();
        const bool wrong = (node.type == "string" && !value.is_string()) || (node.type == "boolean" && !value.is_bool())
            || (node.type == "integer" && !value.is_int64() && !value.is_uint64()) || (node.type == "number" && !number)
            || node.type.starts_with("list of") || node.type.starts_with("map of");
        if (wrong)
            return mark(say(node.type == "string" ? QT_TRANSLATE_NOOP("ui::YamlLint", "%1 is wanted: put it in quotes")
                                                  : QT_TRANSLATE_NOOP("ui::YamlLint", "%1 is wanted")),
                        node);
        if (!value.is_string() || node.values.empty())
            return;
        const std::string text(value.get_string());
        if (text.empty() || std::ranges::find(node.values, text) != node.values.end())
            return;
        QStringList values;
        for (const auto& one : node.values)
            values.append(qs(one));
        add(say(QT_TRANSLATE_NOOP("ui::YamlLint", "one of these is wanted: %1"))
                .arg(ltr(values.join(QStringLiteral(", ")))));
    }

    void mark(const QString& sentence, const SchemaNode& node) { add(sentence.arg(ltr(node.type))); }

    void add(const QString& message)
    {
        const auto place = core::manifest::locate(m_text, m_document, m_path);
        if (place.line == 0)
            return;
        EditorMark made;
        made.line = static_cast<int>(place.line) - 1;
        made.column = 0;
        made.message = message;
        made.warning = true;
        m_out.push_back(std::move(made));
    }

    const std::string& m_text;
    std::size_t m_document;
    std::string m_apiVersion;
    std::string m_kind;
    const SchemaOf& m_schemaOf;
    std::vector<EditorMark>& m_out;
    std::vector<std::string> m_path;
    int m_nodes = 0;
};

} // namespace

std::vector<EditorMark> lintManifests(const std::string& text, const SchemaOf& schemaOf)
{
    std::vector<EditorMark> out;
    const auto documents = core::manifest::parseYaml(text, "lint");
    if (!documents)
        return out;
    for (std::size_t i = 0; i < documents->size(); ++i) {
        const Value& object = (*documents)[i].value;
        if (object.is_object() && !core::manifest::kind(object).empty() && !core::manifest::apiVersion(object).empty())
            Lint(text, i, object, schemaOf, out).walk(object);
    }
    return out;
}

} // namespace ui
