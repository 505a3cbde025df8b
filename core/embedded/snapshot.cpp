// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/snapshot.h"

#include "core/base/clock.h"
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/embedded/api_server_p.h"
#include "core/embedded/sim/scenario.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <charconv>
#include <set>

namespace core::embedded {

using manifest::GroupKind;
using manifest::Object;
using manifest::Value;

namespace {

constexpr std::string_view kKind = "ClusterSnapshot";
constexpr std::string_view kApiVersion = "sim.pilothouse.dev/v1";
constexpr std::size_t kMaxFile = std::size_t {4} << 30;

bool has(const std::vector<std::string>& list, std::string_view text)
{
    return std::find(list.begin(), list.end(), text) != list.end();
}

std::uint64_t versionOf(const Value& object)
{
    const auto text = manifest::text(object, {"metadata", "resourceVersion"});
    std::uint64_t version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    return version;
}

/// Why a type is no part of a snapshot, or "".
std::string_view refusal(const kube::ResourceType& type)
{
    static const std::set<GroupKind> transient {
        {"", "Event"},
        {"events.k8s.io", "Event"},
        {"", "Endpoints"},
        {"discovery.k8s.io", "EndpointSlice"},
        {"coordination.k8s.io", "Lease"},
        {"", "ComponentStatus"},
        {"storage.k8s.io", "CSINode"},
        {"storage.k8s.io", "VolumeAttachment"},
        {"apiregistration.k8s.io", "APIService"},
    };
    if (!has(type.verbs, "list"))
        return "not listable";
    if (!has(type.verbs, "create"))
        return "computed by their API server";
    return transient.contains(type.groupKind()) ? std::string_view("made by the cluster itself") : "";
}

/// Why one object stays behind, or "".
std::string_view refusal(const Value& object)
{
    const auto kind = manifest::kind(object);
    if (manifest::uid(object).empty())
        return "computed by their API server";
    if (kind == "Secret" && manifest::text(object, {"type"}) == "kubernetes.io/service-account-token")
        return "tokens of service accounts";
    if (kind == "Pod" && !manifest::annotation(object, "kubernetes.io/config.mirror").empty())
        return "pods of a kubelet's own files";
    if (kind == "ConfigMap" && manifest::name(object) == sim::kScenarioName
        && manifest::nameSpace(object) == sim::kScenarioNamespace)
        return "the scenario that is played";
    return {};
}

void mask(Value& secret)
{
    static const auto masked = base64Encode("masked");
    if (auto* data = manifest::find(secret, {"data"}); data != nullptr && data->is_object()) {
        for (auto& member : data->get_object())
            member.value() = masked;
    }
    // The whole of it stands there again.
    if (auto* annotations = manifest::find(secret, {"metadata", "annotations"});
        annotations != nullptr && annotations->is_object())
        annotations->get_object().erase("kubectl.kubernetes.io/last-applied-configuration");
}

} // namespace

Result<Snapshot> takeSnapshot(kube::Client& client, Secrets secrets, std::stop_token stop)
{
    Snapshot snapshot;
    snapshot.source = client.transport()->description();
    snapshot.takenAt = formatRfc3339(
        std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())); // not the cluster's time
    PH_TRY(const auto types, client.discover(stop));
    std::set<GroupKind> seen;
    for (const auto& type : types) {
        if (!seen.insert(type.groupKind()).second || !refusal(type).empty())
            continue;
        auto list = client.list(type, {}, {}, stop);
        if (!list && list.error().code == Error::Code::Cancelled)
            return fail(list.error());
        if (!list) {
            ++snapshot.leftOut[fmt::format("all {}: {}", type.plural, list.error().message)];
            continue;
        }
        for (auto& object : list->items) {
            if (const auto why = refusal(object); !why.empty()) {
                ++snapshot.leftOut[std::string(why)];
                continue;
            }
            if (secrets == Secrets::Masked && type.groupKind() == GroupKind {"", "Secret"})
                mask(object);
            snapshot.version = std::max(snapshot.version, versionOf(object));
            snapshot.objects.push_back(std::move(object));
        }
        std::uint64_t listed = 0;
        std::from_chars(list->resourceVersion.data(), list->resourceVersion.data() + list->resourceVersion.size(),
                        listed);
        snapshot.version = std::max(snapshot.version, listed);
    }
    if (snapshot.objects.empty())
        return fail(Error::Code::Unavailable, "no type of this cluster could be read", snapshot.source);
    return snapshot;
}

