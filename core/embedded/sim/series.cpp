// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/series.h"

#include <re2/re2.h>

#include <algorithm>
#include <memory>

namespace core::embedded::sim {

namespace {

double secondsOf(TimePoint at)
{
    return std::chrono::duration<double>(at.time_since_epoch()).count();
}

/// Matchers with their expressions compiled once.
class Compiled
{
public:
    explicit Compiled(const std::vector<Matcher>& matchers)
        : m_matchers(matchers)
    {
        for (const auto& matcher : matchers) {
            const bool pattern = matcher.kind == Matcher::Kind::Match || matcher.kind == Matcher::Kind::NoMatch;
            m_patterns.push_back(pattern ? std::make_unique<re2::RE2>(matcher.value, re2::RE2::Quiet) : nullptr);
        }
    }
    [[nodiscard]] bool matches(const Labels& labels) const
    {
        for (std::size_t i = 0; i < m_matchers.size(); ++i) {
            const auto it = labels.find(m_matchers[i].label);
            const std::string value = it == labels.end() ? std::string() : it->second;
            const bool same = m_patterns[i] ? re2::RE2::FullMatch(value, *m_patterns[i]) : value == m_matchers[i].value;
            const bool wanted =
                m_matchers[i].kind == Matcher::Kind::Equal || m_matchers[i].kind == Matcher::Kind::Match;
            if (same != wanted)
                return false;
        }
        return true;
    }

private:
    const std::vector<Matcher>& m_matchers;
    std::vector<std::unique_ptr<re2::RE2>> m_patterns;
};

} // namespace

bool matchesAll(const std::vector<Matcher>& matchers, const Labels& labels)
{
    return Compiled(matchers).matches(labels);
}

SeriesStore::SeriesStore(Duration retention)
    : m_retention(std::chrono::duration<double>(retention).count())
{
}

void SeriesStore::append(const Labels& labels, TimePoint at, double value)
{
    const std::scoped_lock lock(m_mutex);
    auto& samples = m_series[labels];
    const auto time = secondsOf(at);
    samples.push_back({time, value});
    while (samples.front().at < time - m_retention)
        samples.pop_front();
    if (m_series.size() > 2000) { // versions that are long gone
        std::erase_if(m_series, [&](const auto& entry) { return entry.second.back().at < time - m_retention; });
    }
}

std::vector<Series> SeriesStore::select(const std::vector<Matcher>& matchers, double from, double to) const
{
    const Compiled compiled(matchers);
    std::vector<Series> out;
    const std::scoped_lock lock(m_mutex);
    for (const auto& [labels, samples] : m_series) {
        if (!compiled.matches(labels))
            continue;
        const auto begin =
            std::upper_bound(samples.begin(), samples.end(), from, [](double t, const Sample& s) { return t < s.at; });
        const auto end = std::upper_bound(begin, samples.end(), to, [](double t, const Sample& s) { return t < s.at; });
        if (begin != end)
            out.push_back({labels, {begin, end}});
    }
    return out;
}

std::vector<Labels> SeriesStore::labels(const std::vector<Matcher>& matchers) const
{
    const Compiled compiled(matchers);
    std::vector<Labels> out;
    const std::scoped_lock lock(m_mutex);
    for (const auto& [labels, samples] : m_series) {
        if (compiled.matches(labels))
            out.push_back(labels);
    }
    return out;
}

} // namespace core::embedded::sim
