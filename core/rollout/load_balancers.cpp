// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/load_balancers.h"

#include "core/rollout/pass.h"
#include "core/rollout/providers_p.h"

#include <boost/property_tree/xml_parser.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>

namespace core::rollout {

using boost::property_tree::ptree;
using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kResourceTag = "ingress.k8s.aws/resource";
constexpr int kMostPages = 100;
constexpr std::size_t kTagsAtOnce = 20; ///< that DescribeTags takes
constexpr int kDeepest = 64; ///< the parser calls itself for every element inside another

using Parameters = std::vector<std::pair<std::string, std::string>>;

bool isTooDeep(std::string_view xml)
{
    int depth = 0;
    for (std::size_t i = 0; i + 1 < xml.size(); ++i) {
        if (xml[i] == '/' && xml[i + 1] == '>')
            --depth;
        if (xml[i] == '<' && xml[i + 1] == '/')
            --depth;
        else if (xml[i] == '<' && xml[i + 1] != '!' && xml[i + 1] != '?' && ++depth > kDeepest)
            return true;
    }
    return false;
}

Result<ptree> parseXml(const std::string& body)
{
    if (isTooDeep(body))
        return fail(Error::Code::InvalidInput, "the answer's elements stand too deep in each other");
    try {
        std::istringstream in(body);
        ptree out;
        boost::property_tree::read_xml(in, out);
        return out;
    } catch (const boost::property_tree::xml_parser_error& error) {
        return fail(Error::Code::InvalidInput, fmt::format("the answer is not XML: {}", error.message()));
    }
}

/// The element with the members of a list.
const ptree& list(const ptree& in, const std::string& path)
{
    static const ptree kNone;
    const auto found = in.get_child_optional(path);
    return found ? *found : kNone;
}

/// The Elastic Load Balancing API, version 2.
class Api
{
public:
    Api(TimePoint now, const MeasureDeps& deps, std::stop_token stop)
        : m_now(now)
        , m_deps(deps)
        , m_stop(std::move(stop))
        , m_region(aws::region(awsContext(deps)))
        , m_endpoint(aws::endpoint(awsContext(deps), "AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2",
                                   fmt::format("https://elasticloadbalancing.{}.amazonaws.com", m_region)))
    {
    }

    /// All pages of a list: `use` gets each of its members.
    template<class Use>
    Result<> each(const std::string& action, const std::string& members, const Parameters& parameters, Use use)
    {
        std::string marker;
        for (int page = 0; page < kMostPages; ++page) {
            auto asked = parameters;
            if (!marker.empty())
                asked.emplace_back("Marker", marker);
            PH_TRY(const auto answer, call(action, asked));
            for (const auto& [key, member] : list(answer, members))
                if (key == "member")
                    use(member);
            marker = answer.get("NextMarker", std::string());
            if (marker.empty())
                return {};
        }
        return fail(Error::Code::LimitExceeded, fmt::format("{}: more than {} pages", action, kMostPages));
    }

private:
    Result<ptree> call(const std::string& action, const Parameters& parameters)
    {
        if (m_region.empty())
            return fail(Error::Code::InvalidInput, "AWS_REGION is not set for the controller");
        HttpRequest request;
        request.method = "POST";
        request.url = m_endpoint + "/";
        request.headers = {{"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"}};
        request.body = "Action=" + action + "&Version=2015-12-01";
        for (const auto& [name, value] : parameters)
            request.body += "&" + name + "=" + percentEncode(value);
        PH_CHECK(aws::sign(request, "elasticloadbalancing", m_region, m_now, awsContext(m_deps), {}, m_stop));
        PH_TRY(const auto response, m_deps.http(request, m_stop));
        const auto parsed = parseXml(response.body);
        if (response.status / 100 != 2)
            return fail(response.status == 403 ? Error::Code::Forbidden : Error::Code::Unavailable,
                        fmt::format("{}: HTTP {}: {} {}", action, response.status,
                                    parsed ? parsed->get("ErrorResponse.Error.Code", std::string()) : "",
                                    parsed ? parsed->get("ErrorResponse.Error.Message", std::string()) : ""));
        if (!parsed)
            return fail(parsed.error().within(action));
        return list(*parsed, action + "Response." + action + "Result");
    }

