// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/forge.h"
#include "core/base/strings.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>

namespace core::appset {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

struct Repository
{
    std::string organization, repository, id, url, branch, sha;
    std::vector<std::string> labels;
};

std::string numberText(const Value& object, manifest::Path path)
{
    const auto number = manifest::integer(object, path);
    return number ? std::to_string(*number) : std::string(text(object, path));
}

/// One forge's repositories, branches and files.
class Provider
{
public:
    Provider(const ForgeApi& api, const Value& block, bool https)
        : m_api(api)
        , m_block(block)
        , m_https(https)
    {
    }

    [[nodiscard]] Result<std::vector<Repository>> repositories() const
    {
        PH_TRY(const auto items, m_api.all(listPath()));
        std::vector<Repository> out;
        for (const auto& item : items) {
            if (manifest::flag(item, {"archived"}) && manifest::flag(m_block, {"excludeArchivedRepos"}))
                continue;
            auto repository = read(item);
            if (m_api.kind() == ForgeKind::Gitea) {
                PH_TRY(const auto labels, m_api.all(below(repository) + "/labels?limit=50"));
                for (const auto& label : labels)
                    repository.labels.emplace_back(text(label, {"name"}));
            }
            out.push_back(std::move(repository));
        }
        return out;
    }

    /// The repository once for each branch: all of them, or the one by default. Empty where the default one is missing.
    [[nodiscard]] Result<std::vector<Repository>> branches(const Repository& repository) const
    {
        std::vector<Repository> out;
        const auto add = [&](std::string name, std::string sha) {
            auto branch = repository;
            branch.branch = std::move(name);
            branch.sha = std::move(sha);
            out.push_back(std::move(branch));
        };
        PH_TRY(const auto items, branchItems(repository));
        for (const auto& item : items) {
            switch (m_api.kind()) {
            case ForgeKind::GitHub:
                add(std::string(text(item, {"name"})), std::string(text(item, {"commit", "sha"})));
                break;
            case ForgeKind::BitbucketServer:
                add(std::string(text(item, {"displayId"})), std::string(text(item, {"latestCommit"})));
                break;
            case ForgeKind::BitbucketCloud:
                add(std::string(text(item, {"name"})), std::string(text(item, {"target", "hash"})));
                break;
            case ForgeKind::AzureDevOps:
                add(std::string(text(item, {"name"})), std::string(text(item, {"commit", "commitId"})));
                break;
            default:
                add(std::string(text(item, {"name"})), std::string(text(item, {"commit", "id"})));
            }
        }
        return out;
    }

    [[nodiscard]] Result<bool> hasPath(const Repository& repository, const std::string& path) const
    {
        const auto ref = percentEncode(repository.branch);
        std::string address;
        std::string encoded;
        for (const auto& part : split(path, '/'))
            encoded += (encoded.empty() ? "" : "/") + percentEncode(part);
        switch (m_api.kind()) {
        case ForgeKind::GitHub:
        case ForgeKind::Gitea:
            address = fmt::format("{}/contents/{}?ref={}", below(repository), encoded, ref);
            break;
        case ForgeKind::GitLab:
            return gitlabHasPath(repository, path, ref);
        case ForgeKind::BitbucketServer:
            address = fmt::format("{}/browse/{}?at={}&type=true", below(repository), encoded, ref);
            break;
        case ForgeKind::BitbucketCloud:
            address =
                fmt::format("{}/src/{}/{}?format=meta", below(repository), percentEncode(repository.sha), encoded);
            break;
        case ForgeKind::AzureDevOps:
            address = fmt::format("{}/items?path={}&versionDescriptor.version={}&api-version=7.0", below(repository),
                                  percentEncode(path), ref);
            break;
        }
        const auto found = m_api.get(address);
        if (found)
            return true;
        if (found.error().code == Error::Code::NotFound)
            return false;
        return fail(found.error());
    }

private:
    [[nodiscard]] std::string part(std::string_view key) const { return percentEncode(text(m_block, {key})); }

