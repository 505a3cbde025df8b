// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/tree/tree_scene.h"

#include "ui/base/bidi.h"
#include "ui/base/words.h"

#include <QCoreApplication>

#include <algorithm>
#include <map>
#include <unordered_map>

namespace ui {

namespace eng = core::engine;

namespace {

constexpr qreal kCardWidth = 184;
constexpr qreal kCardHeight = 48;
constexpr qreal kColumn = 240;
constexpr qreal kRow = 62;
constexpr qreal kMargin = 24;
constexpr qreal kLaneHead = 84; ///< a title and three lines of words

QString kindName(const std::string& kind)
{
    return kind == "PersistentVolumeClaim" ? QStringLiteral("PVC") : qs(kind);
}

Glyph markOf(const eng::ResourceNode& node)
{
    if (node.requiresPruning)
        return Glyph::Prune;
    if (node.hook)
        return Glyph::Hook;
    return node.managed && node.sync == eng::SyncState::OutOfSync ? Glyph::OutOfSync : Glyph::None;
}

Glyph resourceGlyph(const eng::ResourceNode& node)
{
    return node.health ? glyphOf(*node.health) : node.existsLive ? Glyph::Healthy : Glyph::Missing;
}

TreeItem appItem(const eng::Application& app)
{
    TreeItem item;
    item.title = qs(app.name);
    item.subtitle = QStringLiteral("Application");
    if (app.operation.phase == eng::OperationPhase::Running)
        item.subtitle = item.subtitle + QStringLiteral(" · ")
            + withDigits(QCoreApplication::translate("ui::TreeScene", "wave %1").arg(app.operation.wave));
    item.reason = qs(app.operation.waitingFor.empty() ? app.healthMessage : app.operation.waitingFor);
    item.health = glyphOf(app.health);
    item.mark = app.sync == eng::SyncState::OutOfSync ? Glyph::OutOfSync : Glyph::None;
    item.problem = item.health == Glyph::Degraded || item.health == Glyph::Missing;
    item.createdAt = app.createdAt;
    return item;
}

TreeItem resourceItem(const eng::ResourceNode& node)
{
    TreeItem item;
    item.key = node.key;
    item.title = qs(node.key.name);
    item.subtitle = isolate(kindName(node.key.kind));
    if (node.managed)
        item.subtitle +=
            QStringLiteral(" · ") + withDigits(QCoreApplication::translate("ui::TreeScene", "wave %1").arg(node.wave));
    else if (!node.statusText.empty())
        item.subtitle += QStringLiteral(" · ") + isolate(node.statusText);
    item.reason = qs(node.healthMessage.empty() ? node.syncMessage : node.healthMessage);
    item.health = resourceGlyph(node);
    item.mark = markOf(node);
    item.problem = isProblem(node);
    item.wave = node.wave;
    item.createdAt = node.createdAt;
    return item;
}

class Builder
{
public:
    Builder(const eng::Application& app, const TreeOptions& options)
        : m_app(app)
        , m_options(options)
        , m_children(app.resources.size() + 1)
    {
    }

    TreeScene build()
    {
        link();
        m_scene.items.reserve(m_app.resources.size() + 1);
        m_scene.items.push_back(appItem(m_app));
        switch (m_options.arrange) {
        case TreeOptions::Arrange::Tree: {
            auto roots = childrenOf(kRoot);
            std::ranges::stable_sort(roots, {}, [&](std::size_t node) { return m_app.resources[node].wave; });
            addChildren(0, roots, 0);
            placeTree();
            break;
        }
        case TreeOptions::Arrange::Traffic:
            addTraffic();
            placeTree();
            break;
        default:
            placeLanes();
        }
        return std::move(m_scene);
    }

private:
    static constexpr std::size_t kRoot = static_cast<std::size_t>(-1);
    static constexpr int kMaxDepth = 64; ///< owner references may form a ring

    [[nodiscard]] std::vector<std::size_t>& childrenOf(std::size_t node)
    {
        return m_children[node == kRoot ? m_app.resources.size() : node];
    }

    void link()
    {
        m_byKey.reserve(m_app.resources.size());
        for (std::size_t i = 0; i < m_app.resources.size(); ++i)
            m_byKey.emplace(m_app.resources[i].key, i);
        m_keep.assign(m_app.resources.size(), !m_options.problemsOnly);
        std::vector<std::size_t> parents(m_app.resources.size(), kRoot);
        for (std::size_t i = 0; i < m_app.resources.size(); ++i) {
            for (const auto& parent : m_app.resources[i].parents) {
                if (const auto found = m_byKey.find(parent); found != m_byKey.end() && found->second != i) {
                    parents[i] = found->second;
                    break;
                }
            }
            childrenOf(parents[i]).push_back(i);
        }
        if (!m_options.problemsOnly)
            return;
        for (std::size_t i = 0; i < m_app.resources.size(); ++i) {
            if (!isProblem(m_app.resources[i]))
                continue;
            std::size_t at = i;
            for (int depth = 0; at != kRoot && depth < kMaxDepth; ++depth) {
                m_keep[at] = true;
                at = parents[at];
            }
        }
    }

