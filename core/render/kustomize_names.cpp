// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_build.h"

#include <algorithm>
#include <map>

namespace core::render::kustomize {

namespace {

struct Rule
{
    const Gvk* target;
    const FieldSpec* spec;
    bool isRoleRef;
};

/// What the sieves need of a candidate, made once.
struct Candidate
{
    Resource* resource = nullptr;
    std::shared_ptr<const Resource::Identity> identity; ///< holds what the views below show
    std::shared_ptr<const Notes> notes;
    bool clusterScoped = false;
    std::string_view nameSpace; ///< effective, current
    std::string_view originalNameSpace;
};

constexpr std::string_view kNoNamespace = "_non_namespaceable_"; ///< as ResId::effectiveNamespace has it

std::string_view effectiveNamespace(bool clusterScoped, const std::string& nameSpace)
{
    return clusterScoped ? kNoNamespace : nameSpace.empty() ? "default" : std::string_view(nameSpace);
}

Candidate candidateOf(Resource& resource)
{
    Candidate made;
    made.resource = &resource;
    made.identity = resource.identity();
    made.notes = resource.sharedNotes();
    made.clusterScoped = made.identity->isClusterScoped;
    const auto& id = made.identity->id;
    made.nameSpace = effectiveNamespace(made.clusterScoped, id.nameSpace);
    made.originalNameSpace = made.nameSpace;
    if (!made.notes->previous.empty()) {
        const auto& old = made.notes->previous.front();
        const bool clusterScoped =
            old.kind == id.gvk.kind ? made.clusterScoped : resource.originalId().gvk.isClusterScoped();
        made.originalNameSpace = effectiveNamespace(clusterScoped, old.nameSpace);
    }
    return made;
}

/// One is empty (if that is fine), or the shorter is the tail of the longer.
bool agree(const std::vector<std::string>& a, const std::vector<std::string>& b, bool emptyIsFine)
{
    if (a.empty() || b.empty())
        return emptyIsFine || (a.empty() && b.empty());
    const auto n = std::min(a.size(), b.size());
    return std::equal(a.end() - static_cast<std::ptrdiff_t>(n), a.end(), b.end() - static_cast<std::ptrdiff_t>(n));
}

/// The fields that rules are about, as a tree: an object is walked once for all of them.
class RuleTree
{
public:
    void add(const std::vector<std::string>& path, std::uint32_t rule)
    {
        auto* at = &m_root;
        for (std::string_view part : path) {
            const bool sequence = part.ends_with("[]");
            if (sequence)
                part.remove_suffix(2);
            auto edge = std::find_if(at->edges.begin(), at->edges.end(),
                                     [&](const Edge& one) { return one.name == part && one.sequence == sequence; });
            if (edge == at->edges.end())
                edge = at->edges.insert(edge, {part, sequence, std::make_unique<Place>()});
            at = edge->below.get();
        }
        at->rules.push_back(rule);
    }
    /// The rules that have a field in the object, or end in an error there.
    [[nodiscard]] std::vector<std::uint32_t> rulesOf(const Node& object) const
    {
        std::vector<std::uint32_t> found;
        walk(object, m_root, found);
        std::sort(found.begin(), found.end());
        found.erase(std::unique(found.begin(), found.end()), found.end());
        return found;
    }

private:
    struct Place;
    struct Edge
    {
        std::string_view name; ///< in a path of the configuration
        bool sequence = false;
        std::unique_ptr<Place> below;
    };
    struct Place
    {
        std::vector<Edge> edges;
        std::vector<std::uint32_t> rules; ///< whose path ends here
    };

    static void takeAll(const Place& place, std::vector<std::uint32_t>& found)
    {
        found.insert(found.end(), place.rules.begin(), place.rules.end());
        for (const auto& edge : place.edges)
            takeAll(*edge.below, found);
    }

