// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/appset/params.h"
#include "core/gotemplate/template.h"

#include <stop_token>

namespace core::appset {

/// Fills parameters into texts (section 9.2): Go's text/template with Sprig and Argo CD's additions, or the old
/// substitution of `{{name}}`. Not thread-safe.
class Templating
{
public:
    enum class Language : std::uint8_t { Substitution, Go };
    /// `options`: goTemplateOptions. InvalidInput where one is unknown.
    [[nodiscard]] static Result<Templating> create(Language language, const std::vector<std::string>& options,
                                                   std::stop_token stop = {});

    [[nodiscard]] bool isGo() const { return m_go; }
    /// Parameters made ready for any number of texts.
    class Data
    {
    public:
        Data(const Templating& templating, const Params& params);

    private:
        friend class Templating;
        const Params* m_params;
        gotemplate::Value m_value;
    };
    /// InvalidInput in Argo CD's words: "failed to execute go template ...: ...". Unknown names stay as text in the old
    /// language.
    [[nodiscard]] Result<std::string> replace(const std::string& text, const Data& data);
    /// Every text of a value, keys of objects too; nulls in objects are dropped.
    [[nodiscard]] Result<manifest::Value> replaceAll(const manifest::Value& value, const Data& data);

private:
    Templating() = default;

    bool m_go = false;
    gotemplate::Options m_options;
    std::stop_token m_stop;
    std::unordered_map<std::string, gotemplate::ParsedTextPtr> m_parsed;
};

/// Argo CD's `normalize`: a valid name for most objects.
[[nodiscard]] std::string normalizeName(std::string_view name);
/// Argo CD's slugs: lower case, what is no letter or digit becomes "-". `smart`: cut at the last "-" that fits.
[[nodiscard]] std::string slug(std::string_view text, std::size_t longest, bool smart);

} // namespace core::appset
