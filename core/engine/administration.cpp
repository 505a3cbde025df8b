// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/administration.h"

#include "core/base/strings.h"
#include "core/engine/accounts.h"
#include "core/gitops/project.h"
#include "core/manifest/secret.h"
#include "core/notify/config.h"

#include <boost/json.hpp>
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <algorithm>
#include <map>

namespace core::engine {

using manifest::find;
using manifest::secretText;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kSubscribe = "notifications.argoproj.io/subscribe.";
constexpr std::size_t kMostCertificates = 2'000;

bool named(const Value& object, std::string_view name)
{
    return manifest::name(object) == name;
}

// ---- repositories and clusters

std::string repositoryCredential(const Value& secret)
{
    const std::pair<const char*, const char*> kKinds[] {{"sshPrivateKey", "SSH key"},
                                                        {"githubAppPrivateKey", "GitHub App"},
                                                        {"tlsClientCertKey", "client certificate"},
                                                        {"bearerToken", "token"},
                                                        {"gcpServiceAccountKey", "Google key"},
                                                        {"password", "password"}};
    for (const auto& [key, kind] : kKinds)
        if (!secretText(secret, key).empty())
            return kind;
    return {};
}

AdminRepository repositoryOf(const Value& secret, bool pattern)
{
    AdminRepository out;
    out.key = manifest::keyOf(secret);
    out.url = secretText(secret, "url");
    out.type = secretText(secret, "type");
    if (out.type.empty())
        out.type = "git";
    out.project = secretText(secret, "project");
    out.username = secretText(secret, "username");
    out.credential = repositoryCredential(secret);
    out.pattern = pattern;
    out.insecure = secretText(secret, "insecure") == "true" || secretText(secret, "insecureIgnoreHostKey") == "true";
    return out;
}

std::string clusterCredential(const Value& config)
{
    if (!text(config, {"bearerToken"}).empty())
        return "bearer token";
    if (find(config, {"execProviderConfig"}) != nullptr)
        return "exec plug-in";
    if (find(config, {"awsAuthConfig"}) != nullptr)
        return "cloud";
    if (!text(config, {"tlsClientConfig", "certData"}).empty())
        return "client certificate";
    return text(config, {"username"}).empty() ? std::string() : std::string("password");
}

AdminCluster clusterOf(const Value& secret)
{
    AdminCluster out;
    out.key = manifest::keyOf(secret);
    out.name = secretText(secret, "name");
    out.server = secretText(secret, "server");
    out.project = secretText(secret, "project");
    for (const auto& nameSpace : split(secretText(secret, "namespaces"), ','))
        if (!trim(nameSpace).empty())
            out.namespaces.emplace_back(trim(nameSpace));
    if (const auto config = manifest::parseJson(secretText(secret, "config"), out.key.text())) {
        out.credential = clusterCredential(*config);
        out.insecure = manifest::flag(*config, {"tlsClientConfig", "insecure"});
    }
    return out;
}

void addRepositories(Administration& out, const AdminInput& input)
{
    for (const auto& secret : input.secrets) {
        const auto type = manifest::label(*secret, "argocd.argoproj.io/secret-type");
        if (type == "repository" || type == "repo-creds" || type == "repository-write" || type == "repo-write-creds")
            out.repositories.push_back(repositoryOf(*secret, type.find("creds") != std::string_view::npos));
        else if (type == "cluster")
            out.clusters.push_back(clusterOf(*secret));
    }
    std::map<std::string, std::size_t> used;
    for (const auto& object : input.applications)
        for (const auto& source : gitops::parseApplication(*object).sources)
            ++used[source.repoUrl];
    for (const auto& [url, count] : used) {
        const auto same = [&, &wanted = url](const AdminRepository& repository) {
            return !repository.pattern && gitops::normalizeGitUrl(repository.url) == gitops::normalizeGitUrl(wanted);
        };
        const auto known = std::find_if(out.repositories.begin(), out.repositories.end(), same);
        if (known != out.repositories.end()) {
            known->applications += count;
        } else if (!url.empty()) {
            AdminRepository repository;
            repository.url = url;
            repository.type = url.starts_with("oci://") ? "oci" : "git";
            repository.applications = count;
            out.repositories.push_back(std::move(repository));
        }
    }
    std::sort(out.repositories.begin(), out.repositories.end(),
              [](const auto& a, const auto& b) { return std::tie(a.pattern, a.url) < std::tie(b.pattern, b.url); });
}

void addClusters(Administration& out, const AdminInput& input)
{
    const bool known = std::any_of(out.clusters.begin(), out.clusters.end(), [](const AdminCluster& cluster) {
        return cluster.server == gitops::kInClusterServer;
    });
    if (!known) {
        AdminCluster here;
        here.name = gitops::kInClusterName;
        here.server = gitops::kInClusterServer;
        out.clusters.insert(out.clusters.begin(), std::move(here));
    }
    for (const auto& object : input.applications) {
        const auto app = gitops::parseApplication(*object);
        for (auto& cluster : out.clusters)
            if ((!app.server.empty() && app.server == cluster.server)
                || (!app.clusterName.empty() && app.clusterName == cluster.name)) {
                ++cluster.applications;
                break;
            }
    }
}

// ---- certificates and keys

std::string sha256Fingerprint(std::string_view bytes)
{
    const auto hex = sha256Hex(bytes);
    std::string raw;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        raw += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    auto encoded = base64Encode(raw);
    while (encoded.ends_with('='))
        encoded.pop_back();
    return "SHA256:" + encoded;
}

struct X509Closer
{
    void operator()(X509* handle) const noexcept { X509_free(handle); }
    void operator()(BIO* handle) const noexcept { BIO_free(handle); }
};

void addTls(std::vector<AdminCertificate>& out, const manifest::ResourceKey& key, const std::string& host,
            std::string_view pem)
{
    const std::unique_ptr<BIO, X509Closer> input(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
    bool any = false;
    while (out.size() < kMostCertificates) {
        const std::unique_ptr<X509, X509Closer> certificate(PEM_read_bio_X509(input.get(), nullptr, nullptr, nullptr));
        if (!certificate)
            break;
        any = true;
        AdminCertificate made {key, AdminCertificate::Kind::Tls, host, {}, {}, {}, {}};
        std::array<char, 256> name {};
        if (X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name.data(),
                                      static_cast<int>(name.size()))
            > 0)
            made.subject = name.data();
        unsigned char* der = nullptr;
        const int size = i2d_X509(certificate.get(), &der);
        if (size > 0) {
            made.fingerprint = sha256Fingerprint(
                {reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)}); // NOLINT: bytes are bytes
            OPENSSL_free(der);
        }
        std::tm time {};
        if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &time) == 1)
            made.expires = TimePoint(std::chrono::seconds(timegm(&time)));
        out.push_back(std::move(made));
    }
    if (!any)
        out.push_back({key, AdminCertificate::Kind::Tls, host, {}, {}, {}, "no PEM certificate can be read here"});
}