    TimePoint m_now;
    const MeasureDeps& m_deps;
    std::stop_token m_stop;
    std::string m_region;
    std::string m_endpoint;
};

Result<> readTags(Api& api, std::vector<TargetGroup>& groups)
{
    for (std::size_t begin = 0; begin < groups.size(); begin += kTagsAtOnce) {
        Parameters asked;
        for (auto i = begin; i < std::min(begin + kTagsAtOnce, groups.size()); ++i)
            asked.emplace_back(fmt::format("ResourceArns.member.{}", i - begin + 1), groups[i].arn);
        PH_CHECK(api.each("DescribeTags", "TagDescriptions", asked, [&](const ptree& description) {
            for (auto& group : groups)
                if (group.arn == description.get("ResourceArn", std::string()))
                    for (const auto& [key, tag] : list(description, "Tags"))
                        if (tag.get("Key", std::string()) == kResourceTag)
                            group.resource = tag.get("Value", std::string());
        }));
    }
    return {};
}

Result<> readWeights(Api& api, LoadBalancer& balancer)
{
    std::vector<std::string> listeners;
    PH_CHECK(api.each("DescribeListeners", "Listeners", {{"LoadBalancerArn", balancer.arn}},
                      [&](const ptree& listener) { listeners.push_back(listener.get("ListenerArn", std::string())); }));
    for (const auto& listener : listeners)
        PH_CHECK(api.each("DescribeRules", "Rules", {{"ListenerArn", listener}}, [&](const ptree& rule) {
            for (const auto& [key, action] : list(rule, "Actions"))
                for (const auto& [member, target] : list(action, "ForwardConfig.TargetGroups"))
                    for (auto& group : balancer.groups)
                        if (group.arn == target.get("TargetGroupArn", std::string()))
                            if (const auto weight = target.get_optional<std::int64_t>("Weight"))
                                group.weight = *weight;
        }));
    return {};
}

Result<> read(Api& api, LoadBalancer& balancer)
{
    PH_CHECK(api.each("DescribeLoadBalancers", "LoadBalancers", {{"PageSize", "300"}}, [&](const ptree& found) {
        if (found.get("DNSName", std::string()) != balancer.hostname)
            return;
        balancer.arn = found.get("LoadBalancerArn", std::string());
        balancer.name = found.get("LoadBalancerName", std::string());
    }));
    if (balancer.arn.empty())
        return {};
    PH_CHECK(
        api.each("DescribeTargetGroups", "TargetGroups", {{"LoadBalancerArn", balancer.arn}}, [&](const ptree& found) {
            TargetGroup group;
            group.arn = found.get("TargetGroupArn", std::string());
            group.name = found.get("TargetGroupName", std::string());
            balancer.groups.push_back(std::move(group));
        }));
    PH_CHECK(readTags(api, balancer.groups));
    return readWeights(api, balancer);
}

/// The number of the port that a binding's targets listen on; 0 where the Service has no such port.
std::int64_t targetPort(const Value& binding, const Value& service, const Value& endpoints)
{
    const auto* asked = find(binding, {"spec", "serviceRef", "port"});
    for (const auto& port : manifest::array(service, {"spec", "ports"})) {
        const auto* number = find(port, {"port"});
        const bool named = asked && asked->is_string() && text(port, {"name"}) == asked->get_string();
        if (!asked || !(named || (number && *asked == *number)))
            continue;
        const auto* target = find(port, {"targetPort"});
        if (target && !target->is_string())
            return intOrText(*target);
        if (!target)
            return number ? intOrText(*number) : 0;
        for (const auto& subset : manifest::array(endpoints, {"subsets"}))
            for (const auto& known : manifest::array(subset, {"ports"}))
                if (const auto name = text(known, {"name"});
                    name == target->get_string() || name == text(port, {"name"}))
                    return manifest::integer(known, {"port"}).value_or(0);
    }
    return 0;
}

} // namespace

bool wantsLoadBalancers(const Value& rollout)
{
    const auto* alb = find(rollout, {"spec", "strategy", "canary", "trafficRouting", "alb"});
    const auto stable = text(rollout, {"status", "stableRS"});
    if (!alb || !alb->is_object() || stable.empty())
        return false;
    if (!find(rollout, {"status", "alb"}))
        return true;
    if (stable == text(rollout, {"status", "currentPodHash"}))
        return false;
    const auto* step = currentStep(rollout);
    return !step || find(*step, {"setWeight"});
}

