// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_merge.h"

#include "core/render/kustomize_fields.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <set>

namespace core::render::kustomize {

namespace {

/// What a walk over a destination and a patch comes to.
struct Outcome
{
    enum class Kind : std::uint8_t { Nothing, Dest, Fresh } kind = Kind::Nothing;
    std::unique_ptr<Node> fresh {}; ///< few walks come to one, and a node is large

    static Outcome nothing() { return {}; }
    static Outcome dest() { return {.kind = Kind::Dest}; }
    static Outcome made(Node node) { return {.kind = Kind::Fresh, .fresh = std::make_unique<Node>(std::move(node))}; }
};

/// Where the schema stands: the type of an object, or the facts of a field.
struct Place
{
    const TypeSchema* type = nullptr;
    const TypeSchema::Field* field = nullptr;
};

using Texts = std::vector<std::string>;

enum class Directive : std::uint8_t { None, Merge, Replace, Delete };

bool isEmptyMapping(const Node& node)
{
    return node.isMapping() && node.children.empty();
}

Result<Directive> directiveOf(const Node& mapping)
{
    const auto* word = mapping.find("$patch");
    if (word == nullptr)
        return Directive::None;
    if (word->text == "merge")
        return Directive::Merge;
    if (word->text == "replace")
        return Directive::Replace;
    if (word->text == "delete")
        return Directive::Delete;
    return fail(Error::Code::InvalidInput, "unknown patch strategy '" + word->text + "'");
}

class Merger
{
public:
    explicit Merger(const Schema& schema)
        : m_schema(schema)
    {
    }

    Result<Outcome> walk(Node* dest, const Node* patch, Place place)
    {
        const bool hasDest = dest != nullptr && !dest->isNull();
        const bool hasPatch = patch != nullptr && !patch->isNull();
        if (patch != nullptr && patch->isNull())
            return Outcome::nothing();
        if (!hasDest && !hasPatch) // a null that is spelled out stays, an empty one goes
            return dest != nullptr && !dest->text.empty() ? Outcome::dest() : Outcome::nothing();
        const auto kind = hasDest ? dest->kind : patch->kind;
        if (hasDest && hasPatch && dest->kind != patch->kind)
            return fail(wrongKind(kind == Node::Kind::Mapping        ? "MappingNode"
                                      : kind == Node::Kind::Sequence ? "SequenceNode"
                                                                     : "ScalarNode",
                                  *patch));
        if (kind == Node::Kind::Mapping)
            return mapping(hasDest ? dest : nullptr, hasPatch ? patch : nullptr, place);
        if (kind == Node::Kind::Sequence)
            return sequence(hasDest ? dest : nullptr, hasPatch ? patch : nullptr, place);
        return hasPatch ? Outcome::made(*patch) : Outcome::dest();
    }

private:
    const TypeSchema* typeFor(const Place& place, const Node* dest, const Node* patch) const
    {
        if (place.type != nullptr)
            return place.type;
        for (const auto* node : {dest, patch}) {
            if (node == nullptr)
                continue;
            const auto* apiVersion = node->find("apiVersion");
            const auto* kind = node->find("kind");
            if (apiVersion == nullptr || kind == nullptr)
                continue;
            // Of an object whose kind was changed to one that is not known with its version, the patch may know more.
            if (const auto* type = m_schema.find(apiVersion->text, kind->text))
                return type;
        }
        return nullptr;
    }

    static Place memberPlace(const TypeSchema* type, const Place& place, std::string_view name)
    {
        if (type != nullptr) {
            const auto it = type->fields.find(name);
            if (it != type->fields.end())
                return {it->second.object, &it->second};
            if (type->values != nullptr)
                return {type->values, nullptr};
            return {};
        }
        if (place.field != nullptr && place.field->values != nullptr)
            return {place.field->values, nullptr};
        return {};
    }

    /// What a patch brings is walked with itself, so that directives below it are obeyed and gone; not those in lists.
    static void eraseDirectives(Node& brought)
    {
        for (auto& child : brought.children) {
            if (child.isMapping()) {
                child.erase("$patch");
                eraseDirectives(child);
            }
        }
    }

