// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/diff.h"

#include <boost/json.hpp>

#include <array>
#include <memory>

extern "C" { // the headers do not say so themselves
#include <jq.h>
#include <jv.h>
}

namespace core::diff {

namespace {

struct JqCloser
{
    void operator()(jq_state* state) const noexcept { jq_teardown(&state); }
};

bool isWordCharacter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$';
}

/// jq cannot be interrupted, so what may run without end, or reads from outside, is refused. Keywords inside field
/// names (".range") and texts count too only as whole words that do not follow a dot.
std::string_view forbiddenWord(std::string_view expression)
{
    static constexpr std::array<std::string_view, 17> kWords {
        "def", "while", "until",  "repeat",  "recurse", "range", "input",        "inputs", "debug",
        "env", "$ENV",  "import", "include", "foreach", "limit", "combinations", "walk"};
    for (std::size_t i = 0; i < expression.size();) {
        if (expression[i] == '"') { // texts hold no code, unless they interpolate
            const auto end = expression.find('"', i + 1);
            if (end == std::string_view::npos)
                return {};
            const auto text = expression.substr(i, end - i);
            if (text.find('\\') != std::string_view::npos)
                return "\\";
            i = end + 1;
            continue;
        }
        if (!isWordCharacter(expression[i])) {
            ++i;
            continue;
        }
        auto end = i;
        while (end < expression.size() && isWordCharacter(expression[end]))
            ++end;
        const auto word = expression.substr(i, end - i);
        const bool field = i > 0 && expression[i - 1] == '.';
        for (const auto known : kWords) {
            if (!field && word == known)
                return known;
        }
        i = end;
    }
    return {};
}

void ignoreError(void*, jv message)
{
    jv_free(message);
}

} // namespace

Result<manifest::Value> jqDelete(const manifest::Value& object, const std::string& expression)
{
    if (expression.size() > 4096)
        return fail(Error::Code::LimitExceeded, "the jq expression is longer than 4096 characters");
    if (const auto word = forbiddenWord(expression); !word.empty())
        return fail(Error::Code::Unsupported,
                    "jq expression '" + expression + "' uses '" + std::string(word)
                        + "', which is not available in ignoreDifferences");
    const std::unique_ptr<jq_state, JqCloser> state(jq_init());
    if (!state)
        return fail(Error::Code::LimitExceeded, "jq cannot start");
    jq_set_error_cb(state.get(), ignoreError, nullptr);
    const auto program = "del(" + expression + ")";
    if (!jq_compile(state.get(), program.c_str()))
        return fail(Error::Code::InvalidInput, "jq expression '" + expression + "' does not compile");
    const auto text = manifest::toJson(object);
    jv input = jv_parse_sized(text.data(), static_cast<int>(text.size()));
    if (!jv_is_valid(input)) {
        jv_free(input);
        return fail(Error::Code::InvalidInput, "jq cannot read the object");
    }
    jq_start(state.get(), input, 0);
    jv output = jq_next(state.get());
    if (!jv_is_valid(output)) {
        jv_free(output);
        return fail(Error::Code::InvalidInput, "jq expression '" + expression + "' fails on this object");
    }
    jv printed = jv_dump_string(output, 0);
    std::string result(jv_string_value(printed));
    jv_free(printed);
    jv more = jq_next(state.get());
    const bool several = jv_is_valid(more);
    jv_free(more);
    if (several)
        return fail(Error::Code::InvalidInput, "jq expression '" + expression + "' gives several objects");
    return manifest::parseJson(result);
}

} // namespace core::diff
