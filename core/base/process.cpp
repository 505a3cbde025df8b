// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>

extern char** environ;

namespace core {

namespace {

/// Both ends of a pipe, closed with it and by every exec.
struct Pipe
{
    std::array<int, 2> ends {-1, -1};
    Pipe() = default;
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe()
    {
        close(0);
        close(1);
    }
    [[nodiscard]] bool open() { return ::pipe2(ends.data(), O_CLOEXEC) == 0; }
    void close(std::size_t end)
    {
        if (ends.at(end) >= 0)
            ::close(std::exchange(ends.at(end), -1));
    }
};

std::vector<std::string> environmentWith(const std::vector<std::pair<std::string, std::string>>& more)
{
    std::map<std::string, std::string> all;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text(*entry);
        const auto equals = std::min(text.find('='), text.size());
        all[text.substr(0, equals)] = text.substr(std::min(equals + 1, text.size()));
    }
    for (const auto& [name, value] : more)
        all[name] = value;
    std::vector<std::string> out;
    out.reserve(all.size());
    for (const auto& [name, value] : all)
        out.push_back(fmt::format("{}={}", name, value));
    return out;
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (auto& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

/// Reads what is there. False at the end of the output.
bool drain(int from, std::string& into)
{
    std::array<char, std::size_t {16} * 1024> buffer {};
    const auto size = ::read(from, buffer.data(), buffer.size());
    if (size > 0)
        into.append(buffer.data(), static_cast<std::size_t>(size));
    return size > 0 || (size < 0 && errno == EINTR);
}

int exitCodeOf(pid_t child)
{
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) { }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/// Gathers both outputs until they end, or says why not.
Result<> gather(Pipe& output, Pipe& errors, const ProcessOptions& options, const std::stop_token& stop,
                ProcessOutcome& outcome)
{
    const auto deadline = std::chrono::steady_clock::now() + options.timeout;
    bool outputOpen = true;
    bool errorsOpen = true;
    while (outputOpen || errorsOpen) {
        if (stop.stop_requested())
            return fail(Error::Code::Cancelled, "cancelled", options.program);
        if (std::chrono::steady_clock::now() > deadline)
            return fail(Error::Code::Timeout, fmt::format("did not end within {} s", options.timeout.count() / 1000),
                        options.program);
        std::array<pollfd, 2> waits {pollfd {outputOpen ? output.ends[0] : -1, POLLIN, 0},
                                     pollfd {errorsOpen ? errors.ends[0] : -1, POLLIN, 0}};
        (void)::poll(waits.data(), waits.size(), 50);
        if (waits[0].revents != 0)
            outputOpen = drain(output.ends[0], outcome.output);
        if (waits[1].revents != 0)
            errorsOpen = drain(errors.ends[0], outcome.errors);
        if (std::max(outcome.output.size(), outcome.errors.size()) > options.maxOutput)
            return fail(Error::Code::LimitExceeded, fmt::format("wrote more than {} bytes", options.maxOutput),
                        options.program);
    }
    return {};
}

} // namespace

Result<ProcessOutcome> runProcess(const ProcessOptions& options, std::stop_token stop)
{
    Pipe output;
    Pipe errors;
    if (!output.open() || !errors.open())
        return fail(Error::Code::Io, fmt::format("cannot make a pipe: {}", std::strerror(errno)), options.program);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    if (!options.inheritInput)
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output.ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors.ends[1], STDERR_FILENO);
    std::vector<std::string> arguments {options.program};
    arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
    auto environment = environmentWith(options.environment);
    pid_t child = 0;
    const int problem = ::posix_spawnp(&child, options.program.c_str(), &actions, nullptr, pointers(arguments).data(),
                                       pointers(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    if (problem != 0)
        return fail(problem == ENOENT ? Error::Code::NotFound : Error::Code::Io,
                    fmt::format("cannot run it: {}", std::strerror(problem)), options.program);
    output.close(1);
    errors.close(1);
    ProcessOutcome outcome;
    const auto gathered = gather(output, errors, options, stop, outcome);
    if (!gathered)
        ::kill(child, SIGKILL);
    outcome.exitCode = exitCodeOf(child);
    PH_CHECK(gathered);
    return outcome;
}

} // namespace core
