// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_kubelet.h"

#include "core/base/clock.h"
#include "core/kube/cache.h"
#include "support/kubelet_logs.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <condition_variable>
#include <thread>

namespace support {

using core::kube::Client;
using core::manifest::Array;
using core::manifest::Object;
using core::manifest::Value;

namespace {

constexpr std::string_view kLeases = "kube-node-lease";

std::string timeNow()
{
    return core::formatRfc3339(std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now()));
}

/// The words of Argo CD's scenarios.
std::string scenarioBehaviour(std::string_view word)
{
    if (word == "pending" || word == "succeed" || word == "fail")
        return std::string(word);
    return word == "crash" ? "crash-loop" : "stay";
}

std::string behaviourOf(const Value& pod, std::string_view label)
{
    if (!label.empty())
        return scenarioBehaviour(core::manifest::label(pod, label));
    const std::string_view key = "sim.pilothouse.dev/behavior";
    const auto annotation = core::manifest::annotation(pod, key);
    const auto given = annotation.empty() ? core::manifest::label(pod, key) : annotation;
    if (!given.empty())
        return std::string(given);
    for (const auto& container : core::manifest::array(pod, {"spec", "containers"})) {
        const std::string image(core::manifest::text(container, {"image"}));
        const auto tag = image.substr(std::min(image.rfind(':'), image.size()));
        if (tag.find("nopull") != std::string::npos)
            return "image-pull";
        if (tag.find("crash") != std::string::npos)
            return "crash-loop";
        if (tag == ":bad")
            return "never-ready";
    }
    return "run";
}

Object condition(std::string_view type, bool yes, std::string_view reason = {})
{
    Object made {{"type", type}, {"status", yes ? "True" : "False"}, {"lastTransitionTime", timeNow()}};
    if (!reason.empty())
        made["reason"] = reason;
    return made;
}

Object containerState(std::string_view behaviour, std::string_view phase)
{
    if (behaviour == "image-pull")
        return {{"waiting", Object {{"reason", "ImagePullBackOff"}, {"message", "Back-off pulling image"}}}};
    if (behaviour == "crash-loop")
        return {
            {"waiting", Object {{"reason", "CrashLoopBackOff"}, {"message", "back-off restarting failed container"}}}};
    if (phase == "Running")
        return {{"running", Object {{"startedAt", timeNow()}}}};
    return {{"terminated",
             Object {{"exitCode", phase == "Failed" ? 1 : 0},
                     {"reason", phase == "Failed" ? "Error" : "Completed"},
                     {"startedAt", timeNow()},
                     {"finishedAt", timeNow()}}}};
}

/// Init containers are done by the time that the pod's own are looked at.
Array initStatusesOf(const Value& pod)
{
    Array out;
    for (const auto& container : core::manifest::array(pod, {"spec", "initContainers"})) {
        const auto image = core::manifest::text(container, {"image"});
        const bool sidecar = core::manifest::text(container, {"restartPolicy"}) == "Always";
        out.push_back(Object {{"name", core::manifest::text(container, {"name"})},
                              {"image", image},
                              {"imageID", image},
                              {"ready", true},
                              {"started", sidecar},
                              {"restartCount", 0},
                              {"state", containerState("run", sidecar ? "Running" : "Succeeded")},
                              {"lastState", Object()}});
    }
    return out;
}

/// status of a pod in a phase that its behaviour leads to.
Value statusOf(const Value& pod, std::string_view behaviour, std::string_view phase, std::uint32_t address)
{
    const bool ready = phase == "Running" && behaviour != "never-ready" && behaviour != "crash-loop";
    const bool ended = phase == "Succeeded" || phase == "Failed";
    const auto ip = fmt::format("10.244.{}.{}", (address >> 8U) % 256, 1 + address % 250);
    const auto reason = ended ? "PodCompleted" : ready ? "" : "ContainersNotReady";
    Array statuses;
    for (const auto& container : core::manifest::array(pod, {"spec", "containers"})) {
        const auto image = core::manifest::text(container, {"image"});
        statuses.push_back(
            Object {{"name", core::manifest::text(container, {"name"})},
                    {"image", image},
                    {"imageID", image},
                    {"ready", ready},
                    {"started", ready},
                    {"restartCount", behaviour == "crash-loop" ? 3 : 0},
                    {"state", containerState(behaviour, phase)},
                    {"lastState", behaviour == "crash-loop" ? containerState("fail", "Failed") : Object()}});
    }
    Object status {{"phase", phase},
                   {"hostIP", "10.0.0.1"},
                   {"startTime", timeNow()},
                   {"conditions",
                    Array {condition("Initialized", true), condition("Ready", ready, reason),
                           condition("ContainersReady", ready, reason), condition("PodScheduled", true)}},
                   {"containerStatuses", std::move(statuses)}};
    if (auto init = initStatusesOf(pod); !init.empty())
        status["initContainerStatuses"] = std::move(init);
    if (!ended) {
        status["podIP"] = ip;
        status["podIPs"] = Array {Object {{"ip", ip}}};
    }
    return Object {{"status", std::move(status)}};
}

/// What the pod's phase is to be next; "" where it stays.
std::string nextPhase(const Value& pod, std::string_view behaviour)
{
    const auto phase = core::manifest::text(pod, {"status", "phase"});
    const bool seen = core::manifest::find(pod, {"status", "containerStatuses"}) != nullptr;
    if (phase == "Succeeded" || phase == "Failed")
        return {};
    if (behaviour == "pending")
        return {};
    if (behaviour == "image-pull")
        return seen ? "" : "Pending";
    if (phase != "Running")
        return "Running";
    if (behaviour == "succeed")
        return "Succeeded";
    if (behaviour == "crash-loop" || behaviour == "stay"
        || core::manifest::text(pod, {"spec", "restartPolicy"}) == "Always")
        return {};
    return behaviour == "fail" ? "Failed" : "Succeeded";
}

} // namespace

