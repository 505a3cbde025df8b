// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/preview_view.h"

#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/rollouts/chart_stack.h"

#include <QGuiApplication>
#include <QHeaderView>
#include <QLabel>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace ui {

using core::rollout::SimulationMoment;

namespace {

enum Column { After, Step, Weight, New, Old, Available, Resources, ColumnCount };

QString resourcesText(const std::map<std::string, std::int64_t>& resources)
{
    QStringList parts;
    for (const auto& [name, amount] : resources)
        parts.append(ltr(qs(name) + u' ' + number(qint64 {amount})));
    return parts.isEmpty() ? QStringLiteral("—") : parts.join(QLatin1String(", "));
}

/// "10 %, 30 %, 100 %": the weights with which the steps end.
QString weightsText(const core::rollout::Simulation& simulation)
{
    const auto& moments = simulation.moments;
    QStringList parts;
    std::int64_t before = 0;
    for (std::size_t i = 0; i < moments.size(); ++i)
        if (const bool ends = i + 1 == moments.size() || moments[i + 1].step != moments[i].step;
            ends && std::exchange(before, moments[i].weight) != moments[i].weight)
            parts.append(percent(static_cast<double>(moments[i].weight)));
    return parts.join(QLatin1String(", "));
}

/// A step line of what each moment says, held until the end.
template<class Value>
ChartSeries stepsOf(const core::rollout::Simulation& simulation, double start, Value value)
{
    ChartSeries series;
    series.shape = ChartSeries::Shape::Steps;
    for (const auto& moment : simulation.moments) {
        const ChartPoint point {start + std::chrono::duration<double>(moment.at).count(),
                                static_cast<double>(value(moment))};
        if (!series.points.empty() && series.points.back().at >= point.at) // of one time, the last counts
            series.points.back() = point;
        else
            series.points.push_back(point);
    }
    if (!series.points.empty())
        series.points.push_back(
            {std::max(start + std::chrono::duration<double>(simulation.settled).count(), series.points.back().at),
             series.points.back().value});
    return series;
}

} // namespace

ChartSet previewCharts(const core::engine::RolloutPreview& preview, core::TimePoint begin)
{
    const auto& simulation = preview.simulation;
    const double start = chartTime(begin);
    ChartSet set;
    Chart weight;
    weight.title = PreviewView::tr("Weight");
    weight.subtitle = PreviewView::tr("of the new version");
    weight.unit = QStringLiteral("%");
    weight.bottom = 0;
    weight.top = 100;
    weight.series.push_back(stepsOf(simulation, start, [](const SimulationMoment& moment) { return moment.weight; }));
    weight.series.back().name = PreviewView::tr("weight");
    weight.series.back().token = Token::Progress;
    set.charts.push_back(std::move(weight));

    Chart pods;
    pods.title = PreviewView::tr("Pods");
    pods.subtitle = PreviewView::tr("old ━ · new ━ · available ┄");
    pods.bottom = 0;
    pods.series.push_back(stepsOf(simulation, start, [](const SimulationMoment& moment) { return moment.stable; }));
    pods.series.back().name = PreviewView::tr("old");
    pods.series.back().token = Token::SeriesStable;
    pods.series.push_back(stepsOf(simulation, start, [](const SimulationMoment& moment) { return moment.canary; }));
    pods.series.back().name = PreviewView::tr("new");
    pods.series.back().token = Token::SeriesCanary;
    pods.series.push_back(stepsOf(simulation, start, [](const SimulationMoment& moment) { return moment.available; }));
    pods.series.back().name = PreviewView::tr("available");
    pods.series.back().token = Token::Muted;
    pods.series.back().pen = Qt::DashLine;
    set.charts.push_back(std::move(pods));

    for (const auto& [name, peak] : simulation.peak) {
        const auto demand = [&, key = name](const SimulationMoment& moment) {
            const auto found = moment.resources.find(key);
            return found == moment.resources.end() ? std::int64_t {0} : found->second;
        };
        Chart chart;
        chart.title = qs(name);
        chart.bottom = 0;
        chart.series.push_back(stepsOf(simulation, start, demand));
        chart.series.back().name = PreviewView::tr("demand");
        chart.series.back().token = Token::SeriesBaseline;
        if (const auto free = preview.free.find(name); free != preview.free.end() && !simulation.moments.empty()) {
            const auto room = demand(simulation.moments.front()) + free->second;
            chart.limits.push_back({static_cast<double>(room), ltr(QStringLiteral("≤ ") + number(qint64 {room}))});
        }
        chart.subtitle = PreviewView::tr("peak %1").arg(number(qint64 {peak}));
        set.charts.push_back(std::move(chart));
    }
    for (std::size_t i = 0; i < simulation.moments.size(); ++i)
        if (i == 0 || simulation.moments[i].what != simulation.moments[i - 1].what)
            set.events.push_back({start + std::chrono::duration<double>(simulation.moments[i].at).count(),
                                  reasonText(simulation.moments[i].what),
                                  {},
                                  Token::Progress});
    set.from = set.now = start;
    set.to = start + std::max(1.0, std::chrono::duration<double>(simulation.settled).count()) * 1.03;
    return set;
}

