// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/rollouts/canary_panel.h"

#include <QPointer>

class QLabel;
class QScrollArea;
class QPushButton;

namespace ui {

class Badge;
class ChartStack;
class StatefulArea;
class StepTrack;
class TokenLabel;

/// One rollout: where is it, why is it waiting, will it pass.
class CanaryPage : public Page
{
    Q_OBJECT

public:
    CanaryPage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~CanaryPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }
    /// Made here, shown by the shell; dies with the page wherever it is.
    [[nodiscard]] QWidget* inspector() override { return m_panel; }
    /// Picture of the charts, in the current theme.
    [[nodiscard]] QImage picture() const;

protected:
    void retranslate() override;

private:
    void setupActions();
    [[nodiscard]] core::engine::RolloutPtr find(const core::engine::Snapshot& snapshot) const;
    void showHeader();
    void showLegend();
    void showRule();
    void act(core::engine::Engine::RolloutAction action);
    void exportAs(const QString& suffix);

    core::engine::RolloutPtr m_rollout;
    std::shared_ptr<const std::vector<core::engine::Event>> m_events;
    core::TimePoint m_chartedAt;
    QLabel* m_name;
    Badge* m_step;
    QLabel* m_waiting;
    Badge* m_rule;
    QPushButton* m_export;
    StepTrack* m_track;
    ChartStack* m_charts;
    QScrollArea* m_scroll;
    QLabel* m_legend;
    TokenLabel* m_reading;
    StatefulArea* m_area;
    QPointer<CanaryPanel> m_panel;
    QList<QAction*> m_actions;
    QList<QAction*> m_exports;
};

} // namespace ui
