// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"

#include "core/base/log.h"
#include "core/manifest/patch.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::text;

namespace {

constexpr std::string_view kManager = "kube-controller-manager";

} // namespace

World::World(std::shared_ptr<kube::Client> client, kube::Cache& cache, Simulation::Options options)
    : m_client(std::move(client))
    , m_cache(cache)
    , m_options(options)
{
}

std::vector<ObjectPtr> World::list(std::string_view group, std::string_view kind, std::string_view nameSpace) const
{
    return m_cache.list({std::string(group), std::string(kind)}, nameSpace);
}

ObjectPtr World::get(std::string_view group, std::string_view kind, std::string_view nameSpace,
                     std::string_view name) const
{
    return m_cache.get({std::string(group), std::string(kind), std::string(nameSpace), std::string(name)});
}

bool World::alive(const Value& object) const
{
    return text(object, {"metadata", "deletionTimestamp"}).empty() && !m_removed.contains(manifest::uid(object));
}

std::vector<ObjectPtr> World::children(const Value& owner, std::string_view kind) const
{
    auto all = m_cache.children(manifest::uid(owner));
    std::erase_if(all, [&](const ObjectPtr& child) { return manifest::kind(*child) != kind || !alive(*child); });
    return all;
}

void World::wakeAt(TimePoint time)
{
    if (time > now && time < m_wake)
        m_wake = time;
}

void World::beginPass(TimePoint at)
{
    now = at;
    m_wake = at + std::chrono::minutes(10);
    if (m_events.size() > 5000)
        m_events.clear();
}

