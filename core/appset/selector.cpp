// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/selector.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::appset {

using manifest::Value;

Result<Selector> Selector::parse(const Value* selector)
{
    Selector out;
    if (!selector || !selector->is_object())
        return out;
    for (const auto& member : manifest::object(*selector, {"matchLabels"}))
        out.m_requirements.push_back(
            {member.key(),
             "In",
             {std::string(member.value().is_string() ? std::string_view(member.value().get_string()) : "")}});
    for (const auto& expression : manifest::array(*selector, {"matchExpressions"})) {
        Requirement requirement {std::string(manifest::text(expression, {"key"})),
                                 std::string(manifest::text(expression, {"operator"})),
                                 {}};
        for (const auto& value : manifest::array(expression, {"values"}))
            requirement.values.emplace_back(value.is_string() ? std::string_view(value.get_string()) : "");
        const auto& op = requirement.op;
        if (op != "In" && op != "NotIn" && op != "Exists" && op != "DoesNotExist")
            return fail(Error::Code::InvalidInput, fmt::format("\"{}\" is not a valid label selector operator", op));
        if ((op == "In" || op == "NotIn") && requirement.values.empty())
            return fail(Error::Code::InvalidInput,
                        "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty");
        out.m_requirements.push_back(std::move(requirement));
    }
    return out;
}

bool Selector::matches(const std::map<std::string, std::string>& labels) const
{
    return std::all_of(m_requirements.begin(), m_requirements.end(), [&](const Requirement& requirement) {
        const auto found = labels.find(requirement.key);
        const bool has = found != labels.end();
        const bool listed = has
            && std::find(requirement.values.begin(), requirement.values.end(), found->second)
                != requirement.values.end();
        return requirement.op == "In"    ? listed
            : requirement.op == "NotIn"  ? !listed
            : requirement.op == "Exists" ? has
                                         : !has;
    });
}

std::map<std::string, std::string> labelsOf(const Value& object)
{
    std::map<std::string, std::string> out;
    for (const auto& member : manifest::object(object, {"metadata", "labels"})) {
        if (member.value().is_string())
            out.emplace(member.key(), std::string(member.value().get_string()));
    }
    return out;
}

} // namespace core::appset
