// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/cells_model.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"

#include <QPainter>

#include <algorithm>

namespace ui {

namespace {

/// The same thing in another state keeps its row; other children make it another row.
bool sameRow(const CellRow& a, const CellRow& b)
{
    return a.id == b.id && std::ranges::equal(a.children, b.children, {}, &CellRow::id, &CellRow::id);
}

constexpr quintptr kTop = 0; ///< internal id of top rows; below: row of the parent + 1

} // namespace

void CellsModel::setTitles(const QStringList& titles)
{
    if (titles == m_titles)
        return;
    const bool shape = titles.size() != m_titles.size();
    if (shape)
        beginResetModel();
    m_titles = titles;
    if (shape)
        endResetModel();
    else
        emit headerDataChanged(Qt::Horizontal, 0, static_cast<int>(m_titles.size()) - 1);
}

void CellsModel::setRows(std::vector<CellRow> rows)
{
    const auto least = std::min(rows.size(), m_rows.size());
    std::size_t before = 0;
    while (before < least && sameRow(rows[before], m_rows[before]))
        ++before;
    std::size_t after = 0;
    while (after < least - before && sameRow(rows[rows.size() - 1 - after], m_rows[m_rows.size() - 1 - after]))
        ++after;
    const auto at = static_cast<std::ptrdiff_t>(before);
    if (const std::size_t gone = m_rows.size() - before - after; gone > 0) {
        beginRemoveRows({}, static_cast<int>(before), static_cast<int>(before + gone) - 1);
        m_rows.erase(m_rows.begin() + at, m_rows.begin() + at + static_cast<std::ptrdiff_t>(gone));
        endRemoveRows();
    }
    if (const std::size_t fresh = rows.size() - before - after; fresh > 0) {
        beginInsertRows({}, static_cast<int>(before), static_cast<int>(before + fresh) - 1);
        m_rows.insert(m_rows.begin() + at, rows.begin() + at, rows.begin() + at + static_cast<std::ptrdiff_t>(fresh));
        endInsertRows();
    }
    const int last = std::max(0, columnCount() - 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        CellRow& mine = m_rows[i];
        if (mine == rows[i])
            continue;
        const QModelIndex top = index(static_cast<int>(i), 0);
        mine = std::move(rows[i]);
        emit dataChanged(top, top.siblingAtColumn(last));
        if (!mine.children.empty())
            emit dataChanged(index(0, 0, top), index(static_cast<int>(mine.children.size()) - 1, last, top));
    }
}

const CellRow* CellsModel::row(const QModelIndex& index) const
{
    if (!index.isValid() || index.model() != this)
        return nullptr;
    if (index.internalId() == kTop)
        return &m_rows.at(static_cast<std::size_t>(index.row()));
    return &m_rows.at(index.internalId() - 1).children.at(static_cast<std::size_t>(index.row()));
}

QModelIndex CellsModel::index(int row, int column, const QModelIndex& parent) const
{
    if (row < 0 || column < 0 || row >= rowCount(parent) || column >= columnCount(parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : kTop);
}

QModelIndex CellsModel::parent(const QModelIndex& index) const
{
    if (!index.isValid() || index.internalId() == kTop)
        return {};
    return createIndex(static_cast<int>(index.internalId() - 1), 0, kTop);
}

int CellsModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid())
        return static_cast<int>(m_rows.size());
    if (parent.internalId() != kTop || parent.column() > 0)
        return 0;
    return static_cast<int>(m_rows.at(static_cast<std::size_t>(parent.row())).children.size());
}

int CellsModel::columnCount(const QModelIndex&) const
{
    return static_cast<int>(m_titles.size());
}

