// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/embedded/cluster.h"
#include "core/embedded/sim/scenario.h"
#include "core/embedded/snapshot.h"
#include "core/kube/client.h"
#include "core/kube/curl_transport.h"
#include "core/kube/kubeconfig.h"
#include "core/kube/rate_limit.h"
#include "core/manifest/resource.h"
#include "pilotctl/output.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstdio>

namespace pilotctl {

using namespace core::engine;
namespace json = boost::json;

namespace {

namespace sim = core::embedded::sim;
const core::kube::ResourceType kConfigMaps {"", "v1", "ConfigMap", "configmaps"};

/// The embedded cluster as any process sees it that knows its kubeconfig.
core::Result<std::unique_ptr<core::kube::Client>> servedCluster()
{
    const auto path = core::paths::data() / "cluster" / "kubeconfig";
    PH_TRY(const auto config, core::kube::Kubeconfig::load(path));
    PH_TRY(const auto access, config.access());
    auto client = std::make_unique<core::kube::Client>(core::kube::curlTransport(access));
    if (const auto version = client->serverVersion(); !version)
        return core::fail(version.error().code, "the embedded cluster is not served: " + version.error().message, path,
                          "run pilotctl cluster serve, or Pilothouse itself");
    return client;
}

core::Result<> playScenario(const std::string& file)
{
    PH_TRY(const auto text, core::paths::readFile(file));
    PH_CHECK(sim::parseScenario(text, file));
    PH_TRY(const auto client, servedCluster());
    return sim::startScenario(*client, text, file);
}

void serve(Context& context, const std::string& scenario)
{
    if (!scenario.empty()) { // its mistakes are told before anything starts
        const auto text = core::paths::readFile(scenario);
        if (!text)
            return context.fail(text.error());
        if (const auto parsed = sim::parseScenario(*text, scenario); !parsed)
            return context.fail(parsed.error());
    }
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    if (!scenario.empty())
        if (const auto played = playScenario(scenario); !played)
            return context.fail(played.error());
    const auto snapshot = engine->snapshot();
    std::printf("serving %s\nexport KUBECONFIG=%s\n", snapshot->connection.server.c_str(),
                (core::paths::data() / "cluster" / "kubeconfig").c_str());
    std::fflush(stdout);
    (void)context.waitFor([](const Snapshot&) { return false; }, 0); // until a signal comes
}

void stopScenario(Context& context)
{
    const auto client = servedCluster();
    if (!client)
        return context.fail(client.error());
    if (const auto stopped = sim::stopScenario(**client); !stopped)
        context.fail(stopped.error());
}

void showScenario(Context& context)
{
    const auto client = servedCluster();
    if (!client)
        return context.fail(client.error());
    const auto map = (*client)->get(kConfigMaps, sim::kScenarioNamespace, sim::kScenarioName);
    if (!map && map.error().code != core::Error::Code::NotFound)
        return context.fail(map.error());
    if (!map)
        return void(std::puts("no scenario is played"));
    using core::manifest::annotation;
    if (const std::string problem(annotation(*map, sim::kScenarioProblem)); !problem.empty())
        return context.fail(problem);
    std::printf("# began at %s\n%s", std::string(annotation(*map, sim::kScenarioBegan)).c_str(),
                std::string(core::manifest::text(*map, {"data", sim::kScenarioKey})).c_str());
}

struct ForkFlags
{
    std::string target; ///< file of a snapshot, or home of a fork
    std::string from; ///< file of a snapshot
    bool withSecrets = false;
};

/// The cluster of --kubeconfig, else the served embedded one.
core::Result<core::embedded::Snapshot> snapshotOf(const Context& context, const ForkFlags& flags)
{
    if (!flags.from.empty())
        return core::embedded::readSnapshot(flags.from);
    const auto secrets = flags.withSecrets ? core::embedded::Secrets::Kept : core::embedded::Secrets::Masked;
    if (context.kubeconfig.empty()) {
        PH_TRY(const auto client, servedCluster());
        return core::embedded::takeSnapshot(*client, secrets);
    }
    PH_TRY(const auto config, core::kube::Kubeconfig::load(context.kubeconfig));
    PH_TRY(const auto access, config.access(context.kubeContext));
    core::kube::Client client(core::kube::rateLimited(core::kube::curlTransport(access), {}));
    return core::embedded::takeSnapshot(client, secrets);
}

void tellLeftOut(const core::embedded::Snapshot& snapshot)
{
    for (const auto& [reason, count] : snapshot.leftOut)
        std::fprintf(stderr, "left out: %zu (%s)\n", count, reason.c_str());
}

void snapshotCluster(Context& context, const ForkFlags& flags)
{
    const auto snapshot = snapshotOf(context, flags);
    if (!snapshot)
        return context.fail(snapshot.error());
    if (const auto written = core::embedded::writeSnapshot(*snapshot, flags.target); !written)
        return context.fail(written.error());
    tellLeftOut(*snapshot);
    std::printf("%zu objects of %s\n", snapshot->objects.size(), snapshot->source.c_str());
}

void forkCluster(Context& context, const ForkFlags& flags)
{
    auto taken = snapshotOf(context, flags);
    if (!taken)
        return context.fail(taken.error());
    const auto snapshot = std::make_shared<core::embedded::Snapshot>(std::move(*taken));
    core::embedded::Cluster::Options options;
    options.name = "fork";
    options.folder = std::filesystem::path(flags.target) / "data" / "cluster";
    options.clock = std::make_shared<core::ScaledClock>();
    options.simulate = false; // only written: it begins to move when it is served
    options.snapshot = snapshot;
    if (const auto fork = core::embedded::Cluster::open(options); !fork)
        return context.fail(fork.error());
    tellLeftOut(*snapshot);
    std::printf("%zu objects of %s\nPILOTHOUSE_HOME=%s pilotctl cluster serve\n", snapshot->objects.size(),
                snapshot->source.c_str(), flags.target.c_str());
}

void kubeconfig(Context& context)
{
    const auto path = core::paths::data() / "cluster" / "kubeconfig";
    const auto text = core::paths::readFile(path);
    if (!text)
        return context.fail(
            "the embedded cluster was not started yet: run pilotctl cluster serve, or Pilothouse itself");
    std::fputs(text->c_str(), stdout);
}

void auditList(Context& context, std::size_t limit)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    const auto entries = engine->audit(limit);
    if (!entries)
        return context.fail(entries.error());
    json::array out;
    std::vector<std::vector<std::string>> rows;
    for (const auto& entry : *entries) {
        rows.push_back({std::to_string(entry.id), core::formatRfc3339(entry.at), entry.who, entry.action, entry.object,
                        shortRevision(entry.toRevision), entry.result});
        out.push_back(json::object {{"id", entry.id},
                                    {"at", core::formatRfc3339(entry.at)},
                                    {"who", entry.who},
                                    {"action", entry.action},
                                    {"object", entry.object},
                                    {"fromRevision", entry.fromRevision},
                                    {"toRevision", entry.toRevision},
                                    {"result", entry.result},
                                    {"details", entry.details},
                                    {"hash", entry.hash}});
    }
    if (context.format() != Format::Table)
        return print(out, context.format());
    std::fputs(table({"ID", "TIME", "WHO", "ACTION", "OBJECT", "REVISION", "RESULT"}, rows).c_str(), stdout);
}

void auditVerify(Context& context)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    if (const auto whole = engine->verifyAudit(); !whole)
        return context.fail(whole.error().text(), kDiffers);
    std::puts("the audit log is whole");
}

} // namespace

