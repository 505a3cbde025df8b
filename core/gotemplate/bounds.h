// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

/// What keeps functions of templates within time and memory where counting their steps does not do.
namespace core::gotemplate {

/// Runs `work` on a thread of its own. The process does not end before it has.
void runAlone(std::function<void()> work);

/// The result of `work`, which nothing can interrupt: a hash, a search in a large text. When `stop` is requested first,
/// Cancelled; `work` then goes on alone, finds its argument true, and uses nothing but what it owns.
template<class T>
[[nodiscard]] Result<T> awaited(const std::stop_token& stop,
                                std::function<Result<T>(const std::atomic<bool>& isLeft)> work)
{
    struct Shared
    {
        std::mutex mutex;
        std::condition_variable_any done;
        std::optional<Result<T>> result;
        std::atomic<bool> isLeft {false};
    };
    const auto shared = std::make_shared<Shared>();
    if (!stop.stop_possible())
        return work(shared->isLeft);
    runAlone([shared, work = std::move(work)] {
        auto result = work(shared->isLeft);
        const std::lock_guard lock(shared->mutex);
        shared->result = std::move(result);
        shared->done.notify_one();
    });
    std::unique_lock lock(shared->mutex);
    if (shared->done.wait(lock, stop, [&shared] { return shared->result.has_value(); }))
        return std::move(*shared->result);
    shared->isLeft = true;
    return fail(Error::Code::Cancelled, "cancelled");
}

} // namespace core::gotemplate
