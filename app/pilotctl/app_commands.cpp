// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/text_diff.h"
#include "pilotctl/output.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include <cstdio>

namespace pilotctl {

using namespace core::engine;
namespace json = boost::json;

namespace {

struct AppFlags
{
    std::string name;
    std::string nameSpace = "argocd";
    std::string revision;
    std::string reason;
    bool prune = false;
    bool dryRun = false;
    bool force = false;
    bool hard = false;
    bool async = false;
    bool health = false;
    double timeout = 600;
    std::int64_t id = 0;
    std::vector<std::string> resources;
    [[nodiscard]] AppId app() const { return {nameSpace, name}; }
};
using FlagsPtr = std::shared_ptr<AppFlags>;

ApplicationPtr find(const Snapshot& snapshot, const AppFlags& flags)
{
    for (const auto& app : snapshot.applications)
        if (app->name == flags.name && app->nameSpace == flags.nameSpace)
            return app;
    return nullptr;
}

json::object summary(const Application& app)
{
    return {{"name", app.name},
            {"namespace", app.nameSpace},
            {"project", app.project},
            {"cluster", app.cluster},
            {"destinationNamespace", app.destinationNamespace},
            {"sync", text(app.sync)},
            {"health", text(app.health)},
            {"healthMessage", app.healthMessage},
            {"operation", text(app.operation.phase)},
            {"operationMessage", app.operation.message},
            {"revision", app.revision},
            {"repoURL", app.repoUrl},
            {"path", app.path},
            {"targetRevision", app.targetRevision},
            {"autoSync", app.autoSync}};
}

void list(Context& context)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    const auto snapshot = engine->snapshot();
    if (context.format() != Format::Table) {
        json::array out;
        for (const auto& app : snapshot->applications)
            out.push_back(summary(*app));
        return print(out, context.format());
    }
    std::vector<std::vector<std::string>> rows;
    for (const auto& app : snapshot->applications)
        rows.push_back({app->name, app->project, text(app->sync), text(app->health), text(app->operation.phase),
                        shortRevision(app->revision), age(app->createdAt, snapshot->at)});
    std::fputs(table({"NAME", "PROJECT", "SYNC", "HEALTH", "OPERATION", "REVISION", "AGE"}, rows).c_str(), stdout);
}

void get(Context& context, const AppFlags& flags)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    const auto snapshot = engine->snapshot();
    const auto app = find(*snapshot, flags);
    if (!app)
        return context.fail("there is no application \"" + flags.name + "\" in namespace " + flags.nameSpace);
    if (context.format() != Format::Table) {
        auto out = summary(*app);
        json::array resources;
        for (const auto& node : app->resources)
            resources.push_back(json::object {{"group", node.key.group},
                                              {"kind", node.key.kind},
                                              {"namespace", node.key.nameSpace},
                                              {"name", node.key.name},
                                              {"managed", node.managed},
                                              {"wave", node.wave},
                                              {"sync", node.managed ? text(node.sync) : ""},
                                              {"health", node.health ? text(*node.health) : ""},
                                              {"message", node.healthMessage}});
        out["resources"] = std::move(resources);
        json::array conditions;
        for (const auto& condition : app->conditions)
            conditions.push_back(json::object {{"type", condition.type}, {"message", condition.message}});
        out["conditions"] = std::move(conditions);
        return print(out, context.format());
    }
    std::printf("Name:        %s\nProject:     %s\nDestination: %s %s\nSource:      %s %s (%s)\nRevision:    %s "
                "%s\nSync:        "
                "%s\nHealth:      %s %s\nOperation:   %s %s\n",
                app->name.c_str(), app->project.c_str(), app->cluster.c_str(), app->destinationNamespace.c_str(),
                app->repoUrl.c_str(), app->path.c_str(), app->targetRevision.c_str(),
                shortRevision(app->revision).c_str(), app->revisionSummary.c_str(), text(app->sync), text(app->health),
                app->healthMessage.c_str(), text(app->operation.phase), app->operation.message.c_str());
    for (const auto& condition : app->conditions)
        std::printf("Condition:   %s: %s\n", condition.type.c_str(), condition.message.c_str());
    std::vector<std::vector<std::string>> rows;
    for (const auto& node : app->resources)
        if (node.managed)
            rows.push_back({std::to_string(node.wave), node.key.kind, node.key.nameSpace, node.key.name,
                            text(node.sync), node.health ? text(*node.health) : "", node.statusText});
    std::printf("\n%s", table({"WAVE", "KIND", "NAMESPACE", "NAME", "SYNC", "HEALTH", "STATUS"}, rows).c_str());
}

