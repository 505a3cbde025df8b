// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal/terminal_view.h"

#include "ui/base/theme.h"

#include <QAccessible>
#include <QAccessibleWidget>
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace ui {

namespace {

/// Keys that the window keeps, so that nobody is caught in a terminal.
bool windows(const QKeyEvent& event)
{
    const bool ctrl = event.modifiers().testFlag(Qt::ControlModifier);
    const bool shift = event.modifiers().testFlag(Qt::ShiftModifier);
    if (ctrl && shift && event.key() != Qt::Key_Shift && event.key() != Qt::Key_Control)
        return true;
    return ctrl && (event.key() == Qt::Key_Tab || event.key() == Qt::Key_PageUp || event.key() == Qt::Key_PageDown);
}

class AccessibleTerminal : public QAccessibleWidget
{
public:
    explicit AccessibleTerminal(QWidget* widget)
        : QAccessibleWidget(widget, QAccessible::Terminal)
    {
    }
    [[nodiscard]] QString text(QAccessible::Text kind) const override
    {
        const auto* view = qobject_cast<const TerminalView*>(object());
        if (view != nullptr && kind == QAccessible::Value)
            return view->text();
        if (view != nullptr && kind == QAccessible::Description)
            return view->screen().text(view->screen().cursor().y());
        return QAccessibleWidget::text(kind);
    }
};

QAccessibleInterface* makeAccessible(const QString& name, QObject* object)
{
    return name == QLatin1String("ui::TerminalView") ? new AccessibleTerminal(qobject_cast<QWidget*>(object)) : nullptr;
}

} // namespace

void installTerminalAccessibility()
{
    QAccessible::installFactory(makeAccessible);
}

TerminalView::TerminalView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_screen(80, 24)
{
    installTerminalAccessibility();
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    setObjectName(QStringLiteral("terminal"));
    setFrameShape(QFrame::NoFrame);
    setLayoutDirection(Qt::LeftToRight);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setCursor(Qt::IBeamCursor);
    viewport()->setAttribute(Qt::WA_OpaquePaintEvent);
    setFont(monoFont());
    setViewportMargins(8, 4, 0, 0);
    connect(&m_screen, &TerminalScreen::changed, this, &TerminalView::showChange);
    connect(verticalScrollBar(), &QScrollBar::valueChanged, viewport(), qOverload<>(&QWidget::update));
}

QSize TerminalView::cell() const
{
    const QFontMetrics metrics(font());
    return {std::max(1, metrics.horizontalAdvance(u'M')), std::max(1, metrics.height())};
}

int TerminalView::firstRow() const
{
    return verticalScrollBar()->value() - m_screen.scrolledAway();
}

QPoint TerminalView::placeAt(const QPoint& at) const
{
    const QSize size = cell();
    return {std::clamp(at.x() / size.width(), 0, m_screen.columns() - 1),
            std::clamp(at.y() / size.height(), 0, m_screen.rows() - 1) + firstRow()};
}

void TerminalView::fit()
{
    const QSize size = cell();
    const int columns = viewport()->width() / size.width();
    const int rows = viewport()->height() / size.height();
    if (columns < 2 || rows < 2)
        return;
    const bool changes = columns != m_screen.columns() || rows != m_screen.rows();
    m_screen.resize(columns, rows);
    if (changes)
        emit sizeChanged(m_screen.columns(), m_screen.rows());
    showChange();
}

void TerminalView::showChange()
{
    auto* bar = verticalScrollBar();
    const bool atEnd = bar->value() == bar->maximum();
    bar->setRange(0, m_screen.scrolledAway());
    bar->setPageStep(m_screen.rows());
    if (atEnd)
        bar->setValue(bar->maximum());
    viewport()->update();
    if (QAccessible::isActive()) {
        QAccessibleValueChangeEvent event(this, m_screen.text(m_screen.cursor().y()));
        QAccessible::updateAccessibility(&event);
    }
}

bool TerminalView::selected(int column, int row) const
{
    if (!m_hasSelection)
        return false;
    const auto before = [](const QPoint& a, const QPoint& b) {
        return a.y() < b.y() || (a.y() == b.y() && a.x() < b.x());
    };
    const QPoint& from = before(m_from, m_to) ? m_from : m_to;
    const QPoint& to = before(m_from, m_to) ? m_to : m_from;
    const QPoint at(column, row);
    return !before(at, from) && !before(to, at);
}

void TerminalView::paintLine(QPainter& painter, int row, int y) const
{
    const QSize size = cell();
    const TerminalLine line = m_screen.line(row);
    const int ascent = painter.fontMetrics().ascent();
    for (int column = 0; column < static_cast<int>(line.size()); ++column) {
        const TerminalCell& at = line[static_cast<std::size_t>(column)];
        if (at.width == 0)
            continue;
        QColor ink = at.ink.value_or(color(Token::Text));
        QColor ground = at.ground.value_or(color(Token::Surface));
        if (at.reverse)
            std::swap(ink, ground);
        if (selected(column, row))
            ground = color(Token::Selection);
        const bool cursor = m_screen.cursorVisible() && m_screen.cursor() == QPoint(column, row);
        if (cursor && hasFocus())
            std::swap(ink, ground);
        const QRect place(column * size.width(), y, size.width() * at.width, size.height());
        if (ground != color(Token::Surface))
            painter.fillRect(place, ground);
        if (!at.text.isEmpty() && at.text != QLatin1String(" ")) {
            QFont font = painter.font();
            font.setBold(at.bold);
            font.setItalic(at.italic);
            font.setUnderline(at.underline);
            font.setStrikeOut(at.strike);
            painter.setFont(font);
            painter.setPen(ink);
            painter.drawText(QPoint(place.left(), y + ascent), at.text);
        }
        if (cursor && !hasFocus()) {
            painter.setPen(color(Token::Muted));
            painter.drawRect(place.adjusted(0, 0, -1, -1));
        }
    }
}

void TerminalView::paintEvent(QPaintEvent*)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), color(Token::Surface));
    painter.setFont(font());
    painter.setLayoutDirection(Qt::LeftToRight);
    const int height = cell().height();
    for (int i = 0; i < m_screen.rows(); ++i)
        paintLine(painter, firstRow() + i, i * height);
}