    static void walk(const Node& node, const Place& place, std::vector<std::uint32_t>& found)
    {
        found.insert(found.end(), place.rules.begin(), place.rules.end());
        if (place.edges.empty() || node.isNull())
            return;
        if (node.isSequence()) {
            for (const auto& element : node.children)
                walkBelow(element, place, found);
            return;
        }
        walkBelow(node, place, found);
    }

    static void walkBelow(const Node& node, const Place& place, std::vector<std::uint32_t>& found)
    {
        if (node.isNull())
            return;
        if (node.isSequence()) {
            for (const auto& element : node.children)
                walkBelow(element, place, found);
            return;
        }
        for (const auto& edge : place.edges) {
            if (!node.isMapping()) {
                takeAll(*edge.below, found); // an error
                continue;
            }
            const auto* field = node.find(edge.name);
            if (field == nullptr)
                continue;
            if (edge.sequence && field->isNull())
                takeAll(*edge.below, found); // becomes an empty list
            else
                walk(*field, *edge.below, found);
        }
    }

    Place m_root;
};

class References
{
public:
    References(ResMap& all, const Config& config)
        : m_edits(all.edits)
        , m_notesTouches(all.notesTouches)
    {
        m_candidates.reserve(all.items().size());
        for (auto& resource : all.items()) {
            auto candidate = candidateOf(resource);
            const auto index = m_candidates.size();
            for (const auto& old : candidate.notes->previous) {
                auto& bucket = m_byName[old.name];
                if (bucket.empty() || bucket.back() != index)
                    bucket.push_back(index);
            }
            m_byOriginalNamespace[candidate.originalNameSpace].emplace(candidate.nameSpace, index);
            m_candidates.push_back(std::move(candidate));
        }
        // Only of the built-in list is there one for as long as the process lives.
        if (m_edits != nullptr && &config == defaultConfig().get())
            m_listNumber = Edits::number(m_edits, m_notesTouches ? "references" : "references, without touches");
        for (const auto& reference : config.nameReference) {
            for (const auto& spec : reference.referrers)
                m_rules.push_back({&reference.target, &spec, spec.path.ends_with("roleRef/name")});
        }
    }

    Result<> run(ResMap& all, const std::stop_token& stop)
    {
        if (m_listNumber == 0) {
            for (auto& candidate : m_candidates)
                PH_CHECK(fix(candidate, stop));
            return {};
        }
        auto* candidate = m_candidates.data();
        for (const auto group : all.groups()) {
            PH_CHECK(fix(group, {candidate, group.size()}, stop));
            candidate += group.size();
        }
        return {};
    }

private:
    using Rules = std::vector<std::uint32_t>;

    const RuleTree& rulesFor(const Gvk& gvk)
    {
        auto it =
            std::find_if(m_rulesByGvk.begin(), m_rulesByGvk.end(), [&](const auto& one) { return one.first == gvk; });
        if (it == m_rulesByGvk.end()) {
            it = m_rulesByGvk.emplace(it, gvk, RuleTree {});
            for (std::size_t i = 0; i < m_rules.size(); ++i) {
                if (gvk.isSelectedBy(m_rules[i].spec->gvk))
                    it->second.add(*m_rules[i].spec->parts, static_cast<std::uint32_t>(i));
            }
        }
        return it->second;
    }

    /// Those of the rules whose fields the object has: few of many.
    Rules rulesOf(const Resource& resource) { return rulesFor(resource.originalId().gvk).rulesOf(resource.root()); }

    /// Objects that came together, as in the build before where they look up the same names and find the same objects.
    Result<> fix(std::span<Resource> group, std::span<Candidate> candidates, const std::stop_token& stop)
    {
        if (const auto known = m_edits->find(group, m_listNumber); known != nullptr
            && std::all_of(known->lookups.begin(), known->lookups.end(),
                           [&](const Edits::Lookup& lookup) { return findsTheSame(lookup); })) {
            std::copy(known->after.begin(), known->after.end(), group.begin());
            return {};
        }
        Edits::Made made {{group.begin(), group.end()}, {}, {}, m_listNumber};
        m_lookups = &made.lookups;
        m_knowsLookups = true;
        for (auto& candidate : candidates)
            PH_CHECK(fix(candidate, stop));
        m_lookups = nullptr;
        if (!m_knowsLookups)
            return {};
        made.after.assign(group.begin(), group.end());
        m_edits->keep(std::move(made));
        return {};
    }

