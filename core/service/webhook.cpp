// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/service/webhook.h"

#include "core/appset/generators.h"
#include "core/base/strings.h"
#include "core/gitops/application.h"
#include "core/gitops/generate_paths.h"
#include "core/gitops/revision.h"
#include "core/manifest/secret.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace core::service {

using manifest::text;
using manifest::Value;

namespace {

std::string header(const HttpQuestion& request, const std::string& name)
{
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string {} : found->second;
}

bool equalSecrets(std::string_view a, std::string_view b)
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string hmacSha256(std::string_view key, std::string_view message)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
         message.size(), digest.data(), &length);
    std::string out;
    for (unsigned i = 0; i < length; ++i)
        out += fmt::format("{:02x}", digest[i]);
    return out;
}

/// Which header says what a host sends, and how it signs.
struct Host
{
    std::string_view name;
    std::string_view eventHeader;
    std::string_view secretKey; ///< of argocd-secret
    std::string_view proofHeader;
    enum class Proof : std::uint8_t { Hmac, Token } proof;
};

// Gitea sends GitHub's and Gogs' headers too, and Bitbucket's two kinds share theirs: the order matters.
constexpr Host kHosts[] {
    {"gitea", "x-gitea-event", "webhook.gogs.secret", "x-gitea-signature", Host::Proof::Hmac},
    {"gogs", "x-gogs-event", "webhook.gogs.secret", "x-gogs-signature", Host::Proof::Hmac},
    {"github", "x-github-event", "webhook.github.secret", "x-hub-signature-256", Host::Proof::Hmac},
    {"gitlab", "x-gitlab-event", "webhook.gitlab.secret", "x-gitlab-token", Host::Proof::Token},
    {"bitbucket", "x-hook-uuid", "webhook.bitbucket.uuid", "x-hook-uuid", Host::Proof::Token},
    {"bitbucketserver", "x-event-key", "webhook.bitbucketserver.secret", "x-hub-signature", Host::Proof::Hmac},
};

Result<> verify(const Host& host, const HttpQuestion& request, const Value* secret)
{
    std::string key;
    if (secret)
        key = manifest::secretText(*secret, host.secretKey);
    if (key.empty())
        return fail(Error::Code::Unauthorized,
                    fmt::format("web hooks of {} are not accepted: no secret is set", host.name), {},
                    fmt::format("Set {} in the Secret argocd-secret and in the web hook.", host.secretKey));
    auto proof = header(request, std::string(host.proofHeader));
    bool right = false;
    if (host.proof == Host::Proof::Token) {
        right = equalSecrets(proof, key);
    } else {
        if (proof.starts_with("sha256="))
            proof.erase(0, 7);
        right = equalSecrets(lower(proof), hmacSha256(key, request.body));
    }
    if (!right)
        return fail(Error::Code::Unauthorized, fmt::format("the signature of the web hook of {} is wrong", host.name));
    return {};
}

void setRevision(GitEvent& event, std::string_view reference)
{
    event.tag = reference.starts_with("refs/tags/");
    for (const std::string_view prefix : {"refs/heads/", "refs/tags/"}) {
        if (reference.starts_with(prefix))
            reference.remove_prefix(prefix.size());
    }
    event.revision = reference;
}

void addUrls(GitEvent& event, const Value& repository, std::initializer_list<std::string_view> keys)
{
    for (const auto key : keys) {
        if (const auto url = text(repository, {key}); !url.empty())
            event.urls.emplace_back(url);
    }
}

/// The files of a push, where each commit lists its own.
void addFiles(GitEvent& event, const Value& body)
{
    const auto& commits = manifest::array(body, {"commits"});
    event.filesKnown = !commits.empty();
    for (const auto& commit : commits) {
        for (const auto* part : {"added", "modified", "removed"}) {
            for (const auto& file : manifest::array(commit, {part})) {
                if (file.is_string())
                    event.files.emplace_back(file.get_string());
            }
        }
    }
}

