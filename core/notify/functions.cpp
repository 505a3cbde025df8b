// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/notify/functions.h"

#include "core/base/strings.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <array>

namespace core::notify {

namespace {

using Template = gotemplate::Value;

struct NamedDuration
{
    const char* name;
    std::int64_t nanos;
};
constexpr std::array<NamedDuration, 6> kDurations {{{"Nanosecond", 1},
                                                    {"Microsecond", 1'000},
                                                    {"Millisecond", 1'000'000},
                                                    {"Second", 1'000'000'000},
                                                    {"Minute", 60'000'000'000},
                                                    {"Hour", 3'600'000'000'000}}};

struct NamedLayout
{
    const char* name;
    const char* layout;
};
constexpr std::array<NamedLayout, 15> kLayouts {{{"ANSIC", "Mon Jan _2 15:04:05 2006"},
                                                 {"UnixDate", "Mon Jan _2 15:04:05 MST 2006"},
                                                 {"RubyDate", "Mon Jan 02 15:04:05 -0700 2006"},
                                                 {"RFC822", "02 Jan 06 15:04 MST"},
                                                 {"RFC822Z", "02 Jan 06 15:04 -0700"},
                                                 {"RFC850", "Monday, 02-Jan-06 15:04:05 MST"},
                                                 {"RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"},
                                                 {"RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"},
                                                 {"RFC3339", "2006-01-02T15:04:05Z07:00"},
                                                 {"RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"},
                                                 {"Kitchen", "3:04PM"},
                                                 {"Stamp", "Jan _2 15:04:05"},
                                                 {"StampMilli", "Jan _2 15:04:05.000"},
                                                 {"StampMicro", "Jan _2 15:04:05.000000"},
                                                 {"StampNano", "Jan _2 15:04:05.000000000"}}};

std::string replaceAll(std::string text, std::string_view from, std::string_view to)
{
    if (from.empty())
        return text;
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
    return text;
}

std::string upper(std::string text)
{
    for (char& c : text)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return text;
}

std::string firstSource(const manifest::Value& app)
{
    const auto single = manifest::text(app, {"spec", "source", "repoURL"});
    return std::string(single.empty() ? manifest::text(app, {"spec", "sources", "0", "repoURL"}) : single);
}

/// Text functions that both languages have, under their group.
struct TextFunction
{
    const char* group;
    const char* name;
    std::size_t parameters;
    std::string (*call)(std::span<const std::string>);
};
const std::array<TextFunction, 6> kTextFunctions {{
    {"strings", "ReplaceAll", 3, [](std::span<const std::string> a) { return replaceAll(a[0], a[1], a[2]); }},
    {"strings", "ToUpper", 1, [](std::span<const std::string> a) { return upper(a[0]); }},
    {"strings", "ToLower", 1, [](std::span<const std::string> a) { return lower(a[0]); }},
    {"repo", "RepoURLToHTTPS", 1, [](std::span<const std::string> a) { return repoUrlToHttps(a[0]); }},
    {"repo", "FullNameByRepoURL", 1, [](std::span<const std::string> a) { return fullNameByRepoUrl(a[0]); }},
    {"repo", "QueryEscape", 1, [](std::span<const std::string> a) { return queryEscape(a[0]); }},
}};

struct SourceOf
{
    explicit SourceOf(const manifest::Value& app)
        : url(firstSource(app))
        , project(manifest::text(app, {"spec", "project"}))
    {
    }
    std::string url;
    std::string project;
};

Result<CommitMetadata> metadataOf(const Surroundings& surroundings, const SourceOf& source, const std::string& commit)
{
    if (!surroundings.commitMetadata)
        return fail(Error::Code::Unavailable, "commit metadata cannot be read here", source.url);
    return surroundings.commitMetadata(source.url, source.project, commit);
}

expr::Value makeExpressionFunction(std::string name, std::vector<expr::Kind> parameters, expr::Kind result,
                                   std::function<Result<expr::Value>(std::span<const expr::Value>)> call)
{
    return expr::FunctionPtr(std::make_shared<const expr::Function>(
        expr::Function {std::move(name), std::move(parameters), result, std::move(call), false}));
}

} // namespace

std::string repoUrlToHttps(std::string_view url)
{
    std::string out(url);
    if (out.starts_with("ssh://"))
        out.erase(0, 6);
    if (const auto at = out.find('@'); at != std::string::npos && !out.starts_with("http"))
        out.erase(0, at + 1);
    if (!out.starts_with("http://") && !out.starts_with("https://")) {
        if (const auto colon = out.find(':'); colon != std::string::npos && colon < out.find('/'))
            out[colon] = '/';
        out = "https://" + out;
    }
    return out;
}

std::string fullNameByRepoUrl(std::string_view url)
{
    auto https = repoUrlToHttps(url);
    if (https.ends_with(".git"))
        https.resize(https.size() - 4);
    const auto host = https.find("://");
    const auto slash = https.find('/', host + 3);
    return slash == std::string::npos ? std::string {} : https.substr(slash + 1);
}

std::string queryEscape(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        const auto u = static_cast<unsigned char>(c);
        if ((u >= '0' && u <= '9') || (u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || c == '-' || c == '_'
            || c == '.' || c == '~')
            out += c;
        else if (c == ' ')
            out += '+';
        else
            out += fmt::format("%{:02X}", u);
    }
    return out;
}

expr::Env expressionEnv(const Config& config, const manifest::Value& app, const manifest::Value* project,
                        const Surroundings& surroundings)
{
    using expr::Kind;
    expr::Env env;
    env["app"] = expr::fromJson(app);
    env["appProject"] = project != nullptr ? expr::fromJson(*project) : expr::Value(expr::Map {});
    for (const auto& [name, values] : {std::pair {"context", &config.context}, {"secrets", &config.secrets}}) {
        expr::Map map;
        for (const auto& [key, value] : *values)
            map.set(key, value);
        env[name] = std::move(map);
    }
    std::map<std::string, expr::Map> groups;
    for (const auto& function : kTextFunctions)
        groups[function.group].set(
            function.name,
            makeExpressionFunction(
                function.name, std::vector<Kind>(function.parameters, Kind::String), Kind::String,
                [call = function.call](std::span<const expr::Value> arguments) -> Result<expr::Value> {
                    std::vector<std::string> texts;
                    for (const auto& argument : arguments)
                        texts.push_back(argument.asString() != nullptr ? *argument.asString() : std::string {});
                    return expr::Value(call(texts));
                }));
    auto& time = groups["time"];
    time.set("Now",
             makeExpressionFunction("Now", {}, Kind::Time, [now = surroundings.now](auto) -> Result<expr::Value> {
                 return expr::Value(expr::Time {now, nullptr});
             }));
    time.set(
        "Parse",
        makeExpressionFunction(
            "Parse", {Kind::String}, Kind::Time, [](std::span<const expr::Value> arguments) -> Result<expr::Value> {
                PH_TRY(const auto at,
                       parseRfc3339(arguments[0].asString() != nullptr ? *arguments[0].asString() : std::string {}));
                return expr::Value(expr::Time {at, nullptr});
            }));
    for (const auto& duration : kDurations)
        time.set(duration.name, Duration(duration.nanos));
    for (const auto& layout : kLayouts)
        time.set(layout.name, layout.layout);
    groups["repo"].set(
        "GetCommitMetadata",
        makeExpressionFunction(
            "GetCommitMetadata", {Kind::String}, Kind::Map,
            [surroundings, source = SourceOf(app)](std::span<const expr::Value> arguments) -> Result<expr::Value> {
                PH_TRY(const auto commit, metadataOf(surroundings, source, *arguments[0].asString()));
                expr::Map map;
                map.set("Message", commit.message);
                map.set("Author", commit.author);
                map.set("Date", expr::Time {commit.date, nullptr});
                return expr::Value(std::move(map));
            }));
    for (auto& [name, map] : groups)
        env[name] = std::move(map);
    return env;
}

Template templateData(const Config& config, const manifest::Value& app, const manifest::Value* project,
                      const std::string& serviceType, const std::string& recipient, const Surroundings& surroundings)
{
    auto data = Template::map();
    data.set("app", Template::from(app, gotemplate::Numbers::KeepIntegers));
    data.set("appProject",
             project != nullptr ? Template::from(*project, gotemplate::Numbers::KeepIntegers) : Template::map());
    for (const auto& [name, values] : {std::pair {"context", &config.context}, {"secrets", &config.secrets}}) {
        auto map = Template::map(gotemplate::Type::StringMap);
        for (const auto& [key, value] : *values)
            map.set(key, Template::string(value));
        data.set(name, map);
    }
    data.set("serviceType", Template::string(serviceType));
    data.set("recipient", Template::string(recipient));
    std::map<std::string, Template> groups;
    for (const auto* name : {"strings", "repo", "time"})
        groups.emplace(name, Template::map());
    for (const auto& function : kTextFunctions)
        groups[function.group].set(function.name,
                                   Template::function(gotemplate::makeFunction(
                                       function.name, std::string(function.parameters, 's'),
                                       [call = function.call](gotemplate::Call& arguments) -> Result<Template> {
                                           std::vector<std::string> texts;
                                           for (std::size_t i = 0; i < arguments.size(); ++i)
                                               texts.push_back(arguments.text(i));
                                           return Template::string(call(texts));
                                       })));
    auto& time = groups["time"];
    time.set("Now",
             Template::function(
                 gotemplate::makeFunction("Now", "", [now = surroundings.now](gotemplate::Call&) -> Result<Template> {
                     return Template::time(now);
                 })));
    time.set(
        "Parse",
        Template::function(gotemplate::makeFunction("Parse", "s", [](gotemplate::Call& arguments) -> Result<Template> {
            PH_TRY(const auto at, parseRfc3339(arguments.text(0)));
            return Template::time(at);
        })));
    for (const auto& duration : kDurations)
        time.set(duration.name, Template::integer(duration.nanos, gotemplate::Type::Duration));
    for (const auto& layout : kLayouts)
        time.set(layout.name, Template::string(layout.layout));
    groups["repo"].set("GetCommitMetadata",
                       Template::function(gotemplate::makeFunction(
                           "GetCommitMetadata", "s",
                           [surroundings, source = SourceOf(app)](gotemplate::Call& arguments) -> Result<Template> {
                               PH_TRY(const auto commit, metadataOf(surroundings, source, arguments.text(0)));
                               auto map = Template::map();
                               map.set("Message", Template::string(commit.message));
                               map.set("Author", Template::string(commit.author));
                               map.set("Date", Template::time(commit.date));
                               map.set("Tags", Template::strings(commit.tags));
                               return map;
                           })));
    for (const auto& [name, map] : groups)
        data.set(name, map);
    return data;
}

} // namespace core::notify
