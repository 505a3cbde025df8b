// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/health/customizations.h"
#include "core/manifest/yaml.h"
#include "core/rollout/condition.h"
#include "pilotctl/context.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace pilotctl {

namespace {

core::Result<std::string> readInput(const std::string& path)
{
    if (path != "-")
        return core::paths::readFile(path);
    std::string text;
    char buffer[65536]; // NOLINT(modernize-avoid-c-arrays)
    for (std::size_t n = 0; (n = std::fread(buffer, 1, sizeof buffer, stdin)) > 0;)
        text.append(buffer, n);
    return text;
}

void health(Context& context, const std::string& file, const std::string& customizations)
{
    core::health::Customizations scripts;
    if (!customizations.empty()) {
        const auto text = core::paths::readFile(customizations);
        if (!text)
            return context.fail(text.error());
        const auto documents = core::manifest::parseYaml(*text, customizations);
        if (!documents)
            return context.fail(documents.error());
        if (documents->empty())
            return context.fail(customizations + ": there is no ConfigMap in the file");
        auto parsed = core::health::Customizations::parse(documents->front().value);
        if (!parsed)
            return context.fail(parsed.error());
        scripts = std::move(*parsed);
    }
    const auto text = readInput(file);
    if (!text)
        return context.fail(text.error());
    const auto documents = core::manifest::parseYaml(*text, file);
    if (!documents)
        return context.fail(documents.error());
    const auto report = [&](const core::manifest::Value& object) {
        const auto verdict = core::health::assess(object, scripts.empty() ? nullptr : &scripts);
        // A kind without health counts as healthy as soon as it exists.
        std::printf("%s\t%s\n", verdict ? std::string(core::health::name(verdict->status)).c_str() : "Healthy",
                    verdict ? verdict->message.c_str() : "");
    };
    for (const auto& document : *documents) {
        const auto& items = core::manifest::array(document.value, {"items"});
        if (core::manifest::kind(document.value).ends_with("List") && !items.empty())
            for (const auto& item : items)
                report(item);
        else
            report(document.value);
    }
}

void evaluate(Context& context, const std::string& condition, const std::string& result)
{
    const auto json = core::manifest::parseJson(result, "--result");
    if (!json)
        return context.fail(json.error());
    const auto verdict = core::rollout::evaluateCondition(condition, core::rollout::resultFromJson(*json));
    if (!verdict)
        return context.fail(verdict.error());
    std::puts(*verdict ? "true" : "false");
}

} // namespace

void addEvaluate(CLI::App& program, Context& context)
{
    struct Flags
    {
        std::string file;
        std::string customizations;
        std::string condition;
        std::string result;
    };
    auto flags = std::make_shared<Flags>();
    auto* command = program.add_subcommand("health", "Tell the health of objects: STATUS<TAB>message for each");
    command->add_option("-f,--filename", flags->file, "file of manifests with their status, - for standard input")
        ->required();
    command->add_option("--customizations", flags->customizations, "argocd-cm with resource.customizations");
    command->callback([flags, &context] { health(context, flags->file, flags->customizations); });

    auto* analysis = program.add_subcommand("analysis", "Look into analysis conditions")->require_subcommand(1);
    auto* eval = analysis->add_subcommand("eval", "Evaluate a condition against a measured result");
    eval->add_option("condition", flags->condition, "e.g. result[0] >= 0.99")->required();
    eval->add_option("--result", flags->result, "the provider's answer as JSON, e.g. [0.98]")->required();
    eval->callback([flags, &context] { evaluate(context, flags->condition, flags->result); });
}

} // namespace pilotctl