    [[nodiscard]] std::string listPath() const
    {
        switch (m_api.kind()) {
        case ForgeKind::GitHub:
            return fmt::format("/orgs/{}/repos?per_page=100", part("organization"));
        case ForgeKind::GitLab: {
            const auto topic = text(m_block, {"topic"});
            return fmt::format("/groups/{}/projects?per_page=100&include_subgroups={}&with_shared={}{}", part("group"),
                               manifest::flag(m_block, {"includeSubgroups"}),
                               manifest::flag(m_block, {"includeSharedProjects"}, true),
                               topic.empty() ? "" : "&topic=" + percentEncode(topic));
        }
        case ForgeKind::Gitea:
            return fmt::format("/orgs/{}/repos?limit=50", part("owner"));
        case ForgeKind::BitbucketServer:
            return fmt::format("/projects/{}/repos?limit=100", part("project"));
        case ForgeKind::BitbucketCloud:
            return fmt::format("/repositories/{}?pagelen=100", part("owner"));
        case ForgeKind::AzureDevOps:
            return fmt::format("/{}/{}/_apis/git/repositories?api-version=7.0", part("organization"),
                               part("teamProject"));
        }
        return {};
    }

    /// The repository's own address in the API.
    [[nodiscard]] std::string below(const Repository& repository) const
    {
        switch (m_api.kind()) {
        case ForgeKind::GitLab:
            return "/projects/" + percentEncode(repository.id);
        case ForgeKind::BitbucketServer:
            return fmt::format("/projects/{}/repos/{}", part("project"), percentEncode(repository.repository));
        case ForgeKind::BitbucketCloud:
            return fmt::format("/repositories/{}/{}", part("owner"), percentEncode(repository.repository));
        case ForgeKind::AzureDevOps:
            return fmt::format("/{}/{}/_apis/git/repositories/{}", part("organization"), part("teamProject"),
                               percentEncode(repository.repository));
        default:
            return fmt::format("/repos/{}/{}", percentEncode(repository.organization),
                               percentEncode(repository.repository));
        }
    }

    [[nodiscard]] std::string cloneUrl(const Value& item) const
    {
        switch (m_api.kind()) {
        case ForgeKind::GitLab:
            return std::string(text(item, {m_https ? "http_url_to_repo" : "ssh_url_to_repo"}));
        case ForgeKind::AzureDevOps:
            return std::string(text(item, {m_https ? "remoteUrl" : "sshUrl"}));
        case ForgeKind::BitbucketServer:
        case ForgeKind::BitbucketCloud:
            for (const auto& link : manifest::array(item, {"links", "clone"})) {
                const auto name = text(link, {"name"});
                if (m_https ? name.starts_with("http") : name == "ssh")
                    return std::string(text(link, {"href"}));
            }
            return {};
        default:
            return std::string(text(item, {m_https ? "clone_url" : "ssh_url"}));
        }
    }

    [[nodiscard]] Repository read(const Value& item) const
    {
        Repository out;
        out.id = numberText(item, {m_api.kind() == ForgeKind::BitbucketCloud ? "uuid" : "id"});
        out.url = cloneUrl(item);
        out.branch = text(item, {"default_branch"});
        switch (m_api.kind()) {
        case ForgeKind::GitHub:
            out.organization = text(item, {"owner", "login"});
            out.repository = text(item, {"name"});
            out.labels = manifest::texts(item, {"topics"});
            break;
        case ForgeKind::GitLab:
            out.organization = text(item, {"namespace", "full_path"});
            out.repository = text(item, {"path"});
            out.labels = manifest::texts(item, {find(item, {"topics"}) ? "topics" : "tag_list"});
            break;
        case ForgeKind::Gitea:
            out.organization = text(item, {"owner", "login"});
            if (out.organization.empty())
                out.organization = text(item, {"owner", "username"});
            out.repository = text(item, {"name"});
            break;
        case ForgeKind::BitbucketServer:
            out.organization = text(item, {"project", "key"});
            out.repository = text(item, {"name"});
            break;
        case ForgeKind::BitbucketCloud:
            out.organization = text(m_block, {"owner"});
            out.repository = text(item, {"name"});
            out.branch = text(item, {"mainbranch", "name"});
            break;
        case ForgeKind::AzureDevOps:
            out.organization = text(m_block, {"organization"});
            out.repository = text(item, {"name"});
            if (const auto branch = text(item, {"defaultBranch"}); branch.starts_with("refs/heads/"))
                out.branch = branch.substr(std::string_view("refs/heads/").size());
            break;
        }
        return out;
    }

