// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/snapshot.h"

#include <QTreeView>

namespace ui {

class CellsFilter;
class CellsModel;

/// Everything that the analyses of a rollout measured, newest first: when, which metric, the value beside its limit,
/// and what came of it.
class MeasurementsView : public QTreeView
{
    Q_OBJECT

public:
    explicit MeasurementsView(QWidget* parent = nullptr);
    void setRollout(const core::engine::Rollout& rollout);
    void retranslate();
    [[nodiscard]] int count() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    CellsModel* m_model;
    CellsFilter* m_filter;
};

} // namespace ui
