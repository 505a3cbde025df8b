// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/foreign_controllers.h"
#include "core/engine/local_engine.h"
#include "core/manifest/yaml.h"
#include "core/rollout/findings.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::engine {

using manifest::text;

namespace {

constexpr std::size_t kMaxEvents = 2'000;

/// Where an application is, or would be, in a list of them.
auto placeOf(auto& applications, const AppId& id)
{
    return std::ranges::lower_bound(applications, std::tie(id.name, id.nameSpace), {},
                                    [](const ApplicationPtr& app) { return std::tie(app->name, app->nameSpace); });
}

bool isAt(const ApplicationPtr& app, const AppId& id)
{
    return app->name == id.name && app->nameSpace == id.nameSpace;
}

Problem::Severity severityOf(const std::string& conditionType)
{
    return conditionType.ends_with("Error") ? Problem::Severity::Bad : Problem::Severity::Warning;
}

} // namespace

SnapshotPtr LocalEngine::build()
{
    auto next = std::make_shared<Snapshot>();
    {
        const std::scoped_lock lock(m_mutex);
        next->version = m_snapshot->version + 1;
        next->connection = m_connection;
        next->connection.readOnly = m_readOnly;
        next->notifications = m_sent;
    }
    next->at = m_clock->now();
    next->clockRate = m_cluster && !m_still ? m_clock->rate() : 0;
    if (m_still && next->connection.state != Connection::State::Connecting) {
        next->connection.state = Connection::State::Offline;
        next->connection.since = m_still->takenAt;
        next->connection.problem = "this is a snapshot of " + m_still->source;
    }
    followClusters(*next);
    buildApplications(*next);
    buildRollouts(*next);
    buildEvents(*next);
    buildProblems(*next);
    return next;
}

void LocalEngine::buildApplications(Snapshot& next)
{
    std::set<AppId> dirty;
    SnapshotPtr before;
    {
        const std::scoped_lock lock(m_mutex);
        dirty = std::exchange(m_dirtyApplications, {});
        before = m_snapshot;
    }
    // Thousands may be there, and few of them change at once.
    next.applications = before->applications;
    const auto registered = m_clusters->registered();
    for (const auto& id : dirty) {
        const auto object = m_cache->get({"argoproj.io", "Application", id.nameSpace, id.name});
        const auto at = placeOf(next.applications, id);
        const bool known = at != next.applications.end() && isAt(*at, id);
        if (!object) {
            own(id, nullptr);
            if (known)
                next.applications.erase(at);
            continue;
        }
        const ApplicationInput input {
            *object,
            m_applications->comparison(id.nameSpace, id.name),
            m_connection.name,
            m_applications->holdReason(*object),
            [this, &object](const std::string& url, const std::string& commit) {
                return commitInfo({url, std::string(text(*object, {"spec", "project"}))}, commit);
            },
            registered.get()};
        auto view = std::make_shared<const Application>(viewApplication(input));
        own(id, view);
        if (known)
            *at = std::move(view);
        else
            next.applications.insert(at, std::move(view));
    }
}

std::optional<git::Commit> LocalEngine::commitInfo(const gitops::SourceRepository& source, const std::string& id)
{
    if (id.size() != 40)
        return {};
    {
        const std::scoped_lock lock(m_mutex);
        if (const auto it = m_commits.find({source, id}); it != m_commits.end())
            return it->second;
    }
    const auto commit = m_sources->commit(source, id);
    if (!commit)
        return {};
    const std::scoped_lock lock(m_mutex);
    m_commits[{source, id}] = *commit;
    return *commit;
}

/// Keeps which application an object belongs to, for its events and rollouts. `app`: null: it is gone.
void LocalEngine::own(const AppId& id, const ApplicationPtr& app)
{
    auto& keys = m_owned[id];
    for (const auto& key : keys)
        if (const auto it = m_owners.find(key); it != m_owners.end() && it->second == id.name)
            m_owners.erase(it);
    keys.clear();
    if (!app) {
        m_owned.erase(id);
        return;
    }
    keys.push_back({"", {"argoproj.io", "Application", id.nameSpace, id.name}});
    const auto comparison = app->elsewhere ? m_applications->comparison(id.nameSpace, id.name) : nullptr;
    if (comparison || !app->elsewhere)
        for (const auto& node : app->resources)
            keys.push_back({comparison ? comparison->cluster.server : std::string(), node.key});
    for (const auto& key : keys)
        m_owners[key] = id.name;
}

