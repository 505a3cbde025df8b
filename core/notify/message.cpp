// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/gotemplate/template.h"
#include "core/manifest/patch.h"
#include "core/notify/functions.h"

#include <boost/json.hpp>

namespace core::notify {

using manifest::Value;

namespace {

/// Executes every text of a template's blocks.
Result<> renderTexts(Value& value, const std::string& name, const gotemplate::Value& data)
{
    if (auto* object = value.if_object()) {
        for (auto& member : *object)
            PH_CHECK(renderTexts(member.value(), name, data));
    } else if (auto* array = value.if_array()) {
        for (auto& item : *array)
            PH_CHECK(renderTexts(item, name, data));
    } else if (value.is_string()) {
        gotemplate::TemplateSet set;
        PH_CHECK(set.parse(name, std::string(value.get_string())));
        gotemplate::Session session;
        session.limits.outputBytes = std::size_t {1} << 20;
        session.limits.steps = 1'000'000;
        PH_TRY(const auto text, set.execute(name, data, session));
        value = text;
    }
    return {};
}

/// Takes out empty texts, so that a later template's empty field does not overwrite an earlier one's.
void dropEmpty(Value& value)
{
    auto* object = value.if_object();
    if (object == nullptr)
        return;
    for (auto it = object->begin(); it != object->end();) {
        dropEmpty(it->value());
        if (it->value().is_null() || (it->value().is_string() && it->value().get_string().empty()))
            it = object->stable_erase(it);
        else
            ++it;
    }
}

} // namespace

Result<Message> renderMessage(const Config& config, const Due& due, const std::string& serviceName, const Value& app,
                              const Value* project, const Surroundings& surroundings,
                              std::vector<std::string>& problems)
{
    const auto data = templateData(config, app, project, serviceName, due.destination.recipient, surroundings);
    Value merged = boost::json::object {};
    std::size_t rendered = 0;
    for (const auto& name : due.templates) {
        Value copy = config.templates.at(name);
        if (auto result = renderTexts(copy, name, data); !result) {
            problems.push_back("template " + name + " failed: " + result.error().message);
            continue;
        }
        ++rendered;
        dropEmpty(copy);
        manifest::mergePatch(merged, copy);
    }
    if (rendered == 0)
        return fail(Error::Code::InvalidInput, problems.empty() ? "there is no template to send" : problems.front(),
                    "trigger " + due.destination.trigger, "mend the template in argocd-notifications-cm");
    Message out;
    out.text = manifest::text(merged, {"message"});
    manifest::erase(merged, {"message"});
    out.blocks = std::move(merged);
    return out;
}

} // namespace core::notify
