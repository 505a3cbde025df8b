// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/diff_ruler.h"

#include "ui/base/theme.h"
#include "ui/diff/diff_view.h"

#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>

namespace ui {

DiffRuler::DiffRuler(DiffView& view)
    : QWidget(&view)
    , m_view(view)
{
    setObjectName(QStringLiteral("diffRuler"));
}

void DiffRuler::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Bg));
    const auto& rows = m_view.document().rows();
    if (rows.empty())
        return;
    const double scale = static_cast<double>(height()) / static_cast<double>(rows.size());
    const auto top = [&](std::size_t row) { return static_cast<int>(static_cast<double>(row) * scale); };
    using Kind = DiffDocument::Row::Kind;
    // Rows that fall on the same pixels are drawn once.
    int paintedAdd = -1;
    int paintedDelete = -1;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const int y = top(row);
        const int h = std::max(2, top(row + 1) - y);
        const bool removed = rows[row].kind == Kind::Removed || rows[row].kind == Kind::Changed;
        const bool added = rows[row].kind == Kind::Added || rows[row].kind == Kind::Changed;
        if (removed && y > paintedDelete) {
            painter.fillRect(1, y, kWidth / 2 - 1, h, color(Token::Bad));
            paintedDelete = y;
        }
        if (added && y > paintedAdd) {
            painter.fillRect(kWidth / 2, y, kWidth / 2 - 1, h, color(Token::Ok));
            paintedAdd = y;
        }
    }
    const QScrollBar* bar = m_view.verticalScrollBar();
    if (bar->maximum() > 0) {
        const double whole = bar->maximum() + bar->pageStep();
        const QRectF sight(0.5, height() * bar->value() / whole + 0.5, kWidth - 1, height() * bar->pageStep() / whole);
        painter.setPen(color(Token::Muted));
        painter.drawRect(sight);
    }
}

void DiffRuler::mousePressEvent(QMouseEvent* event)
{
    const auto rows = static_cast<double>(m_view.document().rows().size());
    if (height() > 0)
        m_view.setCurrentRow(static_cast<int>(event->position().y() / height() * rows));
}

} // namespace ui
