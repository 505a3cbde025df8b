// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/rollouts/chart_data.h"

#include <QPixmap>
#include <QWidget>

namespace ui {

/// Charts above one another on one axis of time, with a cross-hair through all of them and a row of events below.
/// Time runs from left to right in every language; titles stand on the leading side.
/// A screen reader finds each chart as a child, told in words.
/// Keys: left and right move the cross-hair, up and down tell a chart in words, + and - zoom, 0 shows everything,
/// Escape hides the cross-hair.
class ChartStack : public QWidget
{
    Q_OBJECT

public:
    explicit ChartStack(QWidget* parent = nullptr);

    void setData(ChartSet data);
    [[nodiscard]] const ChartSet& data() const { return m_data; }

    /// Part of the time that is shown; follows the data until the user zooms.
    [[nodiscard]] double viewFrom() const;
    [[nodiscard]] double viewTo() const;
    void zoom(double factor, double around);
    void showAll();
    [[nodiscard]] std::optional<double> crosshair() const { return m_crosshair; }
    void setCrosshair(std::optional<double> at);
    /// What stands under the cross-hair: "10:54:20 · success-rate 0.9961, stable 0.9987 …".
    [[nodiscard]] QString crosshairText() const;

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;
    /// Draws everything (for pictures): same as on screen, without the cross-hair.
    void paint(QPainter& painter) const;
    [[nodiscard]] QRect plotRect(int chart) const;

signals:
    void crosshairChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] int chartHeight() const;
    [[nodiscard]] QRect chartRect(int chart) const; ///< plot and titles
    [[nodiscard]] QRect eventsRect() const;
    [[nodiscard]] double xOf(double at) const;
    [[nodiscard]] double timeAt(double x) const;
    void step(int direction);
    void tellChart(int chart);
    void invalidate();
    void paintChart(QPainter& painter, int chart) const;
    void paintTitles(QPainter& painter, const QRect& rect, const QString& title, const QString& subtitle) const;
    void paintSeries(QPainter& painter, const ChartSeries& series, const QRect& plot, double bottom, double top) const;
    void paintLimits(QPainter& painter, const Chart& chart, const QRect& plot, double bottom, double top) const;
    void paintEvents(QPainter& painter) const;
    void paintAxis(QPainter& painter) const;
    void paintCrosshair(QPainter& painter) const;

    ChartSet m_data;
    std::optional<double> m_from; ///< zoomed
    std::optional<double> m_to;
    std::optional<double> m_crosshair;
    int m_told = -1; ///< the chart told last
    double m_dragX = 0;
    QPixmap m_picture; ///< everything but the cross-hair; null when out of date
};

/// Lets screen readers find the charts of every ChartStack. Idempotent.
void installChartAccessibility();

} // namespace ui
