// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/status.h"
#include "core/manifest/value.h"

#include <string>
#include <string_view>
#include <vector>

namespace core::embedded {

/// A label selector in its text form, as list and watch take it.
class LabelSelector
{
public:
    struct Requirement
    {
        enum class Operator : std::uint8_t { Exists, DoesNotExist, In, NotIn, GreaterThan, LessThan };
        std::string key;
        Operator op = Operator::Exists;
        std::vector<std::string> values;
    };

    [[nodiscard]] static ApiResult<LabelSelector> parse(std::string_view text);
    /// From {matchLabels, matchExpressions}; an empty object selects all, null selects none.
    [[nodiscard]] static LabelSelector fromObject(const manifest::Value* selector);
    [[nodiscard]] bool matches(const manifest::Object& labels) const;
    [[nodiscard]] bool empty() const { return m_requirements.empty() && !m_none; }
    /// "a=b,c in (d,e)": requirements by key, values sorted.
    [[nodiscard]] std::string text() const;

private:
    std::vector<Requirement> m_requirements;
    bool m_none = false;
};

class FieldSelector
{
public:
    /// Refuses fields that the type cannot be selected by.
    [[nodiscard]] static ApiResult<FieldSelector> parse(std::string_view text, const ResourceInfo& info);
    [[nodiscard]] bool matches(const manifest::Value& object) const;
    [[nodiscard]] bool empty() const { return m_terms.empty(); }
    /// The value that metadata.name (or metadata.namespace) must have, or nullptr.
    [[nodiscard]] const std::string* exact(std::string_view field) const;

private:
    struct Term
    {
        std::string field;
        std::string value;
        bool equals = true;
    };
    std::vector<Term> m_terms;
};

/// A label value or key as the API allows it; the reason why not, or "".
[[nodiscard]] std::string labelValueProblem(std::string_view value);
[[nodiscard]] std::string labelKeyProblem(std::string_view key);
/// What is wrong with a name, or "": DNS-1123 subdomain, label.
[[nodiscard]] std::string subdomainProblem(std::string_view name);
[[nodiscard]] std::string dnsLabelProblem(std::string_view name);

} // namespace core::embedded
