// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/embedded/api_server_p.h"
#include "core/embedded/selectors.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Object;
using manifest::Value;

namespace {

constexpr int kRetries = 20;

bool isOneOf(std::string_view value, std::initializer_list<std::string_view> all)
{
    return std::find(all.begin(), all.end(), value) != all.end();
}

ApiResult<DeleteRequest> parseOptions(const ApiRequest& request, std::size_t maxBytes)
{
    DeleteRequest options;
    Value body = Object();
    if (!request.raw->body.empty()) {
        API_TRY(body, decodeBody(request, maxBytes));
        if (!body.is_object())
            return badRequest("DeleteOptions must be an object");
    }
    options.grace = manifest::integer(body, {"gracePeriodSeconds"});
    options.uid = manifest::text(body, {"preconditions", "uid"});
    options.resourceVersion = manifest::text(body, {"preconditions", "resourceVersion"});
    options.propagation = manifest::text(body, {"propagationPolicy"});
    const auto* orphan = manifest::find(body, {"orphanDependents"});
    if (orphan != nullptr && orphan->is_bool()) {
        if (!options.propagation.empty())
            return invalidOptions("DeleteOptions",
                                  {"FieldValueInvalid",
                                   "Invalid value: orphanDependents and deletionPropagation cannot be both set",
                                   "propagationPolicy"});
        options.propagation = orphan->get_bool() ? "Orphan" : "Background";
    }
    for (const auto& item : manifest::array(body, {"dryRun"}))
        options.dryRun = options.dryRun || item == "All";
    if (!options.grace) {
        API_TRY(options.grace, request.integer("gracePeriodSeconds"));
    }
    if (options.propagation.empty())
        options.propagation = request.parameter("propagationPolicy");
    if (options.propagation.empty() && request.has("orphanDependents"))
        options.propagation = request.flag("orphanDependents") ? "Orphan" : "Background";
    options.dryRun = options.dryRun || request.parameter("dryRun") == "All";
    if (!isOneOf(options.propagation, {"", "Background", "Foreground", "Orphan"}))
        return invalidOptions(
            "DeleteOptions",
            notSupported("propagationPolicy", options.propagation, {"Background", "Foreground", "Orphan"}));
    if (options.grace && *options.grace < 0)
        return invalidOptions(
            "DeleteOptions",
            invalidValue("gracePeriodSeconds", Value(*options.grace), "must be greater than or equal to 0"));
    return options;
}

/// Seconds that a pod has to end; nothing for kinds that go at once.
std::optional<std::int64_t> gracePeriod(const ResourceInfo& info, const Value& object, const DeleteRequest& options)
{
    if (info.table != "/pods")
        return {};
    const auto phase = manifest::text(object, {"status", "phase"});
    if (manifest::text(object, {"spec", "nodeName"}).empty() || phase == "Succeeded" || phase == "Failed")
        return 0;
    if (options.grace)
        return options.grace;
    return manifest::integer(object, {"spec", "terminationGracePeriodSeconds"}).value_or(30);
}

std::string defaultPropagation(const ResourceInfo& info)
{
    return info.table == "batch/jobs" || info.table == "/replicationcontrollers" ? "Orphan" : "Background";
}

bool answersWithObject(const ResourceInfo& info)
{
    return isOneOf(info.table,
                   {"/pods", "/services", "/serviceaccounts", "/persistentvolumeclaims", "/persistentvolumes",
                    "/namespaces", "/resourcequotas", "/podtemplates", "storage.k8s.io/storageclasses",
                    "storage.k8s.io/volumeattachments"});
}

Value success(const ResourceInfo& info, const Value& object)
{
    Object details {{"name", boost::json::string(manifest::name(object))},
                    {"kind", boost::json::string(info.plural)},
                    {"uid", boost::json::string(manifest::uid(object))}};
    if (!info.group.empty())
        details["group"] = boost::json::string(info.group);
    return Object {{"kind", "Status"},
                   {"apiVersion", "v1"},
                   {"metadata", Object()},
                   {"status", "Success"},
                   {"details", std::move(details)}};
}

} // namespace

