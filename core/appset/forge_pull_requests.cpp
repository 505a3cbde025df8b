// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/forge.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

namespace core::appset {

using manifest::text;
using manifest::Value;

namespace {

constexpr std::size_t kLongestSlug = 50;

struct PullRequest
{
    std::string number, title, branch, targetBranch, headSha, author;
    std::vector<std::string> labels;
};

std::string numberText(const Value& object, manifest::Path path)
{
    const auto number = manifest::integer(object, path);
    return number ? std::to_string(*number) : std::string {};
}

std::vector<std::string> labelNames(const Value& object)
{
    std::vector<std::string> out;
    for (const auto& label : manifest::array(object, {"labels"}))
        out.emplace_back(label.is_string() ? std::string_view(label.get_string()) : text(label, {"name"}));
    return out;
}

std::string withoutPrefix(std::string_view text, std::string_view prefix)
{
    return std::string(text.starts_with(prefix) ? text.substr(prefix.size()) : text);
}

/// Where the open pull requests of the block's repository are listed.
std::string listPath(ForgeKind kind, const Value& block)
{
    const auto part = [&](std::string_view key) { return percentEncode(text(block, {key})); };
    switch (kind) {
    case ForgeKind::GitHub:
        return fmt::format("/repos/{}/{}/pulls?state=open&per_page=100", part("owner"), part("repo"));
    case ForgeKind::Gitea:
        return fmt::format("/repos/{}/{}/pulls?state=open&limit=50", part("owner"), part("repo"));
    case ForgeKind::GitLab: {
        const auto state = text(block, {"pullRequestState"});
        std::string labels;
        for (const auto& label : manifest::array(block, {"labels"}))
            labels += (labels.empty() ? "" : ",") + std::string(label.is_string() ? label.get_string().c_str() : "");
        return fmt::format("/projects/{}/merge_requests?per_page=100{}{}", part("project"),
                           state.empty() ? "" : "&state=" + percentEncode(state),
                           labels.empty() ? "" : "&labels=" + percentEncode(labels));
    }
    case ForgeKind::BitbucketServer:
        return fmt::format("/projects/{}/repos/{}/pull-requests?limit=100", part("project"), part("repo"));
    case ForgeKind::BitbucketCloud:
        return fmt::format("/repositories/{}/{}/pullrequests?pagelen=50", part("owner"), part("repo"));
    case ForgeKind::AzureDevOps:
        return fmt::format("/{}/{}/_apis/git/repositories/{}/"
                           "pullrequests?searchCriteria.status=active&$top=1000&api-version=7.0",
                           part("organization"), part("project"), part("repo"));
    }
    return {};
}

PullRequest read(ForgeKind kind, const Value& item)
{
    const auto at = [&](manifest::Path path) { return std::string(text(item, path)); };
    switch (kind) {
    case ForgeKind::GitHub:
    case ForgeKind::Gitea:
        return {numberText(item, {"number"}), at({"title"}),         at({"head", "ref"}), at({"base", "ref"}),
                at({"head", "sha"}),          at({"user", "login"}), labelNames(item)};
    case ForgeKind::GitLab:
        return {numberText(item, {"iid"}),  at({"title"}),   at({"source_branch"}), at({"target_branch"}), at({"sha"}),
                at({"author", "username"}), labelNames(item)};
    case ForgeKind::BitbucketServer:
        return {numberText(item, {"id"}),
                at({"title"}),
                at({"fromRef", "displayId"}),
                at({"toRef", "displayId"}),
                at({"fromRef", "latestCommit"}),
                at({"author", "user", "name"}),
                {}};
    case ForgeKind::BitbucketCloud:
        return {numberText(item, {"id"}),
                at({"title"}),
                at({"source", "branch", "name"}),
                at({"destination", "branch", "name"}),
                at({"source", "commit", "hash"}),
                at({"author", "nickname"}),
                {}};
    case ForgeKind::AzureDevOps: {
        const auto author = at({"createdBy", "uniqueName"});
        return {numberText(item, {"pullRequestId"}),
                at({"title"}),
                withoutPrefix(text(item, {"sourceRefName"}), "refs/heads/"),
                withoutPrefix(text(item, {"targetRefName"}), "refs/heads/"),
                at({"lastMergeSourceCommit", "commitId"}),
                author.substr(0, author.find('@')),
                labelNames(item)};
    }
    }
    return {};
}

/// All expressions of one filter must match, any filter suffices.
class Filters
{
public:
    static Result<Filters> parse(const manifest::Array& written)
    {
        Filters out;
        for (const auto& filter : written) {
            auto& tests = out.m_filters.emplace_back();
            for (const auto& [key, field] : {std::pair {"branchMatch", &PullRequest::branch},
                                             std::pair {"targetBranchMatch", &PullRequest::targetBranch},
                                             std::pair {"titleMatch", &PullRequest::title}}) {
                const auto* pattern = manifest::find(filter, {key});
                if (!pattern || !pattern->is_string())
                    continue;
                auto expression = std::make_unique<RE2>(std::string(pattern->get_string()), RE2::Quiet);
                if (!expression->ok())
                    return fail(Error::Code::InvalidInput,
                                fmt::format("error compiling {} regexp \"{}\": {}", key, expression->pattern(),
                                            expression->error()));
                tests.emplace_back(field, std::move(expression));
            }
        }
        return out;
    }

