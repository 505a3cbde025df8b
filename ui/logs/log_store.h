// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/logs/ansi.h"

#include <QByteArray>
#include <QRegularExpression>

#include <cstdint>
#include <deque>
#include <limits>
#include <set>
#include <vector>

namespace ui {

/// One line of a log. Kept as it came, in UTF-8: a million of them must fit.
struct LogEntry
{
    QByteArray text; ///< with its terminal colours
    qint64 at = std::numeric_limits<qint64>::min(); ///< microseconds since 1970; smallest: unknown
    quint16 source = 0;
    LogLevel level = LogLevel::None;
};
[[nodiscard]] LogEntry makeEntry(std::string_view line, qint64 at, quint16 source);

struct LogFilter
{
    QRegularExpression pattern; ///< empty: everything
    LogLevel least = LogLevel::None;
    std::set<quint16> hidden; ///< sources
    [[nodiscard]] bool all() const { return pattern.pattern().isEmpty() && least == LogLevel::None && hidden.empty(); }
};

/// The lines of many logs in the order of time, and which of them pass a filter. Filtering a long store goes on in
/// slices, so that the first hits show at once and nothing waits.
class LogStore
{
public:
    static constexpr std::size_t kMostLines = 1'000'000;

    /// Puts lines in: each stands after all that are older or as old. Where there are too many, the oldest go.
    void add(std::vector<LogEntry> entries);
    void clear();
    [[nodiscard]] std::size_t size() const { return m_entries.size(); }
    [[nodiscard]] const LogEntry& entry(std::size_t index) const { return m_entries[index]; }
    [[nodiscard]] std::uint64_t dropped() const { return m_dropped; }

    void setFilter(LogFilter filter);
    [[nodiscard]] const LogFilter& filter() const { return m_filter; }
    [[nodiscard]] bool filtering() const { return !m_filter.all(); }
    /// Looks at up to `most` more lines; false when all have been looked at.
    bool scan(std::size_t most);
    [[nodiscard]] bool scanned() const { return m_scanned >= m_entries.size() || !filtering(); }
    /// Lines that pass, as far as they are known.
    [[nodiscard]] std::size_t shownCount() const;
    /// The entry of a line shown.
    [[nodiscard]] const LogEntry& shown(std::size_t row) const;

private:
    [[nodiscard]] bool passes(const LogEntry& entry) const;
    void dropOldest();

    std::deque<LogEntry> m_entries;
    std::uint64_t m_dropped = 0; ///< number of the first entry
    std::deque<std::uint64_t> m_matching; ///< numbers of entries that pass
    std::size_t m_scanned = 0; ///< entries looked at
    LogFilter m_filter;
};

} // namespace ui
