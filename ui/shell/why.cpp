// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/why.h"

#include "ui/base/bidi.h"
#include "ui/base/reasons.h"
#include "ui/base/words.h"
#include "ui/diff/field_change_model.h"

#include <QCoreApplication>

#include <algorithm>
#include <set>

namespace ui {

namespace eng = core::engine;
using core::manifest::ResourceKey;

namespace {

constexpr int kDeepest = 8;
constexpr std::size_t kMostObjects = 5;
constexpr std::size_t kMostFields = 3;

/// What QT_TRANSLATE_NOOP marks.
QString say(const char* text)
{
    return QCoreApplication::translate("ui::Why", text);
}

int severity(const std::optional<eng::Health>& health)
{
    using eng::Health;
    if (!health)
        return 0;
    switch (*health) {
    case Health::Degraded:
        return 5;
    case Health::Missing:
        return 4;
    case Health::Unknown:
        return 3;
    case Health::Progressing:
        return 2;
    case Health::Suspended:
        return 1;
    case Health::Healthy:
        break;
    }
    return 0;
}

/// The worst of what it owns; of the application's own objects where there is no parent. Null where none is unhealthy.
const eng::ResourceNode* worstBelow(const eng::Application& app, const ResourceKey* parent)
{
    const eng::ResourceNode* worst = nullptr;
    for (const auto& node : app.resources) {
        const bool below =
            parent == nullptr ? node.parents.empty() : std::ranges::find(node.parents, *parent) != node.parents.end();
        if (below && severity(node.health) > (worst != nullptr ? severity(worst->health) : 0))
            worst = &node;
    }
    return worst;
}

QString stateOf(const eng::ResourceNode& node)
{
    QString text = say(QT_TRANSLATE_NOOP("ui::Why", "%1 is %2")).arg(shortKey(node.key), healthText(*node.health));
    if (!node.statusText.empty() && node.key.kind == "Pod")
        text += QStringLiteral(" (") + isolate(node.statusText) + u')';
    if (!node.healthMessage.empty())
        text += QStringLiteral(": ") + reasonText(node.healthMessage);
    return text;
}

void addWarning(std::vector<WhyStep>& out, const std::vector<eng::Event>& events, const ResourceKey& key, int depth)
{
    const auto event =
        std::ranges::find_if(events, [&](const eng::Event& one) { return one.warning && one.object == key; });
    if (event == events.end() || (!out.empty() && out.back().text.contains(reasonText(event->message))))
        return;
    out.push_back({isolate(event->reason) + QStringLiteral(": ") + reasonText(event->message), key, {}, 0, depth});
}

} // namespace

std::vector<WhyStep> whyUnhealthy(const eng::Application& app, const eng::ResourceNode* node,
                                  const std::vector<eng::Event>& events)
{
    std::vector<WhyStep> out;
    std::set<ResourceKey> seen;
    const eng::ResourceNode* at = node != nullptr ? node : worstBelow(app, nullptr);
    if (node != nullptr && severity(node->health) == 0)
        return out;
    for (int depth = 0; at != nullptr && depth < kDeepest && seen.insert(at->key).second; ++depth) {
        const auto* below = worstBelow(app, &at->key);
        if (at != node || below == nullptr)
            out.push_back({stateOf(*at), at->key, {}, 0, static_cast<int>(out.size())});
        if (below == nullptr)
            addWarning(out, events, at->key, static_cast<int>(out.size()));
        at = below;
    }
    return out;
}

std::vector<WhyStep> whyOutOfSync(const eng::Application& app, const eng::ResourceNode* node, const eng::AppDiff* diff)
{
    std::vector<WhyStep> out;
    std::size_t objects = 0;
    std::size_t more = 0;
    for (const auto& at : app.resources) {
        if (at.sync != eng::SyncState::OutOfSync || !at.managed || (node != nullptr && node->key != at.key))
            continue;
        if (++objects > kMostObjects) {
            ++more;
            continue;
        }
        const char* sentence = !at.existsLive ? QT_TRANSLATE_NOOP("ui::Why", "%1 is in Git and not in the cluster")
            : at.requiresPruning ? QT_TRANSLATE_NOOP("ui::Why", "%1 is in the cluster and no longer in Git")
                                 : QT_TRANSLATE_NOOP("ui::Why", "%1 differs from Git");
        out.push_back({say(sentence).arg(shortKey(at.key)), at.key, {}, 0, 0});
        if (diff == nullptr || !at.existsLive || at.requiresPruning)
            continue;
        const auto known = std::ranges::find(diff->resources, at.key, &eng::ResourceDiff::key);
        if (known == diff->resources.end())
            continue;
        std::size_t fields = 0;
        for (const auto& change : known->changes) {
            if (change.ignored || ++fields > kMostFields)
                continue;
            out.push_back({ltr(fieldPath(change.path)) + QStringLiteral(": ") + reasonText(change.reason), at.key,
                           change.file, change.line, 1});
        }
        if (fields > kMostFields)
            out.push_back({say(QT_TRANSLATE_NOOP("ui::Why", "and %1 more fields"))
                               .arg(number(static_cast<qint64>(fields - kMostFields))),
                           at.key,
                           {},
                           0,
                           1});
    }
    if (more > 0)
        out.push_back({say(QT_TRANSLATE_NOOP("ui::Why", "and %1 more objects")).arg(number(static_cast<qint64>(more))),
                       std::nullopt,
                       {},
                       0,
                       0});
    return out;
}

} // namespace ui
