// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/gotemplate/template.h"

namespace core::gotemplate {

void addBuiltins(FunctionMap& map);
void addStringFunctions(FunctionMap& map);
void addRegexFunctions(FunctionMap& map);
void addListFunctions(FunctionMap& map);
void addDictFunctions(FunctionMap& map);
void addMathFunctions(FunctionMap& map);
void addEncodingFunctions(FunctionMap& map);
void addPathFunctions(FunctionMap& map);
void addDateFunctions(FunctionMap& map);
void addSemverFunctions(FunctionMap& map);
void addCryptoFunctions(FunctionMap& map);
void addHelmFunctions(FunctionMap& map);

/// The error a function returns.
[[nodiscard]] inline Result<Value> refuse(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}
/// Sprig's conversions.
[[nodiscard]] std::string textOf(const Value& value);
[[nodiscard]] std::int64_t integerOf(const Value& value);
[[nodiscard]] double floatOf(const Value& value);
[[nodiscard]] std::vector<std::string> textsOf(const Value& value);
/// Sprig's empty().
[[nodiscard]] bool isEmpty(const Value& value);
/// encoding/json.
[[nodiscard]] std::string goJson(const Value& value, bool escapeHtml, bool pretty = false);

} // namespace core::gotemplate
