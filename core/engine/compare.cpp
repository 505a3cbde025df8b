// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/paths.h"
#include "core/diff/rules.h"
#include "core/engine/local_engine.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>

#include <algorithm>
#include <map>
#include <set>

// Questions that compare anything with anything, and what is done with single differences.

namespace core::engine {

using manifest::ResourceKey;
using manifest::Value;

namespace {

constexpr std::size_t kMostBytes = std::size_t {16} << 20;

std::string yamlOf(const Value& value)
{
    return value.is_null() ? std::string {} : manifest::toYamlOrdered(value);
}

/// Nobody compares what the server keeps for itself.
Value comparable(const Value& object)
{
    Value out = diff::normalize(object);
    for (const auto* field : {"managedFields", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink",
                              "deletionTimestamp", "ownerReferences"})
        manifest::erase(out, {"metadata", field});
    manifest::erase(out, {"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"});
    manifest::erase(out, {"metadata", "annotations", "argocd.argoproj.io/tracking-id"});
    if (const auto* annotations = manifest::find(out, {"metadata", "annotations"});
        annotations != nullptr && annotations->is_object() && annotations->get_object().empty())
        manifest::erase(out, {"metadata", "annotations"});
    manifest::erase(out, {"status"});
    return out;
}

ResourceDiff viewPair(const ResourceKey& key, const Value* left, const Value* right)
{
    ResourceDiff out;
    out.key = key;
    const auto masked = diff::maskSecrets(right, left);
    const Value before = masked.live.is_null() ? Value() : comparable(masked.live);
    const Value after = masked.desired.is_null() ? Value() : comparable(masked.desired);
    out.liveYaml = yamlOf(before);
    out.desiredYaml = yamlOf(after);
    out.action = left == nullptr ? ResourceDiff::Action::Create : ResourceDiff::Action::None;
    if (right == nullptr)
        out.action = ResourceDiff::Action::Prune;
    if (left != nullptr && right != nullptr) {
        const auto* type = manifest::builtinType(manifest::apiVersion(*right), key.kind);
        for (auto& change : diff::leafChanges(before, after, type))
            out.changes.push_back({std::move(change.path),
                                   std::move(change.live),
                                   std::move(change.desired),
                                   false,
                                   std::move(change.reason),
                                   {},
                                   0});
        if (!out.changes.empty())
            out.action = ResourceDiff::Action::Patch;
    }
    out.outOfSync = out.action != ResourceDiff::Action::None;
    return out;
}

Result<std::vector<Value>> manifestsOf(const std::string& file)
{
    PH_TRY(const auto text, paths::readFile(file, kMostBytes));
    PH_TRY(auto documents, manifest::parseYaml(text, file));
    std::vector<Value> out;
    for (auto& document : documents) {
        if (manifest::kind(document.value) == "List")
            for (const auto& item : manifest::array(document.value, {"items"}))
                out.push_back(item);
        else
            out.push_back(std::move(document.value));
    }
    for (const auto& object : out)
        if (manifest::kind(object).empty() || manifest::apiVersion(object).empty())
            return fail(Error::Code::InvalidInput, "a document has no apiVersion and kind", file,
                        "give a file of Kubernetes manifests");
    return out;
}

std::vector<Value> desiredOf(const gitops::Comparison& comparison)
{
    std::vector<Value> out;
    for (const auto& resource : comparison.resources)
        if (resource.desired)
            out.push_back(*resource.desired);
    return out;
}

Value ruleValue(const IgnoreRule& rule)
{
    boost::json::object out {{"kind", rule.kind}};
    const auto set = [&](const char* name, const std::string& value) {
        if (!value.empty())
            out[name] = value;
    };
    set("group", rule.group);
    set("namespace", rule.nameSpace);
    set("name", rule.name);
    const auto list = [&](const char* name, const std::vector<std::string>& values) {
        if (!values.empty())
            out[name] = boost::json::array(values.begin(), values.end());
    };
    list("jsonPointers", rule.jsonPointers);
    list("jqPathExpressions", rule.jqPathExpressions);
    list("managedFieldsManagers", rule.managedFieldsManagers);
    return Value(std::move(out));
}

/// Makes the field at `path` of `object` as in `wanted`; false where the way there does not exist.
bool setField(Value& object, const std::vector<std::string>& path, const std::optional<Value>& wanted)
{
    if (!wanted) {
        diff::removePath(object, path);
        return true;
    }
    Value* at = &object;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (at->is_array()) {
            auto& items = at->get_array();
            const bool digits = path[i].find_first_not_of("0123456789") == std::string::npos && path[i].size() < 7;
            if (!digits || path[i].empty())
                return false;
            const auto position = std::stoul(path[i]);
            if (position > items.size())
                return false;
            if (position == items.size())
                items.emplace_back(nullptr);
            at = &items[position];
        } else {
            if (!at->is_object())
                *at = boost::json::object();
            at = &at->get_object()[path[i]];
        }
    }
    *at = *wanted;
    return true;
}

} // namespace

