// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/widgets.h"

#include "ui/base/bidi.h"
#include "ui/base/wrap_layout.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

namespace {

void pill(QPainter& painter, const QRectF& rect, qreal radius, const QColor& fill, const QColor& border)
{
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(border.isValid() ? QPen(border, 1) : QPen(Qt::NoPen));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
}

} // namespace

Badge::Badge(QWidget* parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Badge::setText(const QString& text)
{
    if (text == m_text)
        return;
    m_text = text;
    setAccessibleName(plain(text));
    updateGeometry();
    update();
}

void Badge::setTokens(Token foreground, Token background)
{
    if (m_foreground == foreground && m_background == background)
        return;
    m_foreground = foreground;
    m_background = background;
    update();
}

QSize Badge::sizeHint() const
{
    const QFontMetrics metrics(uiFont(0.88));
    return {metrics.horizontalAdvance(m_text) + 12, metrics.height() + 4};
}

void Badge::paintEvent(QPaintEvent*)
{
    if (m_text.isEmpty())
        return;
    QPainter painter(this);
    pill(painter, rect(), 4, color(m_background), {});
    painter.setFont(uiFont(0.88));
    painter.setPen(color(m_foreground));
    painter.drawText(rect(), Qt::AlignCenter, m_text);
}

Chip::Chip(const QString& text, QWidget* parent)
    : QAbstractButton(parent)
{
    setText(text);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

QSize Chip::sizeHint() const
{
    const QFontMetrics metrics(font());
    const int glyph = icon().isNull() ? 0 : 20;
    return {metrics.horizontalAdvance(text()) + 24 + glyph, std::max(24, metrics.height() + 8)};
}

void Chip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const bool on = isChecked();
    const QColor fill = color(on ? Token::Selection : underMouse() ? Token::Hover : Token::Surface);
    pill(painter, rect(), height() / 2.0 - 0.5, fill, color(on || hasFocus() ? Token::Accent : Token::Line));
    if (hasFocus())
        pill(painter, QRectF(rect()).adjusted(1, 1, -1, -1), height() / 2.0 - 1.5, {}, color(Token::Accent));
    QRect area = rect().adjusted(12, 0, -12, 0);
    if (!icon().isNull()) {
        const bool rtl = layoutDirection() == Qt::RightToLeft;
        const QRect glyph(rtl ? area.right() - 15 : area.left(), (height() - 16) / 2, 16, 16);
        icon().paint(&painter, glyph);
        area = rtl ? area.adjusted(0, 0, -20, 0) : area.adjusted(20, 0, 0, 0);
    }
    painter.setPen(color(isEnabled() ? Token::Text : Token::Muted));
    painter.drawText(area, Qt::AlignCenter, text());
}

SegmentedBar::SegmentedBar(QWidget* parent)
    : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void SegmentedBar::setTexts(const QStringList& texts)
{
    m_texts = texts;
    updateAccessible();
    updateGeometry();
    update();
}

void SegmentedBar::updateAccessible()
{
    setAccessibleDescription(m_texts.value(m_current));
}

void SegmentedBar::setCurrent(int index)
{
    if (index == m_current || index < 0 || index >= m_texts.size())
        return;
    m_current = index;
    updateAccessible();
    update();
    emit currentChanged(index);
}

QSize SegmentedBar::sizeHint() const
{
    const QFontMetrics metrics(uiFont(1, true));
    int width = 2;
    for (const QString& text : m_texts)
        width += metrics.horizontalAdvance(text) + 24;
    return {width, std::max(28, metrics.height() + 10)};
}

QRect SegmentedBar::cell(int index) const
{
    const QFontMetrics metrics(uiFont(1, true));
    int x = 1;
    for (int i = 0; i < index; ++i)
        x += metrics.horizontalAdvance(m_texts.at(i)) + 24;
    const int wide = metrics.horizontalAdvance(m_texts.at(index)) + 24;
    return {layoutDirection() == Qt::RightToLeft ? width() - x - wide : x, 1, wide, height() - 2};
}

void SegmentedBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    pill(painter, rect(), 6, color(Token::Surface), color(Token::Line));
    for (int i = 0; i < m_texts.size(); ++i) {
        const bool current = i == m_current;
        if (current)
            pill(painter, cell(i), 5, color(Token::Selection), hasFocus() ? color(Token::Accent) : QColor());
        painter.setFont(uiFont(1, current));
        painter.setPen(color(current ? Token::Accent : Token::Text));
        painter.drawText(cell(i), Qt::AlignCenter, m_texts.at(i));
    }
}

