// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/terminal/forward_list.h"

#include "ui/base/bidi.h"
#include "ui/base/engine_bridge.h"
#include "ui/base/run_task.h"
#include "ui/base/words.h"

#include <algorithm>
#include <mutex>

namespace ui {

using core::manifest::ResourceKey;

struct ForwardList::Link
{
    std::mutex mutex;
    ForwardList* list = nullptr; ///< null once it is gone
};

ForwardList& ForwardList::of(EngineBridge& bridge)
{
    auto* list = bridge.findChild<ForwardList*>(QString(), Qt::FindDirectChildrenOnly);
    return list != nullptr ? *list : *new ForwardList(bridge);
}

ForwardList::ForwardList(EngineBridge& bridge)
    : QObject(&bridge)
    , m_engine(bridge.engine())
    , m_link(std::make_shared<Link>())
{
    m_link->list = this;
}

ForwardList::~ForwardList()
{
    m_stop.request_stop();
    const std::scoped_lock lock(m_link->mutex);
    m_link->list = nullptr;
}

ForwardList::Entry* ForwardList::find(int id)
{
    const auto found = std::ranges::find(m_entries, id, &Entry::id);
    return found == m_entries.end() ? nullptr : &*found;
}

void ForwardList::add(const core::engine::ObjectRef& target, unsigned short port, unsigned short localPort,
                      std::function<void(const core::Error&)> failed)
{
    const int id = m_next++;
    m_entries.push_back({id, target, port, localPort, nullptr, {}});
    emit changed();
    auto onProblem = [link = m_link, id](const core::Error& error) {
        const std::scoped_lock lock(link->mutex);
        if (link->list == nullptr)
            return;
        QMetaObject::invokeMethod(
            link->list,
            [list = link->list, id, text = qs(error.text())] {
                if (Entry* entry = list->find(id)) {
                    entry->problem = text;
                    emit list->changed();
                }
            },
            Qt::QueuedConnection);
    };
    using Opened = core::Result<std::unique_ptr<core::engine::Forward>>;
    runTask(
        this,
        [&engine = m_engine, target, port, localPort, onProblem, stop = m_stop.get_token()] {
            return std::make_shared<Opened>(engine.forwardPort(target, port, localPort, onProblem, stop));
        },
        [this, id, failed = std::move(failed)](const std::shared_ptr<Opened>& opened) {
            Entry* entry = find(id);
            if (entry == nullptr)
                return; // stopped meanwhile
            if (!*opened) {
                remove(id);
                failed(opened->error());
                return;
            }
            entry->forward = std::move(**opened);
            entry->localPort = entry->forward->localPort();
            emit changed();
        });
}

void ForwardList::remove(int id)
{
    if (std::erase_if(m_entries, [id](const Entry& entry) { return entry.id == id; }) > 0)
        emit changed();
}

} // namespace ui
