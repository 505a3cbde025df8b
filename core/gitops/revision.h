// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace core::gitops {

/// The semver step of section 1.3 over a repository's tags. A version is a pin and comes back as written (with the
/// prefix in front), a constraint becomes the highest matching tag, anything else, and a constraint that no tag
/// matches, comes back as it is. With a prefix, what is neither version nor constraint is InvalidInput.
[[nodiscard]] Result<std::string> versionTag(const std::string& revision, const std::vector<std::string>& tags,
                                             const std::string& tagPrefix = {});
/// Whether versionTag() needs the tags at all.
[[nodiscard]] bool isVersionRange(const std::string& revision);

/// Replaces $NAME and ${NAME} by their values, unknown names by nothing, and $$ by $ (section 1.5).
[[nodiscard]] std::string substitute(std::string_view text, const std::map<std::string, std::string>& environment);

} // namespace core::gitops
