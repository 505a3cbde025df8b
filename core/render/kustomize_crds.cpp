// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_plugins.h"

#include <boost/json.hpp>

namespace core::render::kustomize {

namespace {

using manifest::find;
using manifest::object;
using manifest::text;

class Walker
{
public:
    explicit Walker(const Value& definitions)
        : m_definitions(definitions)
    {
    }

    Config run()
    {
        for (const auto& definition : object(m_definitions, {})) {
            const auto& properties = propertiesOf(definition.value());
            if (!properties.contains("kind") || !properties.contains("apiVersion") || !properties.contains("metadata"))
                continue;
            std::string_view kind = definition.key();
            if (const auto dot = kind.rfind('.'); dot != std::string_view::npos)
                kind.remove_prefix(dot + 1);
            m_gvk = {"", "", std::string(kind)};
            m_seen.clear();
            visit(properties, "", 0);
        }
        return std::move(m_config);
    }

private:
    static const manifest::Object& propertiesOf(const Value& definition)
    {
        return object(definition, {"Schema", "properties"});
    }

    /// Extensions that are no texts do not count.
    static bool isText(const Value& facts, std::string_view extension)
    {
        const auto* value = find(facts, {extension});
        return value != nullptr && value->is_string();
    }

    void visit(const manifest::Object& properties, const std::string& prefix, int depth)
    {
        if (depth > 64)
            return;
        for (const auto& property : properties) {
            const auto path = prefix.empty() ? std::string(property.key()) : prefix + "/" + std::string(property.key());
            const auto& facts = property.value();
            if (isText(facts, "x-kubernetes-annotation"))
                m_config.commonAnnotations.push_back({m_gvk, path, false});
            if (isText(facts, "x-kubernetes-label-selector"))
                m_config.commonLabels.push_back({m_gvk, path, false});
            if (isText(facts, "x-kubernetes-identity"))
                m_config.namePrefix.push_back({m_gvk, path, false});
            const auto version = text(facts, {"x-kubernetes-object-ref-api-version"});
            const auto kind = text(facts, {"x-kubernetes-object-ref-kind"});
            if (!version.empty() && !kind.empty()) {
                const auto key = text(facts, {"x-kubernetes-object-ref-name-key"});
                NameReference reference;
                reference.target = {"", std::string(version), std::string(kind)}; // a group in it is none to kustomize
                reference.referrers.push_back({m_gvk, path + "/" + (key.empty() ? "name" : std::string(key)), false});
                m_config.nameReference.push_back(std::move(reference));
            }
            descend(facts, path, depth);
        }
    }

    void descend(const Value& facts, const std::string& path, int depth)
    {
        // Only what a property is as a whole: kustomize does not look into its own properties, nor into elements.
        const auto ref = text(facts, {"$ref"});
        const auto* definition = find(m_definitions, {ref});
        // A type that holds itself is entered once.
        if (definition == nullptr || !m_seen.emplace(ref).second)
            return;
        visit(propertiesOf(*definition), path, depth + 1);
        m_seen.erase(std::string(ref));
    }

    const Value& m_definitions;
    Config m_config;
    Gvk m_gvk;
    std::set<std::string, std::less<>> m_seen;
};

} // namespace

Result<Config> configOfCrds(const Value& definitions)
{
    const auto refused = [](const Value& value, const char* type) {
        const char* kind = value.is_array() ? "array"
            : value.is_string()             ? "string"
            : value.is_bool()               ? "bool"
                                            : "number";
        return fail(Error::Code::InvalidInput,
                    std::string("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ") + kind
                        + " into Go value of type accumulator." + type,
                    {},
                    "list files of OpenAPI definitions by Go type, not the CRDs themselves, which need no entry here");
    };
    if (definitions.is_null())
        return Config {};
    if (!definitions.is_object())
        return refused(definitions, "nameToApiMap");
    for (const auto& definition : definitions.get_object()) {
        if (!definition.value().is_object() && !definition.value().is_null())
            return refused(definition.value(), "OpenAPIDefinition");
    }
    return Walker(definitions).run();
}

} // namespace core::render::kustomize
