// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/patch.h"
#include "core/manifest/yaml.h"
#include "ui/base/access.h"
#include "ui/base/bidi.h"
#include "ui/base/object_menu.h"
#include "ui/base/removal.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/editor/code_editor.h"
#include "ui/resources/objects_model.h"
#include "ui/resources/resources_page.h"
#include "ui/terminal/forward_dialog.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QMenu>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QTableView>

#include <boost/json.hpp>

#include <algorithm>

// What is done with the objects that are chosen.

namespace ui {

QString ResourcesPage::chosenText() const
{
    return tr("%n resource(s)", nullptr, static_cast<int>(m_chosen.size()));
}

void ResourcesPage::onSelection()
{
    m_chosen.clear();
    for (const QModelIndex& index : m_table->selectionModel()->selectedRows())
        m_chosen.push_back(m_model->key(m_filter->mapToSource(index).row()));
    const bool many = m_chosen.size() > 1;
    m_name->setText(many                       ? tr("%n chosen", nullptr, static_cast<int>(m_chosen.size()))
                        : m_shown.name.empty() ? QString()
                                               : shortKey(m_shown));
    std::vector<core::engine::ObjectRef> objects;
    for (const auto& key : m_chosen)
        objects.emplace_back(key);
    if (objects.empty() && !m_shown.name.empty())
        objects.emplace_back(m_shown);
    m_objectMenu->setObjects(std::move(objects));
    updateButtons();
}

void ResourcesPage::openTerminal()
{
    workbench().open({PageKind::Terminal, id().app, qs(m_shown.nameSpace + "/" + m_shown.name)});
}

void ResourcesPage::openLogs()
{
    workbench().open({PageKind::Logs, id().app, qs(m_shown.nameSpace + "/" + m_shown.name)});
}

void ResourcesPage::forwardPort()
{
    (new ForwardDialog({engine(), bridge(), workbench()}, m_shown, this))->open();
}

void ResourcesPage::copyNames()
{
    QStringList names;
    for (const auto& key : m_chosen.empty() ? std::vector {m_shown} : m_chosen)
        names << qs(key.name);
    QGuiApplication::clipboard()->setText(names.join(u'\n'));
}

/// The buttons beside the manifest, as a menu where the rows are.
void ResourcesPage::showMenu(const QPoint& at)
{
    if (!m_table->indexAt(at).isValid())
        return;
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("resourceMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    for (QPushButton* button : {m_edit, m_restart, m_logs, m_terminal, m_forward}) {
        if (button->isHidden())
            continue;
        auto* action = menu->addAction(button->text());
        action->setEnabled(button->isEnabled());
        action->setToolTip(button->toolTip());
        connect(action, &QAction::triggered, button, &QPushButton::click);
    }
    if (!m_more->isHidden())
        menu->addMenu(m_objectMenu);
    menu->addSeparator();
    menu->addAction(m_actions.last()); // copy
    auto* remove = menu->addAction(m_delete->text());
    remove->setEnabled(m_delete->isEnabled());
    remove->setToolTip(m_delete->toolTip());
    connect(remove, &QAction::triggered, m_delete, &QPushButton::click);
    menu->popup(m_table->viewport()->mapToGlobal(at));
}

void ResourcesPage::updateButtons()
{
    const auto& key = m_shown;
    const bool chosen = !key.name.empty();
    const auto guard = [&](QPushButton* button, bool visible, const char* verb, const char* subresource,
                           const QString& refusal) {
        const QString why = !chosen ? QString()
            : refusal.isEmpty()     ? m_gate->whyNot({verb, key.groupKind(), subresource, key.nameSpace, {}})
                                    : refusal;
        button->setVisible(visible && !m_editing);
        button->setEnabled(chosen && why.isEmpty());
        button->setToolTip(why);
    };
    const bool secret = key.kind == "Secret";
    const bool pods = key.kind == "Pod" && key.group.empty();
    const bool restarts = pods || key.kind == "Rollout"
        || (key.group == "apps" && (key.kind == "Deployment" || key.kind == "StatefulSet" || key.kind == "DaemonSet"));
    guard(m_edit, true, "update", "",
          secret ? tr("Secrets are masked here: edit them where they come from") : QString());
    guard(m_delete, true, "delete", "", {});
    guard(m_restart, restarts, pods ? "delete" : "patch", "", {});
    guard(m_scale, m_scalable, "patch", "scale", {});
    if (m_replicas->value() == m_liveReplicas)
        m_scale->setEnabled(false);
    m_replicas->setVisible(m_scalable && !m_editing);
    guard(m_logs, pods, "get", "log", {});
    guard(m_terminal, pods, "create", "exec", {});
    guard(m_forward, pods || (key.kind == "Service" && key.group.empty()), pods ? "create" : "get",
          pods ? "portforward" : "", {});
    for (QPushButton* button : {m_apply, m_cancel})
        button->setVisible(m_editing);
    m_more->setVisible(m_objectMenu->hasActions() && !m_editing);
    const bool many = m_chosen.size() > 1;
    if (!many || m_editing)
        return;
    for (QWidget* single : std::initializer_list<QWidget*> {m_edit, m_replicas, m_scale, m_logs, m_terminal, m_forward})
        single->setVisible(false);
    const bool alike = std::ranges::all_of(m_chosen, [&](const auto& each) { return each.kind == key.kind; });
    m_restart->setVisible(restarts && alike);
    m_more->setVisible(m_objectMenu->hasActions() && alike);
}

void ResourcesPage::beginEdit()
{
    if (!m_edit->isEnabled())
        return;
    m_editing = true;
    m_before = m_text->toPlainText().toStdString();
    m_text->setReadOnly(false);
    m_text->setFocus();
    updateButtons();
}

void ResourcesPage::endEdit()
{
    m_editing = false;
    m_text->setReadOnly(true);
    showObject();
}

/// What is written is shown first: the fields that differ, and nothing else.
void ResourcesPage::apply()
{
    constexpr int kMostLines = 24;
    const std::string yaml = m_text->toPlainText().toStdString();
    const auto* live = m_model->object(currentRow());
    const auto edited = core::manifest::parseYaml(yaml, "edited manifest");
    if (!edited || edited->size() != 1 || live == nullptr)
        return workbench().report(
            tr("Apply %1").arg(shortKey(m_shown)),
            edited ? core::Error {core::Error::Code::InvalidInput, "one manifest is wanted", "edited manifest"}
                   : edited.error());
    const auto before = core::manifest::parseYaml(m_before, "live manifest");
    const auto change = before && before->size() == 1
        ? core::manifest::createMergePatch(before->front().value, edited->front().value)
        : core::manifest::Value(nullptr);
    if (change.is_object() && change.get_object().empty())
        return endEdit(); // nothing was changed
    QStringList lines = qs(core::manifest::toYamlOrdered(change)).trimmed().split(u'\n');
    if (lines.size() > kMostLines)
        lines = lines.mid(0, kMostLines) << QStringLiteral("…");
    Question question;
    question.title = tr("Apply %1?").arg(shortKey(m_shown));
    question.text = tr("These fields change; null removes one:") + u'\n' + ltr(lines.join(u'\n'));
    question.verb = tr("Apply");
    workbench().ask(question, [this, yaml](const QString&) {
        workbench().run(
            tr("Apply %1").arg(shortKey(m_shown)), [&engine = engine(), yaml] { return engine.applyLive(yaml); },
            [page = QPointer<ResourcesPage>(this)] {
                if (page) {
                    page->endEdit();
                    page->refresh();
                }
            });
    });
}

void ResourcesPage::scale()
{
    if (!m_scale->isEnabled())
        return;
    const core::manifest::ResourceKey key = m_shown;
    const int wanted = m_replicas->value();
    Question question;
    question.title = tr("Scale %1 to %2?").arg(shortKey(key), number(qint64 {wanted}));
    question.text = wanted < m_liveReplicas
        ? tr("%n pod(s) are stopped.", nullptr, static_cast<int>(m_liveReplicas - wanted))
        : tr("%n pod(s) are started.", nullptr, static_cast<int>(wanted - m_liveReplicas));
    question.text +=
        QLatin1Char(' ') + tr("An autoscaler, or an application that heals itself, may change the number again.");
    question.verb = tr("Scale to %1").arg(number(qint64 {wanted}));
    question.dangerous = wanted == 0;
    workbench().ask(question, [this, key, wanted](const QString&) {
        workbench().run(tr("Scale %1 to %2").arg(shortKey(key), number(qint64 {wanted})),
                        [&engine = engine(), key, wanted] { return engine.scale(key, wanted); });
    });
}

void ResourcesPage::restart()
{
    if (!m_restart->isEnabled())
        return;
    const auto keys = m_chosen.size() > 1 ? m_chosen : std::vector {m_shown};
    const QString subject = keys.size() == 1 ? shortKey(keys.front()) : chosenText();
    Question question;
    question.title = tr("Restart %1?").arg(subject);
    question.text = m_shown.kind == "Pod"
        ? tr("The pod is deleted; what owns it starts another one. Nothing starts a pod that nobody owns.")
        : tr("New pods replace the running ones, a few at a time, as its strategy says.");
    question.verb = tr("Restart");
    workbench().ask(question, [this, keys, subject](const QString&) {
        workbench().run(tr("Restart %1").arg(subject), [&engine = engine(), keys]() -> core::Result<> {
            for (const auto& key : keys)
                PH_CHECK(engine.restart(key));
            return {};
        });
    });
}

/// The plan comes first: what goes with it, what makes it again, what the server says.
void ResourcesPage::remove()
{
    if (m_model->object(currentRow()) == nullptr || !m_delete->isEnabled())
        return;
    if (m_chosen.size() < 2)
        return removeWithPlan(this, engine(), workbench(), m_model->key(currentRow()), m_stop.get_token());
    removeManyWithPlan(this, engine(), workbench(), m_chosen, chosenText(), m_stop.get_token());
}

} // namespace ui