const char* actionName(ResourceDiff::Action action)
{
    switch (action) {
    case ResourceDiff::Action::Create:
        return "create";
    case ResourceDiff::Action::Patch:
        return "patch";
    case ResourceDiff::Action::Prune:
        return "prune";
    case ResourceDiff::Action::Replace:
        return "replace";
    case ResourceDiff::Action::Hook:
        return "hook";
    case ResourceDiff::Action::None:
        break;
    }
    return "none";
}

std::string shown(const std::optional<core::manifest::Value>& value)
{
    return value ? core::manifest::toJson(*value) : "(none)";
}

void diff(Context& context, const AppFlags& flags)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    const auto result = engine->diff(flags.app(), {});
    if (!result)
        return context.fail(result.error());
    json::array out;
    bool differs = false;
    for (const auto& resource : result->resources) {
        if (!resource.outOfSync)
            continue;
        differs = true;
        json::array changes;
        if (context.format() == Format::Table)
            std::printf("===== %s  %s%s =====\n", resource.key.text().c_str(), actionName(resource.action),
                        resource.restartsPods ? ", pods restart" : "");
        for (const auto& change : resource.changes) {
            if (change.ignored)
                continue;
            std::string path;
            for (const auto& part : change.path)
                path += (path.empty() ? "" : ".") + part;
            const auto place = change.file.empty()
                ? std::string {}
                : change.file + (change.line > 0 ? ":" + std::to_string(change.line) : "");
            if (context.format() == Format::Table)
                std::printf("%s\n  - %s\n  + %s\n%s%s", path.c_str(), shown(change.live).c_str(),
                            shown(change.desired).c_str(),
                            change.reason.empty() ? "" : ("    " + change.reason + "\n").c_str(),
                            place.empty() ? "" : ("    " + place + "\n").c_str());
            changes.push_back(
                json::object {{"path", path},
                              {"live", change.live ? *change.live : core::manifest::Value(nullptr)},
                              {"desired", change.desired ? *change.desired : core::manifest::Value(nullptr)},
                              {"reason", change.reason},
                              {"file", place}});
        }
        out.push_back(json::object {{"resource", resource.key.text()},
                                    {"action", actionName(resource.action)},
                                    {"changes", std::move(changes)}});
    }
    for (const auto& problem : result->problems)
        std::fprintf(stderr, "warning: %s%s%s%s\n", problem.file.c_str(),
                     problem.file.empty() ? "" : (":" + std::to_string(problem.line) + ": ").c_str(),
                     problem.message.c_str(), problem.hint.empty() ? "" : (" (" + problem.hint + ")").c_str());
    if (context.format() != Format::Table)
        print(out, context.format());
    context.exitCode = differs ? kDiffers : kOk;
}

/// Follows an operation to its end, printing what it waits for.
void follow(Context& context, const AppFlags& flags, const std::optional<core::TimePoint>& before)
{
    std::string last;
    ApplicationPtr seen;
    const bool ended = context.waitFor(
        [&](const Snapshot& snapshot) {
            seen = find(snapshot, flags);
            if (!seen)
                return false;
            const auto& operation = seen->operation;
            const auto line =
                fmt::format("{} {}/{} {}", text(operation.phase), operation.done, operation.total, operation.message);
            if (line != last)
                context.progress(line);
            last = line;
            return operation.finishedAt.has_value() && operation.finishedAt != before
                && operation.phase != OperationPhase::Running;
        },
        flags.timeout);
    if (!ended)
        return context.fail("the operation did not end in time; it goes on, see: pilotctl app get " + flags.name,
                            kTimedOut);
    std::printf("%s: %s\n", text(seen->operation.phase), seen->operation.message.c_str());
    if (seen->operation.phase != OperationPhase::Succeeded)
        context.exitCode = kFailed;
}

