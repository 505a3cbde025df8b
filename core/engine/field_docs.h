// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "core/kube/transport.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace core::engine {

/// Fills in what a server's OpenAPI v3 document of a group and version says about a field and those below it, where the
/// node has no description yet. Nothing where the document does not know the kind or the path.
void describeFields(SchemaNode& node, const manifest::Value& document, const std::string& apiVersion,
                    const std::string& kind, const std::vector<std::string>& path);

/// The OpenAPI v3 documents of one server, read when they are first asked for. Thread-safe; blocks.
class FieldDocs
{
public:
    explicit FieldDocs(kube::TransportPtr transport);
    /// As describeFields(); leaves the node alone where the server has no such document or does not answer.
    void describe(SchemaNode& node, const std::string& apiVersion, const std::string& kind,
                  const std::vector<std::string>& path);

private:
    [[nodiscard]] std::shared_ptr<const manifest::Value> document(const std::string& apiVersion);

    kube::TransportPtr m_transport;
    std::mutex m_mutex;
    std::map<std::string, std::shared_ptr<const manifest::Value>> m_documents; ///< null: the server has none
};

} // namespace core::engine
