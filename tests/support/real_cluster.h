// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/transport.h"
#include "support/kubectl.h"

#include <memory>
#include <string>
#include <vector>

namespace support {

/// A port on loopback that was free a moment ago.
[[nodiscard]] unsigned short freePort();

/// A control plane of its own on loopback, at ports that the kernel chose, gone with this object: Debian's etcd, and
/// the kube-apiserver and kube-controller-manager of `tests/peers/install kubernetes`. RBAC is on; admin is in
/// system:masters. There is no scheduler and no kubelet: start a TestKubelet (test_kubelet.h) where pods have to run.
///
///     void initTestCase()
///     {
///         QString whyNot;
///         m_real = support::RealCluster::start(whyNot);
///         if (!m_real)
///             QSKIP(qPrintable(whyNot));
///     }
///
/// A test lists `support/real_cluster.cpp` (and `support/test_kubelet.cpp`) among its SOURCES and links core_embedded.
/// It takes about ten seconds and 500 MB: start one for a whole executable.
class RealCluster
{
public:
    struct Options
    {
        /// kube-controller-manager's --controllers; "" = do not run it.
        QString controllers = "*,-node-ipam-controller,-node-route-controller,-cloud-node-lifecycle-controller,"
                              "-service-lb-controller";
        QStringList apiServerArguments {}; ///< more of them
    };

    /// Null where a program is missing (whyNot says which and how to get it) or does not get ready in a minute.
    [[nodiscard]] static std::unique_ptr<RealCluster> start(QString& whyNot);
    [[nodiscard]] static std::unique_ptr<RealCluster> start(QString& whyNot, const Options& options);
    ~RealCluster();

    [[nodiscard]] QString url() const;
    [[nodiscard]] QString kubeconfig() const; ///< path; its one context is admin
    [[nodiscard]] QString folder() const; ///< for files of the test; logs lie here as PROGRAM.log
    [[nodiscard]] Kubectl kubectl() const; ///< of the same version as the servers
    /// A new libcurl transport with the kubeconfig's access.
    [[nodiscard]] core::kube::TransportPtr transport() const;
    /// The CustomResourceDefinitions that the embedded cluster has, Argo CD's among them, served when it returns.
    [[nodiscard]] core::Result<> installDefinitions() const;

private:
    struct Private;
    explicit RealCluster(std::unique_ptr<Private> d);
    std::unique_ptr<Private> m_d;
};

} // namespace support
