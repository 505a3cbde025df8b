// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
// What an API server has a kubelet answer: logs, and programs and ports of containers.
#include "core/embedded/api_server_p.h"
#include "core/manifest/resource.h"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace core::embedded {

using manifest::Value;

namespace {

/// The container that a request names, or the only one.
ApiResult<std::string> containerOf(const ApiRequest& request, const Value& pod)
{
    std::string container(request.parameter("container"));
    std::vector<std::string> names;
    for (const auto* key : {"containers", "initContainers"})
        for (const auto& entry : manifest::array(pod, {"spec", key}))
            names.emplace_back(manifest::text(entry, {"name"}));
    const auto count = manifest::array(pod, {"spec", "containers"}).size();
    if (container.empty() && count > 1)
        return badRequest(
            fmt::format("a container name must be specified for pod {}, choose one of: [{}]", request.name,
                        fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count), " ")));
    if (container.empty() && count == 1)
        container = names.front();
    if (std::find(names.begin(), names.end(), container) == names.end())
        return badRequest(fmt::format("container {} is not valid for pod {}", container, request.name));
    return container;
}

} // namespace

ApiResult<kube::Response> ApiServer::Private::logsOf(const ApiRequest& request,
                                                     const std::function<bool(std::string_view)>& onText,
                                                     std::stop_token stop) const
{
    const auto info = registry()->find("", "v1", "pods");
    API_TRY(const auto pod, load(*info, request));
    LogRequest options;
    options.nameSpace = request.nameSpace;
    options.pod = request.name;
    API_TRY(options.container, containerOf(request, pod->value()));
    for (const auto* key : {"containerStatuses", "initContainerStatuses"})
        for (const auto& status : manifest::array(pod->value(), {"status", key}))
            if (manifest::text(status, {"name"}) == options.container && !request.flag("previous"))
                if (const auto* waiting = manifest::find(status, {"state", "waiting"});
                    waiting != nullptr && manifest::find(status, {"lastState", "terminated"}) == nullptr)
                    return badRequest(fmt::format("container \"{}\" in pod \"{}\" is waiting to start: {}",
                                                  options.container, request.name,
                                                  manifest::text(*waiting, {"reason"})));
    options.follow = request.flag("follow") && onText;
    options.previous = request.flag("previous");
    options.timestamps = request.flag("timestamps");
    API_TRY(options.tailLines, request.integer("tailLines"));
    API_TRY(options.sinceSeconds, request.integer("sinceSeconds"));
    API_TRY(options.limitBytes, request.integer("limitBytes"));
    LogSource source;
    {
        const std::lock_guard lock(mutex);
        source = logs;
    }
    kube::Response response {200, {{"content-type", "text/plain"}}, {}};
    if (!source)
        return response;
    const auto collect = [&](std::string_view text) {
        response.body += text;
        return true;
    };
    const auto done =
        source(options, onText ? onText : std::function<bool(std::string_view)>(collect), std::move(stop));
    if (!done)
        return badRequest(done.error().message);
    return response;
}

ApiResult<kube::Response> ApiServer::Private::connect(const ApiRequest& request, const ResourcePtr& info) const
{
    API_TRY(const auto object, load(*info, request));
    if (info->table == "/pods" && (request.subresource == "exec" || request.subresource == "attach")) {
        API_CHECK(containerOf(request, object->value()));
        if (manifest::text(object->value(), {"spec", "nodeName"}).empty())
            return badRequest(fmt::format("pod {} does not have a host assigned", request.name));
        if (request.subresource == "exec" && request.parameter("command").empty())
            return badRequest("you must specify at least 1 command for the container");
    }
    return internalError("error dialing backend: the containers of an embedded cluster are simulated, nothing runs in "
                         "them and nothing listens");
}

} // namespace core::embedded
