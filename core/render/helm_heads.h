// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string_view>

namespace core::render::helm {

/// The kind of a document that is certainly a YAML mapping of manifests' usual plain form, is no hook, and whose name
/// and annotations are plain text; found in one pass over the text, without building anything. Empty in every case of
/// doubt: then a real parser has to look. What this accepts, libyaml accepts.
[[nodiscard]] std::optional<std::string_view> plainKind(std::string_view document);

} // namespace core::render::helm
