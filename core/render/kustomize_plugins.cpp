// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_plugins.h"

#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/render/kustomization.h"
#include "core/render/kustomize_build.h"

#include <boost/json.hpp>

namespace core::render::kustomize {

namespace {

using manifest::array;
using manifest::find;
using manifest::text;

tl::unexpected<Error> refuse(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}

Value partOf(const Value& plugin, std::string_view field)
{
    const auto* part = find(plugin, {field});
    return part == nullptr ? Value(manifest::Object {}) : *part;
}

Result<std::vector<FieldSpec>> specsOf(const Value& plugin)
{
    const auto* specs = find(plugin, {"fieldSpecs"});
    if (specs == nullptr)
        specs = find(plugin, {"FieldSpecs"});
    return specs == nullptr ? Result<std::vector<FieldSpec>>(std::vector<FieldSpec> {}) : decodeSpecs(*specs);
}

Result<Resource> makePolicy(Ctx context, const Value& plugin)
{
    if (text(plugin, {"cloud"}) != "gke")
        return refuse("cloud provider " + std::string(text(plugin, {"cloud"})) + " not supported yet");
    auto root = Node::mapping();
    root.set("apiVersion", Node::string("v1"));
    root.set("kind", Node::string("ServiceAccount"));
    auto& metadata = root.set("metadata", Node::mapping());
    metadata.set("name", Node::string(std::string(text(plugin, {"kubernetesService", "name"}))));
    if (const auto nameSpace = text(plugin, {"kubernetesService", "namespace"}); !nameSpace.empty())
        metadata.set("namespace", Node::string(std::string(nameSpace)));
    metadata.set("annotations", Node::mapping())
        .set("iam.gke.io/gcp-service-account",
             Node::string(std::string(text(plugin, {"serviceAccount", "name"})) + "@"
                          + std::string(text(plugin, {"serviceAccount", "projectId"})) + ".iam.gserviceaccount.com"));
    Resource resource(std::move(root));
    resource.note().file = context.root.file;
    return resource;
}

/// Generator plugins write their arguments flat, with the name in metadata.
Result<Value> generatorArguments(const Value& plugin)
{
    PH_TRY(auto arguments, decodeShape(plugin, "secret", Unknown::Ignore));
    auto& fields = arguments.get_object();
    if (const auto name = text(plugin, {"metadata", "name"}); text(arguments, {"name"}).empty() && !name.empty())
        fields["name"] = name;
    if (const auto nameSpace = text(plugin, {"metadata", "namespace"});
        text(arguments, {"namespace"}).empty() && !nameSpace.empty())
        fields["namespace"] = nameSpace;
    if (const auto* env = find(arguments, {"env"})) {
        auto& envs = fields["envs"];
        if (!envs.is_array())
            envs = manifest::Array {};
        envs.get_array().push_back(*env);
    }
    return arguments;
}

std::vector<std::string> textsOf(const Value& value, std::string_view field)
{
    std::vector<std::string> texts;
    for (const auto& element : array(value, {field}))
        texts.emplace_back(text(element, {}));
    return texts;
}

/// A ValueAddTransformer with its value and with the targets of its file.
Result<Value> valueTargets(Ctx context, const Value& plugin)
{
    manifest::Object out;
    auto value = std::string(trim(text(plugin, {"value"})));
    if (value.empty()) {
        const auto& folder = context.root.path;
        value = folder.substr(folder.rfind('/') + 1);
    }
    out["value"] = value;
    auto all = array(plugin, {"targets"});
    if (const std::string path(text(plugin, {"targetFilePath"})); !path.empty()) {
        PH_TRY(const auto content, context.build.load(context.root, path));
        PH_TRY(const auto documents, manifest::parseYaml(content, path));
        PH_TRY(const auto targets,
               decodeShape(documents.empty() ? Value(manifest::Object {}) : documents.front().value, "valueTargets",
                           Unknown::Ignore));
        for (const auto& target : array(targets, {"targets"}))
            all.push_back(target);
    }
    if (all.empty())
        return refuse("must specify at least one target");
    for (const auto& target : all) {
        if (text(target, {"fieldPath"}).empty())
            return refuse("fieldPath cannot be empty");
        if (const auto position = manifest::integer(target, {"filePathPosition"}).value_or(0); position < 0)
            return refuse("value of FilePathPosition (" + std::to_string(position) + ") cannot be negative");
    }
    out["targets"] = std::move(all);
    return Value(std::move(out));
}

Result<> transform(Ctx context, ResMap& all, const std::string& kind, const Value& raw)
{
    PH_TRY(const auto plugin, decodeShape(raw, "plugin", Unknown::Ignore));
    PH_TRY(const auto specs, specsOf(plugin));
    if (kind == "AnnotationsTransformer")
        return addStrings(all, partOf(plugin, "annotations"), specs);
    if (kind == "LabelTransformer")
        return addStrings(all, partOf(plugin, "labels"), specs);
    if (kind == "HashTransformer")
        return addHashes(all);
    if (kind == "ImageTagTransformer")
        return setImage(all, partOf(plugin, "imageTag"), specs);
    if (kind == "ReplicaCountTransformer")
        return setReplicas(all, partOf(plugin, "replica"), specs);
    if (kind == "PrefixTransformer" || kind == "SuffixTransformer") {
        const bool front = kind == "PrefixTransformer";
        const std::string affix(text(plugin, {front ? "prefix" : "suffix"}));
        if (specs.empty())
            return refuse("fieldSpecs is not expected to be nil");
        return front ? addPrefix(all, affix, specs) : addSuffix(all, affix, specs);
    }
    if (kind == "PrefixSuffixTransformer") {
        PH_CHECK(addPrefix(all, std::string(text(plugin, {"prefix"})), specs));
        return addSuffix(all, std::string(text(plugin, {"suffix"})), specs);
    }
    if (kind == "NamespaceTransformer") {
        NamespaceOptions options;
        options.unsetOnly = manifest::flag(plugin, {"unsetOnly"});
        if (const auto subjects = text(plugin, {"setRoleBindingSubjects"}); !subjects.empty())
            options.subjects = std::string(subjects);
        if (options.subjects != "none" && options.subjects != "defaultOnly" && options.subjects != "allServiceAccounts")
            return refuse("invalid value \"" + options.subjects + "\" for setRoleBindingSubjects");
        const std::string name(text(plugin, {"metadata", "namespace"}));
        return name.empty() ? Result<> {} : setNamespace(all, name, specs, options);
    }
    if (kind == "PatchTransformer") {
        return runPatch(context, all, plugin);
    }
    if (kind == "PatchStrategicMergeTransformer") {
        const auto paths = textsOf(plugin, "paths");
        const std::string inlined(text(plugin, {"patches"}));
        if (paths.empty() && inlined.empty())
            return refuse("empty file path and empty patch content");
        return runStrategicPatches(context, all, paths, inlined);
    }
    if (kind == "PatchJson6902Transformer")
        return runJsonPatch(context, all, plugin);
    if (kind == "ReplacementTransformer") {
        static const Value kNone(manifest::Array {});
        const auto* list = find(plugin, {"replacements"});
        return runReplacements(context, all, list == nullptr ? kNone : *list);
    }
    if (kind == "ValueAddTransformer") {
        PH_TRY(const auto targets, valueTargets(context, plugin));
        return addValue(all, targets);
    }
    return fail(Error::Code::Internal, "no transformer " + kind);
}

bool isTransformer(const std::string& kind)
{
    for (const auto* known : {"AnnotationsTransformer", "HashTransformer", "ImageTagTransformer", "LabelTransformer",
                              "NamespaceTransformer", "PatchJson6902Transformer", "PatchStrategicMergeTransformer",
                              "PatchTransformer", "PrefixTransformer", "SuffixTransformer", "PrefixSuffixTransformer",
                              "ReplacementTransformer", "ReplicaCountTransformer", "ValueAddTransformer"}) {
        if (kind == known)
            return true;
    }
    return false;
}

} // namespace

std::string_view builtinPlugin(const Gvk& gvk)
{
    if (!gvk.group.empty() || gvk.version != "builtin")
        return {};
    if (isTransformer(gvk.kind))
        return "transformer";
    const bool generates = gvk.kind == "ConfigMapGenerator" || gvk.kind == "SecretGenerator"
        || gvk.kind == "IAMPolicyGenerator" || gvk.kind == "HelmChartInflationGenerator";
    return generates ? "generator" : "";
}

Result<> Build::runPlugin(Accumulated& into, const Root& root, const Resource& plugin)
{
    PH_CHECK(checkStop());
    const Ctx context {*this, root};
    const auto& id = plugin.id();
    PH_TRY(const auto value, manifest::toValue(plugin.root(), manifest::YamlDialect::V3));
    // What stands in the kustomization itself is found by who reads the list.
    const bool isInline = plugin.notes().file.empty() || plugin.notes().file == root.file;
    const auto at = [&](Error error) {
        if (error.where.empty() && !isInline)
            error.where = plugin.place();
        return fail(std::move(error));
    };
    const auto failed = [&](const Error& error) {
        return at(error.within("plugin " + id.text() + " fails configuration"));
    };
    const bool builtin = text(value, {"apiVersion"}) == "builtin";
    const auto& kind = id.gvk.kind;
    auto by = configured(plugin.notes().file.empty() ? root.file : plugin.notes().file, kind);
    by->apiVersion = std::string(text(value, {"apiVersion"}));
    by->name = id.name;
    by->nameSpace = id.nameSpace;
    if (builtin && (kind == "ConfigMapGenerator" || kind == "SecretGenerator" || kind == "IAMPolicyGenerator")) {
        static const Value kNone(manifest::Object {});
        Result<Resource> made = kind == "IAMPolicyGenerator" ? makePolicy(context, value) : [&]() -> Result<Resource> {
            PH_TRY(const auto arguments, generatorArguments(value));
            return kind == "SecretGenerator" ? makeSecret(context, arguments, kNone)
                                             : makeConfigMap(context, arguments, kNone);
        }();
        if (!made)
            return failed(made.error());
        if (!m_buildMetadata.empty())
            made->note().origin = by;
        if (auto done = into.resources.absorb(std::move(*made)); !done)
            return at(done.error().within("merging from generator"));
        return {};
    }
    if (builtin && isTransformer(kind)) {
        std::vector<std::shared_ptr<const Node>> before;
        for (const auto& resource : into.resources.items())
            before.push_back(resource.shared());
        if (auto done = transform(context, into.resources, kind, value); !done)
            return failed(done.error());
        for (std::size_t i = 0; i < before.size() && i < into.resources.items().size(); ++i) {
            auto& resource = into.resources.items()[i];
            if (resource.shared() == before[i])
                continue;
            auto touch = std::make_shared<Touch>(Touch {
                {plugin.notes().file.empty() ? root.file : plugin.notes().file, kind, {}, plugin.notes().document},
                {}});
            changedPaths(*before[i], resource.root(), touch->paths);
            if (!touch->paths.empty())
                resource.note().touches.push_back(std::move(touch));
        }
        into.resources.touched();
        into.resources.dropEmpty();
        if (m_buildMetadata.contains("transformerAnnotations") || m_buildMetadata.contains("originAnnotations")) {
            for (auto& resource : into.resources.items()) {
                auto& notes = resource.note();
                if (notes.origin == nullptr)
                    notes.origin = by;
                else
                    notes.transformations.push_back(by);
            }
        }
        return {};
    }
    if (builtin && kind == "HelmChartInflationGenerator")
        return addChart(into, root, value, value, by);
    if (builtin)
        return at({Error::Code::InvalidInput, "unable to load builtin " + id.text()});
    return at({Error::Code::Unsupported,
               "external plugins disabled; unable to load external plugin '" + kind + "'",
               {},
               "programs and containers are not run while rendering: use a built-in kind"});
}

} // namespace core::render::kustomize
