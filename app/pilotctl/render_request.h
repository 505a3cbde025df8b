// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/render/render.h"

#include <filesystem>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace pilotctl {

/// What the command line of `render` and `explain` says.
struct RenderFlags
{
    std::string path = ".";
    std::string release;
    std::string nameSpace;
    std::string kubeVersion;
    std::vector<std::string> apiVersions;
    std::vector<std::string> values;
    std::vector<std::string> set;
    std::vector<std::string> setString;
    std::vector<std::string> setJson;
    std::vector<std::string> setFile;
    bool includeCrds = false;
    bool skipCrds = false;
    bool skipTests = false;
    bool isUpgrade = false;
    std::string loadRestrictor;
    std::string revision;
    std::string repo;
    std::string chart;
    std::string resource;
    std::string field;
};

void addInputs(CLI::App& command, RenderFlags& flags);
/// Whether the source is a folder on disk as it is: no repository, no revision.
[[nodiscard]] bool isLocal(const RenderFlags& flags);
/// The request for such a folder.
[[nodiscard]] core::Result<core::render::Request> localRequest(const RenderFlags& flags);
/// Sets what does not depend on where the source is; `request` has its tree.
[[nodiscard]] core::Result<> addOptions(const RenderFlags& flags, core::render::Request& request);
/// The top of the Git work tree around a folder, else the root of the file system: bases may lie beside what is
/// rendered.
[[nodiscard]] std::filesystem::path rootAround(const std::filesystem::path& folder);
/// A path of the tree for people: outside of a repository the tree begins at the root of the file system.
[[nodiscard]] std::string shownPath(const std::string& path, const RenderFlags& flags);
/// Renders and prints. Of charts only the text: nothing but that is looked at.
[[nodiscard]] core::Result<> printRendered(const core::render::Request& request, const RenderFlags& flags);

} // namespace pilotctl
