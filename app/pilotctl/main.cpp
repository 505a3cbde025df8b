// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/log.h"
#include "core/base/paths.h"
#include "pilotctl/context.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace {

/// Every path of subcommands with the words that may follow: completion comes from the same description as the help.
void describe(const CLI::App& app, const std::string& path,
              const std::function<void(const std::string&, const std::vector<std::string>&)>& visit)
{
    std::vector<std::string> words;
    for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        words.push_back(sub->get_name());
    for (const auto* option : app.get_options())
        for (const auto& name : option->get_lnames())
            words.push_back("--" + name);
    visit(path, words);
    for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; }))
        describe(*sub, path.empty() ? sub->get_name() : path + " " + sub->get_name(), visit);
}

void printCompletion(const CLI::App& program, const std::string& shell)
{
    if (shell == "zsh")
        std::puts("#compdef pilotctl\nautoload -U +X bashcompinit && bashcompinit");
    std::puts("_pilotctl() {\n    local path=\"\" word\n    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
              "        case \"$word\" in -*) ;; *) path=\"${path:+$path }$word\" ;; esac\n    done\n    local "
              "words=\"\"\n    case \"$path\" in");
    describe(program, "", [](const std::string& path, const std::vector<std::string>& words) {
        std::string list;
        for (const auto& word : words)
            list += (list.empty() ? "" : " ") + word;
        std::printf("        \"%s\"%s) words=\"%s\" ;;\n", path.c_str(), path.empty() ? "" : "*", list.c_str());
    });
    std::puts("    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\ncomplete -o "
              "default -F _pilotctl pilotctl");
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App program {"Pilothouse without a window: GitOps for ML platforms"};
    program.name("pilotctl");
    program.set_version_flag("--version", "0.1.0");
    program.footer("Exit codes: 0 done, 1 failed, 2 wrong usage, 3 something differs, 4 timed out.\n"
                   "Without --kubeconfig the commands work on the embedded cluster below PILOTHOUSE_HOME (default: the "
                   "XDG folders).");
    program.require_subcommand(1);
    pilotctl::Context context;
    program.add_option("--kubeconfig", context.kubeconfig, "work on this cluster instead of the embedded one");
    program.add_option("--context", context.kubeContext, "context of the kubeconfig");
    program.add_option("--argocd-server", context.argocdServer,
                       "go through this Argo CD API server (URL; token in ARGOCD_AUTH_TOKEN) instead of a cluster");
    program.add_flag("--argocd-insecure", context.argocdInsecure, "do not check its certificate");
    program.add_option("-o,--output", context.output, "table, json or yaml")
        ->check(CLI::IsMember({"table", "json", "yaml"}));
    program.add_option("--clock-rate", context.clockRate, "embedded cluster: how fast its time runs (1, 10, 60)");
    program.fallthrough();
    pilotctl::addRender(program, context);
    pilotctl::addEvaluate(program, context);
    pilotctl::addApplications(program, context);
    pilotctl::addApplicationSets(program, context);
    pilotctl::addRollouts(program, context);
    pilotctl::addApply(program, context);
    pilotctl::addCluster(program, context);
    pilotctl::addController(program, context);
    pilotctl::addPolicies(program, context);
    std::string shell;
    auto* completion = program.add_subcommand("completion", "Print the completion script of a shell");
    completion->add_option("shell", shell, "bash or zsh")->required()->check(CLI::IsMember({"bash", "zsh"}));
    completion->callback([&] { printCompletion(program, shell); });
    (void)core::log::openFile(core::paths::state() / "pilotctl.log", core::log::Level::Info);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        const int code = program.exit(error);
        return code == 0 ? pilotctl::kOk : pilotctl::kUsage;
    }
    return context.exitCode;
}
