// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm_dependencies.h"

#include "core/base/strings.h"
#include "core/gotemplate/functions.h"
#include "core/gotemplate/semver.h"
#include "core/render/helm_repository.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::render::helm {

namespace {

std::string goText(std::string_view text)
{
    return gotemplate::goJson(Value::string(std::string(text)), true);
}

// A dependency as Go's encoding/json writes Helm's struct.
std::string goDependency(const manifest::Value& item)
{
    const auto text = [&item](std::string_view key) {
        const auto* value = manifest::find(item, {key});
        return value == nullptr || value->is_null() ? std::string() : textOfScalar(*value);
    };
    std::string out = "{\"name\":" + goText(text("name"));
    const auto add = [&](const char* key, const std::string& json) { out += fmt::format(",\"{}\":{}", key, json); };
    if (!text("version").empty())
        add("version", goText(text("version")));
    add("repository", goText(text("repository")));
    if (!text("condition").empty())
        add("condition", goText(text("condition")));
    const auto list = [&](const char* key) {
        const auto& held = manifest::array(item, {key});
        if (!held.empty())
            add(key, gotemplate::goJson(Value::from(held, gotemplate::Numbers::AllFloat), true));
    };
    list("tags");
    if (manifest::flag(item, {"enabled"}))
        add("enabled", "true");
    list("import-values");
    if (!text("alias").empty())
        add("alias", goText(text("alias")));
    return out + "}";
}

std::string goDependencies(const manifest::Value& holder)
{
    const auto* list = manifest::find(holder, {"dependencies"});
    if (list == nullptr || !list->is_array())
        return "null";
    std::vector<std::string> items;
    for (const auto& item : list->get_array())
        items.push_back(goDependency(item));
    return "[" + join(items, ",") + "]";
}

Result<> checkLock(const Chart& chart)
{
    const auto digest =
        "sha256:" + sha256Hex("[" + goDependencies(chart.requirements) + "," + goDependencies(chart.lock) + "]");
    if (manifest::text(chart.lock, {"digest"}) == digest)
        return {};
    const bool isOld = chart.apiVersion == "v1";
    return fail(Error::Code::Conflict,
                fmt::format("the lock file ({}) is out of sync with the dependencies file ({}). Please update the "
                            "dependencies",
                            isOld ? "requirements.lock" : "Chart.lock", isOld ? "requirements.yaml" : "Chart.yaml"),
                chart.folder, "Run `helm dependency update` and commit the lock file.");
}

std::string lockedVersion(const Chart& chart, const Dependency& dependency)
{
    for (const auto& item : manifest::array(chart.lock, {"dependencies"}))
        if (manifest::text(item, {"name"}) == dependency.name
            && manifest::text(item, {"repository"}) == dependency.repository)
            return std::string(manifest::text(item, {"version"}));
    return dependency.version;
}

Result<ChartPtr> fetched(const Chart& chart, const Dependency& dependency, const Request& request,
                         const std::stop_token& stop)
{
    const auto& repository = dependency.repository;
    if (repository.empty())
        return fail(Error::Code::NotFound, fmt::format("directory charts/{} not found", dependency.name), chart.folder,
                    "Commit the chart there, or give the dependency a repository.");
    if (repository.starts_with("file://")) {
        const auto written = repository.substr(7);
        PH_TRY(
            const auto path,
            git::normalPath(written.starts_with('/') || request.path.empty() ? written : request.path + "/" + written));
        PH_TRY(auto local, loadChart(request.tree, path, stop));
        const auto range = gotemplate::VersionRange::parse(dependency.version.empty() ? "*" : dependency.version);
        const auto version = gotemplate::SemanticVersion::parse(local->version);
        if (!range || !version || !range->contains(*version))
            return fail(Error::Code::NotFound,
                        fmt::format("can't get a valid version for dependency {}", dependency.name), path);
        return local;
    }
    const bool isAlias = repository.starts_with('@') || repository.starts_with("alias:"); // who fetches knows them
    const bool isOci = repository.starts_with("oci://");
    if (!isAlias && !isOci && !repository.starts_with("http://") && !repository.starts_with("https://"))
        return fail(Error::Code::InvalidInput, fmt::format("no repository definition for {}", repository),
                    chart.folder);
    const auto location = chartLocation(repository, dependency.name,
                                        request.helm.passCredentials ? PassCredentials::Yes : PassCredentials::No);
    PH_TRY(const auto tree, request.helm.fetch(location, lockedVersion(chart, dependency), stop));
    return loadChart(tree, "", stop);
}

} // namespace

std::vector<std::string> missingCharts(const Chart& chart)
{
    std::vector<std::string> names;
    for (const auto& dependency : chart.dependencies)
        if (std::none_of(chart.charts.begin(), chart.charts.end(),
                         [&dependency](const ChartPtr& c) { return c->name == dependency->name; }))
            names.push_back(dependency->name);
    return names;
}

Result<> buildDependencies(Chart& chart, const Request& request, const std::stop_token& stop)
{
    if (!chart.lock.is_null())
        PH_CHECK(checkLock(chart));
    const auto missing = missingCharts(chart);
    auto charts = chart.charts;
    for (const auto& dependency : chart.dependencies) {
        if (std::find(missing.begin(), missing.end(), dependency->name) == missing.end())
            continue;
        auto found = fetched(chart, *dependency, request, stop);
        if (!found)
            return tl::unexpected<Error>(
                std::move(found).error().within(fmt::format("build the dependencies of chart {}", chart.name)));
        const bool isThere = std::any_of(charts.begin(), charts.end(), [&found](const ChartPtr& other) {
            return other->name == (*found)->name && other->version == (*found)->version;
        });
        if (!isThere) // one chart under two names
            charts.push_back(std::move(*found));
    }
    // In the order in which Helm reads charts/.
    std::stable_sort(charts.begin(), charts.end(),
                     [](const ChartPtr& a, const ChartPtr& b) { return a->name < b->name; });
    chart.setCharts(std::move(charts));
    return {};
}

} // namespace core::render::helm
