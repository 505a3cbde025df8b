// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_model.h"

#include "core/render/kustomize_cache.h"
#include "core/render/kustomize_tables.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <map>
#include <utility>

namespace core::render::kustomize {

namespace {

std::string orElse(const std::string& text, const char* placeholder)
{
    return text.empty() ? placeholder : text;
}

std::string_view scalarText(const Node* node)
{
    return node != nullptr && node->isScalar() && !node->isNull() ? std::string_view(node->text) : std::string_view {};
}

/// What an id is made of.
struct IdTexts
{
    std::string_view apiVersion, kind, name, nameSpace;
};

IdTexts idTexts(const Node& root)
{
    IdTexts texts {scalarText(root.find("apiVersion")), scalarText(root.find("kind")), {}, {}};
    if (const auto* metadata = root.find("metadata")) {
        texts.name = scalarText(metadata->find("name"));
        texts.nameSpace = scalarText(metadata->find("namespace"));
    }
    return texts;
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

std::string_view Resource::Identity::effectiveNamespace() const
{
    return isClusterScoped ? "_non_namespaceable_" : id.nameSpace.empty() ? "default" : std::string_view(id.nameSpace);
}

bool Resource::Identity::isSameAs(const Identity& other) const
{
    return hash == other.hash && id.name == other.id.name && id.gvk == other.id.gvk
        && effectiveNamespace() == other.effectiveNamespace();
}

std::string Resource::key() const
{
    const auto& now = *identity();
    std::string key;
    for (const std::string_view part :
         {std::string_view(now.id.gvk.kind), std::string_view(now.id.gvk.version), std::string_view(now.id.gvk.group),
          std::string_view(now.id.name), now.effectiveNamespace()})
        key.append(part).push_back('\n');
    return key;
}

std::string ResId::text() const
{
    return gvk.text() + "/" + orElse(name, "[noName]") + "." + orElse(nameSpace, "[noNs]");
}

const std::shared_ptr<Notes>& Resource::noNotes()
{
    static const auto kNone = std::make_shared<Notes>();
    return kNone;
}

namespace {

template<class T>
T& ownCopy(std::shared_ptr<T>& shared)
{
    if (shared.use_count() > 1)
        shared = std::make_shared<T>(*shared);
    else
        std::atomic_thread_fence(std::memory_order_acquire); // after another thread's last look at it
    return *shared;
}

} // namespace

Node& Resource::edit()
{
    m_identityHolds = false;
    return ownCopy(m_root);
}

Notes& Resource::note()
{
    return ownCopy(m_notes);
}

const std::shared_ptr<const Resource::Identity>& Resource::identity() const
{
    if (m_identityHolds)
        return m_identity;
    const auto now = idTexts(*m_root);
    // Most edits leave the id as it is.
    const auto* old = m_identity.get();
    if (old == nullptr || old->id.name != now.name || old->id.nameSpace != now.nameSpace || old->id.gvk.kind != now.kind
        || old->apiVersion != now.apiVersion) {
        ResId id {gvkOf(now.apiVersion, now.kind), std::string(now.name), std::string(now.nameSpace)};
        auto made = std::make_shared<Identity>();
        // Few edits change more than the name or the namespace.
        const bool isSameGvk = old != nullptr && old->id.gvk == id.gvk;
        made->isClusterScoped = isSameGvk ? old->isClusterScoped : id.gvk.isClusterScoped();
        made->id = std::move(id);
        made->apiVersion = std::string(now.apiVersion);
        constexpr std::size_t kPrime = 0x9E3779B97F4A7C15U;
        for (const std::string_view part :
             {std::string_view(made->id.name), std::string_view(made->id.gvk.kind), made->effectiveNamespace()})
            made->hash = made->hash * kPrime + std::hash<std::string_view> {}(part);
        m_identity = std::move(made);
    }
    m_identityHolds = true;
    return m_identity;
}

std::vector<ResId> Resource::previousIds() const
{
    std::vector<ResId> ids;
    ids.reserve(m_notes->previous.size());
    for (const auto& old : m_notes->previous)
        ids.push_back({{id().gvk.group, id().gvk.version, old.kind}, old.name, old.nameSpace});
    return ids;
}

ResId Resource::originalId() const
{
    if (m_notes->previous.empty())
        return id();
    const auto& old = m_notes->previous.front();
    return {{id().gvk.group, id().gvk.version, old.kind}, old.name, old.nameSpace};
}

std::string Resource::place() const
{
    return root().line == 0 ? m_notes->file : m_notes->file + ":" + std::to_string(root().line);
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
    return !m_notes->previous.empty() || !m_notes->prefixes.empty() || !m_notes->suffixes.empty() || m_notes->needsHash
        || !m_notes->generatorBehavior.empty() || m_notes->origin != nullptr || !m_notes->transformations.empty();
}

void Resource::loseNotes()
{
    auto& notes = note();
    notes.previous.clear();
    notes.prefixes.clear();
    notes.suffixes.clear();
    notes.needsHash = false;
    notes.generatorBehavior = {};
    notes.origin = nullptr;
    notes.transformations.clear();
}

void Resource::rememberId()
{
    const auto& now = id();
    auto& previous = note().previous;
    if (previous.empty())
        previous.reserve(4); // a prefix, a namespace, a hash
    previous.push_back({now.name, now.nameSpace.empty() ? "default" : now.nameSpace, now.gvk.kind});
    if (identity()->isClusterScoped)
        previous.back().nameSpace = "_non_namespaceable_";
}

bool Resource::hasId(const ResId& other) const
{
    if (id().isSameAs(other))
        return true;
    const auto& previous = m_notes->previous;
    if (previous.empty() || id().gvk.group != other.gvk.group || id().gvk.version != other.gvk.version)
        return false;
    return std::any_of(previous.begin(), previous.end(), [&](const Notes::Previous& old) {
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
    if (m_notes->twins.empty())
        return;
    auto& twins = note().twins;
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

ResMap::Index::Index(std::size_t expected)
{
    grow(std::bit_ceil(2 * expected + 8));
}

void ResMap::Index::grow(std::size_t slots)
{
    const auto old = std::exchange(m_slots, {});
    m_slots.resize(slots);
    m_count = 0;
    for (const auto& id : old) {
        if (id != nullptr)
            (void)insert(id);
    }
}

bool ResMap::Index::insert(const std::shared_ptr<const Resource::Identity>& id)
{
    if (2 * m_count >= m_slots.size())
        grow(2 * m_slots.size());
    auto at = id->hash & (m_slots.size() - 1);
    for (; m_slots[at] != nullptr; at = (at + 1) & (m_slots.size() - 1)) {
        if (m_slots[at]->isSameAs(*id))
            return false;
    }
    m_slots[at] = id;
    ++m_count;
    return true;
}

Result<> ResMap::append(Resource resource)
{
    if (!m_indexed) {
        m_index = Index(m_items.size());
        for (const auto& item : m_items)
            (void)m_index.insert(item.identity());
        m_indexed = true;
    }
    if (!m_index.insert(resource.identity()))
        return fail(Error::Code::InvalidInput,
                    "may not add resource with an already registered id: " + resource.id().text());
    m_items.push_back(std::move(resource));
    return {};
}

Result<> ResMap::appendAll(const ResMap& other)
{
    m_groups.emplace_back(m_items.size(), other.m_items.size());
    for (const auto& resource : other.m_items)
        PH_CHECK(append(resource));
    return {};
}

Result<> ResMap::appendAll(ResMap&& other)
{
    m_groups.emplace_back(m_items.size(), other.m_items.size());
    for (auto& resource : other.m_items)
        PH_CHECK(append(std::move(resource)));
    return {};
}

std::vector<std::span<Resource>> ResMap::groups()
{
    constexpr std::size_t kFew = 32; // one that changes takes its group's others with it
    std::vector<std::span<Resource>> made;
    std::size_t at = 0;
    for (const auto& [first, count] : m_groups) {
        if (count < 2 || count > kFew || first < at || first + count > m_items.size())
            continue;
        for (; at < first; ++at)
            made.emplace_back(&m_items[at], 1);
        made.emplace_back(&m_items[first], count);
        at = first + count;
    }
    for (; at < m_items.size(); ++at)
        made.emplace_back(&m_items[at], 1);
    return made;
}

Result<> ResMap::editEach(std::uint32_t what, const std::function<Result<>(Resource&)>& work)
{
    if (edits == nullptr) {
        for (auto& resource : m_items)
            PH_CHECK(work(resource));
        return {};
    }
    for (const auto group : groups()) {
        if (edits->repeat(group, what))
            continue;
        std::vector<Resource> before(group.begin(), group.end());
        for (auto& resource : group)
            PH_CHECK(work(resource));
        edits->keep(std::move(before), group, what);
    }
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
    // Of a key that is given twice the last one counts.
    for (auto it = from->children.rbegin(); it != from->children.rend(); ++it) {
        const auto& member = *it;
        const bool empty = !member.isScalar() || (isData && member.isNull());
        if (to->find(member.key) == nullptr)
            to->setPlain(member.key, Node::string(empty ? std::string() : member.text));
    }
}

} // namespace

Result<> ResMap::absorb(Resource made)
{
    const auto id = made.id();
    const auto behavior = made.notes().behavior;
    const auto matches = matchingAnyId(id);
    if (matches.empty()) {
        if (behavior == Behavior::Merge || behavior == Behavior::Replace)
            return fail(Error::Code::InvalidInput, "id " + id.text() + " does not exist; cannot merge or replace");
        return append(std::move(made));
    }
    if (matches.size() > 1)
        return fail(Error::Code::InvalidInput, "found multiple objects " + id.text() + " that could accept merge");
    if (behavior != Behavior::Merge && behavior != Behavior::Replace)
        return fail(Error::Code::InvalidInput, "id " + id.text() + " exists; behavior must be merge or replace");
    auto& old = *matches.front();
    auto& root = made.edit();
    auto& metadata = root.ensureMapping("metadata");
    for (const auto* field : {"name", "namespace"}) {
        if (const auto* value = old.root().at({"metadata", field}); value != nullptr && !value->isNull())
            metadata.set(field, *value);
        else
            metadata.erase(field);
    }
    mergeStrings(root, old.root(), {"metadata", "labels"}, false);
    mergeStrings(root, old.root(), {"metadata", "annotations"}, false);
    if (behavior == Behavior::Merge) {
        for (const auto* field : {"data", "binaryData"}) {
            mergeStrings(root, old.root(), {field}, true);
            if (const auto* data = root.find(field); data != nullptr && data->isMapping() && data->children.empty())
                root.erase(field);
        }
    }
    // The marks of a build come from the old object: a hash is added only where both want one.
    auto& notes = made.note();
    const auto& before = old.notes();
    notes.needsHash = notes.needsHash && before.needsHash;
    if (!before.generatorBehavior.empty())
        notes.generatorBehavior = before.generatorBehavior;
    if (notes.behavior == Behavior::Merge && before.origin != nullptr)
        notes.origin = before.origin;
    notes.previous = before.previous;
    notes.prefixes = before.prefixes;
    notes.suffixes = before.suffixes;
    notes.varNames = before.varNames;
    notes.touches.insert(notes.touches.begin(), before.touches.begin(), before.touches.end());
    notes.transformations = before.transformations;
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
        m_groups.clear();
        touched();
    }
}

Result<> ResMap::checkUnique() const
{
    Index seen(m_items.size());
    for (const auto& resource : m_items) {
        if (!seen.insert(resource.identity()))
            return fail(Error::Code::InvalidInput,
                        "may not add resource with an already registered id: " + resource.id().text());
    }
    return {};
}

} // namespace core::render::kustomize
