// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/local_engine.h"
#include "core/kube/exec.h"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

// Programs in containers, and ports that lead to them.

namespace core::engine {

using manifest::ResourceKey;
using manifest::Value;

namespace {

class PodTerminal final : public Terminal
{
public:
    explicit PodTerminal(std::unique_ptr<kube::ExecSession> session)
        : m_session(std::move(session))
    {
    }
    void send(std::string_view bytes) override { m_session->send(bytes); }
    void resize(int columns, int rows) override { m_session->resize(columns, rows); }

private:
    std::unique_ptr<kube::ExecSession> m_session;
};

class PodForward final : public Forward
{
public:
    PodForward(std::unique_ptr<kube::PortForward> forward, ResourceKey pod)
        : m_forward(std::move(forward))
        , m_pod(std::move(pod))
    {
    }
    [[nodiscard]] unsigned short localPort() const override { return m_forward->localPort(); }
    [[nodiscard]] const ResourceKey& pod() const override { return m_pod; }

private:
    std::unique_ptr<kube::PortForward> m_forward;
    ResourceKey m_pod;
};

bool ready(const Value& pod)
{
    for (const auto& condition : manifest::array(pod, {"status", "conditions"}))
        if (manifest::text(condition, {"type"}) == "Ready")
            return manifest::text(condition, {"status"}) == "True";
    return false;
}

bool selects(const Value& service, const Value& pod)
{
    const auto& selector = manifest::object(service, {"spec", "selector"});
    return !selector.empty() && std::all_of(selector.begin(), selector.end(), [&](const auto& label) {
        const auto* value = manifest::find(pod, {"metadata", "labels", label.key()});
        return value != nullptr && *value == label.value();
    });
}

/// The pod's port that a port of the service means: a number, or the name of a container's port. 0: none.
std::int64_t targetPort(const Value& service, const Value& pod, unsigned short port)
{
    for (const auto& entry : manifest::array(service, {"spec", "ports"})) {
        if (manifest::integer(entry, {"port"}) != port)
            continue;
        const auto name = manifest::text(entry, {"targetPort"});
        if (name.empty())
            return manifest::integer(entry, {"targetPort"}).value_or(port);
        for (const auto& container : manifest::array(pod, {"spec", "containers"}))
            for (const auto& candidate : manifest::array(container, {"ports"}))
                if (manifest::text(candidate, {"name"}) == name)
                    return manifest::integer(candidate, {"containerPort"}).value_or(0);
    }
    return 0;
}

} // namespace

Result<std::unique_ptr<Terminal>> LocalEngine::openTerminal(const ObjectRef& object, const std::string& container,
                                                            const std::vector<std::string>& command,
                                                            TerminalEvents events, std::stop_token stop)
{
    PH_CHECK(mayWrite()); // whoever has a shell can change what it reaches
    const auto& pod = object.key;
    PH_TRY(const auto cluster, clusterOf(object, stop));
    kube::ExecOptions options;
    options.container = container;
    options.command = command;
    options.input = true;
    options.tty = true;
    kube::ExecSession::Events inner;
    inner.output = std::move(events.output);
    inner.ended = std::move(events.ended);
    auto session = kube::exec(*cluster->client, pod.nameSpace, pod.name, options, std::move(inner), std::move(stop));
    const auto result = session ? Result<> {} : Result<>(fail(session.error()));
    record("exec", pod.text(), {}, {}, result, container.empty() ? std::string {} : "container " + container);
    PH_CHECK(result);
    return std::make_unique<PodTerminal>(std::move(*session));
}

Result<std::unique_ptr<Forward>> LocalEngine::forwardPort(const ObjectRef& object, unsigned short port,
                                                          unsigned short localPort,
                                                          std::function<void(const Error&)> onProblem,
                                                          std::stop_token stop)
{
    PH_CHECK(mayWrite());
    PH_TRY(const auto cluster, clusterOf(object, stop));
    const auto& target = object.key;
    auto pod = target;
    std::int64_t podPort = port;
    if (target.kind == "Service" && target.group.empty()) {
        const auto service = cluster->cache->get(target);
        if (!service)
            return fail(Error::Code::NotFound, "there is no such service", target.text());
        const auto pods = cluster->cache->list({"", "Pod"}, target.nameSpace);
        const auto chosen = std::find_if(pods.begin(), pods.end(),
                                         [&](const auto& one) { return selects(*service, *one) && ready(*one); });
        if (chosen == pods.end())
            return fail(Error::Code::Unavailable, "no pod behind the service is ready", target.text(),
                        "look at its pods, or choose one of them");
        pod = manifest::keyOf(**chosen);
        podPort = targetPort(*service, **chosen, port);
        if (podPort <= 0 || podPort > 65'535)
            return fail(Error::Code::NotFound, fmt::format("port {} leads to no port of {}", port, pod.text()),
                        target.text(), "choose a port of the service");
    } else if (target.kind != "Pod" || !target.group.empty()) {
        return fail(Error::Code::Unsupported, "ports lead to pods and services only", target.text());
    }
    auto forward = kube::forwardPort(*cluster->client, pod.nameSpace, pod.name, static_cast<unsigned short>(podPort),
                                     localPort, std::move(onProblem), std::move(stop));
    const auto result = forward ? Result<> {} : Result<>(fail(forward.error()));
    record("port-forward", pod.text(), {}, std::to_string(podPort), result, {});
    PH_CHECK(result);
    return std::make_unique<PodForward>(std::move(*forward), std::move(pod));
}

} // namespace core::engine
