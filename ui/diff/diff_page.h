// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/base/tasks.h"
#include "ui/diff/diff_review.h"
#include "ui/diff/diff_sides.h"
#include "ui/diff/resource_diff_model.h"

#include <array>
#include <stop_token>

class QLabel;
class QListView;
class QPushButton;
class QStackedWidget;
class QSplitter;
class QTableView;
class QTimer;
class QToolButton;

namespace ui {

class Badge;
class Card;
class Chip;
class DiffView;
class FieldChangeModel;
class SegmentedBar;
class StatefulArea;
class TokenLabel;

/// What a sync would change: the application's desired state against the live one, resource by resource; or any two
/// sides (the argument, see parseDiffSides()). Keys: n/p change, ]/[ resource, r reviewed, s stage, i ignore, c note,
/// u undo, d another revision, 1/2/3/4 view.
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
    /// The same for a comment on a pull request: folded by resource, within the hosts' limit of 65,536 characters.
    [[nodiscard]] QString comment() const;
    [[nodiscard]] const DiffSides& sides() const { return m_sides; }
    void setSides(const DiffSides& sides);
    [[nodiscard]] const std::set<core::engine::StagedField>& staged() const { return m_staged; }

protected:
    void retranslate() override;

private:
    void setupBar();
    void setupBody();
    void setupActions();
    void refresh();
    void updateFoot();
    void showDiff(core::Result<core::engine::AppDiff> result);
    void showResource();
    void showEffect(const core::engine::ResourceDiff& resource);
    void showPosition();
    void showView(int view);
    void showReviewed();
    void selectResource(int step);
    void step(int direction);
    void openFile(const QString& file, int line);
    void exportDiff();
    void copyComment();
    [[nodiscard]] QString resourceMarkdown(const core::engine::ResourceDiff& resource) const;
    void showNoise();
    void setupVerbs(QWidget* bar);
    void showVerbs();
    void askPullRequest(core::engine::DiffSide DiffSides::*side);
    [[nodiscard]] QString clusterName(const core::engine::DiffSide& side) const;
    void setupSides();
    void showSides();
    void showSideMenu(QToolButton* button, core::engine::DiffSide DiffSides::*side);
    void chooseSide(core::engine::DiffSide DiffSides::*side, const core::engine::DiffSide& chosen);
    void askRevision(core::engine::DiffSide DiffSides::*side);
    void askPath(core::engine::DiffSide DiffSides::*side, bool folder);
    void showThreeWay(const core::engine::ResourceDiff& resource);
    void nameThreeWay(const core::engine::ResourceDiff& resource);
    void toggleStaged();
    void showStaged();
    void applyStaged();
    void ignoreCurrent();
    void noteCurrent();
    void signOff();
    void undo();
    void loadReviews();
    void saveReviews();
    void remember();
    [[nodiscard]] bool usual() const { return m_sides == usualSides(id().app); }
    [[nodiscard]] const core::engine::FieldChange* currentChange() const;

    ResourceDiffModel* m_model;
    FieldChangeModel* m_fields;
    QToolButton* m_left;
    QLabel* m_arrow;
    QToolButton* m_right;
    SegmentedBar* m_views;
    Chip* m_noise;
    TokenLabel* m_reviewed;
    QListView* m_list;
    QLabel* m_path;
    TokenLabel* m_position;
    std::array<QToolButton*, 5> m_verbs {}; ///< previous, next, stage, ignore, note: what is done with one change
    QStackedWidget* m_stack;
    QTableView* m_table;
    DiffView* m_view;
    QSplitter* m_threeWay; ///< last applied against live, and against desired
    TokenLabel* m_liveHead;
    TokenLabel* m_desiredHead;
    DiffView* m_threeLive;
    DiffView* m_threeDesired;
    TokenLabel* m_note;
    QPushButton* m_stagedButton;
    Card* m_effect;
    QLabel* m_effectTitle;
    QLabel* m_effectText;
    QLabel* m_effectLinks;
    QPushButton* m_plan;
    QPushButton* m_sync;
    QPushButton* m_export;
    QPushButton* m_comment;
    StatefulArea* m_area;
    QTimer* m_timer;
    QList<QAction*> m_actions;
    core::engine::ApplicationPtr m_app;
    std::stop_source m_stop;
    RunningTask m_task;
    std::stop_source m_textStop;
    DiffSides m_sides;
    DiffReview m_review; ///< without what stands in m_model
    std::set<core::engine::StagedField> m_staged;
    /// What u takes back: all as it was.
    struct Undo
    {
        std::set<core::manifest::ResourceKey> reviewed;
        std::set<core::engine::StagedField> staged;
        std::map<core::manifest::ResourceKey, std::string> notes;
    };
    std::vector<Undo> m_undo;
    bool m_running = false;
    bool m_again = false;
};

} // namespace ui
