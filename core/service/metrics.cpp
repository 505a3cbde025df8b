// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/metrics.h"

#include "core/gitops/application.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::service {

namespace {

std::string printed(const Metrics::Labels& labels)
{
    std::string out;
    for (const auto& [name, value] : labels) {
        std::string escaped;
        for (const char c : value) {
            if (c == '\n') {
                escaped += "\\n";
                continue;
            }
            if (c == '\\' || c == '"')
                escaped += '\\';
            escaped += c;
        }
        out += fmt::format("{}{}=\"{}\"", out.empty() ? "" : ",", name, escaped);
    }
    return out.empty() ? out : "{" + out + "}";
}

void appendGauge(std::string& out, std::string_view name, std::string_view help,
                 const std::vector<Metrics::Labels>& rows)
{
    out += fmt::format("# HELP {} {}\n# TYPE {} gauge\n", name, help, name);
    for (const auto& labels : rows)
        out += fmt::format("{}{} 1\n", name, printed(labels));
}

std::string orUnknown(std::string_view text)
{
    return std::string(text.empty() ? "Unknown" : text);
}

} // namespace

void Metrics::count(const std::string& name, const Labels& labels, double by)
{
    const std::lock_guard lock(m_mutex);
    m_values[name][printed(labels)] += by;
}

void Metrics::observe(const std::string& name, const Labels& labels, Duration took)
{
    count(name + "_sum", labels, std::chrono::duration<double>(took).count());
    count(name + "_count", labels);
}

void Metrics::set(const std::string& name, const Labels& labels, double value)
{
    const std::lock_guard lock(m_mutex);
    m_gauges.insert(name);
    m_values[name][printed(labels)] = value;
}

std::string Metrics::text(const kube::Cache& cache) const
{
    std::string out;
    std::vector<Labels> applications, sets;
    for (const auto& object : cache.list({"argoproj.io", "Application"})) {
        const auto application = gitops::parseApplication(*object);
        applications.push_back({{"namespace", application.nameSpace},
                                {"name", application.name},
                                {"project", application.project},
                                {"repo", application.sources.empty() ? "" : application.sources.front().repoUrl},
                                {"dest_namespace", application.destinationNamespace},
                                {"dest_server", application.server},
                                {"sync_status", orUnknown(manifest::text(*object, {"status", "sync", "status"}))},
                                {"health_status", orUnknown(manifest::text(*object, {"status", "health", "status"}))},
                                {"operation", manifest::find(*object, {"operation"}) ? "sync" : ""}});
    }
    for (const auto& object : cache.list({"argoproj.io", "ApplicationSet"})) {
        std::string state = "Unknown";
        for (const auto& condition : manifest::array(*object, {"status", "conditions"})) {
            if (manifest::text(condition, {"type"}) == "ResourcesUpToDate")
                state = manifest::text(condition, {"status"}) == "True" ? "ApplicationSetUpToDate" : "Error";
        }
        sets.push_back({{"namespace", std::string(manifest::nameSpace(*object))},
                        {"name", std::string(manifest::name(*object))},
                        {"resource_update_status", state}});
    }
    appendGauge(out, "argocd_app_info", "Information about an application.", applications);
    appendGauge(out, "argocd_appset_info", "Information about an ApplicationSet.", sets);
    const std::lock_guard lock(m_mutex);
    for (const auto& [name, rows] : m_values) {
        out += fmt::format("# TYPE {} {}\n", name, m_gauges.contains(name) ? "gauge" : "counter");
        for (const auto& [labels, value] : rows)
            out += fmt::format("{}{} {}\n", name, labels, value);
    }
    return out;
}

} // namespace core::service
