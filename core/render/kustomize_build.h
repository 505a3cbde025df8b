// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/kustomize_cache.h"
#include "core/render/kustomize_fields.h"
#include "core/render/kustomize_merge.h"
#include "core/render/kustomize_tables.h"
#include "core/render/render.h"

#include <set>
#include <stop_token>

namespace core::render::kustomize {

constexpr std::size_t kMaxDepth = 128; ///< levels of kustomizations

/// One root folder while it is built.
struct Root
{
    std::string path; ///< in the tree
    std::string file; ///< of the kustomization
    std::shared_ptr<const ReadKustomization> read {}; ///< shared with what is kept
    [[nodiscard]] const Value& kustomization() const { return read->value; }
};

/// A folder of a Git repository, as `resources` names one: "https://host/org/repo//folder?ref=v1".
struct RemoteBase
{
    std::string url, ref, folder;
};
[[nodiscard]] bool isRemote(const std::string& entry);
[[nodiscard]] Result<RemoteBase> parseRemote(const std::string& entry);
/// By folders: "a/b" is in "a", "ab" is not.
[[nodiscard]] bool isInOrBelow(std::string_view path, std::string_view root);
[[nodiscard]] Result<> mergeConfig(ConfigPtr& into, const ConfigPtr& more);

/// What to do about an error, by the words of its cause; "" where nothing is known.
[[nodiscard]] std::string adviceFor(std::string_view message);

/// Runs one `kustomize build`.
class Build
{
public:
    Build(const Request& request, Cache& cache, std::stop_token stop);
    /// A part of the same build that goes its own way: on another thread, or in another tree.
    Build(const Build& whole);
    Build& operator=(const Build&) = delete;
    ~Build() = default;
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
    /// A path in this tree as messages and provenance have it.
    [[nodiscard]] std::string named(const std::string& path) const;
    /// What an entry of a kustomization did; `place` is its path there.
    [[nodiscard]] std::shared_ptr<const Touch> mark(const Root& root, std::string what, std::vector<std::string> paths,
                                                    std::string place = {}) const;

private:
    /// What a base became ahead of its turn.
    struct Ahead
    {
        Result<BasePtr> base = nullptr;
        Reads reads {};
        std::vector<std::string> trail {};
        std::shared_ptr<const Schema> schema {}; ///< with which it was built
        bool schemaChosen = false;
    };
    [[nodiscard]] Result<> checkStop() const;
    [[nodiscard]] Result<Root> openRoot(const std::string& path);
    [[nodiscard]] Result<> accumulateInto(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> addResources(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> addResource(Accumulated& into, const Root& root, const std::string& entry);
    [[nodiscard]] Result<> addFile(ResMap& into, const Root& root, const std::string& entry);
    using Objects = std::vector<std::shared_ptr<const Node>>;
    /// What stands in a file that is read more than once.
    [[nodiscard]] Result<std::shared_ptr<const Objects>> keptObjects(const std::string& path,
                                                                     const std::string& content);
    [[nodiscard]] Result<std::string> folderOf(const Root& root, const std::string& entry);
    /// What was kept under a key, where it is what would be built now; or nullptr.
    [[nodiscard]] BasePtr keptBase(const std::string& key);
    /// Here, as long as its sources are the same.
    [[nodiscard]] bool isUsable(const Base& kept) const;
    /// A base, as it is kept or built anew.
    [[nodiscard]] Result<BasePtr> base(const std::string& folder);
    /// Lets what came with a base count for this build.
    void take(const Base& base);
    [[nodiscard]] bool closesCircle(const Base& base) const;
    [[nodiscard]] Result<> merge(Accumulated& into, BasePtr kept, const std::string& folder);
    /// Builds the bases of a root that has many of them on two threads.
    void buildAhead(const Root& root);
    [[nodiscard]] Ahead ahead(const std::string& folder);
    [[nodiscard]] Result<> addRemote(Accumulated& into, const Root& root, const std::string& entry);
    [[nodiscard]] Result<> addRemoteComponent(Accumulated& into, const Root& root, const std::string& entry);
    [[nodiscard]] Result<std::unique_ptr<Build>> clone(const Root& root, const std::string& entry, RemoteBase& remote);
    [[nodiscard]] Result<> addComponents(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> addComponent(Accumulated& into, const std::string& folder);
    [[nodiscard]] Result<> addConfiguration(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> useOpenApi(const Root& root);
    /// Puts the tree and folder of a chart into the request: a folder of the source, or pulled from its repository.
    /// The result is what errors and provenance call it.
    [[nodiscard]] Result<std::string> findChart(const Root& root, const Value& chart, const Value& globals,
                                                Request& request);
    /// Inflates one entry of helmCharts, or a HelmChartInflationGenerator.
    [[nodiscard]] Result<> addChart(Accumulated& into, const Root& root, const Value& chart, const Value& globals,
                                    const std::shared_ptr<Origin>& origin);
    [[nodiscard]] Result<> runGenerators(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> runTransformers(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> runValidators(Accumulated& into, const Root& root);
    [[nodiscard]] Result<> addVars(Accumulated& into, const Root& root);
    /// Runs for each object that a list of plugins gives, in kustomize's order.
    [[nodiscard]] Result<> eachPlugin(const Root& root, std::string_view field,
                                      const std::function<Result<>(const Resource&)>& run);
    /// Runs what an entry of a field of the kustomization asks for.
    struct Entry
    {
        const char* kind; ///< of the transformer
        const char* field;
        std::size_t index = 0;
    };
    [[nodiscard]] Result<> runBuiltin(Accumulated& into, const Root& root, const Entry& entry,
                                      const std::function<Result<>()>& work);
    [[nodiscard]] Result<> runPlugin(Accumulated& into, const Root& root, const Resource& plugin);
    [[nodiscard]] Result<> finish(Accumulated& all, const Root& top);
    using PrintedPtr = std::shared_ptr<const Printed>;
    [[nodiscard]] Result<PrintedPtr> printed(Resource resource) const;
    [[nodiscard]] PrintedPtr keepPrinted(const Resource& resource, Printed made) const;
    [[nodiscard]] Result<OutputPtr> print(Accumulated& all);
    [[nodiscard]] Result<> applyRequestOptions(Root& top);
    [[nodiscard]] std::string originPath(const std::string& file) const; ///< as buildMetadata has it
    [[nodiscard]] std::shared_ptr<Origin> configured(const std::string& file, const std::string& kind) const;
    [[nodiscard]] std::shared_ptr<const Origin> originOf(const std::string& file) const;
    /// The error with what to do and how the build got there.
    [[nodiscard]] Error explained(Error error) const;
    /// "file:line:column" of an entry of a list (or of a field) in a kustomization, found by reading it again.
    [[nodiscard]] std::string placeOf(const Root& root, std::string_view field, std::size_t index) const;
    /// The error with that place, unless it has a better one.
    [[nodiscard]] Error located(Error error, const Root& root, std::string_view field, std::size_t index) const;

    const Request& m_request;
    Cache& m_cache;
    std::stop_token m_stop;
    std::shared_ptr<SourceView> m_view;
    std::shared_ptr<const Schema> m_schema = Schema::builtin();
    bool m_schemaChosen = false;
    std::string m_top;
    std::string m_variant; ///< everything but files that decides what a base becomes
    std::vector<std::string> m_chain; ///< roots on the way down
    std::vector<std::string> m_clones; ///< remote bases on the way down
    RemoteBase m_clone; ///< that this build is in
    bool m_isClone = false;
    bool m_isWorker = false;
    std::unordered_map<std::string, Ahead> m_ahead; ///< by folder
    std::set<std::string> m_buildMetadata;
    std::vector<std::string> m_warnings;
    std::vector<std::string> m_roots; ///< all that were opened
    std::vector<std::string> m_trail; ///< of entries that lead to an error, from the top
    std::size_t m_depth = 0;
    std::size_t m_deepest = 0;
};

using Ctx = Build::Context;

// Generators.
[[nodiscard]] Result<Resource> makeConfigMap(Ctx context, const Value& arguments, const Value& options);
[[nodiscard]] Result<Resource> makeSecret(Ctx context, const Value& arguments, const Value& options);
/// Appends the paths of what is not the same in a tree and in what it became.
void changedPaths(const Node& before, const Node& after, std::vector<std::string>& out);
/// Notes that a step changed these nodes of the object's tree.
void noteChanges(Resource& resource, const Step& step, const std::vector<const Node*>& nodes);
/// As Go's encoder writes it, keys sorted; `spread` over lines with two spaces.
[[nodiscard]] std::string goJson(const Value& value, bool spread);
[[nodiscard]] Result<std::string> hashOf(const Node& object);

// Transformers over all resources of a list.
struct NamespaceOptions
{
    bool unsetOnly = false;
    std::string subjects = "defaultOnly";
};
[[nodiscard]] Result<> setNamespace(ResMap& all, const std::string& name, const std::vector<FieldSpec>& specs,
                                    const NamespaceOptions& options);
/// Whether prefixes and suffixes are for such objects.
[[nodiscard]] bool isRenamed(const Gvk& original);
[[nodiscard]] Result<> addPrefix(ResMap& all, const std::string& prefix, const std::vector<FieldSpec>& specs);
[[nodiscard]] Result<> addSuffix(ResMap& all, const std::string& suffix, const std::vector<FieldSpec>& specs);
[[nodiscard]] Result<> addStrings(ResMap& all, const Value& pairs, const std::vector<FieldSpec>& specs);
/// `step` is noted of what they change, where there is one.
[[nodiscard]] Result<> setImage(ResMap& all, const Value& image, const std::vector<FieldSpec>& specs,
                                const Step* step = nullptr);
[[nodiscard]] Result<> setReplicas(ResMap& all, const Value& replica, const std::vector<FieldSpec>& specs,
                                   const Step* step = nullptr);
[[nodiscard]] Result<> addValue(ResMap& all, const Value& plugin);

/// The parts of a patch entry, read and classified.
/// `place` is the entry's path in the kustomization, for provenance.
[[nodiscard]] Result<> runPatch(Ctx context, ResMap& all, const Value& entry, const std::string& place = {});
[[nodiscard]] Result<> runStrategicPatches(Ctx context, ResMap& all, const std::vector<std::string>& paths,
                                           const std::string& text);
[[nodiscard]] Result<> runJsonPatch(Ctx context, ResMap& all, const Value& entry);
[[nodiscard]] Result<> runReplacements(Ctx context, ResMap& all, const Value& list);

// At the end of a build.
[[nodiscard]] Result<> fixNameReferences(ResMap& all, const Config& config, std::stop_token stop);
[[nodiscard]] Result<> resolveVars(ResMap& all, const std::vector<Var>& vars, const Config& config,
                                   const std::function<std::string(const Var&)>& place);
[[nodiscard]] Result<> addHashes(ResMap& all);
/// Fails where kustomize could not make JSON of what its generators wrote.
[[nodiscard]] Result<> checkGenerated(const Resource& resource);
/// The object with the annotations in which kustomize keeps its notes of it while it builds.
[[nodiscard]] Node withNotes(const Resource& resource);

/// A field path of replacements: parts at '.', "\." a dot, [brackets] one part.
[[nodiscard]] std::vector<std::string> splitFieldPath(std::string_view path);
/// The first node at such a path, as sources are read; nullptr where there is none.
[[nodiscard]] Result<const Node*> lookup(const Node& root, const std::vector<std::string>& path);

} // namespace core::render::kustomize
