// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/embedded/definitions.h"
#include "core/manifest/patch.h"
#include "core/manifest/resource.h"
#include "core/manifest/strategic.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace core::embedded {

using manifest::Object;
using manifest::Value;

namespace {

constexpr int kRetries = 20;

ApiResult<> checkKind(const ResourceInfo& info, Value& object)
{
    if (!object.is_object())
        return badRequest(fmt::format("the object provided is unrecognized (must be of type {})", info.kind));
    auto& members = object.get_object();
    // Copies: members that are added move the others.
    const std::string kind(manifest::text(object, {"kind"}));
    const std::string apiVersion(manifest::text(object, {"apiVersion"}));
    const std::string name(manifest::name(object));
    if (kind.empty() && !info.custom)
        members["kind"] = boost::json::string(info.kind);
    else if (kind.empty())
        return badRequest("Object 'Kind' is missing in the body");
    else if (kind != info.kind && info.custom)
        return invalid(info, name, {invalidValue("kind", boost::json::string(kind), "must be " + info.kind)});
    else if (kind != info.kind)
        return badRequest(fmt::format("{} in version \"{}\" cannot be handled as a {}", kind, apiVersion, info.kind));
    if (apiVersion.empty() && !info.custom)
        members["apiVersion"] = boost::json::string(info.apiVersion());
    else if (apiVersion != info.apiVersion())
        return badRequest(fmt::format("the API version in the data ({}) does not match the expected API version ({})",
                                      apiVersion, info.apiVersion()));
    return {};
}

ApiResult<> checkNamespace(const ResourceInfo& info, const ApiRequest& request, Value& object)
{
    auto& metadata = manifest::ensure(object, {"metadata"});
    if (!metadata.is_object() && !metadata.is_null())
        return badRequest("metadata must be an object");
    const auto nameSpace = manifest::nameSpace(object);
    if (!info.namespaced) {
        manifest::erase(object, {"metadata", "namespace"});
        return {};
    }
    if (!nameSpace.empty() && nameSpace != request.nameSpace)
        return badRequest("the namespace of the provided object does not match the namespace sent on the request");
    manifest::ensure(object, {"metadata", "namespace"}) = boost::json::string(request.nameSpace);
    return {};
}

/// Without the node: binding a pod is no new generation.
Value unboundSpec(const Value& pod)
{
    Value spec = manifest::object(pod, {"spec"});
    manifest::erase(spec, {"nodeName"});
    return spec;
}

/// DaemonSets count their templates.
void countTemplate(const ResourceInfo& info, const Value& before, Value& after)
{
    if (info.table != "apps/daemonsets")
        return;
    constexpr std::string_view kCount = "deprecated.daemonset.template.generation";
    const auto* was = manifest::find(before, {"spec", "template"});
    const auto* is = manifest::find(after, {"spec", "template"});
    std::int64_t count = 0;
    const auto text = manifest::annotation(before, kCount);
    std::from_chars(text.data(), text.data() + text.size(), count);
    const bool same = was != nullptr && is != nullptr && manifest::equal(*was, *is);
    manifest::ensure(after, {"metadata", "annotations", kCount}) =
        boost::json::string(std::to_string(count + (same ? 0 : 1)));
}

bool isSpecChange(const ResourceInfo& info, const Value& before, const Value& after)
{
    const auto differs = [&](std::string_view key) {
        const auto* a = manifest::find(before, {key});
        const auto* b = manifest::find(after, {key});
        return (a == nullptr) != (b == nullptr) || (a != nullptr && !manifest::equal(*a, *b));
    };
    switch (info.generation) {
    case ResourceInfo::Generation::None:
        return false;
    case ResourceInfo::Generation::Spec:
        if (info.kind == "EndpointSlice")
            return differs("endpoints") || differs("ports");
        if (info.kind == "Pod" && !info.custom)
            return !manifest::equal(unboundSpec(before), unboundSpec(after));
        return differs("spec");
    case ResourceInfo::Generation::SpecAndAnnotations: {
        const auto& a = manifest::object(before, {"metadata", "annotations"});
        const auto& b = manifest::object(after, {"metadata", "annotations"});
        return differs("spec") || !manifest::equal(Value(a), Value(b));
    }
    case ResourceInfo::Generation::NotStatus:
    case ResourceInfo::Generation::All:
        for (const auto* object : {&before, &after})
            for (const auto& member : object->get_object()) {
                const std::string_view key = member.key();
                if (key == "metadata" || key == "apiVersion" || key == "kind"
                    || (key == "status" && info.generation == ResourceInfo::Generation::NotStatus))
                    continue;
                if (differs(key))
                    return true;
            }
        return false;
    }
    return false;
}

/// On the main endpoint status is the stored one; on /status everything else is.
void keepOtherHalf(const ResourceInfo& info, std::string_view subresource, const Value& current, Value& object)
{
    if (!info.hasStatus)
        return;
    if (subresource == "status") {
        Value merged = current;
        if (const auto* status = manifest::find(object, {"status"}))
            manifest::ensure(merged, {"status"}) = *status;
        else
            manifest::erase(merged, {"status"});
        if (!info.custom) {
            for (const auto* key : {"annotations", "finalizers"}) {
                if (const auto* value = manifest::find(object, {"metadata", key}))
                    manifest::ensure(merged, {"metadata", key}) = *value;
                else
                    manifest::erase(merged, {"metadata", key});
            }
        }
        if (const auto* fields = manifest::find(object, {"metadata", "managedFields"}))
            manifest::ensure(merged, {"metadata", "managedFields"}) = *fields;
        object = std::move(merged);
        return;
    }
    if (const auto* status = manifest::find(current, {"status"}))
        manifest::ensure(object, {"status"}) = *status;
    else
        manifest::erase(object, {"status"});
}

ApiResult<> checkFinalizers(const ResourceInfo& info, const Value& current, const Value& object)
{
    if (manifest::find(current, {"metadata", "deletionTimestamp"}) == nullptr)
        return {};
    std::vector<std::string> added;
    for (const auto& item : manifest::array(object, {"metadata", "finalizers"}))
        if (item.is_string() && !hasFinalizer(current, std::string_view(item.get_string())))
            added.push_back(manifest::toJson(item));
    if (added.empty())
        return {};
    return invalid(
        info, manifest::name(object),
        {forbiddenField("metadata.finalizers",
                        fmt::format("no new finalizers can be added if the object is being deleted, found new "
                                    "finalizers []string{{{}}}",
                                    fmt::join(added, ", ")))});
}

bool deletionIsDue(const ResourceInfo& info, const Value& object)
{
    if (info.table == "/namespaces" && !manifest::array(object, {"spec", "finalizers"}).empty())
        return false;
    return manifest::find(object, {"metadata", "deletionTimestamp"}) != nullptr
        && manifest::array(object, {"metadata", "finalizers"}).empty()
        && manifest::integer(object, {"metadata", "deletionGracePeriodSeconds"}).value_or(0) == 0;
}

/// What is compared with the stored object before anything changes.
ApiResult<> checkPreconditions(const ResourceInfo& info, const Value& current, const Value& object, bool isPut)
{
    const auto name = manifest::name(current);
    const auto version = manifest::text(object, {"metadata", "resourceVersion"});
    if (version.empty() && isPut && !info.unconditionalUpdate)
        return invalid(info, name,
                       {invalidValue("metadata.resourceVersion", Value(0), "must be specified for an update")});
    if (!version.empty() && version != manifest::text(current, {"metadata", "resourceVersion"}))
        return conflict(info, name);
    const auto uid = manifest::uid(object);
    if (!uid.empty() && uid != manifest::uid(current)) {
        if (isPut)
            return conflict(info, name,
                            fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: {}", uid,
                                        manifest::uid(current)));
        return invalid(info, name, {invalidValue("metadata.uid", boost::json::string(uid), "field is immutable")});
    }
    return {};
}

