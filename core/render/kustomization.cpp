// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomization.h"

#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/manifest/yaml_node.h"

#include <boost/json.hpp>

#include <map>
#include <memory>
#include <span>

namespace core::render::kustomize {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

struct Shape
{
    char type = 'a'; ///< s text, b bool, i integer, m map of texts, a anything, l list, o object
    std::shared_ptr<const Shape> element;
    std::vector<std::pair<std::string, std::shared_ptr<const Shape>>> fields;
};
using ShapePtr = std::shared_ptr<const Shape>;

/// Shapes by name. A field is "name:type"; types are the letters above, [type], or the name of another shape.
const std::map<std::string, std::string, std::less<>>& shapeTexts()
{
    static const std::map<std::string, std::string, std::less<>> kTexts {
        {"fieldSpec", "group:s version:s kind:s path:s create:b"},
        {"objectMeta", "name:s namespace:s labels:m annotations:m"},
        {"options", "labels:m annotations:m disableNameSuffixHash:b immutable:b"},
        {"generator", "namespace:s name:s behavior:s literals:[s] files:[s] envs:[s] env:s options:options"},
        {"secret", "namespace:s name:s behavior:s literals:[s] files:[s] envs:[s] env:s options:options type:s"},
        {"nameReference", "group:s version:s kind:s fieldSpecs:[fieldSpec]"},
        {"configuration",
         "namePrefix:[fieldSpec] nameSuffix:[fieldSpec] namespace:[fieldSpec] commonLabels:[fieldSpec] "
         "labels:[fieldSpec] templateLabels:[fieldSpec] commonAnnotations:[fieldSpec] nameReference:[nameReference] "
         "varReference:[fieldSpec] images:[fieldSpec] replicas:[fieldSpec]"},
        {"selector", "group:s version:s kind:s name:s namespace:s labelSelector:s annotationSelector:s apiVersion:s"},
        {"patch", "path:s patch:s target:selector options:m2"},
        {"m2", "allowNameChange:b allowKindChange:b"},
        {"jsonPatch", "path:s patch:s target:selector options:m2"},
        {"image", "name:s newName:s tagSuffix:s newTag:s digest:s"},
        {"replica", "name:s count:i"},
        {"label", "pairs:m includeSelectors:b includeTemplates:b includeVolumeClaimTemplates:b fields:[fieldSpec]"},
        {"fieldOptions", "delimiter:s index:i encoding:s create:b"},
        {"source", "group:s version:s kind:s name:s namespace:s apiVersion:s fieldPath:s options:fieldOptions"},
        {"targetSelector", "select:selector reject:[selector] fieldPaths:[s] options:fieldOptions"},
        {"replacement", "path:s source:source sourceValue:s targets:[targetSelector]"},
        {"replacements", "=[replacement]"},
        {"target", "apiVersion:s group:s version:s kind:s name:s namespace:s"},
        {"fieldRef", "fieldPath:s fieldpath:s"},
        {"var", "name:s objref:target fieldref:fieldRef"},
        {"legacySort", "orderFirst:[s] orderLast:[s]"},
        {"sort", "order:s legacySortOptions:legacySort"},
        {"helmGlobals", "chartHome:s configHome:s"},
        {"helmChart",
         "name:s version:s repo:s releaseName:s namespace:s valuesFile:s additionalValuesFiles:[s] valuesInline:a "
         "valuesMerge:s includeCRDs:b skipHooks:b apiVersions:[s] kubeVersion:s nameTemplate:s skipTests:b debug:b "
         "devel:b"},
        {"oldChart",
         "chartHome:s chartName:s chartRepoUrl:s chartVersion:s helmBin:s helmHome:s releaseName:s releaseNamespace:s "
         "values:s valuesLocal:a valuesMerge:s extraArgs:[s]"},
        {"account", "name:s projectId:s"},
        {"plugin",
         "apiVersion:s kind:s metadata:objectMeta fieldSpecs:[fieldSpec] annotations:m labels:m imageTag:image "
         "replica:replica prefix:s suffix:s unsetOnly:b setRoleBindingSubjects:s path:s patch:s target:selector "
         "options:m2 paths:[s] patches:s jsonOp:s replacements:[replacement] value:s targetFilePath:s "
         "targets:[valueTarget] cloud:s kubernetesService:target serviceAccount:account"},
        {"valueTarget", "selector:selector notSelector:selector fieldPath:s filePathPosition:i"},
        {"valueTargets", "targets:[valueTarget]"},
        {"kustomization",
         "apiVersion:s kind:s metadata:objectMeta openapi:m namePrefix:s nameSuffix:s namespace:s commonLabels:m "
         "labels:[label] commonAnnotations:m patchesStrategicMerge:[s] patchesJson6902:[jsonPatch] patches:[patch] "
         "images:[image] imageTags:[image] replacements:[replacement] replicas:[replica] vars:[var] sortOptions:sort "
         "resources:[s] components:[s] crds:[s] bases:[s] configMapGenerator:[generator] secretGenerator:[secret] "
         "helmGlobals:helmGlobals helmCharts:[helmChart] helmChartInflationGenerator:[oldChart] "
         "generatorOptions:options configurations:[s] generators:[s] transformers:[s] validators:[s] "
         "buildMetadata:[s]"}};
    return kTexts;
}

ShapePtr shapeOf(const std::string& name);

ShapePtr typeOf(const std::string& text)
{
    if (text.front() == '[') {
        auto shape = std::make_shared<Shape>();
        shape->type = 'l';
        shape->element = typeOf(text.substr(1, text.size() - 2));
        return shape;
    }
    if (text.size() == 1) {
        auto shape = std::make_shared<Shape>();
        shape->type = text[0];
        return shape;
    }
    return shapeOf(text);
}

ShapePtr shapeOf(const std::string& name)
{
    const auto& text = shapeTexts().find(name)->second;
    if (text.front() == '=')
        return typeOf(text.substr(1));
    auto shape = std::make_shared<Shape>();
    shape->type = 'o';
    for (const auto& word : split(text, ' ')) {
        const auto colon = word.find(':');
        if (colon != std::string::npos)
            shape->fields.emplace_back(word.substr(0, colon), typeOf(word.substr(colon + 1)));
    }
    return shape;
}

ShapePtr namedShape(std::string_view name)
{
    static const auto kShapes = [] {
        std::map<std::string, ShapePtr, std::less<>> shapes;
        for (const auto& [key, text] : shapeTexts())
            shapes.emplace(key, shapeOf(key));
        return shapes;
    }();
    const auto it = kShapes.find(name);
    return it == kShapes.end() ? nullptr : it->second;
}

const char* goName(const Value& value)
{
    if (value.is_string())
        return "string";
    if (value.is_bool())
        return "bool";
    if (value.is_number())
        return "number";
    return value.is_array() ? "array" : "object";
}

/// A field on the way down; its path is put together only where there is something to say about it.
struct FieldPath
{
    const FieldPath* above = nullptr;
    std::string_view name {};