    Result<Outcome> mapping(Node* dest, const Node* patch, const Place& place)
    {
        std::optional<Node> fresh;
        std::optional<Node> trimmed;
        if (patch != nullptr) {
            PH_TRY(const auto directive, directiveOf(*patch));
            if (directive == Directive::Delete)
                return Outcome::nothing();
            if (directive != Directive::None) {
                trimmed = *patch;
                trimmed->erase("$patch");
                patch = &*trimmed;
            }
            if (dest == nullptr || (directive == Directive::Replace && !m_isOwn)) {
                fresh = *patch;
                eraseDirectives(*fresh);
                dest = &*fresh;
            }
        }
        const Own own(*this, fresh.has_value());
        const auto* type = typeFor(place, dest, patch);
        // Members that the patch does not name are walked too: lists below them lose their repeated elements.
        if (!fresh)
            PH_CHECK(others(*dest, patch, type, place));
        if (patch != nullptr) {
            std::vector<std::string_view> names;
            names.reserve(patch->children.size());
            for (const auto& member : patch->children)
                names.push_back(member.key);
            std::sort(names.begin(), names.end());
            for (const auto name : names)
                PH_CHECK(member(*dest, name, patch->find(name), memberPlace(type, place, name)));
        }
        return fresh ? Outcome::made(std::move(*fresh)) : Outcome::dest();
    }

    Result<> others(Node& dest, const Node* patch, const TypeSchema* type, const Place& place)
    {
        for (std::size_t i = 0; i < dest.children.size();) {
            auto& child = dest.children[i];
            if (patch != nullptr && patch->find(child.key) != nullptr) {
                ++i;
                continue;
            }
            PH_TRY(auto outcome, walk(&child, nullptr, memberPlace(type, place, child.key)));
            if (outcome.kind == Outcome::Kind::Nothing) {
                dest.children.erase(dest.children.begin() + static_cast<std::ptrdiff_t>(i));
                continue;
            }
            if (outcome.kind == Outcome::Kind::Fresh)
                child.assign(std::move(*outcome.fresh));
            quoteAsSet(child);
            ++i;
        }
        return {};
    }

    /// What a field becomes is written as the field was: over a text in quotes a number is a text too.
    static void keepStyle(const Node& old, Node& fresh)
    {
        fresh.isFlow = old.isFlow;
        if (!old.isScalar() || !fresh.isScalar())
            return;
        if (old.quoted)
            fresh.tag = manifest::ScalarTag::String;
        fresh.quoted = old.quoted;
    }

    /// kustomize sets every field that it walked, and puts quotes around a plain text then that YAML 1.1 would not read
    /// as one: what a later patch writes there is a text.
    static void quoteAsSet(Node& node)
    {
        constexpr std::size_t kLongestWord = 5;
        if (!node.isScalar() || node.quoted || node.tag != manifest::ScalarTag::String || node.text.empty())
            return;
        const char first = node.text.front();
        const bool isWord = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z');
        if (isWord && node.text.size() > kLongestWord)
            return;
        node.quoted = manifest::resolveScalar(node.text, manifest::YamlDialect::V2).tag != manifest::ScalarTag::String;
    }

    Result<> member(Node& dest, std::string_view name, const Node* patch, const Place& place)
    {
        PH_TRY(auto outcome, walk(dest.find(name), patch, place));
        auto* old = dest.find(name);
        if (outcome.kind == Outcome::Kind::Nothing) {
            dest.erase(name);
        } else if (outcome.kind == Outcome::Kind::Fresh && old != nullptr) {
            keepStyle(*old, *outcome.fresh);
            old->assign(std::move(*outcome.fresh));
            if (m_isOwn) // both are one node
                quoteAsSet(*old);
        } else if (outcome.kind == Outcome::Kind::Fresh && patch == nullptr) {
            quoteAsSet(dest.set(name, std::move(*outcome.fresh)));
        } else if (outcome.kind == Outcome::Kind::Fresh) {
            auto& made = dest.set(name, std::move(*outcome.fresh));
            made.keyTag = patch->keyTag; // a new key has the patch's quotes
            quoteAsSet(made);
        }
        return {};
    }

