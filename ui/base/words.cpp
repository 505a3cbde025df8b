// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/words.h"

#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/reasons.h"

#include <QCoreApplication>

#include <map>

namespace ui {

QString healthText(core::engine::Health health)
{
    return glyphName(glyphOf(health));
}

QString syncText(core::engine::SyncState sync)
{
    return glyphName(glyphOf(sync));
}

QString phaseText(core::engine::OperationPhase phase)
{
    using core::engine::OperationPhase;
    switch (phase) {
    case OperationPhase::None:
        return QStringLiteral("–");
    case OperationPhase::Running:
        return QCoreApplication::translate("ui::Phase", "Running");
    case OperationPhase::Succeeded:
        return QCoreApplication::translate("ui::Phase", "Succeeded");
    case OperationPhase::Failed:
        return QCoreApplication::translate("ui::Phase", "Failed");
    case OperationPhase::Error:
        return QCoreApplication::translate("ui::Phase", "Error");
    case OperationPhase::Terminating:
        return QCoreApplication::translate("ui::Phase", "Terminating");
    }
    return {};
}

QString actionText(core::engine::ResourceDiff::Action action)
{
    using Action = core::engine::ResourceDiff::Action;
    switch (action) {
    case Action::None:
        return QCoreApplication::translate("ui::Action", "no change");
    case Action::Create:
        return QCoreApplication::translate("ui::Action", "create");
    case Action::Patch:
        return QCoreApplication::translate("ui::Action", "patch");
    case Action::Prune:
        return QCoreApplication::translate("ui::Action", "prune");
    case Action::Replace:
        return QCoreApplication::translate("ui::Action", "replace");
    case Action::Hook:
        return QCoreApplication::translate("ui::Action", "hook");
    }
    return {};
}

QString gpuChange(std::int64_t gpus)
{
    const QString sign = gpus > 0 ? QStringLiteral("+") : QStringLiteral("−");
    return ltr(sign
               + withDigits(
                   QCoreApplication::translate("ui::Action", "%n GPU(s)", nullptr, static_cast<int>(std::abs(gpus)))));
}

QString shortKey(const core::manifest::ResourceKey& key)
{
    return ltr(qs(key.kind) + QLatin1Char('/') + qs(key.name));
}

QString errorCodeText(core::Error::Code code)
{
    using Code = core::Error::Code;
    switch (code) {
    case Code::InvalidInput:
    case Code::Invalid:
        return QCoreApplication::translate("ui::Error", "Not valid");
    case Code::NotFound:
    case Code::Gone:
        return QCoreApplication::translate("ui::Error", "Not found");
    case Code::AlreadyExists:
        return QCoreApplication::translate("ui::Error", "Exists already");
    case Code::Conflict:
        return QCoreApplication::translate("ui::Error", "Changed by somebody else meanwhile");
    case Code::Forbidden:
        return QCoreApplication::translate("ui::Error", "Not allowed");
    case Code::Unauthorized:
        return QCoreApplication::translate("ui::Error", "Credentials refused");
    case Code::TooManyRequests:
    case Code::Unavailable:
        return QCoreApplication::translate("ui::Error", "Cannot be reached");
    case Code::Timeout:
        return QCoreApplication::translate("ui::Error", "No answer in time");
    case Code::Cancelled:
        return QCoreApplication::translate("ui::Error", "Cancelled");
    case Code::Unsupported:
        return QCoreApplication::translate("ui::Error", "Not supported");
    case Code::LimitExceeded:
        return QCoreApplication::translate("ui::Error", "Too large");
    case Code::Io:
        return QCoreApplication::translate("ui::Error", "Disk or database error");
    case Code::Internal:
        return QCoreApplication::translate("ui::Error", "Internal error");
    }
    return {};
}

QString silentClusters(const core::engine::Snapshot& snapshot, const std::string& only)
{
    using State = core::engine::Connection::State;
    QStringList lines;
    for (const auto& cluster : snapshot.clusters) {
        if (!only.empty() && cluster.server != only)
            continue;
        if (cluster.state == State::Offline)
            lines.append(
                QCoreApplication::translate("ui", "%1 does not answer; what is shown of it may be out of date: %2")
                    .arg(isolate(cluster.name), isolate(cluster.problem)));
        else if (cluster.state == State::Connecting)
            lines.append(QCoreApplication::translate("ui", "Connecting to %1…").arg(isolate(cluster.name)));
    }
    return lines.join(u'\n');
}

QString errorText(const core::Error& error)
{
    QString text = isolate(error.message);
    if (!error.where.empty())
        text += QLatin1Char('\n') + ltr(error.where);
    if (!error.hint.empty())
        text += QLatin1Char('\n') + isolate(error.hint);
    return text;
}

QString deedText(const std::string& action)
{
    static const std::map<std::string, const char*> kVerbs {
        {"sync", QT_TRANSLATE_NOOP("ui::Deed", "sync")},
        {"rollback", QT_TRANSLATE_NOOP("ui::Deed", "rollback")},
        {"terminate", QT_TRANSLATE_NOOP("ui::Deed", "sync terminated")},
        {"enable auto-sync", QT_TRANSLATE_NOOP("ui::Deed", "automated sync on")},
        {"disable auto-sync", QT_TRANSLATE_NOOP("ui::Deed", "automated sync off")},
        {"pause auto-sync", QT_TRANSLATE_NOOP("ui::Deed", "automated sync paused")},
        {"mark as bad", QT_TRANSLATE_NOOP("ui::Deed", "revision marked as bad")},
        {"unmark", QT_TRANSLATE_NOOP("ui::Deed", "revision no longer marked as bad")},
        {"edit", QT_TRANSLATE_NOOP("ui::Deed", "edit")},
        {"canary promoted", QT_TRANSLATE_NOOP("ui::Deed", "canary promoted")},
        {"canary aborted", QT_TRANSLATE_NOOP("ui::Deed", "canary aborted")},
        {"promote", QT_TRANSLATE_NOOP("ui::Deed", "promoted")},
        {"promote-full", QT_TRANSLATE_NOOP("ui::Deed", "promoted fully")},
        {"abort", QT_TRANSLATE_NOOP("ui::Deed", "aborted")},
        {"pause", QT_TRANSLATE_NOOP("ui::Deed", "paused")},
        {"resume", QT_TRANSLATE_NOOP("ui::Deed", "resumed")},
        {"retry", QT_TRANSLATE_NOOP("ui::Deed", "retried")},
        {"restart", QT_TRANSLATE_NOOP("ui::Deed", "restarted")},
        {"scale", QT_TRANSLATE_NOOP("ui::Deed", "scaled")},
        {"revert", QT_TRANSLATE_NOOP("ui::Deed", "commit reverted in Git")}};
    const auto found = kVerbs.find(action);
    return found == kVerbs.end() ? isolate(action) : QCoreApplication::translate("ui::Deed", found->second);
}

QString deedResultText(const std::string& result)
{
    if (result == "Succeeded")
        return phaseText(core::engine::OperationPhase::Succeeded);
    return result == "started" ? QCoreApplication::translate("ui::Deed", "started") : reasonText(result);
}

} // namespace ui
