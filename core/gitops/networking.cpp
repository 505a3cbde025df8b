// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/compare.h"

#include <boost/json.hpp>

#include <algorithm>

namespace core::gitops {

namespace {

using manifest::text;
using manifest::Value;

constexpr std::string_view kLink = "link.argocd.argoproj.io/";

bool isAddress(std::string_view text)
{
    return text.starts_with("http://") || text.starts_with("https://");
}

/// Where the load balancer of an Ingress answers, for rules without a host.
std::string balancerOf(const Value& ingress)
{
    for (const auto& entry : manifest::array(ingress, {"status", "loadBalancer", "ingress"})) {
        for (const auto* key : {"hostname", "ip"}) {
            if (const auto found = text(entry, {key}); !found.empty())
                return std::string(found);
        }
    }
    return {};
}

bool isEncrypted(const Value& ingress, std::string_view host)
{
    const auto& blocks = manifest::array(ingress, {"spec", "tls"});
    return std::any_of(blocks.begin(), blocks.end(), [&](const Value& block) {
        const auto& hosts = manifest::array(block, {"hosts"});
        return hosts.empty() || std::any_of(hosts.begin(), hosts.end(), [&](const Value& item) {
                   return item.is_string() && item.get_string() == host;
               });
    });
}

void addIngress(const Value& ingress, std::vector<std::string>& urls)
{
    for (const auto& rule : manifest::array(ingress, {"spec", "rules"})) {
        auto host = std::string(text(rule, {"host"}));
        if (host.empty())
            host = balancerOf(ingress);
        if (host.empty())
            continue;
        const std::string base = (isEncrypted(ingress, host) ? "https://" : "http://") + host;
        for (const auto& path : manifest::array(rule, {"http", "paths"})) {
            auto below = std::string(text(path, {"path"}));
            if (below.ends_with('*'))
                below.pop_back();
            urls.push_back(base + below);
        }
    }
}

} // namespace

std::vector<std::string> externalUrls(const Value& live)
{
    std::vector<std::string> urls;
    const auto group = manifest::parseGroupVersion(manifest::apiVersion(live)).group;
    const bool isIngress = manifest::kind(live) == "Ingress" && (group == "networking.k8s.io" || group == "extensions");
    if (isIngress && manifest::annotation(live, "argocd.argoproj.io/ignore-default-links") != "true")
        addIngress(live, urls);
    for (const auto& member : manifest::object(live, {"metadata", "annotations"})) {
        if (!std::string_view(member.key()).starts_with(kLink) || !member.value().is_string())
            continue;
        const std::string_view value = member.value().get_string();
        const auto bar = value.find('|');
        if (isAddress(bar == std::string_view::npos ? value : value.substr(bar + 1)))
            urls.emplace_back(value);
    }
    std::sort(urls.begin(), urls.end());
    urls.erase(std::unique(urls.begin(), urls.end()), urls.end());
    return urls;
}

} // namespace core::gitops
