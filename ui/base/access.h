// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QObject>
#include <QString>

#include <map>
#include <set>

class QAction;
class QTimer;

namespace ui {

class EngineBridge;

/// Tells why an action cannot be done now: the window is read-only, the cluster is out of reach, or the user lacks a
/// verb. What is not known yet is asked in the background and allowed until the answer comes. GUI thread only.
class AccessGate : public QObject
{
    Q_OBJECT

public:
    AccessGate(EngineBridge& bridge, QObject* parent);
    ~AccessGate() override;

    /// Translated, or "" where it may be done.
    [[nodiscard]] QString whyNot(const core::engine::AccessQuestion& question);
    /// What holds for every cluster: a reason where nothing may be written now, or "".
    [[nodiscard]] QString whyNoWrite() const;
    /// Greys an action with its reason; `possible` is what the page itself says.
    void apply(QAction* action, bool possible, const core::engine::AccessQuestion& question);

signals:
    /// An answer came, or the connection's state changed: look again.
    void changed();

private:
    void askNow();

    EngineBridge& m_bridge;
    QTimer* m_timer;
    std::map<core::engine::AccessQuestion, bool> m_known;
    std::set<core::engine::AccessQuestion> m_wanted;
    std::stop_source m_stop;
    bool m_running = false;
    bool m_readOnly = false;
    bool m_offline = false;
};

} // namespace ui