    [[nodiscard]] bool findsTheSame(const Edits::Lookup& lookup) const
    {
        const auto bucket = m_byName.find(lookup.name);
        if (bucket == m_byName.end())
            return lookup.found.empty();
        return std::equal(bucket->second.begin(), bucket->second.end(), lookup.found.begin(), lookup.found.end(),
                          [&](std::size_t index, const auto& old) {
                              const auto& now = m_candidates[index];
                              return now.notes == old.second
                                  && (now.identity == old.first || now.identity->isSameAs(*old.first));
                          });
    }

    void noteLookup(const std::string& name)
    {
        constexpr std::size_t kMany = 256;
        m_knowsLookups = m_knowsLookups && (m_lookups == nullptr || m_lookups->size() < kMany);
        if (m_lookups == nullptr || !m_knowsLookups
            || std::any_of(m_lookups->begin(), m_lookups->end(), [&](const auto& one) { return one.name == name; }))
            return;
        auto& lookup = m_lookups->emplace_back(Edits::Lookup {name, {}});
        if (const auto bucket = m_byName.find(name); bucket != m_byName.end()) {
            for (const auto index : bucket->second)
                lookup.found.emplace_back(m_candidates[index].identity, m_candidates[index].notes);
        }
    }

    Result<> fix(Candidate& referrer, const std::stop_token& stop)
    {
        if (++m_fixed % 64 == 0 && stop.stop_requested())
            return fail(Error::Code::Cancelled, "the render was cancelled");
        auto& resource = *referrer.resource;
        auto rules = rulesOf(resource);
        for (auto next = rules.begin(); next != rules.end();) {
            const auto rule = *next;
            PH_TRY(const bool edited, fix(referrer, m_rules[rule]));
            if (!edited) {
                ++next;
                continue;
            }
            rules = rulesOf(resource); // an edit may have made fields
            next = std::upper_bound(rules.begin(), rules.end(), rule);
        }
        return {};
    }

    /// Whether there was something to write.
    Result<bool> fix(Candidate& referrer, const Rule& rule)
    {
        auto& resource = *referrer.resource;
        const auto within = [&](Error error) {
            error.where = resource.place();
            return fail(error.within("considering field '" + rule.spec->path + "' of object " + resource.id().text())
                            .within("updating name reference in '" + rule.spec->path + "' field of '"
                                    + resource.id().text() + "'"));
        };
        const auto ended = anyInSpec(resource.root(), *rule.spec->parts, [&](const Node& node) {
            return hasReferral(referrer, rule, node);
        }); // true too where a null becomes a list
        if (!ended)
            return within(ended.error());
        if (!*ended)
            return false;
        m_referral = nullptr;
        const auto done = walkSpec(resource.edit(), *rule.spec->parts, false, Creation::None,
                                   [&](Node& node) { return apply(referrer, rule, node); });
        if (!done)
            return within(done.error());
        if (m_referral != nullptr && m_notesTouches)
            resource.note().touches.push_back(std::make_shared<const Touch>(Touch {referralStep(), {rule.spec->path}}));
        return true;
    }

    /// Where the name comes from that was written last: the generator of the object, or its file.
    [[nodiscard]] Step referralStep() const
    {
        const auto what = "name of " + m_referral->id().gvk.kind;
        const auto& marks = m_referral->notes().touches;
        const auto maker = std::find_if(marks.rbegin(), marks.rend(),
                                        [](const auto& mark) { return mark->step.what.ends_with("Generator"); });
        if (maker != marks.rend())
            return {(*maker)->step.file, what, (*maker)->step.place, 0};
        return {m_referral->notes().file, what, "metadata/name", m_referral->notes().document};
    }

