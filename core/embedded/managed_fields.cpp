// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/embedded/field_set.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::TypeNode;
using manifest::Value;

namespace {

constexpr std::size_t kMaxUpdateEntries = 10;
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

struct Entry
{
    std::string manager, operation, apiVersion, subresource, time;
    FieldSet set;

    [[nodiscard]] bool same(const Entry& other) const
    {
        return manager == other.manager && operation == other.operation && subresource == other.subresource
            && (operation == "Apply" || apiVersion == other.apiVersion);
    }
};
using Entries = std::vector<Entry>;

Entries parseEntries(const Value& object)
{
    Entries out;
    for (const auto& row : manifest::array(object, {"metadata", "managedFields"})) {
        Entry entry;
        entry.manager = manifest::text(row, {"manager"});
        entry.operation = manifest::text(row, {"operation"});
        entry.apiVersion = manifest::text(row, {"apiVersion"});
        entry.subresource = manifest::text(row, {"subresource"});
        entry.time = manifest::text(row, {"time"});
        if (const auto* fields = manifest::find(row, {"fieldsV1"}))
            entry.set = FieldSet::fromFieldsV1(*fields);
        if (!entry.operation.empty())
            out.push_back(std::move(entry));
    }
    return out;
}

void capUpdates(Entries& entries)
{
    std::vector<std::size_t> updates;
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (entries[i].operation == "Update" && entries[i].subresource.empty())
            updates.push_back(i);
    if (updates.size() <= kMaxUpdateEntries)
        return;
    std::sort(updates.begin(), updates.end(), [&](auto a, auto b) { return entries[a].time < entries[b].time; });
    Entry ancient = entries[updates[0]];
    ancient.manager = "ancient-changes";
    const auto surplus = updates.size() - kMaxUpdateEntries + 1;
    std::vector<bool> gone(entries.size());
    for (std::size_t i = 0; i < surplus; ++i) {
        ancient.set.add(entries[updates[i]].set);
        ancient.time = entries[updates[i]].time;
        gone[updates[i]] = true;
    }
    Entries rest;
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (!gone[i])
            rest.push_back(std::move(entries[i]));
    rest.push_back(std::move(ancient));
    entries = std::move(rest);
}

/// `now` becomes the time of who writes, where its set changed; other entries keep theirs even where they lose fields.
void writeEntries(Value& object, Entries entries, const Entries& before, const Entry& own, std::string_view now)
{
    for (auto& entry : entries) {
        entry.set.prune();
        const auto old =
            std::find_if(before.begin(), before.end(), [&](const Entry& other) { return other.same(entry); });
        if (entry.subresource == "scale")
            entry.time.clear(); // so on real servers
        else if (entry.same(own) && (old == before.end() || old->set != entry.set))
            entry.time = now;
    }
    std::erase_if(entries, [](const Entry& entry) { return entry.set.empty(); });
    capUpdates(entries);
    std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
        if (a.operation != b.operation)
            return a.operation < b.operation;
        return std::tie(a.time, a.manager, a.apiVersion, a.subresource)
            < std::tie(b.time, b.manager, b.apiVersion, b.subresource);
    });
    if (entries.empty()) {
        manifest::erase(object, {"metadata", "managedFields"});
        return;
    }
    Array rows;
    for (const auto& entry : entries) {
        Object row {{"manager", boost::json::string(entry.manager)},
                    {"operation", boost::json::string(entry.operation)},
                    {"apiVersion", boost::json::string(entry.apiVersion)},
                    {"fieldsType", "FieldsV1"},
                    {"fieldsV1", entry.set.toFieldsV1()}};
        if (!entry.time.empty())
            row["time"] = boost::json::string(entry.time);
        if (!entry.subresource.empty())
            row["subresource"] = boost::json::string(entry.subresource);
        rows.emplace_back(std::move(row));
    }
    manifest::ensure(object, {"metadata", "managedFields"}) = std::move(rows);
}

