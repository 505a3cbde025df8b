// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_model.h"

#include "core/render/kustomize_tables.h"

#include <algorithm>
#include <atomic>

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

bool legacyLess(const Gvk& a, const Gvk& b, const std::vector<std::string>& first, const std::vector<std::string>& last)
{
    const auto rank = [&](const std::string& kind) -> long {
        if (const auto it = std::find(first.begin(), first.end(), kind); it != first.end())
            return (it - first.begin()) - static_cast<long>(first.size());
        if (const auto it = std::find(last.begin(), last.end(), kind); it != last.end())
            return 1 + (it - last.begin());
        return 0;
    };
    if (a.kind == b.kind) {
        if (a.kind == "Namespace" && a.group.empty() != b.group.empty())
            return a.group.empty();
    } else {
        const auto ra = rank(a.kind);
        const auto rb = rank(b.kind);
        if (ra != rb)
            return ra < rb;
    }
    const auto line = [](const Gvk& g) {
        return orElse(g.group, "~G") + "_" + orElse(g.version, "~V") + "_" + orElse(g.kind, "~K");
    };
    return line(a) < line(b);
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
    for (const auto& part : {gvk.kind, gvk.version, gvk.group, name, effectiveNamespace()})
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
    m_id.reset();
    return *m_root;
}

const ResId& Resource::id() const
{
    if (m_id == nullptr) {
        ResId id;
        id.gvk = gvkOf(scalarText(*m_root, {"apiVersion"}), scalarText(*m_root, {"kind"}));
        id.name = scalarText(*m_root, {"metadata", "name"});
        id.nameSpace = scalarText(*m_root, {"metadata", "namespace"});
        m_id = std::make_shared<const ResId>(std::move(id));
    }
    return *m_id;
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
            m_index.emplace(m_items[i].id().key(), i);
        m_indexed = true;
    }
    if (!m_index.emplace(resource.id().key(), m_items.size()).second)
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
    std::unordered_map<std::string, int> seen;
    for (const auto& resource : m_items) {
        if (!seen.emplace(resource.id().key(), 0).second)
            return fail(Error::Code::InvalidInput,
                        "may not add resource with an already registered id: " + resource.id().text());
    }
    return {};
}

} // namespace core::render::kustomize
