// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "pilotctl/output.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstdio>

namespace pilotctl {

using namespace core::engine;
namespace json = boost::json;

namespace {

void serve(Context& context)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    const auto snapshot = engine->snapshot();
    std::printf("serving %s\nexport KUBECONFIG=%s\n", snapshot->connection.server.c_str(),
                (core::paths::data() / "cluster" / "kubeconfig").c_str());
    std::fflush(stdout);
    (void)context.waitFor([](const Snapshot&) { return false; }, 0); // until a signal comes
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
    cluster->add_subcommand("serve", "Run the embedded cluster and its controllers until interrupted")
        ->callback([&context] { serve(context); });
    cluster->add_subcommand("kubeconfig", "Print the embedded cluster's kubeconfig")->callback([&context] {
        kubeconfig(context);
    });
    auto limit = std::make_shared<std::size_t>(100);
    auto* audit = program.add_subcommand("audit", "Who changed what")->require_subcommand(1);
    auto* list = audit->add_subcommand("list", "List the newest entries");
    list->add_option("--limit", *limit, "how many");
    list->callback([limit, &context] { auditList(context, *limit); });
    audit->add_subcommand("verify", "Check that no entry was changed, removed or reordered; exit 3 where one was")
        ->callback([&context] { auditVerify(context); });
}

} // namespace pilotctl