ApiResult<ApiServer::Private::Removed> ApiServer::Private::removeObject(const ResourceInfo& info,
                                                                        std::string_view nameSpace,
                                                                        std::string_view name,
                                                                        const DeleteRequest& options)
{
    for (int attempt = 0;; ++attempt) {
        const auto current = store->get(info.table, nameSpace, name);
        if (!current)
            return notFound(info, name);
        const auto& before = current->value();
        if (!options.uid.empty() && options.uid != manifest::uid(before))
            return conflict(info, name,
                            fmt::format("the UID in the precondition ({}) does not match the UID in record ({}). The "
                                        "object might have been deleted and then recreated",
                                        options.uid, manifest::uid(before)));
        if (!options.resourceVersion.empty()
            && options.resourceVersion != manifest::text(before, {"metadata", "resourceVersion"}))
            return conflict(
                info, name,
                fmt::format("the ResourceVersion in the precondition ({}) does not match the ResourceVersion "
                            "in record ({}). The object might have been modified",
                            options.resourceVersion, manifest::text(before, {"metadata", "resourceVersion"})));
        if (info.table == "/namespaces" && isOneOf(name, {"default", "kube-system", "kube-public"}))
            return forbidden(info, name, "this namespace may not be deleted");
        Value object = before;
        const bool deleting = manifest::find(before, {"metadata", "deletionTimestamp"}) != nullptr;
        auto grace = gracePeriod(info, before, options);
        if (deleting && grace) {
            const auto running = manifest::integer(before, {"metadata", "deletionGracePeriodSeconds"}).value_or(0);
            if (*grace >= running && running != 0)
                return Removed {current, false};
        }
        const auto policy = options.propagation.empty() ? defaultPropagation(info) : options.propagation;
        if (!options.propagation.empty() || !deleting || policy == "Orphan") {
            if (policy == "Orphan" || !options.propagation.empty()) {
                removeFinalizer(object, "orphan");
                removeFinalizer(object, "foregroundDeletion");
            }
            if (policy == "Orphan")
                addFinalizer(object, "orphan");
            else if (policy == "Foreground")
                addFinalizer(object, "foregroundDeletion");
        }
        const bool isNamespace = info.table == "/namespaces";
        const bool held = !manifest::array(object, {"metadata", "finalizers"}).empty()
            || (isNamespace && !manifest::array(object, {"spec", "finalizers"}).empty());
        const bool unchanged = manifest::equal(before, object);
        if (deleting && held && unchanged && grace.value_or(0) == 0
            && manifest::integer(before, {"metadata", "deletionGracePeriodSeconds"}).value_or(0) == 0)
            return Removed {current, false};
        Result<StoredPtr> stored;
        const bool stays = held || grace.value_or(0) > 0;
        if (stays) {
            const auto due = clock->now() + std::chrono::seconds(grace.value_or(0));
            if (!deleting || grace)
                manifest::ensure(object, {"metadata", "deletionTimestamp"}) = boost::json::string(formatRfc3339(due));
            manifest::ensure(object, {"metadata", "deletionGracePeriodSeconds"}) = grace.value_or(0);
            if (!deleting && manifest::integer(before, {"metadata", "generation"}).value_or(0) > 0)
                manifest::ensure(object, {"metadata", "generation"}) =
                    *manifest::integer(before, {"metadata", "generation"}) + 1;
            if (isNamespace)
                manifest::ensure(object, {"status", "phase"}) = "Terminating";
            if (options.dryRun)
                return Removed {std::make_shared<const Stored>(std::move(object), current->version()), false};
            stored = store->put(info.table, nameSpace, name, std::move(object), current->version());
        } else {
            if (options.dryRun)
                return Removed {current, true};
            stored = store->remove(info.table, nameSpace, name, current->version());
        }
        if (!stored && stored.error().code == Error::Code::Conflict && attempt < kRetries)
            continue;
        if (!stored)
            return storeFailure(stored.error(), info, name);
        committed(info);
        return Removed {stays ? *stored : current, !stays};
    }
}

ApiResult<kube::Response> ApiServer::Private::remove(const ApiRequest& request, const ResourcePtr& info)
{
    if (!info->allows("delete"))
        return methodNotAllowed();
    API_TRY(const auto options, parseOptions(request, maxBodyBytes));
    API_TRY(const auto removed, removeObject(*info, info->namespaced ? request.nameSpace : "", request.name, options));
    std::vector<std::string> warnings;
    if (info->table == "batch/jobs" && options.propagation.empty())
        warnings.emplace_back("child pods are preserved by default when jobs are deleted; set "
                              "propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress "
                              "this warning");
    if (!removed.gone || answersWithObject(*info))
        return answer(request, *info, *removed.object, 200, warnings);
    auto response = jsonResponse(200, success(*info, removed.object->value()));
    for (const auto& warning : warnings)
        response.headers.emplace_back("warning", fmt::format("299 - \"{}\"", warning));
    return response;
}

ApiResult<kube::Response> ApiServer::Private::removeCollection(const ApiRequest& request, const ResourcePtr& info)
{
    API_TRY(const auto options, parseOptions(request, maxBodyBytes));
    API_TRY(const auto labels, LabelSelector::parse(request.parameter("labelSelector")));
    API_TRY(const auto fields, FieldSelector::parse(request.parameter("fieldSelector"), *info));
    const auto listing = store->list(info->table, request.nameSpace);
    std::string body = fmt::format(R"({{"kind":"{}","apiVersion":"{}","metadata":{{"resourceVersion":"{}"}},"items":[)",
                                   info->listKind, info->apiVersion(), listing.version);
    bool first = true;
    for (const auto& item : listing.items) {
        const auto& value = item->value();
        if (!labels.matches(manifest::object(value, {"metadata", "labels"})) || !fields.matches(value))
            continue;
        const auto removed = removeObject(*info, manifest::nameSpace(value), manifest::name(value), options);
        if (!removed && removed.error().code == 404)
            continue;
        if (!removed)
            return Refusal(removed.error());
        body += first ? "" : ",";
        body += itemJson(*info, *removed->object);
        first = false;
    }
    return jsonResponse(200, body + "]}");
}

} // namespace core::embedded
