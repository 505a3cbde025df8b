// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFutureWatcher>
#include <QObject>
#include <QThreadPool>
#include <QtConcurrent>

#include <type_traits>
#include <utility>

namespace ui {

/// The threads of questions to the engine, which may wait long. Not Qt's global pool: painting uses that and would wait
/// with them. Who ends the engine waits for them first.
[[nodiscard]] QThreadPool& workers();

/// Runs work on workers(), then done(result) on owner's thread. If owner dies first, done is never called.
/// Capture values in work, never `this`.
template<class Work, class Done>
void runTask(QObject* owner, Work work, Done done)
{
    auto* watcher = new QFutureWatcher<std::invoke_result_t<Work>>(owner);
    QObject::connect(watcher, &QFutureWatcherBase::finished, owner, [watcher, done = std::move(done)]() mutable {
        watcher->deleteLater();
        done(watcher->future().takeResult());
    });
    watcher->setFuture(QtConcurrent::run(&workers(), std::move(work)));
}

} // namespace ui
