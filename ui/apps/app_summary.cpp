// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_summary.h"

#include "ui/apps/facet_panel.h"
#include "ui/base/bidi.h"
#include "ui/lists/cells_model.h"

#include <QHeaderView>
#include <QTimer>

#include <algorithm>

namespace ui {

namespace {

constexpr int kValueWidth = 320;

} // namespace

AppSummary::AppSummary(AppFilterProxy& proxy, QWidget* parent)
    : QTreeView(parent)
    , m_proxy(proxy)
    , m_model(new CellsModel(this))
    , m_timer(new QTimer(this))
{
    setObjectName(QStringLiteral("appSummary"));
    setModel(m_model);
    setItemDelegate(new CellsDelegate(this));
    setFrameShape(QFrame::NoFrame);
    setAllColumnsShowFocus(true);
    setUniformRowHeights(true);
    m_timer->setSingleShot(true);
    m_timer->setInterval(200);
    connect(m_timer, &QTimer::timeout, this, &AppSummary::refresh);
    connect(this, &QAbstractItemView::activated, this, [this](const QModelIndex& index) {
        const CellRow* row = m_model->row(index);
        if (row != nullptr && row->children.empty() && index.parent().isValid())
            emit chosen(AppFilterProxy::kFacets.at(static_cast<std::size_t>(index.parent().row())),
                        row->target.toStdString());
    });
    for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
        connect(&proxy, signal, this, [this] { refreshSoon(); });
    connect(&proxy, &QAbstractItemModel::dataChanged, this, &AppSummary::refreshSoon);
    connect(&proxy, &QAbstractItemModel::modelReset, this, &AppSummary::refreshSoon);
    retranslate();
}

void AppSummary::refreshSoon()
{
    if (isVisible() && !m_timer->isActive())
        m_timer->start();
}

void AppSummary::showEvent(QShowEvent* event)
{
    QTreeView::showEvent(event);
    refresh();
}

void AppSummary::retranslate()
{
    setAccessibleName(tr("Summary"));
    m_model->setTitles({tr("State"), tr("Applications")});
    header()->setStretchLastSection(true);
    setColumnWidth(0, kValueWidth);
    if (isVisible())
        refresh();
}

void AppSummary::refresh()
{
    std::vector<CellRow> rows;
    for (const auto facet : AppFilterProxy::kFacets) {
        CellRow top;
        top.id = facetName(facet);
        top.cells = {{facetName(facet)}, {}};
        std::map<std::string, int> counted;
        for (int row = 0; row < m_proxy.rowCount(); ++row)
            if (const auto app = m_proxy.application(m_proxy.index(row, 0)))
                ++counted[AppFilterProxy::valueOf(*app, facet)];
        std::vector<std::pair<std::string, int>> values(counted.begin(), counted.end());
        std::ranges::stable_sort(values, [](const auto& a, const auto& b) { return a.second > b.second; });
        for (const auto& [value, count] : values) {
            CellRow row;
            row.id = top.id + u'/' + qs(value);
            row.target = qs(value);
            Cell bar {number(qint64 {count})};
            bar.sort = count;
            bar.share = static_cast<double>(count) / std::max(1, m_proxy.rowCount());
            row.cells = {{facetValueText(facet, value), facetValueGlyph(facet, value)}, bar};
            top.children.push_back(std::move(row));
        }
        rows.push_back(std::move(top));
    }
    if (rows != m_model->rows()) {
        m_model->setRows(std::move(rows));
        expandAll();
    }
}

} // namespace ui
