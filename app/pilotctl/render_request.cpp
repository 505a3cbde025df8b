// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pilotctl/render_request.h"

#include "core/base/paths.h"
#include "core/render/helm.h"
#include "core/render/kustomize.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>

namespace pilotctl {

namespace fs = std::filesystem;

namespace {

/// Value files lie anywhere on disk: their text is laid over the tree at a place of its own.
core::Result<> addFile(const std::string& path, const char* kind, std::size_t number, core::git::Overlay& overlay,
                       std::string& placed)
{
    std::string text;
    if (path == "-") {
        char buffer[65536]; // NOLINT(modernize-avoid-c-arrays)
        for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;)
            text.append(buffer, n);
    } else {
        PH_TRY(text, core::paths::readFile(path));
    }
    placed = std::string(".pilothouse-") + kind + std::to_string(number);
    overlay.files[placed] = std::move(text);
    placed = "/" + placed;
    return {};
}

/// Where in a --set-file argument the name of a file ends that begins at `from`.
std::size_t endOfName(const std::string& text, std::size_t from, bool inList)
{
    for (auto at = from; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == ',' || (inList && text[at] == '}'))
            return at;
    }
    return text.size();
}

std::string withoutEscapes(std::string_view text)
{
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\\' && at + 1 < text.size())
            ++at;
        out += text[at];
    }
    return out;
}

/// "a=FILE,b={FILE,FILE}" with each file laid over the tree, and named as it is there.
core::Result<std::string> placeFiles(const std::string& text, core::git::Overlay& overlay, std::size_t& number)
{
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        auto equals = at;
        while (equals < text.size() && text[equals] != '=')
            equals += text[equals] == '\\' ? 2U : 1U;
        if (equals >= text.size())
            return out + text.substr(at); // whoever reads it tells what is wrong
        bool inList = equals + 1 < text.size() && text[equals + 1] == '{';
        auto begin = equals + (inList ? 2U : 1U);
        out += text.substr(at, begin - at);
        do {
            at = endOfName(text, begin, inList);
            std::string placed;
            PH_CHECK(addFile(withoutEscapes(std::string_view(text).substr(begin, at - begin)), "file", number++,
                             overlay, placed));
            out += placed;
            inList = inList && at < text.size() && text[at] == ',';
            begin = at + 1;
            if (at < text.size())
                out += text[at++];
        } while (inList);
    }
    return out;
}

} // namespace

fs::path rootAround(const fs::path& folder)
{
    std::error_code ec;
    for (fs::path at = folder; !at.empty(); at = at.parent_path()) {
        if (fs::exists(at / ".git", ec))
            return at;
        if (at == at.root_path())
            break;
    }
    return folder.root_path();
}

bool isLocal(const RenderFlags& flags)
{
    return flags.repo.empty() && flags.revision.empty() && flags.chart.empty();
}

core::Result<> addOptions(const RenderFlags& flags, core::render::Request& request)
{
    auto& helm = request.helm;
    if (!flags.release.empty())
        helm.releaseName = flags.release;
    if (!flags.nameSpace.empty())
        helm.nameSpace = flags.nameSpace;
    helm.kubeVersion = flags.kubeVersion;
    helm.apiVersions = flags.apiVersions;
    helm.set = flags.set;
    helm.setString = flags.setString;
    helm.setJson = flags.setJson;
    helm.includeCrds = flags.includeCrds;
    helm.skipCrds = flags.skipCrds;
    helm.skipTests = flags.skipTests;
    helm.isUpgrade = flags.isUpgrade;
    core::git::Overlay overlay;
    for (std::size_t i = 0; i < flags.values.size(); ++i) {
        std::string placed = flags.values[i];
        if (!placed.starts_with("http://") && !placed.starts_with("https://")) // those are fetched
            PH_CHECK(addFile(flags.values[i], "values", i, overlay, placed));
        helm.valueFiles.push_back(placed);
    }
    std::size_t number = 0;
    for (const auto& text : flags.setFile) {
        PH_TRY(auto placed, placeFiles(text, overlay, number));
        helm.setFile.push_back(std::move(placed));
    }
    if (!overlay.files.empty())
        request.tree = core::git::overlayTree(request.tree, std::move(overlay));
    request.kustomize.loadRestrictionsNone = flags.loadRestrictor == "LoadRestrictionsNone";
    return {};
}

