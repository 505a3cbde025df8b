// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/gotemplate/functions.h"
#include "core/gotemplate/go_text.h"

#include <fmt/format.h>

#include <algorithm>

namespace core::gotemplate {

namespace {

using R = Result<Value>;

std::string cleanPath(std::string_view path)
{
    if (path.empty())
        return ".";
    const bool rooted = path[0] == '/';
    std::vector<std::string> kept;
    for (const auto& part : split(path, '/')) {
        if (part.empty() || part == ".")
            continue;
        if (part != "..")
            kept.push_back(part);
        else if (!kept.empty() && kept.back() != "..")
            kept.pop_back();
        else if (!rooted)
            kept.push_back(part);
    }
    auto text = (rooted ? "/" : "") + join(kept, "/");
    return text.empty() ? "." : text;
}

std::string basePath(std::string path)
{
    if (path.empty())
        return ".";
    while (path.size() > 1 && path.back() == '/')
        path.pop_back();
    if (path == "/")
        return path;
    return path.substr(path.rfind('/') + 1);
}

std::string extension(const std::string& path)
{
    const auto slash = path.rfind('/');
    const auto dot = path.rfind('.');
    return dot == std::string::npos || (slash != std::string::npos && dot < slash) ? "" : path.substr(dot);
}

enum class UrlPart : std::uint8_t { Host, Path, User, Query, Fragment };

// net/url's shouldEscape for one byte.
bool escapes(char c, UrlPart part)
{
    if (isLetter(static_cast<unsigned char>(c) < 0x80 ? static_cast<unsigned char>(c) : 0U) || (c >= '0' && c <= '9'))
        return false;
    if (c == '-' || c == '_' || c == '.' || c == '~')
        return false;
    switch (part) {
    case UrlPart::Host:
        return std::string_view("!$&'()*+,;=:[]<>\"").find(c) == std::string_view::npos;
    case UrlPart::Path:
        return std::string_view("$&+,/:;=@").find(c) == std::string_view::npos;
    case UrlPart::User:
        return std::string_view("$&+,;=").find(c) == std::string_view::npos;
    case UrlPart::Query:
        return true;
    case UrlPart::Fragment:
        return std::string_view("$&+,/:;=?@!()*").find(c) == std::string_view::npos;
    }
    return true;
}

std::string escapeUrl(std::string_view text, UrlPart part)
{
    std::string out;
    for (const char c : text)
        out += escapes(c, part) ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
    return out;
}

std::optional<std::string> unescapeUrl(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const auto value = i + 2 < text.size() + 0 ? parseUint(text.substr(i + 1, 2), 16) : std::nullopt;
        if (!value || text.substr(i + 1, 2).size() != 2)
            return std::nullopt;
        out += static_cast<char>(*value);
        i += 2;
    }
    return out;
}

// The first escape that is none, in Go's words.
std::string badEscape(std::string_view text)
{
    const auto isHex = [](char c) { return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'); };
    auto at = text.find('%');
    while (at != std::string_view::npos && at + 2 < text.size() && isHex(text[at + 1]) && isHex(text[at + 2]))
        at = text.find('%', at + 3);
    return "invalid URL escape " + quote(at == std::string_view::npos ? "" : text.substr(at, 3));
}

std::optional<std::string> hostProblem(std::string_view host)
{
    const auto bracket = host.find('[');
    if (bracket != std::string_view::npos && bracket > 0)
        return "invalid IP-literal";
    if (bracket == 0 && host.find(']') == std::string_view::npos)
        return "missing ']' in host";
    if (const auto escape = host.find('%'); escape != std::string_view::npos && bracket != 0)
        return "invalid URL escape " + quote(host.substr(escape, 3));
    for (const char& c : host)
        if (static_cast<unsigned char>(c) < 0x80 && c != '%' && escapes(c, UrlPart::Host))
            return fmt::format("invalid character {} in host name", quote(std::string_view(&c, 1)));
    return std::nullopt;
}

bool isUserinfo(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')
            || std::string_view("-._:~!$&'()*+,;=%@").find(c) != std::string_view::npos;
    });
}