void appendIgnoreRule(Value& application, const IgnoreRule& rule)
{
    Value& rules = manifest::ensure(application, {"spec", "ignoreDifferences"});
    if (!rules.is_array())
        rules = boost::json::array();
    rules.get_array().push_back(ruleValue(rule));
}

manifest::Array specChanges(const Value* before, const Value* after)
{
    constexpr std::size_t kMostChanges = 100;
    constexpr std::size_t kLongest = 500;
    manifest::Array out;
    const auto masked = diff::maskSecrets(after, before);
    const auto side = [](const Value& object) {
        return object.is_null() ? Value(manifest::Object()) : comparable(object);
    };
    const auto text = [](const std::optional<Value>& value) -> Value {
        if (!value)
            return nullptr;
        auto written = value->is_string() ? std::string(value->get_string()) : manifest::toJson(*value);
        if (written.size() > kLongest)
            written = written.substr(0, kLongest) + "…";
        return Value(boost::json::string(written));
    };
    const Value left = side(masked.live);
    const Value right = side(masked.desired);
    const auto& named = before != nullptr ? *before : *after;
    for (auto& change :
         diff::leafChanges(left, right, manifest::builtinType(manifest::apiVersion(named), manifest::kind(named)))) {
        if (out.size() == kMostChanges)
            break;
        manifest::Array path;
        for (const auto& part : change.path)
            path.emplace_back(boost::json::string(part));
        out.emplace_back(
            manifest::Object {{"path", std::move(path)}, {"from", text(change.live)}, {"to", text(change.desired)}});
    }
    return out;
}

std::vector<ResourceDiff> viewObjects(const std::vector<Value>& left, const std::vector<Value>& right, bool sameScope)
{
    const auto keyOf = [&](const Value& object) {
        auto key = manifest::keyOf(object);
        if (!sameScope)
            key.nameSpace.clear();
        return key;
    };
    std::map<ResourceKey, std::pair<const Value*, const Value*>> pairs;
    for (const auto& object : left)
        pairs[keyOf(object)].first = &object;
    for (const auto& object : right)
        pairs[keyOf(object)].second = &object;
    std::vector<ResourceDiff> out;
    for (const auto& [key, pair] : pairs) {
        auto before = pair.first != nullptr ? std::optional(*pair.first) : std::nullopt;
        auto after = pair.second != nullptr ? std::optional(*pair.second) : std::nullopt;
        if (!sameScope)
            for (auto* object : {&before, &after})
                if (*object)
                    manifest::erase(**object, {"metadata", "namespace"});
        out.push_back(viewPair(key, before ? &*before : nullptr, after ? &*after : nullptr));
    }
    std::stable_sort(out.begin(), out.end(),
                     [](const ResourceDiff& a, const ResourceDiff& b) { return a.outOfSync > b.outOfSync; });
    return out;
}

