// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Starting a program that links all libraries of the engine takes longer than rendering most sources. So `pilotctl` is
// a small program that renders folders on disk, and becomes pilotctl-engine beside it for everything else.
#include "core/base/http.h"
#include "pilotctl/heap.h"
#include "pilotctl/render_request.h"

#include <CLI/CLI.hpp>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

namespace {

namespace fs = std::filesystem;

/// The file of this program: argv[0] is a path, or a name to be found in PATH.
fs::path ownPath(const std::string& name)
{
    std::error_code ec;
    if (name.find('/') != std::string::npos)
        return fs::canonical(name, ec);
    const char* folders = std::getenv("PATH");
    std::istringstream list(folders == nullptr ? "" : folders);
    for (std::string folder; std::getline(list, folder, ':');) {
        const auto candidate = fs::path(folder.empty() ? "." : folder) / name;
        if (access(candidate.c_str(), X_OK) == 0 && fs::is_regular_file(candidate, ec))
            return fs::canonical(candidate, ec);
    }
    return {};
}

char** arguments = nullptr; // of main

int becomeEngine(char** argv)
{
    const auto program = ownPath(argv[0]).parent_path() / "pilotctl-engine";
    execv(program.c_str(), argv);
    std::fprintf(stderr, "pilotctl: cannot start %s: %s; it belongs beside pilotctl\n", program.c_str(),
                 std::strerror(errno));
    return 1;
}

} // namespace

/// In place of core_base's own: libcurl pulls forty libraries in, and loading them takes as long as a small render.
core::HttpSend core::curlHttp()
{
    return [](const HttpRequest&, const std::stop_token&) -> Result<HttpResponse> {
        std::exit(becomeEngine(arguments)); // nothing is printed so far
    };
}

int main(int argc, char** argv)
{
    arguments = argv;
    if (argc < 2 || std::strcmp(argv[1], "render") != 0)
        return becomeEngine(argv);
#ifdef PILOTHOUSE_MIMALLOC
    pilotctl::prepareHeap();
#endif
    pilotctl::RenderFlags flags;
    CLI::App program;
    auto* render = program.add_subcommand("render");
    render->add_option("path", flags.path);
    pilotctl::addInputs(*render, flags);
    try {
        program.parse(argc, argv);
    } catch (const CLI::ParseError&) {
        return becomeEngine(argv); // it knows all words and tells of wrong ones
    }
    if (!pilotctl::isLocal(flags))
        return becomeEngine(argv);
    auto request = pilotctl::localRequest(flags);
    core::Result<> printed;
    if (request) {
        request->kustomize.allowRemoteBases = true;
        request->kustomize.fetch = [argv](const std::string&, const std::string&,
                                          const std::stop_token&) -> core::Result<core::git::TreePtr> {
            std::exit(becomeEngine(argv)); // nothing is printed so far
        };
        printed = pilotctl::printRendered(*request, flags);
    } else {
        printed = tl::unexpected<core::Error>(request.error());
    }
    if (printed)
        return 0;
    std::fprintf(stderr, "pilotctl: %s\n", printed.error().text().c_str());
    return 1;
}
