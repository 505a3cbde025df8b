// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_board.h"

#include "ui/apps/app_delegate.h"
#include "ui/base/bidi.h"
#include "ui/base/widgets.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QKeyEvent>

namespace ui {

namespace eng = core::engine;

namespace {

class ColumnFilter : public QSortFilterProxyModel
{
public:
    ColumnFilter(AppFilterProxy& proxy, AppBoard::Column column, QObject* parent)
        : QSortFilterProxyModel(parent)
        , m_proxy(proxy)
        , m_column(column)
    {
    }

protected:
    [[nodiscard]] bool filterAcceptsRow(int row, const QModelIndex&) const override
    {
        const auto app = m_proxy.application(m_proxy.index(row, 0));
        return app && AppBoard::columnOf(*app) == m_column;
    }

private:
    AppFilterProxy& m_proxy;
    AppBoard::Column m_column;
};

class CardDelegate : public AppTileDelegate
{
public:
    using AppTileDelegate::AppTileDelegate;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        return {120, AppTileDelegate::sizeHint(option, index).height()}; // as wide as the column
    }
};

} // namespace

AppBoard::AppBoard(AppFilterProxy& proxy, QWidget* parent)
    : QWidget(parent)
    , m_proxy(proxy)
    , m_active(nullptr)
{
    setObjectName(QStringLiteral("appBoard"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(6, 6, 6, 6);
    layout->setSpacing(4);
    for (const Column column : kColumns) {
        const auto i = static_cast<std::size_t>(column);
        auto* side = new QVBoxLayout;
        side->setSpacing(2);
        m_heads[i] = new TokenLabel(Token::Muted, this);
        m_heads[i]->setContentsMargins(8, 4, 8, 4);
        auto* filter = new ColumnFilter(proxy, column, this);
        auto* list = new QListView(this);
        list->setObjectName(QStringLiteral("board-%1").arg(i));
        list->setModel(filter);
        list->setItemDelegate(new CardDelegate(list));
        list->setUniformItemSizes(true);
        list->setSelectionMode(QAbstractItemView::ExtendedSelection);
        list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
        list->setFrameShape(QFrame::NoFrame);
        list->setMouseTracking(true);
        list->installEventFilter(this);
        for (auto signal : {&QAbstractItemModel::rowsInserted, &QAbstractItemModel::rowsRemoved})
            connect(filter, signal, this, [this] { showCounts(); });
        connect(filter, &QAbstractItemModel::modelReset, this, &AppBoard::showCounts);
        m_lists[i] = list;
        side->addWidget(m_heads[i]);
        side->addWidget(list, 1);
        layout->addLayout(side, 1);
    }
    m_active = m_lists.front();
    setFocusProxy(m_active);
    retranslate();
}

AppBoard::Column AppBoard::columnOf(const eng::Application& app)
{
    const auto phase = app.operation.phase;
    if (app.health == eng::Health::Degraded || app.health == eng::Health::Missing || !app.conditions.empty()
        || phase == eng::OperationPhase::Failed || phase == eng::OperationPhase::Error)
        return Column::Broken;
    if (phase == eng::OperationPhase::Running || phase == eng::OperationPhase::Terminating
        || app.health == eng::Health::Progressing)
        return Column::Working;
    if (app.health == eng::Health::Suspended)
        return Column::Waiting;
    return app.sync == eng::SyncState::Synced ? Column::InOrder : Column::OutOfSync;
}

void AppBoard::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    for (const QListView* list : m_lists) // five more filters over all rows: for those who look at the board only
        if (auto* filter = static_cast<ColumnFilter*>(list->model()); filter->sourceModel() != &m_proxy)
            filter->setSourceModel(&m_proxy);
}

QModelIndex AppBoard::toFilter(const QModelIndex& index)
{
    const auto* filter = dynamic_cast<const ColumnFilter*>(index.model());
    return filter != nullptr ? filter->mapToSource(index) : QModelIndex();
}

void AppBoard::retranslate()
{
    showCounts();
}

void AppBoard::showCounts()
{
    const std::array names {tr("Need somebody"), tr("Differ from Git"), tr("Working"), tr("Waiting"), tr("In order")};
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
        m_heads[i]->setText(QStringLiteral("%1 · %2").arg(names[i], number(qint64 {m_lists[i]->model()->rowCount()})));
        m_lists[i]->setAccessibleName(m_heads[i]->text());
    }
}

bool AppBoard::eventFilter(QObject* watched, QEvent* event)
{
    auto* list = qobject_cast<QListView*>(watched);
    if (list != nullptr && event->type() == QEvent::FocusIn) {
        m_active = list;
        setFocusProxy(list);
        if (!list->currentIndex().isValid() && list->model()->rowCount() > 0)
            list->setCurrentIndex(list->model()->index(0, 0));
    }
    // The arrows go on into the next column.
    if (list != nullptr && event->type() == QEvent::KeyPress) {
        const auto key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Left || key == Qt::Key_Right) {
            const bool forward = (key == Qt::Key_Right) == (layoutDirection() == Qt::LeftToRight);
            const auto at = std::find(m_lists.begin(), m_lists.end(), list) - m_lists.begin() + (forward ? 1 : -1);
            if (at >= 0 && at < static_cast<std::ptrdiff_t>(m_lists.size()))
                m_lists[static_cast<std::size_t>(at)]->setFocus(Qt::TabFocusReason);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
