// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/client.h"

namespace core::kube {

/// What `kubectl get` shows: the columns and cells that the server prints for a type (built in, or a definition's
/// additionalPrinterColumns).
struct Table
{
    struct Column
    {
        std::string name;
        std::string type; ///< "string", "integer", "date" ...
        std::string format; ///< "name" marks the object's name
        std::int64_t priority = 0; ///< above 0: shown in wide output only
    };
    struct Row
    {
        manifest::ResourceKey key;
        std::vector<std::string> cells; ///< as text, one per column
    };
    std::vector<Column> columns;
    std::vector<Row> rows;
};

/// Lists a type as a Table (Accept: as=Table;v=v1;g=meta.k8s.io), all pages. Unsupported where the server answers with
/// a plain list instead.
[[nodiscard]] Result<Table> listTable(Client& client, const ResourceType& type, std::string_view nameSpace,
                                      std::stop_token stop);

} // namespace core::kube