    [[nodiscard]] std::string text() const
    {
        const auto before = above == nullptr ? std::string {} : above->text();
        return before.empty() ? std::string(name) : before + "." + std::string(name);
    }
};

/// Takes values apart: what it is given is moved into what it gives.
class Decoder
{
public:
    explicit Decoder(Unknown unknown)
        : m_unknown(unknown)
    {
    }

    Result<Value> decode(Value value, const Shape& shape, const FieldPath& path)
    {
        switch (shape.type) {
        case 's':
            if (m_unknown == Unknown::Ignore)
                return asText(std::move(value), path);
            return expect(std::move(value), value.is_string(), path, "string");
        case 'b':
            return expect(std::move(value), value.is_bool(), path, "bool");
        case 'i':
            return expect(std::move(value), manifest::integer(value, {}).has_value(), path, "int");
        case 'm':
            return texts(std::move(value), path);
        case 'l':
            return list(std::move(value), shape, path);
        case 'o':
            return fields(std::move(value), shape, path);
        default:
            return value;
        }
    }

    /// The field that was no good, as a path with dots.
    [[nodiscard]] const std::string& refused() const { return m_refused; }

private:
    Result<Value> expect(Value&& value, bool holds, const FieldPath& path, const char* type)
    {
        PH_CHECK(check(value, holds, path, type));
        return std::move(value);
    }

    Result<> check(const Value& value, bool holds, const FieldPath& path, const char* type)
    {
        if (holds)
            return {};
        m_refused = path.text();
        return fail(Error::Code::InvalidInput,
                    std::string("json: cannot unmarshal ") + goName(value) + " into Go struct field Kustomization."
                        + m_refused + " of type " + type);
    }

    /// Configurations of plugins go through a reader that turns numbers and booleans into the text that is wanted.
    Result<Value> asText(Value&& value, const FieldPath& path)
    {
        if (value.is_bool())
            return Value(value.get_bool() ? "true" : "false");
        if (value.is_int64() || value.is_uint64())
            return Value(boost::json::string(manifest::toJson(value)));
        if (value.is_double())
            return Value(boost::json::string(manifest::yamlNumber(value.get_double())));
        return expect(std::move(value), value.is_string(), path, "string");
    }

    Result<Value> texts(Value&& value, const FieldPath& path)
    {
        PH_TRY(auto map, expect(std::move(value), value.is_object(), path, "map[string]string"));
        for (auto& member : map.get_object()) {
            if (member.value().is_null())
                member.value() = "";
            if (m_unknown == Unknown::Ignore) {
                PH_TRY(member.value(), asText(std::move(member.value()), path));
            } else {
                PH_CHECK(check(member.value(), member.value().is_string(), path, "string"));
            }
        }
        return map;
    }

