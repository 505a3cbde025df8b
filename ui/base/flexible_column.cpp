// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/flexible_column.h"

#include <QEvent>
#include <QHeaderView>

#include <algorithm>

namespace ui {

namespace {

constexpr double kMostSqueezed = 0.75;

} // namespace

void FlexibleColumn::install(QHeaderView& header, int section, int least)
{
    delete header.findChild<FlexibleColumn*>(QString(), Qt::FindDirectChildrenOnly);
    new FlexibleColumn(header, section, least);
}

int FlexibleColumn::sectionOf(const QHeaderView& header)
{
    const auto* installed = header.findChild<FlexibleColumn*>(QString(), Qt::FindDirectChildrenOnly);
    return installed == nullptr ? -1 : installed->m_section;
}

FlexibleColumn::FlexibleColumn(QHeaderView& header, int section, int least)
    : QObject(&header)
    , m_header(header)
    , m_section(section)
    , m_least(least)
{
    header.setStretchLastSection(false);
    for (int i = 0; i < header.count(); ++i)
        if (i != section)
            m_wanted[i] = header.sectionSize(i);
    header.installEventFilter(this);
    connect(&header, &QHeaderView::sectionResized, this, [this](int index, int, int size) {
        if (m_fitting)
            return;
        if (index == m_section)
            m_chosen = true;
        else
            m_wanted[index] = size;
        if (index != m_section)
            fit();
    });
    fit();
}

bool FlexibleColumn::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize)
        fit();
    return QObject::eventFilter(watched, event);
}

void FlexibleColumn::fit()
{
    if (m_fitting || m_header.width() <= 0)
        return;
    m_fitting = true;
    int others = 0;
    for (const auto& [section, width] : m_wanted)
        others += m_header.isSectionHidden(section) ? 0 : width;
    const int own = m_chosen ? m_header.sectionSize(m_section) : m_least;
    const double share =
        others == 0 ? 1 : std::clamp(static_cast<double>(m_header.width() - own) / others, kMostSqueezed, 1.0);
    int left = m_header.width();
    for (const auto& [section, width] : m_wanted) {
        if (m_header.isSectionHidden(section))
            continue;
        const int given = static_cast<int>(width * share);
        m_header.resizeSection(section, given);
        left -= given;
    }
    if (!m_chosen)
        m_header.resizeSection(m_section, std::max(m_least, left));
    m_fitting = false;
}

} // namespace ui