std::vector<AlbIngress> albIngresses(const Value& rollout)
{
    const auto& alb = manifest::object(rollout, {"spec", "strategy", "canary", "trafficRouting", "alb"});
    const Value config(alb);
    std::vector<AlbIngress> out;
    const auto add = [&](std::string_view name) {
        AlbIngress ingress {std::string(name), {}};
        bool given = false;
        for (const auto& entry : manifest::array(config, {"servicePorts"}))
            if (text(entry, {"ingress"}) == name) { // of two entries, the last one
                given = true;
                ingress.ports.clear();
                for (const auto& port : manifest::array(entry, {"servicePorts"}))
                    ingress.ports.push_back(intOrText(port));
            }
        if (!given)
            ingress.ports.push_back(manifest::integer(config, {"servicePort"}).value_or(0));
        out.push_back(std::move(ingress));
    };
    for (const auto& name : manifest::array(config, {"ingresses"}))
        if (name.is_string())
            add(name.get_string());
    if (!alb.contains("ingresses"))
        add(text(config, {"ingress"}));
    return out;
}

std::vector<std::string> hostnamesOf(const Value& ingress)
{
    std::vector<std::string> out;
    for (const auto& address : manifest::array(ingress, {"status", "loadBalancer", "ingress"}))
        if (const auto name = text(address, {"hostname"}); !name.empty())
            out.emplace_back(name);
    return out;
}

LoadBalancer readLoadBalancer(const std::string& hostname, TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    LoadBalancer out;
    out.hostname = hostname;
    Api api(now, deps, std::move(stop));
    if (const auto done = read(api, out); !done)
        out.error = done.error().message;
    return out;
}

std::string serviceToVerify(const Observed& observed)
{
    const auto& rollout = observed.rollout;
    const auto current = text(rollout, {"status", "currentPodHash"});
    const bool promoted = text(rollout, {"status", "stableRS"}) == current;
    if (!isCanary(rollout)) {
        const std::string active(text(rollout, {"spec", "strategy", "blueGreen", "activeService"}));
        const bool analysed = find(rollout, {"status", "blueGreen", "postPromotionAnalysisRunStatus"}) != nullptr;
        const auto switched = [&](const Value& service) {
            return manifest::name(service) == active && text(service, {"spec", "selector", kHashLabel}) == current;
        };
        return !promoted && !analysed && std::any_of(observed.services.begin(), observed.services.end(), switched)
            ? active
            : std::string();
    }
    const auto waits = [&](const Value& set) {
        return manifest::integer(set, {"spec", "replicas"}).value_or(0) > 0
            && manifest::label(set, kHashLabel) != current && manifest::annotation(set, kDeadline).empty();
    };
    return promoted && find(rollout, {"spec", "strategy", "canary", "trafficRouting", "alb"})
            && std::any_of(observed.replicaSets.begin(), observed.replicaSets.end(), waits)
        ? serviceInRole(rollout, text(rollout, {"status", "canary", "stablePingPong"}), Role::Stable)
        : std::string();
}

std::optional<TargetRegistration> readTargets(const Value& binding, const Value& service, const Value& endpoints,
                                              TimePoint now, const MeasureDeps& deps, std::stop_token stop)
{
    if (text(binding, {"spec", "targetType"}) != "ip"
        || text(binding, {"spec", "serviceRef", "name"}) != manifest::name(service))
        return {};
    const auto port = targetPort(binding, service, endpoints);
    if (port == 0)
        return {};
    std::set<std::string> wanted;
    for (const auto& subset : manifest::array(endpoints, {"subsets"}))
        for (const auto& address : manifest::array(subset, {"addresses"}))
            wanted.insert(fmt::format("{}:{}", text(address, {"ip"}), port));
    TargetRegistration out;
    out.service = manifest::name(service);
    out.arn = text(binding, {"spec", "targetGroupARN"});
    out.total = wanted.size();
    Api api(now, deps, std::move(stop));
    const auto done = api.each("DescribeTargetHealth", "TargetHealthDescriptions", {{"TargetGroupArn", out.arn}},
                               [&](const ptree& target) {
                                   wanted.erase(fmt::format("{}:{}", target.get("Target.Id", std::string()),
                                                            target.get("Target.Port", std::string())));
                               });
    out.registered = out.total - wanted.size();
    if (!done)
        out.error = done.error().message;
    return out;
}

} // namespace core::rollout
