// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/yaml.h"
#include "support/fake_engine.h"

#include <array>
#include <cmath>

namespace support {

namespace {

using namespace std::chrono_literals;
using core::engine::Health;
using core::engine::OperationPhase;
using core::engine::SyncState;

constexpr const char* kRevision = "a1b2c3d4e5f60718293a4b5c6d7e8f9011223344";

core::TimePoint now()
{
    return *core::parseRfc3339("2026-03-01T10:42:10Z");
}

struct NodeSpec
{
    std::string status;
    std::optional<Health> health = Health::Healthy;
    int wave = 0;
    std::string message {};
    SyncState sync = SyncState::Synced;
    std::int64_t gpus = 0;
};

eng::ResourceNode node(core::manifest::ResourceKey key, const NodeSpec& spec,
                       std::vector<core::manifest::ResourceKey> parents = {})
{
    eng::ResourceNode result;
    result.managed = parents.empty();
    result.existsInGit = result.managed;
    result.existsLive = true;
    result.version = "v1";
    result.uid = "uid-" + key.text();
    result.key = std::move(key);
    result.parents = std::move(parents);
    result.wave = spec.wave;
    result.sync = result.managed ? spec.sync : SyncState::Unknown;
    result.health = spec.health;
    result.healthMessage = spec.message;
    result.statusText = spec.status;
    result.createdAt = now() - 72h;
    result.gpus = spec.gpus;
    return result;
}

core::manifest::ResourceKey pod(const std::string& name)
{
    return key("Pod", name);
}

std::vector<eng::ResourceNode> llmResources()
{
    const auto rollout = key("Rollout", "inference-rollout", "argoproj.io");
    const auto stable = key("ReplicaSet", "inference-v1", "apps");
    const auto canary = key("ReplicaSet", "inference-v2", "apps");
    const auto service = key("InferenceService", "llm-service", "serving.kserve.io");
    const auto predictor = key("Deployment", "llm-predictor", "apps");
    std::vector<eng::ResourceNode> result;
    result.push_back(node(key("Namespace", "ml-serving", {}, {}), {"Active", std::nullopt, 0}));
    result.push_back(node(key("Secret", "model-credentials"), {"", std::nullopt, 1}));
    result.push_back(node(key("ConfigMap", "model-config-7mg"), {"", std::nullopt, 1}));
    result.push_back(node(key("PersistentVolumeClaim", "model-cache"), {"Bound", Health::Healthy, 2}));
    result.push_back(
        node(rollout, {"step 1/10", Health::Degraded, 3, "canary v2 has no ready pod", SyncState::OutOfSync}));
    result.push_back(node(key("Service", "inference-canary"), {"", Health::Healthy, 3}));
    result.back().routesTo = {{pod("inference-v2-x7k"), {}}};
    result.push_back(node(service, {"loading model", Health::Progressing, 2, "1 of 2 replicas are ready"}));
    auto hook = node(key("Job", "migrate", "batch"), {"Complete", Health::Healthy, -1});
    hook.hook = true;
    hook.hookType = "PreSync";
    result.push_back(hook);
    auto old = node(key("Service", "old"), {"", Health::Healthy, 0, "", SyncState::OutOfSync});
    old.existsInGit = false;
    old.requiresPruning = true;
    result.push_back(old);
    auto missing = node(key("HorizontalPodAutoscaler", "inference", "autoscaling"),
                        {"", Health::Missing, 5, "", SyncState::OutOfSync});
    missing.existsLive = false;
    missing.uid.clear();
    result.push_back(missing);
    result.push_back(node(stable, {"9/9", Health::Healthy}, {rollout}));
    result.push_back(node(canary, {"0/1", Health::Degraded, 0, "no pod is ready"}, {rollout}));
    for (int i = 1; i <= 3; ++i) {
        result.push_back(node(pod("inference-v1-" + std::to_string(i)),
                              {"Running", Health::Healthy, 0, "", SyncState::Unknown, 1}, {stable}));
        result.back().nodeName = "gpu-node-" + std::to_string(i);
    }
    result.push_back(
        node(pod("inference-v2-x7k"),
             {"OOMKilled", Health::Degraded, 0, "killed for memory (limit 16Gi), restart 3", SyncState::Unknown, 1},
             {canary}));
    result.push_back(node(predictor, {"1/2", Health::Progressing, 0, "1 of 2 replicas are ready"}, {service}));
    result.push_back(
        node(pod("llm-predictor-0"),
             {"loading model", Health::Progressing, 0, "container is loading the model", SyncState::Unknown, 1},
             {predictor}));
    return result;
}

eng::HistoryEntry deployment(std::int64_t id, const char* revision, const char* summary, const char* by,
                             core::Duration ago)
{
    eng::HistoryEntry entry;
    entry.id = id;
    entry.revision = revision;
    entry.summary = summary;
    entry.author = "Salma Haddad";
    entry.commitTime = now() - ago - 8min;
    entry.deployStartedAt = now() - ago - 40s;
    entry.deployedAt = now() - ago;
    entry.initiatedBy = by;
    return entry;
}

eng::Application app(std::string name, std::string project, Health health, SyncState sync)
{
    eng::Application result;
    result.name = std::move(name);
    result.nameSpace = "argocd";
    result.project = std::move(project);
    result.cluster = "production";
    result.destinationNamespace = "ml-serving";
    result.repoUrl = "https://git.example.com/ml/platform.git";
    result.path = "models/" + result.name;
    result.targetRevision = "main";
    result.revision = kRevision;
    result.revisionSummary = "inference: serve v2.1.0";
    result.health = health;
    result.sync = sync;
    result.autoSync = true;
    result.selfHeal = true;
    result.prune = true;
    result.createdAt = now() - 72h;
    result.reconciledAt = now() - 14s;
    return result;
}

eng::Application llmService()
{
    auto result = app("llm-service", "ml-production", Health::Degraded, SyncState::OutOfSync);
    result.healthMessage = "Rollout/inference-rollout: canary v2 has no ready pod. "
                           "inference-v2-x7k was killed for memory (limit 16Gi).";
    result.operation.phase = OperationPhase::Running;
    result.operation.revision = kRevision;
    result.operation.initiatedBy = "automated";
    result.operation.startedAt = now() - 130s;
    result.operation.wave = 3;
    result.operation.waitingFor = "wave 3 waits for Rollout/inference-rollout: canary v2 has no ready pod";
    result.operation.done = 6;
    result.operation.total = 11;
    result.resources = llmResources();
    result.outOfSyncCount = 3;
    result.gpus = 12;
    result.images = {"registry.example.com/inference:v2.1.0"};
    result.history = {
        deployment(42, kRevision, "inference: serve v2.1.0", "automated", 2h),
        deployment(41, "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432", "memory: lower the limit to 16Gi", "salma", 26h),
        deployment(40, "77aa66bb55cc44dd33ee22ff1100ffee11dd22cc", "inference: serve v1.9.2", "automated", 73h),
    };
    return result;
}

eng::Rollout sampleRollout()
{
    eng::Rollout result;
    result.key = key("Rollout", "inference-rollout", "argoproj.io");
    result.clusterName = "ml-prod";
    result.application = "llm-service";
    result.verdicts = {{"success-rate", eng::MetricVerdict::Opinion::Undecided, 0.87, 1'200, true},
                       {"latency-p99", eng::MetricVerdict::Opinion::NotWorse, 0.996, 0, false}};
    result.strategy = "Canary";
    result.phase = "Paused";
    result.message = "CanaryPauseStep";
    result.waitingFor = "pause until 11:02, then inference-latency";
    result.paused = true;
    result.stepIndex = 4;
    using Kind = eng::RolloutStep::Kind;
    using State = eng::RolloutStep::State;
    const auto step = [&](Kind kind, const char* text, State state) {
        eng::RolloutStep entry;
        entry.kind = kind;
        entry.text = text;
        entry.state = state;
        result.steps.push_back(entry);
    };
    step(Kind::SetWeight, "10 %", State::Done);
    step(Kind::Pause, "5m", State::Done);
    step(Kind::Analysis, "inference-success-rate", State::Done);
    step(Kind::SetWeight, "30 %", State::Done);
    step(Kind::Pause, "10m", State::Current);
    step(Kind::Analysis, "inference-latency", State::Ahead);
    step(Kind::SetWeight, "50 %", State::Ahead);
    step(Kind::Pause, "10m", State::Ahead);
    step(Kind::SetWeight, "100 %", State::Ahead);
    result.steps[0].weight = 10;
    result.steps[3].weight = 30;
    result.steps[6].weight = 50;
    result.steps[8].weight = 100;
    result.steps[1].pause = 5min;
    result.steps[4].pause = 10min;
    result.steps[7].pause = 10min;
    result.pauseUntil = now() + 401s;
    result.eta = now() + 49min;
    result.setWeight = 30;
    result.actualWeight = 30;
    result.startedAt = now() - 20min;
    result.setWeights = {{now() - 20min, 0}, {now() - 18min, 10}, {now() - 11min, 30}};
    result.actualWeights = {{now() - 20min, 0}, {now() - 17min, 10}, {now() - 12min, 20}, {now() - 10min, 30}};
    const auto pods = [](const std::string& of, int count, int unready) {
        std::vector<eng::RevisionPod> out;
        for (int i = 0; i < count; ++i)
            out.push_back({of + "-" + std::to_string(i), i >= unready, i < unready ? "CrashLoopBackOff" : "Running"});
        return out;
    };
    result.revisions = {
        {2, "inference-v2", "v2", {"registry.example.com/inference:v2.1.0"}, false, true, 3, 3, now() - 20min},
        {1, "inference-v1", "v1", {"registry.example.com/inference:v1.9.2"}, true, false, 7, 7, now() - 72h}};
    result.revisions[0].pods = pods("inference-v2", 3, 0);
    result.revisions[1].pods = pods("inference-v1", 7, 0);
    for (int i = 0; i < 38; ++i)
        result.measuredWeights.push_back({now() - 18min + i * 28s,
                                          (i < 15       ? 10.0
                                               : i < 17 ? 20.0
                                                        : 30.0)
                                              + std::sin(i * 2.1) * 1.4});
    const auto metric = [&](const char* name, double stable, double canary, double swing,
                            std::vector<eng::Threshold> thresholds) {
        eng::Metric entry;
        entry.name = name;
        entry.analysisRun = "inference-v2-2-2";
        entry.phase = "Running";
        entry.provider = "prometheus";
        entry.query = "sum(rate(inference_requests_total{service=\"inference-canary\",status=\"success\"}[5m])) / "
                      "sum(rate(inference_requests_total{service=\"inference-canary\"}[5m]))";
        entry.thresholds = std::move(thresholds);
        for (int i = 0; i < 40; ++i) {
            const double wave = std::sin(i * 1.7) * swing + std::sin(i * 0.61) * swing / 2;
            eng::Measurement point;
            point.at = now() - 20min + i * 30s;
            point.value = canary + wave;
            point.text = std::to_string(canary + wave);
            point.phase = "Successful";
            entry.measurements.push_back(point);
            entry.stable.push_back({point.at, stable + std::cos(i * 1.3) * swing * 0.7});
        }
        entry.successful = 12;
        entry.failureLimit = 2;
        result.metrics.push_back(entry);
    };
    metric("success-rate", 0.996, 0.9945, 0.001, {{">=", 0.99, true}});
    metric("latency-p99", 412, 447, 14, {{"<=", 500, true}});
    metric("ttft-p50", 180, 186, 8, {});
    result.metrics[0].successCondition = "result[0] >= 0.99";
    result.metrics[1].successCondition = "result[0] <= 500";
    result.desired = 10;
    result.ready = 10;
    result.available = 10;
    return result;
}

std::vector<eng::Event> sampleEvents()
{
    return {
        {now() - 3s, pod("inference-v2-x7k"), true, "OOMKilled", "OOMKilled, limit 16Gi, restart 3", 3, "llm-service"},
        {now() - 18s, key("Rollout", "inference-rollout", "argoproj.io"), false, "SetWeight",
         "step 1 of 10: weight 10 %", 1, "llm-service"},
        {now() - 20s, key("Service", "inference-canary"), false, "Applied", "applied", 1, "llm-service"},
        {now() - 41s, key("ConfigMap", "model-config-7mg"), false, "Applied", "created", 1, "llm-service"}};
}

std::vector<eng::Problem> sampleProblems()
{
    using Severity = eng::Problem::Severity;
    return {{Severity::Bad, "llm-service", pod("inference-v2-x7k"), "Pod was killed for memory three times",
             "Raise the memory limit or serve v1.9.2", "overlays/production/memory.yaml", 7, false},
            {Severity::Warning, "llm-service", key("Rollout", "inference-rollout", "argoproj.io"),
             "Rollout waits for a decision", "Promote or abort it", "", 0, true},
            {Severity::Advice, "ranker", std::nullopt, "Automated sync is off", "Turn it on or sync by hand", "", 0,
             false}};
}

eng::GpuInventory sampleGpus()
{
    eng::GpuInventory out;
    for (int i = 1; i <= 3; ++i) {
        const std::string n = std::to_string(i);
        eng::GpuRow row {{}, "gpu-node-" + n, "nvidia.com/gpu", "A100-SXM4-80GB", 8, 8, 0, i == 3 ? "cordoned" : "",
                         {}};
        row.holders.push_back({pod("inference-v1-" + n), "llm-service", 1, "Running", {}});
        row.holders.push_back({pod("embeddings-" + n), "embeddings", i == 1 ? 7 : 2, "Running", {}});
        for (const auto& holder : row.holders)
            row.requested += holder.count;
        out.rows.push_back(std::move(row));
    }
    out.waiting.push_back({"nvidia.com/gpu",
                           {pod("llm-predictor-1"), "llm-service", 4, "Pending",
                            "0/3 nodes are available: 3 Insufficient nvidia.com/gpu."}});
    return out;
}

std::vector<eng::ModelRow> sampleModels()
{
    eng::ModelRow service;
    service.key = key("InferenceService", "llm-service", "serving.kserve.io");
    service.application = "llm-service";
    service.model = "llm";
    service.version = "v2.1.0";
    service.uri = "s3://models/llm/v2.1.0";
    service.framework = "pytorch";
    service.mode = "Serverless";
    service.health = Health::Progressing;
    service.reason = "1 of 2 replicas are ready";
    service.lanes = {{"llm-service-00041", "v1.9.2", "s3://models/llm/v1.9.2", 80, 90, false},
                     {"llm-service-00042", "v2.1.0", "s3://models/llm/v2.1.0", 20, 10, true}};
    eng::ModelRow embeddings;
    embeddings.key = key("InferenceService", "embeddings", "serving.kserve.io");
    embeddings.application = "embeddings";
    embeddings.model = "intfloat/e5-large";
    embeddings.version = "v2";
    embeddings.uri = "hf://intfloat/e5-large:v2";
    embeddings.framework = "huggingface";
    embeddings.mode = "RawDeployment";
    embeddings.health = Health::Healthy;
    embeddings.warning = "canaryTrafficPercent is read in Serverless mode only: in RawDeployment mode KServe replaces "
                         "the pods of the old version";
    embeddings.lanes = {{{}, "v2", embeddings.uri, 100, 100, false}};
    auto rollout = eng::viewModel(sampleRollout());
    rollout.model = "inference";
    return {service, embeddings, rollout};
}

eng::Administration sampleAdmin()
{
    eng::Administration out;
    const core::manifest::ResourceKey project {"argoproj.io", "AppProject", "argocd", "ml-production"};
    out.projects = {{project,
                     "Models that serve customers",
                     {"https://git.example.com/ml/*"},
                     {"ml-* @ production"},
                     {"deployer"},
                     2,
                     4},
                    {{"argoproj.io", "AppProject", "argocd", "ml-training"}, "", {"*"}, {"* @ *"}, {}, 0, 3}};
    out.repositories = {{{"", "Secret", "argocd", "repo-platform"},
                         "https://git.example.com/ml/platform.git",
                         "git",
                         "",
                         "token",
                         "bot",
                         false,
                         false,
                         7},
                        {{"", "Secret", "argocd", "creds"},
                         "https://git.example.com/",
                         "git",
                         "ml-training",
                         "SSH key",
                         "",
                         true,
                         true,
                         0}};
    out.clusters = {{{}, "in-cluster", "https://kubernetes.default.svc", "", {}, "", false, 5},
                    {{"", "Secret", "argocd", "cluster-edge"},
                     "edge",
                     "https://10.2.0.4:6443",
                     "",
                     {"ml-edge"},
                     "bearer token",
                     true,
                     2}};
    out.certificates = {{{"", "ConfigMap", "argocd", "argocd-tls-certs-cm"},
                         eng::AdminCertificate::Kind::Tls,
                         "git.example.com",
                         "Example Root CA",
                         "SHA256:x3bV6hQ0dV2m8pJqXn1uJtY7c9kLwE5sR4aZ2fG1hI",
                         now() + 24h * 20,
                         ""},
                        {{"", "ConfigMap", "argocd", "argocd-ssh-known-hosts-cm"},
                         eng::AdminCertificate::Kind::Ssh,
                         "git.example.com",
                         "ssh-ed25519",
                         "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU",
                         std::nullopt,
                         ""}};
    out.subscriptions = {
        {{"argoproj.io", "Application", "argocd", "llm-service"},
         "notifications.argoproj.io/subscribe.on-health-degraded.slack",
         "on-health-degraded",
         "slack",
         {"ml-oncall", "ml-platform"}},
        {{"", "ConfigMap", "argocd", "argocd-notifications-cm"}, "", "on-sync-failed", "webhook:alerts", {"alerts"}}};
    core::gitops::SyncWindow nights;
    nights.deny = true;
    nights.schedule = "0 18 * * *";
    nights.duration = "12h";
    nights.applications = {"*"};
    nights.timeZone = "Asia/Riyadh";
    core::gitops::SyncWindow release;
    release.schedule = "0 9 * * 1-5";
    release.duration = "8h";
    release.applications = {"llm-*"};
    release.manualSync = true;
    release.description = "working hours";
    for (const auto& window : {nights, release}) {
        eng::AdminWindow entry {"ml-production", window, false, {}, {}};
        entry.times = eng::windowTimes(window, now(), now() + 24h * 14).value();
        entry.active = entry.times.front().first <= now();
        out.windows.push_back(entry);
    }
    out.triggers = {"on-health-degraded", "on-sync-failed", "on-deployed"};
    out.services = {"slack", "webhook:alerts"};
    const core::manifest::ResourceKey settings {"", "ConfigMap", "argocd", "argocd-cm"};
    out.accounts = {{settings, "admin", true, true, {"login"}, {"role:admin"}, {}},
                    {settings, "ci", true, true, {"apiKey"}, {"role:deployer"}, {{"t1", {}, core::TimePoint()}}}};
    return out;
}

eng::AppDiff sampleDiff()
{
    using Action = eng::ResourceDiff::Action;
    eng::AppDiff result;
    result.revision = kRevision;
    eng::ResourceDiff rollout;
    rollout.key = key("Rollout", "inference-rollout", "argoproj.io");
    rollout.action = Action::Patch;
    rollout.outOfSync = true;
    rollout.restartsPods = true;
    rollout.wave = 3;
    const auto manifest = [](const char* image, const char* memory, const char* weight) {
        std::string text = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata:\n  name: inference-rollout\n"
                           "  namespace: ml-serving\nspec:\n  replicas: 10\n  template:\n    spec:\n      containers:\n"
                           "      - name: inference\n        image: registry.example.com/inference:";
        text += image;
        text += "\n        resources:\n          limits:\n            memory: ";
        text += memory;
        text += "\n            nvidia.com/gpu: \"1\"\n        ports:\n";
        for (int i = 0; i < 30; ++i)
            text += "        - containerPort: " + std::to_string(8000 + i) + "\n";
        text += "  strategy:\n    canary:\n      steps:\n      - setWeight: ";
        text += weight;
        text += "\n      - pause: {duration: 5m}\n";
        return text;
    };
    rollout.liveYaml = manifest("v1.9.2", "24Gi", "20");
    rollout.desiredYaml = manifest("v2.1.0", "16Gi", "10");
    rollout.lastAppliedYaml = manifest("v1.9.2", "16Gi", "20"); // somebody raised the memory by hand
    rollout.changes = {{{"spec", "template", "spec", "containers", "0", "image"},
                        core::manifest::Value("registry.example.com/inference:v1.9.2"),
                        core::manifest::Value("registry.example.com/inference:v2.1.0"),
                        false,
                        "changed in Git",
                        "kustomization.yaml",
                        14},
                       {{"spec", "template", "spec", "containers", "0", "resources", "limits", "memory"},
                        core::manifest::Value("24Gi"),
                        core::manifest::Value("16Gi"),
                        false,
                        "changed in Git",
                        "overlays/production/memory.yaml",
                        7},
                       {{"spec", "strategy", "canary", "steps", "0", "setWeight"},
                        core::manifest::Value(20),
                        core::manifest::Value(10),
                        false,
                        "changed live by kubectl-edit",
                        "rollout.yaml",
                        41}};
    eng::ResourceDiff config;
    config.key = key("ConfigMap", "model-config");
    config.action = Action::Patch;
    config.outOfSync = true;
    config.wave = 1;
    config.liveYaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: model-config\ndata:\n  mode: fast\n";
    config.desiredYaml = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: model-config\ndata:\n  mode: exact\n";
    config.changes = {{{"data", "mode"},
                       core::manifest::Value("fast"),
                       core::manifest::Value("exact"),
                       false,
                       "changed in Git",
                       "config.yaml",
                       6}};
    eng::ResourceDiff job;
    job.key = key("Job", "migrate", "batch");
    job.action = Action::Create;
    job.outOfSync = true;
    job.wave = -1;
    job.desiredYaml = "apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: migrate\nspec:\n  backoffLimit: 2\n";
    eng::ResourceDiff old;
    old.key = key("Service", "old");
    old.action = Action::Prune;
    old.outOfSync = true;
    old.liveYaml = "apiVersion: v1\nkind: Service\nmetadata:\n  name: old\nspec:\n  ports:\n  - port: 80\n";
    eng::ResourceDiff same;
    same.key = key("Secret", "model-credentials");
    same.wave = 1;
    same.liveYaml = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: model-credentials\ndata:\n  token: ++++++++\n";
    same.desiredYaml = same.liveYaml;
    result.resources = {rollout, config, job, old, same};
    result.problems = {{eng::Problem::Severity::Warning, "llm-service", rollout.key,
                        "Memory limit lowered; peak use over 7 days was 15.1Gi", "Keep 24Gi",
                        "overlays/production/memory.yaml", 7, false}};
    return result;
}

eng::Plan samplePlan()
{
    using Action = eng::ResourceDiff::Action;
    eng::Plan plan;
    plan.revision = kRevision;
    const auto add = [&](core::manifest::ResourceKey key, const char* phase, int wave,
                         Action action) -> eng::PlanTask& {
        eng::PlanTask task;
        task.key = std::move(key);
        task.phase = phase;
        task.wave = wave;
        task.action = action;
        plan.tasks.push_back(std::move(task));
        return plan.tasks.back();
    };
    add(key("Job", "migrate", "batch"), "PreSync", -1, Action::Hook).note = "about 40 s";
    add(key("ConfigMap", "model-config"), "Sync", 1, Action::Patch);
    auto& rollout = add(key("Rollout", "inference-rollout", "argoproj.io"), "Sync", 3, Action::Patch);
    rollout.restartsPods = true;
    rollout.note = "10 pods are replaced over ten steps";
    add(key("HorizontalPodAutoscaler", "inference", "autoscaling"), "Sync", 5, Action::Create).dryRunError =
        "quota: limit of 2 autoscalers reached";
    add(key("Service", "old"), "Sync", 6, Action::Prune);
    plan.blastRadius = 63;
    plan.problems = sampleDiff().problems;
    return plan;
}

std::vector<eng::AuditEntry> sampleAudit()
{
    std::vector<eng::AuditEntry> entries;
    const auto add = [&](const char* who, const char* action, const char* object, const char* result,
                         core::Duration ago) {
        eng::AuditEntry entry;
        entry.id = 120 - static_cast<std::int64_t>(entries.size());
        entry.at = now() - ago;
        entry.who = who;
        entry.action = action;
        entry.object = object;
        entry.fromRevision = "9f8e7d6c5b4a39281706f5e4d3c2b1a098765432";
        entry.toRevision = kRevision;
        entry.result = result;
        entry.details = "{}";
        entry.hash = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef";
        entries.push_back(entry);
    };
    add("automated", "sync", "Application/argocd/llm-service", "started", 130s);
    add("salma", "commit", "Application/argocd/llm-service", "Succeeded", 10min);
    add("salma", "rollback", "Application/argocd/llm-service", "Succeeded", 26h);
    add("omar", "abort", "Rollout/ml-serving/inference-rollout", "Failed: already aborted", 27h);
    return entries;
}

} // namespace

core::manifest::ResourceKey key(std::string kind, std::string name, std::string group, std::string nameSpace)
{
    return {std::move(group), std::move(kind), std::move(nameSpace), std::move(name)};
}

eng::AppId sampleApp()
{
    return {"argocd", "llm-service"};
}

eng::Snapshot emptySnapshot()
{
    eng::Snapshot snapshot;
    snapshot.version = 1;
    snapshot.at = now();
    snapshot.connection.name = "embedded";
    snapshot.connection.server = "embedded";
    snapshot.connection.state = eng::Connection::State::Connected;
    snapshot.connection.embedded = true;
    snapshot.events = std::make_shared<const std::vector<eng::Event>>();
    snapshot.problems = std::make_shared<const std::vector<eng::Problem>>();
    snapshot.notifications = std::make_shared<const std::vector<eng::Notification>>();
    return snapshot;
}

eng::Snapshot sampleSnapshot()
{
    eng::Snapshot snapshot = emptySnapshot();
    snapshot.connection.name = "production";
    snapshot.connection.server = "https://eu-west.example.com:6443";
    snapshot.connection.embedded = false;
    snapshot.connection.production = true;
    const auto add = [&](eng::Application application) {
        snapshot.applications.push_back(std::make_shared<const eng::Application>(std::move(application)));
    };
    auto embeddings = app("embeddings", "ml-production", Health::Healthy, SyncState::Synced);
    embeddings.gpus = 1;
    embeddings.operation.phase = OperationPhase::Succeeded;
    embeddings.resources = {node(key("Deployment", "embeddings", "apps"), {"3/3"})};
    auto features = app("feature-store", "ml-production", Health::Suspended, SyncState::Synced);
    features.healthMessage = "CronJob/refresh is suspended";
    features.autoSync = false;
    auto ranker = app("ranker", "ml-production", Health::Progressing, SyncState::OutOfSync);
    ranker.healthMessage = "Deployment/ranker: 2 of 4 replicas are ready";
    ranker.outOfSyncCount = 1;
    auto trainer = app("train-nightly", "ml-training", Health::Healthy, SyncState::Synced);
    auto lost = app("tokenizer", "ml-training", Health::Missing, SyncState::OutOfSync);
    lost.operation.phase = OperationPhase::Failed;
    lost.operation.message = "one or more objects failed to apply";
    lost.outOfSyncCount = 4;
    auto unknown = app("whisper", "ml-training", Health::Unknown, SyncState::Unknown);
    unknown.conditions = {{"ComparisonError", "kustomization.yaml:7: no such file: base", now() - 5min}};
    add(embeddings);
    add(features);
    add(llmService());
    add(ranker);
    add(lost);
    add(trainer);
    add(unknown);
    snapshot.rollouts = {std::make_shared<const eng::Rollout>(sampleRollout())};
    snapshot.events = std::make_shared<const std::vector<eng::Event>>(sampleEvents());
    snapshot.problems = std::make_shared<const std::vector<eng::Problem>>(sampleProblems());
    snapshot.notifications = std::make_shared<const std::vector<eng::Notification>>(
        std::vector<eng::Notification> {{now() - 90s, "llm-service", "on-health-degraded", "webhook:alerts",
                                         "اكتمل نشر النموذج llm-service", true, ""}});
    return snapshot;
}

/// The sample's canary as an update of ten pods with a GPU each, for which two are free.
eng::RolloutPreview samplePreview()
{
    const auto rollout = core::manifest::parseYaml("apiVersion: argoproj.io/v1alpha1\n"
                                                   "kind: Rollout\n"
                                                   "metadata: {name: inference-rollout, namespace: ml-serving}\n"
                                                   "spec:\n"
                                                   "  replicas: 10\n"
                                                   "  selector: {matchLabels: {app: inference}}\n"
                                                   "  template:\n"
                                                   "    metadata: {labels: {app: inference}}\n"
                                                   "    spec:\n"
                                                   "      containers:\n"
                                                   "      - name: server\n"
                                                   "        image: registry.example.com/inference:v2\n"
                                                   "        resources: {limits: {nvidia.com/gpu: 1}}\n"
                                                   "  strategy:\n"
                                                   "    canary:\n"
                                                   "      maxSurge: 30%\n"
                                                   "      maxUnavailable: 0\n"
                                                   "      steps: [{setWeight: 10}, {pause: {duration: 5m}}, "
                                                   "{setWeight: 30}, {pause: {}}, {setWeight: 100}]\n",
                                                   "sample")
                             ->front()
                             .value;
    eng::RolloutPreview preview;
    preview.pending = true;
    preview.free = {{"nvidia.com/gpu", 2}};
    core::rollout::SimulationOptions options;
    options.free = preview.free;
    preview.simulation = core::rollout::simulate(rollout, options).value();
    return preview;
}

std::unique_ptr<FakeEngine> sampleEngine()
{
    auto engine = std::make_unique<FakeEngine>(std::make_shared<const eng::Snapshot>(sampleSnapshot()));
    engine->diffs[sampleApp()] = sampleDiff();
    engine->rolloutPreview = samplePreview();
    engine->plans[sampleApp()] = samplePlan();
    engine->plans[sampleApp()].rollouts = {
        {key("Rollout", "inference-rollout", "argoproj.io"), engine->rolloutPreview}};
    engine->auditEntries = sampleAudit();
    engine->gpuInventory = sampleGpus();
    engine->modelRows = sampleModels();
    engine->admin = sampleAdmin();
    engine->fileTexts = {
        {"environments/production/values-production.yaml",
         "# قيم بيئة الإنتاج\nreplicas: 10\nimage:\n  repository: registry.example.com/inference\n  tag: v2.1.0\n"
         "resources:\n  limits:\n    memory: 16Gi\n    nvidia.com/gpu: 1\nnotification:\n"
         "  message: \"اكتمل نشر النموذج {{.app.metadata.name}}\"\n"},
        {"models/llm-service/kustomization.yaml", "resources:\n- rollout.yaml\nimages:\n- name: inference\n"}};
    engine->podLogs[pod("inference-v2-x7k")] = "2026-03-01T10:41:58Z INFO loading model llama-v7\n"
                                               "2026-03-01T10:42:05Z ERROR out of memory: 16Gi\n";
    const auto snapshot = engine->snapshot();
    for (const auto& application : snapshot->applications) {
        for (const auto& resource : application->resources) {
            eng::ResourceDetails details;
            details.key = resource.key;
            details.liveYaml = "kind: " + resource.key.kind + "\nmetadata:\n  name: " + resource.key.name + "\n";
            details.desiredYaml = details.liveYaml;
            details.reason = resource.healthMessage;
            details.file = resource.managed ? "deployment.yaml" : "";
            details.line = resource.managed ? 41 : 0;
            for (const auto& event : *snapshot->events) {
                if (event.object == resource.key)
                    details.events.push_back(event);
            }
            engine->resourceDetails[resource.key] = details;
        }
    }
    const auto object = [&](const std::string& json) {
        if (auto value = core::manifest::parseJson(json))
            engine->liveObjects.push_back(*value);
    };
    for (int i = 1; i <= 3; ++i) {
        const std::string n = std::to_string(i);
        object(
            R"({"apiVersion":"v1","kind":"Node","metadata":{"name":"gpu-node-)" + n
            + R"(","labels":{"nvidia.com/gpu.product":"A100"}},"status":{"allocatable":{"nvidia.com/gpu":"8","cpu":"32"}}})");
        object(
            R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":"inference-v1-)" + n
            + R"(","namespace":"ml-serving","creationTimestamp":"2026-02-26T10:00:00Z"},"spec":{"nodeName":"gpu-node-)"
            + n
            + R"(","containers":[{"name":"inference","image":"registry.example.com/inference:v1.9.2","resources":{"requests":{"nvidia.com/gpu":"1"}}}]},"status":{"phase":"Running"}})");
    }
    return engine;
}

