// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/embedded/api_server_p.h"
#include "core/embedded/selectors.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <random>

namespace core::embedded {

using manifest::Array;
using manifest::Object;
using manifest::Value;

namespace {

constexpr std::size_t kMaxAnnotations = 262144;

void keep(const Object& current, Object& object, std::string_view key)
{
    const auto* value = current.if_contains(key);
    if (value != nullptr)
        object[key] = *value;
    else if (const auto it = object.find(key); it != object.end())
        object.stable_erase(it);
}

void drop(Object& object, std::string_view key)
{
    if (const auto it = object.find(key); it != object.end())
        object.stable_erase(it);
}

void dropEmptyMaps(Object& metadata)
{
    for (const auto* key : {"labels", "annotations", "finalizers", "ownerReferences"}) {
        const auto* value = metadata.if_contains(key);
        if (value == nullptr)
            continue;
        if (value->is_null() || (value->is_object() && value->get_object().empty())
            || (value->is_array() && value->get_array().empty()))
            drop(metadata, key);
    }
}

void mergeDuplicateOwners(Object& metadata)
{
    auto* owners = metadata.if_contains("ownerReferences");
    if (owners == nullptr || !owners->is_array())
        return;
    Array unique;
    for (auto& owner : owners->get_array()) {
        const auto same = [&](const Value& other) {
            return manifest::text(other, {"uid"}) == manifest::text(owner, {"uid"});
        };
        if (std::none_of(unique.begin(), unique.end(), same))
            unique.push_back(owner);
    }
    *owners = std::move(unique);
}

std::string nameProblem(const ResourceInfo& info, std::string_view name)
{
    if (name == "." || name == "..")
        return fmt::format("may not be '{}'", name);
    if (name.find('/') != std::string_view::npos || name.find('%') != std::string_view::npos)
        return "may not contain '/' or '%'";
    if (info.group == "rbac.authorization.k8s.io")
        return {};
    if (info.table == "/namespaces")
        return dnsLabelProblem(name);
    if (info.table == "/services") // with letters first until Kubernetes 1.36
        return dnsLabelProblem(name);
    return subdomainProblem(name);
}

void validateOwners(const Value& object, Causes& causes)
{
    const auto& owners = manifest::array(object, {"metadata", "ownerReferences"});
    std::size_t controllers = 0;
    for (std::size_t i = 0; i < owners.size(); ++i) {
        for (const auto* key : {"apiVersion", "kind", "name", "uid"})
            if (manifest::text(owners[i], {key}).empty())
                causes.push_back(required(fmt::format("metadata.ownerReferences[{}].{}", i, key),
                                          fmt::format("{} must not be empty", key)));
        controllers += manifest::flag(owners[i], {"controller"}) ? 1 : 0;
    }
    if (controllers > 1)
        causes.push_back(invalidValue("metadata.ownerReferences", Value(owners),
                                      "Only one reference can have Controller set to true."));
}

} // namespace

std::string generatedName(std::string_view prefix)
{
    static constexpr std::string_view kAlphabet = "bcdfghjklmnpqrstvwxz2456789";
    static thread_local std::mt19937_64 random {std::random_device {}()};
    std::string name(prefix.substr(0, 58));
    for (int i = 0; i < 5; ++i)
        name += kAlphabet[random() % kAlphabet.size()];
    return name;
}

void prepareMetadata(const ResourceInfo& info, Value& object, std::string_view now)
{
    auto& metadata = manifest::ensure(object, {"metadata"});
    if (!metadata.is_object())
        metadata.emplace_object();
    auto& members = metadata.get_object();
    for (const auto* key : {"resourceVersion", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "uid",
                            "generation", "creationTimestamp"})
        drop(members, key);
    if (!info.namespaced)
        drop(members, "namespace");
    members["uid"] = boost::json::string(newUuid());
    members["creationTimestamp"] = boost::json::string(now);
    if (info.generation != ResourceInfo::Generation::None)
        members["generation"] = 1;
    dropEmptyMaps(members);
    mergeDuplicateOwners(members);
}

void keepMetadata(const Value& current, Value& object)
{
    auto& metadata = manifest::ensure(object, {"metadata"});
    if (!metadata.is_object())
        metadata.emplace_object();
    auto& members = metadata.get_object();
    const auto& before = manifest::object(current, {"metadata"});
    for (const auto* key : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation",
                            "deletionTimestamp", "deletionGracePeriodSeconds", "generateName"})
        keep(before, members, key);
    drop(members, "selfLink");
    dropEmptyMaps(members);
    mergeDuplicateOwners(members);
}