/// Lines of OpenSSH's known_hosts: host[,host] type base64.
void addHosts(std::vector<AdminCertificate>& out, const manifest::ResourceKey& key, std::string_view hosts)
{
    for (const auto& line : split(hosts, '\n')) {
        const auto words = split(trim(line), ' ');
        if (words.size() < 3 || words.front().starts_with('#') || out.size() >= kMostCertificates)
            continue;
        AdminCertificate made {key, AdminCertificate::Kind::Ssh, words[0], words[1], {}, {}, {}};
        if (const auto bytes = base64Decode(words[2]))
            made.fingerprint = sha256Fingerprint(*bytes);
        else
            made.problem = "the key is not base64";
        out.push_back(std::move(made));
    }
}

void addCertificates(Administration& out, const AdminInput& input)
{
    for (const auto& map : input.configMaps) {
        const auto key = manifest::keyOf(*map);
        if (named(*map, "argocd-tls-certs-cm")) {
            for (const auto& [host, pem] : manifest::object(*map, {"data"}))
                if (pem.is_string())
                    addTls(out.certificates, key, host, pem.get_string());
        } else if (named(*map, "argocd-ssh-known-hosts-cm")) {
            addHosts(out.certificates, key, text(*map, {"data", "ssh_known_hosts"}));
        } else if (named(*map, "argocd-gpg-keys-cm")) {
            for (const auto& member : manifest::object(*map, {"data"}))
                out.certificates.push_back(
                    {key, AdminCertificate::Kind::Gpg, std::string(member.key()), "OpenPGP", {}, {}, {}});
        }
    }
}

// ---- notifications

