// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/generators.h"

#include "core/appset/selector.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::appset {

using manifest::find;
using manifest::Value;

namespace {

constexpr std::size_t kMostParams = 100'000; ///< of one generator

tl::unexpected<Error> invalid(std::string message)
{
    return fail(Error::Code::InvalidInput, std::move(message));
}

Result<> bounded(const ParamsList& list)
{
    if (list.size() <= kMostParams)
        return {};
    return fail(Error::Code::LimitExceeded, fmt::format("a generator makes more than {} parameter sets", kMostParams));
}

} // namespace

const std::vector<Generators::Kind>& Generators::kinds()
{
    static const std::vector<Kind> kKinds {
        {"list", &Generators::list, false},
        {"clusters", &Generators::clusters, false},
        {"git", &Generators::git, false},
        {"scmProvider", &Generators::scmProvider, false},
        {"clusterDecisionResource", &Generators::clusterDecisions, false},
        {"pullRequest", &Generators::pullRequest, false},
        {"matrix", &Generators::matrix, true},
        {"merge", &Generators::merge, true},
        {"plugin", &Generators::plugin, false},
    };
    return kKinds;
}

Generators::Generators(const Value& applicationSet, const Inputs& inputs, Templating& templating)
    : m_set(applicationSet)
    , m_inputs(inputs)
    , m_templating(templating)
{
}

Result<std::vector<Generators::Generated>> Generators::run(const Value& entry)
{
    return run(entry, Level::Top, nullptr);
}

Result<std::vector<Generators::Generated>> Generators::run(const Value& entry, Level level, const Params* outer)
{
    const auto selector = Selector::parse(find(entry, {"selector"}));
    if (!selector)
        return fail(selector.error().within("error parsing label selector"));
    std::vector<Generated> out;
    for (const auto& kind : kinds()) {
        const auto* written = find(entry, {kind.name});
        if (!written || !written->is_object() || (kind.combines && level == Level::Terminal))
            continue;
        Generated generated;
        if (const auto* own = find(*written, {"template"}))
            generated.templateOverride = *own;
        Value generator = *written;
        if (outer && !outer->empty()) {
            auto filled = m_templating.replaceAll(generator, Templating::Data(m_templating, *outer));
            if (!filled)
                return fail(filled.error().within("failed to replace parameters in generator"));
            generator = std::move(*filled);
        }
        PH_TRY(auto params, (this->*kind.make)(generator, level));
        PH_CHECK(bounded(params));
        for (auto& set : params) {
            if (selector->empty() || selector->matches(flatten(set)))
                generated.params.push_back(std::move(set));
        }
        out.push_back(std::move(generated));
    }
    return out;
}

Result<ParamsList> Generators::runChild(const Value& entry, Level level, const Params* outer)
{
    auto generated = run(entry, level == Level::Top ? Level::Nested : Level::Terminal, outer);
    if (!generated)
        return fail(generated.error().within("child generator returned an error on parameter generation"));
    if (generated->empty())
        return invalid("child generator generated no parameters");
    if (generated->size() > 1)
        return invalid("found more than one generator in matrix.Generators");
    return std::move(generated->front().params);
}

