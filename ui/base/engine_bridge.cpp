// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/engine_bridge.h"

#include <QTimer>

namespace ui {

namespace {

/// Between two deliveries: nobody reads faster, and each costs a frame of whatever is in sight.
constexpr qint64 kApartMs = 50;

} // namespace

EngineBridge::EngineBridge(core::engine::Engine& engine, QObject* parent)
    : QObject(parent)
    , m_engine(engine)
    , m_snapshot(engine.snapshot())
    , m_wait(new QTimer(this))
{
    if (!m_snapshot) {
        auto empty = std::make_shared<core::engine::Snapshot>();
        empty->events = std::make_shared<const std::vector<core::engine::Event>>();
        empty->problems = std::make_shared<const std::vector<core::engine::Problem>>();
        empty->notifications = std::make_shared<const std::vector<core::engine::Notification>>();
        m_snapshot = std::move(empty);
    }
    m_wait->setSingleShot(true);
    connect(m_wait, &QTimer::timeout, this, &EngineBridge::deliver);
    m_subscription = engine.subscribe([this](const core::engine::SnapshotPtr& snapshot) { // engine thread
        const std::lock_guard lock(m_mutex);
        const bool posted = m_next != nullptr;
        m_next = snapshot;
        if (!posted)
            QMetaObject::invokeMethod(this, &EngineBridge::schedule, Qt::QueuedConnection);
    });
}

EngineBridge::~EngineBridge() = default;

void EngineBridge::schedule()
{
    const qint64 left = m_delivered.isValid() ? kApartMs - m_delivered.elapsed() : 0;
    if (left <= 0)
        deliver();
    else
        m_wait->start(static_cast<int>(left));
}

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
    m_delivered.start();
    emit snapshotChanged(m_snapshot);
}

} // namespace ui
