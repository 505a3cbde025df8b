// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace core::gotemplate {

/// A version as Helm reads it: "v" in front and missing parts are allowed.
struct SemanticVersion
{
    std::uint64_t major = 0, minor = 0, patch = 0;
    std::string prerelease, metadata, original;
    [[nodiscard]] static Result<SemanticVersion> parse(std::string_view text);
    [[nodiscard]] std::string text() const;
    /// By precedence: metadata does not count.
    [[nodiscard]] int compare(const SemanticVersion& other) const;
};

/// "^1.2", ">= 1.19-0 < 1.30", "1.x || 2.0 - 2.5": a range of versions.
class VersionRange
{
public:
    [[nodiscard]] static Result<VersionRange> parse(std::string_view text);
    [[nodiscard]] bool contains(const SemanticVersion& version) const;

private:
    struct Bound
    {
        std::string op;
        SemanticVersion version;
        bool dirty = false, minorDirty = false, patchDirty = false;
        [[nodiscard]] bool holds(const SemanticVersion& version, bool allowPrerelease) const;
    };
    struct Group
    {
        std::vector<Bound> bounds;
        bool prerelease = false;
    };
    std::vector<Group> m_groups;
};

} // namespace core::gotemplate
