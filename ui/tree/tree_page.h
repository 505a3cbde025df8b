// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/tree/tree_scene.h"

class QLineEdit;
class QMenu;
class QModelIndex;
class QStackedWidget;
class QTimer;
class QTreeView;

namespace ui {

struct ComparedObject;
class CellsFilter;
class CellsModel;
class Chip;
class CompareSlot;
class SegmentedBar;
class StatefulArea;
class TokenLabel;
class TreeCanvas;

/// An application's resources as a graph, live while a sync runs.
class TreePage : public Page
{
    Q_OBJECT

public:
    TreePage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }
    [[nodiscard]] TreeCanvas& canvas() const { return *m_canvas; }
    [[nodiscard]] QTreeView& list() const { return *m_list; }
    /// Writes the whole tree as PNG, SVG or PDF, by the ending of the name.
    [[nodiscard]] core::Result<> writePicture(const QString& path) const;

    /// Opens the comparison of two objects of one kind, of this application or of two.
    void compareObjects(const ComparedObject& first, const ComparedObject& second);

protected:
    void retranslate() override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void setupBar();
    void setupActions();
    void rebuild(bool fitIt);
    void layoutNext();
    void showScene(TreeScene scene, bool fitIt);
    /// How long the running wave has waited for the same, beside the words that say for what.
    void tellWaiting(TreeScene& scene) const;
    void setupList();
    void fillList();
    void showTab(int tab);
    void fold(int index, bool fold);
    void activate(const std::optional<core::manifest::ResourceKey>& key);
    void askForGpus();
    void updateFindCount();
    void showMenu(const std::optional<core::manifest::ResourceKey>& key, const QPoint& at);
    void exportPicture();
    void setupCompare();
    void tellZoom();
    void setupObjectActions();
    void retranslateObjectActions();
    void updateObjectActions();
    [[nodiscard]] bool hasPods(const core::manifest::ResourceKey& key) const;
    [[nodiscard]] std::optional<core::manifest::ResourceKey> selectedKey() const;
    [[nodiscard]] std::optional<core::manifest::ResourceKey> keyInList(const QModelIndex& index) const;
    [[nodiscard]] bool listShown() const;

    core::engine::ApplicationPtr m_app;
    TreeOptions m_options;
    bool m_laying = false; ///< a layout runs in a worker; the next begins when it is done
    bool m_again = false;
    bool m_fitNext = false;
    SegmentedBar* m_arrange;
    QLineEdit* m_find;
    TokenLabel* m_findCount;
    Chip* m_problemsOnly;
    Chip* m_group;
    TokenLabel* m_zoom;
    Chip* m_fit;
    TreeCanvas* m_canvas;
    CellsModel* m_listModel;
    CellsFilter* m_listFilter;
    QTreeView* m_list;
    QStackedWidget* m_stack;
    StatefulArea* m_area;
    QTimer* m_gpuTimer;
    QTimer* m_waitTimer; ///< while a wave waits in sight
    std::string m_waitingFor;
    std::optional<core::TimePoint> m_waitingSince;
    bool m_askingGpus = false;
    QList<QAction*> m_actions;
    QAction* m_nextProblem;
    QAction* m_export;
    QAction* m_minimap;
    QAction* m_putToCompare;
    QAction* m_findAction = nullptr;
    /// What can be done with the object that is chosen: the same in the menu, by keys and in the palette.
    struct ObjectAction
    {
        QAction* action;
        const char* text;
        std::function<bool(const core::manifest::ResourceKey&)> applies;
    };
    std::vector<ObjectAction> m_objectActions;
    CompareSlot* m_slot;
    std::optional<core::manifest::ResourceKey> m_dragged; ///< pressed upon, not moved far enough yet
    QPointF m_pressedAt;
};

} // namespace ui
