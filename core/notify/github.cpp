// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/notify/github.h"

#include "core/base/strings.h"
#include "core/notify/functions.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <memory>

namespace core::notify {

namespace {

using manifest::text;
using manifest::Value;

constexpr std::size_t kDescriptionMost = 140; ///< of a status, GitHub's limit

std::string urlBase64(std::string_view bytes)
{
    auto result = base64Encode(bytes);
    std::replace(result.begin(), result.end(), '+', '-');
    std::replace(result.begin(), result.end(), '/', '_');
    while (result.ends_with('='))
        result.pop_back();
    return result;
}

/// A number or a text of the options as text.
std::string option(const Service& service, std::string_view key)
{
    if (const auto number = manifest::integer(service.options, {key}))
        return std::to_string(*number);
    return std::string(text(service.options, {key}));
}

struct Access
{
    std::string base; ///< of the API
    std::string token;
};

Result<Value> callGithub(const Access& access, std::string_view method, const std::string& path, const Value* body,
                         const HttpSend& http, const std::stop_token& stop)
{
    HttpRequest request;
    request.method = method;
    request.url = access.base + path;
    request.headers = {{"Accept", "application/vnd.github+json"},
                       {"Authorization", "Bearer " + access.token},
                       {"User-Agent", "pilothouse"}};
    if (body) {
        request.headers.emplace_back("Content-Type", "application/json");
        request.body = manifest::toJson(*body);
    }
    PH_TRY(const auto response, http(request, stop));
    if (response.status < 200 || response.status > 299) {
        Error error {Error::Code::Unavailable,
                     fmt::format("GitHub answered {} to {} {}", response.status, method, path), access.base};
        error.httpStatus = response.status;
        return fail(std::move(error));
    }
    if (trim(response.body).empty())
        return Value();
    return manifest::parseJson(response.body);
}

class Session
{
public:
    Session(const Service& service, const Message& message, const Value& app, const HttpSend& http,
            std::stop_token stop)
        : m_service(service)
        , m_message(message)
        , m_app(app)
        , m_http(http)
        , m_stop(std::move(stop))
    {
        m_base = option(service, "enterpriseBaseURL");
        while (m_base.ends_with('/'))
            m_base.pop_back();
        if (m_base.empty())
            m_base = "https://api.github.com";
        else if (!m_base.ends_with("/api/v3"))
            m_base += "/api/v3";
    }

    Result<> run(TimePoint now)
    {
        if (manifest::find(m_message.blocks, {"github", "repositoryDispatch"}))
            return fail(Error::Code::Unsupported, "github.repositoryDispatch is not supported",
                        "service." + m_service.name, "use status, deployment, checkRun or pullRequestComment");
        PH_CHECK(place());
        PH_CHECK(logIn(now));
        if (manifest::find(m_message.blocks, {"github", "status"}))
            PH_CHECK(status());
        if (manifest::find(m_message.blocks, {"github", "deployment"}))
            PH_CHECK(deployment());
        if (manifest::find(m_message.blocks, {"github", "pullRequestComment"}))
            PH_CHECK(comment());
        if (manifest::find(m_message.blocks, {"github", "checkRun"}))
            PH_CHECK(checkRun());
        return {};
    }

private:
    [[nodiscard]] std::string_view block(std::string_view part, std::string_view field) const
    {
        return text(m_message.blocks, {"github", part, field});
    }

    Result<> place()
    {
        auto url = std::string(text(m_message.blocks, {"github", "repoURLPath"}));
        if (url.empty())
            url = text(m_app, {"spec", "source", "repoURL"});
        m_repository = fullNameByRepoUrl(repoUrlToHttps(url));
        m_revision = text(m_message.blocks, {"github", "revisionPath"});
        if (m_revision.empty())
            m_revision = text(m_app, {"status", "operationState", "syncResult", "revision"});
        const auto safe = [](std::string_view word, bool slash) {
            return !word.empty() && word.find("..") == std::string_view::npos
                && std::all_of(word.begin(), word.end(), [slash](char c) {
                       return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
                           || c == '_' || c == '.' || (slash && c == '/');
                   });
        };
        if (!safe(m_repository, true) || m_repository.find('/') == std::string::npos)
            return fail(Error::Code::InvalidInput, fmt::format("'{}' is no repository of GitHub", url));
        if (!safe(m_revision, false))
            return fail(Error::Code::InvalidInput, fmt::format("'{}' is no commit", m_revision));
        return {};
    }

