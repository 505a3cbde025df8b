// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/gotemplate/go_text.h"
#include "core/gotemplate/go_time.h"
#include "core/render/json_schema_model.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>

namespace core::render::schema {

namespace {

using gotemplate::quote;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
bool isLetter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string invalidCharacter(std::string_view text, std::size_t at)
{
    return "invalid character " + gotemplate::quoteRune(gotemplate::decodeRune(text, at).code);
}

std::size_t digitsOf(std::string_view text)
{
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isDigit) - text.begin());
}

std::string pointer(const std::string& text)
{
    if (text.empty())
        return {};
    if (text[0] != '/')
        return "not starting with /";
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1')))
            return "~ must be followed by 0 or 1";
    return {};
}

std::string relativePointer(const std::string& text)
{
    const auto digits = digitsOf(text);
    if (digits == 0)
        return "must start with non-negative integer";
    if (digits > 1 && text[0] == '0')
        return "starts with zero";
    return text.substr(digits) == "#" ? "" : pointer(text.substr(digits));
}

std::string uuid(const std::string& text)
{
    static constexpr std::size_t kSizes[] {8, 4, 4, 4, 12};
    const auto groups = split(text, '-');
    if (groups.size() != 5)
        return "must have 5 elements";
    for (std::size_t i = 0; i < groups.size(); ++i) {
        if (groups[i].size() != kSizes[i])
            return fmt::format("element {} must be {} characters long", i + 1, kSizes[i]);
        for (std::size_t k = 0; k < groups[i].size(); ++k)
            if (!std::isxdigit(static_cast<unsigned char>(groups[i][k])))
                return "non-hex character " + gotemplate::quoteRune(gotemplate::decodeRune(groups[i], k).code);
    }
    return {};
}

std::string duration(const std::string& text)
{
    if (!text.starts_with('P'))
        return "must start with P";
    auto rest = text.substr(1);
    if (rest.empty())
        return "nothing after P";
    if (rest.ends_with('W')) {
        rest.pop_back();
        return rest.empty() ? "no number in week" : digitsOf(rest) != rest.size() ? "invalid week" : "";
    }
    static constexpr std::string_view kUnits[] {"YMD", "HMS"};
    const auto parts = split(rest, 'T');
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i != 0 && parts[i].empty())
            return "no time elements";
        if (i >= 2)
            return "more than one T";
        std::string_view part = parts[i];
        auto units = kUnits[i];
        while (!part.empty()) {
            const auto digits = digitsOf(part);
            if (digits == 0)
                return "missing number";
            if (digits == part.size())
                return "missing unit";
            const char unit = part[digits];
            const auto at = units.find(unit);
            if (at == std::string_view::npos) {
                const auto shown = gotemplate::quoteRune(static_cast<unsigned char>(unit));
                return kUnits[i].find(unit) == std::string_view::npos ? "invalid unit " + shown
                                                                      : fmt::format("unit {} out of order", shown);
            }
            units.remove_prefix(at + 1);
            part.remove_prefix(digits + 1);
        }
    }
    return {};
}

std::string ipv4(const std::string& text)
{
    const auto groups = split(text, '.');
    if (groups.size() != 4)
        return "expected four decimals";
    for (const auto& group : groups) {
        if (group.size() > 1 && group[0] == '0')
            return "leading zeros";
        const auto number = gotemplate::parseInt(group, 10);
        if (!number)
            return fmt::format("strconv.Atoi: parsing {}: invalid syntax", quote(group));
        if (*number < 0 || *number > 255)
            return "decimal must be between 0 and 255";
    }
    return {};
}

std::string ipv6(const std::string& text)
{
    if (text.find(':') == std::string::npos)
        return "missing colon";
    if (text.find('%') != std::string::npos)
        return "zone id is not a part of ipv6 address";
    in6_addr address {};
    return inet_pton(AF_INET6, text.c_str(), &address) == 1
        ? ""
        : fmt::format("ParseAddr({}): unable to parse IP", quote(text));
}

std::string hostname(const std::string& text)
{
    const auto name = text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
    if (name.size() > 253)
        return "more than 253 characters long";
    for (const auto& label : split(name, '.')) {
        if (label.empty() || label.size() > 63)
            return "label must be 1 to 63 characters long";
        if (label.front() == '-')
            return "label starts with hyphen";
        if (label.back() == '-')
            return "label ends with hyphen";
        for (std::size_t i = 0; i < label.size(); ++i)
            if (!isLetter(label[i]) && !isDigit(label[i]) && label[i] != '-')
                return invalidCharacter(label, i);
    }
    return {};
}

std::string mailDomain(std::string domain)
{
    if (!domain.starts_with('[') || !domain.ends_with(']')) {
        const auto why = hostname(domain);
        return why.empty() ? "" : "invalid domain: " + why;
    }
    domain = domain.substr(1, domain.size() - 2);
    const bool isV6 = domain.starts_with("IPv6:");
    const auto why = isV6 ? ipv6(domain.substr(5)) : ipv4(domain);
    return why.empty() ? "" : fmt::format("invalid ipv{} address: {}", isV6 ? 6 : 4, why);
}