PreviewView::PreviewView(QWidget* parent)
    : QWidget(parent)
    , m_summary(new QLabel(this))
    , m_warnings(new TokenLabel(Token::Warn, this))
    , m_charts(new ChartStack(this))
    , m_rows(new QTableWidget(0, ColumnCount, this))
{
    setObjectName(QStringLiteral("previewView"));
    m_summary->setObjectName(QStringLiteral("previewSummary"));
    m_summary->setWordWrap(true);
    m_summary->setContentsMargins(12, 10, 12, 8);
    m_warnings->setObjectName(QStringLiteral("previewWarnings"));
    m_warnings->setWordWrap(true);
    m_warnings->setContentsMargins(12, 0, 12, 8);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    m_charts->setObjectName(QStringLiteral("previewCharts"));
    m_rows->setObjectName(QStringLiteral("previewRows"));
    m_rows->setFrameShape(QFrame::NoFrame);
    m_rows->setShowGrid(false);
    m_rows->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_rows->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_rows->setSelectionMode(QAbstractItemView::SingleSelection);
    m_rows->setTabKeyNavigation(false);
    m_rows->verticalHeader()->hide();
    m_rows->verticalHeader()->setDefaultSectionSize(Theme::instance().rowHeight());
    m_rows->horizontalHeader()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    m_rows->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_rows->horizontalHeader()->setSectionResizeMode(Step, QHeaderView::Stretch);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_summary);
    column->addWidget(m_warnings);
    column->addWidget(m_charts, 3);
    column->addWidget(m_rows, 2);
    connect(m_rows, &QTableWidget::currentCellChanged, this, &PreviewView::chooseRow);
    connect(m_charts, &ChartStack::crosshairChanged, this, &PreviewView::followCrosshair);
    setFocusProxy(m_rows);
    retranslate();
}

void PreviewView::setPreview(core::engine::RolloutPreview preview, core::TimePoint start)
{
    m_preview = std::move(preview);
    m_start = start;
    m_charts->setData(previewCharts(m_preview, m_start));
    showSummary();
    showRows();
}

QString PreviewView::summaryOf(const core::engine::RolloutPreview& preview)
{
    const auto& simulation = preview.simulation;
    if (simulation.moments.empty())
        return {};
    QStringList parts {preview.pending ? tr("The update that Git asks for.")
                                       : tr("An update of the version that runs now."),
                       tr("The new version serves everything after %1, the old one is gone after %2.")
                           .arg(ltr(countdown(simulation.length)), ltr(countdown(simulation.settled))),
                       tr("Pods: %1 to %2 at a time, %3 available at least.")
                           .arg(number(qint64 {simulation.moments.front().stable}), number(qint64 {simulation.most}),
                                number(qint64 {simulation.least}))};
    if (const auto weights = weightsText(simulation); !weights.isEmpty())
        parts.append(tr("Weights: %1.").arg(weights));
    for (const auto& [name, peak] : simulation.peak) {
        const auto now = simulation.moments.front().resources.find(name);
        const auto more = peak - (now == simulation.moments.front().resources.end() ? 0 : now->second);
        const auto free = preview.free.find(name);
        if (free != preview.free.end())
            parts.append(
                tr("%1: up to %2, %3 more than now; %4 are free.")
                    .arg(ltr(qs(name)), number(qint64 {peak}), number(qint64 {more}), number(qint64 {free->second})));
    }
    if (simulation.persons > 0)
        parts.append(tr("%n pause(s) wait for a person; that time is not counted.", nullptr, simulation.persons));
    return parts.join(u' ');
}

QString PreviewView::warningsOf(const core::engine::RolloutPreview& preview)
{
    // Isolated text alone has no direction of its own: each line takes the window's.
    const QChar direction(QGuiApplication::isRightToLeft() ? 0x200f : 0x200e);
    QStringList warnings;
    for (const auto& warning : preview.simulation.warnings)
        warnings.append(direction + reasonText(warning));
    return warnings.join(u'\n');
}

void PreviewView::showSummary()
{
    m_summary->setText(summaryOf(m_preview));
    const auto warnings = warningsOf(m_preview);
    m_warnings->setText(warnings);
    m_warnings->setVisible(!warnings.isEmpty());
}

void PreviewView::setDetailsVisible(bool visible)
{
    m_charts->setVisible(visible);
    m_rows->setVisible(visible);
}

