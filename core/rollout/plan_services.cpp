// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rollout/pass.h"

#include <fmt/format.h>

namespace core::rollout {

using manifest::find;
using manifest::Object;
using manifest::text;
using manifest::Value;

const Value* Pass::service(std::string_view name) const
{
    for (const auto& candidate : m_in.services)
        if (!name.empty() && manifest::name(candidate) == name)
            return &candidate;
    return nullptr;
}

/// Puts the set's hash into the Service's selector. False: put off, because the pods are not there yet.
bool Pass::pointService(std::string_view name, const Set* target, bool checkAvailability)
{
    const auto* found = service(name);
    if (!found || !target)
        return true;
    const auto current = text(*found, {"spec", "selector", kHashLabel});
    if (current == target->hash)
        return true;
    const bool adopting = manifest::annotation(*found, kManagedBy).empty();
    if (checkAvailability) {
        const bool enough = adopting ? target->spec > 0 && target->available >= target->spec : target->available > 0;
        if (!enough) {
            wait(fmt::format("Service {} waits for an available pod of revision {}", name, target->revision));
            return false;
        }
    }
    Object patch {{"spec", Object {{"selector", Object {{kHashLabel, target->hash}}}}}};
    if (manifest::annotation(*found, kManagedBy) != manifest::name(m_rollout))
        patch["metadata"] = Object {{"annotations", Object {{kManagedBy, manifest::name(m_rollout)}}}};
    plan(Write::Verb::Merge, reference(*found), Value(std::move(patch)));
    event(false, "SwitchService",
          fmt::format("Switched selector for service '{}' from '{}' to '{}'", name, current, target->hash));
    return true;
}

void Pass::switchServices()
{
    if (const auto* pingPong = find(canarySpec(m_rollout), {"pingPong"}); pingPong && pingPong->is_object())
        if (m_new && m_new != m_stable) // of the two, only the one that plays the canary moves, after an abort, too
            pointService(canaryService(), m_new, false);
    pointService(text(m_rollout, {"spec", "strategy", "canary", "stableService"}), m_stable, true);
    const auto canary = text(m_rollout, {"spec", "strategy", "canary", "canaryService"});
    if (!aborted()) {
        const bool rollingBack =
            m_new && m_new == m_stable && hasDynamicStableScale(m_rollout) && m_new->available < m_replicas;
        if (!rollingBack)
            pointService(canary, m_new, true);
    } else if (!hasTrafficRouting(m_rollout)) {
        pointService(canary, m_stable, true);
    }
}

} // namespace core::rollout
