// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/rollout_charts.h"

#include "ui/base/bidi.h"

#include <QCoreApplication>
#include <QMap>

#include <algorithm>
#include <cmath>
#include <map>

namespace ui {

using core::engine::Measurement;
using core::engine::Metric;
using core::engine::Rollout;

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("ui", text);
}

std::vector<ChartPoint> pointsOf(const std::vector<core::engine::TimedValue>& values)
{
    std::vector<ChartPoint> points;
    points.reserve(values.size());
    for (const auto& value : values)
        points.push_back({chartTime(value.at), value.value});
    std::ranges::stable_sort(points, {}, &ChartPoint::at);
    return points;
}

Chart weightChart(const Rollout& rollout, double now)
{
    Chart chart;
    chart.title = tr("Weight");
    chart.subtitle = rollout.measuredWeights.empty() ? tr("set ┄ · recorded ─") : tr("set ┄ · recorded ─ · measured ●");
    chart.unit = QStringLiteral("%");
    chart.bottom = 0;
    chart.top = 100;
    ChartSeries set;
    set.name = tr("set");
    set.token = Token::Muted;
    set.pen = Qt::DashLine;
    set.shape = ChartSeries::Shape::Steps;
    set.points = pointsOf(rollout.setWeights);
    // The weight holds until something changes it: now, or the end of the pause it waits in.
    const double until = rollout.pauseUntil ? std::max(now, chartTime(*rollout.pauseUntil)) : now;
    if (!set.points.empty())
        set.points.push_back({std::max(until, set.points.back().at), set.points.back().value});
    ChartSeries actual;
    actual.name = tr("recorded");
    actual.token = Token::Progress;
    actual.shape = ChartSeries::Shape::Steps;
    actual.points = pointsOf(rollout.actualWeights);
    if (!actual.points.empty())
        actual.points.push_back({std::max(now, actual.points.back().at), actual.points.back().value});
    chart.series = {std::move(set), std::move(actual)};
    if (!rollout.measuredWeights.empty()) {
        ChartSeries measured;
        measured.name = tr("measured");
        measured.token = Token::SeriesCanary;
        measured.dots = true;
        measured.points = pointsOf(rollout.measuredWeights);
        chart.series.push_back(std::move(measured));
    }
    return chart;
}

enum MetricSeries : std::size_t { Stable, Baseline, Canary };

void addMetric(Chart& chart, const Metric& metric)
{
    const auto add = [&](MetricSeries series, const std::vector<ChartPoint>& more) {
        auto& points = chart.series[series].points;
        points.insert(points.end(), more.begin(), more.end());
    };
    std::vector<ChartPoint> measured;
    for (const Measurement& measurement : metric.measurements)
        measured.push_back(
            {chartTime(measurement.at), measurement.value.value_or(std::numeric_limits<double>::quiet_NaN())});
    add(metric.ofBaseline ? Baseline : Canary, measured);
    add(Stable, pointsOf(metric.stable));
    add(Baseline, pointsOf(metric.baseline));
    for (const auto& threshold : metric.thresholds) {
        const QString text = limitText(threshold);
        const bool known =
            std::ranges::any_of(chart.limits, [&](const ChartLimit& limit) { return limit.text == text; });
        if (!known)
            chart.limits.push_back({threshold.value, text});
    }
}

Chart emptyMetricChart(const QString& name)
{
    Chart chart;
    chart.title = name;
    ChartSeries stable;
    stable.name = tr("stable");
    stable.token = Token::SeriesStable;
    stable.width = 3.6;
    ChartSeries baseline;
    baseline.name = tr("baseline");
    baseline.token = Token::SeriesBaseline;
    baseline.width = 2.6;
    ChartSeries canary;
    canary.name = tr("canary");
    canary.token = Token::SeriesCanary;
    canary.dots = true;
    chart.series = {std::move(stable), std::move(baseline), std::move(canary)};
    return chart;
}

void finish(Chart& chart)
{
    if (chart.series[Baseline].points.empty()) // only an Experiment has one
        chart.series.erase(chart.series.begin() + Baseline);
    for (ChartSeries& series : chart.series) {
        std::ranges::stable_sort(series.points, {}, &ChartPoint::at);
        const auto twice = std::ranges::unique(series.points, {}, &ChartPoint::at);
        series.points.erase(twice.begin(), twice.end());
    }
    QStringList limits;
    for (const ChartLimit& limit : chart.limits)
        limits.append(limit.text);
    chart.subtitle = limits.isEmpty() ? tr("no limit set") : tr("limit %1").arg(limits.join(QLatin1String(", ")));
}

