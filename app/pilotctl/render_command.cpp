// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/engine/sources.h"
#include "core/manifest/yaml.h"
#include "core/render/helm_repository.h"
#include "pilotctl/context.h"
#include "pilotctl/render_request.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

namespace pilotctl {

namespace fs = std::filesystem;

namespace {

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
        PH_TRY(request, localRequest(flags));
    }
    if (!isLocal(flags))
        PH_CHECK(addOptions(flags, request));
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
        return shownPath(file, flags);
    const auto number = static_cast<std::size_t>(std::strtoul(file.c_str() + kPlaced.size(), nullptr, 10));
    return number < flags.values.size() ? flags.values[number] : file;
}

void render(Context& context, const RenderFlags& flags)
{
    const auto request = requestOf(flags);
    if (!request)
        return context.fail(request.error());
    if (const auto printed = printRendered(*request, flags); !printed)
        context.fail(printed.error());
}

/// A field as it is written with dots, which keys may have too; nothing where the object has no such field.
std::optional<std::vector<std::string>> pathTo(const core::manifest::Value& value, std::string_view field)
{
    if (field.empty())
        return std::vector<std::string> {};
    const auto below = [&](const std::string& part, const core::manifest::Value& child) {
        std::optional<std::vector<std::string>> path;
        if (field.starts_with(part) && (field.size() == part.size() || field[part.size()] == '.'))
            path = pathTo(child, field.substr(std::min(field.size(), part.size() + 1)));
        if (path)
            path->insert(path->begin(), part);
        return path;
    };
    std::optional<std::vector<std::string>> found;
    for (const auto& member : core::manifest::object(value, {})) {
        if (found = below(std::string(member.key()), member.value()); found)
            return found;
    }
    const auto& elements = core::manifest::array(value, {});
    for (std::size_t i = 0; i < elements.size() && !found; ++i)
        found = below(std::to_string(i), elements[i]);
    return found;
}

void explain(Context& context, const RenderFlags& flags)
{
    const auto request = requestOf(flags);
    if (!request)
        return context.fail(request.error());
    core::render::Renderer renderer(core::render::Renderer::Keep::Nothing);
    auto output = renderer.render(*request);
    if (!output) {
        output.error().where = shownPath(output.error().where, flags);
        return context.fail(output.error());
    }
    const auto lineOf = [&](const core::render::Rendered& resource, const core::render::Step& step,
                            const std::vector<std::string>& path) {
        const auto text = request->tree->readFollowing(step.file);
        return core::render::lineOf(resource, step, text ? *text : std::string {}, path);
    };
    for (const auto& resource : (*output)->resources) {
        const auto key = core::manifest::keyOf(*resource.object);
        if (flags.resource != key.kind + "/" + key.name && flags.resource != key.text())
            continue;
        const auto shown = [&](const core::render::Step& step, const std::vector<std::string>& at) {
            const auto line = lineOf(resource, step, at);
            return shownFile(step.file, flags) + (line > 0 ? ":" + std::to_string(line) : std::string {});
        };
        const auto path = pathTo(*resource.object, flags.field);
        if (!path) {
            const core::render::Step source {resource.provenance->file, {}, {}, resource.provenance->document};
            return context.fail(flags.resource + " has no field " + flags.field
                                + (source.file.empty() ? "" : "; the object comes from " + shown(source, {})));
        }
        for (const auto& step : core::render::explain(resource, *path)) {
            const auto place = shown(step, *path);
            std::printf("%s%s%s\n", place.c_str(), place.empty() ? "" : "  ", step.what.c_str());
        }
        return;
    }
    context.fail("there is no " + flags.resource + " in the output of " + flags.path);
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
    auto words = std::make_shared<std::vector<std::string>>();
    why->add_option(
           "[folder] resource field", *words,
           "folder to render (this one, where it is left out), KIND/NAME, and a field path, e.g. spec.replicas "
           "or spec.template.spec.containers.0.image")
        ->option_text("[FOLDER] KIND/NAME FIELD")
        ->required()
        ->expected(2, 3);
    addInputs(*why, *flags);
    why->callback([flags, words, &context] {
        if (words->size() == 3)
            flags->path = words->front();
        flags->resource = (*words)[words->size() - 2];
        flags->field = words->back();
        explain(context, *flags);
    });
}

} // namespace pilotctl