Result<std::vector<Value>> LocalEngine::objectsOf(const DiffSide& side, std::stop_token stop) const
{
    if (side.kind == DiffSide::Kind::Path && !std::filesystem::is_directory(side.path))
        return manifestsOf(side.path);
    PH_TRY(const auto source, sourceOf(side.app, stop));
    if (side.kind == DiffSide::Kind::Path) {
        PH_TRY(const auto tree, git::openFolder(side.path));
        auto object = source.object;
        // A checkout of the repository holds the application's path; any other folder is what is rendered.
        if (!tree->isFolder(source.source.path)) {
            auto* spec = manifest::find(object, {"spec", "source"});
            if (spec == nullptr)
                return fail(Error::Code::Unsupported, "the folder does not hold the application's path", side.path,
                            "choose a checkout of its repository");
            manifest::ensure(*spec, {"path"}) = ".";
        }
        PH_TRY(const auto comparison, m_applications->compareSource(object, tree, "folder", stop));
        if (comparison.failed && !comparison.conditions.empty())
            return fail(Error::Code::InvalidInput, comparison.conditions.front().message, side.path);
        return desiredOf(comparison);
    }
    if (side.kind == DiffSide::Kind::Revision) {
        PH_TRY(const auto resolved,
               m_sources->resolve(source.repository(), side.revision.empty() ? source.branch : side.revision,
                                  Sources::Fetch::IfMissing, stop));
        PH_TRY(const auto comparison,
               m_applications->compareSource(source.object, resolved.tree, resolved.commit, stop));
        if (comparison.failed && !comparison.conditions.empty())
            return fail(Error::Code::InvalidInput, comparison.conditions.front().message,
                        side.app.name + "@" + resolved.commit);
        return desiredOf(comparison);
    }
    const auto comparison = m_applications->comparison(side.app.nameSpace, side.app.name);
    if (!comparison)
        return fail(Error::Code::Unavailable, "the application has not been compared yet", side.app.name,
                    "refresh it and try again");
    std::vector<Value> out;
    for (const auto& resource : comparison->resources) {
        if (!resource.live || resource.hook)
            continue;
        if (side.kind == DiffSide::Kind::Live)
            out.push_back(*resource.live);
        else if (auto applied = diff::lastApplied(*resource.live); !applied.is_null())
            out.push_back(std::move(applied));
    }
    return out;
}

namespace {

/// The objects of the same names that a cluster has.
std::vector<Value> objectsNamed(const std::vector<Value>& objects, const kube::Cache& cluster)
{
    std::set<ResourceKey> wanted;
    for (const auto& object : objects)
        wanted.insert(manifest::keyOf(object));
    std::vector<Value> out;
    for (const auto& key : wanted)
        if (const auto live = cluster.get(key))
            out.push_back(*live);
    return out;
}

} // namespace

Result<std::shared_ptr<kube::Cache>> LocalEngine::cacheOf(const std::string& server, std::stop_token stop) const
{
    gitops::Application there;
    there.server = server;
    PH_TRY(const auto cluster, m_clusters->wait(there, std::move(stop)));
    return std::shared_ptr<kube::Cache>(cluster, &*cluster->cache);
}

Result<AppDiff> LocalEngine::compare(const DiffSide& left, const DiffSide& right, std::stop_token stop)
{
    // A file of manifests is compared with the objects of the same names in the cluster, whoever's they are.
    const bool file = left.kind == DiffSide::Kind::Live && right.kind == DiffSide::Kind::Path
        && !std::filesystem::is_directory(right.path);
    if (!left.cluster.empty() && !right.cluster.empty())
        return fail(Error::Code::Unsupported, "one side must say which objects are compared", {},
                    "choose an application, a revision, a folder or a file for it");
    std::vector<Value> after;
    if (right.cluster.empty()) {
        PH_TRY(after, objectsOf(right, stop));
    }
    std::vector<Value> before;
    if (file) {
        before = objectsNamed(after, *m_cache);
    } else if (!left.cluster.empty()) {
        PH_TRY(const auto there, cacheOf(left.cluster, stop));
        before = objectsNamed(after, *there);
    } else {
        PH_TRY(before, objectsOf(left, stop));
    }
    if (!right.cluster.empty()) {
        PH_TRY(const auto there, cacheOf(right.cluster, stop));
        after = objectsNamed(before, *there);
    }
    AppDiff out;
    out.revision = right.revision;
    const bool elsewhere = !left.cluster.empty() || !right.cluster.empty();
    out.resources = viewObjects(before, after, file || elsewhere || left.app == right.app);
    return out;
}

