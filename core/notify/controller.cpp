// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/notify/controller.h"

#include "core/base/log.h"
#include "core/notify/delivery.h"
#include "core/notify/email.h"
#include "core/notify/github.h"

#include <boost/json.hpp>

#include <atomic>
#include <map>
#include <mutex>
#include <optional>

namespace core::notify {

using manifest::Value;

struct NotificationController::Private
{
    explicit Private(Deps given)
        : deps(std::move(given))
    {
    }

    [[nodiscard]] Config config(const std::string& nameSpace) const;
    [[nodiscard]] bool selfService() const;
    void reconcile(const Config& config, const Value& app, const std::stop_token& stop);
    [[nodiscard]] Result<> remember(const Value& app, const Memory& memory, const std::stop_token& stop);
    [[nodiscard]] Result<std::string> send(const Config& config, const Due& due, const Value& app, const Value* project,
                                           const Surroundings& surroundings, const std::stop_token& stop);

    Deps deps;
    mutable std::mutex mutex;
    std::vector<Finding> problems;
    std::vector<Finding> fresh; ///< of the pass that runs
    std::atomic<bool> dirty = true;
};

NotificationController::NotificationController(Deps deps)
    : m_d(std::make_unique<Private>(std::move(deps)))
{
}

NotificationController::~NotificationController() = default;

std::vector<Finding> NotificationController::problems() const
{
    const std::scoped_lock lock(m_d->mutex);
    return m_d->problems;
}

Config NotificationController::Private::config(const std::string& nameSpace) const
{
    const auto configMap = deps.cache->get({"", "ConfigMap", nameSpace, "argocd-notifications-cm"});
    const auto secret = deps.cache->get({"", "Secret", nameSpace, "argocd-notifications-secret"});
    auto config = parseConfig(configMap.get(), secret.get());
    if (nameSpace != deps.nameSpace)
        config.selfServiceOf = nameSpace;
    return config;
}

/// Whether applications outside of the controller's namespace may bring a configuration of their own (section 8.1).
bool NotificationController::Private::selfService() const
{
    const auto parameters = deps.cache->get({"", "ConfigMap", deps.nameSpace, "argocd-cmd-params-cm"});
    return parameters && manifest::text(*parameters, {"data", "notificationscontroller.selfservice.enabled"}) == "true";
}

Result<> NotificationController::Private::remember(const Value& app, const Memory& memory, const std::stop_token& stop)
{
    const Value written = memory.empty() ? Value(nullptr) : Value(boost::json::string(writeMemory(memory)));
    const Value patch = boost::json::object {
        {"metadata",
         boost::json::object {{"annotations", boost::json::object {{"notified.notifications.argoproj.io", written}}}}}};
    PH_TRY(const auto type, deps.client->resolve(manifest::apiVersion(app), manifest::kind(app), stop));
    PH_TRY(const auto stored,
           deps.client->patch(type, manifest::nameSpace(app), manifest::name(app), kube::PatchType::Merge, patch, {},
                              stop));
    deps.cache->observe(stored);
    return {};
}

Result<std::string> NotificationController::Private::send(const Config& config, const Due& due, const Value& app,
                                                          const Value* project, const Surroundings& surroundings,
                                                          const std::stop_token& stop)
{
    const auto& service = config.services.at(due.destination.service);
    std::vector<std::string> broken;
    auto message = renderMessage(config, due, service.name, app, project, surroundings, broken);
    for (auto& text : broken)
        fresh.push_back({manifest::keyOf(app), {}, std::move(text), "mend the template in argocd-notifications-cm"});
    if (!message)
        return tl::unexpected(message.error());
    if (service.type == "email") {
        PH_TRY(const auto mail, mailFor(service, due.destination.recipient, *message));
        PH_CHECK(sendMail(mail, surroundings.now, stop));
        return message->text;
    }
    if (service.type == "github") {
        PH_CHECK(sendToGithub(service, *message, app, surroundings.now, deps.http, stop));
        return message->text;
    }
    PH_TRY(const auto requests, requestsFor(service, due.destination.recipient, *message, due, app, surroundings.now));
    PH_CHECK(deliver(requests, deps.http, stop));
    return message->text;
}

void NotificationController::Private::reconcile(const Config& config, const Value& app, const std::stop_token& stop)
{
    const auto project = deps.cache->get(
        {"argoproj.io", "AppProject", deps.nameSpace, std::string(manifest::text(app, {"spec", "project"}))});
    const Surroundings surroundings {deps.clock->now(), deps.commitMetadata};
    auto memory = readMemory(app);
    auto evaluation = evaluate(config, app, project.get(), memory, surroundings);
    for (auto& finding : evaluation.problems)
        fresh.push_back(std::move(finding));
    if (evaluation.due.empty() && evaluation.forgotten.empty())
        return;
    for (const auto& key : evaluation.forgotten)
        memory.erase(key);
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(surroundings.now.time_since_epoch()).count();
    for (const auto& due : evaluation.due)
        memory[due.key] = seconds;
    // Written first: whoever is killed in the middle has at most not sent, never sent twice.
    if (auto written = remember(app, memory, stop); !written) {
        log::warning("notify", written.error().text());
        return;
    }
    bool failed = false;
    for (const auto& due : evaluation.due) {
        const auto sent = send(config, due, app, project.get(), surroundings, stop);
        Sent report {surroundings.now,
                     std::string(manifest::name(app)),
                     due.destination.trigger,
                     due.destination.service + ":" + due.destination.recipient,
                     sent.value_or(std::string {}),
                     sent ? std::string {} : sent.error().text()};
        if (!sent) {
            failed = true;
            memory.erase(due.key);
            log::warning("notify", "trigger " + due.destination.trigger + ": " + report.error);
        }
        if (deps.sent)
            deps.sent(report);
    }
    if (failed)
        if (auto written = remember(app, memory, stop); !written)
            log::warning("notify", written.error().text());
}

void NotificationController::reconcileAll(std::stop_token stop)
{
    const auto config = m_d->config(m_d->deps.nameSpace);
    m_d->fresh = config.problems;
    const bool selfService = m_d->selfService();
    std::map<std::string, std::optional<Config>> own; ///< by namespace; none: there is no ConfigMap
    for (const auto& app : m_d->deps.cache->list({"argoproj.io", "Application"})) {
        if (stop.stop_requested())
            return;
        m_d->reconcile(config, *app, stop);
        const std::string nameSpace(manifest::nameSpace(*app));
        if (!selfService || nameSpace == m_d->deps.nameSpace)
            continue;
        const auto [place, isNew] = own.try_emplace(nameSpace);
        if (isNew && m_d->deps.cache->get({"", "ConfigMap", nameSpace, "argocd-notifications-cm"})) {
            place->second = m_d->config(nameSpace);
            m_d->fresh.insert(m_d->fresh.end(), place->second->problems.begin(), place->second->problems.end());
        }
        const auto latest = m_d->deps.cache->get(manifest::keyOf(*app)); // with what was just remembered
        if (place->second && latest)
            m_d->reconcile(*place->second, *latest, stop);
    }
    const std::scoped_lock lock(m_d->mutex);
    m_d->problems = std::exchange(m_d->fresh, {});
}

void NotificationController::run(std::stop_token stop)
{
    const auto subscription = m_d->deps.cache->subscribe([this](const std::vector<kube::Cache::Change>& changes) {
        for (const auto& change : changes) {
            const auto kind = manifest::kind(change.object());
            if (kind != "Application" && kind != "AppProject"
                && !(kind == "ConfigMap" && manifest::name(change.object()) == "argocd-notifications-cm")
                && !(kind == "Secret" && manifest::name(change.object()) == "argocd-notifications-secret"))
                continue;
            m_d->dirty = true;
            m_d->deps.clock->wakeAll();
            return;
        }
    });
    while (!stop.stop_requested()) {
        m_d->dirty = false;
        reconcileAll(stop);
        const auto deadline = m_d->deps.clock->now() + std::chrono::seconds(60);
        while (!stop.stop_requested() && m_d->deps.clock->now() < deadline) {
            const auto ticket = m_d->deps.clock->ticket();
            if (m_d->dirty)
                break;
            m_d->deps.clock->waitUntil(deadline, stop, ticket);
        }
    }
}

} // namespace core::notify
