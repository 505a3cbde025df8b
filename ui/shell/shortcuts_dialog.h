// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

#include <vector>

class QAction;
class QKeySequenceEdit;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace ui {

/// Keys that were given to actions, kept in the settings. The id is the window's action id, or "page.action" for the
/// actions of pages, so that each page kind is bound once.
[[nodiscard]] QString shortcutId(const QAction& action);
/// Gives the action the user's keys; remembers the built-in ones, for resetting.
void applyStoredShortcut(QAction& action);
void storeShortcut(QAction& action, const QKeySequence& keys);
void resetShortcut(QAction& action);
[[nodiscard]] QKeySequence builtInShortcut(const QAction& action);

/// Lists every action with its keys and lets the user change them; says which action holds the keys already.
class ShortcutsDialog : public QDialog
{
    Q_OBJECT

public:
    /// The actions must outlive the dialog.
    ShortcutsDialog(std::vector<QAction*> actions, QWidget* parent);

private:
    void setupList();
    void showCurrent();
    void assign();
    void filter(const QString& text);
    void refresh();
    [[nodiscard]] QAction* current() const;
    [[nodiscard]] QAction* holder(const QKeySequence& keys) const; ///< other than the current one

    std::vector<QAction*> m_actions;
    QLineEdit* m_search;
    QTreeWidget* m_list;
    QKeySequenceEdit* m_keys;
    QLabel* m_conflict;
    QPushButton* m_assign;
    QPushButton* m_remove;
    QPushButton* m_reset;
};

} // namespace ui
