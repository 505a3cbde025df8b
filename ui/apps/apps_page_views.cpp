// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_group_model.h"
#include "ui/apps/app_list_model.h"
#include "ui/apps/apps_page.h"
#include "ui/apps/facet_panel.h"
#include "ui/base/bidi.h"
#include "ui/base/preferences.h"
#include "ui/base/widgets.h"

#include <QGuiApplication>
#include <QHeaderView>
#include <QInputDialog>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QScrollBar>
#include <QSettings>
#include <QStackedWidget>
#include <QToolButton>
#include <QTreeView>

#include <array>

// How the list is arranged: columns, sorting, groups, saved views, and the selection that outlives all of it.

namespace ui {

using Facet = AppFilterProxy::Facet;

namespace {

/// Columns that are shown on a first start.
constexpr std::array kFirstHidden {AppListModel::Namespace, AppListModel::Path,      AppListModel::Target,
                                   AppListModel::AutoSync,  AppListModel::Resources, AppListModel::Folder,
                                   AppListModel::Repository};

} // namespace

void AppsPage::setupColumns()
{
    QHeaderView* header = m_table->header();
    header->setSectionsMovable(true);
    header->setFirstSectionMovable(true);
    header->setSectionsClickable(true);
    header->setStretchLastSection(true);
    header->setContextMenuPolicy(Qt::CustomContextMenu);
    const std::array widths {150, 116, 134, 118, 78, 104, 86, 44, 64, 34};
    for (std::size_t i = 0; i < widths.size(); ++i)
        m_table->setColumnWidth(static_cast<int>(i), widths.at(i));
    m_table->setColumnWidth(AppListModel::Model, 150);
    for (const int column : kFirstHidden)
        m_table->setColumnHidden(column, true);
    header->moveSection(header->visualIndex(AppListModel::Favourite), 0);
    connect(header, &QHeaderView::sectionClicked, this, [this](int column) {
        const bool more = QGuiApplication::keyboardModifiers().testFlag(Qt::ShiftModifier);
        m_proxy->sortBy(column, more ? AppFilterProxy::Extend::Yes : AppFilterProxy::Extend::No);
        keepView();
    });
    connect(header, &QWidget::customContextMenuRequested, this,
            [this, header](const QPoint& at) { showColumnsMenu(header->mapToGlobal(at)); });
    m_proxy->setSortKeys({});
}

void AppsPage::addSortMenu(QMenu& menu, const QString& title, AppFilterProxy::Extend extend)
{
    auto* sorting = menu.addMenu(title);
    for (int column = 0; column < AppListModel::ColumnCount; ++column) {
        const QString name = column == AppListModel::Favourite
            ? tr("Favourite")
            : m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString();
        connect(sorting->addAction(name), &QAction::triggered, this, [this, column, extend] {
            m_proxy->sortBy(column, extend);
            keepView();
        });
    }
}

void AppsPage::showColumnsMenu(const QPoint& globalPosition)
{
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("columnsMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (int column = 1; column < AppListModel::ColumnCount; ++column) {
        auto* action = menu->addAction(m_model->headerData(column, Qt::Horizontal, Qt::DisplayRole).toString());
        action->setCheckable(true);
        action->setChecked(!m_table->isColumnHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool on) {
            m_table->setColumnHidden(column, !on);
            keepView();
        });
    }
    menu->addSeparator();
    addSortMenu(*menu, tr("Sort by"), AppFilterProxy::Extend::No);
    addSortMenu(*menu, tr("And then by"), AppFilterProxy::Extend::Yes);
    menu->popup(globalPosition);
}

void AppsPage::connectSelection()
{
    for (QAbstractItemView* view : allViews()) {
        // A new model brings a new selection; what is connected already stays so once.
        QItemSelectionModel* selection = view->selectionModel();
        selection->disconnect(this);
        connect(selection, &QItemSelectionModel::currentChanged, this, &AppsPage::inspectCurrent);
        connect(selection, &QItemSelectionModel::selectionChanged, this, [this] {
            const auto apps = selected();
            m_chosen = {apps.begin(), apps.end()};
            updateState();
        });
    }
}

void AppsPage::setupGrouping()
{
    connect(m_groups, &QAbstractItemModel::modelAboutToBeReset, this, [this] {
        for (int row = 0; m_groups == m_table->model() && row < m_groups->rowCount(); ++row) {
            const QModelIndex group = m_groups->index(row, 0);
            const QString value = group.data(AppGroupModel::ValueRole).toString();
            if (m_table->isExpanded(group))
                m_folded.erase(value.toStdString());
            else
                m_folded.insert(value.toStdString());
        }
    });
    connect(m_groups, &QAbstractItemModel::modelReset, this, [this] {
        if (m_table->model() != m_groups)
            return;
        const int scrolled = m_table->verticalScrollBar()->value();
        for (int row = 0; row < m_groups->rowCount(); ++row) {
            const QModelIndex group = m_groups->index(row, 0);
            m_table->setFirstColumnSpanned(row, {}, true);
            m_table->setExpanded(group,
                                 !m_folded.contains(group.data(AppGroupModel::ValueRole).toString().toStdString()));
        }
        restoreSelection();
        m_table->verticalScrollBar()->setValue(scrolled);
    });
    auto* menu = new QMenu(m_grouping);
    m_grouping->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        menu->clear();
        const auto add = [&](const QString& text, std::optional<Facet> facet) {
            auto* action = menu->addAction(text);
            action->setCheckable(true);
            action->setChecked(m_groups->facet() == facet);
            connect(action, &QAction::triggered, this, [this, facet] {
                groupBy(facet);
                keepView();
            });
        };
        add(tr("No groups"), std::nullopt);
        for (const Facet facet : AppFilterProxy::kFacets)
            add(facetName(facet), facet);
    });
    groupBy(std::nullopt);
}

