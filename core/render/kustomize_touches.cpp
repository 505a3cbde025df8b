// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Paths of what was changed in an object, as provenance has them.
#include "core/render/kustomize_build.h"

namespace core::render::kustomize {

namespace {

/// A part of a path on the way down: a member's key, or an element of a list.
struct Part
{
    const Part* above = nullptr;
    const Node* node = nullptr;
    std::size_t index = 0;
    bool isElement = false;
};

std::string pathOf(const Part* last)
{
    std::vector<const Part*> parts;
    for (const auto* part = last; part != nullptr && part->node != nullptr; part = part->above)
        parts.push_back(part);
    std::string path;
    for (auto it = parts.rbegin(); it != parts.rend(); ++it) {
        const auto& part = **it;
        path += path.empty() ? "" : "/";
        if (!part.isElement) {
            path += part.node->key;
            continue;
        }
        // By name where there is one: patches of later roots may change the order.
        const auto* name = part.node->find("name");
        path += name == nullptr ? std::to_string(part.index) : "[name=" + name->text + "]";
    }
    return path;
}

void changedBelow(const Node& before, const Node& after, const Part& at, std::vector<std::string>& out)
{
    if (before.kind != after.kind || after.isScalar()
        || (after.isSequence() && before.children.size() != after.children.size())) {
        if (!manifest::isSame(before, after))
            out.push_back(pathOf(&at));
        return;
    }
    for (std::size_t i = 0; i < after.children.size(); ++i) {
        const auto& child = after.children[i];
        const Part part {&at, &child, i, after.isSequence()};
        if (after.isSequence()) {
            changedBelow(before.children[i], child, part, out);
            continue;
        }
        const bool sameSlot = i < before.children.size() && before.children[i].key == child.key;
        const auto* old = sameSlot ? &before.children[i] : before.find(child.key);
        if (old == nullptr)
            out.push_back(pathOf(&part));
        else
            changedBelow(*old, child, part, out);
    }
}

void pathsBelow(const Node& parent, const Part& at, const std::vector<const Node*>& nodes,
                std::vector<std::string>& out)
{
    for (std::size_t i = 0; i < parent.children.size(); ++i) {
        const auto& child = parent.children[i];
        const Part part {&at, &child, i, parent.isSequence()};
        if (std::find(nodes.begin(), nodes.end(), &child) != nodes.end())
            out.push_back(pathOf(&part));
        if (!child.children.empty())
            pathsBelow(child, part, nodes, out);
    }
}

} // namespace

void changedPaths(const Node& before, const Node& after, std::vector<std::string>& out)
{
    changedBelow(before, after, {}, out);
}

void noteChanges(Resource& resource, const Step& step, const std::vector<const Node*>& nodes)
{
    if (nodes.empty())
        return;
    auto touch = std::make_shared<Touch>(Touch {step, {}});
    pathsBelow(resource.root(), {}, nodes, touch->paths);
    resource.note().touches.push_back(std::move(touch));
}

} // namespace core::render::kustomize