/// GitHub, Gitea and Gogs.
std::vector<GitEvent> readGithub(const std::string& kind, const Value& body)
{
    const auto* repository = manifest::find(body, {"repository"});
    if (!repository || (kind != "push" && kind != "pull_request"))
        return {};
    GitEvent event;
    addUrls(event, *repository, {"html_url", "clone_url", "ssh_url", "git_url", "url"});
    if (kind == "pull_request") {
        event.pullRequest = true;
    } else {
        setRevision(event, text(body, {"ref"}));
        event.defaultBranch = !event.tag && event.revision == text(*repository, {"default_branch"});
        addFiles(event, body);
    }
    return {event};
}

std::vector<GitEvent> readGitlab(const Value& body)
{
    const auto kind = text(body, {"object_kind"});
    const auto* project = manifest::find(body, {"project"});
    if (!project || (kind != "push" && kind != "tag_push" && kind != "merge_request"))
        return {};
    GitEvent event;
    addUrls(event, *project, {"web_url", "git_http_url", "git_ssh_url", "http_url", "ssh_url", "url"});
    if (kind == "merge_request") {
        event.pullRequest = true;
    } else {
        setRevision(event, text(body, {"ref"}));
        event.defaultBranch = !event.tag && event.revision == text(*project, {"default_branch"});
        addFiles(event, body);
        // A push of many commits lists the first twenty only.
        const auto total = manifest::integer(body, {"total_commits_count"}).value_or(0);
        event.filesKnown =
            event.filesKnown && total <= static_cast<std::int64_t>(manifest::array(body, {"commits"}).size());
    }
    return {event};
}

std::vector<GitEvent> readBitbucket(const std::string& kind, const Value& body)
{
    GitEvent base;
    const auto full = text(body, {"repository", "full_name"});
    if (!full.empty()) {
        base.urls = {fmt::format("https://bitbucket.org/{}", full)};
        if (const auto page = text(body, {"repository", "links", "html", "href"}); !page.empty())
            base.urls.emplace_back(page);
    }
    if (kind.starts_with("pullrequest:")) {
        base.pullRequest = true;
        return {base};
    }
    std::vector<GitEvent> out;
    if (kind != "repo:push")
        return out;
    for (const auto& change : manifest::array(body, {"push", "changes"})) {
        const auto* now = manifest::find(change, {"new"});
        if (!now || !now->is_object())
            continue; // a branch that went
        auto event = base;
        event.revision = text(*now, {"name"});
        event.tag = text(*now, {"type"}) == "tag";
        event.defaultBranch = !event.tag; // the host does not say which branch that is
        out.push_back(std::move(event));
    }
    return out;
}

std::vector<GitEvent> readBitbucketServer(const std::string& kind, const Value& body)
{
    GitEvent base;
    const bool pull = kind.starts_with("pr:");
    const auto* repository =
        pull ? manifest::find(body, {"pullRequest", "toRef", "repository"}) : manifest::find(body, {"repository"});
    if (!repository)
        return {};
    for (const auto* list : {"clone", "self"}) {
        for (const auto& link : manifest::array(*repository, {"links", list})) {
            if (const auto url = text(link, {"href"}); !url.empty())
                base.urls.emplace_back(url);
        }
    }
    if (pull) {
        base.pullRequest = true;
        return {base};
    }
    std::vector<GitEvent> out;
    if (kind != "repo:refs_changed")
        return out;
    for (const auto& change : manifest::array(body, {"changes"})) {
        auto event = base;
        event.revision = text(change, {"ref", "displayId"});
        event.tag = text(change, {"ref", "type"}) == "TAG";
        event.defaultBranch = !event.tag;
        out.push_back(std::move(event));
    }
    return out;
}

