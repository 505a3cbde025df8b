// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/foreign_controllers.h"
#include "core/engine/local_engine.h"
#include "core/engine/repository_access.h"
#include "core/gitops/settings.h"
#include "core/gitops/sources.h"

#include <boost/json.hpp>

namespace core::engine {

void LocalEngine::makeSets()
{
    appset::ApplicationSetController::Deps deps;
    deps.client = m_client;
    deps.cache = m_cache;
    deps.clock = m_clock;
    deps.http = httpSend();
    deps.githubToken = [keys = std::make_shared<RepositoryKeys>(httpSend(), std::make_shared<ScaledClock>())](
                           const manifest::Value& secret, std::stop_token stop) {
        return keys->githubToken(secret, std::move(stop));
    };
    deps.resolve = [this](const gitops::SourceRepository& source, const std::string& revision,
                          std::stop_token stop) -> Result<gitops::ResolvedSource> {
        PH_TRY(auto resolved, m_sources->resolve(source, revision, Sources::Fetch::IfMissing, stop));
        return gitops::ResolvedSource {std::move(resolved.tree), std::move(resolved.commit)};
    };
    // On a cluster of others theirs goes first.
    if (!m_cluster)
        deps.owns = [this](const std::string&, const std::string&) {
            return !serviceRuns(*m_cache) && !foreignControllers(*m_cache).contains(Foreign::ApplicationSets);
        };
    m_sets = std::make_unique<appset::ApplicationSetController>(std::move(deps));
}

std::set<std::pair<gitops::SourceRepository, std::string>> LocalEngine::polledSources() const
{
    std::set<std::pair<gitops::SourceRepository, std::string>> out;
    for (const auto& object : m_cache->list({"argoproj.io", "Application"})) {
        const auto* spec = manifest::find(*object, {"spec"});
        for (const auto& source : spec ? gitops::parseSources(*spec) : std::vector<gitops::Source> {}) {
            if (!source.repoUrl.empty() && source.chart.empty())
                out.emplace(gitops::SourceRepository(source.repoUrl, std::string(manifest::text(*spec, {"project"}))),
                            source.targetRevision);
        }
    }
    for (const auto& object : m_cache->list({"argoproj.io", "ApplicationSet"})) {
        for (auto& source : appset::gitSources(*object))
            out.insert(std::move(source));
    }
    return out;
}

namespace {

/// What the cluster offers to a renderer.
gitops::ClusterFacts factsOf(kube::Client& client, std::stop_token stop)
{
    gitops::ClusterFacts out;
    if (const auto version = client.serverVersion(stop))
        out.kubeVersion = manifest::text(*version, {"gitVersion"});
    if (const auto types = client.discover(stop)) {
        std::set<std::string> versions;
        for (const auto& type : *types) {
            versions.insert(type.apiVersion());
            versions.insert(type.apiVersion() + "/" + type.kind);
        }
        out.apiVersions.assign(versions.begin(), versions.end());
    }
    return out;
}

SetPreview::Application::Action actionOf(appset::Change::Verb verb)
{
    using Action = SetPreview::Application::Action;
    switch (verb) {
    case appset::Change::Verb::Create:
        return Action::Create;
    case appset::Change::Verb::Update:
        return Action::Update;
    case appset::Change::Verb::Delete:
        return Action::Delete;
    }
    return Action::None;
}

} // namespace

Result<SetPreview> LocalEngine::previewSet(const manifest::Value& applicationSet, bool manifests, std::stop_token stop)
{
    using Action = SetPreview::Application::Action;
    if (manifest::kind(applicationSet) != "ApplicationSet")
        return fail(Error::Code::InvalidInput,
                    "this is no ApplicationSet, its kind is \"" + std::string(manifest::kind(applicationSet)) + "\"");
    auto object = applicationSet;
    if (manifest::nameSpace(object).empty())
        manifest::ensure(object, {"metadata", "namespace"}) = "argocd";
    const auto preview = m_sets->preview(object, stop);
    SetPreview out;
    out.error = preview.generated.error;
    std::map<std::string, SetPreview::Application> byName;
    for (const auto& application : preview.generated.applications) {
        const std::string name(manifest::name(application));
        auto& row = byName[name];
        row.name = name;
        row.object = application;
        if (const auto problem = preview.problems.find(name); problem != preview.problems.end()) {
            row.action = Action::Invalid;
            row.problem = problem->second;
        }
    }
    for (const auto& change : preview.changes) {
        auto& row = byName[change.name];
        row.name = change.name;
        row.action = change.error.empty() ? actionOf(change.verb) : Action::Invalid;
        row.problem = change.error;
        row.patch = change.patch;
    }
    auto facts = manifests ? factsOf(*m_client, stop) : gitops::ClusterFacts {};
    if (const auto config = m_cache->get({"", "ConfigMap", std::string(manifest::nameSpace(object)), "argocd-cm"}))
        facts.valuesFileSchemes = gitops::parseSettings(config.get()).valuesFileSchemes;
    for (auto& [name, row] : byName) {
        if (manifests && (row.action == Action::Create || row.action == Action::Update)) {
            const auto application = gitops::parseApplication(row.object);
            const auto rendered = gitops::renderSources(
                application, application.sources, {}, *m_renderer,
                [this, &application](const std::string& url, const std::string& revision,
                                     std::stop_token inner) -> Result<gitops::ResolvedSource> {
                    PH_TRY(auto resolved,
                           m_sources->resolve({url, application.project}, revision, Sources::Fetch::IfMissing, inner));
                    return gitops::ResolvedSource {std::move(resolved.tree), std::move(resolved.commit)};
                },
                facts, stop);
            if (!rendered) {
                row.problem = rendered.error().message;
            } else {
                for (const auto& output : rendered->outputs) {
                    if (!output)
                        continue;
                    for (const auto& rendering : output->resources)
                        row.manifests.push_back(*rendering.object);
                }
            }
        }
        out.applications.push_back(std::move(row));
    }
    return out;
}

} // namespace core::engine
