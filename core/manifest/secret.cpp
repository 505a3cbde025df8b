// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/secret.h"

#include "core/base/strings.h"

namespace core::manifest {

std::string secretText(const Value& secret, std::string_view key)
{
    if (const auto plain = text(secret, {"stringData", key}); !plain.empty())
        return std::string(plain);
    return base64Decode(text(secret, {"data", key})).value_or(std::string());
}

} // namespace core::manifest
