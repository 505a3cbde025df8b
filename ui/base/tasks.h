// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/engine/engine.h"

#include <QObject>

#include <functional>
#include <vector>

namespace ui {

/// Work of pages that may take long, as the list of operations shows it. One for the program; GUI thread only.
class TaskList : public QObject
{
    Q_OBJECT

public:
    struct Task
    {
        int id = 0; ///< from 1 on
        QString title;
        core::engine::AppId app; ///< may be empty
        core::TimePoint at; ///< begin, in the cluster's time
        QString progress; ///< "3/12"; may be empty
        std::function<void()> cancel;
    };

    static TaskList& instance();
    [[nodiscard]] const std::vector<Task>& tasks() const { return m_tasks; } ///< newest first
    [[nodiscard]] int begin(QString title, core::engine::AppId app, core::TimePoint at, std::function<void()> cancel);
    void setProgress(int id, const QString& progress);
    void end(int id);
    /// Ends the task's work as its page does it; nothing where it is over already.
    void cancel(int id);

signals:
    void changed();

private:
    TaskList() = default;
    std::vector<Task> m_tasks;
    int m_last = 0;
};

/// A task that is over when its page says so, begins another one, or dies.
class RunningTask
{
public:
    RunningTask() = default;
    ~RunningTask() { end(); }
    RunningTask(const RunningTask&) = delete;
    RunningTask& operator=(const RunningTask&) = delete;

    void begin(QString title, core::engine::AppId app, core::TimePoint at, std::function<void()> cancel);
    void setProgress(const QString& progress) const;
    void end();

private:
    int m_id = 0;
};

} // namespace ui
