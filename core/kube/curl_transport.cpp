// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kube/curl_transport.h"

#include "core/base/log.h"
#include "core/base/paths.h"
#include "core/base/strings.h"
#include "core/kube/exec_plugin.h"
#include "core/kube/url.h"
#include "core/kube/websocket.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <mutex>
#include <optional>

namespace core::kube {

namespace {

struct CurlCloser
{
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, CurlCloser>;
using HeaderList = std::unique_ptr<curl_slist, CurlCloser>;

constexpr std::size_t kMaxBody = std::size_t {512} << 20;
constexpr std::size_t kMaxIdle = 8;

struct Exchange
{
    CURL* curl = nullptr;
    std::stop_token stop;
    const std::function<bool(std::string_view)>* onChunk = nullptr;
    Response response;
    bool ended = false; ///< the receiver has had enough
    bool tooLarge = false;
};

std::size_t onBody(char* data, std::size_t size, std::size_t count, void* user)
{
    auto& exchange = *static_cast<Exchange*>(user);
    const std::string_view bytes(data, size * count);
    long status = 0;
    curl_easy_getinfo(exchange.curl, CURLINFO_RESPONSE_CODE, &status);
    if (exchange.onChunk != nullptr && status == 200) {
        exchange.ended = !(*exchange.onChunk)(bytes);
        return exchange.ended ? 0 : bytes.size();
    }
    if (exchange.response.body.size() + bytes.size() > kMaxBody) {
        exchange.tooLarge = true;
        return 0;
    }
    exchange.response.body += bytes;
    return bytes.size();
}

std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* user)
{
    auto& exchange = *static_cast<Exchange*>(user);
    const std::string_view line(data, size * count);
    const auto colon = line.find(':');
    if (line.starts_with("HTTP/"))
        exchange.response.headers.clear();
    else if (colon != std::string_view::npos && exchange.response.headers.size() < 1000)
        exchange.response.headers.emplace_back(lower(trim(line.substr(0, colon))),
                                               std::string(trim(line.substr(colon + 1))));
    return size * count;
}

int onProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<Exchange*>(user)->stop.stop_requested() ? 1 : 0;
}

/// What one request proves itself with.
struct Proof
{
    std::string token;
    std::string certificatePem, keyPem;
    std::optional<PluginCredential> plugin {}; ///< where it came from
};

class CurlTransport final : public Transport, public WebSocketTransport
{
public:
    explicit CurlTransport(Access access)
        : m_access(std::move(access))
    {
        static std::once_flag once;
        std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
        while (m_access.server.ends_with('/'))
            m_access.server.pop_back();
        const bool own = !m_access.token.empty() || !m_access.tokenFile.empty() || !m_access.username.empty();
        if ((m_access.exec || m_access.aws) && !own)
            m_plugin = std::make_unique<PluginCredentials>(m_access);
        if (m_access.insecure)
            log::warning("kube",
                         m_access.server + ": the server's certificate is not checked (insecure-skip-tls-verify)");
    }