QVariant CellsModel::data(const QModelIndex& index, int role) const
{
    const CellRow* at = row(index);
    if (at == nullptr || static_cast<std::size_t>(index.column()) >= at->cells.size())
        return {};
    const Cell& cell = at->cells.at(static_cast<std::size_t>(index.column()));
    switch (role) {
    case Qt::DisplayRole:
        return cell.text;
    case Qt::ToolTipRole:
        return cell.tip.isEmpty() ? cell.text : cell.tip;
    case Qt::ForegroundRole:
        return color(cell.ink);
    case Qt::FontRole:
        return cell.code ? monoFont() : QVariant();
    case Qt::AccessibleTextRole:
        return cell.glyph == Glyph::None ? plain(cell.text)
                                         : plain(cell.text) + QStringLiteral(", ") + glyphName(cell.glyph);
    case SortRole:
        return cell.sort.isValid() ? cell.sort : QVariant(plain(cell.text));
    case GlyphRole:
        return static_cast<int>(cell.glyph);
    case ShareRole:
        return cell.share ? QVariant(*cell.share) : QVariant();
    case IdRole:
        return at->id;
    default:
        return {};
    }
}

QVariant CellsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    return orientation == Qt::Horizontal && role == Qt::DisplayRole ? QVariant(m_titles.value(section)) : QVariant();
}

CellsFilter::CellsFilter(QObject* parent)
    : QSortFilterProxyModel(parent)
{
    setRecursiveFilteringEnabled(true);
    setAutoAcceptChildRows(true);
    setSortRole(CellsModel::SortRole);
    setSortCaseSensitivity(Qt::CaseInsensitive);
    setDynamicSortFilter(true);
}

void CellsFilter::setText(const QString& text)
{
    m_words = text.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
}

bool CellsFilter::filterAcceptsRow(int row, const QModelIndex& parent) const
{
    return std::ranges::all_of(m_words, [&](const QString& word) {
        for (int column = 0; column < sourceModel()->columnCount(parent); ++column)
            if (plain(sourceModel()->index(row, column, parent).data().toString()).contains(word, Qt::CaseInsensitive))
                return true;
        return false;
    });
}

void CellsDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem cell(option);
    initStyleOption(&cell, index);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state.testFlag(QStyle::State_Selected))
        painter->fillRect(option.rect, color(Token::Selection));
    else if (option.state.testFlag(QStyle::State_MouseOver))
        painter->fillRect(option.rect, color(Token::Hover));
    const auto visual = [&](const QRect& rect) { return QStyle::visualRect(option.direction, option.rect, rect); };
    QRect words = option.rect.adjusted(8, 0, -6, 0);
    if (const auto glyph = static_cast<Glyph>(index.data(CellsModel::GlyphRole).toInt()); glyph != Glyph::None) {
        paintGlyph(*painter, visual({words.left(), option.rect.center().y() - 7, 15, 15}), glyph);
        words.setLeft(words.left() + 23);
    }
    if (const QVariant share = index.data(CellsModel::ShareRole); share.isValid()) {
        const QRect track(words.left(), option.rect.center().y() - 3, 64, 7);
        painter->setPen(Qt::NoPen);
        painter->setBrush(color(Token::Line));
        painter->drawRoundedRect(visual(track), 3, 3);
        QRect used = track;
        used.setWidth(qRound(track.width() * std::clamp(share.toDouble(), 0.0, 1.0)));
        const QColor ink = index.data(Qt::ForegroundRole).value<QColor>();
        painter->setBrush(ink == color(Token::Warn) ? ink : color(Token::Accent));
        if (used.width() > 0)
            painter->drawRoundedRect(visual(used), 3, 3);
        words.setLeft(track.right() + 9);
    }
    painter->setFont(cell.font);
    painter->setPen(index.data(Qt::ForegroundRole).value<QColor>());
    const bool mirrored = option.direction == Qt::RightToLeft;
    painter->drawText(visual(words), Qt::AlignVCenter | Qt::AlignAbsolute | (mirrored ? Qt::AlignRight : Qt::AlignLeft),
                      painter->fontMetrics().elidedText(cell.text, cell.textElideMode, words.width()));
    painter->restore();
}

QSize CellsDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    return {QStyledItemDelegate::sizeHint(option, index).width() + 14, Theme::instance().rowHeight()};
}

} // namespace ui