Result<ParamsList> Generators::list(const Value& generator, Level)
{
    ParamsList out;
    for (const auto& element : manifest::array(generator, {"elements"})) {
        if (!element.is_object())
            return invalid(fmt::format("error unmarshling list element json: cannot unmarshal {} into Go value of type "
                                       "map[string]interface {{}}",
                                       element.is_string() ? "string" : "value"));
        Params params;
        for (const auto& member : element.get_object()) {
            const auto& value = member.value();
            if (m_templating.isGo()) {
                params.values[member.key()] = value;
            } else if (member.key() == "values") {
                if (!value.is_object())
                    return invalid("error parsing values map");
                for (const auto& inner : value.get_object()) {
                    if (!inner.value().is_string())
                        return invalid("error parsing value as string");
                    params.values["values." + std::string(inner.key())] = inner.value();
                }
            } else if (value.is_string()) {
                params.values[member.key()] = value;
            } else {
                return invalid("error parsing value as string");
            }
        }
        out.push_back(std::move(params));
    }
    const auto yaml = manifest::text(generator, {"elementsYaml"});
    if (yaml.empty())
        return out;
    manifest::YamlLimits limits;
    limits.allowDuplicateKeys = true;
    const auto documents = manifest::parseYaml(yaml, "elementsYaml", limits);
    if (!documents)
        return fail(documents.error().within("error unmarshling decoded ElementsYaml"));
    if (documents->empty() || documents->front().value.is_null())
        return out;
    const auto& elements = documents->front().value;
    const bool objects = elements.is_array()
        && std::all_of(elements.get_array().begin(), elements.get_array().end(),
                       [](const Value& element) { return element.is_object() || element.is_null(); });
    if (!objects)
        return invalid("error unmarshling decoded ElementsYaml error unmarshaling JSON: while decoding JSON: json: "
                       "cannot unmarshal into Go value of type []map[string]interface {}");
    for (const auto& element : elements.get_array())
        out.push_back({element.is_object() ? element.get_object() : manifest::Object(), {}});
    return out;
}

Result<ParamsList> Generators::matrix(const Value& generator, Level level)
{
    const auto& children = manifest::array(generator, {"generators"});
    if (children.size() < 2)
        return invalid("found less than two generators, Matrix support only two");
    if (children.size() > 2)
        return invalid("found more than two generators, Matrix support only two");
    const auto first = runChild(children[0], level, nullptr);
    if (!first)
        return fail(first.error().within("error failed to get params for first generator in matrix generator"));
    ParamsList out;
    for (const auto& a : *first) {
        const auto second = runChild(children[1], level, &a);
        if (!second)
            return fail(second.error().within("failed to get params for second generator in the matrix generator"));
        for (const auto& b : *second) {
            if (m_templating.isGo()) {
                Params both = b;
                overlay(both, a);
                out.push_back(std::move(both));
                continue;
            }
            auto both = combineTexts(a, b);
            if (!both)
                return fail(both.error().within("failed to combine string maps with merging params for the matrix "
                                                "generator"));
            out.push_back(std::move(*both));
        }
        PH_CHECK(bounded(out));
    }
    return out;
}

namespace {

/// The parameter sets of one child by the text of their merge keys, in their order.
using Keyed = std::vector<std::pair<std::string, Params>>;

Result<Keyed> byMergeKeys(const manifest::Array& keys, ParamsList list)
{
    if (keys.empty())
        return invalid("no merge keys were specified, Merge requires at least one");
    Keyed out;
    std::set<std::string> seen;
    for (auto& params : list) {
        manifest::Object key;
        for (const auto& name : keys) {
            if (!name.is_string())
                continue;
            const auto* value = params.values.if_contains(name.get_string());
            key[name.get_string()] = value ? *value : Value();
        }
        auto text = manifest::toSortedJson(key);
        if (!seen.insert(text).second)
            return invalid("the parameters from a generator were not unique by the given mergeKeys, Merge requires all "
                           "param sets to be unique. Duplicate key was "
                           + text);
        out.emplace_back(std::move(text), std::move(params));
    }
    return out;
}

} // namespace

Result<ParamsList> Generators::merge(const Value& generator, Level level)
{
    const auto& children = manifest::array(generator, {"generators"});
    if (children.size() < 2)
        return invalid("found less than two generators, Merge requires two or more");
    const auto& keys = manifest::array(generator, {"mergeKeys"});
    std::vector<ParamsList> lists;
    for (const auto& child : children) {
        auto params = runChild(child, level, nullptr);
        if (!params)
            return fail(params.error().within(fmt::format("error getting param sets from generators: error getting "
                                                          "params from generator {} of {}",
                                                          lists.size() + 1, children.size())));
        lists.push_back(std::move(*params));
    }
    Keyed base;
    for (std::size_t i = 0; i < lists.size(); ++i) {
        auto keyed = byMergeKeys(keys, std::move(lists[i]));
        if (!keyed)
            return fail(keyed.error().within("error getting param sets by merge key"));
        if (i == 0) {
            base = std::move(*keyed);
            continue;
        }
        std::map<std::string, Params> overrides(keyed->begin(), keyed->end());
        for (auto& [key, params] : base) {
            const auto found = overrides.find(key);
            if (found == overrides.end())
                continue;
            if (m_templating.isGo())
                overlay(params, found->second);
            else
                params = overrideTexts(params, found->second);
        }
    }
    ParamsList out;
    for (auto& [key, params] : base)
        out.push_back(std::move(params));
    return out;
}

