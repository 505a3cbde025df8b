// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm.h"

#include "core/base/strings.h"
#include "core/gotemplate/semver.h"
#include "core/gotemplate/template.h"
#include "core/manifest/yaml.h"
#include "core/render/helm_chart.h"
#include "core/render/helm_dependencies.h"
#include "core/render/helm_manifests.h"
#include "core/render/helm_objects.h"
#include "core/render/helm_repository.h"
#include "core/render/helm_schema.h"
#include "core/render/helm_values.h"
#include "core/render/parallel.h"

#include <fmt/format.h>

#include <algorithm>
#include <list>
#include <mutex>

namespace core::render {

namespace {

using namespace helm;

constexpr const char* kDefaultKubeVersion = "1.33.0";
constexpr std::size_t kCacheBytes = std::size_t {64} << 20;

/// Parsed templates by name and text, least recently used ones leave first.
class TemplateCache
{
public:
    /// `text` is moved from where it has to be parsed.
    Result<gotemplate::ParsedTextPtr> get(const std::string& name, std::string& text,
                                          const gotemplate::Options& options)
    {
        const auto key = std::hash<std::string>()(name) ^ text.size();
        {
            const std::lock_guard lock(m_mutex);
            const auto [begin, end] = m_index.equal_range(key);
            for (auto found = begin; found != end; ++found) {
                if (!gotemplate::isParsedFrom(*found->second->second, name, text))
                    continue;
                m_order.splice(m_order.begin(), m_order, found->second);
                return found->second->second;
            }
        }
        PH_TRY(auto parsed, gotemplate::parseText(name, std::move(text), options));
        const std::lock_guard lock(m_mutex);
        m_order.emplace_front(key, parsed);
        m_index.emplace(key, m_order.begin());
        m_bytes += gotemplate::memoryBytes(*parsed);
        while (m_bytes > kCacheBytes && m_order.size() > 1)
            drop();
        return parsed;
    }

private:
    using Entries = std::list<std::pair<std::size_t, gotemplate::ParsedTextPtr>>;

    void drop()
    {
        const auto last = std::prev(m_order.end());
        m_bytes -= gotemplate::memoryBytes(*last->second);
        auto [entry, end] = m_index.equal_range(last->first);
        while (entry != end && entry->second != last)
            ++entry;
        m_index.erase(entry);
        m_order.erase(last);
    }

    std::mutex m_mutex;
    Entries m_order;
    std::unordered_multimap<std::size_t, Entries::iterator> m_index; ///< by hash of the name and size of the text
    std::size_t m_bytes = 0;
};

TemplateCache& templateCache()
{
    static TemplateCache cache;
    return cache;
}

struct Job
{
    File* file = nullptr;
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
        job.file = &file;
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

Result<std::vector<RenderedFile>> execute(const std::vector<Job>& jobs, const HelmOptions& helm,
                                          const std::stop_token& stop, const std::string& only, ValueOrigins* origins)
{
    gotemplate::Options options;
    options.functions = gotemplate::FunctionMap::helm();
    options.missingKey = gotemplate::MissingKey::Zero;
    gotemplate::TemplateSet set(options);
    std::size_t bytes = 0;
    for (const auto& job : jobs)
        bytes += job.file->data.size();
    std::vector<Result<gotemplate::ParsedTextPtr>> texts(jobs.size());
    onTwoThreads(jobs.size(), bytes > kWorthAThread, [&](std::size_t i) {
        if (!stop.stop_requested())
            texts[i] = templateCache().get(jobs[i].name, jobs[i].file->data, options);
    });
    if (stop.stop_requested())
        return fail(Error::Code::Cancelled, "the render was cancelled");
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (!texts[i])
            return tl::unexpected<Error>(parseFailure(std::move(texts[i]).error(), jobs));
        set.add(*texts[i]);
        if (origins != nullptr)
            origins->addTemplate(*texts[i], jobs[i].name, jobs[i].path);
    }
    gotemplate::Session session;
    session.stop = stop;
    if (helm.lookup)
        session.lookup = [&helm](const std::string& apiVersion, const std::string& kind, const std::string& nameSpace,
                                 const std::string& name) {
            return Value::from(helm.lookup(apiVersion, kind, nameSpace, name), gotemplate::Numbers::KeepIntegers);
        };
    std::vector<RenderedFile> files;
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
        files.push_back(std::move(file));
    }
    if (origins != nullptr)
        origins->addTexts(std::move(session.parsed));
    return files;
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

Result<> prepare(Prepared& prepared, const Request& request, const std::stop_token& stop,
                 const std::function<void(Chart&)>& change)
{
    if (!request.tree)
        return fail(Error::Code::Internal, "render chart: no tree");
    const auto& helm = request.helm;
    PH_TRY(prepared.chart, loadChart(request.tree, request.path, stop));
    const auto& chart = prepared.chart;
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

Result<OutputPtr> renderChart(const Request& request, Wanted wanted, const std::stop_token& stop)
{
    Prepared prepared;
    if (wanted == Wanted::Resources)
        prepared.origins = std::make_shared<ValueOrigins>();
    PH_CHECK(prepare(prepared, request, stop, {}));
    auto files = execute(prepared.jobs, request.helm, stop, {}, prepared.origins.get());
    PH_CHECK(prepared.chart->checkAssets());
    if (!files)
        return tl::unexpected<Error>(files.error());
    if (prepared.origins != nullptr)
        prepared.origins->unwatch();
    std::vector<RenderedFile> crds;
    if (request.helm.includeCrds && !request.helm.skipCrds)
        collectCrds(*prepared.chart, crds);
    PH_CHECK(prepared.chart->checkAssets());
    return assemble(std::move(*files), std::move(crds), request.helm.skipTests, prepared.origins);
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
    PH_CHECK(prepare(prepared, request, stop, [&](Chart& chart) {
        for (auto& file : chart.templates)
            if (file.name == name) {
                file.data = text;
                return;
            }
        chart.templates.push_back({name, text});
    }));
    const auto full = prepared.chart->name + "/" + name;
    auto files = execute(prepared.jobs, request.helm, stop, full, nullptr);
    PH_CHECK(prepared.chart->checkAssets());
    if (!files)
        return tl::unexpected<Error>(files.error());
    for (auto& file : *files)
        if (file.name == full)
            return std::move(file.text);
    return fail(Error::Code::NotFound, "no template " + full, name);
}

} // namespace core::render
