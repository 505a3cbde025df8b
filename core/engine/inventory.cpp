// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/inventory.h"

#include "core/manifest/quantity.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace core::engine {

using manifest::array;
using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

using Counts = std::map<std::string, std::int64_t>;

std::int64_t whole(const Value& quantity)
{
    const auto parsed = manifest::Quantity::parse(quantity);
    return parsed ? std::max<std::int64_t>(0, parsed->value()) : 0;
}

Counts ofContainer(const Value& container)
{
    Counts out;
    for (const char* list : {"limits", "requests"}) // a request wins over the limit that stands for a missing one
        for (const auto& [name, quantity] : manifest::object(container, {"resources", list}))
            if (isAccelerator(name))
                out[name] = whole(quantity);
    return out;
}

void add(Counts& sum, const Counts& more)
{
    for (const auto& [name, count] : more)
        sum[name] += count;
}

void raise(Counts& sum, const Counts& least)
{
    for (const auto& [name, count] : least)
        sum[name] = std::max(sum[name], count);
}

bool ended(const Value& pod)
{
    const auto phase = text(pod, {"status", "phase"});
    return phase == "Succeeded" || phase == "Failed";
}

std::string productOf(const Value& node, std::string_view resource)
{
    if (resource.starts_with("nvidia.com/mig-"))
        if (const auto product = manifest::label(node, std::string(resource) + ".product"); !product.empty())
            return std::string(product);
    for (const char* label : {"nvidia.com/gpu.product", "amd.com/gpu.product-name", "gpu.intel.com/product",
                              "cloud.google.com/gke-accelerator", "cloud.google.com/gke-tpu-accelerator"})
        if (const auto product = manifest::label(node, label); !product.empty())
            return std::string(product);
    return {};
}

std::string unusableOf(const Value& node)
{
    if (manifest::flag(node, {"spec", "unschedulable"}))
        return "cordoned";
    for (const auto& condition : array(node, {"status", "conditions"}))
        if (text(condition, {"type"}) == "Ready" && text(condition, {"status"}) != "True") {
            const auto message = text(condition, {"message"});
            return message.empty() ? "not ready" : "not ready: " + std::string(message);
        }
    return {};
}

std::string waitingReason(const Value& pod)
{
    for (const auto& condition : array(pod, {"status", "conditions"}))
        if (text(condition, {"type"}) == "PodScheduled" && text(condition, {"status"}) == "False")
            return std::string(text(condition, {"message"}));
    return {};
}

bool looksLikeVersion(std::string_view word)
{
    if (word.starts_with('v') || word.starts_with('V'))
        word.remove_prefix(1);
    return !word.empty() && std::isdigit(static_cast<unsigned char>(word.front())) != 0;
}

constexpr std::array kFrameworks {"sklearn", "xgboost",  "tensorflow", "pytorch",  "triton",      "onnx",
                                  "pmml",    "lightgbm", "paddle",     "mlserver", "huggingface", "mlflow"};

std::string uriOf(const Value& model)
{
    if (const auto uri = text(model, {"storageUri"}); !uri.empty())
        return std::string(uri);
    if (const auto uri = text(model, {"uri"}); !uri.empty())
        return std::string(uri);
    const auto path = text(model, {"storage", "path"});
    if (path.empty())
        return {};
    const auto key = text(model, {"storage", "key"});
    return (key.empty() ? std::string() : std::string(key) + ":") + std::string(path);
}

/// Custom predictors name the model to the storage initialiser in their environment.
std::string uriOfContainers(const Value& spec)
{
    for (const auto& container : array(spec, {"containers"}))
        for (const auto& variable : array(container, {"env"}))
            if (text(variable, {"name"}) == "STORAGE_URI")
                return std::string(text(variable, {"value"}));
    return {};
}

void describePredictor(ModelRow& row, const Value& service)
{
    static const Value kNone;
    const auto* found = find(service, {"spec", "predictor"});
    const Value& predictor = found != nullptr ? *found : kNone;
    if (const auto* model = find(predictor, {"model"})) {
        row.framework = text(*model, {"modelFormat", "name"});
        row.uri = uriOf(*model);
    }
    for (const char* framework : kFrameworks) {
        if (const auto* model = find(predictor, {framework}); model != nullptr && row.uri.empty()) {
            row.framework = framework;
            row.uri = uriOf(*model);
        }
    }
    if (const auto* model = find(service, {"spec", "model"}); model != nullptr && row.uri.empty()) { // LLM
        row.uri = uriOf(*model);
        row.model = text(*model, {"name"});
    }
    if (row.uri.empty())
        row.uri = uriOfContainers(predictor);
}

void describeState(ModelRow& row, const Value& service)
{
    for (const auto& condition : array(service, {"status", "conditions"})) {
        if (text(condition, {"type"}) != "Ready")
            continue;
        const auto status = text(condition, {"status"});
        row.health = status == "True" ? Health::Healthy : status == "False" ? Health::Degraded : Health::Progressing;
        if (status != "True")
            row.reason = text(condition, {"message"});
        if (row.reason.empty() && status != "True")
            row.reason = text(condition, {"reason"});
    }
    const auto failure = text(service, {"status", "modelStatus", "lastFailureInfo", "message"});
    if (!failure.empty() && row.health != Health::Healthy)
        row.reason = failure;
}

