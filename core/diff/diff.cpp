// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/diff.h"

#include "core/base/strings.h"
#include "core/diff/rules.h"
#include "core/manifest/glob.h"
#include "core/manifest/patch.h"
#include "core/manifest/strategic.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::diff {

namespace {

/// What is taken into one comparison, already normalised.
struct Sides
{
    Value desired;
    Value live;
    Value original; ///< last applied; null: two-way
};

std::vector<std::string> pointerParts(const std::string& pointer)
{
    std::vector<std::string> parts;
    if (pointer.empty() || pointer[0] != '/')
        return parts;
    for (auto& part : split(std::string_view(pointer).substr(1), '/')) {
        std::string text;
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (part[i] == '~' && i + 1 < part.size() && (part[i + 1] == '0' || part[i + 1] == '1'))
                text += part[++i] == '0' ? '~' : '/';
            else
                text += part[i];
        }
        parts.push_back(std::move(text));
    }
    return parts;
}

void dropEmptyAnnotations(Value& object)
{
    manifest::erase(object, {"metadata", "namespace"});
    const auto* annotations = manifest::find(object, {"metadata", "annotations"});
    if (annotations && (annotations->is_null() || (annotations->is_object() && annotations->get_object().empty())))
        manifest::erase(object, {"metadata", "annotations"});
}

/// Only the parts of live that original mentions; list elements by position, surplus ones at the end stay.
Value reduceTo(const Value& live, const Value& original, int depth = 0)
{
    if (depth > 200)
        return live;
    if (live.is_object() && original.is_object()) {
        manifest::Object result;
        for (const auto& member : live.get_object()) {
            if (const auto* kept = original.get_object().if_contains(member.key()))
                result.emplace(member.key(), reduceTo(member.value(), *kept, depth + 1));
        }
        return result;
    }
    if (live.is_array() && original.is_array()) {
        manifest::Array result;
        const auto& kept = original.get_array();
        for (std::size_t i = 0; i < live.get_array().size(); ++i)
            result.push_back(i < kept.size() ? reduceTo(live.get_array()[i], kept[i], depth + 1) : live.get_array()[i]);
        return Value(std::move(result));
    }
    return live;
}

void reduceClaimTemplates(Value& live, const Value& original)
{
    auto* templates = manifest::find(live, {"spec", "volumeClaimTemplates"});
    const auto* kept = manifest::find(original, {"spec", "volumeClaimTemplates"});
    if (templates && kept)
        *templates = reduceTo(*templates, *kept);
}

/// The state after an apply. Falls back to two-way where the three-way patch cannot be made.
Value predict(Sides& sides, const manifest::TypeNode* type)
{
    Value config = sides.desired;
    Value original = sides.original.is_null() ? sides.desired : sides.original;
    dropEmptyAnnotations(config);
    dropEmptyAnnotations(original);
    if (type) {
        if (manifest::kind(config) == "StatefulSet")
            reduceClaimTemplates(sides.live, original);
        for (const auto& base : {original, config}) {
            auto patch = manifest::createThreeWayStrategicPatch(base, config, sides.live, type);
            Value predicted = sides.live;
            if (patch && manifest::strategicMerge(predicted, *patch, type))
                return predicted;
        }
    }
    const auto reduced = reduceTo(sides.live, original);
    const auto patch = manifest::createThreeWayMergePatch(original, config, reduced);
    Value predicted = sides.live;
    manifest::mergePatch(predicted, patch);
    return predicted;
}

struct Outcome
{
    Value live;
    Value predicted;
    std::vector<FieldChange> changes;
};

void dropBookkeeping(Value& object)
{
    for (const auto* key : {"managedFields", "resourceVersion", "generation", "uid", "selfLink"})
        manifest::erase(object, {"metadata", key});
    manifest::erase(object, {"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"});
    dropEmptyAnnotations(object);
}

bool ignoresStatus(const Value& object, const Options& options)
{
    return options.statusFields == StatusFields::All
        || (options.statusFields == StatusFields::OfDefinitions
            && manifest::kind(object) == "CustomResourceDefinition");
}

