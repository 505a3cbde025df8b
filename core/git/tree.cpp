// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/tree.h"

#include "core/base/strings.h"

#include <fmt/format.h>

namespace core::git {

Result<std::string> normalPath(std::string_view path)
{
    constexpr std::size_t kMaxPath = 4096;
    if (path.size() > kMaxPath)
        return fail(Error::Code::LimitExceeded,
                    "the path that begins with \"" + std::string(path.substr(0, 80)) + "\" is longer than 4096 bytes");
    const auto isNormal = [&] { // most are
        std::size_t start = 0;
        while (start < path.size()) {
            const auto end = std::min(path.find('/', start), path.size());
            const auto part = path.substr(start, end - start);
            if (part.empty() || part == "." || part == ".." || end + 1 == path.size())
                return false;
            start = end + 1;
        }
        return true;
    };
    if (isNormal())
        return std::string(path);
    std::vector<std::string_view> parts;
    std::size_t from = 0;
    while (from <= path.size()) {
        const auto slash = std::min(path.find('/', from), path.size());
        const auto part = path.substr(from, slash - from);
        from = slash + 1;
        if (part.empty() || part == ".")
            continue;
        if (part != "..") {
            parts.push_back(part);
        } else if (parts.empty()) {
            return fail(Error::Code::Forbidden, "the path \"" + std::string(path) + "\" leads out of the repository",
                        {}, "use a path below the repository's root");
        } else {
            parts.pop_back();
        }
    }
    std::string out;
    out.reserve(path.size());
    for (const auto part : parts) {
        if (!out.empty())
            out += '/';
        out += part;
    }
    return out;
}

Result<EntryType> Tree::type(std::string_view path) const
{
    PH_TRY(const auto entry, stat(path));
    return entry.type;
}

std::string Tree::mark(std::string_view path) const
{
    (void)path;
    return {};
}

Result<std::string> Tree::resolve(std::string_view path) const
{
    constexpr int kMaxLinks = 40;
    PH_TRY(std::string rest, normalPath(path));
    std::string done;
    int links = 0;
    while (!rest.empty()) {
        const auto slash = std::min(rest.find('/'), rest.size());
        const std::string part = rest.substr(0, slash);
        rest.erase(0, std::min(slash + 1, rest.size()));
        const std::string next = done.empty() ? part : fmt::format("{}/{}", done, part);
        const auto kind = type(next);
        if (!kind)
            return tl::unexpected(kind.error());
        if (*kind != EntryType::Symlink) {
            done = next;
            continue;
        }
        if (++links > kMaxLinks)
            return fail(Error::Code::LimitExceeded, "more than 40 symbolic links in a row", std::string(path),
                        "break the circle of links");
        PH_TRY(const std::string target, readLink(next));
        if (!target.empty() && target.front() == '/')
            return fail(Error::Code::Forbidden,
                        "the symbolic link points to \"" + target + "\", outside the repository", next,
                        "replace it by a relative link or a copy");
        auto combined = normalPath(fmt::format("{}/{}/{}", done, target, rest));
        if (!combined)
            return fail(Error::Code::Forbidden,
                        "the symbolic link points to \"" + target + "\", outside the repository", next,
                        "replace it by a link inside the repository or a copy");
        // Links in the part already walked were resolved, but the target may lead through further ones: start over.
        rest = std::move(*combined);
        done.clear();
    }
    return done;
}

Result<std::string> Tree::readFollowing(std::string_view path) const
{
    // Trees follow no links: what reads at once has none on its way, and needs no look at each folder above it.
    if (auto text = read(path))
        return text;
    PH_TRY(const std::string real, resolve(path));
    return read(real);
}

bool Tree::isFile(std::string_view path) const
{
    if (const auto kind = type(path); kind && *kind != EntryType::Symlink)
        return *kind == EntryType::File;
    const auto real = resolve(path);
    if (!real || real->empty())
        return false;
    const auto kind = type(*real);
    return kind && *kind == EntryType::File;
}

bool Tree::isFolder(std::string_view path) const
{
    if (const auto kind = type(path); kind && *kind != EntryType::Symlink)
        return *kind == EntryType::Folder;
    const auto real = resolve(path);
    if (!real)
        return false;
    const auto kind = type(*real);
    return kind && *kind == EntryType::Folder;
}

} // namespace core::git
