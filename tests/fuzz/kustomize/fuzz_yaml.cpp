// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Reading YAML of both dialects, by libyaml and without it alike; whether nodes print as their values, and what is
// printed reads as the same again.
#include "core/manifest/yaml.h"
#include "support/yaml_nodes.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace core::manifest;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    NodeLimits limits;
    for (unsigned way = 0; way < 16; ++way) {
        limits.dialect = (way & 1U) != 0 ? YamlDialect::V2 : YamlDialect::V3;
        limits.keepDuplicates = (way & 2U) != 0;
        limits.firstOnly = (way & 4U) != 0;
        limits.maxDepth = (way & 8U) != 0 ? 3 : 100;
        limits.maxNodes = (way & 8U) != 0 ? 12 : 20'000;
        if (tests::readBeside(text, limits) == tests::BlockReading::Otherwise)
            std::abort();
    }
    limits = {};
    limits.maxNodes = 20'000;
    if (const auto nodes = parseNodes(text, "fuzz", limits)) {
        for (const auto& node : *nodes) {
            const auto value = toValue(node, YamlDialect::V3);
            std::string printed;
            if (appendYaml(printed, node) && (!value || printed != toYaml(*value)))
                std::abort();
        }
    }
    const auto documents = parseYaml(text, "fuzz", limits);
    if (!documents)
        return 0;
    for (const auto& document : *documents) {
        if (document.value.is_null())
            continue;
        const auto printed = toYaml(document.value);
        const auto again = parseYaml(printed, "printed", limits);
        // Control characters are printed as escapes and read again; the reader refuses nothing that the printer writes.
        if (!again || again->size() != 1 || toYaml(again->front().value) != printed)
            std::abort();
    }
    return 0;
}
