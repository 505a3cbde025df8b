// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_tables.h"

#include "core/base/strings.h"

#include <boost/json.hpp>

#include <algorithm>
#include <unordered_map>

// kustomize's default field specs and the merge keys of its built-in OpenAPI, one JSON text in the program.
asm(R"(.section .rodata
.global ph_kustomize_tables_begin
ph_kustomize_tables_begin:
.incbin ")" KUSTOMIZE_TABLES_FILE R"("
.global ph_kustomize_tables_end
ph_kustomize_tables_end:
.byte 0
.previous)");
extern "C" const char ph_kustomize_tables_begin[];
extern "C" const char ph_kustomize_tables_end[];

namespace core::render::kustomize {

using manifest::array;
using manifest::find;
using manifest::object;
using manifest::text;

namespace {

const Value& tables()
{
    static const Value kTables =
        manifest::parseJson(
            {ph_kustomize_tables_begin, static_cast<std::size_t>(ph_kustomize_tables_end - ph_kustomize_tables_begin)})
            .value();
    return kTables;
}

constexpr std::string_view kSpecFields[] {"group", "version", "kind", "path", "create"};

Result<FieldSpec> decodeSpec(const Value& value)
{
    const auto* fields = value.if_object();
    if (fields == nullptr)
        return fail(Error::Code::InvalidInput, "a field spec must be a mapping");
    for (const auto& member : *fields) {
        if (std::find(std::begin(kSpecFields), std::end(kSpecFields), std::string_view(member.key()))
            == std::end(kSpecFields))
            return fail(Error::Code::InvalidInput,
                        "error unmarshaling JSON: while decoding JSON: json: unknown field \""
                            + std::string(member.key()) + "\"");
    }
    return FieldSpec({std::string(text(value, {"group"})), std::string(text(value, {"version"})),
                      std::string(text(value, {"kind"}))},
                     std::string(text(value, {"path"})), manifest::flag(value, {"create"}));
}

/// By kustomize's order of kinds, which are worked out once for each element.
template<class T>
void sortLegacy(std::vector<T>& list, Gvk T::*gvk)
{
    std::vector<std::pair<LegacyKind, std::size_t>> order;
    order.reserve(list.size());
    for (std::size_t i = 0; i < list.size(); ++i)
        order.emplace_back(LegacyKind(list[i].*gvk, legacyFirst(), legacyLast()), i);
    std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<T> sorted;
    sorted.reserve(list.size());
    for (const auto& [kind, index] : order)
        sorted.push_back(std::move(list[index]));
    list = std::move(sorted);
}

} // namespace

std::string textOf(const std::vector<FieldSpec>& specs)
{
    std::string out;
    for (const auto& spec : specs)
        out += spec.gvk.text() + '\n' + spec.path + (spec.create ? "\n+\n" : "\n-\n");
    return out;
}

Result<std::vector<FieldSpec>> decodeSpecs(const Value& list)
{
    std::vector<FieldSpec> specs;
    const auto* elements = list.if_array();
    if (elements == nullptr)
        return list.is_null() ? Result<std::vector<FieldSpec>>(specs)
                              : fail(Error::Code::InvalidInput, "field specs must be a list");
    for (const auto& element : *elements) {
        PH_TRY(auto spec, decodeSpec(element));
        specs.push_back(std::move(spec));
    }
    return specs;
}

Result<> mergeSpecs(std::vector<FieldSpec>& into, const std::vector<FieldSpec>& more)
{
    for (const auto& spec : more) {
        const auto old = std::find_if(into.begin(), into.end(), [&](const FieldSpec& other) {
            return other.path == spec.path && other.gvk.isSelectedBy(spec.gvk);
        });
        if (old == into.end())
            into.push_back(spec);
        else if (old->create != spec.create)
            return fail(Error::Code::InvalidInput, "conflicting fieldspecs for path " + spec.path);
    }
    return {};
}

Result<Config> Config::decode(const Value& value)
{
    Config config;
    const auto* fields = value.if_object();
    if (fields == nullptr)
        return fail(Error::Code::InvalidInput, "a transformer configuration must be a mapping");
    const std::pair<std::string_view, std::vector<FieldSpec> Config::*> lists[] {
        {"namePrefix", &Config::namePrefix},
        {"nameSuffix", &Config::nameSuffix},
        {"namespace", &Config::nameSpace},
        {"commonLabels", &Config::commonLabels},
        {"labels", &Config::labels},
        {"templateLabels", &Config::templateLabels},
        {"commonAnnotations", &Config::commonAnnotations},
        {"varReference", &Config::varReference},
        {"images", &Config::images},
        {"replicas", &Config::replicas}};
    for (const auto& member : *fields) {
        const std::string key(member.key());
        const auto list = std::find_if(std::begin(lists), std::end(lists),
                                       [&](const auto& l) { return lower(l.first) == lower(key); });
        if (list != std::end(lists)) {
            PH_TRY(config.*(list->second), decodeSpecs(member.value()));
        } else if (lower(key) == "namereference") {
            for (const auto& element : array(member.value(), {})) {
                NameReference reference;
                reference.target = {std::string(text(element, {"group"})), std::string(text(element, {"version"})),
                                    std::string(text(element, {"kind"}))};
                if (const auto* specs = find(element, {"fieldSpecs"})) {
                    PH_TRY(reference.referrers, decodeSpecs(*specs));
                }
                config.nameReference.push_back(std::move(reference));
            }
        } else {
            return fail(Error::Code::InvalidInput,
                        "error unmarshaling JSON: while decoding JSON: json: unknown field \"" + key + "\"");
        }
    }
    return config;
}

Result<> Config::add(const Config& other)
{
    const std::vector<FieldSpec> Config::*lists[] {
        &Config::namePrefix, &Config::nameSuffix,     &Config::nameSpace,         &Config::commonLabels,
        &Config::labels,     &Config::templateLabels, &Config::commonAnnotations, &Config::varReference,
        &Config::images,     &Config::replicas};
    for (const auto list : lists)
        PH_CHECK(mergeSpecs(const_cast<std::vector<FieldSpec>&>(this->*list), other.*list));
    for (const auto& reference : other.nameReference) {
        const auto old = std::find_if(nameReference.begin(), nameReference.end(),
                                      [&](const NameReference& r) { return r.target == reference.target; });
        if (old == nameReference.end())
            nameReference.push_back(reference);
        else
            PH_CHECK(mergeSpecs(old->referrers, reference.referrers));
    }
    sortLegacy(nameReference, &NameReference::target);
    for (const auto list : lists)
        sortLegacy(const_cast<std::vector<FieldSpec>&>(this->*list), &FieldSpec::gvk);
    return {};
}

const ConfigPtr& defaultConfig()
{
    static const ConfigPtr kConfig = [] {
        Config config;
        (void)config.add(Config::decode(*find(tables(), {"fieldSpecs"})).value());
        return std::make_shared<const Config>(std::move(config));
    }();
    return kConfig;
}

struct SchemaBuilder
{
    Schema schema;

