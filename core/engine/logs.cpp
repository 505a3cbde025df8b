// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/local_engine.h"
#include "core/engine/log_reader.h"

namespace core::engine {

namespace {

constexpr std::size_t kMostSources = 100;
constexpr std::size_t kLongestLine = 256 * 1024;

} // namespace

void LogReader::feed(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto end = bytes.find('\n');
        m_rest += bytes.substr(0, std::min(end, kLongestLine - m_rest.size())); // what is longer is cut
        if (end == std::string_view::npos)
            return;
        take(std::exchange(m_rest, {}));
        bytes.remove_prefix(end + 1);
    }
}

void LogReader::begin()
{
    m_rest.clear();
    m_skip = m_atNewest;
}

/// "2026-03-01T10:00:00.123456789Z text": the node's time stands before each line.
void LogReader::take(std::string line)
{
    LogLine made;
    const auto space = line.find(' ');
    const auto time = space == std::string::npos ? Result<TimePoint>(fail(Error::Code::InvalidInput, "no time"))
                                                 : parseRfc3339(std::string_view(line).substr(0, space));
    if (time) {
        made.at = *time;
        // Asked again from an earlier second on: what was there before is known already.
        if (m_newest && *time < *m_newest)
            return;
        if (m_newest && *time == *m_newest) {
            if (m_skip > 0) {
                --m_skip;
                return;
            }
            ++m_atNewest;
        } else {
            m_newest = *time;
            m_atNewest = 1;
            m_skip = 0;
        }
        made.text = line.substr(space + 1);
    } else {
        made.text = std::move(line);
    }
    if (made.text.ends_with('\r'))
        made.text.pop_back();
    m_lines.push_back(std::move(made));
}

std::vector<LogLine> LogReader::lines()
{
    return std::exchange(m_lines, {});
}

namespace {

/// Reads one container's log to its end, again and again while it is followed: a restart ends a stream.
void readLog(kube::Client& client, const Clock& clock, const LogSource& source, std::size_t index,
             const LogOptions& wanted, const std::function<void(LogChunk)>& callback, const std::stop_token& stop)
{
    LogReader reader;
    const auto send = [&](bool ended, std::optional<Error> error) {
        LogChunk chunk {index, reader.lines(), ended, std::move(error)};
        for (auto& line : chunk.lines)
            line.source = index;
        if (!chunk.lines.empty() || ended)
            callback(std::move(chunk));
    };
    for (bool first = true; !stop.stop_requested(); first = false) {
        kube::Client::LogOptions options;
        options.container = source.container;
        options.follow = wanted.follow && !wanted.previous;
        options.previous = wanted.previous;
        options.timestamps = true;
        if (first && wanted.tailLines > 0)
            options.tailLines = wanted.tailLines;
        if (first && wanted.sinceSeconds > 0)
            options.sinceSeconds = wanted.sinceSeconds;
        if (!first && reader.newest()) {
            const auto ago = std::chrono::ceil<std::chrono::seconds>(clock.now() - *reader.newest()).count();
            options.sinceSeconds = std::max<std::int64_t>(1, ago + 2);
        }
        reader.begin();
        const auto read = client.logs(
            source.pod.nameSpace, source.pod.name, options,
            [&](std::string_view bytes) {
                reader.feed(bytes);
                send(false, {});
                return !stop.stop_requested();
            },
            stop);
        if (stop.stop_requested())
            return;
        if (!read)
            return send(true, read.error());
        if (!options.follow)
            return send(true, {});
        ScaledClock().sleepFor(std::chrono::seconds(2), stop);
    }
}

} // namespace

Subscription LocalEngine::followLogs(const std::vector<LogSource>& sources, const LogOptions& options,
                                     std::function<void(LogChunk)> callback)
{
    auto threads = std::make_shared<std::vector<std::jthread>>();
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (i >= kMostSources) {
            callback({i,
                      {},
                      true,
                      Error {Error::Code::LimitExceeded,
                             "no more than " + std::to_string(kMostSources) + " logs are read at once",
                             sources[i].pod.text(), "choose fewer pods"}});
            continue;
        }
        manifest::Value object; // null: a pod of the own cluster
        if (const auto& application = sources[i].application; application && !application->name.empty()) {
            auto found = applicationObject(*application);
            if (!found) {
                callback({i, {}, true, found.error()});
                continue;
            }
            object = std::move(*found);
        }
        threads->emplace_back(
            // The engine may go before the subscription.
            [clusters = m_clusters, object = std::move(object), clock = m_clock, source = sources[i], i, options,
             callback](const std::stop_token& stop) {
                const auto cluster = object.is_null() ? Result<gitops::DestinationPtr>(clusters->own())
                                                      : clusters->wait(gitops::parseApplication(object), stop);
                if (cluster)
                    readLog(*(*cluster)->client, *clock, source, i, options, callback, stop);
                else if (!stop.stop_requested())
                    callback({i, {}, true, cluster.error()});
            });
    }
    return Subscription([threads] {
        for (auto& thread : *threads)
            thread.request_stop();
        threads->clear();
    });
}

} // namespace core::engine
