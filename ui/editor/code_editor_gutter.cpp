// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/glyphs.h"
#include "ui/base/theme.h"
#include "ui/editor/code_editor.h"

#include <QPainter>
#include <QPainterPath>
#include <QTextBlock>

#include <algorithm>

namespace ui {

namespace {

constexpr int kFoldWidth = 14;
constexpr int kMarkWidth = 16;

} // namespace

int CodeEditor::gutterWidth() const
{
    const auto digits = std::max<qsizetype>(3, QString::number(blockCount()).size());
    return kMarkWidth + fontMetrics().horizontalAdvance(u'0') * static_cast<int>(digits) + kFoldWidth + 8;
}

void CodeEditor::layOutGutter()
{
    setViewportMargins(gutterWidth(), 0, 0, 0);
    const QRect area = contentsRect();
    m_gutter->setGeometry(area.left(), area.top(), gutterWidth(), area.height());
}

void CodeEditor::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    layOutGutter();
}

void CodeEditor::updateGutter(const QRect& rect, int dy)
{
    if (dy != 0)
        m_gutter->scroll(0, dy);
    else
        m_gutter->update(0, rect.y(), m_gutter->width(), rect.height());
}

QTextBlock CodeEditor::blockAt(int y) const
{
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF rect = blockBoundingGeometry(block).translated(contentOffset());
        if (block.isVisible() && rect.bottom() > y)
            return rect.top() <= y ? block : QTextBlock();
    }
    return {};
}

void CodeEditor::paintGutter(QPaintEvent* event)
{
    QPainter painter(m_gutter);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(font());
    painter.fillRect(event->rect(), color(Token::Surface));
    const int current = textCursor().blockNumber();
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF geometry = blockBoundingGeometry(block).translated(contentOffset());
        if (geometry.top() > event->rect().bottom())
            break;
        if (!block.isVisible())
            continue;
        const int line = block.blockNumber();
        const QRect row(0, qRound(geometry.top()), m_gutter->width(), qRound(geometry.height()));
        if (line == current)
            painter.fillRect(row, color(Token::Selection));
        if (!markText(line).isEmpty())
            paintGlyph(painter, QRectF(row.left() + 2, row.top() + (row.height() - 13) / 2.0, 13, 13), Glyph::Degraded,
                       color(onlyWarns(line) ? Token::Warn : Token::Bad));
        painter.setPen(color(line == current ? Token::Text : Token::Muted));
        painter.drawText(row.adjusted(kMarkWidth, 0, -kFoldWidth - 2, 0),
                         Qt::AlignRight | Qt::AlignAbsolute | Qt::AlignVCenter, // beside the code, in Arabic too
                         QString::number(line + 1));
        if (foldAt(line) != nullptr) {
            const QPointF centre(row.right() - kFoldWidth / 2.0, row.center().y() + 1);
            QPainterPath arrow;
            if (isFolded(line)) {
                arrow.moveTo(centre + QPointF(-2, -4));
                arrow.lineTo(centre + QPointF(2, 0));
                arrow.lineTo(centre + QPointF(-2, 4));
            } else {
                arrow.moveTo(centre + QPointF(-4, -2));
                arrow.lineTo(centre + QPointF(0, 2));
                arrow.lineTo(centre + QPointF(4, -2));
            }
            painter.setPen(QPen(color(isFolded(line) ? Token::Accent : Token::Muted), 1.4));
            painter.drawPath(arrow);
        }
    }
}

void CodeEditor::paintEvent(QPaintEvent* event)
{
    QPlainTextEdit::paintEvent(event);
    // Say at the end of a folded line how much it hides.
    QPainter painter(viewport());
    painter.setFont(uiFont(0.85));
    for (QTextBlock block = firstVisibleBlock(); block.isValid(); block = block.next()) {
        const QRectF geometry = blockBoundingGeometry(block).translated(contentOffset());
        if (geometry.top() > event->rect().bottom())
            break;
        if (!block.isVisible() || !isFolded(block.blockNumber()))
            continue;
        const FoldRange* fold = foldAt(block.blockNumber());
        const double x = geometry.left() + fontMetrics().horizontalAdvance(block.text()) + 12;
        const QString text = tr("⋯ %n line(s)", nullptr, fold->last - fold->first);
        const QRectF chip(x, geometry.top() + 2, painter.fontMetrics().horizontalAdvance(text) + 12,
                          geometry.height() - 4);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(color(Token::UnknownTint));
        painter.drawRoundedRect(chip, 4, 4);
        painter.setPen(color(Token::Muted));
        painter.drawText(chip, Qt::AlignCenter, text);
    }
}

void CodeEditor::clickGutter(const QPoint& position)
{
    const QTextBlock block = blockAt(position.y());
    if (!block.isValid())
        return;
    if (position.x() > m_gutter->width() - kFoldWidth - 4)
        toggleFold(block.blockNumber());
    else
        setTextCursor(QTextCursor(block));
    setFocus();
}

QString CodeEditor::gutterToolTip(const QPoint& position) const
{
    const QTextBlock block = blockAt(position.y());
    return block.isValid() ? markText(block.blockNumber()) : QString();
}

} // namespace ui