ApiResult<FieldValidation> fieldValidation(const ApiRequest& request, std::string_view options)
{
    const auto text = request.parameter("fieldValidation");
    if (text.empty() || text == "Warn")
        return FieldValidation::Warn;
    if (text == "Ignore")
        return FieldValidation::Ignore;
    if (text == "Strict")
        return FieldValidation::Strict;
    return invalidOptions(options, notSupported("fieldValidation", text, {"Ignore", "Strict", "Warn"}));
}

/// Drops unknown fields and reports them as the request wants it.
ApiResult<> validateFields(WriteContext& context, Value& object, std::vector<std::string> duplicates, bool isPatch)
{
    auto problems = checkFields(context.info->type, object, context.info->custom);
    const auto& info = *context.info;
    if (!problems.typeError.empty()) {
        if (info.custom)
            return {}; // the schema's validation names it
        return badRequest(fmt::format("{} in version \"{}\" cannot be handled as a {}: {}", info.kind, info.version,
                                      info.kind, problems.typeError));
    }
    auto& all = problems.unknown;
    all.insert(all.end(), duplicates.begin(), duplicates.end());
    if (all.empty() || context.validation == FieldValidation::Ignore)
        return {};
    if (context.validation == FieldValidation::Warn) {
        for (auto& problem : all)
            context.warnings.push_back(std::move(problem));
        return {};
    }
    const auto text = fmt::format("strict decoding error: {}", fmt::join(all, ", "));
    if (isPatch) {
        Failure failure;
        failure.code = 422;
        failure.reason = "Invalid";
        failure.causes.push_back({"FieldValueInvalid", fmt::format("Invalid value: {}", text), "patch"});
        failure.message = fmt::format(" \"\" is invalid: patch: Invalid value: \"{}\": {}",
                                      manifest::toJson(object).substr(0, 1000), text);
        return Refusal(std::move(failure));
    }
    return badRequest(
        fmt::format("{} in version \"{}\" cannot be handled as a {}: {}", info.kind, info.version, info.kind, text));
}

