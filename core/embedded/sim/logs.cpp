// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/logs.h"

#include "core/base/strings.h"
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded::sim {

using manifest::text;
using std::chrono::seconds;

namespace {

constexpr auto kStep = seconds(10); ///< between two lines of an invented log
constexpr std::int64_t kMostLines = 5'000; ///< older ones have been rotated away
constexpr std::string_view kLines = "sim.pilothouse.dev/logs";

/// One run of a container.
struct Run
{
    TimePoint began {};
    std::optional<TimePoint> ended {};
    bool killed = false; ///< without a last word
    std::int64_t exitCode = 0;
};

std::optional<Run> endedRun(const Value& state)
{
    const auto* terminated = manifest::find(state, {"terminated"});
    if (terminated == nullptr)
        return std::nullopt;
    Run run;
    run.began = timeOf(*terminated, {"startedAt"}, {});
    run.ended = timeOf(*terminated, {"finishedAt"}, run.began);
    run.killed = text(*terminated, {"reason"}) == "OOMKilled";
    run.exitCode = manifest::integer(*terminated, {"exitCode"}).value_or(0);
    return run;
}

const Value* statusOf(const Value& pod, std::string_view container)
{
    for (const auto* key : {"containerStatuses", "initContainerStatuses"})
        for (const auto& status : manifest::array(pod, {"status", key}))
            if (text(status, {"name"}) == container)
                return &status;
    return nullptr;
}

std::string whyWaiting(std::string_view reason)
{
    if (reason == "ErrImagePull")
        return "image can't be pulled";
    return std::string(reason == "ImagePullBackOff" ? "trying and failing to pull image" : reason);
}

/// The run that a kubelet would show.
Result<Run> runOf(const Value& pod, std::string_view container, bool previous)
{
    const auto* status = statusOf(pod, container);
    if (status == nullptr)
        return fail(Error::Code::Invalid,
                    fmt::format("container \"{}\" in pod \"{}\" is not available", container, manifest::name(pod)));
    static const Value kNothing = Object();
    const auto at = [&](const char* name) -> const Value& {
        const auto* state = manifest::find(*status, {name});
        return state != nullptr ? *state : kNothing;
    };
    const auto last = endedRun(at("lastState"));
    if (previous) {
        if (last)
            return *last;
        return fail(Error::Code::Invalid,
                    fmt::format("previous terminated container \"{}\" in pod \"{}\" not found", container,
                                manifest::name(pod)));
    }
    if (const auto* running = manifest::find(at("state"), {"running"}))
        return Run {timeOf(*running, {"startedAt"}, {})};
    if (const auto ended = endedRun(at("state")))
        return *ended;
    if (last)
        return *last;
    return fail(Error::Code::Invalid,
                fmt::format("container \"{}\" in pod \"{}\" is waiting to start: {}", container, manifest::name(pod),
                            whyWaiting(text(at("state"), {"waiting", "reason"}))));
}

/// The lines of a run, by number.
class Script
{
public:
    Script(const Value& pod, std::string container, Run run)
        : m_container(std::move(container))
        , m_seed(std::hash<std::string_view> {}(manifest::uid(pod)) + std::hash<std::string> {}(m_container))
        , m_run(run)
    {
        if (const auto given = manifest::annotation(pod, kLines); !given.empty())
            m_given = split(given.substr(0, given.size() - (given.ends_with('\n') ? 1 : 0)), '\n');
    }

    /// How many have been said at that time.
    [[nodiscard]] std::int64_t count(TimePoint now) const
    {
        const auto last = m_run.ended ? std::min(*m_run.ended, now) : now;
        if (last < m_run.began)
            return 0;
        const auto said =
            m_given.empty() ? (last - m_run.began) / kStep + 1 : static_cast<std::int64_t>(m_given.size());
        return said + (hasLastWord() ? 1 : 0);
    }
    [[nodiscard]] TimePoint timeOfLine(std::int64_t number) const
    {
        if (isLastWord(number))
            return *m_run.ended;
        return m_given.empty() ? m_run.began + number * kStep : m_run.began;
    }
    [[nodiscard]] std::string line(std::int64_t number) const
    {
        const auto at = formatRfc3339(timeOfLine(number));
        if (isLastWord(number))
            return fmt::format("{} ERROR {} exits with code {}", at, m_container, m_run.exitCode);
        if (!m_given.empty())
            return m_given[static_cast<std::size_t>(number)];
        if (number == 0)
            return fmt::format("{} INFO starting {} on 0.0.0.0:8080", at, m_container);
        if (number == 1)
            return at + " INFO model loaded, ready to serve";
        const auto roll = (m_seed + static_cast<std::size_t>(number) * 2654435761U) >> 7U;
        return fmt::format("{} INFO POST /v1/models/llm:predict {} {}ms batch={}", at, roll % 50 == 0 ? 500 : 200,
                           60 + roll % 140, 1 + roll % 32);
    }
    /// When there may be more to say.
    [[nodiscard]] TimePoint next(TimePoint now) const
    {
        const auto soon = now + seconds(1);
        return m_given.empty() ? std::min(soon, m_run.began + count(now) * kStep) : soon;
    }

private:
    [[nodiscard]] bool hasLastWord() const { return m_run.ended && m_run.exitCode != 0 && !m_run.killed; }
    [[nodiscard]] bool isLastWord(std::int64_t number) const
    {
        return hasLastWord() && number + 1 == count(*m_run.ended);
    }

    std::string m_container;
    std::size_t m_seed;
    Run m_run;
    std::vector<std::string> m_given;
};

} // namespace

Result<> printLog(const std::function<kube::ObjectPtr()>& podNow, Clock& clock, const Simulation::LogRequest& request,
                  const std::function<bool(std::string_view)>& onText, const std::stop_token& stop)
{
    auto pod = podNow();
    if (!pod)
        return fail(Error::Code::NotFound, fmt::format("pods \"{}\" not found", request.pod));
    PH_TRY(auto run, runOf(*pod, request.container, request.previous));
    const auto began = run.began;
    auto now = clock.now();
    const auto wanted = request.tailLines < 0 ? kMostLines : std::min(request.tailLines, kMostLines);
    auto from = std::max<std::int64_t>(0, Script(*pod, request.container, run).count(now) - wanted);
    for (;;) {
        const Script script(*pod, request.container, run);
        for (const auto end = script.count(now); from < end; ++from) {
            const auto at = script.timeOfLine(from);
            if (request.since && at < *request.since)
                continue;
            const auto head = request.timestamps ? formatRfc3339Micro(at) + " " : std::string();
            if (!onText(fmt::format("{}{}\n", head, script.line(from))))
                return {};
        }
        if (!request.follow || run.ended || stop.stop_requested())
            return {};
        clock.waitUntil(script.next(now), stop);
        now = clock.now();
        auto current = podNow();
        if (!current || manifest::uid(*current) != manifest::uid(*pod))
            return {};
        pod = std::move(current);
        const auto after = runOf(*pod, request.container, false);
        if (after && after->began == began) {
            run = *after;
        } else if (const auto last = runOf(*pod, request.container, true); last && last->began == began) {
            run = *last; // it has ended, and another has begun
        } else {
            return {};
        }
    }
}

} // namespace core::embedded::sim
