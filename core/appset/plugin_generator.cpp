// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/forge.h"
#include "core/appset/generators.h"
#include "core/base/strings.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <charconv>

namespace core::appset {

using manifest::text;
using manifest::Value;

namespace {

tl::unexpected<Error> refused(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}

struct Plugin
{
    std::string url;
    std::string token;
    std::chrono::seconds timeout {30};
};

/// `$key` of argocd-secret or `$secret:key`.
Result<std::string> pluginToken(const Inputs& inputs, std::string_view reference)
{
    if (!reference.starts_with('$'))
        return refused(fmt::format("error fetching Secret token: token is empty, or does not reference a secret key "
                                   "starting with '$': {}",
                                   reference));
    reference.remove_prefix(1);
    const auto colon = reference.find(':');
    const std::string secret(colon == std::string_view::npos ? "argocd-secret" : reference.substr(0, colon));
    const std::string key(colon == std::string_view::npos ? reference : reference.substr(colon + 1));
    return secretText(inputs, inputs.nameSpace, secret, key);
}

Result<Plugin> readConfig(const Inputs& inputs, const Value& generator)
{
    const std::string name(text(generator, {"configMapRef", "name"}));
    const auto config = inputs.object("ConfigMap", inputs.nameSpace, name);
    if (!config)
        return refused(fmt::format("error fetching ConfigMap: ConfigMap \"{}\" not found", name));
    Plugin out;
    out.url = text(*config, {"data", "baseUrl"});
    if (out.url.empty())
        return refused("error fetching ConfigMap: baseUrl not found in ConfigMap");
    const auto token = text(*config, {"data", "token"});
    if (token.empty())
        return refused("error fetching ConfigMap: token not found in ConfigMap");
    PH_TRY(out.token, pluginToken(inputs, token));
    if (const auto timeout = text(*config, {"data", "requestTimeout"}); !timeout.empty()) {
        int seconds = 0;
        const auto read = std::from_chars(timeout.data(), timeout.data() + timeout.size(), seconds);
        if (read.ec != std::errc() || read.ptr != timeout.data() + timeout.size() || seconds < 0)
            return refused(fmt::format("error set requestTimeout : \"{}\" is no number of seconds", timeout));
        if (seconds > 0)
            out.timeout = std::chrono::seconds(std::min(seconds, 600));
    }
    return out;
}

} // namespace

Result<ParamsList> Generators::plugin(const Value& generator, Level)
{
    const auto config = readConfig(m_inputs, generator);
    if (!config)
        return fail(config.error().within("error getting plugin from generator"));
    const auto* given = manifest::find(generator, {"input", "parameters"});
    const Value parameters = given ? *given : Value(manifest::Object());
    HttpRequest request;
    request.method = "POST";
    request.url = config->url;
    while (request.url.ends_with('/'))
        request.url.pop_back();
    request.url += "/api/v1/getparams.execute";
    request.headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer " + config->token}};
    request.body = manifest::toJson(manifest::Object {{"applicationSetName", manifest::name(m_set)},
                                                      {"input", manifest::Object {{"parameters", parameters}}}});
    request.timeout = config->timeout;
    const auto answer = m_inputs.http(request, m_inputs.stop);
    if (!answer)
        return fail(answer.error().within("error listing params: error get api 'getparams'"));
    if (answer->status < 200 || answer->status > 299)
        return fail(
            Error::Code::Unavailable,
            fmt::format("error listing params: error get api 'getparams': the plugin answered HTTP {}", answer->status),
            request.url);
    auto body = manifest::parseJson(answer->body, request.url);
    if (!body)
        return fail(body.error().within("error listing params: error get api 'getparams'"));
    ParamsList out;
    for (const auto& object : manifest::array(*body, {"output", "parameters"})) {
        if (!object.is_object())
            return refused("error generating params: a plugin's parameters are objects");
        Params params;
        if (m_templating.isGo()) {
            params.values = object.get_object();
        } else {
            for (const auto& [key, value] : flatten(object.get_object()))
                params.values[key] = value;
        }
        params.values["generator"] = manifest::Object {{"input", manifest::Object {{"parameters", parameters}}}};
        if (auto added = addValues(generator, params); !added)
            return fail(added.error().within("error generating params"));
        out.push_back(std::move(params));
    }
    return out;
}

} // namespace core::appset
