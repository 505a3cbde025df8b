// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "rollout_api_stages.h"

#include "core/rollout/actions.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <thread>

namespace test {

using namespace std::chrono_literals;

namespace {

/// Our own actions by the plugin's words.
Action actionOf(const std::string& words)
{
    return words.find("--full") != std::string::npos             ? Action::PromoteFull
        : words.find("--skip-current-step") != std::string::npos ? Action::SkipStep
        : words.starts_with("promote")                           ? Action::Promote
        : words.starts_with("abort")                             ? Action::Abort
        : words.starts_with("retry")                             ? Action::Retry
        : words.starts_with("restart")                           ? Action::Restart
                                                                 : Action::Pause;
}

} // namespace

std::vector<Value> routerDefinitions()
{
    struct Kind
    {
        const char* group;
        std::vector<std::string> versions; ///< the stored one first
        const char* plural;
        const char* kind;
    };
    static const std::vector<Kind> kKinds {
        {"networking.istio.io", {"v1", "v1beta1", "v1alpha3"}, "virtualservices", "VirtualService"},
        {"networking.istio.io", {"v1", "v1beta1", "v1alpha3"}, "destinationrules", "DestinationRule"},
        {"traefik.io", {"v1alpha1"}, "traefikservices", "TraefikService"},
        {"split.smi-spec.io", {"v1alpha1"}, "trafficsplits", "TrafficSplit"},
        {"getambassador.io", {"v2"}, "mappings", "Mapping"},
        {"apisix.apache.org", {"v2"}, "apisixroutes", "ApisixRoute"}};
    std::vector<Value> out;
    for (const auto& known : kKinds) {
        Array versions;
        for (const auto& version : known.versions)
            versions.push_back(
                Object {{"name", version},
                        {"served", true},
                        {"storage", version == known.versions.front()},
                        {"schema",
                         Object {{"openAPIV3Schema",
                                  Object {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}}}}}});
        out.push_back(Object {{"apiVersion", "apiextensions.k8s.io/v1"},
                              {"kind", "CustomResourceDefinition"},
                              {"metadata", Object {{"name", fmt::format("{}.{}", known.plural, known.group)}}},
                              {"spec",
                               Object {{"group", known.group},
                                       {"scope", "Namespaced"},
                                       {"names", Object {{"plural", known.plural}, {"kind", known.kind}}},
                                       {"versions", std::move(versions)}}}});
    }
    return out;
}

// ---- any API

ApiStage::ApiStage(const Value& run, std::string nameSpace, std::shared_ptr<kube::Client> client)
    : m_run(run)
    , m_nameSpace(std::move(nameSpace))
    , m_client(std::move(client))
{
}

bool ApiStage::Mirror::set(const Value& object)
{
    if (text(object, {"metadata", "ownerReferences", "0", "kind"}) == "Deployment") // a workload's own
        return false;
    auto* known = get(manifest::kind(object), manifest::name(object));
    if (!known) {
        m_objects.push_back(object);
    } else if (text(*known, {"metadata", "resourceVersion"}) == text(object, {"metadata", "resourceVersion"})) {
        return false;
    } else {
        *known = object;
    }
    if (get("Rollout", "demo"))
        trace();
    return true;
}

void ApiStage::Mirror::remove(std::string_view kind, std::string_view name)
{
    std::erase_if(m_objects, [&](const Value& object) {
        return manifest::kind(object) == kind && manifest::name(object) == name;
    });
}

manifest::ResourceKey ApiStage::rolloutKey() const
{
    return {"argoproj.io", "Rollout", nameSpace(), "demo"};
}

