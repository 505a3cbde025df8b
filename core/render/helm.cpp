// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm.h"

#include "core/base/strings.h"
#include "core/gotemplate/semver.h"
#include "core/gotemplate/template.h"
#include "core/manifest/yaml.h"
#include "core/render/helm_ahead.h"
#include "core/render/helm_chart.h"
#include "core/render/helm_dependencies.h"
#include "core/render/helm_manifests.h"
#include "core/render/helm_objects.h"
#include "core/render/helm_repository.h"
#include "core/render/helm_schema.h"
#include "core/render/helm_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <optional>

namespace core::render {

namespace {

using namespace helm;

constexpr const char* kDefaultKubeVersion = "1.33.0";

struct Job
{
    TemplateSource* source = nullptr;
    std::string name; ///< "chart/templates/x.yaml"
    std::string path; ///< in the tree, or the name again
    std::string basePath;
    Value data;
};

bool isPartial(std::string_view name)
{
    return name.substr(name.rfind('/') + 1).starts_with('_');
}

// The data of a chart's templates, and of the charts below it.
Value collect(Chart& chart, const Value& above, std::vector<Job>& jobs)
{
    auto next = Value::map();
    auto subcharts = Value::map();
    const auto* aboveValues = above.find("Values");
    next.set("Chart", chartObject(chart));
    next.set("Files", filesObject(chart.files));
    next.set("Release", *above.find("Release"));
    next.set("Capabilities", *above.find("Capabilities"));
    next.set("Subcharts", subcharts);
    auto values = Value::map();
    if (chart.parent == nullptr)
        values = *aboveValues;
    else if (const auto* own = aboveValues->find(chart.name); own != nullptr && own->isMap())
        values = *own;
    next.set("Values", values.asHelmValues());
    for (const auto& child : chart.charts)
        subcharts.set(child->name, collect(*child, next, jobs));
    const auto full = chart.fullPath();
    const bool library = lower(chart.type) == "library";
    for (auto& file : chart.templates) {
        if (library && !isPartial(file.name))
            continue;
        Job job;
        job.source = file.source.get();
        job.name = full + "/" + file.name;
        job.path = chart.folder.empty() && chart.parent != nullptr ? job.name
            : chart.folder.empty()                                 ? file.name
                                                                   : chart.folder + "/" + file.name;
        job.basePath = full + "/templates";
        job.data = next;
        jobs.push_back(std::move(job));
    }
    return next;
}

// Where an error points to, as a path in the tree.
std::string treeLocation(const std::string& where, const std::vector<Job>& jobs)
{
    for (const auto& job : jobs)
        if (where.starts_with(job.name + ":"))
            return job.path + where.substr(job.name.size());
    return where;
}

Error parseFailure(Error error, const std::vector<Job>& jobs)
{
    const auto& message = error.message;
    const auto first = message.find(": ");
    if (first != std::string::npos) {
        const auto second = message.find(": ", first + 2);
        const auto location = message.substr(first + 2, second == std::string::npos ? second : second - first - 2);
        error.message = fmt::format("parse error at ({}): {}", location, message.substr(message.rfind(": ") + 2));
    }
    error.where = treeLocation(error.where, jobs);
    return error;
}

Error executionFailure(Error error, const std::vector<Job>& jobs)
{
    const auto start = error.message.find("HELM_ERR_START");
    const auto end = error.message.rfind("HELM_ERR_END");
    if (start != std::string::npos && end != std::string::npos && end > start) {
        const auto first = error.message.find(": ");
        const auto second = first == std::string::npos ? first : error.message.find(": ", first + 2);
        if (second != std::string::npos)
            error.message =
                fmt::format("execution error at ({}): {}", error.message.substr(first + 2, second - first - 2),
                            error.message.substr(start + 14, end - start - 14));
    }
    error.where = treeLocation(error.where, jobs);
    return error;
}

/// One rendering.
struct Rendering
{
    const Request& request;
    const std::stop_token& stop;
    Loading loading = Loading::Whole;
    bool isRead = false; ///< all files were: what goes wrong after that goes wrong first
};

/// Parses the templates of a chart into a set.
Result<> parse(const std::vector<Job>& jobs, Rendering& rendering, gotemplate::TemplateSet& set, ValueOrigins* origins,
               Ahead& ahead)
{
    for (auto job = jobs.rbegin(); job != jobs.rend() && !rendering.stop.stop_requested(); ++job)
        (void)job->source->prepare(job->name);
    ahead.endParsing();
    if (rendering.stop.stop_requested())
        return fail(Error::Code::Cancelled, "the render was cancelled");
    std::vector<Result<gotemplate::ParsedTextPtr>> texts;
    for (const auto& job : jobs)
        texts.push_back(job.source->parsed(job.name));
    for (const auto& job : jobs)
        if (job.source->isUnread())
            return tl::unexpected<Error>(job.source->parsed(job.name).error());
    rendering.isRead = true;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (!texts[i])
            return tl::unexpected<Error>(parseFailure(std::move(texts[i]).error(), jobs));
        set.add(*texts[i]);
        if (origins != nullptr)
            origins->addTemplate(*texts[i], jobs[i].name, jobs[i].path);
    }
    return {};
}

/// Executes the templates of a chart, or one of them, and hands over what each printed.
Result<> execute(const std::vector<Job>& jobs, Rendering& rendering, const std::string& only, ValueOrigins* origins,
                 Ahead& ahead, const std::function<void(RenderedFile)>& done)
{
    const auto& helm = rendering.request.helm;
    gotemplate::TemplateSet set(templateOptions());
    PH_CHECK(parse(jobs, rendering, set, origins, ahead));
    gotemplate::Session session;
    session.stop = rendering.stop;
    if (helm.lookup)
        session.lookup = [&helm](const std::string& apiVersion, const std::string& kind, const std::string& nameSpace,
                                 const std::string& name) {
            return Value::from(helm.lookup(apiVersion, kind, nameSpace, name), gotemplate::Numbers::KeepIntegers);
        };
    for (const auto& job : jobs) {
        if (isPartial(job.name) || (!only.empty() && job.name != only))
            continue;
        auto data = job.data;
        auto self = Value::map();
        self.set("Name", Value::string(job.name));
        self.set("BasePath", Value::string(job.basePath));
        data.set("Template", self.asHelmValues());
        RenderedFile file {job.name, job.path, {}};
        if (origins != nullptr)
            file.trace.maps = &origins->maps();
        auto text = origins != nullptr ? set.execute(job.name, data.asHelmValues(), session, file.trace)
                                       : set.execute(job.name, data.asHelmValues(), session);
        if (!text)
            return tl::unexpected<Error>(executionFailure(std::move(text).error(), jobs));
        for (std::size_t at = 0; (at = text->find("<no value>", at)) != std::string::npos;) {
            text->erase(at, 10);
            for (auto& piece : file.trace.pieces)
                piece.offset -= piece.offset <= at ? 0U : std::min<std::uint32_t>(10, piece.offset - std::uint32_t(at));
        }
        file.text = std::move(*text);
        done(std::move(file));
    }
    if (origins != nullptr)
        origins->addTexts(std::move(session.parsed));
    return {};
}

// Where a values file of the chart's own tree is in that; of others the name as it was given.
std::string valueFilePath(const Request& request, const std::string& name)
{
    if (name.starts_with('$') || name.find("://") != std::string::npos)
        return name;
    if (name.starts_with('/'))
        return name.substr(1);
    const auto path = git::normalPath(request.path.empty() ? name : request.path + "/" + name);
    return path ? *path : name;
}

// What fetches single files: `pilotctl render` builds no dependencies, as `helm template` does not, but fetches files.
FetchTree fileFetch(const Request& request)
{
    if (request.helm.fetch)
        return request.helm.fetch;
    return request.kustomize.allowRemoteBases ? request.kustomize.fetch : FetchTree();
}

Result<std::string> readValueFile(const Request& request, const std::string& name, const std::stop_token& stop)
{
    const auto* tree = request.tree.get();
    std::string path;
    if (const auto location = helm::fileLocation(name); helm::parseFileLocation(location)) {
        const auto fetch = fileFetch(request);
        if (!fetch)
            return fail(Error::Code::Unsupported, fmt::format("values files are not fetched here: {}", name), name,
                        "commit the file beside the chart");
        PH_TRY(const auto fetched, fetch(location, {}, stop));
        return fetched->readFollowing(helm::kFileName);
    }
    if (name.starts_with('$')) {
        const auto slash = name.find('/');
        const auto reference = request.helm.refs.find(name.substr(1, slash == std::string::npos ? slash : slash - 1));
        if (reference == request.helm.refs.end() || slash == std::string::npos)
            return fail(Error::Code::NotFound,
                        fmt::format("source referenced {}, which is not one of the given sources", name));
        tree = reference->second.get();
        path = name.substr(slash + 1);
    } else if (name.starts_with('/')) {
        path = name.substr(1);
    } else {
        path = request.path.empty() ? name : request.path + "/" + name;
    }
    PH_TRY(const auto normal, git::normalPath(path));
    auto text = tree->readFollowing(normal);
    if (!text)
        return fail(text.error().code, fmt::format("open {}: {}", name, text.error().message), normal);
    return text;
}

Result<Value> givenValues(std::string_view text, const std::string& name)
{
    auto values = parseValues(text, name);
    if (!values)
        values.error().message = fmt::format("failed to parse {}: {}", name, values.error().message);
    return values;
}

// What the user gives, and where each part stands: into `origins`, where there are any.
Result<Value> userValues(const Request& request, ValueOrigins* origins, const std::stop_token& stop)
{
    auto values = Value::map();
    const auto& helm = request.helm;
    const auto setOne = [&](const std::string& text, SetKind kind, const char* flag,
                            const ReadFile& read = {}) -> Result<> {
        PH_CHECK(applySet(values, text, kind, read));
        if (origins == nullptr)
            return {};
        auto alone = Value::map();
        if (applySet(alone, text, kind, read))
            origins->addValues(
                {{}, std::string(flag) + " " + text, manifest::toYaml(gotemplate::toManifest(alone)), {}});
        return {};
    };
    for (const auto& name : helm.valueFiles) {
        const auto text = readValueFile(request, name, stop);
        if (!text && text.error().code == Error::Code::NotFound && helm.ignoreMissingValueFiles)
            continue;
        if (!text)
            return tl::unexpected<Error>(text.error());
        PH_TRY(const auto parsed, givenValues(*text, name));
        mergeOver(values, parsed);
        if (origins != nullptr)
            origins->addValues({valueFilePath(request, name), "values", *text, {}});
    }
    if (!helm.values.empty()) {
        PH_TRY(const auto parsed, givenValues(helm.values, "values"));
        mergeOver(values, parsed);
        if (origins != nullptr)
            origins->addValues({{}, "values", helm.values, {}});
    }
    for (const auto& text : helm.setJson)
        PH_CHECK(setOne(text, SetKind::Json, "--set-json"));
    for (const auto& text : helm.set)
        PH_CHECK(setOne(text, SetKind::Typed, "--set"));
    for (const auto& text : helm.setString)
        PH_CHECK(setOne(text, SetKind::String, "--set-string"));
    const ReadFile read = [&request, &stop](const std::string& path) { return readValueFile(request, path, stop); };
    for (const auto& text : helm.setFile)
        PH_CHECK(setOne(text, SetKind::File, "--set-file", read));
    return values;
}

Result<> checkChart(const Chart& chart)
{
    if (!chart.type.empty() && chart.type != "application")
        return fail(Error::Code::InvalidInput, fmt::format("{} charts are not installable", chart.type), chart.folder);
    const auto missing = missingCharts(chart);
    if (!missing.empty())
        return fail(
            Error::Code::NotFound,
            fmt::format(
                "An error occurred while checking for chart dependencies. You may need to run `helm dependency "
                "build` to fetch missing dependencies: found in Chart.yaml, but missing in charts/ directory: {}",
                join(missing, ", ")),
            chart.folder, "Vendor the dependencies into charts/.");
    return {};
}

void collectCrds(const Chart& chart, std::vector<RenderedFile>& crds)
{
    for (const auto& file : chart.files) {
        const auto& name = file->name;
        const auto dot = name.rfind('.');
        const auto ext = dot == std::string::npos ? std::string() : lower(name.substr(dot));
        if (name.starts_with("crds/") && (ext == ".yaml" || ext == ".yml" || ext == ".json"))
            crds.push_back({chart.fullPath() + "/" + name, chart.folder.empty() ? name : chart.folder + "/" + name,
                            file->bytes().asString()});
    }
    for (const auto& child : chart.charts)
        collectCrds(*child, crds);
}

} // namespace

