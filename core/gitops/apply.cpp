// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/apply.h"

#include "core/base/strings.h"
#include "core/manifest/patch.h"
#include "core/manifest/strategic.h"

#include <boost/json.hpp>

#include <algorithm>
#include <chrono>
#include <thread>

namespace core::gitops {

namespace {

using manifest::Value;

constexpr int kGoneLooks = 60;
constexpr auto kGoneLook = std::chrono::milliseconds(50);
constexpr int kDefinitionLooks = 30;
constexpr auto kDefinitionLook = std::chrono::milliseconds(100);
constexpr std::string_view kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

class Writer
{
public:
    Writer(kube::Client& client, const SyncTask& task, const std::vector<diff::IgnoreRule>& ignore, bool dryRun,
           std::stop_token stop)
        : m_client(client)
        , m_task(task)
        , m_ignore(ignore)
        , m_dryRun(dryRun)
        , m_stop(std::move(stop))
    {
        m_options.fieldManager = kFieldManager;
        m_options.dryRun = dryRun;
        if (task.validate)
            m_options.fieldValidation = "Strict";
    }

    Result<Written> run()
    {
        auto result = write();
        if (result && !m_dryRun && m_task.key.kind == "CustomResourceDefinition")
            awaitDefinition(result->object);
        if (!result && result.error().message.find("metadata.annotations: Too long") != std::string::npos)
            return fail(result.error().code,
                        result.error().message
                            + " (a client-side apply keeps the whole object in an annotation: set the sync option "
                              "ServerSideApply=true or Replace=true)");
        return result;
    }

private:
    Result<Written> write()
    {
        auto type = m_client.resolve(manifest::apiVersion(*m_task.target), m_task.key.kind, m_stop);
        if (!type && m_dryRun && m_task.skipDryRun)
            return written("created", *m_task.target);
        if (!type) { // a CRD may have come in this very sync
            m_client.invalidateDiscovery();
            type = m_client.resolve(manifest::apiVersion(*m_task.target), m_task.key.kind, m_stop);
        }
        if (!type)
            return fail(type.error());
        m_type = *type;
        auto live = m_client.get(m_type, m_task.key.nameSpace, m_task.key.name, m_stop);
        if (!live && live.error().code != Error::Code::NotFound)
            return fail(live.error());
        m_target = *m_task.target;
        if (live && m_task.respectIgnore)
            keepIgnored(*live);
        if (m_task.action == SyncTask::Action::Create || m_task.action == SyncTask::Action::Replace)
            return replace(live ? &*live : nullptr);
        if (m_task.serverSide)
            return serverSide(live ? &*live : nullptr);
        std::string before;
        if (m_task.key.group == "rbac.authorization.k8s.io") {
            if (live && !sameRole(*live)) {
                live = recreateBinding(*live);
                if (!live)
                    return fail(live.error());
            }
            before = kubectlName(m_task.key) + " reconciled" + (m_dryRun ? " (dry run)" : "") + ". ";
        }
        auto result = live ? patch(*live) : create();
        if (!result && m_task.force && live && recreatable(result.error()))
            result = recreate(*live, true);
        if (result)
            result->message = before + result->message;
        return result;
    }

    /// Objects of a kind can be written once its definition is established; that it takes longer is no error.
    void awaitDefinition(Value& definition) const
    {
        const auto established = [&] {
            for (const auto& item : manifest::array(definition, {"status", "conditions"})) {
                if (manifest::text(item, {"type"}) == "Established" && manifest::text(item, {"status"}) == "True")
                    return true;
            }
            return false;
        };
        for (int look = 0; look < kDefinitionLooks && !established() && !m_stop.stop_requested(); ++look) {
            std::this_thread::sleep_for(kDefinitionLook);
            auto again = m_client.get(m_type, {}, m_task.key.name, m_stop);
            if (!again)
                return;
            definition = std::move(*again);
        }
        m_client.invalidateDiscovery();
    }

