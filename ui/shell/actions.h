// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QKeySequence>
#include <QLatin1String>
#include <QList>
#include <QObject>

#include <functional>
#include <map>
#include <vector>

class QAction;
class QWidget;

namespace ui {

/// Every action of the window by its id: menus, toolbar, palette and context menus show the same objects.
class Actions : public QObject
{
    Q_OBJECT

public:
    explicit Actions(QWidget* window);
    /// Where an action does its work. Call once for each id.
    void bind(QLatin1String id, std::function<void()> run);
    [[nodiscard]] QAction* get(QLatin1String id) const;
    [[nodiscard]] std::vector<QAction*> all() const;
    [[nodiscard]] static QString idOf(const QAction* action);
    /// Kept in the settings; an empty sequence removes the shortcut.
    void setShortcut(QLatin1String id, const QKeySequence& sequence);
    /// Keys that the page in front uses itself are its own while it is there: Qt gives a key that two would take to
    /// none.
    void yieldTo(const QList<QAction*>& page);
    void retranslate();

private:
    std::map<QString, QAction*> m_actions;
    std::vector<QAction*> m_order;
};

} // namespace ui
