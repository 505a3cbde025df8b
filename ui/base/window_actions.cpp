// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/window_actions.h"

#include <QAction>

namespace ui {

QAction* windowAction(const QWidget& page, const char* id)
{
    // A page in a panel of its own has that panel as its window; the actions are the main window's.
    for (const QWidget* widget = page.parentWidget(); widget != nullptr; widget = widget->parentWidget())
        if (auto* found = widget->findChild<QAction*>(QLatin1String(id), Qt::FindDirectChildrenOnly))
            return found;
    return nullptr;
}

void addWindowActions(QMenu& menu, const QWidget& page, std::initializer_list<const char*> ids)
{
    for (const char* id : ids) {
        if (*id == '\0')
            menu.addSeparator();
        else if (QAction* action = windowAction(page, id))
            menu.addAction(action);
    }
}

} // namespace ui
