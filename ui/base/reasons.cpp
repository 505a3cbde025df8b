// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/reasons.h"

#include "ui/base/bidi.h"

#include <QCoreApplication>
#include <QDateTime>

#include <optional>

namespace ui {

namespace {

// The engine's sentences, word for word; %1 to %9 stand for what varies. The first that fits is taken: the longer ones
// stand before those that would swallow them.
constexpr const char* kSentences[] = {
    // core/diff: why a field differs
    QT_TRANSLATE_NOOP("ui::Reason", "ignored: owned by %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "ignored by %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "ignored"),
    QT_TRANSLATE_NOOP("ui::Reason", "defaulted by the API server"),
    QT_TRANSLATE_NOOP("ui::Reason", "removed in Git"),
    QT_TRANSLATE_NOOP("ui::Reason", "changed in Git"),
    QT_TRANSLATE_NOOP("ui::Reason", "changed live by %1 at %2"),
    QT_TRANSLATE_NOOP("ui::Reason", "changed live by %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "changed live"),
    QT_TRANSLATE_NOOP("ui::Reason", "differs from Git"),
    // core/engine: results of deeds
    QT_TRANSLATE_NOOP("ui::Reason", "Succeeded"),
    QT_TRANSLATE_NOOP("ui::Reason", "Failed: %1"),
    // core/engine: notes and problems
    QT_TRANSLATE_NOOP("ui::Reason", "not permitted in the project"),
    QT_TRANSLATE_NOOP("ui::Reason", "also tracked by application %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "The last sync failed: %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "Open the application's plan, mend the cause and sync again."),
    QT_TRANSLATE_NOOP("ui::Reason", "Revert the commit or retry the rollout."),
    QT_TRANSLATE_NOOP("ui::Reason", "Promote or abort it."),
    QT_TRANSLATE_NOOP("ui::Reason", "its pause is over and it does not go on"),
    QT_TRANSLATE_NOOP("ui::Reason", "differs from Git in %1 resources, and automated sync is off"),
    QT_TRANSLATE_NOOP("ui::Reason", "automated sync was turned off after the last deployment"),
    QT_TRANSLATE_NOOP("ui::Reason", "Look at the differences, then sync it."),
    QT_TRANSLATE_NOOP("ui::Reason", "Turn it on again when Git is right."),
    QT_TRANSLATE_NOOP("ui::Reason", "Confirm the pruning, or terminate the sync."),
    // core/gitops: what holds or waits
    QT_TRANSLATE_NOOP("ui::Reason", "another operation is already in progress"),
    QT_TRANSLATE_NOOP("ui::Reason", "ignored (requires pruning)"),
    QT_TRANSLATE_NOOP("ui::Reason", "ignored (no prune)"),
    QT_TRANSLATE_NOOP("ui::Reason", "Shared resource found: %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "revision %1 is marked as bad: %2"),
    QT_TRANSLATE_NOOP("ui::Reason", "Automated sync is paused until %1: %2"),
    QT_TRANSLATE_NOOP("ui::Reason", "Automated sync is paused until %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "Automated sync is off: %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "Automated sync is off"),
    QT_TRANSLATE_NOOP("ui::Reason", "Switch it on again when Git is right."),
    QT_TRANSLATE_NOOP("ui::Reason", "held by the deny window '%1' for %2 in %3"),
    QT_TRANSLATE_NOOP("ui::Reason", "held by the deny window '%1' for %2"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for the allow window '%1' for %2 in %3"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for the allow window '%1' for %2"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for completion of hook %1 and %2 more hooks"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for completion of hook %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for healthy state of %1 and %2 more resources"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for healthy state of %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for pruning confirmation of %1 and %2 more resources"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for pruning confirmation of %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for deletion of hook %1 and %2 more hooks"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for deletion of hook %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for deletion of %1 and %2 more resources"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for deletion of %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "SyncError: %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "ComparisonError: %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "Failed last sync attempt to %1: %2"),
    QT_TRANSLATE_NOOP("ui::Reason", "Skipping sync attempt to %1: auto-sync will wipe out all resources"),
    // core/gitops: findings before a sync
    QT_TRANSLATE_NOOP("ui::Reason",
                      "%1 requests %2 without a limit; the API server will reject its pods: Limit must be set for non "
                      "overcommitable resources"),
    QT_TRANSLATE_NOOP("ui::Reason", "add limits: %1 beside the request"),
    QT_TRANSLATE_NOOP("ui::Reason", "%1 requests %2 of %3 but limits it to %4; they must be equal"),
    QT_TRANSLATE_NOOP("ui::Reason", "make the request and the limit equal"),
    QT_TRANSLATE_NOOP("ui::Reason", "resource %1 is not permitted in project %2 (%3 needs it)"),
    QT_TRANSLATE_NOOP("ui::Reason", "add %1 to %2 of the project, if it should be permitted"),
    QT_TRANSLATE_NOOP("ui::Reason", "namespace %1 is not permitted in project '%2' (%3 lives there)"),
    QT_TRANSLATE_NOOP("ui::Reason", "add the namespace to spec.destinations of the project, or move the resource"),
    QT_TRANSLATE_NOOP("ui::Reason", "CreateNamespace=true needs the kind Namespace, which project %1 does not permit"),
    QT_TRANSLATE_NOOP("ui::Reason", "%1 belongs to application %2 already"),
    QT_TRANSLATE_NOOP("ui::Reason", "remove it from one of the two"),
    // core/rollout: findings
    QT_TRANSLATE_NOOP("ui::Reason", "Rollout %1 uses a step plugin, which Pilothouse's own controller does not run"),
    QT_TRANSLATE_NOOP("ui::Reason", "Leave the step out, or let Argo Rollouts run in the cluster."),
    QT_TRANSLATE_NOOP("ui::Reason", "%1 %2 names %3 %4 that is nowhere"),
    QT_TRANSLATE_NOOP("ui::Reason", "Add the %1, or correct the name."),
    QT_TRANSLATE_NOOP("ui::Reason", "%1 %2 has no metrics"),
    QT_TRANSLATE_NOOP("ui::Reason", "%1 of metric %2 of %3 %4 cannot be evaluated: %5"),
    QT_TRANSLATE_NOOP("ui::Reason", "an analysis of %1 %2 cannot start: %3"),
    QT_TRANSLATE_NOOP("ui::Reason", "an analysis of %1 %2 will end in Error: %3"),
    QT_TRANSLATE_NOOP("ui::Reason", "Correct metricName: it is a regular expression for names of metrics."),
    QT_TRANSLATE_NOOP("ui::Reason", "metric %1 of %2 %3 passes when its query answers NaN: %4"),
    QT_TRANSLATE_NOOP("ui::Reason", "Compare so that NaN does not hold, or say what it means with isNaN()."),
    QT_TRANSLATE_NOOP("ui::Reason", "Prometheus gives a list of numbers: result[0] is its first."),
    // core/engine: where a rollout stands
    QT_TRANSLATE_NOOP("ui::Reason", "aborted; the stable version serves everything"),
    QT_TRANSLATE_NOOP("ui::Reason", "paused until somebody promotes it"),
    QT_TRANSLATE_NOOP("ui::Reason", "the load balancer has not confirmed the weight yet"),
    QT_TRANSLATE_NOOP("ui::Reason", "paused until %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "analysis %1 is measuring"),
    QT_TRANSLATE_NOOP("ui::Reason", "analysis %1 is running"),
    QT_TRANSLATE_NOOP("ui::Reason", "experiment %1 starts"),
    QT_TRANSLATE_NOOP("ui::Reason", "experiment %1 is running"),
    QT_TRANSLATE_NOOP("ui::Reason", "pods are being scaled"),
    QT_TRANSLATE_NOOP("ui::Reason", "the new version waits for its pods: %1 of %2 available"),
    QT_TRANSLATE_NOOP("ui::Reason", "traffic waits for the stable version: %1 of %2 pods available"),
    QT_TRANSLATE_NOOP("ui::Reason", "VirtualService %1 is not there"),
    QT_TRANSLATE_NOOP("ui::Reason", "Service %1 waits for an available pod of revision %2"),
    // Argo Rollouts' messages of phases
    QT_TRANSLATE_NOOP("ui::Reason", "manually paused"),
    QT_TRANSLATE_NOOP("ui::Reason", "more replicas need to be updated"),
    QT_TRANSLATE_NOOP("ui::Reason", "updated replicas are still becoming available"),
    QT_TRANSLATE_NOOP("ui::Reason", "old replicas are pending termination"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for all steps to complete"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for analysis to complete"),
    QT_TRANSLATE_NOOP("ui::Reason", "waiting for post-promotion verification to complete"),
    QT_TRANSLATE_NOOP("ui::Reason", "active service cutover pending"),
    QT_TRANSLATE_NOOP("ui::Reason", "rollout is restarting"),
    QT_TRANSLATE_NOOP("ui::Reason", "RolloutAborted: Rollout aborted update to revision %1: %2"),
    QT_TRANSLATE_NOOP("ui::Reason", "RolloutAborted: Rollout aborted update to revision %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "Step-based analysis phase error/failed: %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "Background analysis phase error/failed: %1"),
    QT_TRANSLATE_NOOP("ui::Reason", "Metric \"%1\" assessed %2 due to failed (%3) > failureLimit (%4)"),
    QT_TRANSLATE_NOOP("ui::Reason",
                      "Metric \"%1\" assessed %2 due to consecutiveErrors (%3) > consecutiveErrorLimit (%4)"),
    QT_TRANSLATE_NOOP("ui::Reason", "Metric \"%1\" assessed %2 due to inconclusive (%3) > inconclusiveLimit (%4)"),
    // core/rollout: the preview
    QT_TRANSLATE_NOOP("ui::Reason", "before the update"),
    QT_TRANSLATE_NOOP("ui::Reason", "pause until a person promotes"),
    QT_TRANSLATE_NOOP("ui::Reason", "all steps done"),
    QT_TRANSLATE_NOOP("ui::Reason", "promoted; the old version is kept for a while"),
    QT_TRANSLATE_NOOP("ui::Reason", "done"),
    QT_TRANSLATE_NOOP("ui::Reason", "%1 %2 is not at hand: it is played as if it took no time"),
    QT_TRANSLATE_NOOP("ui::Reason", "only %1 of %2 pods are available at the lowest point"),
    QT_TRANSLATE_NOOP("ui::Reason",
                      "the update needs up to %1 %2 more than now, but %3 are free: %4 pods will stay Pending from "
                      "step %5 (%6) on"),
    QT_TRANSLATE_NOOP("ui::Reason",
                      "the update needs up to %1 %2 more than now, but %3 are free: %4 pods will stay Pending"),
    QT_TRANSLATE_NOOP("ui::Reason", "metric %1 of %2 is %3: %4 of %5 measurements failed, the limit is %6"),
    QT_TRANSLATE_NOOP("ui::Reason", "last measured %1, wanted %2"),
};

/// The values of %1 ... in `text`, or none where it is another sentence.
std::optional<QStringList> valuesIn(const QString& text, const QString& sentence)
{
    QStringList values;
    qsizetype at = 0; // in text
    qsizetype from = 0; // in sentence
    while (true) {
        const auto hole = sentence.indexOf(u'%', from);
        const bool last = hole < 0;
        const auto literal = QStringView(sentence).mid(from, last ? -1 : hole - from);
        if (values.isEmpty() && from == 0) {
            if (!QStringView(text).startsWith(literal))
                return std::nullopt;
            at = literal.size();
        } else if (last && literal.isEmpty()) {
            values.last() = text.mid(at);
            at = text.size();
        } else {
            const auto found =
                last ? (text.endsWith(literal) ? text.size() - literal.size() : -1) : text.indexOf(literal, at);
            if (found <= at)
                return std::nullopt;
            values.last() = text.mid(at, found - at);
            at = found + literal.size();
        }
        if (last)
            break;
        values.append(QString());
        from = hole + 2;
    }
    const bool whole = at == text.size() && !values.contains(QString());
    return whole ? std::optional(values) : std::nullopt;
}

/// A moment as machines write it becomes one for people; the day stands with it where it is another one.
std::optional<QString> momentIn(std::string_view text)
{
    constexpr std::size_t kShortest = sizeof("2026-03-01T10:42:00Z") - 1;
    if (text.size() < kShortest || text[10] != 'T')
        return std::nullopt;
    const auto at = core::parseRfc3339(text);
    if (!at)
        return std::nullopt;
    const auto day = QDateTime::fromMSecsSinceEpoch(
                         std::chrono::duration_cast<std::chrono::milliseconds>(at->time_since_epoch()).count())
                         .date();
    return day == QDate::currentDate() ? clockTime(*at) : exactTime(*at);
}

} // namespace

QString reasonText(std::string_view english)
{
    const QString text = qs(english);
    if (text.isEmpty())
        return {};
    if (const auto moment = momentIn(english))
        return isolate(*moment);
    for (const char* sentence : kSentences) {
        const auto values = valuesIn(text, QString::fromLatin1(sentence));
        if (!values)
            continue;
        QString translated = QCoreApplication::translate("ui::Reason", sentence);
        // Not by arg(): a value may itself hold a "%1".
        QString out;
        for (qsizetype i = 0; i < translated.size(); ++i) {
            const int digit = translated[i] == u'%' && i + 1 < translated.size() ? translated[i + 1].digitValue() : -1;
            if (digit >= 1 && digit <= values->size()) {
                // A value may be a sentence of the engine's again ("The last sync failed: …").
                out += reasonText(values->at(digit - 1).toStdString());
                ++i;
            } else {
                out += translated[i];
            }
        }
        return isolate(out);
    }
    return isolate(text);
}

} // namespace ui
