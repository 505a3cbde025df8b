// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/kustomize_model.h"

#include <map>

namespace core::render::kustomize {

/// "a/b\/c" -> {"a", "b/c"}; a leading slash is dropped.
[[nodiscard]] std::vector<std::string> splitPath(std::string_view path);

struct FieldSpec
{
    FieldSpec(Gvk pattern, std::string fieldPath, bool creates = false)
        : gvk(std::move(pattern))
        , path(std::move(fieldPath))
        , create(creates)
        , parts(std::make_shared<const std::vector<std::string>>(splitPath(path)))
    {
    }
    Gvk gvk; ///< pattern
    std::string path;
    bool create = false;
    std::shared_ptr<const std::vector<std::string>> parts; ///< of the path: split once, walked for every object
};

/// Specs as text: equal for equal ones.
[[nodiscard]] std::string textOf(const std::vector<FieldSpec>& specs);

struct NameReference
{
    Gvk target;
    std::vector<FieldSpec> referrers;
};

/// The field specs that transformers work with.
struct Config
{
    std::vector<FieldSpec> namePrefix, nameSuffix, nameSpace, commonLabels, labels, templateLabels, commonAnnotations,
        varReference, images, replicas;
    std::vector<NameReference> nameReference;

    [[nodiscard]] Result<> add(const Config& other);
    /// From a decoded `configurations` file; unknown fields are an error.
    [[nodiscard]] static Result<Config> decode(const Value& value);
};
using ConfigPtr = std::shared_ptr<const Config>;
[[nodiscard]] const ConfigPtr& defaultConfig();
[[nodiscard]] Result<> mergeSpecs(std::vector<FieldSpec>& into, const std::vector<FieldSpec>& more);
[[nodiscard]] Result<std::vector<FieldSpec>> decodeSpecs(const Value& list);

/// What strategic merge needs of a type.
struct TypeSchema
{
    struct Field
    {
        const TypeSchema* object = nullptr;
        const TypeSchema* items = nullptr;
        const TypeSchema* values = nullptr; ///< free-form map
        bool merges = false;
        std::vector<std::string> keys;
    };
    std::map<std::string, Field, std::less<>> fields;
    const TypeSchema* values = nullptr; ///< this is itself a free-form map of such
};

/// Types by apiVersion and kind. Built in, or from a file that `openapi` names. Immutable.
class Schema
{
public:
    [[nodiscard]] const TypeSchema* find(std::string_view apiVersion, std::string_view kind) const;
    [[nodiscard]] static const std::shared_ptr<const Schema>& builtin();
    [[nodiscard]] static Result<std::shared_ptr<const Schema>> fromOpenApi(const Value& document);

private:
    friend struct SchemaBuilder;
    std::map<std::string, TypeSchema, std::less<>> m_types; ///< by definition name
    std::map<std::string, const TypeSchema*, std::less<>> m_kinds; ///< by "apiVersion/kind"
};

[[nodiscard]] bool isBuiltinClusterScoped(const Gvk& gvk);

struct Var
{
    std::string name;
    Gvk gvk;
    std::string objectName, objectNamespace;
    std::string fieldPath;
    std::string file; ///< kustomization that declares it
    std::size_t index = 0; ///< in its list
};

/// What accumulating a root gives: resources, the field specs for them, and variables.
struct Accumulated
{
    ResMap resources;
    ConfigPtr config; ///< nothing until the first root below brings one
    std::vector<Var> vars;
};

} // namespace core::render::kustomize