R parseUrl(const std::string& text, std::string_view what = "url")
{
    auto shown = text.substr(0, text.find('#'));
    const auto bad = [&shown, what](const std::string& why) {
        return refuse(fmt::format("unable to parse {}: parse {}: {}", what, quote(shown), why));
    };
    std::string_view rest = text;
    for (const char c : rest)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return bad("net/url: invalid control character in URL");
    std::string fragment;
    if (const auto hash = rest.find('#'); hash != std::string_view::npos) {
        const auto plain = unescapeUrl(rest.substr(hash + 1));
        if (!plain) {
            shown = text;
            return bad(badEscape(rest.substr(hash + 1)));
        }
        fragment = *plain;
        rest = rest.substr(0, hash);
    }
    std::string scheme;
    for (std::size_t i = 0; i < rest.size(); ++i) {
        const char c = rest[i];
        if (isLetter(static_cast<unsigned char>(c) < 0x80 ? static_cast<unsigned char>(c) : 0U))
            continue;
        if ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.') {
            if (i == 0)
                break;
            continue;
        }
        if (c == ':') {
            if (i == 0)
                return bad("missing protocol scheme");
            scheme = lower(rest.substr(0, i));
            rest = rest.substr(i + 1);
        }
        break;
    }
    std::string query;
    if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
        query = std::string(rest.substr(mark + 1));
        rest = rest.substr(0, mark);
    }
    std::string opaque;
    std::string host;
    std::string user;
    if (!rest.starts_with('/') && !scheme.empty()) {
        opaque = std::string(rest);
        rest = {};
    } else if (!rest.starts_with('/')) {
        const auto colon = rest.find(':');
        const auto slash = rest.find('/');
        if (colon != std::string_view::npos && (slash == std::string_view::npos || colon < slash))
            return bad("first path segment in URL cannot contain colon");
    }
    if (rest.starts_with("//") && (!scheme.empty() || !rest.starts_with("///"))) {
        rest = rest.substr(2);
        const auto slash = rest.find('/');
        auto authority = rest.substr(0, slash);
        rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
        if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
            const auto info = authority.substr(0, at);
            const auto colon = info.find(':');
            const auto name = unescapeUrl(info.substr(0, colon));
            const auto password =
                colon == std::string_view::npos ? std::optional<std::string>("") : unescapeUrl(info.substr(colon + 1));
            if (!isUserinfo(info))
                return bad("net/url: invalid userinfo");
            if (!name || !password)
                return bad(badEscape(info));
            user = escapeUrl(*name, UrlPart::User);
            if (colon != std::string_view::npos)
                user += ":" + escapeUrl(*password, UrlPart::User);
            authority = authority.substr(at + 1);
        }
        host = std::string(authority);
        if (const auto problem = hostProblem(host))
            return bad(*problem);
        if (const auto colon = host.rfind(':'); colon != std::string::npos && host.back() != ']') {
            for (const char c : host.substr(colon + 1))
                if (c < '0' || c > '9')
                    return bad(fmt::format("invalid port {} after host", quote(host.substr(colon))));
        }
    }
    const auto path = unescapeUrl(rest);
    if (!path)
        return bad(badEscape(rest));
    auto result = Value::map();
    result.set("scheme", Value::string(scheme));
    result.set("host", Value::string(host));
    auto hostname = host;
    if (const auto colon = hostname.rfind(':'); colon != std::string::npos && hostname.back() != ']')
        hostname = hostname.substr(0, colon);
    if (hostname.size() > 1 && hostname.front() == '[' && hostname.back() == ']')
        hostname = hostname.substr(1, hostname.size() - 2);
    result.set("hostname", Value::string(hostname));
    result.set("path", Value::string(*path));
    result.set("query", Value::string(query));
    result.set("opaque", Value::string(opaque));
    result.set("fragment", Value::string(fragment));
    result.set("userinfo", Value::string(user));
    return result;
}

R joinUrl(Call& c)
{
    const auto part = [&c](std::string_view key) -> std::string {
        const auto* value = c[0].find(key);
        return value != nullptr && value->isString() ? value->asString() : std::string();
    };
    for (const auto* key : {"scheme", "host", "path", "query", "opaque", "fragment", "userinfo"})
        if (const auto* value = c[0].find(key); value != nullptr && !value->isString())
            return refuse(
                fmt::format("unable to parse {} key, must be of type string, but {} found", key, value->typeName()));
    auto user = part("userinfo");
    if (!user.empty()) {
        PH_TRY(const auto parsed, parseUrl("proto://" + user + "@host", "userinfo in dict"));
        user = parsed.find("userinfo")->asString();
    }
    std::string text;
    if (!part("scheme").empty())
        text = part("scheme") + ":";
    if (!part("opaque").empty()) {
        text += part("opaque");
    } else {
        const auto host = part("host");
        auto path = escapeUrl(part("path"), UrlPart::Path);
        if (!part("scheme").empty() || !host.empty() || !user.empty()) {
            if (!host.empty() || !path.empty() || !user.empty())
                text += "//";
            if (!user.empty())
                text += user + "@";
            text += escapeUrl(host, UrlPart::Host);
        }
        if (!path.empty() && path[0] != '/' && !host.empty())
            text += '/';
        if (text.empty() && path.substr(0, path.find('/')).find(':') != std::string::npos)
            text = "./"; // or it would be taken for a scheme
        text += path == "%2A" ? "*" : path;
    }
    if (!part("query").empty())
        text += "?" + part("query");
    if (!part("fragment").empty())
        text += "#" + escapeUrl(part("fragment"), UrlPart::Fragment);
    return Value::string(text);
}

} // namespace

void addPathFunctions(FunctionMap& map)
{
    for (const auto* name : {"base", "osBase"})
        map.add(name, "s", [](Call& c) -> R { return Value::string(basePath(c.text(0))); });
    for (const auto* name : {"clean", "osClean"})
        map.add(name, "s", [](Call& c) -> R { return Value::string(cleanPath(c.text(0))); });
    for (const auto* name : {"dir", "osDir"})
        map.add(name, "s", [](Call& c) -> R {
            return Value::string(cleanPath(std::string_view(c.text(0)).substr(0, c.text(0).rfind('/') + 1)));
        });
    for (const auto* name : {"ext", "osExt"})
        map.add(name, "s", [](Call& c) -> R { return Value::string(extension(c.text(0))); });
    for (const auto* name : {"isAbs", "osIsAbs"})
        map.add(name, "s", [](Call& c) -> R { return Value::boolean(c.text(0).starts_with('/')); });
    map.add("urlParse", "s", [](Call& c) { return parseUrl(c.text(0)); });
    map.add("urlJoin", "m", joinUrl);
}

} // namespace core::gotemplate