    /// Siblings of one kind in one state, where there are enough of them to be in the way.
    using GroupKey = std::pair<std::string, Glyph>;
    [[nodiscard]] std::map<GroupKey, std::vector<std::size_t>> groupsOf(const std::vector<std::size_t>& nodes)
    {
        std::map<GroupKey, std::vector<std::size_t>> groups;
        if (!m_options.group)
            return groups;
        for (const auto node : nodes) {
            const auto& resource = m_app.resources[node];
            const bool alike = m_keep[node] && childrenOf(node).empty()
                && (resource.key.kind == "Pod" ? resource.health.has_value() : !isProblem(resource));
            if (alike)
                groups[{resource.key.kind, resourceGlyph(resource)}].push_back(node);
        }
        std::erase_if(groups, [](const auto& group) {
            return group.second.size() < (group.first.first == "Pod" ? std::size_t {3} : std::size_t {6});
        });
        return groups;
    }

    void addChildren(int parent, const std::vector<std::size_t>& children, int depth)
    {
        if (depth > kMaxDepth)
            return;
        const auto groups = groupsOf(children);
        std::set<GroupKey> done;
        for (const auto child : children) {
            if (!m_keep[child])
                continue;
            const auto& node = m_app.resources[child];
            const auto group = groups.find({node.key.kind, resourceGlyph(node)});
            if (group != groups.end() && childrenOf(child).empty()) {
                const QString id = groupId(parent, group->first);
                if (!m_options.openGroups.contains(id)) {
                    if (done.insert(group->first).second)
                        addGroup(parent, group->second, id);
                    continue;
                }
            }
            TreeItem item = resourceItem(node);
            item.parent = parent;
            const int index = static_cast<int>(m_scene.items.size());
            item.folded = !childrenOf(child).empty() && m_options.folded.contains(node.key);
            const bool open = !childrenOf(child).empty() && !item.folded;
            m_scene.items.push_back(std::move(item));
            if (open)
                addChildren(index, childrenOf(child), depth + 1);
        }
    }

    [[nodiscard]] QString groupId(int parent, const GroupKey& group) const
    {
        const auto& above = m_scene.items[static_cast<std::size_t>(parent)];
        return (above.key ? qs(above.key->text()) : QString()) + QLatin1Char('|') + qs(group.first) + QLatin1Char('|')
            + QString::number(static_cast<int>(group.second));
    }

    int addGroup(int parent, const std::vector<std::size_t>& members, const QString& id)
    {
        const auto& first = m_app.resources[members.front()];
        TreeItem item = resourceItem(first);
        item.parent = parent;
        item.count = static_cast<int>(members.size());
        item.group = id;
        const bool pods = first.key.kind == "Pod";
        const QString name = pods ? qs(first.key.name).section(QLatin1Char('-'), 0, -2) : kindName(first.key.kind);
        item.title =
            withDigits(QStringLiteral("%1 × %2").arg(item.count).arg(name.isEmpty() ? qs(first.key.name) : name));
        std::int64_t gpus = 0;
        for (const auto member : members)
            gpus += m_app.resources[member].gpus;
        item.subtitle = pods ? QStringLiteral("Pods") : isolate(kindName(first.key.kind));
        if (gpus > 0 || !first.statusText.empty())
            item.subtitle += QStringLiteral(" · ")
                + (gpus > 0 ? ltr(number(gpus) + QStringLiteral(" GPU")) : isolate(first.statusText));
        m_scene.items.push_back(std::move(item));
        return static_cast<int>(m_scene.items.size()) - 1;
    }

    // ---- traffic

    void addTraffic()
    {
        std::vector<bool> reached(m_app.resources.size(), false);
        for (const auto& node : m_app.resources)
            for (const auto& target : node.routesTo)
                if (const auto found = m_byKey.find(target.key); found != m_byKey.end())
                    reached[found->second] = true;
        for (std::size_t i = 0; i < m_app.resources.size(); ++i)
            if (!m_app.resources[i].routesTo.empty() && !reached[i] && m_keep[i])
                addRoute(0, i, {}, 0);
    }