Causes validateMetadata(const ResourceInfo& info, const Value& object)
{
    Causes causes;
    const auto name = manifest::name(object);
    if (const auto problem = nameProblem(info, name); !problem.empty())
        causes.push_back(invalidValue("metadata.name", boost::json::string(name), problem));
    for (const auto& label : manifest::object(object, {"metadata", "labels"})) {
        if (const auto problem = labelKeyProblem(label.key()); !problem.empty())
            causes.push_back(invalidValue("metadata.labels", boost::json::string(label.key()), problem));
        const auto value =
            label.value().is_string() ? std::string_view(label.value().get_string()) : std::string_view {};
        if (const auto problem = labelValueProblem(value); !problem.empty())
            causes.push_back(invalidValue("metadata.labels", boost::json::string(value), problem));
    }
    std::size_t size = 0;
    for (const auto& annotation : manifest::object(object, {"metadata", "annotations"})) {
        if (const auto problem = labelKeyProblem(lower(annotation.key())); !problem.empty())
            causes.push_back(invalidValue("metadata.annotations", boost::json::string(annotation.key()), problem));
        size += annotation.key().size()
            + (annotation.value().is_string() ? annotation.value().get_string().size() : std::size_t {0});
    }
    if (size > kMaxAnnotations)
        causes.push_back({"FieldValueTooLong", fmt::format("Too long: may not be more than {} bytes", kMaxAnnotations),
                          "metadata.annotations"});
    for (const auto& finalizer : manifest::array(object, {"metadata", "finalizers"})) {
        const auto text = finalizer.is_string() ? std::string_view(finalizer.get_string()) : std::string_view {};
        const bool known = text == "foregroundDeletion" || text == "orphan" || text == "kubernetes";
        if (const auto problem = labelKeyProblem(text); !problem.empty())
            causes.push_back(invalidValue("metadata.finalizers", finalizer, problem));
        else if (!known && text.find('/') == std::string_view::npos && info.group.empty() && !info.custom)
            causes.push_back(invalidValue("metadata.finalizers", finalizer,
                                          "name is neither a standard finalizer name nor is it fully qualified"));
    }
    validateOwners(object, causes);
    return causes;
}

bool hasFinalizer(const Value& object, std::string_view name)
{
    const auto& list = manifest::array(object, {"metadata", "finalizers"});
    return std::any_of(list.begin(), list.end(),
                       [&](const Value& item) { return item.is_string() && item.get_string() == name; });
}

void removeFinalizer(Value& object, std::string_view name)
{
    auto* list = manifest::find(object, {"metadata", "finalizers"});
    if (list == nullptr || !list->is_array())
        return;
    Array rest;
    for (const auto& item : list->get_array())
        if (!item.is_string() || item.get_string() != name)
            rest.push_back(item);
    if (rest.empty())
        manifest::erase(object, {"metadata", "finalizers"});
    else
        *list = std::move(rest);
}

void addFinalizer(Value& object, std::string_view name)
{
    if (hasFinalizer(object, name))
        return;
    auto& list = manifest::ensure(object, {"metadata", "finalizers"});
    if (!list.is_array())
        list.emplace_array();
    list.get_array().emplace_back(boost::json::string(name));
}

} // namespace core::embedded
