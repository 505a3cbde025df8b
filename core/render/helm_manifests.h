// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/helm_origins.h"

#include <memory>
#include <vector>

namespace core::render::helm {

struct RenderedFile
{
    std::string name; ///< as in "# Source: name"
    std::string path; ///< in the tree
    std::string text;
    gotemplate::Trace trace {};
};

/// What a template printed, in documents.
struct PrintedDocuments;

/// Makes the output of what templates printed: splits it into documents, tells hooks from the rest, sorts both in
/// Helm's order of kinds and prints all as `helm template` does.
class Assembly
{
public:
    /// `values`: what the traces of the files belong to; null where only the text is wanted.
    explicit Assembly(std::shared_ptr<const ValueOrigins> values);
    ~Assembly();
    Assembly(const Assembly&) = delete;
    Assembly& operator=(const Assembly&) = delete;

    /// Null where the file prints nothing. Lives as long as the assembly.
    PrintedDocuments* add(RenderedFile file);
    /// Most of the work of finish(), unless another thread does it. Thread-safe.
    static void read(PrintedDocuments& printed);
    /// What nobody has begun to read.
    void readRest();
    /// After that, and after all threads that read.
    [[nodiscard]] Result<OutputPtr> finish(std::vector<RenderedFile> crds, bool skipTests);

private:
    std::shared_ptr<const ValueOrigins> m_values;
    std::vector<std::unique_ptr<PrintedDocuments>> m_files;
};

} // namespace core::render::helm