Result<AppDiff> LocalEngine::diffIgnoring(const AppId& app, const IgnoreRule& rule, std::stop_token stop)
{
    PH_TRY(auto source, sourceOf(app, stop));
    PH_TRY(const auto resolved,
           m_sources->resolve(source.repository(), source.branch, Sources::Fetch::IfMissing, stop));
    appendIgnoreRule(source.object, rule);
    PH_TRY(const auto comparison, m_applications->compareSource(source.object, resolved.tree, resolved.commit, stop));
    for (const auto& condition : comparison.conditions)
        if (comparison.failed)
            return fail(Error::Code::InvalidInput, condition.message, app.name);
    auto out = viewDiff(comparison, resolved.tree);
    out.unsaved = true;
    return out;
}

Result<> LocalEngine::addIgnoreRule(const AppId& app, const IgnoreRule& rule)
{
    manifest::Array changes;
    auto result = editApplication(
        app,
        [&](Value& object) -> Result<> {
            appendIgnoreRule(object, rule);
            return {};
        },
        &changes);
    record("edit", "Application/" + app.nameSpace + "/" + app.name, {}, {}, result,
           "ignore " + manifest::toJson(ruleValue(rule)), std::move(changes));
    return result;
}

Result<std::vector<Value>> LocalEngine::stagedObjects(const AppId& app, const std::vector<StagedField>& fields,
                                                      std::stop_token) const
{
    const auto comparison = m_applications->comparison(app.nameSpace, app.name);
    if (!comparison)
        return fail(Error::Code::Unavailable, "the application has not been compared yet", app.name,
                    "refresh it and try again");
    std::map<ResourceKey, Value> objects;
    for (const auto& field : fields) {
        const auto& resources = comparison->resources;
        const auto resource =
            std::find_if(resources.begin(), resources.end(), [&](const auto& one) { return one.key == field.key; });
        if (resource == resources.end() || !resource->live)
            return fail(Error::Code::NotFound, "single fields of an object that is not in the cluster cannot be staged",
                        field.key.text(), "sync the whole object");
        const auto& changes = resource->diff.changes;
        const auto change =
            std::find_if(changes.begin(), changes.end(), [&](const auto& one) { return one.path == field.path; });
        if (change == changes.end())
            return fail(Error::Code::NotFound, "the field does not differ any more", field.key.text(),
                        "look at the diff again");
        // Values shown are masked: what is written comes from the objects themselves.
        const auto* wanted = resource->desired ? diff::at(*resource->desired, field.path) : nullptr;
        auto& object = objects.try_emplace(field.key, *resource->live).first->second;
        manifest::erase(object, {"metadata", "managedFields"});
        if (!setField(object, field.path, wanted != nullptr ? std::optional(*wanted) : std::nullopt))
            return fail(Error::Code::InvalidInput, "the field cannot be set alone: what holds it is missing",
                        field.key.text(), "sync the whole object");
    }
    std::vector<Value> out;
    for (auto& [key, object] : objects)
        out.push_back(std::move(object));
    return out;
}

Result<Plan> LocalEngine::planStaged(const AppId& app, const std::vector<StagedField>& fields, std::stop_token stop)
{
    PH_TRY(const auto objects, stagedObjects(app, fields, stop));
    PH_TRY(const auto cluster, clusterOf(app, stop));
    kube::WriteOptions dryRun;
    dryRun.fieldManager = "pilothouse-plan";
    dryRun.dryRun = true;
    Plan out;
    for (const auto& object : objects) {
        PlanTask task;
        task.key = manifest::keyOf(object);
        task.phase = "Sync";
        task.action = ResourceDiff::Action::Patch;
        task.restartsPods = std::any_of(fields.begin(), fields.end(), [&](const StagedField& field) {
            return field.key == task.key && field.path.size() > 2 && field.path[0] == "spec"
                && field.path[1] == "template";
        });
        if (const auto tried = cluster->client->replace(object, dryRun, stop); !tried)
            task.dryRunError = tried.error().message;
        out.blastRadius = std::min(100, out.blastRadius + (task.restartsPods ? 15 : 2));
        out.tasks.push_back(std::move(task));
    }
    out.rollouts = rolloutChanges(*cluster->cache, objects);
    return out;
}