    void addRoute(int parent, std::size_t node, const QString& edge, int depth)
    {
        const auto& resource = m_app.resources[node];
        if (const auto known = m_cards.find(resource.key); known != m_cards.end()) {
            m_scene.links.push_back({parent, known->second, edge});
            return;
        }
        TreeItem item = resourceItem(resource);
        item.parent = parent;
        item.edge = edge;
        const int index = static_cast<int>(m_scene.items.size());
        m_cards.emplace(resource.key, index);
        m_scene.items.push_back(std::move(item));
        if (depth > kMaxDepth)
            return;
        std::vector<std::size_t> pods;
        for (const auto& target : resource.routesTo) {
            const auto found = m_byKey.find(target.key);
            if (found == m_byKey.end() || !m_keep[found->second])
                continue;
            if (target.key.kind == "Pod")
                pods.push_back(found->second);
            else
                addRoute(index, found->second, target.weight ? percent(*target.weight) : QString(), depth + 1);
        }
        addPods(index, pods);
    }

    /// Pods of one owner in one state share a card, which several services may reach.
    void addPods(int service, const std::vector<std::size_t>& pods)
    {
        std::map<QString, std::vector<std::size_t>> groups;
        for (const auto pod : pods) {
            const auto& resource = m_app.resources[pod];
            const QString owner = resource.parents.empty() ? QString() : qs(resource.parents.front().text());
            const QString id = m_options.group
                ? owner + QLatin1Char('|') + QString::number(static_cast<int>(resourceGlyph(resource)))
                : qs(resource.key.text());
            groups[id].push_back(pod);
        }
        for (const auto& [id, members] : groups) {
            const QString group = QStringLiteral("traffic|") + id;
            if (const auto known = m_podCards.find(group); known != m_podCards.end()) {
                m_scene.links.push_back({service, known->second, {}});
            } else if (members.size() == 1 || m_options.openGroups.contains(group)) {
                for (const auto pod : members)
                    addRoute(service, pod, {}, kMaxDepth);
            } else {
                m_podCards.emplace(group, addGroup(service, members, group));
            }
        }
    }

    // ---- places

    void placeTree()
    {
        auto& items = m_scene.items;
        std::vector<int> depth(items.size(), 0);
        std::vector<std::pair<qreal, qreal>> span(items.size(), {-1, -1}); // first and last child's y
        int deepest = 0;
        for (std::size_t i = 1; i < items.size(); ++i) {
            depth[i] = depth[static_cast<std::size_t>(items[i].parent)] + 1;
            deepest = std::max(deepest, depth[i]);
        }
        std::vector<bool> leaf(items.size(), true);
        for (std::size_t i = 1; i < items.size(); ++i)
            leaf[static_cast<std::size_t>(items[i].parent)] = false;
        qreal next = kMargin;
        std::vector<qreal> y(items.size(), 0);
        for (std::size_t i = 0; i < items.size(); ++i) { // order of depth first: leaves come from top to bottom
            if (leaf[i]) {
                y[i] = next;
                next += kRow;
            }
        }
        for (std::size_t i = items.size(); i-- > 0;) {
            if (!leaf[i])
                y[i] = (span[i].first + span[i].second) / 2;
            if (items[i].parent >= 0) {
                auto& above = span[static_cast<std::size_t>(items[i].parent)];
                above.second = above.second < 0 ? y[i] : std::max(above.second, y[i]);
                above.first = above.first < 0 ? y[i] : std::min(above.first, y[i]);
            }
        }
        for (std::size_t i = 0; i < items.size(); ++i)
            items[i].rect = QRectF(kMargin + depth[i] * kColumn, y[i], kCardWidth, kCardHeight);
        m_scene.size = {kMargin * 2 + deepest * kColumn + kCardWidth, next - kRow + kCardHeight + kMargin};
    }

    // ---- lanes

    struct Lane
    {
        QString title;
        std::vector<std::size_t> members;
    };

    void placeLanes()
    {
        const bool waves = m_options.arrange == TreeOptions::Arrange::Waves;
        std::map<std::pair<int, std::string>, Lane> lanes;
        for (std::size_t i = 0; i < m_app.resources.size(); ++i) {
            const auto& node = m_app.resources[i];
            if (!m_keep[i] || (waves ? !node.managed : node.key.kind != "Pod"))
                continue;
            const int phase = node.hookType == "PreSync" ? -1'000'000 : node.hookType == "PostSync" ? 1'000'000 : 0;
            auto& lane = lanes[{waves ? phase + node.wave : 0, waves ? std::string() : node.nodeName}];
            lane.members.push_back(i);
            if (!lane.title.isEmpty())
                continue;
            if (!waves)
                lane.title = node.nodeName.empty() ? QCoreApplication::translate("ui::TreeScene", "Not scheduled")
                                                   : isolate(node.nodeName);
            else
                lane.title = node.hook
                    ? ltr(node.hookType)
                    : withDigits(QCoreApplication::translate("ui::TreeScene", "Wave %1").arg(node.wave));
        }
        m_scene.edges = false;
        m_scene.items.front().rect = {};
        qreal x = kMargin;
        qreal height = 0;
        for (auto& [order, lane] : lanes) {
            qreal y = kMargin + kLaneHead;
            for (const auto member : lane.members) {
                TreeItem item = resourceItem(m_app.resources[member]);
                item.parent = 0;
                item.rect = QRectF(x, y, kCardWidth, kCardHeight);
                m_scene.items.push_back(std::move(item));
                y += kRow;
            }
            m_scene.lanes.push_back({lane.title, waves ? blocker(lane) : nodeUse(order.second, lane), x});
            height = std::max(height, y);
            x += kCardWidth + kMargin;
        }
        m_scene.size = {std::max(x, kCardWidth), std::max(height, kMargin * 2 + kCardHeight)};
    }