    TypeSchema* type(std::string_view name)
    {
        if (name.empty())
            return nullptr;
        return &schema.m_types[std::string(name)];
    }

    void addBuiltin(const Value& root)
    {
        for (const auto& definition : object(root, {"definitions"})) {
            auto* into = type(definition.key());
            for (const auto& member : object(definition.value(), {})) {
                TypeSchema::Field field;
                const auto& facts = member.value();
                field.object = type(text(facts, {"object"}));
                field.items = type(text(facts, {"items"}));
                field.values = type(text(facts, {"values"}));
                field.merges = manifest::flag(facts, {"merge"});
                for (const auto& key : array(facts, {"keys"}))
                    field.keys.emplace_back(text(key, {}));
                into->fields[std::string(member.key())] = std::move(field);
            }
        }
        for (const auto& kind : object(root, {"types"})) {
            // A type without merging lists below it has no definition here, and needs none.
            schema.m_kinds[std::string(kind.key())] = type(text(kind.value(), {}));
        }
    }

    static std::string_view refOf(const Value& value)
    {
        auto ref = text(value, {"$ref"});
        if (const auto slash = ref.rfind('/'); slash != std::string_view::npos)
            ref.remove_prefix(slash + 1);
        return ref;
    }

    /// The type of a schema node: what it refers to, or a new one from its own properties.
    const TypeSchema* inlineType(const Value& value, const std::string& name, int depth)
    {
        if (const auto ref = refOf(value); !ref.empty())
            return type(ref);
        if (depth > 100 || (find(value, {"properties"}) == nullptr && find(value, {"additionalProperties"}) == nullptr))
            return nullptr;
        fill(*type(name), value, name, depth + 1);
        return type(name);
    }

