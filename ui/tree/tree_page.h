// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/tree/tree_scene.h"

class QLineEdit;

namespace ui {

class Chip;
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

protected:
    void retranslate() override;

private:
    void setupBar();
    void setupActions();
    void rebuild(bool fitIt);
    void showScene(TreeScene scene, bool fitIt);
    void updateFindCount();
    void showMenu(int index, const QPoint& at);
    void exportPicture();

    core::engine::ApplicationPtr m_app;
    TreeOptions m_options;
    std::uint64_t m_generation = 0;
    SegmentedBar* m_arrange;
    QLineEdit* m_find;
    TokenLabel* m_findCount;
    Chip* m_problemsOnly;
    Chip* m_group;
    TokenLabel* m_zoom;
    Chip* m_fit;
    TreeCanvas* m_canvas;
    StatefulArea* m_area;
    QList<QAction*> m_actions;
    QAction* m_nextProblem;
    QAction* m_export;
    QAction* m_minimap;
};

} // namespace ui