eng::Snapshot manyApplications(int count)
{
    eng::Snapshot snapshot = emptySnapshot();
    constexpr std::array healths {Health::Healthy,  Health::Healthy,   Health::Progressing,
                                  Health::Degraded, Health::Suspended, Health::Missing};
    for (int i = 0; i < count; ++i) {
        auto application = app("app-" + std::to_string(100'000 + i), "project-" + std::to_string(i % 17),
                               healths.at(static_cast<std::size_t>(i) % healths.size()),
                               i % 5 == 0 ? SyncState::OutOfSync : SyncState::Synced);
        snapshot.applications.push_back(std::make_shared<const eng::Application>(std::move(application)));
    }
    return snapshot;
}

eng::Snapshot bigTree(int count)
{
    eng::Snapshot snapshot = emptySnapshot();
    auto application = app("big", "ml-production", Health::Progressing, SyncState::OutOfSync);
    while (static_cast<int>(application.resources.size()) < count) {
        const std::string id = std::to_string(application.resources.size());
        const auto deployment = key("Deployment", "d" + id, "apps");
        const auto replicas = key("ReplicaSet", "d" + id + "-rs", "apps");
        application.resources.push_back(node(deployment, {"5/5", Health::Healthy, static_cast<int>(id.size())}));
        application.resources.push_back(node(replicas, {"5/5"}, {deployment}));
        for (int i = 0; i < 5; ++i)
            application.resources.push_back(node(pod("d" + id + "-" + std::to_string(i)), {"Running"}, {replicas}));
    }
    application.resources.resize(static_cast<std::size_t>(count));
    snapshot.applications.push_back(std::make_shared<const eng::Application>(std::move(application)));
    return snapshot;
}

} // namespace support
