// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/sequence_diff.h"

#include <algorithm>
#include <unordered_map>

namespace core::diff {

namespace {

/// Half-open ranges of both sequences that remain to be compared.
struct Box
{
    int aBegin, aEnd, bBegin, bEnd;
    int depth;
};

constexpr int kPatienceDepth = 40; ///< patience re-reads its range: beyond this only Myers, whose cost is bounded
constexpr int kMaxCost = 1024; ///< differences after which a section is cut where the search got furthest

class Differ
{
public:
    Differ(const std::vector<int>& a, const std::vector<int>& b)
        : m_a(a)
        , m_b(b)
        , m_changes {std::vector<bool>(a.size()), std::vector<bool>(b.size())}
    {
    }

    SequenceChanges run()
    {
        m_boxes.push_back({0, static_cast<int>(m_a.size()), 0, static_cast<int>(m_b.size()), 0});
        while (!m_boxes.empty()) {
            auto box = m_boxes.back();
            m_boxes.pop_back();
            trim(box);
            if (box.aBegin == box.aEnd || box.bBegin == box.bEnd)
                markAll(box);
            else if (box.depth >= kPatienceDepth || !splitAtAnchors(box))
                splitAtMiddle(box);
        }
        return std::move(m_changes);
    }

private:
    [[nodiscard]] int a(int i) const { return m_a[static_cast<std::size_t>(i)]; }
    [[nodiscard]] int b(int j) const { return m_b[static_cast<std::size_t>(j)]; }

    void trim(Box& box) const
    {
        while (box.aBegin < box.aEnd && box.bBegin < box.bEnd && a(box.aBegin) == b(box.bBegin)) {
            ++box.aBegin;
            ++box.bBegin;
        }
        while (box.aBegin < box.aEnd && box.bBegin < box.bEnd && a(box.aEnd - 1) == b(box.bEnd - 1)) {
            --box.aEnd;
            --box.bEnd;
        }
    }

    void markAll(const Box& box)
    {
        for (auto i = box.aBegin; i < box.aEnd; ++i)
            m_changes.a[static_cast<std::size_t>(i)] = true;
        for (auto j = box.bBegin; j < box.bEnd; ++j)
            m_changes.b[static_cast<std::size_t>(j)] = true;
    }

    struct Count
    {
        int inA = 0, inB = 0, atA = 0, atB = 0;
    };

    /// Cuts the box at the longest increasing run of elements that occur once on each side. False where there are none.
    bool splitAtAnchors(const Box& box)
    {
        m_counts.clear();
        for (auto i = box.aBegin; i < box.aEnd; ++i) {
            auto& count = m_counts[a(i)];
            ++count.inA;
            count.atA = i;
        }
        bool common = false;
        for (auto j = box.bBegin; j < box.bEnd; ++j) {
            const auto found = m_counts.find(b(j));
            if (found == m_counts.end())
                continue;
            common = true;
            ++found->second.inB;
            found->second.atB = j;
        }
        if (!common) {
            markAll(box);
            return true;
        }
        std::vector<int> candidates; // positions in a, ascending
        for (auto i = box.aBegin; i < box.aEnd; ++i) {
            const auto& count = m_counts[a(i)];
            if (count.inA == 1 && count.inB == 1)
                candidates.push_back(i);
        }
        if (candidates.empty())
            return false;
        pushBetween(box, longestIncreasing(candidates));
        return true;
    }

    [[nodiscard]] int partner(int i) { return m_counts[a(i)].atB; }

    /// The longest subsequence of candidates whose partners increase.
    std::vector<int> longestIncreasing(const std::vector<int>& candidates)
    {
        std::vector<int> tails; // index in candidates of the smallest last element of a run of each length
        std::vector<int> previous(candidates.size(), -1);
        for (int index = 0; index < static_cast<int>(candidates.size()); ++index) {
            const auto value = partner(candidates[static_cast<std::size_t>(index)]);
            const auto place = std::lower_bound(tails.begin(), tails.end(), value, [&](int tail, int wanted) {
                return partner(candidates[static_cast<std::size_t>(tail)]) < wanted;
            });
            if (place != tails.begin())
                previous[static_cast<std::size_t>(index)] = *(place - 1);
            if (place == tails.end())
                tails.push_back(index);
            else
                *place = index;
        }
        std::vector<int> run;
        for (int index = tails.back(); index >= 0; index = previous[static_cast<std::size_t>(index)])
            run.push_back(candidates[static_cast<std::size_t>(index)]);
        std::reverse(run.begin(), run.end());
        return run;
    }

