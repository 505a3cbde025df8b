// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Resources, bases and components of a root.
#include "core/base/strings.h"
#include "core/render/kustomize_build.h"
#include "core/render/kustomize_plugins.h"
#include "core/render/parallel.h"

#include <boost/json.hpp>

#include <atomic>

namespace core::render::kustomize {

using manifest::array;
using manifest::text;

namespace {

tl::unexpected<Error> refuse(std::string message, std::string where = {})
{
    return fail(Error::Code::InvalidInput, std::move(message), std::move(where));
}

/// Marks that a former build left in an object's annotations count as ours.
void readBuildMarks(const Node& object, Notes& notes)
{
    const auto* annotations = object.at({"metadata", "annotations"});
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
        notes.previous.push_back({names[i], spaces[i], kinds[i]});
    notes.prefixes = list("prefixes");
    notes.suffixes = list("suffixes");
    const auto hash = list("needsHashSuffix");
    notes.needsHash = !hash.empty() && hash.front() == "enabled";
}

std::string pathFrom(const Root& root, const std::string& entry)
{
    return root.path.empty() ? entry : root.path + "/" + entry;
}

std::size_t weightOfBase(const Base& base)
{
    std::size_t weight = 1024;
    for (const auto& resource : base.all.resources.items())
        weight += sizeof(Resource) + 512 + weightOf(resource.root());
    for (const auto& [path, mark] : base.reads.marks)
        weight += path.size() + mark.size() + 64;
    return weight;
}

} // namespace

std::size_t weightOf(const Node& node)
{
    std::size_t weight = sizeof(Node);
    for (const auto* text : {&node.key, &node.text})
        weight += text->size() > 15 ? text->size() : 0;
    for (const auto& child : node.children)
        weight += weightOf(child);
    return weight;
}

Result<> Build::addResources(Accumulated& into, const Root& root)
{
    const auto& entries = array(root.kustomization(), {"resources"});
    buildAhead(root);
    for (std::size_t i = 0; i < entries.size(); ++i) {
        PH_CHECK(checkStop());
        if (auto added = addResource(into, root, std::string(text(entries[i], {}))); !added) {
            m_trail.insert(m_trail.begin(), placeOf(root, "resources", i));
            return fail(located(added.error().within("accumulating resources"), root, "resources", i));
        }
    }
    return {};
}

Result<> Build::addFile(ResMap& into, const Root& root, const std::string& entry)
{
    PH_TRY(const auto real, pathOf(root, entry));
    if (const auto type = m_view->typeOf(real); !type || *type != git::EntryType::File)
        return fail(Error::Code::NotFound, "'" + real + "' must resolve to a file");
    PH_TRY(const auto content, m_view->read(real));
    const auto origin = originOf(real);
    std::size_t number = 0;
    const auto add = [&](Resource resource) {
        auto& notes = resource.note();
        notes.origin = origin;
        notes.file = named(real);
        notes.document = number++;
        readBuildMarks(resource.root(), notes);
        return into.append(std::move(resource));
    };
    if (!m_cache.wants(real)) { // nobody else asks for it
        PH_TRY(auto nodes, readObjects(content, named(real), m_stop));
        for (auto& node : nodes)
            PH_CHECK(add(Resource(std::move(node))));
        return {};
    }
    PH_TRY(const auto objects, keptObjects(real, content));
    for (const auto& node : *objects)
        PH_CHECK(add(Resource(node)));
    return {};
}

Result<std::shared_ptr<const Build::Objects>> Build::keptObjects(const std::string& path, const std::string& content)
{
    // By text: a folder on disk would read the file once more to know its id.
    const auto key = path + '\0' + content;
    if (auto kept = m_cache.files.newest(key))
        return kept;
    PH_TRY(auto nodes, readObjects(content, named(path), m_stop));
    auto fresh = std::make_shared<Objects>();
    std::size_t weight = 2 * key.size();
    for (auto& node : nodes) {
        weight += weightOf(node);
        fresh->push_back(std::make_shared<const Node>(std::move(node)));
    }
    m_cache.files.put(key, fresh, weight);
    return fresh;
}

Result<std::string> Build::folderOf(const Root& root, const std::string& entry)
{
    if (entry.starts_with('/'))
        return refuse("new root '" + entry + "' cannot be absolute", root.file);
    auto normal = git::normalPath(pathFrom(root, entry));
    if (!normal)
        return fail(Error::Code::Forbidden, "'" + entry + "' leads out of the source tree", root.file);
    auto path = *normal;
    const bool isPlain = m_view->isPlainFolder(path);
    if (auto resolved = isPlain ? Result<std::string>(path) : m_view->real(path))
        path = std::move(*resolved);
    if (!isPlain && m_view->typeOf(path) != git::EntryType::Folder) {
        if (m_view->isFile(path))
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

BasePtr Build::keptBase(const std::string& key)
{
    for (auto& kept : m_cache.bases.find(key)) {
        if (isUsable(*kept) && m_view->shows(kept->reads))
            return kept;
    }
    return nullptr;
}

bool Build::isUsable(const Base& kept) const
{
    return kept.schema == m_schema && kept.schemaChosen == m_schemaChosen && !closesCircle(kept)
        && m_depth + kept.height <= kMaxDepth;
}

Result<BasePtr> Build::base(const std::string& folder)
{
    if (const auto ahead = m_ahead.find(folder); ahead != m_ahead.end()) {
        auto made = std::move(ahead->second);
        m_ahead.erase(ahead);
        if (made.schema == m_schema && made.schemaChosen == m_schemaChosen) {
            m_view->adopt(made.reads);
            m_trail = std::move(made.trail);
            if (made.base) {
                m_view->adopt((*made.base)->reads);
                take(**made.base);
            }
            return std::move(made.base);
        }
    }
    const auto key = folder + '\n' + m_variant;
    if (auto kept = keptBase(key)) {
        m_view->adopt(kept->reads);
        take(*kept);
        return kept;
    }
    auto made = std::make_shared<Base>();
    made->schema = m_schema;
    made->schemaChosen = m_schemaChosen;
    auto warnings = std::exchange(m_warnings, {});
    auto roots = std::exchange(m_roots, {});
    const auto deepest = std::exchange(m_deepest, m_depth);
    m_view->begin();
    const auto built = [&]() -> Result<> {
        auto root = openRoot(folder);
        if (!root) {
            auto error = root.error().within("couldn't make target for path '" + folder + "'");
            if (error.where == folder) // who lists it is to blame
                error.where.clear();
            return fail(std::move(error));
        }
        if (text(root->kustomization(), {"kind"}) == "Component")
            return refuse("expected kind != 'Component' for path '" + folder + "'");
        if (auto done = accumulateInto(made->all, *root); !done)
            return fail(done.error().within("recursed accumulation of path '" + folder + "'"));
        return {};
    }();
    made->reads = m_view->end();
    made->warnings = std::exchange(m_warnings, std::move(warnings));
    made->roots = std::exchange(m_roots, std::move(roots));
    const auto below = std::exchange(m_deepest, deepest);
    if (!built)
        return fail(built.error());
    made->height = below - m_depth;
    for (const auto& resource : made->all.resources.items())
        (void)resource.id(); // made now: many threads read it later
    // One that chose the schema for the rest of the build does more than to give resources.
    if (made->reads.complete && made->schemaChosen == m_schemaChosen && m_cache.wants(key))
        m_cache.bases.put(key, made, weightOfBase(*made));
    take(*made);
    return made;
}

void Build::take(const Base& base)
{
    m_warnings.insert(m_warnings.end(), base.warnings.begin(), base.warnings.end());
    m_roots.insert(m_roots.end(), base.roots.begin(), base.roots.end());
    m_deepest = std::max(m_deepest, m_depth + base.height);
}

bool Build::closesCircle(const Base& base) const
{
    return std::any_of(base.roots.begin(), base.roots.end(), [&](const std::string& root) {
        return std::any_of(m_chain.begin(), m_chain.end(),
                           [&](const std::string& visited) { return isInOrBelow(visited, root); });
    });
}

void Build::buildAhead(const Root& root)
{
    constexpr std::size_t kWorthIt = 16;
    const auto& entries = array(root.kustomization(), {"resources"});
    if (m_isWorker || entries.size() < kWorthIt || !hasSecondProcessor())
        return;
    // What is kept takes less time than a second thread. It stands at its path as it did, so nobody need look there.
    const auto takeKept = [&](const std::string& folder, BasePtr kept) {
        if (kept == nullptr)
            return false;
        auto& ahead = m_ahead[folder];
        ahead.base = std::move(kept);
        ahead.schema = m_schema;
        ahead.schemaChosen = m_schemaChosen;
        return true;
    };
    std::vector<std::string> listed;
    std::vector<BasePtr> newest; // of each
    std::vector<const Reads*> reads;
    for (const auto& element : entries) {
        const std::string entry(text(element, {}));
        if (isRemote(entry) || entry.starts_with('/'))
            continue;
        auto normal = git::normalPath(pathFrom(root, entry));
        if (!normal || m_ahead.contains(*normal))
            continue;
        newest.push_back(m_cache.bases.newest(*normal + '\n' + m_variant));
        if (newest.back() != nullptr)
            reads.push_back(&newest.back()->reads);
        listed.push_back(std::move(*normal));
    }
    const auto shown = m_view->show(reads);
    std::vector<std::string> folders;
    for (std::size_t i = 0, looked = 0; i < listed.size(); ++i) {
        if (newest[i] != nullptr && shown[looked++] && isUsable(*newest[i])) {
            takeKept(listed[i], std::move(newest[i]));
            continue;
        }
        if (takeKept(listed[i], keptBase(listed[i] + '\n' + m_variant)))
            continue;
        // What has no dot in its name is a folder, or else found to be none soon enough.
        if (listed[i].find('.') == std::string::npos) {
            folders.push_back(std::move(listed[i]));
            continue;
        }
        const auto real = m_view->real(listed[i]);
        if (real && m_view->typeOf(*real) == git::EntryType::Folder && !m_ahead.contains(*real)
            && !takeKept(*real, keptBase(*real + '\n' + m_variant)))
            folders.push_back(*real);
    }
    if (folders.size() < kWorthIt)
        return;
    std::vector<Ahead> made(folders.size());
    std::atomic<std::size_t> next {0};
    const auto work = [&] {
        Build worker(*this);
        for (auto i = next.fetch_add(1); i < folders.size(); i = next.fetch_add(1))
            made[i] = worker.ahead(folders[i]);
    };
    runTwice(work);
    for (std::size_t i = 0; i < folders.size(); ++i)
        m_ahead.insert_or_assign(folders[i], std::move(made[i]));
}

Build::Ahead Build::ahead(const std::string& folder)
{
    Ahead made;
    made.schema = m_schema;
    made.schemaChosen = m_schemaChosen;
    m_view->begin();
    const auto depth = m_depth;
    const auto chain = m_chain;
    const bool circle = std::any_of(chain.begin(), chain.end(),
                                    [&](const std::string& visited) { return isInOrBelow(visited, folder); });
    made.base = circle ? Result<BasePtr>(nullptr) : base(folder);
    made.reads = m_view->end();
    made.trail = std::exchange(m_trail, {});
    m_depth = depth;
    m_chain = chain;
    // The next one begins as the first did.
    m_schema = made.schema;
    m_schemaChosen = made.schemaChosen;
    return made;
}

Result<> Build::addResource(Accumulated& into, const Root& root, const std::string& entry)
{
    constexpr std::size_t kMaxEntry = 4096;
    if (entry.size() > kMaxEntry)
        return fail(Error::Code::LimitExceeded,
                    "the entry that begins with '" + entry.substr(0, 80) + "' is longer than 4096 bytes");
    if (isRemote(entry))
        return addRemote(into, root, entry);
    // A base that is there already needs no look at what else the entry may name.
    std::optional<Error> refused;
    const auto ahead = git::normalPath(pathFrom(root, entry));
    if (const auto known = ahead && !entry.starts_with('/') ? m_ahead.find(*ahead) : m_ahead.end();
        known != m_ahead.end() && known->second.base && *known->second.base != nullptr) {
        if (auto sub = base(*ahead)) {
            auto merged = merge(into, std::move(*sub), *ahead);
            if (merged)
                return {};
            refused = std::move(merged.error());
        }
    }
    // A base that is broken inside says so itself: that it is no file is not news then.
    const auto inBase = [&](const Error& error) {
        return fail(error.within("accumulating resources from '" + entry + "'"));
    };
    const auto addBase = [&](const std::string& folder) -> Result<> {
        if (refused)
            return inBase(*refused);
        auto sub = base(folder);
        if (!sub)
            return inBase(sub.error());
        if (auto merged = merge(into, std::move(*sub), folder); !merged)
            return inBase(merged.error());
        return {};
    };
    if (ahead && !entry.starts_with('/') && m_view->isPlainFolder(*ahead)) {
        if (const auto folder = folderOf(root, entry))
            return addBase(*folder);
    }
    ResMap fromFile;
    const auto asFile = addFile(fromFile, root, entry);
    if (asFile) {
        if (auto added = into.resources.appendAll(std::move(fromFile)); !added)
            return fail(added.error().within("merging resources from '" + entry + "'"));
        return {};
    }
    const auto code = asFile.error().code;
    const auto fileError = "accumulating resources from '" + entry + "': " + asFile.error().message;
    if (code != Error::Code::NotFound && code != Error::Code::Forbidden)
        return fail(asFile.error().within("accumulating resources from '" + entry + "'"));
    const auto folder = folderOf(root, entry);
    if (!folder) {
        const auto normal = git::normalPath(pathFrom(root, entry));
        if (code == Error::Code::Forbidden
            && (!normal || m_view->isFile(*normal) || m_view->typeOf(*normal) == git::EntryType::Symlink))
            return fail(asFile.error());
        auto error = folder.error();
        error.message = "accumulation err='" + fileError + "': " + error.message;
        return fail(std::move(error));
    }
    return addBase(*folder);
}

Result<> Build::merge(Accumulated& into, BasePtr kept, const std::string& folder)
{
    const auto& base = *kept;
    PH_CHECK(mergeConfig(into.config, base.all.config));
    // One that nobody else has gives its objects away.
    const auto added = kept.use_count() == 1
        ? into.resources.appendAll(std::move(std::const_pointer_cast<Base>(kept)->all.resources))
        : into.resources.appendAll(base.all.resources);
    if (!added)
        return fail(added.error().within("recursed merging from path '" + folder + "'"));
    for (const auto& var : base.all.vars) {
        for (const auto& old : into.vars) {
            if (old.name == var.name)
                return refuse("var '" + var.name + "' already encountered");
        }
        into.vars.push_back(var);
    }
    return {};
}

Result<> Build::addComponents(Accumulated& into, const Root& root)
{
    const auto& entries = array(root.kustomization(), {"components"});
    for (std::size_t i = 0; i < entries.size(); ++i) {
        const std::string entry(text(entries[i], {}));
        const auto within = [&](const Error& error) {
            m_trail.insert(m_trail.begin(), placeOf(root, "components", i));
            return fail(
                located(error.within("accumulateDirectory").within("accumulating components"), root, "components", i));
        };
        if (isRemote(entry)) {
            if (auto done = addRemoteComponent(into, root, entry); !done)
                return within(done.error());
            continue;
        }
        auto folder = folderOf(root, entry);
        if (!folder) {
            if (m_request.kustomize.ignoreMissingComponents && folder.error().code == Error::Code::NotFound
                && std::find(m_request.kustomize.components.begin(), m_request.kustomize.components.end(), entry)
                    != m_request.kustomize.components.end())
                continue;
            return within(folder.error());
        }
        if (auto done = addComponent(into, *folder); !done)
            return within(done.error());
    }
    return {};
}

Result<> Build::addComponent(Accumulated& into, const std::string& folder)
{
    auto component = openRoot(folder);
    if (!component)
        return fail(component.error().within("couldn't make target for path '" + folder + "'"));
    if (text(component->kustomization(), {"kind"}) != "Component")
        return refuse("expected kind 'Component' for path '" + folder + "' but got 'Kustomization'");
    if (auto done = accumulateInto(into, *component); !done)
        return fail(done.error().within("recursed accumulation of path '" + folder + "'"));
    return {};
}

} // namespace core::render::kustomize
