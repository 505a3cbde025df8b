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

constexpr std::size_t kMaxResources = 500'000;

tl::unexpected<Error> refuse(std::string message, std::string where = {}, std::string hint = {})
{
    return fail(Error::Code::InvalidInput, std::move(message), std::move(where), std::move(hint));
}

std::string joined(const std::string& folder, const std::string& path)
{
    return folder.empty() ? path : folder + "/" + path;
}

/// Of files beside resources kustomize reads the first document, and no further; null where there is none.
Result<Value> firstDocument(std::string_view content, const std::string& file, bool allowDuplicateKeys)
{
    manifest::NodeLimits limits;
    limits.dialect = manifest::YamlDialect::V2;
    limits.allowDuplicateKeys = allowDuplicateKeys;
    limits.firstOnly = true;
    PH_TRY(const auto nodes, manifest::parseNodes(content, file, limits));
    if (nodes.empty())
        return Value {};
    auto value = manifest::toValue(nodes.front(), manifest::YamlDialect::V2);
    if (!value && value.error().where.empty())
        value.error().where = file + ":" + std::to_string(nodes.front().line);
    return value;
}

} // namespace

bool isInOrBelow(std::string_view path, std::string_view root)
{
    return root.empty() || path == root || (path.starts_with(root) && path[root.size()] == '/');
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

Build::Build(const Request& request, Cache& cache, std::stop_token stop)
    : m_request(request)
    , m_cache(cache)
    , m_stop(std::move(stop))
    , m_view(
          std::make_shared<SourceView>(request.tree, cache.keeps ? SourceView::Marks::Taken : SourceView::Marks::None))
{
}

Build::Build(const Build& whole)
    : m_request(whole.m_request)
    , m_cache(whole.m_cache)
    , m_stop(whole.m_stop)
    , m_view(std::make_shared<SourceView>(whole.m_view->below(), whole.m_view->marks()))
    , m_schema(whole.m_schema)
    , m_schemaChosen(whole.m_schemaChosen)
    , m_top(whole.m_top)
    , m_variant(whole.m_variant)
    , m_chain(whole.m_chain)
    , m_clones(whole.m_clones)
    , m_clone(whole.m_clone)
    , m_isClone(whole.m_isClone)
    , m_isWorker(true)
    , m_buildMetadata(whole.m_buildMetadata)
    , m_depth(whole.m_depth)
{
}

Result<> Build::checkStop() const
{
    if (m_stop.stop_requested())
        return fail(Error::Code::Cancelled, "the render was cancelled");
    return {};
}

Result<OutputPtr> Build::run()
{
    PH_TRY(const auto start, git::normalPath(m_request.path));
    const auto resolved = m_view->resolve(start);
    m_top = resolved ? *resolved : start;
    auto opened = openRoot(m_top);
    if (!opened)
        return fail(explained(std::move(opened.error())));
    auto& top = *opened;
    for (const auto& word : array(top.kustomization(), {"buildMetadata"}))
        m_buildMetadata.emplace(text(word, {}));
    m_variant = m_request.kustomize.loadRestrictionsNone ? "unrestricted" : "";
    if (!m_buildMetadata.empty())
        m_variant += '\n' + m_top + '\n' + join({m_buildMetadata.begin(), m_buildMetadata.end()}, " ");
    PH_CHECK(applyRequestOptions(top));
    if (auto done = useOpenApi(top); !done) // the top root's choice wins over its bases'
        return fail(explained(std::move(done.error())));
    Accumulated all;
    if (auto done = accumulateInto(all, top); !done)
        return fail(explained(std::move(done.error())));
    if (auto done = finish(all, top); !done)
        return fail(explained(std::move(done.error())));
    auto output = print(all);
    if (!m_cache.keeps)
        m_cache.last = std::move(all);
    return output ? std::move(output) : fail(explained(std::move(output.error())));
}

Error Build::explained(Error error) const
{
    if (error.hint.empty())
        error.hint = adviceFor(error.message);
    // The chain is news where the place of the error does not say it all.
    if (m_trail.size() > 1 || (m_trail.size() == 1 && !error.where.starts_with(m_trail.front())))
        error.hint += (error.hint.empty() ? "reached through " : "; reached through ") + join(m_trail, ", then ");
    return error;
}

Result<Root> Build::openRoot(const std::string& path)
{
    PH_CHECK(checkStop());
    Root root;
    root.path = path;
    std::size_t found = 0;
    bool isLink = false;
    // A link that leads out of the root is not there for kustomize.
    const auto mayRead = [&](const std::string& link) {
        const auto real = m_view->real(link);
        return real && ((!m_isClone && m_request.kustomize.loadRestrictionsNone) || isInOrBelow(*real, path));
    };
    for (const char* name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
        const auto candidate = joined(path, name);
        const auto type = m_view->typeOf(candidate);
        if (type
            && (*type == git::EntryType::File
                || (*type == git::EntryType::Symlink && m_view->isFile(candidate) && mayRead(candidate)))) {
            root.file = candidate;
            isLink = *type == git::EntryType::Symlink;
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
    // Folders of roots are no links: only the file itself may be one.
    PH_TRY(const auto content, isLink ? m_view->readFollowing(root.file) : m_view->read(root.file));
    root.read = m_cache.kustomizations.newest(content);
    if (root.read == nullptr) {
        auto fresh = std::make_shared<ReadKustomization>();
        PH_TRY(fresh->value, readKustomization(content, named(root.file), fresh->warnings));
        root.read = fresh;
        if (m_cache.wants(content))
            m_cache.kustomizations.put(content, std::move(fresh), 512 + 6 * content.size());
    }
    m_warnings.insert(m_warnings.end(), root.read->warnings.begin(), root.read->warnings.end());
    m_roots.push_back(path);
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

std::shared_ptr<const Touch> Build::mark(const Root& root, std::string what, std::vector<std::string> paths,
                                         std::string place) const
{
    return std::make_shared<const Touch>(
        Touch {{named(root.file), std::move(what), std::move(place), 0}, std::move(paths)});
}

std::string Build::named(const std::string& path) const
{
    return m_isClone ? m_clone.url + "//" + path : path;
}

std::string Build::originPath(const std::string& file) const
{
    if (!m_isClone)
        return relativeToTop(file);
    // What kustomize calls the place of a clone before it is one, which it fails to cut off a path that is no longer.
    return m_clone.folder.empty() ? "notCloned/" + file : file;
}

std::shared_ptr<Origin> Build::configured(const std::string& file, const std::string& kind) const
{
    auto origin = std::make_shared<Origin>();
    origin->configuredIn = originPath(file);
    origin->repo = m_clone.url;
    origin->ref = m_clone.ref;
    origin->apiVersion = "builtin";
    origin->kind = kind;
    return origin;
}

std::shared_ptr<const Origin> Build::originOf(const std::string& file) const
{
    if (m_buildMetadata.empty())
        return nullptr;
    auto origin = std::make_shared<Origin>();
    origin->path = originPath(file);
    origin->repo = m_clone.url;
    origin->ref = m_clone.ref;
    return origin;
}

std::string Build::placeOf(const Root& root, std::string_view field, std::size_t index) const
{
    manifest::NodeLimits limits;
    limits.allowDuplicateKeys = true;
    limits.firstOnly = true;
    const auto content = m_view->readFollowing(root.file);
    const auto nodes = content ? manifest::parseNodes(*content, {}, limits) : fail(content.error());
    if (!nodes || nodes->empty())
        return named(root.file);
    // Fields that are older names of this one come after it.
    std::vector<std::string_view> names {field};
    if (field == "resources" || field == "images")
        names.emplace_back(field == "images" ? "imageTags" : "bases");
    for (const auto name : names) {
        for (const auto& member : nodes->front().children) {
            if (lower(member.key) != lower(name))
                continue;
            const auto* found = &member;
            if (member.isSequence()) {
                if (index >= member.children.size()) {
                    index -= member.children.size();
                    continue;
                }
                found = &member.children[index];
            }
            return named(root.file) + ":" + std::to_string(found->line) + ":" + std::to_string(found->column);
        }
    }
    return named(root.file);
}

Error Build::located(Error error, const Root& root, std::string_view field, std::size_t index) const
{
    if (error.where.empty() || error.where == root.file || error.where == named(root.file))
        error.where = placeOf(root, field, index);
    return error;
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
    auto resolved = m_view->real(*normal);
    if (!resolved) {
        if (resolved.error().code == Error::Code::Forbidden)
            return security();
        return fail(Error::Code::NotFound,
                    "evalsymlink failure on '" + *normal + "' : lstat " + *normal + ": no such file or directory",
                    root.file);
    }
    if ((m_isClone || !m_request.kustomize.loadRestrictionsNone) && !isInOrBelow(*resolved, root.path))
        return security();
    return *resolved;
}

Result<std::string> Build::load(const Root& root, const std::string& path)
{
    PH_TRY(const auto real, pathOf(root, path));
    auto content = m_view->read(real);
    if (!content && content.error().code == Error::Code::InvalidInput)
        return refuse("'" + real + "' must resolve to a file", root.file);
    if (!content && content.error().code == Error::Code::NotFound)
        return fail(Error::Code::NotFound,
                    "evalsymlink failure on '" + real + "' : lstat " + real + ": no such file or directory", root.file);
    return content;
}

Result<> Build::accumulateInto(Accumulated& into, const Root& root)
{
    if (++m_depth > kMaxDepth)
        return fail(Error::Code::LimitExceeded, "bases are nested deeper than " + std::to_string(kMaxDepth), root.file,
                    "build what lies so deep on its own, or join levels");
    m_deepest = std::max(m_deepest, m_depth);
    m_chain.push_back(root.path);
    // A part that is built on a thread beside others is kept whole.
    if (m_cache.keeps && !m_isWorker)
        into.resources.edits = &m_cache.edits;
    into.resources.notesTouches = m_cache.notesTouches;
    PH_CHECK(useOpenApi(root)); // it holds for the bases too
    PH_CHECK(addResources(into, root));
    PH_CHECK(addConfiguration(into, root));
    PH_CHECK(runGenerators(into, root));
    PH_CHECK(addComponents(into, root));
    PH_CHECK(runTransformers(into, root));
    PH_CHECK(runValidators(into, root));
    PH_CHECK(addVars(into, root));
    m_chain.pop_back();
    --m_depth;
    if (into.resources.items().size() > kMaxResources)
        return fail(Error::Code::LimitExceeded, "more than " + std::to_string(kMaxResources) + " resources", root.file,
                    "build parts of it on their own");
    return {};
}

Result<> Build::useOpenApi(const Root& root)
{
    const std::string version(text(root.kustomization(), {"openapi", "version"}));
    const std::string path(text(root.kustomization(), {"openapi", "path"}));
    const auto failed = [&](const Error& error) { return fail(located(error, root, "openapi", 0)); };
    if (!version.empty() && !path.empty())
        return failed({Error::Code::InvalidInput, "builtin version and custom schema provided, cannot use both"});
    if (!version.empty() && version != "v1.21.2")
        return failed({Error::Code::InvalidInput, "the specified OpenAPI version is not built in"});
    if (m_schemaChosen || (version.empty() && path.empty()))
        return {};
    m_schemaChosen = true;
    if (path.empty())
        return {};
    const auto content = load(root, path);
    if (!content)
        return failed(content.error());
    if (const auto kept = m_cache.schemas.find(*content); !kept.empty()) {
        m_schema = kept.front();
        return {};
    }
    PH_TRY(const auto file, pathOf(root, path));
    PH_TRY(const auto document, firstDocument(*content, named(file), true));
    auto schema = Schema::fromOpenApi(document.is_null() ? Value(manifest::Object {}) : document); // no types at all
    if (!schema)
        return failed(schema.error().within("OpenAPI file " + path));
    m_schema = std::move(*schema);
    m_cache.schemas.put(*content, m_schema, 10 * content->size());
    return {};
}

Result<> Build::addConfiguration(Accumulated& into, const Root& root)
{
    const auto& files = array(root.kustomization(), {"configurations"});
    const auto& crds = array(root.kustomization(), {"crds"});
    if (files.empty() && crds.empty())
        return mergeConfig(into.config, defaultConfig());
    // The files first: a default that one of their specs narrows is left out.
    auto own = std::make_shared<Config>();
    const auto each = [&](const char* field, const manifest::Array& list, auto take) -> Result<> {
        for (std::size_t i = 0; i < list.size(); ++i) {
            const std::string path(text(list[i], {}));
            const auto done = [&]() -> Result<> {
                PH_TRY(const auto content, load(root, path));
                PH_TRY(const auto file, pathOf(root, path));
                return take(content, named(file));
            }();
            if (!done)
                return fail(located(done.error().within(std::string(field) + " file " + path), root, field, i));
        }
        return {};
    };
    PH_CHECK(each("configurations", files, [&](const std::string& content, const std::string& file) -> Result<> {
        PH_TRY(const auto document, firstDocument(content, file, false));
        if (document.is_null())
            return {};
        const auto shaped = decodeShape(document, "configuration", Unknown::Refuse);
        if (!shaped)
            return fail(shaped.error().within("error unmarshaling JSON: while decoding JSON"));
        PH_TRY(const auto config, Config::decode(*shaped));
        return own->add(config);
    }));
    PH_CHECK(own->add(*defaultConfig()));
    PH_CHECK(each("crds", crds, [&](const std::string& content, const std::string& file) -> Result<> {
        PH_TRY(const auto document, firstDocument(content, file, true));
        PH_TRY(const auto more, configOfCrds(document));
        return own->add(more);
    }));
    return mergeConfig(into.config, own);
}

Result<> Build::runGenerators(Accumulated& into, const Root& root)
{
    const Ctx context {*this, root};
    const auto* options = find(root.kustomization(), {"generatorOptions"});
    static const Value kNone(manifest::Object {});
    const auto& shared = options == nullptr ? kNone : *options;
    const auto run = [&](const char* field, const char* kind, auto make) -> Result<> {
        const auto& entries = array(root.kustomization(), {field});
        for (std::size_t i = 0; i < entries.size(); ++i) {
            auto made = make(context, entries[i], shared);
            if (!made)
                return fail(located(made.error().within("generating " + std::string(kind)), root, field, i));
            if (!m_buildMetadata.empty())
                made->note().origin = configured(root.file, kind);
            auto& marks = made->note().touches;
            marks.back() = mark(root, field, marks.back()->paths, field + ("/" + std::to_string(i)));
            if (auto done = into.resources.absorb(std::move(*made)); !done)
                return fail(located(done.error().within("merging from generator"), root, field, i));
        }
        return {};
    };
    PH_CHECK(run("configMapGenerator", "ConfigMapGenerator", makeConfigMap));
    PH_CHECK(run("secretGenerator", "SecretGenerator", makeSecret));
    const auto* globals = find(root.kustomization(), {"helmGlobals"});
    const auto& charts = array(root.kustomization(), {"helmCharts"});
    for (std::size_t i = 0; i < charts.size(); ++i) {
        if (auto done = addChart(into, root, charts[i], globals == nullptr ? kNone : *globals,
                                 configured(root.file, "HelmChartInflationGenerator"));
            !done)
            return fail(located(done.error(), root, "helmCharts", i));
    }
    return eachPlugin(root, "generators", [&](const Resource& plugin) { return runPlugin(into, root, plugin); });
}

Result<> Build::eachPlugin(const Root& root, std::string_view field,
                           const std::function<Result<>(const Resource&)>& run)
{
    Accumulated found;
    std::vector<std::size_t> entryOf; // of each plugin
    std::vector<std::size_t> files;
    const auto& entries = array(root.kustomization(), {field});
    const auto failed = [&](const Error& error, std::size_t entry) {
        m_trail.insert(m_trail.begin(), placeOf(root, field, entry));
        return fail(located(error, root, field, entry));
    };
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::string entry(text(entries[i], {}));
        auto inlined = readObjects(entry, {});
        if (!inlined) {
            files.push_back(i);
            continue;
        }
        for (auto& node : *inlined) {
            Resource resource(std::move(node));
            resource.note().file = root.file;
            if (auto done = found.resources.append(std::move(resource)); !done)
                return failed(done.error(), i);
            entryOf.push_back(i);
        }
    }
    for (const auto i : files) {
        if (auto done = addResource(found, root, std::string(text(entries[i], {}))); !done)
            return failed(done.error(), i);
        entryOf.resize(found.resources.items().size(), i);
    }
    const auto& plugins = found.resources.items();
    const char* const wanted = field == "generators" ? "generator" : "transformer";
    for (std::size_t i = 0; i < plugins.size(); ++i) {
        const auto kind = builtinPlugin(plugins[i].id().gvk);
        if (!kind.empty() && kind != wanted)
            return failed({Error::Code::InvalidInput, "plugin " + plugins[i].id().text() + " not a " + wanted,
                           plugins[i].notes().file == root.file ? std::string {} : plugins[i].place()},
                          entryOf[i]);
    }
    for (std::size_t i = 0; i < plugins.size(); ++i) {
        if (auto done = run(plugins[i]); !done)
            return failed(done.error(), entryOf[i]);
    }
    return {};
}

Result<> Build::addVars(Accumulated& into, const Root& root)
{
    const auto& entries = array(root.kustomization(), {"vars"});
    for (std::size_t number = 0; number < entries.size(); ++number) {
        const auto& entry = entries[number];
        const auto refused = [&](std::string why) {
            return fail(located({Error::Code::InvalidInput, std::move(why)}, root, "vars", number));
        };
        Var var;
        var.name = std::string(text(entry, {"name"}));
        var.file = root.file;
        var.index = number;
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
                return refused("var '" + var.name + "' already encountered");
        }
        std::vector<Resource*> found;
        for (auto& resource : into.resources.items()) {
            auto ids = resource.previousIds();
            ids.push_back(resource.id());
            const bool hit = std::any_of(ids.begin(), ids.end(), [&](const ResId& id) {
                return id.name == var.objectName && id.gvk == var.gvk
                    && (var.objectNamespace.empty() || id.effectiveNamespace() == var.objectNamespace);
            });
            if (hit)
                found.push_back(&resource);
        }
        if (found.size() > 1)
            return refused("found " + std::to_string(found.size()) + " resId matches for var " + var.name
                           + " (unable to disambiguate)");
        if (!found.empty())
            found.front()->note().varNames.push_back(var.name);
        into.vars.push_back(std::move(var));
    }
    return {};
}

} // namespace core::render::kustomize