    Result<Value> call(std::string_view method, const std::string& path, const Value* body)
    {
        return callGithub({m_base, m_token}, method, path, body, m_http, m_stop);
    }

    Result<> logIn(TimePoint now)
    {
        const auto installation = option(m_service, "installationID");
        if (installation.empty() || installation.find_first_not_of("0123456789") != std::string::npos)
            return fail(Error::Code::InvalidInput, fmt::format("the service {} has no installationID", m_service.name));
        PH_TRY(const auto own, githubAppToken(option(m_service, "appID"), option(m_service, "privateKey"), now));
        PH_TRY(m_token, githubInstallationToken(m_base, installation, own, m_http, m_stop));
        return {};
    }

    Result<> status()
    {
        auto description = m_message.text;
        if (description.size() > kDescriptionMost) {
            auto length = kDescriptionMost - 3;
            while (length > 0 && (static_cast<unsigned char>(description[length]) & 0xc0) == 0x80)
                --length;
            description = description.substr(0, length) + "...";
        }
        Value body = manifest::Object();
        manifest::ensure(body, {"state"}) = boost::json::string(block("status", "state"));
        if (const auto target = block("status", "targetURL"); !target.empty())
            manifest::ensure(body, {"target_url"}) = boost::json::string(target);
        manifest::ensure(body, {"description"}) = boost::json::string(description);
        if (const auto label = block("status", "label"); !label.empty())
            manifest::ensure(body, {"context"}) = boost::json::string(label);
        PH_TRY(const auto answer, call("POST", fmt::format("/repos/{}/statuses/{}", m_repository, m_revision), &body));
        (void)answer;
        return {};
    }

    Result<> deployment()
    {
        const auto reference = block("deployment", "reference");
        const auto ref = reference.empty() ? std::string_view(m_revision) : reference;
        const auto environment = block("deployment", "environment");
        Value body = manifest::Object();
        manifest::ensure(body, {"ref"}) = boost::json::string(ref);
        manifest::ensure(body, {"environment"}) = boost::json::string(environment);
        const auto* contexts = manifest::find(m_message.blocks, {"github", "deployment", "requiredContexts"});
        manifest::ensure(body, {"required_contexts"}) = contexts ? *contexts : Value(manifest::Array());
        manifest::ensure(body, {"auto_merge"}) =
            manifest::flag(m_message.blocks, {"github", "deployment", "autoMerge"}, true);
        manifest::ensure(body, {"transient_environment"}) =
            manifest::flag(m_message.blocks, {"github", "deployment", "transientEnvironment"});
        PH_TRY(const auto made, call("POST", fmt::format("/repos/{}/deployments", m_repository), &body));
        const auto id = manifest::integer(made, {"id"});
        if (!id)
            return fail(Error::Code::Unavailable, "GitHub made no deployment", m_base);
        Value state = manifest::Object();
        manifest::ensure(state, {"state"}) = boost::json::string(block("deployment", "state"));
        manifest::ensure(state, {"description"}) =
            boost::json::string(std::string_view(m_message.text).substr(0, kDescriptionMost));
        for (const auto& [field, name] :
             {std::pair {"logURL", "log_url"}, std::pair {"environmentURL", "environment_url"}}) {
            if (const auto url = block("deployment", field); !url.empty())
                manifest::ensure(state, {name}) = boost::json::string(url);
        }
        PH_TRY(const auto answer,
               call("POST", fmt::format("/repos/{}/deployments/{}/statuses", m_repository, *id), &state));
        (void)answer;
        return {};
    }