    void fill(TypeSchema& into, const Value& value, const std::string& name, int depth)
    {
        for (const auto& property : object(value, {"properties"})) {
            TypeSchema::Field field;
            const auto& facts = property.value();
            const auto own = name + "/" + std::string(property.key());
            field.object = inlineType(facts, own, depth);
            if (const auto* items = find(facts, {"items"}))
                field.items = inlineType(*items, own + "[]", depth);
            field.merges = text(facts, {"x-kubernetes-patch-strategy"}).find("merge") != std::string_view::npos;
            for (const auto& key : array(facts, {"x-kubernetes-list-map-keys"}))
                field.keys.emplace_back(text(key, {}));
            if (const auto key = text(facts, {"x-kubernetes-patch-merge-key"}); field.keys.empty() && !key.empty())
                field.keys.emplace_back(key);
            into.fields[std::string(property.key())] = std::move(field);
        }
        if (const auto* values = find(value, {"additionalProperties"}))
            into.values = inlineType(*values, name + "{}", depth);
    }

    void addOpenApi(const Value& document)
    {
        for (const auto& definition : object(document, {"definitions"})) {
            const std::string name(definition.key());
            fill(*type(name), definition.value(), name, 0);
            for (const auto& gvk : array(definition.value(), {"x-kubernetes-group-version-kind"})) {
                const auto group = text(gvk, {"group"});
                schema.m_kinds[(group.empty() ? "" : std::string(group) + "/") + std::string(text(gvk, {"version"}))
                               + "/" + std::string(text(gvk, {"kind"}))] = type(name);
            }
        }
    }
};

const TypeSchema* Schema::find(std::string_view apiVersion, std::string_view kind) const
{
    const auto it = m_kinds.find(std::string(apiVersion) + "/" + std::string(kind));
    return it == m_kinds.end() ? nullptr : it->second;
}

const std::shared_ptr<const Schema>& Schema::builtin()
{
    static const std::shared_ptr<const Schema> kSchema = [] {
        SchemaBuilder builder;
        builder.addBuiltin(*manifest::find(tables(), {"schema"}));
        return std::make_shared<const Schema>(std::move(builder.schema));
    }();
    return kSchema;
}

Result<std::shared_ptr<const Schema>> Schema::fromOpenApi(const Value& document)
{
    if (!document.is_object())
        return fail(Error::Code::InvalidInput, "an OpenAPI document must be a mapping with definitions");
    SchemaBuilder builder;
    builder.addOpenApi(document);
    return std::make_shared<const Schema>(std::move(builder.schema));
}

bool isBuiltinClusterScoped(const Gvk& gvk)
{
    // By kind: most kinds have no such type, and then nothing needs to be put together.
    static const auto kCluster = [] {
        std::unordered_map<std::string, std::vector<std::string>> names;
        const auto add = [&](std::string_view name) {
            const auto slash = name.rfind('/');
            names[std::string(name.substr(slash + 1))].emplace_back(name.substr(0, slash));
        };
        // Since 5.6, beyond the schema.
        add("admissionregistration.k8s.io/v1/ValidatingAdmissionPolicy");
        add("admissionregistration.k8s.io/v1/ValidatingAdmissionPolicyBinding");
        for (const auto& name : array(tables(), {"schema", "cluster"}))
            add(text(name, {}));
        return names;
    }();
    const auto versions = kCluster.find(gvk.kind);
    if (versions == kCluster.end())
        return false;
    const auto apiVersion = gvk.group.empty() ? gvk.version : gvk.group + "/" + gvk.version;
    return std::find(versions->second.begin(), versions->second.end(), apiVersion) != versions->second.end();
}

} // namespace core::render::kustomize