constexpr const char* kSourceUri = "internal.serving.kserve.io/storage-initializer-sourceuri";

std::string uriOfRevision(const Value& object)
{
    if (const auto uri = text(object, {"spec", "template", "metadata", "annotations", kSourceUri}); !uri.empty())
        return std::string(uri);
    if (const auto uri = text(object, {"metadata", "annotations", kSourceUri}); !uri.empty())
        return std::string(uri);
    const auto* pod = find(object, {"spec", "template", "spec"});
    if (pod == nullptr)
        pod = find(object, {"spec"});
    return pod == nullptr ? std::string() : uriOfContainers(*pod);
}

void addLanes(ModelRow& row, const Value& service, const RevisionLookup& revisionOf)
{
    const auto wanted = manifest::integer(service, {"spec", "predictor", "canaryTrafficPercent"});
    for (const auto& target : array(service, {"status", "components", "predictor", "traffic"})) {
        ModelLane lane;
        lane.revision = text(target, {"revisionName"});
        lane.canary = manifest::flag(target, {"latestRevision"}) && wanted.has_value() && *wanted < 100;
        if (const auto percent = manifest::integer(target, {"percent"}))
            lane.observed = static_cast<int>(std::clamp<std::int64_t>(*percent, 0, 100));
        if (manifest::flag(target, {"latestRevision"}))
            lane.uri = row.uri;
        else if (const auto object = revisionOf ? revisionOf(row.key.nameSpace, lane.revision) : nullptr)
            lane.uri = uriOfRevision(*object);
        lane.version = modelNameOf(lane.uri).version;
        row.lanes.push_back(std::move(lane));
    }
    if (row.lanes.empty() && !row.uri.empty())
        row.lanes.push_back({{}, row.version, row.uri, {}, {}, false});
    if (wanted) {
        const int share = static_cast<int>(std::clamp<std::int64_t>(*wanted, 0, 100));
        const bool several = row.lanes.size() > 1;
        for (auto& lane : row.lanes)
            lane.requested = !several ? 100 : lane.canary ? share : 100 - share;
    }
    std::stable_sort(row.lanes.begin(), row.lanes.end(),
                     [](const ModelLane& a, const ModelLane& b) { return a.canary < b.canary; });
}

} // namespace

bool isAccelerator(std::string_view resource)
{
    const auto slash = resource.find('/');
    if (slash == std::string_view::npos)
        return false;
    const auto domain = resource.substr(0, slash);
    const auto name = resource.substr(slash + 1);
    return name == "gpu" || name.starts_with("gpu.") || name.starts_with("mig-") || domain == "gpu.intel.com"
        || domain == "habana.ai" || (domain == "google.com" && name == "tpu")
        || (domain == "aws.amazon.com" && name.starts_with("neuron"));
}

std::map<std::string, std::int64_t> acceleratorsOf(const Value& pod)
{
    Counts running;
    for (const auto& container : array(pod, {"spec", "containers"}))
        add(running, ofContainer(container));
    Counts sidecars;
    Counts starting;
    for (const auto& container : array(pod, {"spec", "initContainers"})) {
        const auto own = ofContainer(container);
        if (text(container, {"restartPolicy"}) == "Always") {
            add(sidecars, own);
            raise(starting, sidecars);
        } else {
            auto step = sidecars;
            add(step, own);
            raise(starting, step);
        }
    }
    add(running, sidecars);
    raise(running, starting);
    for (const auto& [name, quantity] : manifest::object(pod, {"spec", "overhead"}))
        if (isAccelerator(name))
            running[name] += whole(quantity);
    std::erase_if(running, [](const auto& entry) { return entry.second == 0; });
    return running;
}

GpuInventory viewGpus(const Objects& nodes, const Objects& pods, const OwnerOf& ownerOf)
{
    GpuInventory out;
    std::map<std::pair<std::string, std::string>, std::size_t> rows;
    for (const auto& node : nodes) {
        for (const auto& [name, quantity] : manifest::object(*node, {"status", "allocatable"})) {
            if (!isAccelerator(name))
                continue;
            GpuRow row;
            row.node = manifest::name(*node);
            row.resource = name;
            row.product = productOf(*node, row.resource);
            row.allocatable = whole(quantity);
            const auto* capacity = find(*node, {"status", "capacity", name});
            row.capacity = capacity != nullptr ? whole(*capacity) : row.allocatable;
            row.unusable = unusableOf(*node);
            out.rows.push_back(std::move(row));
        }
    }
    std::sort(out.rows.begin(), out.rows.end(), [](const GpuRow& a, const GpuRow& b) {
        return std::tie(a.node, a.resource) < std::tie(b.node, b.resource);
    });
    for (std::size_t i = 0; i < out.rows.size(); ++i)
        rows[{out.rows[i].node, out.rows[i].resource}] = i;
    for (const auto& pod : pods) {
        if (ended(*pod))
            continue;
        for (const auto& [resource, count] : acceleratorsOf(*pod)) {
            GpuHolder holder {
                manifest::keyOf(*pod), {}, count, std::string(text(*pod, {"status", "phase"})), waitingReason(*pod)};
            holder.application = ownerOf ? ownerOf(holder.pod) : std::string();
            const std::string node(text(*pod, {"spec", "nodeName"}));
            if (node.empty()) {
                out.waiting.push_back({resource, std::move(holder)});
                continue;
            }
            const auto found = rows.find({node, resource});
            if (found == rows.end())
                continue; // its node has gone or lost its device plug-in
            auto& row = out.rows[found->second];
            row.requested += count;
            row.holders.push_back(std::move(holder));
        }
    }
    for (auto& row : out.rows)
        std::sort(row.holders.begin(), row.holders.end(), [](const GpuHolder& a, const GpuHolder& b) {
            return a.count != b.count ? a.count > b.count : a.pod < b.pod;
        });
    std::sort(out.waiting.begin(), out.waiting.end(),
              [](const GpuWaiting& a, const GpuWaiting& b) { return a.pod.pod < b.pod.pod; });
    return out;
}

