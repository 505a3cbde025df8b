// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <filesystem>
#include <optional>
#include <string>

namespace ui {

/// Unsaved text of one file of an application's source.
struct Draft
{
    core::engine::AppId app;
    std::string path;
    std::string baseCommit; ///< that the edit began from
    std::string text;
};

/// Drafts in a folder, one file each, written atomically. Functions touch the disk: call them from a worker.
class DraftStore
{
public:
    explicit DraftStore(std::filesystem::path folder);
    /// Below the state folder.
    [[nodiscard]] static DraftStore standard();

    [[nodiscard]] core::Result<> save(const Draft& draft) const;
    /// None where there is no draft, or none that can be read.
    [[nodiscard]] std::optional<Draft> load(const core::engine::AppId& app, const std::string& path) const;
    void remove(const core::engine::AppId& app, const std::string& path) const;

private:
    [[nodiscard]] std::filesystem::path file(const core::engine::AppId& app, const std::string& path) const;
    std::filesystem::path m_folder;
};

} // namespace ui
