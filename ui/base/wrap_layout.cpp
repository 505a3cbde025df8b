// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/wrap_layout.h"

#include <QStyle>
#include <QWidget>

#include <algorithm>

namespace ui {

WrapLayout::WrapLayout(QWidget* parent)
    : QLayout(parent)
{
}

WrapLayout::~WrapLayout() = default;

void WrapLayout::add(QWidget* widget, int stretch)
{
    addChildWidget(widget);
    m_entries.push_back({std::make_unique<QWidgetItem>(widget), stretch});
    invalidate();
}

void WrapLayout::addStretch()
{
    m_entries.push_back({std::make_unique<QSpacerItem>(0, 0, QSizePolicy::Expanding), 1});
    invalidate();
}

void WrapLayout::addItem(QLayoutItem* item)
{
    m_entries.push_back({std::unique_ptr<QLayoutItem>(item), 0});
    invalidate();
}

int WrapLayout::count() const
{
    return static_cast<int>(m_entries.size());
}

QLayoutItem* WrapLayout::itemAt(int index) const
{
    const auto at = static_cast<std::size_t>(index);
    return index >= 0 && at < m_entries.size() ? m_entries[at].item.get() : nullptr;
}

QLayoutItem* WrapLayout::takeAt(int index)
{
    if (itemAt(index) == nullptr)
        return nullptr;
    auto* item = m_entries[static_cast<std::size_t>(index)].item.release();
    m_entries.erase(m_entries.begin() + index);
    invalidate();
    return item;
}

void WrapLayout::invalidate()
{
    for (const auto& entry : m_entries)
        entry.hint = QSize();
    QLayout::invalidate();
}

const WrapLayout::Entry& WrapLayout::measured(const Entry& entry)
{
    if (!entry.hint.isValid()) {
        entry.least = entry.item->minimumSize();
        entry.hint = entry.item->sizeHint().expandedTo(QSize(0, 0));
    }
    return entry;
}

int WrapLayout::leastWidth(const Entry& entry)
{
    const auto& [item, stretch, hint, least] = measured(entry);
    return stretch > 0 ? least.width() : std::max(hint.width(), least.width());
}

bool WrapLayout::isHidden(const Entry& entry)
{
    return entry.item->isEmpty() && entry.item->spacerItem() == nullptr;
}

std::vector<WrapLayout::Row> WrapLayout::rowsIn(int width) const
{
    std::vector<Row> rows;
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        const auto& entry = m_entries[i];
        const bool nothing = isHidden(entry);
        const int wide = nothing ? 0 : leastWidth(entry);
        const int gap = rows.empty() || rows.back().width == 0 || wide == 0 ? 0 : spacing();
        if (rows.empty() || (wide > 0 && rows.back().width > 0 && rows.back().width + gap + wide > width))
            rows.push_back({i, i, 0, 0});
        auto& row = rows.back();
        row.width += (row.width == 0 ? 0 : gap) + wide;
        if (!nothing)
            row.height = std::max(row.height, measured(entry).hint.height());
        row.to = i + 1;
    }
    return rows;
}

int WrapLayout::heightForWidth(int width) const
{
    const auto margins = contentsMargins();
    const auto rows = rowsIn(width - margins.left() - margins.right());
    int height = margins.top() + margins.bottom() + spacing() * std::max(0, static_cast<int>(rows.size()) - 1);
    for (const auto& row : rows)
        height += row.height;
    return height;
}

QSize WrapLayout::sizeHint() const
{
    const auto margins = contentsMargins();
    const auto rows = rowsIn(QWIDGETSIZE_MAX);
    const QSize inside = rows.empty() ? QSize() : QSize(rows.front().width, rows.front().height);
    return inside.grownBy(margins);
}

QSize WrapLayout::minimumSize() const
{
    QSize least;
    for (const auto& entry : m_entries)
        if (!entry.item->isEmpty())
            least = least.expandedTo(QSize(leastWidth(entry), measured(entry).least.height()));
    return least.grownBy(contentsMargins());
}

void WrapLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    const auto inside = rect.marginsRemoved(contentsMargins());
    int y = inside.top();
    for (const auto& row : rowsIn(inside.width())) {
        place(row, {inside.left(), y, inside.width(), row.height});
        y += row.height + spacing();
    }
}

void WrapLayout::place(const Row& row, const QRect& inside) const
{
    int stretches = 0;
    for (auto i = row.from; i < row.to; ++i)
        stretches += isHidden(m_entries[i]) ? 0 : m_entries[i].stretch;
    int spare = std::max(0, inside.width() - row.width);
    int x = inside.left();
    const auto direction = parentWidget() != nullptr ? parentWidget()->layoutDirection() : Qt::LeftToRight;
    for (auto i = row.from; i < row.to; ++i) {
        if (isHidden(m_entries[i]))
            continue;
        const auto& entry = m_entries[i];
        const auto& [item, stretch, hint, least] = measured(entry);
        const int share = stretch > 0 ? spare * stretch / stretches : 0;
        spare -= share;
        stretches -= stretch;
        const int wide = std::min(leastWidth(entry) + share, std::max(inside.width(), 0));
        if (item->spacerItem() == nullptr) {
            const int high = std::min(hint.height(), inside.height());
            const QRect at(x, inside.top() + (inside.height() - high) / 2, wide, high);
            item->setGeometry(QStyle::visualRect(direction, inside, at));
            x += wide + spacing();
        } else {
            x += share;
        }
    }
}

} // namespace ui
