// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/style.h"

#include "ui/base/icons.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenuBar>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QStyleFactory>
#include <QStyleOption>
#include <QTabBar>
#include <QToolButton>

namespace ui {

namespace {

constexpr qreal kRadius = 6;
constexpr const char* kRoleProperty = "pilothouseRole";

void roundedBox(QPainter& painter, const QRectF& rect, const QColor& fill, const QColor& border, qreal width = 1)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(border.isValid() ? QPen(border, width) : QPen(Qt::NoPen));
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    const qreal inset = width / 2;
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), kRadius, kRadius);
    painter.restore();
}

void focusRing(QPainter& painter, const QRectF& rect)
{
    roundedBox(painter, rect, {}, color(Token::Accent), 2);
}

bool has(const QStyleOption* option, QStyle::StateFlag flag)
{
    return option->state.testFlag(flag);
}

struct ButtonColours
{
    QColor fill;
    QColor border;
    QColor text;
};

ButtonColours buttonColours(const QStyleOption* option, ButtonRole role)
{
    const bool enabled = has(option, QStyle::State_Enabled);
    const bool hover = enabled && has(option, QStyle::State_MouseOver);
    const bool down = has(option, QStyle::State_Sunken) || has(option, QStyle::State_On);
    if (!enabled)
        return {{}, color(Token::Line), QApplication::palette().color(QPalette::Disabled, QPalette::ButtonText)};
    switch (role) {
    case ButtonRole::Primary: {
        const QColor accent = color(Token::Accent);
        return {down ? accent.darker(115) : hover ? accent.lighter(108) : accent, {}, color(Token::OnAccent)};
    }
    case ButtonRole::Danger:
        return {hover || down ? color(Token::BadTint) : color(Token::Raised), color(Token::Bad), color(Token::Bad)};
    case ButtonRole::DangerFilled: {
        const QColor bad = color(Token::Bad);
        return {down ? bad.darker(115) : hover ? bad.lighter(108) : bad, {}, color(Token::OnAccent)};
    }
    case ButtonRole::Link:
        return {{}, {}, color(Token::Accent)};
    case ButtonRole::Normal:
        break;
    }
    return {down        ? color(Token::Selection)
                : hover ? color(Token::Hover)
                        : color(Token::Raised),
            color(Token::Line), color(Token::Text)};
}

void drawChevron(QPainter& painter, const QRectF& rect, Qt::ArrowType type, const QColor& colour)
{
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colour, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.translate(rect.center());
    const qreal turn = type == Qt::DownArrow ? 0 : type == Qt::UpArrow ? 180 : type == Qt::LeftArrow ? 90 : -90;
    painter.rotate(turn);
    painter.drawPolyline(QPolygonF {{-3.5, -1.75}, {0, 1.75}, {3.5, -1.75}});
    painter.restore();
}

void drawScrollBar(const QStyle& style, const QStyleOptionSlider& option, QPainter& painter, const QWidget* widget)
{
    QRectF slider = style.subControlRect(QStyle::CC_ScrollBar, &option, QStyle::SC_ScrollBarSlider, widget);
    if (option.maximum <= option.minimum)
        return;
    const bool hot = has(&option, QStyle::State_MouseOver) || has(&option, QStyle::State_Sunken);
    const qreal inset = hot ? 3 : 4;
    if (option.orientation == Qt::Vertical)
        slider.adjust(inset, 2, -inset, -2);
    else
        slider.adjust(2, inset, -2, -inset);
    QColor colour = color(Token::Muted);
    colour.setAlphaF(hot ? 0.7F : 0.4F);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    const qreal radius = std::min(slider.width(), slider.height()) / 2;
    painter.drawRoundedRect(slider, radius, radius);
    painter.restore();
}

