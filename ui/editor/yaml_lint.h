// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/editor/code_editor.h"

#include <functional>
#include <string>
#include <vector>

namespace ui {

/// What may stand at a path of a kind, as Engine::schema() answers.
using SchemaOf = std::function<core::Result<core::engine::SchemaNode>(
    const std::string& apiVersion, const std::string& kind, const std::vector<std::string>& path)>;

/// Fields that the kind does not have, and values of another type than it wants, in a stream of manifests; nothing
/// where the kind is not known. Patches may leave out what is required. Touches the engine: call it from a worker.
[[nodiscard]] std::vector<EditorMark> lintManifests(const std::string& text, const SchemaOf& schemaOf);

} // namespace ui
