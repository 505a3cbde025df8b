// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/templating.h"

#include "core/base/strings.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::appset {

using gotemplate::Call;
using manifest::Value;
using GoResult = Result<gotemplate::Value>;

namespace {

constexpr std::size_t kLongestName = 253;

GoResult refuse(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}

GoResult slugify(Call& call)
{
    std::size_t longest = 50;
    bool smart = true;
    if (call.size() == 0)
        return gotemplate::Value::string({});
    const auto& name = call[call.size() - 1];
    if (!name.isString())
        return refuse("slugify: the name is not a string");
    if (call.size() > 1) {
        if (!call[0].isInteger() || call[0].asInt() < 0)
            return refuse("slugify: the first argument is not a length");
        longest = static_cast<std::size_t>(call[0].asInt());
    }
    if (call.size() > 2) {
        if (call[1].type() != gotemplate::Type::Bool)
            return refuse("slugify: the second argument is not a bool");
        smart = call[1].asBool();
    }
    return gotemplate::Value::string(slug(normalizeName(name.asString()), longest, smart));
}

GoResult readYaml(const std::string& text, bool wantList)
{
    manifest::YamlLimits limits;
    limits.allowDuplicateKeys = true;
    const auto documents = manifest::parseYaml(text, "", limits);
    if (!documents)
        return fail(documents.error());
    if (documents->empty() || documents->front().value.is_null())
        return wantList ? gotemplate::Value::list({}) : gotemplate::Value::map();
    const auto& value = documents->front().value;
    if (wantList ? !value.is_array() : !value.is_object())
        return refuse(fmt::format("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal into Go value "
                                  "of type {}",
                                  wantList ? "[]interface {}" : "map[string]interface {}"));
    return gotemplate::Value::from(value, gotemplate::Numbers::AllFloat);
}

/// Sprig without what tells about the machine, and Argo CD's own.
std::shared_ptr<const gotemplate::FunctionMap> functions()
{
    static const auto kFunctions = [] {
        auto map = std::make_shared<gotemplate::FunctionMap>(*gotemplate::FunctionMap::sprig());
        map->remove("getHostByName");
        map->add("normalize", "s",
                 [](Call& c) -> GoResult { return gotemplate::Value::string(normalizeName(c.text(0))); });
        map->add("slugify", "a*", slugify);
        map->add("toYaml", "a", [](Call& c) -> GoResult {
            auto text = manifest::toYaml(gotemplate::toManifest(c[0]));
            if (text.ends_with('\n'))
                text.pop_back();
            return gotemplate::Value::string(std::move(text));
        });
        map->add("fromYaml", "s", [](Call& c) { return readYaml(c.text(0), false); });
        map->add("fromYamlArray", "s", [](Call& c) { return readYaml(c.text(0), true); });
        return std::shared_ptr<const gotemplate::FunctionMap>(std::move(map));
    }();
    return kFunctions;
}

/// Whether some line holds a "{{" with a "}}" after it: all other texts are no templates.
bool isTemplated(std::string_view text)
{
    for (std::size_t start = 0; start <= text.size();) {
        const auto end = std::min(text.find('\n', start), text.size());
        const auto line = text.substr(start, end - start);
        if (const auto open = line.find("{{"); open != std::string_view::npos && line.find("}}", open + 2) != line.npos)
            return true;
        start = end + 1;
    }
    return false;
}

Result<std::string> substitute(std::string_view text, const manifest::Object& values)
{
    if (!isTemplated(text))
        return std::string(text);
    std::string out;
    for (;;) {
        const auto open = text.find("{{");
        if (open == std::string_view::npos)
            break;
        const auto close = text.find("}}", open + 2);
        if (close == std::string_view::npos)
            return fail(
                Error::Code::InvalidInput,
                fmt::format("invalid template: Cannot find end tag=\"}}}}\" in the template starting from \"{}\"",
                            text.substr(open + 2)));
        out += text.substr(0, open);
        const auto tag = text.substr(open + 2, close - open - 2);
        const auto* value = values.if_contains(trim(tag));
        if (value && value->is_string() && !trim(tag).empty())
            out += std::string_view(value->get_string());
        else
            out += text.substr(open, close + 2 - open);
        text.remove_prefix(close + 2);
    }
    return out += text;
}

} // namespace

