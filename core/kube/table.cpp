// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/table.h"

#include "core/kube/url.h"

#include <boost/json.hpp>

namespace core::kube {

namespace {

constexpr std::size_t kMostRows = 200'000;

std::string cellText(const manifest::Value& cell)
{
    if (cell.is_string())
        return std::string(cell.get_string());
    return cell.is_null() ? std::string() : manifest::toJson(cell);
}

} // namespace

Result<Table> listTable(Client& client, const ResourceType& type, std::string_view nameSpace, std::stop_token stop)
{
    Table out;
    const auto where = resourcePath(type, nameSpace);
    std::string next;
    do {
        Query query;
        query.add("limit", "500").addSet("continue", next);
        Request request;
        request.path = where + query.text();
        request.headers = {{"accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}};
        PH_TRY(const auto response, client.transport()->send(request, stop));
        if (response.status != 200)
            return fail(errorOf(response, where));
        PH_TRY(const auto body, manifest::parseJson(response.body, where));
        if (manifest::text(body, {"kind"}) != "Table")
            return fail(Error::Code::Unsupported, "the server does not print tables of this type", where);
        if (out.columns.empty())
            for (const auto& column : manifest::array(body, {"columnDefinitions"}))
                out.columns.push_back({std::string(manifest::text(column, {"name"})),
                                       std::string(manifest::text(column, {"type"})),
                                       std::string(manifest::text(column, {"format"})),
                                       manifest::integer(column, {"priority"}).value_or(0)});
        for (const auto& row : manifest::array(body, {"rows"})) {
            Table::Row made;
            made.key = {type.group, type.kind, std::string(manifest::text(row, {"object", "metadata", "namespace"})),
                        std::string(manifest::text(row, {"object", "metadata", "name"}))};
            for (const auto& cell : manifest::array(row, {"cells"}))
                made.cells.push_back(cellText(cell));
            made.cells.resize(out.columns.size());
            out.rows.push_back(std::move(made));
        }
        next = manifest::text(body, {"metadata", "continue"});
    } while (!next.empty() && out.rows.size() < kMostRows);
    return out;
}

} // namespace core::kube
