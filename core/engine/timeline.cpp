// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/timeline.h"

#include "core/base/log.h"

namespace core::engine {

namespace {

constexpr std::size_t kMaxPoints = 10'000;

} // namespace

Timeline::Timeline(Database database)
    : m_database(std::move(database))
{
}

Result<std::unique_ptr<Timeline>> Timeline::open(Database database, TimePoint keepFrom)
{
    PH_CHECK(database.execute(
        "CREATE TABLE IF NOT EXISTS timeline (series TEXT NOT NULL, at INTEGER NOT NULL, value REAL NOT NULL);"
        "CREATE INDEX IF NOT EXISTS timeline_at ON timeline (at);"
        "CREATE TABLE IF NOT EXISTS numbers (name TEXT PRIMARY KEY, value INTEGER NOT NULL);"));
    std::unique_ptr<Timeline> out(new Timeline(std::move(database)));
    {
        PH_TRY(auto old, out->m_database.prepare("DELETE FROM timeline WHERE at < ?"));
        old.bind(1, std::int64_t {keepFrom.time_since_epoch().count()});
        PH_CHECK(old.step());
    }
    PH_TRY(auto rows, out->m_database.prepare("SELECT series, at, value FROM timeline ORDER BY at, rowid"));
    for (;;) {
        PH_TRY(const bool more, rows.step());
        if (!more)
            break;
        out->m_series[rows.text(0)].push_back({TimePoint(Duration(rows.integer(1))), rows.real(2)});
    }
    return out;
}

void Timeline::record(const std::string& series, TimePoint at, double value)
{
    const std::scoped_lock lock(m_mutex);
    auto& points = m_series[series];
    if (!points.empty() && points.back().value == value)
        return;
    points.push_back({at, value});
    if (points.size() > kMaxPoints)
        points.erase(points.begin(), points.begin() + kMaxPoints / 10);
    auto row = m_database.prepare("INSERT INTO timeline (series, at, value) VALUES (?,?,?)");
    Result<bool> written = false;
    if (row)
        written = row->bind(1, series).bind(2, std::int64_t {at.time_since_epoch().count()}).bind(3, value).step();
    if (!row || !written)
        log::warning("engine",
                     "a point of " + series + " is not kept: " + (row ? written.error().text() : row.error().text()));
}

std::vector<TimedValue> Timeline::points(const std::string& series) const
{
    const std::scoped_lock lock(m_mutex);
    const auto it = m_series.find(series);
    return it == m_series.end() ? std::vector<TimedValue> {} : it->second;
}

std::size_t Timeline::size(const std::string& series) const
{
    const std::scoped_lock lock(m_mutex);
    const auto it = m_series.find(series);
    return it == m_series.end() ? 0 : it->second.size();
}

void Timeline::remember(const std::string& name, std::int64_t value)
{
    const std::scoped_lock lock(m_mutex);
    auto row = m_database.prepare(
        "INSERT INTO numbers (name, value) VALUES (?,?) ON CONFLICT(name) DO UPDATE SET value = excluded.value");
    if (row)
        (void)row->bind(1, name).bind(2, value).step();
}

std::int64_t Timeline::recall(const std::string& name, std::int64_t otherwise)
{
    const std::scoped_lock lock(m_mutex);
    auto row = m_database.prepare("SELECT value FROM numbers WHERE name = ?");
    if (!row)
        return otherwise;
    const auto found = row->bind(1, name).step();
    return found && *found ? row->integer(0) : otherwise;
}

} // namespace core::engine