Result<> LocalEngine::syncStaged(const AppId& app, const std::vector<StagedField>& fields, const std::string& reason)
{
    PH_CHECK(mayWrite());
    PH_TRY(const auto objects, stagedObjects(app, fields, {}));
    PH_TRY(const auto cluster, clusterOf(app, {}));
    kube::WriteOptions options;
    options.fieldManager = "pilothouse-staged";
    for (const auto& object : objects) {
        // The resourceVersion of the object that was looked at goes along: a change meanwhile is a Conflict.
        const auto before = cluster->cache->get(manifest::keyOf(object));
        const auto written = cluster->client->replace(object, options);
        const auto result = written ? Result<> {} : Result<>(tl::unexpected(written.error()));
        if (written)
            cluster->cache->observe(*written);
        record("sync", manifest::keyOf(object).text(), {}, {}, result, reason.empty() ? "staged fields" : reason,
               written ? specChanges(before.get(), &*written) : manifest::Array());
        PH_CHECK(result);
    }
    m_applications->refresh(app.nameSpace, app.name);
    return {};
}

Result<FileText> LocalEngine::readFileAt(const AppId& app, const std::string& path, const std::string& commit,
                                         std::stop_token stop)
{
    PH_TRY(const auto source, sourceOf(app, stop));
    PH_TRY(const auto resolved, m_sources->resolve(source.repository(), commit, Sources::Fetch::IfMissing, stop));
    PH_TRY(auto text, resolved.tree->readFollowing(path));
    return FileText {std::move(text), resolved.commit};
}

Result<std::vector<SourceLink>> LocalEngine::links(const AppId& app, const std::string& path, std::stop_token stop)
{
    PH_TRY(const auto source, sourceOf(app, stop));
    PH_TRY(const auto resolved,
           m_sources->resolve(source.repository(), source.branch, Sources::Fetch::IfMissing, stop));
    return sourceLinks(*resolved.tree, path);
}

Result<SchemaNode> LocalEngine::schema(const std::string& apiVersion, const std::string& kind,
                                       const std::vector<std::string>& path)
{
    std::optional<SchemaNode> found;
    if (const auto* type = manifest::builtinType(apiVersion, kind)) {
        found = schemaNode(*type, path);
    } else {
        const auto wanted = manifest::parseGroupVersion(apiVersion);
        for (const auto& definition : m_cache->list({"apiextensions.k8s.io", "CustomResourceDefinition"}, "")) {
            if (manifest::text(*definition, {"spec", "group"}) != wanted.group
                || manifest::text(*definition, {"spec", "names", "kind"}) != kind)
                continue;
            for (const auto& version : manifest::array(*definition, {"spec", "versions"}))
                if (manifest::text(version, {"name"}) == wanted.version)
                    if (const auto* openApi = manifest::find(version, {"schema", "openAPIV3Schema"}))
                        found = schemaNode(*openApi, path);
        }
    }
    // Some definitions leave everything open.
    if (!found || (found->fields.empty() && found->values.empty() && (found->type == "object" || found->type == "any")))
        if (const auto* type = manifest::customType(apiVersion, kind))
            if (auto known = schemaNode(*type, path))
                found = std::move(known);
    if (!found)
        return fail(Error::Code::NotFound, "no schema is known for this place", apiVersion + " " + kind);
    if (m_fieldDocs)
        m_fieldDocs->describe(*found, apiVersion, kind, path);
    return *found;
}

} // namespace core::engine
