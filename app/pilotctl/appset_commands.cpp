// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/manifest/resource.h"
#include "core/manifest/yaml.h"
#include "pilotctl/output.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>

namespace pilotctl {

using namespace core::engine;
namespace json = boost::json;
namespace manifest = core::manifest;

namespace {

struct SetFlags
{
    std::string name;
    std::string nameSpace = "argocd";
    std::string file;
    bool manifests = false;
};

/// "True" of a condition, or "".
std::string_view condition(const manifest::Value& set, std::string_view type, std::string_view field)
{
    for (const auto& item : manifest::array(set, {"status", "conditions"})) {
        if (manifest::text(item, {"type"}) == type)
            return manifest::text(item, {field});
    }
    return {};
}

std::string state(const manifest::Value& set)
{
    if (condition(set, "ErrorOccurred", "status") == "True")
        return "Error";
    if (condition(set, "RolloutProgressing", "status") == "True")
        return "Progressing";
    return condition(set, "ResourcesUpToDate", "status") == "True" ? "UpToDate" : "Unknown";
}

void list(Context& context)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    const auto sets = engine->objects({"argoproj.io", "ApplicationSet"}, {}, {});
    if (!sets)
        return context.fail(sets.error());
    if (context.format() != Format::Table)
        return print(json::array(sets->begin(), sets->end()), context.format());
    std::vector<std::vector<std::string>> rows;
    for (const auto& set : *sets) {
        const auto message = condition(set, "ErrorOccurred", "status") == "True"
            ? condition(set, "ErrorOccurred", "message")
            : condition(set, "RolloutProgressing", "message");
        rows.push_back({std::string(manifest::nameSpace(set)), std::string(manifest::name(set)),
                        std::to_string(manifest::array(set, {"status", "resources"}).size()), state(set),
                        std::string(message)});
    }
    std::fputs(table({"NAMESPACE", "NAME", "APPLICATIONS", "STATE", "MESSAGE"}, rows).c_str(), stdout);
}

void get(Context& context, const SetFlags& flags)
{
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    const auto sets = engine->objects({"argoproj.io", "ApplicationSet"}, flags.nameSpace, {});
    if (!sets)
        return context.fail(sets.error());
    const auto found =
        std::find_if(sets->begin(), sets->end(), [&](const auto& set) { return manifest::name(set) == flags.name; });
    if (found == sets->end())
        return context.fail("there is no ApplicationSet \"" + flags.name + "\" in namespace " + flags.nameSpace);
    if (context.format() != Format::Table)
        return print(*found, context.format());
    std::printf("Name:        %s\nNamespace:   %s\nState:       %s\n", flags.name.c_str(), flags.nameSpace.c_str(),
                state(*found).c_str());
    for (const auto& item : manifest::array(*found, {"status", "conditions"}))
        std::printf("Condition:   %s=%s %s: %s\n", std::string(manifest::text(item, {"type"})).c_str(),
                    std::string(manifest::text(item, {"status"})).c_str(),
                    std::string(manifest::text(item, {"reason"})).c_str(),
                    std::string(manifest::text(item, {"message"})).c_str());
    std::vector<std::vector<std::string>> rows;
    for (const auto& item : manifest::array(*found, {"status", "resources"})) {
        const auto name = manifest::text(item, {"name"});
        std::string step, rollout;
        for (const auto& status : manifest::array(*found, {"status", "applicationStatus"})) {
            if (manifest::text(status, {"application"}) == name) {
                step = manifest::text(status, {"step"});
                rollout = manifest::text(status, {"status"});
            }
        }
        rows.push_back({std::string(name), std::string(manifest::text(item, {"status"})),
                        std::string(manifest::text(item, {"health", "status"})), step, rollout});
    }
    std::printf("\n%s", table({"APPLICATION", "SYNC", "HEALTH", "STEP", "ROLLOUT"}, rows).c_str());
}

const char* actionName(SetPreview::Application::Action action)
{
    using Action = SetPreview::Application::Action;
    switch (action) {
    case Action::Create:
        return "create";
    case Action::Update:
        return "update";
    case Action::Delete:
        return "delete";
    case Action::Invalid:
        return "invalid";
    case Action::None:
        break;
    }
    return "unchanged";
}

core::Result<std::string> readFile(const std::string& path)
{
    std::stringstream text;
    if (path == "-") {
        text << std::cin.rdbuf();
        return text.str();
    }
    std::ifstream in(path);
    if (!in)
        return core::fail(core::Error::Code::NotFound, "cannot read the file", path);
    text << in.rdbuf();
    return text.str();
}

json::object asJson(const std::string& set, const SetPreview& preview)
{
    json::array applications;
    for (const auto& row : preview.applications)
        applications.push_back(json::object {{"name", row.name},
                                             {"action", actionName(row.action)},
                                             {"problem", row.problem},
                                             {"application", row.object},
                                             {"patch", row.patch},
                                             {"manifests", json::array(row.manifests.begin(), row.manifests.end())}});
    return {{"applicationSet", set}, {"error", preview.error}, {"applications", std::move(applications)}};
}

void printPreview(const SetPreview& preview)
{
    std::vector<std::vector<std::string>> rows;
    for (const auto& row : preview.applications)
        rows.push_back({actionName(row.action), row.name, std::to_string(row.manifests.size()), row.problem});
    std::fputs(table({"ACTION", "APPLICATION", "MANIFESTS", "PROBLEM"}, rows).c_str(), stdout);
    for (const auto& row : preview.applications) {
        if (row.action == SetPreview::Application::Action::Update)
            std::printf("\n# Application %s changes\n%s", row.name.c_str(), manifest::toYamlOrdered(row.patch).c_str());
        else if (row.action == SetPreview::Application::Action::Create)
            std::printf("\n---\n%s", manifest::toYamlOrdered(row.object).c_str());
        for (const auto& object : row.manifests)
            std::printf("---\n# of Application %s\n%s", row.name.c_str(), manifest::toYamlOrdered(object).c_str());
    }
}

void preview(Context& context, const SetFlags& flags)
{
    const auto text = readFile(flags.file);
    if (!text)
        return context.fail(text.error());
    const auto documents = manifest::parseYaml(*text, flags.file);
    if (!documents)
        return context.fail(documents.error());
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    json::array out;
    for (const auto& document : *documents) {
        const auto result = engine->previewSet(document.value, flags.manifests, {});
        if (!result)
            return context.fail(result.error());
        if (!result->error.empty()) {
            context.fail(result->error);
        } else if (context.format() == Format::Table) {
            printPreview(*result);
            for (const auto& row : result->applications)
                if (row.action != SetPreview::Application::Action::None && context.exitCode == kOk)
                    context.exitCode = kDiffers;
        }
        out.push_back(asJson(std::string(manifest::name(document.value)), *result));
    }
    if (context.format() != Format::Table)
        print(out, context.format());
}

} // namespace

void addApplicationSets(CLI::App& program, Context& context)
{
    auto flags = std::make_shared<SetFlags>();
    auto* sets = program.add_subcommand("appset", "Work with ApplicationSets")->require_subcommand(1);
    sets->add_subcommand("list", "List all ApplicationSets")->callback([&context] { list(context); });
    auto* one = sets->add_subcommand("get", "Show an ApplicationSet with its Applications");
    one->add_option("name", flags->name, "the ApplicationSet")->required();
    one->add_option("--appset-namespace,-N", flags->nameSpace, "namespace of the ApplicationSet");
    one->callback([flags, &context] { get(context, *flags); });
    auto* what = sets->add_subcommand(
        "preview", "Show what a file's ApplicationSets would create, change and delete; exit 3 where anything");
    what->add_option("file", flags->file, "a manifest, or - for standard input")->required();
    what->add_flag("--manifests", flags->manifests, "render the sources of what is created or changed, too");
    what->callback([flags, &context] { preview(context, *flags); });
}

} // namespace pilotctl
