// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/resource.h"
#include "core/manifest/structural_schema.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// Desired against live (reference: Argo CD semantics, section 3). Pure functions, any thread.
namespace core::diff {

/// One entry of spec.ignoreDifferences.
struct IgnoreRule
{
    std::string group; ///< glob
    std::string kind; ///< glob
    std::string name; ///< exact, "" = any
    std::string nameSpace; ///< exact, "" = any
    std::vector<std::string> jsonPointers;
    std::vector<std::string> jqPathExpressions;
    std::vector<std::string> managedFieldsManagers;
    [[nodiscard]] bool appliesTo(const manifest::ResourceKey& key) const;
    friend bool operator==(const IgnoreRule&, const IgnoreRule&) = default;
};

/// One difference inside a resource.
struct FieldChange
{
    std::vector<std::string> path; ///< keys and indexes (of the desired side, else of the live side)
    std::optional<manifest::Value> live; ///< none: only desired
    std::optional<manifest::Value> desired; ///< none: only live
    bool ignored = false; ///< does not count
    std::string
        reason; ///< "changed in Git", "changed live by kubectl-edit at 2026-...", "ignored by /spec/replicas" ...
};

/// Whose `status` takes no part in the comparison (resource.compareoptions, ignoreResourceStatusField).
enum class StatusFields : std::uint8_t { All, OfDefinitions, None };

/// A field of a custom resource that has the type of a built-in one (knownTypeFields, section 3.3).
struct KnownType
{
    std::string field; ///< names and dots; lists are walked
    std::string type; ///< "core/v1/PodSpec", "core/Quantity", "meta/v1/Duration"
    friend bool operator==(const KnownType&, const KnownType&) = default;
};

struct Options
{
    std::vector<IgnoreRule> ignore;
    bool serverSideApply = false; ///< applied server-side: managedFields, not last-applied, say what was applied
    bool ignoreAggregatedRoles = false;
    StatusFields statusFields = StatusFields::All;
    std::vector<KnownType> knownTypes; ///< of the compared object's kind
    std::vector<std::string> sensitiveAnnotations; ///< of Secrets: masked like the values
    /// Of a custom kind, from the cluster's definition: pairs the elements of lists by its keys, and what only its
    /// defaults make differ does not count, which Argo CD has not. Null: nothing is known.
    manifest::StructuralSchemaPtr schema {};
};

struct Comparison
{
    bool outOfSync = false;
    manifest::Value live; ///< normalised for comparison; null where missing
    manifest::Value predicted; ///< normalised state after an apply; null where there is nothing desired
    std::vector<FieldChange> changes; ///< ignored ones included; Secrets' values masked
};

/// Either side may be null. Live only: not out of sync by itself (the caller knows about pruning).
[[nodiscard]] Comparison compare(const manifest::Value* desired, const manifest::Value* live, const Options& options);

/// Server-side diff (section 3.6): `predicted` is what a dry run of a server-side apply by `manager` answered. Unless
/// `withWebhooks`, what others than the manager changed on the way (admission) does not count. An error where predicted
/// has no managedFields.
[[nodiscard]] Result<Comparison> compareServerSide(const manifest::Value& desired, const manifest::Value& live,
                                                   const manifest::Value& predicted, const Options& options,
                                                   const std::string& manager, bool withWebhooks);

/// The fixed normalisations (section 3.2, 3.3) of one object: canonical quantities, no nulls, stringData as data ...
[[nodiscard]] manifest::Value normalize(const manifest::Value& object, const Options& options = {});
/// Removes what the rules ignore (JSON pointers and jq expressions) from one object.
void removeIgnored(manifest::Value& object, const std::vector<IgnoreRule>& rules);
/// The last-applied annotation of kubectl, parsed; null where there is none or it does not parse.
[[nodiscard]] manifest::Value lastApplied(const manifest::Value& live);

/// Copies of both objects with a Secret's values replaced by plus signs: equal values, equal masks (section 3.9).
/// Other kinds come back unchanged. Either may be null.
struct Masked
{
    manifest::Value desired;
    manifest::Value live;
};
[[nodiscard]] Masked maskSecrets(const manifest::Value* desired, const manifest::Value* live,
                                 const std::vector<std::string>& annotations = {});

/// deletes what `expression` points to; Error where jq refuses it, takes longer than a second, or gives no one object.
[[nodiscard]] Result<manifest::Value> jqDelete(const manifest::Value& object, const std::string& expression);

/// Who wrote a live field last, from metadata.managedFields: "kubectl-edit at 2026-03-01T10:00:00Z", or "".
[[nodiscard]] std::string ownerOf(const manifest::Value& live, const std::vector<std::string>& path);
/// What a manager's last server-side apply said, as far as nobody else owns it too: taking it out of the next apply
/// takes it out of the object. Null where the manager never applied it.
[[nodiscard]] manifest::Value appliedBy(const manifest::Value& live, const std::string& manager);
/// Whether the manager owns the field in metadata.managedFields.
[[nodiscard]] bool ownedBy(const manifest::Value& live, const std::vector<std::string>& path,
                           const std::string& manager);

} // namespace core::diff