/// `unknown field "spec.foo"` in the words of server-side apply.
std::string undeclared(const std::string& problem)
{
    const auto from = problem.find('"') + 1;
    return "." + problem.substr(from, problem.size() - from - 1) + ": field not declared in schema";
}

/// The real server does not tell what the patch broke on either.
Refusal patchRejected()
{
    Failure failure;
    failure.code = 422;
    failure.reason = "Invalid";
    failure.message = "the server rejected our request due to an error in our request";
    return Refusal(std::move(failure));
}

/// Real servers answer 500 where a strategic patch does not fit, 400 where its form is bad.
Refusal strategicFailure(const Error& error)
{
    if (error.code != Error::Code::Invalid)
        return badRequest(error.message);
    Failure failure;
    failure.message = error.message;
    failure.details = false;
    return Refusal(std::move(failure));
}

/// A strategic patch that leaves a value of another type is refused as such.
ApiResult<> checkPatchedType(const ResourceInfo& info, const Value& patched, const Value& patch)
{
    Value copy = patched;
    const auto problem = checkFields(info.type, copy, false).typeError;
    constexpr std::string_view kOf = " of type ";
    const auto at = problem.rfind(kOf);
    if (at == std::string::npos)
        return {};
    const auto type = problem.substr(at + kOf.size());
    Failure failure;
    failure.code = 422;
    failure.reason = "Invalid";
    failure.message = fmt::format(" \"\" is invalid: patch: Invalid value: \"{}\": unrecognized type: {}",
                                  manifest::goText(patch).substr(0, 1000), type == "int" ? "int32" : type);
    failure.causes.push_back(
        {"FieldValueInvalid", failure.message.substr(failure.message.find("Invalid value")), "patch"});
    return Refusal(std::move(failure));
}

} // namespace

ApiResult<WriteContext> ApiServer::Private::writeContext(const ApiRequest& request, const ResourcePtr& info) const
{
    WriteContext context;
    const std::string_view options = request.method == "POST" ? "CreateOptions"
        : request.method == "PUT"                             ? "UpdateOptions"
                                                              : "PatchOptions";
    context.request = &request;
    context.info = info;
    if (const auto dryRun = request.parameter("dryRun"); !dryRun.empty()) {
        if (dryRun != "All")
            return invalidOptions(options, notSupported("dryRun", dryRun, {"All"}));
        context.dryRun = true;
    }
    API_TRY(context.validation, fieldValidation(request, options));
    context.manager = request.manager();
    if (context.manager.size() > 128)
        return invalidOptions(options,
                              {"FieldValueTooLong", "Too long: may not be more than 128 bytes", "fieldManager"});
    return context;
}