/// The type by whose keys elements of lists are paired; null: by their places.
const manifest::TypeNode* typeOf(const Value& object, const Options& options)
{
    const auto* type = manifest::builtinType(manifest::apiVersion(object), manifest::kind(object));
    return type == nullptr && options.schema ? options.schema->type() : type;
}

enum class SchemaDefaults : bool { No, Yes };

Outcome run(Sides sides, const Options& options, SchemaDefaults defaults)
{
    const auto& typed = sides.original.is_null() ? sides.desired : sides.original;
    const auto* type = manifest::builtinType(manifest::apiVersion(typed), manifest::kind(typed));
    const auto nameSpace = manifest::nameSpace(sides.live);
    Outcome outcome;
    outcome.predicted = predict(sides, type);
    outcome.live = std::move(sides.live);
    applyDefaults(outcome.live);
    applyDefaults(outcome.predicted);
    if (options.schema && defaults == SchemaDefaults::Yes) {
        options.schema->complete(outcome.live);
        options.schema->complete(outcome.predicted);
    }
    const std::string where(nameSpace);
    dropBookkeeping(outcome.live);
    dropBookkeeping(outcome.predicted);
    const auto masked = maskSecrets(&outcome.predicted, &outcome.live, options.sensitiveAnnotations);
    outcome.changes = leafChanges(masked.live, masked.desired, typeOf(typed, options));
    if (!where.empty()) {
        manifest::ensure(outcome.live, {"metadata", "namespace"}) = boost::json::string(where);
        manifest::ensure(outcome.predicted, {"metadata", "namespace"}) = boost::json::string(where);
    }
    return outcome;
}

void removeFromAll(Sides& sides, const std::vector<std::string>& path)
{
    removePath(sides.desired, path);
    removePath(sides.live, path);
    removePath(sides.original, path);
}

void removeOwned(Sides& sides, const std::vector<IgnoreRule>& rules, const Value& rawLive, const Options& options)
{
    if (std::none_of(rules.begin(), rules.end(),
                     [](const IgnoreRule& rule) { return !rule.managedFieldsManagers.empty(); }))
        return;
    auto changes = run(sides, options, SchemaDefaults::No).changes;
    std::reverse(changes.begin(), changes.end()); // later list elements first, so that indexes stay right
    for (const auto& change : changes) {
        for (const auto& rule : rules) {
            for (const auto& manager : rule.managedFieldsManagers) {
                if (ownedBy(rawLive, change.path, manager))
                    removeFromAll(sides, change.path);
            }
        }
    }
}

bool sameChange(const FieldChange& a, const FieldChange& b)
{
    return a.path == b.path && a.live == b.live && a.desired == b.desired;
}

/// What differs only as long as nobody fills in defaults is told, and does not count.
void addDefaulted(std::vector<FieldChange>& changes, std::vector<FieldChange> before)
{
    const auto counted = changes.size();
    for (auto& change : before) {
        const auto related = [&](const FieldChange& other) {
            const auto n = static_cast<std::ptrdiff_t>(std::min(change.path.size(), other.path.size()));
            return std::equal(change.path.begin(), change.path.begin() + n, other.path.begin());
        };
        if (std::any_of(changes.begin(), changes.begin() + static_cast<std::ptrdiff_t>(counted), related))
            continue;
        change.ignored = true;
        change.reason = "defaulted by the API server";
        changes.push_back(std::move(change));
    }
}

std::string ruleFor(const FieldChange& change, const std::vector<IgnoreRule>& rules)
{
    for (const auto& rule : rules) {
        for (const auto& pointer : rule.jsonPointers) {
            const auto parts = pointerParts(pointer);
            const auto n = std::min(parts.size(), change.path.size());
            if (!parts.empty()
                && std::equal(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(n), change.path.begin()))
                return "ignored by " + pointer;
        }
        if (!rule.jqPathExpressions.empty())
            return "ignored by " + rule.jqPathExpressions.front();
        if (!rule.managedFieldsManagers.empty())
            return "ignored: owned by " + rule.managedFieldsManagers.front();
    }
    return "ignored";
}