    [[nodiscard]] Result<manifest::Array> branchItems(const Repository& repository) const
    {
        const auto root = below(repository);
        const bool everything = manifest::flag(m_block, {"allBranches"});
        const auto one = [&](const std::string& path) -> Result<manifest::Array> {
            auto found = m_api.get(path);
            if (!found && found.error().code == Error::Code::NotFound) // an empty repository
                return manifest::Array();
            if (!found)
                return fail(found.error());
            return manifest::Array {*found};
        };
        switch (m_api.kind()) {
        case ForgeKind::GitLab:
            return everything ? m_api.all(root + "/repository/branches?per_page=100")
                              : one(root + "/repository/branches/" + percentEncode(repository.branch));
        case ForgeKind::BitbucketServer:
            return everything ? m_api.all(root + "/branches?limit=100") : one(root + "/branches/default");
        case ForgeKind::BitbucketCloud:
            return everything ? m_api.all(root + "/refs/branches?pagelen=100")
                              : one(root + "/refs/branches/" + percentEncode(repository.branch));
        case ForgeKind::AzureDevOps:
            return everything
                ? m_api.all(root + "/stats/branches?api-version=7.0")
                : one(root + "/stats/branches?name=" + percentEncode(repository.branch) + "&api-version=7.0");
        default:
            return everything ? m_api.all(root + "/branches?per_page=100")
                              : one(root + "/branches/" + percentEncode(repository.branch));
        }
    }

    /// GitLab has no request for any path: the folder above is listed.
    [[nodiscard]] Result<bool> gitlabHasPath(const Repository& repository, const std::string& path,
                                             const std::string& ref) const
    {
        const auto slash = path.rfind('/');
        const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
        auto entries = m_api.all(fmt::format("{}/repository/tree?per_page=100&path={}&ref={}", below(repository),
                                             percentEncode(folder), ref));
        if (!entries && entries.error().code == Error::Code::NotFound)
            return false;
        if (!entries)
            return fail(entries.error());
        return std::any_of(entries->begin(), entries->end(),
                           [&](const Value& entry) { return text(entry, {"path"}) == path; });
    }

    const ForgeApi& m_api;
    const Value& m_block;
    bool m_https;
};

/// One entry of spec.generators[].scmProvider.filters.
struct Filter
{
    std::unique_ptr<RE2> repository, branch, label;
    std::vector<std::string> exist, missing;
    [[nodiscard]] bool ofBranches() const { return branch || !exist.empty() || !missing.empty(); }
    [[nodiscard]] bool ofRepositories() const { return !ofBranches() && (repository || label); }

