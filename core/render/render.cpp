// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/render/render.h"

#include "core/render/directory.h"
#include "core/render/helm.h"
#include "core/render/kustomize.h"
#include "core/render/kustomize_build.h"

namespace core::render {

struct Renderer::Private
{
    Result<OutputPtr> renderKustomize(const Request& request, std::stop_token stop)
    {
        if (keep == Keep::Results)
            return kustomize::Build(request, kustomize, std::move(stop)).run();
        kustomize::Cache own; // what this build needs several times
        own.keeps = false;
        return kustomize::Build(request, own, std::move(stop)).run();
    }

    Keep keep = Keep::Results;
    kustomize::Cache kustomize;
};

Result<OutputPtr> renderKustomizeText(const Request& request, std::stop_token stop)
{
    if (request.tree == nullptr)
        return fail(Error::Code::Internal, "a render needs a source tree");
    // All that was made lives as long as the output: who prints it and ends takes nothing apart.
    struct Whole
    {
        kustomize::Cache cache;
        OutputPtr output;
    };
    const auto whole = std::make_shared<Whole>();
    auto& cache = whole->cache;
    cache.keeps = cache.notesTouches = cache.makesValues = false;
    PH_TRY(whole->output, kustomize::Build(request, cache, std::move(stop)).run());
    return OutputPtr(whole, whole->output.get());
}

Renderer::Renderer(Keep keep)
    : m_d(std::make_unique<Private>())
{
    m_d->keep = keep;
}

Renderer::~Renderer() = default;

SourceKind Renderer::detect(const git::Tree& tree, std::string_view path)
{
    const auto holds = [&](const char* name) {
        return tree.isFile(path.empty() ? std::string(name) : std::string(path) + "/" + name);
    };
    if (holds("Chart.yaml"))
        return SourceKind::Helm;
    if (holds("kustomization.yaml") || holds("kustomization.yml") || holds("Kustomization"))
        return SourceKind::Kustomize;
    return SourceKind::Directory;
}

Result<OutputPtr> Renderer::render(const Request& request, std::stop_token stop)
{
    if (request.tree == nullptr)
        return fail(Error::Code::Internal, "a render needs a source tree");
    if (stop.stop_requested())
        return fail(Error::Code::Cancelled, "the render was cancelled");
    PH_TRY(const auto path, git::normalPath(request.path));
    switch (request.kind ? *request.kind : detect(*request.tree, path)) {
    case SourceKind::Helm:
        return renderHelm(request, std::move(stop));
    case SourceKind::Kustomize:
        return m_d->renderKustomize(request, std::move(stop));
    default:
        return renderDirectory(request, std::move(stop));
    }
}

} // namespace core::render
