// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/data.h"

#include <boost/json.hpp>

// The tables are part of the program text.
asm(R"(.section .rodata
.global ph_embedded_resources_begin
ph_embedded_resources_begin:
.incbin ")" EMBEDDED_DATA R"(/resources.json"
.global ph_embedded_resources_end
ph_embedded_resources_end:
.byte 0
.global ph_embedded_crds_begin
ph_embedded_crds_begin:
.incbin ")" EMBEDDED_DATA R"(/crds.json"
.global ph_embedded_crds_end
ph_embedded_crds_end:
.byte 0
.previous)");
extern "C" const char ph_embedded_resources_begin[];
extern "C" const char ph_embedded_resources_end[];
extern "C" const char ph_embedded_crds_begin[];
extern "C" const char ph_embedded_crds_end[];

namespace core::embedded::data {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

Array parse(const char* begin, const char* end)
{
    auto parsed = manifest::parseJson({begin, static_cast<std::size_t>(end - begin)});
    return parsed && parsed->is_array() ? std::move(parsed->get_array()) : Array();
}

Array columns(const Value& row)
{
    Array out;
    for (const auto& column : manifest::array(row, {"columns"})) {
        Object item {
            {"name", column.get_array()[0]}, {"type", column.get_array()[1]}, {"jsonPath", column.get_array()[2]}};
        if (!manifest::text(column, {"3"}).empty())
            item["description"] = column.get_array()[3];
        if (manifest::integer(column, {"4"}).value_or(0) != 0)
            item["priority"] = column.get_array()[4];
        out.emplace_back(std::move(item));
    }
    return out;
}

Value schema()
{
    const Object open {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}};
    return Object {{"openAPIV3Schema",
                    Object {{"type", "object"},
                            {"x-kubernetes-preserve-unknown-fields", true},
                            {"properties",
                             Object {{"apiVersion", Object {{"type", "string"}}},
                                     {"kind", Object {{"type", "string"}}},
                                     {"metadata", Object {{"type", "object"}}},
                                     {"spec", open},
                                     {"status", open}}}}}};
}

Value version(const Value& row, const Value& name, bool storage)
{
    Object version {{"name", name}, {"served", true}, {"storage", storage}, {"schema", schema()}};
    Object subresources;
    if (manifest::flag(row, {"status"}))
        subresources["status"] = Object();
    if (const auto* scale = manifest::find(row, {"scale"}))
        subresources["scale"] = *scale;
    version["subresources"] = std::move(subresources);
    if (auto list = columns(row); !list.empty())
        version["additionalPrinterColumns"] = std::move(list);
    return version;
}

Value definition(const Value& row)
{
    const auto kind = std::string(manifest::text(row, {"kind"}));
    std::string singular = kind;
    for (char& c : singular)
        c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    Object names {{"kind", boost::json::string(kind)},
                  {"listKind", boost::json::string(kind + "List")},
                  {"plural", *manifest::find(row, {"plural"})},
                  {"singular", boost::json::string(singular)}};
    for (const auto* key : {"shortNames", "categories"})
        if (!manifest::array(row, {key}).empty())
            names[key] = *manifest::find(row, {key});
    Array versions;
    versions.push_back(version(row, *manifest::find(row, {"version"}), true));
    for (const auto& also : manifest::array(row, {"also"}))
        versions.push_back(version(row, also, false));
    const auto name = std::string(manifest::text(row, {"plural"})) + "." + std::string(manifest::text(row, {"group"}));
    return Object {{"kind", "CustomResourceDefinition"},
                   {"apiVersion", "apiextensions.k8s.io/v1"},
                   {"metadata", Object {{"name", boost::json::string(name)}}},
                   {"spec",
                    Object {{"group", *manifest::find(row, {"group"})},
                            {"names", std::move(names)},
                            {"scope", manifest::flag(row, {"namespaced"}) ? "Namespaced" : "Cluster"},
                            {"versions", std::move(versions)}}}};
}

} // namespace

const Array& resources()
{
    static const Array kRows = parse(ph_embedded_resources_begin, ph_embedded_resources_end);
    return kRows;
}

std::vector<Value> customResourceDefinitions()
{
    std::vector<Value> out;
    for (const auto& row : parse(ph_embedded_crds_begin, ph_embedded_crds_end))
        out.push_back(definition(row));
    return out;
}

} // namespace core::embedded::data
