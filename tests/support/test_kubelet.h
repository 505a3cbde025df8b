// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kube/transport.h"

#include <memory>
#include <string>

namespace support {

/// A node with a kubelet, and a scheduler, for the real API server: binds every pod to its one node, makes it Running
/// and Ready at once, ends pods of jobs, lets deleted pods go, and renews the node's lease. Pods are steered as in the
/// embedded cluster, by the annotation (or label) sim.pilothouse.dev/behavior of their template: never-ready,
/// image-pull, crash-loop, fail (of jobs); a tag that holds "nopull" or "crash" does the same, the tag "bad" is never
/// ready. Where `label` is given, pods go by that label instead, as Argo CD's recorded scenarios have it: pending
/// (stays so), crash, succeed, fail; all others run for ever. Answers the API server's questions for logs, with the
/// lines that the embedded cluster's containers would print (core/embedded/sim/logs.h). Stops with the object.
class TestKubelet
{
public:
    explicit TestKubelet(core::kube::TransportPtr transport, std::string nodeName = "node-1", std::string label = {});
    ~TestKubelet();
    TestKubelet(const TestKubelet&) = delete;
    TestKubelet& operator=(const TestKubelet&) = delete;

private:
    struct Private;
    std::unique_ptr<Private> m_d;
};

} // namespace support
