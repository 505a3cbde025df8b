// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gitops/settings.h"

#include "core/base/strings.h"
#include "core/gitops/project.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace core::gitops {

namespace {

using manifest::Value;

constexpr std::string_view kInstallation = "argocd.argoproj.io/installation-id";
constexpr std::string_view kLegacyKey = "applications.argoproj.io/app-name";
constexpr std::size_t kLabelMost = 63;

std::string labelValue(std::string text)
{
    const auto isAlphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    };
    if (text.size() > kLabelMost)
        text.resize(kLabelMost);
    while (!text.empty() && !isAlphanumeric(text.back()))
        text.pop_back();
    return text;
}

bool hasPodTemplate(std::string_view kind)
{
    static constexpr std::array<std::string_view, 5> kKinds {"Deployment", "ReplicaSet", "StatefulSet", "DaemonSet",
                                                             "Job"};
    return std::find(kKinds.begin(), kKinds.end(), kind) != kKinds.end();
}

/// "apps_Deployment" -> "apps/Deployment"
std::string slashed(std::string_view key)
{
    std::string kind(key);
    if (const auto at = kind.rfind('_'); at != std::string::npos)
        kind[at] = '/';
    return kind;
}

class Reader
{
public:
    explicit Reader(const Value& configMap)
        : m_data(manifest::object(configMap, {"data"}))
    {
    }

    Settings run()
    {
        const auto method = plain("application.resourceTrackingMethod");
        if (method == "label")
            m_settings.tracking.method = TrackingMethod::Label;
        else if (method == "annotation+label")
            m_settings.tracking.method = TrackingMethod::AnnotationAndLabel;
        if (const auto key = plain("application.instanceLabelKey"); !key.empty())
            m_settings.tracking.labelKey = key;
        m_settings.tracking.installationId = plain("installationID");
        m_settings.exclusions = filters("resource.exclusions");
        m_settings.inclusions = filters("resource.inclusions");
        if (const auto options = yaml("resource.compareoptions"))
            compareOptions(*options);
        if (const auto list = yaml("globalProjects"); list && list->is_array()) {
            for (const auto& item : list->get_array()) {
                const auto* selector = manifest::find(item, {"labelSelector"});
                m_settings.globalProjects.push_back(
                    {selector ? *selector : Value(), std::string(manifest::text(item, {"projectName"}))});
            }
        }
        if (const auto all = yaml("resource.customizations")) {
            for (const auto& entry : manifest::object(*all, {})) {
                const auto rules = manifest::text(entry.value(), {"ignoreDifferences"});
                if (!rules.empty())
                    ignore(entry.key(), rules, "resource.customizations");
                const auto types = manifest::text(entry.value(), {"knownTypeFields"});
                if (!types.empty())
                    knownTypes(entry.key(), types, "resource.customizations");
            }
        }
        static constexpr std::string_view kIgnore = "resource.customizations.ignoreDifferences.";
        static constexpr std::string_view kTypes = "resource.customizations.knownTypeFields.";
        for (const auto& member : m_data) {
            const std::string_view key = member.key();
            if (!member.value().is_string())
                continue;
            if (key.starts_with(kIgnore))
                ignore(slashed(key.substr(kIgnore.size())), member.value().get_string(), key);
            else if (key.starts_with(kTypes))
                knownTypes(slashed(key.substr(kTypes.size())), member.value().get_string(), key);
        }
        for (auto& name : split(plain("resource.sensitive.mask.annotations"), ',')) {
            if (const auto trimmed = trim(name); !trimmed.empty())
                m_settings.sensitiveAnnotations.emplace_back(trimmed);
        }
        m_settings.impersonation = plain("application.sync.impersonation.enabled") == "true";
        if (m_data.contains("helm.valuesFileSchemes")) {
            m_settings.valuesFileSchemes.clear();
            for (const auto& scheme : split(plain("helm.valuesFileSchemes"), ','))
                if (const auto trimmed = trim(scheme); !trimmed.empty())
                    m_settings.valuesFileSchemes.push_back(lower(trimmed));
        }
        return std::move(m_settings);
    }

private:
    [[nodiscard]] std::string plain(std::string_view key) const
    {
        const auto* value = m_data.if_contains(key);
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    }

    std::optional<Value> parse(std::string_view text, std::string_view key)
    {
        auto documents = manifest::parseYaml(text, key);
        if (!documents) {
            m_settings.problems.push_back(std::string(key) + ": " + documents.error().message);
            return std::nullopt;
        }
        return documents->empty() ? std::nullopt : std::optional(std::move(documents->front().value));
    }

