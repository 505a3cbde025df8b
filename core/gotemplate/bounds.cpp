// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/bounds.h"

#include "core/gotemplate/exec.h"

#include <system_error>
#include <thread>

namespace core::gotemplate {

namespace {

constexpr std::size_t kMaxNodes = 1'000'000; // of a value that a function walks to its end
constexpr std::size_t kMaxDepth = 1000;
constexpr std::size_t kTextPerNode = 16;

/// Threads that nobody waits for any more.
class Alone
{
public:
    ~Alone()
    {
        std::unique_lock lock(m_mutex);
        m_ended.wait(lock, [this] { return m_running == 0; });
    }
    void run(std::function<void()> work)
    {
        {
            const std::lock_guard lock(m_mutex);
            ++m_running;
        }
        auto whole = [this, work = std::move(work)]() mutable {
            work();
            work = {};
            const std::lock_guard lock(m_mutex);
            --m_running;
            m_ended.notify_all();
        };
        try {
            std::thread(whole).detach();
        } catch (const std::system_error&) { // no more threads: nobody can cancel then
            whole();
        }
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_ended;
    std::size_t m_running = 0;
};

// Counts what a walk through a value meets, each time that it meets it; false where that is too much.
bool weighAt(const Value& value, std::size_t depth, std::size_t& left)
{
    const auto cost = 1 + (isText(value.type()) ? value.asString().size() / kTextPerNode : 0);
    if (cost > left)
        return false;
    left -= cost;
    if (depth > kMaxDepth) // no walk goes deeper
        return true;
    if (value.isMap()) {
        for (const auto& [key, item] : value.entries())
            if (!weighAt(key, depth + 1, left) || !weighAt(item, depth + 1, left))
                return false;
    } else if (value.isList()) {
        for (const auto& item : value.items())
            if (!weighAt(item, depth + 1, left))
                return false;
    }
    return true;
}

} // namespace

void runAlone(std::function<void()> work)
{
    static Alone alone;
    alone.run(std::move(work));
}

Result<> Execution::weigh(std::span<const Value> values)
{
    auto left = kMaxNodes;
    for (const auto& value : values)
        if (!weighAt(value, 0, left))
            return core::fail(Error::Code::LimitExceeded, "the value is too large");
    return work((kMaxNodes - left) / 8);
}

std::size_t costOf(const Value& value)
{
    if (value.isString())
        return value.size() / 64;
    return value.isList() ? value.size() / 16 : value.isMap() ? value.size() / 64 : 0;
}

std::size_t costOfMaking(const Value& value)
{
    if (value.isString())
        return value.size() / 16;
    return value.isList() ? value.size() / 4 : 0;
}

} // namespace core::gotemplate