ApiResult<StoredPtr> ApiServer::Private::createObject(WriteContext& context, Value object, bool applied)
{
    const auto& info = *context.info;
    const auto time = now();
    const bool generated = manifest::name(object).empty();
    const auto prefix = std::string(manifest::text(object, {"metadata", "generateName"}));
    if (generated && prefix.empty())
        return invalid(info, "", {required("metadata.name", "name or generateName is required")});
    if (info.terminating)
        return forbidden(info, manifest::name(object),
                         "create not allowed while custom resource definition is terminating");
    prepareMetadata(info, object, time);
    if (info.hasStatus)
        manifest::erase(object, {"status"});
    for (int attempt = 0;; ++attempt) {
        if (generated)
            manifest::ensure(object, {"metadata", "name"}) = boost::json::string(generatedName(prefix));
        Value complete = object;
        applyDefaults(info, complete, true);
        completeDefinition(info, complete, nullptr, registry(), time);
        if (!applied)
            trackUpdate(context, "", nullptr, complete, time);
        context.quota = {};
        API_CHECK(admitCreate(context, complete)); // what this adds belongs to nobody
        auto causes = validateMetadata(info, complete);
        for (auto& cause : validate(info, complete, nullptr))
            causes.push_back(std::move(cause));
        if (!causes.empty())
            return invalid(info, manifest::name(complete), std::move(causes));
        const auto name = std::string(manifest::name(complete));
        const auto nameSpace = std::string(manifest::nameSpace(complete));
        const auto existing = store->get(info.table, nameSpace, name);
        if (existing && (!generated || attempt >= 8))
            return alreadyExists(info, name,
                                 manifest::find(existing->value(), {"metadata", "deletionTimestamp"}) != nullptr);
        if (existing)
            continue;
        if (context.dryRun)
            return std::make_shared<const Stored>(std::move(complete), 0);
        auto stored = store->put(info.table, nameSpace, name, std::move(complete), 0);
        if (!stored) {
            if (generated && stored.error().code == Error::Code::AlreadyExists && attempt < 8)
                continue;
            return storeFailure(stored.error(), info, name);
        }
        context.quota = {};
        committed(info);
        return *stored;
    }
}

ApiResult<kube::Response> ApiServer::Private::create(const ApiRequest& request, const ResourcePtr& info)
{
    if (!info->allows("create"))
        return methodNotAllowed();
    API_TRY(auto context, writeContext(request, info));
    std::vector<std::string> duplicates;
    API_TRY(auto object, decodeBody(request, maxBodyBytes));
    API_CHECK(checkKind(*info, object));
    API_CHECK(checkNamespace(*info, request, object));
    if (!manifest::text(object, {"metadata", "resourceVersion"}).empty())
        return badRequest("resourceVersion should not be set on objects to be created");
    API_CHECK(validateFields(context, object, duplicates, false));
    toStoredVersion(*info, object);
    API_TRY(const auto stored, createObject(context, std::move(object)));
    return answer(request, *info, *stored, 201, context.warnings);
}

