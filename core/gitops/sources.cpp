// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/sources.h"

#include "core/base/strings.h"
#include "core/gitops/generate_paths.h"
#include "core/gitops/project.h"
#include "core/gitops/revision.h"
#include "core/gitops/value_files.h"
#include "core/manifest/patch.h"
#include "core/manifest/yaml.h"
#include "core/render/helm_repository.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

namespace core::gitops {

namespace {

using manifest::flag;
using manifest::text;
using manifest::Value;

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

using Environment = std::map<std::string, std::string>;

Environment environmentOf(const Application& app, const std::string& instance, const Source& source,
                          const std::string& revision)
{
    return {{"ARGOCD_APP_NAME", instance},
            {"ARGOCD_APP_NAMESPACE", app.destinationNamespace},
            {"ARGOCD_APP_PROJECT_NAME", app.project},
            {"ARGOCD_APP_REVISION", revision},
            {"ARGOCD_APP_REVISION_SHORT", revision.substr(0, 7)},
            {"ARGOCD_APP_REVISION_SHORT_8", revision.substr(0, 8)},
            {"ARGOCD_APP_SOURCE_REPO_URL", source.repoUrl},
            {"ARGOCD_APP_SOURCE_PATH", source.path},
            {"ARGOCD_APP_SOURCE_TARGET_REVISION", source.targetRevision}};
}

void readKustomize(const Value& source, const Environment& environment, render::KustomizeOptions& options)
{
    const auto* block = manifest::find(source, {"kustomize"});
    if (!block)
        return;
    options.namePrefix = text(*block, {"namePrefix"});
    options.nameSuffix = text(*block, {"nameSuffix"});
    options.nameSpace = text(*block, {"namespace"});
    options.images = manifest::texts(*block, {"images"});
    for (auto& image : options.images)
        image = substitute(image, environment);
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
    for (auto& [name, value] : options.commonLabels)
        value = substitute(value, environment);
    if (options.commonAnnotationsEnvsubst) {
        for (auto& [name, value] : options.commonAnnotations)
            value = substitute(value, environment);
    }
    for (const auto& patch : manifest::array(*block, {"patches"}))
        options.patches.push_back(patch);
    options.components = manifest::texts(*block, {"components"});
    options.ignoreMissingComponents = flag(*block, {"ignoreMissingComponents"});
}

/// Commas separate on helm's command line; Argo CD escapes them outside of {lists}.
std::string escaped(std::string_view value)
{
    if (value.starts_with('{'))
        return std::string(value);
    static const RE2 kUnescaped(R"(([^\\]),)");
    std::string result(value);
    RE2::GlobalReplace(&result, kUnescaped, R"(\1\\,)");
    return result;
}

/// A value file's name; "$ref" in front is not a variable.
std::string fileName(const std::string& name, const Environment& environment)
{
    if (!name.starts_with('$'))
        return substitute(name, environment);
    const auto slash = name.find('/');
    if (slash == std::string::npos || environment.contains(name.substr(1, slash - 1)))
        return substitute(name, environment);
    return name.substr(0, slash) + substitute(name.substr(slash), environment);
}

void readHelm(const Application& app, const Value& source, const ClusterFacts& facts, const Environment& environment,
              render::HelmOptions& options)
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
    options.kubeVersion = options.kubeVersion.substr(0, options.kubeVersion.find_first_of("+-"));
    if (auto versions = manifest::texts(*block, {"apiVersions"}); !versions.empty())
        options.apiVersions = std::move(versions);
    options.valueFiles = manifest::texts(*block, {"valueFiles"});
    for (auto& file : options.valueFiles)
        file = fileName(file, environment);
    options.ignoreMissingValueFiles = flag(*block, {"ignoreMissingValueFiles"});
    options.values = text(*block, {"values"});
    if (const auto* object = manifest::find(*block, {"valuesObject"}); object && object->is_object())
        options.values = manifest::toYaml(*object);
    for (const auto& item : manifest::array(*block, {"parameters"})) {
        auto& list = flag(item, {"forceString"}) ? options.setString : options.set;
        list.push_back(
            fmt::format("{}={}", text(item, {"name"}), escaped(substitute(text(item, {"value"}), environment))));
    }
    for (const auto& item : manifest::array(*block, {"fileParameters"}))
        options.setFile.push_back(
            fmt::format("{}={}", text(item, {"name"}), fileName(std::string(text(item, {"path"})), environment)));
    options.skipCrds = flag(*block, {"skipCrds"});
    options.includeCrds = !options.skipCrds;
    options.skipTests = flag(*block, {"skipTests"});
    options.skipSchemaValidation = flag(*block, {"skipSchemaValidation"});
    options.passCredentials = flag(*block, {"passCredentials"});
}

std::string cleanPath(const std::string& written)
{
    auto path = written;
    while (path.starts_with("./"))
        path.erase(0, 2);
    while (path.ends_with('/'))
        path.pop_back();
    return path == "." ? std::string() : path;
}

render::Request requestFor(const Application& app, const Source& source, const ClusterFacts& facts,
                           const Environment& environment)
{
    render::Request request;
    request.path = cleanPath(source.path);
    if (hasBlock(source.raw, "helm"))
        request.kind = render::SourceKind::Helm;
    else if (hasBlock(source.raw, "kustomize"))
        request.kind = render::SourceKind::Kustomize;
    else if (flag(source.raw, {"directory", "recurse"}) || hasBlock(source.raw, "directory"))
        request.kind = render::SourceKind::Directory;
    request.directory.recurse = flag(source.raw, {"directory", "recurse"});
    request.directory.include = text(source.raw, {"directory", "include"});
    request.directory.exclude = text(source.raw, {"directory", "exclude"});
    readKustomize(source.raw, environment, request.kustomize);
    readHelm(app, source.raw, facts, environment, request.helm);
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

/// Merges the override files of a source's folder over it. What identifies the source stays.
Result<> takeOverrides(const git::Tree& tree, const std::string& instance, Source& source)
{
    const auto folder = cleanPath(source.path);
    for (const auto& name : {std::string(".argocd-source.yaml"), ".argocd-source-" + instance + ".yaml"}) {
        const auto path = folder.empty() ? name : folder + "/" + name;
        if (!tree.isFile(path))
            continue;
        PH_TRY(const auto content, tree.readFollowing(path));
        PH_TRY(const auto documents, manifest::parseYaml(content, path));
        if (documents.empty() || !documents.front().value.is_object())
            continue;
        Value patch = documents.front().value;
        for (const auto* fixed : {"chart", "path", "repoURL", "targetRevision", "ref", "tagPrefix"})
            manifest::erase(patch, {fixed});
        manifest::mergePatch(source.raw, patch);
    }
    return {};
}

/// What a source asks for that cannot be done.
std::optional<Error> refusal(const Source& source)
{
    if (hasBlock(source.raw, "plugin"))
        return Error {Error::Code::Unsupported, "config management plugins are not supported"};
    if (const auto* jsonnet = manifest::find(source.raw, {"directory", "jsonnet"});
        jsonnet && jsonnet->is_object() && !jsonnet->get_object().empty())
        return Error {Error::Code::Unsupported,
                      "directory.jsonnet is set, and Jsonnet is not supported",
                      {},
                      "render it to YAML and commit the result"};
    if (const auto version = text(source.raw, {"helm", "version"});
        !version.empty() && version != "v3" && version != "v4")
        return Error {Error::Code::InvalidInput, fmt::format("helm version '{}' is not supported", version)};
    if (const auto version = text(source.raw, {"kustomize", "version"}); !version.empty())
        return Error {Error::Code::Unsupported, fmt::format("kustomize version {} is not registered", version)};
    return std::nullopt;
}

/// One repository at two revisions in one application, where one source refers to the other (section 1.6).
std::optional<std::string> revisionConflict(const std::vector<Source>& sources, const std::vector<std::string>& commits)
{
    std::map<std::string, std::size_t> seen; // of ref sources, by repository
    for (const auto& user : sources) {
        const auto at = static_cast<std::size_t>(&user - sources.data());
        seen.clear();
        for (auto file : manifest::texts(user.raw, {"helm", "valueFiles"})) {
            if (!file.starts_with('$'))
                continue;
            const auto ref = file.substr(1, file.find('/') - 1);
            for (std::size_t i = 0; i < sources.size(); ++i) {
                if (sources[i].ref != ref)
                    continue;
                const auto url = normalizeGitUrl(sources[i].repoUrl);
                if (url == normalizeGitUrl(user.repoUrl) && commits[i] != commits[at])
                    return fmt::format("cannot reference a different revision of the same repository (${} references "
                                       "\"{}\" which resolves to \"{}\" while the application references \"{}\" which "
                                       "resolves to \"{}\")",
                                       ref, sources[i].targetRevision, commits[i], user.targetRevision, commits[at]);
                const auto [other, isNew] = seen.try_emplace(url, i);
                if (!isNew && commits[other->second] != commits[i])
                    return fmt::format("cannot reference multiple revisions for the same repository (${} references "
                                       "\"{}\" while ${} references \"{}\")",
                                       sources[other->second].ref, sources[other->second].targetRevision, ref,
                                       sources[i].targetRevision);
            }
        }
    }
    return std::nullopt;
}

render::helm::PassCredentials passCredentials(const Source& source)
{
    return flag(source.raw, {"helm", "passCredentials"}) ? render::helm::PassCredentials::Yes
                                                         : render::helm::PassCredentials::No;
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

/// Refuses values files at addresses whose scheme the settings do not allow.
Result<> checkSchemes(const render::HelmOptions& helm, const std::vector<std::string>& allowed)
{
    const auto check = [&allowed](std::string_view file) -> Result<> {
        const auto end = file.find("://");
        if (end == std::string_view::npos || file.starts_with('$') || file.find('/') != end + 1)
            return {};
        const auto scheme = lower(file.substr(0, end));
        if (scheme != "file" && std::find(allowed.begin(), allowed.end(), scheme) != allowed.end())
            return {};
        return fail(Error::Code::Forbidden,
                    fmt::format("error resolving helm value files: the URL scheme '{}' is not allowed", scheme),
                    std::string(file), "allow it by helm.valuesFileSchemes in argocd-cm, or commit the file");
    };
    for (const auto& file : helm.valueFiles)
        PH_CHECK(check(file));
    for (const auto& parameter : helm.setFile)
        PH_CHECK(check(std::string_view(parameter).substr(std::min(parameter.find('=') + 1, parameter.size()))));
    return {};
}

} // namespace

Result<RenderedSources> renderSources(const Application& app, const std::vector<Source>& sources,
                                      const std::vector<std::string>& revisions, render::Renderer& renderer,
                                      const Resolve& resolve, const ClusterFacts& facts, std::stop_token stop,
                                      const Tags& tags, const std::string& instance, const KeptSources& kept)
{
    RenderedSources result;
    const auto own = instance.empty() ? app.name : instance;
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
        if (const auto problem = refusal(source))
            return failed(i, *problem);
        const bool pinned = i < revisions.size() && !revisions[i].empty();
        auto wanted = pinned ? revisions[i] : source.targetRevision;
        const std::string tagPrefix(text(source.raw, {"tagPrefix"}));
        if (!pinned && !tagPrefix.empty()) {
            const auto known = tags ? tags(source.repoUrl, stop) : std::vector<std::string> {};
            if (!known)
                return failed(i, known.error());
            const auto tag = versionTag(wanted, *known, tagPrefix);
            if (!tag)
                return failed(i, tag.error());
            wanted = *tag;
        }
        const bool isChart = !source.chart.empty();
        auto resolved =
            resolve(isChart ? render::helm::chartLocation(source.repoUrl, source.chart, passCredentials(source))
                            : source.repoUrl,
                    wanted.empty() && !isChart ? "HEAD" : wanted, stop);
        if (!resolved) {
            auto error = resolved.error();
            if (!isChart && !source.repoUrl.starts_with("oci://") && error.code == Error::Code::NotFound
                && error.message.find("unable to resolve '") == std::string::npos)
                error.message = fmt::format("unable to resolve '{}' to a commit SHA", wanted);
            return failed(i, error);
        }
        trees.push_back(resolved->tree);
        result.revisions.push_back(resolved->revision);
        if (!source.ref.empty())
            refs.emplace(source.ref, resolved->tree);
    }
    if (auto conflict = revisionConflict(sources, result.revisions))
        return fail(Error::Code::InvalidInput, std::move(*conflict));
    const auto untouched = [&](const std::vector<std::string>& since) {
        if (kept.paths.empty() || since.size() != sources.size())
            return false;
        for (std::size_t i = 0; i < sources.size(); ++i) {
            if (since[i] == result.revisions[i])
                continue;
            const auto before = sources[i].chart.empty()
                ? resolve(sources[i].repoUrl, since[i], stop)
                : Result<ResolvedSource>(fail(Error::Code::Unsupported, "versions of a chart are not compared"));
            const auto files = before ? changedFiles(*before->tree, *trees[i]) : std::nullopt;
            if (!files || touchesGeneratePaths(kept.paths, sources[i].path, *files))
                return false;
        }
        return true;
    };
    result.mayHaveChanges = !untouched(kept.revisions);
    if (kept.rendered && kept.rendered->outputs.size() == sources.size() && kept.rendered->revisions != result.revisions
        && untouched(kept.rendered->revisions)) {
        result.types = kept.rendered->types;
        result.outputs = kept.rendered->outputs;
        return result;
    }
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (!sources[i].ref.empty() && sources[i].path.empty() && sources[i].chart.empty()) {
            result.outputs.push_back(nullptr);
            result.types.emplace_back();
            continue;
        }
        auto source = sources[i];
        if (auto taken = takeOverrides(*trees[i], own, source); !taken)
            return failed(i, taken.error());
        if (const auto problem = refusal(source))
            return failed(i, *problem);
        auto request = requestFor(app, source, facts, environmentOf(app, own, source, result.revisions[i]));
        request.tree = trees[i];
        request.helm.refs = refs;
        if (const auto allowed = checkSchemes(request.helm, facts.valuesFileSchemes); !allowed)
            return failed(i, allowed.error());
        if (const auto expanded = expandValueFiles(request); !expanded)
            return failed(i, expanded.error());
        request.kustomize.allowRemoteBases = true;
        request.kustomize.fetch = [&resolve](const std::string& url, const std::string& revision,
                                             std::stop_token token) -> Result<git::TreePtr> {
            if (url.starts_with('/') || url.starts_with("file:"))
                return fail(Error::Code::Forbidden, "bases of an application are not read from this machine", url,
                            "give the address of a repository");
            const bool isChart =
                render::helm::parseChartLocation(url).has_value() || render::helm::parseFileLocation(url).has_value();
            PH_TRY(auto resolved, resolve(url, revision.empty() && !isChart ? "HEAD" : revision, std::move(token)));
            return std::move(resolved.tree);
        };
        request.helm.fetch = request.kustomize.fetch;
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
