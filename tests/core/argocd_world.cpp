// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/argocd_world.h"

#include "core/kube/cache.h"
#include "core/manifest/patch.h"

#include <QtGlobal>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include <set>

using namespace core;
using manifest::Value;

namespace {

std::string commitId(std::size_t number)
{
    return fmt::format("{:07x}{:033x}", 0xabc0000U + number, number);
}

void check(const auto& result, const char* what)
{
    if (!result)
        qFatal("%s: %s", what, result.error().text().c_str());
}

std::string replaced(std::string text, const std::string& from, const std::string& to)
{
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

/// The label of a workload's pods that tells the stand-in for the kubelet what to do.
std::string_view simulation(const Value& workload)
{
    return manifest::text(workload, {"spec", "template", "metadata", "labels", "sim"});
}

/// Words about Argo CD's own processes are not part of a message.
std::string essence(std::string_view message)
{
    std::string text(message);
    if (const auto at = text.find("rpc error: "); at != std::string::npos) {
        const auto desc = text.find("desc = ", at);
        text = text.substr(0, at) + (desc == std::string::npos ? "" : text.substr(desc + 7));
    }
    return text;
}

/// Objects of equal kind are applied side by side: their order is not defined.
void sortInsideKinds(manifest::Array& results)
{
    const auto same = [](const Value& a, const Value& b) {
        return manifest::text(a, {"kind"}) == manifest::text(b, {"kind"})
            && manifest::text(a, {"syncPhase"}) == manifest::text(b, {"syncPhase"})
            && manifest::text(a, {"status"}) == manifest::text(b, {"status"});
    };
    for (auto first = results.begin(); first != results.end();) {
        auto last = first;
        while (last != results.end() && same(*first, *last))
            ++last;
        std::sort(first, last, [](const Value& a, const Value& b) {
            return manifest::text(a, {"name"}) < manifest::text(b, {"name"});
        });
        first = last;
    }
}

/// "check-REV1-postsync-1795410623": the time is that of the operation.
void maskTimes(Value& result)
{
    static const re2::RE2 kTime("(sync-)[0-9]{10}");
    auto text = manifest::toJson(result);
    re2::RE2::GlobalReplace(&text, kTime, "\\1TIME");
    result = *manifest::parseJson(text);
}

} // namespace

CutTransport::CutTransport(kube::TransportPtr inner)
    : m_inner(std::move(inner))
{
}

void CutTransport::dieAt(int writes, Cut cut)
{
    const std::lock_guard lock(m_mutex);
    m_left = writes;
    m_cut = cut;
}

void CutTransport::revive()
{
    const std::lock_guard lock(m_mutex);
    m_left = -1;
    m_dead = false;
}

bool CutTransport::dead() const
{
    const std::lock_guard lock(m_mutex);
    return m_dead;
}

int CutTransport::creations(const std::string& plural, const std::string& name) const
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_creations.find(plural + "/" + name);
    return found == m_creations.end() ? 0 : found->second;
}

Result<kube::Response> CutTransport::send(const kube::Request& request, std::stop_token stop)
{
    const auto gone = [] { return fail(Error::Code::Unavailable, "the process is gone"); };
    bool cutAfter = false;
    {
        const std::lock_guard lock(m_mutex);
        if (m_dead)
            return gone();
        // Events are told on the way; they change nothing.
        if (request.method != "GET" && request.path.find("/events") == std::string::npos) {
            if (m_left > 0 && --m_left == 0) {
                m_dead = true;
                if (m_cut == Cut::BeforeWrite)
                    return gone();
                cutAfter = true;
            }
            const auto path = request.path.substr(0, request.path.find('?'));
            const auto body = manifest::parseJson(request.body);
            if (request.method == "POST" && body)
                ++m_creations[path.substr(path.rfind('/') + 1) + "/" + std::string(manifest::name(*body))];
        }
    }
    auto response = m_inner->send(request, std::move(stop));
    if (cutAfter)
        return gone();
    return response;
}