void addSubscriptions(Administration& out, const Value& object)
{
    for (const auto& [key, value] : manifest::object(object, {"metadata", "annotations"})) {
        const std::string_view name(key);
        if (!name.starts_with(kSubscribe) || !value.is_string())
            continue;
        AdminSubscription made;
        made.owner = manifest::keyOf(object);
        made.annotation = name;
        const auto rest = name.substr(kSubscribe.size());
        const auto dot = rest.find('.');
        made.trigger = dot == std::string_view::npos ? std::string_view() : rest.substr(0, dot);
        made.service = dot == std::string_view::npos ? rest : rest.substr(dot + 1);
        for (const auto& recipient : split(std::string_view(value.get_string()), ';'))
            if (!trim(recipient).empty())
                made.recipients.emplace_back(trim(recipient));
        out.subscriptions.push_back(std::move(made));
    }
}

void addNotifications(Administration& out, const AdminInput& input)
{
    for (const auto* list : {&input.applications, &input.projects})
        for (const auto& object : *list)
            addSubscriptions(out, *object);
    for (const auto& map : input.configMaps) {
        if (!named(*map, "argocd-notifications-cm"))
            continue;
        const auto config = notify::parseConfig(map.get(), nullptr);
        for (const auto& [name, trigger] : config.triggers)
            out.triggers.push_back(name);
        for (const auto& [name, service] : config.services)
            out.services.push_back(name);
        for (const auto& global : config.subscriptions) {
            std::map<std::string, std::vector<std::string>> byService;
            for (const auto& [service, recipient] : global.recipients)
                byService[service].push_back(recipient);
            for (auto& [service, recipients] : byService)
                out.subscriptions.push_back(
                    {manifest::keyOf(*map), {}, join(global.triggers, ", "), service, std::move(recipients)});
        }
    }
}

// ---- projects and windows

std::vector<std::string> destinationsOf(const gitops::Project& project)
{
    std::vector<std::string> out;
    for (const auto& destination : project.destinations)
        out.push_back((destination.nameSpace.empty() ? std::string("*") : destination.nameSpace) + " @ "
                      + (!destination.name.empty()         ? destination.name
                             : !destination.server.empty() ? destination.server
                                                           : std::string("*")));
    return out;
}

void addProjects(Administration& out, const AdminInput& input)
{
    for (const auto& object : input.projects) {
        const auto project = gitops::parseProject(*object);
        AdminProject made;
        made.key = manifest::keyOf(*object);
        made.description = text(*object, {"spec", "description"});
        made.sources = project.sourceRepos;
        made.destinations = destinationsOf(project);
        for (const auto& role : manifest::array(*object, {"spec", "roles"}))
            made.roles.emplace_back(text(role, {"name"}));
        made.windows = project.windows.size();
        made.applications = static_cast<std::size_t>(
            std::count_if(input.applications.begin(), input.applications.end(),
                          [&](const auto& app) { return gitops::parseApplication(*app).project == project.name; }));
        out.projects.push_back(std::move(made));
        for (const auto& window : project.windows) {
            AdminWindow entry {project.name, window, false, {}, {}};
            if (auto times = windowTimes(window, input.now, input.until))
                entry.times = std::move(*times);
            else
                entry.problem = times.error().message;
            entry.active = !entry.times.empty() && entry.times.front().first <= input.now;
            out.windows.push_back(std::move(entry));
        }
    }
}

} // namespace

Result<std::vector<std::pair<TimePoint, TimePoint>>> windowTimes(const gitops::SyncWindow& window, TimePoint from,
                                                                 TimePoint until)
{
    constexpr std::size_t kMost = 200;
    PH_TRY(const auto cron, gitops::Cron::parse(window.schedule));
    PH_TRY(const auto duration, parseGoDuration(window.duration));
    // The schedule is written in the zone's time of day; the offset may change between two openings.
    const auto offsetAt = [&](TimePoint moment) {
        return window.timeZone.empty()
            ? std::chrono::seconds(0)
            : gitops::zoneOffset(window.timeZone, std::chrono::floor<std::chrono::seconds>(moment));
    };
    std::vector<std::pair<TimePoint, TimePoint>> out;
    TimePoint local = from + offsetAt(from) - duration;
    while (out.size() < kMost) {
        const auto next = cron.next(local);
        if (!next)
            break;
        const TimePoint begin = *next - offsetAt(*next);
        if (begin >= until)
            break;
        if (begin + duration > from)
            out.emplace_back(begin, begin + duration);
        local = *next;
    }
    return out;
}

Administration viewAdministration(const AdminInput& input)
{
    Administration out;
    addProjects(out, input);
    addRepositories(out, input);
    addClusters(out, input);
    addCertificates(out, input);
    addNotifications(out, input);
    out.accounts = viewAccounts(input);
    return out;
}

} // namespace core::engine
