// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/engine_bridge.h"

namespace ui {

EngineBridge::EngineBridge(core::engine::Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_snapshot(engine.snapshot())
{
    if (!m_snapshot) {
        auto empty = std::make_shared<core::engine::Snapshot>();
        empty->events = std::make_shared<const std::vector<core::engine::Event>>();
        empty->problems = std::make_shared<const std::vector<core::engine::Problem>>();
        empty->notifications = std::make_shared<const std::vector<core::engine::Notification>>();
        m_snapshot = std::move(empty);
    }
    m_subscription = engine.subscribe([this](const core::engine::SnapshotPtr& snapshot) { // engine thread
        const std::lock_guard lock(m_mutex);
        const bool posted = m_next != nullptr;
        m_next = snapshot;
        if (!posted)
            QMetaObject::invokeMethod(this, &EngineBridge::deliver, Qt::QueuedConnection);
    });
}

EngineBridge::~EngineBridge() = default;

void EngineBridge::deliver()
{
    core::engine::SnapshotPtr next;
    {
        const std::lock_guard lock(m_mutex);
        next.swap(m_next);
    }
    if (!next)
        return;
    m_snapshot = std::move(next);
    emit snapshotChanged(m_snapshot);
}

} // namespace ui
