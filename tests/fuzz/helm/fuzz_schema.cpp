// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A schema on the first line, values after it: the compiler of schemas and the check, within their own bounds.
#include "core/render/json_schema.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace core;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto end = text.find('\n');
    if (end == std::string_view::npos)
        return 0;
    auto document = manifest::parseJson(text.substr(0, end));
    const auto value = manifest::parseJson(text.substr(end + 1));
    if (!document || !value)
        return 0;
    const auto other = *document;
    const auto load = [&other](const std::string& url) -> Result<manifest::Value> {
        return url.ends_with("/self") ? Result<manifest::Value>(other) : fail(Error::Code::NotFound, "not here");
    };
    const auto schema = render::JsonSchema::compile(std::move(*document), "file:///values.schema.json", load);
    if (schema)
        (void)schema->check(*value);
    return 0;
}
