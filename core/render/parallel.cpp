// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/parallel.h"

#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace core::render {

namespace {

/// A thread that waits for work. One caller has it at a time.
class Helper
{
public:
    /// Never destroyed: the thread waits in it until the process ends.
    static Helper& instance()
    {
        static auto* helper = new Helper;
        return *helper;
    }

    /// False where another caller has it, or there is no thread to be had.
    bool begin(const std::function<void()>& work)
    {
        const std::lock_guard lock(m_mutex);
        if (m_isTaken || !start())
            return false;
        m_isTaken = true;
        m_work = &work;
        m_wake.notify_one();
        return true;
    }

    /// When the caller is through: what the thread has not begun by then, it need not begin.
    void end()
    {
        std::unique_lock lock(m_mutex);
        m_work = nullptr;
        m_done.wait(lock, [this] { return !m_isRunning; });
        m_isTaken = false;
    }

private:
    Helper() = default;

    bool start()
    try {
        if (!m_isStarted)
            std::thread([this] { serve(); }).detach();
        return m_isStarted = true;
    } catch (const std::system_error&) {
        return false;
    }

    void serve()
    {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_wake.wait(lock, [this] { return m_work != nullptr; });
            const auto& work = *std::exchange(m_work, nullptr);
            m_isRunning = true;
            lock.unlock();
            work();
            lock.lock();
            m_isRunning = false;
            m_done.notify_one();
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_wake, m_done;
    const std::function<void()>* m_work = nullptr; ///< offered, not yet begun
    bool m_isTaken = false, m_isRunning = false, m_isStarted = false;
};

} // namespace

void Beside::begin(std::function<void()> work)
{
    m_work = std::move(work);
    m_isTaken = Helper::instance().begin(m_work);
}

void Beside::end()
{
    if (std::exchange(m_isTaken, false))
        Helper::instance().end();
}

void runTwice(const std::function<void()>& work)
{
    Beside beside;
    beside.begin(work);
    work();
}

bool hasSecondProcessor()
{
    static const bool has = std::thread::hardware_concurrency() > 1;
    return has;
}

} // namespace core::render
