// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/strings.h"
#include "core/manifest/yaml.h"
#include "core/notify/evaluate.h"

#include <boost/json.hpp>

#include <set>

namespace core::notify {

using manifest::Value;

namespace {

constexpr std::string_view kPrefix = "notifications.argoproj.io/";

/// Splits at commas outside of parentheses.
std::vector<std::string> requirements(std::string_view selector)
{
    std::vector<std::string> out;
    std::string part;
    int depth = 0;
    for (const char c : selector) {
        depth += c == '(' ? 1 : c == ')' ? -1 : 0;
        if (c == ',' && depth == 0)
            out.push_back(std::exchange(part, {}));
        else
            part += c;
    }
    out.push_back(std::move(part));
    return out;
}

std::optional<std::string> valueOf(const manifest::Object& labels, std::string_view key)
{
    const auto it = labels.find(key);
    if (it == labels.end() || !it->value().is_string())
        return {};
    return std::string(it->value().get_string());
}

bool requirementHolds(std::string_view text, const manifest::Object& labels)
{
    text = trim(text);
    for (const auto& [word, wanted] : {std::pair<std::string_view, bool> {" notin ", false}, {" in ", true}}) {
        const auto at = text.find(word);
        if (at == std::string_view::npos)
            continue;
        auto list = trim(text.substr(at + word.size()));
        if (!list.starts_with('(') || !list.ends_with(')'))
            return false;
        const auto value = valueOf(labels, trim(text.substr(0, at)));
        bool found = false;
        for (const auto& item : split(list.substr(1, list.size() - 2), ','))
            found = found || (value && *value == trim(item));
        return found == wanted;
    }
    for (const auto& [sign, wanted] : {std::pair<std::string_view, bool> {"!=", false}, {"==", true}, {"=", true}}) {
        const auto at = text.find(sign);
        if (at == std::string_view::npos)
            continue;
        const auto value = valueOf(labels, trim(text.substr(0, at)));
        return (value && *value == trim(text.substr(at + sign.size()))) == wanted;
    }
    if (text.starts_with('!'))
        return !valueOf(labels, trim(text.substr(1)));
    return valueOf(labels, text).has_value();
}

class Collector
{
public:
    Collector(const Config& config, std::set<Destination>& out)
        : m_config(config)
        , m_out(out)
    {
    }

    void annotations(const Value& object)
    {
        for (const auto& member : manifest::object(object, {"metadata", "annotations"})) {
            std::string_view key(member.key());
            if (!key.starts_with(kPrefix) || !member.value().is_string())
                continue;
            key.remove_prefix(kPrefix.size());
            const std::string_view value(member.value().get_string());
            if (key == "subscriptions")
                list(value);
            else if (key.starts_with("subscribe."))
                one(key.substr(10), value);
        }
    }

    void global(const manifest::Object& labels)
    {
        for (const auto& subscription : m_config.subscriptions) {
            if (!subscription.selector.empty() && !selectorMatches(subscription.selector, labels))
                continue;
            for (const auto& [service, recipient] : subscription.recipients)
                add(subscription.triggers, service, recipient);
        }
    }

private:
    void one(std::string_view name, std::string_view value)
    {
        const auto dot = name.find('.');
        const std::string service(dot == std::string_view::npos ? name : name.substr(dot + 1));
        const std::vector<std::string> triggers = dot == std::string_view::npos
            ? std::vector<std::string> {}
            : std::vector<std::string> {std::string(name.substr(0, dot))};
        for (const auto& recipient : split(value, ';'))
            add(triggers, service, std::string(trim(recipient)));
    }

    void list(std::string_view text)
    {
        const auto documents = manifest::parseYaml(text, "annotation notifications.argoproj.io/subscriptions");
        if (!documents || documents->empty() || !documents->front().value.is_array())
            return;
        for (const auto& item : documents->front().value.get_array()) {
            std::vector<std::string> triggers;
            for (const auto& trigger : manifest::array(item, {"trigger"}))
                if (trigger.is_string())
                    triggers.emplace_back(trigger.get_string());
            for (const auto& destination : manifest::array(item, {"destinations"})) {
                const std::string service(manifest::text(destination, {"service"}));
                const auto& recipients = manifest::array(destination, {"recipients"});
                if (recipients.empty())
                    add(triggers, service, {});
                for (const auto& recipient : recipients)
                    if (recipient.is_string())
                        add(triggers, service, std::string(recipient.get_string()));
            }
        }
    }

    void add(const std::vector<std::string>& triggers, const std::string& service, const std::string& recipient)
    {
        const auto own = m_config.defaultTriggersOf.find(service);
        const auto& wanted = !triggers.empty()        ? triggers
            : own != m_config.defaultTriggersOf.end() ? own->second
                                                      : m_config.defaultTriggers;
        for (const auto& trigger : wanted)
            m_out.insert({trigger, service, recipient});
    }

    const Config& m_config;
    std::set<Destination>& m_out;
};

} // namespace

bool selectorMatches(std::string_view selector, const manifest::Object& labels)
{
    if (trim(selector).empty())
        return true;
    for (const auto& requirement : requirements(selector))
        if (!requirementHolds(requirement, labels))
            return false;
    return true;
}

std::vector<Destination> subscriptionsOf(const Config& config, const Value& app, const Value* project)
{
    std::set<Destination> out;
    Collector collector(config, out);
    collector.annotations(app);
    if (project != nullptr)
        collector.annotations(*project);
    collector.global(manifest::object(app, {"metadata", "labels"}));
    return {out.begin(), out.end()};
}

} // namespace core::notify
