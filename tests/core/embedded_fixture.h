// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/embedded/cluster.h"
#include "core/manifest/resource.h"
#include "core/manifest/yaml.h"

#include <QtTest>

#include <boost/json.hpp>

/// An embedded cluster without simulation, and short words to speak to it.
struct ApiFixture
{
    std::shared_ptr<core::ManualClock> clock =
        std::make_shared<core::ManualClock>(*core::parseRfc3339("2026-03-01T10:00:00Z"));
    std::unique_ptr<core::embedded::Cluster> cluster;

    explicit ApiFixture(const std::filesystem::path& folder = {})
    {
        core::embedded::Cluster::Options options;
        options.folder = folder;
        options.clock = clock;
        options.simulate = false;
        auto opened = core::embedded::Cluster::open(options);
        if (!opened)
            qFatal("%s", opened.error().text().c_str());
        cluster = std::move(*opened);
    }

    struct Answer
    {
        int status = 0;
        core::manifest::Value body;
        core::kube::Response raw;
        [[nodiscard]] std::string text(core::manifest::Path path) const
        {
            return std::string(core::manifest::text(body, path));
        }
        [[nodiscard]] std::int64_t number(core::manifest::Path path) const
        {
            return core::manifest::integer(body, path).value_or(-1);
        }
        [[nodiscard]] bool has(core::manifest::Path path) const { return core::manifest::find(body, path) != nullptr; }
    };

    Answer send(const std::string& method, const std::string& path, const std::string& body = {},
                const std::string& type = "application/json", const std::string& accept = {}) const
    {
        core::kube::Request request;
        request.method = method;
        request.path = path;
        request.body = body;
        if (!body.empty())
            request.headers.emplace_back("Content-Type", type);
        if (!accept.empty())
            request.headers.emplace_back("Accept", accept);
        request.headers.emplace_back("User-Agent", "tester/1");
        const auto response = cluster->transport()->send(request, {});
        if (!response)
            qFatal("%s", response.error().text().c_str());
        Answer answer {response->status, {}, *response};
        if (auto parsed = core::manifest::parseJson(response->body))
            answer.body = std::move(*parsed);
        return answer;
    }
    Answer get(const std::string& path) const { return send("GET", path); }
    Answer post(const std::string& path, const std::string& yaml) const
    {
        return send("POST", path, yaml, "application/yaml");
    }
    Answer patch(const std::string& path, const std::string& json, const std::string& kind = "merge-patch+json") const
    {
        return send("PATCH", path, json, "application/" + kind);
    }
};
