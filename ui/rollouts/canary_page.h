// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/rollouts/canary_panel.h"

#include <QPointer>

#include <stop_token>

class QLabel;
class QScrollArea;
class QPushButton;
class QStackedWidget;

namespace ui {

class AccessGate;
class Badge;
class ChartStack;
class MeasurementsView;
class PreviewView;
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
    void rethemed() override;

private:
    void setupActions();
    [[nodiscard]] core::engine::RolloutPtr find(const core::engine::Snapshot& snapshot) const;
    void showHeader();
    void showLegend();
    void showRule();
    void showStatistics();
    void showPreview();
    void showMeasurements();
    void updateActions();
    void revert();
    void act(core::engine::Engine::RolloutAction action);
    void exportAs(const QString& suffix);

    core::engine::RolloutPtr m_rollout;
    std::shared_ptr<const std::vector<core::engine::Event>> m_events;
    core::TimePoint m_chartedAt;
    core::engine::AppId m_app; ///< the rollout's; empty where it has none
    core::engine::HistoryEntry m_deployed; ///< what was deployed last there
    QLabel* m_name;
    Badge* m_cluster; ///< where it is another than the session's own
    Badge* m_step;
    QLabel* m_waiting;
    Badge* m_rule;
    Badge* m_statistics;
    QPushButton* m_table;
    QPushButton* m_preview;
    QPushButton* m_export;
    StepTrack* m_track;
    ChartStack* m_charts;
    QScrollArea* m_scroll;
    QStackedWidget* m_stack; ///< the charts, the preview, or the measurements
    MeasurementsView* m_measurements;
    PreviewView* m_previewView;
    QLabel* m_legend;
    TokenLabel* m_reading;
    StatefulArea* m_area;
    AccessGate* m_gate;
    QPointer<CanaryPanel> m_panel;
    QList<QAction*> m_actions;
    std::vector<std::pair<QAction*, core::engine::Engine::RolloutAction>> m_verbs; ///< those that act on the rollout
    QList<QAction*> m_exports;
    std::stop_source m_stop;
};

} // namespace ui
