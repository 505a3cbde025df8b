// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/embedded/cluster.h"
#include "core/kube/client.h"
#include "core/kube/url.h"
#include "core/manifest/resource.h"
#include "core/manifest/yaml.h"

#include <QTest>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace sim_stage {

using namespace core;
using manifest::Value;

/// A cluster on a manual clock, and time that passes while a condition is waited for.
struct Stage
{
    std::shared_ptr<ManualClock> clock = std::make_shared<ManualClock>(TimePoint(std::chrono::seconds(1'780'000'000)));
    std::unique_ptr<embedded::Cluster> cluster;
    std::unique_ptr<kube::Client> client;

    Stage()
    {
        embedded::Cluster::Options options;
        options.clock = clock;
        cluster = embedded::Cluster::open(options).value();
        client = std::make_unique<kube::Client>(cluster->transport());
    }
    bool until(const std::function<bool()>& condition, int seconds = 120)
    {
        for (int i = 0; i < seconds; ++i) {
            for (int look = 0; look < 10; ++look) {
                if (condition())
                    return true;
                QTest::qWait(2);
            }
            clock->advance(std::chrono::seconds(1));
        }
        return condition();
    }
    void create(const std::string& yaml) const
    {
        const auto documents = manifest::parseYaml(yaml, "test");
        if (!documents)
            qFatal("%s", documents.error().message.c_str());
        for (const auto& document : *documents) {
            if (const auto created = client->create(document.value); !created)
                qFatal("%s", created.error().text().c_str());
        }
    }
    [[nodiscard]] Value get(const std::string& apiVersion, const std::string& kind, const std::string& name) const
    {
        const auto object = client->get(*client->resolve(apiVersion, kind), "default", name);
        return object ? *object : Value(nullptr);
    }
    [[nodiscard]] std::vector<Value> pods(const std::string& selector) const
    {
        kube::ListOptions options;
        options.labelSelector = selector;
        return client->list(*client->resolve("v1", "Pod"), "default", options).value().items;
    }
    void patch(const std::string& apiVersion, const std::string& kind, const std::string& name,
               const std::string& json) const
    {
        const auto done = client->patch(*client->resolve(apiVersion, kind), "default", name, kube::PatchType::Merge,
                                        *manifest::parseJson(json));
        if (!done)
            qFatal("%s", done.error().text().c_str());
    }
    [[nodiscard]] std::string query(const std::string& promql) const
    {
        kube::Request request;
        request.path = "/api/v1/query?query=" + kube::percentEncode(promql);
        const auto parsed = manifest::parseJson(cluster->prometheus(request).body);
        return std::string(manifest::text(*parsed, {"data", "result", "0", "value", "1"}));
    }
};

inline std::string deployment(const std::string& name, int replicas, const std::string& image,
                              const std::string& more = {})
{
    return fmt::format(R"(
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {0}, namespace: default}}
spec:
  replicas: {1}
  progressDeadlineSeconds: 60
  selector: {{matchLabels: {{app: {0}}}}}
  template:
    metadata: {{labels: {{app: {0}}}{3}}}
    spec:
      containers:
      - {{name: main, image: "{2}", resources: {{limits: {{nvidia.com/gpu: 1}}}}}}
)",
                       name, replicas, image, more);
}

inline std::string reasonOf(const Value& object, std::string_view type)
{
    for (const auto& condition : manifest::array(object, {"status", "conditions"})) {
        if (manifest::text(condition, {"type"}) == type)
            return std::string(manifest::text(condition, {"reason"}));
    }
    return {};
}

} // namespace sim_stage
