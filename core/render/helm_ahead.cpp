// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_ahead.h"

#include <algorithm>

namespace core::render::helm {

namespace {

constexpr std::size_t kMany = 24; // templates, of which a thread is worth its start

} // namespace

// A chart that is needed under another name, or perhaps not at all, is left to those who will know.
void Ahead::collect(const Chart& chart)
{
    for (const auto& file : chart.templates)
        m_sources.emplace_back(chart.fullPath() + "/" + file.name, file.source);
    for (const auto& child : chart.charts) {
        const bool isCertain =
            std::none_of(chart.dependencies.begin(), chart.dependencies.end(), [&](const auto& dependency) {
                return dependency->name == child->name
                    && !(dependency->alias.empty() && dependency->condition.empty() && dependency->tags.empty());
            });
        if (isCertain)
            collect(*child);
    }
}

void Ahead::begin(const Chart& chart, const std::stop_token& stop)
{
    collect(chart);
    m_stop = stop;
    m_isAllowed = hasSecondProcessor();
    if (m_sources.size() >= kMany)
        begin();
}

void Ahead::begin()
{
    if (!m_isAllowed || m_hasBegun)
        return;
    m_hasBegun = true;
    m_beside.begin([this] { serve(); });
}

void Ahead::serve()
{
    for (auto source = m_sources.rbegin(); source != m_sources.rend(); ++source) {
        if (m_isParsed || m_stop.stop_requested())
            break;
        (void)source->second->prepare(source->first);
    }
    std::unique_lock lock(m_mutex);
    std::vector<PrintedDocuments*> mine;
    while (true) {
        m_wake.wait(lock, [this] { return m_isOver || !m_printed.empty(); });
        if (m_isOver)
            return;
        mine.swap(m_printed);
        lock.unlock();
        for (auto* printed : mine)
            Assembly::read(*printed);
        mine.clear();
        lock.lock();
    }
}

void Ahead::read(PrintedDocuments* printed, std::size_t bytes)
{
    if (bytes > kWorthAThread)
        begin();
    if (printed == nullptr || !m_hasBegun)
        return;
    const std::lock_guard lock(m_mutex);
    m_printed.push_back(printed);
    m_wake.notify_one();
}

void Ahead::end()
{
    if (!std::exchange(m_hasBegun, false))
        return;
    m_isParsed = true;
    {
        const std::lock_guard lock(m_mutex);
        m_isOver = true;
        m_wake.notify_one();
    }
    m_beside.end();
}

} // namespace core::render::helm
