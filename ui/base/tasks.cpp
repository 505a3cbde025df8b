// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/tasks.h"

#include <algorithm>
#include <utility>

namespace ui {

TaskList& TaskList::instance()
{
    static TaskList list;
    return list;
}

int TaskList::begin(QString title, core::engine::AppId app, core::TimePoint at, std::function<void()> cancel)
{
    m_tasks.insert(m_tasks.begin(), Task {++m_last, std::move(title), std::move(app), at, {}, std::move(cancel)});
    emit changed();
    return m_last;
}

void TaskList::setProgress(int id, const QString& progress)
{
    const auto found = std::ranges::find(m_tasks, id, &Task::id);
    if (found == m_tasks.end() || found->progress == progress)
        return;
    found->progress = progress;
    emit changed();
}

void TaskList::end(int id)
{
    if (std::erase_if(m_tasks, [id](const Task& task) { return task.id == id; }) > 0)
        emit changed();
}

void TaskList::cancel(int id)
{
    const auto found = std::ranges::find(m_tasks, id, &Task::id);
    if (found == m_tasks.end())
        return;
    const auto cancel = found->cancel; // the page ends the task in it
    cancel();
}

void RunningTask::begin(QString title, core::engine::AppId app, core::TimePoint at, std::function<void()> cancel)
{
    end();
    m_id = TaskList::instance().begin(std::move(title), std::move(app), at, std::move(cancel));
}

void RunningTask::setProgress(const QString& progress) const
{
    TaskList::instance().setProgress(m_id, progress);
}

void RunningTask::end()
{
    if (const int id = std::exchange(m_id, 0); id != 0)
        TaskList::instance().end(id);
}

} // namespace ui