    Result<Response> send(const Request& request, std::stop_token stop) override
    {
        auto easy = takeIdle();
        auto result = perform(easy.get(), request, nullptr, std::move(stop));
        if (result)
            keepIdle(std::move(easy));
        return result;
    }
    Result<Response> stream(const Request& request, const std::function<bool(std::string_view)>& onChunk,
                            std::stop_token stop) override
    {
        const Easy easy(curl_easy_init());
        return perform(easy.get(), request, &onChunk, std::move(stop));
    }
    Result<std::unique_ptr<WebSocket>> openWebSocket(const std::string& path, const std::vector<std::string>& protocols,
                                                     std::stop_token stop) override
    {
        for (const bool again : {false, true}) {
            PH_TRY(const auto proof, prove(stop));
            Access access = m_access;
            access.clientCertificatePem = proof.certificatePem;
            access.clientKeyPem = proof.keyPem;
            auto socket = connectWebSocket(access, path, protocols, identity(proof), stop);
            const bool refused = !socket && socket.error().httpStatus == 401 && proof.plugin;
            if (!refused || again)
                return socket;
            m_plugin->refused(*proof.plugin);
        }
        return fail(Error::Code::Internal, "unreachable", m_access.server);
    }
    std::string description() const override { return m_access.server; }

private:
    Easy takeIdle()
    {
        const std::scoped_lock lock(m_mutex);
        if (m_idle.empty())
            return Easy(curl_easy_init());
        auto easy = std::move(m_idle.back());
        m_idle.pop_back();
        return easy;
    }
    void keepIdle(Easy easy)
    {
        curl_easy_reset(easy.get());
        const std::scoped_lock lock(m_mutex);
        if (m_idle.size() < kMaxIdle)
            m_idle.push_back(std::move(easy));
    }
    Result<std::string> token()
    {
        if (m_access.tokenFile.empty())
            return m_access.token;
        const std::scoped_lock lock(m_mutex);
        const auto now = std::chrono::steady_clock::now();
        if (m_fileToken.empty() || now - m_tokenRead > std::chrono::minutes(1)) {
            PH_TRY(const auto text, paths::readFile(m_access.tokenFile, 1 << 20));
            m_fileToken = std::string(trim(text));
            m_tokenRead = now;
        }
        return m_fileToken;
    }
    /// Never in clear: a plain http server gets no credentials.
    Result<Proof> prove(std::stop_token stop)
    {
        if (!m_access.server.starts_with("https://"))
            return Proof {};
        Proof proof {{}, m_access.clientCertificatePem, m_access.clientKeyPem};
        if (!m_plugin) {
            PH_TRY(proof.token, token());
            return proof;
        }
        PH_TRY(proof.plugin, m_plugin->current(std::move(stop)));
        proof.token = proof.plugin->token;
        if (!proof.plugin->certificatePem.empty()) {
            proof.certificatePem = proof.plugin->certificatePem;
            proof.keyPem = proof.plugin->keyPem;
        }
        return proof;
    }
    /// The headers that say who asks.
    std::vector<std::pair<std::string, std::string>> identity(const Proof& proof) const
    {
        std::vector<std::pair<std::string, std::string>> out;
        if (!proof.token.empty())
            out.emplace_back("Authorization", "Bearer " + proof.token);
        else if (!m_access.username.empty() && m_access.server.starts_with("https://"))
            out.emplace_back("Authorization",
                             "Basic " + base64Encode(fmt::format("{}:{}", m_access.username, m_access.password)));
        if (!m_access.impersonateUser.empty())
            out.emplace_back("Impersonate-User", m_access.impersonateUser);
        if (!m_access.impersonateUid.empty())
            out.emplace_back("Impersonate-Uid", m_access.impersonateUid);
        for (const auto& group : m_access.impersonateGroups)
            out.emplace_back("Impersonate-Group", group);
        for (const auto& [key, values] : m_access.impersonateExtra) {
            for (const auto& value : values)
                out.emplace_back("Impersonate-Extra-" + percentEncode(lower(key)), value);
        }
        return out;
    }
    Result<HeaderList> headers(const Request& request, const Proof& proof) const
    {
        std::vector<std::string> lines;
        for (const auto& [name, value] : request.headers)
            lines.push_back(fmt::format("{}: {}", name, value));
        lines.emplace_back("Expect:");
        for (const auto& [name, value] : identity(proof))
            lines.push_back(fmt::format("{}: {}", name, value));
        HeaderList list;
        for (const auto& line : lines) {
            if (line.find_first_of("\r\n") != std::string::npos)
                return fail(Error::Code::InvalidInput, "a header holds a line break", m_access.server);
            auto* grown = curl_slist_append(list.get(), line.c_str());
            if (grown == nullptr)
                return fail(Error::Code::Internal, "out of memory");
            (void)list.release();
            list.reset(grown);
        }
        return list;
    }
    void secure(CURL* curl, const Proof& proof) const
    {
        const auto blob = [&](CURLoption option, const std::string& pem) {
            curl_blob data {const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_COPY};
            if (!pem.empty())
                curl_easy_setopt(curl, option, &data);
        };
        blob(CURLOPT_CAINFO_BLOB, m_access.caPem);
        blob(CURLOPT_SSLCERT_BLOB, proof.certificatePem);
        blob(CURLOPT_SSLKEY_BLOB, proof.keyPem);
        curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (m_access.insecure) {
            curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
            curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
        }
        if (!m_access.proxyUrl.empty())
            curl_easy_setopt(curl, CURLOPT_PROXY, m_access.proxyUrl.c_str());
    }
    /// With tls-server-name, the URL names that host and the connection goes to the server's own address.
    std::string base(HeaderList& connectTo) const
    {
        const auto scheme = m_access.server.find("://");
        if (m_access.tlsServerName.empty() || scheme == std::string::npos)
            return m_access.server;
        const auto begin = scheme + 3;
        const auto slash = std::min(m_access.server.find('/', begin), m_access.server.size());
        const auto authority = m_access.server.substr(begin, slash - begin);
        const auto colon = authority.rfind(':');
        const bool port = colon != std::string::npos && authority.find(']', colon) == std::string::npos;
        const auto host = port ? authority.substr(0, colon) : authority;
        const auto number = port ? authority.substr(colon + 1) : std::string("443");
        connectTo.reset(curl_slist_append(
            nullptr, fmt::format("{}:{}:{}:{}", m_access.tlsServerName, number, host, number).c_str()));
        return fmt::format("{}{}:{}{}", m_access.server.substr(0, begin), m_access.tlsServerName, number,
                           m_access.server.substr(slash));
    }

