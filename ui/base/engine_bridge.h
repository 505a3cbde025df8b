// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QElapsedTimer>
#include <QObject>

#include <mutex>

class QTimer;

namespace ui {

/// Brings the engine's snapshots to the GUI thread: the first at once, those of a storm of events at most twenty a
/// second. Only the newest is delivered.
class EngineBridge : public QObject
{
    Q_OBJECT

public:
    explicit EngineBridge(core::engine::Engine& engine, QObject* parent = nullptr);
    ~EngineBridge() override;

    [[nodiscard]] core::engine::Engine& engine() const { return m_engine; }
    /// The last snapshot delivered; never null.
    [[nodiscard]] const core::engine::SnapshotPtr& snapshot() const { return m_snapshot; }

signals:
    void snapshotChanged(const core::engine::SnapshotPtr& snapshot);

private:
    void schedule();
    void deliver();

    core::engine::Engine& m_engine;
    core::engine::SnapshotPtr m_snapshot;
    QElapsedTimer m_delivered; ///< since the last delivery; invalid before the first
    QTimer* m_wait;
    std::mutex m_mutex;
    core::engine::SnapshotPtr m_next; ///< guarded by m_mutex; null when nothing waits
    core::engine::Subscription m_subscription; ///< last: its end waits for a callback in progress
};

} // namespace ui
