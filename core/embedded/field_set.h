// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/manifest/builtin_types.h"
#include "core/manifest/value.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace core::embedded {

/// A set of positions in an object, as managedFields keep it. Steps are texts of fieldsV1: f:NAME, k:{keys}, v:VALUE.
class FieldSet
{
public:
    struct StepLess
    {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const;
    };
    using Children = std::map<std::string, FieldSet, StepLess>;
    using Path = std::vector<std::string>;

    bool member = false; ///< this position itself
    Children children;

    [[nodiscard]] bool empty() const { return !member && children.empty(); }
    [[nodiscard]] FieldSet& at(const std::string& step) { return children[step]; }
    void insert(const Path& path);
    void add(const FieldSet& other);
    void remove(const FieldSet& other);
    [[nodiscard]] FieldSet intersection(const FieldSet& other) const;
    /// The members of a position before those of its children: the order in which conflicts are told.
    void forEach(const std::function<void(const Path&)>& visit) const;
    /// Without children that hold nothing.
    void prune();

    [[nodiscard]] manifest::Value toFieldsV1() const;
    [[nodiscard]] static FieldSet fromFieldsV1(const manifest::Value& fields, int depth = 0);
    friend bool operator==(const FieldSet&, const FieldSet&) = default;

private:
    void visitAll(Path& path, const std::function<void(const Path&)>& visit) const;
};

/// ".spec.containers[name=\"c\"].image": a position as messages name it.
[[nodiscard]] std::string fieldPathText(const FieldSet::Path& path);

// What server-side apply does with values, guided by their types. Null types are untyped.

/// The positions that a configuration sets.
[[nodiscard]] FieldSet fieldsOf(const manifest::Value& value, const manifest::TypeNode* type);
struct Comparison
{
    FieldSet added, removed, modified;
};
[[nodiscard]] Comparison compareFields(const manifest::Value& left, const manifest::Value& right,
                                       const manifest::TypeNode* type);
/// The value with all that its type is never without (TypeField::always), or none where nothing of that is missing. A
/// server compares Go's structs, so nobody comes to own these by writing the first field in them.
[[nodiscard]] std::optional<manifest::Value> completed(const manifest::Value& value, const manifest::TypeNode* type);
[[nodiscard]] Result<manifest::Value> mergeApplied(const manifest::Value& live, const manifest::Value& config,
                                                   const manifest::TypeNode* type);
/// The value without these positions; containers that lose members stay.
void removePositions(manifest::Value& value, const FieldSet& positions, const manifest::TypeNode* type);
/// The set with every declared field that lies on the way to a member.
[[nodiscard]] FieldSet withNamedAncestors(const FieldSet& set, const manifest::TypeNode* type);
/// The value at a position, or nullptr.
[[nodiscard]] const manifest::Value* valueAt(const manifest::Value& root, const FieldSet::Path& path,
                                             const manifest::TypeNode* type);
/// Elements of keyed lists and sets of a configuration must be unique: the first that is not, or "".
[[nodiscard]] std::string duplicateElement(const manifest::Value& value, const manifest::TypeNode* type);

} // namespace core::embedded
