// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/kube/transport.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace core::embedded {

struct Snapshot;

/// A Kubernetes-shaped cluster in this process: API machinery over a SQLite store, built-in controllers, simulated
/// workloads, traffic and metrics. Survives kill -9. Thread-safe.
class Cluster
{
public:
    struct Options
    {
        std::string name = "embedded";
        std::filesystem::path folder; ///< holds cluster.db, kubeconfig, TLS files; "" = in memory only
        std::shared_ptr<Clock> clock; ///< required
        bool simulate = true; ///< run the controllers and the workload, traffic and metrics simulation
        /// What a new cluster begins with: a fork. Nodes of the snapshot take the place of the simulated ones.
        std::shared_ptr<Snapshot> snapshot {};
    };

    /// Conflict where another process has the same folder open; Io with the path where the database is corrupt;
    /// AlreadyExists where there is a snapshot and the folder holds a cluster.
    [[nodiscard]] static Result<std::unique_ptr<Cluster>> open(Options options);
    ~Cluster(); ///< stops the controllers and the servers, closes the store

    /// A direct call into the API server, as cluster admin.
    [[nodiscard]] kube::TransportPtr transport() const;
    [[nodiscard]] Clock& clock() const;

    /// Serves the API on 127.0.0.1 over TLS with a generated certificate and a random token (port 0: any free one), and
    /// writes a kubeconfig (0600) to the cluster's folder or `kubeconfig`. Returns the URL. Idempotent.
    [[nodiscard]] Result<std::string> serve(unsigned short port = 0, const std::filesystem::path& kubeconfig = {});
    [[nodiscard]] std::filesystem::path kubeconfigPath() const;
    /// Why the last write did not reach the disk; none once a write does.
    [[nodiscard]] std::optional<Error> writeProblem() const;
    /// Answers an HTTP request meant for the simulated Prometheus (/api/v1/query, query_range, labels, series ...) by
    /// evaluating PromQL over the recorded samples. Metric providers reach it through an address like
    /// http://prometheus:9090.
    [[nodiscard]] kube::Response prometheus(const kube::Request& request) const;

private:
    struct Private;
    explicit Cluster(std::unique_ptr<Private> d);
    std::unique_ptr<Private> m_d;
};

} // namespace core::embedded
