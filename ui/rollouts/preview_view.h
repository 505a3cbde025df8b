// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/rollouts/chart_data.h"

#include <QWidget>

class QLabel;
class QScrollArea;
class QTableWidget;

namespace ui {

class ChartStack;
class Chip;
class TokenLabel;

/// The charts of an update that begins at `start`: weight, pods, and each extended resource against what is free.
[[nodiscard]] ChartSet previewCharts(const core::engine::RolloutPreview& preview, core::TimePoint start);

/// What an update will do before anything is deployed: a row for every moment, and its charts; the chosen row is the
/// cross-hair's place.
class PreviewView : public QWidget
{
    Q_OBJECT

public:
    explicit PreviewView(QWidget* parent = nullptr);
    void setPreview(core::engine::RolloutPreview preview, core::TimePoint start);
    /// Charts and rows below the summary and its warnings; shown at first.
    void setDetailsVisible(bool visible);
    void retranslate();
    /// In sentences: how long, how many pods, weights, GPUs.
    [[nodiscard]] static QString summaryOf(const core::engine::RolloutPreview& preview);
    /// What does not fit, one line each; "" where everything does.
    [[nodiscard]] static QString warningsOf(const core::engine::RolloutPreview& preview);

private:
    void showSummary();
    void showRows();
    void chooseRow(int row);
    void followCrosshair();

    core::engine::RolloutPreview m_preview;
    core::TimePoint m_start;
    QLabel* m_summary;
    TokenLabel* m_warnings;
    ChartStack* m_charts;
    QTableWidget* m_rows;
};

/// The updates that a plan will set going in Rollouts, each in words with what it runs into; step by step on demand.
class RolloutChangesView : public QWidget
{
    Q_OBJECT

public:
    explicit RolloutChangesView(QWidget* parent = nullptr);
    /// Hides itself where there are none.
    void setChanges(const std::vector<core::engine::RolloutChange>& changes, core::TimePoint start);
    void retranslate();

private:
    void showDetails(bool visible);

    struct Entry
    {
        QLabel* title;
        PreviewView* view;
        QString name;
    };

    QLabel* m_heading; ///< where there is one change only; more have a title each
    Chip* m_details;
    QScrollArea* m_area;
    std::vector<Entry> m_entries;
};

} // namespace ui