core::Result<core::render::Request> localRequest(const RenderFlags& flags)
{
    core::render::Request request;
    std::error_code ec;
    const auto folder = fs::canonical(flags.path, ec);
    if (ec || !fs::is_directory(folder, ec))
        return core::fail(core::Error::Code::NotFound, "render: no such folder", flags.path,
                          "name a folder with a kustomization, a chart or manifests");
    const auto root = rootAround(folder);
    PH_TRY(request.tree, core::git::openFolder(root.string()));
    request.path = folder == root ? std::string {} : fs::relative(folder, root, ec).generic_string();
    PH_CHECK(addOptions(flags, request));
    return request;
}

std::string shownPath(const std::string& path, const RenderFlags& flags)
{
    std::error_code ec;
    const auto folder = fs::canonical(flags.path, ec);
    const bool isInTree = !path.empty() && !path.starts_with('/') && !path.starts_with('$');
    const bool isAlone = isLocal(flags) && !ec && rootAround(folder) == folder.root_path();
    return isInTree && isAlone ? "/" + path : path;
}

core::Result<> printRendered(const core::render::Request& request, const RenderFlags& flags)
{
    using core::render::Renderer;
    using core::render::SourceKind;
    const auto kind = Renderer::detect(*request.tree, request.path);
    Renderer renderer(Renderer::Keep::Nothing);
    auto rendered = kind == SourceKind::Helm ? core::render::renderHelmText(request)
        : kind == SourceKind::Kustomize      ? core::render::renderKustomizeText(request)
                                             : renderer.render(request);
    if (!rendered) {
        rendered.error().where = shownPath(rendered.error().where, flags);
        return tl::unexpected<core::Error>(std::move(rendered.error()));
    }
    const auto& output = *rendered;
    if (output->kind == SourceKind::Directory && output->resources.empty())
        return core::fail(core::Error::Code::NotFound,
                          "there is no kustomization file, Chart.yaml or manifest in " + flags.path);
    for (const auto& warning : output->warnings)
        std::fprintf(stderr, "# Warning: %s\n", warning.c_str());
    if (std::fwrite(output->yaml.data(), 1, output->yaml.size(), stdout) != output->yaml.size()
        || std::fflush(stdout) != 0)
        return core::fail(core::Error::Code::Internal, "the output cannot be written");
    // Taking the output and all caches apart would cost as much as some of the work; the process ends anyway.
    std::_Exit(0);
}

void addInputs(CLI::App& command, RenderFlags& flags)
{
    command.add_option("--release", flags.release, "Helm: name of the release");
    command.add_option("--namespace,-n", flags.nameSpace, "Helm: namespace of the release");
    command.add_option("--kube-version", flags.kubeVersion, "Helm: Kubernetes version that the chart sees");
    command.add_option("--api-versions", flags.apiVersions, "Helm: further API versions that the chart sees");
    command.add_option("--values,-f", flags.values, "Helm: values file, may be repeated");
    command.add_option("--set", flags.set, "Helm: KEY=VALUE, may be repeated");
    command.add_option("--set-string", flags.setString, "Helm: KEY=TEXT");
    command.add_option("--set-json", flags.setJson, "Helm: KEY=JSON");
    command.add_option("--set-file", flags.setFile, "Helm: KEY=FILE,KEY=FILE..., may be repeated");
    command.add_flag("--include-crds", flags.includeCrds, "Helm: print the chart's CRDs too");
    command.add_flag("--skip-crds", flags.skipCrds, "Helm: leave CRDs out");
    command.add_flag("--skip-tests", flags.skipTests, "Helm: leave test hooks out");
    command.add_flag("--is-upgrade", flags.isUpgrade, "Helm: .Release.IsUpgrade instead of .Release.IsInstall");
    command
        .add_option("--load-restrictor", flags.loadRestrictor,
                    "kustomize: LoadRestrictionsRootOnly or LoadRestrictionsNone")
        ->check(CLI::IsMember({"LoadRestrictionsRootOnly", "LoadRestrictionsNone"}));
    command.add_option("--revision", flags.revision, "render this branch, tag or commit instead of the files on disk");
    command.add_option(
        "--chart", flags.chart,
        "Helm: this chart of the repository --repo (https://... or oci://...); --revision is a version or range");
    command.add_option("--repo", flags.repo, "render from this repository; PATH is a folder in it");
}

} // namespace pilotctl