void PreviewView::showRows()
{
    const QSignalBlocker quiet(m_rows);
    const auto& moments = m_preview.simulation.moments;
    m_rows->setRowCount(static_cast<int>(moments.size()));
    for (int row = 0; row < m_rows->rowCount(); ++row) {
        const auto& moment = moments[static_cast<std::size_t>(row)];
        const std::array<QString, ColumnCount> cells {
            ltr(countdown(moment.at)),      reasonText(moment.what),        percent(static_cast<int>(moment.weight)),
            number(qint64 {moment.canary}), number(qint64 {moment.stable}), number(qint64 {moment.available}),
            resourcesText(moment.resources)};
        for (int column = 0; column < ColumnCount; ++column)
            m_rows->setItem(row, column, new QTableWidgetItem(cells[static_cast<std::size_t>(column)]));
    }
}

void PreviewView::chooseRow(int row)
{
    if (row < 0 || row >= m_rows->rowCount())
        return;
    const QSignalBlocker quiet(m_charts);
    m_charts->setCrosshair(chartTime(m_start + m_preview.simulation.moments[static_cast<std::size_t>(row)].at));
}

void PreviewView::followCrosshair()
{
    if (!m_charts->crosshair())
        return;
    const auto& moments = m_preview.simulation.moments;
    const double at = *m_charts->crosshair() - chartTime(m_start);
    const auto after = std::ranges::upper_bound(moments, at + 1e-6, {}, [](const SimulationMoment& moment) {
        return std::chrono::duration<double>(moment.at).count();
    });
    if (after == moments.begin())
        return;
    const QSignalBlocker quiet(m_rows);
    m_rows->selectRow(static_cast<int>(std::distance(moments.begin(), after)) - 1);
}

void PreviewView::retranslate()
{
    m_rows->setHorizontalHeaderLabels(
        {tr("After"), tr("Step"), tr("Weight"), tr("New"), tr("Old"), tr("Available"), tr("GPUs")});
    m_rows->setAccessibleName(tr("Moments of the update"));
    m_charts->setAccessibleName(tr("Weight, pods and GPUs of the update over time"));
    if (m_preview.simulation.moments.empty())
        return;
    m_charts->setData(previewCharts(m_preview, m_start));
    showSummary();
    showRows();
}

RolloutChangesView::RolloutChangesView(QWidget* parent)
    : QWidget(parent)
    , m_heading(new QLabel(this))
    , m_details(new Chip({}, this))
    , m_area(new QScrollArea(this))
{
    setObjectName(QStringLiteral("rolloutChanges"));
    m_details->setObjectName(QStringLiteral("rolloutDetails"));
    m_details->setCheckable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setWidgetResizable(true);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 8, 12, 0);
    m_heading->setFont(uiFont(1.0, true));
    bar->addWidget(m_heading, 1);
    bar->addWidget(m_details);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_area);
    connect(m_details, &Chip::toggled, this, &RolloutChangesView::showDetails);
    retranslate();
    hide();
}

void RolloutChangesView::setChanges(const std::vector<core::engine::RolloutChange>& changes, core::TimePoint start)
{
    m_entries.clear();
    auto* body = new QWidget;
    body->setAutoFillBackground(true);
    body->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    for (const auto& change : changes) {
        auto* title = new QLabel(body);
        title->setFont(uiFont(1.0, true));
        title->setContentsMargins(12, 8, 12, 0);
        auto* view = new PreviewView(body);
        view->setPreview(change.preview, start);
        column->addWidget(title);
        column->addWidget(view);
        m_entries.push_back({title, view, shortKey(change.rollout)});
    }
    column->addStretch();
    m_area->setWidget(body); // deletes the one before
    setVisible(!changes.empty());
    retranslate();
    showDetails(m_details->isChecked());
}

void RolloutChangesView::showDetails(bool visible)
{
    for (const auto& entry : m_entries) {
        entry.view->setDetailsVisible(visible);
        entry.view->setMinimumHeight(visible ? 420 : 0);
    }
    m_area->setFixedHeight(visible ? 340 : std::min(110 * static_cast<int>(m_entries.size()), 220));
}

void RolloutChangesView::retranslate()
{
    m_details->setText(tr("Step by step"));
    m_details->setToolTip(tr("Counts, weights, GPUs and times of an update, before anything is deployed"));
    m_heading->clear();
    for (const auto& entry : m_entries) {
        const QString title = tr("What the update of %1 will do").arg(isolate(entry.name));
        entry.title->setText(title);
        entry.title->setVisible(m_entries.size() > 1);
        entry.view->retranslate();
        if (m_entries.size() == 1)
            m_heading->setText(title);
    }
}

} // namespace ui