    /// What a wave waits for, or why it does not go on, in words.
    [[nodiscard]] QString blocker(const Lane& lane) const
    {
        // Plain names: lupdate does not read a cast as the number of a plural.
        const int count = static_cast<int>(lane.members.size());
        const auto& first = m_app.resources[lane.members.front()];
        const bool running = m_app.operation.phase == eng::OperationPhase::Running;
        std::vector<const eng::ResourceNode*> ill;
        for (const auto member : lane.members) {
            const auto& node = m_app.resources[member];
            if (node.syncPhase == "SyncFailed")
                return QCoreApplication::translate("ui::TreeScene", "failed: %1")
                    .arg(shortKey(node.key) + QStringLiteral(" ") + isolate(node.syncMessage));
            const bool fine =
                !node.health || *node.health == eng::Health::Healthy || *node.health == eng::Health::Suspended;
            if (!fine)
                ill.push_back(&node);
        }
        if (running && !first.hook && first.wave == m_app.operation.wave && !m_app.operation.waitingFor.empty())
            return isolate(m_app.operation.waitingFor);
        if (running && !first.hook && first.wave > m_app.operation.wave)
            return withDigits(
                QCoreApplication::translate("ui::TreeScene", "waits for wave %1").arg(m_app.operation.wave));
        if (ill.empty())
            return QCoreApplication::translate("ui::TreeScene", "%n object(s), nothing in the way", nullptr, count);
        QString text = shortKey(ill.front()->key) + QStringLiteral(": ")
            + (ill.front()->healthMessage.empty() ? healthText(*ill.front()->health)
                                                  : isolate(ill.front()->healthMessage));
        const int others = static_cast<int>(ill.size()) - 1;
        if (others > 0)
            text +=
                QStringLiteral(" · ") + QCoreApplication::translate("ui::TreeScene", "and %n more", nullptr, others);
        return text;
    }

    [[nodiscard]] QString nodeUse(const std::string& node, const Lane& lane) const
    {
        std::int64_t mine = 0;
        for (const auto member : lane.members)
            mine += m_app.resources[member].gpus;
        const int pods = static_cast<int>(lane.members.size());
        QString text = QCoreApplication::translate("ui::TreeScene", "%n pod(s)", nullptr, pods);
        const auto known = m_options.nodeGpus.find(node);
        if (known != m_options.nodeGpus.end())
            text += QStringLiteral(" · ")
                + QCoreApplication::translate("ui::TreeScene", "GPU: %1 here, %2 of %3 requested")
                      .arg(number(qint64 {mine}), number(qint64 {known->second.first}),
                           number(qint64 {known->second.second}));
        else if (mine > 0)
            text += QStringLiteral(" · ") + ltr(number(qint64 {mine}) + QStringLiteral(" GPU"));
        return text;
    }

    const eng::Application& m_app;
    const TreeOptions& m_options;
    std::unordered_map<core::manifest::ResourceKey, std::size_t> m_byKey;
    std::vector<bool> m_keep;
    std::vector<std::vector<std::size_t>> m_children; ///< the last: of the application
    std::map<core::manifest::ResourceKey, int> m_cards; ///< in the view of traffic
    std::map<QString, int> m_podCards;
    TreeScene m_scene;
};

} // namespace

bool isProblem(const eng::ResourceNode& node)
{
    using eng::Health;
    const bool ill = node.health
        && (*node.health == Health::Degraded || *node.health == Health::Missing || *node.health == Health::Progressing);
    return ill || (node.managed && node.sync == eng::SyncState::OutOfSync) || node.requiresPruning
        || node.syncPhase == "SyncFailed";
}

TreeScene buildTreeScene(const eng::Application& app, const TreeOptions& options)
{
    return Builder(app, options).build();
}

} // namespace ui