struct TestKubelet::Private
{
    std::string node, label;
    std::shared_ptr<Client> client;
    std::unique_ptr<core::kube::Cache> cache;
    core::kube::Cache::Subscription subscription;
    std::unique_ptr<KubeletLogs> logs;
    std::uint32_t addresses = 0;
    std::jthread heart;
    const core::kube::ResourceType pods {"", "v1", "Pod", "pods"};

    void bind(const Value& pod) const
    {
        core::kube::Request request;
        request.method = "POST";
        request.path = fmt::format("/api/v1/namespaces/{}/pods/{}/binding", core::manifest::nameSpace(pod),
                                   core::manifest::name(pod));
        request.headers = {{"content-type", "application/json"}};
        request.body = core::manifest::toJson(
            Object {{"apiVersion", "v1"},
                    {"kind", "Binding"},
                    {"metadata", Object {{"name", core::manifest::name(pod)}}},
                    {"target", Object {{"apiVersion", "v1"}, {"kind", "Node"}, {"name", node}}}});
        (void)client->transport()->send(request, {}); // what fails is tried again at the pod's next event
    }
    void look(const Value& pod)
    {
        const auto nameSpace = core::manifest::nameSpace(pod);
        const auto name = core::manifest::name(pod);
        if (core::manifest::find(pod, {"metadata", "deletionTimestamp"}) != nullptr) {
            core::kube::DeleteOptions now;
            now.gracePeriodSeconds = 0;
            now.uid = std::string(core::manifest::uid(pod));
            (void)client->remove(pods, nameSpace, name, now);
            return;
        }
        if (core::manifest::text(pod, {"spec", "nodeName"}).empty()) {
            if (core::manifest::array(pod, {"spec", "schedulingGates"}).empty())
                bind(pod);
            return;
        }
        const auto behaviour = behaviourOf(pod, label);
        const auto phase = nextPhase(pod, behaviour);
        core::kube::WriteOptions options;
        options.subresource = "status";
        options.fieldManager = "kubelet";
        if (!phase.empty() && core::manifest::text(pod, {"spec", "nodeName"}) == node)
            (void)client->patch(pods, nameSpace, name, core::kube::PatchType::Strategic,
                                statusOf(pod, behaviour, phase, ++addresses), options);
    }
    core::Result<> registerNode() const
    {
        const Object capacity {{"cpu", "64"}, {"memory", "256Gi"}, {"pods", "1000"}, {"nvidia.com/gpu", "8"}};
        const Value object = Object {{"apiVersion", "v1"},
                                     {"kind", "Node"},
                                     {"metadata",
                                      Object {{"name", node},
                                              {"labels",
                                               Object {{"kubernetes.io/hostname", node},
                                                       {"kubernetes.io/os", "linux"},
                                                       {"kubernetes.io/arch", "amd64"}}}}}};
        if (const auto made = client->create(object); !made && made.error().code != core::Error::Code::AlreadyExists)
            return core::fail(made.error());
        core::kube::WriteOptions options;
        options.subresource = "status";
        auto ready = condition("Ready", true, "KubeletReady");
        ready["lastHeartbeatTime"] = timeNow();
        const Value status =
            Object {{"status",
                     Object {{"capacity", capacity},
                             {"allocatable", capacity},
                             {"conditions", Array {ready}},
                             {"addresses", Array {Object {{"type", "InternalIP"}, {"address", "127.0.0.1"}}}},
                             {"daemonEndpoints", Object {{"kubeletEndpoint", Object {{"Port", logs->port()}}}}}}}};
        const auto written = client->patch({"", "v1", "Node", "nodes", false}, {}, node,
                                           core::kube::PatchType::Strategic, status, options);
        return written ? core::Result<>() : core::Result<>(core::fail(written.error()));
    }
    /// The node controller takes a node whose lease is not renewed for dead.
    void beat() const
    {
        const Value lease = Object {{"apiVersion", "coordination.k8s.io/v1"},
                                    {"kind", "Lease"},
                                    {"metadata", Object {{"namespace", kLeases}, {"name", node}}},
                                    {"spec",
                                     Object {{"holderIdentity", node},
                                             {"leaseDurationSeconds", 40},
                                             {"renewTime", timeNow().substr(0, 19) + ".000000Z"}}}};
        core::kube::WriteOptions options;
        options.fieldManager = "kubelet";
        options.force = true;
        (void)client->apply(lease, options);
    }
};