void LocalEngine::buildEvents(Snapshot& next)
{
    SnapshotPtr before;
    bool changed = false;
    {
        const std::scoped_lock lock(m_mutex);
        changed = std::exchange(m_eventsDirty, false);
        before = m_snapshot;
    }
    next.events = before->events;
    if (!changed && next.events)
        return;
    auto events = viewEvents(m_cache->list({"", "Event"}), kMaxEvents);
    for (const auto& [server, followed] : m_followed)
        for (auto& event : viewEvents(followed.destination->cache->list({"", "Event"}), kMaxEvents)) {
            event.cluster = server;
            events.push_back(std::move(event));
        }
    std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.at > b.at; });
    events.resize(std::min(events.size(), kMaxEvents));
    for (auto& event : events)
        if (const auto it = m_owners.find({event.cluster, event.object}); it != m_owners.end())
            event.application = it->second;
    next.events = std::make_shared<const std::vector<Event>>(std::move(events));
}

/// What stands in the cluster of the kinds that Rollouts and Experiments name.
static std::vector<manifest::Value> namedByRollouts(const kube::Cache& cache,
                                                    const std::vector<manifest::Value>& desired)
{
    std::set<std::string> nameSpaces;
    for (const auto& object : desired)
        if (manifest::kind(object) == "Rollout" || manifest::kind(object) == "Experiment")
            nameSpaces.emplace(manifest::nameSpace(object));
    std::vector<manifest::Value> out;
    const auto add = [&](const manifest::GroupKind& kind, const std::string& nameSpace) {
        for (const auto& object : cache.list(kind, nameSpace))
            out.push_back(*object);
    };
    for (const auto& nameSpace : nameSpaces)
        for (const auto& [group, kind] : {std::pair {"argoproj.io", "AnalysisTemplate"},
                                          {"", "Service"},
                                          {"networking.istio.io", "VirtualService"}})
            add({group, kind}, nameSpace);
    if (!nameSpaces.empty())
        add({"argoproj.io", "ClusterAnalysisTemplate"}, {});
    return out;
}

std::vector<gitops::Finding> LocalEngine::findingsOf(const manifest::Value& object,
                                                     const gitops::Comparison& comparison) const
{
    auto findings = m_applications->findings(object, comparison);
    std::vector<manifest::Value> desired;
    for (const auto& resource : comparison.resources)
        if (resource.desired)
            desired.push_back(*resource.desired);
    // Both rooms know of GPUs without a limit: told once.
    const auto known = [&](const rollout::Finding& finding) {
        return std::any_of(findings.begin(), findings.end(),
                           [&](const auto& other) { return other.key == finding.key && other.path == finding.path; });
    };
    const auto there = m_clusters->find(gitops::parseApplication(object));
    for (auto& finding : rollout::findProblems(desired, namedByRollouts(there ? *there->cache : *m_cache, desired)))
        if (!known(finding))
            findings.push_back(
                {std::move(finding.key), std::move(finding.path), std::move(finding.message), std::move(finding.hint)});
    return findings;
}

/// The line of the field there, or of its nearest parent that stands there.
static bool placeAt(Problem& problem, const SourcePlace& place, std::vector<std::string> path)
{
    if (place.file.empty())
        return false;
    problem.file = place.file;
    while ((problem.line = manifest::locate(place.text, place.document, path).line) == 0 && !path.empty())
        path.pop_back();
    return true;
}

std::vector<Problem> LocalEngine::locate(const std::string& application, const gitops::Comparison& comparison,
                                         const git::TreePtr& tree, const std::vector<gitops::Finding>& findings) const
{
    std::vector<Problem> out;
    for (const auto& finding : findings) {
        Problem problem;
        problem.severity = Problem::Severity::Warning;
        problem.application = application;
        problem.object = finding.key;
        problem.message = finding.message;
        problem.hint = finding.hint;
        const auto resource = std::find_if(comparison.resources.begin(), comparison.resources.end(),
                                           [&](const auto& r) { return r.key == finding.key; });
        if (resource != comparison.resources.end() && resource->provenance && resource->desired) {
            const auto step = render::explainInFile({resource->desired, resource->provenance}, finding.path);
            problem.file = step.file;
            problem.line = step.line;
            // A field that is missing is looked for at its nearest parent that stands in the file.
            const auto source =
                tree && problem.line == 0 ? tree->readFollowing(problem.file) : Result<std::string>(std::string {});
            if (source && problem.line == 0) {
                auto path = finding.path;
                const auto document = problem.file == resource->provenance->file ? resource->provenance->document : 0;
                while ((problem.line = manifest::locate(*source, document, path).line) == 0 && !path.empty())
                    path.pop_back();
            }
        }
        if (problem.file.empty() && !(tree && placeAt(problem, findManifest(*tree, finding.key), finding.path)))
            placeInLive(problem, finding.path);
        out.push_back(std::move(problem));
    }
    return out;
}

