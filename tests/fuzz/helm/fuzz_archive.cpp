// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The reader of chart archives, and of the charts in them. An input that begins with "T" is taken as the tar inside,
// so that the fuzzer gets past gzip's checksums.
#include "core/render/helm_chart.h"

#include <cstdint>
#include <cstdlib>

using namespace core::render::helm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (bytes.starts_with('T'))
        bytes.remove_prefix(1);
    if (const auto files = unpack(bytes, "x.tgz")) {
        for (const auto& file : *files)
            if (file.name.empty() || file.name.starts_with('/')
                || ("/" + file.name + "/").find("/../") != std::string::npos)
                std::abort(); // it would leave the chart's folder
    }
    (void)loadArchive(bytes, "x.tgz");
    return 0;
}
