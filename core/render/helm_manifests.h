// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/helm_origins.h"

namespace core::render::helm {

struct RenderedFile
{
    std::string name; ///< as in "# Source: name"
    std::string path; ///< in the tree
    std::string text;
    gotemplate::Trace trace {};
};

/// Splits what templates printed into documents, tells hooks from the rest, sorts both in Helm's order of kinds and
/// prints all as `helm template` does. `values`: what the traces of the files belong to; null where only the text is
/// wanted.
[[nodiscard]] Result<OutputPtr> assemble(std::vector<RenderedFile> files, std::vector<RenderedFile> crds,
                                         bool skipTests, const std::shared_ptr<const ValueOrigins>& values);

} // namespace core::render::helm
