// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/git/tree.h"

#include <memory_resource>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace core::render::kustomize {

/// What was looked at in a source tree and the marks that stood there (git::Tree::mark): the same marks, the same look.
struct Reads
{
    std::vector<std::pair<std::string, std::string>> marks; ///< by path, each once
    bool complete = true; ///< all of them have marks; otherwise nothing that was made from them is to be kept
};

/// A source tree as one thread of a build sees it: folders are listed once, and everything that is looked at is noted
/// in the records that are open. Not thread-safe, other than the tree below.
class SourceView final : public git::Tree
{
public:
    /// None: the tree is taken to stay as it is, for a build of which nothing outlives it.
    enum class Marks : std::uint8_t { Taken, None };
    explicit SourceView(git::TreePtr below, Marks marks = Marks::Taken)
        : m_below(std::move(below))
        , m_marks(marks)
    {
    }
    [[nodiscard]] Result<std::string> read(std::string_view path) const override;
    [[nodiscard]] Result<std::vector<git::Entry>> list(std::string_view path) const override;
    [[nodiscard]] Result<git::Entry> stat(std::string_view path) const override;
    [[nodiscard]] Result<git::EntryType> type(std::string_view path) const override;
    [[nodiscard]] Result<std::vector<git::Entry>> listTypes(std::string_view path) const override;
    [[nodiscard]] Result<std::string> readLink(std::string_view path) const override;
    [[nodiscard]] std::string mark(std::string_view path) const override { return markOf(indexOf(path)); }
    [[nodiscard]] std::string description() const override { return m_below->description(); }

    /// What stands at a path whose folders are no links; nothing where there is nothing.
    [[nodiscard]] std::optional<git::EntryType> typeOf(std::string_view path) const;
    /// Whether a folder stands at a path, and no link on the way to it. Folders that nobody looked into yet are listed:
    /// that takes no longer than to look for them in the folder above, and who asks looks into them next.
    [[nodiscard]] bool isPlainFolder(std::string_view path) const;
    /// resolve() with the folders on the way remembered.
    [[nodiscard]] Result<std::string> real(const std::string& path) const;

    /// Opens a record of what is looked at from now on.
    void begin() const;
    /// Closes it; the record around it takes over what it holds.
    [[nodiscard]] Reads end() const;
    /// Notes what another view has looked at.
    void adopt(const Reads& reads) const;
    /// Whether the same would be seen now.
    [[nodiscard]] bool shows(const Reads& reads) const;
    /// Which of all this shows, with the marks taken on two threads where they are many.
    [[nodiscard]] std::vector<bool> show(const std::vector<const Reads*>& all) const;
    /// Notes that something was looked at of which no mark is known.
    void noteOther() const;
    [[nodiscard]] const git::TreePtr& below() const { return m_below; }
    [[nodiscard]] Marks marks() const { return m_marks; }

private:
    struct Record
    {
        std::uint32_t number = 0;
        std::vector<std::uint32_t> paths;
        bool complete = true;
    };
    struct Seen
    {
        std::string_view path; ///< in m_texts
        std::optional<std::string> mark;
        std::uint32_t record = 0; ///< the last one that has it
    };
    [[nodiscard]] std::uint32_t indexOf(std::string_view path) const;
    const std::string& markOf(std::uint32_t index) const;
    /// Whether the innermost record has it now for the first time.
    bool note(std::string_view path) const;
    void noteFolder(std::string_view path) const;

    struct TextHash : std::hash<std::string_view>
    {
        using is_transparent = void;
    };
    template<class T>
    using ByText = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;
    using Listing = ByText<git::EntryType>;
    git::TreePtr m_below;
    const Marks m_marks;
    mutable std::pmr::monotonic_buffer_resource m_texts;
    mutable std::pmr::unordered_map<std::string_view, std::uint32_t> m_indexes {&m_texts};
    mutable std::vector<Seen> m_seen;
    mutable std::vector<Record> m_records;
    mutable std::uint32_t m_lastRecord = 0;
    mutable ByText<Listing> m_listings;
    mutable ByText<std::string> m_folders; ///< resolved already, through no link
};

} // namespace core::render::kustomize
