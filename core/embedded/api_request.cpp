// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_request.h"

#include "core/base/strings.h"

#include <fmt/format.h>

#include <charconv>

namespace core::embedded {

namespace {

bool sameName(std::string_view a, std::string_view lower)
{
    return a.size() == lower.size() && core::lower(a) == lower;
}

/// /api/v1/… and /apis/G/V/…: fills in what the path names.
void parseResource(ApiRequest& request)
{
    const auto& path = request.path;
    std::size_t at = 0;
    if (path.size() >= 3 && path[0] == "api") {
        request.version = path[1];
        at = 2;
    } else if (path.size() >= 4 && path[0] == "apis") {
        request.group = path[1];
        request.version = path[2];
        at = 3;
    } else {
        return;
    }
    request.resourcePath = true;
    const auto rest = path.size() - at;
    const bool inNamespace =
        path[at] == "namespaces" && rest >= 3 && path[at + 2] != "status" && path[at + 2] != "finalize";
    if (inNamespace) {
        request.nameSpace = path[at + 1];
        at += 2;
    }
    request.plural = path[at];
    if (at + 1 < path.size())
        request.name = path[at + 1];
    for (std::size_t i = at + 2; i < path.size(); ++i)
        request.subresource += (i > at + 2 ? "/" : "") + path[i];
}

std::string readable(std::string text)
{
    if (isValidUtf8(text))
        return text;
    std::string out;
    for (const char c : text)
        out += static_cast<unsigned char>(c) < 0x80 ? std::string(1, c) : "\xEF\xBF\xBD";
    return out;
}

} // namespace

std::string percentDecoded(std::string_view text, UrlPart part)
{
    return readable(percentDecode(text, part));
}

ApiResult<ApiRequest> ApiRequest::parse(const kube::Request& raw)
{
    ApiRequest request;
    request.raw = &raw;
    request.method = raw.method;
    const std::string_view target = raw.path;
    const auto question = std::min(target.find('?'), target.size());
    const auto pathText = target.substr(0, question);
    for (std::size_t from = 0; from < pathText.size();) {
        const auto end = std::min(pathText.find('/', from), pathText.size());
        if (end > from)
            request.path.push_back(percentDecoded(pathText.substr(from, end - from), UrlPart::Path));
        from = end + 1;
    }
    if (request.path.size() > 12)
        return pageNotFound();
    const auto queryText = question < target.size() ? target.substr(question + 1) : std::string_view {};
    for (std::size_t from = 0; from < queryText.size();) {
        const auto end = std::min(queryText.find('&', from), queryText.size());
        const auto pair = queryText.substr(from, end - from);
        const auto equals = std::min(pair.find('='), pair.size());
        if (!pair.empty())
            request.query.emplace_back(percentDecoded(pair.substr(0, equals), UrlPart::Query),
                                       equals < pair.size() ? percentDecoded(pair.substr(equals + 1), UrlPart::Query)
                                                            : std::string());
        from = end + 1;
    }
    parseResource(request);
    return request;
}

std::string_view ApiRequest::parameter(std::string_view wanted) const
{
    for (const auto& [key, value] : query)
        if (key == wanted)
            return value;
    return {};
}

bool ApiRequest::has(std::string_view wanted) const
{
    for (const auto& [key, value] : query)
        if (key == wanted)
            return true;
    return false;
}

bool ApiRequest::flag(std::string_view wanted) const
{
    const auto value = parameter(wanted);
    return value == "true" || value == "1" || (value.empty() && has(wanted));
}

ApiResult<std::optional<std::int64_t>> ApiRequest::integer(std::string_view wanted) const
{
    const auto value = parameter(wanted);
    if (value.empty())
        return std::optional<std::int64_t> {};
    std::int64_t number = 0;
    const auto [end, ec] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (ec != std::errc {} || end != value.data() + value.size())
        return badRequest(fmt::format("strconv.ParseInt: parsing \"{}\": invalid syntax", value));
    return std::optional(number);
}

std::string_view ApiRequest::header(std::string_view lowerCaseName) const
{
    for (const auto& [key, value] : raw->headers)
        if (sameName(key, lowerCaseName))
            return value;
    return {};
}

std::string_view ApiRequest::contentType() const
{
    const auto value = header("content-type");
    return trim(value.substr(0, value.find(';')));
}

ApiRequest::Form ApiRequest::form() const
{
    const auto accept = header("accept");
    if (accept.find("as=") == std::string_view::npos)
        return Form::Plain;
    for (const auto& option : split(accept, ',')) {
        const auto words = split(option, ';');
        const auto media = trim(words.front());
        if (media != "application/json" && media != "*/*" && media != "application/*")
            continue;
        std::string as;
        std::string asGroup;
        std::string asVersion;
        for (const auto& word : words) {
            const auto text = trim(word);
            if (text.starts_with("as="))
                as = text.substr(3);
            else if (text.starts_with("g="))
                asGroup = text.substr(2);
            else if (text.starts_with("v="))
                asVersion = text.substr(2);
        }
        if (as.empty())
            return Form::Plain;
        if (asGroup != "meta.k8s.io" || asVersion != "v1")
            continue;
        if (as == "Table")
            return Form::Table;
        if (as == "PartialObjectMetadata")
            return Form::Metadata;
        if (as == "PartialObjectMetadataList")
            return Form::MetadataList;
    }
    return Form::Plain;
}

std::string ApiRequest::manager() const
{
    if (const auto given = parameter("fieldManager"); !given.empty())
        return std::string(given);
    const auto agent = header("user-agent");
    const auto product = agent.substr(0, agent.find('/'));
    return product.empty() ? "unknown" : readable(std::string(product.substr(0, 128)));
}

} // namespace core::embedded
