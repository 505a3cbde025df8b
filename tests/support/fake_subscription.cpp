// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/engine.h"

// Weak, so that a program that links the real engine keeps the real ones.
namespace core::engine {

[[gnu::weak]] Subscription::Subscription(std::function<void()> end)
    : m_end(std::move(end))
{
}

[[gnu::weak]] Subscription::Subscription(Subscription&& other) noexcept
    : m_end(std::exchange(other.m_end, nullptr))
{
}

[[gnu::weak]] Subscription& Subscription::operator=(Subscription&& other) noexcept
{
    if (this != &other) {
        if (m_end)
            m_end();
        m_end = std::exchange(other.m_end, nullptr);
    }
    return *this;
}

[[gnu::weak]] Subscription::~Subscription()
{
    if (m_end)
        m_end();
}

} // namespace core::engine