namespace {

/// A chart ready to execute.
struct Prepared
{
    ChartPtr chart;
    std::vector<Job> jobs;
    std::shared_ptr<ValueOrigins> origins; ///< null where nobody will ask
    ~Prepared()
    {
        // Templates may have tied values into circles; nothing outlives the rendering.
        for (auto& job : jobs)
            for (const auto* key : {"Values", "Subcharts", "Template"})
                job.data.erase(key);
    }
};

Result<> prepare(Prepared& prepared, const Rendering& rendering, Ahead& ahead,
                 const std::function<void(Chart&)>& change)
{
    const auto& request = rendering.request;
    const auto& stop = rendering.stop;
    if (!request.tree)
        return fail(Error::Code::Internal, "render chart: no tree");
    const auto& helm = request.helm;
    PH_TRY(prepared.chart, loadChart(request.tree, request.path, stop, rendering.loading));
    const auto& chart = prepared.chart;
    if (rendering.loading == Loading::Later) {
        ahead.begin(*chart, stop);
        PH_CHECK(readValues(*chart));
    }
    if (change)
        change(*chart);
    if (!helm.releaseName.empty())
        PH_CHECK(checkReleaseName(helm.releaseName));
    PH_TRY(const auto kubeVersion, parseKubeVersion(helm.kubeVersion.empty() ? kDefaultKubeVersion : helm.kubeVersion));
    if (helm.fetch && !missingCharts(*chart).empty())
        PH_CHECK(buildDependencies(*chart, request, stop));
    PH_CHECK(checkChart(*chart));
    PH_TRY(const auto given, userValues(request, prepared.origins.get(), stop));
    PH_CHECK(processDependencies(*chart, given));
    PH_TRY(auto values, coalesceValues(*chart, given));
    if (!helm.skipSchemaValidation)
        PH_CHECK(validateSchemas(*chart, values, fileFetch(request), stop));
    if (!chart->kubeVersion.empty()) {
        const auto range = gotemplate::VersionRange::parse(chart->kubeVersion);
        const auto version = gotemplate::SemanticVersion::parse(kubeVersion);
        if (!range || !version || !range->contains(*version))
            return fail(Error::Code::InvalidInput,
                        fmt::format("chart requires kubeVersion: {} which is incompatible with Kubernetes {}",
                                    chart->kubeVersion, kubeVersion),
                        chart->folder);
    }
    if (prepared.origins != nullptr) {
        prepared.origins->addCharts(*chart);
        prepared.origins->watch(values);
    }
    auto top = Value::map();
    auto release = Value::map();
    release.set("Name", Value::string(helm.releaseName));
    release.set("Namespace", Value::string(helm.nameSpace));
    release.set("IsUpgrade", Value::boolean(helm.isUpgrade));
    release.set("IsInstall", Value::boolean(!helm.isUpgrade));
    release.set("Revision", Value::integer(1));
    release.set("Service", Value::string("Helm"));
    top.set("Release", release);
    top.set("Capabilities", capabilitiesObject(kubeVersion, helm.apiVersions));
    top.set("Values", values);
    auto& jobs = prepared.jobs;
    (void)collect(*chart, top, jobs);
    // Deepest first, each depth from Z to A: what is read last defines a name.
    std::stable_sort(jobs.begin(), jobs.end(), [](const Job& a, const Job& b) {
        const auto x = std::count(a.name.begin(), a.name.end(), '/');
        const auto y = std::count(b.name.begin(), b.name.end(), '/');
        return x != y ? x > y : a.name > b.name;
    });
    // Two names of a chart may share one below them, which then stands under the later name, with the values of that.
    const auto last =
        std::unique(jobs.rbegin(), jobs.rend(), [](const Job& a, const Job& b) { return a.name == b.name; });
    jobs.erase(jobs.begin(), last.base());
    return {};
}

} // namespace

