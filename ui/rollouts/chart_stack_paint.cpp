// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/rollouts/chart_stack.h"

#include <QPaintEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kTitleWidth = 138;
constexpr int kMargin = 12;
constexpr int kAxisHeight = 22;

double yOf(double value, const QRect& plot, double bottom, double top)
{
    return plot.bottom() - (value - bottom) / std::max(top - bottom, 1e-12) * plot.height();
}

/// The corners of a step line.
QPolygonF polyline(const std::vector<ChartPoint>& points, ChartSeries::Shape shape, auto&& place)
{
    QPolygonF line;
    for (const ChartPoint& point : points) {
        const QPointF at = place(point);
        if (shape == ChartSeries::Shape::Steps && !line.isEmpty())
            line.append(QPointF(at.x(), line.last().y()));
        line.append(at);
    }
    return line;
}

} // namespace

void ChartStack::paintEvent(QPaintEvent*)
{
    if (m_picture.isNull()) {
        m_picture = QPixmap(size() * devicePixelRatioF());
        m_picture.setDevicePixelRatio(devicePixelRatioF());
        m_picture.fill(color(Token::Surface));
        QPainter painter(&m_picture);
        paint(painter);
    }
    QPainter painter(this);
    painter.drawPixmap(0, 0, m_picture);
    paintCrosshair(painter);
    if (hasFocus()) {
        painter.setPen(QPen(color(Token::Accent), 2));
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void ChartStack::paint(QPainter& painter) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    for (int chart = 0; chart < static_cast<int>(m_data.charts.size()); ++chart)
        paintChart(painter, chart);
    paintEvents(painter);
    paintAxis(painter);
}

void ChartStack::paintTitles(QPainter& painter, const QRect& rect, const QString& title, const QString& subtitle) const
{
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const QRect area(mirrored ? rect.right() - kTitleWidth - kMargin + 8 : rect.left() + kMargin, rect.top() + 10,
                     kTitleWidth - 8, rect.height() - 14);
    const int flags = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop | Qt::AlignAbsolute;
    painter.setFont(uiFont(1.0, true));
    painter.setPen(color(Token::Text));
    const int height = painter.fontMetrics().height();
    painter.drawText(area, flags, painter.fontMetrics().elidedText(title, Qt::ElideRight, area.width()));
    painter.setFont(uiFont(0.95));
    painter.setPen(color(Token::Muted));
    painter.drawText(area.adjusted(0, height + 2, 0, 0), flags | Qt::TextWordWrap, subtitle);
}

void ChartStack::paintChart(QPainter& painter, int index) const
{
    const Chart& chart = m_data.charts[static_cast<std::size_t>(index)];
    const QRect whole = chartRect(index);
    const QRect plot = plotRect(index);
    paintTitles(painter, whole, chart.title, chart.subtitle);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setClipRect(plot.adjusted(0, -1, 1, 1));
    for (const ChartBand& band : m_data.bands) {
        const double left = xOf(band.from);
        const QRectF area(left, plot.top(), std::max(xOf(band.to) - left, 2.0), plot.height());
        QColor tint = color(Token::Selection);
        tint.setAlphaF(0.55F);
        painter.fillRect(area, tint);
    }
    painter.setPen(color(Token::Line));
    for (const int y : {plot.top(), plot.center().y(), plot.bottom()})
        painter.drawLine(plot.left(), y, plot.right(), y);
    const auto [bottom, top] = valueRange(chart, viewFrom(), viewTo());
    paintLimits(painter, chart, plot, bottom, top);
    painter.setRenderHint(QPainter::Antialiasing);
    for (const ChartSeries& series : chart.series)
        paintSeries(painter, series, plot, bottom, top);
    painter.restore();

    // The ends of the range, on the side away from the titles.
    painter.setFont(uiFont(0.85));
    painter.setPen(color(Token::Muted));
    const bool mirrored = layoutDirection() == Qt::RightToLeft;
    const int height = painter.fontMetrics().height();
    const int x = mirrored ? plot.left() - 56 : plot.right() + 6;
    const int flags = (mirrored ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter | Qt::AlignAbsolute;
    for (const auto& [value, y] : {std::pair {top, plot.top()}, std::pair {bottom, plot.bottom()}}) {
        const QString text = shortNumber(value) + (chart.unit.isEmpty() ? QString() : u' ' + chart.unit);
        painter.drawText(QRect(x, y - height / 2, 50, height), flags, ltr(withDigits(text)));
    }
    painter.setPen(color(Token::Line));
    painter.drawLine(whole.bottomLeft(), whole.bottomRight());
}

void ChartStack::paintLimits(QPainter& painter, const Chart& chart, const QRect& plot, double bottom, double top) const
{
    painter.save();
    painter.setFont(uiFont(0.85));
    for (const ChartLimit& limit : chart.limits) {
        const double y = yOf(limit.value, plot, bottom, top);
        painter.setPen(QPen(color(Token::Bad), 1, Qt::DashLine));
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y));
        const int height = painter.fontMetrics().height();
        const double labelTop = y - height < plot.top() ? y + 1 : y - height;
        painter.drawText(QRectF(plot.right() - 120, labelTop, 116, height), Qt::AlignRight | Qt::AlignAbsolute,
                         limit.text);
    }
    painter.restore();
}

