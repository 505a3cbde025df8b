// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// bench_render FOLDER [ROOT] [--print | --only WORD | --changed FILE [--line TEXT]] [--runs N]: renders ROOT in FOLDER.
// With --print the result goes to stdout, as kustomize build would print it; otherwise the times of a first and of
// further renders do, those of renders with and without provenance (or of those after FILE got one more line, of TEXT
// and a number), and those that libyaml alone takes to parse and emit the same bytes, of which processor times are said
// to be so many times. Each time is the least of all runs and, in brackets, the one in the middle. --only
// anew|plain|text renders nothing but that, for a profiler: anew with provenance, without it, as text alone.
#include "core/render/kustomize.h"
#include "core/render/kustomize_build.h"
#include "core/render/render.h"

#include <fmt/core.h>
#include <yaml.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <iostream>

using namespace core;

namespace {

/// Of the process, on all its threads: what a busy machine changes least.
double processorMilliseconds()
{
    timespec now {};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Times
{
    std::vector<double> wall, processor; ///< milliseconds
};

void measure(Times& times, const std::function<void()>& work)
{
    const auto start = std::chrono::steady_clock::now();
    const auto before = processorMilliseconds();
    work();
    times.processor.push_back(processorMilliseconds() - before);
    times.wall.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
}

/// `unit`: what libyaml took.
std::string text(Times times, const Times* unit = nullptr)
{
    const auto summary = [](std::vector<double>& all) {
        std::sort(all.begin(), all.end());
        return fmt::format("{:.1f} (median {:.1f})", all.front(), all[all.size() / 2]);
    };
    auto said = summary(times.wall) + " ms, processor " + summary(times.processor);
    if (unit != nullptr)
        said +=
            fmt::format(", {:.2f} times libyaml",
                        times.processor.front() / *std::min_element(unit->processor.begin(), unit->processor.end()));
    return said;
}

int append(void* out, unsigned char* bytes, std::size_t size)
{
    static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
    return 1;
}

/// Bytes that libyaml makes of the text, event by event.
std::size_t throughLibyaml(const std::string& text)
{
    yaml_parser_t parser;
    yaml_emitter_t emitter;
    yaml_parser_initialize(&parser);
    yaml_emitter_initialize(&emitter);
    yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(text.data()), text.size());
    std::string out;
    yaml_emitter_set_output(&emitter, append, &out);
    for (bool goesOn = true; goesOn;) {
        yaml_event_t event;
        goesOn = yaml_parser_parse(&parser, &event) != 0;
        const bool isLast = goesOn && event.type == YAML_STREAM_END_EVENT;
        goesOn = goesOn && yaml_emitter_emit(&emitter, &event) != 0 && !isLast;
    }
    yaml_emitter_delete(&emitter);
    yaml_parser_delete(&parser);
    return out.size();
}

} // namespace

int main(int argc, char** argv)
{
    std::string folder;
    std::string root;
    std::string changed;
    std::string line = "# ";
    std::string only;
    bool print = false;
    int runs = 5;
    bool unrestricted = false;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--print")
            print = true;
        else if (word == "--unrestricted")
            unrestricted = true;
        else if (word == "--only" && i + 1 < argc)
            only = argv[++i];
        else if (word == "--changed" && i + 1 < argc)
            changed = argv[++i];
        else if (word == "--line" && i + 1 < argc)
            line = argv[++i];
        else if (word == "--runs" && i + 1 < argc)
            runs = std::stoi(argv[++i]);
        else if (folder.empty())
            folder = word;
        else
            root = word;
    }
    auto tree = git::openFolder(folder);
    if (!tree) {
        std::cerr << tree.error().text() << '\n';
        return 1;
    }
    render::Renderer renderer(print ? render::Renderer::Keep::Nothing : render::Renderer::Keep::Results);
    render::Request request;
    request.tree = *tree;
    request.path = root;
    request.kustomize.loadRestrictionsNone = unrestricted;
    Result<render::OutputPtr> output;
    const bool isText = print && render::Renderer::detect(**tree, root) == render::SourceKind::Kustomize;
    const auto once = [&] { output = isText ? render::renderKustomizeText(request) : renderer.render(request); };
    const auto anew = [&](bool notes) {
        render::kustomize::Cache cache;
        cache.keeps = false;
        cache.notesTouches = notes;
        output = render::kustomize::Build(request, cache, {}).run();
    };
    if (!only.empty()) {
        for (int i = 0; i < runs; ++i) {
            if (only == "text")
                output = render::renderKustomizeText(request);
            else
                anew(only == "anew");
        }
        return output ? 0 : 1;
    }
    Times first;
    measure(first, once);
    if (!output) {
        std::cerr << output.error().text() << '\n';
        return 1;
    }
    if (print) {
        std::fwrite((*output)->yaml.data(), 1, (*output)->yaml.size(), stdout);
        std::fflush(stdout);
        std::_Exit(0); // as pilotctl render does
    }
    Times again;
    Times plain;
    std::size_t bytes = 0;
    for (int i = 0; i < runs; ++i)
        measure(again, once);
    for (int i = 0; i < std::min(runs, 9); ++i)
        measure(plain, [&] { bytes = throughLibyaml((*output)->yaml); });
    fmt::print("{} resources, {} bytes\n  first {}\n  again {}\n  libyaml alone {} ({} bytes)\n",
               (*output)->resources.size(), (*output)->yaml.size(), text(first, &plain), text(again, &plain),
               text(plain), bytes);
    // Renders that keep nothing, with and without the notes that provenance is made of, in turn.
    Times with;
    Times without;
    Times onlyText;
    for (int i = 0; i < runs && changed.empty() && (*output)->kind == render::SourceKind::Kustomize; ++i) {
        for (const bool notes : {true, false})
            measure(notes ? with : without, [&] { anew(notes); });
        measure(onlyText, [&] { output = render::renderKustomizeText(request); });
    }
    if (!with.wall.empty())
        fmt::print("  anew {}\n  anew without provenance {}\n  anew as text alone {}\n", text(with, &plain),
                   text(without, &plain), text(onlyText, &plain));
    if (!changed.empty()) {
        Times times;
        const auto before = (*tree)->readFollowing(changed).value_or("");
        for (int i = 0; i < runs; ++i) {
            git::Overlay overlay;
            overlay.files[changed] = before + line + std::to_string(i) + "\n";
            request.tree = git::overlayTree(*tree, std::move(overlay));
            measure(times, once);
        }
        fmt::print("  one file changed {}\n", text(times));
    }
    return 0;
}