    [[nodiscard]] Result<Written> written(std::string_view verb, Value object) const
    {
        return Written {kubectlName(m_task.key) + " " + std::string(verb) + (m_dryRun ? " (dry run)" : ""),
                        std::move(object)};
    }

    /// A binding cannot change its role: it is made again (kubectl auth reconcile).
    [[nodiscard]] bool sameRole(const Value& live) const
    {
        const auto* now = manifest::find(live, {"roleRef"});
        const auto* wanted = manifest::find(m_target, {"roleRef"});
        if (!now || !wanted)
            return true;
        for (const auto* key : {"kind", "name"}) {
            if (manifest::text(*now, {key}) != manifest::text(*wanted, {key}))
                return false;
        }
        return true;
    }

    Result<Value> recreateBinding(const Value& live)
    {
        if (m_dryRun)
            return live;
        kube::DeleteOptions options;
        options.uid = manifest::uid(live);
        if (auto removed = m_client.remove(m_type, m_task.key.nameSpace, m_task.key.name, options, m_stop);
            !removed && removed.error().code != Error::Code::NotFound)
            return fail(removed.error());
        return m_client.create(annotated(), m_options, m_stop);
    }

    static bool recreatable(const Error& error)
    {
        return error.code == Error::Code::Conflict || error.code == Error::Code::Invalid;
    }

    /// The object with kubectl's annotation of itself.
    [[nodiscard]] Value annotated() const
    {
        Value copy(m_target);
        manifest::erase(copy, {"metadata", "annotations", kLastApplied});
        manifest::ensure(copy, {"metadata", "annotations"});
        if (auto* annotations = manifest::find(copy, {"metadata", "annotations"}); annotations->is_null())
            *annotations = manifest::Object();
        const auto text = manifest::toSortedJson(copy) + "\n";
        manifest::setAnnotation(copy, kLastApplied, text);
        return copy;
    }

    Result<Written> create()
    {
        auto created = m_client.create(annotated(), m_options, m_stop);
        if (!created && created.error().code == Error::Code::AlreadyExists) {
            PH_TRY(const auto live, m_client.get(m_type, m_task.key.nameSpace, m_task.key.name, m_stop));
            return patch(live);
        }
        if (!created)
            return fail(created.error());
        return written("created", std::move(*created));
    }

    Result<Written> patch(const Value& live)
    {
        const auto modified = annotated();
        const auto original = diff::lastApplied(live);
        const Value base = original.is_null() ? Value(manifest::Object()) : original;
        const auto* type = manifest::builtinType(m_type.apiVersion(), m_type.kind);
        Value patch;
        if (type) {
            PH_TRY(patch, manifest::createThreeWayStrategicPatch(base, modified, live, type));
        } else {
            patch = manifest::createThreeWayMergePatch(base, modified, live);
        }
        if (patch.is_object() && patch.get_object().empty())
            return written("unchanged", live);
        auto result =
            m_client.patch(m_type, m_task.key.nameSpace, m_task.key.name,
                           type ? kube::PatchType::Strategic : kube::PatchType::Merge, patch, m_options, m_stop);
        if (!result)
            return fail(result.error());
        const bool same = manifest::text(*result, {"metadata", "resourceVersion"})
            == manifest::text(live, {"metadata", "resourceVersion"});
        return written(same && !m_dryRun ? "unchanged" : "configured", std::move(*result));
    }

