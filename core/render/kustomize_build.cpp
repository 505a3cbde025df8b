// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_build.h"

#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/render/kustomization.h"
#include "core/render/kustomize_plugins.h"

#include <boost/json.hpp>

namespace core::render::kustomize {

using manifest::array;
using manifest::find;
using manifest::text;

namespace {

constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kMaxResources = 500'000;
constexpr std::size_t kCacheBytes = std::size_t {256} << 20;

tl::unexpected<Error> refuse(std::string message, std::string where = {}, std::string hint = {})
{
    return fail(Error::Code::InvalidInput, std::move(message), std::move(where), std::move(hint));
}

bool isInOrBelow(std::string_view path, std::string_view root)
{
    return root.empty() || path == root || (path.starts_with(root) && path[root.size()] == '/');
}

std::string joined(const std::string& folder, const std::string& path)
{
    return folder.empty() ? path : folder + "/" + path;
}

Result<> mergeConfig(ConfigPtr& into, const ConfigPtr& more)
{
    // Every config holds the defaults, so adding them changes nothing.
    if (into == nullptr || more == nullptr || into == more || more == defaultConfig()) {
        into = into == nullptr ? more : into;
        return {};
    }
    auto merged = std::make_shared<Config>(*into);
    PH_CHECK(merged->add(*more));
    into = std::move(merged);
    return {};
}

/// Marks that a former build left in an object's annotations count as ours.
void readBuildMarks(Resource& resource)
{
    const auto* annotations = resource.root().at({"metadata", "annotations"});
    if (annotations == nullptr || !annotations->isMapping())
        return;
    const auto list = [&](const char* name) {
        const auto* node = annotations->find(std::string("internal.config.kubernetes.io/") + name);
        return node == nullptr || node->text.empty() ? std::vector<std::string> {} : split(node->text, ',');
    };
    const auto names = list("previousNames");
    const auto spaces = list("previousNamespaces");
    const auto kinds = list("previousKinds");
    for (std::size_t i = 0; i < names.size() && i < spaces.size() && i < kinds.size(); ++i)
        resource.previous.push_back({names[i], spaces[i], kinds[i]});
    resource.prefixes = list("prefixes");
    resource.suffixes = list("suffixes");
    const auto hash = list("needsHashSuffix");
    resource.needsHash = !hash.empty() && hash.front() == "enabled";
}

bool isRemote(const std::string& entry)
{
    return entry.find("://") != std::string::npos || entry.starts_with("github.com") || entry.starts_with("git@")
        || entry.starts_with("git::");
}

} // namespace

FileCache::ObjectsPtr FileCache::objects(const std::string& key) const
{
    const std::scoped_lock lock(m_mutex);
    const auto it = m_objects.find(key);
    return it == m_objects.end() ? nullptr : it->second;
}

void FileCache::putObjects(const std::string& key, ObjectsPtr objects, std::size_t bytes)
{
    const std::scoped_lock lock(m_mutex);
    if (m_bytes + bytes > kCacheBytes / 8) { // a tree takes about eight times the bytes of its text
        m_objects.clear();
        m_bytes = 0;
    }
    if (m_objects.emplace(key, std::move(objects)).second)
        m_bytes += bytes;
}

Build::Build(const Request& request, FileCache& cache, std::stop_token stop)
    : m_request(request)
    , m_cache(cache)
    , m_stop(std::move(stop))
{
}

Result<> Build::checkStop() const
{
    if (m_stop.stop_requested())
        return fail(Error::Code::Cancelled, "the render was cancelled");
    return {};
}

std::optional<git::EntryType> Build::typeOf(const std::string& path)
{
    if (path.empty())
        return git::EntryType::Folder;
    const auto slash = path.rfind('/');
    const auto parent = slash == std::string::npos ? std::string() : path.substr(0, slash);
    auto listing = m_listings.find(parent);
    if (listing == m_listings.end()) {
        listing = m_listings.emplace(parent, std::unordered_map<std::string, git::EntryType> {}).first;
        // Only what stands in a real folder is there; resolve() walks links before it asks.
        if (const auto entries = m_request.tree->listTypes(parent)) {
            for (const auto& entry : *entries)
                listing->second.emplace(entry.name, entry.type);
        }
    }
    const auto entry = listing->second.find(slash == std::string::npos ? path : path.substr(slash + 1));
    return entry == listing->second.end() ? std::nullopt : std::optional(entry->second);
}

Result<std::string> Build::resolve(const std::string& path)
{
    const auto slash = path.rfind('/');
    std::string folder;
    if (slash != std::string::npos) {
        const auto parent = path.substr(0, slash);
        const auto known = m_folders.find(parent);
        if (known != m_folders.end()) {
            folder = known->second;
        } else {
            PH_TRY(folder, resolve(parent));
            m_folders.emplace(parent, folder);
        }
    }
    auto real = joined(folder, slash == std::string::npos ? path : path.substr(slash + 1));
    if (real.empty())
        return real;
    const auto type = typeOf(real);
    if (!type)
        return fail(Error::Code::NotFound, "no such file or folder", real);
    if (*type == git::EntryType::Symlink)
        return m_request.tree->resolve(real);
    return real;
}

Result<OutputPtr> Build::run()
{
    PH_TRY(const auto start, git::normalPath(m_request.path));
    auto resolved = m_request.tree->resolve(start);
    m_top = resolved ? *resolved : start;
    PH_TRY(auto top, openRoot(m_top));
    for (const auto& word : array(top.kustomization, {"buildMetadata"}))
        m_buildMetadata.emplace(text(word, {}));
    PH_CHECK(applyRequestOptions(top));
    PH_CHECK(useOpenApi(top)); // the top root's choice wins over its bases'
    PH_TRY(auto all, accumulate(top));
    PH_CHECK(finish(all, top));
    return print(all);
}

Result<Root> Build::openRoot(const std::string& path)
{
    PH_CHECK(checkStop());
    Root root;
    root.path = path;
    std::size_t found = 0;
    for (const char* name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
        const auto candidate = joined(path, name);
        const auto type = typeOf(candidate);
        if (type
            && (*type == git::EntryType::File
                || (*type == git::EntryType::Symlink && m_request.tree->isFile(candidate)))) {
            root.file = candidate;
            ++found;
        }
    }
    if (found == 0)
        return fail(Error::Code::NotFound,
                    "unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '"
                        + path + "'",
                    path);
    if (found > 1)
        return refuse("Found multiple kustomization files under: " + path, path, "keep one of them");
    PH_TRY(const auto content, m_request.tree->readFollowing(root.file));
    PH_TRY(root.kustomization, readKustomization(content, root.file, m_warnings));
    return root;
}

std::string Build::relativeToTop(const std::string& path) const
{
    const auto from = m_top.empty() ? std::vector<std::string> {} : split(m_top, '/');
    const auto to = path.empty() ? std::vector<std::string> {} : split(path, '/');
    std::size_t same = 0;
    while (same < from.size() && same < to.size() && from[same] == to[same])
        ++same;
    std::vector<std::string> parts(from.size() - same, "..");
    parts.insert(parts.end(), to.begin() + static_cast<std::ptrdiff_t>(same), to.end());
    return join(parts, "/");
}

std::shared_ptr<const Touch> Build::mark(const Root& root, std::string what, std::vector<std::string> paths) const
{
    return std::make_shared<const Touch>(Touch {{root.file, std::move(what)}, std::move(paths)});
}

std::shared_ptr<Origin> Build::configured(const Root& root, const std::string& kind) const
{
    auto origin = std::make_shared<Origin>();
    origin->configuredIn = relativeToTop(root.file);
    origin->apiVersion = "builtin";
    origin->kind = kind;
    return origin;
}

Result<std::string> Build::pathOf(const Root& root, const std::string& path)
{
    const auto security = [&] {
        return fail(Error::Code::Forbidden, "security; file '" + path + "' is not in or below '" + root.path + "'",
                    root.file, "move the file below the kustomization, or allow it with LoadRestrictionsNone");
    };
    if (isRemote(path))
        return fail(Error::Code::Unsupported, "remote file '" + path + "' is not fetched while rendering", root.file,
                    "copy the file into the repository");
    auto normal = git::normalPath(path.starts_with('/') ? path : joined(root.path, path));
    if (!normal)
        return security();
    auto resolved = resolve(*normal);
    if (!resolved) {
        if (resolved.error().code == Error::Code::Forbidden)
            return security();
        return fail(Error::Code::NotFound,
                    "evalsymlink failure on '" + *normal + "' : lstat " + *normal + ": no such file or directory",
                    root.file);
    }
    if (!m_request.kustomize.loadRestrictionsNone && !isInOrBelow(*resolved, root.path))
        return security();
    return *resolved;
}

Result<std::string> Build::load(const Root& root, const std::string& path)
{
    PH_TRY(const auto real, pathOf(root, path));
    auto content = m_request.tree->read(real);
    if (!content && content.error().code == Error::Code::InvalidInput)
        return refuse("'" + real + "' must resolve to a file", root.file);
    if (!content && content.error().code == Error::Code::NotFound)
        return fail(Error::Code::NotFound,
                    "evalsymlink failure on '" + real + "' : lstat " + real + ": no such file or directory", root.file);
    return content;
}

Result<Accumulated> Build::accumulate(const Root& root)
{
    Accumulated all;
    PH_CHECK(accumulateInto(all, root));
    return all;
}

Result<> Build::accumulateInto(Accumulated& into, const Root& root)
{
    if (++m_depth > kMaxDepth)
        return fail(Error::Code::LimitExceeded, "bases are nested deeper than " + std::to_string(kMaxDepth), root.file);
    m_chain.push_back(root.path);
    PH_CHECK(addResources(into, root));
    PH_CHECK(useOpenApi(root));
    PH_CHECK(addConfiguration(into, root));
    PH_CHECK(runGenerators(into, root));
    PH_CHECK(addComponents(into, root));
    PH_CHECK(runTransformers(into, root));
    PH_CHECK(runValidators(into, root));
    PH_CHECK(addVars(into, root));
    m_chain.pop_back();
    --m_depth;
    if (into.resources.items().size() > kMaxResources)
        return fail(Error::Code::LimitExceeded, "more than " + std::to_string(kMaxResources) + " resources", root.file);
    return {};
}

Result<> Build::addResources(Accumulated& into, const Root& root)
{
    for (const auto& entry : array(root.kustomization, {"resources"})) {
        PH_CHECK(checkStop());
        if (auto added = addResource(into, root, std::string(text(entry, {}))); !added) {
            auto error = added.error().within("accumulating resources");
            if (error.where.empty())
                error.where = root.file;
            return fail(std::move(error));
        }
    }
    return {};
}

Result<> Build::addFile(ResMap& into, const Root& root, const std::string& entry)
{
    PH_TRY(const auto real, pathOf(root, entry));
    if (const auto type = typeOf(real); !type || *type != git::EntryType::File)
        return fail(Error::Code::NotFound, "'" + real + "' must resolve to a file");
    // By text: a folder on disk would read the file once more to know its id.
    PH_TRY(const auto content, m_request.tree->read(real));
    const auto key = real + '\0' + content;
    auto objects = m_cache.objects(key);
    if (objects == nullptr) {
        PH_TRY(auto nodes, readObjects(content, real));
        auto fresh = std::make_shared<FileCache::Objects>();
        for (auto& node : nodes)
            fresh->nodes.push_back(std::make_shared<const Node>(std::move(node)));
        objects = fresh;
        m_cache.putObjects(key, objects, content.size());
    }
    std::shared_ptr<Origin> origin;
    if (!m_buildMetadata.empty()) {
        origin = std::make_shared<Origin>();
        origin->path = relativeToTop(real);
    }
    std::size_t number = 0;
    for (const auto& node : objects->nodes) {
        Resource resource(node);
        resource.origin = origin;
        resource.file = real;
        resource.document = number++;
        readBuildMarks(resource);
        PH_CHECK(into.append(std::move(resource)));
    }
    return {};
}

Result<std::string> Build::folderOf(const Root& root, const std::string& entry)
{
    if (entry.starts_with('/'))
        return refuse("new root '" + entry + "' cannot be absolute", root.file);
    auto normal = git::normalPath(joined(root.path, entry));
    if (!normal)
        return fail(Error::Code::Forbidden, "'" + entry + "' leads out of the source tree", root.file);
    auto resolved = resolve(*normal);
    const auto path = resolved ? *resolved : *normal;
    if (const auto type = typeOf(path); !type || *type != git::EntryType::Folder) {
        if (m_request.tree->isFile(path))
            return refuse("must build at directory: '" + path + "': file is not directory", root.file);
        return fail(Error::Code::NotFound,
                    "must build at directory: not a valid directory: evalsymlink failure on '" + path + "' : lstat "
                        + path + ": no such file or directory",
                    root.file);
    }
    for (const auto& visited : m_chain) {
        if (isInOrBelow(visited, path))
            return refuse("cycle detected: candidate root '" + path + "' contains visited root '" + visited + "'",
                          root.file);
    }
    return path;
}

Result<> Build::addResource(Accumulated& into, const Root& root, const std::string& entry)
{
    if (isRemote(entry))
        return fail(Error::Code::Unsupported,
                    "accumulating resources from '" + entry + "': failed to run 'git fetch --depth=1': remote bases "
                        + "are not fetched while rendering",
                    root.file, "vendor the base into the repository, or allow remote bases");
    ResMap fromFile;
    auto asFile = addFile(fromFile, root, entry);
    if (asFile) {
        if (auto added = into.resources.appendAll(fromFile); !added)
            return fail(added.error().within("merging resources from '" + entry + "'"));
        return {};
    }
    const auto code = asFile.error().code;
    const auto fileError = "accumulating resources from '" + entry + "': " + asFile.error().message;
    if (code != Error::Code::NotFound && code != Error::Code::Forbidden)
        return fail(asFile.error().within("accumulating resources from '" + entry + "'"));
    const auto both = [&](Error error, const std::string& what) {
        // A base that is broken inside says so itself; that it is no file is not news then.
        error.message = "accumulation err='" + fileError + "': " + what + error.message;
        return fail(std::move(error));
    };
    auto folder = folderOf(root, entry);
    if (!folder) {
        const auto normal = git::normalPath(joined(root.path, entry));
        if (code == Error::Code::Forbidden && (!normal || m_request.tree->isFile(*normal)))
            return fail(asFile.error());
        return both(std::move(folder.error()), "");
    }
    auto base = openRoot(*folder);
    if (!base)
        return both(std::move(base.error()), "couldn't make target for path '" + *folder + "': ");
    if (text(base->kustomization, {"kind"}) == "Component")
        return both(
            Error {Error::Code::InvalidInput, "expected kind != 'Component' for path '" + *folder + "'", base->file},
            "");
    auto sub = accumulate(*base);
    if (!sub)
        return both(std::move(sub.error()), "recursed accumulation of path '" + *folder + "': ");
    PH_CHECK(mergeConfig(into.config, sub->config));
    if (auto added = into.resources.appendAll(sub->resources); !added)
        return both(std::move(added.error()), "recursed merging from path '" + *folder + "': ");
    for (auto& var : sub->vars) {
        for (const auto& old : into.vars) {
            if (old.name == var.name)
                return both(Error {Error::Code::InvalidInput, "var '" + var.name + "' already encountered", base->file},
                            "");
        }
        into.vars.push_back(std::move(var));
    }
    return {};
}

Result<> Build::addComponents(Accumulated& into, const Root& root)
{
    for (const auto& element : array(root.kustomization, {"components"})) {
        const std::string entry(text(element, {}));
        const auto within = [&](const Error& error) {
            return fail(error.within("accumulateDirectory").within("accumulating components"));
        };
        if (isRemote(entry))
            return within(Error {Error::Code::Unsupported,
                                 "remote component '" + entry
                                     + "' is not fetched while "
                                       "rendering",
                                 root.file, "vendor it into the repository"});
        auto folder = folderOf(root, entry);
        if (!folder) {
            if (m_request.kustomize.ignoreMissingComponents && folder.error().code == Error::Code::NotFound
                && std::find(m_request.kustomize.components.begin(), m_request.kustomize.components.end(), entry)
                    != m_request.kustomize.components.end())
                continue;
            return within(folder.error());
        }
        auto component = openRoot(*folder);
        if (!component)
            return within(component.error().within("couldn't make target for path '" + *folder + "'"));
        if (text(component->kustomization, {"kind"}) != "Component")
            return within(Error {Error::Code::InvalidInput,
                                 "expected kind 'Component' for path '" + *folder + "' but got 'Kustomization'",
                                 component->file});
        if (auto done = accumulateInto(into, *component); !done)
            return within(done.error().within("recursed accumulation of path '" + *folder + "'"));
    }
    return {};
}

Result<> Build::useOpenApi(const Root& root)
{
    const std::string version(text(root.kustomization, {"openapi", "version"}));
    const std::string path(text(root.kustomization, {"openapi", "path"}));
    if (!version.empty() && !path.empty())
        return refuse("builtin version and custom schema provided, cannot use both", root.file);
    if (!version.empty() && version != "v1.21.2")
        return refuse("the specified OpenAPI version is not built in", root.file);
    if (m_schemaSet || (version.empty() && path.empty()))
        return {};
    m_schemaSet = true;
    if (path.empty())
        return {};
    PH_TRY(const auto content, load(root, path));
    manifest::YamlLimits limits;
    limits.allowDuplicateKeys = true;
    PH_TRY(const auto documents, manifest::parseYaml(content, path, limits));
    if (documents.empty())
        return refuse("OpenAPI file " + path + " is empty", root.file);
    PH_TRY(m_schema, Schema::fromOpenApi(documents.front().value));
    return {};
}

Result<> Build::addConfiguration(Accumulated& into, const Root& root)
{
    const auto& files = array(root.kustomization, {"configurations"});
    const auto& crds = array(root.kustomization, {"crds"});
    if (files.empty() && crds.empty())
        return mergeConfig(into.config, defaultConfig());
    // The files first: a default that one of their specs narrows is left out.
    auto own = std::make_shared<Config>();
    for (const auto& file : files) {
        const std::string path(text(file, {}));
        PH_TRY(const auto content, load(root, path));
        PH_TRY(const auto documents, manifest::parseYaml(content, path));
        if (documents.empty())
            continue;
        auto config = Config::decode(documents.front().value);
        if (!config)
            return fail(config.error().within("configurations file " + path));
        if (auto added = own->add(*config); !added)
            return fail(added.error().within("configurations file " + path));
    }
    PH_CHECK(own->add(*defaultConfig()));
    for (const auto& file : crds) {
        const std::string path(text(file, {}));
        PH_TRY(const auto content, load(root, path));
        manifest::YamlLimits limits;
        limits.allowDuplicateKeys = true;
        PH_TRY(const auto documents, manifest::parseYaml(content, path, limits));
        if (!documents.empty())
            PH_CHECK(own->add(configOfCrds(documents.front().value)));
    }
    return mergeConfig(into.config, own);
}

Result<> Build::runGenerators(Accumulated& into, const Root& root)
{
    const Ctx context {*this, root};
    const auto* options = find(root.kustomization, {"generatorOptions"});
    static const Value kNone(manifest::Object {});
    const auto absorb = [&](Result<Resource> made, const char* kind) -> Result<> {
        if (!made)
            return fail(made.error().within("generating " + std::string(kind)));
        if (!m_buildMetadata.empty())
            made->origin = configured(root, kind);
        if (auto done = into.resources.absorb(std::move(*made)); !done)
            return fail(done.error().within("merging from generator"));
        return {};
    };
    for (const auto& arguments : array(root.kustomization, {"configMapGenerator"}))
        PH_CHECK(
            absorb(makeConfigMap(context, arguments, options == nullptr ? kNone : *options), "ConfigMapGenerator"));
    for (const auto& arguments : array(root.kustomization, {"secretGenerator"}))
        PH_CHECK(absorb(makeSecret(context, arguments, options == nullptr ? kNone : *options), "SecretGenerator"));
    const auto* globals = find(root.kustomization, {"helmGlobals"});
    for (const auto& chart : array(root.kustomization, {"helmCharts"}))
        PH_CHECK(addChart(into, root, chart, globals == nullptr ? kNone : *globals,
                          configured(root, "HelmChartInflationGenerator")));
    PH_TRY(const auto plugins, pluginObjects(root, "generators"));
    for (const auto& plugin : plugins)
        PH_CHECK(runPlugin(into, root, plugin));
    return {};
}

Result<std::vector<Resource>> Build::pluginObjects(const Root& root, std::string_view field)
{
    Accumulated found;
    std::vector<std::string> paths;
    for (const auto& element : array(root.kustomization, {field})) {
        const std::string entry(text(element, {}));
        auto inlined = readObjects(entry, root.file);
        if (!inlined || (inlined->empty() && entry.find('\n') == std::string::npos)) {
            paths.push_back(entry);
            continue;
        }
        for (auto& node : *inlined) {
            Resource resource(std::move(node));
            resource.file = root.file;
            PH_CHECK(found.resources.append(std::move(resource)));
        }
    }
    for (const auto& path : paths)
        PH_CHECK(addResource(found, root, path));
    return std::move(found.resources.items());
}

Result<> Build::runBuiltin(Accumulated& into, const Root& root, const std::string& kind,
                           const std::function<Result<>()>& work)
{
    PH_CHECK(checkStop());
    if (auto done = work(); !done) {
        auto error = done.error();
        if (error.where.empty())
            error.where = root.file;
        return fail(std::move(error));
    }
    into.resources.dropEmpty();
    if (m_buildMetadata.contains("transformerAnnotations")) {
        const std::shared_ptr<const Origin> by = configured(root, kind);
        for (auto& resource : into.resources.items())
            resource.transformations.push_back(by);
    }
    return {};
}

namespace {

std::vector<std::string> pathsOf(const std::vector<FieldSpec>& specs, const Value* pairs = nullptr)
{
    std::vector<std::string> paths;
    for (const auto& spec : specs) {
        std::string path;
        for (const auto& part : splitPath(spec.path))
            path += (path.empty() ? "" : "/") + (part.ends_with("[]") ? part.substr(0, part.size() - 2) : part);
        if (pairs == nullptr) {
            paths.push_back(std::move(path));
            continue;
        }
        for (const auto& pair : manifest::object(*pairs, {}))
            paths.push_back(path + "/" + std::string(pair.key()));
    }
    return paths;
}

constexpr std::string_view kClaimLabels = "spec/volumeClaimTemplates[]/metadata/labels";

Result<std::vector<FieldSpec>> labelSpecs(const Value& label, const Config& config)
{
    std::vector<FieldSpec> specs;
    const auto failed = [](const Error& error) { return fail(error.within("failed to merge labels")); };
    if (const auto* fields = find(label, {"fields"})) {
        PH_TRY(const auto own, decodeSpecs(*fields));
        if (auto done = mergeSpecs(specs, own); !done)
            return failed(done.error());
    }
    if (auto done = mergeSpecs(specs, config.labels); !done)
        return failed(done.error());
    const bool selectors = manifest::flag(label, {"includeSelectors"});
    if (selectors || manifest::flag(label, {"includeTemplates"})) {
        auto more = selectors ? config.commonLabels : config.templateLabels;
        // Since 5.8 templates of claims have their own switch, except where selectors are labelled.
        if (!selectors)
            std::erase_if(more, [](const FieldSpec& spec) { return spec.path == kClaimLabels; });
        if (auto done = mergeSpecs(specs, more); !done)
            return failed(done.error());
    }
    if (!selectors && manifest::flag(label, {"includeVolumeClaimTemplates"})) {
        if (auto done = mergeSpecs(specs, {FieldSpec {{"apps", "", "StatefulSet"}, std::string(kClaimLabels), true}});
            !done)
            return failed(done.error());
    }
    if (!selectors) {
        if (auto done = mergeSpecs(specs, {FieldSpec {{}, "metadata/labels", true}}); !done)
            return failed(done.error());
    }
    return specs;
}

} // namespace

Result<> Build::runTransformers(Accumulated& into, const Root& root)
{
    const Ctx context {*this, root};
    const auto& file = root.kustomization;
    auto& all = into.resources;
    const auto config = into.config;
    const auto stamp = [&](const char* what, std::vector<std::string> paths) {
        const auto touch = mark(root, what, std::move(paths));
        for (auto& resource : all.items())
            resource.marks.push_back(touch);
    };
    if (const auto& list = array(file, {"patchesStrategicMerge"}); !list.empty()) {
        std::vector<std::string> paths;
        for (const auto& element : list)
            paths.emplace_back(text(element, {}));
        PH_CHECK(runBuiltin(into, root, "PatchStrategicMergeTransformer", [&]() -> Result<> {
            if (auto done = runStrategicPatches(context, all, paths, ""); !done)
                return fail(done.error());
            return {};
        }));
    }
    for (const auto& entry : array(file, {"patches"}))
        PH_CHECK(runBuiltin(into, root, "PatchTransformer", [&] { return runPatch(context, all, entry); }));
    if (const std::string name(text(file, {"namespace"})); !name.empty()) {
        PH_CHECK(runBuiltin(into, root, "NamespaceTransformer",
                            [&] { return setNamespace(all, name, config->nameSpace, {}); }));
        stamp("namespace", {"metadata/namespace"});
    }
    if (const std::string prefix(text(file, {"namePrefix"})); !prefix.empty()) {
        PH_CHECK(
            runBuiltin(into, root, "PrefixTransformer", [&] { return addPrefix(all, prefix, config->namePrefix); }));
        stamp("namePrefix", pathsOf(config->namePrefix));
    }
    if (const std::string suffix(text(file, {"nameSuffix"})); !suffix.empty()) {
        PH_CHECK(
            runBuiltin(into, root, "SuffixTransformer", [&] { return addSuffix(all, suffix, config->nameSuffix); }));
        stamp("nameSuffix", pathsOf(config->nameSuffix));
    }
    static const Value kEmpty(manifest::Object {});
    const auto label = [&](const Value& pairs, const std::vector<FieldSpec>& specs) -> Result<> {
        PH_CHECK(runBuiltin(into, root, "LabelTransformer", [&] { return addStrings(all, pairs, specs); }));
        stamp("labels", pathsOf(specs, &pairs));
        return {};
    };
    for (const auto& entry : array(file, {"labels"})) {
        PH_TRY(const auto specs, labelSpecs(entry, *config));
        const auto* pairs = find(entry, {"pairs"});
        PH_CHECK(label(pairs == nullptr ? kEmpty : *pairs, specs));
    }
    if (const auto* pairs = find(file, {"commonLabels"}); pairs != nullptr && !pairs->get_object().empty())
        PH_CHECK(label(*pairs, config->commonLabels));
    if (const auto* pairs = find(file, {"commonAnnotations"}); pairs != nullptr && !pairs->get_object().empty()) {
        PH_CHECK(runBuiltin(into, root, "AnnotationsTransformer",
                            [&] { return addStrings(all, *pairs, config->commonAnnotations); }));
        stamp("commonAnnotations", pathsOf(config->commonAnnotations, pairs));
    }
    for (const auto& entry : array(file, {"patchesJson6902"}))
        PH_CHECK(runBuiltin(into, root, "PatchJson6902Transformer", [&] { return runJsonPatch(context, all, entry); }));
    for (const auto& entry : array(file, {"replicas"})) {
        PH_CHECK(runBuiltin(into, root, "ReplicaCountTransformer",
                            [&] { return setReplicas(all, entry, config->replicas); }));
        const auto touch = mark(root, "replicas", pathsOf(config->replicas));
        for (auto& resource : all.items()) {
            if (resource.originalId().name == text(entry, {"name"}) || resource.id().name == text(entry, {"name"}))
                resource.marks.push_back(touch);
        }
    }
    for (const auto& entry : array(file, {"images"})) {
        const auto touch = mark(root, "images", {"**/image"});
        std::vector<std::shared_ptr<const Node>> before;
        for (const auto& resource : all.items())
            before.push_back(resource.shared());
        PH_CHECK(runBuiltin(into, root, "ImageTagTransformer", [&] { return setImage(all, entry, config->images); }));
        for (std::size_t i = 0; i < all.items().size() && i < before.size(); ++i) {
            if (all.items()[i].shared() != before[i])
                all.items()[i].marks.push_back(touch);
        }
    }
    if (const auto* list = find(file, {"replacements"}); list != nullptr && !list->get_array().empty())
        PH_CHECK(
            runBuiltin(into, root, "ReplacementTransformer", [&] { return runReplacements(context, all, *list); }));
    PH_TRY(const auto plugins, pluginObjects(root, "transformers"));
    for (const auto& plugin : plugins)
        PH_CHECK(runPlugin(into, root, plugin));
    return {};
}

Result<> Build::runValidators(Accumulated& into, const Root& root)
{
    PH_TRY(const auto plugins, pluginObjects(root, "validators"));
    for (const auto& plugin : plugins) {
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
        bool same = before.items().size() == into.resources.items().size();
        for (std::size_t i = 0; same && i < before.items().size(); ++i)
            same = plain(before.items()[i]) == plain(into.resources.items()[i]);
        if (!same)
            return refuse("validator shouldn't modify the resource map", root.file);
        into.resources = before;
    }
    return {};
}

Result<> Build::addVars(Accumulated& into, const Root& root)
{
    for (const auto& entry : array(root.kustomization, {"vars"})) {
        Var var;
        var.name = std::string(text(entry, {"name"}));
        var.gvk = gvkOf(text(entry, {"objref", "apiVersion"}), text(entry, {"objref", "kind"}));
        if (const auto group = text(entry, {"objref", "group"}); !group.empty())
            var.gvk.group = std::string(group);
        if (const auto version = text(entry, {"objref", "version"}); !version.empty())
            var.gvk.version = std::string(version);
        var.objectName = std::string(text(entry, {"objref", "name"}));
        var.objectNamespace = std::string(text(entry, {"objref", "namespace"}));
        auto path = text(entry, {"fieldref", "fieldPath"});
        if (path.empty())
            path = text(entry, {"fieldref", "fieldpath"});
        var.fieldPath = path.empty() ? "metadata.name" : std::string(path);
        for (const auto& old : into.vars) {
            if (old.name == var.name)
                return refuse("var '" + var.name + "' already encountered", root.file);
        }
        std::vector<Resource*> found;
        for (auto& resource : into.resources.items()) {
            auto ids = resource.previousIds();
            ids.push_back(resource.id());
            const bool hit = std::any_of(ids.begin(), ids.end(), [&](const ResId& id) {
                return id.name == var.objectName && id.gvk.isSelectedBy(var.gvk)
                    && (var.objectNamespace.empty() || id.effectiveNamespace() == var.objectNamespace);
            });
            if (hit)
                found.push_back(&resource);
        }
        if (found.size() > 1)
            return refuse("found " + std::to_string(found.size()) + " resId matches for var " + var.name
                              + " (unable to disambiguate)",
                          root.file);
        if (!found.empty())
            found.front()->varNames.push_back(var.name);
        into.vars.push_back(std::move(var));
    }
    return {};
}

} // namespace core::render::kustomize
