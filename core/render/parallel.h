// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>

namespace core::render {

constexpr std::size_t kWorthAThread = std::size_t {64} << 10; ///< bytes of input that are worth a second thread

/// Runs `work` on this thread and on a second one at once, unless that is busy or wakes up when this one is through;
/// returns when both are. The second thread is kept: its end would cost an allocator as much as some of the work.
void runTwice(const std::function<void()>& work);
/// Runs `work` on the second thread, unless that is busy, while its owner goes on. Work that has not begun in the end
/// never begins, and what has begun is waited for.
class Beside
{
public:
    Beside() = default;
    ~Beside() { end(); }
    Beside(const Beside&) = delete;
    Beside& operator=(const Beside&) = delete;
    void begin(std::function<void()> work);
    void end();

private:
    std::function<void()> m_work;
    bool m_isTaken = false;
};

/// Whether there is a second processor.
[[nodiscard]] bool hasSecondProcessor();

/// Calls work(0) ... work(count - 1), each once, on this thread and, where there is much to do, on a second one.
/// `work` must not throw.
template<class Work>
void onTwoThreads(std::size_t count, bool isMuch, const Work& work)
{
    // Parts, so that the threads seldom meet; small ones where there are few, so that neither waits long for the other.
    const auto part = std::clamp<std::size_t>(count / 32, 1, 64);
    std::atomic<std::size_t> next {0};
    const auto run = [&]() noexcept {
        for (std::size_t from = 0; (from = next.fetch_add(part, std::memory_order_relaxed)) < count;) {
            for (auto i = from; i < std::min(from + part, count); ++i)
                work(i);
        }
    };
    if (count > 1 && isMuch && hasSecondProcessor())
        runTwice(run);
    else
        run();
}

} // namespace core::render
