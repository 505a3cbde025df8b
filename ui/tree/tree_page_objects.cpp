// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/object_menu.h"
#include "ui/base/removal.h"
#include "ui/base/window_actions.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/terminal/forward_dialog.h"
#include "ui/tree/tree_canvas.h"
#include "ui/tree/tree_page.h"

#include <QAction>
#include <QClipboard>
#include <QCoreApplication>
#include <QGuiApplication>
#include <QMenu>

#include <algorithm>

// What can be done with the object that is chosen. Keys are those of k9s where the tree does not use them itself.

namespace ui {

namespace eng = core::engine;
using core::manifest::ResourceKey;

namespace {

bool isPod(const ResourceKey& key)
{
    return key.kind == "Pod" && key.group.empty();
}

bool restartable(const ResourceKey& key)
{
    return key.group == "apps" && (key.kind == "Deployment" || key.kind == "StatefulSet" || key.kind == "DaemonSet");
}

bool any(const ResourceKey&)
{
    return true;
}

} // namespace

bool TreePage::hasPods(const ResourceKey& key) const
{
    return m_app && !isPod(key) && std::ranges::any_of(m_app->resources, [&](const eng::ResourceNode& node) {
               return std::ranges::find(node.parents, key) != node.parents.end();
           });
}

void TreePage::setupObjectActions()
{
    const auto add = [this](const char* name, const char* text, const QKeySequence& keys, auto applies,
                            std::function<void(const ResourceKey&)> run) {
        auto* action = new QAction(this);
        action->setObjectName(QLatin1String(name));
        action->setShortcut(keys);
        action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
        connect(action, &QAction::triggered, this, [this, run = std::move(run)] {
            if (const auto key = selectedKey())
                run(*key);
        });
        addAction(action);
        m_actions.append(action);
        m_objectActions.push_back({action, text, applies});
    };
    const auto app = id().app;
    const auto podPage = [this, app](PageKind kind) {
        return [this, app, kind](const ResourceKey& key) {
            workbench().open({kind, app, qs(key.nameSpace + "/" + key.name)});
        };
    };
    add("logs", QT_TR_NOOP("Logs"), Qt::Key_L, isPod, podPage(PageKind::Logs));
    add(
        "allLogs", QT_TR_NOOP("Logs of all its pods"), Qt::SHIFT | Qt::Key_L,
        [this](const ResourceKey& key) { return hasPods(key); },
        [this, app](const ResourceKey& key) {
            workbench().open({PageKind::Logs, app, qs(key.text())});
        });
    add("terminal", QT_TR_NOOP("Terminal"), Qt::Key_S, isPod, podPage(PageKind::Terminal));
    add(
        "forward", QT_TR_NOOP("Forward a port…"), Qt::SHIFT | Qt::Key_F,
        [](const ResourceKey& key) { return key.group.empty() && (key.kind == "Pod" || key.kind == "Service"); },
        [this, app](const ResourceKey& key) {
            (new ForwardDialog({engine(), bridge(), workbench()}, {key, app}, this))->open();
        });
    add("editLive", QT_TR_NOOP("Edit the live manifest"), Qt::SHIFT | Qt::Key_E, any, [this](const ResourceKey& key) {
        workbench().open({PageKind::Resources, {}, qs(key.text())});
    });
    add("syncOnly", QT_TR_NOOP("Sync only this"), {}, any, [this, app](const ResourceKey& key) {
        workbench().run(tr("Sync %1").arg(shortKey(key)), [&engine = engine(), app, key] {
            eng::SyncRequest request;
            request.resources = {key};
            return engine.sync(app, request);
        });
    });
    add("restartObject", QT_TR_NOOP("Restart pods"), {}, restartable, [this](const ResourceKey& key) {
        workbench().run(tr("Restart %1").arg(shortKey(key)), [&engine = engine(), key] { return engine.restart(key); });
    });
    add("copyName", QT_TR_NOOP("Copy the name"), QKeySequence::Copy, any,
        [](const ResourceKey& key) { QGuiApplication::clipboard()->setText(qs(key.name)); });
    add("deleteObject", QT_TR_NOOP("Delete from the cluster…"), QKeySequence::Delete, any,
        [this, app](const ResourceKey& key) {
            removeWithPlan(this, engine(), workbench(), {key, app}, {});
        });
}

void TreePage::retranslateObjectActions()
{
    for (const ObjectAction& one : m_objectActions)
        one.action->setText(tr(one.text));
    updateObjectActions();
}

void TreePage::updateObjectActions()
{
    const auto key = selectedKey();
    for (const ObjectAction& one : m_objectActions)
        one.action->setEnabled(key && one.applies(*key));
    m_putToCompare->setEnabled(key.has_value());
}

void TreePage::showMenu(const std::optional<ResourceKey>& key, const QPoint& at)
{
    updateObjectActions();
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("objectMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    addWindowActions(*menu, *this, {"open-diff"});
    if (!key) { // the application itself
        addWindowActions(*menu, *this,
                         {"refresh", "hard-refresh", "plan", "sync", "terminate", "auto-sync", "rollback"});
        return menu->popup(at);
    }
    menu->addAction(m_putToCompare);
    menu->addSeparator();
    for (const ObjectAction& one : m_objectActions) {
        if (one.action->objectName() == QLatin1String("deleteObject")) {
            auto* actions = new ObjectMenu({engine(), bridge(), workbench()}, nullptr, this);
            connect(menu, &QObject::destroyed, actions, &QObject::deleteLater);
            actions->setObjects({{*key, id().app}});
            menu->addMenu(actions);
            menu->addSeparator();
        }
        if (one.applies(*key))
            menu->addAction(one.action);
    }
    if (key->kind == "Rollout" && key->group == "argoproj.io") {
        menu->addSeparator(); // the window acts on the rollout that is looked at, and says why where it does not
        addWindowActions(*menu, *this, {"promote", "promote-full", "pause", "resume", "abort", "retry", "restart"});
    }
    menu->addSeparator();
    addWindowActions(*menu, *this, {"copy-link"});
    menu->popup(at);
}

} // namespace ui
