// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/status.h"
#include "core/manifest/builtin_types.h"
#include "core/manifest/value.h"

#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace core::embedded {

/// The structural schema of one version of a custom kind: immutable, shared.
class CustomSchema
{
public:
    [[nodiscard]] static std::shared_ptr<const CustomSchema> make(const manifest::Value& openApiV3Schema);

    /// As field types, for server-side apply and unknown fields. Lives as long as this.
    [[nodiscard]] const manifest::TypeNode* type() const { return m_root; }
    [[nodiscard]] const manifest::Value& source() const { return m_source; }
    /// Drops nulls that the schema does not allow and fills in defaults.
    void complete(manifest::Value& object) const;
    [[nodiscard]] Causes validate(const manifest::Value& object) const;

private:
    explicit CustomSchema(manifest::Value source);
    const manifest::TypeNode* convert(const manifest::Value& schema, int depth);

    manifest::Value m_source;
    std::deque<manifest::TypeNode> m_nodes;
    const manifest::TypeNode* m_root = nullptr;
};

/// What keeps a schema from being structural.
[[nodiscard]] Causes structuralProblems(const manifest::Value& openApiV3Schema, const std::string& path);

} // namespace core::embedded