Result<> Generators::addValues(const Value& generator, Params& params)
{
    const auto& values = manifest::object(generator, {"values"});
    if (values.empty())
        return {};
    const Templating::Data data(m_templating, params);
    manifest::Object filled;
    for (const auto& member : values) {
        auto text = m_templating.replace(
            member.value().is_string() ? std::string(member.value().get_string()) : printed(member.value()), data);
        if (!text)
            return fail(text.error().within("failed to append templated values: failed to replace templated string"));
        filled[member.key()] = boost::json::string(*text);
    }
    if (m_templating.isGo()) {
        params.values["values"] = std::move(filled);
        params.typed.insert("values");
        return {};
    }
    for (const auto& member : filled)
        params.values["values." + std::string(member.key())] = member.value();
    return {};
}

namespace {

/// What each kind waits by itself.
Duration defaultRequeue(std::string_view kind)
{
    if (kind == "git" || kind == "clusterDecisionResource")
        return std::chrono::minutes(3);
    if (kind == "scmProvider" || kind == "pullRequest" || kind == "plugin")
        return std::chrono::minutes(30);
    return {};
}

void visit(const manifest::Array& generators, int depth,
           const std::function<void(std::string_view kind, const Value& generator)>& use)
{
    for (const auto& entry : generators) {
        if (!entry.is_object())
            continue;
        for (const auto& member : entry.get_object()) {
            use(member.key(), member.value());
            if (depth < 2)
                visit(manifest::array(member.value(), {"generators"}), depth + 1, use);
        }
    }
}

} // namespace

Duration requeueAfter(const Value& applicationSet)
{
    Duration out {};
    visit(manifest::array(applicationSet, {"spec", "generators"}), 0,
          [&](std::string_view kind, const Value& generator) {
              const auto otherwise = defaultRequeue(kind);
              if (otherwise == Duration::zero())
                  return;
              const auto seconds = manifest::integer(generator, {"requeueAfterSeconds"});
              const Duration wait = seconds ? std::chrono::seconds(std::clamp<std::int64_t>(*seconds, 0, 86'400 * 30))
                                            : std::chrono::duration_cast<std::chrono::seconds>(otherwise);
              if (wait > Duration::zero() && (out == Duration::zero() || wait < out))
                  out = wait;
          });
    return out;
}

std::string projectOf(const Value& applicationSet)
{
    const auto project = manifest::text(applicationSet, {"spec", "template", "spec", "project"});
    return project.find("{{") == std::string_view::npos ? std::string(project) : std::string();
}

std::vector<std::pair<gitops::SourceRepository, std::string>> gitSources(const Value& applicationSet)
{
    std::vector<std::pair<gitops::SourceRepository, std::string>> out;
    const auto project = projectOf(applicationSet);
    visit(manifest::array(applicationSet, {"spec", "generators"}), 0,
          [&](std::string_view kind, const Value& generator) {
              if (kind != "git")
                  return;
              std::string url(manifest::text(generator, {"repoURL"}));
              std::string revision(manifest::text(generator, {"revision"}));
              if (url.empty() || (url + revision).find("{{") != std::string::npos)
                  return;
              out.emplace_back(gitops::SourceRepository(std::move(url), project),
                               revision.empty() ? "HEAD" : std::move(revision));
          });
    return out;
}

} // namespace core::appset