/// One stretch for each analysis run: from its first to its last measurement.
std::vector<ChartBand> bandsOf(const Rollout& rollout, double now)
{
    std::map<std::string, ChartBand> runs;
    for (const Metric& metric : rollout.metrics) {
        if (metric.measurements.empty())
            continue;
        const double from = chartTime(metric.measurements.front().at);
        const double to = isOver(metric) ? chartTime(metric.measurements.back().at) : now;
        const auto [at, made] = runs.try_emplace(metric.analysisRun, ChartBand {from, to, qs(metric.analysisRun)});
        at->second.from = std::min(at->second.from, from);
        at->second.to = std::max(at->second.to, to);
    }
    std::vector<ChartBand> bands;
    for (const auto& [name, band] : runs)
        bands.push_back(band);
    std::ranges::sort(bands, {}, &ChartBand::from);
    // Overlapping runs (one per metric) are one phase.
    std::vector<ChartBand> merged;
    for (const ChartBand& band : bands) {
        if (!merged.empty() && band.from <= merged.back().to)
            merged.back().to = std::max(merged.back().to, band.to);
        else
            merged.push_back(band);
    }
    return merged;
}

Token tokenOf(const core::engine::Event& event)
{
    if (event.warning || event.reason.find("Abort") != std::string::npos)
        return Token::Bad;
    if (event.reason.find("Pause") != std::string::npos)
        return Token::Suspended;
    if (event.reason.find("Success") != std::string::npos || event.reason.find("Completed") != std::string::npos)
        return Token::Ok;
    return Token::Progress;
}

std::vector<ChartEvent> eventsOf(const Rollout& rollout, const std::vector<core::engine::Event>& events)
{
    std::vector<ChartEvent> result;
    for (const auto& event : events) {
        if (event.cluster != rollout.cluster)
            continue;
        const bool own = event.object == rollout.key;
        const bool ofRun = event.object.kind == "AnalysisRun" && event.object.nameSpace == rollout.key.nameSpace
            && event.object.name.starts_with(rollout.key.name);
        const bool ofPods = event.warning && event.object.kind == "Pod"
            && std::ranges::any_of(rollout.revisions, [&](const core::engine::RolloutRevision& revision) {
                                return revision.canary && !revision.replicaSet.empty()
                                    && event.object.name.starts_with(revision.replicaSet + "-");
                            });
        if (own || ofRun || ofPods)
            result.push_back({chartTime(event.at), isolate(event.reason), qs(event.message), tokenOf(event)});
    }
    std::ranges::stable_sort(result, {}, &ChartEvent::at);
    return result;
}

/// "2 failures left", in a line of its own, for the runs that still measure.
QString leftText(const Rollout& rollout, const std::string& name)
{
    std::optional<qint64> left;
    for (const Metric& metric : rollout.metrics)
        if (const auto more = failuresLeft(metric); metric.name == name && !isOver(metric) && more)
            left = std::min(left.value_or(*more), *more);
    if (!left)
        return {};
    const int count = static_cast<int>(*left); // a name: lupdate reads no more of an argument
    return QStringLiteral("\n") + QCoreApplication::translate("ui", "%n failure(s) left", nullptr, count);
}

} // namespace

QString limitText(const core::engine::Threshold& threshold)
{
    QString sign = qs(threshold.comparison);
    sign.replace(QLatin1String(">="), QStringLiteral("≥")).replace(QLatin1String("<="), QStringLiteral("≤"));
    // What makes a measurement fail is a limit from the other side.
    if (!threshold.success) {
        static const QMap<QString, QString> kOpposite {
            {QStringLiteral("≥"), QStringLiteral("<")},  {QStringLiteral("≤"), QStringLiteral(">")},
            {QStringLiteral("<"), QStringLiteral("≥")},  {QStringLiteral(">"), QStringLiteral("≤")},
            {QStringLiteral("=="), QStringLiteral("≠")}, {QStringLiteral("!="), QStringLiteral("=")}};
        sign = kOpposite.value(sign, sign);
    }
    return ltr(sign + u' ' + shortNumber(threshold.value));
}

