// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/node.h"

namespace core::expr {

/// Counts what one run uses, and ends it where a bound is passed.
class Meter
{
public:
    explicit Meter(const Limits& limits)
        : m_limits(limits)
    {
    }
    void step(std::size_t count = 1)
    {
        if ((m_steps += count) > m_limits.steps)
            over("expression takes too many steps");
    }
    void elements(std::size_t count)
    {
        m_elements += count;
        if (count > m_limits.elements || m_elements >= m_limits.elements)
            over("memory budget exceeded");
    }
    void bytes(std::size_t count)
    {
        m_bytes += count;
        if (count > m_limits.bytes || m_bytes > m_limits.bytes)
            over("memory budget exceeded");
    }

private:
    [[noreturn]] static void over(const char* what) { throw Failure {what, {}, false, true}; }
    const Limits& m_limits;
    std::size_t m_steps = 0;
    std::size_t m_elements = 0;
    std::size_t m_bytes = 0;
};

/// < on numbers, texts, times and durations; raises for anything else. `symbol` is named in the message.
[[nodiscard]] bool lessThan(const Value& a, const Value& b, const char* symbol = "<");
[[nodiscard]] Value addValues(const Value& a, const Value& b, Meter& meter);

/// A map under construction that finds keys fast.
class MapBuilder
{
public:
    explicit MapBuilder(bool anyKeys) { m_map.anyKeys = anyKeys; }
    /// The slot of a key, made when it is new.
    Value& slot(const Value& key, bool* isNew = nullptr);
    [[nodiscard]] Map take() { return std::move(m_map); }

private:
    Map m_map;
    std::map<std::string, std::size_t> m_index;
};

} // namespace core::expr
