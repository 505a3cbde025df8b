// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/diff/text_diff.h"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ui {

/// One pair of texts to compare, e.g. the live and the desired state of a resource.
struct DiffSection
{
    std::string title; ///< "" where there is only one section
    std::string before;
    std::string after;
};

/// Pairs of texts laid out in rows, with unchanged runs folded away. Pure: knows nothing of painting, built in a
/// worker, then owned by one view which unfolds it.
class DiffDocument
{
public:
    enum class Layout { Split, Unified };

    struct Row
    {
        enum class Kind { Title, Same, Changed, Removed, Added, Fold };
        Kind kind = Kind::Same;
        int section = 0;
        int before = -1; ///< line number, 0-based; -1 where this side has none
        int after = -1;
        int fold = -1; ///< of Kind::Fold: which
    };

    /// The shortest run worth folding.
    static constexpr int kShortestFold = 4;

    DiffDocument() = default;
    /// context: lines that stay visible around a change.
    explicit DiffDocument(std::vector<DiffSection> sections, int context = 3);

    void setLayout(Layout layout);
    [[nodiscard]] Layout layout() const { return m_layout; }

    [[nodiscard]] const std::vector<Row>& rows() const { return m_rows; }
    [[nodiscard]] const std::string& title(const Row& row) const;
    [[nodiscard]] std::string_view before(const Row& row) const; ///< "" where this side has none
    [[nodiscard]] std::string_view after(const Row& row) const;
    /// What differs inside the pair of lines that this row belongs to; empty for lines without a counterpart.
    [[nodiscard]] core::diff::WordDiff words(const Row& row) const;

    /// First row of every run of changes, ascending.
    [[nodiscard]] const std::vector<int>& changes() const { return m_changes; }
    [[nodiscard]] int addedLines() const { return m_added; }
    [[nodiscard]] int removedLines() const { return m_removed; }
    [[nodiscard]] int longestLine() const { return m_longest; } ///< in bytes, bounded for layout

    [[nodiscard]] int hiddenLines(const Row& fold) const;
    /// Field path at which the hidden lines end, e.g. "spec.strategy.canary"; "" when the text is not YAML-like.
    [[nodiscard]] std::string pathAfterFold(const Row& fold) const;
    /// Field path of a row's line.
    [[nodiscard]] std::string path(const Row& row) const;
    /// Shows this many more lines at both ends of the fold; all of them with -1.
    void expand(int fold, int lines);
    void expandAll();
    void collapseAll();

private:
    struct Side
    {
        std::shared_ptr<const std::string> text; ///< the views below point into it
        std::vector<std::string_view> lines;
    };
    struct Fold
    {
        int section = 0;
        int first = 0; ///< index into the section's pairs
        int last = 0; ///< exclusive
        int shownAbove = 0;
        int shownBelow = 0;
        [[nodiscard]] int hidden() const { return last - first - shownAbove - shownBelow; }
    };
    struct Section
    {
        std::string title;
        Side before;
        Side after;
        std::vector<core::diff::Row> pairs;
        std::vector<int> counterpartOfBefore; ///< line of after that shares the pair, or -1
        std::vector<int> counterpartOfAfter;
    };

    void findFolds(int section);
    void layOut();
    void layOutSection(int section, std::size_t& fold);
    void addPairs(int section, int first, int last);
    void addChangedRun(int section, int first, int last);

    std::vector<Section> m_sections;
    std::vector<Fold> m_folds; ///< by section and position
    std::vector<Row> m_rows;
    std::vector<int> m_changes;
    Layout m_layout = Layout::Split;
    int m_context = 3;
    int m_added = 0;
    int m_removed = 0;
    int m_longest = 0;
};

/// The field path of a line in YAML text told by indentation: "spec.containers[name=inference].image".
[[nodiscard]] std::string yamlPathAt(const std::vector<std::string_view>& lines, std::size_t line);

} // namespace ui