void SegmentedBar::mousePressEvent(QMouseEvent* event)
{
    for (int i = 0; i < m_texts.size(); ++i) {
        if (cell(i).contains(event->position().toPoint()))
            setCurrent(i);
    }
}

void SegmentedBar::keyPressEvent(QKeyEvent* event)
{
    const int forward = layoutDirection() == Qt::RightToLeft ? Qt::Key_Left : Qt::Key_Right;
    const int back = layoutDirection() == Qt::RightToLeft ? Qt::Key_Right : Qt::Key_Left;
    if (event->key() == forward)
        setCurrent(m_current + 1);
    else if (event->key() == back)
        setCurrent(m_current - 1);
    else
        QWidget::keyPressEvent(event);
}

Card::Card(QWidget* parent)
    : QFrame(parent)
    , m_body(new QVBoxLayout(this))
{
    m_body->setContentsMargins(12, 10, 12, 10);
    m_body->setSpacing(6);
}

void Card::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    pill(painter, rect(), 8, color(Token::Bg), color(Token::Line));
}

GlyphLabel::GlyphLabel(Glyph glyph, QWidget* parent)
    : QWidget(parent)
    , m_glyph(glyph)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(glyphName(glyph));
}

void GlyphLabel::setGlyph(Glyph glyph)
{
    m_glyph = glyph;
    setAccessibleName(glyphName(glyph));
    setToolTip(glyphName(glyph));
    update();
}

void GlyphLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    paintGlyph(painter, rect(), m_glyph);
}

TokenLabel::TokenLabel(Token token, QWidget* parent)
    : QLabel(parent)
    , m_token(token)
{
    setForegroundRole(QPalette::WindowText);
    connect(&Theme::instance(), &Theme::changed, this, &TokenLabel::apply);
    apply();
}

void TokenLabel::setToken(Token token)
{
    m_token = token;
    apply();
}

void TokenLabel::apply()
{
    QPalette own = palette();
    own.setColor(QPalette::WindowText, color(m_token));
    own.setColor(QPalette::Link, color(Token::Accent));
    setPalette(own);
}

void alignToLayout(QLabel& label)
{
    const bool rtl = label.layoutDirection() == Qt::RightToLeft;
    const Qt::Alignment vertical = label.alignment() & Qt::AlignVertical_Mask;
    label.setAlignment(Qt::AlignAbsolute | (rtl ? Qt::AlignRight : Qt::AlignLeft) | vertical);
}

SectionLabel::SectionLabel(const QString& text, QWidget* parent)
    : TokenLabel(Token::Muted, parent)
{
    setFont(uiFont(0.88));
    setText(text);
}

PageBar::PageBar(QWidget* parent)
    : QFrame(parent)
{
    auto* layout = new WrapLayout(this);
    layout->setContentsMargins(12, 6, 12, 7);
    layout->setSpacing(8);
}

void PageBar::addWidget(QWidget* widget, int stretch)
{
    static_cast<WrapLayout*>(layout())->add(widget, stretch);
}

void PageBar::addStretch()
{
    static_cast<WrapLayout*>(layout())->addStretch();
}

void PageBar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Surface));
    painter.fillRect(0, height() - 1, width(), 1, color(Token::Line));
}

} // namespace ui
