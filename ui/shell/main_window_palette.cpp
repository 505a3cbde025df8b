// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_views.h"
#include "ui/apps/apps_page.h"
#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/icons.h"
#include "ui/base/words.h"
#include "ui/shell/actions.h"
#include "ui/shell/layouts.h"
#include "ui/shell/main_window.h"
#include "ui/shell/navigator.h"
#include "ui/shell/palette.h"

#include <QAction>
#include <QMenu>

// What the palette offers: every action and every object that has a name.

namespace ui {

namespace eng = core::engine;

namespace {

eng::AppId idOfApplication(const eng::Snapshot& snapshot, const std::string& name)
{
    for (const auto& app : snapshot.applications)
        if (app->name == name)
            return {app->nameSpace, app->name};
    return {};
}

} // namespace

void MainWindow::showPalette()
{
    std::vector<PaletteEntry> entries;
    for (auto* action : m_actions->all()) {
        if (Actions::idOf(action) == QLatin1String("palette"))
            continue;
        entries.push_back({Actions::idOf(action), action->text(), action->shortcut().toString(QKeySequence::NativeText),
                           action->icon(), action->isEnabled(), [action] { action->trigger(); }});
    }
    if (Page* page = currentPage()) {
        for (auto* action : page->actions()) {
            if (!action->text().isEmpty())
                entries.push_back({action->text(), action->text().remove(QLatin1Char('&')),
                                   action->shortcut().toString(QKeySequence::NativeText), action->icon(),
                                   action->isEnabled(), [action] { action->trigger(); }});
        }
    }
    for (const QString& name : layoutNames())
        entries.push_back(
            {QStringLiteral("layout:") + name, tr("Layout: %1").arg(isolate(name)), {}, {}, true, [this, name] {
                 applyLayout(name);
             }});
    for (const QString& name : appViewNames())
        entries.push_back({QStringLiteral("view:") + name, tr("View: %1").arg(isolate(name)), tr("Applications"),
                           icon(QLatin1String("apps")), true, [this, name] {
                               open({});
                               const auto view = loadAppView(name);
                               if (auto* page = qobject_cast<AppsPage*>(currentPage()); page != nullptr && view)
                                   page->setView(*view);
                           }});
    for (const KnownConnection& other : m_navigator->connections())
        entries.push_back({QStringLiteral("connection:") + other.arguments.join(u'\n'), isolate(other.name),
                           other.open ? tr("Connection") : tr("Connect"), environmentIcon(other.environment), true,
                           [this, arguments = other.arguments] { openConnection(arguments, false); }});
    // Beyond this many, only the objects of the current application: the list is made anew at each call.
    constexpr std::size_t kMostObjects = 20'000;
    const auto& snapshot = *m_bridge.snapshot();
    std::size_t objects = 0;
    for (const auto& app : snapshot.applications)
        objects += app->resources.size();
    for (const auto& app : snapshot.applications) {
        const eng::AppId id {app->nameSpace, app->name};
        entries.push_back({QStringLiteral("app:") + qs(app->name), isolate(app->name), tr("Application"),
                           glyphIcon(glyphOf(app->health)), true, [this, id] {
                               open({PageKind::Tree, id, {}});
                               inspect(id, std::nullopt);
                           }});
        if (id != m_app && objects > kMostObjects)
            continue;
        for (const auto& node : app->resources) {
            entries.push_back({QStringLiteral("res:") + qs(node.key.text()), shortKey(node.key), isolate(app->name),
                               node.health ? glyphIcon(glyphOf(*node.health)) : QIcon(), true,
                               [this, id, key = node.key] {
                                   open({PageKind::Tree, id, {}});
                                   inspect(id, key);
                               }});
        }
    }
    for (const auto& rollout : snapshot.rollouts) {
        const eng::AppId id = idOfApplication(snapshot, rollout->application);
        const QString argument = rolloutArgument(rollout->key, rollout->cluster);
        entries.push_back(
            {QStringLiteral("rollout:") + argument, shortKey(rollout->key),
             rollout->cluster.empty() ? tr("Canary") : tr("Canary in %1").arg(isolate(rollout->clusterName)),
             icon(QLatin1String("canary")), true, [this, id, argument] {
                 open({PageKind::Canary, id, argument});
             }});
    }
    m_palette->popup(std::move(entries));
}

void MainWindow::showAppMenu(const eng::AppId& app, const QPoint& at)
{
    setCurrentApp(app);
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (const char* id : {"open-tree", "open-diff", "open-canary", "open-editor", "open-history", "", "refresh",
                           "plan", "sync", "terminate", "auto-sync", "rollback"}) {
        if (*id == '\0')
            menu->addSeparator();
        else
            menu->addAction(m_actions->get(QLatin1String(id)));
    }
    menu->popup(at);
}

} // namespace ui
