// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/apps/app_views.h"
#include "ui/base/page.h"

class QLineEdit;
class QAbstractItemView;
class QListView;
class QMenu;
class QTimer;
class QStackedWidget;
class QToolButton;
class QTreeView;

namespace ui {

class AppGroupModel;
class AppListModel;
class Chip;
class AppBoard;
class AppSummary;
class FacetPanel;
class SegmentedBar;
class StatefulArea;
class TokenLabel;

/// All applications as a table, as tiles, as a board by what they need or summed up, filtered by a query and facets,
/// sorted by several columns, grouped; views are kept by name. Verbs act on all that are selected; a sync of several
/// goes through one combined plan.
class AppsPage : public Page
{
    Q_OBJECT

public:
    AppsPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }
    /// The rows that are selected, all that are shown where fewer than two are, with the columns in sight.
    [[nodiscard]] core::Result<> writeCsv(const QString& path) const;
    void reloadFavourites(); ///< somebody else changed them
    [[nodiscard]] AppView view() const;
    void setView(const AppView& view);

protected:
    void retranslate() override;
    void rethemed() override;

private:
    void setupBar();
    void setupViews();
    [[nodiscard]] std::vector<QAbstractItemView*> allViews() const; ///< that show applications
    void setupActions();
    void setupColumns();
    void setupGrouping();
    void setupBulkActions();
    void setupSelectionBar();
    void compareSelected();
    void exportCsv();
    void askForFolder();
    void deleteSelected();
    void showChosenFacets();
    void showQueryProblem();
    void updateSelection(int chosen);
    [[nodiscard]] QStringList valuesOf(const QString& field) const; ///< that occur in a field of the query language
    void setupSavedViews();
    void nameGrouping();
    void groupBy(std::optional<AppFilterProxy::Facet> facet);
    void connectSelection();
    void restoreSelection();
    void showViewsMenu();
    void askForViewName();
    void keepView();
    void showColumnsMenu(const QPoint& globalPosition);
    void addSortMenu(QMenu& menu, const QString& title, AppFilterProxy::Extend extend);
    void toggleFavourites();
    void toggleFacet(AppFilterProxy::Facet facet, const std::string& value);
    void forSelected(const QString& attempt,
                     const std::function<core::Result<>(core::engine::Engine&, const core::engine::AppId&)>& command);
    void restartSelected();
    void updateFacets();
    void updateState();
    void inspectCurrent(const QModelIndex& index);
    void openCurrent(const QModelIndex& index);
    void showMenu(QWidget* view, const QPoint& at);
    [[nodiscard]] std::vector<core::engine::AppId> selected() const;
    [[nodiscard]] QAbstractItemView* currentView() const;
    [[nodiscard]] QModelIndex current() const; ///< of the proxy
    [[nodiscard]] QModelIndex toProxy(const QModelIndex& index) const;

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
    AppBoard* m_board;
    AppSummary* m_summary;
    StatefulArea* m_area;
    AppGroupModel* m_groups;
    FacetPanel* m_facets;
    QToolButton* m_views;
    QToolButton* m_grouping;
    Chip* m_showFacets;
    QAction* m_planSelected;
    QAction* m_restartSelected;
    QAction* m_autoOn;
    QAction* m_autoOff;
    QAction* m_favourite;
    QAction* m_saveView;
    QAction* m_syncSelected;
    QAction* m_refreshSelected;
    QAction* m_clear;
    QAction* m_find = nullptr;
    QAction* m_columns;
    QAction* m_compare;
    QAction* m_exportCsv;
    QAction* m_folder;
    QAction* m_delete;
    TokenLabel* m_problem; ///< what is wrong with the query
    QWidget* m_chosenFacets; ///< a chip for each
    QWidget* m_selectionBar; ///< verbs for several selected
    TokenLabel* m_selectedCount;
    QTimer* m_keepTimer;
    QList<QAction*> m_actions;
    core::engine::SnapshotPtr m_snapshot;
    std::set<core::engine::AppId> m_chosen; ///< selection, kept over a new grouping
    std::set<std::string> m_folded; ///< groups that are closed
};

} // namespace ui
