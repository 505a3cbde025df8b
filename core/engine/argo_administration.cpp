// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/engine/argo_engine.h"
#include "core/gitops/project.h"

#include <boost/json.hpp>

#include <algorithm>

// Administration and resource actions through Argo CD's API server (reference 10.6 and 10.7).

namespace core::engine {

using manifest::text;
using manifest::Value;

namespace {

constexpr auto kWindowsAhead = std::chrono::hours(24 * 14);

/// int64 may be text in the JSON of gRPC's gateways.
std::int64_t numberAt(const Value& item, manifest::Path path)
{
    const auto number = manifest::integer(item, path);
    return number ? *number : std::atoll(std::string(text(item, path)).c_str());
}

std::optional<TimePoint> timeAtText(const Value& token, const char* field)
{
    const auto seconds = numberAt(token, {field});
    return seconds > 0 ? std::optional(TimePoint(std::chrono::seconds(seconds))) : std::nullopt;
}

/// What the server last saw of a repository or a cluster; "" where that is fine or not known.
std::string problemOf(const Value& item)
{
    if (text(item, {"connectionState", "status"}) != "Failed")
        return {};
    const auto message = text(item, {"connectionState", "message"});
    return message.empty() ? "it cannot be reached" : std::string(message);
}

AdminRepository repositoryAt(const Value& item, bool pattern)
{
    AdminRepository out;
    out.url = text(item, {pattern ? "url" : "repo"});
    out.type = text(item, {"type"});
    if (out.type.empty())
        out.type = "git";
    out.project = text(item, {"project"});
    out.username = text(item, {"username"});
    if (!out.username.empty())
        out.credential = "password"; // the server tells no more
    out.pattern = pattern;
    out.insecure = manifest::flag(item, {"insecure"});
    out.problem = problemOf(item);
    return out;
}

AdminCluster clusterAt(const Value& item)
{
    AdminCluster out;
    out.name = text(item, {"name"});
    out.server = text(item, {"server"});
    out.project = text(item, {"project"});
    out.namespaces = manifest::texts(item, {"namespaces"});
    out.insecure = manifest::flag(item, {"config", "tlsClientConfig", "insecure"});
    out.version = text(item, {"info", "serverVersion"});
    if (out.version.empty())
        out.version = text(item, {"serverVersion"});
    const auto* info = manifest::find(item, {"info"});
    out.problem =
        info != nullptr && manifest::find(*info, {"connectionState"}) != nullptr ? problemOf(*info) : problemOf(item);
    out.applications =
        static_cast<std::size_t>(std::max<std::int64_t>(0, numberAt(item, {"info", "applicationsCount"})));
    return out;
}

AdminCertificate certificateAt(const Value& item)
{
    AdminCertificate out;
    const bool ssh = text(item, {"certType"}) == "ssh";
    out.kind = ssh ? AdminCertificate::Kind::Ssh : AdminCertificate::Kind::Tls;
    out.name = text(item, {"serverName"});
    out.subject = text(item, {ssh ? "certSubType" : "certInfo"});
    if (ssh)
        out.fingerprint = text(item, {"certInfo"});
    return out;
}

AdminCertificate signingKeyAt(const Value& item)
{
    AdminCertificate out;
    out.kind = AdminCertificate::Kind::Gpg;
    out.name = text(item, {"keyID"});
    out.subject = text(item, {"owner"});
    out.fingerprint = text(item, {"fingerprint"});
    return out;
}

AdminAccount accountAt(const Value& item)
{
    AdminAccount out;
    out.name = text(item, {"name"});
    out.enabled = manifest::flag(item, {"enabled"});
    out.capabilities = manifest::texts(item, {"capabilities"});
    for (const auto& token : manifest::array(item, {"tokens"}))
        out.tokens.push_back(
            {std::string(text(token, {"id"})), timeAtText(token, "issuedAt"), timeAtText(token, "expiresAt")});
    return out;
}

/// Applications by the repository that they read.
void countApplications(std::vector<AdminRepository>& repositories,
                       const std::vector<std::shared_ptr<const Value>>& applications)
{
    for (const auto& object : applications)
        for (const auto& source : gitops::parseApplication(*object).sources)
            for (auto& repository : repositories)
                if (!repository.pattern
                    && gitops::normalizeGitUrl(repository.url) == gitops::normalizeGitUrl(source.repoUrl))
                    ++repository.applications;
}

} // namespace

Result<Administration> ArgoEngine::administration(std::stop_token stop)
{
    AdminInput input;
    {
        const std::scoped_lock lock(m_mutex);
        for (const auto& [id, object] : m_objects)
            input.applications.push_back(std::make_shared<const Value>(object));
    }
    // The server answers each list by its own policies: what one may not see is empty, the rest is still shown.
    std::optional<Error> refusal;
    std::size_t answers = 0;
    const auto items = [&](const char* path) {
        const auto answer = m_client.read(path, stop);
        answers += answer ? 1 : 0;
        if (!answer && !refusal)
            refusal = answer.error();
        return answer ? manifest::array(*answer, {"items"}) : manifest::Array();
    };
    for (const auto& project : items("projects")) {
        Value object = project;
        manifest::ensure(object, {"apiVersion"}) = "argoproj.io/v1alpha1";
        manifest::ensure(object, {"kind"}) = "AppProject";
        input.projects.push_back(std::make_shared<const Value>(std::move(object)));
    }
    input.now = std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
    input.until = input.now + kWindowsAhead;
    auto out = viewAdministration(input);
    out.repositories.clear();
    out.clusters.clear();
    for (const auto& item : items("repositories"))
        out.repositories.push_back(repositoryAt(item, false));
    for (const auto& item : items("repocreds"))
        out.repositories.push_back(repositoryAt(item, true));
    countApplications(out.repositories, input.applications);
    for (const auto& item : items("clusters"))
        out.clusters.push_back(clusterAt(item));
    for (const auto& item : items("certificates"))
        out.certificates.push_back(certificateAt(item));
    for (const auto& item : items("gpgkeys"))
        out.certificates.push_back(signingKeyAt(item));
    for (const auto& item : items("account"))
        out.accounts.push_back(accountAt(item));
    for (const auto& item : items("notifications/triggers"))
        out.triggers.emplace_back(text(item, {"name"}));
    for (const auto& item : items("notifications/services"))
        out.services.emplace_back(text(item, {"name"}));
    if (answers == 0 && refusal)
        return fail(*refusal);
    return out;
}

/// Subscriptions of applications are annotations, which the server lets one patch; it has no such way for projects.
Result<> ArgoEngine::annotate(const manifest::ResourceKey& key, const std::string& annotation,
                              const std::optional<std::string>& value)
{
    PH_CHECK(writable());
    if (key.kind != "Application")
        return fail(Error::Code::Unsupported,
                    "annotating a " + key.kind + " is not possible through Argo CD's API server", {},
                    "open the cluster with a kubeconfig");
    PH_TRY(const auto app, find({key.nameSpace, key.name}));
    const Value wanted = value ? Value(boost::json::string(*value)) : Value(nullptr);
    const Value change =
        manifest::Object {{"metadata", manifest::Object {{"annotations", manifest::Object {{annotation, wanted}}}}}};
    PH_CHECK(m_client.patch(app, change));
    return {};
}

Result<std::vector<health::ResourceAction>> ArgoEngine::objectActions(const ObjectRef& object, std::stop_token stop)
{
    PH_TRY(const auto place, placeOf(object));
    PH_TRY(const auto actions, m_client.actions(place.app, place.object, std::move(stop)));
    std::vector<health::ResourceAction> out;
    for (const auto& action : actions) {
        health::ResourceAction made {action.name, action.displayName, action.disabled};
        for (const auto& parameter : action.parameters)
            made.parameters.push_back({parameter, {}});
        out.push_back(std::move(made));
    }
    return out;
}

Result<> ArgoEngine::runObjectAction(const ObjectRef& object, const std::string& action,
                                     const health::ActionArguments& arguments)
{
    PH_CHECK(writable());
    PH_TRY(const auto place, placeOf(object));
    return m_client.runAction(place.app, place.object, action, {arguments.begin(), arguments.end()});
}

Result<UsageTable> ArgoEngine::usage(std::stop_token)
{
    return fail(Error::Code::Unsupported, "what pods and nodes use is not told by Argo CD's API server", {},
                "open the cluster with a kubeconfig");
}

} // namespace core::engine
