// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/notify/config.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace core::notify {

struct CommitMetadata
{
    std::string message;
    std::string author;
    TimePoint date;
    std::vector<std::string> tags;
};

/// What expressions and templates may ask for beyond the objects.
struct Surroundings
{
    TimePoint now;
    /// Of a commit of a repository, as the applications of a project reach it.
    std::function<Result<CommitMetadata>(const std::string& repoUrl, const std::string& project,
                                         const std::string& commit)>
        commitMetadata {};
};

struct Destination
{
    std::string trigger;
    std::string service;
    std::string recipient;
    friend auto operator<=>(const Destination&, const Destination&) = default;
};

/// Who is subscribed to an application: its annotations, its project's, and the ConfigMap's (section 8.4).
[[nodiscard]] std::vector<Destination> subscriptionsOf(const Config& config, const manifest::Value& app,
                                                       const manifest::Value* project);

/// One message that is due.
struct Due
{
    std::string key; ///< in the memory
    Destination destination;
    std::vector<std::string> templates; ///< those that exist
};

struct Evaluation
{
    std::vector<Due> due;
    std::vector<std::string> forgotten; ///< keys to take out of the memory
    std::vector<Finding> problems; ///< unknown triggers and services, expressions that fail
    bool skipped = false; ///< an operation ended that the status does not know of yet
};

/// The memory annotation `notified.notifications.argoproj.io`: key -> unix seconds. Malformed = empty.
using Memory = std::map<std::string, std::int64_t>;
[[nodiscard]] Memory readMemory(const manifest::Value& app);
/// As JSON, cut to the newest 100 entries.
[[nodiscard]] std::string writeMemory(Memory memory);

/// Pure: what is to be sent now, and what is to be forgotten (section 8.5).
[[nodiscard]] Evaluation evaluate(const Config& config, const manifest::Value& app, const manifest::Value* project,
                                  const Memory& memory, const Surroundings& surroundings);

/// A rendered message: `message`, and a block per service type.
struct Message
{
    std::string text;
    manifest::Value blocks;
};
/// Renders and merges templates for one destination. What fails is left out and reported in `problems`; an error where
/// nothing is left.
[[nodiscard]] Result<Message> renderMessage(const Config& config, const Due& due, const std::string& serviceName,
                                            const manifest::Value& app, const manifest::Value* project,
                                            const Surroundings& surroundings, std::vector<std::string>& problems);

/// "a=b,c!=d,e in (f,g),h,!i" against labels; malformed selectors match nothing.
[[nodiscard]] bool selectorMatches(std::string_view selector, const manifest::Object& labels);

} // namespace core::notify