std::string reasonOf(const FieldChange& change, const Value& rawLive, const Value& original, const Value& desired)
{
    const auto* before = original.is_null() ? nullptr : at(original, change.path);
    const auto* now = at(desired, change.path);
    const bool sameInGit = before && now ? manifest::equal(*before, *now) : (before == nullptr) == (now == nullptr);
    const auto owner = ownerOf(rawLive, change.path);
    const bool ours = owner.starts_with("pilothouse") || owner.starts_with("argocd")
        || owner.starts_with("kubectl-client-side-apply");
    if (!original.is_null() && !sameInGit)
        return before && !now ? "removed in Git" : "changed in Git";
    if (!owner.empty() && !ours)
        return "changed live by " + owner;
    if (!original.is_null() && before)
        return "changed live";
    return "differs from Git";
}

} // namespace

bool IgnoreRule::appliesTo(const manifest::ResourceKey& key) const
{
    return manifest::globMatches(group, key.group) && manifest::globMatches(kind, key.kind)
        && (name.empty() || name == key.name) && (nameSpace.empty() || nameSpace == key.nameSpace);
}

void removeIgnored(Value& object, const std::vector<IgnoreRule>& rules)
{
    if (!object.is_object())
        return;
    for (const auto& rule : rules) {
        for (const auto& pointer : rule.jsonPointers)
            removePath(object, pointerParts(pointer));
        for (const auto& expression : rule.jqPathExpressions) {
            if (auto result = jqDelete(object, expression); result && result->is_object())
                object = std::move(*result); // a failing expression is skipped for this object
        }
    }
}

Comparison compare(const Value* desired, const Value* live, const Options& options)
{
    Comparison result;
    if (!desired && !live)
        return result;
    if (!desired || !live) {
        const auto masked = maskSecrets(desired, live, options.sensitiveAnnotations);
        if (desired)
            result.predicted = normalize(masked.desired, options);
        if (live) {
            result.live = normalize(masked.live, options);
            dropBookkeeping(result.live);
            manifest::erase(result.live, {"status"});
        }
        result.outOfSync = desired != nullptr;
        return result;
    }
    Sides sides {normalize(*desired, options), normalize(*live, options),
                 options.serverSideApply ? appliedBy(*live, "argocd-controller") : lastApplied(*live)};
    if (!sides.original.is_null())
        sides.original = normalize(sides.original, options);
    if (ignoresStatus(*live, options)) {
        for (auto* side : {&sides.desired, &sides.live, &sides.original})
            manifest::erase(*side, {"status"});
    }
    std::vector<IgnoreRule> rules;
    const auto key = manifest::keyOf(*live);
    std::copy_if(options.ignore.begin(), options.ignore.end(), std::back_inserter(rules),
                 [&](const IgnoreRule& rule) { return rule.appliesTo(key); });
    auto outcome = run(sides, options, SchemaDefaults::No);
    if (options.schema && !outcome.changes.empty()) { // sides that are equal stay so with defaults
        auto before = std::move(outcome.changes);
        outcome = run(sides, options, SchemaDefaults::Yes);
        addDefaulted(outcome.changes, std::move(before));
    }
    const auto dismiss = [&](const std::vector<FieldChange>& counted, auto why) {
        for (auto& change : outcome.changes) {
            const bool gone = std::none_of(counted.begin(), counted.end(),
                                           [&](const FieldChange& other) { return sameChange(change, other); });
            if (gone && !change.ignored)
                change.reason = why(change);
            change.ignored = change.ignored || gone;
        }
    };
    result.outOfSync = std::any_of(outcome.changes.begin(), outcome.changes.end(),
                                   [](const FieldChange& change) { return !change.ignored; });
    if (!rules.empty() && result.outOfSync) {
        auto reduced = sides;
        for (auto* side : {&reduced.desired, &reduced.live, &reduced.original})
            removeIgnored(*side, rules);
        removeOwned(reduced, rules, *live, options);
        const auto counted = run(std::move(reduced), options, SchemaDefaults::Yes).changes;
        dismiss(counted, [&](const FieldChange& change) { return ruleFor(change, rules); });
        result.outOfSync = !counted.empty(); // may have places of their own, where elements of lists went
    }
    for (auto& change : outcome.changes) {
        if (!change.ignored)
            change.reason = reasonOf(change, *live, sides.original, sides.desired);
    }
    auto masked = maskSecrets(&outcome.predicted, &outcome.live, options.sensitiveAnnotations);
    result.predicted = std::move(masked.desired);
    result.live = std::move(masked.live);
    result.changes = std::move(outcome.changes);
    return result;
}

