// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/rbac.h"
#include "core/notify/evaluate.h"
#include "pilotctl/context.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstdio>
#include <optional>

/// Questions that change nothing: what a policy permits, and what a notification would say.
namespace pilotctl {

namespace {

using core::manifest::Value;

struct Flags
{
    std::string action, resource, object;
    std::string user;
    std::vector<std::string> groups;
    std::vector<std::string> templates;
    std::string app, nameSpace = "argocd";
    std::string service = "slack", recipient;
};

/// The object of a kind by its name; nothing where there is none.
core::Result<std::optional<Value>> named(core::engine::Engine& engine, const core::manifest::GroupKind& kind,
                                         const std::string& nameSpace, const std::string& name)
{
    PH_TRY(const auto objects, engine.objects(kind, nameSpace, {}));
    for (const auto& object : objects) {
        if (core::manifest::name(object) == name)
            return std::optional<Value>(object);
    }
    return std::optional<Value>();
}

core::Result<core::gitops::Rbac::Decision> decide(core::engine::Engine& engine, const Flags& flags)
{
    PH_TRY(const auto config, named(engine, {"", "ConfigMap"}, flags.nameSpace, "argocd-rbac-cm"));
    PH_TRY(const auto projects, engine.objects({"argoproj.io", "AppProject"}, flags.nameSpace, {}));
    const auto rbac = core::gitops::Rbac::parse(config ? &*config : nullptr, projects);
    for (const auto& problem : rbac.problems())
        std::fprintf(stderr, "pilotctl: %s\n", problem.c_str());
    return rbac.may({flags.user, flags.groups}, {flags.resource, flags.action, flags.object});
}

void canI(Context& context, const Flags& flags)
{
    auto* engine = context.engine();
    if (!engine)
        return;
    const auto decision = decide(*engine, flags);
    if (!decision)
        return context.fail(decision.error());
    if (context.format() == Format::Table)
        std::printf("%s\t%s\n", decision->allowed ? "yes" : "no", decision->reason.c_str());
    else
        std::printf("%s\n",
                    core::manifest::toJson(Value {{"value", decision->allowed ? "yes" : "no"},
                                                  {"reason", boost::json::string(decision->reason)}})
                        .c_str());
    if (!decision->allowed)
        context.exitCode = kDiffers;
}

core::Result<core::notify::Message> render(core::engine::Engine& engine, const Flags& flags,
                                           std::vector<std::string>& problems)
{
    PH_TRY(const auto app, named(engine, {"argoproj.io", "Application"}, flags.nameSpace, flags.app));
    if (!app)
        return core::fail(core::Error::Code::NotFound, "there is no application " + flags.nameSpace + "/" + flags.app);
    const std::string controller = "argocd";
    PH_TRY(const auto config, named(engine, {"", "ConfigMap"}, controller, "argocd-notifications-cm"));
    PH_TRY(const auto secret, named(engine, {"", "Secret"}, controller, "argocd-notifications-secret"));
    PH_TRY(const auto project,
           named(engine, {"argoproj.io", "AppProject"}, controller,
                 std::string(core::manifest::text(*app, {"spec", "project"}))));
    const auto parsed = core::notify::parseConfig(config ? &*config : nullptr, secret ? &*secret : nullptr);
    core::notify::Due due {{}, {{}, flags.service, flags.recipient}, {}};
    for (const auto& name : flags.templates) {
        if (!parsed.templates.contains(name))
            return core::fail(core::Error::Code::NotFound,
                              "there is no template." + name + " in argocd-notifications-cm");
        due.templates.push_back(name);
    }
    const core::notify::Surroundings surroundings {std::chrono::system_clock::now(), {}};
    return core::notify::renderMessage(parsed, due, flags.service, *app, project ? &*project : nullptr, surroundings,
                                       problems);
}

void preview(Context& context, const Flags& flags)
{
    auto* engine = context.engine();
    if (!engine)
        return;
    std::vector<std::string> problems;
    const auto message = render(*engine, flags, problems);
    for (const auto& problem : problems)
        std::fprintf(stderr, "pilotctl: %s\n", problem.c_str());
    if (!message)
        return context.fail(message.error());
    Value whole = message->blocks.is_object() ? message->blocks : Value(boost::json::object());
    whole.get_object()["message"] = message->text;
    if (context.format() == Format::Table)
        std::printf("%s\n", message->text.c_str());
    else
        std::printf("%s\n", core::manifest::toJson(whole).c_str());
}

} // namespace

void addPolicies(CLI::App& program, Context& context)
{
    auto flags = std::make_shared<Flags>();
    auto* account = program.add_subcommand("account", "Accounts and what they may do")->require_subcommand(1);
    auto* may = account->add_subcommand("can-i", "Ask the policies: yes or no, and which line decides");
    may->add_option("action", flags->action, "get, sync, delete, action/apps/Deployment/restart ...")->required();
    may->add_option("resource", flags->resource, "applications, logs, projects, clusters ...")->required();
    may->add_option("object", flags->object, "PROJECT/APPLICATION, PROJECT/NAMESPACE/APPLICATION, a project ...")
        ->required();
    may->add_option("--user", flags->user, "the account, or proj:PROJECT:ROLE")->required();
    may->add_option("--group", flags->groups, "a group of the account; may be repeated");
    may->callback([flags, &context] { canI(context, *flags); });

    auto* notify = program.add_subcommand("notify", "Look into notifications")->require_subcommand(1);
    auto* show = notify->add_subcommand("preview", "Render templates for an application without sending anything");
    show->add_option("application", flags->app, "its name")->required();
    show->add_option("templates", flags->templates, "names of template.NAME, merged in this order")->required();
    show->add_option("-n,--namespace", flags->nameSpace, "of the application");
    show->add_option("--service", flags->service, "as .serviceType in the template");
    show->add_option("--recipient", flags->recipient, "as .recipient in the template");
    show->callback([flags, &context] { preview(context, *flags); });
}

} // namespace pilotctl
