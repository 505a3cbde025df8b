// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/log_follower.h"

#include "ui/base/run_task.h"

#include <QTimer>

#include <algorithm>
#include <mutex>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr std::size_t kMostWaiting = LogStore::kMostLines; ///< lines that wait for the GUI thread

bool same(const eng::LogOptions& a, const eng::LogOptions& b)
{
    return a.follow == b.follow && a.previous == b.previous && a.tailLines == b.tailLines
        && a.sinceSeconds == b.sinceSeconds;
}

} // namespace

struct LogFollower::Queue
{
    std::mutex mutex;
    std::vector<LogEntry> lines;
    std::vector<std::pair<quint16, std::optional<core::Error>>> ended;

    void take(quint16 source, eng::LogChunk chunk)
    {
        std::vector<LogEntry> made;
        made.reserve(chunk.lines.size());
        for (const auto& line : chunk.lines) {
            const qint64 at = line.at
                ? std::chrono::duration_cast<std::chrono::microseconds>(line.at->time_since_epoch()).count()
                : std::numeric_limits<qint64>::min();
            made.push_back(makeEntry(line.text, at, source));
        }
        const std::scoped_lock lock(mutex);
        if (lines.size() < kMostWaiting)
            std::move(made.begin(), made.end(), std::back_inserter(lines));
        if (chunk.ended)
            ended.emplace_back(source, std::move(chunk.error));
    }
};

LogFollower::LogFollower(eng::Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_queue(std::make_shared<Queue>())
    , m_timer(new QTimer(this))
{
    m_timer->setInterval(50);
    connect(m_timer, &QTimer::timeout, this, &LogFollower::drain);
}

LogFollower::~LogFollower()
{
    stop();
}

void LogFollower::end(eng::Subscription subscription)
{
    // A stream may take a moment to notice; its thread is waited for elsewhere.
    auto held = std::make_shared<eng::Subscription>(std::move(subscription));
    workers().start([held = std::move(held)]() mutable { held.reset(); });
}

void LogFollower::stop()
{
    for (auto& [source, subscription] : m_running)
        end(std::move(subscription));
    m_running.clear();
    m_timer->stop();
}

void LogFollower::follow(const std::vector<eng::LogSource>& sources, const eng::LogOptions& options)
{
    if (!same(options, m_options) || m_sources.empty()) {
        stop();
        m_options = options;
        m_queue = std::make_shared<Queue>(); // what still comes of the old ones is lost
        m_sources.clear();
        m_ended.clear();
        emit restarted();
    }
    const std::vector<eng::LogSource> wanted(
        sources.begin(), sources.begin() + static_cast<std::ptrdiff_t>(std::min(sources.size(), kMostSources)));
    for (auto running = m_running.begin(); running != m_running.end();) {
        if (std::ranges::find(wanted, running->first) != wanted.end()) {
            ++running;
            continue;
        }
        end(std::move(running->second));
        running = m_running.erase(running);
    }
    bool grown = false;
    for (const auto& source : wanted) {
        if (m_running.contains(source))
            continue;
        auto number = static_cast<std::size_t>(std::ranges::find(m_sources, source) - m_sources.begin());
        if (number == m_sources.size()) {
            m_sources.push_back(source);
            grown = true;
        } else {
            continue; // it was here before and has ended, or was left out: its lines are in the store
        }
        const auto id = static_cast<quint16>(number);
        m_running.emplace(source, m_engine.followLogs({source}, options, [queue = m_queue, id](eng::LogChunk chunk) {
            queue->take(id, std::move(chunk));
        }));
    }
    if (grown)
        emit sourcesChanged();
    m_timer->start();
}

void LogFollower::drain()
{
    std::vector<LogEntry> lines;
    std::vector<std::pair<quint16, std::optional<core::Error>>> ended;
    {
        const std::scoped_lock lock(m_queue->mutex);
        lines.swap(m_queue->lines);
        ended.swap(m_queue->ended);
    }
    if (!lines.empty())
        emit linesArrived(lines);
    for (auto& [source, error] : ended)
        m_ended[source] = std::move(error);
    if (!ended.empty())
        emit sourceEnded();
}

} // namespace ui
