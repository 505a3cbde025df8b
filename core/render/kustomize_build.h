// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/kustomize_fields.h"
#include "core/render/kustomize_merge.h"
#include "core/render/kustomize_tables.h"
#include "core/render/render.h"

#include <set>
#include <stop_token>

namespace core::render::kustomize {

/// What a build shares with others: parsed files by object id. Thread-safe, bounded.
class FileCache
{
public:
    struct Objects
    {
        std::vector<std::shared_ptr<const Node>> nodes;
    };
    using ObjectsPtr = std::shared_ptr<const Objects>;
    [[nodiscard]] ObjectsPtr objects(const std::string& key) const;
    void putObjects(const std::string& key, ObjectsPtr objects, std::size_t bytes);

private:
    mutable std::mutex m_mutex;
    std::unordered_map<std::string, ObjectsPtr> m_objects;
    std::size_t m_bytes = 0;
};

struct Var
{
    std::string name;
    Gvk gvk;
    std::string objectName, objectNamespace;
    std::string fieldPath;
};

/// What accumulating a root gives: resources, the field specs for them, and variables.
struct Accumulated
{
    ResMap resources;
    ConfigPtr config; ///< nothing until the first root below brings one
    std::vector<Var> vars;
};

/// One root folder while it is built.
struct Root
{
    std::string path; ///< in the tree
    std::string file; ///< of the kustomization
    Value kustomization;
    bool isClone = false;
};

/// Runs one `kustomize build`.
class Build
{
public:
    Build(const Request& request, FileCache& cache, std::stop_token stop);
    [[nodiscard]] Result<OutputPtr> run();

    // What generators, transformers and plugins of a root work with.
    struct Context
    {
        Build& build;
        const Root& root;
    };
    /// A file that a root names: load restrictions hold. `path` is as written.
    [[nodiscard]] Result<std::string> load(const Root& root, const std::string& path);
    [[nodiscard]] Result<std::string> pathOf(const Root& root, const std::string& path);
    [[nodiscard]] const Schema& schema() const { return *m_schema; }
    [[nodiscard]] std::string relativeToTop(const std::string& path) const;
    [[nodiscard]] std::shared_ptr<const Touch> mark(const Root& root, std::string what,
                                                    std::vector<std::string> paths) const;

private:
    /// Tree::resolve with the folders on the way remembered.
    [[nodiscard]] Result<std::string> resolve(const std::string& path);
    /// What stands at a path, from listings of folders that are read once in a build.
    [[nodiscard]] std::optional<git::EntryType> typeOf(const std::string& path);
    [[nodiscard]] Result<> checkStop() const;
    [[nodiscard]] Result<Root> openRoot(const std::string& path);
    [[nodiscard]] Result<Accumulated> accumulate(const Root& root);
    [[nodiscard]] Result<> accumulateInto(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> addResources(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> addResource(Accumulated& into, const Root& root, const std::string& entry);
    [[nodiscard]] Result<> addFile(ResMap& into, const Root& root, const std::string& entry);
    [[nodiscard]] Result<std::string> folderOf(const Root& root, const std::string& entry);
    [[nodiscard]] Result<> addComponents(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> addConfiguration(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> useOpenApi(const Root& root);
    /// Inflates one entry of helmCharts, or a HelmChartInflationGenerator.
    [[nodiscard]] Result<> addChart(Accumulated& into, const Root& root, const Value& chart, const Value& globals,
                                    const std::shared_ptr<Origin>& origin);
    [[nodiscard]] Result<> runGenerators(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> runTransformers(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> runValidators(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> addVars(Accumulated& into, const Root& root);
    [[nodiscard]] Result<std::vector<Resource>> pluginObjects(const Root& root, std::string_view field);
    [[nodiscard]] Result<> runBuiltin(Accumulated& into, const Root& root, const std::string& kind,
                                      const std::function<Result<>()>& work);
    [[nodiscard]] Result<> runPlugin(Accumulated& into, const Root& root, const Resource& plugin);
    [[nodiscard]] Result<> finish(Accumulated& all, const Root& top);
    [[nodiscard]] Result<OutputPtr> print(Accumulated& all);
    [[nodiscard]] Result<> applyRequestOptions(Root& top);
    [[nodiscard]] std::shared_ptr<Origin> configured(const Root& root, const std::string& kind) const;

    const Request& m_request;
    FileCache& m_cache;
    std::stop_token m_stop;
    std::shared_ptr<const Schema> m_schema = Schema::builtin();
    bool m_schemaSet = false;
    std::string m_top;
    std::vector<std::string> m_chain; ///< roots on the way down
    std::unordered_map<std::string, std::string> m_folders; ///< resolved already
    std::unordered_map<std::string, std::unordered_map<std::string, git::EntryType>> m_listings;
    std::set<std::string> m_buildMetadata;
    std::vector<std::string> m_warnings;
    std::size_t m_depth = 0;
    std::size_t m_resourceCount = 0;
};

using Ctx = Build::Context;

// Generators.
[[nodiscard]] Result<Resource> makeConfigMap(Ctx context, const Value& arguments, const Value& options);
[[nodiscard]] Result<Resource> makeSecret(Ctx context, const Value& arguments, const Value& options);
[[nodiscard]] Result<std::string> hashOf(const Node& object);

// Transformers over all resources of a list.
struct NamespaceOptions
{
    bool unsetOnly = false;
    std::string subjects = "defaultOnly";
};
[[nodiscard]] Result<> setNamespace(ResMap& all, const std::string& name, const std::vector<FieldSpec>& specs,
                                    const NamespaceOptions& options);
[[nodiscard]] Result<> addPrefix(ResMap& all, const std::string& prefix, const std::vector<FieldSpec>& specs);
[[nodiscard]] Result<> addSuffix(ResMap& all, const std::string& suffix, const std::vector<FieldSpec>& specs);
[[nodiscard]] Result<> addStrings(ResMap& all, const Value& pairs, const std::vector<FieldSpec>& specs);
[[nodiscard]] Result<> setImage(ResMap& all, const Value& image, const std::vector<FieldSpec>& specs);
[[nodiscard]] Result<> setReplicas(ResMap& all, const Value& replica, const std::vector<FieldSpec>& specs);
[[nodiscard]] Result<> addValue(ResMap& all, const Value& plugin);

/// The parts of a patch entry, read and classified.
[[nodiscard]] Result<> runPatch(Ctx context, ResMap& all, const Value& entry);
[[nodiscard]] Result<> runStrategicPatches(Ctx context, ResMap& all, const std::vector<std::string>& paths,
                                           const std::string& text);
[[nodiscard]] Result<> runJsonPatch(Ctx context, ResMap& all, const Value& entry);
[[nodiscard]] Result<> runReplacements(Ctx context, ResMap& all, const Value& list);

// At the end of a build.
[[nodiscard]] Result<> fixNameReferences(ResMap& all, const Config& config, std::stop_token stop);
[[nodiscard]] Result<> resolveVars(ResMap& all, const std::vector<Var>& vars, const Config& config);
[[nodiscard]] Result<> addHashes(ResMap& all);

/// A field path of replacements: parts at '.', "\." a dot, [brackets] one part.
[[nodiscard]] std::vector<std::string> splitFieldPath(std::string_view path);
/// The first node at such a path, as sources are read; nullptr where there is none.
[[nodiscard]] Result<const Node*> lookup(const Node& root, const std::vector<std::string>& path);

} // namespace core::render::kustomize
