// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/log_store.h"

#include <algorithm>

namespace ui {

LogEntry makeEntry(std::string_view line, qint64 at, quint16 source)
{
    LogEntry entry;
    entry.text = QByteArray(line.data(), static_cast<qsizetype>(line.size()));
    entry.at = at;
    entry.source = source;
    entry.level = levelOf(QString::fromUtf8(entry.text.left(400)));
    return entry;
}

void LogStore::add(std::vector<LogEntry> entries)
{
    if (entries.empty())
        return;
    // A line without a time stays behind the one that came before it.
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (entries[i].at == std::numeric_limits<qint64>::min())
            entries[i].at = i > 0 ? entries[i - 1].at : m_entries.empty() ? 0 : m_entries.back().at;
    std::ranges::stable_sort(entries, {}, &LogEntry::at);
    const auto position = std::ranges::upper_bound(m_entries, entries.front().at, {}, &LogEntry::at);
    const auto first = static_cast<std::size_t>(position - m_entries.begin());
    m_entries.insert(m_entries.end(), std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
    const auto middle = m_entries.end() - static_cast<std::ptrdiff_t>(entries.size());
    if (m_entries.begin() + static_cast<std::ptrdiff_t>(first) != middle)
        std::inplace_merge(m_entries.begin() + static_cast<std::ptrdiff_t>(first), middle, m_entries.end(),
                           [](const LogEntry& a, const LogEntry& b) { return a.at < b.at; });
    // What was known of the lines that moved is looked at again.
    if (first < m_scanned) {
        m_scanned = first;
        while (!m_matching.empty() && m_matching.back() >= m_dropped + first)
            m_matching.pop_back();
    }
    dropOldest();
}

void LogStore::dropOldest()
{
    if (m_entries.size() <= kMostLines)
        return;
    const std::size_t gone = m_entries.size() - kMostLines;
    m_entries.erase(m_entries.begin(), m_entries.begin() + static_cast<std::ptrdiff_t>(gone));
    m_dropped += gone;
    m_scanned -= std::min(m_scanned, gone);
    while (!m_matching.empty() && m_matching.front() < m_dropped)
        m_matching.pop_front();
}

void LogStore::clear()
{
    m_entries.clear();
    m_matching.clear();
    m_scanned = 0;
    m_dropped = 0;
}

void LogStore::setFilter(LogFilter filter)
{
    m_filter = std::move(filter);
    m_matching.clear();
    m_scanned = 0;
}

bool LogStore::passes(const LogEntry& entry) const
{
    if (entry.level < m_filter.least || m_filter.hidden.contains(entry.source))
        return false;
    if (m_filter.pattern.pattern().isEmpty())
        return true;
    const QString text = QString::fromUtf8(entry.text);
    // Escape sequences are rare; what has none is matched as it is.
    return m_filter.pattern.match(entry.text.contains('\x1b') ? cleaned(text) : text).hasMatch();
}

bool LogStore::scan(std::size_t most)
{
    if (!filtering())
        return false;
    const std::size_t end = std::min(m_entries.size(), m_scanned + most);
    for (; m_scanned < end; ++m_scanned)
        if (passes(m_entries[m_scanned]))
            m_matching.push_back(m_dropped + m_scanned);
    return m_scanned < m_entries.size();
}

std::size_t LogStore::shownCount() const
{
    return filtering() ? m_matching.size() : m_entries.size();
}

const LogEntry& LogStore::shown(std::size_t row) const
{
    return filtering() ? m_entries[static_cast<std::size_t>(m_matching[row] - m_dropped)] : m_entries[row];
}

} // namespace ui
