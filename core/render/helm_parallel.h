// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstddef>
#include <thread>

namespace core::render::helm {

/// Calls work(0) ... work(count - 1), each once, on this thread and, where `bytes` of input are worth it, on a second
/// one. `work` must not throw.
template<class Work>
void eachOnTwoThreads(std::size_t count, std::size_t bytes, const Work& work)
{
    constexpr std::size_t kWorthAThread = std::size_t {64} << 10;
    std::atomic<std::size_t> next {0};
    const auto run = [&]() noexcept {
        for (std::size_t i = 0; (i = next.fetch_add(1, std::memory_order_relaxed)) < count;)
            work(i);
    };
    std::jthread second;
    if (count > 1 && bytes > kWorthAThread && std::thread::hardware_concurrency() > 1)
        second = std::jthread(run);
    run();
}

} // namespace core::render::helm
