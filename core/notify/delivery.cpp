// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/notify/delivery.h"

#include "core/base/strings.h"
#include "core/notify/functions.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace core::notify {

using manifest::text;
using manifest::Value;
namespace json = boost::json;

namespace {

struct Input
{
    const Service& service;
    const std::string& recipient;
    const Message& message;
    const Due& due;
    const Value& app;
    TimePoint now;

    [[nodiscard]] std::string option(std::string_view name, std::string_view otherwise = {}) const
    {
        const auto value = text(service.options, {name});
        return std::string(value.empty() ? otherwise : value);
    }
    /// A text of the template's block for this service type.
    [[nodiscard]] std::string block(std::string_view field) const
    {
        return std::string(text(message.blocks, {service.type, field}));
    }
};
using Requests = Result<std::vector<HttpRequest>>;

tl::unexpected<Error> missing(const Input& in, std::string_view option)
{
    return fail(Error::Code::InvalidInput, fmt::format("the service {} has no {}", in.service.name, option),
                "service." + in.service.type, "complete it in argocd-notifications-cm");
}

HttpRequest jsonPost(std::string url, const Value& body)
{
    HttpRequest out;
    out.method = "POST";
    out.url = std::move(url);
    out.headers = {{"Content-Type", "application/json"}};
    out.body = manifest::toJson(body);
    return out;
}

/// A JSON text written in a template field; nothing where it is empty.
Result<std::optional<Value>> embedded(const Input& in, std::string_view field)
{
    const auto written = in.block(field);
    if (trim(written).empty())
        return std::optional<Value> {};
    auto value = manifest::parseJson(written, fmt::format("template field {}.{}", in.service.type, field));
    if (!value)
        return tl::unexpected(value.error());
    return std::optional<Value>(std::move(*value));
}

/// The address or key that `options[field]` has for the recipient's name.
std::string named(const Input& in, std::string_view field)
{
    return std::string(text(in.service.options, {field, in.recipient}));
}

void addBasicAuth(const Input& in, HttpRequest& request)
{
    const auto user = text(in.service.options, {"basicAuth", "username"});
    if (!user.empty())
        request.headers.emplace_back(
            "Authorization",
            "Basic "
                + base64Encode(std::string(user) + ":"
                               + std::string(text(in.service.options, {"basicAuth", "password"}))));
}

Requests webhook(const Input& in)
{
    HttpRequest request;
    request.url = in.option("url");
    if (request.url.empty())
        return missing(in, "url");
    for (const auto& header : manifest::array(in.service.options, {"headers"}))
        request.headers.emplace_back(text(header, {"name"}), text(header, {"value"}));
    addBasicAuth(in, request);
    request.insecureSkipTlsVerify = manifest::flag(in.service.options, {"insecureSkipVerify"});
    request.body = in.message.text;
    if (const auto* own = manifest::find(in.message.blocks, {"webhook", in.service.name})) {
        if (const auto method = text(*own, {"method"}); !method.empty())
            request.method = method;
        request.body = text(*own, {"body"});
        if (auto path = std::string(text(*own, {"path"})); !path.empty()) {
            while (request.url.ends_with('/'))
                request.url.pop_back();
            request.url += (path.starts_with('/') ? "" : "/") + path;
        }
    }
    return std::vector {std::move(request)};
}

/// The fields of an attachment in the order in which Slack's Go client writes them.
Value slackAttachment(const Value& written)
{
    static constexpr std::array<std::string_view, 22> kOrder {
        "color",          "fallback",    "callback_id", "id",           "author_id",    "author_name",
        "author_subname", "author_link", "author_icon", "title",        "title_link",   "pretext",
        "text",           "image_url",   "thumb_url",   "service_name", "service_icon", "from_url",
        "original_url",   "fields",      "actions",     "mrkdwn_in"};
    json::object out;
    for (const auto field : kOrder)
        if (const auto* value = manifest::find(written, {field}))
            out[field] = *value;
    const auto* blocks = manifest::find(written, {"blocks"});
    out["blocks"] = blocks != nullptr ? *blocks : Value(nullptr);
    for (const auto* field : {"footer", "footer_icon", "ts"})
        if (const auto* value = manifest::find(written, {field}))
            out[field] = *value;
    return out;
}

Requests slack(const Input& in)
{
    const auto token = in.option("token");
    if (token.empty())
        return missing(in, "token");
    std::map<std::string, std::string> form {{"channel", in.recipient}, {"text", in.message.text}, {"token", token}};
    const auto put = [&](const char* key, const std::string& value) {
        if (!value.empty())
            form[key] = value;
    };
    put("username", in.block("username").empty() ? in.option("username") : in.block("username"));
    const auto icon = in.block("icon").empty() ? in.option("icon") : in.block("icon");
    put(icon.starts_with("http") ? "icon_url" : "icon_emoji", icon);
    PH_TRY(const auto attachments, embedded(in, "attachments"));
    PH_TRY(const auto blocks, embedded(in, "blocks"));
    if (attachments || blocks) {
        json::array list;
        if (attachments && attachments->is_array())
            for (const auto& attachment : attachments->get_array())
                list.push_back(slackAttachment(attachment));
        if (attachments)
            form["attachments"] = manifest::toJson(Value(std::move(list)));
        form["blocks"] = blocks ? manifest::toJson(*blocks) : "[]";
    }
    if (manifest::flag(in.service.options, {"disableUnfurl"})) {
        form["unfurl_links"] = "false";
        form["unfurl_media"] = "false";
    }
    HttpRequest request;
    request.method = "POST";
    request.url = in.option("apiURL", "https://slack.com/api/") + "chat.postMessage";
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    for (const auto& [key, value] : form)
        request.body += (request.body.empty() ? "" : "&") + queryEscape(key) + "=" + queryEscape(value);
    request.insecureSkipTlsVerify = manifest::flag(in.service.options, {"insecureSkipVerify"});
    return std::vector {std::move(request)};
}

Requests teams(const Input& in)
{
    const auto url = named(in, "recipientUrls");
    if (url.empty())
        return missing(in, "recipientUrls." + in.recipient);
    json::object card {{"@type", "MessageCard"},
                       {"context", "https://schema.org/extensions"},
                       {"title", in.block("title")},
                       {"summary", in.block("summary")},
                       {"text", in.block("text").empty() ? in.message.text : in.block("text")}};
    if (const auto color = in.block("themeColor"); !color.empty())
        card["themeColor"] = color;
    PH_TRY(const auto actions, embedded(in, "potentialAction"));
    if (actions)
        card["potentialAction"] = *actions;
    json::array sections;
    PH_TRY(const auto written, embedded(in, "sections"));
    if (written && written->is_array())
        sections = written->get_array();
    PH_TRY(const auto facts, embedded(in, "facts"));
    if (facts)
        sections.push_back(json::object {{"facts", *facts}});
    if (!sections.empty())
        card["sections"] = std::move(sections);
    return std::vector {jsonPost(url, Value(std::move(card)))};
}

Requests alertmanager(const Input& in)
{
    const auto& targets = manifest::array(in.service.options, {"targets"});
    if (targets.empty())
        return missing(in, "targets");
    json::object labels {
        {"alertname", in.due.templates.empty() ? in.due.destination.trigger : in.due.templates.front()}};
    for (const auto& label : manifest::object(in.message.blocks, {"alertmanager", "labels"}))
        labels[label.key()] = label.value();
    json::object alert {{"labels", std::move(labels)},
                        {"annotations", manifest::object(in.message.blocks, {"alertmanager", "annotations"})},
                        {"generatorURL",
                         in.block("generatorURL").empty() ? std::string(text(in.app, {"spec", "source", "repoURL"}))
                                                          : in.block("generatorURL")},
                        {"startsAt", formatRfc3339(in.now)}};
    std::vector<HttpRequest> out;
    for (const auto& target : targets) {
        if (!target.is_string())
            continue;
        auto request = jsonPost(in.option("scheme", "http") + "://" + std::string(target.get_string())
                                    + in.option("apiPath", "/api/v2/alerts"),
                                json::array {alert});
        addBasicAuth(in, request);
        if (const auto bearer = in.option("bearerToken"); !bearer.empty())
            request.headers.emplace_back("Authorization", "Bearer " + bearer);
        out.push_back(std::move(request));
    }
    return out;
}

Requests grafana(const Input& in)
{
    const auto url = in.option("apiUrl");
    if (url.empty())
        return missing(in, "apiUrl");
    json::array tags;
    for (const auto& tag : split(in.recipient, '|'))
        tags.emplace_back(tag);
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(in.now.time_since_epoch()).count();
    auto request = jsonPost(
        url + "/annotations",
        json::object {{"time", millis}, {"isRegion", false}, {"tags", std::move(tags)}, {"text", in.message.text}});
    request.headers.insert(request.headers.begin(), {"Authorization", "Bearer " + in.option("apiKey")});
    return std::vector {std::move(request)};
}

Requests opsgenie(const Input& in)
{
    const auto key = named(in, "apiKeys");
    if (key.empty())
        return missing(in, "apiKeys." + in.recipient);
    json::object alert {{"message", in.message.text}};
    if (const auto alias = in.block("alias"); !alias.empty())
        alert["alias"] = alias;
    alert["description"] = in.block("description");
    alert["responders"] = json::array {json::object {{"type", "team"}, {"id", in.recipient}, {"username", ""}}};
    alert["source"] = "Argo CD";
    for (const auto* field : {"priority", "note", "user", "entity"})
        if (const auto value = in.block(field); !value.empty())
            alert[field] = value;
    auto url = in.option("apiUrl", "api.opsgenie.com");
    if (url.find("://") == std::string::npos)
        url = "https://" + url;
    auto request = jsonPost(url + "/v2/alerts", Value(std::move(alert)));
    request.headers = {{"Authorization", "GenieKey " + key}, {"Content-Type", "application/json; charset=utf-8"}};
    request.body += '\n';
    return std::vector {std::move(request)};
}

Requests pagerDuty(const Input& in)
{
    const auto key = named(in, "serviceKeys");
    if (key.empty())
        return missing(in, "serviceKeys." + in.recipient);
    json::object payload {{"summary", in.block("summary").empty() ? in.message.text : in.block("summary")},
                          {"source", in.block("source")},
                          {"severity", in.block("severity").empty() ? std::string("critical") : in.block("severity")}};
    for (const auto* field : {"component", "group", "class"})
        if (const auto value = in.block(field); !value.empty())
            payload[field] = value;
    json::object event {
        {"routing_key", key}, {"event_action", "trigger"}, {"client", "ArgoCD"}, {"payload", std::move(payload)}};
    if (const auto value = in.block("dedupKey"); !value.empty())
        event["dedup_key"] = value;
    if (const auto value = in.block("url"); !value.empty())
        event["client_url"] = value;
    return std::vector {
        jsonPost(in.option("apiURL", "https://events.pagerduty.com") + "/v2/enqueue", Value(std::move(event)))};
}

Requests mattermost(const Input& in)
{
    const auto url = in.option("apiURL");
    if (url.empty())
        return missing(in, "apiURL");
    json::object post {{"channel_id", in.recipient}, {"message", in.message.text}};
    PH_TRY(const auto attachments, embedded(in, "attachments"));
    if (attachments)
        post["props"] = json::object {{"attachments", *attachments}};
    auto request = jsonPost(url + "/api/v4/posts", Value(std::move(post)));
    request.headers.emplace_back("Authorization", "Bearer " + in.option("token"));
    return std::vector {std::move(request)};
}

Requests googleChat(const Input& in)
{
    const auto url = named(in, "webhooks");
    if (url.empty())
        return missing(in, "webhooks." + in.recipient);
    return std::vector {jsonPost(url, json::object {{"text", in.message.text}})};
}

Requests telegram(const Input& in)
{
    const auto token = in.option("token");
    if (token.empty())
        return missing(in, "token");
    const auto bar = in.recipient.find('|');
    json::object body {{"chat_id", in.recipient.substr(0, bar)}, {"text", in.message.text}};
    if (bar != std::string::npos)
        body["message_thread_id"] = in.recipient.substr(bar + 1);
    return std::vector {jsonPost(in.option("apiURL", "https://api.telegram.org") + "/bot" + token + "/sendMessage",
                                 Value(std::move(body)))};
}

struct Route
{
    std::string_view type;
    Requests (*make)(const Input&);
};
constexpr std::array<Route, 10> kRoutes {{{"webhook", webhook},
                                          {"slack", slack},
                                          {"teams", teams},
                                          {"alertmanager", alertmanager},
                                          {"grafana", grafana},
                                          {"opsgenie", opsgenie},
                                          {"pagerdutyv2", pagerDuty},
                                          {"mattermost", mattermost},
                                          {"googlechat", googleChat},
                                          {"telegram", telegram}}};

} // namespace

