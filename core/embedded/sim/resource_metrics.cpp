// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/sim/resource_metrics.h"

#include "core/base/strings.h"
#include "core/kube/client.h"
#include "core/manifest/quantity.h"

#include <boost/json.hpp>

#include <cmath>
#include <map>

namespace core::embedded::sim {

using manifest::Array;
using manifest::Object;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kRoot = "/apis/metrics.k8s.io/v1beta1/";
constexpr std::int64_t kMebi = 1 << 20;

struct Amount
{
    std::int64_t milliCpu = 0;
    std::int64_t memory = 0;
};

std::int64_t requested(const Value& container, const char* what, bool milli, std::int64_t otherwise)
{
    for (const char* section : {"requests", "limits"})
        if (const auto* value = manifest::find(container, {"resources", section, what}))
            if (const auto amount = manifest::Quantity::parse(*value))
                return milli ? amount->milliValue() : amount->value();
    return otherwise;
}

/// The same share of the request as the simulated autoscaler sees.
Amount used(const Value& pod, const Value& container, TimePoint now)
{
    const auto seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
    const auto phase = static_cast<double>(std::hash<std::string_view> {}(manifest::uid(pod)) % 628) / 100.0;
    const double share = 0.60 + 0.06 * std::sin(seconds / 600.0 + phase);
    Amount out;
    out.milliCpu = static_cast<std::int64_t>(static_cast<double>(requested(container, "cpu", true, 100)) * share);
    out.memory = static_cast<std::int64_t>(static_cast<double>(requested(container, "memory", false, 128 * kMebi))
                                           * (share + 0.1))
        / kMebi * kMebi;
    return out;
}

Object usage(const Amount& amount)
{
    return Object {{"cpu", std::to_string(amount.milliCpu) + "m"},
                   {"memory", std::to_string(amount.memory / 1024) + "Ki"}};
}

bool running(const Value& pod)
{
    return text(pod, {"status", "phase"}) == "Running";
}

Object measured(const char* kind, const Value& object, TimePoint now)
{
    Object metadata {{"name", manifest::name(object)}, {"creationTimestamp", boost::json::string(formatRfc3339(now))}};
    if (const auto nameSpace = manifest::nameSpace(object); !nameSpace.empty())
        metadata["namespace"] = nameSpace;
    return Object {{"kind", kind},
                   {"apiVersion", "metrics.k8s.io/v1beta1"},
                   {"metadata", std::move(metadata)},
                   {"timestamp", boost::json::string(formatRfc3339(now))},
                   {"window", "30s"}};
}

Array podItems(const std::vector<Value>& pods, TimePoint now)
{
    Array items;
    for (const auto& pod : pods) {
        if (!running(pod))
            continue;
        Array containers;
        for (const auto& container : manifest::array(pod, {"spec", "containers"}))
            containers.push_back(
                Object {{"name", text(container, {"name"})}, {"usage", usage(used(pod, container, now))}});
        auto item = measured("PodMetrics", pod, now);
        item["containers"] = std::move(containers);
        items.push_back(std::move(item));
    }
    return items;
}

Array nodeItems(const std::vector<Value>& nodes, const std::vector<Value>& pods, TimePoint now)
{
    std::map<std::string_view, Amount> sums;
    for (const auto& pod : pods) {
        if (!running(pod))
            continue;
        auto& sum = sums[text(pod, {"spec", "nodeName"})];
        for (const auto& container : manifest::array(pod, {"spec", "containers"})) {
            const auto amount = used(pod, container, now);
            sum.milliCpu += amount.milliCpu;
            sum.memory += amount.memory;
        }
    }
    Array items;
    for (const auto& node : nodes) {
        auto sum = sums[manifest::name(node)];
        sum.milliCpu += 150; // of the node's own programs
        sum.memory += 900 * kMebi;
        auto item = measured("NodeMetrics", node, now);
        item["usage"] = usage(sum);
        items.push_back(std::move(item));
    }
    return items;
}

kube::Response answer(int status, const Value& body)
{
    kube::Response response;
    response.status = status;
    response.headers = {{"content-type", "application/json"}};
    response.body = manifest::toJson(body);
    return response;
}

} // namespace

std::optional<kube::Response> resourceMetrics(const kube::Request& request, kube::Transport& cluster, TimePoint now)
{
    const auto path = std::string_view(request.path).substr(0, request.path.find('?'));
    if (request.method != "GET" || !path.starts_with(kRoot))
        return std::nullopt;
    const auto parts = split(path.substr(kRoot.size()), '/');
    const bool scoped = parts.size() == 3 && parts[0] == "namespaces" && parts[2] == "pods";
    const bool nodes = parts.size() == 1 && parts[0] == "nodes";
    if (!scoped && !nodes && (parts.size() != 1 || parts[0] != "pods"))
        return std::nullopt;
    const auto list = [&](const std::string& what) {
        kube::Request question;
        question.path = what;
        std::vector<Value> items;
        const auto answered = cluster.send(question, {});
        const auto body = answered ? manifest::parseJson(answered->body, what) : Result<Value>(Value());
        for (const auto& item : body ? manifest::array(*body, {"items"}) : Array())
            items.push_back(item);
        return items;
    };
    const auto pods = list(scoped ? "/api/v1/namespaces/" + std::string(parts[1]) + "/pods" : "/api/v1/pods");
    return answer(200,
                  Object {{"kind", nodes ? "NodeMetricsList" : "PodMetricsList"},
                          {"apiVersion", "metrics.k8s.io/v1beta1"},
                          {"metadata", Object()},
                          {"items", nodes ? nodeItems(list("/api/v1/nodes"), pods, now) : podItems(pods, now)}});
}

} // namespace core::embedded::sim
