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
#include <set>
#include <utility>

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
    void reconcileThese(const std::set<manifest::ResourceKey>& applications, const std::stop_token& stop);
    [[nodiscard]] Result<> remember(const Value& app, const Memory& memory, const std::stop_token& stop);
    [[nodiscard]] Result<std::string> send(const Config& config, const Due& due, const Value& app, const Value* project,
                                           const Surroundings& surroundings, const std::stop_token& stop);

    Deps deps;
    /// One look at some or all applications, with the configurations as they are.
    struct Pass
    {
        explicit Pass(Private& owner);
        void reconcile(const Value& app, const std::stop_token& stop);

        Private& d;
        Config config;
        bool selfService;
        std::map<std::string, std::optional<Config>> own {}; ///< by namespace; none: there is no ConfigMap
    };

    mutable std::mutex mutex; ///< of problems and changed
    std::vector<Finding> problems;
    std::vector<Finding> fresh; ///< of the pass that runs
    std::set<manifest::ResourceKey> changed; ///< applications that nobody has looked at since
    std::atomic<bool> all = true; ///< something that matters to each of them has changed
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

NotificationController::Private::Pass::Pass(Private& owner)
    : d(owner)
    , config(d.config(d.deps.nameSpace))
    , selfService(d.selfService())
{
    d.fresh = config.problems;
}

void NotificationController::Private::Pass::reconcile(const Value& app, const std::stop_token& stop)
{
    d.reconcile(config, app, stop);
    const std::string nameSpace(manifest::nameSpace(app));
    if (!selfService || nameSpace == d.deps.nameSpace)
        return;
    const auto [place, isNew] = own.try_emplace(nameSpace);
    if (isNew && d.deps.cache->get({"", "ConfigMap", nameSpace, "argocd-notifications-cm"})) {
        place->second = d.config(nameSpace);
        d.fresh.insert(d.fresh.end(), place->second->problems.begin(), place->second->problems.end());
    }
    const auto latest = d.deps.cache->get(manifest::keyOf(app)); // with what was just remembered
    if (place->second && latest)
        d.reconcile(*place->second, *latest, stop);
}

void NotificationController::reconcileAll(std::stop_token stop)
{
    Private::Pass pass(*m_d);
    for (const auto& app : m_d->deps.cache->list({"argoproj.io", "Application"})) {
        if (stop.stop_requested())
            return;
        pass.reconcile(*app, stop);
    }
    const std::scoped_lock lock(m_d->mutex);
    m_d->problems = std::exchange(m_d->fresh, {});
}

void NotificationController::Private::reconcileThese(const std::set<manifest::ResourceKey>& applications,
                                                     const std::stop_token& stop)
{
    Pass pass(*this);
    for (const auto& key : applications) {
        if (stop.stop_requested())
            return;
        if (const auto app = deps.cache->get(key))
            pass.reconcile(*app, stop);
    }
    const std::scoped_lock lock(mutex);
    // What was found about the others, and about the configurations, stands as it did.
    std::set<manifest::ResourceKey> renewed = applications;
    for (const auto& finding : fresh)
        if (finding.key.kind != "Application")
            renewed.insert(finding.key);
    std::erase_if(problems, [&](const Finding& each) { return renewed.contains(each.key); });
    for (auto& finding : std::exchange(fresh, {}))
        problems.push_back(std::move(finding));
}

void NotificationController::run(std::stop_token stop)
{
    const auto subscription = m_d->deps.cache->subscribe([this](const std::vector<kube::Cache::Change>& changes) {
        bool matters = false;
        for (const auto& change : changes) {
            const auto kind = manifest::kind(change.object());
            if (kind == "Application") {
                const std::scoped_lock lock(m_d->mutex);
                m_d->changed.insert(manifest::keyOf(change.object()));
            } else if (kind == "AppProject"
                       || (kind == "ConfigMap" && manifest::name(change.object()) == "argocd-notifications-cm")
                       || (kind == "Secret" && manifest::name(change.object()) == "argocd-notifications-secret")) {
                m_d->all = true;
            } else {
                continue;
            }
            matters = true;
        }
        if (matters)
            m_d->deps.clock->wakeAll();
    });
    const auto due = [this] {
        const std::scoped_lock lock(m_d->mutex);
        return m_d->all || !m_d->changed.empty();
    };
    // Conditions may ask for the time, so that all are looked at every minute as well.
    auto deadline = m_d->deps.clock->now();
    while (!stop.stop_requested()) {
        std::set<manifest::ResourceKey> changed;
        {
            const std::scoped_lock lock(m_d->mutex);
            changed = std::exchange(m_d->changed, {});
        }
        if (m_d->all.exchange(false) || m_d->deps.clock->now() >= deadline) {
            deadline = m_d->deps.clock->now() + std::chrono::seconds(60);
            reconcileAll(stop);
        } else {
            m_d->reconcileThese(changed, stop);
        }
        while (!stop.stop_requested() && m_d->deps.clock->now() < deadline) {
            const auto ticket = m_d->deps.clock->ticket();
            if (due())
                break;
            m_d->deps.clock->waitUntil(deadline, stop, ticket);
        }
    }
}

} // namespace core::notify
