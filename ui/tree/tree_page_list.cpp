// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/flexible_column.h"
#include "ui/base/states.h"
#include "ui/base/widgets.h"
#include "ui/base/words.h"
#include "ui/base/workbench.h"
#include "ui/lists/cells_model.h"
#include "ui/tree/tree_page.h"

#include <QHeaderView>
#include <QTreeView>

namespace ui {

namespace eng = core::engine;

void TreePage::setupList()
{
    m_listFilter->setSourceModel(m_listModel);
    m_list->setObjectName(QStringLiteral("treeList"));
    m_list->setModel(m_listFilter);
    m_list->setItemDelegate(new CellsDelegate(m_list));
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setUniformRowHeights(true);
    m_list->setRootIsDecorated(false);
    m_list->setSortingEnabled(true);
    m_list->sortByColumn(-1, Qt::AscendingOrder); // by wave, as they are applied
    m_list->setAllColumnsShowFocus(true);
    m_list->setMouseTracking(true);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    const auto keyAt = [this](const QModelIndex& index) { return keyInList(index); };
    connect(m_list->selectionModel(), &QItemSelectionModel::currentChanged, this, [this, keyAt](const QModelIndex& at) {
        if (const auto key = keyAt(at))
            workbench().inspect(id().app, key);
        updateObjectActions();
    });
    connect(m_list, &QTreeView::activated, this, [this, keyAt](const QModelIndex& at) { activate(keyAt(at)); });
    connect(m_list, &QWidget::customContextMenuRequested, this, [this, keyAt](const QPoint& at) {
        if (const auto key = keyAt(m_list->indexAt(at)))
            showMenu(key, m_list->viewport()->mapToGlobal(at));
    });
}

std::optional<core::manifest::ResourceKey> TreePage::keyInList(const QModelIndex& index) const
{
    const auto* row = m_listModel->row(m_listFilter->mapToSource(index));
    return row == nullptr ? std::nullopt : row->key;
}

void TreePage::fillList()
{
    std::vector<const eng::ResourceNode*> nodes;
    for (const auto& node : m_app->resources)
        if (!m_options.problemsOnly || isProblem(node))
            nodes.push_back(&node);
    std::ranges::stable_sort(nodes, [](const auto* a, const auto* b) {
        return std::tuple(!a->managed, a->wave) < std::tuple(!b->managed, b->wave);
    });
    const core::TimePoint now = bridge().snapshot()->at;
    std::vector<CellRow> rows;
    rows.reserve(nodes.size());
    for (const auto* node : nodes) {
        CellRow row;
        row.id = qs(node->key.text()) + QLatin1Char('|') + qs(node->key.group);
        row.key = node->key;
        const bool out = node->requiresPruning || node->sync == eng::SyncState::OutOfSync;
        const Glyph sync = !node->managed ? Glyph::None
            : node->requiresPruning       ? Glyph::Prune
            : node->hook                  ? Glyph::Hook
                                          : glyphOf(node->sync);
        const QString state = !node->statusText.empty() ? isolate(node->statusText)
            : node->health                              ? healthText(*node->health)
                                                        : QString();
        row.cells = {
            {shortKey(node->key),
             node->health ? glyphOf(*node->health) : Glyph::None,
             Token::Text,
             false,
             {},
             ltr(node->key.text())},
            {sync == Glyph::None ? QString() : glyphName(sync), sync, out ? Token::Warn : Token::Muted},
            {node->managed ? number(qint64 {node->wave}) : QString(), Glyph::None, Token::Muted, false,
             node->managed ? node->wave : 1'000'000},
            {state},
            {isolate(node->healthMessage.empty() ? node->syncMessage : node->healthMessage), Glyph::None, Token::Muted},
            {age(node->createdAt, now), Glyph::None, Token::Muted, false,
             node->createdAt ? QVariant(static_cast<qlonglong>((now - *node->createdAt).count())) : QVariant(0LL),
             node->createdAt ? exactTime(*node->createdAt) : QString()}};
        rows.push_back(std::move(row));
    }
    const bool first = m_listModel->rowCount() == 0;
    m_listModel->setRows(std::move(rows));
    if (first) {
        const std::array widths {330, 130, 70, 150, 300, 80};
        for (int column = 0; column < static_cast<int>(widths.size()); ++column)
            m_list->setColumnWidth(column, widths.at(static_cast<std::size_t>(column)));
        FlexibleColumn::install(*m_list->header(), 4, 200);
    }
    m_area->setState(StatefulArea::State::Content);
    updateFindCount();
}

} // namespace ui
