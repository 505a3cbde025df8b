// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/diff/rules.h"

#include <boost/json.hpp>

namespace core::diff {

namespace {

using manifest::Object;

void fill(Object& object, std::string_view key, Value value)
{
    if (!object.contains(key))
        object.emplace(key, std::move(value));
}

Object* objectAt(Object& parent, std::string_view key)
{
    auto* value = parent.if_contains(key);
    return value ? value->if_object() : nullptr;
}

template<class Use>
void eachObject(Object& parent, std::string_view key, Use use)
{
    auto* value = parent.if_contains(key);
    if (!value || !value->is_array())
        return;
    for (auto& item : value->get_array()) {
        if (auto* object = item.if_object())
            use(*object);
    }
}

void probe(Object& container, std::string_view key)
{
    auto* object = objectAt(container, key);
    if (!object)
        return;
    fill(*object, "timeoutSeconds", 1);
    fill(*object, "periodSeconds", 10);
    fill(*object, "successThreshold", 1);
    fill(*object, "failureThreshold", 3);
    if (auto* http = objectAt(*object, "httpGet")) {
        fill(*http, "scheme", "HTTP");
        fill(*http, "path", "/");
    }
}

std::string_view pullPolicy(const Object& container)
{
    const auto* image = container.if_contains("image");
    const std::string_view text = image && image->is_string() ? std::string_view(image->get_string()) : "";
    const auto name = text.substr(text.rfind('/') == std::string_view::npos ? 0 : text.rfind('/') + 1);
    if (name.find('@') != std::string_view::npos)
        return "IfNotPresent";
    const auto colon = name.find(':');
    return colon == std::string_view::npos || name.substr(colon + 1) == "latest" ? "Always" : "IfNotPresent";
}

void container(Object& object)
{
    fill(object, "terminationMessagePath", "/dev/termination-log");
    fill(object, "terminationMessagePolicy", "File");
    fill(object, "imagePullPolicy", boost::json::string(pullPolicy(object)));
    fill(object, "resources", Object());
    eachObject(object, "ports", [](Object& port) { fill(port, "protocol", "TCP"); });
    for (const auto* key : {"livenessProbe", "readinessProbe", "startupProbe"})
        probe(object, key);
}

void podSpec(Object& spec)
{
    fill(spec, "restartPolicy", "Always");
    fill(spec, "dnsPolicy", "ClusterFirst");
    fill(spec, "schedulerName", "default-scheduler");
    fill(spec, "terminationGracePeriodSeconds", 30);
    fill(spec, "securityContext", Object());
    eachObject(spec, "containers", container);
    eachObject(spec, "initContainers", container);
    if (const auto* account = spec.if_contains("serviceAccountName"))
        fill(spec, "serviceAccount", *account);
    eachObject(spec, "volumes", [](Object& volume) {
        for (const auto* key : {"configMap", "secret", "projected", "downwardAPI"}) {
            if (auto* source = objectAt(volume, key))
                fill(*source, "defaultMode", 420);
        }
    });
}

void podTemplate(Object& spec)
{
    if (auto* pod = objectAt(spec, "template")) {
        if (auto* inner = objectAt(*pod, "spec"))
            podSpec(*inner);
    }
}

void deployment(Object& spec)
{
    fill(spec, "replicas", 1);
    fill(spec, "revisionHistoryLimit", 10);
    fill(spec, "progressDeadlineSeconds", 600);
    fill(spec, "strategy", Object());
    if (auto* strategy = objectAt(spec, "strategy")) {
        fill(*strategy, "type", "RollingUpdate");
        if (strategy->at("type") == "RollingUpdate") {
            fill(*strategy, "rollingUpdate", Object());
            if (auto* rolling = objectAt(*strategy, "rollingUpdate")) {
                fill(*rolling, "maxSurge", "25%");
                fill(*rolling, "maxUnavailable", "25%");
            }
        }
    }
    podTemplate(spec);
}

void service(Object& spec)
{
    fill(spec, "type", "ClusterIP");
    fill(spec, "sessionAffinity", "None");
    eachObject(spec, "ports", [](Object& port) {
        fill(port, "protocol", "TCP");
        if (const auto* number = port.if_contains("port"))
            fill(port, "targetPort", *number);
    });
}

void job(Object& spec)
{
    fill(spec, "backoffLimit", 6);
    podTemplate(spec);
}

} // namespace

void applyDefaults(Value& object)
{
    auto* spec = manifest::find(object, {"spec"});
    if (!spec || !spec->is_object())
        return;
    auto& fields = spec->get_object();
    const auto version = manifest::apiVersion(object);
    const auto kind = manifest::kind(object);
    if (version == "apps/v1" && kind == "Deployment")
        deployment(fields);
    else if (version == "apps/v1" && (kind == "StatefulSet" || kind == "DaemonSet" || kind == "ReplicaSet"))
        podTemplate(fields);
    else if (version == "batch/v1" && kind == "Job")
        job(fields);
    else if (version == "v1" && kind == "Service")
        service(fields);
    else if (version == "v1" && kind == "Pod")
        podSpec(fields);
}

} // namespace core::diff