    Result<> comment()
    {
        PH_TRY(const auto pulls,
               call("GET", fmt::format("/repos/{}/commits/{}/pulls", m_repository, m_revision), nullptr));
        const auto tag = block("pullRequestComment", "commentTag");
        std::string content(block("pullRequestComment", "content"));
        if (content.empty())
            content = m_message.text;
        const auto mark = fmt::format("<!-- argocd-notifications {} -->", tag);
        if (!tag.empty())
            content += "\n" + mark;
        Value body = manifest::Object();
        manifest::ensure(body, {"body"}) = boost::json::string(content);
        for (const auto& pull : manifest::array(pulls, {})) {
            const auto number = manifest::integer(pull, {"number"});
            if (!number)
                continue;
            const auto list = fmt::format("/repos/{}/issues/{}/comments", m_repository, *number);
            std::optional<std::int64_t> known;
            if (!tag.empty()) {
                PH_TRY(const auto comments, call("GET", list + "?per_page=100", nullptr));
                for (const auto& item : manifest::array(comments, {})) {
                    if (text(item, {"body"}).find(mark) != std::string_view::npos)
                        known = manifest::integer(item, {"id"});
                }
            }
            PH_TRY(const auto answer,
                   known ? call("PATCH", fmt::format("/repos/{}/issues/comments/{}", m_repository, *known), &body)
                         : call("POST", list, &body));
            (void)answer;
        }
        return {};
    }

    Result<> checkRun()
    {
        Value body = manifest::Object();
        const auto put = [&](manifest::Path path, std::string_view value) {
            if (!value.empty())
                manifest::ensure(body, path) = boost::json::string(value);
        };
        put({"head_sha"}, m_revision);
        static constexpr std::string_view kFields[][2] {{"name", "name"},
                                                        {"detailsURL", "details_url"},
                                                        {"status", "status"},
                                                        {"conclusion", "conclusion"},
                                                        {"startedAt", "started_at"},
                                                        {"completedAt", "completed_at"}};
        for (const auto& [from, to] : kFields) {
            const auto value = block("checkRun", from);
            if (from.ends_with("At") && !value.empty() && !parseRfc3339(value))
                return fail(Error::Code::InvalidInput,
                            fmt::format("github.checkRun.{}: '{}' is no time in RFC 3339", from, value),
                            "service." + m_service.name);
            put({to}, value);
        }
        for (const auto* field : {"title", "summary", "text"})
            put({"output", field}, text(m_message.blocks, {"github", "checkRun", "output", field}));
        PH_TRY(const auto answer, call("POST", fmt::format("/repos/{}/check-runs", m_repository), &body));
        (void)answer;
        return {};
    }

    const Service& m_service;
    const Message& m_message;
    const Value& m_app;
    const HttpSend& m_http;
    std::stop_token m_stop;
    std::string m_base, m_token, m_repository, m_revision;
};

} // namespace

Result<std::string> githubAppToken(const std::string& appId, const std::string& privateKeyPem, TimePoint now)
{
    if (appId.empty())
        return fail(Error::Code::InvalidInput, "service.github has no appID");
    const std::unique_ptr<BIO, decltype(&BIO_free)> source(
        BIO_new_mem_buf(privateKeyPem.data(), static_cast<int>(privateKeyPem.size())), BIO_free);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        source ? PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr) : nullptr, EVP_PKEY_free);
    if (!key)
        return fail(Error::Code::InvalidInput, "the privateKey of service.github cannot be read");
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
    const auto claims = fmt::format(R"({{"iat":{},"exp":{},"iss":"{}"}})", seconds - 60, seconds + 540, appId);
    const auto signedPart = urlBase64(R"({"alg":"RS256","typ":"JWT"})") + "." + urlBase64(claims);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::size_t size = 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(signedPart.data());
    if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1
        || EVP_DigestSign(context.get(), nullptr, &size, bytes, signedPart.size()) != 1)
        return fail(Error::Code::InvalidInput, "the privateKey of service.github cannot sign");
    std::string signature(size, '\0');
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes,
                       signedPart.size())
        != 1)
        return fail(Error::Code::InvalidInput, "the privateKey of service.github cannot sign");
    signature.resize(size);
    return signedPart + "." + urlBase64(signature);
}

Result<std::string> githubInstallationToken(const std::string& base, const std::string& installation,
                                            const std::string& appToken, const HttpSend& http, std::stop_token stop)
{
    PH_TRY(const auto answer,
           callGithub({base, appToken}, "POST", fmt::format("/app/installations/{}/access_tokens", installation),
                      nullptr, http, stop));
    auto token = std::string(text(answer, {"token"}));
    if (token.empty())
        return fail(Error::Code::Unavailable, "GitHub gave no installation token", base);
    return token;
}

Result<> sendToGithub(const Service& service, const Message& message, const Value& app, TimePoint now,
                      const HttpSend& http, std::stop_token stop)
{
    return Session(service, message, app, http, std::move(stop)).run(now);
}

} // namespace core::notify
