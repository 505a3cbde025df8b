// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/value.h"
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/run_task.h"
#include "ui/base/saved_key.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/editor/drafts.h"
#include "ui/editor/notice_bar.h"
#include "ui/plan/plan_model.h"
#include "ui/plan/plan_page.h"
#include "ui/plan/sync_options.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <boost/json.hpp>

#include <array>

// What a person chooses before a plan runs, and the draft that keeps it.

namespace ui {

using core::engine::StagedField;
using core::manifest::ResourceKey;
using core::manifest::Value;

namespace {

constexpr QLatin1String kStaged("staged:");
constexpr std::array kPauseHours {0, 1, 4, 24, 168}; // 0: without end

} // namespace

QString stagedArgument(const std::set<StagedField>& fields)
{
    boost::json::array list;
    for (const auto& field : fields) {
        Value entry = savedKey(field.key);
        entry.get_object()["path"] = boost::json::array(field.path.begin(), field.path.end());
        list.push_back(std::move(entry));
    }
    return kStaged + qs(core::manifest::toJson(Value(std::move(list))));
}

std::vector<StagedField> parseStaged(const QString& argument)
{
    std::vector<StagedField> out;
    if (!argument.startsWith(kStaged))
        return out;
    const auto list = core::manifest::parseJson(argument.mid(kStaged.size()).toStdString());
    if (!list || !list->is_array())
        return out;
    for (const auto& entry : list->get_array())
        out.push_back({keyFromSaved(entry), core::manifest::texts(entry, {"path"})});
    return out;
}

void PlanPage::setupChoices(QWidget* foot)
{
    m_rollbackChoices = new QWidget(foot);
    auto* row = new QHBoxLayout(m_rollbackChoices);
    row->setContentsMargins(0, 0, 0, 8);
    m_pauseLabel = new QLabel(m_rollbackChoices);
    m_pause = new QComboBox(m_rollbackChoices);
    m_pause->setObjectName(QStringLiteral("pauseAutoSync"));
    for (const int hours : kPauseHours)
        m_pause->addItem(QString(), hours);
    m_markBad = new Chip({}, m_rollbackChoices);
    m_markBad->setObjectName(QStringLiteral("markBad"));
    m_markBad->setCheckable(true);
    row->addWidget(m_pauseLabel);
    row->addWidget(m_pause);
    row->addWidget(m_markBad);
    row->addStretch(1);
    foot->layout()->addWidget(m_rollbackChoices);
    const auto button = [&](const char* name, auto slot) {
        auto* made = new QPushButton(foot);
        made->setObjectName(QLatin1String(name));
        connect(made, &QPushButton::clicked, this, slot);
        return made;
    };
    m_showDiff = button("showDiff", [this] {
        const auto* entry = rollback();
        workbench().open({PageKind::Diff, id().app,
                          entry == nullptr ? QString() : QStringLiteral("live...git:") + qs(entry->revision)});
    });
    m_saveDraft = button("saveDraft", &PlanPage::saveDraft);
    m_export = button("exportPlan", &PlanPage::exportPlan);
}

void PlanPage::showChoices()
{
    const bool back = rollback() != nullptr;
    const bool staged = !m_staged.empty();
    m_rollbackChoices->setVisible(back);
    m_pauseLabel->setVisible(m_app && m_app->autoSync);
    m_pause->setVisible(m_app && m_app->autoSync);
    m_force->setVisible(!back && !staged);
    m_options->setVisible(!back && !staged);
    m_hooks->setVisible(back);
    m_prune->setVisible(!staged);
    m_saveDraft->setVisible(!back && !staged);
}

void PlanPage::showQuotas()
{
    QStringList parts;
    bool exceeded = false;
    for (const auto& quota : m_model->plan().quotas) {
        exceeded = exceeded || quota.exceeded;
        const QString change = ltr(withDigits(qs(quota.used) + QStringLiteral(" → ") + qs(quota.after)));
        if (quota.name.empty()) {
            parts.append(quota.exceeded ? tr("free GPUs %1: no room, pods will stay Pending").arg(change)
                                        : tr("free GPUs %1").arg(change));
            continue;
        }
        QString text = tr("quota %1: %2 of %3").arg(isolate(quota.resource), change, ltr(withDigits(qs(quota.hard))));
        if (quota.exceeded)
            text += QStringLiteral(" ✗");
        parts.append(text);
    }
    m_quota->setToken(exceeded ? Token::Bad : Token::Muted);
    m_quota->setText(parts.join(QStringLiteral("  ·  ")));
    m_quota->setVisible(!parts.isEmpty());
}

void PlanPage::startRollback(const core::engine::SyncRequest& request)
{
    const auto* back = rollback();
    core::engine::RollbackOptions options(request.reason);
    options.prune = m_prune->isChecked();
    options.hooks = m_hooks->isChecked();
    std::optional<core::TimePoint> until;
    if (const int hours = m_pause->currentData().toInt(); hours > 0)
        until = bridge().snapshot()->at + std::chrono::hours(hours);
    const std::string bad = m_markBad->isChecked() ? m_app->revision : std::string();
    workbench().run(tr("Roll %1 back to %2").arg(isolate(id().app.name), number(back->id)),
                    [&engine = engine(), app = id().app, entry = back->id, automated = m_app->autoSync, until, bad,
                     options]() -> core::Result<> {
                        if (!bad.empty())
                            PH_CHECK(engine.markRevision(app, bad, options.reason));
                        if (automated)
                            PH_CHECK(engine.pauseAutoSync(app, until, options.reason));
                        return engine.rollback(app, entry, options);
                    });
}

void PlanPage::startStaged(const std::string& reason)
{
    workbench().run(
        tr("Apply the staged fields"),
        [&engine = engine(), app = id().app, fields = m_staged, reason] {
            return engine.syncStaged(app, fields, reason);
        },
        [this] {
            m_stagedDone = true;
            showOperation();
        });
}

// ---- the draft

void PlanPage::saveDraft()
{
    if (rollback() != nullptr || !m_staged.empty())
        return;
    const auto request = this->request();
    boost::json::array leftOut;
    for (const auto& key : m_model->leftOut())
        leftOut.push_back(savedKey(key));
    boost::json::object object {{"prune", request.prune},
                                {"force", request.force},
                                {"dryRun", request.dryRun},
                                {"applyOnly", request.applyOnly},
                                {"replace", request.replace},
                                {"reason", request.reason},
                                {"options", boost::json::array(request.options.begin(), request.options.end())},
                                {"leftOut", std::move(leftOut)}};
    if (request.retryLimit)
        object["retryLimit"] = *request.retryLimit;
    Draft draft {id().app, "plan", m_model->plan().revision, core::manifest::toJson(Value(std::move(object)))};
    workbench().run(
        tr("Keep a draft of the plan of %1").arg(isolate(id().app.name)),
        [draft = std::move(draft)] { return DraftStore::standard().save(draft); },
        [this] {
            m_saveDraft->setText(tr("Draft is kept"));
            m_draftBar->hide();
        });
}

void PlanPage::loadDraft()
{
    if (rollback() != nullptr || !m_staged.empty())
        return;
    runTask(
        this,
        [app = id().app] { return std::make_shared<std::optional<Draft>>(DraftStore::standard().load(app, "plan")); },
        [this](const std::shared_ptr<std::optional<Draft>>& draft) {
            m_draft = *draft ? (*draft)->text : std::string();
            m_draftBar->setVisible(!m_draft.empty());
        });
}

void PlanPage::useDraft()
{
    m_draftBar->hide();
    const auto value = core::manifest::parseJson(m_draft);
    if (!value)
        return;
    using core::manifest::flag;
    core::engine::SyncRequest request;
    request.dryRun = flag(*value, {"dryRun"});
    request.applyOnly = flag(*value, {"applyOnly"});
    request.replace = flag(*value, {"replace"});
    request.options = core::manifest::texts(*value, {"options"});
    request.retryLimit = core::manifest::integer(*value, {"retryLimit"});
    m_options->set(request);
    m_reason->setText(qs(core::manifest::text(*value, {"reason"})));
    std::set<ResourceKey> leftOut;
    for (const auto& key : core::manifest::array(*value, {"leftOut"}))
        leftOut.insert(keyFromSaved(key));
    m_model->setLeftOut(std::move(leftOut));
    m_prune->setChecked(flag(*value, {"prune"}));
    m_force->setChecked(flag(*value, {"force"}));
    refresh();
}

void PlanPage::discardDraft()
{
    m_draftBar->hide();
    m_draft.clear();
    runTask(
        this,
        [app = id().app] {
            DraftStore::standard().remove(app, "plan");
            return true;
        },
        [](bool) {});
}

} // namespace ui
