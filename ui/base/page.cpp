// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/page.h"

#include "ui/base/theme.h"

#include <QEvent>

#include <algorithm>
#include <utility>

namespace ui {

Page::Page(const PageContext& context, PageId id, QWidget* parent)
    : QWidget(parent)
    , m_context(context)
    , m_id(std::move(id))
{
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        if (isVisible())
            rethemed();
        else
            m_oldColors = true;
    });
}

/// A page that nobody sees is made anew when it is shown: a switch of language or theme waits for the visible ones
/// only.
bool Page::event(QEvent* event)
{
    if (event->type() == QEvent::Show) {
        if (std::exchange(m_oldWords, false))
            retranslate();
        if (std::exchange(m_oldColors, false))
            rethemed();
    }
    return QWidget::event(event);
}

void Page::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() != QEvent::LanguageChange)
        return;
    if (isVisible())
        retranslate();
    else
        m_oldWords = true;
    emit titleChanged();
}

core::engine::ApplicationPtr Page::application(const core::engine::Snapshot& snapshot) const
{
    const auto found = std::ranges::find_if(snapshot.applications, [&](const core::engine::ApplicationPtr& app) {
        return app->name == m_id.app.name && app->nameSpace == m_id.app.nameSpace;
    });
    return found == snapshot.applications.end() ? nullptr : *found;
}

void PageRegistry::add(PageKind kind, Factory factory)
{
    std::erase_if(m_factories, [&](const auto& entry) { return entry.first == kind; });
    m_factories.emplace_back(kind, std::move(factory));
}

bool PageRegistry::has(PageKind kind) const
{
    return std::ranges::any_of(m_factories, [&](const auto& entry) { return entry.first == kind; });
}

Page* PageRegistry::create(const PageContext& context, const PageId& id, QWidget* parent) const
{
    for (const auto& [kind, factory] : m_factories) {
        if (kind == id.kind)
            return factory(context, id, parent);
    }
    return nullptr;
}

} // namespace ui