    std::optional<Value> yaml(std::string_view key)
    {
        const auto text = plain(key);
        return text.empty() ? std::nullopt : parse(text, key);
    }

    std::vector<ResourceFilter> filters(std::string_view key)
    {
        std::vector<ResourceFilter> result;
        const auto list = yaml(key);
        if (!list)
            return result;
        if (!list->is_array()) {
            m_settings.problems.push_back(std::string(key) + ": a list is expected");
            return result;
        }
        for (const auto& item : list->get_array())
            result.push_back({manifest::texts(item, {"apiGroups"}), manifest::texts(item, {"kinds"}),
                              manifest::texts(item, {"clusters"})});
        return result;
    }

    void compareOptions(const Value& options)
    {
        m_settings.ignoreAggregatedRoles = manifest::flag(options, {"ignoreAggregatedRoles"});
        const auto* field = manifest::find(options, {"ignoreResourceStatusField"});
        const auto word = manifest::text(options, {"ignoreResourceStatusField"});
        if (word == "crd")
            m_settings.statusFields = diff::StatusFields::OfDefinitions;
        else if (word == "none" || word == "off" || word == "false"
                 || (field && field->is_bool() && !field->get_bool()))
            m_settings.statusFields = diff::StatusFields::None; // YAML reads `off` and `false` as booleans
    }

    void knownTypes(std::string_view kind, std::string_view text, std::string_view key)
    {
        const auto list = parse(text, key);
        if (!list || !list->is_array())
            return;
        const auto slash = kind.rfind('/');
        manifest::GroupKind groupKind;
        groupKind.group = slash == std::string_view::npos ? std::string_view() : kind.substr(0, slash);
        groupKind.kind = slash == std::string_view::npos ? kind : kind.substr(slash + 1);
        for (const auto& item : list->get_array())
            m_settings.knownTypes[groupKind].push_back(
                {std::string(manifest::text(item, {"field"})), std::string(manifest::text(item, {"type"}))});
    }

    void ignore(std::string_view kind, std::string_view text, std::string_view key)
    {
        const auto rules = parse(text, key);
        if (!rules)
            return;
        diff::IgnoreRule rule;
        if (kind == "all" || kind == "*/*") {
            rule.group = "*";
            rule.kind = "*";
        } else {
            const auto slash = kind.rfind('/');
            rule.group = slash == std::string_view::npos ? std::string_view() : kind.substr(0, slash);
            rule.kind = slash == std::string_view::npos ? kind : kind.substr(slash + 1);
        }
        rule.jsonPointers = manifest::texts(*rules, {"jsonPointers"});
        rule.jqPathExpressions = manifest::texts(*rules, {"jqPathExpressions"});
        rule.managedFieldsManagers = manifest::texts(*rules, {"managedFieldsManagers"});
        m_settings.ignoreDifferences.push_back(std::move(rule));
    }

    const manifest::Object& m_data;
    Settings m_settings;
};

/// What `argocd-cmd-params-cm` says.
void takeParameters(const Value& configMap, Settings& settings)
{
    const auto& data = manifest::object(configMap, {"data"});
    const auto seconds = [&](std::string_view key, Duration& place) {
        const auto* value = data.if_contains(key);
        if (!value || !value->is_string())
            return;
        const std::string_view written = value->get_string();
        std::int64_t number = 0;
        const auto [end, code] = std::from_chars(written.data(), written.data() + written.size(), number);
        if (code == std::errc {} && end == written.data() + written.size() && number >= 0 && number < 1'000'000'000)
            place = std::chrono::seconds(number);
        else
            settings.problems.push_back(std::string(key) + ": a number of seconds is expected");
    };
    const auto flag = [&](std::string_view key) {
        const auto* value = data.if_contains(key);
        return value && value->is_string() && value->get_string() == "true";
    };
    seconds("controller.sync.timeout.seconds", settings.syncTimeout);
    seconds("controller.repo.error.grace.period.seconds", settings.repoErrorGrace);
    seconds("controller.self.heal.backoff.timeout.seconds", settings.heal.first);
    seconds("controller.self.heal.backoff.cap.seconds", settings.heal.most);
    Duration factor = std::chrono::seconds(settings.heal.factor);
    seconds("controller.self.heal.backoff.factor", factor);
    settings.heal.factor = std::chrono::duration_cast<std::chrono::seconds>(factor).count();
    settings.serverSideDiff = flag("controller.diff.server.side");
    settings.persistHealth = flag("controller.resource.health.persist");
}

} // namespace