ModelName modelNameOf(std::string_view uri)
{
    ModelName out;
    const auto scheme = uri.find("://");
    std::string_view path = scheme == std::string_view::npos ? uri : uri.substr(scheme + 3);
    const std::string_view kind = scheme == std::string_view::npos ? std::string_view {} : uri.substr(0, scheme);
    while (path.ends_with('/'))
        path.remove_suffix(1);
    const auto slash = path.rfind('/');
    const auto at = path.find('@');
    const auto colon = path.rfind(':', at);
    const bool tagged = colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
    if (at != std::string_view::npos && !tagged) {
        out.version = path.substr(at + 1);
        path = path.substr(0, at);
    } else if (tagged) {
        out.version = path.substr(colon + 1, at == std::string_view::npos ? at : at - colon - 1);
        path = path.substr(0, colon);
    } else if (slash != std::string_view::npos && looksLikeVersion(path.substr(slash + 1))) {
        out.version = path.substr(slash + 1);
        path = path.substr(0, slash);
    }
    const auto last = path.rfind('/');
    if (kind != "hf" && last != std::string_view::npos) // names on the hub have two parts
        path = path.substr(last + 1);
    out.name = path;
    return out;
}

ModelRow viewModel(const Value& service, const RevisionLookup& revisionOf)
{
    ModelRow row;
    row.key = manifest::keyOf(service);
    row.mode = manifest::annotation(service, "serving.kserve.io/deploymentMode");
    if (row.mode.empty())
        row.mode = text(service, {"status", "deploymentMode"});
    describePredictor(row, service);
    const auto name = modelNameOf(row.uri);
    if (row.model.empty())
        row.model = name.name.empty() ? row.key.name : name.name;
    row.version = name.version;
    describeState(row, service);
    addLanes(row, service, revisionOf);
    const bool raw = row.mode == "RawDeployment" || row.mode == "Standard";
    if (raw && find(service, {"spec", "predictor", "canaryTrafficPercent"}) != nullptr)
        row.warning = "canaryTrafficPercent is read in Serverless mode only: in " + row.mode
            + " mode KServe replaces the pods of the old version";
    return row;
}

ModelRow viewModel(const Rollout& rollout)
{
    ModelRow row;
    row.key = rollout.key;
    row.cluster = rollout.cluster;
    row.clusterName = rollout.clusterName;
    row.application = rollout.application;
    row.mode = rollout.strategy;
    row.health = rollout.phase == "Healthy" ? Health::Healthy
        : rollout.phase == "Degraded"       ? Health::Degraded
        : rollout.phase == "Paused"         ? Health::Suspended
        : rollout.phase == "Progressing"    ? Health::Progressing
                                            : Health::Unknown;
    row.reason = row.health == Health::Healthy ? std::string() : rollout.waitingFor;
    const bool split = std::any_of(rollout.revisions.begin(), rollout.revisions.end(),
                                   [](const RolloutRevision& revision) { return revision.canary && !revision.stable; });
    for (const auto& revision : rollout.revisions) {
        if (!revision.stable && !revision.canary)
            continue;
        ModelLane lane;
        lane.revision = revision.replicaSet;
        lane.uri = revision.images.empty() ? std::string() : revision.images.front();
        const auto name = modelNameOf(lane.uri);
        lane.version = name.version;
        lane.canary = split && revision.canary;
        lane.requested = lane.canary ? rollout.setWeight : split ? 100 - rollout.setWeight : 100;
        lane.observed = lane.canary ? rollout.actualWeight : split ? 100 - rollout.actualWeight : 100;
        if (row.model.empty() || revision.stable) {
            row.model = name.name;
            row.uri = lane.uri;
            row.version = lane.version;
        }
        row.lanes.push_back(std::move(lane));
    }
    std::stable_sort(row.lanes.begin(), row.lanes.end(),
                     [](const ModelLane& a, const ModelLane& b) { return a.canary < b.canary; });
    if (row.model.empty())
        row.model = rollout.key.name;
    return row;
}

} // namespace core::engine
