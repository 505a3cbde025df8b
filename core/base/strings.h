// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace core {

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);
/// Without ASCII white space at both ends.
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::string lower(std::string_view ascii);
[[nodiscard]] std::string base64Encode(std::string_view bytes);
[[nodiscard]] Result<std::string> base64Decode(std::string_view text);
/// Lower-case hexadecimal SHA-256.
[[nodiscard]] std::string sha256Hex(std::string_view bytes);
/// A random (version 4) UUID.
[[nodiscard]] std::string newUuid();
[[nodiscard]] bool isValidUtf8(std::string_view text);
/// Only printable ASCII and ends of lines. Looks at all of it, many bytes at once: for texts that mostly are.
[[nodiscard]] bool isPlainAscii(std::string_view text);

} // namespace core
