// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "pilotctl/context.h"
#include "pilotctl/output.h"

#include <CLI/CLI.hpp>
#include <boost/json.hpp>

#include <cstdio>
#include <iostream>
#include <iterator>

namespace pilotctl {

namespace json = boost::json;
using core::engine::AppliedObject;

namespace {

struct ApplyFlags
{
    std::string file;
    std::string nameSpace = "default";
    bool dryRun = false;
};

core::Result<std::string> textOf(const std::string& file)
{
    if (file == "-")
        return std::string(std::istreambuf_iterator<char>(std::cin), {});
    return core::paths::readFile(file);
}

const char* word(AppliedObject::Outcome outcome)
{
    switch (outcome) {
    case AppliedObject::Outcome::Created:
        return "created";
    case AppliedObject::Outcome::Changed:
        return "changed";
    case AppliedObject::Outcome::Unchanged:
        break;
    }
    return "unchanged";
}

void apply(Context& context, const ApplyFlags& flags)
{
    const auto text = textOf(flags.file);
    if (!text)
        return context.fail(text.error());
    auto* engine = context.engine();
    if (engine == nullptr)
        return;
    const auto applied = engine->applyManifests(*text, flags.nameSpace, flags.dryRun, {});
    if (!applied)
        return context.fail(applied.error());
    json::array out;
    for (const auto& [key, outcome] : *applied) {
        out.push_back(json::object {{"object", key.text()}, {"outcome", word(outcome)}});
        if (context.format() == Format::Table)
            std::printf("%s %s%s\n", key.text().c_str(), word(outcome), flags.dryRun ? " (dry run)" : "");
    }
    if (context.format() != Format::Table)
        print(out, context.format());
}

} // namespace

void addApply(CLI::App& program, Context& context)
{
    auto flags = std::make_shared<ApplyFlags>();
    auto* command = program.add_subcommand("apply", "Create or change Applications, projects and other objects");
    command->add_option("-f,--filename", flags->file, "YAML or JSON; - = standard input")->required();
    command->add_option("--namespace,-n", flags->nameSpace, "of objects that name none");
    command->add_flag("--dry-run", flags->dryRun, "ask the server, change nothing");
    command->callback([flags, &context] { apply(context, *flags); });
}

} // namespace pilotctl
