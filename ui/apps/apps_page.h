// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

class QLineEdit;
class QListView;
class QStackedWidget;
class QTreeView;

namespace ui {

class AppFilterProxy;
class AppListModel;
class Chip;
class SegmentedBar;
class StatefulArea;
class TokenLabel;

/// All applications as a table or as tiles, filtered by words and facets.
class AppsPage : public Page
{
    Q_OBJECT

public:
    AppsPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }

protected:
    void retranslate() override;
    void rethemed() override;

private:
    void setupBar();
    void setupViews();
    void setupActions();
    void updateFacets();
    void updateState();
    void inspectCurrent(const QModelIndex& index);
    void openCurrent(const QModelIndex& index);
    void showMenu(QWidget* view, const QPoint& at);
    [[nodiscard]] std::vector<core::engine::AppId> selected() const;
    [[nodiscard]] QModelIndex current() const;

    AppListModel* m_model;
    AppFilterProxy* m_proxy;
    QLineEdit* m_filter;
    SegmentedBar* m_viewKind;
    TokenLabel* m_count;
    std::vector<Chip*> m_healthChips;
    Chip* m_outOfSync;
    QStackedWidget* m_stack;
    QTreeView* m_table;
    QListView* m_tiles;
    StatefulArea* m_area;
    QAction* m_syncSelected;
    QAction* m_refreshSelected;
    QAction* m_clear;
    QList<QAction*> m_actions;
    core::engine::SnapshotPtr m_snapshot;
};

} // namespace ui
