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

void paintCheckBox(QPainter& painter, const QRect& box, bool checked)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color(checked ? Token::Accent : Token::Muted), 1.3));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2);
    if (checked) {
        const QPointF c = QRectF(box).center();
        painter.drawPolyline(QPolygonF({c + QPointF(-3, 0), c + QPointF(-1, 2.5), c + QPointF(3.5, -3)}));
    }
    painter.restore();
}

} // namespace ui
