// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/gotemplate/template.h"
#include "core/manifest/yaml.h"
#include "core/render/helm.h"
#include "core/render/helm_repository.h"
#include "core/render/kustomize_build.h"

#include <boost/json.hpp>

namespace core::render::kustomize {

using manifest::array;
using manifest::find;
using manifest::flag;
using manifest::text;

namespace {

constexpr std::string_view kBaseValues = ".kustomize-chart-values.yaml";
constexpr std::string_view kSource = "kustomization"; ///< what values files call the tree of the kustomization

std::string joined(const std::string& folder, const std::string& path)
{
    return folder.empty() ? path : folder + "/" + path;
}

std::string stringAt(const Value& value, std::string_view field)
{
    return std::string(text(value, {field}));
}

/// What kustomize asks of an entry before it looks for the chart.
Result<> checkChart(const Value& chart)
{
    const auto refused = [](const std::string& why, std::string hint = {}) {
        return fail(Error::Code::InvalidInput, why, {}, std::move(hint));
    };
    const auto name = stringAt(chart, "name");
    if (name.empty())
        return refused("chart name cannot be empty", "set its name");
    if (const auto release = stringAt(chart, "releaseName"); release.starts_with('-'))
        return refused("releaseName must not start with '-', got \"" + release + "\"");
    if (name.starts_with('-'))
        return refused("chart name must not start with '-', got \"" + name + "\"");
    const auto how = stringAt(chart, "valuesMerge");
    if (!how.empty() && how != "override" && how != "merge" && how != "replace")
        return refused("valuesMerge must be one of [merge override replace]");
    return {};
}

/// The values that take the place of the chart's own: valuesFile and valuesInline joined as valuesMerge says.
Result<std::string> baseValues(const std::string& fileText, const std::string& file, const Value& chart)
{
    const auto* inlined = find(chart, {"valuesInline"});
    if (inlined == nullptr || !inlined->is_object() || inlined->get_object().empty())
        return fileText;
    const auto how = stringAt(chart, "valuesMerge");
    if (how == "replace")
        return manifest::toYaml(*inlined);
    auto nodes = manifest::parseNodes(fileText, file);
    if (!nodes)
        return fail(nodes.error().within("could not parse values file"));
    auto own = nodes->empty() ? Node::mapping() : std::move(nodes->front());
    auto given = manifest::toNode(*inlined);
    static const Schema kNoSchema;
    auto& dest = how == "merge" ? given : own;
    const auto& patch = how == "merge" ? own : given;
    PH_TRY(const bool stays, strategicMerge(dest, patch, kNoSchema));
    PH_TRY(const auto merged, manifest::toValue(stays ? dest : Node::mapping(), manifest::YamlDialect::V3));
    return manifest::toYaml(merged);
}

/// What a chart printed, before transformers changed it; with names that the kustomization's tree knows.
class ChartOrigins final : public FieldOrigins
{
public:
    ChartOrigins(const Rendered& rendered, Step base)
        : m_rendered(rendered)
        , m_base(std::move(base))
    {
    }
    [[nodiscard]] std::vector<Step> explain(const Value& /*transformed*/,
                                            const std::vector<std::string>& path) const override
    {
        const auto& origins = m_rendered.provenance->origins;
        auto steps = origins != nullptr ? origins->explain(*m_rendered.object, path) : std::vector<Step>();
        const auto source = "$" + std::string(kSource) + "/";
        for (auto& step : steps) {
            if (!step.file.starts_with(source))
                continue;
            step.file.erase(0, source.size());
            if (step.file != kBaseValues)
                continue;
            step.file = m_base.file;
            step.place = m_base.place;
            step.line = m_base.place.empty() ? step.line : 0;
        }
        return steps;
    }

private:
    Rendered m_rendered;
    Step m_base; ///< what stands for the base values: their file, or the place of valuesInline
};

bool isHook(const Node& object)
{
    return object.at({"metadata", "annotations", "helm.sh/hook"}) != nullptr;
}

/// As an entry gives it, or its template prints it; "" where neither is there.
Result<std::string> releaseName(const Value& chart, std::stop_token stop)
{
    constexpr const char* kName = "name-template"; // as Helm calls it in messages
    auto name = stringAt(chart, "releaseName");
    auto pattern = stringAt(chart, "nameTemplate");
    if (pattern.empty())
        return name;
    if (!name.empty())
        return fail(Error::Code::InvalidInput, "cannot set --name-template and also specify a name", {},
                    "keep one of releaseName and nameTemplate");
    gotemplate::TemplateSet templates;
    PH_CHECK(templates.parse(kName, std::move(pattern)));
    gotemplate::Session session;
    session.stop = std::move(stop);
    auto made = templates.execute(kName, {}, session);
    if (!made)
        made.error().where.clear(); // a place in the template
    return made;
}

} // namespace

Result<std::string> Build::findChart(const Root& root, const Value& chart, const Value& globals, Request& request)
{
    const auto name = stringAt(chart, "name");
    const auto version = stringAt(chart, "version");
    const auto repo = stringAt(chart, "repo");
    auto home = stringAt(globals, "chartHome");
    if (home.empty())
        home = "charts";
    if (!version.empty() && !repo.empty())
        home += "/" + name + "-" + version;
    auto normal = git::normalPath(joined(root.path, home + "/" + name));
    if (home.starts_with('/') || !normal)
        return fail(Error::Code::Forbidden, "chartHome leads out of the source tree", root.file);
    const auto folder = m_view->resolve(*normal);
    if (folder && m_view->isFile(*folder + "/Chart.yaml")) {
        request.tree = m_view;
        request.path = *folder;
        return *folder;
    }
    const auto& options = m_request.kustomize;
    const std::string advice = "run `helm pull --untar` into the folder and commit the chart";
    if (repo.empty())
        return fail(Error::Code::NotFound, "no chart in the folder " + *normal + ", and no repo to pull it from",
                    root.file, advice + ", or set repo");
    if (!options.allowRemoteBases || !options.fetch)
        return fail(Error::Code::Unsupported,
                    "no chart in the folder " + *normal + ", and charts are not pulled from " + repo + " here",
                    root.file, advice);
    m_view->noteOther();
    auto pulled = options.fetch(helm::chartLocation(repo, name), version, m_stop);
    if (!pulled) {
        auto error = pulled.error().within("pulling it from " + repo);
        error.where = root.file;
        if (error.hint.empty())
            error.hint = "check the address and the connection, or " + advice;
        return fail(std::move(error));
    }
    request.tree = std::move(*pulled);
    return repo + "#" + name;
}

Result<> Build::addChart(Accumulated& into, const Root& root, const Value& chart, const Value& globals,
                         const std::shared_ptr<Origin>& origin)
{
    const auto name = stringAt(chart, "name");
    const auto failed = [&](Error error) {
        if (error.where.empty())
            error.where = root.file;
        return fail(error.within("inflating the Helm chart " + name));
    };
    if (auto sound = checkChart(chart); !sound)
        return failed(std::move(sound.error()));
    Request request;
    request.kind = SourceKind::Helm;
    auto found = findChart(root, chart, globals, request);
    if (!found)
        return failed(std::move(found.error()));
    const auto& folder = *found;
    auto& helm = request.helm;
    const auto file = stringAt(chart, "valuesFile");
    Step baseStep {joined(request.path, "values.yaml"), "values"};
    std::string valuesText;
    // Where valuesInline takes the place of the file, kustomize does not look for it.
    const auto* inlined = find(chart, {"valuesInline"});
    const bool isReplaced = stringAt(chart, "valuesMerge") == "replace" && inlined != nullptr && inlined->is_object()
        && !inlined->get_object().empty();
    if (!file.empty() && !isReplaced) {
        auto loaded = load(root, file);
        if (!loaded)
            return failed(loaded.error());
        valuesText = std::move(*loaded);
        if (auto path = pathOf(root, file))
            baseStep.file = std::move(*path);
    } else if (!isReplaced) {
        const bool isElsewhere = request.tree == m_view && !isInOrBelow(folder, root.path);
        if (isElsewhere && (m_isClone || !m_request.kustomize.loadRestrictionsNone))
            return failed({Error::Code::Forbidden,
                           "security; file '" + folder + "/values.yaml' is not in or below '" + root.path + "'",
                           root.file, "move the chart below the kustomization, or allow it with LoadRestrictionsNone"});
        auto own = request.tree->readFollowing(joined(request.path, "values.yaml"));
        if (!own) // Helm needs none, kustomize does
            return failed({Error::Code::NotFound,
                           "evalsymlink failure on '" + folder + "/values.yaml' : lstat " + folder
                               + "/values.yaml: no such file or directory",
                           root.file, "add a values.yaml to the chart: an empty one will do"});
        valuesText = std::move(*own);
    }
    auto base = baseValues(valuesText, file.empty() ? folder + "/values.yaml" : file, chart);
    if (!base)
        return failed(base.error());
    if (*base != valuesText) // lines of no file
        baseStep = {root.file, "values", "helmCharts"};
    git::Overlay overlay;
    overlay.files[std::string(kBaseValues)] = std::move(*base);
    helm.refs.emplace(kSource, git::overlayTree(m_view, std::move(overlay)));
    const auto inSource = [](std::string_view path) { return "$" + std::string(kSource) + "/" + std::string(path); };
    helm.valueFiles.push_back(inSource(kBaseValues));
    for (const auto& more : array(chart, {"additionalValuesFiles"})) {
        auto path = pathOf(root, std::string(text(more, {})));
        if (!path)
            return failed(path.error());
        helm.valueFiles.push_back(inSource(*path));
    }
    auto release = releaseName(chart, m_stop);
    if (!release)
        return failed(std::move(release.error()));
    if (!release->empty())
        helm.releaseName = std::move(*release);
    if (auto space = stringAt(chart, "namespace"); !space.empty())
        helm.nameSpace = std::move(space);
    helm.kubeVersion = stringAt(chart, "kubeVersion");
    for (const auto& api : array(chart, {"apiVersions"}))
        helm.apiVersions.emplace_back(text(api, {}));
    helm.includeCrds = flag(chart, {"includeCRDs"});
    helm.skipTests = flag(chart, {"skipTests"});
    auto output = renderHelm(request, m_stop);
    if (!output)
        return failed(output.error());
    auto objects = readObjects((*output)->yaml, folder);
    if (!objects)
        return failed(objects.error());
    const bool aligned = objects->size() == (*output)->resources.size();
    for (std::size_t i = 0; i < objects->size(); ++i) {
        if (flag(chart, {"skipHooks"}) && isHook((*objects)[i]))
            continue;
        Resource resource(std::move((*objects)[i]));
        auto& notes = resource.note();
        notes.file = aligned ? (*output)->resources[i].provenance->file : folder;
        if (aligned)
            notes.origins = std::make_shared<ChartOrigins>((*output)->resources[i], baseStep);
        if (!m_buildMetadata.empty())
            notes.origin = origin;
        notes.touches.push_back(mark(root, "helmCharts", {""}, "helmCharts"));
        if (auto done = into.resources.absorb(std::move(resource)); !done)
            return failed(done.error().within("merging from generator"));
    }
    return {};
}

} // namespace core::render::kustomize
