// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/measurements_view.h"

#include "ui/base/bidi.h"
#include "ui/base/flexible_column.h"
#include "ui/base/reasons.h"
#include "ui/lists/cells_model.h"
#include "ui/rollouts/rollout_charts.h"

#include <QHeaderView>
#include <QPainter>

#include <algorithm>
#include <array>

namespace ui {

namespace {

Glyph glyphOf(const std::string& phase)
{
    return phase == "Successful"  ? Glyph::Healthy
        : phase == "Failed"       ? Glyph::Degraded
        : phase == "Inconclusive" ? Glyph::Suspended
        : phase == "Error"        ? Glyph::Degraded
                                  : Glyph::Progressing;
}

QString limitOf(const core::engine::Metric& metric)
{
    if (!metric.thresholds.empty())
        return limitText(metric.thresholds.front());
    return ltr(metric.successCondition.empty() ? metric.failureCondition : metric.successCondition);
}

} // namespace

MeasurementsView::MeasurementsView(QWidget* parent)
    : QTreeView(parent)
    , m_model(new CellsModel(this))
    , m_filter(new CellsFilter(this))
{
    setObjectName(QStringLiteral("measurements"));
    m_filter->setSourceModel(m_model);
    setModel(m_filter);
    setItemDelegate(new CellsDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setRootIsDecorated(false);
    setUniformRowHeights(true);
    setSortingEnabled(true);
    sortByColumn(-1, Qt::AscendingOrder);
    setAllColumnsShowFocus(true);
    header()->setHighlightSections(false);
    header()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    retranslate();
}

void MeasurementsView::retranslate()
{
    m_model->setTitles({tr("Time"), tr("Metric"), tr("Value"), tr("Limit"), tr("Result"), tr("Message"), tr("Run")});
    constexpr std::array widths {90, 170, 110, 110, 120, 180, 200};
    for (int column = 0; column < static_cast<int>(widths.size()); ++column)
        setColumnWidth(column, widths[static_cast<std::size_t>(column)]);
    FlexibleColumn::install(*header(), 5, 160);
    setAccessibleName(tr("Measurements"));
}

int MeasurementsView::count() const
{
    return m_model->rowCount();
}

void MeasurementsView::paintEvent(QPaintEvent* event)
{
    QTreeView::paintEvent(event);
    if (count() > 0)
        return;
    QPainter painter(viewport());
    painter.setPen(color(Token::Muted));
    painter.drawText(viewport()->rect(), Qt::AlignCenter,
                     tr("No analysis has measured anything yet: it begins with the step that asks for one."));
}

void MeasurementsView::setRollout(const core::engine::Rollout& rollout)
{
    struct Taken
    {
        const core::engine::Metric* metric;
        const core::engine::Measurement* measurement;
    };
    std::vector<Taken> all;
    for (const auto& metric : rollout.metrics)
        for (const auto& measurement : metric.measurements)
            all.push_back({&metric, &measurement});
    std::ranges::stable_sort(all, std::greater<> {}, [](const Taken& taken) { return taken.measurement->at; });
    std::vector<CellRow> rows;
    rows.reserve(all.size());
    for (const auto& [metric, measurement] : all) {
        CellRow row;
        row.id = qs(metric->analysisRun + '|' + metric->name) + u'|'
            + QString::number(measurement->at.time_since_epoch().count());
        const QString name = metric->ofBaseline ? tr("%1 (baseline)").arg(ltr(metric->name)) : ltr(metric->name);
        Cell value {ltr(measurement->text), Glyph::None, Token::Text, true};
        if (measurement->value)
            value.sort = *measurement->value;
        row.cells = {{clockTime(measurement->at), Glyph::None, Token::Muted, true,
                      static_cast<qlonglong>(measurement->at.time_since_epoch().count()), exactTime(measurement->at)},
                     {name},
                     std::move(value),
                     {limitOf(*metric), Glyph::None, Token::Muted},
                     {isolate(measurement->phase), glyphOf(measurement->phase)},
                     {reasonText(measurement->message), Glyph::None, Token::Muted},
                     {ltr(metric->analysisRun), Glyph::None, Token::Muted}};
        rows.push_back(std::move(row));
    }
    m_model->setRows(std::move(rows));
}

} // namespace ui