Result<kube::Response> CutTransport::stream(const kube::Request& request,
                                            const std::function<bool(std::string_view)>& onChunk, std::stop_token stop)
{
    return m_inner->stream(request, onChunk, std::move(stop));
}

std::string CutTransport::description() const
{
    return m_inner->description();
}

ArgocdWorld::ArgocdWorld(const Value& scenario, kube::TransportPtr cluster)
    : m_name(manifest::text(scenario, {"name"}))
    , m_nameSpace("s-" + m_name)
    , m_given(*manifest::find(scenario, {"given"}))
    , m_clock(std::make_shared<ScaledClock>(cluster ? 1.0 : 10.0))
{
    if (const auto other = manifest::text(m_given, {"app", "destination", "namespace"}); !other.empty())
        m_nameSpace = other;
    if (!cluster) {
        embedded::Cluster::Options options;
        options.clock = m_clock;
        options.simulate = false;
        auto opened = embedded::Cluster::open(std::move(options));
        check(opened, "cluster");
        m_cluster = std::move(*opened);
        cluster = m_cluster->transport();
    }
    m_client = std::make_shared<kube::Client>(cluster);
    m_cut = std::make_shared<CutTransport>(cluster);
    m_cache = std::make_shared<kube::Cache>(m_client);
    check(m_cache->watchAll({}), "watch");
    Value argocd = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "argocd"}}}};
    if (const auto made = m_client->create(argocd); !made && made.error().code != Error::Code::AlreadyExists)
        check(made, "namespace argocd");
    if (manifest::flag(m_given, {"makeNamespace"}, true)) {
        Value nameSpace = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "s-" + m_name}}}};
        apply(nameSpace);
    }
    std::map<std::string, std::string> files;
    for (const auto& member : manifest::object(m_given, {"files"}))
        files.emplace(member.key(), replaced(std::string(member.value().get_string()), "REPOURL", "REPO"));
    m_commits.push_back(std::move(files));
    if (m_cluster) // a real cluster's test brings its own
        m_kubeletThread = std::jthread([this](const std::stop_token& stop) { kubelet(stop); });
}

ArgocdWorld::~ArgocdWorld()
{
    stopController();
    m_kubeletThread = {};
    if (!m_cluster)
        cleanUp();
}

/// Applications and projects, then the scenario's namespaces and definitions, until they are gone.
void ArgocdWorld::cleanUp()
{
    for (const auto* kind : {"Application", "AppProject"}) {
        const auto types = type("argoproj.io/v1alpha1", kind);
        const auto all = m_client->list(types, "argocd");
        check(all, "list");
        for (const auto& object : all->items) {
            (void)m_client->patch(types, "argocd", manifest::name(object), kube::PatchType::Merge,
                                  {{"metadata", {{"finalizers", nullptr}}}});
            (void)m_client->remove(types, "argocd", manifest::name(object));
        }
    }
    const auto remove = [this](const kube::ResourceType& types, const std::string& name) {
        (void)m_client->remove(types, {}, name); // it may never have been made
        while (m_client->get(types, {}, name))
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
    };
    for (const auto& nameSpace : std::set<std::string> {m_nameSpace, "s-" + m_name}) {
        const auto jobs = type("batch/v1", "Job"); // hooks whose operation still runs hold a finalizer
        const auto hooks = m_client->list(jobs, nameSpace);
        check(hooks, "list");
        for (const auto& hook : hooks->items)
            (void)m_client->patch(jobs, nameSpace, manifest::name(hook), kube::PatchType::Merge,
                                  {{"metadata", {{"finalizers", nullptr}}}});
        remove(type("v1", "Namespace"), nameSpace);
    }
    const auto definitions = type("apiextensions.k8s.io/v1", "CustomResourceDefinition");
    const auto all = m_client->list(definitions, {});
    check(all, "list");
    for (const auto& definition : all->items) {
        if (!manifest::annotation(definition, "argocd.argoproj.io/tracking-id").empty()
            || manifest::label(definition, "app.kubernetes.io/instance") == m_name)
            remove(definitions, std::string(manifest::name(definition)));
    }
}