std::string normalizeName(std::string_view name)
{
    std::string out;
    for (const char c : lower(name)) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.')
            out += c;
        else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) // one for each character, not for each byte
            out += '-';
    }
    out.resize(std::min(out.size(), kLongestName));
    const auto first = out.find_first_not_of("-.");
    if (first == std::string::npos)
        return {};
    return out.substr(first, out.find_last_not_of("-.") - first + 1);
}

std::string slug(std::string_view text, std::size_t longest, bool smart)
{
    std::string out;
    for (const char c : lower(trim(text))) {
        if (c == '&')
            out += "and";
        else if (c == '@')
            out += "at";
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_')
            out += c;
        else if (out.empty() || out.back() != '-')
            out += '-';
    }
    const auto first = out.find_first_not_of("-_");
    if (first == std::string::npos)
        return {};
    out = out.substr(first, out.find_last_not_of("-_") - first + 1);
    if (longest == 0 || out.size() <= longest)
        return out;
    if (smart) {
        if (const auto cut = out.rfind('-', longest); cut != std::string::npos)
            return out.substr(0, cut);
    }
    return out.substr(0, longest);
}

Templating::Data::Data(const Templating& templating, const Params& params)
    : m_params(&params)
{
    if (templating.isGo())
        m_value = templateData(params);
}

Result<Templating> Templating::create(Language language, const std::vector<std::string>& options, std::stop_token stop)
{
    Templating out;
    out.m_go = language == Language::Go;
    out.m_stop = std::move(stop);
    out.m_options.functions = functions();
    for (const auto& option : options) {
        if (option == "missingkey=error")
            out.m_options.missingKey = gotemplate::MissingKey::Error;
        else if (option == "missingkey=zero")
            out.m_options.missingKey = gotemplate::MissingKey::Zero;
        else if (option == "missingkey=default" || option == "missingkey=invalid")
            out.m_options.missingKey = gotemplate::MissingKey::Default;
        else if (out.m_go)
            return fail(Error::Code::InvalidInput, "unrecognized option: " + option);
    }
    return out;
}

Result<std::string> Templating::replace(const std::string& text, const Data& data)
{
    if (!m_go)
        return substitute(text, data.m_params->values);
    if (text.find("{{") == std::string::npos)
        return text;
    auto& parsed = m_parsed[text];
    if (!parsed) {
        auto made = gotemplate::parseText("base", std::string(text), m_options);
        if (!made) {
            m_parsed.erase(text);
            return fail(made.error().within("failed to parse template " + text));
        }
        parsed = std::move(*made);
    }
    gotemplate::TemplateSet set(m_options);
    set.add(parsed);
    gotemplate::Session session;
    session.stop = m_stop;
    auto out = set.execute("base", data.m_value, session);
    if (!out)
        return fail(out.error().within("failed to execute go template " + text));
    return out;
}

Result<Value> Templating::replaceAll(const Value& value, const Data& data)
{
    if (value.is_string()) {
        PH_TRY(const auto text, replace(std::string(value.get_string()), data));
        return Value(boost::json::string(text));
    }
    if (value.is_array()) {
        manifest::Array out;
        for (const auto& item : value.get_array()) {
            PH_TRY(auto replaced, replaceAll(item, data));
            out.push_back(std::move(replaced));
        }
        return Value(std::move(out));
    }
    if (!value.is_object())
        return value;
    manifest::Object out;
    for (const auto& member : value.get_object()) {
        if (member.value().is_null())
            continue;
        PH_TRY(auto replaced, replaceAll(member.value(), data));
        PH_TRY(const auto key, replace(std::string(member.key()), data));
        out[key] = std::move(replaced);
    }
    return Value(std::move(out));
}

} // namespace core::appset
