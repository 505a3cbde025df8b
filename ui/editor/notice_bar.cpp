// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editor/notice_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>

namespace ui {

NoticeBar::NoticeBar(Token ink, Token tint, QWidget* parent)
    : QFrame(parent)
    , m_ink(ink)
    , m_tint(tint)
    , m_text(new QLabel(this))
    , m_layout(new QHBoxLayout(this))
{
    m_text->setWordWrap(true);
    m_layout->setContentsMargins(12, 5, 8, 5);
    m_layout->addWidget(m_text, 1);
    hide();
}

void NoticeBar::setText(const QString& text)
{
    m_text->setText(text);
    setAccessibleName(text);
}

QString NoticeBar::text() const
{
    return m_text->text();
}

QPushButton* NoticeBar::addButton(const QString& objectName)
{
    auto* button = new QPushButton(this);
    button->setObjectName(objectName);
    m_layout->addWidget(button);
    return button;
}

void NoticeBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(m_tint));
    painter.fillRect(QStyle::visualRect(layoutDirection(), rect(), QRect(0, 0, 3, height())), color(m_ink));
}

} // namespace ui