void ArgocdWorld::apply(Value object)
{
    check(m_client->create(object), "create");
}

void ArgocdWorld::startController()
{
    gitops::ApplicationController::Deps deps;
    deps.client = std::make_shared<kube::Client>(m_cut);
    deps.cache = m_cache;
    deps.clock = m_clock;
    deps.renderer = std::make_shared<render::Renderer>();
    deps.resolve = [this](const gitops::SourceRepository&, const std::string& revision, std::stop_token) {
        return resolve(revision);
    };
    m_controller = std::make_unique<gitops::ApplicationController>(std::move(deps));
    m_controllerThread =
        std::jthread([controller = m_controller.get()](std::stop_token stop) { controller->run(std::move(stop)); });
}

void ArgocdWorld::stopController()
{
    if (!m_controller)
        return;
    m_controllerThread.request_stop();
    m_controllerThread.join();
    m_controller.reset();
}

Result<gitops::ResolvedSource> ArgocdWorld::resolve(const std::string& revision) const
{
    if (m_offline)
        return fail(Error::Code::Unavailable, "failed to list refs: connection refused");
    const std::lock_guard lock(m_mutex);
    std::size_t number = m_commits.size();
    if (revision != "main" && revision != "HEAD") {
        number = 0;
        for (std::size_t i = 1; i <= m_commits.size(); ++i) {
            if (commitId(i) == revision)
                number = i;
        }
        if (number == 0)
            return fail(Error::Code::NotFound, "no such revision " + revision);
    }
    return gitops::ResolvedSource {git::memoryTree(m_commits[number - 1]), commitId(number)};
}

void ArgocdWorld::commit(const Value& changes)
{
    const std::lock_guard lock(m_mutex);
    auto files = m_commits.back();
    for (const auto& member : manifest::object(changes, {})) {
        if (member.value().is_null())
            files.erase(std::string(member.key()));
        else
            files[std::string(member.key())] = member.value().get_string();
    }
    m_commits.push_back(std::move(files));
}

void ArgocdWorld::create()
{
    std::string project = "default";
    if (const auto* spec = manifest::find(m_given, {"project"})) {
        project = "p-" + m_name;
        Value object = {{"apiVersion", "argoproj.io/v1alpha1"},
                        {"kind", "AppProject"},
                        {"metadata", {{"name", project}, {"namespace", "argocd"}}}};
        manifest::ensure(object, {"spec"}) = *spec;
        apply(object);
    }
    Value app = {{"apiVersion", "argoproj.io/v1alpha1"},
                 {"kind", "Application"},
                 {"metadata", {{"name", m_name}, {"namespace", "argocd"}}}};
    auto& spec = manifest::ensure(app, {"spec"});
    spec = *manifest::find(m_given, {"app"});
    manifest::ensure(spec, {"project"}) = boost::json::string(project);
    const auto fill = [](Value& root, manifest::Path path, std::string_view text) {
        auto& place = manifest::ensure(root, path);
        if (place.is_null())
            place = boost::json::string(text);
    };
    fill(spec, {"destination", "server"}, gitops::kInClusterServer);
    fill(spec, {"destination", "namespace"}, m_nameSpace);
    if (auto* source = manifest::find(spec, {"source"})) {
        fill(*source, {"repoURL"}, "REPO");
        fill(*source, {"targetRevision"}, "main");
    }
    for (const auto* list : {"finalizers", "annotations"}) {
        if (const auto* value = manifest::find(m_given, {list}))
            manifest::ensure(app, {"metadata", list}) = *value;
    }
    apply(app);
}

kube::ResourceType ArgocdWorld::type(const std::string& apiVersion, const std::string& kind) const
{
    auto found = m_client->resolve(apiVersion, kind);
    check(found, "type");
    return *found;
}

