// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/base/page_id.h"

#include <QString>

#include <functional>
#include <optional>

namespace ui {

/// A question before something dangerous, or where a reason is kept for the journal.
struct Question
{
    QString title;
    QString text; ///< what will happen, in sentences
    QString verb; ///< on the button: "Roll back to 41"
    bool dangerous = false; ///< the button is filled in red
    bool wantsReason = false;
    QString typed; ///< not empty: this must be typed to go on (high blast radius)
};

/// What pages may ask of the window around them. GUI thread only.
class Workbench
{
public:
    virtual ~Workbench() = default;
    /// Brings the page to the front, making it where it is not open yet.
    virtual void open(const PageId& page) = 0;
    /// Shows an application, or one of its resources, in the inspector.
    virtual void inspect(const core::engine::AppId& app, const std::optional<core::manifest::ResourceKey>& key) = 0;
    /// Runs a command of the engine on the pool; a refusal is shown with `attempt` ("Sync llm-service") before it.
    virtual void run(const QString& attempt, std::function<core::Result<>()> command,
                     std::function<void()> done = {}) = 0;
    /// Shows an error where the user cannot miss it, and keeps it in the list of notices.
    virtual void report(const QString& attempt, const core::Error& error) = 0;
    /// Asks without blocking; accepted(reason) is called when the user goes on.
    virtual void ask(const Question& question, std::function<void(const QString& reason)> accepted) = 0;
};

} // namespace ui
