// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "support/real_cluster.h"

#include <memory>

namespace support {

/// A node of its own for a RealCluster: containerd, runc and the kubelet of `tests/peers/install kubelet`, in folders
/// of the test alone. Its pods must name the node (there is no scheduler), use the host's network (there is no network
/// of the pods) and the images localhost/pod:1 (tests/peers/kubelet/pod) and localhost/shell:1 (bash, vim). The
/// cluster's API server must prefer addresses: --kubelet-preferred-address-types=InternalIP.
class RealKubelet
{
public:
    static constexpr auto kNode = "real-node";

    /// Null where a program or a right of root is missing, or containers cannot run here; whyNot says it.
    [[nodiscard]] static std::unique_ptr<RealKubelet> start(const RealCluster& cluster, QString& whyNot);
    ~RealKubelet(); ///< with every container that is left

private:
    struct Private;
    explicit RealKubelet(std::unique_ptr<Private> d);
    std::unique_ptr<Private> m_d;
};

} // namespace support
