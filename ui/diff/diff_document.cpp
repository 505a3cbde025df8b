// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/diff_document.h"

#include <algorithm>

namespace ui {

namespace {

constexpr int kLongestShown = 4000;

int count(std::size_t value)
{
    return static_cast<int>(value);
}

/// "v1.9.2" against "v2.1.0" is one mark, not three.
void joinMarks(std::string_view line, std::vector<core::diff::ByteRange>& marks)
{
    std::vector<core::diff::ByteRange> joined;
    for (const core::diff::ByteRange& mark : marks) {
        const bool near = !joined.empty() && mark.begin - joined.back().end <= 1
            && line.substr(joined.back().end, mark.begin - joined.back().end).find(' ') == std::string_view::npos;
        if (near)
            joined.back().end = mark.end;
        else
            joined.push_back(mark);
    }
    marks = std::move(joined);
}

} // namespace

DiffDocument::DiffDocument(std::vector<DiffSection> sections, int context)
    : m_context(context)
{
    m_sections.reserve(sections.size());
    for (DiffSection& given : sections) {
        Section section;
        section.title = std::move(given.title);
        section.before.text = std::make_shared<const std::string>(std::move(given.before));
        section.after.text = std::make_shared<const std::string>(std::move(given.after));
        section.before.lines = core::diff::splitLines(*section.before.text);
        section.after.lines = core::diff::splitLines(*section.after.text);
        section.pairs = core::diff::sideBySide(section.before.lines, section.after.lines);
        section.counterpartOfBefore.assign(section.before.lines.size(), -1);
        section.counterpartOfAfter.assign(section.after.lines.size(), -1);
        for (const core::diff::Row& pair : section.pairs) {
            if (pair.a && pair.b) {
                section.counterpartOfBefore[*pair.a] = count(*pair.b);
                section.counterpartOfAfter[*pair.b] = count(*pair.a);
            }
            m_removed += !pair.same && pair.a ? 1 : 0;
            m_added += !pair.same && pair.b ? 1 : 0;
        }
        for (const Side* side : {&section.before, &section.after})
            for (const std::string_view line : side->lines)
                m_longest = std::max(m_longest, std::min(count(line.size()), kLongestShown));
        m_sections.push_back(std::move(section));
        findFolds(count(m_sections.size()) - 1);
    }
    layOut();
}

void DiffDocument::findFolds(int index)
{
    const auto& pairs = m_sections[static_cast<std::size_t>(index)].pairs;
    const int total = count(pairs.size());
    for (int first = 0; first < total;) {
        if (!pairs[static_cast<std::size_t>(first)].same) {
            ++first;
            continue;
        }
        int last = first;
        while (last < total && pairs[static_cast<std::size_t>(last)].same)
            ++last;
        // Context belongs to changes only: none at the ends of the text.
        const int from = first == 0 ? 0 : first + m_context;
        const int to = last == total ? total : last - m_context;
        if (to - from >= kShortestFold)
            m_folds.push_back({index, from, to, 0, 0});
        first = last;
    }
}

void DiffDocument::setLayout(Layout layout)
{
    if (m_layout == layout)
        return;
    m_layout = layout;
    layOut();
}

void DiffDocument::layOut()
{
    m_rows.clear();
    m_changes.clear();
    std::size_t fold = 0;
    for (int section = 0; section < count(m_sections.size()); ++section)
        layOutSection(section, fold);
}

void DiffDocument::layOutSection(int index, std::size_t& fold)
{
    const Section& section = m_sections[static_cast<std::size_t>(index)];
    if (!section.title.empty())
        m_rows.push_back({Row::Kind::Title, index, -1, -1, -1});
    int at = 0;
    for (; fold < m_folds.size() && m_folds[fold].section == index; ++fold) {
        const Fold& current = m_folds[fold];
        if (current.hidden() <= 0)
            continue;
        addPairs(index, at, current.first + current.shownAbove);
        m_rows.push_back({Row::Kind::Fold, index, -1, -1, count(fold)});
        at = current.last - current.shownBelow;
    }
    addPairs(index, at, count(section.pairs.size()));
}

void DiffDocument::addPairs(int index, int first, int last)
{
    const auto& pairs = m_sections[static_cast<std::size_t>(index)].pairs;
    for (int at = first; at < last;) {
        const core::diff::Row& pair = pairs[static_cast<std::size_t>(at)];
        if (pair.same) {
            m_rows.push_back({Row::Kind::Same, index, count(*pair.a), count(*pair.b), -1});
            ++at;
            continue;
        }
        int end = at;
        while (end < last && !pairs[static_cast<std::size_t>(end)].same)
            ++end;
        addChangedRun(index, at, end);
        at = end;
    }
}

void DiffDocument::addChangedRun(int index, int first, int last)
{
    const auto& pairs = m_sections[static_cast<std::size_t>(index)].pairs;
    m_changes.push_back(count(m_rows.size()));
    const auto each = [&](auto&& add) {
        for (int at = first; at < last; ++at)
            add(pairs[static_cast<std::size_t>(at)]);
    };
    if (m_layout == Layout::Split) {
        each([&](const core::diff::Row& pair) {
            const auto kind = pair.a && pair.b ? Row::Kind::Changed : pair.a ? Row::Kind::Removed : Row::Kind::Added;
            m_rows.push_back({kind, index, pair.a ? count(*pair.a) : -1, pair.b ? count(*pair.b) : -1, -1});
        });
        return;
    }
    each([&](const core::diff::Row& pair) {
        if (pair.a)
            m_rows.push_back({Row::Kind::Removed, index, count(*pair.a), -1, -1});
    });
    each([&](const core::diff::Row& pair) {
        if (pair.b)
            m_rows.push_back({Row::Kind::Added, index, -1, count(*pair.b), -1});
    });
}

const std::string& DiffDocument::title(const Row& row) const
{
    return m_sections[static_cast<std::size_t>(row.section)].title;
}

std::string_view DiffDocument::before(const Row& row) const
{
    if (row.before < 0)
        return {};
    return m_sections[static_cast<std::size_t>(row.section)].before.lines[static_cast<std::size_t>(row.before)];
}

std::string_view DiffDocument::after(const Row& row) const
{
    if (row.after < 0)
        return {};
    return m_sections[static_cast<std::size_t>(row.section)].after.lines[static_cast<std::size_t>(row.after)];
}

core::diff::WordDiff DiffDocument::words(const Row& row) const
{
    if (row.kind == Row::Kind::Same || row.kind == Row::Kind::Title || row.kind == Row::Kind::Fold)
        return {};
    const Section& section = m_sections[static_cast<std::size_t>(row.section)];
    const int before = row.before >= 0 ? row.before : section.counterpartOfAfter[static_cast<std::size_t>(row.after)];
    const int after = row.after >= 0 ? row.after : section.counterpartOfBefore[static_cast<std::size_t>(row.before)];
    if (before < 0 || after < 0)
        return {};
    const std::string_view a = section.before.lines[static_cast<std::size_t>(before)];
    const std::string_view b = section.after.lines[static_cast<std::size_t>(after)];
    // Marks in lines of this length help nobody.
    if (a.size() > kLongestShown || b.size() > kLongestShown)
        return {};
    core::diff::WordDiff marks = core::diff::diffWords(a, b);
    joinMarks(a, marks.a);
    joinMarks(b, marks.b);
    return marks;
}

int DiffDocument::hiddenLines(const Row& fold) const
{
    return m_folds[static_cast<std::size_t>(fold.fold)].hidden();
}

std::string DiffDocument::pathAfterFold(const Row& row) const
{
    const Fold& fold = m_folds[static_cast<std::size_t>(row.fold)];
    const Section& section = m_sections[static_cast<std::size_t>(fold.section)];
    // Where the next line that is shown stands; at the end of the text, the last hidden one.
    const auto next = std::min(static_cast<std::size_t>(fold.last - fold.shownBelow), section.pairs.size() - 1);
    const core::diff::Row& pair = section.pairs[next];
    std::string path = pair.b ? yamlPathAt(section.after.lines, *pair.b)
        : pair.a              ? yamlPathAt(section.before.lines, *pair.a)
                              : std::string {};
    const std::size_t dot = path.find_last_of(".[");
    return dot == std::string::npos ? path : path.substr(0, dot);
}

std::string DiffDocument::path(const Row& row) const
{
    const Section& section = m_sections[static_cast<std::size_t>(row.section)];
    if (row.after >= 0)
        return yamlPathAt(section.after.lines, static_cast<std::size_t>(row.after));
    if (row.before >= 0)
        return yamlPathAt(section.before.lines, static_cast<std::size_t>(row.before));
    return {};
}

void DiffDocument::expand(int index, int lines)
{
    Fold& fold = m_folds[static_cast<std::size_t>(index)];
    if (lines < 0 || 2 * lines >= fold.hidden()) {
        fold.shownAbove += fold.hidden();
    } else {
        fold.shownAbove += lines;
        fold.shownBelow += lines;
    }
    layOut();
}

void DiffDocument::expandAll()
{
    for (Fold& fold : m_folds)
        fold.shownAbove += fold.hidden();
    layOut();
}

void DiffDocument::collapseAll()
{
    for (Fold& fold : m_folds)
        fold.shownAbove = fold.shownBelow = 0;
    layOut();
}

} // namespace ui
