// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/git/signature.h"
#include "core/gitops/project.h"
#include "core/kube/transport.h"

/// What a project asks of sources and of those who write for it (section 6.7, 5.12).
namespace core::gitops {

/// The policy that applies to a repository: the last one whose patterns permit it; null = none.
[[nodiscard]] const SignaturePolicy* signaturePolicyFor(const Project& project, const std::string& repoUrl);
/// Why a source may not be synced, in the words that Argo CD users know; "" = its signatures are as asked.
[[nodiscard]] std::string signatureProblem(const SignaturePolicy& policy, const std::string& revision,
                                           const std::vector<git::SignatureCheck>& checks);

/// The user that syncs to a destination go by: "system:serviceaccount:<namespace>:<name>". NotFound where the project
/// names none for it.
[[nodiscard]] Result<std::string> impersonatedUser(const Project& project, const std::string& server,
                                                   const std::string& nameSpace);
/// Sends every request as another user (Impersonate-User).
[[nodiscard]] kube::TransportPtr impersonating(kube::TransportPtr inner, std::string user);

} // namespace core::gitops