/// The line in the object's manifest as the window shows it: for objects that no application's source holds.
void LocalEngine::placeInLive(Problem& problem, std::vector<std::string> path) const
{
    const auto live = problem.object ? m_cache->get(*problem.object) : nullptr;
    if (!live)
        return;
    auto shown = *live;
    manifest::erase(shown, {"metadata", "managedFields"});
    const auto yaml = manifest::toYamlOrdered(shown);
    problem.file = problem.object->text();
    while ((problem.line = manifest::locate(yaml, 0, path).line) == 0 && !path.empty())
        path.pop_back();
}

namespace {

/// A cluster without Argo's definitions cannot hold what our controllers work with.
std::optional<Problem> withoutDefinitions(const kube::Cache& cache)
{
    const auto missing = missingDefinitions(cache);
    if (missing.empty())
        return {};
    Problem problem;
    problem.message =
        fmt::format("This cluster does not know {}: nothing of that kind can be kept in it", fmt::join(missing, ", "));
    const bool rolloutsOnly = missing.front().find("app") != 0;
    problem.hint = rolloutsOnly
        ? "Install the definitions of Argo Rollouts: "
          "kubectl apply --server-side -k https://github.com/argoproj/argo-rollouts/manifests/crds?ref=stable"
        : "Install the definitions of Argo CD and Argo Rollouts: "
          "kubectl apply --server-side -k https://github.com/argoproj/argo-cd/manifests/crds?ref=stable "
          "-k https://github.com/argoproj/argo-rollouts/manifests/crds?ref=stable";
    return problem;
}

/// What goes on only when a person decides: drift that nobody corrects, a pause that outlived its reason, approvals.
void addDecisions(const Application& app, std::vector<Problem>& out)
{
    const auto add = [&](std::string message, std::string hint) {
        Problem problem;
        problem.severity = Problem::Severity::Advice;
        problem.application = app.name;
        problem.message = std::move(message);
        problem.hint = std::move(hint);
        problem.needsDecision = true;
        out.push_back(std::move(problem));
    };
    const bool running = app.operation.phase == OperationPhase::Running;
    if (running && app.operation.waitingFor.find("pruning confirmation") != std::string::npos)
        add(app.operation.waitingFor, "Confirm the pruning, or terminate the sync.");
    if (app.autoSync || running)
        return;
    if (app.compared && app.sync == SyncState::OutOfSync)
        add(fmt::format("differs from Git in {} resources, and automated sync is off", app.outOfSyncCount),
            "Look at the differences, then sync it.");
    else if (!app.autoSyncPause && !app.history.empty() && app.history.front().initiatedBy == "automated")
        add("automated sync was turned off after the last deployment", "Turn it on again when Git is right.");
}

/// What an application's status says that somebody should look at.
std::vector<Problem> problemsOf(const Application& app, const std::string& cluster)
{
    std::vector<Problem> out;
    for (const auto& condition : app.conditions) {
        Problem problem;
        problem.severity = severityOf(condition.type);
        problem.application = app.name;
        problem.message = condition.type + ": " + condition.message;
        out.push_back(std::move(problem));
    }
    if (app.operation.phase == OperationPhase::Failed || app.operation.phase == OperationPhase::Error) {
        Problem problem;
        problem.severity = Problem::Severity::Bad;
        problem.application = app.name;
        problem.message = "The last sync failed: " + app.operation.message;
        problem.hint = "Open the application's plan, mend the cause and sync again.";
        out.push_back(std::move(problem));
    }
    addDecisions(app, out);
    if (app.autoSyncPause) {
        Problem problem;
        problem.severity = Problem::Severity::Advice;
        problem.application = app.name;
        problem.message = app.autoSyncPause->until
            ? "Automated sync is paused until " + formatRfc3339(*app.autoSyncPause->until)
            : std::string("Automated sync is off");
        if (!app.autoSyncPause->reason.empty())
            problem.message += ": " + app.autoSyncPause->reason;
        problem.hint = "Switch it on again when Git is right.";
        problem.needsDecision = !app.autoSyncPause->until; // the others end by themselves
        out.push_back(std::move(problem));
    }
    for (const auto& node : app.resources) {
        if (node.health != Health::Degraded || node.healthMessage.empty())
            continue;
        Problem problem;
        problem.severity = Problem::Severity::Bad;
        problem.application = app.name;
        problem.object = node.key;
        problem.cluster = cluster;
        problem.message = node.healthMessage;
        out.push_back(std::move(problem));
    }
    return out;
}

} // namespace