std::string email(const std::string& text)
{
    if (text.size() > 254)
        return "more than 255 characters long";
    const auto at = text.rfind('@');
    if (at == std::string::npos)
        return "missing @";
    const auto local = text.substr(0, at);
    if (local.size() > 64)
        return "local part more than 64 characters long";
    if (local.size() > 1 && local.front() == '"' && local.back() == '"') {
        if (local.substr(1, local.size() - 2).find_first_of("\\\"") != std::string::npos)
            return "backslash and quote are not allowed within quoted local part";
    } else {
        if (local.starts_with('.'))
            return "starts with dot";
        if (local.ends_with('.'))
            return "ends with dot";
        if (local.find("..") != std::string::npos)
            return "consecutive dots";
        for (std::size_t i = 0; i < local.size(); ++i)
            if (!isLetter(local[i]) && !isDigit(local[i])
                && std::string_view(".!#$%&'*+-/=?^_`{|}~").find(local[i]) == std::string_view::npos)
                return invalidCharacter(local, i);
    }
    return mailDomain(text.substr(at + 1));
}

std::string date(const std::string& text)
{
    const auto parsed = gotemplate::parseTime("2006-01-02", text);
    return parsed ? "" : parsed.error().message;
}

// "12:34" or "12:34:56"; the numbers, or nothing.
std::optional<std::vector<int>> clock(std::string_view text)
{
    std::vector<int> numbers;
    for (const auto& part : split(text, ':')) {
        int number = 0;
        if (part.size() != 2 || std::from_chars(part.data(), part.data() + 2, number).ptr != part.data() + 2)
            return std::nullopt;
        numbers.push_back(number);
    }
    return numbers;
}

std::string timeOfDay(const std::string& text)
{
    if (text.size() < 9)
        return "less than 9 characters long";
    if (text[2] != ':' || text[5] != ':')
        return "missing colon in correct place";
    const auto time = clock(std::string_view(text).substr(0, 8));
    if (!time || time->size() != 3)
        return "invalid hour/min/sec";
    if ((*time)[0] > 23 || (*time)[1] > 59 || (*time)[2] > 60)
        return "hour/min/sec out of range";
    auto rest = std::string_view(text).substr(8);
    if (rest.starts_with('.')) {
        const auto digits = digitsOf(rest.substr(1));
        if (digits == 0)
            return "no digits in second fraction";
        rest.remove_prefix(1 + digits);
    }
    int minutes = (*time)[0] * 60 + (*time)[1];
    if (rest != "z" && rest != "Z") {
        if (rest.size() != 6)
            return "offset must be 6 characters long";
        if (rest[0] != '+' && rest[0] != '-')
            return "offset must begin with plus/minus";
        if (rest[3] != ':')
            return "missing colon in offset in correct place";
        const auto offset = clock(rest.substr(1));
        if (!offset || offset->size() != 2)
            return "invalid hour/min in offset";
        if ((*offset)[0] > 23 || (*offset)[1] > 59)
            return "hour/min in offset out of range";
        minutes += (rest[0] == '+' ? -1 : 1) * ((*offset)[0] * 60 + (*offset)[1]);
        minutes += minutes < 0 ? 24 * 60 : 0;
    }
    return (*time)[2] >= 60 && minutes != 23 * 60 + 59 ? "invalid leap second" : "";
}

std::string dateTime(const std::string& text)
{
    if (text.size() < 20)
        return "less than 20 characters long";
    if (text[10] != 't' && text[10] != 'T')
        return "11th character must be t or T";
    if (const auto why = date(text.substr(0, 10)); !why.empty())
        return "invalid date element: " + why;
    const auto why = timeOfDay(text.substr(11));
    return why.empty() ? "" : "invalid time element: " + why;
}

std::string period(const std::string& text)
{
    const auto slash = text.find('/');
    if (slash == std::string::npos)
        return "missing slash";
    const auto side = [](const std::string& part, const char* name, bool isDuration) {
        const auto why = isDuration ? duration(part) : dateTime(part);
        return why.empty() ? "" : fmt::format("invalid {} {}: {}", name, isDuration ? "duration" : "date-time", why);
    };
    const auto start = text.substr(0, slash);
    const auto end = text.substr(slash + 1);
    const bool startsWithDuration = start.starts_with('P');
    const auto why = side(start, "start", startsWithDuration);
    return why.empty() ? side(end, "end", !startsWithDuration && end.starts_with('P')) : why;
}

