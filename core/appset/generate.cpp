// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/appset/generate.h"

#include "core/base/strings.h"
#include "core/gitops/project.h"
#include "core/manifest/patch.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace core::appset {

using manifest::find;
using manifest::text;
using manifest::Value;

namespace {

constexpr std::string_view kFinalizer = "resources-finalizer.argocd.argoproj.io";

bool isEmpty(const Value& value)
{
    return value.is_null() || (value.is_string() && value.get_string().empty())
        || (value.is_array() && value.get_array().empty()) || (value.is_object() && value.get_object().empty())
        || (value.is_bool() && !value.get_bool()) || (value.is_int64() && value.get_int64() == 0);
}

/// Free-form values are one field: they are taken as a whole.
bool isOpaque(std::string_view key)
{
    return key == "valuesObject" || key == "patches" || key == "values";
}

/// Fills what a generator's own template leaves empty from the set's template.
void fillEmpty(Value& into, const Value& from)
{
    if (!into.is_object() || !from.is_object()) {
        if (isEmpty(into))
            into = from;
        return;
    }
    for (const auto& member : from.get_object()) {
        auto& mine = into.get_object()[member.key()];
        if (isOpaque(member.key()) ? isEmpty(mine) : true)
            fillEmpty(mine, member.value());
    }
}

/// The Application that a template describes; its namespace is always the set's.
Value asApplication(const Value& templated)
{
    Value out = manifest::Object();
    auto& metadata = out.get_object()["metadata"].emplace_object();
    for (const auto* key : {"name", "labels", "annotations", "finalizers"}) {
        if (const auto* value = find(templated, {"metadata", key}))
            metadata[key] = *value;
    }
    if (const auto* spec = find(templated, {"spec"}))
        out.get_object()["spec"] = *spec;
    return out;
}

Result<Value> patched(Value application, const std::string& written, Templating& templating,
                      const Templating::Data& data)
{
    const auto rendered = templating.replace(written, data);
    if (!rendered)
        return fail(rendered.error().within("error replacing values in templatePatch"));
    manifest::YamlLimits limits;
    limits.allowDuplicateKeys = true;
    const auto documents = manifest::parseYaml(*rendered, "templatePatch", limits);
    if (!documents)
        return fail(documents.error().within(fmt::format("error while converting template to json \"{}\"", *rendered)));
    if (documents->empty() || documents->front().value.is_null())
        return application;
    const auto& patch = documents->front().value;
    if (!patch.is_object())
        return fail(Error::Code::InvalidInput,
                    fmt::format("error while applying template patch \"{}\": it is no object", *rendered));
    const auto project = text(application, {"spec", "project"});
    const Value kept = boost::json::string(project);
    manifest::mergePatch(application, patch);
    Value out = asApplication(application);
    if (auto* spec = find(out, {"spec"}); spec && spec->is_object())
        spec->get_object()["project"] = kept;
    return out;
}

Result<Value> render(const Value& set, const Value& templated, const Params& params, Templating& templating)
{
    const Templating::Data data(templating, params);
    Value application = asApplication(templated);
    // Without parameters Argo CD returns the template as it is.
    if (!params.empty()) {
        PH_TRY(application, templating.replaceAll(application, data));
        const bool preserve = manifest::flag(set, {"spec", "syncPolicy", "preserveResourcesOnDeletion"});
        if (!preserve && manifest::array(application, {"metadata", "finalizers"}).empty())
            manifest::ensure(application, {"metadata", "finalizers"}) =
                manifest::Array {boost::json::string(kFinalizer)};
    }
    if (const auto* patch = find(set, {"spec", "templatePatch"}); patch && patch->is_string()) {
        PH_TRY(application, patched(std::move(application), std::string(patch->get_string()), templating, data));
    }
    return application;
}

/// Removes members that are empty.
void dropEmpty(Value* parent, std::initializer_list<std::string_view> keys)
{
    if (!parent || !parent->is_object())
        return;
    for (const auto key : keys) {
        const auto* value = parent->get_object().if_contains(key);
        if (value && isEmpty(*value))
            manifest::erase(*parent, {key});
    }
}

void normalizeSource(Value& source)
{
    dropEmpty(&source, {"path", "targetRevision", "chart", "ref", "name", "helm", "kustomize", "directory", "plugin"});
}

} // namespace

