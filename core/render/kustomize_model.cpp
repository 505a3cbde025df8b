// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_model.h"

#include "core/render/kustomize_cache.h"
#include "core/render/kustomize_tables.h"

#include <algorithm>
#include <atomic>
#include <unordered_set>

namespace core::render::kustomize {

namespace {

std::string orElse(const std::string& text, const char* placeholder)
{
    return text.empty() ? placeholder : text;
}

std::string scalarText(const Node& root, manifest::Path path)
{
    const auto* node = root.at(path);
    return node != nullptr && node->isScalar() && !node->isNull() ? node->text : std::string {};
}

} // namespace

bool Gvk::isSelectedBy(const Gvk& pattern) const
{
    return (pattern.kind.empty() || pattern.kind == kind) && (pattern.group.empty() || pattern.group == group)
        && (pattern.version.empty() || pattern.version == version);
}

bool Gvk::isClusterScoped() const
{
    return isBuiltinClusterScoped(*this);
}

std::string Gvk::text() const
{
    return orElse(kind, "[noKind]") + "." + orElse(version, "[noVer]") + "." + orElse(group, "[noGrp]");
}

Gvk gvkOf(std::string_view apiVersion, std::string_view kind)
{
    Gvk gvk;
    const auto slash = apiVersion.find('/');
    if (slash != std::string_view::npos) {
        gvk.group = std::string(apiVersion.substr(0, slash));
        gvk.version = std::string(apiVersion.substr(slash + 1));
    } else {
        gvk.version = std::string(apiVersion);
    }
    gvk.kind = std::string(kind);
    return gvk;
}

const std::vector<std::string>& legacyFirst()
{
    static const std::vector<std::string> kFirst {"Namespace",
                                                  "ResourceQuota",
                                                  "StorageClass",
                                                  "CustomResourceDefinition",
                                                  "ServiceAccount",
                                                  "PodSecurityPolicy",
                                                  "Role",
                                                  "ClusterRole",
                                                  "RoleBinding",
                                                  "ClusterRoleBinding",
                                                  "ConfigMap",
                                                  "Secret",
                                                  "Endpoints",
                                                  "Service",
                                                  "LimitRange",
                                                  "PriorityClass",
                                                  "PersistentVolume",
                                                  "PersistentVolumeClaim",
                                                  "Deployment",
                                                  "StatefulSet",
                                                  "CronJob",
                                                  "PodDisruptionBudget"};
    return kFirst;
}

const std::vector<std::string>& legacyLast()
{
    static const std::vector<std::string> kLast {"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"};
    return kLast;
}

LegacyKind::LegacyKind(const Gvk& gvk, const std::vector<std::string>& first, const std::vector<std::string>& last)
    : m_kind(gvk.kind)
    , m_line(orElse(gvk.group, "~G") + "_" + orElse(gvk.version, "~V") + "_" + orElse(gvk.kind, "~K"))
    , m_core(gvk.group.empty())
{
    if (const auto it = std::find(first.begin(), first.end(), gvk.kind); it != first.end())
        m_rank = (it - first.begin()) - static_cast<long>(first.size());
    else if (const auto end = std::find(last.begin(), last.end(), gvk.kind); end != last.end())
        m_rank = 1 + (end - last.begin());
}

bool LegacyKind::operator<(const LegacyKind& other) const
{
    if (m_kind == other.m_kind) {
        if (m_kind == "Namespace" && m_core != other.m_core)
            return m_core;
    } else if (m_rank != other.m_rank) {
        return m_rank < other.m_rank;
    }
    return m_line < other.m_line;
}

std::string ResId::effectiveNamespace() const
{
    if (gvk.isClusterScoped())
        return "_non_namespaceable_";
    return nameSpace.empty() ? "default" : nameSpace;
}

bool ResId::isSameAs(const ResId& other) const
{
    return name == other.name && gvk == other.gvk && effectiveNamespace() == other.effectiveNamespace();
}

std::string ResId::key() const
{
    std::string key;
    const std::string_view space = gvk.isClusterScoped() ? "_non_namespaceable_"
        : nameSpace.empty()                              ? "default"
                                                         : std::string_view(nameSpace);
    key.reserve(gvk.kind.size() + gvk.version.size() + gvk.group.size() + name.size() + space.size() + 5);
    for (const std::string_view part : {std::string_view(gvk.kind), std::string_view(gvk.version),
                                        std::string_view(gvk.group), std::string_view(name), space})
        key.append(part).push_back('\n');
    return key;
}

std::string ResId::text() const
{
    return gvk.text() + "/" + orElse(name, "[noName]") + "." + orElse(nameSpace, "[noNs]");
}

Node& Resource::edit()
{
    if (m_root.use_count() > 1)
        m_root = std::make_shared<Node>(*m_root);
    else
        std::atomic_thread_fence(std::memory_order_acquire); // after another thread's last look at it
    m_identity.reset();
    return *m_root;
}

Result<> Resource::editAsBefore(Edits* edits, const std::string& what, const std::function<Result<>(Node&)>& work)
{
    if (edits == nullptr)
        return work(edit());
    if (edits->repeat(*this, what))
        return {};
    const auto before = shared();
    PH_CHECK(work(edit()));
    edits->keep(before, *this, what);
    return {};
}

namespace {

/// A tree by its place in memory: who keeps the key keeps the tree.
std::string editKey(const Node* root, const std::string& what)
{
    return std::to_string(reinterpret_cast<std::uintptr_t>(root)) + '\n' + what;
}

} // namespace

bool Edits::repeat(Resource& resource, const std::string& what)
{
    const auto known = m_made.find(editKey(resource.m_root.get(), what));
    if (known.empty())
        return false;
    resource.m_root = known.front()->root;
    resource.m_identity = known.front()->identity;
    return true;
}

void Edits::keep(const std::shared_ptr<const Node>& before, const Resource& after, const std::string& what)
{
    (void)after.id();
    auto key = editKey(before.get(), what);
    const auto weight = 256 + key.size() + weightOf(after.root());
    m_made.put(key, std::make_shared<const Made>(Made {before, after.m_root, after.m_identity}), weight);
}

const Resource::Identity& Resource::identity() const
{
    if (m_identity == nullptr) {
        ResId id;
        id.gvk = gvkOf(scalarText(*m_root, {"apiVersion"}), scalarText(*m_root, {"kind"}));
        id.name = scalarText(*m_root, {"metadata", "name"});
        id.nameSpace = scalarText(*m_root, {"metadata", "namespace"});
        auto key = id.key();
        m_identity = std::make_shared<const Identity>(Identity {std::move(id), std::move(key)});
    }
    return *m_identity;
}

std::vector<ResId> Resource::previousIds() const
{
    std::vector<ResId> ids;
    ids.reserve(previous.size());
    for (const auto& old : previous)
        ids.push_back({{id().gvk.group, id().gvk.version, old.kind}, old.name, old.nameSpace});
    return ids;
}

ResId Resource::originalId() const
{
    if (previous.empty())
        return id();
    const auto& old = previous.front();
    return {{id().gvk.group, id().gvk.version, old.kind}, old.name, old.nameSpace};
}

std::string Resource::place() const
{
    return root().line == 0 ? file : file + ":" + std::to_string(root().line);
}

void Resource::textAnnotations()
{
    const auto* annotations = root().at({"metadata", "annotations"});
    const auto isText = [](const Node& node) { return !node.isScalar() || node.tag == manifest::ScalarTag::String; };
    if (annotations == nullptr || std::all_of(annotations->children.begin(), annotations->children.end(), isText))
        return;
    for (auto& child : edit().at({"metadata", "annotations"})->children) {
        if (child.isScalar())
            child.tag = manifest::ScalarTag::String;
    }
}

bool Resource::hasNotes() const
{
    return !previous.empty() || !prefixes.empty() || !suffixes.empty() || needsHash || origin != nullptr
        || !transformations.empty();
}

void Resource::loseNotes()
{
    previous.clear();
    prefixes.clear();
    suffixes.clear();
    needsHash = false;
    origin = nullptr;
    transformations.clear();
}

void Resource::rememberId()
{
    const auto& now = id();
    previous.push_back({now.name, now.nameSpace.empty() ? "default" : now.nameSpace, now.gvk.kind});
    if (now.gvk.isClusterScoped())
        previous.back().nameSpace = "_non_namespaceable_";
}

bool Resource::hasId(const ResId& other) const
{
    if (id().isSameAs(other))
        return true;
    if (previous.empty() || id().gvk.group != other.gvk.group || id().gvk.version != other.gvk.version)
        return false;
    return std::any_of(previous.begin(), previous.end(), [&](const Previous& old) {
        return old.name == other.name && old.kind == other.gvk.kind
            && ResId {{id().gvk.group, id().gvk.version, old.kind}, old.name, old.nameSpace}.isSameAs(other);
    });
}

namespace {

template<class Visit>
void eachTwin(Node& node, const Visit& visit)
{
    if (node.twin != 0)
        visit(node);
    for (auto& child : node.children)
        eachTwin(child, visit);
}

} // namespace

void Resource::spreadTwins()
{
    if (twins.empty())
        return;
    std::map<std::uint32_t, Node> changed;
    const auto valueOf = [&](std::uint32_t twin) {
        return std::find_if(twins.begin(), twins.end(), [&](const auto& one) { return one.first == twin; });
    };
    eachTwin(edit(), [&](Node& node) {
        const auto value = valueOf(node.twin);
        if (value != twins.end() && (!node.isScalar() || value->second != node.text))
            changed.insert_or_assign(node.twin, node);
    });
    if (changed.empty())
        return;
    eachTwin(edit(), [&](Node& node) {
        if (const auto it = changed.find(node.twin); it != changed.end())
            node.assign(it->second);
    });
    for (const auto& [twin, node] : changed)
        valueOf(twin)->second = node.text;
}

Result<> ResMap::append(Resource resource)
{
    if (!m_indexed) {
        m_index.clear();
        for (std::size_t i = 0; i < m_items.size(); ++i)
            m_index.emplace(m_items[i].key(), i);
        m_indexed = true;
    }
    if (!m_index.emplace(resource.key(), m_items.size()).second)
        return fail(Error::Code::InvalidInput,
                    "may not add resource with an already registered id: " + resource.id().text());
    m_items.push_back(std::move(resource));
    return {};
}

Result<> ResMap::appendAll(const ResMap& other)
{
    for (const auto& resource : other.m_items)
        PH_CHECK(append(resource));
    return {};
}

Result<> ResMap::appendAll(ResMap&& other)
{
    for (auto& resource : other.m_items)
        PH_CHECK(append(std::move(resource)));
    return {};
}

std::vector<Resource*> ResMap::matchingAnyId(const ResId& id)
{
    std::vector<Resource*> found;
    for (auto& resource : m_items) {
        if (resource.hasId(id))
            found.push_back(&resource);
    }
    return found;
}

namespace {

/// Texts of the old object that the new one lacks: kustomize reads them as Go strings, so 1_000 becomes "1_000".
void mergeStrings(Node& into, const Node& old, manifest::Path path, bool isData)
{
    const auto* from = old.at(path);
    if (from == nullptr || !from->isMapping() || from->children.empty())
        return;
    Node* to = &into;
    for (const auto name : path)
        to = &to->ensureMapping(name);
    for (const auto& member : from->children) {
        const bool empty = !member.isScalar() || (isData && member.isNull());
        if (to->find(member.key) == nullptr)
            to->setPlain(member.key, Node::string(empty ? std::string() : member.text));
    }
}

} // namespace

Result<> ResMap::absorb(Resource made)
{
    const auto id = made.id();
    const auto matches = matchingAnyId(id);
    if (matches.empty()) {
        if (made.behavior == Behavior::Merge || made.behavior == Behavior::Replace)
            return fail(Error::Code::InvalidInput, "id " + id.text() + " does not exist; cannot merge or replace");
        return append(std::move(made));
    }
    if (matches.size() > 1)
        return fail(Error::Code::InvalidInput, "found multiple objects " + id.text() + " that could accept merge");
    if (made.behavior != Behavior::Merge && made.behavior != Behavior::Replace)
        return fail(Error::Code::InvalidInput, "id " + id.text() + " exists; behavior must be merge or replace");
    auto& old = *matches.front();
    auto& root = made.edit();
    auto& metadata = root.ensureMapping("metadata");
    for (const auto* field : {"name", "namespace"}) {
        if (const auto* value = old.root().at({"metadata", field}))
            metadata.set(field, *value);
        else
            metadata.erase(field);
    }
    mergeStrings(root, old.root(), {"metadata", "labels"}, false);
    mergeStrings(root, old.root(), {"metadata", "annotations"}, false);
    if (made.behavior == Behavior::Merge) {
        mergeStrings(root, old.root(), {"data"}, true);
        mergeStrings(root, old.root(), {"binaryData"}, true);
    }
    // The marks of a build come from the old object: a hash is added only where both want one.
    made.needsHash = made.needsHash && old.needsHash;
    if (made.behavior == Behavior::Merge && old.origin != nullptr)
        made.origin = old.origin;
    made.previous = old.previous;
    made.prefixes = old.prefixes;
    made.suffixes = old.suffixes;
    made.varNames = old.varNames;
    made.marks.insert(made.marks.begin(), old.marks.begin(), old.marks.end());
    made.transformations = old.transformations;
    old = std::move(made);
    touched();
    return {};
}

void ResMap::dropEmpty()
{
    const auto last = std::remove_if(m_items.begin(), m_items.end(), [](const Resource& r) {
        return r.root().isNull() || (!r.root().isScalar() && r.root().children.empty());
    });
    if (last != m_items.end()) {
        m_items.erase(last, m_items.end());
        touched();
    }
}

Result<> ResMap::checkUnique() const
{
    std::unordered_set<std::string_view> seen;
    seen.reserve(m_items.size());
    for (const auto& resource : m_items) {
        if (!seen.emplace(resource.key()).second)
            return fail(Error::Code::InvalidInput,
                        "may not add resource with an already registered id: " + resource.id().text());
    }
    return {};
}

} // namespace core::render::kustomize
