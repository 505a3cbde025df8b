// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

namespace core::render {

namespace schema {
struct Compiled;
}

/// A JSON Schema of draft 4, 6, 7, 2019-09 or 2020-12 (by `$schema`; without one: 2020-12). Formats are asserted up to
/// draft 7. What is accepted and refused, and in which words, is as Helm has it (jsonschema/v6); where that depends on
/// the order of a Go map, members go in the order of their document.
class JsonSchema
{
public:
    /// Reads the document at an absolute URL without a fragment.
    using Load = std::function<Result<manifest::Value>(const std::string& url)>;

    /// Checks the schema by its draft's metaschema and resolves what it refers to.
    [[nodiscard]] static Result<JsonSchema> compile(manifest::Value document, const std::string& url, const Load& load,
                                                    const std::stop_token& stop = {});
    /// The failures, one line each ("- at '/a/b': got string, want number"), or "" where the value meets the schema.
    /// Fails with LimitExceeded where the schema asks for too many steps. Thread-safe.
    [[nodiscard]] Result<std::string> check(const manifest::Value& value, const std::stop_token& stop = {}) const;

private:
    explicit JsonSchema(std::shared_ptr<const schema::Compiled> compiled);
    std::shared_ptr<const schema::Compiled> m_compiled;
};

} // namespace core::render
