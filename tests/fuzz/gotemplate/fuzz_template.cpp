// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Lexer, parser and executor on any text, within small bounds.
#include "core/gotemplate/template.h"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace core::gotemplate;
    Options options;
    options.functions = FunctionMap::helm();
    options.missingKey = MissingKey::Zero;
    TemplateSet set(options);
    if (!set.parse("t", std::string(reinterpret_cast<const char*>(data), size)))
        return 0;
    auto values = Value::map();
    values.set("s", Value::string("text"));
    values.set("n", Value::number(3));
    values.set("l", Value::strings({"a", "b"}));
    values.set("m", Value::map());
    auto root = Value::map();
    root.set("Values", values.asHelmValues());
    Session session;
    session.limits.outputBytes = 1U << 20U;
    session.limits.textBytes = 1U << 18U;
    session.limits.steps = 20'000;
    session.limits.depth = 200;
    (void)set.execute("t", root, session);
    root.erase("Values");
    return 0;
}
