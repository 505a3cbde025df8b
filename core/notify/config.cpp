// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/notify/config.h"

#include "core/base/strings.h"
#include "core/gotemplate/template.h"
#include "core/manifest/yaml.h"

#include <boost/json.hpp>
#include <openssl/evp.h>
#include <re2/re2.h>

#include <array>

namespace core::notify {

using manifest::Value;

namespace {

std::string conditionId(const std::string& when)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest {};
    unsigned size = 0;
    EVP_Digest(when.data(), when.size(), digest.data(), &size, EVP_sha1(), nullptr);
    auto text = base64Encode(std::string_view(reinterpret_cast<const char*>(digest.data()), size));
    for (char& c : text)
        c = c == '+' ? '-' : c == '/' ? '_' : c;
    text.erase(text.find_last_not_of('=') + 1);
    return text;
}

/// Replaces `$key` by the Secret's value in every text of a service's options.
void fillSecrets(Value& value, const std::map<std::string, std::string>& secrets)
{
    if (auto* object = value.if_object()) {
        for (auto& member : *object)
            fillSecrets(member.value(), secrets);
    } else if (auto* array = value.if_array()) {
        for (auto& item : *array)
            fillSecrets(item, secrets);
    } else if (value.is_string()) {
        static const RE2 kReference(R"(\$([-\w]+))");
        std::string out;
        re2::StringPiece rest(value.get_string().data(), value.get_string().size());
        std::string name;
        const char* from = rest.data();
        while (RE2::FindAndConsume(&rest, kReference, &name)) {
            out.append(from, static_cast<std::size_t>(rest.data() - from) - name.size() - 1);
            const auto found = secrets.find(name);
            out += found == secrets.end() ? "$" + name : found->second;
            from = rest.data();
        }
        out.append(from, rest.size());
        value = out;
    }
}

class Reader
{
public:
    Reader(const Value& configMap, Config& out)
        : m_key(manifest::keyOf(configMap))
        , m_out(out)
    {
    }

    void read(const std::string& key, const std::string& text)
    {
        auto documents = manifest::parseYaml(text, "ConfigMap/" + m_key.name + " data." + key);
        if (!documents) {
            problem(key, "data." + key + " is not YAML: " + documents.error().message, "mend the YAML of this entry");
            return;
        }
        const Value value = documents->empty() ? Value(nullptr) : std::move(documents->front().value);
        if (key.starts_with("service."))
            readService(key, value);
        else if (key.starts_with("trigger."))
            readTrigger(key, value);
        else if (key.starts_with("template."))
            readTemplate(key, value);
        else if (key == "subscriptions")
            readSubscriptions(value);
        else if (key == "defaultTriggers")
            m_out.defaultTriggers = manifest::texts(value, {});
        else if (key.starts_with("defaultTriggers."))
            m_out.defaultTriggersOf[key.substr(16)] = manifest::texts(value, {});
        else if (key == "context" && value.is_object())
            for (const auto& member : value.get_object())
                if (member.value().is_string())
                    m_out.context[std::string(member.key())] = member.value().get_string().c_str();
    }

    /// What only shows when everything is read: triggers that name templates which are nowhere.
    void check()
    {
        for (const auto& [name, conditions] : m_out.triggers)
            for (const auto& condition : conditions)
                for (const auto& wanted : condition.send)
                    if (!m_out.templates.contains(wanted))
                        problem(
                            "trigger." + name, "trigger " + name + " names a template " + wanted + " that is nowhere",
                            "add template." + wanted + " to the ConfigMap, or take it out of the trigger's send list");
    }

private:
    void problem(const std::string& entry, std::string message, std::string hint)
    {
        m_out.problems.push_back({m_key, {"data", entry}, std::move(message), std::move(hint)});
    }

    void readService(const std::string& key, Value value)
    {
        const auto rest = key.substr(8);
        const auto dot = rest.find('.');
        Service service {rest.substr(0, dot), dot == std::string::npos ? rest : rest.substr(dot + 1), std::move(value)};
        fillSecrets(service.options, m_out.secrets);
        m_out.services[service.name] = std::move(service);
    }

