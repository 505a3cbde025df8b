// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/appset/controller.h"
#include "core/embedded/cluster.h"

#include <map>
#include <memory>
#include <mutex>
#include <thread>

/// An embedded cluster with an ApplicationSet controller, one repository in memory and three registered clusters, as
/// the recordings have them.
class AppsetWorld
{
public:
    explicit AppsetWorld(std::map<std::string, std::string> repository = {});
    ~AppsetWorld();

    void create(const core::manifest::Value& object) const;
    void patch(const std::string& kind, const std::string& name, const core::manifest::Value& patch,
               const std::string& subresource = {}) const;
    void remove(const std::string& kind, const std::string& name) const;
    /// Null where there is none.
    [[nodiscard]] core::manifest::Value get(const std::string& kind, const std::string& name) const;
    /// All Applications by name.
    [[nodiscard]] std::map<std::string, core::manifest::Value> applications() const;
    void setRepository(std::map<std::string, std::string> files);
    void setHttp(core::HttpSend http) { m_http = std::move(http); } ///< before start()
    void start();
    void stop();
    [[nodiscard]] core::appset::ApplicationSetController& controller() const { return *m_controller; }
    [[nodiscard]] core::ScaledClock& clock() const { return *m_clock; }

private:
    [[nodiscard]] core::kube::ResourceType type(const std::string& kind) const;

    std::shared_ptr<core::ScaledClock> m_clock;
    std::unique_ptr<core::embedded::Cluster> m_cluster;
    std::shared_ptr<core::kube::Client> m_client;
    std::shared_ptr<core::kube::Cache> m_cache;
    mutable std::mutex m_mutex;
    core::git::TreePtr m_tree;
    core::HttpSend m_http;
    std::unique_ptr<core::appset::ApplicationSetController> m_controller;
    std::jthread m_thread;
};
