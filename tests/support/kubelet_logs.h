// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/cache.h"

#include <functional>
#include <memory>
#include <string>

namespace support {

/// The part of a kubelet that an API server asks for logs: GET /containerLogs/NAMESPACE/POD/CONTAINER over TLS on
/// 127.0.0.1. Nobody has to say who he is. What containers say is invented as in the embedded cluster.
class KubeletLogs
{
public:
    using Pods = std::function<core::kube::ObjectPtr(const std::string& nameSpace, const std::string& name)>;

    explicit KubeletLogs(Pods pods); ///< asked on any thread
    ~KubeletLogs(); ///< ends followed logs and joins
    [[nodiscard]] unsigned short port() const;

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace support
