// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/diff/diff_view.h"

#include <QPaintEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr std::size_t kLongestPainted = 4000;

bool isAscii(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// Byte ranges of UTF-8 as ranges of the UTF-16 text.
int utf16Offset(std::string_view text, std::size_t bytes)
{
    return static_cast<int>(qs(text.substr(0, bytes)).size());
}

} // namespace

int DiffView::numberWidth() const
{
    return fontMetrics().horizontalAdvance(QStringLiteral("00000")) + 8;
}

int DiffView::textStart() const
{
    return (m_layout == DiffDocument::Layout::Split ? numberWidth() : 2 * numberWidth()) + 14;
}

void DiffView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    painter.setLayoutDirection(Qt::LeftToRight); // whatever the window's
    painter.setFont(font());
    painter.fillRect(event->rect(), color(Token::Surface));
    const int rows = static_cast<int>(m_document.rows().size());
    const int last = std::min(rows - 1, rowAt(event->rect().bottom()));
    for (int row = std::max(0, rowAt(event->rect().top())); row <= last; ++row)
        paintRow(painter, row, rowRect(row));
    if (m_layout == DiffDocument::Layout::Split && rows > 0) {
        painter.setPen(color(Token::Line));
        const int middle = viewport()->width() / 2;
        painter.drawLine(middle, 0, middle, std::min(viewport()->height(), rowRect(rows - 1).bottom()));
    }
}

void DiffView::paintRow(QPainter& painter, int index, const QRect& rect)
{
    const DiffDocument::Row& row = m_document.rows()[static_cast<std::size_t>(index)];
    using Kind = DiffDocument::Row::Kind;
    if (row.kind == Kind::Title || row.kind == Kind::Fold) {
        paintFold(painter, row, rect);
    } else if (m_layout == DiffDocument::Layout::Unified) {
        paintUnified(painter, row, rect);
    } else {
        const core::diff::WordDiff words = m_document.words(row);
        const int middle = rect.width() / 2;
        const QRect left(rect.left(), rect.top(), middle, rect.height());
        const QRect right(rect.left() + middle, rect.top(), rect.width() - middle, rect.height());
        paintSide(painter, left, row.before, m_document.before(row), row.kind != Kind::Same, words.a, true);
        paintSide(painter, right, row.after, m_document.after(row), row.kind != Kind::Same, words.b, false);
    }
    const bool selected = index >= std::min(m_anchor, m_current) && index <= std::max(m_anchor, m_current);
    if (selected && m_anchor != m_current) {
        QColor veil = color(Token::Accent);
        veil.setAlphaF(0.18F);
        painter.fillRect(rect, veil);
    }
    if (index == m_current) {
        painter.fillRect(rect.left(), rect.top(), 3, rect.height(), color(Token::Accent));
        if (hasFocus()) {
            painter.setPen(color(Token::Accent));
            painter.drawRect(rect.adjusted(0, 0, -1, -1));
        }
    }
}

void DiffView::paintFold(QPainter& painter, const DiffDocument::Row& row, const QRect& rect)
{
    painter.fillRect(rect, color(Token::Bg));
    painter.setPen(color(Token::Line));
    painter.drawLine(rect.topLeft(), rect.topRight());
    painter.drawLine(rect.bottomLeft(), rect.bottomRight());
    painter.save();
    painter.setFont(uiFont(row.kind == DiffDocument::Row::Kind::Title ? 0.95 : 0.9));
    painter.setPen(color(Token::Muted));
    QString text;
    if (row.kind == DiffDocument::Row::Kind::Title) {
        text = qs(m_document.title(row));
    } else {
        auto path = m_foldPaths.find(row.fold);
        if (path == m_foldPaths.end())
            path = m_foldPaths.insert(row.fold, qs(m_document.pathAfterFold(row)));
        text = QStringLiteral("⋯ ") + tr("%n unchanged line(s)", nullptr, m_document.hiddenLines(row));
        if (!path->isEmpty())
            text += QStringLiteral(" · ") + ltr(*path);
    }
    const QRect inside = rect.adjusted(12, 0, -8, 0);
    painter.drawText(inside, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextSingleLine,
                     painter.fontMetrics().elidedText(text, Qt::ElideRight, inside.width()));
    painter.restore();
}

