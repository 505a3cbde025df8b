// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/http.h"

#include "core/base/http_tls.h"
#include "core/base/strings.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <mutex>

namespace core {

namespace {

struct CurlCloser
{
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, CurlCloser>;
using HeaderList = std::unique_ptr<curl_slist, CurlCloser>;

/// One exchange while libcurl calls back.
struct Exchange
{
    const HttpRequest& request;
    std::stop_token stop;
    HttpResponse response;
    bool tooLarge = false;
};

std::size_t onBody(char* data, std::size_t size, std::size_t count, void* user)
{
    auto& exchange = *static_cast<Exchange*>(user);
    const auto bytes = size * count;
    if (exchange.response.body.size() + bytes > exchange.request.maxResponseBytes) {
        exchange.tooLarge = true;
        return 0;
    }
    exchange.response.body.append(data, bytes);
    return bytes;
}

std::size_t onHeader(char* data, std::size_t size, std::size_t count, void* user)
{
    auto& exchange = *static_cast<Exchange*>(user);
    const std::string_view line(data, size * count);
    if (line.starts_with("HTTP/")) {
        exchange.response.headers.clear(); // of a redirect or a 100 before it
    } else if (const auto colon = line.find(':');
               colon != std::string_view::npos && exchange.response.headers.size() < 1000) {
        exchange.response.headers.emplace_back(lower(trim(line.substr(0, colon))),
                                               std::string(trim(line.substr(colon + 1))));
    }
    return size * count;
}

int onProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<Exchange*>(user)->stop.stop_requested() ? 1 : 0;
}

/// Without user name and password, for messages.
std::string safeUrl(const std::string& url)
{
    const auto scheme = url.find("://");
    if (scheme == std::string::npos)
        return url;
    const auto slash = url.find('/', scheme + 3);
    const auto at = url.rfind('@', slash);
    if (at == std::string::npos || at < scheme + 3)
        return url;
    return url.substr(0, scheme + 3) + url.substr(at + 1);
}

Error::Code codeOf(CURLcode code)
{
    switch (code) {
    case CURLE_ABORTED_BY_CALLBACK:
        return Error::Code::Cancelled;
    case CURLE_OPERATION_TIMEDOUT:
        return Error::Code::Timeout;
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_TOO_MANY_REDIRECTS:
        return Error::Code::InvalidInput;
    default:
        return Error::Code::Unavailable;
    }
}

void setBlob(CURL* curl, CURLoption option, const std::string& pem)
{
    if (pem.empty())
        return;
    curl_blob blob {};
    blob.data = const_cast<char*>(pem.data()); // only read, and only while `pem` lives
    blob.len = pem.size();
    blob.flags = CURL_BLOB_NOCOPY;
    curl_easy_setopt(curl, option, &blob);
}

Result<HttpResponse> send(const HttpRequest& request, std::stop_token stop, const HttpTls& tls)
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    const Easy easy(curl_easy_init());
    if (!easy)
        return fail(Error::Code::Internal, "libcurl does not start", safeUrl(request.url));
    Exchange exchange {request, std::move(stop), {}};
    HeaderList headers;
    for (const auto& [name, value] : request.headers) {
        const auto line = value.empty() ? name + ";" : fmt::format("{}: {}", name, value);
        if (line.find_first_of("\r\n") != std::string::npos)
            return fail(Error::Code::InvalidInput, "a header holds a line break", safeUrl(request.url));
        auto* grown = curl_slist_append(headers.get(), line.c_str());
        if (grown == nullptr)
            return fail(Error::Code::Internal, "out of memory");
        (void)headers.release();
        headers.reset(grown);
    }
    char detail[CURL_ERROR_SIZE] = {};
    auto* curl = easy.get();
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "pilothouse");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, onBody);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, onHeader);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, onProgress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
    setBlob(curl, CURLOPT_SSLCERT_BLOB, tls.certificate);
    setBlob(curl, CURLOPT_SSLKEY_BLOB, tls.key);
    setBlob(curl, CURLOPT_CAINFO_BLOB, tls.authorities);
    if (!tls.proxy.empty())
        curl_easy_setopt(curl, CURLOPT_PROXY, tls.proxy.c_str());
    if (request.insecureSkipTlsVerify) {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (request.method == "HEAD") {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    }
    if (request.method != "HEAD")
        curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    const auto code = curl_easy_perform(curl);
    if (exchange.tooLarge)
        return fail(Error::Code::LimitExceeded,
                    "the answer is longer than " + std::to_string(request.maxResponseBytes) + " bytes",
                    safeUrl(request.url));
    if (code != CURLE_OK) {
        const std::string why = detail[0] != '\0' ? detail : curl_easy_strerror(code);
        return fail(codeOf(code), code == CURLE_ABORTED_BY_CALLBACK ? "cancelled" : why, safeUrl(request.url));
    }
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    exchange.response.status = static_cast<int>(status);
    return std::move(exchange.response);
}

} // namespace

HttpSend curlHttp()
{
    return curlHttp(HttpTls {});
}

HttpSend curlHttp(HttpTls tls)
{
    return [tls = std::move(tls)](const HttpRequest& request, std::stop_token stop) {
        return send(request, std::move(stop), tls);
    };
}

} // namespace core