    Result<Value> list(Value&& value, const Shape& shape, const FieldPath& path)
    {
        PH_CHECK(check(value, value.is_array(), path, "[]"));
        for (auto& element : value.get_array()) {
            if (element.is_null()) {
                element = shape.element->type == 's' ? Value("") : Value(Object {});
                continue;
            }
            PH_TRY(element, decode(std::move(element), *shape.element, path));
        }
        return std::move(value);
    }

    Result<Value> fields(Value&& value, const Shape& shape, const FieldPath& path)
    {
        PH_CHECK(check(value, value.is_object(), path, "object"));
        Object out;
        for (auto& member : value.get_object()) {
            const std::string_view key(member.key());
            const auto* field = fieldOf(shape, key);
            if (field == nullptr) {
                if (m_unknown == Unknown::Ignore)
                    continue;
                m_refused = FieldPath {&path, key}.text();
                return fail(Error::Code::InvalidInput, "json: unknown field \"" + std::string(key) + "\"");
            }
            if (member.value().is_null())
                continue;
            const bool exact = field->first == key;
            if (!exact && value.get_object().contains(field->first))
                continue;
            PH_TRY(auto decoded, decode(std::move(member.value()), *field->second, {&path, field->first}));
            out[field->first] = std::move(decoded);
        }
        return Value(std::move(out));
    }

    static const std::pair<std::string, ShapePtr>* fieldOf(const Shape& shape, std::string_view key)
    {
        for (const auto& field : shape.fields) {
            if (field.first == key)
                return &field;
        }
        for (const auto& field : shape.fields) {
            if (lower(field.first) == lower(key))
                return &field;
        }
        return nullptr;
    }

    Unknown m_unknown;
    std::string m_refused;
};

/// The first member at a path of names, through all elements of lists; nullptr where there is none.
const manifest::Node* fieldAt(const manifest::Node& node, std::span<const std::string> path)
{
    const manifest::Node* found = nullptr;
    for (auto child = node.children.begin(); child != node.children.end() && found == nullptr; ++child) {
        if (node.isSequence())
            found = fieldAt(*child, path);
        else if (lower(child->key) == lower(path.front()))
            found = path.size() == 1 ? &*child : fieldAt(*child, path.subspan(1));
    }
    return found;
}

void append(Object& fields, std::string_view from, std::string_view to)
{
    const auto it = fields.find(from);
    if (it == fields.end())
        return;
    auto moved = it->value();
    fields.stable_erase(it);
    auto& slot = fields[to];
    if (!slot.is_array())
        slot = Array {};
    for (auto& element : moved.get_array())
        slot.get_array().push_back(std::move(element));
}

void convertOldCharts(Object& fields)
{
    const auto it = fields.find("helmChartInflationGenerator");
    if (it == fields.end())
        return;
    Array charts;
    for (const auto& old : it->value().get_array()) {
        Object chart;
        const std::pair<const char*, const char*> names[] {
            {"chartName", "name"},           {"chartVersion", "version"},       {"chartRepoUrl", "repo"},
            {"releaseName", "releaseName"},  {"releaseNamespace", "namespace"}, {"values", "valuesFile"},
            {"valuesLocal", "valuesInline"}, {"valuesMerge", "valuesMerge"}};
        for (const auto& [from, to] : names) {
            if (const auto* value = manifest::find(old, {from}))
                chart[to] = *value;
        }
        if (const auto home = manifest::text(old, {"chartHome"}); !home.empty())
            fields["helmGlobals"] = Object {{"chartHome", home}};
        charts.push_back(std::move(chart));
    }
    fields.stable_erase(fields.find("helmChartInflationGenerator"));
    auto& slot = fields["helmCharts"];
    if (!slot.is_array())
        slot = Array {};
    for (auto& chart : charts)
        slot.get_array().push_back(std::move(chart));
}

void foldEnv(Object& fields, std::string_view list)
{
    const auto it = fields.find(list);
    if (it == fields.end())
        return;
    for (auto& entry : it->value().get_array()) {
        auto& generator = entry.get_object();
        if (const auto env = generator.find("env"); env != generator.end()) {
            auto file = std::move(env->value()); // the next line may move the members
            auto& envs = generator["envs"];
            if (!envs.is_array())
                envs = Array {};
            envs.get_array().push_back(std::move(file));
            generator.stable_erase(generator.find("env"));
        }
    }
}

void warnOfOldFields(const Object& fields, std::vector<std::string>& warnings)
{
    const std::pair<const char*, const char*> old[] {
        {"bases", "'bases' is deprecated. Please use 'resources' instead."},
        {"commonLabels", "'commonLabels' is deprecated. Please use 'labels' instead."},
        {"imageTags", "'imageTags' is deprecated. Please use 'images' instead."},
        {"patchesJson6902", "'patchesJson6902' is deprecated. Please use 'patches' instead."},
        {"patchesStrategicMerge", "'patchesStrategicMerge' is deprecated. Please use 'patches' instead."},
        {"vars", "'vars' is deprecated. Please use 'replacements' instead."}};
    for (const auto& [field, text] : old) {
        if (fields.contains(field))
            warnings.push_back(std::string(text)
                               + " Run 'kustomize edit fix' to update your Kustomization automatically.");
    }
}

} // namespace

