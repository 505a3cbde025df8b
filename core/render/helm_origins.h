// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/template.h"
#include "core/manifest/yaml_node.h"
#include "core/render/helm_chart.h"
#include "core/render/render.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace core::render::helm {

/// A text that gives values.
struct ValueText
{
    std::string file; ///< path in the tree, "$ref/path" of another source, or "" where it is no file
    std::string what; ///< "values", "--set a=b"
    std::string text; ///< YAML
    std::vector<std::string> below {}; ///< the charts above, where it is a lower chart's own values.yaml
};

/// All that a rendering knows of where its values and templates stand. Filled by one thread while it renders, then
/// shared and never changed.
class ValueOrigins
{
public:
    /// Later ones win over earlier ones; all of them over those of charts.
    void addValues(ValueText text);
    void addCharts(const Chart& chart);
    void addTemplate(gotemplate::ParsedTextPtr text, const std::string& name, const std::string& path);
    /// Keeps what traces may point to.
    void addTexts(std::unordered_map<std::string, gotemplate::ParsedTextPtr> parsed) { m_tplTexts = std::move(parsed); }
    /// Numbers the maps of the final values; they are kept alive until unwatch().
    void watch(const Value& values);
    void unwatch();
    [[nodiscard]] const std::unordered_map<const void*, std::uint32_t>& maps() const { return m_maps; }

    [[nodiscard]] std::string templatePath(const std::string& name) const;
    /// The path in the values of a field that was read.
    [[nodiscard]] std::vector<std::string> path(const gotemplate::Trace::Read& read) const;
    /// The strongest text that sets the value at a path, if that value is `printed` or a template. Else empty (what).
    [[nodiscard]] Step setter(const std::vector<std::string>& path, const std::string& printed) const;

private:
    struct Source
    {
        ValueText text;
        mutable std::once_flag once;
        mutable std::vector<manifest::Node> nodes;
        [[nodiscard]] const manifest::Node* find(const std::vector<std::string>& path) const;
    };
    struct Place
    {
        std::uint32_t parent = 0; ///< itself for the root
        std::string key;
    };
    void number(const Value& value, std::uint32_t parent, const std::string& key, int depth);

    std::vector<std::unique_ptr<Source>> m_given, m_own; ///< weakest first; strongest first
    std::vector<Place> m_places;
    std::unordered_map<const void*, std::uint32_t> m_maps;
    std::vector<Value> m_watched;
    std::vector<gotemplate::ParsedTextPtr> m_texts;
    std::unordered_map<std::string, gotemplate::ParsedTextPtr> m_tplTexts;
    std::unordered_map<std::string, std::string> m_paths; ///< of templates, by name
};

/// What one template printed.
struct PrintedFile
{
    std::string text;
    gotemplate::Trace trace;
    std::shared_ptr<const ValueOrigins> values;
};

/// The origins of one document of a file; `document` is a part of its text.
[[nodiscard]] std::shared_ptr<const FieldOrigins> documentOrigins(std::shared_ptr<const PrintedFile> file,
                                                                  std::string_view document);

} // namespace core::render::helm
