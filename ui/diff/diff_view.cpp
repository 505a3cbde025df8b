// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/diff_view.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"
#include "ui/diff/diff_ruler.h"

#include <QAccessible>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QMenu>
#include <QScrollBar>

#include <algorithm>

namespace ui {

using Row = DiffDocument::Row;

DiffView::DiffView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_ruler(new DiffRuler(*this))
{
    setObjectName(QStringLiteral("diffView"));
    setLayoutDirection(Qt::LeftToRight);
    setFrameShape(QFrame::NoFrame);
    setFocusPolicy(Qt::StrongFocus);
    setFont(monoFont());
    setViewportMargins(0, 0, DiffRuler::kWidth, 0);
    setAccessibleName(tr("Differences"));
    m_ruler->setAccessibleName(tr("Where the document changes"));
}

void DiffView::setDocument(DiffDocument document)
{
    const int position = verticalScrollBar()->value();
    const bool sameLength = document.rows().size() == m_document.rows().size();
    m_document = std::move(document);
    m_document.setLayout(m_layout);
    m_foldPaths.clear();
    const int rows = static_cast<int>(m_document.rows().size());
    m_current = rows == 0 ? -1 : std::clamp(m_current, 0, rows - 1);
    if (!sameLength)
        m_current = m_document.changes().empty() ? std::min(rows - 1, 0) : m_document.changes().front();
    m_anchor = m_current;
    updateScrollBars();
    if (sameLength)
        verticalScrollBar()->setValue(position);
    else
        reveal(m_current);
    viewport()->update();
    m_ruler->update();
    describeCurrentRow();
    emit layoutChanged();
}

void DiffView::setLayoutMode(DiffDocument::Layout layout)
{
    const int change = currentChange();
    m_layout = layout;
    m_document.setLayout(layout);
    m_foldPaths.clear();
    updateScrollBars();
    goToChange(std::max(change, 0));
    viewport()->update();
    m_ruler->update();
    emit layoutChanged();
}

void DiffView::setCurrentRow(int row)
{
    moveTo(row, Extend::No);
}

void DiffView::moveTo(int row, Extend extend)
{
    const int rows = static_cast<int>(m_document.rows().size());
    if (rows == 0)
        return;
    m_current = std::clamp(row, 0, rows - 1);
    if (extend == Extend::No)
        m_anchor = m_current;
    reveal(m_current);
    viewport()->update();
    describeCurrentRow();
    emit currentRowChanged(m_current);
}

int DiffView::currentChange() const
{
    const auto& changes = m_document.changes();
    const auto after = std::ranges::upper_bound(changes, m_current);
    return static_cast<int>(after - changes.begin()) - 1;
}

void DiffView::goToChange(int change)
{
    const auto& changes = m_document.changes();
    if (change >= 0 && change < static_cast<int>(changes.size()))
        moveTo(changes[static_cast<std::size_t>(change)], Extend::No);
}

void DiffView::nextChange()
{
    goToChange(currentChange() + 1);
}

void DiffView::previousChange()
{
    const int change = currentChange();
    const bool atStart = change >= 0 && m_document.changes()[static_cast<std::size_t>(change)] == m_current;
    goToChange(atStart ? change - 1 : change);
}

void DiffView::expandFold(int row, int lines)
{
    m_document.expand(m_document.rows()[static_cast<std::size_t>(row)].fold, lines);
    m_foldPaths.clear();
    updateScrollBars();
    moveTo(m_current, Extend::No);
    m_ruler->update();
    emit layoutChanged();
}

void DiffView::expandAll()
{
    m_document.expandAll();
    setLayoutMode(m_layout);
}

void DiffView::collapseAll()
{
    m_document.collapseAll();
    setLayoutMode(m_layout);
}

int DiffView::rowHeight() const
{
    return fontMetrics().height() + 4;
}

int DiffView::rowAt(int y) const
{
    return (verticalScrollBar()->value() + y) / rowHeight();
}

QRect DiffView::rowRect(int row) const
{
    return {0, row * rowHeight() - verticalScrollBar()->value(), viewport()->width(), rowHeight()};
}

void DiffView::reveal(int row)
{
    if (row < 0)
        return;
    const QRect rect = rowRect(row);
    const int margin = std::min(3 * rowHeight(), viewport()->height() / 4);
    QScrollBar* bar = verticalScrollBar();
    if (rect.top() < margin)
        bar->setValue(bar->value() + rect.top() - margin);
    else if (rect.bottom() > viewport()->height() - margin)
        bar->setValue(bar->value() + rect.bottom() - viewport()->height() + margin);
}

void DiffView::updateScrollBars()
{
    const int rows = static_cast<int>(m_document.rows().size());
    verticalScrollBar()->setSingleStep(rowHeight());
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, rows * rowHeight() - viewport()->height()));
    const int columns = m_layout == DiffDocument::Layout::Split ? 2 : 1;
    const int text = fontMetrics().horizontalAdvance(QLatin1Char('m')) * (m_document.longestLine() + 2);
    const int room = viewport()->width() / columns - textStart();
    horizontalScrollBar()->setPageStep(std::max(room, 1));
    horizontalScrollBar()->setRange(0, std::max(0, text - room));
}