    /// Whether there is anything to write to a node.
    Result<bool> hasReferral(const Candidate& referrer, const Rule& rule, const Node& node)
    {
        if (!node.isSequence()) {
            PH_TRY(const auto* found, select(referrer, rule, node));
            return found != nullptr;
        }
        for (const auto& element : node.children) {
            PH_TRY(const bool one, hasReferral(referrer, rule, element));
            if (one)
                return true;
        }
        return false;
    }

    Result<> apply(const Candidate& referrer, const Rule& rule, Node& node)
    {
        if (node.isSequence()) {
            for (auto& element : node.children)
                PH_CHECK(apply(referrer, rule, element));
            return {};
        }
        PH_TRY(const auto* found, select(referrer, rule, node));
        if (found == nullptr)
            return {};
        m_referral = found->resource;
        const auto& id = found->resource->id();
        if (node.isScalar())
            return setUntagged(node, id.name);
        PH_CHECK(setUntagged(*node.find("name"), id.name));
        if (!id.nameSpace.empty()) {
            if (auto* field = node.find("namespace"); field != nullptr && field->isScalar())
                return setUntagged(*field, id.nameSpace);
            node.set("namespace", Node::untagged(id.nameSpace));
        }
        return {};
    }

    /// The object that a field refers to, where it is one that was renamed.
    Result<const Candidate*> select(const Candidate& referrer, const Rule& rule, const Node& node)
    {
        std::string oldName;
        const Node* nameSpace = nullptr;
        if (node.isMapping()) {
            const auto* name = node.find("name");
            if (name == nullptr)
                return fail(Error::Code::InvalidInput, "path config error; no 'name' field in node");
            if (name->isNull() || !name->isScalar())
                return nullptr;
            oldName = name->text;
            nameSpace = node.find("namespace");
        } else if (node.isNull()) {
            return nullptr;
        } else {
            oldName = node.text;
        }
        noteLookup(oldName);
        const auto bucket = m_byName.find(oldName);
        if (bucket == m_byName.end())
            return nullptr;
        std::vector<const Candidate*> found;
        for (const auto index : bucket->second) {
            const auto& candidate = m_candidates[index];
            if (isReachable(referrer, candidate) && isTarget(candidate, rule, oldName))
                found.push_back(&candidate);
        }
        if (rule.isRoleRef)
            keepRole(found, referrer.resource->root());
        m_knowsLookups = m_knowsLookups && nameSpace == nullptr; // else more than the name decides
        if (nameSpace != nullptr && nameSpace->isScalar())
            keepNamespace(referrer, found, nameSpace->text);
        if (!referrer.clusterScoped) {
            std::erase_if(found, [&](const Candidate* c) {
                return !c->clusterScoped && c->resource->id().gvk.kind != "ServiceAccount"
                    && c->nameSpace != referrer.nameSpace;
            });
        }
        for (const bool emptyIsFine : {true, false}) {
            if (found.size() > 1) {
                std::erase_if(found, [&](const Candidate* c) {
                    return !agree(c->notes->prefixes, referrer.notes->prefixes, emptyIsFine)
                        || !agree(c->notes->suffixes, referrer.notes->suffixes, emptyIsFine);
                });
            }
        }
        if (found.empty())
            return nullptr;
        const auto& first = found.front()->resource->id();
        for (const auto* other : found) {
            const auto& id = other->resource->id();
            if (id.name != first.name || (node.isMapping() && id.nameSpace != first.nameSpace))
                return ambiguous(found);
        }
        if (first.name == oldName && !node.isMapping())
            return nullptr;
        return found.front();
    }

    static tl::unexpected<Error> ambiguous(const std::vector<const Candidate*>& found)
    {
        std::string names;
        for (const auto* candidate : found)
            names += (names.empty() ? "" : ", ") + candidate->resource->id().text();
        return fail(Error::Code::InvalidInput, "found multiple possible referrals: " + names);
    }

