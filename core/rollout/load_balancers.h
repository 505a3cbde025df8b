// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/value.h"
#include "core/rollout/providers.h"

#include <optional>
#include <string>
#include <vector>

/// How far a weight has got: what AWS's load balancers do with it, read by the API of Elastic Load Balancing.
namespace core::rollout {

/// A target group and the share of the traffic that the load balancer's rules give it.
struct TargetGroup
{
    std::string name;
    std::string arn;
    std::string resource; ///< tag ingress.k8s.aws/resource: "<namespace>/<ingress>-<service>:<port>"
    std::optional<std::int64_t> weight; ///< none: no rule forwards to it
};

/// A load balancer that an Ingress names in its status.
struct LoadBalancer
{
    std::string hostname;
    std::string name;
    std::string arn; ///< "": there is none of that name
    std::vector<TargetGroup> groups;
    std::string error; ///< why it could not be read; "" where it could
};

/// Whether the weights of a Rollout are to be looked up there in this pass: on a setWeight step, after the last one,
/// and where nothing is known yet. Every look costs calls whose number AWS limits.
[[nodiscard]] bool wantsLoadBalancers(const manifest::Value& rollout);

/// An Ingress that carries a Rollout's weights for ALB, and the ports of its Services.
struct AlbIngress
{
    std::string name;
    std::vector<std::int64_t> ports; ///< its entry in `servicePorts`, else `servicePort`
};

/// `ingresses`, or the one in `ingress`.
[[nodiscard]] std::vector<AlbIngress> albIngresses(const manifest::Value& rollout);

/// The DNS names of the load balancers that an Ingress leads to.
[[nodiscard]] std::vector<std::string> hostnamesOf(const manifest::Value& ingress);

/// Looks a load balancer up by its DNS name. Region and credentials come from the environment (AWS_REGION,
/// AWS_ACCESS_KEY_ID and so on; AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2 or AWS_ENDPOINT_URL lead elsewhere).
[[nodiscard]] LoadBalancer readLoadBalancer(const std::string& hostname, TimePoint now, const MeasureDeps& deps,
                                            std::stop_token stop);

/// A TargetGroupBinding of a Service whose targets are pods, and how many of the Service's endpoints AWS's target group
/// knows. Health does not count: what matters is that the switch of the Service's selector has got there.
struct TargetRegistration
{
    std::string service;
    std::string arn;
    std::size_t registered = 0;
    std::size_t total = 0;
    std::string error; ///< why it could not be read; "" where it could
};

struct Observed;
/// The Service whose targets are to be verified in this pass; "" where none is. Blue-green: the active one between the
/// cutover and the analysis after it. Canary with ALB: the stable one while an old version waits for its end.
[[nodiscard]] std::string serviceToVerify(const Observed& observed);

/// Reads a TargetGroupBinding's targets; none where the verification does not apply (instances as targets, a port that
/// the Service does not have).
[[nodiscard]] std::optional<TargetRegistration> readTargets(const manifest::Value& binding,
                                                            const manifest::Value& service,
                                                            const manifest::Value& endpoints, TimePoint now,
                                                            const MeasureDeps& deps, std::stop_token stop);

} // namespace core::rollout