TimePoint World::since(const std::string& thing)
{
    if (m_since.size() > 20'000)
        m_since.clear();
    return m_since.emplace(thing, now).first->second;
}

bool World::isSilent(std::string_view node) const
{
    const auto* stage = scenario && !node.empty() ? scenario->stageOf(node, now) : nullptr;
    return stage != nullptr && stage->lost;
}

Result<Value> World::create(const Value& object)
{
    kube::WriteOptions options;
    options.fieldManager = kManager;
    auto created = m_client->create(object, options, stop);
    if (created)
        m_cache.observe(*created);
    return created;
}

void World::patch(const Value& object, const Value& mergePatch, std::string_view subresource)
{
    auto after = object;
    manifest::mergePatch(after, mergePatch);
    if (manifest::equal(after, object))
        return;
    const auto type = m_client->resolve(manifest::apiVersion(object), manifest::kind(object), stop);
    if (!type)
        return;
    kube::WriteOptions options;
    options.fieldManager = kManager;
    options.subresource = std::string(subresource);
    auto written = m_client->patch(*type, manifest::nameSpace(object), manifest::name(object), kube::PatchType::Merge,
                                   mergePatch, options, stop);
    if (written) {
        m_cache.observe(*written);
    } else if (written.error().code != Error::Code::NotFound && written.error().code != Error::Code::Cancelled) {
        log::warning("sim", written.error().text());
        wakeAt(now + std::chrono::seconds(5));
    }
}

void World::writeStatus(const Value& object, const Value& status)
{
    const auto* old = manifest::find(object, {"status"});
    const Value before = old != nullptr ? *old : Value(Object {});
    auto difference = manifest::createMergePatch(before, status);
    if (const auto* changed = difference.if_object(); changed != nullptr && changed->empty())
        return;
    patch(object, Object {{"status", std::move(difference)}}, "status");
}

void World::remove(const Value& object, bool immediately)
{
    const auto type = m_client->resolve(manifest::apiVersion(object), manifest::kind(object), stop);
    if (!type)
        return;
    kube::DeleteOptions options;
    options.uid = std::string(manifest::uid(object));
    if (immediately)
        options.gracePeriodSeconds = 0;
    if (m_removed.size() > 20'000)
        m_removed.clear();
    const auto removed = m_client->remove(*type, manifest::nameSpace(object), manifest::name(object), options, stop);
    if (removed)
        m_removed.emplace(manifest::uid(object));
    else if (removed.error().code != Error::Code::NotFound)
        wakeAt(now + std::chrono::seconds(5));
}

void World::event(const Value& about, std::string_view type, std::string_view reason, std::string_view message,
                  std::string_view component)
{
    auto nameSpace = std::string(manifest::nameSpace(about));
    if (nameSpace.empty())
        nameSpace = "default";
    const auto name =
        fmt::format("{}.{}", manifest::name(about),
                    shortHash(Object {{"u", manifest::uid(about)}, {"r", reason}, {"m", message}, {"t", type}}, 12));
    const auto at = formatRfc3339(now);
    auto& last = m_events[nameSpace + "/" + name];
    if (last != TimePoint {} && now - last < std::chrono::seconds(30))
        return;
    last = now;
    if (const auto before = get("", "Event", nameSpace, name)) {
        patch(*before,
              Object {{"count", manifest::integer(*before, {"count"}).value_or(1) + 1}, {"lastTimestamp", at}});
        return;
    }
    (void)create(Object {{"apiVersion", "v1"},
                         {"kind", "Event"},
                         {"metadata", Object {{"name", name}, {"namespace", nameSpace}}},
                         {"involvedObject",
                          Object {{"apiVersion", manifest::apiVersion(about)},
                                  {"kind", manifest::kind(about)},
                                  {"name", manifest::name(about)},
                                  {"namespace", manifest::nameSpace(about)},
                                  {"uid", manifest::uid(about)}}},
                         {"type", type},
                         {"reason", reason},
                         {"message", message},
                         {"count", 1},
                         {"source", Object {{"component", component}}},
                         {"firstTimestamp", at},
                         {"lastTimestamp", at}});
}

void setCondition(Array& conditions, TimePoint now, std::string_view type, std::string_view status,
                  std::string_view reason, std::string_view message)
{
    Object next {{"type", type}, {"status", status}};
    if (!reason.empty())
        next["reason"] = reason;
    if (!message.empty())
        next["message"] = message;
    for (auto& entry : conditions) {
        if (text(entry, {"type"}) != type)
            continue;
        next["lastTransitionTime"] = text(entry, {"status"}) == status ? Value(text(entry, {"lastTransitionTime"}))
                                                                       : Value(boost::json::string(formatRfc3339(now)));
        entry = std::move(next);
        return;
    }
    next["lastTransitionTime"] = formatRfc3339(now);
    conditions.push_back(std::move(next));
}

const Value* condition(const Value& object, std::string_view type)
{
    for (const auto& entry : manifest::array(object, {"status", "conditions"})) {
        if (text(entry, {"type"}) == type)
            return &entry;
    }
    return nullptr;
}

bool isReady(const Value& pod)
{
    const auto* ready = condition(pod, "Ready");
    return ready != nullptr && text(*ready, {"status"}) == "True";
}

Array conditionsOf(const Value& object)
{
    return manifest::array(object, {"status", "conditions"});
}

Object ownerReference(const Value& owner)
{
    return {{"apiVersion", manifest::apiVersion(owner)},
            {"kind", manifest::kind(owner)},
            {"name", manifest::name(owner)},
            {"uid", manifest::uid(owner)},
            {"controller", true},
            {"blockOwnerDeletion", true}};
}

std::string shortHash(const Value& value, std::size_t length)
{
    static constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";
    std::uint64_t hash = 1469598103934665603U;
    for (const char c : manifest::toSortedJson(value))
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
    std::string out;
    for (std::size_t i = 0; i < length; ++i) {
        out += alphabet[hash % alphabet.size()];
        hash = hash / alphabet.size() + (hash << 40U);
    }
    return out;
}

bool selectsMap(const Object& labels, const Value& object)
{
    for (const auto& [key, value] : labels) {
        const auto* wanted = value.if_string();
        const auto* have = manifest::find(object, {"metadata", "labels", key});
        if (wanted == nullptr || have == nullptr || !have->is_string() || have->get_string() != *wanted)
            return false;
    }
    return true;
}

bool selects(const Value* selector, const Value& object)
{
    if (selector == nullptr || !selector->is_object())
        return false;
    if (!selectsMap(manifest::object(*selector, {"matchLabels"}), object))
        return false;
    for (const auto& term : manifest::array(*selector, {"matchExpressions"})) {
        const auto* have = manifest::find(object, {"metadata", "labels", text(term, {"key"})});
        const auto op = text(term, {"operator"});
        const auto& values = manifest::array(term, {"values"});
        const bool in = have != nullptr && std::find(values.begin(), values.end(), *have) != values.end();
        if ((op == "In" && !in) || (op == "NotIn" && in) || (op == "Exists" && have == nullptr)
            || (op == "DoesNotExist" && have != nullptr))
            return false;
    }
    return true;
}

TimePoint timeOf(const Value& object, manifest::Path path, TimePoint otherwise)
{
    const auto parsed = parseRfc3339(text(object, path));
    return parsed ? *parsed : otherwise;
}

double quantity(const Value* value)
{
    if (value == nullptr)
        return 0;
    if (value->is_number())
        return value->to_number<double>();
    const auto* string = value->if_string();
    if (string == nullptr)
        return 0;
    const std::string textual(*string);
    char* end = nullptr;
    const double number = std::strtod(textual.c_str(), &end);
    static const std::map<std::string_view, double> units {
        {"", 1},
        {"m", 1e-3},
        {"k", 1e3},
        {"M", 1e6},
        {"G", 1e9},
        {"T", 1e12},
        {"P", 1e15},
        {"Ki", 1024.0},
        {"Mi", 1048576.0},
        {"Gi", 1073741824.0},
        {"Ti", 1099511627776.0},
        {"n", 1e-9},
        {"u", 1e-6},
    };
    const auto unit = units.find(std::string_view(end));
    return unit == units.end() ? 0 : number * unit->second;
}

} // namespace core::embedded::sim
