// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <map>
#include <string>
#include <vector>

namespace core::appset {

/// A label selector without the API's restrictions on values, so that parameters such as URLs can be selected by.
class Selector
{
public:
    /// From {matchLabels, matchExpressions}; null or missing selects all. InvalidInput names an unknown operator.
    [[nodiscard]] static Result<Selector> parse(const manifest::Value* selector);
    [[nodiscard]] bool empty() const { return m_requirements.empty(); }
    [[nodiscard]] bool matches(const std::map<std::string, std::string>& labels) const;

private:
    struct Requirement
    {
        std::string key;
        std::string op; ///< In, NotIn, Exists, DoesNotExist
        std::vector<std::string> values;
    };
    std::vector<Requirement> m_requirements;
};

/// An object's labels.
[[nodiscard]] std::map<std::string, std::string> labelsOf(const manifest::Value& object);

} // namespace core::appset
