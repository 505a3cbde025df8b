// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/world.h"

#include <boost/json.hpp>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;

namespace {

std::int64_t targetPort(const Value& port, const Value& pod)
{
    const auto* target = manifest::find(port, {"targetPort"});
    if (target != nullptr && target->is_int64())
        return target->get_int64();
    if (target != nullptr && target->is_string()) {
        for (const auto& container : manifest::array(pod, {"spec", "containers"})) {
            for (const auto& named : manifest::array(container, {"ports"})) {
                if (text(named, {"name"}) == std::string_view(target->get_string()))
                    return integer(named, {"containerPort"}).value_or(0);
            }
        }
    }
    return integer(port, {"port"}).value_or(0);
}

void endpoints(World& world, const Value& service)
{
    const auto& selector = manifest::object(service, {"spec", "selector"});
    if (selector.empty())
        return;
    Array list;
    Array ports;
    for (const auto& pod : world.list("", "Pod", manifest::nameSpace(service))) {
        const auto ip = text(*pod, {"status", "podIP"});
        if (ip.empty() || !selectsMap(selector, *pod) || text(*pod, {"status", "phase"}) != "Running")
            continue;
        const bool ending = !text(*pod, {"metadata", "deletionTimestamp"}).empty();
        const bool ready = isReady(*pod);
        list.push_back(
            Object {{"addresses", Array {Value(ip)}},
                    {"conditions", Object {{"ready", ready && !ending}, {"serving", ready}, {"terminating", ending}}},
                    {"nodeName", text(*pod, {"spec", "nodeName"})},
                    {"targetRef",
                     Object {{"kind", "Pod"},
                             {"namespace", manifest::nameSpace(*pod)},
                             {"name", manifest::name(*pod)},
                             {"uid", manifest::uid(*pod)}}}});
        if (ports.empty()) {
            for (const auto& port : manifest::array(service, {"spec", "ports"})) {
                const auto protocol = text(port, {"protocol"});
                ports.push_back(Object {{"name", text(port, {"name"})},
                                        {"protocol", protocol.empty() ? "TCP" : protocol},
                                        {"port", targetPort(port, *pod)}});
            }
        }
    }
    const auto name = fmt::format("{}-{}", manifest::name(service), shortHash(Value(manifest::uid(service)), 5));
    if (const auto slice = world.get("discovery.k8s.io", "EndpointSlice", manifest::nameSpace(service), name)) {
        // Nearly all are as they should be, and there may be ten thousand: no copies are made to find that out.
        if (manifest::array(*slice, {"endpoints"}) != list || manifest::array(*slice, {"ports"}) != ports)
            world.patch(*slice, Object {{"endpoints", std::move(list)}, {"ports", std::move(ports)}});
        return;
    }
    (void)world.create(
        Object {{"apiVersion", "discovery.k8s.io/v1"},
                {"kind", "EndpointSlice"},
                {"metadata",
                 Object {{"name", name},
                         {"namespace", manifest::nameSpace(service)},
                         {"labels",
                          Object {{"kubernetes.io/service-name", manifest::name(service)},
                                  {"endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io"}}},
                         {"ownerReferences", Array {Value(ownerReference(service))}}}},
                {"addressType", "IPv4"},
                {"endpoints", std::move(list)},
                {"ports", std::move(ports)}});
}

void loadBalancer(World& world, const Value& service)
{
    if ((manifest::kind(service) == "Service" && text(service, {"spec", "type"}) != "LoadBalancer")
        || !manifest::array(service, {"status", "loadBalancer", "ingress"}).empty())
        return;
    const auto due = timeOf(service, {"metadata", "creationTimestamp"}, world.now) + std::chrono::seconds(3);
    if (due > world.now) {
        world.wakeAt(due);
        return;
    }
    const auto ip = fmt::format("192.0.2.{}", 1 + std::hash<std::string_view> {}(manifest::uid(service)) % 250);
    world.writeStatus(service, Object {{"loadBalancer", Object {{"ingress", Array {Value(Object {{"ip", ip}})}}}}});
}

bool consumed(World& world, const Value& claim)
{
    for (const auto& pod : world.list("", "Pod", manifest::nameSpace(claim))) {
        for (const auto& volume : manifest::array(*pod, {"spec", "volumes"})) {
            if (text(volume, {"persistentVolumeClaim", "claimName"}) == manifest::name(claim))
                return true;
        }
    }
    return false;
}

void provision(World& world, const Value& claim)
{
    const auto className = text(claim, {"spec", "storageClassName"});
    const auto storageClass = world.get("storage.k8s.io", "StorageClass", {}, className);
    if (!storageClass) {
        world.event(claim, "Warning", className.empty() ? "FailedBinding" : "ProvisioningFailed",
                    className.empty()
                        ? std::string("no persistent volumes available for this claim and no storage class is set")
                        : fmt::format("storageclass.storage.k8s.io \"{}\" not found", className),
                    "persistentvolume-controller");
        return;
    }
    if (text(*storageClass, {"volumeBindingMode"}) == "WaitForFirstConsumer" && !consumed(world, claim)) {
        world.event(claim, "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding",
                    "persistentvolume-controller");
        return;
    }
    const auto volume = fmt::format("pvc-{}", manifest::uid(claim));
    const Value size = manifest::find(claim, {"spec", "resources", "requests", "storage"}) != nullptr
        ? *manifest::find(claim, {"spec", "resources", "requests", "storage"})
        : Value("1Gi");
    const auto modes = manifest::array(claim, {"spec", "accessModes"});
    if (!world.get("", "PersistentVolume", {}, volume)) {
        const auto policy = text(*storageClass, {"reclaimPolicy"});
        auto created = world.create(
            Object {{"apiVersion", "v1"},
                    {"kind", "PersistentVolume"},
                    {"metadata",
                     Object {{"name", volume},
                             {"annotations",
                              Object {{"pv.kubernetes.io/provisioned-by", text(*storageClass, {"provisioner"})}}}}},
                    {"spec",
                     Object {{"capacity", Object {{"storage", size}}},
                             {"accessModes", modes},
                             {"persistentVolumeReclaimPolicy", policy.empty() ? "Delete" : policy},
                             {"storageClassName", className},
                             {"hostPath", Object {{"path", "/simulated/" + volume}}},
                             {"claimRef",
                              Object {{"apiVersion", "v1"},
                                      {"kind", "PersistentVolumeClaim"},
                                      {"namespace", manifest::nameSpace(claim)},
                                      {"name", manifest::name(claim)},
                                      {"uid", manifest::uid(claim)}}}}}});
        if (!created) {
            world.event(claim, "Warning", "ProvisioningFailed", created.error().message, "persistentvolume-controller");
            return;
        }
        world.writeStatus(*created, Object {{"phase", "Bound"}});
    }
    world.patch(claim,
                Object {{"metadata",
                         Object {{"annotations",
                                  Object {{"pv.kubernetes.io/bind-completed", "yes"},
                                          {"pv.kubernetes.io/bound-by-controller", "yes"}}}}},
                        {"spec", Object {{"volumeName", volume}}}});
    if (const auto bound = world.get("", "PersistentVolumeClaim", manifest::nameSpace(claim), manifest::name(claim)))
        world.writeStatus(
            *bound, Object {{"phase", "Bound"}, {"accessModes", modes}, {"capacity", Object {{"storage", size}}}});
}

} // namespace

