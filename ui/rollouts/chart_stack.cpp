// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/chart_stack.h"

#include "ui/base/bidi.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kTitleWidth = 138;
constexpr int kMargin = 12;
constexpr int kEventsHeight = 40;
constexpr int kAxisHeight = 22;

} // namespace

ChartStack::ChartStack(QWidget* parent)
    : QWidget(parent)
{
    setObjectName(QStringLiteral("chartStack"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Weight and measurements over time"));
    installChartAccessibility();
    connect(&Theme::instance(), &Theme::changed, this, &ChartStack::invalidate);
}

void ChartStack::setData(ChartSet data)
{
    const bool resized = data.charts.size() != m_data.charts.size();
    m_data = std::move(data);
    if (resized)
        updateGeometry();
    invalidate();
    if (m_crosshair)
        emit crosshairChanged();
}

void ChartStack::invalidate()
{
    m_picture = {};
    update();
}

double ChartStack::viewFrom() const
{
    return m_from.value_or(m_data.from);
}

double ChartStack::viewTo() const
{
    return m_to.value_or(m_data.to);
}

void ChartStack::zoom(double factor, double around)
{
    const double whole = m_data.to - m_data.from;
    const double width = (viewTo() - viewFrom()) * factor;
    if (width >= whole)
        return showAll();
    if (width < 2)
        return;
    const double share = (around - viewFrom()) / (viewTo() - viewFrom());
    m_from = std::clamp(around - share * width, m_data.from, m_data.to - width);
    m_to = *m_from + width;
    invalidate();
}

void ChartStack::showAll()
{
    m_from.reset();
    m_to.reset();
    invalidate();
}

void ChartStack::setCrosshair(std::optional<double> at)
{
    if (m_crosshair == at)
        return;
    m_crosshair = at;
    setAccessibleDescription(plain(crosshairText()));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    update();
    emit crosshairChanged();
}

QString ChartStack::crosshairText() const
{
    if (!m_crosshair)
        return {};
    QStringList parts {clockTime(chartTimePoint(*m_crosshair))};
    for (const Chart& chart : m_data.charts) {
        // Two values stand as stable and canary everywhere; of three each says what it is.
        const bool named = chart.series.size() > 2;
        QStringList values;
        for (const ChartSeries& series : chart.series)
            if (const auto value = valueAt(series, *m_crosshair)) {
                const QString text = shortNumber(*value) + (chart.unit.isEmpty() ? QString() : u' ' + chart.unit);
                values.append(named ? isolate(series.name) + u' ' + ltr(text) : text);
            }
        if (!values.isEmpty())
            parts.append(isolate(chart.title) + u' '
                         + (named ? values.join(QLatin1String(" / ")) : ltr(values.join(QLatin1String(" / ")))));
    }
    return parts.join(QStringLiteral(" · "));
}

// ---- geometry

int ChartStack::chartHeight() const
{
    const int charts = std::max(1, static_cast<int>(m_data.charts.size()));
    return std::clamp((height() - kEventsHeight - kAxisHeight) / charts, 96, 260);
}

QSize ChartStack::minimumSizeHint() const
{
    const int charts = std::max(1, static_cast<int>(m_data.charts.size()));
    return {kTitleWidth + 200, charts * 96 + kEventsHeight + kAxisHeight};
}

QSize ChartStack::sizeHint() const
{
    const int charts = std::max(1, static_cast<int>(m_data.charts.size()));
    return {kTitleWidth + 640, charts * 134 + kEventsHeight + kAxisHeight};
}

QRect ChartStack::chartRect(int chart) const
{
    return {0, chart * chartHeight(), width(), chartHeight()};
}

QRect ChartStack::plotRect(int chart) const
{
    const QRect rect = chartRect(chart).adjusted(kMargin, 12, -kMargin, -12);
    const int left = layoutDirection() == Qt::RightToLeft ? 52 : kTitleWidth;
    const int right = layoutDirection() == Qt::RightToLeft ? kTitleWidth : 52;
    return rect.adjusted(left, 0, -right, 0);
}

QRect ChartStack::eventsRect() const
{
    return {0, static_cast<int>(m_data.charts.size()) * chartHeight(), width(), kEventsHeight};
}

double ChartStack::xOf(double at) const
{
    const QRect plot = plotRect(0);
    const double span = std::max(viewTo() - viewFrom(), 1e-6);
    return plot.left() + (at - viewFrom()) / span * plot.width();
}

double ChartStack::timeAt(double x) const
{
    const QRect plot = plotRect(0);
    return viewFrom() + (x - plot.left()) / std::max(plot.width(), 1) * (viewTo() - viewFrom());
}

void ChartStack::tellChart(int chart)
{
    if (m_data.charts.empty())
        return;
    m_told = std::clamp(chart, 0, static_cast<int>(m_data.charts.size()) - 1);
    const Chart& told = m_data.charts[static_cast<std::size_t>(m_told)];
    setAccessibleDescription(plain(told.title) + QStringLiteral(". ") + describeChart(told));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    update();
}

// ---- input

void ChartStack::step(int direction)
{
    // From measurement to measurement, whichever chart has the next one.
    const double now = m_crosshair.value_or(direction > 0 ? viewFrom() : viewTo());
    std::optional<double> best;
    for (const Chart& chart : m_data.charts) {
        for (const ChartSeries& series : chart.series) {
            const auto& points = series.points;
            if (direction > 0) {
                const auto next = std::ranges::upper_bound(points, now + 1e-6, {}, &ChartPoint::at);
                if (next != points.end() && (!best || next->at < *best))
                    best = next->at;
            } else {
                const auto next = std::ranges::lower_bound(points, now - 1e-6, {}, &ChartPoint::at);
                if (next != points.begin() && (!best || std::prev(next)->at > *best))
                    best = std::prev(next)->at;
            }
        }
    }
    if (best)
        setCrosshair(std::clamp(*best, m_data.from, m_data.to));
}

void ChartStack::keyPressEvent(QKeyEvent* event)
{
    const double around = m_crosshair.value_or((viewFrom() + viewTo()) / 2);
    switch (event->key()) {
    case Qt::Key_Right:
        return step(1);
    case Qt::Key_Left:
        return step(-1);
    case Qt::Key_Down:
        return tellChart(m_told + 1);
    case Qt::Key_Up:
        return tellChart(m_told - 1);
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoom(0.7, around);
    case Qt::Key_Minus:
        return zoom(1 / 0.7, around);
    case Qt::Key_0:
        return showAll();
    case Qt::Key_Escape:
        if (m_crosshair)
            return setCrosshair(std::nullopt);
        break;
    default:
        break;
    }
    QWidget::keyPressEvent(event);
}

void ChartStack::mouseMoveEvent(QMouseEvent* event)
{
    const double x = event->position().x();
    if ((event->buttons() & Qt::LeftButton) && m_from) {
        const double width = viewTo() - viewFrom();
        const double by = timeAt(m_dragX) - timeAt(x);
        m_from = std::clamp(*m_from + by, m_data.from, m_data.to - width);
        m_to = *m_from + width;
        m_dragX = x;
        invalidate();
        return;
    }
    const QRect plot = plotRect(0);
    if (x >= plot.left() && x <= plot.right())
        setCrosshair(timeAt(x));
}

void ChartStack::mousePressEvent(QMouseEvent* event)
{
    m_dragX = event->position().x();
}

void ChartStack::mouseReleaseEvent(QMouseEvent*)
{
    m_dragX = 0;
}

void ChartStack::mouseDoubleClickEvent(QMouseEvent*)
{
    showAll();
}

void ChartStack::leaveEvent(QEvent*)
{
    if (!hasFocus())
        setCrosshair(std::nullopt);
}

void ChartStack::wheelEvent(QWheelEvent* event)
{
    if (event->modifiers() & Qt::ControlModifier)
        zoom(std::pow(0.999, event->angleDelta().y()), timeAt(event->position().x()));
    else
        event->ignore();
}

void ChartStack::resizeEvent(QResizeEvent*)
{
    m_picture = {};
}

void ChartStack::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        setAccessibleName(tr("Weight and measurements over time"));
    if (event->type() == QEvent::LayoutDirectionChange || event->type() == QEvent::FontChange
        || event->type() == QEvent::LanguageChange)
        invalidate();
}

bool ChartStack::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QString text;
        if (eventsRect().contains(help->pos()))
            for (const ChartEvent& happened : m_data.events)
                if (std::abs(xOf(happened.at) - help->pos().x()) < 8)
                    text += clockTime(chartTimePoint(happened.at)) + u' ' + isolate(happened.details) + u'\n';
        QToolTip::showText(help->globalPos(), text.trimmed(), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace ui
