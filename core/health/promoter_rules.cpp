// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/health/rules.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>

/// GitOps Promoter (promoter.argoproj.io): one frame for all kinds, then what each says when it is ready.
namespace core::health {

namespace {

using manifest::text;

struct Words
{
    std::string_view kind;
    std::string_view starting; ///< after "Initializing"
    std::string_view spec; ///< "Waiting for ... spec update to be observed"
    std::string_view failed; ///< Ready is False for an error of its own
    std::string_view blocked; ///< ... for another reason; "" = as `failed`
    std::string_view missing; ///< there is no Ready
    std::string_view unsure; ///< Ready is Unknown
    OptionalRule ready;
};

std::string shortSha(std::string_view sha)
{
    return std::string(sha.substr(0, 7));
}

/// "1 pending, 0 successful, 1 failed. Pending commit statuses: a. Failed commit statuses: b. "
struct Tally
{
    int pending = 0, successful = 0, failed = 0;
    std::string pendingNames, failedNames;

    explicit Tally(const manifest::Array& statuses)
    {
        const auto add = [](std::string& names, std::string_view name) {
            names += (names.empty() ? "" : ", ") + std::string(name);
        };
        for (const auto& status : statuses) {
            const auto phase = text(status, {"phase"});
            if (phase == "pending") {
                ++pending;
                add(pendingNames, text(status, {"key"}));
            } else if (phase == "success") {
                ++successful;
            } else if (phase == "failure") {
                ++failed;
                add(failedNames, text(status, {"key"}));
            }
        }
    }

