// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/chart_data.h"

#include "ui/base/bidi.h"
#include "ui/base/plain_text.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>

namespace ui {

namespace {

bool earlier(const ChartPoint& point, double at)
{
    return point.at < at;
}

} // namespace

double chartTime(core::TimePoint time)
{
    return std::chrono::duration<double>(time.time_since_epoch()).count();
}

core::TimePoint chartTimePoint(double time)
{
    return core::TimePoint(std::chrono::duration_cast<core::Duration>(std::chrono::duration<double>(time)));
}

std::vector<ChartPoint> decimate(const std::vector<ChartPoint>& points, double from, double to, int columns)
{
    auto first = std::lower_bound(points.begin(), points.end(), from, earlier);
    auto last = std::upper_bound(points.begin(), points.end(), to,
                                 [](double at, const ChartPoint& point) { return at < point.at; });
    if (first != points.begin())
        --first;
    if (last != points.end())
        ++last;
    if (last - first <= 4 * static_cast<std::ptrdiff_t>(columns) || !(to > from))
        return {first, last};
    std::vector<ChartPoint> result;
    result.reserve(static_cast<std::size_t>(columns) * 4);
    const double scale = columns / (to - from);
    const auto columnOf = [&](const ChartPoint& point) {
        return static_cast<int>(std::clamp((point.at - from) * scale, -1.0, columns + 1.0));
    };
    while (first != last) {
        const int column = columnOf(*first);
        const ChartPoint* low = nullptr;
        const ChartPoint* high = nullptr;
        const ChartPoint* gap = nullptr;
        const auto opening = first;
        auto closing = first;
        for (; first != last && columnOf(*first) == column; ++first) {
            closing = first;
            if (std::isnan(first->value)) {
                gap = &*first;
                continue;
            }
            if (low == nullptr || first->value < low->value)
                low = &*first;
            if (high == nullptr || first->value > high->value)
                high = &*first;
        }
        // In the order of time, each point once; a gap stays visible.
        std::array<const ChartPoint*, 5> kept {&*opening, low, high, gap, &*closing};
        std::ranges::sort(kept);
        const ChartPoint* before = nullptr;
        for (const ChartPoint* point : kept) {
            if (point != nullptr && point != before)
                result.push_back(*point);
            before = point;
        }
    }
    return result;
}

std::pair<double, double> valueRange(const Chart& chart, double from, double to)
{
    double low = std::numeric_limits<double>::infinity();
    double high = -low;
    const auto include = [&](double value) {
        if (std::isfinite(value)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
    };
    for (const ChartSeries& series : chart.series) {
        const auto first = std::lower_bound(series.points.begin(), series.points.end(), from, earlier);
        for (auto point = first; point != series.points.end() && point->at <= to; ++point)
            include(point->value);
    }
    for (const ChartLimit& limit : chart.limits)
        include(limit.value);
    if (low > high) {
        low = 0;
        high = 1;
    }
    double air = (high - low) * 0.12;
    if (air <= 0)
        air = std::max(std::abs(high) * 0.1, 1e-9);
    double bottom = low - air;
    if (low >= 0 && bottom < 0)
        bottom = 0;
    return {chart.bottom.value_or(bottom), chart.top.value_or(high + air)};
}

std::vector<double> timeTicks(double from, double to, int room)
{
    static constexpr std::array<double, 22> kSteps {1,     2,     5,      10,     15,      30,     60,    120,
                                                    300,   600,   900,    1800,   3600,    7200,   10800, 21600,
                                                    43200, 86400, 172800, 604800, 1209600, 2419200};
    std::vector<double> ticks;
    if (!(to > from) || room < 1)
        return ticks;
    double step = kSteps.back();
    for (const double candidate : kSteps) {
        if ((to - from) / candidate <= room) {
            step = candidate;
            break;
        }
    }
    while ((to - from) / step > room)
        step *= 2;
    for (double at = std::ceil(from / step) * step; at <= to; at += step)
        ticks.push_back(at);
    return ticks;
}

std::optional<double> valueAt(const ChartSeries& series, double at)
{
    const auto& points = series.points;
    auto after = std::upper_bound(points.begin(), points.end(), at,
                                  [](double time, const ChartPoint& point) { return time < point.at; });
    if (points.empty() || (series.shape == ChartSeries::Shape::Steps && after == points.begin()))
        return std::nullopt;
    const ChartPoint* nearest = nullptr;
    if (after != points.begin())
        nearest = &*std::prev(after);
    if (series.shape == ChartSeries::Shape::Line && after != points.end()
        && (nearest == nullptr || after->at - at < at - nearest->at))
        nearest = &*after;
    if (nearest == nullptr || std::isnan(nearest->value))
        return std::nullopt;
    return nearest->value;
}

QString describeChart(const Chart& chart)
{
    const auto tr = [](const char* text, const char* note = nullptr) {
        return QCoreApplication::translate("ui", text, note);
    };
    const auto unit = chart.unit.isEmpty() ? QString() : u' ' + chart.unit;
    QStringList parts;
    for (const ChartSeries& series : chart.series) {
        std::optional<double> last;
        double low = std::numeric_limits<double>::infinity();
        double high = -low;
        for (const ChartPoint& point : series.points)
            if (!std::isnan(point.value)) {
                last = point.value;
                low = std::min(low, point.value);
                high = std::max(high, point.value);
            }
        parts.append(
            last ? tr("%1: now %2, between %3 and %4", "series of a chart: its values")
                       .arg(series.name, shortNumber(*last) + unit, shortNumber(low) + unit, shortNumber(high) + unit)
                 : tr("%1: no value yet", "series of a chart").arg(series.name));
    }
    QStringList limits;
    for (const ChartLimit& limit : chart.limits)
        limits.append(plain(limit.text));
    if (!limits.isEmpty())
        parts.append(tr("limit %1").arg(limits.join(QLatin1String(", "))));
    return parts.join(QLatin1String("; "));
}

QString toCsv(const ChartSet& set)
{
    const auto quoted = [](const QString& text) { return csvField(text, CsvQuotes::Always); };
    QString csv = QStringLiteral("time,chart,series,value\r\n");
    for (const Chart& chart : set.charts) {
        for (const ChartSeries& series : chart.series) {
            for (const ChartPoint& point : series.points) {
                const QString value = std::isnan(point.value)
                    ? QString()
                    : QString::number(point.value, 'g', QLocale::FloatingPointShortest);
                csv += QString::fromStdString(core::formatRfc3339Micro(chartTimePoint(point.at))) + QLatin1Char(',')
                    + quoted(chart.title) + QLatin1Char(',') + quoted(series.name) + QLatin1Char(',') + value
                    + QStringLiteral("\r\n");
            }
        }
    }
    return csv;
}

QString minuteTime(double at)
{
    return ltr(plain(clockTime(chartTimePoint(at))).left(5));
}

QString shortNumber(double value)
{
    if (!std::isfinite(value))
        return std::isnan(value) ? QStringLiteral("NaN") : value > 0 ? QStringLiteral("∞") : QStringLiteral("−∞");
    const double magnitude = std::abs(value);
    if (magnitude >= 1e6 || (magnitude > 0 && magnitude < 1e-4))
        return QString::number(value, 'g', 4);
    const int decimals = magnitude >= 100 ? 0 : magnitude >= 10 ? 1 : magnitude >= 1 ? 2 : 4;
    QString text = QString::number(value, 'f', decimals);
    if (text.contains(QLatin1Char('.'))) {
        while (text.endsWith(QLatin1Char('0')))
            text.chop(1);
        if (text.endsWith(QLatin1Char('.')))
            text.chop(1);
    }
    return text;
}

} // namespace ui