namespace {

/// Gives predicted the live value at a path, or takes it out where live has none.
void takeBack(Value& predicted, const Value& live, const std::vector<std::string>& path)
{
    const auto* before = at(live, path);
    if (!before) {
        removePath(predicted, path);
        return;
    }
    auto* place = &predicted;
    for (std::size_t i = 0; i < path.size(); ++i) {
        auto* object = place->if_object();
        if (!object) // a list's element: left as it is
            return;
        place = &(*object)[path[i]];
        if (place->is_null() && i + 1 < path.size())
            *place = manifest::Object();
    }
    *place = *before;
}

} // namespace

Result<Comparison> compareServerSide(const Value& desired, const Value& live, const Value& predicted,
                                     const Options& options, const std::string& manager, bool withWebhooks)
{
    Value after(predicted);
    if (!withWebhooks) {
        if (manifest::array(predicted, {"metadata", "managedFields"}).empty())
            return fail(Error::Code::InvalidInput, "the dry run answered without metadata.managedFields");
        auto changes = leafChanges(live, predicted, typeOf(predicted, options));
        std::reverse(changes.begin(), changes.end()); // later list elements first
        for (const auto& change : changes) {
            if (change.path.size() > 1 && change.path[0] == "metadata" && change.path[1] == "managedFields")
                continue;
            const auto& holder = change.desired ? predicted : live;
            if (!ownedBy(predicted, change.path, manager) && (change.desired || !ownedBy(holder, change.path, manager)))
                takeBack(after, live, change.path);
        }
    }
    std::vector<IgnoreRule> rules;
    const auto key = manifest::keyOf(live);
    std::copy_if(options.ignore.begin(), options.ignore.end(), std::back_inserter(rules),
                 [&](const IgnoreRule& rule) { return rule.appliesTo(key); });
    const auto prepared = [&](const Value& object, bool ignoring) {
        auto copy = normalize(object, options);
        dropBookkeeping(copy);
        if (ignoresStatus(copy, options))
            manifest::erase(copy, {"status"});
        if (ignoring)
            removeIgnored(copy, rules);
        return copy;
    };
    const auto* type = typeOf(live, options);
    const auto changesOf = [&](bool ignoring) {
        const auto a = prepared(live, ignoring);
        const auto b = prepared(after, ignoring);
        const auto masked = maskSecrets(&b, &a, options.sensitiveAnnotations);
        return leafChanges(masked.live, masked.desired, type);
    };
    Comparison result;
    result.changes = changesOf(false);
    const auto counted = rules.empty() ? result.changes : changesOf(true);
    const auto original = lastApplied(live);
    for (auto& change : result.changes) {
        bool ignored = std::none_of(counted.begin(), counted.end(),
                                    [&](const FieldChange& other) { return sameChange(change, other); });
        for (const auto& rule : rules) {
            for (const auto& name : rule.managedFieldsManagers)
                ignored = ignored || ownedBy(live, change.path, name);
        }
        change.ignored = ignored;
        change.reason = ignored ? ruleFor(change, rules) : reasonOf(change, live, original, desired);
        result.outOfSync = result.outOfSync || !ignored;
    }
    const auto a = prepared(live, false);
    const auto b = prepared(after, false);
    auto masked = maskSecrets(&b, &a, options.sensitiveAnnotations);
    result.live = std::move(masked.live);
    result.predicted = std::move(masked.desired);
    return result;
}

} // namespace core::diff
