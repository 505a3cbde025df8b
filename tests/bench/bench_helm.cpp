// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// bench_helm CHART [RUNS] [--set A=B]...: renders a chart like `helm template`; with RUNS > 0 tells the time of each
// rendering after the first (warm, one value changed each time), else prints the result on stdout.
#include "core/render/helm.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

using namespace core;

int main(int argc, char** argv)
{
    if (argc < 2)
        return 2;
    const auto tree = git::openFolder(argv[1]);
    if (!tree) {
        std::cerr << tree.error().text() << "\n";
        return 1;
    }
    const int runs = argc > 2 ? std::atoi(argv[2]) : 0;
    render::Request request;
    request.tree = *tree;
    for (int i = 3; i + 1 < argc; i += 2)
        request.helm.set.emplace_back(argv[i + 1]);
    for (int i = 0; i <= runs; ++i) {
        auto changed = request;
        if (i > 0)
            changed.helm.set.push_back(fmt::format("benchValue={}", i));
        const auto start = std::chrono::steady_clock::now();
        const auto result = runs == 0 ? render::renderHelmText(changed) : render::renderHelm(changed);
        const auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
        if (!result) {
            std::cerr << "Error: " << result.error().message << "\n";
            return 1;
        }
        if (runs == 0) {
            std::fwrite((*result)->yaml.data(), 1, (*result)->yaml.size(), stdout);
            std::fflush(stdout);
            std::_Exit(0); // as pilotctl ends
        } else
            std::cout << fmt::format("{} {:.2f} ms, {} resources\n", i == 0 ? "cold" : "warm", took,
                                     (*result)->resources.size());
    }
    return 0;
}
