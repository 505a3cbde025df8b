// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>

namespace core::log {

namespace {

spdlog::level::level_enum native(Level level)
{
    switch (level) {
    case Level::Debug:
        return spdlog::level::debug;
    case Level::Info:
        return spdlog::level::info;
    case Level::Warning:
        return spdlog::level::warn;
    case Level::Error:
        break;
    }
    return spdlog::level::err;
}

std::mutex& mutex()
{
    static std::mutex instance;
    return instance;
}

std::shared_ptr<spdlog::logger>& current()
{
    static std::shared_ptr<spdlog::logger> instance;
    return instance;
}

void addSink(const spdlog::sink_ptr& sink, Level level)
{
    sink->set_level(native(level));
    sink->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
    const std::scoped_lock lock(mutex());
    std::vector<spdlog::sink_ptr> sinks = current() ? current()->sinks() : std::vector<spdlog::sink_ptr> {};
    sinks.push_back(sink);
    auto logger = std::make_shared<spdlog::logger>("pilothouse", sinks.begin(), sinks.end());
    logger->set_level(spdlog::level::debug);
    logger->flush_on(spdlog::level::warn);
    // A log that cannot be written (the disk is full) must not fill the terminal instead.
    logger->set_error_handler([](const std::string&) {});
    current() = logger;
}

} // namespace

Result<> openFile(const std::filesystem::path& path, Level level)
try {
    std::filesystem::create_directories(path.parent_path());
    addSink(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(path.string(), 4u << 20, 5), level);
    return {};
} catch (const std::exception& e) {
    return fail(Error::Code::Io, std::string("open the log file: ") + e.what(), path.string());
}

void alsoToStderr(Level level)
{
    addSink(std::make_shared<spdlog::sinks::stderr_sink_mt>(), level);
}

void write(Level level, std::string_view room, std::string_view text)
{
    std::shared_ptr<spdlog::logger> logger;
    {
        const std::scoped_lock lock(mutex());
        logger = current();
    }
    if (logger)
        logger->log(native(level), "[{}] {}", room, text);
}

} // namespace core::log