    [[nodiscard]] std::string words() const
    {
        auto result = fmt::format("{} pending, {} successful, {} failed. ", pending, successful, failed);
        if (!pendingNames.empty())
            result += fmt::format("Pending commit statuses: {}. ", pendingNames);
        if (!failedNames.empty())
            result += fmt::format("Failed commit statuses: {}. ", failedNames);
        return result;
    }
};

std::optional<Assessment> argoStatus(const Value& live)
{
    const auto count = manifest::array(live, {"status", "applicationsSelected"}).size();
    if (count == 0)
        return degraded("Argo CD commit status has no applications configured");
    return healthy(fmt::format("Argo CD commit status is healthy and is tracking {} applications", count));
}

std::optional<Assessment> commitStatus(const Value& live)
{
    const auto sha = text(live, {"status", "sha"});
    return healthy(
        fmt::format("Commit status for commit {} reports {}", shortSha(sha), text(live, {"status", "phase"})));
}

std::optional<Assessment> pullRequest(const Value& live)
{
    const auto id = text(live, {"status", "id"});
    const auto state = text(live, {"status", "state"});
    return healthy(id.empty() ? std::string("Pull request is healthy")
                              : fmt::format("Pull request is {} as PR {}", state.empty() ? "open" : state, id));
}

/// Gates over environments: which branches fail or wait.
Assessment byEnvironments(const Value& live, std::string_view what, std::string_view done, std::string_view idle)
{
    std::string pending;
    std::string failed;
    const auto& environments = manifest::array(live, {"status", "environments"});
    for (const auto& environment : environments) {
        const auto phase = text(environment, {"phase"});
        auto& names = phase == "failure" ? failed : pending;
        if (phase != "success")
            names += (names.empty() ? "" : ", ") + std::string(text(environment, {"branch"}));
    }
    if (!failed.empty())
        return degraded(fmt::format("{} failed for branch(es): {}", what, failed));
    if (!pending.empty())
        return progressing(fmt::format("{} pending for branch(es): {}", what, pending));
    if (environments.empty())
        return healthy(idle);
    return healthy(fmt::format("{} {} for {} environment(s)", what, done, environments.size()));
}

std::optional<Assessment> gitStatus(const Value& live)
{
    return byEnvironments(live, "Git commit validation", "passed", "Git commit validation reconciled");
}

std::optional<Assessment> timedStatus(const Value& live)
{
    return byEnvironments(live, "Timed commit gate", "satisfied", "Timed commit gate reconciled");
}

std::optional<Assessment> webStatus(const Value& live)
{
    return byEnvironments(live, "Web request validation", "passed", "Web request commit validation reconciled");
}

template<std::size_t Size>
struct Fixed
{
    char text[Size] {};
    constexpr Fixed(const char (&from)[Size]) // NOLINT(google-explicit-constructor): a template argument
    {
        for (std::size_t i = 0; i < Size; ++i)
            text[i] = from[i];
    }
};

template<Fixed Message>
std::optional<Assessment> plain(const Value&)
{
    return healthy(Message.text);
}

std::optional<Assessment> transferPolicy(const Value& live)
{
    const auto active = text(live, {"status", "active", "dry", "sha"});
    const auto proposed = text(live, {"status", "proposed", "dry", "sha"});
    if (active.empty())
        return progressing("The active commit DRY SHA is missing or empty.");
    if (proposed.empty())
        return progressing("The proposed commit DRY SHA is missing or empty.");
    if (active != proposed) {
        const Tally tally(manifest::array(live, {"status", "proposed", "commitStatuses"}));
        return progressing(fmt::format("Promotion in progress from '{}' to '{}': {}", shortSha(active),
                                       shortSha(proposed), tally.words()));
    }
    const Tally tally(manifest::array(live, {"status", "active", "commitStatuses"}));
    if (tally.pending > 0 || tally.failed > 0)
        return healthy("Environment is up-to-date, but there are non-successful active commit statuses: "
                       + tally.words());
    return healthy(fmt::format("Environment is up-to-date on commit {}.", shortSha(active)));
}

/// The dry commit that the hydrator has got to: its note, else the proposed commit.
std::string_view hydrated(const Value& environment)
{
    const auto note = text(environment, {"proposed", "note", "drySha"});
    return note.empty() ? text(environment, {"proposed", "dry", "sha"}) : note;
}

std::optional<Assessment> strategy(const Value& live)
{
    const auto& environments = manifest::array(live, {"status", "environments"});
    if (environments.empty())
        return degraded("Promotion strategy has no environments configured");
    for (const auto& environment : environments) {
        const auto branch = text(environment, {"branch"});
        for (const auto* side : {"active", "proposed"}) {
            if (text(environment, {side, "dry", "sha"}).empty())
                return progressing(
                    fmt::format("The {} commit DRY SHA is missing or empty in environment '{}'.", side, branch));
        }
    }
    for (const auto& environment : environments) {
        if (hydrated(environment) != hydrated(environments.front()))
            return progressing("Not all environments have the same proposed commit SHA. This likely means the hydrator "
                               "has not run for all environments yet.");
    }
    const auto got = fmt::format("Hydrator has processed dry commit '{}'.", shortSha(hydrated(environments.front())));
    for (const auto& environment : environments) {
        const auto active = text(environment, {"active", "dry", "sha"});
        const auto proposed = text(environment, {"proposed", "dry", "sha"});
        if (active == proposed)
            continue;
        const Tally tally(manifest::array(environment, {"proposed", "commitStatuses"}));
        return progressing(fmt::format("Promotion in progress for environment '{}' from '{}' to '{}': {}{} ",
                                       text(environment, {"branch"}), shortSha(active), shortSha(proposed),
                                       tally.words(), got));
    }
    const auto active = text(environments.front(), {"active", "dry", "sha"});
    return healthy(fmt::format("All environments are up-to-date on commit '{}'. {}", shortSha(active), got));
}

constexpr std::array kWords {
    Words {"ArgoCDCommitStatus", "Argo CD commit status", "Argo CD commit status",
           "Argo CD commit status reconciliation failed", "", "Argo CD commit status is not ready yet",
           "Argo CD commit status readiness unknown", argoStatus},
    Words {"ChangeTransferPolicy", "change transfer policy", "change transfer policy",
           "Change transfer policy reconciliation failed", "", "Change transfer policy is not ready yet",
           "Change transfer policy readiness unknown", transferPolicy},
    Words {"ClusterScmProvider", "cluster SCM provider", "ClusterScmProvider", "Cluster SCM provider validation failed",
           "", "ClusterScmProvider Ready condition is missing", "Cluster SCM provider readiness unknown",
           plain<"Cluster SCM provider is ready">},
    Words {"CommitStatus", "commit status", "commit status", "Commit status reconciliation failed", "",
           "Commit status is not ready yet", "Commit status readiness unknown", commitStatus},
    Words {"GitCommitStatus", "git commit validation", "GitCommitStatus", "Git commit validation failed",
           "Git commit validation not ready", "GitCommitStatus Ready condition is missing",
           "Git commit validation status unknown", gitStatus},
    Words {"GitRepository", "Git repository", "GitRepository", "Git repository validation failed", "",
           "GitRepository Ready condition is missing", "Git repository readiness unknown",
           plain<"Git repository is ready">},
    Words {"PromotionStrategy", "promotion strategy", "promotion strategy", "Promotion strategy reconciliation failed",
           "", "Promotion strategy is not ready yet", "Promotion strategy readiness unknown", strategy},
    Words {"PullRequest", "pull request", "pull request", "Pull request reconciliation failed", "",
           "Pull request is not ready yet", "Pull request readiness unknown", pullRequest},
    Words {"ScmProvider", "SCM provider", "ScmProvider", "SCM provider validation failed", "",
           "ScmProvider Ready condition is missing", "SCM provider readiness unknown", plain<"SCM provider is ready">},
    Words {"TimedCommitStatus", "timed commit gate", "TimedCommitStatus", "Timed commit gate failed",
           "Timed commit gate not ready", "TimedCommitStatus Ready condition is missing",
           "Timed commit gate status unknown", timedStatus},
    Words {"WebRequestCommitStatus", "web request commit validation", "WebRequestCommitStatus",
           "Web request commit validation failed", "Web request commit validation not ready",
           "WebRequestCommitStatus Ready condition is missing", "Web request commit validation status unknown",
           webStatus},
};

std::optional<Assessment> promoter(const Value& live)
{
    const auto kind = manifest::kind(live);
    const Words* words = nullptr;
    for (const auto& entry : kWords) {
        if (entry.kind == kind)
            words = &entry;
    }
    if (!words)
        return std::nullopt;
    const auto* status = manifest::find(live, {"status"});
    if (!status || !status->is_object())
        return progressing(fmt::format("Initializing {}", words->starting));
    const auto ready = condition(live, "Ready");
    if (!ready)
        return progressing(words->missing);
    const auto generation = manifest::integer(live, {"metadata", "generation"});
    if (generation && ready->observedGeneration && *ready->observedGeneration != *generation)
        return progressing(fmt::format("Waiting for {} spec update to be observed", words->spec));
    if (ready->isFalse()) {
        if (ready->reason == "ReconciliationError" || ready->reason.empty())
            return degraded(fmt::format("{}: {}", words->failed, ready->message));
        return degraded(fmt::format("{} ({}): {}", words->blocked.empty() ? words->failed : words->blocked,
                                    ready->reason, ready->message));
    }
    if (ready->status == "Unknown")
        return progressing(fmt::format("{} ({}): {}", words->unsure, ready->reason, ready->message));
    return words->ready(live);
}

} // namespace

OptionalRule promoterRule(const manifest::GroupKind& kind)
{
    return kind.group == "promoter.argoproj.io" ? promoter : nullptr;
}

} // namespace core::health
