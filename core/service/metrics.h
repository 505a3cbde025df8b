// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/clock.h"
#include "core/kube/cache.h"

#include <map>
#include <mutex>
#include <set>
#include <string>

namespace core::service {

/// Counts what the controllers do, and prints it in Prometheus' text format, under Argo CD's names where it has one.
/// Thread-safe.
class Metrics
{
public:
    using Labels = std::map<std::string, std::string>;
    void count(const std::string& name, const Labels& labels, double by = 1);
    /// Adds to NAME_sum and NAME_count.
    void observe(const std::string& name, const Labels& labels, Duration took);
    void set(const std::string& name, const Labels& labels, double value);
    /// With the gauges argocd_app_info and argocd_appset_info of the cached objects.
    [[nodiscard]] std::string text(const kube::Cache& cache) const;

private:
    mutable std::mutex m_mutex;
    std::map<std::string, std::map<std::string, double>> m_values; ///< name -> labels as printed -> value
    std::set<std::string> m_gauges;
};

} // namespace core::service
