// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/actions.h"

#include "ui/base/icons.h"
#include "ui/shell/shortcuts_dialog.h"

#include <QAction>
#include <QCoreApplication>
#include <QWidget>

#include <algorithm>
#include <array>

namespace ui {

namespace {

struct Spec
{
    const char* id;
    const char* text;
    const char* icon;
    const char* shortcut;
    bool checkable = false;
};

// One line per action; texts are translated in the context ui::Actions.
constexpr std::array kSpecs {
    Spec {"palette", QT_TRANSLATE_NOOP("ui::Actions", "Search or run…"), "search", "Ctrl+K"},
    Spec {"refresh", QT_TRANSLATE_NOOP("ui::Actions", "Refresh"), "refresh", "F5"},
    Spec {"hard-refresh", QT_TRANSLATE_NOOP("ui::Actions", "Refresh without cache"), "refresh", "Shift+F5"},
    Spec {"plan", QT_TRANSLATE_NOOP("ui::Actions", "Plan"), "plan", "Ctrl+P"},
    Spec {"sync", QT_TRANSLATE_NOOP("ui::Actions", "Sync"), "sync", "Ctrl+Return"},
    Spec {"terminate", QT_TRANSLATE_NOOP("ui::Actions", "Terminate the operation"), "abort", ""},
    Spec {"rollback", QT_TRANSLATE_NOOP("ui::Actions", "Roll back"), "undo", "Ctrl+Shift+Z"},
    Spec {"auto-sync", QT_TRANSLATE_NOOP("ui::Actions", "Automated sync"), "", "", true},
    Spec {"promote", QT_TRANSLATE_NOOP("ui::Actions", "Promote"), "promote", "Ctrl+Shift+P"},
    Spec {"promote-full", QT_TRANSLATE_NOOP("ui::Actions", "Promote fully"), "promote", ""},
    Spec {"skip-step", QT_TRANSLATE_NOOP("ui::Actions", "Skip this step"), "more", ""},
    Spec {"pause", QT_TRANSLATE_NOOP("ui::Actions", "Pause"), "pause", ""},
    Spec {"resume", QT_TRANSLATE_NOOP("ui::Actions", "Resume"), "resume", ""},
    Spec {"abort", QT_TRANSLATE_NOOP("ui::Actions", "Abort"), "abort", ""},
    Spec {"retry", QT_TRANSLATE_NOOP("ui::Actions", "Retry"), "retry", ""},
    Spec {"restart", QT_TRANSLATE_NOOP("ui::Actions", "Restart pods"), "refresh", ""},
    Spec {"open-apps", QT_TRANSLATE_NOOP("ui::Actions", "Applications"), "apps", "Ctrl+1"},
    Spec {"open-tree", QT_TRANSLATE_NOOP("ui::Actions", "Tree"), "tree", "Ctrl+2"},
    Spec {"open-diff", QT_TRANSLATE_NOOP("ui::Actions", "Diff"), "diff", "Ctrl+3"},
    Spec {"open-canary", QT_TRANSLATE_NOOP("ui::Actions", "Canary"), "canary", "Ctrl+4"},
    Spec {"open-editor", QT_TRANSLATE_NOOP("ui::Actions", "Source files"), "edit", "Ctrl+5"},
    Spec {"open-history", QT_TRANSLATE_NOOP("ui::Actions", "History"), "history", "Ctrl+6"},
    Spec {"open-logs", QT_TRANSLATE_NOOP("ui::Actions", "Logs"), "logs", "Ctrl+7"},
    Spec {"create", QT_TRANSLATE_NOOP("ui::Actions", "New…"), "create", "Ctrl+N"},
    Spec {"connect", QT_TRANSLATE_NOOP("ui::Actions", "Open a connection…"), "cluster", "Ctrl+Shift+O"},
    Spec {"open-snapshot", QT_TRANSLATE_NOOP("ui::Actions", "Open a snapshot…"), "history", ""},
    Spec {"save-snapshot", QT_TRANSLATE_NOOP("ui::Actions", "Save a snapshot of this cluster…"), "", ""},
    Spec {"open-terminal", QT_TRANSLATE_NOOP("ui::Actions", "Terminal in the pod"), "terminal", ""},
    Spec {"open-forwards", QT_TRANSLATE_NOOP("ui::Actions", "Forwarded ports"), "external", ""},
    Spec {"open-rollouts", QT_TRANSLATE_NOOP("ui::Actions", "All rollouts"), "canary", ""},
    Spec {"open-resources", QT_TRANSLATE_NOOP("ui::Actions", "Resources"), "list", ""},
    Spec {"open-journal", QT_TRANSLATE_NOOP("ui::Actions", "Journal"), "journal", ""},
    Spec {"open-models", QT_TRANSLATE_NOOP("ui::Actions", "Models"), "model", ""},
    Spec {"open-sets", QT_TRANSLATE_NOOP("ui::Actions", "ApplicationSets"), "apps", ""},
    Spec {"open-gpus", QT_TRANSLATE_NOOP("ui::Actions", "GPUs"), "gpu", ""},
    Spec {"open-problems", QT_TRANSLATE_NOOP("ui::Actions", "Problems"), "problem", ""},
    Spec {"open-events", QT_TRANSLATE_NOOP("ui::Actions", "Events"), "bell", ""},
    Spec {"open-admin", QT_TRANSLATE_NOOP("ui::Actions", "Administration"), "settings", ""},
    Spec {"read-only", QT_TRANSLATE_NOOP("ui::Actions", "Read-only"), "", "", true},
    Spec {"open-decisions", QT_TRANSLATE_NOOP("ui::Actions", "Needs a decision"), "decision", "Ctrl+D"},
    Spec {"open-fleet-plan", QT_TRANSLATE_NOOP("ui::Actions", "Plan everything that differs"), "plan", ""},
    Spec {"copy-link", QT_TRANSLATE_NOOP("ui::Actions", "Copy a link to this place"), "external", "Ctrl+Shift+L"},
    Spec {"open-link", QT_TRANSLATE_NOOP("ui::Actions", "Open the copied link"), "external", ""},
    Spec {"go-back", QT_TRANSLATE_NOOP("ui::Actions", "Back"), "back", "Alt+Left"},
    Spec {"go-forward", QT_TRANSLATE_NOOP("ui::Actions", "Forward"), "forward", "Alt+Right"},
    Spec {"favourite", QT_TRANSLATE_NOOP("ui::Actions", "Favourite application"), "star", "", true},
    Spec {"close-tab", QT_TRANSLATE_NOOP("ui::Actions", "Close tab"), "close", "Ctrl+W"},
    Spec {"close-other-tabs", QT_TRANSLATE_NOOP("ui::Actions", "Close the other tabs"), "", ""},
    Spec {"reopen-tab", QT_TRANSLATE_NOOP("ui::Actions", "Open the closed tab again"), "", "Ctrl+Shift+T"},
    Spec {"next-tab", QT_TRANSLATE_NOOP("ui::Actions", "Next tab"), "", "Ctrl+Tab"},
    Spec {"previous-tab", QT_TRANSLATE_NOOP("ui::Actions", "Previous tab"), "", "Ctrl+Shift+Tab"},
    Spec {"split-tab", QT_TRANSLATE_NOOP("ui::Actions", "Show this tab beside the others"), "detach", "Ctrl+\\"},
    Spec {"detach-tab", QT_TRANSLATE_NOOP("ui::Actions", "Move this tab to a window of its own"), "detach", ""},
    Spec {"layout-triage", QT_TRANSLATE_NOOP("ui::Actions", "Layout: triage"), "", ""},
    Spec {"layout-review", QT_TRANSLATE_NOOP("ui::Actions", "Layout: review"), "", ""},
    Spec {"layout-canary", QT_TRANSLATE_NOOP("ui::Actions", "Layout: canary"), "", ""},
    Spec {"save-layout", QT_TRANSLATE_NOOP("ui::Actions", "Save the layout…"), "", ""},
    Spec {"shortcuts", QT_TRANSLATE_NOOP("ui::Actions", "Keyboard shortcuts…"), "settings", ""},
    Spec {"copy-error", QT_TRANSLATE_NOOP("ui::Actions", "Copy the last error"), "copy", ""},
    Spec {"lock-panels", QT_TRANSLATE_NOOP("ui::Actions", "Lock panels in place"), "", "", true},
    Spec {"reset-panels", QT_TRANSLATE_NOOP("ui::Actions", "Reset panels"), "", ""},
    Spec {"theme-auto", QT_TRANSLATE_NOOP("ui::Actions", "As the desktop"), "", "", true},
    Spec {"theme-light", QT_TRANSLATE_NOOP("ui::Actions", "Light"), "", "", true},
    Spec {"theme-dark", QT_TRANSLATE_NOOP("ui::Actions", "Dark"), "", "", true},
    Spec {"theme-contrast-light", QT_TRANSLATE_NOOP("ui::Actions", "High contrast, light"), "", "", true},
    Spec {"theme-contrast-dark", QT_TRANSLATE_NOOP("ui::Actions", "High contrast, dark"), "", "", true},
    Spec {"theme-blind-light", QT_TRANSLATE_NOOP("ui::Actions", "Colour-blind, light"), "", "", true},
    Spec {"theme-blind-dark", QT_TRANSLATE_NOOP("ui::Actions", "Colour-blind, dark"), "", "", true},
    Spec {"palettes", QT_TRANSLATE_NOOP("ui::Actions", "Palettes of your own…"), "theme", ""},
    Spec {"compact", QT_TRANSLATE_NOOP("ui::Actions", "Compact rows"), "", "", true},
    Spec {"reduced-motion", QT_TRANSLATE_NOOP("ui::Actions", "Less movement"), "", "", true},
    Spec {"arabic-digits", QT_TRANSLATE_NOOP("ui::Actions", "Arabic-Indic digits"), "", "", true},
    Spec {"language-en", "English", "", "", true},
    Spec {"language-ar", "العربية", "", "", true},
    Spec {"clock-1", QT_TRANSLATE_NOOP("ui::Actions", "Cluster clock at normal speed"), "clock", "", true},
    Spec {"clock-10", QT_TRANSLATE_NOOP("ui::Actions", "Cluster clock ten times faster"), "clock", "", true},
    Spec {"clock-60", QT_TRANSLATE_NOOP("ui::Actions", "Cluster clock sixty times faster"), "clock", "", true},
    Spec {"verify-journal", QT_TRANSLATE_NOOP("ui::Actions", "Verify the journal"), "check", ""},
    Spec {"env-production", QT_TRANSLATE_NOOP("ui::Actions", "This connection is production"), "", "", true},
    Spec {"env-staging", QT_TRANSLATE_NOOP("ui::Actions", "This connection is for staging"), "", "", true},
    Spec {"env-development", QT_TRANSLATE_NOOP("ui::Actions", "This connection is for development"), "", "", true},
    Spec {"env-other", QT_TRANSLATE_NOOP("ui::Actions", "This connection is of no special kind"), "", "", true},
    Spec {"help", QT_TRANSLATE_NOOP("ui::Actions", "Keys and commands"), "", "F1"},
    Spec {"about", QT_TRANSLATE_NOOP("ui::Actions", "About Pilothouse"), "", ""},
    Spec {"quit", QT_TRANSLATE_NOOP("ui::Actions", "Quit"), "", "Ctrl+Q"},
};

} // namespace

Actions::Actions(QWidget* window)
    : QObject(window)
{
    for (const Spec& spec : kSpecs) {
        auto* action = new QAction(window);
        const QString id = QString::fromLatin1(spec.id);
        action->setObjectName(id);
        action->setCheckable(spec.checkable);
        if (*spec.icon != '\0')
            action->setIcon(icon(QLatin1String(spec.icon)));
        action->setShortcut(QKeySequence(QString::fromLatin1(spec.shortcut)));
        applyStoredShortcut(*action);
        window->addAction(action);
        m_actions.emplace(id, action);
        m_order.push_back(action);
    }
    retranslate();
}

void Actions::retranslate()
{
    for (std::size_t i = 0; i < m_order.size(); ++i)
        m_order.at(i)->setText(QCoreApplication::translate("ui::Actions", kSpecs.at(i).text));
}

void Actions::bind(QLatin1String id, std::function<void()> run)
{
    connect(get(id), &QAction::triggered, this, [run = std::move(run)] { run(); });
}

QAction* Actions::get(QLatin1String id) const
{
    const auto found = m_actions.find(QString(id));
    Q_ASSERT(found != m_actions.end());
    return found->second;
}

std::vector<QAction*> Actions::all() const
{
    return m_order;
}

QString Actions::idOf(const QAction* action)
{
    return action->objectName();
}

void Actions::yieldTo(const QList<QAction*>& page)
{
    for (QAction* action : m_order) {
        const QKeySequence key = action->shortcut();
        const bool taken = !key.isEmpty()
            && std::any_of(page.begin(), page.end(), [&](const QAction* other) { return other->shortcut() == key; });
        action->setShortcutContext(taken ? Qt::WidgetShortcut : Qt::WindowShortcut);
    }
}

void Actions::setShortcut(QLatin1String id, const QKeySequence& sequence)
{
    storeShortcut(*get(id), sequence);
}

} // namespace ui