void TerminalView::resizeEvent(QResizeEvent* event)
{
    QAbstractScrollArea::resizeEvent(event);
    fit();
}

void TerminalView::changeEvent(QEvent* event)
{
    QAbstractScrollArea::changeEvent(event);
    if (event->type() == QEvent::FontChange)
        fit();
}

bool TerminalView::event(QEvent* event)
{
    // Shortcuts of the window would take letters from the program.
    if (event->type() == QEvent::ShortcutOverride && !windows(*static_cast<QKeyEvent*>(event))) {
        event->accept();
        return true;
    }
    return QAbstractScrollArea::event(event);
}

void TerminalView::keyPressEvent(QKeyEvent* event)
{
    const bool shift = event->modifiers() == Qt::ShiftModifier;
    if (event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier) && event->key() == Qt::Key_C)
        return copy();
    if (event->modifiers() == (Qt::ControlModifier | Qt::ShiftModifier) && event->key() == Qt::Key_V)
        return paste();
    if (shift && (event->key() == Qt::Key_PageUp || event->key() == Qt::Key_PageDown)) {
        const int step = event->key() == Qt::Key_PageUp ? -m_screen.rows() : m_screen.rows();
        return verticalScrollBar()->setValue(verticalScrollBar()->value() + step);
    }
    if (windows(*event) || !m_screen.key(*event))
        return event->ignore();
    m_hasSelection = false;
    verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

void TerminalView::mousePressEvent(QMouseEvent* event)
{
    if (m_screen.wantsMouse() && !event->modifiers().testFlag(Qt::ShiftModifier))
        return m_screen.mouse(placeAt(event->pos()), event->button(), true, event->modifiers());
    if (event->button() == Qt::MiddleButton)
        return paste();
    m_selecting = event->button() == Qt::LeftButton;
    m_hasSelection = false;
    m_from = m_to = placeAt(event->pos());
    viewport()->update();
}

void TerminalView::mouseMoveEvent(QMouseEvent* event)
{
    if (m_selecting) {
        m_to = placeAt(event->pos());
        m_hasSelection = true;
        return viewport()->update();
    }
    m_screen.mouseMoved(placeAt(event->pos()), event->modifiers());
}

void TerminalView::mouseReleaseEvent(QMouseEvent* event)
{
    if (!std::exchange(m_selecting, false))
        m_screen.mouse(placeAt(event->pos()), event->button(), false, event->modifiers());
}

void TerminalView::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void TerminalView::focusOutEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusOutEvent(event);
    viewport()->update();
}

QString TerminalView::selectedText() const
{
    QStringList lines;
    for (int row = std::min(m_from.y(), m_to.y()); m_hasSelection && row <= std::max(m_from.y(), m_to.y()); ++row) {
        QString text;
        const TerminalLine line = m_screen.line(row);
        for (int column = 0; column < static_cast<int>(line.size()); ++column) {
            const TerminalCell& at = line[static_cast<std::size_t>(column)];
            if (at.width > 0 && selected(column, row))
                text += at.text.isEmpty() ? QStringLiteral(" ") : at.text;
        }
        while (text.endsWith(u' '))
            text.chop(1);
        lines.append(text);
    }
    return lines.join(u'\n');
}

QString TerminalView::text() const
{
    QStringList lines;
    for (int row = 0; row < m_screen.rows(); ++row)
        lines.append(m_screen.text(row));
    while (!lines.isEmpty() && lines.back().isEmpty())
        lines.removeLast();
    return lines.join(u'\n');
}

void TerminalView::copy()
{
    if (m_hasSelection)
        QGuiApplication::clipboard()->setText(selectedText());
}

void TerminalView::paste()
{
    if (const QString text = QGuiApplication::clipboard()->text(); !text.isEmpty())
        m_screen.paste(text);
}

} // namespace ui
