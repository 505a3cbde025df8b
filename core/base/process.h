// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace core {

struct ProcessOptions
{
    std::string program; ///< searched in PATH where it holds no slash
    std::vector<std::string> arguments {};
    std::vector<std::pair<std::string, std::string>> environment {}; ///< on top of our own
    bool inheritInput = false; ///< else its standard input is empty
    std::chrono::milliseconds timeout {60'000}; ///< then it is killed
    std::size_t maxOutput = std::size_t {1} << 20; ///< of each output; more is an error
};

struct ProcessOutcome
{
    int exitCode = 0; ///< 128 + N where signal N ended it, as shells say
    std::string output, errors;
};

/// Runs a program to its end. Blocks. NotFound where there is no such program; Timeout, Cancelled and LimitExceeded
/// after it has been killed.
[[nodiscard]] Result<ProcessOutcome> runProcess(const ProcessOptions& options, std::stop_token stop);

} // namespace core