void ChartStack::paintSeries(QPainter& painter, const ChartSeries& series, const QRect& plot, double bottom,
                             double top) const
{
    // Very many points are thinned to every second pixel: nobody sees it, and it keeps 20 series fluent.
    const bool many = series.points.size() > static_cast<std::size_t>(4 * plot.width());
    const std::vector<ChartPoint> points =
        decimate(series.points, viewFrom(), viewTo(), many ? plot.width() / 2 : plot.width());
    const auto place = [&](const ChartPoint& point) {
        return QPointF(xOf(point.at), yOf(point.value, plot, bottom, top));
    };
    // Where several values share a pixel, smoothing costs time and shows nothing.
    const bool dense = points.size() > static_cast<std::size_t>(plot.width());
    painter.setRenderHint(QPainter::Antialiasing, !dense);
    QPen pen(color(series.token), dense ? 1 : series.width, series.pen);
    pen.setJoinStyle(Qt::RoundJoin);
    pen.setCosmetic(true);
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    for (auto from = points.begin(); from != points.end();) {
        from = std::find_if(from, points.end(), [](const ChartPoint& point) { return !std::isnan(point.value); });
        const auto to =
            std::find_if(from, points.end(), [](const ChartPoint& point) { return std::isnan(point.value); });
        painter.drawPolyline(polyline({from, to}, series.shape, place));
        from = to;
    }
    if (series.dots && points.size() < static_cast<std::size_t>(plot.width() / 6)) {
        painter.setBrush(color(Token::Surface));
        for (const ChartPoint& point : points)
            if (!std::isnan(point.value))
                painter.drawEllipse(place(point), 2.4, 2.4);
    }
    painter.setRenderHint(QPainter::Antialiasing);
}

void ChartStack::paintEvents(QPainter& painter) const
{
    const QRect rect = eventsRect();
    const QRect plot = plotRect(0);
    paintTitles(painter, rect, tr("Events"), {});
    painter.setFont(uiFont(0.85));
    const int middle = rect.center().y();
    double free = -1e9; // where the next label may start
    for (const ChartEvent& event : m_data.events) {
        const double x = xOf(event.at);
        if (x < plot.left() || x > plot.right())
            continue;
        painter.setPen(Qt::NoPen);
        painter.setBrush(color(event.token));
        painter.drawEllipse(QPointF(x, middle), 4, 4);
        const double width = painter.fontMetrics().horizontalAdvance(event.text);
        const bool hidesOthers = std::ranges::any_of(m_data.events, [&](const ChartEvent& other) {
            return xOf(other.at) > x && xOf(other.at) < x + 12 + width;
        });
        if (x < free || hidesOthers || x + 8 + width > rect.width())
            continue; // the dot stays; its words are in the tool tip
        painter.setPen(color(Token::Muted));
        painter.drawText(QRectF(x + 8, rect.top(), width + 2, rect.height()),
                         Qt::AlignVCenter | Qt::AlignLeft | Qt::AlignAbsolute, event.text);
        free = x + 8 + width + 12;
    }
    painter.setPen(color(Token::Line));
    painter.drawLine(rect.bottomLeft(), rect.bottomRight());
}

void ChartStack::paintAxis(QPainter& painter) const
{
    const QRect plot = plotRect(0);
    const QRect rect(0, eventsRect().bottom() + 1, width(), kAxisHeight);
    painter.setFont(uiFont(0.85));
    painter.setPen(color(Token::Muted));
    const int width = painter.fontMetrics().horizontalAdvance(QStringLiteral("00:00:00")) + 24;
    const std::vector<double> ticks = timeTicks(viewFrom(), viewTo(), plot.width() / width);
    const bool seconds = ticks.size() > 1 && ticks[1] - ticks[0] < 60;
    for (const double tick : ticks) {
        const double x = xOf(tick);
        painter.drawText(QRectF(x - width / 2.0, rect.top(), width, rect.height()), Qt::AlignCenter,
                         seconds ? clockTime(chartTimePoint(tick)) : minuteTime(tick));
    }
    if (m_data.now > viewFrom() && m_data.now < viewTo()) {
        painter.setPen(QPen(color(Token::Line), 1));
        const double x = xOf(m_data.now);
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, eventsRect().bottom()));
    }
}

void ChartStack::paintCrosshair(QPainter& painter) const
{
    if (!m_crosshair || *m_crosshair < viewFrom() || *m_crosshair > viewTo() || m_data.charts.empty())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    const double x = xOf(*m_crosshair);
    painter.setPen(QPen(color(Token::Muted), 1));
    painter.drawLine(QPointF(x, plotRect(0).top()), QPointF(x, eventsRect().bottom()));
    for (int index = 0; index < static_cast<int>(m_data.charts.size()); ++index) {
        const Chart& chart = m_data.charts[static_cast<std::size_t>(index)];
        const QRect plot = plotRect(index);
        const auto [bottom, top] = valueRange(chart, viewFrom(), viewTo());
        for (const ChartSeries& series : chart.series) {
            if (const auto value = valueAt(series, *m_crosshair)) {
                painter.setPen(QPen(color(Token::Surface), 1));
                painter.setBrush(color(series.token));
                painter.drawEllipse(QPointF(x, yOf(*value, plot, bottom, top)), 3.5, 3.5);
            }
        }
    }
}

} // namespace ui