Value normalized(Value application)
{
    manifest::erase(application, {"metadata", "creationTimestamp"});
    dropEmpty(find(application, {"metadata"}), {"labels", "annotations", "finalizers"});
    auto* spec = find(application, {"spec"});
    if (!spec || !spec->is_object())
        return application;
    if (text(*spec, {"project"}).empty())
        spec->get_object()["project"] = "default";
    dropEmpty(find(*spec, {"destination"}), {"server", "name", "namespace"});
    dropEmpty(find(*spec, {"syncPolicy"}), {"syncOptions", "retry", "managedNamespaceMetadata"});
    dropEmpty(spec, {"syncPolicy", "sources", "info", "ignoreDifferences"});
    if (auto* source = find(*spec, {"source"}))
        normalizeSource(*source);
    if (auto* sources = find(*spec, {"sources"}); sources && sources->is_array()) {
        for (auto& source : sources->get_array())
            normalizeSource(source);
    }
    return application;
}

Generated generate(const Value& applicationSet, const Inputs& inputs)
{
    Generated out;
    const auto failed = [&](std::string_view reason, const Error& error) {
        if (out.error.empty()) {
            out.reason = reason;
            out.error = error.message;
        }
    };
    std::vector<std::string> options;
    for (const auto& option : manifest::array(applicationSet, {"spec", "goTemplateOptions"}))
        options.emplace_back(option.is_string() ? std::string_view(option.get_string()) : std::string_view());
    const bool go = manifest::flag(applicationSet, {"spec", "goTemplate"});
    auto templating =
        Templating::create(go ? Templating::Language::Go : Templating::Language::Substitution, options, inputs.stop);
    if (!templating) {
        failed("ApplicationGenerationFromParamsError", templating.error());
        return out;
    }
    const auto* common = find(applicationSet, {"spec", "template"});
    const auto nameSpace = manifest::nameSpace(applicationSet);
    Generators generators(applicationSet, inputs, *templating);
    for (const auto& entry : manifest::array(applicationSet, {"spec", "generators"})) {
        auto results = generators.run(entry);
        if (!results) {
            failed("ApplicationGenerationFromParamsError", results.error());
            continue;
        }
        for (auto& result : *results) {
            Value templated =
                result.templateOverride.is_object() ? std::move(result.templateOverride) : Value(manifest::Object());
            if (common)
                fillEmpty(templated, *common);
            for (const auto& params : result.params) {
                auto application = render(applicationSet, templated, params, *templating);
                if (!application) {
                    failed("RenderTemplateParamsError", application.error());
                    continue;
                }
                manifest::Object object {{"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "Application"}};
                for (auto& member : application->get_object())
                    object[member.key()] = std::move(member.value());
                object["metadata"].get_object()["namespace"] = boost::json::string(nameSpace);
                out.applications.push_back(normalized(std::move(object)));
            }
        }
    }
    if (!out.error.empty())
        out.applications.clear();
    return out;
}

std::string destinationProblem(const Value& application, const std::vector<Cluster>& clusters)
{
    const auto cluster =
        gitops::chooseCluster(clusters, std::string(text(application, {"spec", "destination", "server"})),
                              std::string(text(application, {"spec", "destination", "name"})));
    return cluster ? std::string {} : cluster.error().message;
}

std::map<std::string, std::string> validate(const Value& applicationSet, const std::vector<Value>& applications,
                                            const std::vector<Cluster>& clusters, const std::set<std::string>& projects)
{
    std::map<std::string, std::string> out;
    std::set<std::string> names;
    for (const auto& application : applications) {
        const std::string name(manifest::name(application));
        const auto project = text(application, {"spec", "project"});
        if (name.empty())
            out[name] =
                fmt::format("ApplicationSet {} contains applications with empty name", manifest::name(applicationSet));
        else if (!names.insert(name).second)
            out[name] = fmt::format("ApplicationSet {} contains applications with duplicate name: {}",
                                    manifest::name(applicationSet), name);
        else if (!projects.contains(std::string(project)))
            out[name] = fmt::format("application references project {} which does not exist", project);
        else if (const auto problem = destinationProblem(application, clusters); !problem.empty())
            out[name] = "application destination spec is invalid: " + problem;
    }
    return out;
}

} // namespace core::appset
