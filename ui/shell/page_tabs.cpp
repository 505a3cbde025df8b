// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/page_tabs.h"

#include <QTabBar>

#include <algorithm>

namespace ui {

namespace {

constexpr int kLeastWidth = 132;

class Bar : public QTabBar
{
public:
    using QTabBar::QTabBar;

protected:
    [[nodiscard]] QSize minimumTabSizeHint(int index) const override
    {
        const QSize whole = tabSizeHint(index);
        return {std::min(whole.width(), kLeastWidth), whole.height()};
    }
};

} // namespace

PageTabs::PageTabs(QWidget* parent)
    : QTabWidget(parent)
{
    setTabBar(new Bar(this));
}

} // namespace ui
