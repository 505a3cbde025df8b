// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/alerts.h"

#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/words.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr std::size_t kMostAtOnce = 4;

eng::AppId idOf(const eng::Snapshot& snapshot, const std::string& name)
{
    for (const auto& app : snapshot.applications)
        if (app->name == name)
            return {app->nameSpace, app->name};
    return {};
}

bool failed(eng::OperationPhase phase)
{
    return phase == eng::OperationPhase::Failed || phase == eng::OperationPhase::Error;
}

} // namespace

std::vector<Alert> AlertFinder::next(const eng::Snapshot& snapshot)
{
    std::vector<Alert> found;
    std::set<std::string> now;
    for (const auto& problem : *snapshot.problems) {
        const bool bad = problem.severity == eng::Problem::Severity::Bad;
        if (!bad && !problem.needsDecision)
            continue;
        const std::string object = problem.object ? problem.object->text() : problem.application;
        const std::string key = "problem\n" + problem.application + "\n" + object + "\n"
            + (problem.needsDecision ? "decision" : problem.message);
        if (!now.insert(key).second || m_known.contains(key))
            continue;
        found.push_back({idOf(snapshot, problem.application), problem.object,
                         problem.needsDecision
                             ? QCoreApplication::translate("ui::Alert", "%1 needs a decision").arg(isolate(object))
                             : isolate(object),
                         plain(reasonText(problem.message)), problem.needsDecision, bad,
                         problem.needsDecision && problem.object
                             && std::ranges::any_of(snapshot.rollouts, [&](const auto& rollout) {
                                    return rollout->key == *problem.object && !rollout->aborted;
                                })});
    }
    for (const auto& app : snapshot.applications) {
        if (!failed(app->operation.phase))
            continue;
        const auto at = app->operation.finishedAt.value_or(core::TimePoint {}).time_since_epoch().count();
        const std::string key = "operation\n" + app->nameSpace + "/" + app->name + "\n" + std::to_string(at);
        if (!now.insert(key).second || m_known.contains(key))
            continue;
        found.push_back({{app->nameSpace, app->name},
                         std::nullopt,
                         QCoreApplication::translate("ui::Alert", "The sync of %1 failed").arg(isolate(app->name)),
                         qs(app->operation.message),
                         false,
                         true,
                         false,
                         true});
    }
    m_known = std::move(now);
    if (std::exchange(m_first, false))
        found.clear();
    if (found.size() > kMostAtOnce) {
        const auto rest = static_cast<int>(found.size() - kMostAtOnce + 1);
        const bool bad = std::ranges::any_of(found, &Alert::bad);
        found.resize(kMostAtOnce - 1);
        Alert more;
        more.title = withDigits(QCoreApplication::translate("ui::Alert", "%n more need a look", nullptr, rest));
        more.text = QCoreApplication::translate("ui::Alert", "The list of problems has them all.");
        more.bad = bad;
        found.push_back(std::move(more));
    }
    return found;
}

Glyph worse(Glyph a, Glyph b)
{
    constexpr std::array kOrder {Glyph::Degraded,  Glyph::Missing,     Glyph::Unknown, Glyph::Suspended,
                                 Glyph::OutOfSync, Glyph::Progressing, Glyph::Healthy};
    const auto place = [&](Glyph glyph) { return std::ranges::find(kOrder, glyph) - kOrder.begin(); };
    return place(b) < place(a) ? b : a;
}

Glyph worstState(const eng::Snapshot& snapshot)
{
    if (snapshot.connection.state == eng::Connection::State::Offline)
        return Glyph::Unknown;
    const auto any = [&](auto&& test) { return std::ranges::any_of(snapshot.applications, test); };
    const auto health = [&](eng::Health wanted) {
        return any([wanted](const eng::ApplicationPtr& app) { return app->health == wanted; });
    };
    if (health(eng::Health::Degraded))
        return Glyph::Degraded;
    if (health(eng::Health::Missing))
        return Glyph::Missing;
    if (std::ranges::any_of(*snapshot.problems, &eng::Problem::needsDecision))
        return Glyph::Suspended;
    if (any([](const eng::ApplicationPtr& app) { return app->sync == eng::SyncState::OutOfSync; }))
        return Glyph::OutOfSync;
    return health(eng::Health::Progressing) ? Glyph::Progressing : Glyph::Healthy;
}

} // namespace ui
