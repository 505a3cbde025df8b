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
constexpr qreal kLaneHead = 44;

QString kindName(const std::string& kind)
{
    return kind == "PersistentVolumeClaim" ? QStringLiteral("PVC") : qs(kind);
}

bool isProblem(const eng::ResourceNode& node)
{
    using eng::Health;
    const bool ill = node.health
        && (*node.health == Health::Degraded || *node.health == Health::Missing || *node.health == Health::Progressing);
    return ill || (node.managed && node.sync == eng::SyncState::OutOfSync) || node.requiresPruning
        || node.syncPhase == "SyncFailed";
}

Glyph markOf(const eng::ResourceNode& node)
{
    if (node.requiresPruning)
        return Glyph::Prune;
    if (node.hook)
        return Glyph::Hook;
    return node.managed && node.sync == eng::SyncState::OutOfSync ? Glyph::OutOfSync : Glyph::None;
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
    item.health = node.health ? glyphOf(*node.health) : node.existsLive ? Glyph::Healthy : Glyph::Missing;
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
    {
    }

    TreeScene build()
    {
        link();
        m_scene.items.push_back(appItem(m_app));
        std::vector<std::size_t> roots = m_children[kRoot];
        std::ranges::stable_sort(
            roots, [&](std::size_t a, std::size_t b) { return m_app.resources[a].wave < m_app.resources[b].wave; });
        if (m_options.arrange == TreeOptions::Arrange::Tree) {
            addChildren(0, roots, 0);
            placeTree();
        } else {
            placeLanes();
        }
        return std::move(m_scene);
    }

private:
    static constexpr std::size_t kRoot = static_cast<std::size_t>(-1);
    static constexpr int kMaxDepth = 64; ///< owner references may form a ring

    void link()
    {
        std::unordered_map<core::manifest::ResourceKey, std::size_t> byKey;
        for (std::size_t i = 0; i < m_app.resources.size(); ++i)
            byKey.emplace(m_app.resources[i].key, i);
        m_keep.assign(m_app.resources.size(), !m_options.problemsOnly);
        std::vector<std::size_t> parents(m_app.resources.size(), kRoot);
        for (std::size_t i = 0; i < m_app.resources.size(); ++i) {
            for (const auto& parent : m_app.resources[i].parents) {
                if (const auto found = byKey.find(parent); found != byKey.end() && found->second != i) {
                    parents[i] = found->second;
                    break;
                }
            }
            m_children[parents[i]].push_back(i);
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

    void addChildren(int parent, const std::vector<std::size_t>& children, int depth)
    {
        if (depth > kMaxDepth)
            return;
        std::map<Glyph, std::vector<std::size_t>> pods;
        if (m_options.group && depth > 0) {
            for (const auto child : children) {
                const auto& node = m_app.resources[child];
                if (m_keep[child] && node.key.kind == "Pod" && node.health && !m_children.contains(child))
                    pods[glyphOf(*node.health)].push_back(child);
            }
        }
        std::set<Glyph> grouped;
        for (const auto child : children) {
            if (!m_keep[child])
                continue;
            const auto& node = m_app.resources[child];
            if (node.key.kind == "Pod" && node.health) {
                const Glyph health = glyphOf(*node.health);
                const auto found = pods.find(health);
                if (found != pods.end() && found->second.size() >= 3) {
                    if (grouped.insert(health).second)
                        addGroup(parent, found->second);
                    continue;
                }
            }
            TreeItem item = resourceItem(node);
            item.parent = parent;
            const int index = static_cast<int>(m_scene.items.size());
            const auto below = m_children.find(child);
            item.folded = below != m_children.end() && m_options.folded.contains(node.key);
            const bool open = below != m_children.end() && !item.folded;
            m_scene.items.push_back(std::move(item));
            if (open)
                addChildren(index, below->second, depth + 1);
        }
    }

    void addGroup(int parent, const std::vector<std::size_t>& members)
    {
        const auto& first = m_app.resources[members.front()];
        TreeItem item = resourceItem(first);
        item.parent = parent;
        item.count = static_cast<int>(members.size());
        const QString name = qs(first.key.name).section(QLatin1Char('-'), 0, -2);
        item.title =
            withDigits(QStringLiteral("%1 × %2").arg(item.count).arg(name.isEmpty() ? qs(first.key.name) : name));
        std::int64_t gpus = 0;
        for (const auto member : members)
            gpus += m_app.resources[member].gpus;
        item.subtitle = QStringLiteral("Pods");
        item.subtitle +=
            QStringLiteral(" · ") + (gpus > 0 ? ltr(number(gpus) + QStringLiteral(" GPU")) : isolate(first.statusText));
        m_scene.items.push_back(std::move(item));
    }

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

    void placeLanes()
    {
        const bool waves = m_options.arrange == TreeOptions::Arrange::Waves;
        struct Lane
        {
            QString title;
            QString note;
            std::vector<std::size_t> members;
        };
        std::map<std::pair<int, std::string>, Lane> lanes;
        for (std::size_t i = 0; i < m_app.resources.size(); ++i) {
            const auto& node = m_app.resources[i];
            if (!m_keep[i] || (waves ? !node.managed : node.key.kind != "Pod"))
                continue;
            const int order = waves ? (node.hookType == "PreSync"        ? -1'000'000
                                           : node.hookType == "PostSync" ? 1'000'000
                                                                         : 0)
                    + node.wave
                                    : 0;
            auto& lane = lanes[{order, waves ? std::string() : node.nodeName}];
            lane.members.push_back(i);
            if (!lane.title.isEmpty())
                continue;
            if (waves) {
                lane.title = node.hook
                    ? ltr(node.hookType)
                    : withDigits(QCoreApplication::translate("ui::TreeScene", "Wave %1").arg(node.wave));
                if (!node.hook && m_app.operation.phase == eng::OperationPhase::Running
                    && m_app.operation.wave == node.wave)
                    lane.note = isolate(m_app.operation.waitingFor);
            } else {
                lane.title = node.nodeName.empty() ? QCoreApplication::translate("ui::TreeScene", "Not scheduled")
                                                   : isolate(node.nodeName);
            }
        }
        m_scene.edges = false;
        m_scene.items.front().rect = {};
        qreal x = kMargin;
        qreal height = 0;
        for (auto& [order, lane] : lanes) {
            std::int64_t gpus = 0;
            qreal y = kMargin + kLaneHead;
            for (const auto member : lane.members) {
                TreeItem item = resourceItem(m_app.resources[member]);
                gpus += m_app.resources[member].gpus;
                item.parent = 0;
                item.rect = QRectF(x, y, kCardWidth, kCardHeight);
                m_scene.items.push_back(std::move(item));
                y += kRow;
            }
            if (!waves && gpus > 0)
                lane.note = ltr(number(gpus) + QStringLiteral(" GPU"));
            m_scene.lanes.push_back({lane.title, lane.note, x});
            height = std::max(height, y);
            x += kCardWidth + kMargin;
        }
        m_scene.size = {std::max(x, kCardWidth), std::max(height, kMargin * 2 + kCardHeight)};
    }

    const eng::Application& m_app;
    const TreeOptions& m_options;
    std::vector<bool> m_keep;
    std::map<std::size_t, std::vector<std::size_t>> m_children;
    TreeScene m_scene;
};

} // namespace

TreeScene buildTreeScene(const eng::Application& app, const TreeOptions& options)
{
    return Builder(app, options).build();
}

} // namespace ui