void addCluster(CLI::App& program, Context& context)
{
    auto* cluster = program.add_subcommand("cluster", "Work with the embedded cluster")->require_subcommand(1);
    auto file = std::make_shared<std::string>();
    auto* serving = cluster->add_subcommand("serve", "Run the embedded cluster and its controllers until interrupted");
    serving->add_option("--scenario", *file, "play this scenario file: what fails, and when");
    serving->callback([&context, file] { serve(context, *file); });
    auto* scenario = cluster->add_subcommand("scenario", "What fails in the served embedded cluster, and when");
    scenario->require_subcommand(1);
    auto* start = scenario->add_subcommand("start", "Play a scenario file from its beginning");
    start->add_option("file", *file)->required();
    start->callback([&context, file] {
        if (const auto played = playScenario(*file); !played)
            context.fail(played.error());
    });
    scenario->add_subcommand("stop", "Let everything work again")->callback([&context] { stopScenario(context); });
    scenario->add_subcommand("show", "Print what is played")->callback([&context] { showScenario(context); });
    cluster->add_subcommand("kubeconfig", "Print the embedded cluster's kubeconfig")->callback([&context] {
        kubeconfig(context);
    });
    auto flags = std::make_shared<ForkFlags>();
    const auto secrets = [flags](CLI::App* command) {
        command->add_flag("--with-secrets", flags->withSecrets, "keep the values of Secrets instead of masking them");
    };
    auto* snapshot = cluster->add_subcommand(
        "snapshot", "Write the objects of a cluster (--kubeconfig, else the served embedded one) to a file");
    snapshot->add_option("file", flags->target)->required();
    secrets(snapshot);
    snapshot->callback([&context, flags] { snapshotCluster(context, *flags); });
    auto* fork = cluster->add_subcommand("fork", "Make an embedded cluster of its own of a cluster or a snapshot");
    fork->add_option("home", flags->target, "the PILOTHOUSE_HOME that it is to live in")->required();
    fork->add_option("--from", flags->from, "a snapshot file, instead of a cluster");
    secrets(fork);
    fork->callback([&context, flags] { forkCluster(context, *flags); });
    auto limit = std::make_shared<std::size_t>(100);
    auto* audit = program.add_subcommand("audit", "Who changed what")->require_subcommand(1);
    auto* list = audit->add_subcommand("list", "List the newest entries");
    list->add_option("--limit", *limit, "how many");
    list->callback([limit, &context] { auditList(context, *limit); });
    audit->add_subcommand("verify", "Check that no entry was changed, removed or reordered; exit 3 where one was")
        ->callback([&context] { auditVerify(context); });
}

} // namespace pilotctl
