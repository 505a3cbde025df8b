// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/traffic.h"

#include "core/embedded/sim/pods.h"
#include "core/embedded/sim/prometheus_api.h"

#include <boost/json.hpp>

#include <cmath>

namespace core::embedded::sim {

using manifest::integer;
using manifest::text;

namespace {

constexpr double kRequestsPerSecond = 40;
constexpr double kBuckets[] = {0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0, 2.0, 5.0};

/// Share of requests that take at most `seconds`: log-normal around the median.
double within(double seconds, double medianMs)
{
    const double sigma = 0.35;
    return 0.5 * std::erfc(-std::log(seconds * 1000.0 / std::max(medianMs, 0.001)) / (sigma * std::sqrt(2.0)));
}

std::string bound(double value)
{
    return fmt::format("{:g}", value);
}

std::string hostOf(std::string_view host)
{
    return std::string(host.substr(0, host.find('.')));
}

} // namespace

Traffic::Traffic(const Simulation::Options& options)
    : m_options(options)
    , m_store(options.retention)
{
}

TimePoint Traffic::step(World& world, TimePoint now)
{
    if (m_next == TimePoint {})
        m_next = now;
    // After a long sleep only the last quarter of an hour is made up for: routes are known as they are now.
    m_next = std::max(m_next, now - std::chrono::minutes(15));
    for (; m_next <= now; m_next += m_options.sampleStep)
        sample(world, m_next);
    return m_next;
}

void Traffic::add(Labels labels, double amount, TimePoint at)
{
    auto& counter = m_counters[labels];
    counter += amount;
    m_store.append(labels, at, counter);
}

void Traffic::count(const std::string& nameSpace, const std::string& service, World& world, double requests,
                    TimePoint at)
{
    const auto object = world.get("", "Service", nameSpace, service);
    if (!object)
        return;
    const auto& selector = manifest::object(*object, {"spec", "selector"});
    std::map<std::string, std::pair<double, ObjectPtr>> versions; // by pod-template-hash: ready pods, one of them
    double ready = 0;
    for (const auto& pod : world.list("", "Pod", nameSpace)) {
        if (selector.empty() || !selectsMap(selector, *pod) || !isReady(*pod) || !world.alive(*pod))
            continue;
        auto hash = manifest::label(*pod, "rollouts-pod-template-hash");
        if (hash.empty())
            hash = manifest::label(*pod, "pod-template-hash");
        auto& version = versions[std::string(hash)];
        version.first += 1;
        version.second = pod;
        ready += 1;
    }
    for (const auto& [hash, version] : versions) {
        const auto behaviour = behaviourOf(world, *version.second);
        const auto image = text(*version.second, {"spec", "containers", "0", "image"});
        const auto colon = image.rfind(':');
        const double mine = requests * version.first / ready;
        Labels labels {
            {"namespace", nameSpace},
            {"service", service},
            {"pod_template_hash", hash},
            {"version",
             colon == std::string_view::npos ? std::string("latest") : std::string(image.substr(colon + 1))}};
        const auto with = [&](const char* name, std::initializer_list<std::pair<const std::string, std::string>> more) {
            Labels all = labels;
            all["__name__"] = name;
            all.insert(more);
            return all;
        };
        const double wave = 1.0 + 0.15 * std::sin(std::chrono::duration<double>(at.time_since_epoch()).count() / 47.0);
        const double errors = std::min(1.0, behaviour.errorRate * wave);
        add(with("inference_requests_total", {{"status", "success"}}), mine * (1 - errors), at);
        add(with("inference_requests_total", {{"status", "error"}}), mine * errors, at);
        const double median = behaviour.latencyMs * (0.97 + 0.03 * wave);
        for (const double le : kBuckets)
            add(with("inference_request_duration_seconds_bucket", {{"le", bound(le)}}), mine * within(le, median), at);
        add(with("inference_request_duration_seconds_bucket", {{"le", "+Inf"}}), mine, at);
        add(with("inference_request_duration_seconds_count", {}), mine, at);
        add(with("inference_request_duration_seconds_sum", {}), mine * median * 1.063 / 1000, at);
    }
}

void Traffic::sample(World& world, TimePoint at)
{
    const double requests = kRequestsPerSecond * std::chrono::duration<double>(m_options.sampleStep).count();
    std::set<std::pair<std::string, std::string>> routed;
    for (const auto& virtualService : world.list("networking.istio.io", "VirtualService")) {
        const std::string nameSpace(manifest::nameSpace(*virtualService));
        for (const auto& http : manifest::array(*virtualService, {"spec", "http"})) {
            const auto& routes = manifest::array(http, {"route"});
            double total = 0;
            for (const auto& route : routes)
                total += static_cast<double>(integer(route, {"weight"}).value_or(routes.size() == 1 ? 100 : 0));
            for (const auto& route : routes) {
                const auto host = hostOf(text(route, {"destination", "host"}));
                const auto weight =
                    static_cast<double>(integer(route, {"weight"}).value_or(routes.size() == 1 ? 100 : 0));
                routed.emplace(nameSpace, host);
                count(nameSpace, host, world, total > 0 ? requests * weight / total : 0, at);
            }
        }
    }
    for (const auto& service : world.list("", "Service")) {
        const std::string nameSpace(manifest::nameSpace(*service));
        const std::string name(manifest::name(*service));
        if (!routed.contains({nameSpace, name}) && !nameSpace.starts_with("kube-"))
            count(nameSpace, name, world, requests / 2, at);
    }
    for (const auto& pod : world.list("", "Pod")) {
        const auto* gpus = manifest::find(*pod, {"spec", "containers", "0", "resources", "limits", "nvidia.com/gpu"});
        if (gpus == nullptr || text(*pod, {"status", "phase"}) != "Running")
            continue;
        const auto phase = static_cast<double>(std::hash<std::string_view> {}(manifest::uid(*pod)) % 628) / 100.0;
        const double use = isReady(*pod)
            ? 65 + 20 * std::sin(std::chrono::duration<double>(at.time_since_epoch()).count() / 90 + phase)
            : 3;
        m_store.append({{"__name__", "DCGM_FI_DEV_GPU_UTIL"},
                        {"namespace", std::string(manifest::nameSpace(*pod))},
                        {"pod", std::string(manifest::name(*pod))}},
                       at, use);
    }
}

kube::Response Traffic::prometheus(const kube::Request& request, TimePoint now) const
{
    return prometheusAnswer(m_store, request, now);
}

} // namespace core::embedded::sim
