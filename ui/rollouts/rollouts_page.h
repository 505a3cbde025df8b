// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

class QLineEdit;
class QSortFilterProxyModel;
class QTableView;

namespace ui {

class AccessGate;
class RolloutsModel;
class StatefulArea;
class TokenLabel;

/// The board: one row per rollout, those that need a person first. Enter opens it.
class RolloutsPage : public Page
{
    Q_OBJECT

public:
    RolloutsPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }

protected:
    void retranslate() override;

private:
    void setupActions();
    [[nodiscard]] core::engine::RolloutPtr current() const;
    void open(const QModelIndex& index);
    void updateActions();
    void updateCount();

    RolloutsModel* m_model;
    QSortFilterProxyModel* m_sorted;
    AccessGate* m_gate;
    QLineEdit* m_search;
    QTableView* m_table;
    TokenLabel* m_count;
    StatefulArea* m_area;
    QList<QAction*> m_actions;
};

} // namespace ui