    void pushBetween(const Box& box, const std::vector<int>& anchors)
    {
        int aBegin = box.aBegin;
        int bBegin = box.bBegin;
        for (const auto anchor : anchors) {
            m_boxes.push_back({aBegin, anchor, bBegin, partner(anchor), box.depth + 1});
            aBegin = anchor + 1;
            bBegin = partner(anchor) + 1;
        }
        m_boxes.push_back({aBegin, box.aEnd, bBegin, box.bEnd, box.depth + 1});
    }

    /// One step of Myers' linear-space search: finds a point on a shortest (or, past the bound, a good) path and cuts.
    void splitAtMiddle(const Box& box)
    {
        const int n = box.aEnd - box.aBegin;
        const int m = box.bEnd - box.bBegin;
        const int delta = n - m;
        const bool odd = (delta & 1) != 0;
        const int limit = std::min((n + m + 1) / 2, kMaxCost);
        const auto size = static_cast<std::size_t>(2 * limit + 3);
        m_forward.assign(size, -1);
        m_backward.assign(size, -1);
        const auto slot = [&](std::vector<int>& line, int k) -> int& {
            return line[static_cast<std::size_t>(k + limit + 1)];
        };
        slot(m_forward, 1) = 0;
        slot(m_backward, 1) = 0;
        int bestX = 0;
        int bestY = 0;
        for (int d = 0; d <= limit; ++d) {
            for (int k = -d; k <= d; k += 2) {
                int x = (k == -d || (k != d && slot(m_forward, k - 1) < slot(m_forward, k + 1)))
                    ? slot(m_forward, k + 1)
                    : slot(m_forward, k - 1) + 1;
                int y = x - k;
                if (x > n || y > m || x < 0 || y < 0) {
                    slot(m_forward, k) = std::min(x, n + 1);
                    continue;
                }
                while (x < n && y < m && a(box.aBegin + x) == b(box.bBegin + y)) {
                    ++x;
                    ++y;
                }
                slot(m_forward, k) = x;
                if (x + y > bestX + bestY) {
                    bestX = x;
                    bestY = y;
                }
                const int mirrored = delta - k;
                if (odd && mirrored >= -(d - 1) && mirrored <= d - 1 && x + slot(m_backward, mirrored) >= n) {
                    cut(box, x, y);
                    return;
                }
            }
            for (int k = -d; k <= d; k += 2) {
                int x = (k == -d || (k != d && slot(m_backward, k - 1) < slot(m_backward, k + 1)))
                    ? slot(m_backward, k + 1)
                    : slot(m_backward, k - 1) + 1;
                int y = x - k;
                if (x > n || y > m || x < 0 || y < 0) {
                    slot(m_backward, k) = std::min(x, n + 1);
                    continue;
                }
                while (x < n && y < m && a(box.aEnd - 1 - x) == b(box.bEnd - 1 - y)) {
                    ++x;
                    ++y;
                }
                slot(m_backward, k) = x;
                const int mirrored = delta - k;
                if (!odd && mirrored >= -d && mirrored <= d && x + slot(m_forward, mirrored) >= n) {
                    cut(box, n - x, m - y);
                    return;
                }
            }
        }
        cut(box, bestX, bestY);
    }

    void cut(const Box& box, int x, int y)
    {
        const bool whole = (x == 0 && y == 0) || (box.aBegin + x == box.aEnd && box.bBegin + y == box.bEnd);
        if (whole) { // no progress: give the section up as changed
            markAll(box);
            return;
        }
        m_boxes.push_back({box.aBegin, box.aBegin + x, box.bBegin, box.bBegin + y, kPatienceDepth});
        m_boxes.push_back({box.aBegin + x, box.aEnd, box.bBegin + y, box.bEnd, kPatienceDepth});
    }

    const std::vector<int>& m_a;
    const std::vector<int>& m_b;
    SequenceChanges m_changes;
    std::vector<Box> m_boxes;
    std::unordered_map<int, Count> m_counts;
    std::vector<int> m_forward;
    std::vector<int> m_backward;
};

} // namespace

SequenceChanges diffSequences(const std::vector<int>& a, const std::vector<int>& b)
{
    return Differ(a, b).run();
}

} // namespace core::diff
