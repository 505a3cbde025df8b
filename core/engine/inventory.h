// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/objects.h"
#include "core/engine/snapshot.h"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

/// What runs on what: the GPUs of the nodes and the models that are served. Values for views, made by pure functions.
namespace core::engine {

/// A pod that has GPUs of a node, or waits for some.
struct GpuHolder
{
    manifest::ResourceKey pod;
    std::string application; ///< "" where none owns it
    std::int64_t count = 0;
    std::string phase; ///< "Running", "Pending" ...
    std::string reason; ///< why it waits, as the scheduler says it; "" where it has its GPUs
    friend bool operator==(const GpuHolder&, const GpuHolder&) = default;
};

/// One kind of GPU of one node.
struct GpuRow
{
    std::string cluster; ///< for people; "" = the session's own
    std::string node;
    std::string resource; ///< "nvidia.com/gpu", "nvidia.com/mig-1g.5gb" ...
    std::string product; ///< from the node's labels; "" where they do not tell
    std::int64_t capacity = 0;
    std::int64_t allocatable = 0;
    std::int64_t requested = 0; ///< by the pods bound to the node that have not ended
    std::string unusable; ///< why nothing new is scheduled there: "cordoned", "not ready"; "" where it may be
    std::vector<GpuHolder> holders; ///< largest first
    /// What a new pod could have: nothing on a node that takes none.
    [[nodiscard]] std::int64_t free() const
    {
        return unusable.empty() && requested < allocatable ? allocatable - requested : 0;
    }
    friend bool operator==(const GpuRow&, const GpuRow&) = default;
};

struct GpuWaiting
{
    std::string resource;
    GpuHolder pod;
    std::string cluster {}; ///< for people; "" = the session's own
    friend bool operator==(const GpuWaiting&, const GpuWaiting&) = default;
};

struct GpuInventory
{
    std::vector<GpuRow> rows; ///< by cluster, node, then resource
    std::vector<GpuWaiting> waiting; ///< pods that no node has room for yet
};

/// A version that gets a share of a model's traffic.
struct ModelLane
{
    std::string revision; ///< of Knative or KServe, or the ReplicaSet
    std::string version; ///< "v2.1.0"; "" where nothing tells it
    std::string uri; ///< storage URI or image
    std::optional<int> requested; ///< percent of traffic asked for; none where nothing asks
    std::optional<int> observed; ///< percent that the status reports
    bool canary = false; ///< the newer of two
    friend bool operator==(const ModelLane&, const ModelLane&) = default;
};

/// Something that serves a model: InferenceService, LLMInferenceService, Rollout.
struct ModelRow
{
    manifest::ResourceKey key;
    std::string cluster; ///< address of the cluster that it is in; "" = the session's own
    std::string clusterName; ///< the same for people; never empty
    std::string application;
    std::string model; ///< the name that all its versions share
    std::string version;
    std::string uri;
    std::string framework; ///< "pytorch"; "" for Rollouts
    std::string mode; ///< "Serverless", "RawDeployment" ...; for Rollouts the strategy
    Health health = Health::Unknown;
    std::string reason; ///< why it is not ready
    std::string warning; ///< what it asks for and will not get
    std::vector<ModelLane> lanes; ///< the stable one first
    friend bool operator==(const ModelRow&, const ModelRow&) = default;
};

/// Whether an extended resource's name is that of a GPU or another accelerator.
[[nodiscard]] bool isAccelerator(std::string_view resource);
/// What the scheduler counts for a pod, by accelerator: the larger of its containers together with its sidecars and any
/// step of its start; a limit stands for a missing request.
[[nodiscard]] std::map<std::string, std::int64_t> acceleratorsOf(const manifest::Value& pod);

using OwnerOf = std::function<std::string(const manifest::ResourceKey&)>; ///< application, or ""

[[nodiscard]] GpuInventory viewGpus(const Objects& nodes, const Objects& pods, const OwnerOf& ownerOf);

/// Finds the object that carries a revision: Deployment or Knative Revision of that name; null where there is none.
using RevisionLookup =
    std::function<std::shared_ptr<const manifest::Value>(const std::string& nameSpace, const std::string& revision)>;
[[nodiscard]] ModelRow viewModel(const manifest::Value& service, const RevisionLookup& revisionOf);
[[nodiscard]] ModelRow viewModel(const Rollout& rollout);
/// "s3://models/llm/v2.1.0" -> {"llm", "v2.1.0"}; "hf://org/model:rev" -> {"org/model", "rev"}. Either may be "".
struct ModelName
{
    std::string name;
    std::string version;
};
[[nodiscard]] ModelName modelNameOf(std::string_view uri);

} // namespace core::engine