namespace {

enum class Wanted : std::uint8_t { Resources, Text };

Result<OutputPtr> renderOnce(Rendering& rendering, Wanted wanted)
{
    Prepared prepared;
    if (wanted == Wanted::Resources)
        prepared.origins = std::make_shared<ValueOrigins>();
    Assembly assembly(prepared.origins);
    Ahead ahead;
    PH_CHECK(prepare(prepared, rendering, ahead, {}));
    auto done = execute(prepared.jobs, rendering, {}, prepared.origins.get(), ahead, [&](RenderedFile file) {
        const auto size = file.text.size();
        ahead.read(assembly.add(std::move(file)), size);
    });
    PH_CHECK(prepared.chart->checkAssets());
    PH_CHECK(std::move(done));
    assembly.readRest();
    ahead.end();
    if (prepared.origins != nullptr)
        prepared.origins->unwatch();
    std::vector<RenderedFile> crds;
    const auto& helm = rendering.request.helm;
    if (helm.includeCrds && !helm.skipCrds)
        collectCrds(*prepared.chart, crds);
    PH_CHECK(prepared.chart->checkAssets());
    return assembly.finish(std::move(crds), helm.skipTests);
}

Result<OutputPtr> renderChart(const Request& request, Wanted wanted, const std::stop_token& stop)
{
    Rendering rendering {request, stop, Loading::Later};
    auto output = renderOnce(rendering, wanted);
    if (output || rendering.isRead || output.error().code == Error::Code::Cancelled)
        return output;
    Rendering whole {request, stop, Loading::Whole};
    return renderOnce(whole, wanted);
}

} // namespace

