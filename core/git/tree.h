// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace core::git {

enum class EntryType : std::uint8_t { File, Folder, Symlink, Submodule };

struct Entry
{
    std::string name;
    EntryType type = EntryType::File;
    /// Identifies the content: equal ids mean equal bytes below. For a commit the object id, for other trees a hash.
    std::string id;
};

/// A read-only source tree. Paths are relative, '/'-separated, without "." or ".."; "" is the root.
/// Thread-safe: any number of threads may read one tree.
/// Symlinks are reported as such, never followed by the tree itself; resolve() follows them inside the tree only.
class Tree
{
public:
    virtual ~Tree() = default;
    /// The bytes of a file. NotFound, or InvalidInput where it is not a file.
    [[nodiscard]] virtual Result<std::string> read(std::string_view path) const = 0;
    /// Entries of a folder sorted by name. NotFound where there is no such folder.
    [[nodiscard]] virtual Result<std::vector<Entry>> list(std::string_view path) const = 0;
    /// The entry at a path. NotFound where there is none.
    [[nodiscard]] virtual Result<Entry> stat(std::string_view path) const = 0;
    /// What stands at a path, without the cost of its id. NotFound where there is nothing.
    [[nodiscard]] virtual Result<EntryType> type(std::string_view path) const;
    /// list() without the ids.
    [[nodiscard]] virtual Result<std::vector<Entry>> listTypes(std::string_view path) const { return list(path); }
    /// Cheap evidence of what a reader sees at a path: of a file its bytes, of a folder the names and types in it, of
    /// a link its text, of nothing kMissing. Equal marks, of one tree at two times or of two trees, mean that the same
    /// is read; "" is no evidence, equal to nothing. A mark is to be taken before what it stands for is read.
    [[nodiscard]] virtual std::string mark(std::string_view path) const;
    static constexpr std::string_view kMissing = "-";
    /// Text of a symlink.
    [[nodiscard]] virtual Result<std::string> readLink(std::string_view path) const = 0;
    /// "commit 3f2c1ab of https://…", "/home/x/repo", "… with unsaved text": for messages.
    [[nodiscard]] virtual std::string description() const = 0;

    /// Follows symlinks in every part of a path. Forbidden where one leads out of the tree, LimitExceeded after 40
    /// links.
    [[nodiscard]] Result<std::string> resolve(std::string_view path) const;
    /// read() after resolve().
    [[nodiscard]] Result<std::string> readFollowing(std::string_view path) const;
    [[nodiscard]] bool isFile(std::string_view path) const; ///< after resolve()
    [[nodiscard]] bool isFolder(std::string_view path) const; ///< after resolve()
};

using TreePtr = std::shared_ptr<const Tree>;

/// "a/./b/../c" -> "a/c". Forbidden where it climbs above the root; absolute paths count from the root of the tree.
[[nodiscard]] Result<std::string> normalPath(std::string_view path);

/// A folder on disk.
[[nodiscard]] Result<TreePtr> openFolder(const std::string& path);
/// Files given as text: for tests, and as a layer of unsaved buffers.
[[nodiscard]] TreePtr memoryTree(std::map<std::string, std::string> files, std::string description = "memory");
/// `below` with some files replaced or added (text) or hidden (deleted).
struct Overlay
{
    std::map<std::string, std::string> files;
    std::vector<std::string> deleted;
};
[[nodiscard]] TreePtr overlayTree(TreePtr below, Overlay overlay);

} // namespace core::git