    Result<Outcome> sequence(Node* dest, const Node* patch, const Place& place)
    {
        const bool keyed = place.field != nullptr && place.field->merges;
        if (!keyed)
            return patch != nullptr ? Outcome::made(*patch) : Outcome::dest();
        static const Node kNoPatch = Node::sequence();
        if (patch == nullptr) {
            if (place.field->keys.empty())
                return Outcome::dest();
            patch = &kNoPatch;
        }
        Node fresh;
        Node trimmed;
        Directive directive = Directive::None;
        // A list that is not there yet becomes the patch's as it is, directives included.
        for (const auto& element : dest == nullptr ? kNoPatch.children : patch->children) {
            if (!element.isMapping() || element.children.size() != 1)
                continue;
            PH_TRY(directive, directiveOf(element));
            if (directive != Directive::None)
                break;
        }
        if (directive == Directive::Delete)
            return Outcome::nothing();
        const auto isDirective = [](const Node& e) {
            return e.isMapping() && e.children.size() == 1 && e.find("$patch") != nullptr;
        };
        if (directive != Directive::None) {
            trimmed = *patch;
            std::erase_if(trimmed.children, isDirective);
            patch = &trimmed;
        }
        if (dest == nullptr || directive == Directive::Replace) {
            fresh = *patch;
        } else {
            fresh.children = std::move(dest->children);
            fresh.kind = Node::Kind::Sequence;
            fresh.isFlow = dest->isFlow;
            if (directive != Directive::None) // a new object's list is the patch's own
                std::erase_if(fresh.children, isDirective);
        }
        const Own own(*this, dest == nullptr || directive == Directive::Replace);
        Result<std::vector<Node>> merged =
            place.field->keys.empty() ? mergeScalars(fresh, *patch) : mergeKeyed(fresh, *patch, *place.field);
        if (!merged)
            return fail(std::move(merged.error()));
        fresh.children = std::move(*merged);
        return Outcome::made(std::move(fresh));
    }

    static Result<std::vector<Node>> mergeScalars(const Node& dest, const Node& patch)
    {
        std::vector<Node> out;
        std::set<std::string> seen;
        for (const auto* list : {&patch, &dest}) {
            for (const auto& element : list->children) {
                if (element.isNull() || element.find("$patch") != nullptr)
                    continue;
                if (list == &patch && !element.isScalar())
                    return fail(wrongKind("ScalarNode", element));
                if (seen.insert(element.text).second)
                    out.push_back(element);
            }
        }
        return out;
    }

    static const std::string& fieldText(const Node& element, const std::string& key)
    {
        static const std::string kNone;
        const auto* field = element.find(key);
        return field == nullptr || field->isNull() || !field->isScalar() ? kNone : field->text;
    }

    /// Rebuilds a list: elements that agree with the values are replaced by the given one, which is moved, or dropped.
    static void setElement(std::vector<Node>& list, Node* element, const Texts& keys, const Texts& values)
    {
        std::vector<Node> out;
        out.reserve(list.size() + 1);
        std::optional<std::size_t> placed;
        const bool keepsOthers = !keys.empty() && !values.empty() && !keys[0].empty() && !values[0].empty();
        for (auto& old : list) {
            if (old.isNull() || isEmptyMapping(old))
                continue;
            if (!old.isMapping() && keepsOthers) {
                out.push_back(std::move(old));
                continue;
            }
            bool agrees = !values.empty();
            for (std::size_t j = 0; j < keys.size() && agrees && j < values.size(); ++j) {
                const auto* field = old.find(keys[j]);
                agrees = field != nullptr && (values[j].empty() || values[j] == field->text);
            }
            if (agrees) {
                if (placed) {
                    out.push_back(out[*placed]);
                } else if (element != nullptr) {
                    placed = out.size();
                    out.push_back(std::move(*element));
                }
            } else if (!values.empty()) {
                out.push_back(std::move(old));
            }
        }
        if (element != nullptr && !placed)
            out.push_back(std::move(*element));
        list = std::move(out);
    }

    static const Node* findElement(const std::vector<Node>& list, const Texts& keys, const Texts& values)
    {
        for (const auto& element : list) {
            if (!element.isMapping())
                continue;
            bool same = true;
            for (std::size_t j = 0; j < keys.size() && same; ++j) {
                const auto* field = element.find(keys[j]);
                same = field != nullptr && field->isScalar() && j < values.size() && field->text == values[j];
            }
            if (same)
                return &element;
        }
        return nullptr;
    }

    static std::pair<Texts, Texts> valid(const std::vector<Texts>& tuples, const Texts& keys, const Texts& tuple)
    {
        std::pair<Texts, Texts> found;
        for (std::size_t j = 0; j < keys.size() && j < tuple.size(); ++j) {
            const bool used = std::any_of(tuples.begin(), tuples.end(),
                                          [&](const Texts& t) { return j < t.size() && !t[j].empty(); });
            if (used) {
                found.first.push_back(keys[j]);
                found.second.push_back(tuple[j]);
            }
        }
        if (found.first.empty())
            return {keys, tuple};
        return found;
    }

