// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_delegate.h"

#include "ui/apps/app_list_model.h"
#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"

#include <QApplication>
#include <QPainter>

namespace ui {

namespace {

Glyph glyphAt(const QModelIndex& index)
{
    return static_cast<Glyph>(index.data(AppListModel::GlyphRole).toInt());
}

Token tokenAt(const QModelIndex& index)
{
    return static_cast<Token>(index.data(AppListModel::TokenRole).toInt());
}

/// Draws shape and text from the leading side; returns the width used.
int drawState(QPainter& painter, const QRect& rect, const QModelIndex& index, bool rtl)
{
    const QString text = index.data().toString();
    const int wide = painter.fontMetrics().horizontalAdvance(text);
    const QRect glyph(rtl ? rect.right() - 15 : rect.left(), rect.center().y() - 7, 16, 16);
    paintGlyph(painter, glyph, glyphAt(index));
    const QRect words = rtl ? rect.adjusted(0, 0, -22, 0) : rect.adjusted(22, 0, 0, 0);
    painter.setPen(color(tokenAt(index)));
    painter.drawText(words, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), text);
    return 22 + wide + 16;
}

} // namespace

void AppCellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QStyleOptionViewItem copy = option;
    initStyleOption(&copy, index);
    copy.text.clear();
    copy.state &= ~QStyle::State_HasFocus;
    QApplication::style()->drawControl(QStyle::CE_ItemViewItem, &copy, painter, option.widget);
    painter->save();
    const bool rtl = option.direction == Qt::RightToLeft;
    QRect rect = option.rect.adjusted(8, 0, -8, 0);
    const Glyph glyph = glyphAt(index);
    if (glyph != Glyph::None) {
        paintGlyph(*painter, QRect(rtl ? rect.right() - 15 : rect.left(), rect.center().y() - 7, 16, 16), glyph);
        rect = rtl ? rect.adjusted(0, 0, -24, 0) : rect.adjusted(24, 0, 0, 0);
    }
    painter->setFont(copy.font);
    painter->setPen(color(tokenAt(index)));
    const QString text = QFontMetrics(copy.font).elidedText(index.data().toString(), Qt::ElideMiddle, rect.width());
    painter->drawText(rect, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter), text);
    painter->restore();
}

QSize AppCellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    QSize size = QStyledItemDelegate::sizeHint(option, index);
    size.setHeight(Theme::instance().rowHeight());
    return size + QSize(glyphAt(index) == Glyph::None ? 16 : 40, 0);
}

void AppTileDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const
{
    const auto cell = [&](int column) { return index.sibling(index.row(), column); };
    const bool rtl = option.direction == Qt::RightToLeft;
    const QRectF card = QRectF(option.rect).adjusted(6, 6, -6, -6);
    const Glyph health = glyphAt(cell(AppListModel::Health));
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const bool bad = health == Glyph::Degraded;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(color(selected ? Token::Accent : bad ? Token::Bad : Token::Line), selected ? 2 : 1));
    painter->setBrush(color(option.state.testFlag(QStyle::State_MouseOver) ? Token::Hover : Token::Raised));
    painter->drawRoundedRect(card, 8, 8);
    painter->setPen(Qt::NoPen);
    painter->setBrush(color(tokenOf(health)));
    painter->drawRoundedRect(
        QRectF(rtl ? card.right() - 3.5 : card.left() - 0.5, card.top() + 8, 4, card.height() - 16), 2, 2);
    QRect line = card.toRect().adjusted(16, 10, -14, 0);
    const int step = QFontMetrics(option.font).height() + 6;
    line.setHeight(step);
    const auto side = static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
    painter->setFont(uiFont(1.05, true));
    painter->setPen(color(Token::Text));
    painter->drawText(line, side,
                      painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideMiddle, line.width()));
    line.translate(0, step);
    painter->setFont(uiFont());
    const int used = drawState(*painter, line, cell(AppListModel::Health), rtl);
    drawState(*painter, rtl ? line.adjusted(0, 0, -used, 0) : line.adjusted(used, 0, 0, 0), cell(AppListModel::Sync),
              rtl);
    line.translate(0, step);
    painter->setFont(uiFont(0.92));
    painter->setPen(color(Token::Muted));
    const QString place = isolate(cell(AppListModel::Project).data().toString()) + QStringLiteral(" · ")
        + isolate(cell(AppListModel::Cluster).data().toString()) + QStringLiteral(" · ")
        + cell(AppListModel::Revision).data().toString();
    painter->drawText(line, side, painter->fontMetrics().elidedText(place, Qt::ElideRight, line.width()));
    painter->restore();
}

QSize AppTileDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    return {300, (QFontMetrics(option.font).height() + 6) * 3 + 34};
}

} // namespace ui
