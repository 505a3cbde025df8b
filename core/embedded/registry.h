// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/structural_schema.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace core::embedded {

struct Subresource
{
    std::string name;
    std::vector<std::string> verbs;
    std::string group, version, kind; ///< of what it takes and answers
};

struct PrinterColumn
{
    std::string name, type, format, description, jsonPath;
    int priority = 0;
};

/// One served version of one resource type.
struct ResourceInfo
{
    /// When metadata.generation moves.
    enum class Generation : std::uint8_t {
        None,
        Spec,
        SpecAndAnnotations, ///< Deployment
        NotStatus, ///< custom kinds with a status subresource: anything but metadata and status
        All, ///< custom kinds without: anything but metadata
    };

    std::string group, version, kind, plural, singular, listKind;
    std::vector<std::string> shortNames, categories, verbs;
    bool namespaced = true;
    std::vector<Subresource> subresources;

    std::string table; ///< of the store: "apps/deployments"; versions of one type share it
    std::string storedApiVersion; ///< how objects lie in the store
    bool custom = false;
    bool hasStatus = false;
    Generation generation = Generation::None;
    bool unconditionalUpdate = true; ///< PUT without resourceVersion
    bool createOnUpdate = false; ///< PUT of a missing object creates it
    const manifest::TypeNode* type = nullptr; ///< fields of built-in kinds and of structural schemas; null: unknown

    // Custom kinds.
    manifest::StructuralSchemaPtr schema; ///< null for built-in kinds
    std::vector<PrinterColumn> columns;
    std::vector<std::string> selectableFields;
    std::string scaleSpecPath, scaleStatusPath, scaleSelectorPath; ///< "" where there is no scale subresource
    bool terminating = false; ///< its CRD is being deleted

    [[nodiscard]] std::string apiVersion() const { return group.empty() ? version : group + "/" + version; }
    [[nodiscard]] bool allows(std::string_view verb) const;
    [[nodiscard]] const Subresource* subresource(std::string_view name) const;
};
using ResourcePtr = std::shared_ptr<const ResourceInfo>;

/// All resource types that a server has at one time. Immutable.
class Registry
{
public:
    struct Version
    {
        std::string version;
        std::vector<ResourcePtr> resources; ///< in discovery order
        std::map<std::string, ResourcePtr, std::less<>> byPlural;
    };
    struct Group
    {
        std::string name;
        std::vector<Version> versions; ///< preferred first
    };

    /// The built-in types and those of CustomResourceDefinitions (established ones are served).
    [[nodiscard]] static std::shared_ptr<const Registry> build(const std::vector<manifest::Value>& definitions);

    [[nodiscard]] const std::vector<Group>& groups() const { return m_groups; }
    [[nodiscard]] const Version* version(std::string_view group, std::string_view version) const;
    [[nodiscard]] ResourcePtr find(std::string_view group, std::string_view version, std::string_view plural) const;
    [[nodiscard]] ResourcePtr findKind(std::string_view apiVersion, std::string_view kind) const;
    /// One per table (its preferred version), in discovery order.
    [[nodiscard]] const std::vector<ResourcePtr>& tables() const { return m_tables; }
    [[nodiscard]] ResourcePtr byTable(std::string_view table) const;
    /// Changes whenever the content does: the ETag of discovery.
    [[nodiscard]] const std::string& hash() const { return m_hash; }

private:
    void add(ResourceInfo info);
    void finish();

    std::vector<Group> m_groups;
    std::vector<ResourcePtr> m_tables;
    std::string m_hash;
};
using RegistryPtr = std::shared_ptr<const Registry>;

} // namespace core::embedded