TestKubelet::TestKubelet(core::kube::TransportPtr transport, std::string nodeName, std::string label)
    : m_d(std::make_unique<Private>())
{
    m_d->node = std::move(nodeName);
    m_d->label = std::move(label);
    m_d->client = std::make_shared<Client>(std::move(transport));
    m_d->cache = std::make_unique<core::kube::Cache>(m_d->client);
    m_d->logs = std::make_unique<KubeletLogs>([d = m_d.get()](const std::string& nameSpace, const std::string& name) {
        return d->cache->get({"", "Pod", nameSpace, name});
    });
    if (const auto made = m_d->registerNode(); !made)
        throw std::runtime_error(made.error().text());
    m_d->subscription = m_d->cache->subscribe([d = m_d.get()](const std::vector<core::kube::Cache::Change>& changes) {
        for (const auto& change : changes) {
            if (change.after)
                d->look(*change.after);
        }
    });
    if (const auto watched = m_d->cache->watch(m_d->pods, {}); !watched)
        throw std::runtime_error(watched.error().text());
    m_d->heart = std::jthread([d = m_d.get()](std::stop_token stop) {
        std::mutex mutex;
        std::condition_variable_any rest;
        std::unique_lock lock(mutex);
        do
            d->beat();
        while (!rest.wait_for(lock, stop, std::chrono::seconds(10), [&] { return stop.stop_requested(); }));
    });
}

TestKubelet::~TestKubelet()
{
    m_d->heart = {};
    m_d->logs.reset();
    m_d->subscription = {};
}

} // namespace support
