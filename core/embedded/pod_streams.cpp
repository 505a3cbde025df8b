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

/// tailLines and since of a request for a log; `limit` are the most bytes.
ApiResult<> readLogOptions(const ApiRequest& request, const ResourceInfo& pods, TimePoint now,
                           ApiServer::LogRequest& out, std::optional<std::int64_t>& limit)
{
    Causes causes;
    const auto read = [&](const char* name, std::int64_t least, const char* why,
                          std::optional<std::int64_t>& to) -> ApiResult<> {
        API_TRY(to, request.integer(name));
        if (to && *to < least)
            causes.push_back(invalidValue(name, *to, why));
        return {};
    };
    std::optional<std::int64_t> seconds;
    API_CHECK(read("tailLines", 0, "must be greater than or equal to 0", out.tailLines));
    API_CHECK(read("limitBytes", 1, "must be greater than 0", limit));
    const auto sinceTime = request.parameter("sinceTime");
    if (!sinceTime.empty() && request.has("sinceSeconds")) {
        causes.push_back(
            {"FieldValueForbidden", "Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified", ""});
    } else {
        API_CHECK(read("sinceSeconds", 1, "must be greater than 0", seconds));
        if (seconds)
            out.since = now - std::chrono::seconds(std::min<std::int64_t>(*seconds, 1'000'000'000));
    }
    if (!sinceTime.empty()) {
        const auto time = parseRfc3339(sinceTime);
        if (!time)
            return badRequest(
                fmt::format("parsing time \"{}\" as \"2006-01-02T15:04:05Z07:00\": cannot parse it", sinceTime));
        out.since = *time;
    }
    if (causes.empty())
        return {};
    auto options = pods;
    options.kind = "PodLogOptions";
    return invalid(options, request.name, std::move(causes));
}

} // namespace

ApiResult<kube::Response> ApiServer::Private::logsOf(const ApiRequest& request,
                                                     const std::function<bool(std::string_view)>& onText,
                                                     std::stop_token stop) const
{
    const auto info = registry()->find("", "v1", "pods");
    LogRequest options;
    std::optional<std::int64_t> limit;
    API_CHECK(readLogOptions(request, *info, clock->now(), options, limit));
    API_TRY(const auto pod, load(*info, request));
    options.nameSpace = request.nameSpace;
    options.pod = request.name;
    API_TRY(options.container, containerOf(request, pod->value()));
    options.follow = request.flag("follow") && onText;
    options.previous = request.flag("previous");
    options.timestamps = request.flag("timestamps");
    LogSource source;
    {
        const std::lock_guard lock(mutex);
        source = logs;
    }
    kube::Response response {200, {{"content-type", "text/plain"}}, {}};
    if (!source || manifest::text(pod->value(), {"spec", "nodeName"}).empty())
        return response;
    const auto take = [&](std::string_view text) {
        if (limit)
            text = text.substr(0, static_cast<std::size_t>(*limit));
        if (!onText)
            response.body += text;
        else if (!onText(text))
            return false;
        if (limit)
            *limit -= static_cast<std::int64_t>(text.size());
        return !limit || *limit > 0;
    };
    const auto done = source(options, take, std::move(stop));
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