// Go's url.Parse, as far as it refuses.
std::string url(const std::string& text)
{
    const auto bad = [&text](const std::string& why) { return fmt::format("parse {}: {}", quote(text), why); };
    for (const char c : text)
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            return bad("net/url: invalid control character in URL");
    for (std::size_t i = text.find('%'); i != std::string::npos && i < text.find('?'); i = text.find('%', i + 1)) {
        const auto escape = text.substr(i, 3);
        if (escape.size() < 3 || !std::isxdigit(static_cast<unsigned char>(escape[1]))
            || !std::isxdigit(static_cast<unsigned char>(escape[2])))
            return bad("invalid URL escape " + quote(escape));
    }
    const auto colon = text.find_first_of(":/?#");
    if (colon != std::string::npos && text[colon] == ':') {
        if (colon == 0)
            return bad("missing protocol scheme");
        const bool isScheme = isLetter(text[0])
            && std::all_of(text.begin(), text.begin() + static_cast<long>(colon),
                           [](char c) { return isLetter(c) || isDigit(c) || c == '+' || c == '-' || c == '.'; });
        if (!isScheme)
            return bad("first path segment in URL cannot contain colon");
    }
    const auto authority = text.find("//");
    if (authority != std::string::npos && (authority == 0 || authority == colon + 1)) {
        auto host = text.substr(authority + 2, text.find_first_of("/?#", authority + 2) - authority - 2);
        host = host.substr(host.rfind('@') + 1);
        if (host.find(' ') != std::string::npos)
            return bad("invalid character \" \" in host name");
        const auto port = host.rfind(':');
        if (port != std::string::npos && host.back() != ']'
            && digitsOf(host.substr(port + 1)) != host.size() - port - 1)
            return bad(fmt::format("invalid port {} after host", quote(host.substr(port))));
    }
    return {};
}

std::string uri(const std::string& text)
{
    if (const auto why = url(text); !why.empty())
        return why;
    const auto colon = text.find_first_of(":/?#");
    return colon == std::string::npos || text[colon] != ':' ? "relative url" : "";
}

std::string uriReference(const std::string& text)
{
    return text.find('\\') != std::string::npos ? "contains \\" : url(text);
}

std::string uriTemplate(const std::string& text)
{
    if (const auto why = url(text); !why.empty())
        return why;
    bool isOpen = false;
    for (const char c : text) {
        if (c != '{' && c != '}')
            continue;
        if ((c == '{') == isOpen)
            return "nested curly braces";
        isOpen = !isOpen;
    }
    return isOpen ? "no matching closing brace" : "";
}

std::string identifiers(const std::string& text, const char* what)
{
    for (const auto& part : split(text, '.')) {
        if (part.empty())
            return fmt::format("{} identifier is empty", what);
        for (std::size_t i = 0; i < part.size(); ++i)
            if (!isDigit(part[i]) && !isLetter(part[i]) && part[i] != '-')
                return fmt::format("{} in {} identifier", invalidCharacter(part, i), what);
    }
    return {};
}

std::string semanticVersion(const std::string& version)
{
    auto text = version;
    if (const auto plus = text.find('+'); plus != std::string::npos) {
        if (plus + 1 == text.size())
            return "build is empty";
        if (const auto why = identifiers(text.substr(plus + 1), "build"); !why.empty())
            return why;
        text.resize(plus);
    }
    if (const auto dash = text.find('-'); dash != std::string::npos) {
        const auto release = text.substr(dash + 1);
        if (const auto why = identifiers(release, "pre-release"); !why.empty())
            return why;
        for (const auto& part : split(release, '.'))
            if (part.size() > 1 && part[0] == '0' && digitsOf(part) == part.size())
                return "pre-release numeric identifier starts with zero";
        text.resize(dash);
    }
    const auto numbers = split(text, '.');
    if (numbers.size() != 3)
        return "versionCore must have 3 numbers separated by dot";
    static constexpr const char* kNames[] {"major", "minor", "patch"};
    for (std::size_t i = 0; i < 3; ++i) {
        if (numbers[i].empty())
            return fmt::format("{} is empty", kNames[i]);
        if (numbers[i].size() > 1 && numbers[i][0] == '0')
            return fmt::format("{} starts with zero", kNames[i]);
        if (digitsOf(numbers[i]) != numbers[i].size())
            return fmt::format("{} contains non-digit", kNames[i]);
    }
    return {};
}

std::string regex(const std::string& text)
{
    const auto compiled = compileRegex(text);
    return compiled ? "" : compiled.error().message;
}

} // namespace

std::string formatProblem(const std::string& format, const std::string& text)
{
    static const std::map<std::string_view, std::string (*)(const std::string&)> kFormats {
        {"json-pointer", pointer},
        {"relative-json-pointer", relativePointer},
        {"uuid", uuid},
        {"duration", duration},
        {"period", period},
        {"ipv4", ipv4},
        {"ipv6", ipv6},
        {"hostname", hostname},
        {"email", email},
        {"date", date},
        {"time", timeOfDay},
        {"date-time", dateTime},
        {"uri", uri},
        {"iri", uri},
        {"uri-reference", uriReference},
        {"iri-reference", uriReference},
        {"uri-template", uriTemplate},
        {"semver", semanticVersion},
        {"regex", regex},
    };
    const auto known = kFormats.find(format);
    return known == kFormats.end() ? "" : known->second(text);
}

} // namespace core::render::schema
