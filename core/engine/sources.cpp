// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/sources.h"

#include "core/base/clock.h"
#include "core/base/http_tls.h"
#include "core/base/strings.h"
#include "core/gitops/revision.h"
#include "core/render/helm_repository.h"

#include <fmt/format.h>

#include <array>

namespace core::engine {

namespace {

constexpr std::size_t kKeptTrees = 64;

bool isArtifact(const std::string& url)
{
    return url.starts_with("oci://");
}

} // namespace

Sources::Sources(std::filesystem::path mirrors, Reach reach)
    : m_mirrors(std::move(mirrors))
    , m_reach(std::move(reach))
{
}

Sources::Place Sources::placeOf(const gitops::SourceRepository& repository) const
{
    Place out {repository.url, {}, repository.url};
    const bool remote = localPath(repository.url).empty() && !render::helm::parseChartLocation(repository.url)
        && !render::helm::parseFileLocation(repository.url);
    if (remote && m_reach.access) {
        out.access = m_reach.access(repository);
        out.key += '\n' + out.access.secret;
    }
    return out;
}

Result<git::FetchOptions> Sources::options(const Place& place, const std::stop_token& stop) const
{
    git::FetchOptions out;
    out.stop = stop;
    return m_reach.git ? m_reach.git(place.access, place.url, stop) : out;
}

std::string Sources::localPath(const std::string& url)
{
    if (url.starts_with("file://"))
        return url.substr(7);
    return url.starts_with('/') ? url : std::string {};
}

std::shared_ptr<Sources::Entry> Sources::entry(const Place& place)
{
    const std::scoped_lock lock(m_mutex);
    auto& slot = m_entries[place.key];
    if (!slot)
        slot = std::make_shared<Entry>();
    return slot;
}

Result<git::Repository> Sources::open(const Place& place, Entry& entry, bool fetch, const std::stop_token& stop) const
{
    if (const auto path = localPath(place.url); !path.empty())
        return git::Repository::open(path);
    if (isArtifact(place.url))
        return fail(Error::Code::Unsupported, "an OCI artifact has no commits and no branches", place.url);
    const auto folder = m_mirrors / sha256Hex(place.key).substr(0, 20);
    std::error_code ec;
    if (!std::filesystem::exists(folder / "HEAD", ec)) {
        PH_TRY(const auto how, options(place, stop));
        auto made = git::Repository::mirror(folder, place.url, how);
        entry.fetched = made.has_value();
        return made;
    }
    PH_TRY(auto repository, git::Repository::open(folder));
    if (fetch || !entry.fetched) {
        PH_TRY(const auto how, options(place, stop));
        PH_CHECK(repository.fetch(how));
        entry.fetched = true;
    }
    return repository;
}

namespace {

/// "7" of "pull/7"; "" for every other revision.
std::string pullRequest(const std::string& revision)
{
    constexpr std::string_view kPrefix = "pull/";
    const auto number = revision.starts_with(kPrefix) ? revision.substr(kPrefix.size()) : std::string();
    const bool digits = !number.empty() && number.find_first_not_of("0123456789") == std::string::npos;
    return digits && number.size() < 10 ? number : std::string();
}

/// Where GitHub, Gitea and Azure, GitLab, and Bitbucket keep the head of a pull request.
constexpr std::array kPullRequests {"refs/pull/{}/head", "refs/merge-requests/{}/head", "refs/pull-requests/{}/from"};

} // namespace

Result<std::string> Sources::pullRequestHead(git::Repository& repository, const Place& place, const std::string& number,
                                             const std::stop_token& stop) const
{
    for (const auto* pattern : kPullRequests) {
        const auto reference = fmt::format(fmt::runtime(pattern), number);
        if (localPath(place.url).empty()) {
            PH_TRY(auto how, options(place, stop));
            how.reference = reference;
            if (!repository.fetch(how)) // its branches are as they were
                continue;
        }
        if (auto commit = repository.resolve(reference))
            return *commit;
    }
    return fail(Error::Code::NotFound, fmt::format("the repository has no pull request {}", number), place.url,
                "a pull request that was closed long ago may be gone: compare with its branch or commit");
}

Result<Sources::Resolved> Sources::resolve(const gitops::SourceRepository& source, const std::string& revision,
                                           Fetch fetch, std::stop_token stop)
{
    const auto place = placeOf(source);
    const auto slot = entry(place);
    const std::scoped_lock lock(slot->mutex);
    if (const auto chart = render::helm::parseChartLocation(source.url))
        return this->chart(*chart, source.project, revision, stop);
    if (const auto file = render::helm::parseFileLocation(source.url)) {
        PH_TRY(auto tree, render::helm::fetchFile(*file, curlHttp(), stop));
        return Resolved {{}, std::move(tree)};
    }
    if (isArtifact(source.url)) {
        auto access = registryAccess(source);
        PH_TRY(auto fetched, render::helm::fetchArtifact(source.url, revision == "HEAD" ? "" : revision, access, stop));
        return Resolved {std::move(fetched.version), std::move(fetched.tree)};
    }
    PH_TRY(auto repository, open(place, *slot, fetch == Fetch::Always, stop));
    std::string wanted = revision.empty() ? "HEAD" : revision;
    if (gitops::isVersionRange(revision)) {
        PH_TRY(const auto tags, repository.tags());
        PH_TRY(wanted, gitops::versionTag(revision, tags));
    }
    if (const auto number = pullRequest(wanted); !number.empty()) {
        PH_TRY(wanted, pullRequestHead(repository, place, number, stop));
    }
    auto commit = repository.resolve(wanted);
    if (!commit && fetch == Fetch::IfMissing && localPath(source.url).empty()) {
        PH_TRY(const auto how, options(place, stop));
        PH_CHECK(repository.fetch(how));
        commit = repository.resolve(wanted);
    }
    if (!commit) {
        commit.error().where = source.url;
        return tl::unexpected(commit.error());
    }
    const std::string key = place.key + '\n' + *commit;
    {
        const std::scoped_lock inner(m_mutex);
        if (const auto it = m_trees.find(key); it != m_trees.end())
            return Resolved {*commit, it->second};
    }
    PH_TRY(auto tree, repository.tree(*commit));
    const std::scoped_lock inner(m_mutex);
    if (m_trees.size() >= kKeptTrees)
        m_trees.clear();
    m_trees[key] = tree;
    return Resolved {*commit, std::move(tree)};
}

Result<Sources::Resolved> Sources::chart(const render::helm::ChartLocation& location, const std::string& project,
                                         const std::string& version, const std::stop_token& stop) const
{
    auto chart = location;
    if (const auto& written = location.repository; written.starts_with('@') || written.starts_with("alias:")) {
        const auto name = written.substr(written.find_first_of("@:") + 1);
        chart.repository = m_reach.chartRepository ? m_reach.chartRepository(name) : std::string();
        if (chart.repository.empty())
            return fail(Error::Code::NotFound, fmt::format("no repository definition for {}", written), {},
                        fmt::format("Add the Helm repository by a Secret of type repository with the name {}, or write "
                                    "its address in Chart.yaml.",
                                    name));
    }
    auto access = registryAccess({chart.repository, project});
    access.passCredentials = chart.passCredentials;
    PH_TRY(auto fetched, render::helm::fetchChart(chart.repository, chart.chart, version, access, stop));
    return Resolved {std::move(fetched.version), std::move(fetched.tree)};
}

render::helm::RepositoryAccess Sources::registryAccess(const gitops::SourceRepository& repository) const
{
    render::helm::RepositoryAccess access;
    access.cache = m_mirrors / "charts";
    HttpTls tls;
    if (m_reach.access) {
        auto known = m_reach.access(repository);
        if (!known.secret.empty())
            access.cache /= sha256Hex(known.secret).substr(0, 20);
        access.user = std::move(known.credentials.username);
        access.password = std::move(known.credentials.password);
        access.insecureSkipTlsVerify = known.insecure;
        tls = {std::move(known.tlsClientCert), std::move(known.tlsClientKey), std::move(known.authorities),
               std::move(known.proxy)};
    }
    access.tls = !tls.certificate.empty() || !tls.authorities.empty();
    access.send = curlHttp(std::move(tls));
    return access;
}

Result<std::vector<std::string>> Sources::tags(const gitops::SourceRepository& source, std::stop_token stop)
{
    const auto place = placeOf(source);
    const auto slot = entry(place);
    const std::scoped_lock lock(slot->mutex);
    PH_TRY(const auto repository, open(place, *slot, false, stop));
    return repository.tags();
}

Result<std::vector<git::SignatureCheck>> Sources::verify(const gitops::SourceRepository& source,
                                                         const std::string& revision, const std::string& commit,
                                                         git::SignedHistory history,
                                                         const std::vector<std::string>& keys, std::stop_token stop)
{
    const auto place = placeOf(source);
    const auto slot = entry(place);
    const std::scoped_lock lock(slot->mutex);
    PH_TRY(const auto repository, open(place, *slot, false, stop));
    std::string all;
    for (const auto& key : keys)
        all += key;
    // One home per set of keys: a key that was taken away does not stay known.
    PH_TRY(const auto ring, git::KeyRing::open(m_mirrors / "gnupg" / sha256Hex(all).substr(0, 16), keys));
    return git::verifySignatures(repository.path(), revision, commit, history, ring);
}

Result<git::Commit> Sources::commit(const gitops::SourceRepository& source, const std::string& id)
{
    const auto place = placeOf(source);
    const auto slot = entry(place);
    const std::scoped_lock lock(slot->mutex);
    PH_TRY(const auto repository, open(place, *slot, false, {}));
    return repository.commit(id);
}

Result<std::vector<git::Commit>> Sources::log(const gitops::SourceRepository& source, const std::string& from,
                                              std::size_t limit, const std::string& below)
{
    const auto place = placeOf(source);
    const auto slot = entry(place);
    const std::scoped_lock lock(slot->mutex);
    PH_TRY(const auto repository, open(place, *slot, false, {}));
    return repository.log(from, limit, below);
}

Result<std::string> Sources::commitFiles(const gitops::SourceRepository& source, const std::string& branch,
                                         const std::string& expectedParent, const git::Overlay& changes,
                                         const std::string& message, const git::Signature& author)
{
    const auto place = placeOf(source);
    const auto slot = entry(place);
    const std::scoped_lock lock(slot->mutex);
    PH_TRY(auto repository, open(place, *slot, false, {}));
    PH_TRY(auto id, repository.commitFiles(branch, expectedParent, changes, message, author));
    PH_CHECK(publish(repository, place, branch));
    return id;
}

Result<> Sources::publish(git::Repository& repository, const Place& place, const std::string& branch) const
{
    if (!localPath(place.url).empty())
        return {};
    // A commit that the remote refuses does not stay in the mirror either: the next fetch puts the branch back.
    PH_TRY(const auto how, options(place, {}));
    if (auto pushed = repository.push(branch, how); !pushed) {
        (void)repository.fetch(how);
        return tl::unexpected(pushed.error());
    }
    return {};
}

Result<std::string> Sources::revert(const gitops::SourceRepository& source, const std::string& branch,
                                    const std::string& commit, const git::Signature& author)
{
    const auto place = placeOf(source);
    const auto slot = entry(place);
    const std::scoped_lock lock(slot->mutex);
    PH_TRY(auto repository, open(place, *slot, localPath(source.url).empty(), {}));
    PH_TRY(auto id, repository.revert(branch, commit, author));
    PH_CHECK(publish(repository, place, branch));
    return id;
}

Result<std::string> Sources::head(const gitops::SourceRepository& source, const std::string& revision,
                                  std::stop_token stop)
{
    if (!localPath(source.url).empty() || isArtifact(source.url)) {
        PH_TRY(const auto resolved, resolve(source, revision, Fetch::IfMissing, stop));
        return resolved.commit;
    }
    PH_TRY(const auto how, options(placeOf(source), stop));
    PH_TRY(const auto references, git::listRemote(source.url, how));
    std::string name = revision.empty() ? "HEAD" : revision;
    if (gitops::isVersionRange(name)) {
        std::vector<std::string> tags;
        for (const auto& [reference, id] : references) {
            if (reference.starts_with("refs/tags/") && !reference.ends_with("^{}"))
                tags.push_back(reference.substr(std::string_view("refs/tags/").size()));
        }
        PH_TRY(name, gitops::versionTag(name, tags));
    }
    for (const std::string& candidate : {name, "refs/heads/" + name, "refs/tags/" + name + "^{}", "refs/tags/" + name})
        if (const auto it = references.find(candidate); it != references.end())
            return it->second;
    return fail(Error::Code::NotFound, "unable to resolve revision \"" + name + "\": no such branch or tag",
                source.url);
}

Sources::Reach reachBySecrets(std::function<std::shared_ptr<kube::Cache>()> cache, std::string nameSpace)
{
    const auto keys = std::make_shared<RepositoryKeys>(curlHttp(), std::make_shared<ScaledClock>());
    return {[cache, nameSpace](const gitops::SourceRepository& source) {
                const auto objects = cache();
                return objects ? repositoryAccess(source, objects->list({"", "Secret"}, nameSpace),
                                                  objects->list({"", "ConfigMap"}, nameSpace))
                               : RepositoryAccess {};
            },
            [keys](const RepositoryAccess& access, const std::string& url, std::stop_token stop) {
                return keys->forGit(access, url, std::move(stop));
            },
            [cache, nameSpace](std::string_view name) {
                const auto objects = cache();
                return objects ? chartRepository(name, objects->list({"", "Secret"}, nameSpace)) : std::string();
            }};
}

} // namespace core::engine
