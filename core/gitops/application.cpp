// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/application.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::gitops {

namespace {

using manifest::flag;
using manifest::text;
using manifest::Value;

/// A Go duration, or a plain number of seconds.
std::optional<Duration> durationOf(const Value& root, manifest::Path path)
{
    if (const auto seconds = manifest::integer(root, path))
        return std::chrono::seconds(*seconds);
    const auto written = text(root, path);
    if (written.empty())
        return std::nullopt;
    if (const auto parsed = parseGoDuration(written))
        return *parsed;
    if (std::all_of(written.begin(), written.end(), [](char c) { return c >= '0' && c <= '9'; }) && written.size() < 10)
        return std::chrono::seconds(std::stoll(std::string(written)));
    return std::nullopt;
}

Source parseSource(const Value& source)
{
    Source result;
    result.repoUrl = text(source, {"repoURL"});
    result.path = text(source, {"path"});
    result.chart = text(source, {"chart"});
    result.targetRevision = text(source, {"targetRevision"});
    result.ref = text(source, {"ref"});
    result.raw = source;
    return result;
}

diff::IgnoreRule parseIgnore(const Value& entry)
{
    return {std::string(text(entry, {"group"})),
            std::string(text(entry, {"kind"})),
            std::string(text(entry, {"name"})),
            std::string(text(entry, {"namespace"})),
            manifest::texts(entry, {"jsonPointers"}),
            manifest::texts(entry, {"jqPathExpressions"}),
            manifest::texts(entry, {"managedFieldsManagers"})};
}

} // namespace

Duration Retry::wait(std::int64_t done) const
{
    auto result = duration;
    const auto most = maxDuration > Duration::zero() ? maxDuration : std::chrono::hours(24 * 365);
    for (std::int64_t i = 0; i < done && result < most; ++i)
        result *= std::max<std::int64_t>(factor, 1);
    return std::min<Duration>(result, most);
}

bool Application::hasOption(std::string_view option) const
{
    return std::find(syncOptions.begin(), syncOptions.end(), option) != syncOptions.end();
}

Value countedSources(const Value& spec)
{
    Value result = manifest::Object();
    if (const auto* hydrator = manifest::find(spec, {"sourceHydrator"}); hydrator && hydrator->is_object()) {
        auto url = text(*hydrator, {"syncSource", "repoURL"});
        if (url.empty())
            url = text(*hydrator, {"drySource", "repoURL"});
        manifest::ensure(result, {"source", "repoURL"}) = boost::json::string(url);
        for (const auto& [from, to] : {std::pair {"path", "path"}, {"targetBranch", "targetRevision"}})
            manifest::ensure(result, {"source", to}) = boost::json::string(text(*hydrator, {"syncSource", from}));
        return result;
    }
    for (const auto* key : {"source", "sources"})
        if (const auto* value = manifest::find(spec, {key}))
            manifest::ensure(result, {key}) = *value;
    return result;
}

Value countedSourcesOf(const Value& application)
{
    const auto* spec = manifest::find(application, {"spec"});
    return spec ? countedSources(*spec) : Value(manifest::Object());
}

std::vector<Source> parseSources(const Value& spec, bool* multiple)
{
    if (const auto* hydrator = manifest::find(spec, {"sourceHydrator"}); hydrator && hydrator->is_object())
        return parseSources(countedSources(spec), multiple);
    std::vector<Source> result;
    for (const auto& source : manifest::array(spec, {"sources"}))
        result.push_back(parseSource(source));
    if (multiple)
        *multiple = !result.empty();
    const auto* single = manifest::find(spec, {"source"});
    if (result.empty() && single)
        result.push_back(parseSource(*single));
    return result;
}

std::optional<Retry> parseRetry(const Value* retry)
{
    if (!retry || !retry->is_object() || retry->get_object().empty())
        return std::nullopt;
    Retry result;
    result.limit = manifest::integer(*retry, {"limit"}).value_or(0);
    result.duration = durationOf(*retry, {"backoff", "duration"}).value_or(result.duration);
    result.factor = manifest::integer(*retry, {"backoff", "factor"}).value_or(result.factor);
    result.maxDuration = durationOf(*retry, {"backoff", "maxDuration"}).value_or(result.maxDuration);
    result.refresh = flag(*retry, {"refresh"});
    for (const auto* key : {"duration", "maxDuration"}) {
        const auto written = text(*retry, {"backoff", key});
        if (!written.empty() && !durationOf(*retry, {"backoff", key}))
            result.problem = fmt::format("time: invalid duration \"{}\"", written);
    }
    return result;
}

Application parseApplication(const Value& object)
{
    static const Value kEmpty = manifest::Object();
    Application app;
    app.name = manifest::name(object);
    app.nameSpace = manifest::nameSpace(object);
    app.deleting = !text(object, {"metadata", "deletionTimestamp"}).empty();
    for (auto& finalizer : manifest::texts(object, {"metadata", "finalizers"}))
        app.finalizers.insert(std::move(finalizer));
    const auto* found = manifest::find(object, {"spec"});
    const auto& spec = found ? *found : kEmpty;
    if (const auto project = text(spec, {"project"}); !project.empty())
        app.project = project;
    app.sources = parseSources(spec, &app.multiSource);
    app.server = text(spec, {"destination", "server"});
    while (app.server.ends_with('/'))
        app.server.pop_back();
    app.clusterName = text(spec, {"destination", "name"});
    app.destinationNamespace = text(spec, {"destination", "namespace"});
    const auto* automated = manifest::find(spec, {"syncPolicy", "automated"});
    app.automated = automated && automated->is_object() && flag(*automated, {"enabled"}, true);
    if (automated) {
        app.prune = flag(*automated, {"prune"});
        app.selfHeal = flag(*automated, {"selfHeal"});
        app.allowEmpty = flag(*automated, {"allowEmpty"});
    }
    app.syncOptions = manifest::texts(spec, {"syncPolicy", "syncOptions"});
    app.retry = parseRetry(manifest::find(spec, {"syncPolicy", "retry"}));
    if (const auto* metadata = manifest::find(spec, {"syncPolicy", "managedNamespaceMetadata"}))
        app.managedNamespaceMetadata = *metadata;
    for (const auto& entry : manifest::array(spec, {"ignoreDifferences"}))
        app.ignoreDifferences.push_back(parseIgnore(entry));
    app.historyLimit = manifest::integer(spec, {"revisionHistoryLimit"}).value_or(10);
    return app;
}

std::string instanceName(const Application& app, std::string_view controllerNamespace)
{
    return app.nameSpace == controllerNamespace ? app.name : app.nameSpace + "_" + app.name;
}

} // namespace core::gitops
