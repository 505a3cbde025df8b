// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/sources.h"

#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

namespace core::gitops {

namespace {

using manifest::flag;
using manifest::text;
using manifest::Value;

std::vector<std::string> texts(const Value& root, manifest::Path path)
{
    std::vector<std::string> result;
    for (const auto& item : manifest::array(root, path)) {
        if (item.is_string())
            result.emplace_back(item.get_string());
    }
    return result;
}

std::map<std::string, std::string> textMap(const Value& root, manifest::Path path)
{
    std::map<std::string, std::string> result;
    for (const auto& member : manifest::object(root, path)) {
        if (member.value().is_string())
            result.emplace(member.key(), member.value().get_string());
    }
    return result;
}

bool hasBlock(const Value& source, std::string_view key)
{
    const auto* block = manifest::find(source, {key});
    return block && block->is_object() && !block->get_object().empty();
}

void readKustomize(const Value& source, render::KustomizeOptions& options)
{
    const auto* block = manifest::find(source, {"kustomize"});
    if (!block)
        return;
    options.namePrefix = text(*block, {"namePrefix"});
    options.nameSuffix = text(*block, {"nameSuffix"});
    options.nameSpace = text(*block, {"namespace"});
    options.images = texts(*block, {"images"});
    for (const auto& item : manifest::array(*block, {"replicas"})) {
        const auto* count = manifest::find(item, {"count"});
        options.replicas.emplace_back(std::string(text(item, {"name"})),
                                      !count                   ? ""
                                          : count->is_string() ? std::string(count->get_string())
                                                               : manifest::toJson(*count));
    }
    options.commonLabels = textMap(*block, {"commonLabels"});
    options.commonAnnotations = textMap(*block, {"commonAnnotations"});
    options.forceCommonLabels = flag(*block, {"forceCommonLabels"});
    options.forceCommonAnnotations = flag(*block, {"forceCommonAnnotations"});
    options.labelWithoutSelector = flag(*block, {"labelWithoutSelector"});
    options.labelIncludeTemplates = flag(*block, {"labelIncludeTemplates"});
    options.commonAnnotationsEnvsubst = flag(*block, {"commonAnnotationsEnvsubst"});
    for (const auto& patch : manifest::array(*block, {"patches"}))
        options.patches.push_back(patch);
    options.components = texts(*block, {"components"});
    options.ignoreMissingComponents = flag(*block, {"ignoreMissingComponents"});
}

/// Commas separate on helm's command line; Argo CD escapes them outside of {lists}.
std::string escaped(std::string_view value)
{
    if (value.starts_with('{'))
        return std::string(value);
    std::string result;
    for (const char c : value) {
        if (c == ',' && !result.ends_with('\\'))
            result += '\\';
        result += c;
    }
    return result;
}

void readHelm(const Application& app, const Value& source, const ClusterFacts& facts, render::HelmOptions& options)
{
    options.releaseName = app.name;
    options.nameSpace = app.destinationNamespace;
    options.kubeVersion = facts.kubeVersion;
    options.apiVersions = facts.apiVersions;
    options.includeCrds = true;
    const auto* block = manifest::find(source, {"helm"});
    if (!block)
        return;
    if (const auto release = text(*block, {"releaseName"}); !release.empty())
        options.releaseName = release;
    if (const auto nameSpace = text(*block, {"namespace"}); !nameSpace.empty())
        options.nameSpace = nameSpace;
    if (const auto version = text(*block, {"kubeVersion"}); !version.empty())
        options.kubeVersion = version;
    if (auto versions = texts(*block, {"apiVersions"}); !versions.empty())
        options.apiVersions = std::move(versions);
    options.valueFiles = texts(*block, {"valueFiles"});
    options.ignoreMissingValueFiles = flag(*block, {"ignoreMissingValueFiles"});
    options.values = text(*block, {"values"});
    if (const auto* object = manifest::find(*block, {"valuesObject"}); object && object->is_object())
        options.values = manifest::toYaml(*object);
    for (const auto& item : manifest::array(*block, {"parameters"})) {
        auto& list = flag(item, {"forceString"}) ? options.setString : options.set;
        list.push_back(fmt::format("{}={}", text(item, {"name"}), escaped(text(item, {"value"}))));
    }
    for (const auto& item : manifest::array(*block, {"fileParameters"}))
        options.setFile.push_back(fmt::format("{}={}", text(item, {"name"}), text(item, {"path"})));
    options.skipCrds = flag(*block, {"skipCrds"});
    options.includeCrds = !options.skipCrds;
    options.skipTests = flag(*block, {"skipTests"});
    options.skipSchemaValidation = flag(*block, {"skipSchemaValidation"});
}

render::Request requestFor(const Application& app, const Source& source, const ClusterFacts& facts)
{
    render::Request request;
    request.path = source.path;
    while (request.path.starts_with("./"))
        request.path.erase(0, 2);
    while (request.path.ends_with('/'))
        request.path.pop_back();
    if (request.path == ".")
        request.path.clear();
    if (hasBlock(source.raw, "helm"))
        request.kind = render::SourceKind::Helm;
    else if (hasBlock(source.raw, "kustomize"))
        request.kind = render::SourceKind::Kustomize;
    else if (flag(source.raw, {"directory", "recurse"}) || hasBlock(source.raw, "directory"))
        request.kind = render::SourceKind::Directory;
    request.directory.recurse = flag(source.raw, {"directory", "recurse"});
    request.directory.include = text(source.raw, {"directory", "include"});
    request.directory.exclude = text(source.raw, {"directory", "exclude"});
    readKustomize(source.raw, request.kustomize);
    readHelm(app, source.raw, facts, request.helm);
    return request;
}

/// A file of plain manifests that does not parse, in the words that Argo CD has from go-yaml (whose parser errors count
/// lines from 0).
std::string yamlErrorText(const Error& error)
{
    static const RE2 kLine("^yaml: line ([0-9]+): (while parsing [^:]*: )?(.*)");
    static const RE2 kFile("([^/:]+)(:[0-9]+)*$");
    int line = 0;
    std::string context;
    std::string problem;
    std::string file;
    if (!RE2::PartialMatch(error.message, kLine, &line, &context, &problem)
        || !RE2::PartialMatch(error.where, kFile, &file))
        return error.where.empty() ? error.message : error.where + ": " + error.message;
    return fmt::format("Failed to unmarshal \"{}\": failed to unmarshal manifest: error converting YAML to JSON: yaml: "
                       "line {}: {}",
                       file, context.empty() ? line : line - 1, problem);
}

std::string_view typeName(render::SourceKind kind)
{
    switch (kind) {
    case render::SourceKind::Kustomize:
        return "Kustomize";
    case render::SourceKind::Helm:
        return "Helm";
    case render::SourceKind::Directory:
        break;
    }
    return "Directory";
}

} // namespace

Result<RenderedSources> renderSources(const Application& app, const std::vector<Source>& sources,
                                      const std::vector<std::string>& revisions, render::Renderer& renderer,
                                      const Resolve& resolve, const ClusterFacts& facts, std::stop_token stop)
{
    RenderedSources result;
    std::vector<git::TreePtr> trees;
    std::map<std::string, git::TreePtr> refs;
    const auto failed = [&](std::size_t index, const Error& error) {
        auto copy = error;
        copy.message = fmt::format("failed to generate manifest for source {} of {}: {}", index + 1, sources.size(),
                                   yamlErrorText(error));
        return fail(std::move(copy));
    };
    for (std::size_t i = 0; i < sources.size(); ++i) {
        const auto& source = sources[i];
        if (!source.chart.empty())
            return failed(i,
                          {Error::Code::Unsupported,
                           "charts from Helm repositories are not supported yet",
                           {},
                           "use a chart in a Git repository"});
        if (hasBlock(source.raw, "plugin"))
            return failed(i, {Error::Code::Unsupported, "config management plugins are not supported"});
        const auto wanted = i < revisions.size() && !revisions[i].empty() ? revisions[i] : source.targetRevision;
        auto resolved = resolve(source.repoUrl, wanted.empty() ? "HEAD" : wanted, stop);
        if (!resolved) {
            auto error = resolved.error();
            if (error.code == Error::Code::NotFound && error.message.find("unable to resolve") == std::string::npos)
                error.message = fmt::format("unable to resolve '{}' to a commit SHA", wanted);
            return failed(i, error);
        }
        trees.push_back(resolved->tree);
        result.revisions.push_back(resolved->revision);
        if (!source.ref.empty())
            refs.emplace(source.ref, resolved->tree);
    }
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (!sources[i].ref.empty() && sources[i].path.empty()) {
            result.outputs.push_back(nullptr);
            result.types.emplace_back();
            continue;
        }
        auto request = requestFor(app, sources[i], facts);
        request.tree = trees[i];
        request.helm.refs = refs;
        if (!request.path.empty() && !trees[i]->isFolder(request.path))
            return failed(i, {Error::Code::NotFound, sources[i].path + ": app path does not exist"});
        auto output = renderer.render(request, stop);
        if (!output)
            return failed(i, output.error());
        result.types.emplace_back(typeName((*output)->kind));
        result.outputs.push_back(std::move(*output));
    }
    return result;
}

} // namespace core::gitops