void runServices(World& world)
{
    for (const auto& service : world.list("", "Service")) {
        if (!world.alive(*service))
            continue;
        endpoints(world, *service);
        loadBalancer(world, *service);
    }
    for (const auto& ingress : world.list("networking.k8s.io", "Ingress")) {
        const auto name = text(*ingress, {"spec", "ingressClassName"});
        if (world.alive(*ingress) && (name.empty() || world.get("networking.k8s.io", "IngressClass", {}, name)))
            loadBalancer(world, *ingress);
    }
}

void runVolumes(World& world)
{
    for (const auto& claim : world.list("", "PersistentVolumeClaim")) {
        if (!world.alive(*claim) || text(*claim, {"status", "phase"}) == "Bound")
            continue;
        const auto due = timeOf(*claim, {"metadata", "creationTimestamp"}, world.now) + std::chrono::seconds(1);
        if (due > world.now)
            world.wakeAt(due);
        else
            provision(world, *claim);
    }
    for (const auto& volume : world.list("", "PersistentVolume")) {
        const auto claim = text(*volume, {"spec", "claimRef", "name"});
        if (claim.empty() || !world.alive(*volume))
            continue;
        const auto bound =
            world.get("", "PersistentVolumeClaim", text(*volume, {"spec", "claimRef", "namespace"}), claim);
        if (bound && manifest::uid(*bound) == text(*volume, {"spec", "claimRef", "uid"}))
            continue;
        if (text(*volume, {"spec", "persistentVolumeReclaimPolicy"}) == "Delete")
            world.remove(*volume);
        else
            world.writeStatus(*volume, Object {{"phase", "Released"}});
    }
}

void runBudgets(World& world)
{
    for (const auto& budget : world.list("policy", "PodDisruptionBudget")) {
        std::int64_t expected = 0;
        std::int64_t healthy = 0;
        for (const auto& pod : world.list("", "Pod", manifest::nameSpace(*budget))) {
            if (!selects(manifest::find(*budget, {"spec", "selector"}), *pod) || !world.alive(*pod))
                continue;
            ++expected;
            healthy += isReady(*pod) ? 1 : 0;
        }
        const auto amount = [&](std::string_view field) -> std::optional<std::int64_t> {
            if (const auto plain = integer(*budget, {"spec", field}))
                return plain;
            const std::string percent(text(*budget, {"spec", field}));
            if (percent.empty() || percent.back() != '%')
                return std::nullopt;
            return (std::atoll(percent.c_str()) * expected + 99) / 100;
        };
        auto wanted = amount("minAvailable").value_or(0);
        if (const auto most = amount("maxUnavailable"))
            wanted = std::max<std::int64_t>(0, expected - *most);
        const auto allowed = std::max<std::int64_t>(0, healthy - wanted);
        auto conditions = conditionsOf(*budget);
        setCondition(conditions, world.now, "DisruptionAllowed", allowed > 0 ? "True" : "False",
                     allowed > 0 ? "SufficientPods" : "InsufficientPods", "");
        world.writeStatus(*budget,
                          Object {{"observedGeneration", integer(*budget, {"metadata", "generation"}).value_or(1)},
                                  {"currentHealthy", healthy},
                                  {"desiredHealthy", wanted},
                                  {"expectedPods", expected},
                                  {"disruptionsAllowed", allowed},
                                  {"conditions", std::move(conditions)}});
    }
}

} // namespace core::embedded::sim
