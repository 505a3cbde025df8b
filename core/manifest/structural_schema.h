// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/builtin_types.h"
#include "core/manifest/value.h"

#include <deque>
#include <memory>

namespace core::manifest {

/// The structural schema of one version of a custom kind, as its CustomResourceDefinition has it: immutable, shared.
class StructuralSchema
{
public:
    [[nodiscard]] static std::shared_ptr<const StructuralSchema> make(const Value& openApiV3Schema);

    /// As field types, for server-side apply, unknown fields and keys of lists. Lives as long as this.
    [[nodiscard]] const TypeNode* type() const { return m_root; }
    [[nodiscard]] const Value& source() const { return m_source; }
    /// Drops nulls that the schema does not allow and fills in defaults, as an API server does.
    void complete(Value& object) const;

private:
    explicit StructuralSchema(Value source);
    const TypeNode* convert(const Value& schema, int depth);

    Value m_source;
    std::deque<TypeNode> m_nodes;
    const TypeNode* m_root = nullptr;
};
using StructuralSchemaPtr = std::shared_ptr<const StructuralSchema>;

/// The schema of a member of an object, declared or free; null: there is none.
[[nodiscard]] const Value* propertySchema(const Value& schema, std::string_view key);

} // namespace core::manifest