Result<> writeSnapshot(const Snapshot& snapshot, const std::filesystem::path& file)
{
    auto text = manifest::toJson(Object {{"apiVersion", kApiVersion},
                                         {"kind", kKind},
                                         {"source", snapshot.source},
                                         {"takenAt", snapshot.takenAt},
                                         {"resourceVersion", std::to_string(snapshot.version)},
                                         {"objects", snapshot.objects.size()}})
        + "\n";
    for (const auto& object : snapshot.objects)
        text += manifest::toJson(object) + "\n";
    return paths::writeFileAtomically(file, text, true);
}

Result<Snapshot> readSnapshot(const std::filesystem::path& file)
{
    PH_TRY(const auto text, paths::readFile(file, kMaxFile));
    Snapshot snapshot;
    std::optional<std::int64_t> promised;
    std::size_t number = 0;
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++number;
        const auto where = fmt::format("{}:{}", file.string(), number);
        auto parsed = manifest::parseJson(line, where);
        if (!parsed)
            return fail(Error::Code::InvalidInput, "this line is not JSON: " + parsed.error().message, where);
        if (number == 1) {
            if (manifest::text(*parsed, {"kind"}) != kKind || manifest::text(*parsed, {"apiVersion"}) != kApiVersion)
                return fail(Error::Code::InvalidInput, "this is not a snapshot of a cluster", where,
                            "make one with pilotctl cluster snapshot");
            snapshot.source = manifest::text(*parsed, {"source"});
            snapshot.takenAt = manifest::text(*parsed, {"takenAt"});
            const auto version = manifest::text(*parsed, {"resourceVersion"});
            std::from_chars(version.data(), version.data() + version.size(), snapshot.version);
            promised = manifest::integer(*parsed, {"objects"});
            continue;
        }
        if (manifest::kind(*parsed).empty() || manifest::name(*parsed).empty() || manifest::uid(*parsed).empty())
            return fail(Error::Code::InvalidInput, "this line is not an object with kind, name and uid", where);
        snapshot.version = std::max(snapshot.version, versionOf(*parsed));
        snapshot.objects.push_back(std::move(*parsed));
    }
    if (!promised || *promised != static_cast<std::int64_t>(snapshot.objects.size()))
        return fail(
            Error::Code::InvalidInput,
            fmt::format("the snapshot is not whole: {} of {} objects", snapshot.objects.size(), promised.value_or(0)),
            file.string());
    return snapshot;
}

std::vector<Store::Seed> seedsOf(Snapshot& snapshot)
{
    std::vector<Value> definitions;
    for (const auto& object : snapshot.objects) {
        if (manifest::kind(object) == "CustomResourceDefinition")
            definitions.push_back(object);
    }
    const auto registry = Registry::build(definitions);
    std::vector<Store::Seed> seeds;
    seeds.reserve(snapshot.objects.size());
    for (const auto& object : snapshot.objects) {
        const auto info = registry->findKind(manifest::apiVersion(object), manifest::kind(object));
        if (!info) {
            ++snapshot.leftOut[fmt::format("{} of {}: not served here", manifest::kind(object),
                                           manifest::apiVersion(object))];
            continue;
        }
        auto stored = object;
        toStoredVersion(*info, stored);
        seeds.push_back({info->table, std::string(manifest::nameSpace(object)), std::string(manifest::name(object)),
                         std::make_shared<const Stored>(std::move(stored), versionOf(object))});
    }
    return seeds;
}

} // namespace core::embedded
