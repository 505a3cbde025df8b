// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/engine/local_engine.h"
#include "core/rollout/kserve.h"
#include "core/rollout/simulate.h"

#include <algorithm>
#include <array>

namespace core::engine {

namespace {

constexpr std::array kShownOfRollouts {"Rollout", "AnalysisRun", "Experiment", "InferenceService"};

bool isShownOfRollouts(const manifest::Value& object)
{
    return std::find(kShownOfRollouts.begin(), kShownOfRollouts.end(), manifest::kind(object)) != kShownOfRollouts.end()
        || !manifest::label(object, "rollouts-pod-template-hash").empty(); // their ReplicaSets and pods
}

Connection::State stateOf(gitops::Clusters::State state)
{
    switch (state) {
    case gitops::Clusters::State::Connecting:
        return Connection::State::Connecting;
    case gitops::Clusters::State::Connected:
        return Connection::State::Connected;
    case gitops::Clusters::State::Failed:
        break;
    }
    return Connection::State::Offline;
}

/// The name under which a rollout's weights over time are kept.
std::string seriesOf(const std::string& cluster, const manifest::ResourceKey& key)
{
    return cluster.empty() ? key.text() : cluster + " " + key.text();
}

std::vector<manifest::Value> templatesFor(const kube::Cache& cache, const std::string& nameSpace)
{
    std::vector<manifest::Value> out;
    for (const auto& [kind, place] :
         {std::pair<std::string, std::string> {"AnalysisTemplate", nameSpace}, {"ClusterAnalysisTemplate", {}}})
        for (const auto& each : cache.list({"argoproj.io", kind}, place))
            out.push_back(*each);
    return out;
}

/// What a view was made of, to see whether it would be the same again. Keeps the objects, so that their addresses stay
/// theirs.
RolloutInputs inputsOf(const kube::ObjectPtr& object, const Objects& children,
                       const std::vector<ExperimentInput>& experiments)
{
    RolloutInputs out;
    out.objects.push_back(object);
    out.objects.insert(out.objects.end(), children.begin(), children.end());
    for (const auto& experiment : experiments)
        out.objects.insert(out.objects.end(), experiment.children.begin(), experiment.children.end());
    return out;
}

} // namespace

std::vector<ExperimentInput> LocalEngine::experimentsOf(const kube::Cache& cache, const manifest::Value& rollout,
                                                        const Objects& children)
{
    std::vector<ExperimentInput> out;
    for (const auto& child : children) {
        if (manifest::kind(*child) != "Experiment")
            continue;
        auto owned = cache.children(manifest::uid(*child));
        auto trial = trialOf(rollout, *child, owned);
        out.push_back({child, std::move(trial), std::move(owned)});
    }
    std::ranges::sort(out, {}, [](const ExperimentInput& each) {
        return std::pair(manifest::text(*each.object, {"metadata", "creationTimestamp"}), manifest::name(*each.object));
    });
    return out;
}

void LocalEngine::recordWeights(const std::string& cluster, const manifest::Value& object)
{
    const bool service = rollout::isKServeCanary(object);
    if (m_attached || (!service && manifest::kind(object) != "Rollout"))
        return;
    const auto weights = weightsOf(service ? rollout::kserveAsRollout(object) : object);
    const auto series = seriesOf(cluster, manifest::keyOf(object));
    m_timeline->record(series + "/set", m_clock->now(), weights.set);
    m_timeline->record(series + "/actual", m_clock->now(), weights.actual);
}

static std::string_view stableOf(const Rollout& rollout)
{
    const auto found = std::ranges::find_if(rollout.revisions, &RolloutRevision::stable);
    return found == rollout.revisions.end() ? std::string_view() : std::string_view(found->podHash);
}

/// How an update ended between two looks, however much happened between them; "" where it did not.
static std::string_view outcomeOf(const Rollout& before, const Rollout& after)
{
    if (!before.aborted && after.aborted)
        return "canary aborted";
    const auto stable = stableOf(before);
    return !stable.empty() && !stableOf(after).empty() && stableOf(after) != stable ? "canary promoted" : "";
}

RolloutPtr LocalEngine::rolloutView(const Place& place, const kube::ObjectPtr& shared, TimePoint now)
{
    const auto key = manifest::keyOf(*shared);
    const bool own = place.server.empty();
    auto children = place.cache.children(manifest::uid(*shared));
    auto experiments = experimentsOf(place.cache, *shared, children);
    auto inputs = inputsOf(shared, children, experiments);
    std::map<std::string_view, Objects> pods; // by ReplicaSet
    for (const auto& child : children)
        if (manifest::kind(*child) == "ReplicaSet") {
            const auto& owned = pods[manifest::uid(*child)] = place.cache.children(manifest::uid(*child));
            inputs.objects.insert(inputs.objects.end(), owned.begin(), owned.end());
        }
    if (const auto owner = m_owners.find({place.server, key}); owner != m_owners.end())
        inputs.application = owner->second;
    inputs.gate = own ? m_rollouts->waitingFor(key) : std::string();
    inputs.place = place.name;
    const auto series = seriesOf(place.server, key);
    inputs.points = m_timeline->size(series + "/set") + m_timeline->size(series + "/actual");
    inputs.curves = own ? m_curves.version() : 0;
    auto& known = m_rolloutViews[{place.server, key}];
    known.shown = now;
    // An end that is still to come is reckoned from the time of the day.
    if (known.view && !known.view->eta && known.inputs == inputs)
        return known.view;
    const auto service = manifest::kind(*shared) != "Rollout" ? rollout::kserveAsRollout(*shared) : manifest::Value {};
    using Series = std::function<std::vector<TimedValue>(const std::string&, const std::string&)>;
    const auto curve = [&](Reference reference) -> Series {
        if (!own) // only our own controller's queries are asked again
            return {};
        return [this, reference, &key](const std::string& run, const std::string& metric) {
            return m_curves.points(reference, key.nameSpace, run, metric);
        };
    };
    RolloutInput input {service.is_null() ? *shared : service,
                        {},
                        {},
                        inputs.application,
                        m_timeline->points(series + "/set"),
                        m_timeline->points(series + "/actual"),
                        curve(Reference::Stable),
                        {},
                        [&](const manifest::Value& analysis) {
                            return rollout::analysisLength(analysis, templatesFor(place.cache, key.nameSpace));
                        },
                        inputs.gate,
                        now,
                        std::move(experiments),
                        curve(Reference::Baseline),
                        [&](const manifest::Value& replicaSet) { return pods[manifest::uid(replicaSet)]; }};
    if (own)
        input.trafficSeries = [&](const std::string& run, const std::string& metric) {
            return m_curves.traffic(key.nameSpace, run, metric);
        };
    for (const auto& child : children) {
        if (manifest::kind(*child) == "ReplicaSet")
            input.replicaSets.push_back(child.get());
        else if (manifest::kind(*child) == "AnalysisRun")
            input.analysisRuns.push_back(child.get());
    }
    auto view = viewRollout(input);
    view.cluster = place.server;
    view.clusterName = place.name;
    if (const auto outcome = known.view && !m_attached ? outcomeOf(*known.view, view) : std::string_view();
        !outcome.empty()) {
        AuditEntry entry; // events of it go after an hour
        entry.at = now;
        entry.who = "automated";
        entry.action = outcome;
        entry.object = own ? key.text() : key.text() + " in " + place.server;
        if (!view.revisions.empty())
            entry.toRevision = std::to_string(view.revisions.front().number);
        entry.result = view.aborted ? "Failed: " + (view.abortCauses.empty() ? view.message : view.abortCauses.front())
                                    : "Succeeded";
        if (const auto written = m_audit->append(std::move(entry)); !written)
            log::error("engine", written.error().text());
    }
    known.view = std::make_shared<const Rollout>(std::move(view));
    known.inputs = std::move(inputs);
    return known.view;
}

void LocalEngine::buildRollouts(Snapshot& next)
{
    const auto add = [&](const Place& place) {
        for (const auto& object : place.cache.list({"argoproj.io", "Rollout"}))
            next.rollouts.push_back(rolloutView(place, object, next.at));
        for (const auto& service : place.cache.list({"serving.kserve.io", "InferenceService"}))
            if (rollout::isKServeCanary(*service))
                next.rollouts.push_back(rolloutView(place, service, next.at));
    };
    add({{}, m_connection.name, *m_cache});
    for (const auto& cluster : next.clusters)
        if (const auto followed = m_followed.find(cluster.server); followed != m_followed.end())
            add({cluster.server, cluster.name, *followed->second.destination->cache});
    std::erase_if(m_rolloutViews, [&](const auto& entry) { return entry.second.shown != next.at; });
    std::sort(next.rollouts.begin(), next.rollouts.end(),
              [](const auto& a, const auto& b) { return std::tie(a->cluster, a->key) < std::tie(b->cluster, b->key); });
}

void LocalEngine::followClusters(Snapshot& next)
{
    std::map<std::string, Followed> now;
    for (auto& destination : m_clusters->destinations()) {
        if (destination == m_clusters->own())
            continue;
        const auto server = destination->server;
        if (const auto known = m_followed.find(server);
            known != m_followed.end() && known->second.destination == destination) {
            now.emplace(server, std::move(known->second));
            continue;
        }
        now.emplace(server, Followed {destination, follow(*destination)});
    }
    if (now.size() != m_followed.size()
        || !std::equal(now.begin(), now.end(), m_followed.begin(), [](const auto& a, const auto& b) {
               return a.first == b.first && a.second.destination == b.second.destination;
           })) {
        const auto applications = m_cache->list({"argoproj.io", "Application"});
        const std::scoped_lock lock(m_mutex);
        m_eventsDirty = true;
        for (const auto& object : applications)
            m_dirtyApplications.insert(
                {std::string(manifest::nameSpace(*object)), std::string(manifest::name(*object))});
    }
    m_followed = std::move(now);
    const auto statuses = m_clusters->statuses();
    for (const auto& cluster : *m_clusters->registered()) {
        if (cluster.server == gitops::kInClusterServer)
            continue;
        OtherCluster out {cluster.name, cluster.server, Connection::State::Connecting, {}};
        if (const auto status = statuses.find(cluster.server); status != statuses.end()) {
            out.state = stateOf(status->second.state);
            out.problem = status->second.problem;
        }
        next.clusters.push_back(std::move(out));
    }
}

kube::Cache::Subscription LocalEngine::follow(const gitops::Destination& destination)
{
    auto subscription = destination.cache->subscribe(
        [this, server = destination.server](const std::vector<kube::Cache::Change>& changes) {
            bool events = false;
            bool shown = false;
            for (const auto& change : changes) {
                const auto kind = manifest::kind(change.object());
                events = events || kind == "Event";
                shown = shown || isShownOfRollouts(change.object());
                if (change.after)
                    recordWeights(server, *change.after);
            }
            if (events) {
                const std::scoped_lock lock(m_mutex);
                m_eventsDirty = true;
            }
            if (events || shown)
                markDirty();
        });
    for (const char* kind : {"Rollout", "InferenceService"})
        for (const auto& object :
             destination.cache->list({kind == std::string_view("Rollout") ? "argoproj.io" : "serving.kserve.io", kind}))
            recordWeights(destination.server, *object);
    return subscription;
}

} // namespace core::engine