    [[nodiscard]] Result<bool> matches(const Repository& candidate, const Provider& provider) const
    {
        if (repository && !RE2::PartialMatch(candidate.repository, *repository))
            return false;
        if (branch && !RE2::PartialMatch(candidate.branch, *branch))
            return false;
        if (label && std::none_of(candidate.labels.begin(), candidate.labels.end(), [&](const std::string& text) {
                return RE2::PartialMatch(text, *label);
            }))
            return false;
        for (const auto& path : exist) {
            PH_TRY(const bool has, provider.hasPath(candidate, path));
            if (!has)
                return false;
        }
        for (const auto& path : missing) {
            PH_TRY(const bool has, provider.hasPath(candidate, path));
            if (has)
                return false;
        }
        return true;
    }
};

Result<std::vector<Filter>> parseFilters(const manifest::Array& written)
{
    std::vector<Filter> out;
    for (const auto& item : written) {
        auto& filter = out.emplace_back();
        for (const auto& [key, place] :
             {std::pair {"repositoryMatch", &filter.repository}, std::pair {"branchMatch", &filter.branch},
              std::pair {"labelMatch", &filter.label}}) {
            const auto* pattern = find(item, {key});
            if (!pattern || !pattern->is_string())
                continue;
            *place = std::make_unique<RE2>(std::string(pattern->get_string()), RE2::Quiet);
            if (!(*place)->ok())
                return fail(
                    Error::Code::InvalidInput,
                    fmt::format("error compiling {} regexp \"{}\": {}", key, (*place)->pattern(), (*place)->error()));
        }
        filter.exist = manifest::texts(item, {"pathsExist"});
        filter.missing = manifest::texts(item, {"pathsDoNotExist"});
    }
    return out;
}

/// Those that some filter of a kind accepts; all where there is no such filter.
Result<std::vector<Repository>> filtered(std::vector<Repository> all, const std::vector<Filter>& filters,
                                         bool (Filter::*kind)() const, const Provider& provider)
{
    if (std::none_of(filters.begin(), filters.end(), [&](const Filter& filter) { return (filter.*kind)(); }))
        return all;
    std::vector<Repository> out;
    for (auto& candidate : all) {
        for (const auto& filter : filters) {
            if (!(filter.*kind)())
                continue;
            PH_TRY(const bool hit, filter.matches(candidate, provider));
            if (hit) {
                out.push_back(std::move(candidate));
                break;
            }
        }
    }
    return out;
}

} // namespace

Result<ParamsList> Generators::scmProvider(const Value& generator, Level)
{
    PH_TRY(const auto forge, forgeOf(generator, "SCM"));
    const auto api = ForgeApi::open(forge.first, *forge.second, m_inputs, std::string(manifest::nameSpace(m_set)));
    if (!api)
        return fail(api.error().within("scm provider"));
    const auto protocol = text(generator, {"cloneProtocol"});
    if (!protocol.empty() && protocol != "ssh" && protocol != "https")
        return fail(Error::Code::InvalidInput, fmt::format("error listing repos: unknown clone protocol {}", protocol));
    const Provider provider(*api, *forge.second,
                            protocol == "https" || (protocol.empty() && forge.first == ForgeKind::AzureDevOps));
    PH_TRY(const auto filters, parseFilters(manifest::array(generator, {"filters"})));
    constexpr std::string_view kAttempt = "error listing repos";
    auto repositories = provider.repositories();
    if (repositories)
        repositories = filtered(std::move(*repositories), filters, &Filter::ofRepositories, provider);
    if (!repositories)
        return fail(repositories.error().within(kAttempt));
    std::vector<Repository> branches;
    for (const auto& repository : *repositories) {
        auto found = provider.branches(repository);
        if (!found)
            return fail(found.error().within(fmt::format("{}: branches of {}", kAttempt, repository.repository)));
        branches.insert(branches.end(), found->begin(), found->end());
    }
    auto chosen = filtered(std::move(branches), filters, &Filter::ofBranches, provider);
    if (!chosen)
        return fail(chosen.error().within(kAttempt));
    ParamsList out;
    for (const auto& repository : *chosen) {
        Params params;
        params.values = {{"organization", repository.organization},
                         {"repository", repository.repository},
                         {"repository_id", repository.id},
                         {"url", repository.url},
                         {"branch", repository.branch},
                         {"branchNormalized", normalizeName(repository.branch)},
                         {"sha", repository.sha},
                         {"short_sha", repository.sha.substr(0, 8)},
                         {"short_sha_7", repository.sha.substr(0, 7)},
                         {"labels", join(repository.labels, ",")}};
        PH_CHECK(addValues(generator, params));
        out.push_back(std::move(params));
    }
    return out;
}

} // namespace core::appset
