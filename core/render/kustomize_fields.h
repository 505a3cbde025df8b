// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/kustomize_tables.h"

#include <functional>
#include <optional>

namespace core::render::kustomize {

/// What a walk makes of a missing field at the end of its path.
enum class Creation : std::uint8_t { None, Scalar, Mapping, Sequence };

/// Calls `set` for every node that a field spec names in the tree, making missing ones where both agree to it.
[[nodiscard]] Result<> walkSpec(Node& root, const std::vector<std::string>& path, bool create, Creation creation,
                                const std::function<Result<>(Node&)>& set);
/// The same for reading: `visit` answers whether there is something to change; the walk ends at the first yes.
[[nodiscard]] Result<bool> anyInSpec(const Node& root, const std::vector<std::string>& path,
                                     const std::function<Result<bool>(const Node&)>& visit);

/// Replaces the text of a scalar; its type is decided anew when printed unless it was quoted.
[[nodiscard]] Result<> setUntagged(Node& node, std::string text);
/// Sets a text entry of a mapping.
/// A new entry becomes a twin of those made with the same number.
[[nodiscard]] Result<> setEntry(Node& node, const std::string& key, const std::string& value, std::uint32_t twin = 0);
[[nodiscard]] Error wrongKind(const char* expected, const Node& node);

/// A pattern as patch targets have it: a regular expression for the whole text, "" for any.
class Pattern
{
public:
    [[nodiscard]] static Result<Pattern> compile(std::string_view text);
    [[nodiscard]] bool matches(std::string_view text) const;

private:
    struct Regex;
    std::string m_literal;
    std::shared_ptr<const Regex> m_regex;
};

/// group, version, kind, name, namespace, labelSelector, annotationSelector of a patch's target or a replacement.
class Selector
{
public:
    enum class Kind : std::uint8_t { Patterns, Exact };
    [[nodiscard]] static Result<Selector> from(const Value& value, Kind kind);
    [[nodiscard]] Result<bool> matches(const Resource& resource) const;
    [[nodiscard]] bool matchesId(const Resource& resource) const;
    [[nodiscard]] bool matchesGvk(const Gvk& gvk) const;
    /// Whether the patterns fit one of the object's ids, remembered ones too, with the namespaces as they are written.
    [[nodiscard]] bool matchesAnyId(const Resource& resource) const;
    [[nodiscard]] bool namesNothing() const;
    [[nodiscard]] Result<bool> matchesLabels(const Resource& resource) const;
    [[nodiscard]] Result<bool> matchesAnnotations(const Resource& resource) const;
    Gvk gvk;
    std::string name, nameSpace, labels, annotations;

private:
    Kind m_kind = Kind::Patterns;
    Pattern m_group, m_version, m_kindPattern, m_name, m_nameSpace;
};

/// The Kubernetes label selector grammar over a mapping's members.
[[nodiscard]] Result<bool> matchesLabelSelector(std::string_view selector, const Node* labels);

} // namespace core::render::kustomize
