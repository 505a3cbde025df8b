// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/render/helm.h"
#include "core/render/kustomize_build.h"

#include <boost/json.hpp>

namespace core::render::kustomize {

using manifest::array;
using manifest::find;
using manifest::flag;
using manifest::text;

namespace {

constexpr std::string_view kBaseValues = ".kustomize-chart-values.yaml";

std::string stringAt(const Value& value, std::string_view field)
{
    return std::string(text(value, {field}));
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
    if (!how.empty() && how != "override" && how != "merge")
        return fail(Error::Code::InvalidInput, "valuesMerge must be one of [merge override replace]");
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

bool isHook(const Node& object)
{
    return object.at({"metadata", "annotations", "helm.sh/hook"}) != nullptr;
}

} // namespace

Result<> Build::addChart(Accumulated& into, const Root& root, const Value& chart, const Value& globals,
                         const std::shared_ptr<Origin>& origin)
{
    const auto name = stringAt(chart, "name");
    const auto failed = [&](Error error) {
        if (error.where.empty())
            error.where = root.file;
        return fail(error.within("inflating the Helm chart " + name));
    };
    if (name.empty())
        return failed({Error::Code::InvalidInput, "chart name cannot be empty", root.file, "set its name"});
    auto home = stringAt(globals, "chartHome");
    if (home.empty())
        home = "charts";
    const auto version = stringAt(chart, "version");
    const auto repo = stringAt(chart, "repo");
    if (!version.empty() && !repo.empty())
        home += "/" + name + "-" + version;
    auto normal = git::normalPath((root.path.empty() ? "" : root.path + "/") + home + "/" + name);
    if (home.starts_with('/') || !normal)
        return failed({Error::Code::Forbidden, "chartHome leads out of the source tree", root.file, {}});
    auto folder = m_view->resolve(*normal);
    if (!folder || !m_view->isFile(*folder + "/Chart.yaml"))
        return failed({Error::Code::NotFound,
                       "no chart in the folder " + *normal
                           + (repo.empty() ? std::string() : ", and charts are not pulled from " + repo + " here"),
                       root.file, "run `helm pull --untar` into the folder and commit the chart"});
    Request request;
    request.path = *folder;
    request.kind = SourceKind::Helm;
    auto& helm = request.helm;
    const auto file = stringAt(chart, "valuesFile");
    std::string valuesText;
    if (!file.empty()) {
        auto loaded = load(root, file);
        if (!loaded)
            return failed(loaded.error());
        valuesText = std::move(*loaded);
    } else if (auto own = m_view->readFollowing(*folder + "/values.yaml"); own) {
        valuesText = std::move(*own);
    }
    auto base = baseValues(valuesText, file.empty() ? *folder + "/values.yaml" : file, chart);
    if (!base)
        return failed(base.error());
    git::Overlay overlay;
    overlay.files[std::string(kBaseValues)] = std::move(*base);
    request.tree = git::overlayTree(m_view, std::move(overlay));
    helm.valueFiles.push_back("/" + std::string(kBaseValues));
    for (const auto& more : array(chart, {"additionalValuesFiles"})) {
        auto path = pathOf(root, std::string(text(more, {})));
        if (!path)
            return failed(path.error());
        helm.valueFiles.push_back("/" + *path);
    }
    if (auto release = stringAt(chart, "releaseName"); !release.empty())
        helm.releaseName = std::move(release);
    else if (!stringAt(chart, "nameTemplate").empty())
        return failed({Error::Code::Unsupported, "nameTemplate is not supported", root.file, "set releaseName"});
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
    auto objects = readObjects((*output)->yaml, *folder);
    if (!objects)
        return failed(objects.error());
    const bool aligned = objects->size() == (*output)->resources.size();
    for (std::size_t i = 0; i < objects->size(); ++i) {
        if (flag(chart, {"skipHooks"}) && isHook((*objects)[i]))
            continue;
        Resource resource(std::move((*objects)[i]));
        resource.file = aligned ? (*output)->resources[i].provenance->file : *folder;
        if (!m_buildMetadata.empty())
            resource.origin = origin;
        resource.marks.push_back(mark(root, "helmCharts", {""}));
        if (auto done = into.resources.absorb(std::move(resource)); !done)
            return failed(done.error().within("merging from generator"));
    }
    return {};
}

} // namespace core::render::kustomize
