// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/snapshot.h"
#include "ui/base/glyphs.h"

#include <QPointF>
#include <QRectF>
#include <QString>

#include <map>
#include <optional>
#include <set>
#include <vector>

namespace ui {

/// One card of the graph: the application (no key), a resource, or several alike pods together.
struct TreeItem
{
    std::optional<core::manifest::ResourceKey> key;
    QString title;
    QString subtitle;
    QString reason; ///< why it is in its state
    Glyph health = Glyph::None;
    Glyph mark = Glyph::None; ///< out of sync, prune, hook
    bool problem = false;
    bool folded = false; ///< has children that are not shown
    QString group; ///< of a card that stands for several: what TreeOptions::openGroups opens; "" otherwise
    QString edge; ///< words on the edge from the parent
    int parent = -1;
    int wave = 0;
    int count = 1; ///< of resources in this card
    std::optional<core::TimePoint> createdAt;
    QRectF rect; ///< left to right; the view mirrors
};

/// An edge beside those to the parents: traffic reaches a card on several ways.
struct TreeLink
{
    int from = 0;
    int to = 0;
    QString text;
};

/// Heading over a lane.
struct TreeLane
{
    QString title;
    QString note;
    qreal x = 0;
};

struct TreeScene
{
    std::vector<TreeItem> items; ///< parents before children; item 0 is the application
    std::vector<TreeLane> lanes; ///< empty in the tree itself
    std::vector<TreeLink> links;
    QSizeF size;
    bool edges = true;
};

struct TreeOptions
{
    enum class Arrange { Tree, Waves, Traffic, Nodes };
    Arrange arrange = Arrange::Tree;
    bool problemsOnly = false;
    bool group = true; ///< three or more pods (six of other kinds) of one parent in the same state share a card
    std::set<core::manifest::ResourceKey> folded;
    std::set<QString> openGroups;
    /// GPUs of the nodes, for the lanes of Arrange::Nodes: requested by all pods there, and allocatable.
    std::map<std::string, std::pair<std::int64_t, std::int64_t>> nodeGpus;
    friend bool operator==(const TreeOptions&, const TreeOptions&) = default;
};

/// Whether "problems only" shows a node.
[[nodiscard]] bool isProblem(const core::engine::ResourceNode& node);
/// Pure: may run on any thread (words are translated there as well).
[[nodiscard]] TreeScene buildTreeScene(const core::engine::Application& app, const TreeOptions& options);

} // namespace ui
