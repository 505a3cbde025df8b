// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/parallel.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace core::render {

namespace {

/// A thread that waits for work. One caller has it at a time.
class Helper
{
public:
    Helper() = default;
    Helper(const Helper&) = delete;
    Helper& operator=(const Helper&) = delete;
    ~Helper()
    {
        {
            const std::scoped_lock lock(m_mutex);
            m_ends = true;
        }
        m_changed.notify_all();
    }
    /// False where another caller has it.
    bool begin(const std::function<void()>& work)
    {
        {
            const std::scoped_lock lock(m_mutex);
            if (m_work != nullptr)
                return false;
            m_work = &work;
            if (!m_thread.joinable())
                m_thread = std::jthread([this] { serve(); });
        }
        m_changed.notify_all();
        return true;
    }
    void wait()
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait(lock, [this] { return m_isDone; });
        m_isDone = false;
        m_work = nullptr;
    }

private:
    void serve()
    {
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_changed.wait(lock, [this] { return m_ends || (m_work != nullptr && !m_isDone); });
            if (m_ends)
                return;
            const auto& work = *m_work;
            lock.unlock();
            work();
            lock.lock();
            m_isDone = true;
            m_changed.notify_all();
        }
    }

    std::mutex m_mutex;
    std::condition_variable m_changed;
    const std::function<void()>* m_work = nullptr;
    bool m_isDone = false;
    bool m_ends = false;
    std::jthread m_thread; ///< last: it ends before the rest goes
};

} // namespace

void runTwice(const std::function<void()>& work)
{
    static Helper helper;
    if (!helper.begin(work)) { // renders that run at once do not wait for each other
        const std::jthread second(work);
        work();
        return;
    }
    struct Waits
    {
        ~Waits() { helper.wait(); }
    } const waits;
    work();
}

bool hasSecondProcessor()
{
    static const bool kHas = std::thread::hardware_concurrency() > 1;
    return kHas;
}

} // namespace core::render
