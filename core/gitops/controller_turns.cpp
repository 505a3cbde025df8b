// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/controller_private.h"

#include <map>
#include <set>
#include <string>
#include <tuple>

namespace core::gitops {

namespace {

/// Commits and branches of repositories, each asked for once.
class Trees
{
public:
    Trees(const ApplicationController::Deps& deps, const std::stop_token& stop)
        : m_deps(deps)
        , m_stop(stop)
    {
    }

    /// What stands for the bytes of a folder; "" where that is not known.
    [[nodiscard]] std::string folder(const SourceRepository& source, const std::string& revision,
                                     const std::string& path)
    {
        const auto [place, isNew] = m_trees.try_emplace({source.url, source.project, revision});
        if (isNew)
            if (auto resolved = m_deps.resolve(source, revision, m_stop))
                place->second = std::move(resolved->tree);
        const auto normal = git::normalPath(path);
        if (!place->second || !normal)
            return {};
        const auto entry = place->second->stat(*normal);
        return entry ? entry->id : std::string();
    }

private:
    const ApplicationController::Deps& m_deps;
    const std::stop_token& m_stop;
    std::map<std::tuple<std::string, std::string, std::string>, git::TreePtr> m_trees;
};

} // namespace

void ApplicationController::Private::mark(const AppKey& app, Level level, Turn turn)
{
    {
        const std::lock_guard lock(mutex);
        auto [place, isNew] = dirty.try_emplace(app, level);
        if (!isNew)
            place->second = std::max(place->second, level);
        if (turn == Turn::Next)
            urgent.insert(app);
        else if (turn == Turn::Soon)
            soon.insert(app);
    }
    changed.notify_all();
}

void ApplicationController::Private::takeTimers()
{
    const auto now = deps.clock->now();
    if (now < soonest)
        return;
    soonest = TimePoint::max();
    for (auto timer = timers.begin(); timer != timers.end();) {
        if (timer->second.first > now) {
            soonest = std::min(soonest, timer->second.first);
            ++timer;
            continue;
        }
        auto [place, isNew] = dirty.try_emplace(timer->first, timer->second.second);
        if (!isNew)
            place->second = std::max(place->second, timer->second.second);
        timer = timers.erase(timer);
    }
}

/// Nobody waits for a round over all others: what a person asks for comes next, then what was begun or has changed in
/// Git, the rest in turn. One of the rest comes after every eighth of the second, lest they never come.
std::optional<std::pair<AppKey, Level>> ApplicationController::Private::take()
{
    if (dirty.empty())
        return std::nullopt;
    auto next = dirty.end();
    const auto from = [&](std::set<AppKey>& first) {
        while (next == dirty.end() && !first.empty()) {
            next = dirty.find(*first.begin());
            first.erase(first.begin());
        }
    };
    from(urgent);
    if (next == dirty.end() && takenSoon < 8) {
        from(soon);
        takenSoon += next == dirty.end() ? 0 : 1;
    }
    if (next == dirty.end()) {
        takenSoon = 0;
        next = dirty.upper_bound(lastTaken);
        if (next == dirty.end())
            next = dirty.begin();
        lastTaken = next->first;
    }
    auto out = *next;
    urgent.erase(out.first);
    soon.erase(out.first);
    dirty.erase(next);
    return out;
}

/// After a commit thousands have to be looked at, and few of them change: those whose own folder is another one than
/// before come first. Nothing but the order depends on it; what reads other folders as well is found in turn.
void ApplicationController::Private::putAffectedFirst(const std::stop_token& stop)
{
    std::vector<AppKey> waiting;
    {
        const std::lock_guard lock(mutex);
        for (const auto& [app, level] : dirty)
            if (level == Level::Latest)
                waiting.push_back(app);
    }
    Trees trees(deps, stop);
    std::set<AppKey> affected;
    for (const auto& app : waiting) {
        if (stop.stop_requested())
            return;
        const auto known = cached.find(app);
        const auto object = deps.cache->get(applicationKey(app));
        if (known == cached.end() || !object)
            continue;
        const auto& revisions = known->second.rendered.revisions;
        const auto sources = parseSources(known->second.sources, nullptr);
        for (std::size_t i = 0; i < std::min(sources.size(), revisions.size()); ++i) {
            if (!sources[i].chart.empty())
                continue;
            const SourceRepository source {sources[i].repoUrl,
                                           std::string(manifest::text(*object, {"spec", "project"}))};
            if (trees.folder(source, revisions[i], sources[i].path)
                != trees.folder(source, sources[i].targetRevision, sources[i].path))
                affected.insert(app);
        }
    }
    const std::lock_guard lock(mutex);
    for (const auto& app : affected)
        if (dirty.contains(app))
            soon.insert(app);
}

} // namespace core::gitops