    [[nodiscard]] bool accept(const PullRequest& pull) const
    {
        return m_filters.empty() || std::any_of(m_filters.begin(), m_filters.end(), [&](const auto& tests) {
                   return std::all_of(tests.begin(), tests.end(), [&](const auto& test) {
                       return RE2::PartialMatch(pull.*test.first, *test.second);
                   });
               });
    }

private:
    std::vector<std::vector<std::pair<std::string PullRequest::*, std::unique_ptr<RE2>>>> m_filters;
};

/// As the generator's slugs are made: underscores are dashes, too.
std::string branchSlug(std::string branch)
{
    std::replace(branch.begin(), branch.end(), '_', '-');
    return slug(branch, kLongestSlug, true);
}

} // namespace

Result<ParamsList> Generators::pullRequest(const Value& generator, Level)
{
    PH_TRY(const auto forge, forgeOf(generator, "Pull Request"));
    const auto& block = *forge.second;
    const std::string nameSpace(manifest::nameSpace(m_set));
    const auto api = ForgeApi::open(forge.first, block, m_inputs, nameSpace);
    if (!api)
        return fail(api.error().within("failed to select pull request service provider"));
    auto items = api->all(listPath(forge.first, block));
    // A repository that is gone has no pull requests: what was made for them goes.
    if (!items && items.error().code == Error::Code::NotFound
        && manifest::flag(generator, {"continueOnRepoNotFoundError"}))
        items = manifest::Array();
    if (!items)
        return fail(items.error().within("error listing repos"));
    PH_TRY(const auto filters, Filters::parse(manifest::array(generator, {"filters"})));
    ParamsList out;
    for (const auto& item : *items) {
        const auto pull = read(forge.first, item);
        const auto& wanted = manifest::array(block, {"labels"});
        const bool labelled = std::all_of(wanted.begin(), wanted.end(), [&](const Value& label) {
            return label.is_string()
                && std::find(pull.labels.begin(), pull.labels.end(), std::string_view(label.get_string()))
                != pull.labels.end();
        });
        if (!labelled || !filters.accept(pull))
            continue;
        Params params;
        params.values = {{"number", pull.number},
                         {"title", pull.title},
                         {"branch", pull.branch},
                         {"branch_slug", branchSlug(pull.branch)},
                         {"target_branch", pull.targetBranch},
                         {"target_branch_slug", branchSlug(pull.targetBranch)},
                         {"head_sha", pull.headSha},
                         {"head_short_sha", pull.headSha.substr(0, 8)},
                         {"head_short_sha_7", pull.headSha.substr(0, 7)},
                         {"author", pull.author}};
        if (m_templating.isGo()) {
            auto& labels = params.values["labels"].emplace_array();
            for (const auto& label : pull.labels)
                labels.emplace_back(label);
            params.typed.insert("labels");
        }
        PH_CHECK(addValues(generator, params));
        out.push_back(std::move(params));
    }
    return out;
}

} // namespace core::appset
