// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/bottom_panel.h"

#include "ui/base/bidi.h"
#include "ui/base/tasks.h"
#include "ui/base/theme.h"

#include <QAction>
#include <QEvent>
#include <QHeaderView>
#include <QStackedWidget>
#include <QTabBar>
#include <QToolButton>
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
    auto* head = new QHBoxLayout;
    head->setContentsMargins(0, 0, 0, 0);
    head->addWidget(m_tabs, 1);
    m_cancelButton = new QToolButton(this);
    m_cancelButton->setObjectName(QStringLiteral("cancelOperation"));
    head->addWidget(m_cancelButton);
    head->addSpacing(8); // unlike a margin, on the left in Arabic
    layout->addLayout(head);
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
    setupCancel();
    retranslate();
}

void BottomPanel::setupCancel()
{
    auto* view = m_views[Operations];
    view->setObjectName(QStringLiteral("operations"));
    m_cancel = new QAction(this);
    m_cancel->setShortcut(QKeySequence::Delete);
    m_cancel->setShortcutContext(Qt::WidgetShortcut);
    view->addAction(m_cancel);
    view->setContextMenuPolicy(Qt::ActionsContextMenu);
    m_cancelButton->setDefaultAction(m_cancel);
    connect(m_cancel, &QAction::triggered, this, &BottomPanel::cancel);
    connect(view->selectionModel(), &QItemSelectionModel::currentChanged, this, &BottomPanel::updateCancel);
    connect(m_tabs, &QTabBar::currentChanged, this, &BottomPanel::updateCancel);
    connect(&TaskList::instance(), &TaskList::changed, this, &BottomPanel::refresh);
}

const FeedRow* BottomPanel::runningRow() const
{
    const QModelIndex current = m_views[Operations]->currentIndex();
    if (!current.isValid() || !m_models[Operations]->row(current.row()).running)
        return nullptr;
    return &m_models[Operations]->row(current.row());
}

void BottomPanel::cancel()
{
    if (const FeedRow* row = runningRow())
        emit cancelRequested(FeedRow(*row)); // a copy: what hears of it may fill the list anew
}

void BottomPanel::updateCancel()
{
    m_cancel->setEnabled(runningRow() != nullptr);
    m_cancelButton->setVisible(m_tabs->currentIndex() == Operations);
}

void BottomPanel::retranslate()
{
    const std::array names {tr("Events"), tr("Operations"), tr("Problems"), tr("Notifications"), tr("Notices")};
    for (int i = 0; i < TabCount; ++i) {
        m_tabs->setTabText(i, names.at(static_cast<std::size_t>(i)));
        m_views.at(static_cast<std::size_t>(i))->setAccessibleName(names.at(static_cast<std::size_t>(i)));
    }
    m_tabs->setAccessibleName(tr("Panels"));
    m_cancel->setText(tr("Cancel the operation"));
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
    updateCancel();
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
