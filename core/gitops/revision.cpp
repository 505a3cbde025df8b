// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/revision.h"

#include "core/gotemplate/semver.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace core::gitops {

bool isVersionRange(const std::string& revision)
{
    const bool hex = revision.size() == 40 && revision.find_first_not_of("0123456789abcdef") == std::string::npos;
    return !revision.empty() && !hex && !gotemplate::SemanticVersion::parse(revision)
        && gotemplate::VersionRange::parse(revision);
}

Result<std::string> versionTag(const std::string& revision, const std::vector<std::string>& tags,
                               const std::string& tagPrefix)
{
    if (gotemplate::SemanticVersion::parse(revision))
        return tagPrefix + revision;
    const auto range = gotemplate::VersionRange::parse(revision);
    if (!range || revision.empty()) {
        if (!tagPrefix.empty())
            return fail(Error::Code::InvalidInput,
                        fmt::format("revision '{}' must be a version or a version constraint where tagPrefix is set",
                                    revision));
        return revision;
    }
    std::optional<gotemplate::SemanticVersion> best;
    std::string tag;
    for (const auto& candidate : tags) {
        if (!candidate.starts_with(tagPrefix))
            continue;
        auto version = gotemplate::SemanticVersion::parse(std::string_view(candidate).substr(tagPrefix.size()));
        if (!version || !range->contains(*version) || (best && best->compare(*version) >= 0))
            continue;
        best = std::move(*version);
        tag = candidate;
    }
    return best ? tag : revision;
}

std::string substitute(std::string_view text, const std::map<std::string, std::string>& environment)
{
    const auto isWord = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '$' || i + 1 == text.size()) {
            result += text[i];
            continue;
        }
        const auto next = text[i + 1];
        std::string_view name;
        auto last = i;
        if (next == '$') {
            result += '$';
            ++i;
            continue;
        }
        if (next == '{') {
            const auto close = text.find('}', i);
            if (close == std::string_view::npos) {
                result += text[i];
                continue;
            }
            name = text.substr(i + 2, close - i - 2);
            last = close;
        } else {
            auto end = i + 1;
            while (end < text.size() && isWord(text[end]))
                ++end;
            name = text.substr(i + 1, end - i - 1);
            last = end - 1;
            if (name.empty()) {
                result += text[i];
                continue;
            }
        }
        if (const auto found = environment.find(std::string(name)); found != environment.end())
            result += found->second;
        i = last;
    }
    return result;
}

} // namespace core::gitops