    static std::vector<Texts> tuplesOf(const Node& dest, const Node& patch, const Texts& keys)
    {
        std::vector<Texts> tuples;
        std::set<Texts> seen;
        for (const auto* list : {&patch, &dest}) {
            for (const auto& element : list->children) {
                Texts tuple;
                for (const auto& key : keys)
                    tuple.push_back(fieldText(element, key));
                if (seen.insert(tuple).second)
                    tuples.push_back(std::move(tuple));
            }
        }
        if (keys.size() > 1) {
            for (std::size_t i = 0; i < tuples.size(); ++i) {
                const auto own = tuples[i];
                for (std::size_t j = 0; j < tuples.size(); ++j)
                    unite(own, tuples, i, j);
            }
        }
        return tuples;
    }

    static void unite(const Texts& own, std::vector<Texts>& tuples, std::size_t i, std::size_t j)
    {
        auto& other = tuples[j];
        bool common = false;
        Texts both = own;
        for (std::size_t n = 0; n < own.size(); ++n) {
            if (own[n] == other[n])
                common = true;
            else if (own[n].empty())
                both[n] = other[n];
            else if (!other[n].empty())
                return;
        }
        if (common) {
            tuples[i] = both;
            tuples[j] = both;
        }
    }

    Result<std::vector<Node>> mergeKeyed(Node& dest, const Node& patchList, const TypeSchema::Field& field)
    {
        const auto tuples = tuplesOf(dest, patchList, field.keys);
        std::vector<Node> out;
        Texts lastKeys = field.keys;
        for (const auto& tuple : tuples) {
            const auto [keys, values] = valid(tuples, field.keys, tuple);
            const auto [findKeys, findValues] = valid({values}, keys, values);
            lastKeys = keys;
            auto* old = const_cast<Node*>(findElement(dest.children, findKeys, findValues));
            std::optional<Node> own; // what is taken out of a list of the patch's own is gone from both
            if (m_isOwn && old != nullptr) {
                own = *old;
                old->erase("$patch");
            }
            const auto* change = !m_isOwn ? findElement(patchList.children, findKeys, findValues)
                : own                     ? &*own
                                          : nullptr;
            PH_TRY(auto outcome, walk(old, change, Place {field.items, nullptr}));
            Node* result = outcome.kind == Outcome::Kind::Fresh ? outcome.fresh.get()
                : outcome.kind == Outcome::Kind::Dest           ? old
                                                                : nullptr;
            if (result == nullptr || result->isNull() || isEmptyMapping(*result)) {
                setElement(dest.children, nullptr, keys, values);
                continue;
            }
            for (std::size_t j = 0; j < keys.size(); ++j) {
                if (!values[j].empty() && result->isMapping() && result->find(keys[j]) == nullptr)
                    result->set(keys[j], Node::untagged(values[j]));
            }
            auto copy = result == old ? *result : std::move(*result);
            setElement(out, &copy, keys, values);
        }
        for (auto& element : dest.children) {
            Texts values;
            for (const auto& key : lastKeys) {
                const auto* part = element.find(key);
                if (part == nullptr || part->isNull()) {
                    out.push_back(element);
                    continue;
                }
                values.push_back(part->text);
            }
            if (lastKeys.size() > 1)
                setElement(out, nullptr, lastKeys, values);
            setElement(out, &element, lastKeys, values);
        }
        return out;
    }

    /// While what a patch brings is walked with itself: to kustomize both sides are one node then.
    class Own
    {
    public:
        Own(Merger& merger, bool begins)
            : m_merger(merger)
            , m_before(std::exchange(merger.m_isOwn, merger.m_isOwn || begins))
        {
        }
        Own(const Own&) = delete;
        Own& operator=(const Own&) = delete;
        ~Own() { m_merger.m_isOwn = m_before; }

    private:
        Merger& m_merger;
        const bool m_before;
    };

    const Schema& m_schema;
    bool m_isOwn = false;
};

} // namespace

Result<bool> strategicMerge(Node& object, const Node& patch, const Schema& schema)
{
    const auto text = [&](const char* name) {
        const auto* node = object.find(name);
        return node == nullptr ? std::string {} : node->text;
    };
    PH_TRY(auto outcome,
           Merger(schema).walk(&object, &patch, Place {schema.find(text("apiVersion"), text("kind")), nullptr}));
    if (outcome.kind == Outcome::Kind::Nothing)
        return false;
    if (outcome.kind == Outcome::Kind::Fresh)
        object.assign(std::move(*outcome.fresh));
    return true;
}

} // namespace core::render::kustomize
