// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/notify/email.h"

#include "core/base/strings.h"

#include <boost/json.hpp>
#include <curl/curl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>

namespace core::notify {

namespace {

using manifest::text;

constexpr long kTimeoutSeconds = 30;
constexpr std::size_t kLine = 76;

/// A header's value in one line; base64 words (RFC 2047) where it is not plain ASCII.
std::string headerText(std::string_view written)
{
    std::string line;
    for (const char c : written)
        line += static_cast<unsigned char>(c) < ' ' || c == '\x7f' ? ' ' : c;
    const bool plain =
        std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (plain)
        return line;
    std::string result;
    for (std::size_t at = 0; at < line.size();) {
        auto length = std::min<std::size_t>(42, line.size() - at);
        while (at + length < line.size() && length > 1
               && (static_cast<unsigned char>(line[at + length]) & 0xc0) == 0x80)
            --length; // not in the middle of a character
        result += (result.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64Encode(line.substr(at, length)) + "?=";
        at += length;
    }
    return result;
}

bool isAddress(std::string_view address)
{
    const auto at = address.find('@');
    return at != std::string_view::npos && at > 0 && at + 1 < address.size()
        && std::all_of(address.begin(), address.end(), [](char c) {
               return static_cast<unsigned char>(c) > ' ' && c != '<' && c != '>' && c != '\x7f';
           });
}

struct Upload
{
    std::string text;
    std::size_t sent = 0;
};

std::size_t readSome(char* buffer, std::size_t size, std::size_t count, void* context)
{
    auto* upload = static_cast<Upload*>(context);
    const auto length = std::min(size * count, upload->text.size() - upload->sent);
    std::memcpy(buffer, upload->text.data() + upload->sent, length);
    upload->sent += length;
    return length;
}

int goOn(void* context, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<std::stop_token*>(context)->stop_requested() ? 1 : 0;
}

std::size_t keepReply(char* data, std::size_t size, std::size_t count, void* context)
{
    auto& last = *static_cast<std::string*>(context);
    const std::string_view line(data, std::min<std::size_t>(size * count, 512));
    if (!line.starts_with("221")) // goodbye comes last, whatever happened
        last.assign(line);
    while (!last.empty() && (last.back() == '\n' || last.back() == '\r'))
        last.pop_back();
    return size * count;
}

} // namespace

Result<Mail> mailFor(const Service& service, const std::string& recipient, const Message& message)
{
    const auto lacks = [&](std::string_view what) {
        return fail(Error::Code::InvalidInput, fmt::format("the service {} has no {}", service.name, what),
                    "service." + service.type, "complete it in argocd-notifications-cm");
    };
    Mail mail;
    mail.host = text(service.options, {"host"});
    if (mail.host.empty())
        return lacks("host");
    if (mail.host.find_first_of("/@?#\\ \t\r\n") != std::string::npos)
        return fail(Error::Code::InvalidInput,
                    fmt::format("the host '{}' of the service {} is none", mail.host, service.name));
    const auto port = manifest::integer(service.options, {"port"});
    if (!port)
        return lacks("port");
    if (*port < 1 || *port > 65535)
        return fail(Error::Code::InvalidInput,
                    fmt::format("the port {} of the service {} is none", *port, service.name));
    mail.port = static_cast<std::uint16_t>(*port);
    mail.from = text(service.options, {"from"});
    if (mail.from.empty())
        return lacks("from");
    mail.username = text(service.options, {"username"});
    mail.password = text(service.options, {"password"});
    mail.insecureSkipTlsVerify = manifest::flag(service.options, {"insecure_skip_verify"});
    mail.html = manifest::flag(service.options, {"html"});
    for (const auto& part : split(recipient, ',')) {
        const auto address = trim(part);
        if (address.empty())
            continue;
        if (!isAddress(address))
            return fail(Error::Code::InvalidInput, fmt::format("'{}' is no e-mail address", address));
        mail.to.emplace_back(address);
    }
    if (mail.to.empty())
        return fail(Error::Code::InvalidInput, "an e-mail needs a recipient");
    mail.subject = text(message.blocks, {"email", "subject"});
    mail.body = text(message.blocks, {"email", "body"});
    if (mail.body.empty())
        mail.body = message.text;
    return mail;
}

std::string mailText(const Mail& mail, TimePoint now)
{
    const auto seconds = std::chrono::floor<std::chrono::seconds>(now);
    std::string result = fmt::format(
        "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: {:%a, %d %b %Y %H:%M:%S} +0000\r\nMIME-Version: 1.0\r\n"
        "Content-Type: text/{}; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        headerText(mail.from), fmt::join(mail.to, ", "), headerText(mail.subject),
        fmt::gmtime(static_cast<std::time_t>(seconds.time_since_epoch().count())), mail.html ? "html" : "plain");
    const auto encoded = base64Encode(mail.body);
    for (std::size_t at = 0; at < encoded.size(); at += kLine)
        result += encoded.substr(at, kLine) + "\r\n";
    return result;
}

Result<> sendMail(const Mail& mail, TimePoint now, std::stop_token stop)
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> handle(curl_easy_init(), curl_easy_cleanup);
    if (!handle)
        return fail(Error::Code::LimitExceeded, "no connection can be made");
    auto* curl = handle.get();
    curl_slist* list = nullptr;
    for (const auto& address : mail.to)
        list = curl_slist_append(list, ("<" + address + ">").c_str());
    const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipients(list, curl_slist_free_all);
    // "Name <address>" or the bare address
    auto sender = mail.from;
    if (const auto open = sender.rfind('<'); open != std::string::npos)
        sender = sender.substr(open + 1, sender.find('>', open) - open - 1);
    if (!isAddress(sender))
        return fail(Error::Code::InvalidInput, fmt::format("'{}' is no e-mail address", sender));
    const auto url = fmt::format("{}://{}:{}", mail.port == 465 ? "smtps" : "smtp", mail.host, mail.port);
    Upload upload {mailText(mail, now), 0};
    std::string reply;
    curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, kTimeoutSeconds);
    curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
    if (mail.insecureSkipTlsVerify) {
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
        curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (!mail.username.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, mail.username.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, mail.password.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + sender + ">").c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, readSome);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keepReply);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &reply);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, goOn);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &stop);
    const auto code = curl_easy_perform(curl);
    if (code == CURLE_OK)
        return {};
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return fail(Error::Code::Cancelled, "the mail was cancelled");
    const bool answered = !reply.empty() && reply[0] >= '4' && reply[0] <= '5';
    return fail(Error::Code::Unavailable,
                answered ? fmt::format("the mail server answered {}", reply)
                         : fmt::format("the mail server cannot be used: {}", curl_easy_strerror(code)),
                fmt::format("{}:{}", mail.host, mail.port));
}

} // namespace core::notify
