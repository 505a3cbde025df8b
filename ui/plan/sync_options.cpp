// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plan/sync_options.h"

#include "ui/base/bidi.h"

#include <QActionGroup>
#include <QMenu>

#include <algorithm>
#include <array>

namespace ui {

namespace {

struct Option
{
    const char* option;
    const char* text;
};

// In the order of the menu.
constexpr std::array kOptions {
    Option {"ApplyOutOfSyncOnly=true", QT_TRANSLATE_NOOP("ui::SyncOptionsButton", "Only what is out of sync")},
    Option {"ServerSideApply=true", QT_TRANSLATE_NOOP("ui::SyncOptionsButton", "Server-side apply")},
    Option {"Validate=false", QT_TRANSLATE_NOOP("ui::SyncOptionsButton", "Skip schema validation")},
    Option {"CreateNamespace=true", QT_TRANSLATE_NOOP("ui::SyncOptionsButton", "Create the namespace")},
    Option {"PruneLast=true", QT_TRANSLATE_NOOP("ui::SyncOptionsButton", "Prune last")},
    Option {"RespectIgnoreDifferences=true", QT_TRANSLATE_NOOP("ui::SyncOptionsButton", "Respect ignored differences")},
    Option {"FailOnSharedResource=true", QT_TRANSLATE_NOOP("ui::SyncOptionsButton", "Fail on shared resources")},
    Option {"SkipDryRunOnMissingResource=true",
            QT_TRANSLATE_NOOP("ui::SyncOptionsButton", "Skip the dry run of unknown kinds")},
    Option {"ClientSideApplyMigration=false",
            QT_TRANSLATE_NOOP("ui::SyncOptionsButton", "Keep fields of client-side apply")},
    Option {"RollBackUnlessHealthy=true", QT_TRANSLATE_NOOP("ui::SyncOptionsButton", "Roll back unless healthy")},
};

} // namespace

SyncOptionsButton::SyncOptionsButton(QWidget* parent)
    : QToolButton(parent)
    , m_menu(new QMenu(this))
    , m_dryRun(new QAction(this))
    , m_applyOnly(new QAction(this))
    , m_replace(new QAction(this))
{
    setObjectName(QStringLiteral("syncOptions"));
    setPopupMode(QToolButton::InstantPopup);
    setProperty("pilothouseFramed", true);
    setFocusPolicy(Qt::TabFocus);
    setMenu(m_menu);
    m_dryRun->setObjectName(QStringLiteral("optionDryRun"));
    m_applyOnly->setObjectName(QStringLiteral("optionApplyOnly"));
    m_replace->setObjectName(QStringLiteral("optionReplace"));
    for (QAction* action : {m_dryRun, m_applyOnly, m_replace}) {
        action->setCheckable(true);
        m_menu->addAction(action);
    }
    m_menu->addSeparator();
    for (const Option& option : kOptions)
        m_options.push_back(addOption(option.option));
    m_menu->addSeparator();
    m_propagation = m_menu->addMenu(QString());
    m_propagations = addChoice(m_propagation, {"", "foreground", "background", "orphan"});
    m_retry = m_menu->addMenu(QString());
    m_retries = addChoice(m_retry, {"", "0", "1", "3", "5", "10"});
    for (QAction* action : findChildren<QAction*>())
        if (action->isCheckable())
            connect(action, &QAction::triggered, this, [this] {
                showCount();
                emit changed();
            });
    retranslate();
}

QAction* SyncOptionsButton::addOption(const char* option)
{
    auto* action = new QAction(this);
    action->setObjectName(QLatin1String(option));
    action->setCheckable(true);
    action->setData(QLatin1String(option));
    m_menu->addAction(action);
    return action;
}

QActionGroup* SyncOptionsButton::addChoice(QMenu* menu, const std::vector<const char*>& values)
{
    auto* group = new QActionGroup(this);
    for (const char* value : values) {
        auto* action = new QAction(this);
        action->setCheckable(true);
        action->setChecked(*value == '\0');
        action->setData(QLatin1String(value));
        group->addAction(action);
        menu->addAction(action);
    }
    return group;
}

void SyncOptionsButton::addTo(core::engine::SyncRequest& request) const
{
    request.dryRun = m_dryRun->isChecked();
    request.applyOnly = m_applyOnly->isChecked();
    request.replace = m_replace->isChecked();
    for (const QAction* option : m_options)
        if (option->isChecked())
            request.options.push_back(option->data().toString().toStdString());
    if (const QString policy = m_propagations->checkedAction()->data().toString(); !policy.isEmpty())
        request.options.push_back("PrunePropagationPolicy=" + policy.toStdString());
    if (const QString limit = m_retries->checkedAction()->data().toString(); !limit.isEmpty())
        request.retryLimit = limit.toLongLong();
}

void SyncOptionsButton::set(const core::engine::SyncRequest& request)
{
    m_dryRun->setChecked(request.dryRun);
    m_applyOnly->setChecked(request.applyOnly);
    m_replace->setChecked(request.replace);
    const auto has = [&](const QString& option) {
        return std::ranges::find(request.options, option.toStdString()) != request.options.end();
    };
    for (QAction* option : m_options)
        option->setChecked(has(option->data().toString()));
    for (QAction* policy : m_propagations->actions())
        if (has(QLatin1String("PrunePropagationPolicy=") + policy->data().toString()))
            policy->setChecked(true);
    for (QAction* limit : m_retries->actions())
        if (request.retryLimit && limit->data().toString() == QString::number(*request.retryLimit))
            limit->setChecked(true);
    showCount();
}

void SyncOptionsButton::showCount()
{
    core::engine::SyncRequest request;
    addTo(request);
    const auto chosen = static_cast<qint64>(request.options.size()) + request.dryRun + request.applyOnly
        + request.replace + request.retryLimit.has_value();
    setText(chosen == 0 ? tr("Options") : tr("Options (%1)").arg(number(chosen)));
}

void SyncOptionsButton::retranslate()
{
    m_dryRun->setText(tr("Dry run only"));
    m_applyOnly->setText(tr("Apply only, no hooks"));
    m_replace->setText(tr("Replace instead of apply"));
    for (std::size_t i = 0; i < m_options.size(); ++i) {
        m_options[i]->setText(tr(kOptions.at(i).text));
        m_options[i]->setToolTip(ltr(QLatin1String(kOptions.at(i).option)));
    }
    m_menu->setToolTipsVisible(true);
    m_propagation->setTitle(tr("Prune propagation"));
    m_retry->setTitle(tr("Retries"));
    for (auto* group : {m_propagations, m_retries})
        for (QAction* action : group->actions()) {
            const QString value = action->data().toString();
            action->setText(value.isEmpty()          ? tr("As the application says")
                                : group == m_retries ? number(value.toLongLong())
                                                     : ltr(value));
        }
    setToolTip(tr("How this sync runs; what is not chosen is as the application says"));
    showCount();
}

} // namespace ui
