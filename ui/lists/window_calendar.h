// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/administration.h"
#include "core/engine/engine.h"

#include <QWidget>

namespace ui {

/// Two weeks of sync windows, one line per window, time from left to right in the desktop's zone.
class WindowCalendar : public QWidget
{
    Q_OBJECT

public:
    explicit WindowCalendar(QWidget* parent = nullptr);
    void setWindows(std::vector<core::engine::AdminWindow> windows, core::TimePoint now);
    /// What a screen reader says of a line.
    [[nodiscard]] QString describe(std::size_t line) const;
    [[nodiscard]] std::size_t lineCount() const { return m_windows.size(); }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override { return {320, sizeHint().height()}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] double xOf(core::TimePoint at) const;

    std::vector<core::engine::AdminWindow> m_windows;
    core::TimePoint m_now;
};

/// "deny · 0 22 * * * for 8h": a window in words.
[[nodiscard]] QString windowText(const core::gitops::SyncWindow& window);
void installCalendarAccessibility();

} // namespace ui
