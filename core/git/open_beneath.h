// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room only: files of a folder on disk, opened without following any symbolic link on the way.

#include "core/base/result.h"
#include "core/git/tree.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::git {

/// What lies below one folder. Thread-safe.
class Beneath
{
public:
    explicit Beneath(std::filesystem::path root);
    Beneath(const Beneath&) = delete;
    Beneath& operator=(const Beneath&) = delete;
    ~Beneath();

    /// What stands at a normal path; nothing where a part of the path is missing, no folder, or a symbolic link.
    [[nodiscard]] std::optional<EntryType> type(const std::string& path) const;
    /// The bytes of a file of at most `limit` bytes.
    [[nodiscard]] Result<std::string> read(const std::string& path, std::size_t limit) const;
    /// Names and types in a folder, in no order; other things than files, folders and links are left out.
    [[nodiscard]] Result<std::vector<Entry>> list(const std::string& path) const;
    /// Identity and times of what stands there, Tree::kMissing, or "" where it was changed too short a time ago for its
    /// times to tell the next change.
    [[nodiscard]] std::string mark(const std::string& path) const;
    [[nodiscard]] const std::filesystem::path& root() const { return m_root; }

private:
    [[nodiscard]] int open(const std::string& path, int flags) const;

    std::filesystem::path m_root;
    int m_rootHandle = -1;
};

} // namespace core::git
