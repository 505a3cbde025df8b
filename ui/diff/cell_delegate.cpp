// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/cell_delegate.h"

#include "ui/base/theme.h"

#include <QPainter>

namespace ui {

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem cell(option);
    initStyleOption(&cell, index);
    painter->save();
    const bool selected = option.state & QStyle::State_Selected;
    if (selected)
        painter->fillRect(option.rect, color(Token::Selection));
    const bool mirrored = option.direction == Qt::RightToLeft;
    const QRect text = option.rect.adjusted(8, 0, -6, 0);
    painter->setFont(cell.font);
    const QVariant ink = index.data(Qt::ForegroundRole);
    painter->setPen(ink.isValid() ? ink.value<QColor>() : color(Token::Text));
    painter->drawText(text, Qt::AlignVCenter | Qt::AlignAbsolute | (mirrored ? Qt::AlignRight : Qt::AlignLeft),
                      painter->fontMetrics().elidedText(cell.text, cell.textElideMode, text.width()));
    painter->restore();
}

} // namespace ui
