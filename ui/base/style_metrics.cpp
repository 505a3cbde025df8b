// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// How large things are and where their parts stand.
#include "ui/base/icons.h"
#include "ui/base/style.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QDockWidget>
#include <QLineEdit>
#include <QMenuBar>
#include <QPushButton>
#include <QStyleOption>
#include <QTabBar>
#include <QToolButton>

namespace ui {

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const
{
    switch (metric) {
    case PM_DefaultFrameWidth:
        return 1;
    case PM_SplitterWidth:
    case PM_DockWidgetSeparatorExtent:
        return 1;
    case PM_ScrollBarExtent:
        return 12;
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ToolBarIconSize:
    case PM_TabBarIconSize:
    case PM_ListViewIconSize:
        return 16;
    case PM_ButtonMargin:
        return 10;
    case PM_MenuBarPanelWidth:
    case PM_MenuBarVMargin:
        return 0;
    case PM_MenuBarItemSpacing:
        return 2;
    case PM_ToolBarFrameWidth:
    case PM_ToolBarItemMargin:
        return 2;
    case PM_ToolBarItemSpacing:
        return 4;
    case PM_TabBarTabHSpace:
        return 28;
    case PM_TabBarTabVSpace:
        return 12;
    case PM_TabBarBaseOverlap:
    case PM_TabBarTabShiftVertical:
    case PM_TabBarTabShiftHorizontal:
        return 0;
    case PM_TreeViewIndentation:
        return 16;
    case PM_HeaderMargin:
        return 6;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight:
        return 15;
    case PM_DockWidgetTitleMargin:
        return 4;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing:
        return 8;
    default:
        return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

QSize Style::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size,
                              const QWidget* widget) const
{
    QSize result = QProxyStyle::sizeFromContents(type, option, size, widget);
    switch (type) {
    case CT_PushButton:
        if (buttonRole(widget) == ButtonRole::Link)
            return size + QSize(2, 4);
        result.setHeight(std::max(28, size.height() + 10));
        result.setWidth(std::max(result.width(), size.width() + 24));
        break;
    case CT_ToolButton:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            button != nullptr && button->toolButtonStyle == Qt::ToolButtonTextBesideIcon) {
            result = size + QSize(26, 10);
            result.setHeight(std::max(28, result.height()));
        }
        break;
    case CT_LineEdit:
    case CT_ComboBox:
        result.setHeight(std::max(26, result.height()));
        break;
    case CT_MenuItem:
        result.setHeight(std::max(Theme::instance().rowHeight(), result.height()));
        result.rwidth() += 16;
        break;
    case CT_MenuBarItem:
        result = size + QSize(16, 10);
        break;
    case CT_ItemViewItem:
        result.setHeight(std::max(result.height(), Theme::instance().rowHeight()));
        break;
    case CT_HeaderSection:
        result.setHeight(std::max(result.height(), Theme::instance().rowHeight() + 4));
        break;
    default:
        break;
    }
    return result;
}

QRect Style::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const
{
    return QProxyStyle::subElementRect(element, option, widget);
}

QRect Style::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl subControl,
                            const QWidget* widget) const
{
    if (control == CC_ScrollBar) {
        const auto* slider = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (slider != nullptr && (subControl == SC_ScrollBarAddLine || subControl == SC_ScrollBarSubLine))
            return {};
        if (slider != nullptr && (subControl == SC_ScrollBarGroove))
            return slider->rect;
        if (slider != nullptr
            && (subControl == SC_ScrollBarSlider || subControl == SC_ScrollBarAddPage
                || subControl == SC_ScrollBarSubPage)) {
            const bool vertical = slider->orientation == Qt::Vertical;
            const int length = vertical ? slider->rect.height() : slider->rect.width();
            const qint64 range = qint64 {slider->maximum} - slider->minimum;
            const int handle = range <= 0
                ? length
                : std::clamp(static_cast<int>(qint64 {length} * slider->pageStep / (range + slider->pageStep)), 28,
                             std::max(28, length));
            const int start = sliderPositionFromValue(slider->minimum, slider->maximum, slider->sliderPosition,
                                                      length - handle, slider->upsideDown);
            const auto part = [&](int from, int size) {
                const QRect rect =
                    vertical ? QRect(0, from, slider->rect.width(), size) : QRect(from, 0, size, slider->rect.height());
                return visualRect(slider->direction, slider->rect, rect.translated(slider->rect.topLeft()));
            };
            if (subControl == SC_ScrollBarSlider)
                return part(start, handle);
            return subControl == SC_ScrollBarSubPage ? part(0, start) : part(start + handle, length - start - handle);
        }
    }
    return QProxyStyle::subControlRect(control, option, subControl, widget);
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const
{
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_DitherDisabledText:
    case SH_UnderlineShortcut:
        return 0;
    case SH_ItemView_ShowDecorationSelected:
        return 1;
    case SH_ToolTip_WakeUpDelay:
        return 500;
    case SH_Widget_Animation_Duration:
        return Theme::instance().reducedMotion() ? 0 : 120;
    case SH_TabBar_ElideMode:
        return Qt::ElideMiddle;
    case SH_TabBar_PreferNoArrows:
        return 0;
    case SH_Menu_SloppySubMenus:
        return 1;
    case SH_DialogButtonBox_ButtonsHaveIcons:
        return 0;
    case SH_ItemView_ActivateItemOnSingleClick:
        return 0;
    default:
        return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QIcon Style::standardIcon(StandardPixmap pixmap, const QStyleOption* option, const QWidget* widget) const
{
    switch (pixmap) {
    case SP_TitleBarCloseButton:
    case SP_DockWidgetCloseButton:
    case SP_LineEditClearButton:
    case SP_TabCloseButton:
        return icon(QLatin1String("close"), Token::Muted);
    case SP_TitleBarNormalButton:
        return icon(QLatin1String("detach"), Token::Muted);
    case SP_ToolBarHorizontalExtensionButton:
        return icon(QLatin1String("more"));
    default:
        return QProxyStyle::standardIcon(pixmap, option, widget);
    }
}

void Style::polish(QWidget* widget)
{
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) != nullptr || qobject_cast<QTabBar*>(widget) != nullptr
        || qobject_cast<QComboBox*>(widget) != nullptr)
        widget->setAttribute(Qt::WA_Hover);
    if (auto* edit = qobject_cast<QLineEdit*>(widget))
        edit->setTextMargins(4, 0, 4, 0);
}

} // namespace ui
