// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/rollout_commands.h"

#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/workbench.h"

#include <QCoreApplication>

namespace ui {

using Action = core::engine::Engine::RolloutAction;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui", text);
}

} // namespace

QString actionName(Action action)
{
    switch (action) {
    case Action::Promote:
        return tr("Promote");
    case Action::PromoteFull:
        return tr("Promote fully");
    case Action::SkipStep:
        return tr("Skip step");
    case Action::Pause:
        return tr("Pause");
    case Action::Resume:
        return tr("Resume");
    case Action::Abort:
        return tr("Abort");
    case Action::Retry:
        return tr("Retry");
    case Action::Restart:
        return tr("Restart pods");
    }
    return {};
}

std::optional<QString> whyNot(const core::engine::Rollout& rollout, Action action)
{
    const bool fine = rollout.phase == "Healthy" && !rollout.aborted;
    switch (action) {
    case Action::Promote:
    case Action::PromoteFull:
    case Action::SkipStep:
    case Action::Abort:
        if (rollout.aborted)
            return tr("The rollout is aborted: retry it first.");
        if (fine)
            return tr("No rollout is in progress.");
        return std::nullopt;
    case Action::Pause:
        if (rollout.paused)
            return tr("It is paused already.");
        if (fine || rollout.aborted)
            return tr("No rollout is in progress.");
        return std::nullopt;
    case Action::Resume:
        return rollout.paused ? std::nullopt : std::optional(tr("It is not paused."));
    case Action::Retry:
        return rollout.aborted ? std::nullopt : std::optional(tr("Only an aborted rollout can be retried."));
    case Action::Restart:
        return std::nullopt;
    }
    return std::nullopt;
}

QString whyNot(const core::engine::Rollout& rollout, Action action, AccessGate& gate)
{
    if (const auto useless = whyNot(rollout, action))
        return *useless;
    if (!rollout.cluster.empty())
        return gate.whyNoWrite();
    return gate.whyNot({"patch", rollout.key.groupKind(), {}, rollout.key.nameSpace, {}});
}

void actOn(core::engine::Engine& engine, Workbench& workbench, const core::engine::Rollout& rollout, Action action)
{
    const QString name = isolate(rollout.key.name);
    const QString attempt = actionName(action) + u' ' + name;
    const auto act = [&engine, &workbench, ref = core::engine::ObjectRef(rollout), action,
                      attempt](const QString& reason) {
        workbench.run(
            attempt, [&engine, ref, action, reason = reason.toStdString()] { return engine.act(ref, action, reason); });
    };
    if (action == Action::Abort) {
        Question question;
        question.title = tr("Abort the rollout of %1?").arg(name);
        question.text =
            tr("All traffic goes back to the stable version, and the canary is scaled down. Git still asks for "
               "the new version until it is reverted there.");
        question.verb = tr("Abort the rollout");
        question.dangerous = true;
        question.wantsReason = true;
        workbench.ask(question, act);
        return;
    }
    if (action == Action::PromoteFull) {
        Question question;
        question.title = tr("Promote %1 fully?").arg(name);
        question.text = tr("All remaining steps, pauses and analyses are skipped: the new version gets all traffic.");
        question.verb = tr("Promote fully");
        question.dangerous = true;
        question.wantsReason = true;
        workbench.ask(question, act);
        return;
    }
    act({});
}

void undoTo(core::engine::Engine& engine, Workbench& workbench, const core::engine::Rollout& rollout,
            std::int64_t revision)
{
    const QString name = isolate(rollout.key.name);
    const QString to = number(qint64 {revision});
    Question question;
    question.title = tr("Undo %1 to revision %2?").arg(name, to);
    question.text = tr("The pods of that revision come back, through the steps of the strategy. Git still asks for the "
                       "present version: an application that heals itself brings it again until it is reverted there.");
    question.verb = tr("Undo to %1").arg(to);
    question.dangerous = true;
    workbench.ask(question,
                  [&engine, &workbench, ref = core::engine::ObjectRef(rollout), name, to, revision](const QString&) {
                      workbench.run(tr("Undo %1 to revision %2").arg(name, to),
                                    [&engine, ref, revision] { return engine.undo(ref, revision); });
                  });
}

} // namespace ui
