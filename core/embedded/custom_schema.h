// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/status.h"
#include "core/manifest/structural_schema.h"

#include <string>

namespace core::embedded {

/// What an object has that its kind's schema does not allow.
[[nodiscard]] Causes validate(const manifest::StructuralSchema& schema, const manifest::Value& object);

/// What keeps a schema from being structural.
[[nodiscard]] Causes structuralProblems(const manifest::Value& openApiV3Schema, const std::string& path);

} // namespace core::embedded