void sync(Context& context, const AppFlags& flags)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    SyncRequest request;
    request.revision = flags.revision;
    request.prune = flags.prune;
    request.dryRun = flags.dryRun;
    request.force = flags.force;
    request.reason = flags.reason;
    for (const auto& resource : flags.resources) {
        // GROUP:KIND:NAME or GROUP:KIND:NAMESPACE/NAME, as argocd's command line has it.
        const auto first = resource.find(':');
        const auto second = resource.find(':', first + 1);
        if (first == std::string::npos || second == std::string::npos)
            return context.fail("--resource wants GROUP:KIND:NAME, not " + resource, kUsage);
        auto name = resource.substr(second + 1);
        std::string nameSpace;
        if (const auto slash = name.find('/'); slash != std::string::npos) {
            nameSpace = name.substr(0, slash);
            name.erase(0, slash + 1);
        }
        request.resources.push_back(
            {resource.substr(0, first), resource.substr(first + 1, second - first - 1), nameSpace, name});
    }
    std::optional<core::TimePoint> before;
    if (const auto app = find(*engine->snapshot(), flags))
        before = app->operation.finishedAt;
    // An automated sync of a fresh start may run already: it is waited for, then ours begins.
    (void)context.waitFor(
        [&](const Snapshot& snapshot) {
            const auto app = find(snapshot, flags);
            if (app)
                before = app->operation.finishedAt;
            return !app || app->operation.phase != OperationPhase::Running;
        },
        flags.timeout);
    if (const auto accepted = engine->sync(flags.app(), request); !accepted)
        return context.fail(accepted.error());
    if (!flags.async)
        follow(context, flags, before);
}

void wait(Context& context, const AppFlags& flags)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    if (!find(*engine->snapshot(), flags))
        return context.fail("there is no application \"" + flags.name + "\" in namespace " + flags.nameSpace);
    std::string last;
    const bool reached = context.waitFor(
        [&](const Snapshot& snapshot) {
            const auto app = find(snapshot, flags);
            if (!app)
                return false;
            const auto line = fmt::format("{} {} {} {}", text(app->sync), text(app->health), text(app->operation.phase),
                                          app->operation.waitingFor);
            if (line != last)
                context.progress(line);
            last = line;
            return app->sync == SyncState::Synced && app->operation.phase != OperationPhase::Running
                && (!flags.health || app->health == Health::Healthy);
        },
        flags.timeout);
    if (!reached)
        return context.fail("timed out; the last state was: " + last + context.connectionProblem(), kTimedOut);
    std::puts(last.c_str());
}

void history(Context& context, const AppFlags& flags)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    const auto snapshot = engine->snapshot();
    const auto app = find(*snapshot, flags);
    if (!app)
        return context.fail("there is no application \"" + flags.name + "\" in namespace " + flags.nameSpace);
    json::array out;
    std::vector<std::vector<std::string>> rows;
    for (const auto& entry : app->history) {
        const auto deployed = entry.deployedAt ? core::formatRfc3339(*entry.deployedAt) : std::string("-");
        rows.push_back(
            {std::to_string(entry.id), deployed, shortRevision(entry.revision), entry.initiatedBy, entry.summary});
        out.push_back(json::object {{"id", entry.id},
                                    {"revision", entry.revision},
                                    {"deployedAt", deployed},
                                    {"initiatedBy", entry.initiatedBy},
                                    {"summary", entry.summary}});
    }
    if (context.format() != Format::Table)
        return print(out, context.format());
    std::fputs(table({"ID", "DEPLOYED", "REVISION", "BY", "COMMIT"}, rows).c_str(), stdout);
}