/// Removes what no manager owns: names, versions, what the server sets itself; and the half that the endpoint resets.
void strip(FieldSet& set, const ResourceInfo& info, std::string_view subresource)
{
    set.children.erase("f:apiVersion");
    set.children.erase("f:kind");
    if (const auto it = set.children.find("f:metadata"); it != set.children.end()) {
        it->second.member = false;
        for (const auto* key :
             {"name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
              "resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "generateName"})
            it->second.children.erase(std::string("f:") + key);
        if (it->second.empty())
            set.children.erase(it);
    }
    if (!info.hasStatus)
        return;
    if (subresource == "status")
        std::erase_if(set.children,
                      [](const auto& child) { return child.first != "f:status" && child.first != "f:metadata"; });
    else
        set.children.erase("f:status");
}

const TypeNode* typeOf(const ResourceInfo& info)
{
    if (info.custom || info.apiVersion() == info.storedApiVersion)
        return info.type;
    return manifest::builtinType(info.storedApiVersion, info.kind);
}

std::string managerText(const Entry& entry)
{
    auto text = fmt::format("\"{}\"", entry.manager);
    if (!entry.subresource.empty())
        text += fmt::format(" with subresource \"{}\"", entry.subresource);
    if (entry.operation == "Update")
        text += fmt::format(" using {}", entry.apiVersion);
    return text;
}

Refusal conflicts(const std::vector<std::pair<Entry, FieldSet>>& all)
{
    Failure failure;
    failure.code = 409;
    failure.reason = "Conflict";
    failure.details = true;
    std::map<std::string, std::vector<std::string>> byManager;
    for (const auto& [entry, set] : all)
        set.forEach([&, text = managerText(entry)](const FieldSet::Path& path) {
            const auto field = fieldPathText(path);
            byManager[text].push_back(field);
            failure.causes.push_back({"FieldManagerConflict", fmt::format("conflict with {}", text), field});
        });
    const auto count = failure.causes.size();
    failure.message = fmt::format("Apply failed with {} conflict{}: ", count, count == 1 ? "" : "s");
    bool first = true;
    for (const auto& [manager, fields] : byManager) {
        failure.message += first ? "" : "\n";
        first = false;
        if (count == 1) {
            failure.message += fmt::format("conflict with {}: {}", manager, fields.front());
            continue;
        }
        failure.message += fmt::format("conflicts with {}:", manager);
        for (const auto& field : fields)
            failure.message += "\n- " + field;
    }
    return Refusal(std::move(failure)); // its details hold the causes only
}

/// What only the manager `last` had set and now leaves out goes; what anyone else owns stays.
void pruneUnapplied(Value& merged, const Entries& entries, const FieldSet& last, const TypeNode* type)
{
    auto lastNamed = withNamedAncestors(last, type);
    if (const auto it = lastNamed.children.find("f:metadata"); it != lastNamed.children.end())
        it->second.member = false; // whatever was applied of it: the name in it stays
    FieldSet keep;
    for (const auto& entry : entries)
        keep.add(entry.set);
    const auto fields = [&](const Value& value) { return withNamedAncestors(fieldsOf(value, type), type); };
    const auto all = fields(merged);
    Value pruned = merged;
    removePositions(pruned, lastNamed, type);
    FieldSet kept = fields(pruned);
    kept.add(withNamedAncestors(keep, type));
    FieldSet drop = all;
    drop.remove(kept);
    Value restored = merged;
    removePositions(restored, drop, type);
    FieldSet gone = all;
    gone.remove(fields(restored));
    removePositions(merged, gone.intersection(lastNamed), type);
}

/// kubectl may take over what it had applied client-side itself.
void forgiveLastApplied(std::vector<std::pair<Entry, FieldSet>>& found, const Value& live, const TypeNode* type)
{
    const auto parsed = manifest::parseJson(manifest::annotation(live, kLastApplied));
    if (!parsed)
        return;
    for (auto& [entry, set] : found) {
        FieldSet forgiven;
        set.forEach([&](const FieldSet::Path& path) {
            const auto* now = valueAt(live, path, type);
            const auto* then = valueAt(*parsed, path, type);
            if (now != nullptr && then != nullptr && manifest::equal(*now, *then))
                forgiven.insert(path);
        });
        set.remove(forgiven);
    }
    std::erase_if(found, [](const auto& item) { return item.second.empty(); });
}

/// Who goes back to client-side apply finds there what was applied server-side; only where the annotation stood.
void renewLastApplied(Value& merged, const Value& configuration)
{
    if (manifest::annotation(merged, kLastApplied).empty())
        return;
    Value applied = configuration;
    manifest::erase(applied, {"metadata", "managedFields"});
    manifest::erase(applied, {"metadata", "annotations", kLastApplied});
    manifest::ensure(merged, {"metadata", "annotations", kLastApplied}) =
        boost::json::string(manifest::toSortedJson(applied) + "\n");
}

Comparison compareUpdate(const Value& left, const Value& right, const TypeNode* type)
{
    const auto fullLeft = completed(left, type);
    const auto fullRight = completed(right, type);
    return compareFields(fullLeft ? *fullLeft : left, fullRight ? *fullRight : right, type);
}

} // namespace

void trackUpdate(const WriteContext& context, std::string_view subresource, const Value* current, Value& object,
                 std::string_view now)
{
    const auto& info = *context.info;
    const auto* type = typeOf(info);
    const auto* sent = manifest::find(object, {"metadata", "managedFields"});
    static const Value kEmpty = Object();
    auto changes = compareUpdate(current != nullptr ? *current : kEmpty, object, type);
    // The endpoint's own half only; the other cannot have changed.
    for (auto* set : {&changes.added, &changes.removed, &changes.modified})
        strip(*set, info, subresource);
    const auto* kept = current != nullptr ? manifest::find(*current, {"metadata", "managedFields"}) : nullptr;
    // What changes no field that anyone could own leaves the entries as they are.
    if (kept != nullptr && (sent == nullptr || manifest::equal(*sent, *kept)) && changes.added.empty()
        && changes.removed.empty() && changes.modified.empty()) {
        if (sent == nullptr)
            manifest::ensure(object, {"metadata", "managedFields"}) = *kept;
        return;
    }
    const auto before = current != nullptr ? parseEntries(*current) : Entries {};
    const bool reset = sent != nullptr && sent->is_array()
        && (sent->get_array().empty()
            || (sent->get_array().size() == 1 && sent->get_array().front().is_object()
                && sent->get_array().front().get_object().empty()));
    if (current != nullptr && (reset || (before.empty() && sent == nullptr))) {
        manifest::erase(object, {"metadata", "managedFields"});
        return;
    }
    auto entries = sent != nullptr && current != nullptr ? parseEntries(object) : before;
    FieldSet touched = changes.added;
    touched.add(changes.modified);
    Entry own;
    own.manager = context.manager;
    own.operation = "Update";
    own.apiVersion = info.apiVersion();
    own.subresource = subresource == "status" || subresource == "scale" ? subresource : "";
    auto mine = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.same(own); });
    if (mine == entries.end())
        mine = entries.insert(entries.end(), own);
    for (auto& entry : entries) {
        entry.set.remove(changes.removed);
        if (&entry != &*mine)
            entry.set.remove(touched);
    }
    mine->set.add(touched);
    writeEntries(object, std::move(entries), before, own, now);
}