void LocalEngine::lookAt(const Application& app, Findings& known)
{
    const AppId id {app.nameSpace, app.name};
    const auto comparison = m_applications->comparison(id.nameSpace, id.name);
    known.shown = problemsOf(app, app.elsewhere && comparison ? comparison->cluster.server : std::string());
    if (!comparison || known.comparison == comparison)
        return;
    known.comparison = comparison;
    known.tree = nullptr;
    known.problems.clear();
    m_places.clear();
    const auto source = sourceOf(id, {});
    if (!source || comparison->failed)
        return;
    if (const auto resolved = m_sources->resolve(
            source->repository(), comparison->revisions.empty() ? source->branch : comparison->revisions.front(),
            Sources::Fetch::IfMissing, {}))
        known.tree = resolved->tree;
    known.problems = locate(app.name, *comparison, known.tree, findingsOf(source->object, *comparison));
}

void LocalEngine::readApplicationProblems(const std::vector<ApplicationPtr>& applications)
{
    auto& [of, problems] = m_applicationProblems;
    if (of == applications)
        return;
    problems.clear();
    for (const auto& app : applications) {
        auto& known = m_findings[{app->nameSpace, app->name}];
        if (known.application != app)
            lookAt(*app, known);
        known.application = app;
        problems.insert(problems.end(), known.shown.begin(), known.shown.end());
        problems.insert(problems.end(), known.problems.begin(), known.problems.end());
    }
    if (m_findings.size() > applications.size())
        std::erase_if(m_findings, [&](const auto& entry) {
            const auto at = placeOf(applications, entry.first);
            return at == applications.end() || !isAt(*at, entry.first);
        });
    of = applications;
}

void LocalEngine::buildProblems(Snapshot& next)
{
    std::vector<Problem> problems;
    if (!next.connection.embedded && next.connection.state == Connection::State::Connected)
        if (auto problem = withoutDefinitions(*m_cache))
            problems.push_back(std::move(*problem));
    if (m_insecure) {
        Problem problem;
        problem.message = "The certificate of " + next.connection.server
            + " is not checked (insecure-skip-tls-verify): who stands between can read and change everything";
        problem.hint = "Put the cluster's certificate authority into the kubeconfig.";
        problems.push_back(std::move(problem));
    }
    readApplicationProblems(next.applications);
    problems.insert(problems.end(), m_applicationProblems.second.begin(), m_applicationProblems.second.end());
    for (const auto& rollout : next.rollouts) {
        const bool endless = rollout->paused && !rollout->pauseUntil && !rollout->aborted && rollout->phase == "Paused";
        // The controller goes on at the end of a pause: one that is over for long means that none runs.
        const bool expired = rollout->paused && rollout->pauseUntil && !rollout->aborted
            && next.at > *rollout->pauseUntil + std::chrono::minutes(2);
        if (!rollout->aborted && !endless && !expired)
            continue;
        Problem problem;
        problem.severity = rollout->aborted ? Problem::Severity::Bad : Problem::Severity::Advice;
        problem.application = rollout->application;
        problem.object = rollout->key;
        problem.cluster = rollout->cluster;
        problem.message = expired ? "its pause is over and it does not go on" : rollout->waitingFor;
        problem.hint = rollout->aborted ? "Revert the commit or retry the rollout." : "Promote or abort it.";
        problem.needsDecision = true;
        problems.push_back(std::move(problem));
    }
    for (const auto& finding : m_notifications->problems()) {
        Problem problem;
        problem.severity = Problem::Severity::Warning;
        problem.object = finding.key;
        problem.message = finding.message;
        problem.hint = finding.hint;
        auto [place, fresh] = m_places.try_emplace(finding.key);
        for (auto it = m_findings.begin(); fresh && place->second.file.empty() && it != m_findings.end(); ++it)
            if (it->second.tree)
                place->second = findManifest(*it->second.tree, finding.key);
        if (!placeAt(problem, place->second, finding.path))
            placeInLive(problem, finding.path);
        problems.push_back(std::move(problem));
    }
    std::stable_sort(problems.begin(), problems.end(),
                     [](const Problem& a, const Problem& b) { return a.severity > b.severity; });
    const auto before = snapshot()->problems;
    next.problems = *before == problems ? before : std::make_shared<const std::vector<Problem>>(std::move(problems));
}

} // namespace core::engine
