// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/removal.h"

#include "core/base/strings.h"
#include "ui/base/bidi.h"
#include "ui/base/run_task.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"

#include <QCoreApplication>

#include <map>

namespace ui {

namespace {

/// What goes beside the first object of each plan, by kind.
QString companions(const std::vector<core::engine::RemovalPlan>& plans)
{
    std::map<std::string, int> kinds;
    for (const auto& plan : plans)
        for (std::size_t i = 1; i < plan.goes.size(); ++i)
            ++kinds[plan.goes[i].kind];
    QStringList more;
    for (const auto& [kind, count] : kinds)
        more << ltr(number(qint64 {count}) + QStringLiteral(" × ") + qs(kind));
    return more.isEmpty()
        ? QCoreApplication::translate("ui::Removal", "Nothing else goes with it.")
        : QCoreApplication::translate("ui::Removal", "Goes with it: %1.").arg(more.join(QStringLiteral(", ")));
}

QString consequences(const core::engine::RemovalPlan& plan)
{
    QStringList text {companions({plan})};
    if (!plan.recreatedBy.empty())
        text << QCoreApplication::translate("ui::Removal", "%1 makes it again.").arg(isolate(plan.recreatedBy));
    if (!plan.finalizers.empty())
        text << QCoreApplication::translate("ui::Removal", "It stays until its finalizers are done: %1.")
                    .arg(ltr(qs(core::join(plan.finalizers, ", "))));
    if (!plan.refusal.empty())
        text << QCoreApplication::translate("ui::Removal", "The server's dry run refuses it: %1")
                    .arg(isolate(plan.refusal));
    return text.join(u'\n');
}

Question questionOf(const core::manifest::ResourceKey& key, const core::engine::RemovalPlan& plan)
{
    constexpr std::size_t kMany = 10;
    Question question;
    question.title = QCoreApplication::translate("ui::Removal", "Delete %1?").arg(shortKey(key));
    question.text = consequences(plan);
    question.verb = QCoreApplication::translate("ui::Removal", "Delete %1").arg(shortKey(key));
    question.dangerous = true;
    if (plan.goes.size() > kMany || key.kind == "Namespace" || key.kind == "PersistentVolumeClaim"
        || key.kind == "CustomResourceDefinition")
        question.typed = qs(key.name);
    return question;
}

} // namespace

void removeWithPlan(QObject* owner, core::engine::Engine& engine, Workbench& workbench,
                    const core::engine::ObjectRef& object, const std::stop_token& stop)
{
    using Planned = core::Result<core::engine::RemovalPlan>;
    runTask(
        owner, [&engine, object, stop] { return std::make_shared<Planned>(engine.removalPlan(object, stop)); },
        [&engine, &workbench, object](const std::shared_ptr<Planned>& plan) {
            if (!*plan)
                return workbench.report(
                    QCoreApplication::translate("ui::Removal", "Planning to delete %1").arg(shortKey(object.key)),
                    plan->error());
            const Question question = questionOf(object.key, **plan);
            workbench.ask(question, [&engine, &workbench, object, attempt = question.verb](const QString&) {
                workbench.run(attempt, [&engine, object] { return engine.removeLive(object); });
            });
        });
}

void removeManyWithPlan(QObject* owner, core::engine::Engine& engine, Workbench& workbench,
                        const std::vector<core::manifest::ResourceKey>& keys, const QString& subject,
                        const std::stop_token& stop)
{
    using Planned = core::Result<std::vector<core::engine::RemovalPlan>>;
    const auto planned = [&engine, &workbench, keys, subject](const std::shared_ptr<Planned>& plans) {
        if (!*plans)
            return workbench.report(QCoreApplication::translate("ui::Removal", "Planning to delete %1").arg(subject),
                                    plans->error());
        constexpr int kNamed = 12;
        Question question;
        question.title = QCoreApplication::translate("ui::Removal", "Delete %1?").arg(subject);
        QStringList lines;
        for (const auto& plan : **plans) {
            QString line = shortKey(plan.goes.front());
            if (!plan.refusal.empty())
                line += QStringLiteral(" · ")
                    + QCoreApplication::translate("ui::Removal", "The server's dry run refuses it: %1")
                          .arg(isolate(plan.refusal));
            else if (!plan.recreatedBy.empty())
                line += QStringLiteral(" · ")
                    + QCoreApplication::translate("ui::Removal", "%1 makes it again.").arg(isolate(plan.recreatedBy));
            if (lines.size() < kNamed)
                lines << line;
            else if (lines.size() == kNamed)
                lines << QStringLiteral("…");
        }
        lines << companions(**plans);
        question.text = lines.join(u'\n');
        question.verb = QCoreApplication::translate("ui::Removal", "Delete %1").arg(subject);
        question.dangerous = true;
        question.typed = QString::number(keys.size());
        workbench.ask(question, [&engine, &workbench, keys, attempt = question.verb](const QString&) {
            workbench.run(attempt, [&engine, keys]() -> core::Result<> {
                for (const auto& key : keys)
                    PH_CHECK(engine.removeLive(key));
                return {};
            });
        });
    };
    runTask(
        owner,
        [&engine, keys, stop] {
            std::vector<core::engine::RemovalPlan> plans;
            for (const auto& key : keys) {
                auto plan = engine.removalPlan(key, stop);
                if (!plan)
                    return std::make_shared<Planned>(core::fail(plan.error()));
                plans.push_back(std::move(*plan));
            }
            return std::make_shared<Planned>(std::move(plans));
        },
        planned);
}

} // namespace ui