void DiffView::resizeEvent(QResizeEvent*)
{
    const QRect area = viewport()->geometry();
    m_ruler->setGeometry(area.right() + 1, area.top(), DiffRuler::kWidth, area.height());
    updateScrollBars();
}

void DiffView::scrollContentsBy(int, int)
{
    viewport()->update();
    m_ruler->update();
}

void DiffView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        updateScrollBars();
    if (event->type() == QEvent::LanguageChange) {
        setAccessibleName(tr("Differences"));
        m_ruler->setAccessibleName(tr("Where the document changes"));
        describeCurrentRow();
        viewport()->update();
    }
    if (event->type() == QEvent::PaletteChange)
        m_ruler->update();
}

void DiffView::describeCurrentRow()
{
    if (m_current < 0) {
        setAccessibleDescription(tr("No differences"));
        return;
    }
    const Row& row = m_document.rows()[static_cast<std::size_t>(m_current)];
    QString text;
    switch (row.kind) {
    case Row::Kind::Title:
        text = qs(m_document.title(row));
        break;
    case Row::Kind::Fold:
        text = tr("%n unchanged line(s)", nullptr, m_document.hiddenLines(row));
        break;
    case Row::Kind::Same:
        text = tr("Unchanged: %1").arg(qs(m_document.after(row)).trimmed());
        break;
    case Row::Kind::Changed:
        text =
            tr("Changed from %1 to %2").arg(qs(m_document.before(row)).trimmed(), qs(m_document.after(row)).trimmed());
        break;
    case Row::Kind::Removed:
        text = tr("Removed: %1").arg(qs(m_document.before(row)).trimmed());
        break;
    case Row::Kind::Added:
        text = tr("Added: %1").arg(qs(m_document.after(row)).trimmed());
        break;
    }
    setAccessibleDescription(text);
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
}

void DiffView::keyPressEvent(QKeyEvent* event)
{
    const Extend extend = event->modifiers() & Qt::ShiftModifier ? Extend::Yes : Extend::No;
    const int page = std::max(1, viewport()->height() / rowHeight() - 1);
    if (event->matches(QKeySequence::Copy))
        return copy();
    switch (event->key()) {
    case Qt::Key_N:
        return nextChange();
    case Qt::Key_P:
        return previousChange();
    case Qt::Key_Down:
        return moveTo(m_current + 1, extend);
    case Qt::Key_Up:
        return moveTo(m_current - 1, extend);
    case Qt::Key_PageDown:
        return moveTo(m_current + page, extend);
    case Qt::Key_PageUp:
        return moveTo(m_current - page, extend);
    case Qt::Key_Home:
        return moveTo(0, extend);
    case Qt::Key_End:
        return moveTo(static_cast<int>(m_document.rows().size()) - 1, extend);
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current >= 0 && m_document.rows()[static_cast<std::size_t>(m_current)].kind == Row::Kind::Fold)
            return expandFold(m_current, extend == Extend::Yes ? -1 : 10);
        break;
    default:
        break;
    }
    QAbstractScrollArea::keyPressEvent(event);
}

void DiffView::mousePressEvent(QMouseEvent* event)
{
    const int row = rowAt(event->pos().y());
    if (row < 0 || row >= static_cast<int>(m_document.rows().size()) || event->button() != Qt::LeftButton)
        return;
    moveTo(row, event->modifiers() & Qt::ShiftModifier ? Extend::Yes : Extend::No);
    if (m_document.rows()[static_cast<std::size_t>(row)].kind == Row::Kind::Fold)
        expandFold(row, event->modifiers() & Qt::ShiftModifier ? -1 : 10);
}

void DiffView::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons() & Qt::LeftButton)
        moveTo(rowAt(event->pos().y()), Extend::Yes);
}

void DiffView::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy"), QKeySequence::Copy, this, &DiffView::copy);
    menu->addSeparator();
    menu->addAction(tr("Show all unchanged lines"), this, &DiffView::expandAll);
    menu->addAction(tr("Fold unchanged lines"), this, &DiffView::collapseAll);
    menu->popup(event->globalPos());
}

QString DiffView::selectedText() const
{
    QString text;
    const auto line = [&](QLatin1Char sign, std::string_view content) {
        text += sign + qs(content) + QLatin1Char('\n');
    };
    for (int at = std::max(0, std::min(m_anchor, m_current)); at <= std::max(m_anchor, m_current); ++at) {
        const Row& row = m_document.rows()[static_cast<std::size_t>(at)];
        if (row.kind == Row::Kind::Same)
            line(QLatin1Char(' '), m_document.after(row));
        if (row.kind == Row::Kind::Removed || row.kind == Row::Kind::Changed)
            line(QLatin1Char('-'), m_document.before(row));
        if (row.kind == Row::Kind::Added || row.kind == Row::Kind::Changed)
            line(QLatin1Char('+'), m_document.after(row));
    }
    return text;
}

void DiffView::copy()
{
    QGuiApplication::clipboard()->setText(selectedText());
}

} // namespace ui