void AppsPage::nameGrouping()
{
    const auto facet = m_groups->facet();
    m_grouping->setText(facet ? tr("Group: %1").arg(facetName(*facet)) : tr("Group"));
}

void AppsPage::groupBy(std::optional<Facet> facet)
{
    QAbstractItemModel* wanted = facet ? static_cast<QAbstractItemModel*>(m_groups) : m_proxy;
    if (m_table->model() != wanted) {
        const auto chosen = m_chosen;
        const QByteArray header = m_table->header()->saveState();
        QItemSelectionModel* old = m_table->selectionModel();
        m_table->setModel(wanted);
        if (old != m_table->selectionModel())
            old->deleteLater();
        m_table->header()->restoreState(header);
        m_table->setRootIsDecorated(facet.has_value());
        connectSelection();
        m_chosen = chosen;
    }
    m_folded.clear();
    m_groups->setFacet(facet);
    nameGrouping();
    restoreSelection();
}

void AppsPage::restoreSelection()
{
    QItemSelection selection;
    QModelIndex first;
    const bool grouped = currentView()->model() == m_groups;
    for (int row = 0; row < m_proxy->rowCount() && !m_chosen.empty(); ++row) {
        const QModelIndex mine = m_proxy->index(row, 0);
        if (!m_chosen.contains(AppListModel::idOf(*m_proxy->application(mine))))
            continue;
        const QModelIndex shown = grouped ? m_groups->fromProxy(mine) : mine;
        selection.select(shown, shown);
        if (!first.isValid())
            first = shown;
    }
    auto* model = currentView()->selectionModel();
    const QSignalBlocker quiet(model);
    model->select(selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    if (first.isValid())
        model->setCurrentIndex(first, QItemSelectionModel::NoUpdate);
    currentView()->viewport()->update();
}

AppView AppsPage::view() const
{
    AppView view;
    view.query = m_proxy->query();
    view.facets = m_proxy->chosen();
    view.sort = m_proxy->sortKeys();
    view.group = m_groups->facet();
    for (int column = 1; column < AppListModel::ColumnCount; ++column)
        if (m_table->isColumnHidden(column))
            view.hidden.push_back(column);
    view.header = m_table->header()->saveState();
    view.kind = m_stack->currentIndex();
    return view;
}

void AppsPage::setView(const AppView& view)
{
    m_filter->setText(view.query);
    m_proxy->setChosen(view.facets);
    m_proxy->setSortKeys(view.sort);
    groupBy(view.group);
    if (!view.header.isEmpty())
        m_table->header()->restoreState(view.header);
    for (int column = 1; column < AppListModel::ColumnCount; ++column)
        m_table->setColumnHidden(column, std::ranges::find(view.hidden, column) != view.hidden.end());
    const int kind = std::clamp(view.kind, 0, m_stack->count() - 1);
    m_viewKind->setCurrent(kind);
    m_stack->setCurrentIndex(kind);
    updateFacets();
    m_facets->refreshSoon();
    updateState();
}

void AppsPage::keepView()
{
    preferences()->setValue(QStringLiteral("apps/lastView"), toJson(view()));
}

void AppsPage::setupSavedViews()
{
    auto* menu = new QMenu(m_views);
    m_views->setMenu(menu);
    connect(menu, &QMenu::aboutToShow, this, &AppsPage::showViewsMenu);
}

void AppsPage::showViewsMenu()
{
    QMenu* menu = m_views->menu();
    menu->clear();
    const QStringList names = appViewNames();
    for (const QString& name : names)
        connect(menu->addAction(isolate(name)), &QAction::triggered, this, [this, name] {
            if (const auto saved = loadAppView(name))
                setView(*saved);
            keepView();
        });
    if (!names.isEmpty()) {
        auto* removal = menu->addMenu(tr("Remove"));
        for (const QString& name : names)
            connect(removal->addAction(isolate(name)), &QAction::triggered, this, [name] { removeAppView(name); });
        menu->addSeparator();
    }
    menu->addAction(m_saveView);
}

void AppsPage::askForViewName()
{
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("viewName"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Save this view"));
    dialog->setLabelText(tr("Name of the view"));
    dialog->setOkButtonText(tr("Save"));
    connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& name) {
        if (!name.trimmed().isEmpty())
            saveAppView(name.trimmed(), view());
    });
    dialog->open();
}

} // namespace ui