    /// Client-side applies and server-side applies are different owners: what the former own goes to the latter, so
    /// that a field taken out of Git goes too. The list of owners with that done; null where there is nothing to do.
    [[nodiscard]] static Value migratedOwners(const Value& live, std::string_view from)
    {
        manifest::Array owners = manifest::array(live, {"metadata", "managedFields"});
        const auto isMain = [](const Value& entry) { return manifest::text(entry, {"subresource"}).empty(); };
        const auto old = std::find_if(owners.begin(), owners.end(), [&](const Value& entry) {
            return isMain(entry) && manifest::text(entry, {"manager"}) == from
                && manifest::text(entry, {"operation"}) == "Update";
        });
        if (old == owners.end())
            return {};
        Value moved = *old;
        owners.erase(old);
        const auto ours = std::find_if(owners.begin(), owners.end(), [&](const Value& entry) {
            return isMain(entry) && manifest::text(entry, {"manager"}) == kFieldManager
                && manifest::text(entry, {"operation"}) == "Apply";
        });
        manifest::erase(moved, {"fieldsV1", "f:metadata", "f:annotations", "f:" + std::string(kLastApplied)});
        if (ours == owners.end()) {
            manifest::ensure(moved, {"manager"}) = boost::json::string(kFieldManager);
            manifest::ensure(moved, {"operation"}) = "Apply";
            owners.push_back(std::move(moved));
        } else if (const auto* fields = manifest::find(moved, {"fieldsV1"})) { // a union: no nulls in field sets
            manifest::mergePatch(manifest::ensure(*ours, {"fieldsV1"}), *fields);
        }
        return Value(std::move(owners));
    }

    Result<> migrate(const Value& live)
    {
        const auto wanted = manifest::annotation(m_target, "argocd.argoproj.io/client-side-apply-migration-manager");
        auto owners = migratedOwners(live, wanted.empty() ? std::string_view("kubectl-client-side-apply") : wanted);
        if (owners.is_null())
            return {};
        const auto replace = [](std::string_view path, Value value) {
            return Value {{"op", "replace"}, {"path", boost::json::string(path)}, {"value", std::move(value)}};
        };
        manifest::Array patch;
        patch.push_back(replace("/metadata/managedFields", std::move(owners)));
        patch.push_back(replace("/metadata/resourceVersion",
                                boost::json::string(manifest::text(live, {"metadata", "resourceVersion"}))));
        auto written = m_client.patch(m_type, m_task.key.nameSpace, m_task.key.name, kube::PatchType::Json,
                                      Value(std::move(patch)), m_options, m_stop);
        if (!written)
            return fail(written.error().code,
                        "Failed to perform client-side apply migration: " + written.error().message);
        return {};
    }

    Result<Written> serverSide(const Value* live)
    {
        if (live && m_task.migrate && !m_dryRun) {
            if (auto moved = migrate(*live); !moved)
                return fail(std::move(moved).error());
        }
        auto options = m_options;
        options.force = true;
        auto result = m_client.apply(m_target, options, m_stop);
        if (!result)
            return fail(result.error());
        return written("serverside-applied", std::move(*result));
    }

    Result<Written> replace(const Value* live)
    {
        if (!live) {
            auto created = m_client.create(m_target, m_options, m_stop);
            if (!created)
                return fail(created.error());
            return written("created", std::move(*created));
        }
        const bool inPlace = m_task.key.kind == "Namespace" || m_task.key.kind == "CustomResourceDefinition";
        if (m_task.force && !inPlace)
            return recreate(*live, false);
        Value copy(m_target);
        manifest::ensure(copy, {"metadata", "resourceVersion"}) =
            boost::json::string(manifest::text(*live, {"metadata", "resourceVersion"}));
        auto result = m_client.replace(copy, m_options, m_stop);
        if (!result)
            return fail(result.error());
        if (inPlace)
            return Written {m_task.key.kind + "/" + m_task.key.name + " updated", std::move(*result)};
        return written("replaced", std::move(*result));
    }

    /// `applied`: apply with force, else replace with force.
    Result<Written> recreate(const Value& live, bool applied)
    {
        const auto verb = applied ? std::string_view("configured") : std::string_view("replaced");
        if (m_dryRun)
            return written(verb, live);
        kube::DeleteOptions options;
        options.gracePeriodSeconds = 0;
        options.uid = manifest::uid(live);
        options.propagation = kube::Propagation::Background;
        if (auto removed = m_client.remove(m_type, m_task.key.nameSpace, m_task.key.name, options, m_stop);
            !removed && removed.error().code != Error::Code::NotFound)
            return fail(removed.error());
        auto created = m_client.create(applied ? annotated() : m_target, m_options, m_stop);
        for (int attempt = 0; !created && created.error().code == Error::Code::AlreadyExists && attempt < kGoneLooks;
             ++attempt) { // finalizers and grace periods take their time
            if (m_stop.stop_requested())
                break;
            std::this_thread::sleep_for(kGoneLook);
            created = m_client.create(applied ? annotated() : m_target, m_options, m_stop);
        }
        if (!created)
            return fail(created.error());
        return written(verb, std::move(*created));
    }