    static bool isReachable(const Candidate& referrer, const Candidate& candidate)
    {
        if (referrer.clusterScoped || candidate.clusterScoped || candidate.nameSpace == referrer.nameSpace)
            return true;
        if (referrer.resource->id().gvk.kind != "RoleBinding")
            return false;
        const auto* subjects = referrer.resource->root().find("subjects");
        if (subjects == nullptr)
            return false;
        return std::any_of(subjects->children.begin(), subjects->children.end(), [&](const Node& subject) {
            const auto* kind = subject.find("kind");
            const auto* nameSpace = subject.find("namespace");
            if (kind == nullptr || kind->text != "ServiceAccount")
                return false;
            const std::string wanted = nameSpace == nullptr || nameSpace->text.empty() ? "default" : nameSpace->text;
            return wanted == candidate.nameSpace || wanted == candidate.originalNameSpace;
        });
    }

    static bool isTarget(const Candidate& candidate, const Rule& rule, const std::string& oldName)
    {
        const auto& gvk = candidate.identity->id.gvk;
        const auto& pattern = *rule.target;
        if ((!pattern.group.empty() && pattern.group != gvk.group)
            || (!pattern.version.empty() && pattern.version != gvk.version))
            return false;
        bool named = false;
        bool kind = false;
        for (const auto& old : candidate.notes->previous) {
            named = named || old.name == oldName;
            kind = kind || pattern.kind.empty() || pattern.kind == old.kind;
        }
        return named && kind;
    }

    static void keepRole(std::vector<const Candidate*>& found, const Node& referrer)
    {
        const auto* group = referrer.at({"roleRef", "apiGroup"});
        const auto* kind = referrer.at({"roleRef", "kind"});
        std::erase_if(found, [&](const Candidate* candidate) {
            if (group != nullptr && !group->text.empty() && group->text != candidate->resource->id().gvk.group)
                return true;
            if (kind == nullptr || kind->text.empty())
                return false;
            const auto& previous = candidate->notes->previous;
            return std::none_of(previous.begin(), previous.end(),
                                [&](const auto& old) { return old.kind == kind->text; });
        });
    }

    /// By original namespace where anything that the referrer reaches comes from there, else by the current one.
    void keepNamespace(const Candidate& referrer, std::vector<const Candidate*>& found, const std::string& nameSpace)
    {
        const auto originals = m_byOriginalNamespace.find(nameSpace);
        const bool byOriginal = originals != m_byOriginalNamespace.end()
            && std::any_of(originals->second.begin(), originals->second.end(),
                           [&](const auto& current) { return isReachable(referrer, m_candidates[current.second]); });
        std::erase_if(found, [&](const Candidate* candidate) {
            return (byOriginal ? candidate->originalNameSpace : candidate->nameSpace) != nameSpace;
        });
    }

    Edits* m_edits;
    const bool m_notesTouches;
    const Resource* m_referral = nullptr; ///< the last that a field was written after
    std::vector<Candidate> m_candidates;
    std::unordered_map<std::string_view, std::vector<std::size_t>> m_byName;
    /// Of each original namespace, a candidate for each namespace in which its objects are now.
    std::unordered_map<std::string_view, std::map<std::string_view, std::size_t>> m_byOriginalNamespace;
    std::vector<Rule> m_rules;
    std::vector<std::pair<Gvk, RuleTree>> m_rulesByGvk;
    std::vector<Edits::Lookup>* m_lookups = nullptr; ///< that the objects make that are looked at now
    bool m_knowsLookups = true; ///< all of them
    std::size_t m_fixed = 0;
    std::uint32_t m_listNumber = 0; ///< of the rules, where it is known again
};

} // namespace

Result<> fixNameReferences(ResMap& all, const Config& config, std::stop_token stop)
{
    return References(all, config).run(all, stop);
}

} // namespace core::render::kustomize
