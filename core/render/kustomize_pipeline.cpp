// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Transformers and validators of a root, in kustomize's order.
#include "core/base/strings.h"
#include "core/render/kustomize_build.h"
#include "core/render/kustomize_plugins.h"

#include <boost/json.hpp>

#include <array>

namespace core::render::kustomize {

using manifest::array;
using manifest::find;
using manifest::text;

Result<> Build::runBuiltin(Accumulated& into, const Root& root, const Entry& entry,
                           const std::function<Result<>()>& work)
{
    PH_CHECK(checkStop());
    if (const auto done = work(); !done)
        return fail(located(done.error(), root, entry.field, entry.index));
    into.resources.dropEmpty();
    if (m_buildMetadata.contains("transformerAnnotations") || m_buildMetadata.contains("originAnnotations")) {
        const std::shared_ptr<const Origin> by = configured(root.file, entry.kind);
        for (auto& resource : into.resources.items()) {
            // Of an object without origin kustomize thinks that the transformer made it.
            auto& notes = resource.note();
            if (notes.origin == nullptr)
                notes.origin = by;
            else
                notes.transformations.push_back(by);
        }
    }
    return {};
}

namespace {

std::vector<std::string> pathsOf(const std::vector<FieldSpec>& specs, const Gvk& gvk, const Value* pairs)
{
    std::vector<std::string> paths;
    std::string path;
    for (const auto& spec : specs) {
        if (!gvk.isSelectedBy(spec.gvk))
            continue;
        path.clear();
        for (std::string_view part : *spec.parts) {
            if (part.ends_with("[]"))
                part.remove_suffix(2);
            path.append(path.empty() ? "" : "/").append(part);
        }
        if (pairs == nullptr) {
            paths.push_back(path);
            continue;
        }
        path += '/';
        const auto length = path.size();
        for (const auto& pair : manifest::object(*pairs, {})) {
            paths.push_back(path.append(pair.key()));
            path.resize(length);
        }
    }
    return paths;
}

constexpr std::string_view kClaimLabels = "spec/volumeClaimTemplates[]/metadata/labels";

using SpecsPtr = std::shared_ptr<const std::vector<FieldSpec>>;

/// What an entry of `labels` is for, beside metadata.
struct LabelScope
{
    bool selectors = false, templates = false, claims = false;
};

Result<SpecsPtr> labelSpecs(std::vector<FieldSpec> specs, const Config& config, LabelScope scope)
{
    PH_CHECK(mergeSpecs(specs, config.labels));
    if (scope.selectors || scope.templates) {
        auto more = scope.selectors ? config.commonLabels : config.templateLabels;
        // Since 5.8 templates of claims have their own switch, except where selectors are labelled.
        if (!scope.selectors)
            std::erase_if(more, [](const FieldSpec& spec) { return spec.path == kClaimLabels; });
        PH_CHECK(mergeSpecs(specs, more));
    }
    if (!scope.selectors && scope.claims)
        PH_CHECK(mergeSpecs(specs, {FieldSpec {{"apps", "", "StatefulSet"}, std::string(kClaimLabels), true}}));
    if (!scope.selectors)
        PH_CHECK(mergeSpecs(specs, {FieldSpec {{}, "metadata/labels", true}}));
    return std::make_shared<const std::vector<FieldSpec>>(std::move(specs));
}

/// By the built-in configuration alone: made once for each scope, since nearly every overlay has labels.
const Result<SpecsPtr>& builtinLabelSpecs(LabelScope scope)
{
    static const auto kAll = [] {
        std::array<Result<SpecsPtr>, 8> all;
        for (std::size_t i = 0; i < all.size(); ++i)
            all[i] = labelSpecs({}, *defaultConfig(), {(i & 4U) != 0, (i & 2U) != 0, (i & 1U) != 0});
        return all;
    }();
    return kAll[(scope.selectors ? 4U : 0U) + (scope.templates ? 2U : 0U) + (scope.claims ? 1U : 0U)];
}

Result<SpecsPtr> labelSpecs(const Value& label, const Config& config)
{
    const LabelScope scope {manifest::flag(label, {"includeSelectors"}), manifest::flag(label, {"includeTemplates"}),
                            manifest::flag(label, {"includeVolumeClaimTemplates"})};
    const auto* fields = find(label, {"fields"});
    if (fields == nullptr && &config == defaultConfig().get())
        return builtinLabelSpecs(scope);
    std::vector<FieldSpec> own;
    if (fields != nullptr) {
        PH_TRY(own, decodeSpecs(*fields));
        std::vector<FieldSpec> specs; // each once
        if (auto done = mergeSpecs(specs, own); !done)
            return fail(done.error().within("failed to merge labels"));
        own = std::move(specs);
    }
    auto specs = labelSpecs(std::move(own), config, scope);
    return specs ? std::move(specs) : fail(specs.error().within("failed to merge labels"));
}

} // namespace

Result<> Build::runTransformers(Accumulated& into, const Root& root)
{
    const Ctx context {*this, root};
    const auto& file = root.kustomization();
    auto& all = into.resources;
    const auto config = into.config;
    // One touch for all objects of a kind.
    const auto stamp = [&](const char* what, const std::string& place, const std::vector<FieldSpec>& specs,
                           const Value* pairs = nullptr) -> Result<> {
        if (!all.notesTouches || (pairs != nullptr && manifest::object(*pairs, {}).empty()))
            return {};
        std::vector<std::pair<Gvk, std::shared_ptr<const Touch>>> touches; // few kinds, many objects
        std::uint32_t number = 0;
        if (all.edits != nullptr)
            number = Edits::number(
                all.edits, *mark(root, what, {textOf(specs), pairs == nullptr ? "" : manifest::toJson(*pairs)}, place));
        return all.editEach(number, [&](Resource& resource) -> Result<> {
            const auto& gvk = resource.id().gvk;
            auto it = std::find_if(touches.begin(), touches.end(), [&](const auto& one) { return one.first == gvk; });
            if (it == touches.end())
                it = touches.insert(it, {gvk, mark(root, what, pathsOf(specs, gvk, pairs), place)});
            if (!it->second->paths.empty())
                resource.note().touches.push_back(it->second);
            return {};
        });
    };
    const auto stampNames = [&](const char* what, const std::vector<FieldSpec>& specs) -> Result<> {
        if (!all.notesTouches)
            return {};
        const auto touch = mark(root, what, pathsOf(specs, {}, nullptr), what);
        return all.editEach(Edits::number(all.edits, *touch), [&](Resource& resource) -> Result<> {
            if (isRenamed(resource.originalId().gvk))
                resource.note().touches.push_back(touch);
            return {};
        });
    };
    if (const auto& list = array(file, {"patchesStrategicMerge"}); !list.empty()) {
        std::vector<std::string> paths;
        for (const auto& element : list)
            paths.emplace_back(text(element, {}));
        PH_CHECK(runBuiltin(into, root, {"PatchStrategicMergeTransformer", "patchesStrategicMerge"}, [&]() -> Result<> {
            if (auto done = runStrategicPatches(context, all, paths, ""); !done)
                return fail(done.error());
            return {};
        }));
    }
    for (std::size_t i = 0; const auto& entry : array(file, {"patches"}))
        PH_CHECK(runBuiltin(into, root, {"PatchTransformer", "patches", i++},
                            [&] { return runPatch(context, all, entry, "patches/" + std::to_string(i - 1)); }));
    if (const std::string name(text(file, {"namespace"})); !name.empty()) {
        PH_CHECK(runBuiltin(into, root, {"NamespaceTransformer", "namespace"},
                            [&] { return setNamespace(all, name, config->nameSpace, {}); }));
        auto specs = config->nameSpace;
        specs.push_back({{}, "metadata/namespace", true});
        PH_CHECK(stamp("namespace", "namespace", specs));
    }
    if (const std::string prefix(text(file, {"namePrefix"})); !prefix.empty()) {
        PH_CHECK(runBuiltin(into, root, {"PrefixTransformer", "namePrefix"},
                            [&] { return addPrefix(all, prefix, config->namePrefix); }));
        PH_CHECK(stampNames("namePrefix", config->namePrefix));
    }
    if (const std::string suffix(text(file, {"nameSuffix"})); !suffix.empty()) {
        PH_CHECK(runBuiltin(into, root, {"SuffixTransformer", "nameSuffix"},
                            [&] { return addSuffix(all, suffix, config->nameSuffix); }));
        PH_CHECK(stampNames("nameSuffix", config->nameSuffix));
    }
    static const Value kEmpty(manifest::Object {});
    const auto label = [&](const Entry& place, const Value& pairs, const std::vector<FieldSpec>& specs) -> Result<> {
        PH_CHECK(runBuiltin(into, root, place, [&] { return addStrings(all, pairs, specs); }));
        const bool isEntry = place.field == std::string_view("labels");
        return stamp("labels", isEntry ? "labels/" + std::to_string(place.index) + "/pairs" : place.field, specs,
                     &pairs);
    };
    for (std::size_t i = 0; const auto& entry : array(file, {"labels"})) {
        const Entry place {"LabelTransformer", "labels", i++};
        const auto specs = labelSpecs(entry, *config);
        if (!specs)
            return fail(located(specs.error(), root, place.field, place.index));
        const auto* pairs = find(entry, {"pairs"});
        PH_CHECK(label(place, pairs == nullptr ? kEmpty : *pairs, **specs));
    }
    // The one for commonLabels runs with `labels` too, and is written down where transformers are.
    const auto* common = find(file, {"commonLabels"});
    if (common == nullptr)
        common = &kEmpty;
    if (!common->get_object().empty() || !array(file, {"labels"}).empty())
        PH_CHECK(label({"LabelTransformer", "commonLabels"}, *common, config->commonLabels));
    if (const auto* pairs = find(file, {"commonAnnotations"}); pairs != nullptr && !pairs->get_object().empty()) {
        PH_CHECK(runBuiltin(into, root, {"AnnotationsTransformer", "commonAnnotations"},
                            [&] { return addStrings(all, *pairs, config->commonAnnotations); }));
        PH_CHECK(stamp("commonAnnotations", "commonAnnotations", config->commonAnnotations, pairs));
    }
    for (std::size_t i = 0; const auto& entry : array(file, {"patchesJson6902"}))
        PH_CHECK(runBuiltin(into, root, {"PatchJson6902Transformer", "patchesJson6902", i++},
                            [&] { return runJsonPatch(context, all, entry); }));
    for (std::size_t i = 0; const auto& entry : array(file, {"replicas"})) {
        const Entry place {"ReplicaCountTransformer", "replicas", i++};
        const auto step = mark(root, place.field, {}, "replicas/" + std::to_string(place.index))->step;
        PH_CHECK(runBuiltin(into, root, place, [&] { return setReplicas(all, entry, config->replicas, &step); }));
    }
    for (std::size_t i = 0; const auto& entry : array(file, {"images"})) {
        const Entry place {"ImageTagTransformer", "images", i++};
        const auto step = mark(root, place.field, {}, "images/" + std::to_string(place.index))->step;
        PH_CHECK(runBuiltin(into, root, place, [&] { return setImage(all, entry, config->images, &step); }));
    }
    if (const auto* list = find(file, {"replacements"}); list != nullptr && !list->get_array().empty())
        PH_CHECK(runBuiltin(into, root, {"ReplacementTransformer", "replacements"},
                            [&] { return runReplacements(context, all, *list); }));
    return eachPlugin(root, "transformers", [&](const Resource& plugin) { return runPlugin(into, root, plugin); });
}

Result<> Build::runValidators(Accumulated& into, const Root& root)
{
    return eachPlugin(root, "validators", [&](const Resource& plugin) -> Result<> {
        const auto before = into.resources;
        PH_CHECK(runPlugin(into, root, plugin));
        const auto plain = [](const Resource& resource) {
            Node node = resource.root();
            if (auto* labels = node.at({"metadata", "labels"}); labels != nullptr) {
                labels->erase("validated-by");
                if (labels->children.empty())
                    node.find("metadata")->erase("labels");
            }
            const auto value = manifest::toValue(node, manifest::YamlDialect::V3);
            return value ? manifest::toSortedJson(*value) : std::string {};
        };
        // kustomize compares its nodes: what a patch went over is made anew, also where it says the same as before.
        const bool isPatch = plugin.id().gvk.kind.starts_with("Patch");
        const auto isSame = [&](const Resource& old, const Resource& now) {
            if (old.shared() == now.shared())
                return true;
            const bool isLabelled = now.root().at({"metadata", "labels", "validated-by"}) != nullptr;
            return isLabelled ? plain(old) == plain(now) : !isPatch && manifest::isSame(old.root(), now.root());
        };
        const bool same = std::equal(before.items().begin(), before.items().end(), into.resources.items().begin(),
                                     into.resources.items().end(), isSame);
        if (!same)
            return fail(Error::Code::InvalidInput, "validator shouldn't modify the resource map");
        // The label that says so stays; that something ran is not noted.
        for (std::size_t i = 0; i < before.items().size(); ++i) {
            const auto& old = before.items()[i].notes();
            auto& now = into.resources.items()[i];
            if (now.notes().transformations == old.transformations && now.notes().origin == old.origin)
                continue;
            now.note().transformations = old.transformations;
            now.note().origin = old.origin;
        }
        return {};
    });
}

} // namespace core::render::kustomize