    /// Once more with a fresh credential where a server refuses that of a plugin.
    Result<Response> perform(CURL* curl, const Request& request, const std::function<bool(std::string_view)>* onChunk,
                             std::stop_token stop)
    {
        PH_TRY(auto proof, prove(stop));
        auto result = exchange(curl, request, proof, onChunk, stop);
        if (!result || result->status != 401 || !proof.plugin)
            return result;
        m_plugin->refused(*proof.plugin);
        PH_TRY(proof, prove(stop));
        return exchange(curl, request, proof, onChunk, std::move(stop));
    }

    Result<Response> exchange(CURL* curl, const Request& request, const Proof& proof,
                              const std::function<bool(std::string_view)>* onChunk, std::stop_token stop)
    {
        if (curl == nullptr)
            return fail(Error::Code::Internal, "libcurl does not start", m_access.server);
        PH_TRY(const HeaderList list, headers(request, proof));
        HeaderList connectTo;
        const auto url = base(connectTo) + request.path;
        Exchange state {curl, std::move(stop), onChunk, {}};
        char detail[CURL_ERROR_SIZE] = {};
        curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
        curl_easy_setopt(curl, CURLOPT_CONNECT_TO, connectTo.get());
        curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
        curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
        curl_easy_setopt(curl, CURLOPT_TCP_KEEPALIVE, 1L);
        curl_easy_setopt(curl, CURLOPT_TCP_KEEPIDLE, 30L);
        curl_easy_setopt(curl, CURLOPT_TCP_KEEPINTVL, 10L);
        curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
        curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
        curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
        curl_easy_setopt(curl, CURLOPT_USERAGENT, "pilothouse");
        if (onChunk == nullptr && !m_access.disableCompression)
            curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, onBody);
        curl_easy_setopt(curl, CURLOPT_WRITEDATA, &state);
        curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, onHeader);
        curl_easy_setopt(curl, CURLOPT_HEADERDATA, &state);
        curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
        curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, onProgress);
        curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &state);
        if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
            curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
        }
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
        secure(curl, proof);
        const auto code = curl_easy_perform(curl);
        curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        state.response.status = static_cast<int>(status);
        if (code == CURLE_OK || state.ended)
            return std::move(state.response);
        if (state.tooLarge)
            return fail(Error::Code::LimitExceeded, "the answer is too long", m_access.server);
        if (code == CURLE_ABORTED_BY_CALLBACK) {
            if (onChunk != nullptr)
                return std::move(state.response);
            return fail(Error::Code::Cancelled, "cancelled", m_access.server);
        }
        const bool certificate = code == CURLE_PEER_FAILED_VERIFICATION;
        return fail(code == CURLE_OPERATION_TIMEDOUT ? Error::Code::Timeout : Error::Code::Unavailable,
                    detail[0] != '\0' ? std::string(detail) : std::string(curl_easy_strerror(code)), m_access.server,
                    certificate ? "check the certificate authority of this cluster in the kubeconfig" : "");
    }

    Access m_access;
    std::unique_ptr<PluginCredentials> m_plugin; ///< null: the access holds its credentials itself
    std::mutex m_mutex;
    std::vector<Easy> m_idle;
    std::string m_fileToken;
    std::chrono::steady_clock::time_point m_tokenRead {};
};

} // namespace

TransportPtr curlTransport(Access access)
{
    return std::make_shared<CurlTransport>(std::move(access));
}

} // namespace core::kube
