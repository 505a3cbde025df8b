// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/local_engine.h"
#include "core/gitops/project.h"
#include "core/manifest/patch.h"
#include "core/manifest/quantity.h"

#include <boost/json.hpp>

// Resource actions of live objects, and what pods and nodes use.

namespace core::engine {

using manifest::Object;
using manifest::Value;

namespace {

/// Writes the difference; the status goes to its own subresource, and with the rest where a type has none.
Result<> patchTo(kube::Client& client, const Value& live, const Value& wanted)
{
    const auto key = manifest::keyOf(live);
    PH_TRY(const auto type, client.resolve(key.groupKind()));
    Value change = manifest::createMergePatch(live, wanted);
    if (const Value* status = manifest::find(change, {"status"})) {
        kube::WriteOptions options;
        options.subresource = "status";
        const Value patch = Object {{"status", *status}};
        const auto written = client.patch(type, key.nameSpace, key.name, kube::PatchType::Merge, patch, options);
        if (!written && written.error().code != Error::Code::NotFound)
            return fail(written.error());
        if (written)
            manifest::erase(change, {"status"});
    }
    if (!change.is_object() || change.get_object().empty())
        return {};
    PH_CHECK(client.patch(type, key.nameSpace, key.name, kube::PatchType::Merge, change));
    return {};
}

/// An action of an application's object may touch what its project permits only.
Result<> permitted(const kube::Cache& own, kube::Client& client, const AppId& app,
                   const std::vector<health::ActionEffect>& effects)
{
    const auto object = own.get({"argoproj.io", "Application", app.nameSpace, app.name});
    if (!object)
        return {};
    const std::string name(manifest::text(*object, {"spec", "project"}));
    const auto found = own.get({"argoproj.io", "AppProject", app.nameSpace, name});
    const auto project = found ? gitops::parseProject(*found) : gitops::defaultProject();
    for (const auto& effect : effects) {
        const auto key = manifest::keyOf(effect.resource);
        PH_TRY(const auto type, client.resolve(key.groupKind()));
        if (!project.permitsKind(key.groupKind(), key.name,
                                 type.namespaced ? gitops::Scope::Namespaced : gitops::Scope::Cluster))
            return fail(Error::Code::Forbidden, key.kind + " is not permitted in project " + name, key.text());
    }
    return {};
}

void readUsage(UsageTable& out, const Value& list, const char* kind)
{
    const auto amount = [](const Value& usage, const char* what) {
        const auto* value = manifest::find(usage, {what});
        const auto read =
            value != nullptr ? manifest::Quantity::parse(*value) : Result<manifest::Quantity>(manifest::Quantity());
        return read.value_or(manifest::Quantity());
    };
    for (const auto& item : manifest::array(list, {"items"})) {
        Usage sum;
        const auto add = [&](const Value& usage) {
            sum.milliCpu += amount(usage, "cpu").milliValue();
            sum.memory += amount(usage, "memory").value();
        };
        if (const auto* usage = manifest::find(item, {"usage"}))
            add(*usage);
        for (const auto& container : manifest::array(item, {"containers"}))
            if (const auto* usage = manifest::find(container, {"usage"}))
                add(*usage);
        out[{"", kind, std::string(manifest::nameSpace(item)), std::string(manifest::name(item))}] = sum;
    }
}

} // namespace

Result<health::ResourceActions> LocalEngine::resourceActions() const
{
    for (const auto& map : m_cache->list({"", "ConfigMap"}))
        if (manifest::name(*map) == "argocd-cm")
            return health::ResourceActions::parse(*map);
    return health::ResourceActions();
}

Result<std::vector<health::ResourceAction>> LocalEngine::objectActions(const ObjectRef& object, std::stop_token stop)
{
    PH_TRY(const auto cluster, clusterOf(object, stop));
    const auto live = cluster->cache->get(object.key);
    if (!live)
        return fail(Error::Code::NotFound, object.key.text() + " is not in the cluster");
    PH_TRY(const auto actions, resourceActions());
    return actions.discover(*live);
}

Result<> LocalEngine::runObjectAction(const ObjectRef& object, const std::string& action,
                                      const health::ActionArguments& arguments)
{
    const auto run = [&]() -> Result<> {
        PH_CHECK(mayWrite());
        PH_TRY(const auto cluster, clusterOf(object, {}));
        auto& client = *cluster->client;
        PH_TRY(const auto type, client.resolve(object.key.groupKind()));
        PH_TRY(const auto live, client.get(type, object.key.nameSpace, object.key.name));
        PH_TRY(const auto actions, resourceActions());
        PH_TRY(const auto effects, actions.run(action, live, arguments, timeIn(*cluster)));
        if (object.application)
            PH_CHECK(permitted(*m_cache, client, *object.application, effects));
        kube::WriteOptions tried;
        tried.dryRun = true;
        for (const auto& effect : effects) // nothing is written where one of them is refused
            if (effect.create)
                PH_CHECK(client.create(effect.resource, tried));
        for (const auto& effect : effects) {
            if (effect.create) {
                PH_CHECK(client.create(effect.resource));
                continue;
            }
            const auto key = manifest::keyOf(effect.resource);
            if (key == object.key) {
                PH_CHECK(patchTo(client, live, effect.resource));
                continue;
            }
            PH_TRY(const auto otherType, client.resolve(key.groupKind()));
            PH_TRY(const auto other, client.get(otherType, key.nameSpace, key.name));
            PH_CHECK(patchTo(client, other, effect.resource));
        }
        return {};
    };
    auto result = run();
    std::string given;
    for (const auto& [name, value] : arguments)
        given += (given.empty() ? "" : ", ") + name + "=" + value;
    record(action, object.key.text(), {}, given, result, {});
    return result;
}

Result<UsageTable> LocalEngine::usage(std::stop_token stop)
{
    UsageTable out;
    for (const auto& [path, kind] : {std::pair {"/apis/metrics.k8s.io/v1beta1/pods", "Pod"},
                                     std::pair {"/apis/metrics.k8s.io/v1beta1/nodes", "Node"}}) {
        kube::Request request;
        request.path = path;
        PH_TRY(const auto answer, m_client->transport()->send(request, stop));
        if (answer.status == 404 || answer.status == 503)
            return fail(Error::Code::Unsupported, "the cluster has no metrics server", path,
                        "install metrics-server to see what pods and nodes use");
        if (answer.status != 200)
            return fail(answer.status == 403 ? Error::Code::Forbidden : Error::Code::Unavailable,
                        "the metrics server answered " + std::to_string(answer.status), path);
        PH_TRY(const auto list, manifest::parseJson(answer.body, path));
        readUsage(out, list, kind);
    }
    return out;
}

} // namespace core::engine
