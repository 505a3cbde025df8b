// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/manifest/value.h"
#include "core/manifest/yaml.h"
#include "core/manifest/yaml_scalar.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace core::manifest {

/// One node of a parsed document, a value: it keeps what decides a scalar's type (tag, quoting) until it is printed,
/// as kyaml's nodes do. Aliases are expanded and merge keys applied. Members of a mapping carry their own key.
struct Node
{
    enum class Kind : std::uint8_t { Scalar, Mapping, Sequence };

    std::string key; ///< where this is a member of a mapping
    std::string text; ///< of a scalar
    std::vector<Node> children; ///< members or elements
    Kind kind = Kind::Scalar;
    ScalarTag tag = ScalarTag::None; ///< None: by text and quoting when it is printed
    ScalarTag keyTag = ScalarTag::String;
    bool quoted : 1 = false; ///< any style but plain
    bool isFlow : 1 = false; ///< a collection with braces: go-yaml prints an empty null in quotes there
    /// Nodes of one object with the same number are one value to kustomize: who writes one of them writes all. 0 is
    /// none.
    std::uint32_t twin = 0;
    std::uint32_t line = 0, column = 0; ///< 1-based, 0 where made by us

    [[nodiscard]] static Node string(std::string text);
    [[nodiscard]] static Node integer(std::int64_t number);
    [[nodiscard]] static Node untagged(std::string text);
    [[nodiscard]] static Node null();
    [[nodiscard]] static Node mapping();
    [[nodiscard]] static Node sequence();

    [[nodiscard]] bool isScalar() const { return kind == Kind::Scalar; }
    [[nodiscard]] bool isMapping() const { return kind == Kind::Mapping; }
    [[nodiscard]] bool isSequence() const { return kind == Kind::Sequence; }
    [[nodiscard]] bool isNull() const;
    [[nodiscard]] bool isString() const;
    [[nodiscard]] const Node* find(std::string_view name) const; ///< member of a mapping
    [[nodiscard]] Node* find(std::string_view name);
    [[nodiscard]] const Node* at(Path path) const; ///< members only
    [[nodiscard]] Node* at(Path path);
    /// Sets a member (the value's key is overwritten) in its old place or at the end.
    Node& set(std::string_view name, Node value);
    /// The same, but the key of a new member has no quotes: 1 or true is not text then, and no JSON can be made of it.
    Node& setPlain(std::string_view name, Node value);
    /// The member, made as an empty mapping where it is missing or null.
    Node& ensureMapping(std::string_view name);
    bool erase(std::string_view name);
    /// Replaces everything but the key and the twin.
    void assign(Node value);
};

struct NodeLimits : YamlLimits
{
    YamlDialect dialect = YamlDialect::V3;
    bool keepDuplicates = false; ///< of keys, in their order: toValue refuses them
    bool firstOnly = false; ///< reads no further than the first document
};

/// Documents of a stream, without empty ones.
[[nodiscard]] Result<std::vector<Node>> parseNodes(std::string_view text, std::string_view source,
                                                   const NodeLimits& limits = {});
/// The line, counted from 1, of the first "\/" in double quotes: libyaml knows it, go-yaml does not. 0: there is none.
[[nodiscard]] std::size_t lineOfSlashEscape(std::string_view text);
/// What the node's scalar means: its tag where it has one. InvalidInput where the text does not fit the tag.
[[nodiscard]] Result<ScalarValue> scalarValue(const Node& node, YamlDialect dialect);
/// As Go's %#v prints what go-yaml v2 makes of a node; texts of ASCII.
[[nodiscard]] std::string goSyntax(const Node& node);
/// The key of a member as text. InvalidInput where it is none and cannot be made one.
[[nodiscard]] Result<std::string> keyText(const Node& member, YamlDialect dialect);
/// As JSON. V3: timestamps become RFC 3339 text and keys must be text; V2: timestamps stay, keys become text.
[[nodiscard]] Result<Value> toValue(const Node& node, YamlDialect dialect);
/// Appends toYaml(toValue(node, V3)), without making the value. False, and nothing appended, where there is no such
/// value or a text of it is unusual: then the value has to be made, and says why.
[[nodiscard]] bool appendYaml(std::string& out, const Node& node);
/// Whether go-yaml puts quotes around a scalar in braces that is no text, so that who reads it again finds one.
[[nodiscard]] bool isTextInFlow(const Node& node);
/// Whether there may be a control character or a next-line character in it.
[[nodiscard]] bool isUnusual(std::string_view text);
/// Whether the same would be printed of both: keys, texts, tags, quotes and order; not where they stand in files.
[[nodiscard]] bool isSame(const Node& a, const Node& b);
/// A tree with the types of a JSON value.
[[nodiscard]] Node toNode(const Value& value);

} // namespace core::manifest