ApiResult<StoredPtr> ApiServer::Private::updateObject(WriteContext& context, std::string_view nameSpace,
                                                      std::string_view name, std::string_view subresource,
                                                      const Change& change, bool applied)
{
    const auto& info = *context.info;
    const bool isPut = context.request != nullptr && context.request->method == "PUT";
    const bool isScale = subresource == "scale";
    for (int attempt = 0;; ++attempt) {
        const auto current = store->get(info.table, nameSpace, name);
        if (!current)
            return notFound(info, name);
        const auto& before = current->value();
        API_TRY(auto object, change(before));
        if (manifest::name(object) != name)
            return badRequest(fmt::format("the name of the object ({}) does not match the name on the URL ({})",
                                          manifest::name(object), name));
        API_CHECK(checkPreconditions(info, before, object, isPut && !isScale));
        const auto time = now();
        keepOtherHalf(info, subresource, before, object);
        keepMetadata(before, object);
        API_CHECK(checkFinalizers(info, before, object));
        applyDefaults(info, object, false);
        completeDefinition(info, object, &before, registry(), time);
        if (!applied)
            trackUpdate(context, subresource, &before, object, time);
        API_CHECK(admitUpdate(context, before, object)); // what this adds belongs to nobody
        countTemplate(info, before, object);
        if (subresource != "status" && subresource != "binding" && isSpecChange(info, before, object))
            manifest::ensure(object, {"metadata", "generation"}) =
                manifest::integer(before, {"metadata", "generation"}).value_or(0) + 1;
        if (manifest::equal(before, object))
            return current;
        auto causes = validateMetadata(info, object);
        for (auto& cause : validate(info, object, &before))
            causes.push_back(std::move(cause));
        if (!causes.empty())
            return invalid(info, name, std::move(causes));
        if (context.dryRun)
            return std::make_shared<const Stored>(std::move(object), current->version());
        Result<StoredPtr> stored;
        if (deletionIsDue(info, object)) {
            auto last = std::make_shared<const Stored>(std::move(object), current->version());
            stored = store->remove(info.table, nameSpace, name, current->version());
            if (stored)
                stored = std::move(last);
        } else {
            stored = store->put(info.table, nameSpace, name, std::move(object), current->version());
        }
        if (!stored && stored.error().code == Error::Code::Conflict && attempt < kRetries)
            continue;
        if (!stored)
            return storeFailure(stored.error(), info, name);
        committed(info);
        return *stored;
    }
}

ApiResult<kube::Response> ApiServer::Private::replace(const ApiRequest& request, const ResourcePtr& info)
{
    if (!info->allows("update"))
        return methodNotAllowed();
    API_TRY(auto context, writeContext(request, info));
    API_TRY(auto object, decodeBody(request, maxBodyBytes));
    API_CHECK(checkKind(*info, object));
    API_CHECK(checkNamespace(*info, request, object));
    if (manifest::name(object) != request.name)
        return badRequest(fmt::format("the name of the object ({}) does not match the name on the URL ({})",
                                      manifest::name(object), request.name));
    API_CHECK(validateFields(context, object, {}, false));
    toStoredVersion(*info, object);
    if (request.subresource == "finalize") {
        API_TRY(const auto stored,
                updateObject(context, "", request.name, "finalize", [&](const Value& current) -> ApiResult<Value> {
                    Value next = current;
                    if (const auto* finalizers = manifest::find(object, {"spec", "finalizers"}))
                        manifest::ensure(next, {"spec", "finalizers"}) = *finalizers;
                    else
                        manifest::erase(next, {"spec", "finalizers"});
                    return next;
                }));
        return answer(request, *info, *stored, 200);
    }
    if (info->createOnUpdate && request.subresource.empty()
        && !store->get(info->table, request.nameSpace, request.name)) {
        manifest::erase(object, {"metadata", "resourceVersion"});
        API_TRY(const auto stored, createObject(context, std::move(object)));
        return answer(request, *info, *stored, 201, context.warnings);
    }
    API_TRY(const auto stored,
            updateObject(context, request.nameSpace, request.name, request.subresource,
                         [&](const Value&) -> ApiResult<Value> { return object; }));
    return answer(request, *info, *stored, 200, context.warnings);
}