Result<Value> decodeShape(Value value, std::string_view shape, Unknown unknown, std::string* refused)
{
    const auto named = namedShape(shape);
    if (named == nullptr)
        return fail(Error::Code::Internal, "no shape " + std::string(shape));
    Decoder decoder(unknown);
    auto decoded = decoder.decode(std::move(value), *named, {});
    if (!decoded && refused != nullptr)
        *refused = decoder.refused();
    return decoded;
}

Result<Value> readKustomization(std::string_view text, const std::string& file, std::vector<std::string>& warnings)
{
    const auto refuse = [&](Error error, const std::string& prefix) {
        if (error.code == Error::Code::InvalidInput)
            error.message = prefix + error.message;
        if (error.where.empty())
            error.where = file;
        return fail(std::move(error));
    };
    manifest::NodeLimits limits;
    limits.dialect = manifest::YamlDialect::V2;
    limits.allowDuplicateKeys = true;
    limits.firstOnly = true;
    limits.maxNodes = 1'000'000;
    if (const auto at = manifest::lineOfSlashEscape(text); at != 0)
        return refuse({Error::Code::InvalidInput,
                       "yaml: line " + std::to_string(at) + ": found unknown escape character",
                       file + ":" + std::to_string(at) + ":1"},
                      "invalid Kustomization: ");
    auto nodes = manifest::parseNodes(text, file, limits);
    if (!nodes)
        return refuse(std::move(nodes.error()), "invalid Kustomization: ");
    const auto empty = Error {Error::Code::InvalidInput, "kustomization.yaml is empty", file,
                              "name at least one resource or generator"};
    if (nodes->empty())
        return fail(empty);
    auto raw = manifest::toValue(nodes->front(), manifest::YamlDialect::V2);
    if (!raw)
        return refuse(std::move(raw.error()), "invalid Kustomization: ");
    std::string refused;
    auto decoded = decodeShape(std::move(*raw), "kustomization", Unknown::Refuse, &refused);
    if (!decoded) {
        auto error = std::move(decoded.error());
        if (const auto* field = fieldAt(nodes->front(), split(refused, '.')))
            error.where = file + ":" + std::to_string(field->line) + ":"
                + std::to_string(refused.find('.') == std::string::npos ? 1 : field->column);
        return refuse(std::move(error), "invalid Kustomization: ");
    }
    auto& fields = decoded->get_object();
    warnOfOldFields(fields, warnings);
    const auto typeFields = static_cast<std::size_t>(fields.contains("apiVersion")) + fields.contains("kind");
    const bool nothing = fields.size() == typeFields;
    append(fields, "bases", "resources");
    append(fields, "imageTags", "images");
    foldEnv(fields, "configMapGenerator");
    foldEnv(fields, "secretGenerator");
    convertOldCharts(fields);
    if (nothing)
        return fail(empty);
    if (manifest::text(*decoded, {"kind"}).empty())
        fields["kind"] = "Kustomization";
    const auto kind = std::string(manifest::text(*decoded, {"kind"}));
    const std::string wanted =
        kind == "Component" ? "kustomize.config.k8s.io/v1alpha1" : "kustomize.config.k8s.io/v1beta1";
    if (manifest::text(*decoded, {"apiVersion"}).empty())
        fields["apiVersion"] = wanted;
    std::string problems;
    if (kind != "Kustomization" && kind != "Component")
        problems += "\nkind should be Kustomization or Component";
    if (manifest::text(*decoded, {"apiVersion"}) != wanted)
        problems += "\napiVersion for " + kind + " should be " + wanted;
    if (!problems.empty()) {
        const bool isKind = kind != "Kustomization" && kind != "Component";
        const auto* given = fieldAt(nodes->front(), std::vector<std::string> {isKind ? "kind" : "apiVersion"});
        return fail(Error::Code::InvalidInput, "Failed to read kustomization file under " + file + ":" + problems,
                    given == nullptr ? file : file + ":" + std::to_string(given->line) + ":1");
    }
    return std::move(*decoded);
}

} // namespace core::render::kustomize
