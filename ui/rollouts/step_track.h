// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/snapshot.h"

#include <QElapsedTimer>
#include <QWidget>

class QTimer;

namespace ui {

/// The steps of a rollout in a row, always left to right: done, current with its countdown, ahead.
class StepTrack : public QWidget
{
    Q_OBJECT

public:
    explicit StepTrack(QWidget* parent = nullptr);

    /// now and rate: the engine's clock, so that the countdown runs on between snapshots.
    void setRollout(const core::engine::RolloutPtr& rollout, core::TimePoint now, double rate);
    [[nodiscard]] QString text(int step) const; ///< as drawn
    [[nodiscard]] int count() const;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void changeEvent(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    void tell(int step);
    void nameSteps();
    [[nodiscard]] core::TimePoint now() const;
    [[nodiscard]] QRectF stepRect(int step) const;
    [[nodiscard]] QString describe(int step) const;

    core::engine::RolloutPtr m_rollout;
    int m_told = 0; ///< the step that the keyboard is at
    core::TimePoint m_at;
    double m_rate = 1;
    QElapsedTimer m_since;
    QTimer* m_tick;
};

} // namespace ui