bool isSupported(std::string_view serviceType)
{
    return serviceType == "email"
        || std::any_of(kRoutes.begin(), kRoutes.end(), [&](const Route& route) { return route.type == serviceType; });
}

Requests requestsFor(const Service& service, const std::string& recipient, const Message& message, const Due& due,
                     const Value& app, TimePoint now)
{
    for (const auto& route : kRoutes)
        if (route.type == service.type)
            return route.make({service, recipient, message, due, app, now});
    return fail(Error::Code::Unsupported, "the service type " + service.type + " cannot be delivered to",
                "service." + service.name,
                "use webhook, email, github, slack, teams, alertmanager, grafana, opsgenie, pagerdutyv2, mattermost, "
                "googlechat or telegram");
}

Result<> deliver(const std::vector<HttpRequest>& requests, const HttpSend& send, std::stop_token stop)
{
    for (const auto& request : requests) {
        PH_TRY(const auto response, send(request, stop));
        // The address may hold a token; only its host is named.
        const auto scheme = request.url.find("://");
        const auto host = request.url.substr(0, request.url.find('/', scheme == std::string::npos ? 0 : scheme + 3));
        if (response.status < 200 || response.status > 299) {
            Error error {Error::Code::Unavailable, fmt::format("the receiver answered {}", response.status), host};
            error.httpStatus = response.status;
            return fail(std::move(error));
        }
    }
    return {};
}

} // namespace core::notify