void ArgocdWorld::play(const Value& step)
{
    const auto app = type("argoproj.io/v1alpha1", "Application");
    const auto change = [&](const Value& patch) {
        check(m_client->patch(app, "argocd", m_name, kube::PatchType::Merge, patch), "patch application");
    };
    if (const auto* changes = manifest::find(step, {"commit"})) {
        commit(*changes);
        m_controller->sourcesChanged();
    } else if (const auto* operation = manifest::find(step, {"operation"})) {
        auto text = manifest::toJson(*operation);
        for (std::size_t i = 9; i > 0; --i)
            text = replaced(text, "REV" + std::to_string(i), commitId(i));
        Value patch = manifest::Object();
        manifest::ensure(patch, {"operation"}) = *manifest::parseJson(text);
        manifest::ensure(patch, {"status", "operationState"}) = nullptr;
        const auto object = m_client->get(app, "argocd", m_name);
        for (const auto* key : {"syncOptions"}) {
            const auto* value = object ? manifest::find(*object, {"spec", "syncPolicy", key}) : nullptr;
            if (value && !manifest::find(patch, {"operation", "sync", key}))
                manifest::ensure(patch, {"operation", "sync", key}) = *value;
        }
        const auto* retry = object ? manifest::find(*object, {"spec", "syncPolicy", "retry"}) : nullptr;
        if (retry && !manifest::find(patch, {"operation", "retry"}))
            manifest::ensure(patch, {"operation", "retry"}) = *retry;
        change(patch);
    } else if (const auto* live = manifest::find(step, {"patch"})) {
        const std::string kind(manifest::text(*live, {"kind"}));
        const auto name = manifest::text(*live, {"name"});
        const auto target = [&] {
            const std::string_view written = manifest::text(*live, {"apiVersion"});
            for (const auto* version : {"v1", "apps/v1", "batch/v1", "rbac.authorization.k8s.io/v1",
                                        "networking.k8s.io/v1", "autoscaling/v2", "policy/v1"}) {
                auto found = m_client->resolve(written.empty() ? version : written, kind);
                if (found)
                    return *found;
            }
            return type("v1", kind);
        }();
        if (const auto* patch = manifest::find(*live, {"patch"}); patch && patch->is_object())
            check(m_client->patch(target, m_nameSpace, name, kube::PatchType::Merge, *patch), "patch");
        else
            check(m_client->remove(target, m_nameSpace, name), "delete");
    } else if (const auto* spec = manifest::find(step, {"spec"})) {
        Value patch = manifest::Object();
        manifest::ensure(patch, {"spec"}) = *spec;
        change(patch);
    } else if (const auto* objects = manifest::find(step, {"createObjects"})) {
        for (auto object : objects->as_array()) {
            manifest::ensure(object, {"metadata", "namespace"}) = boost::json::string(m_nameSpace);
            apply(object);
        }
    } else if (manifest::find(step, {"refresh"})) {
        change({{"metadata", {{"annotations", {{"argocd.argoproj.io/refresh", "normal"}}}}}});
    } else if (manifest::find(step, {"delete"})) {
        check(m_client->remove(app, "argocd", m_name), "delete application");
    } else {
        qFatal("unknown step %s", manifest::toJson(step).c_str());
    }
}

