// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/base/tasks.h"

#include <QAbstractTableModel>

#include <optional>
#include <stop_token>

class QLineEdit;
class QPushButton;
class QTreeView;

namespace ui {

class Badge;
class StatefulArea;
class TokenLabel;

/// What a sync of one application would do, in numbers.
struct FleetPlanRow
{
    core::engine::AppId app;
    std::optional<core::engine::Plan> plan; ///< none: not planned yet, or refused
    std::optional<core::Error> error;
    bool chosen = true;
    core::engine::OperationPhase phase = core::engine::OperationPhase::None;
    [[nodiscard]] int count(core::engine::ResourceDiff::Action action) const;
    [[nodiscard]] int restarts() const;
    [[nodiscard]] int refused() const;
    [[nodiscard]] bool mayRun() const; ///< planned, not blocked, something to do
};

class FleetPlanModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column { Application, Creates, Changes, Prunes, Restarts, Refused, Radius, State, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;
    void setApplications(const std::vector<core::engine::AppId>& apps);
    void setPlan(const core::engine::AppId& app, core::Result<core::engine::Plan> plan);
    void setSnapshot(const core::engine::Snapshot& snapshot);
    [[nodiscard]] const std::vector<FleetPlanRow>& rows() const { return m_rows; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;

signals:
    void chosenChanged();

private:
    [[nodiscard]] QString stateText(const FleetPlanRow& row) const;

    std::vector<FleetPlanRow> m_rows;
};

/// One plan over several applications (argument: "namespace/name", one a line): each is planned in turn, those that are
/// ticked run together. Without an argument: every application that differs from Git.
class FleetPlanPage : public Page
{
    Q_OBJECT

public:
    FleetPlanPage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~FleetPlanPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }

protected:
    void retranslate() override;

private:
    void setupBars();
    void setupTable();
    void setupActions();
    void planAgain();
    void planNext(std::size_t index);
    void showSummary();
    void run();
    void start(const std::string& reason);

    FleetPlanModel* m_model;
    QTreeView* m_table;
    StatefulArea* m_area;
    Badge* m_radius;
    TokenLabel* m_summary;
    QLineEdit* m_reason;
    QPushButton* m_run;
    QPushButton* m_again;
    QList<QAction*> m_actions;
    std::stop_source m_stop;
    RunningTask m_task;
    int m_total = 0; ///< blast radius of what is chosen
    bool m_planning = false;
};

} // namespace ui
