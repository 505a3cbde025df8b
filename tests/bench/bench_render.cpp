// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// bench_render FOLDER [ROOT] [--print | --changed FILE] [--runs N]: renders ROOT in FOLDER. With --print the result
// goes to stdout, as kustomize build would print it; otherwise the times of a first and of further renders do, and that
// which libyaml alone takes to parse and emit the same bytes.
#include "core/render/render.h"

#include <yaml.h>

#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>

using namespace core;

namespace {

double milliseconds(const std::function<void()>& work)
{
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
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
    bool print = false;
    int runs = 5;
    bool unrestricted = false;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--print")
            print = true;
        else if (word == "--unrestricted")
            unrestricted = true;
        else if (word == "--changed" && i + 1 < argc)
            changed = argv[++i];
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
    const auto once = [&] { output = renderer.render(request); };
    const auto first = milliseconds(once);
    if (!output) {
        std::cerr << output.error().text() << '\n';
        return 1;
    }
    if (print) {
        std::fwrite((*output)->yaml.data(), 1, (*output)->yaml.size(), stdout);
        std::fflush(stdout);
        std::_Exit(0); // as pilotctl render does
    }
    double best = first;
    for (int i = 0; i < runs; ++i)
        best = std::min(best, milliseconds(once));
    std::printf("%zu resources, %zu bytes: first %.1f ms, again %.1f ms", (*output)->resources.size(),
                (*output)->yaml.size(), first, best);
    double plain = 1e9;
    std::size_t bytes = 0;
    for (int i = 0; i < runs; ++i)
        plain = std::min(plain, milliseconds([&] { bytes = throughLibyaml((*output)->yaml); }));
    std::printf(", libyaml alone %.1f ms (%zu bytes)", plain, bytes);
    if (!changed.empty()) {
        double least = 1e9;
        const auto text = (*tree)->readFollowing(changed).value_or("");
        for (int i = 0; i < runs; ++i) {
            git::Overlay overlay;
            overlay.files[changed] = text + "# " + std::to_string(i) + "\n";
            request.tree = git::overlayTree(*tree, std::move(overlay));
            least = std::min(least, milliseconds(once));
        }
        std::printf(", one file changed %.1f ms", least);
    }
    std::printf("\n");
    return 0;
}
