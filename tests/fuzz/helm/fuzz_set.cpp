// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The grammar of --set, --set-string, --set-json and --set-file over values that it changed before. The first byte
// chooses the flag; each line is one argument.
#include "core/base/strings.h"
#include "core/render/helm_values.h"

#include <cstdint>
#include <cstdlib>

using namespace core;
using namespace core::render::helm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
        return 0;
    static constexpr SetKind kKinds[] {SetKind::Typed, SetKind::String, SetKind::Json, SetKind::File};
    const auto kind = kKinds[data[0] % 4];
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    auto values = gotemplate::Value::map();
    for (const auto& line : split(text, '\n'))
        (void)applySet(values, line, kind, [](const std::string& path) { return Result<std::string>(path); });
    // What came out is a tree that can be walked, copied and compared.
    if (!gotemplate::deepEqual(gotemplate::deepCopy(values), values))
        std::abort();
    return 0;
}