void ArgocdWorld::kubelet(const std::stop_token& stop)
{
    while (!stop.stop_requested()) {
        for (const auto& object : m_cache->list({"apps", "Deployment"}))
            runDeployment(*object);
        for (const auto* kind : {"StatefulSet", "DaemonSet", "ReplicaSet"}) {
            for (const auto& object : m_cache->list({"apps", kind}))
                runSet(*object);
        }
        for (const auto& object : m_cache->list({"batch", "Job"}))
            runJob(*object);
        for (const auto& object : m_cache->list({"", "Pod"}))
            runPod(*object);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

void ArgocdWorld::runDeployment(const Value& deployment)
{
    const auto generation = manifest::integer(deployment, {"metadata", "generation"}).value_or(1);
    const auto observed = manifest::integer(deployment, {"status", "observedGeneration"}).value_or(0);
    const auto replicas = manifest::integer(deployment, {"spec", "replicas"}).value_or(1);
    const auto sim = simulation(deployment);
    const auto created = parseRfc3339(manifest::text(deployment, {"metadata", "creationTimestamp"}));
    const bool late = sim == "crash" && created && m_clock->now() - *created > std::chrono::seconds(8);
    if (observed == generation && (!late || manifest::find(deployment, {"status", "conditions"})))
        return;
    const bool works = sim != "pending" && sim != "crash";
    Value patch = {{"status",
                    {{"observedGeneration", generation},
                     {"replicas", replicas},
                     {"updatedReplicas", replicas},
                     {"readyReplicas", works ? replicas : 0},
                     {"availableReplicas", works ? replicas : 0}}}};
    if (late) {
        Value condition = {{"type", "Progressing"},
                           {"status", "False"},
                           {"reason", "ProgressDeadlineExceeded"},
                           {"lastUpdateTime", formatRfc3339(m_clock->now())},
                           {"lastTransitionTime", formatRfc3339(m_clock->now())}};
        manifest::ensure(patch, {"status", "conditions"}) = manifest::Array {condition};
    }
    kube::WriteOptions options;
    options.subresource = "status";
    (void)m_client->patch(type("apps/v1", "Deployment"), manifest::nameSpace(deployment), manifest::name(deployment),
                          kube::PatchType::Merge, patch, options); // it may be gone by now
}

/// StatefulSets, ReplicaSets and DaemonSets (on one node).
void ArgocdWorld::runSet(const Value& set)
{
    const auto generation = manifest::integer(set, {"metadata", "generation"}).value_or(1);
    if (manifest::integer(set, {"status", "observedGeneration"}).value_or(0) == generation)
        return;
    const auto sim = simulation(set);
    const bool works = sim != "pending" && sim != "crash";
    const bool isDaemon = manifest::kind(set) == "DaemonSet";
    const auto replicas = isDaemon ? 1 : manifest::integer(set, {"spec", "replicas"}).value_or(1);
    const auto ready = works ? replicas : 0;
    Value patch = {{"status", {{"observedGeneration", generation}}}};
    auto& status = *manifest::find(patch, {"status"});
    if (isDaemon) {
        for (const auto* field : {"desiredNumberScheduled", "currentNumberScheduled", "updatedNumberScheduled"})
            manifest::ensure(status, {field}) = replicas;
        manifest::ensure(status, {"numberMisscheduled"}) = 0;
        manifest::ensure(status, {"numberReady"}) = ready;
        manifest::ensure(status, {"numberAvailable"}) = ready;
    } else {
        manifest::ensure(status, {"replicas"}) = replicas;
        manifest::ensure(status, {"readyReplicas"}) = ready;
        manifest::ensure(status, {"availableReplicas"}) = ready;
    }
    if (manifest::kind(set) == "StatefulSet") {
        const auto revision = std::string(manifest::name(set)) + "-" + std::to_string(generation);
        for (const auto* field : {"currentReplicas", "updatedReplicas"})
            manifest::ensure(status, {field}) = replicas;
        for (const auto* field : {"currentRevision", "updateRevision"})
            manifest::ensure(status, {field}) = boost::json::string(revision);
    }
    kube::WriteOptions options;
    options.subresource = "status";
    (void)m_client->patch(type("apps/v1", std::string(manifest::kind(set))), manifest::nameSpace(set),
                          manifest::name(set), kube::PatchType::Merge, patch, options);
}

/// A Pod without an owner.
void ArgocdWorld::runPod(const Value& pod)
{
    const auto phase = manifest::text(pod, {"status", "phase"});
    const auto sim = manifest::text(pod, {"metadata", "labels", "sim"});
    if ((!phase.empty() && phase != "Pending") || sim == "pending"
        || !manifest::array(pod, {"metadata", "ownerReferences"}).empty()
        || !manifest::array(pod, {"status", "containerStatuses"}).empty())
        return;
    Value patch = manifest::Object();
    if (sim == "succeed" || sim == "fail") {
        manifest::ensure(patch, {"status", "phase"}) = sim == "succeed" ? "Succeeded" : "Failed";
    } else if (sim == "crash") {
        Value container = {
            {"name", "c"},       {"ready", false},
            {"restartCount", 1}, {"image", "i"},
            {"imageID", ""},     {"state", {{"waiting", {{"reason", "CrashLoopBackOff"}, {"message", "back-off"}}}}}};
        manifest::ensure(patch, {"status", "phase"}) = "Running";
        manifest::ensure(patch, {"status", "containerStatuses"}) = manifest::Array {container};
    } else {
        Value condition = {{"type", "Ready"}, {"status", "True"}};
        manifest::ensure(patch, {"status", "phase"}) = "Running";
        manifest::ensure(patch, {"status", "conditions"}) = manifest::Array {condition};
    }
    kube::WriteOptions options;
    options.subresource = "status";
    (void)m_client->patch(type("v1", "Pod"), manifest::nameSpace(pod), manifest::name(pod), kube::PatchType::Merge,
                          patch, options);
}

void ArgocdWorld::runJob(const Value& job)
{
    const auto sim = simulation(job);
    if ((sim != "succeed" && sim != "fail") || manifest::find(job, {"status", "conditions"}))
        return;
    const auto now = formatRfc3339(m_clock->now());
    Value condition = {
        {"type", sim == "fail" ? "Failed" : "Complete"},
        {"status", "True"},
        {"reason", sim == "fail" ? "BackoffLimitExceeded" : "CompletionsReached"},
        {"message",
         sim == "fail" ? "Job has reached the specified backoff limit" : "Reached expected number of succeeded pods"},
        {"lastTransitionTime", now},
        {"lastProbeTime", now}};
    Value patch = {{"status", {{"startTime", now}}}};
    manifest::ensure(patch, {"status", "conditions"}) = manifest::Array {condition};
    if (sim == "succeed") {
        manifest::ensure(patch, {"status", "succeeded"}) = 1;
        manifest::ensure(patch, {"status", "completionTime"}) = boost::json::string(now);
    } else {
        manifest::ensure(patch, {"status", "failed"}) = 1;
    }
    kube::WriteOptions options;
    options.subresource = "status";
    (void)m_client->patch(type("batch/v1", "Job"), manifest::nameSpace(job), manifest::name(job),
                          kube::PatchType::Merge, patch, options);
}

Value ArgocdWorld::masked(Value value) const
{
    auto text = manifest::toJson(value);
    for (std::size_t i = 1; i <= m_commits.size(); ++i)
        text = replaced(replaced(text, commitId(i), "REV" + std::to_string(i)), commitId(i).substr(0, 7) + "-",
                        "REV" + std::to_string(i) + "-");
    return *manifest::parseJson(text);
}

Value ArgocdWorld::reduced(const Value& state)
{
    Value result = manifest::Object();
    const auto copy = [&](manifest::Path path) {
        const auto* value = manifest::find(state, path);
        manifest::ensure(result, path) = value ? *value : Value();
    };
    if (manifest::find(state, {"application"})) {
        copy({"application"});
    } else {
        copy({"sync", "status"});
        copy({"sync", "revision"});
        copy({"health", "status"});
        manifest::Array conditions;
        for (const auto& item : manifest::array(state, {"conditions"}))
            conditions.push_back(
                {{"type", manifest::text(item, {"type"})}, {"message", essence(manifest::text(item, {"message"}))}});
        manifest::ensure(result, {"conditions"}) = Value(std::move(conditions));
        manifest::Array resources = manifest::array(state, {"resources"});
        manifest::ensure(result, {"resources"}) = Value(std::move(resources));
        manifest::ensure(result, {"operation", "phase"}) =
            boost::json::string(manifest::text(state, {"operationState", "phase"}));
        manifest::ensure(result, {"operation", "message"}) =
            boost::json::string(essence(manifest::text(state, {"operationState", "message"})));
        manifest::Array results;
        for (const auto& item : manifest::array(state, {"operationState", "syncResult", "resources"})) {
            Value entry = manifest::Object();
            for (const auto* key :
                 {"group", "kind", "namespace", "name", "status", "hookPhase", "syncPhase", "message", "hookType"}) {
                if (const auto* value = manifest::find(item, {key}))
                    manifest::ensure(entry, {key}) = *value;
            }
            results.push_back(std::move(entry));
        }
        sortInsideKinds(results);
        manifest::ensure(result, {"operation", "results"}) = Value(std::move(results));
        if (manifest::find(state, {"operationState", "operation", "sync", "autoHealAttemptsCount"}))
            manifest::ensure(result, {"operation", "heal"}) = true;
        manifest::Array history;
        for (const auto& item : manifest::array(state, {"history"})) {
            Value entry = manifest::Object();
            for (const auto* key : {"id", "revision", "revisions", "initiatedBy"}) {
                if (const auto* value = manifest::find(item, {key}))
                    manifest::ensure(entry, {key}) = *value;
            }
            history.push_back(std::move(entry));
        }
        manifest::ensure(result, {"history"}) = Value(std::move(history));
    }
    manifest::Array live;
    for (auto item : manifest::array(state, {"live"})) {
        manifest::erase(item, {"labels"}); // Jobs carry their uid there
        live.push_back(std::move(item));
    }
    manifest::ensure(result, {"live"}) = Value(std::move(live));
    maskTimes(result);
    return result;
}

Value ArgocdWorld::state() const
{
    Value state = manifest::Object();
    const auto app = m_client->get(type("argoproj.io/v1alpha1", "Application"), "argocd", m_name);
    if (app) {
        if (const auto* status = manifest::find(*app, {"status"}))
            state = *status;
    } else {
        manifest::ensure(state, {"application"}) = "gone";
    }
    manifest::Array live;
    for (const auto& [apiVersion, kind] :
         {std::pair {"v1", "ConfigMap"}, std::pair {"apps/v1", "Deployment"}, std::pair {"batch/v1", "Job"},
          std::pair {"v1", "PersistentVolumeClaim"}, std::pair {"v1", "Secret"}, std::pair {"v1", "Service"},
          std::pair {"v1", "ServiceAccount"}}) {
        auto list = m_client->list(type(apiVersion, kind), m_nameSpace);
        if (!list)
            continue;
        std::sort(list->items.begin(), list->items.end(),
                  [](const Value& a, const Value& b) { return manifest::name(a) < manifest::name(b); });
        for (const auto& object : list->items) {
            const auto name = manifest::name(object);
            if (name == "kube-root-ca.crt" || (std::string_view(kind) == "ServiceAccount" && name == "default"))
                continue;
            Value item = manifest::Object();
            Value annotations = manifest::Object();
            for (const auto& member : manifest::object(object, {"metadata", "annotations"})) {
                if (member.key() != "kubectl.kubernetes.io/last-applied-configuration"
                    && member.key() != "deployment.kubernetes.io/revision")
                    manifest::ensure(annotations, {member.key()}) = member.value();
            }
            if (!annotations.get_object().empty())
                manifest::ensure(item, {"annotations"}) = annotations;
            if (std::string_view(kind) == "ConfigMap") {
                if (const auto* data = manifest::find(object, {"data"}))
                    manifest::ensure(item, {"data"}) = *data;
            }
            if (std::string_view(kind) == "Deployment")
                manifest::ensure(item, {"replicas"}) = *manifest::find(object, {"spec", "replicas"});
            manifest::ensure(item, {"kind"}) = boost::json::string(kind);
            manifest::ensure(item, {"name"}) = boost::json::string(name);
            live.push_back(std::move(item));
        }
    }
    manifest::ensure(state, {"live"}) = Value(std::move(live));
    return reduced(masked(state));
}