    void readTrigger(const std::string& key, const Value& value)
    {
        const auto name = key.substr(8);
        std::vector<TriggerCondition> conditions;
        if (!value.is_array()) {
            problem(key, "trigger " + name + " is not a list of conditions", "write a list of {when, send}");
            return;
        }
        for (const auto& item : value.get_array()) {
            TriggerCondition condition;
            condition.when = manifest::text(item, {"when"});
            condition.oncePer = manifest::text(item, {"oncePer"});
            condition.description = manifest::text(item, {"description"});
            condition.send = manifest::texts(item, {"send"});
            condition.id = conditionId(condition.when);
            compile(key, condition.when, condition.compiledWhen);
            compile(key, condition.oncePer, condition.compiledOncePer);
            conditions.push_back(std::move(condition));
        }
        m_out.triggers[name] = std::move(conditions);
    }

    void compile(const std::string& key, const std::string& text, std::optional<expr::Program>& out)
    {
        if (text.empty())
            return;
        auto program = expr::compileDynamic(text);
        if (program)
            out = std::move(*program);
        else
            problem(key, "the expression \"" + text + "\" does not compile: " + program.error().message,
                    "mend the expression");
    }

    void readTemplate(const std::string& key, const Value& value)
    {
        const auto name = key.substr(9);
        if (!value.is_object()) {
            problem(key, "template " + name + " is not a mapping", "write a message: or a block per service");
            return;
        }
        if (const auto error = firstBroken(value, key); !error.empty()) {
            problem(key, "template " + name + " does not parse and is set aside: " + error, "mend the template");
            return;
        }
        m_out.templates[name] = value;
    }

    /// The parse error of the first text that is no template.
    static std::string firstBroken(const Value& value, const std::string& name)
    {
        if (const auto* object = value.if_object()) {
            for (const auto& member : *object)
                if (auto error = firstBroken(member.value(), name); !error.empty())
                    return error;
        } else if (const auto* array = value.if_array()) {
            for (const auto& item : *array)
                if (auto error = firstBroken(item, name); !error.empty())
                    return error;
        } else if (value.is_string()) {
            gotemplate::TemplateSet set;
            if (auto parsed = set.parse(name, std::string(value.get_string())); !parsed)
                return parsed.error().message;
        }
        return {};
    }

    void readSubscriptions(const Value& value)
    {
        if (!value.is_array())
            return;
        for (const auto& item : value.get_array()) {
            GlobalSubscription subscription;
            for (const auto& recipient : manifest::array(item, {"recipients"})) {
                if (!recipient.is_string())
                    continue;
                const std::string text(recipient.get_string());
                const auto colon = text.find(':');
                subscription.recipients.emplace_back(
                    text.substr(0, colon), colon == std::string::npos ? std::string {} : text.substr(colon + 1));
            }
            subscription.triggers = manifest::texts(item, {"triggers"});
            subscription.selector = manifest::text(item, {"selector"});
            m_out.subscriptions.push_back(std::move(subscription));
        }
    }

    manifest::ResourceKey m_key;
    Config& m_out;
};

} // namespace

Config parseConfig(const Value* configMap, const Value* secret)
{
    Config out;
    if (secret != nullptr) {
        for (const auto& member : manifest::object(*secret, {"data"}))
            if (member.value().is_string())
                if (auto bytes = base64Decode(member.value().get_string()))
                    out.secrets[std::string(member.key())] = std::move(*bytes);
        for (const auto& member : manifest::object(*secret, {"stringData"}))
            if (member.value().is_string())
                out.secrets[std::string(member.key())] = member.value().get_string().c_str();
    }
    if (configMap == nullptr)
        return out;
    Reader reader(*configMap, out);
    for (const auto& member : manifest::object(*configMap, {"data"}))
        if (member.value().is_string())
            reader.read(std::string(member.key()), std::string(member.value().get_string()));
    reader.check();
    return out;
}

} // namespace core::notify