ApiResult<Value> applyConfiguration(const WriteContext& context, std::string_view subresource, const Value* current,
                                    const Value& configuration, std::string_view now)
{
    const auto& info = *context.info;
    const auto* type = typeOf(info);
    if (manifest::find(configuration, {"metadata", "managedFields"}) != nullptr)
        return badRequest("metadata.managedFields must be nil");
    Value config = configuration;
    if (info.hasStatus && subresource != "status")
        manifest::erase(config, {"status"});
    if (subresource == "status") {
        std::vector<std::string> others;
        for (const auto& member : config.get_object())
            if (member.key() != "kind" && member.key() != "apiVersion" && member.key() != "metadata"
                && member.key() != "status")
                others.emplace_back(member.key());
        for (const auto& key : others)
            manifest::erase(config, {key});
    }
    if (const auto problem = duplicateElement(config, type); !problem.empty())
        return untypedPatch(info, manifest::nameSpace(config), manifest::name(config), problem);
    static const Value kEmpty = Object();
    const auto& live = current != nullptr ? *current : kEmpty;
    const auto before = parseEntries(live);
    auto entries = before;
    if (current != nullptr && entries.empty()) {
        Entry first {"before-first-apply", "Update", info.apiVersion(), {}, std::string(now), fieldsOf(live, type)};
        strip(first.set, info, "");
        entries.push_back(std::move(first));
    }
    auto mergedResult = mergeApplied(live, config, type);
    Value merged = mergedResult ? std::move(*mergedResult) : config;
    Entry own {context.manager, "Apply", info.apiVersion(), std::string(subresource), {}, {}};
    auto mine = std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.same(own); });
    FieldSet last;
    if (mine == entries.end())
        mine = entries.insert(entries.end(), own);
    else
        last = mine->set;
    mine->apiVersion = info.apiVersion();
    mine->set = fieldsOf(config, type);
    strip(mine->set, info, subresource);
    const auto mineAt = static_cast<std::size_t>(mine - entries.begin());
    if (!last.empty())
        pruneUnapplied(merged, entries, last, type);
    auto changes = compareFields(live, merged, type);
    FieldSet touched = changes.added;
    touched.add(changes.modified);
    std::vector<std::pair<Entry, FieldSet>> found;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        if (i == mineAt)
            continue;
        auto shared = entries[i].set.intersection(touched);
        if (!shared.empty())
            found.emplace_back(entries[i], std::move(shared));
    }
    auto refused = found;
    if (context.manager == "kubectl" && current != nullptr)
        forgiveLastApplied(refused, live, type);
    if (!refused.empty() && !context.force)
        return conflicts(refused);
    if (context.manager == "kubectl")
        renewLastApplied(merged, configuration);
    for (const auto& [entry, set] : found)
        for (auto& other : entries)
            if (other.same(entry))
                other.set.remove(set);
    for (std::size_t i = 0; i < entries.size(); ++i)
        if (i != mineAt)
            entries[i].set.remove(changes.removed);
    const bool changesObject = !changes.added.empty() || !changes.removed.empty() || !changes.modified.empty();
    const auto time = changesObject ? std::string(now) : entries[mineAt].time; // what changes nothing leaves no time
    writeEntries(merged, std::move(entries), before, own, time);
    // Only now: what is applied conflicts with another spelling of the same quantity.
    (void)checkFields(type, merged, info.custom);
    return merged;
}

} // namespace core::embedded