ChartSet chartsOf(const Rollout& rollout, const std::vector<core::engine::Event>& events, core::TimePoint clock)
{
    ChartSet set;
    set.now = chartTime(clock);
    set.charts.push_back(weightChart(rollout, set.now));
    std::vector<std::pair<std::string, Chart>> metrics;
    for (const Metric& metric : rollout.metrics) {
        auto known = std::ranges::find(metrics, metric.name, [](const auto& entry) { return entry.first; });
        if (known == metrics.end())
            known = metrics.insert(metrics.end(), {metric.name, emptyMetricChart(qs(metric.name))});
        addMetric(known->second, metric);
    }
    for (auto& [name, chart] : metrics) {
        finish(chart);
        chart.subtitle += leftText(rollout, name);
        set.charts.push_back(std::move(chart));
    }
    set.bands = bandsOf(rollout, set.now);
    set.events = eventsOf(rollout, events);

    double first = set.now;
    double last = 0;
    for (const Chart& chart : set.charts) {
        for (const ChartSeries& series : chart.series) {
            if (!series.points.empty()) {
                first = std::min(first, series.points.front().at);
                last = std::max(last, series.points.back().at);
            }
        }
    }
    if (rollout.startedAt)
        first = std::min(first, chartTime(*rollout.startedAt));
    const bool running = attentionOf(rollout) != Attention::Fine && !rollout.aborted;
    set.to = running ? set.now : std::max(last, first + 60);
    if (rollout.pauseUntil && !rollout.aborted)
        set.to = std::max(set.to, chartTime(*rollout.pauseUntil));
    if (rollout.eta && running)
        set.to = std::max(set.to, std::min(chartTime(*rollout.eta), set.now + (set.now - first)));
    set.from = std::min(first, set.to - 60);
    set.to += (set.to - set.from) * 0.03;
    return set;
}

Attention attentionOf(const Rollout& rollout)
{
    if (rollout.aborted || rollout.phase == "Degraded" || rollout.phase == "Error" || rollout.phase == "InvalidSpec")
        return Attention::Failed;
    if (rollout.paused && !rollout.pauseUntil)
        return Attention::WaitsForDecision;
    if (rollout.paused)
        return Attention::Paused;
    return rollout.phase == "Healthy" ? Attention::Fine : Attention::Running;
}

QString lastValue(const Metric& metric)
{
    for (auto measurement = metric.measurements.rbegin(); measurement != metric.measurements.rend(); ++measurement)
        if (measurement->value)
            return shortNumber(*measurement->value);
    return metric.measurements.empty() ? QString() : qs(metric.measurements.back().text);
}

const core::engine::MetricVerdict* worstVerdict(const Rollout& rollout)
{
    using Opinion = core::engine::MetricVerdict::Opinion;
    const auto concern = [](const core::engine::MetricVerdict& verdict) {
        return verdict.opinion == Opinion::Worse ? 0 : verdict.opinion == Opinion::Undecided ? 1 : 2;
    };
    const auto worst = std::ranges::min_element(rollout.verdicts, {}, concern);
    return worst == rollout.verdicts.end() ? nullptr : &*worst;
}

QString verdictText(const core::engine::MetricVerdict& verdict)
{
    using Opinion = core::engine::MetricVerdict::Opinion;
    const QString sure = percent(std::floor(verdict.sure * 100));
    const QString opinion = verdict.opinion == Opinion::Worse ? tr("worse, %1 sure").arg(sure)
        : verdict.opinion == Opinion::NotWorse                ? tr("not worse, %1 sure").arg(sure)
                                                              : tr("undecided, %1 sure").arg(sure);
    if (verdict.opinion != Opinion::Undecided || !verdict.needed)
        return opinion;
    const int needed = static_cast<int>(std::min<std::int64_t>(*verdict.needed, 1'000'000'000));
    return opinion + QStringLiteral(" · ")
        + (verdict.inRequests
               ? QCoreApplication::translate("ui", "needs about %n more request(s)", nullptr, needed)
               : QCoreApplication::translate("ui", "needs about %n more measurement(s)", nullptr, needed));
}

bool hasBaseline(const Rollout& rollout)
{
    return std::ranges::any_of(rollout.metrics, [](const Metric& metric) {
        return !metric.baseline.empty() || (metric.ofBaseline && !metric.measurements.empty());
    });
}

std::optional<qint64> failuresLeft(const Metric& metric)
{
    if (metric.failureLimit < 0)
        return std::nullopt;
    return std::max<qint64>(0, metric.failureLimit - metric.failed);
}

bool isOver(const Metric& metric)
{
    return metric.phase == "Successful" || metric.phase == "Failed" || metric.phase == "Error"
        || metric.phase == "Inconclusive";
}

QString versionOf(const core::engine::RolloutRevision& revision)
{
    if (revision.images.empty())
        return QString::number(revision.number);
    QString image = qs(revision.images.front());
    image = image.section(u'/', -1);
    const qsizetype digest = image.indexOf(QLatin1String("@sha256:"));
    if (digest >= 0)
        return image.mid(digest + 8, 7);
    const qsizetype colon = image.indexOf(u':');
    return colon >= 0 ? image.mid(colon + 1) : image;
}

} // namespace ui
