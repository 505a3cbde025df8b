// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Whole builds: files, each after a line "=== path". A second render of the same, from what is kept, gives the same.
#include "core/render/render.h"
#include "support/kustomize_generator.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace core;
    render::Renderer renderer;
    render::Request request;
    request.tree = git::memoryTree(tests::fromBundle(std::string(reinterpret_cast<const char*>(data), size)));
    request.kind = render::SourceKind::Kustomize;
    const auto first = renderer.render(request);
    const auto second = renderer.render(request);
    if (first.has_value() != second.has_value() || (first && (*first)->yaml != (*second)->yaml))
        std::abort();
    return 0;
}