Result<OutputPtr> renderHelm(const Request& request, std::stop_token stop)
{
    return renderChart(request, Wanted::Resources, stop);
}

Result<OutputPtr> renderHelmText(const Request& request, std::stop_token stop)
{
    return renderChart(request, Wanted::Text, stop);
}

Result<std::string> renderTemplateText(const Request& request, const std::string& name, const std::string& text,
                                       std::stop_token stop)
{
    Prepared prepared;
    Rendering rendering {request, stop};
    Ahead none;
    PH_CHECK(prepare(prepared, rendering, none, [&](Chart& chart) {
        auto source = std::make_shared<TemplateSource>(text);
        for (auto& file : chart.templates)
            if (file.name == name) {
                file.source = std::move(source);
                return;
            }
        chart.templates.push_back({name, std::move(source)});
    }));
    const auto full = prepared.chart->name + "/" + name;
    std::optional<std::string> printed;
    auto done = execute(prepared.jobs, rendering, full, nullptr, none, [&](RenderedFile file) {
        if (file.name == full)
            printed = std::move(file.text);
    });
    PH_CHECK(prepared.chart->checkAssets());
    PH_CHECK(std::move(done));
    if (printed)
        return std::move(*printed);
    return fail(Error::Code::NotFound, "no template " + full, name);
}

} // namespace core::render
