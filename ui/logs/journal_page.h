// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QTableView;
class QTimer;
class QTreeWidget;

namespace ui {

class Badge;
class JournalModel;
class StatefulArea;
class TokenLabel;

/// Every action that was ever taken, who took it, what it changed and what came of it; searchable, and its chain can be
/// checked.
class JournalPage : public Page
{
    Q_OBJECT

public:
    JournalPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;

protected:
    void retranslate() override;

private:
    void refresh();
    void verify();
    void setupDetails(QWidget* parent);
    void showEntry();
    void compare();
    [[nodiscard]] const core::engine::AuditEntry* chosen() const;

    JournalModel* m_model;
    QSortFilterProxyModel* m_filter;
    QLineEdit* m_search;
    Badge* m_verdict;
    QPushButton* m_verify;
    TokenLabel* m_count;
    QTableView* m_table;
    QWidget* m_details; ///< of the chosen entry: why, and what it changed field by field
    TokenLabel* m_reason;
    QTreeWidget* m_changes;
    QPushButton* m_compare;
    StatefulArea* m_area;
    QTimer* m_timer;
    bool m_running = false;
};

} // namespace ui
