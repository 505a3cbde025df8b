// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "ui/base/theme.h"

#include <QString>

#include <limits>
#include <optional>
#include <vector>

/// What charts show, free of painting. Times are seconds since 1970 as double: exact to a microsecond.
namespace ui {

struct ChartPoint
{
    double at = 0;
    double value = 0; ///< NaN: a gap
    friend bool operator==(const ChartPoint&, const ChartPoint&) = default;
};

[[nodiscard]] double chartTime(core::TimePoint time);
[[nodiscard]] core::TimePoint chartTimePoint(double time);

struct ChartSeries
{
    enum class Shape { Line, Steps };
    QString name;
    Token token = Token::Accent;
    Qt::PenStyle pen = Qt::SolidLine;
    Shape shape = Shape::Line;
    double width = 1.8; ///< of the line; a wider one below still shows where two lines are the same
    bool dots = false; ///< a dot on every point, while they are few
    std::vector<ChartPoint> points; ///< ascending in time
};

struct ChartLimit
{
    double value = 0;
    QString text; ///< "≥ 0.99", isolated left to right
};

struct Chart
{
    QString title;
    QString subtitle;
    std::vector<ChartSeries> series;
    std::vector<ChartLimit> limits;
    std::optional<double> bottom; ///< fixed range; otherwise from the values and limits
    std::optional<double> top;
    QString unit;
};

struct ChartBand
{
    double from = 0;
    double to = 0;
    QString name;
};

struct ChartEvent
{
    double at = 0;
    QString text;
    QString details;
    Token token = Token::Muted;
};

struct ChartSet
{
    std::vector<Chart> charts;
    std::vector<ChartBand> bands; ///< shaded in all charts: analysis phases
    std::vector<ChartEvent> events;
    double from = 0;
    double to = 0; ///< may lie ahead of now
    double now = 0;
};

/// At most four points for each of `columns` equal slices of [from, to]: the first, the lowest, the highest, the last.
/// A line through them covers the same pixels as a line through all. The neighbours outside are kept so that lines
/// leave the picture in the right direction.
[[nodiscard]] std::vector<ChartPoint> decimate(const std::vector<ChartPoint>& points, double from, double to,
                                               int columns);

/// Lowest and highest value that the chart shows in [from, to], limits included, with some air; {0, 1} when empty.
[[nodiscard]] std::pair<double, double> valueRange(const Chart& chart, double from, double to);

/// Round times between from and to, `room` of them at most, e.g. every 5 minutes.
[[nodiscard]] std::vector<double> timeTicks(double from, double to, int room);

/// The value that the series has at a time: of a step, the last set; of a line, the nearest point's.
[[nodiscard]] std::optional<double> valueAt(const ChartSeries& series, double at);

/// A chart in words, for those who hear it: the last value of each series, its range, and the limits.
[[nodiscard]] QString describeChart(const Chart& chart);

/// All points: time, chart, series, value. RFC 4180.
[[nodiscard]] QString toCsv(const ChartSet& set);

/// "10:42", for axes.
[[nodiscard]] QString minuteTime(double at);

/// A number with as many digits as tell it from its neighbours: 0.9961, 412, 0.00012.
[[nodiscard]] QString shortNumber(double value);

} // namespace ui
