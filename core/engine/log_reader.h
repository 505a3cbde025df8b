// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::engine {

/// Cuts a log with time stamps into lines, and leaves out what came before when a log is asked for again from an
/// earlier second on.
class LogReader
{
public:
    /// Before each answer; an answer may begin with lines that were read already.
    void begin();
    void feed(std::string_view bytes);
    /// Whole lines since the last call.
    [[nodiscard]] std::vector<LogLine> lines();
    [[nodiscard]] const std::optional<TimePoint>& newest() const { return m_newest; }

private:
    void take(std::string line);

    std::string m_rest;
    std::vector<LogLine> m_lines;
    std::optional<TimePoint> m_newest;
    std::size_t m_atNewest = 0; ///< lines with that time
    std::size_t m_skip = 0; ///< of them still to come again
};

} // namespace core::engine
