// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/local_engine.h"
#include "core/rollout/hash.h"

namespace core::engine {

Result<RolloutPreview> LocalEngine::previewRollout(const manifest::ResourceKey& rollout, std::stop_token)
{
    const auto live = m_cache->get(rollout);
    rollout::SimulationOptions options;
    manifest::Value wanted = live ? *live : manifest::Value {};
    bool found = live != nullptr;
    for (const auto& application : snapshot()->applications) {
        const auto comparison = m_applications->comparison(application->nameSpace, application->name);
        if (!comparison)
            continue;
        for (const auto& resource : comparison->resources) {
            if (!resource.desired)
                continue;
            if (resource.key == rollout) {
                wanted = *resource.desired;
                found = true;
            }
            const bool isTemplate =
                resource.key.kind == "AnalysisTemplate" && resource.key.nameSpace == rollout.nameSpace;
            if (isTemplate || resource.key.kind == "ClusterAnalysisTemplate")
                options.templates.push_back(*resource.desired);
        }
    }
    if (!found)
        return fail(Error::Code::NotFound, "preview the rollout: neither the cluster nor an application has it",
                    rollout.text());
    // What Git asks for comes first: the same template may stand in the cluster in an older form.
    for (const auto& [kind, nameSpace] :
         {std::pair<std::string, std::string> {"AnalysisTemplate", rollout.nameSpace}, {"ClusterAnalysisTemplate", {}}})
        for (const auto& object : m_cache->list({"argoproj.io", kind}, nameSpace))
            options.templates.push_back(*object);
    RolloutPreview out;
    for (const auto& row : viewGpus(m_cache->list({"", "Node"}), m_cache->list({"", "Pod"}), ownerLookup()).rows)
        out.free[row.resource] += row.free();
    options.free = out.free;
    const auto* liveTemplate = live ? manifest::find(*live, {"spec", "template"}) : nullptr;
    const auto* wantedTemplate = manifest::find(wanted, {"spec", "template"});
    out.pending = liveTemplate && wantedTemplate && !rollout::sameTemplate(*liveTemplate, *wantedTemplate);
    // Autoscalers own the count where the manifest leaves it out.
    if (const auto replicas = live ? manifest::integer(*live, {"spec", "replicas"}) : std::nullopt;
        replicas && !manifest::find(wanted, {"spec", "replicas"}))
        manifest::ensure(wanted, {"spec", "replicas"}) = *replicas;
    PH_TRY(out.simulation, rollout::simulate(wanted, options));
    return out;
}

} // namespace core::engine
