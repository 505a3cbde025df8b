// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/render.h"

namespace core::gitops {

/// Replaces the globs (*, ?, [abc], ** over folders) among a chart's value files by the files that they match, as Argo
/// CD does: in place, in lexical order, a folder's own files before those of the folders in it. A file counts once: at
/// the place where it is named itself, else where a glob first matches it. Globs are looked up from the chart's folder,
/// from the root of the tree ("/...") or in another source ("$ref/..."). A glob without a match is an error unless
/// missing value files are ignored; so is a link that leads out of the tree. Addresses (https://...) stay as they are.
[[nodiscard]] Result<> expandValueFiles(render::Request& request);

} // namespace core::gitops
