// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/listing_page.h"

#include "ui/base/bidi.h"
#include "ui/base/flexible_column.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"

#include <QAction>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QTimer>
#include <QTreeView>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

ListingPage::ListingPage(const PageContext& context, PageId id, QWidget* parent, const char* name)
    : Page(context, std::move(id), parent)
    , m_model(new CellsModel(this))
    , m_filter(new CellsFilter(this))
    , m_bar(new PageBar(this))
    , m_search(new QLineEdit(m_bar))
    , m_count(new TokenLabel(Token::Muted, m_bar))
    , m_view(new QTreeView(this))
    , m_area(new StatefulArea(m_view, this))
    , m_timer(new QTimer(this))
{
    setObjectName(QLatin1String(name));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    m_search->setObjectName(QStringLiteral("filter"));
    m_search->setClearButtonEnabled(true);
    m_search->setMaximumWidth(320);
    m_count->setObjectName(QStringLiteral("count"));
    m_bar->addWidget(m_search, 1);
    m_bar->addWidget(m_count);
    layout->addWidget(m_bar);
    layout->addWidget(m_area, 1);
    m_area->setState(StatefulArea::State::Loading);
    setupView();
    m_timer->setSingleShot(true);
    m_timer->setInterval(1000);
    connect(m_timer, &QTimer::timeout, this, [this] { reload(); });
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString& text) {
        m_filter->setText(text);
        updateCount();
    });
    connect(&m_area->error(), &ErrorStrip::retryRequested, this, [this] { reload(); });
    auto* find = new QAction(this);
    find->setShortcut(QKeySequence(Qt::Key_Slash));
    find->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(find, &QAction::triggered, m_search, [this] { m_search->setFocus(Qt::ShortcutFocusReason); });
    addAction(find);
    setFocusProxy(m_view);
}

ListingPage::~ListingPage()
{
    m_stop.request_stop();
}

void ListingPage::setupView()
{
    m_filter->setSourceModel(m_model);
    m_view->setObjectName(QStringLiteral("list"));
    m_view->setModel(m_filter);
    m_view->setItemDelegate(new CellsDelegate(m_view));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setUniformRowHeights(true);
    m_view->setRootIsDecorated(false);
    m_view->setSortingEnabled(true);
    m_view->sortByColumn(-1, Qt::AscendingOrder); // as the page orders them
    m_view->setAllColumnsShowFocus(true);
    m_view->setMouseTracking(true);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->header()->setHighlightSections(false);
    m_view->header()->setDefaultAlignment(Qt::AlignLeading | Qt::AlignVCenter);
    connect(m_view, &QTreeView::activated, this, [this](const QModelIndex& index) {
        if (const auto* row = m_model->row(m_filter->mapToSource(index)))
            activate(CellRow(*row)); // the model may change while the row is acted on
    });
    connect(m_view, &QWidget::customContextMenuRequested, this, &ListingPage::showMenu);
    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this] { updateActions(); });
    connect(m_filter, &QAbstractItemModel::rowsInserted, m_view,
            [this](const QModelIndex& parent, int first, int last) {
                for (int row = first; !parent.isValid() && row <= last; ++row)
                    m_view->expand(m_filter->index(row, 0));
            });
}

void ListingPage::setColumns(const std::vector<Column>& columns)
{
    QStringList titles;
    for (const Column& column : columns)
        titles.append(column.title);
    const auto stretched = static_cast<int>(std::ranges::find(columns, true, &Column::stretch) - columns.begin());
    const bool same = m_model->columnCount() == static_cast<int>(columns.size())
        && FlexibleColumn::sectionOf(*m_view->header()) == stretched;
    m_model->setTitles(titles);
    if (same)
        return;
    for (std::size_t i = 0; i < columns.size(); ++i)
        m_view->setColumnWidth(static_cast<int>(i), columns[i].width);
    FlexibleColumn::install(*m_view->header(), stretched, columns[static_cast<std::size_t>(stretched)].width * 4 / 5);
}

void ListingPage::showRows(std::vector<CellRow> rows)
{
    const bool nested = std::ranges::any_of(rows, [](const CellRow& row) { return !row.children.empty(); });
    m_view->setRootIsDecorated(nested);
    const bool none = rows.empty();
    m_model->setRows(std::move(rows));
    m_area->empty().setText(m_emptyText, m_emptyAction);
    m_area->setState(none ? StatefulArea::State::Empty : StatefulArea::State::Content);
    if (!m_view->currentIndex().isValid() && m_filter->rowCount() > 0)
        m_view->setCurrentIndex(m_filter->index(0, 0));
    updateCount();
    updateActions();
}

void ListingPage::setEmptyText(const QString& sentence, const QString& action)
{
    m_emptyText = sentence;
    m_emptyAction = action;
    m_area->empty().setText(sentence, action);
}

void ListingPage::setFilterHint(const QString& text)
{
    m_search->setPlaceholderText(text);
    m_search->setAccessibleName(text);
}

void ListingPage::updateCount()
{
    m_count->setText(countText(m_filter->rowCount()));
}

core::engine::AppId ListingPage::appNamed(const core::engine::Snapshot& snapshot, const std::string& name)
{
    const auto found = std::ranges::find(snapshot.applications, name, [](const auto& app) { return app->name; });
    return found == snapshot.applications.end() ? core::engine::AppId {}
                                                : core::engine::AppId {(*found)->nameSpace, (*found)->name};
}

const CellRow* ListingPage::current() const
{
    return m_model->row(m_filter->mapToSource(m_view->currentIndex()));
}

QAction* ListingPage::addRowAction(const char* name, const QKeySequence& key, std::function<void(const CellRow&)> run)
{
    auto* action = new QAction(this);
    action->setObjectName(QLatin1String(name));
    action->setShortcut(key);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    connect(action, &QAction::triggered, this, [this, run = std::move(run)] {
        if (const auto* row = current())
            run(CellRow(*row));
    });
    addAction(action);
    m_actions.append(action);
    return action;
}

void ListingPage::setSnapshot(const core::engine::SnapshotPtr&)
{
    if (!m_timer->isActive())
        m_timer->start();
}

void ListingPage::showError(const QString& attempt, const core::Error& error)
{
    m_area->showFailure(attempt, error, m_model->rowCount() == 0);
}

void ListingPage::clearError()
{
    m_area->error().clear();
}

void ListingPage::showMenu(const QPoint& at)
{
    if (!m_view->indexAt(at).isValid() || m_actions.isEmpty())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    menu->addActions(m_actions);
    menu->popup(m_view->viewport()->mapToGlobal(at));
}

} // namespace ui