void DiffView::paintNumber(QPainter& painter, const QRect& rect, int number)
{
    if (number < 0)
        return;
    painter.setPen(color(Token::Muted));
    painter.drawText(rect.adjusted(0, 0, -6, 0), Qt::AlignVCenter | Qt::AlignRight, QString::number(number + 1));
}

void DiffView::paintSide(QPainter& painter, const QRect& rect, int number, std::string_view text, bool changed,
                         const std::vector<core::diff::ByteRange>& words, bool removedSide)
{
    if (changed && number < 0) {
        painter.fillRect(rect, color(Token::Bg));
        return;
    }
    if (changed)
        painter.fillRect(rect, color(removedSide ? Token::DiffDelLine : Token::DiffAddLine));
    const QRect numberRect(rect.left(), rect.top(), numberWidth(), rect.height());
    paintNumber(painter, numberRect, number);
    paintText(painter, rect.adjusted(textStart(), 0, 0, 0), text, words,
              color(removedSide ? Token::DiffDelWord : Token::DiffAddWord));
}

void DiffView::paintUnified(QPainter& painter, const DiffDocument::Row& row, const QRect& rect)
{
    using Kind = DiffDocument::Row::Kind;
    const bool removed = row.kind == Kind::Removed;
    const bool added = row.kind == Kind::Added;
    if (removed || added)
        painter.fillRect(rect, color(removed ? Token::DiffDelLine : Token::DiffAddLine));
    paintNumber(painter, {rect.left(), rect.top(), numberWidth(), rect.height()}, row.before);
    paintNumber(painter, {rect.left() + numberWidth(), rect.top(), numberWidth(), rect.height()}, row.after);
    if (removed || added) {
        painter.setPen(color(removed ? Token::Bad : Token::Ok));
        painter.drawText(QRect(rect.left() + 2 * numberWidth(), rect.top(), 12, rect.height()), Qt::AlignCenter,
                         removed ? QStringLiteral("−") : QStringLiteral("+"));
    }
    const core::diff::WordDiff words = m_document.words(row);
    paintText(painter, rect.adjusted(textStart(), 0, 0, 0), removed ? m_document.before(row) : m_document.after(row),
              removed ? words.a : words.b, color(removed ? Token::DiffDelWord : Token::DiffAddWord));
}

void DiffView::paintText(QPainter& painter, const QRect& rect, std::string_view whole,
                         const std::vector<core::diff::ByteRange>& words, const QColor& wordColour)
{
    std::string_view text = whole.substr(0, kLongestPainted);
    while (text.size() < whole.size() && !text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0)
        text.remove_suffix(1); // do not cut a character in two
    QString shown = qs(text);
    if (text.size() < whole.size())
        shown += QStringLiteral(" … ") + tr("%n byte(s) more", nullptr, static_cast<int>(whole.size() - text.size()));
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setPen(color(Token::Text));
    const QPointF origin(rect.left() - horizontalScrollBar()->value(), rect.top() + 2);
    if (words.empty() && isAscii(text)) {
        painter.drawText(QPointF(origin.x(), origin.y() + fontMetrics().ascent()), shown);
        painter.restore();
        return;
    }
    // Marks on bidirectional text fall apart into pieces: let the layout place them.
    QTextLayout layout(shown, font());
    QTextOption option(Qt::AlignLeft);
    option.setTextDirection(Qt::LeftToRight);
    option.setWrapMode(QTextOption::NoWrap);
    layout.setTextOption(option);
    QList<QTextLayout::FormatRange> marks;
    for (const core::diff::ByteRange& word : words) {
        if (word.begin >= text.size())
            break;
        const int from = utf16Offset(text, word.begin);
        QTextLayout::FormatRange mark;
        mark.start = from;
        mark.length = utf16Offset(text, std::min(word.end, text.size())) - from;
        mark.format.setBackground(wordColour);
        marks.append(mark);
    }
    layout.setFormats(marks);
    layout.beginLayout();
    layout.createLine().setLineWidth(1e6);
    layout.endLayout();
    layout.draw(&painter, origin);
    painter.restore();
}

} // namespace ui