/// "host/path" of any form of a repository's address.
std::string place(std::string_view url)
{
    const auto scheme = url.find("://");
    const bool hasScheme = scheme != std::string_view::npos;
    if (hasScheme)
        url.remove_prefix(scheme + 3);
    const auto hostEnd = std::min({url.find('/'), url.size()});
    if (const auto user = url.substr(0, hostEnd).rfind('@'); user != std::string_view::npos)
        url.remove_prefix(user + 1);
    std::string out(url);
    if (const auto colon = out.find(':'); colon != std::string::npos && colon < out.find('/')) {
        if (hasScheme)
            out.erase(colon, std::min(out.find('/'), out.size()) - colon); // a port
        else
            out[colon] = '/'; // git@host:path
    }
    while (out.ends_with('/'))
        out.pop_back();
    if (out.ends_with(".git"))
        out.resize(out.size() - 4);
    // Bitbucket Server clones from /scm/PROJECT/REPO or host:7999/PROJECT/REPO.
    if (const auto scm = out.find("/scm/"); scm != std::string::npos)
        out.erase(scm, 4);
    return lower(out);
}

bool revisionConcerned(const GitEvent& event, std::string target)
{
    for (const std::string_view prefix : {"refs/heads/", "refs/tags/"}) {
        if (target.starts_with(prefix))
            target.erase(0, prefix.size());
    }
    if (target.empty() || target == "HEAD")
        return event.defaultBranch;
    if (target == event.revision)
        return true;
    if (!event.tag || !gitops::isVersionRange(target))
        return false;
    const auto tag = gitops::versionTag(target, {event.revision});
    return tag && *tag == event.revision;
}

/// The annotation's paths against the changed files; true where it says nothing.
bool filesConcerned(const GitEvent& event, const Value& application, const gitops::Source& source)
{
    const auto annotation = manifest::annotation(application, gitops::kGeneratePaths);
    if (!event.filesKnown)
        return true;
    return gitops::touchesGeneratePaths(annotation, source.path, event.files);
}

} // namespace

bool sameRepository(std::string_view a, std::string_view b)
{
    return place(a) == place(b);
}

Result<std::vector<GitEvent>> readWebhook(const HttpQuestion& request, const Value* secret)
{
    const auto* host = std::find_if(std::begin(kHosts), std::end(kHosts), [&](const Host& candidate) {
        return request.headers.contains(std::string(candidate.eventHeader));
    });
    if (host == std::end(kHosts))
        return fail(Error::Code::Unsupported, "unknown web hook: no header names a Git host that we know");
    PH_CHECK(verify(*host, request, secret));
    PH_TRY(const auto body, manifest::parseJson(request.body, "web hook"));
    const auto kind =
        header(request, host->name.starts_with("bitbucket") ? "x-event-key" : std::string(host->eventHeader));
    if (host->name == "gitlab")
        return readGitlab(body);
    if (host->name == "bitbucket")
        return readBitbucket(kind, body);
    if (host->name == "bitbucketserver")
        return readBitbucketServer(kind, body);
    return readGithub(kind, body);
}

bool concernsApplication(const GitEvent& event, const Value& application)
{
    if (event.pullRequest)
        return false;
    const auto sources = gitops::parseApplication(application).sources;
    return std::any_of(sources.begin(), sources.end(), [&](const gitops::Source& source) {
        return source.chart.empty()
            && std::any_of(event.urls.begin(), event.urls.end(),
                           [&](const std::string& url) { return sameRepository(url, source.repoUrl); })
            && revisionConcerned(event, source.targetRevision) && filesConcerned(event, application, source);
    });
}

bool concernsSet(const GitEvent& event, const Value& applicationSet)
{
    if (event.pullRequest)
        return manifest::toJson(manifest::array(applicationSet, {"spec", "generators"})).find("\"pullRequest\":")
            != std::string::npos;
    const auto sources = appset::gitSources(applicationSet);
    return std::any_of(sources.begin(), sources.end(), [&](const auto& source) {
        return revisionConcerned(event, source.second)
            && std::any_of(event.urls.begin(), event.urls.end(),
                           [&](const std::string& url) { return sameRepository(url, source.first.url); });
    });
}

} // namespace core::service