void rollback(Context& context, const AppFlags& flags)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    std::optional<core::TimePoint> before;
    if (const auto app = find(*engine->snapshot(), flags))
        before = app->operation.finishedAt;
    if (const auto accepted = engine->rollback(flags.app(), flags.id, flags.reason); !accepted)
        return context.fail(accepted.error());
    if (!flags.async)
        follow(context, flags, before);
}

/// A command that only asks the engine for something.
void ask(Context& context, const std::function<core::Result<>(Engine&)>& request)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    if (const auto accepted = request(*engine); !accepted)
        context.fail(accepted.error());
}

CLI::App* verb(CLI::App& parent, const char* name, const char* help, const FlagsPtr& flags)
{
    auto* command = parent.add_subcommand(name, help);
    command->add_option("name", flags->name, "the application")->required();
    command->add_option("--app-namespace,-N", flags->nameSpace, "namespace of the Application");
    return command;
}

} // namespace

void addApplications(CLI::App& program, Context& context)
{
    auto flags = std::make_shared<AppFlags>();
    auto* app = program.add_subcommand("app", "Work with applications")->require_subcommand(1);
    app->add_subcommand("list", "List all applications")->callback([&context] { list(context); });
    verb(*app, "get", "Show an application with its resources", flags)->callback([flags, &context] {
        get(context, *flags);
    });
    verb(*app, "diff", "Show what a sync would change; exit 3 where something differs", flags)
        ->callback([flags, &context] { diff(context, *flags); });
    auto* syncing = verb(*app, "sync", "Sync an application and wait for the end", flags);
    syncing->add_option("--revision", flags->revision, "another revision than the application's");
    syncing->add_option("--resource", flags->resources, "only GROUP:KIND:[NAMESPACE/]NAME, may be repeated");
    syncing->add_flag("--prune", flags->prune, "delete what is no longer in Git");
    syncing->add_flag("--dry-run", flags->dryRun, "ask the server, change nothing");
    syncing->add_flag("--force", flags->force, "delete and create again what cannot be patched");
    syncing->add_flag("--async", flags->async, "do not wait");
    syncing->add_option("--timeout", flags->timeout, "seconds to wait");
    syncing->add_option("--reason", flags->reason, "for the audit log");
    syncing->callback([flags, &context] { sync(context, *flags); });
    auto* waiting = verb(*app, "wait", "Wait until an application is synced", flags);
    waiting->add_flag("--health", flags->health, "and healthy");
    waiting->add_option("--timeout", flags->timeout, "seconds to wait");
    waiting->callback([flags, &context] { wait(context, *flags); });
    verb(*app, "history", "List the deployments of an application", flags)->callback([flags, &context] {
        history(context, *flags);
    });
    auto* back = verb(*app, "rollback", "Go back to an entry of the history", flags);
    back->add_option("id", flags->id, "from: pilotctl app history")->required();
    back->add_option("--reason", flags->reason, "for the audit log");
    back->add_flag("--async", flags->async, "do not wait");
    back->callback([flags, &context] { rollback(context, *flags); });
    verb(*app, "terminate", "End the running operation", flags)->callback([flags, &context] {
        ask(context, [&](Engine& engine) { return engine.terminate(flags->app()); });
    });
    auto* again = verb(*app, "refresh", "Compare an application again", flags);
    again->add_flag("--hard", flags->hard, "without any cache");
    again->callback(
        [flags, &context] { ask(context, [&](Engine& engine) { return engine.refresh(flags->app(), flags->hard); }); });
    verb(*app, "enable-auto-sync", "Turn automated sync on", flags)->callback([flags, &context] {
        ask(context, [&](Engine& engine) { return engine.setAutoSync(flags->app(), true); });
    });
    verb(*app, "disable-auto-sync", "Turn automated sync off", flags)->callback([flags, &context] {
        ask(context, [&](Engine& engine) { return engine.setAutoSync(flags->app(), false); });
    });
}

} // namespace pilotctl
