// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

#include "core/render/render.h"

#include "core/base/strings.h"
#include "core/render/directory.h"
#include "core/render/helm.h"
#include "core/render/kustomize_build.h"

namespace core::render {

struct Renderer::Private
{
    kustomize::Cache kustomize;
};

Renderer::Renderer()
    : m_d(std::make_unique<Private>())
{
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
        return kustomize::Build(request, m_d->kustomize, std::move(stop)).run();
    default:
        return renderDirectory(request, std::move(stop));
    }
}

namespace {

/// Whether a touched path covers a field: equal or above it, list indexes apart. "**/x" is any x.
bool covers(std::string_view touched, const std::vector<std::string>& field)
{
    if (touched.empty())
        return true;
    if (touched.starts_with("**/"))
        return !field.empty() && field.back() == touched.substr(3);
    std::size_t at = 0;
    for (const auto& part : field) {
        if (at >= touched.size())
            break;
        const bool isIndex = !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
        const auto rest = touched.substr(at);
        if (rest.starts_with(part) && (rest.size() == part.size() || rest[part.size()] == '/'))
            at += part.size() + 1;
        else if (!isIndex)
            return false;
    }
    return at >= touched.size();
}

} // namespace

std::vector<Step> explain(const Rendered& resource, const std::vector<std::string>& path)
{
    std::vector<Step> steps;
    const auto& provenance = *resource.provenance;
    for (auto it = provenance.touches.rbegin(); it != provenance.touches.rend(); ++it) {
        const auto& touch = **it;
        if (std::any_of(touch.paths.begin(), touch.paths.end(),
                        [&](const std::string& touched) { return covers(touched, path); }))
            steps.push_back(touch.step);
    }
    for (auto length = path.size() + 1; length-- > 0;) {
        std::vector<std::string> prefix(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(length));
        const auto found = provenance.fields.find(join(prefix, "/"));
        if (found == provenance.fields.end())
            continue;
        steps.insert(steps.end(), found->second.rbegin(), found->second.rend());
        break;
    }
    const bool generated = !steps.empty() && steps.back().what.ends_with("Generator");
    if (!generated)
        steps.push_back({provenance.file, "resource"});
    return steps;
}

} // namespace core::render