    /// Puts the ignored live values into the target (section 3.10).
    void keepIgnored(const Value& live)
    {
        std::vector<diff::IgnoreRule> rules;
        for (const auto& rule : m_ignore) {
            if (rule.appliesTo(m_task.key))
                rules.push_back(rule);
        }
        if (rules.empty())
            return;
        Value full = diff::normalize(live);
        manifest::erase(full, {"status"});
        Value reduced = full;
        diff::removeIgnored(reduced, rules);
        Value target(m_target);
        diff::removeIgnored(target, rules);
        const auto* type = manifest::builtinType(m_type.apiVersion(), m_type.kind);
        if (type) {
            const auto patch = manifest::createStrategicPatch(reduced, full, type);
            if (!patch || !manifest::strategicMerge(target, *patch, type))
                return;
        } else {
            manifest::mergePatch(target, manifest::createMergePatch(reduced, full));
        }
        m_target = std::move(target);
    }

    kube::Client& m_client;
    const SyncTask& m_task;
    const std::vector<diff::IgnoreRule>& m_ignore;
    bool m_dryRun;
    std::stop_token m_stop;
    kube::WriteOptions m_options;
    kube::ResourceType m_type;
    Value m_target;
};

} // namespace

std::string kubectlName(const manifest::ResourceKey& key)
{
    return lower(key.kind) + (key.group.empty() ? "" : "." + key.group) + "/" + key.name;
}

Result<Written> writeTask(kube::Client& client, const SyncTask& task, const std::vector<diff::IgnoreRule>& ignore,
                          bool dryRun, std::stop_token stop)
{
    return Writer(client, task, ignore, dryRun, std::move(stop)).run();
}

Result<Written> writeNamespace(kube::Client& client, const std::string& name, const Value& metadata, bool dryRun,
                               std::stop_token stop)
{
    const manifest::ResourceKey key {"", "Namespace", "", name};
    const kube::ResourceType type {"", "v1", "Namespace", "namespaces", false, {}, {}, {}, {}};
    Value object = manifest::Object();
    manifest::ensure(object, {"apiVersion"}) = "v1";
    manifest::ensure(object, {"kind"}) = "Namespace";
    manifest::ensure(object, {"metadata", "name"}) = boost::json::string(name);
    kube::WriteOptions options;
    options.fieldManager = kFieldManager;
    options.dryRun = dryRun;
    const std::string suffix = dryRun ? " (dry run)" : "";
    if (metadata.is_object()) {
        for (const auto* list : {"labels", "annotations"}) {
            for (const auto& member : manifest::object(metadata, {list}))
                manifest::ensure(object, {"metadata", list, member.key()}) = member.value();
        }
        manifest::setAnnotation(object, "argocd.argoproj.io/sync-options", "ServerSideApply=true");
        options.force = true;
        PH_TRY(auto stored, client.apply(object, options, stop));
        return Written {kubectlName(key) + " serverside-applied" + suffix, std::move(stored)};
    }
    auto live = client.get(type, {}, name, stop);
    if (live)
        return Written {kubectlName(key) + " unchanged" + suffix, std::move(*live)};
    if (live.error().code != Error::Code::NotFound)
        return fail(live.error());
    auto created = client.create(object, options, stop);
    if (!created && created.error().code == Error::Code::AlreadyExists)
        return Written {kubectlName(key) + " unchanged" + suffix, std::move(object)};
    if (!created)
        return fail(created.error());
    return Written {kubectlName(key) + " created" + suffix, std::move(*created)};
}

} // namespace core::gitops
