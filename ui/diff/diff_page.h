// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/diff/resource_diff_model.h"

#include <stop_token>

class QLabel;
class QListView;
class QPushButton;
class QStackedWidget;
class QTableView;
class QTimer;

namespace ui {

class Badge;
class Card;
class Chip;
class DiffView;
class FieldChangeModel;
class SegmentedBar;
class StatefulArea;
class TokenLabel;

/// What a sync would change: the application's desired state against the live one, resource by resource.
/// Keys: n/p change, ]/[ resource, r reviewed, 1/2/3 view.
class DiffPage : public Page
{
    Q_OBJECT

public:
    DiffPage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~DiffPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }
    /// The whole diff for a review elsewhere.
    [[nodiscard]] QString markdown() const;

protected:
    void retranslate() override;

private:
    void setupBar();
    void setupBody();
    void setupActions();
    void refresh();
    void showDiff(core::Result<core::engine::AppDiff> result);
    void showResource();
    void showEffect(const core::engine::ResourceDiff& resource);
    void showPosition();
    void showView(int view);
    void showReviewed();
    void selectResource(int step);
    void step(int direction);
    void openFile(const QString& file, int line);
    void exportMarkdown();
    void loadReviews();
    void saveReviews();

    ResourceDiffModel* m_model;
    FieldChangeModel* m_fields;
    QLabel* m_live;
    QLabel* m_arrow;
    QLabel* m_git;
    SegmentedBar* m_views;
    Chip* m_noise;
    TokenLabel* m_reviewed;
    QListView* m_list;
    QLabel* m_path;
    TokenLabel* m_position;
    QStackedWidget* m_stack;
    QTableView* m_table;
    DiffView* m_view;
    Card* m_effect;
    QLabel* m_effectTitle;
    QLabel* m_effectText;
    QLabel* m_effectLinks;
    QPushButton* m_plan;
    QPushButton* m_sync;
    QPushButton* m_export;
    StatefulArea* m_area;
    QTimer* m_timer;
    QList<QAction*> m_actions;
    core::engine::ApplicationPtr m_app;
    std::stop_source m_stop;
    std::stop_source m_textStop;
    std::string m_reviewRevision;
    bool m_running = false;
    bool m_again = false;
};

} // namespace ui
