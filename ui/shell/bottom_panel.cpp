// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/bottom_panel.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"

#include <QEvent>
#include <QHeaderView>
#include <QStackedWidget>
#include <QTabBar>
#include <QTreeView>
#include <QVBoxLayout>

namespace ui {

BottomPanel::BottomPanel(QWidget* parent)
    : QWidget(parent)
    , m_tabs(new QTabBar(this))
    , m_stack(new QStackedWidget(this))
{
    m_tabs->setObjectName(QStringLiteral("bottomTabs"));
    m_tabs->setDrawBase(false);
    m_tabs->setExpanding(false);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(m_tabs);
    auto* inset = new QWidget(this);
    inset->setAutoFillBackground(true);
    inset->setBackgroundRole(QPalette::Base);
    auto* insetLayout = new QVBoxLayout(inset);
    insetLayout->setContentsMargins(8, 2, 8, 0);
    insetLayout->addWidget(m_stack);
    layout->addWidget(inset, 1);
    for (std::size_t i = 0; i < TabCount; ++i) {
        m_tabs->addTab(QString());
        auto* model = new FeedModel(this);
        auto* view = new QTreeView(this);
        m_models.at(i) = model;
        m_views.at(i) = view;
        view->setModel(model);
        view->setRootIsDecorated(false);
        view->setUniformRowHeights(true);
        view->setFrameShape(QFrame::NoFrame);
        view->setHeaderHidden(true);
        view->setIndentation(0);
        view->setTextElideMode(Qt::ElideRight);
        view->header()->setStretchLastSection(true);
        view->setColumnWidth(FeedModel::Time, 92);
        view->setColumnWidth(FeedModel::Shape, 30);
        view->setColumnWidth(FeedModel::Object, 280);
        m_stack->addWidget(view);
        connect(view, &QTreeView::activated, this, [this, model](const QModelIndex& index) {
            emit rowActivated(model->row(index.row()).app, model->row(index.row()).key);
        });
    }
    m_views[Problems]->hideColumn(FeedModel::Time);
    connect(m_tabs, &QTabBar::currentChanged, m_stack, &QStackedWidget::setCurrentIndex);
    retranslate();
}

void BottomPanel::retranslate()
{
    const std::array names {tr("Events"), tr("Operations"), tr("Problems"), tr("Notifications"), tr("Notices")};
    for (int i = 0; i < TabCount; ++i) {
        m_tabs->setTabText(i, names.at(static_cast<std::size_t>(i)));
        m_views.at(static_cast<std::size_t>(i))->setAccessibleName(names.at(static_cast<std::size_t>(i)));
    }
    m_tabs->setAccessibleName(tr("Panels"));
    refresh();
}

void BottomPanel::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void BottomPanel::setSnapshot(const core::engine::SnapshotPtr& snapshot)
{
    m_snapshot = snapshot;
    refresh();
}

void BottomPanel::setApplication(const core::engine::AppId& app)
{
    if (app == m_app)
        return;
    m_app = app;
    refresh();
}

void BottomPanel::refresh()
{
    if (!m_snapshot)
        return;
    const auto mine = [&](std::vector<FeedRow> rows) {
        if (!m_app.name.empty())
            std::erase_if(rows, [&](const FeedRow& row) { return row.app != m_app; });
        return rows;
    };
    m_models[Events]->setRows(mine(eventRows(*m_snapshot)));
    m_models[Operations]->setRows(operationRows(*m_snapshot));
    m_models[Problems]->setRows(problemRows(*m_snapshot));
    m_models[Notifications]->setRows(notificationRows(*m_snapshot));
    m_models[Notices]->setRows(m_notices);
}

void BottomPanel::addNotice(FeedRow row)
{
    m_notices.insert(m_notices.begin(), std::move(row));
    if (m_notices.size() > 200)
        m_notices.resize(200);
    m_models[Notices]->setRows(m_notices);
}

void BottomPanel::showTab(Tab tab)
{
    m_tabs->setCurrentIndex(tab);
}

} // namespace ui