void drawTab(const QStyleOptionTab& option, QPainter& painter)
{
    const bool selected = has(&option, QStyle::State_Selected);
    const QRectF rect = option.rect;
    if (selected) {
        painter.fillRect(rect, color(Token::Surface));
        QPainterPath top;
        top.addRoundedRect(rect.adjusted(0.5, 1, -0.5, 8), 5, 5);
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setClipRect(rect);
        painter.setPen(QPen(color(Token::Line), 1));
        painter.fillRect(rect, color(Token::Bg));
        painter.setBrush(color(Token::Surface));
        painter.drawPath(top);
        painter.setClipRect(QRectF(rect.left(), rect.top(), rect.width(), 4));
        painter.setPen(QPen(color(Token::Accent), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(top);
        painter.restore();
    } else if (has(&option, QStyle::State_MouseOver)) {
        painter.fillRect(rect.adjusted(2, 4, -2, -4), color(Token::Hover));
    }
}

/// Icon, a gap and the text, together in the middle.
void drawIconAndText(const QStyleOptionToolButton& option, QPainter& painter)
{
    const QString text = option.text;
    const int words = option.fontMetrics.size(Qt::TextShowMnemonic, text).width();
    const QRect whole = QStyle::alignedRect(option.direction, Qt::AlignCenter, QSize(16 + 6 + words, 16), option.rect);
    const bool rtl = option.direction == Qt::RightToLeft;
    const QRect picture(rtl ? whole.right() - 15 : whole.left(), whole.top(), 16, 16);
    const bool enabled = has(&option, QStyle::State_Enabled);
    const QColor colour = option.palette.color(QPalette::ButtonText);
    if (enabled) { // the icon takes the colour of the words: white on the accent, red for danger
        const qreal ratio = painter.device()->devicePixelRatioF();
        QPixmap pixmap(picture.size() * ratio);
        pixmap.setDevicePixelRatio(ratio);
        pixmap.fill(Qt::transparent);
        QPainter tint(&pixmap);
        const QRect all(QPoint(), picture.size());
        option.icon.paint(&tint, all);
        tint.setCompositionMode(QPainter::CompositionMode_SourceIn);
        tint.fillRect(all, colour);
        tint.end();
        painter.drawPixmap(picture.topLeft(), pixmap);
    } else {
        option.icon.paint(&painter, picture, Qt::AlignCenter, QIcon::Disabled);
    }
    painter.setPen(colour);
    const QRect label = rtl
        ? QRect(option.rect.left(), option.rect.top(), picture.left() - 6 - option.rect.left(), option.rect.height())
        : QRect(picture.right() + 7, option.rect.top(), words + 8, option.rect.height());
    painter.drawText(label, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter | Qt::TextHideMnemonic), text);
}

void drawCheck(const QStyleOption& option, QPainter& painter, bool round)
{
    const QRectF box = QRectF(option.rect).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool on = has(&option, QStyle::State_On);
    const bool partial = has(&option, QStyle::State_NoChange);
    const bool enabled = has(&option, QStyle::State_Enabled);
    const QColor accent = enabled ? color(Token::Accent) : color(Token::Muted);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(on || partial ? accent : color(Token::Muted), 1.4));
    painter.setBrush(on && !round ? accent : color(Token::Surface));
    if (round)
        painter.drawEllipse(box);
    else
        painter.drawRoundedRect(box, 3, 3);
    const qreal unit = box.width() / 16;
    if (round && on) {
        painter.setBrush(accent);
        painter.setPen(Qt::NoPen);
        painter.drawEllipse(box.center(), 4 * unit, 4 * unit);
    } else if (on) {
        painter.setPen(QPen(color(Token::OnAccent), 2 * unit, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.translate(box.topLeft());
        painter.drawPolyline(QPolygonF {{4 * unit, 8.3 * unit}, {6.9 * unit, 11 * unit}, {12 * unit, 5.2 * unit}});
    } else if (partial) {
        painter.drawLine(QPointF(box.left() + 4 * unit, box.center().y()),
                         QPointF(box.right() - 4 * unit, box.center().y()));
    }
    painter.restore();
}

} // namespace

Style::Style()
    : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion")))
{
}

void setButtonRole(QWidget* button, ButtonRole role)
{
    button->setProperty(kRoleProperty, static_cast<int>(role));
    button->update();
}

ButtonRole buttonRole(const QWidget* button)
{
    return button == nullptr ? ButtonRole::Normal : static_cast<ButtonRole>(button->property(kRoleProperty).toInt());
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const
{
    const QRectF rect = option->rect;
    switch (element) {
    case PE_PanelButtonCommand: {
        const ButtonColours colours = buttonColours(option, buttonRole(widget));
        roundedBox(*painter, rect, colours.fill, colours.border);
        if (has(option, State_HasFocus) && has(option, State_KeyboardFocusChange))
            focusRing(*painter, rect);
        return;
    }
    case PE_PanelButtonTool: {
        const bool framed = buttonRole(widget) != ButtonRole::Normal || !has(option, State_AutoRaise);
        if (framed) {
            const ButtonColours colours = buttonColours(option, buttonRole(widget));
            roundedBox(*painter, rect, colours.fill, colours.border);
        } else if (has(option, State_On) || has(option, State_Sunken)) {
            roundedBox(*painter, rect, color(Token::Selection), {});
        } else if (has(option, State_MouseOver) && has(option, State_Enabled)) {
            roundedBox(*painter, rect, color(Token::Hover), {});
        }
        if (has(option, State_HasFocus))
            focusRing(*painter, rect);
        return;
    }
    case PE_FrameFocusRect:
        if (qobject_cast<const QAbstractItemView*>(widget) != nullptr && has(option, State_Selected))
            return; // the selection shows where the focus is
        if (has(option, State_KeyboardFocusChange))
            focusRing(*painter, rect);
        return;
    case PE_PanelLineEdit:
    case PE_FrameLineEdit: {
        const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option);
        if (frame != nullptr && frame->lineWidth <= 0) {
            painter->fillRect(option->rect, color(Token::Surface));
            return;
        }
        const bool focus = has(option, State_HasFocus);
        roundedBox(*painter, rect, color(has(option, State_Enabled) ? Token::Surface : Token::Bg),
                   color(focus ? Token::Accent : Token::Line), focus ? 2 : 1);
        return;
    }
    case PE_IndicatorCheckBox:
    case PE_IndicatorItemViewItemCheck:
        drawCheck(*option, *painter, false);
        return;
    case PE_IndicatorRadioButton:
        drawCheck(*option, *painter, true);
        return;
    case PE_IndicatorBranch:
        if (has(option, State_Children)) {
            const auto closed = option->direction == Qt::RightToLeft ? Qt::LeftArrow : Qt::RightArrow;
            drawChevron(*painter, rect, has(option, State_Open) ? Qt::DownArrow : closed, color(Token::Muted));
        }
        return;
    case PE_IndicatorArrowDown:
    case PE_IndicatorSpinDown:
        drawChevron(*painter, rect, Qt::DownArrow, color(Token::Muted));
        return;
    case PE_IndicatorArrowUp:
    case PE_IndicatorSpinUp:
        drawChevron(*painter, rect, Qt::UpArrow, color(Token::Muted));
        return;
    case PE_IndicatorArrowLeft:
        drawChevron(*painter, rect, Qt::LeftArrow, color(Token::Muted));
        return;
    case PE_IndicatorArrowRight:
        drawChevron(*painter, rect, Qt::RightArrow, color(Token::Muted));
        return;
    case PE_IndicatorHeaderArrow:
        if (const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
            header != nullptr && header->sortIndicator != QStyleOptionHeader::None) {
            drawChevron(*painter, rect,
                        header->sortIndicator == QStyleOptionHeader::SortUp ? Qt::DownArrow : Qt::UpArrow,
                        color(Token::Muted));
        }
        return;
    case PE_PanelItemViewRow:
    case PE_PanelItemViewItem: {
        const auto* item = qstyleoption_cast<const QStyleOptionViewItem*>(option);
        if (item == nullptr)
            return;
        if (has(option, State_Selected) && item->showDecorationSelected) {
            painter->fillRect(option->rect, color(Token::Selection));
        } else if (has(option, State_Selected)) {
            painter->fillRect(option->rect, color(Token::Selection));
        } else if (has(option, State_MouseOver) && has(option, State_Enabled)) {
            painter->fillRect(option->rect, color(Token::Hover));
        } else if (item->backgroundBrush.style() != Qt::NoBrush) {
            painter->fillRect(option->rect, item->backgroundBrush);
        }
        return;
    }
    case PE_Frame: {
        if (qobject_cast<const QMenu*>(widget) != nullptr)
            return;
        painter->save();
        painter->setPen(color(Token::Line));
        painter->drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5));
        painter->restore();
        return;
    }
    case PE_FrameMenu:
    case PE_PanelTipLabel:
    case PE_PanelMenu:
        painter->fillRect(option->rect, color(Token::Raised));
        painter->setPen(color(Token::Line));
        painter->drawRect(option->rect.adjusted(0, 0, -1, -1));
        return;
    case PE_FrameTabBarBase:
    case PE_FrameTabWidget:
    case PE_FrameStatusBarItem:
    case PE_FrameDockWidget:
    case PE_PanelMenuBar:
        return;
    case PE_PanelStatusBar:
        painter->fillRect(option->rect, color(Token::Bg));
        painter->fillRect(QRect(option->rect.topLeft(), QSize(option->rect.width(), 1)), color(Token::Line));
        return;
    case PE_IndicatorToolBarSeparator:
        painter->fillRect(QRectF(rect.center().x(), rect.top() + 6, 1, rect.height() - 12), color(Token::Line));
        return;
    case PE_IndicatorDockWidgetResizeHandle:
        painter->fillRect(option->rect, color(Token::Line));
        return;
    default:
        QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void Style::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                        const QWidget* widget) const
{
    switch (element) {
    case CE_PushButtonLabel: {
        const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
        if (button == nullptr)
            break;
        QStyleOptionButton copy = *button;
        copy.palette.setColor(QPalette::ButtonText, buttonColours(option, buttonRole(widget)).text);
        copy.state &= ~(State_Sunken | State_On);
        QProxyStyle::drawControl(element, &copy, painter, widget);
        return;
    }
    case CE_ToolButtonLabel: {
        const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
        if (button == nullptr)
            break;
        QStyleOptionToolButton copy = *button;
        copy.palette.setColor(QPalette::ButtonText, buttonColours(option, buttonRole(widget)).text);
        copy.state &= ~(State_Sunken | State_On);
        if (copy.toolButtonStyle == Qt::ToolButtonTextBesideIcon && !copy.icon.isNull()) {
            drawIconAndText(copy, *painter);
            return;
        }
        QProxyStyle::drawControl(element, &copy, painter, widget);
        return;
    }
    case CE_TabBarTabShape:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            drawTab(*tab, *painter);
            return;
        }
        break;
    case CE_TabBarTabLabel:
        if (const auto* tab = qstyleoption_cast<const QStyleOptionTab*>(option)) {
            QStyleOptionTab copy = *tab;
            copy.palette.setColor(QPalette::WindowText,
                                  color(has(option, State_Selected) ? Token::Text : Token::Muted));
            if (has(option, State_HasFocus) && has(option, State_KeyboardFocusChange))
                focusRing(*painter, QRectF(option->rect).adjusted(3, 4, -3, -3));
            copy.state &= ~State_HasFocus;
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    case CE_HeaderSection:
    case CE_HeaderEmptyArea:
        painter->fillRect(option->rect, color(Token::Surface));
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
                          color(Token::Line));
        return;
    case CE_HeaderLabel: {
        const auto* header = qstyleoption_cast<const QStyleOptionHeader*>(option);
        if (header == nullptr)
            break;
        QStyleOptionHeader copy = *header;
        if (const auto* v2 = qstyleoption_cast<const QStyleOptionHeaderV2*>(option)) {
            QStyleOptionHeaderV2 copy2 = *v2;
            copy2.palette.setColor(QPalette::ButtonText, color(Token::Muted));
            QProxyStyle::drawControl(element, &copy2, painter, widget);
            return;
        }
        copy.palette.setColor(QPalette::ButtonText, color(Token::Muted));
        QProxyStyle::drawControl(element, &copy, painter, widget);
        return;
    }
    case CE_MenuBarEmptyArea:
        painter->fillRect(option->rect, color(Token::Surface));
        return;
    case CE_MenuBarItem: {
        const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
        if (item == nullptr)
            break;
        painter->fillRect(option->rect, color(Token::Surface));
        if (has(option, State_Selected) || has(option, State_Sunken))
            roundedBox(*painter, QRectF(option->rect).adjusted(1, 3, -1, -3), color(Token::Hover), {});
        drawItemText(painter, item->rect, Qt::AlignCenter | Qt::TextShowMnemonic | Qt::TextSingleLine, item->palette,
                     has(option, State_Enabled), item->text, QPalette::WindowText);
        return;
    }
    case CE_ToolBar:
        painter->fillRect(option->rect, color(Token::Surface));
        painter->fillRect(QRect(option->rect.left(), option->rect.bottom(), option->rect.width(), 1),
                          color(Token::Line));
        if (widget != nullptr && widget->property("pilothouseProduction").toBool())
            painter->fillRect(QRect(option->rect.left(), option->rect.top(), option->rect.width(), 2),
                              color(Token::Bad));
        return;
    case CE_Splitter:
        painter->fillRect(option->rect, color(Token::Line));
        return;
    case CE_DockWidgetTitle: {
        const auto* dock = qstyleoption_cast<const QStyleOptionDockWidget*>(option);
        if (dock == nullptr)
            break;
        painter->fillRect(option->rect, color(Token::Surface));
        painter->save();
        painter->setFont(uiFont(0.92));
        painter->setPen(color(Token::Muted));
        const QRect text = subElementRect(SE_DockWidgetTitleBarText, option, widget).adjusted(6, 0, -6, 0);
        painter->drawText(text, static_cast<int>(Qt::AlignVCenter | visualAlignment(option->direction, Qt::AlignLeft)),
                          dock->title);
        painter->restore();
        return;
    }
    case CE_ProgressBarGroove:
        roundedBox(*painter, option->rect, color(Token::UnknownTint), {});
        return;
    default:
        break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void Style::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter,
                               const QWidget* widget) const
{
    if (control == CC_ScrollBar) {
        if (const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option)) {
            drawScrollBar(*this, *slider, *painter, widget);
            return;
        }
    }
    if (control == CC_ToolButton && widget != nullptr && widget->property("pilothouseFramed").toBool()) {
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option)) {
            const ButtonColours colours = buttonColours(option, buttonRole(widget));
            roundedBox(*painter, option->rect, colours.fill, colours.border);
            if (has(option, State_HasFocus) && has(option, State_KeyboardFocusChange))
                focusRing(*painter, option->rect);
            QStyleOptionToolButton label = *button;
            drawControl(CE_ToolButtonLabel, &label, painter, widget);
            return;
        }
    }
    if (control == CC_ComboBox) {
        if (const auto* combo = qstyleoption_cast<const QStyleOptionComboBox*>(option)) {
            const bool focus = has(option, State_HasFocus);
            roundedBox(*painter, option->rect,
                       color(has(option, State_MouseOver) && !combo->editable ? Token::Hover : Token::Raised),
                       color(focus ? Token::Accent : Token::Line), focus ? 2 : 1);
            drawChevron(*painter, subControlRect(CC_ComboBox, combo, SC_ComboBoxArrow, widget), Qt::DownArrow,
                        color(Token::Muted));
            return;
        }
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

} // namespace ui
