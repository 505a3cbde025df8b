// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/logs/log_store.h"

#include <QObject>

#include <map>
#include <memory>

class QTimer;

namespace ui {

/// Brings the logs of many pods to the GUI thread, in batches. GUI thread only.
class LogFollower : public QObject
{
    Q_OBJECT

public:
    static constexpr std::size_t kMostSources = 100;

    LogFollower(core::engine::Engine& engine, QObject* parent);
    ~LogFollower() override;

    /// Follows these and no others. What is followed already with the same options goes on; other options begin anew
    /// (restarted() tells it). More than kMostSources: the first ones.
    void follow(const std::vector<core::engine::LogSource>& sources, const core::engine::LogOptions& options);
    void stop();
    /// All sources that were followed since the last restart, in the order of their numbers.
    [[nodiscard]] const std::vector<core::engine::LogSource>& sources() const { return m_sources; }
    /// Sources whose log has ended or could not be read.
    [[nodiscard]] const std::map<quint16, std::optional<core::Error>>& ended() const { return m_ended; }

signals:
    void restarted();
    void sourcesChanged();
    void linesArrived(const std::vector<ui::LogEntry>& entries);
    void sourceEnded();

private:
    struct Queue; ///< filled by the engine's threads
    void drain();
    /// Ends a stream without waiting for it here.
    static void end(core::engine::Subscription subscription);

    core::engine::Engine& m_engine;
    std::shared_ptr<Queue> m_queue;
    std::vector<core::engine::LogSource> m_sources;
    std::map<core::engine::LogSource, core::engine::Subscription> m_running;
    std::map<quint16, std::optional<core::Error>> m_ended;
    core::engine::LogOptions m_options;
    QTimer* m_timer;
};

} // namespace ui
