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
            m_listNumber = Edits::number(m_edits, "rules of references");
        for (const auto& reference : config.nameReference) {
            for (const auto& spec : reference.referrers)
                m_rules.push_back({&reference.target, &spec, spec.path.ends_with("roleRef/name")});
        }
    }

    Result<> run(std::stop_token stop)
    {
        std::size_t n = 0;
        for (auto& candidate : m_candidates) {
            if (++n % 64 == 0 && stop.stop_requested())
                return fail(Error::Code::Cancelled, "the render was cancelled");
            PH_CHECK(fix(candidate));
        }
        return {};
    }

private:
    using Rules = Edits::Rules;

    const Rules& rulesFor(const Gvk& gvk)
    {
        auto it =
            std::find_if(m_rulesByGvk.begin(), m_rulesByGvk.end(), [&](const auto& one) { return one.first == gvk; });
        if (it == m_rulesByGvk.end()) {
            it = m_rulesByGvk.insert(it, {gvk, {}});
            for (std::size_t i = 0; i < m_rules.size(); ++i) {
                if (gvk.isSelectedBy(m_rules[i].spec->gvk))
                    it->second.push_back(static_cast<std::uint32_t>(i));
            }
        }
        return it->second;
    }

    /// Those of the rules whose fields the object has: few of many.
    std::shared_ptr<const Rules> rulesOf(const Resource& resource)
    {
        if (m_listNumber != 0) {
            if (auto known = m_edits->rules(resource, m_listNumber))
                return known;
        }
        auto found = std::make_shared<Rules>();
        for (const auto i : rulesFor(resource.originalId().gvk)) {
            bool some = false;
            const auto ended = anyInSpec(resource.root(), *m_rules[i].spec->parts, [&](const Node&) -> Result<bool> {
                some = true;
                return true;
            });
            if (some || !ended || *ended)
                found->push_back(i);
        }
        if (m_listNumber != 0)
            m_edits->keepRules(resource, m_listNumber, found);
        return found;
    }

    Result<> fix(Candidate& referrer)
    {
        auto& resource = *referrer.resource;
        auto rules = rulesOf(resource);
        for (auto next = rules->begin(); next != rules->end();) {
            const auto rule = *next;
            // Nobody holds the tree meanwhile, so that an edit need not copy it.
            PH_TRY(const bool edited, fix(referrer, m_rules[rule]));
            if (!edited) {
                ++next;
                continue;
            }
            rules = rulesOf(resource); // an edit may have made fields
            next = std::upper_bound(rules->begin(), rules->end(), rule);
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
        // What a binding refers to depends on what was written in it already: the first hit says enough.
        const bool isDecided = !rule.isRoleRef && !resource.id().gvk.kind.ends_with("RoleBinding");
        m_referral = nullptr;
        std::string names; // that are written, in the order of the fields
        bool some = false;
        const auto visit = [&](const Node& node) -> Result<bool> {
            PH_TRY(const bool one, gather(referrer, rule, node, isDecided ? &names : nullptr));
            some = some || one;
            return some && !isDecided;
        };
        auto ended =
            anyInSpec(resource.root(), *rule.spec->parts, std::ref(visit)); // true too where a null becomes a list
        if (!ended)
            return within(std::move(ended.error()));
        if (!some && !*ended)
            return false;
        // The id does not change: names of objects are no references.
        const bool keeps = isDecided && !*ended;
        const auto touchOf = [&] { return Touch {referralStep(), {rule.spec->path}}; };
        std::uint32_t number = 0;
        if (keeps && m_edits != nullptr)
            number = Edits::number(m_edits, "name\n" + textOf(touchOf()) + '\n' + names);
        const auto done = resource.editAsBefore(keeps ? m_edits : nullptr, number, [&](Resource& changing) -> Result<> {
            m_referral = nullptr;
            PH_CHECK(walkSpec(changing.edit(), *rule.spec->parts, false, Creation::None,
                              [&](Node& node) { return apply(referrer, rule, node); }));
            if (m_referral != nullptr && m_notesTouches)
                changing.note().marks.push_back(std::make_shared<const Touch>(touchOf()));
            return {};
        });
        if (!done)
            return within(done.error());
        return true;
    }

    /// Where the name comes from that was written last: the generator of the object, or its file.
    [[nodiscard]] Step referralStep() const
    {
        const auto what = "name of " + m_referral->id().gvk.kind;
        const auto& marks = m_referral->notes().marks;
        const auto maker = std::find_if(marks.rbegin(), marks.rend(),
                                        [](const auto& mark) { return mark->step.what.ends_with("Generator"); });
        if (maker != marks.rend())
            return {(*maker)->step.file, what, (*maker)->step.place, 0};
        return {m_referral->notes().file, what, "metadata/name", m_referral->notes().document};
    }

    /// Appends what would be written to a node (without `names`: up to the first hit); whether there is anything.
    Result<bool> gather(const Candidate& referrer, const Rule& rule, const Node& node, std::string* names)
    {
        if (node.isSequence()) {
            bool some = false;
            for (const auto& element : node.children) {
                PH_TRY(const bool one, gather(referrer, rule, element, names));
                some = some || one;
                if (some && names == nullptr)
                    break;
            }
            return some;
        }
        PH_TRY(const auto* found, select(referrer, rule, node));
        if (found != nullptr) {
            m_referral = found->resource;
            const auto& id = found->resource->id();
            if (names != nullptr)
                *names += std::to_string(id.name.size()) + ' ' + id.name + ' ' + id.nameSpace;
        }
        if (names != nullptr)
            *names += '\n';
        return found != nullptr;
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
    std::vector<std::pair<Gvk, Rules>> m_rulesByGvk;
    std::uint32_t m_listNumber = 0; ///< of the rules, where it is known again
};

} // namespace

Result<> fixNameReferences(ResMap& all, const Config& config, std::stop_token stop)
{
    return References(all, config).run(std::move(stop));
}

} // namespace core::render::kustomize
