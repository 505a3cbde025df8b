// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Bases and components in other Git repositories.
#include "core/base/strings.h"
#include "core/render/kustomize_build.h"

#include <boost/json.hpp>

namespace core::render::kustomize {

bool isRemote(const std::string& entry)
{
    return entry.find("://") != std::string::npos || entry.starts_with("github.com") || entry.starts_with("git@")
        || entry.starts_with("git::");
}

namespace {

/// Where the repository ends and the folder in it begins, in what follows the host.
std::pair<std::string, std::string> splitRepository(const std::string& path, bool isFile)
{
    if (const auto git = path.find("/_git/"); git != std::string::npos) {
        const auto end = std::min(path.find('/', git + 6), path.size());
        return {path.substr(0, end), path.substr(std::min(end + 1, path.size()))};
    }
    if (const auto twice = path.find("//", 1); twice != std::string::npos)
        return {path.substr(0, twice), path.substr(twice + 2)};
    if (const auto git = path.find(".git");
        git != std::string::npos && (git + 4 == path.size() || path[git + 4] == '/'))
        return {path.substr(0, git + 4), path.substr(std::min(git + 5, path.size()))};
    if (isFile)
        return {path, {}};
    auto end = path.find('/', path.starts_with('/') ? 1 : 0);
    end = end == std::string::npos ? end : path.find('/', end + 1);
    return end == std::string::npos ? std::pair(path, std::string {})
                                    : std::pair(path.substr(0, end), path.substr(end + 1));
}

} // namespace

Result<RemoteBase> parseRemote(const std::string& entry)
{
    RemoteBase remote;
    auto rest = entry;
    if (const auto question = rest.find('?'); question != std::string::npos) {
        for (const auto& pair : split(rest.substr(question + 1), '&')) {
            const auto equals = pair.find('=');
            const auto key = pair.substr(0, equals);
            if (equals != std::string::npos && (key == "ref" || (key == "version" && remote.ref.empty())))
                remote.ref = pair.substr(equals + 1);
        }
        rest.resize(question);
    }
    if (rest.starts_with("git::"))
        rest.erase(0, 5);
    std::string scheme;
    for (const char* known : {"ssh://", "https://", "http://", "file://"}) {
        if (lower(rest).starts_with(known))
            scheme = known;
    }
    rest.erase(0, scheme.size());
    std::string user;
    if (const auto at = rest.find('@'); at != std::string::npos && at < rest.find('/') && scheme != "file://")
        user = rest.substr(0, at + 1);
    rest.erase(0, user.size());
    std::string host;
    if (scheme != "file://") {
        const auto end = rest.find_first_of(scheme.empty() ? "/:" : "/");
        if (end == std::string::npos || end == 0)
            return fail(Error::Code::InvalidInput, "failed to parse git repo host from '" + entry + "'");
        host = rest.substr(0, end + 1);
        rest.erase(0, end + 1);
        if (const auto name = lower(host.substr(0, end)); name == "github.com" && scheme.empty() && user.empty())
            scheme = "https://", host = "github.com/";
    }
    const auto [repository, folder] = splitRepository(rest, scheme == "file://");
    if (repository.empty())
        return fail(Error::Code::InvalidInput, "failed to parse git repo path segment from '" + entry + "'");
    auto normal = git::normalPath(folder);
    if (!normal)
        return fail(Error::Code::Forbidden, "'" + entry + "' leads out of its repository");
    remote.url = scheme + user + host + repository;
    remote.folder = *normal;
    return remote;
}

Result<std::unique_ptr<Build>> Build::clone(const Root& root, const std::string& entry, RemoteBase& remote)
{
    const auto failed = [&](Error error) {
        error = error.within("accumulating resources from '" + entry + "'");
        error.where = root.file;
        return fail(std::move(error));
    };
    auto parsed = parseRemote(entry);
    if (!parsed)
        return failed(parsed.error());
    remote = std::move(*parsed);
    const auto& options = m_request.kustomize;
    if (!options.allowRemoteBases || !options.fetch)
        return failed({Error::Code::Unsupported,
                       "failed to run 'git fetch --depth=1 " + remote.url + " "
                           + (remote.ref.empty() ? "HEAD" : remote.ref) + "': remote bases are not fetched here",
                       {},
                       "vendor the base into the repository, or allow remote bases"});
    const auto address = remote.url + (remote.ref.empty() ? "" : "?ref=" + remote.ref);
    if (std::find(m_clones.begin(), m_clones.end(), address + "//" + remote.folder) != m_clones.end())
        return failed({Error::Code::InvalidInput, "cycle detected: URI '" + entry + "' is referenced by itself"});
    if (m_depth + 1 > kMaxDepth || m_clones.size() > kMaxDepth)
        return failed({Error::Code::LimitExceeded, "bases are nested deeper than " + std::to_string(kMaxDepth)});
    auto tree = options.fetch(remote.url, remote.ref, m_stop);
    if (!tree) {
        auto error = tree.error().within("failed to run 'git fetch --depth=1 " + remote.url + " "
                                         + (remote.ref.empty() ? "HEAD" : remote.ref) + "'");
        if (error.hint.empty())
            error.hint = "check the address and the connection, or vendor the base into the repository";
        return failed(std::move(error));
    }
    m_view->noteOther();
    auto build = std::make_unique<Build>(*this);
    build->m_view = std::make_shared<SourceView>(*tree, m_view->marks());
    build->m_clones.push_back(address + "//" + remote.folder);
    build->m_clone = remote;
    build->m_chain.clear();
    build->m_variant += '\n' + address;
    build->m_isClone = true;
    return build;
}

Result<> Build::addRemote(Accumulated& into, const Root& root, const std::string& entry)
{
    RemoteBase remote;
    PH_TRY(const auto build, clone(root, entry, remote));
    const auto folder = build->m_view->resolve(remote.folder);
    auto base = build->base(folder ? *folder : remote.folder);
    if (!base) {
        m_trail = std::move(build->m_trail);
        return fail(base.error().within("accumulating resources from '" + entry + "'"));
    }
    take(**base);
    m_schema = build->m_schema;
    m_schemaChosen = build->m_schemaChosen;
    return merge(into, std::move(*base), entry);
}

Result<> Build::addRemoteComponent(Accumulated& into, const Root& root, const std::string& entry)
{
    RemoteBase remote;
    PH_TRY(const auto build, clone(root, entry, remote));
    const auto folder = build->m_view->resolve(remote.folder);
    if (auto done = build->addComponent(into, folder ? *folder : remote.folder); !done) {
        m_trail = std::move(build->m_trail);
        return fail(done.error());
    }
    m_warnings.insert(m_warnings.end(), build->m_warnings.begin(), build->m_warnings.end());
    return {};
}

} // namespace core::render::kustomize
