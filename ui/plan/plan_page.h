// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/base/tasks.h"
#include "ui/plan/staged.h"

#include <stop_token>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;
class QTimer;

namespace ui {

class Badge;
class Chip;
class NoticeBar;
class PlanModel;
class RolloutChangesView;
class StatefulArea;
class SyncOptionsButton;
class TokenLabel;

/// What a sync would do, in order, checked by the server; the same page then shows the run and its report. Also plans a
/// rollback (argument "rollback:ID") and the writing of single fields (stagedArgument()).
class PlanPage : public Page
{
    Q_OBJECT

public:
    /// Plans with a blast radius from here on want the application's name typed.
    static constexpr int kDangerousRadius = 60;
    /// So long after its end a sync is offered to be undone.
    static constexpr auto kUndoWindow = std::chrono::minutes(10);

    PlanPage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~PlanPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }
    /// The plan, or the report of its run, for a review elsewhere.
    [[nodiscard]] QString markdown() const;

protected:
    void retranslate() override;

private:
    void setupBar();
    void setupBody();
    void setupActions();
    void refresh();
    void showPlan(core::Result<core::engine::Plan> plan);
    void showSummary();
    void showOperation();
    void run();
    void terminate();
    [[nodiscard]] core::engine::SyncRequest request() const;
    [[nodiscard]] bool running() const;
    /// The deployment that the page plans to go back to (argument "rollback:ID"); null for a sync.
    [[nodiscard]] const core::engine::HistoryEntry* rollback() const;
    void start(core::engine::SyncRequest request);
    void startRollback(const core::engine::SyncRequest& request);
    void startStaged(const std::string& reason);
    void setupChoices(QWidget* foot);
    void showChoices();
    void showQuotas();
    [[nodiscard]] QString reportText() const;
    void showUndo();
    void undo();
    void exportPlan();
    void loadDraft();
    void saveDraft();
    void useDraft();
    void discardDraft();
    void taskMenu(const QPoint& at);
    void openLogs();
    void openEvents();

    PlanModel* m_model;
    QLabel* m_heading;
    Badge* m_radius;
    TokenLabel* m_summary;
    Chip* m_prune;
    Chip* m_force;
    Chip* m_hooks; ///< of a rollback
    SyncOptionsButton* m_options;
    TokenLabel* m_quota;
    QPushButton* m_refresh;
    NoticeBar* m_blocked;
    NoticeBar* m_progress;
    QLabel* m_problems;
    RolloutChangesView* m_rollouts;
    QTableView* m_table;
    QLineEdit* m_reason;
    QPushButton* m_run;
    QPushButton* m_terminate;
    QPushButton* m_undo;
    QPushButton* m_showDiff;
    QPushButton* m_saveDraft;
    QPushButton* m_export;
    QWidget* m_rollbackChoices;
    QLabel* m_pauseLabel;
    QComboBox* m_pause;
    Chip* m_markBad;
    NoticeBar* m_draftBar;
    QPushButton* m_useDraft;
    QPushButton* m_dropDraft;
    StatefulArea* m_area;
    QTimer* m_timer;
    QList<QAction*> m_actions;
    core::engine::ApplicationPtr m_app;
    std::stop_source m_stop;
    RunningTask m_task;
    std::vector<core::engine::StagedField> m_staged;
    std::string m_draft; ///< that was found, as it was written
    bool m_stagedDone = false;
    bool m_planned = false;
};

} // namespace ui
