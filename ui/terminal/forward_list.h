// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QObject>
#include <QString>

#include <functional>
#include <memory>
#include <stop_token>
#include <vector>

namespace ui {

class EngineBridge;

/// The ports that this window forwards. They stay open when their page is closed, and end with the window. GUI thread.
class ForwardList : public QObject
{
    Q_OBJECT

public:
    struct Entry
    {
        int id = 0;
        core::engine::ObjectRef target;
        unsigned short port = 0;
        unsigned short localPort = 0; ///< as asked for while it is being opened
        std::shared_ptr<core::engine::Forward> forward; ///< null while it is being opened
        QString problem; ///< of the last connection that failed
    };

    /// The window's list, made at the first call; the bridge owns it.
    [[nodiscard]] static ForwardList& of(EngineBridge& bridge);
    ~ForwardList() override;

    [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }
    /// Opens one in the background; failed(error) is called where that is refused, and the entry goes.
    void add(const core::engine::ObjectRef& target, unsigned short port, unsigned short localPort,
             std::function<void(const core::Error&)> failed);
    void remove(int id);

signals:
    void changed();

private:
    struct Link; ///< what threads of forwards may touch while the list may go

    explicit ForwardList(EngineBridge& bridge);
    [[nodiscard]] Entry* find(int id);

    core::engine::Engine& m_engine;
    std::vector<Entry> m_entries;
    std::shared_ptr<Link> m_link;
    std::stop_source m_stop;
    int m_next = 1;
};

} // namespace ui
