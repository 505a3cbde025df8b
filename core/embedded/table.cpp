// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/embedded/printers.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

std::string tableJson(const ResourceInfo& info, const std::vector<StoredPtr>& items, TimePoint now,
                      std::string_view listMetadata, std::string_view includeObject, bool columns)
{
    const auto printer = printerOf(info);
    std::string out = fmt::format(
        R"({{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":{},"columnDefinitions":)", listMetadata);
    if (columns) {
        Array definitions;
        for (const auto& column : printer.columns)
            definitions.push_back(Value(Object {{"name", boost::json::string(column.name)},
                                                {"type", boost::json::string(column.type)},
                                                {"format", boost::json::string(column.format)},
                                                {"description", boost::json::string(column.description)},
                                                {"priority", column.priority}}));
        out += boost::json::serialize(definitions);
    } else {
        out += "null";
    }
    out += R"(,"rows":[)";
    for (std::size_t i = 0; i < items.size(); ++i) {
        const auto value = viewValue(info, *items[i]);
        out += i > 0 ? "," : "";
        out += R"({"cells":)";
        out += boost::json::serialize(printer.cells(value, now));
        out += R"(,"object":)";
        if (includeObject == "None")
            out += "null";
        else if (includeObject == "Object")
            out += viewJson(info, *items[i]);
        else
            out += metadataJson(*items[i]);
        out += '}';
    }
    return out + "]}";
}

} // namespace core::embedded
