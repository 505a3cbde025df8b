// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

namespace core::embedded {

class ApiServer;

/// What keeps the API's own promises on a thread of its own: garbage collection by owner references, emptying of
/// namespaces and custom resource definitions that are being deleted, the default service account of each namespace.
class SystemControllers
{
public:
    explicit SystemControllers(ApiServer& server);
    ~SystemControllers(); ///< stops and joins

    SystemControllers(const SystemControllers&) = delete;
    SystemControllers& operator=(const SystemControllers&) = delete;

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace core::embedded
