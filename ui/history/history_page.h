// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

#include <QAbstractListModel>

#include <map>
#include <optional>

class QAbstractItemDelegate;
class QListView;
class QPushButton;
class QTimer;

namespace ui {

class AccessGate;
class Chip;
class NoticeBar;
class StatefulArea;
class TokenLabel;

/// One point of an application's past: a deployment, something that somebody did, or how a canary ended.
struct TimelineEntry
{
    core::TimePoint at;
    std::optional<core::engine::HistoryEntry> deployment;
    std::optional<core::engine::AuditEntry> action;
    std::optional<core::engine::Event> outcome;
};

/// Deployments, actions and canaries' outcomes of one application, newest first.
class HistoryModel : public QAbstractListModel
{
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;
    void setHistory(std::vector<core::engine::HistoryEntry> entries, core::TimePoint now);
    /// What the journal says of the application; the syncs that deployments already tell of are left out.
    void setActions(std::vector<core::engine::AuditEntry> entries);
    /// Events of the application's rollouts; those that tell how one ended are shown.
    void setEvents(const std::vector<core::engine::Event>& events, const std::string& application);
    void setBadRevisions(std::map<std::string, std::string> marks);
    [[nodiscard]] const std::map<std::string, std::string>& badRevisions() const { return m_bad; }
    void setDeploymentsOnly(bool only);
    /// What was deployed at the time of the row; "" where that is older than the history.
    [[nodiscard]] std::string revisionAt(int row) const;
    [[nodiscard]] const TimelineEntry& entry(int row) const { return m_shown.at(static_cast<std::size_t>(row)); }
    /// The deployment that runs now stands in this row; -1: none.
    [[nodiscard]] int currentRow() const;
    [[nodiscard]] core::TimePoint now() const { return m_now; }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    void merge();

    std::vector<core::engine::HistoryEntry> m_deployments;
    std::vector<core::engine::AuditEntry> m_actions;
    std::vector<core::engine::Event> m_outcomes;
    std::map<std::string, std::string> m_bad; ///< revision -> why
    std::vector<TimelineEntry> m_shown;
    bool m_deploymentsOnly = false;
    core::TimePoint m_now;
};

/// Paints the rows of a HistoryModel: a dot on a line, the commit or deed, who and when.
[[nodiscard]] QAbstractItemDelegate* timelineDelegate(QObject* parent);

/// Timeline of what happened to an application, with the ways back: a rollback as a plan, or a commit that undoes one.
class HistoryPage : public Page
{
    Q_OBJECT

public:
    HistoryPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override;

protected:
    void retranslate() override;
    void rethemed() override;

private:
    void setupBar();
    void updateButtons();
    void rollBack();
    void revert();
    void compare();
    void markBad();
    void showPause();
    void reload();
    [[nodiscard]] QList<int> selectedRows() const; ///< newest first
    [[nodiscard]] const core::engine::HistoryEntry* chosen() const;

    HistoryModel* m_model;
    QListView* m_view;
    StatefulArea* m_area;
    TokenLabel* m_note;
    Chip* m_deploymentsOnly;
    QPushButton* m_rollBack;
    QPushButton* m_revert;
    QPushButton* m_compare;
    QPushButton* m_mark;
    NoticeBar* m_pause;
    QPushButton* m_resume;
    QAction* m_action;
    QAction* m_revertAction;
    QAction* m_compareAction;
    QAction* m_markAction;
    AccessGate* m_gate;
    QTimer* m_timer;
    core::engine::ApplicationPtr m_app;
    bool m_running = false;
};

} // namespace ui
