// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Strategic merge and JSON patches: the object, a line "===", the patch.
#include "core/manifest/yaml.h"
#include "core/render/kustomize_merge.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace core;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto cut = text.find("\n===\n");
    if (cut == std::string_view::npos)
        return 0;
    manifest::NodeLimits limits;
    limits.maxNodes = 20'000;
    limits.keepDuplicates = true;
    const auto object = manifest::parseNodes(text.substr(0, cut + 1), "object", limits);
    const auto patch = manifest::parseNodes(text.substr(cut + 5), "patch", limits);
    if (!object || !patch || object->empty() || patch->empty())
        return 0;
    auto merged = object->front();
    if (render::kustomize::strategicMerge(merged, patch->front(), *render::kustomize::Schema::builtin()))
        (void)manifest::toValue(merged, manifest::YamlDialect::V3);
    if (const auto operations = manifest::toValue(patch->front(), manifest::YamlDialect::V2)) {
        auto patched = object->front();
        (void)render::kustomize::jsonPatch6902(patched, *operations);
    }
    return 0;
}