void Tracking::mark(Value& object, const std::string& instance, const manifest::ResourceKey& key) const
{
    if (key.kind == "CustomResourceDefinition")
        return;
    if (method != TrackingMethod::Label)
        manifest::setAnnotation(object, kTrackingAnnotation, trackingIdText(instance, key));
    if (method != TrackingMethod::Annotation) {
        const auto value = method == TrackingMethod::Label ? instance : labelValue(instance);
        manifest::ensure(object, {"metadata", "labels", labelKey}) = boost::json::string(value);
        if (labelKey == kLegacyKey && hasPodTemplate(key.kind))
            manifest::ensure(object, {"spec", "template", "metadata", "labels", labelKey}) = boost::json::string(value);
    }
    if (!installationId.empty())
        manifest::setAnnotation(object, kInstallation, installationId);
}

std::optional<TrackingId> Tracking::read(const Value& live) const
{
    if (!installationId.empty() && manifest::annotation(live, kInstallation) != installationId)
        return std::nullopt;
    if (method != TrackingMethod::Label)
        return trackingId(live);
    const auto instance = manifest::text(live, {"metadata", "labels", labelKey});
    if (instance.empty())
        return std::nullopt;
    return TrackingId {std::string(instance), manifest::keyOf(live)};
}

std::optional<Value> Tracking::aligned(const Value& desired, const Value& live) const
{
    if (method == TrackingMethod::Label || manifest::text(live, {"metadata", "labels", labelKey}).empty()
        || !manifest::annotation(live, kTrackingAnnotation).empty())
        return std::nullopt;
    Value copy(live);
    if (const auto ours = manifest::annotation(desired, kTrackingAnnotation); !ours.empty())
        manifest::setAnnotation(copy, kTrackingAnnotation, std::string(ours));
    if (manifest::text(desired, {"metadata", "labels", labelKey}).empty())
        manifest::erase(copy, {"metadata", "labels", labelKey});
    return copy;
}

bool Settings::GlobalProject::selects(const Value& project) const
{
    if (!selector.is_object())
        return false;
    const auto& labels = manifest::object(project, {"metadata", "labels"});
    const auto valueOf = [&](std::string_view key) -> std::optional<std::string_view> {
        const auto* value = labels.if_contains(key);
        return value && value->is_string() ? std::optional<std::string_view>(value->get_string()) : std::nullopt;
    };
    for (const auto& wanted : manifest::object(selector, {"matchLabels"})) {
        const auto value = valueOf(wanted.key());
        if (!value || !wanted.value().is_string() || *value != std::string_view(wanted.value().get_string()))
            return false;
    }
    for (const auto& expression : manifest::array(selector, {"matchExpressions"})) {
        const auto value = valueOf(manifest::text(expression, {"key"}));
        const auto operation = manifest::text(expression, {"operator"});
        const auto values = manifest::texts(expression, {"values"});
        const bool listed = value && std::find(values.begin(), values.end(), *value) != values.end();
        const bool holds = operation == "In" ? listed
            : operation == "NotIn"           ? !listed
            : operation == "Exists"          ? value.has_value()
            : operation == "DoesNotExist"    ? !value.has_value()
                                             : false;
        if (!holds)
            return false;
    }
    return true;
}

bool ResourceFilter::matches(const manifest::GroupKind& kind, std::string_view server) const
{
    const auto any = [](const std::vector<std::string>& patterns, std::string_view text) {
        return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
                   return globMatches(pattern, text);
               });
    };
    const bool kindHit = kinds.empty() || std::any_of(kinds.begin(), kinds.end(), [&](const std::string& name) {
                             return name == "*" || name == kind.kind;
                         });
    return kindHit && any(groups, kind.group) && any(clusters, server);
}

bool Settings::includes(const manifest::GroupKind& kind, std::string_view server) const
{
    if (kind.group == "events.k8s.io" || kind.group == "metrics.k8s.io" || (kind.group.empty() && kind.kind == "Event")
        || (kind.group == "coordination.k8s.io" && kind.kind == "Lease"))
        return false;
    if (std::any_of(exclusions.begin(), exclusions.end(),
                    [&](const ResourceFilter& filter) { return filter.matches(kind, server); }))
        return false;
    bool concerned = false;
    for (const auto& filter : inclusions) {
        if (filter.matches(kind, server))
            return true;
        concerned = concerned || filter.clusters.empty()
            || std::any_of(filter.clusters.begin(), filter.clusters.end(),
                           [&](const std::string& pattern) { return globMatches(pattern, server); });
    }
    return !concerned;
}

Settings parseSettings(const Value* configMap, const Value* parameters)
{
    static const Value kNone = manifest::Object();
    auto settings = Reader(configMap ? *configMap : kNone).run();
    if (parameters)
        takeParameters(*parameters, settings);
    return settings;
}

} // namespace core::gitops
