// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/engine/sources.h"
#include "core/manifest/yaml.h"
#include "core/render/helm_repository.h"
#include "core/render/render.h"
#include "pilotctl/context.h"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace pilotctl {

namespace fs = std::filesystem;

namespace {

struct RenderFlags
{
    std::string path = ".";
    std::string release;
    std::string nameSpace;
    std::string kubeVersion;
    std::vector<std::string> apiVersions;
    std::vector<std::string> values;
    std::vector<std::string> set;
    std::vector<std::string> setString;
    std::vector<std::string> setJson;
    std::vector<std::string> setFile;
    bool includeCrds = false;
    bool skipCrds = false;
    bool skipTests = false;
    bool isUpgrade = false;
    std::string loadRestrictor;
    std::string revision;
    std::string repo;
    std::string chart;
    std::string resource;
    std::string field;
};

/// The top of the Git work tree around a folder, else the folder itself: bases may lie beside the root that is
/// rendered, and links must not lead out of what belongs together.
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

core::Result<core::render::Request> requestOf(const RenderFlags& flags)
{
    core::render::Request request;
    if (!flags.chart.empty()) {
        if (flags.repo.empty())
            return core::fail(core::Error::Code::InvalidInput, "--chart wants --repo URL");
        core::engine::Sources sources(core::paths::cache() / "repositories");
        PH_TRY(auto resolved,
               sources.resolve(core::render::helm::chartLocation(flags.repo, flags.chart), flags.revision,
                               core::engine::Sources::Fetch::IfMissing, {}));
        request.tree = std::move(resolved.tree);
    } else if (!flags.repo.empty() || !flags.revision.empty()) {
        core::engine::Sources sources(core::paths::cache() / "repositories");
        std::error_code ec;
        const std::string url = flags.repo.empty() ? rootAround(fs::absolute(flags.path, ec)).string() : flags.repo;
        PH_TRY(auto resolved,
               sources.resolve(url, flags.revision.empty() ? "HEAD" : flags.revision,
                               core::engine::Sources::Fetch::Always, {}));
        request.tree = std::move(resolved.tree);
        request.path =
            flags.repo.empty() ? fs::relative(fs::absolute(flags.path, ec), url, ec).generic_string() : flags.path;
        if (request.path == ".")
            request.path.clear();
    } else {
        std::error_code ec;
        const auto folder = fs::canonical(flags.path, ec);
        if (ec || !fs::is_directory(folder, ec))
            return core::fail(core::Error::Code::NotFound, "render: no such folder", flags.path,
                              "name a folder with a kustomization, a chart or manifests");
        const auto root = rootAround(folder);
        PH_TRY(request.tree, core::git::openFolder(root.string()));
        request.path = folder == root ? std::string {} : fs::relative(folder, root, ec).generic_string();
    }
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
        std::string placed;
        PH_CHECK(addFile(flags.values[i], "values", i, overlay, placed));
        helm.valueFiles.push_back(placed);
    }
    for (std::size_t i = 0; i < flags.setFile.size(); ++i) {
        const auto equals = flags.setFile[i].find('=');
        if (equals == std::string::npos)
            return core::fail(core::Error::Code::InvalidInput, "--set-file wants KEY=FILE", flags.setFile[i]);
        std::string placed;
        PH_CHECK(addFile(flags.setFile[i].substr(equals + 1), "file", i, overlay, placed));
        helm.setFile.push_back(flags.setFile[i].substr(0, equals + 1) + placed);
    }
    if (!overlay.files.empty())
        request.tree = core::git::overlayTree(request.tree, std::move(overlay));
    request.kustomize.loadRestrictionsNone = flags.loadRestrictor == "LoadRestrictionsNone";
    request.kustomize.allowRemoteBases = true;
    request.kustomize.fetch = [](const std::string& url, const std::string& revision,
                                 std::stop_token stop) -> core::Result<core::git::TreePtr> {
        core::engine::Sources sources(core::paths::cache() / "repositories");
        PH_TRY(auto resolved, sources.resolve(url, revision, core::engine::Sources::Fetch::IfMissing, std::move(stop)));
        return std::move(resolved.tree);
    };
    return request;
}

/// A values file under the name that the caller gave it.
std::string shownFile(const std::string& file, const RenderFlags& flags)
{
    constexpr std::string_view kPlaced = ".pilothouse-values";
    if (!file.starts_with(kPlaced))
        return file;
    const auto number = static_cast<std::size_t>(std::strtoul(file.c_str() + kPlaced.size(), nullptr, 10));
    return number < flags.values.size() ? flags.values[number] : file;
}

void render(Context& context, const RenderFlags& flags)
{
    const auto request = requestOf(flags);
    if (!request)
        return context.fail(request.error());
    core::render::Renderer renderer;
    const auto output = renderer.render(*request);
    if (!output)
        return context.fail(output.error());
    if ((*output)->kind == core::render::SourceKind::Directory && (*output)->resources.empty())
        return context.fail("there is no kustomization file, Chart.yaml or manifest in " + flags.path);
    for (const auto& warning : (*output)->warnings)
        std::fprintf(stderr, "# Warning: %s\n", warning.c_str());
    std::fwrite((*output)->yaml.data(), 1, (*output)->yaml.size(), stdout);
}

void explain(Context& context, const RenderFlags& flags)
{
    const auto request = requestOf(flags);
    if (!request)
        return context.fail(request.error());
    core::render::Renderer renderer;
    const auto output = renderer.render(*request);
    if (!output)
        return context.fail(output.error());
    const auto path = core::split(flags.field, '.');
    for (const auto& resource : (*output)->resources) {
        const auto key = core::manifest::keyOf(resource.object);
        if (flags.resource != key.kind + "/" + key.name && flags.resource != key.text())
            continue;
        for (const auto& step : core::render::explain(resource, path)) {
            const auto text = request->tree->readFollowing(step.file);
            const auto line = core::render::lineOf(resource, step, text ? *text : std::string {}, path);
            const auto file = shownFile(step.file, flags);
            std::printf("%s%s%s%s\n", file.c_str(), line > 0 ? (":" + std::to_string(line)).c_str() : "",
                        file.empty() ? "" : "  ", step.what.c_str());
        }
        return;
    }
    context.fail("there is no " + flags.resource + " in the output of " + flags.path);
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
    command.add_option("--set-file", flags.setFile, "Helm: KEY=FILE");
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

} // namespace

void addRender(CLI::App& program, Context& context)
{
    auto flags = std::make_shared<RenderFlags>();
    auto* command = program.add_subcommand("render", "Print the manifests of a kustomization, a chart or a folder");
    command->add_option("path", flags->path, "folder with a kustomization, a Chart.yaml or plain manifests");
    addInputs(*command, *flags);
    command->callback([flags, &context] { render(context, *flags); });

    auto* why = program.add_subcommand("explain", "Tell which files set a field of a rendered resource");
    why->add_option("path", flags->path, "folder to render")->required();
    why->add_option("resource", flags->resource, "KIND/NAME")->required();
    why->add_option("field", flags->field, "field path, e.g. spec.replicas or spec.template.spec.containers.0.image")
        ->required();
    addInputs(*why, *flags);
    why->callback([flags, &context] { explain(context, *flags); });
}

} // namespace pilotctl