void ApiStage::create()
{
    std::vector<Value> objects {
        Object {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", Object {{"name", nameSpace()}}}}};
    for (const auto& object : manifest::array(m_run, {"objects"}))
        objects.push_back(runObject(m_run, object, nameSpace()));
    for (const auto& object : objects)
        if (const auto created = m_client->create(object); !created)
            throw std::runtime_error(m_nameSpace + ": " + created.error().text());
}

Result<> ApiStage::patchRollout(const std::string& subresource, const Value& patch)
{
    PH_TRY(const auto type, m_client->resolve(manifest::GroupKind {"argoproj.io", "Rollout"}));
    kube::WriteOptions options;
    options.subresource = subresource;
    PH_TRY(const auto changed, m_client->patch(type, nameSpace(), "demo", kube::PatchType::Merge, patch, options));
    return {};
}

Result<> ApiStage::verb(const std::string& words)
{
    if (words.starts_with("undo"))
        return undo(*m_client, rolloutKey(), revisionIn(words));
    return rollout::act(*m_client, rolloutKey(), actionOf(words), now());
}

std::string ApiStage::act(const Value& action)
{
    Result<> done;
    if (const auto tag = text(action, {"image"}); !tag.empty())
        done = setImage(*m_client, rolloutKey(), "*", "registry.example.com/inference:" + std::string(tag));
    else if (const auto* spec = find(action, {"spec"}))
        done = patchRollout({}, Object {{"spec", *spec}});
    std::string words;
    for (const auto& word : manifest::array(action, {"plugin"}))
        words += (words.empty() ? "" : " ") + std::string(word.get_string());
    if (words.find("--skip-all-steps") != std::string::npos) {
        const auto steps = manifest::array(m_mirror.rollout(), {"spec", "strategy", "canary", "steps"}).size();
        done = patchRollout(
            "status",
            Object {{"status",
                     Object {{"pauseConditions", nullptr}, {"currentStepIndex", static_cast<std::int64_t>(steps)}}}});
    } else if (!words.empty()) {
        // The controller may write between our reading and our writing: then the action is refused, and asked again.
        for (int attempt = 0; attempt < 10; ++attempt)
            if (done = verb(words); done || done.error().code != Error::Code::Conflict)
                break;
    }
    return done ? std::string() : done.error().text();
}

// ---- embedded, in virtual time

/// Lets the stage see what was written.
class EmbeddedStage::Tap final : public kube::Transport
{
public:
    explicit Tap(kube::TransportPtr inner)
        : m_inner(std::move(inner))
    {
    }
    Result<kube::Response> send(const kube::Request& request, std::stop_token stop) override
    {
        auto response = m_inner->send(request, stop);
        if (request.method != "GET" && response && response->status < 300 && written)
            written(request, *response);
        return response;
    }
    Result<kube::Response> stream(const kube::Request& request, const std::function<bool(std::string_view)>& onChunk,
                                  std::stop_token stop) override
    {
        return m_inner->stream(request, onChunk, stop);
    }
    std::string description() const override { return m_inner->description(); }
    std::function<void(const kube::Request&, const kube::Response&)> written;

private:
    kube::TransportPtr m_inner;
};

namespace {

std::unique_ptr<embedded::Cluster> openCluster(const std::shared_ptr<ManualClock>& clock)
{
    embedded::Cluster::Options options;
    options.clock = clock;
    options.simulate = false;
    auto opened = embedded::Cluster::open(std::move(options));
    if (!opened)
        throw std::runtime_error(opened.error().text());
    return std::move(*opened);
}

} // namespace

EmbeddedStage::EmbeddedStage(const Value& run)
    : ApiStage(run, "run", nullptr)
    , m_clock(std::make_shared<ManualClock>(parseRfc3339("2026-01-01T00:00:00Z").value()))
    , m_cluster(openCluster(m_clock))
    , m_tap(std::make_shared<Tap>(m_cluster->transport()))
    , m_prometheus(run)
{
    m_client = std::make_shared<kube::Client>(m_tap);
    m_tap->written = [this](const auto& request, const auto& response) { onWrite(request, response); };
    RolloutController::Deps deps;
    deps.client = m_client;
    deps.clock = m_clock;
    deps.resync = kRecordedResync;
    deps.http = [this](const HttpRequest& request, std::stop_token) { return m_prometheus.answer(request); };
    for (const auto& definition : routerDefinitions())
        if (!m_client->resolve(manifest::GroupKind {std::string(text(definition, {"spec", "group"})),
                                                    std::string(text(definition, {"spec", "names", "kind"}))}))
            if (const auto made = m_client->create(definition); !made)
                throw std::runtime_error(made.error().text());
    m_client->invalidateDiscovery();
    m_controller = std::make_unique<RolloutController>(std::move(deps));
    create();
}

EmbeddedStage::~EmbeddedStage() = default;

void EmbeddedStage::onWrite(const kube::Request& request, const kube::Response& response)
{
    static const std::map<std::string, std::string, std::less<>> kSeen {{"rollouts", "Rollout"},
                                                                        {"traefikservices", "TraefikService"},
                                                                        {"trafficsplits", "TrafficSplit"},
                                                                        {"mappings", "Mapping"},
                                                                        {"apisixroutes", "ApisixRoute"},
                                                                        {"replicasets", "ReplicaSet"},
                                                                        {"deployments", "Deployment"},
                                                                        {"services", "Service"},
                                                                        {"virtualservices", "VirtualService"},
                                                                        {"destinationrules", "DestinationRule"},
                                                                        {"analysisruns", "AnalysisRun"},
                                                                        {"ingresses", "Ingress"}};
    const auto path = request.path.substr(0, request.path.find('?'));
    if (path.ends_with("/eviction") || (request.method == "DELETE" && path.find("/pods/") != std::string::npos)) {
        auto rest = path.substr(path.find("/pods/") + 6);
        rest = rest.substr(0, rest.find('/'));
        for (auto& [set, pods] : m_pods)
            if (std::erase_if(pods, [&](const Pod& pod) { return pod.name == rest; }) > 0)
                removePod(rest);
        m_news = true;
        return;
    }
    if (request.method == "DELETE") { // answered with a Status: only the path says what went
        const std::filesystem::path gone(path);
        if (const auto kind = kSeen.find(gone.parent_path().filename().string()); kind != kSeen.end())
            m_mirror.remove(kind->second, gone.filename().string());
        m_news = true;
        return;
    }
    const auto object = manifest::parseJson(response.body);
    if (object && std::ranges::any_of(kSeen, [&](const auto& seen) { return seen.second == manifest::kind(*object); }))
        m_news = m_mirror.set(*object) || m_news;
}

void EmbeddedStage::makePod(const Value& set)
{
    Value pod = Object {{"apiVersion", "v1"}, {"kind", "Pod"}};
    const std::string name = fmt::format("{}-{}", manifest::name(set), ++m_serial);
    pod.get_object()["spec"] = *find(set, {"spec", "template", "spec"});
    pod.get_object()["metadata"] = Object {{"name", name},
                                           {"namespace", nameSpace()},
                                           {"labels", *find(set, {"spec", "template", "metadata", "labels"})},
                                           {"ownerReferences",
                                            Array {Object {{"apiVersion", "apps/v1"},
                                                           {"kind", "ReplicaSet"},
                                                           {"name", manifest::name(set)},
                                                           {"uid", manifest::uid(set)},
                                                           {"controller", true}}}}};
    if (const auto made = m_client->create(pod); !made)
        throw std::runtime_error(made.error().text());
    m_pods[std::string(manifest::name(set))].push_back({name, m_clock->now()});
}

void EmbeddedStage::removePod(const std::string& name)
{
    kube::DeleteOptions options;
    options.gracePeriodSeconds = 0;
    const auto type = m_client->resolve("v1", "Pod").value();
    if (const auto removed = m_client->remove(type, nameSpace(), name, options);
        !removed && removed.error().code != Error::Code::NotFound)
        throw std::runtime_error(removed.error().text());
}

/// Pods and the status of their ReplicaSets, as kubelet and kube-controller-manager keep them.
void EmbeddedStage::kubelet()
{
    const auto type = m_client->resolve("apps/v1", "ReplicaSet").value();
    for (const auto& set : m_mirror.all("ReplicaSet")) {
        const auto wanted = manifest::integer(set, {"spec", "replicas"}).value_or(0);
        const std::string name(manifest::name(set));
        while (static_cast<std::int64_t>(m_pods[name].size()) > wanted) {
            const auto gone = m_pods[name].back().name;
            m_pods[name].pop_back();
            removePod(gone);
        }
        while (static_cast<std::int64_t>(m_pods[name].size()) < wanted)
            makePod(set);
        const bool bad = text(set, {"spec", "template", "spec", "containers", "0", "image"}).ends_with(":bad");
        std::int64_t ready = 0;
        std::int64_t number = 0;
        for (const auto& pod : m_pods[name]) // one after the other, within half a second
            ready += !bad && m_clock->now() - pod.since >= 100ms + 100ms * (number++ % 4) ? 1 : 0;
        const auto status = [&](std::string_view field) {
            return manifest::integer(set, {"status", field}).value_or(0);
        };
        if (status("replicas") == wanted && status("availableReplicas") == ready)
            continue;
        kube::WriteOptions options;
        options.subresource = "status";
        const auto patched = m_client->patch(
            type, nameSpace(), name, kube::PatchType::Merge,
            Object {{"status", Object {{"replicas", wanted}, {"readyReplicas", ready}, {"availableReplicas", ready}}}},
            options);
        if (!patched)
            throw std::runtime_error(patched.error().text());
    }
}

bool EmbeddedStage::tick()
{
    m_clock->advance(100ms);
    kubelet();
    bool changed = m_news;
    // Only when something happened or is due: nextDue() must not forget anything.
    if (m_news || m_controller->nextDue() <= m_clock->now()) {
        for (int pass = 0; pass < 30; ++pass) {
            m_news = false;
            if (m_controller->reconcileAll() == 0)
                break;
            changed = changed || m_news;
            m_mirror.sample();
        }
    }
    m_news = false;
    return changed;
}

// ---- real

RealStage::RealStage(const Value& run, std::string_view prefix, std::shared_ptr<kube::Client> client,
                     kube::Cache& cache)
    : ApiStage(run, fmt::format("{}-{}", prefix, text(run, {"name"})), std::move(client))
    , m_subscription(cache.subscribe([this, wanted = nameSpace()](const std::vector<kube::Cache::Change>& changes) {
        const std::scoped_lock lock(m_mutex);
        for (const auto& change : changes)
            if (manifest::nameSpace(change.object()) == wanted)
                m_changes.push_back(change);
    }))
{
    create();
    while (!m_mirror.get("Rollout", "demo"))
        tick();
}

const std::vector<std::pair<const char*, const char*>>& RealStage::kinds()
{
    static const std::vector<std::pair<const char*, const char*>> kKinds {{"argoproj.io", "Rollout"},
                                                                          {"argoproj.io", "AnalysisRun"},
                                                                          {"apps", "ReplicaSet"},
                                                                          {"apps", "Deployment"},
                                                                          {"", "Service"},
                                                                          {"networking.istio.io", "VirtualService"},
                                                                          {"networking.istio.io", "DestinationRule"},
                                                                          {"traefik.io", "TraefikService"},
                                                                          {"split.smi-spec.io", "TrafficSplit"},
                                                                          {"getambassador.io", "Mapping"},
                                                                          {"apisix.apache.org", "ApisixRoute"},
                                                                          {"networking.k8s.io", "Ingress"}};
    return kKinds;
}

TimePoint RealStage::now() const
{
    return std::chrono::time_point_cast<TimePoint::duration>(std::chrono::system_clock::now());
}

bool RealStage::tick()
{
    std::this_thread::sleep_for(100ms);
    std::vector<kube::Cache::Change> changes;
    {
        const std::scoped_lock lock(m_mutex);
        changes.swap(m_changes);
    }
    bool changed = false;
    for (const auto& change : changes) {
        if (change.after)
            changed = m_mirror.set(*change.after) || changed;
        else
            m_mirror.remove(manifest::kind(*change.before), manifest::name(*change.before));
        changed = changed || !change.after;
    }
    if (!m_mirror.get("Rollout", "demo"))
        return changed;
    const auto before = m_mirror.overloads.size();
    m_mirror.sample();
    m_suspicious = m_mirror.overloads.size() > before ? m_suspicious + 1 : 0;
    if (m_suspicious < 10)
        m_mirror.overloads.resize(before);
    return changed;
}

} // namespace test