ApiResult<kube::Response> ApiServer::Private::patch(const ApiRequest& request, const ResourcePtr& info)
{
    if (!info->allows("patch"))
        return methodNotAllowed();
    API_TRY(auto context, writeContext(request, info));
    const auto type = request.contentType();
    const bool apply = type == "application/apply-patch+yaml" || type == "application/apply-patch+json";
    const bool json = type == "application/json-patch+json";
    const bool merge = type == "application/merge-patch+json";
    const bool strategic = type == "application/strategic-merge-patch+json" && !info->custom;
    if (!apply && !json && !merge && !strategic)
        return unsupportedMedia(info->custom ? "application/json-patch+json, application/merge-patch+json, "
                                               "application/apply-patch+yaml"
                                             : "application/json-patch+json, application/merge-patch+json, "
                                               "application/strategic-merge-patch+json, application/apply-patch+yaml");
    context.force = request.flag("force");
    if (request.has("force") && !apply)
        return invalidOptions("PatchOptions", forbiddenField("force", "may not be specified for non-apply patch"));
    if (apply && request.parameter("fieldManager").empty())
        return invalidOptions("PatchOptions", required("fieldManager", "is required for apply patch"));
    API_TRY(const auto body, decodeBody(request, maxBodyBytes));
    if (json ? !body.is_array() : !body.is_object())
        return badRequest(json ? "the patch must be an array of operations" : "the patch must be an object");
    if (json && body.get_array().size() > 10'000) {
        Failure failure;
        failure.code = 413;
        failure.reason = "RequestEntityTooLarge";
        failure.message =
            fmt::format("The allowed maximum operations in a JSON patch is 10000, got {}", body.get_array().size());
        return Refusal(std::move(failure));
    }
    if (apply) {
        Value configuration = body;
        API_CHECK(checkKind(*info, configuration));
        if (manifest::name(configuration).empty())
            manifest::ensure(configuration, {"metadata", "name"}) = boost::json::string(request.name);
        API_CHECK(checkNamespace(*info, request, configuration));
        if (const auto problems = checkFields(info->type, configuration, info->custom, Quantities::Keep);
            !problems.unknown.empty() || !problems.typeError.empty())
            return untypedPatch(*info, request.nameSpace, request.name,
                                problems.unknown.empty() ? problems.typedError : undeclared(problems.unknown.front()));
        toStoredVersion(*info, configuration);
        const auto existing = store->get(info->table, request.nameSpace, request.name);
        if (!existing && request.subresource.empty()) {
            if (!manifest::text(configuration, {"metadata", "resourceVersion"}).empty())
                return conflict(*info, request.name);
            API_TRY(auto created, applyConfiguration(context, "", nullptr, configuration, now()));
            API_TRY(const auto stored, createObject(context, std::move(created), true));
            return answer(request, *info, *stored, 201, context.warnings);
        }
        API_TRY(const auto stored,
                updateObject(
                    context, request.nameSpace, request.name, request.subresource,
                    [&](const Value& current) {
                        return applyConfiguration(context, request.subresource, &current, configuration, now());
                    },
                    true));
        return answer(request, *info, *stored, 200, context.warnings);
    }
    const auto view = [&](const Value& current) {
        Value value = current;
        if (info->apiVersion() != info->storedApiVersion)
            value = viewValue(*info, Stored(current, 0));
        return value;
    };
    API_TRY(const auto stored,
            updateObject(context, request.nameSpace, request.name, request.subresource,
                         [&](const Value& current) -> ApiResult<Value> {
                             Value next = view(current);
                             // A precondition only where the patch itself names a version.
                             const auto version = std::string(manifest::text(next, {"metadata", "resourceVersion"}));
                             if (json) {
                                 if (const auto done = manifest::jsonPatch(next, body); !done)
                                     return patchRejected();
                             } else if (merge) {
                                 manifest::mergePatch(next, body);
                             } else if (const auto done = manifest::strategicMerge(next, body, info->type); !done) {
                                 return strategicFailure(done.error());
                             }
                             if (!next.is_object())
                                 return badRequest("the patch does not leave an object");
                             if (manifest::text(next, {"kind"}) != info->kind
                                 || manifest::text(next, {"apiVersion"}) != info->apiVersion())
                                 return badRequest("a patch cannot change kind or apiVersion");
                             context.warnings.clear();
                             if (strategic)
                                 API_CHECK(checkPatchedType(*info, next, body));
                             API_CHECK(validateFields(context, next, {}, true));
                             toStoredVersion(*info, next);
                             return next;
                         }));
    return answer(request, *info, *stored, 200, context.warnings);
}

} // namespace core::embedded
