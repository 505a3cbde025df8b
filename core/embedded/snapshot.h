// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"
#include "core/embedded/store.h"
#include "core/kube/client.h"

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace core::embedded {

/// The objects of a cluster, to make an embedded cluster of them (a fork) on which something is rehearsed. They keep
/// their uids, times, versions and status, so that owners find what they own and nothing is made anew.
struct Snapshot
{
    std::string source; ///< where it was taken: a description of the connection
    std::string takenAt {}; ///< when, as RFC 3339; "" where the file does not tell
    std::uint64_t version = 0; ///< not below any object's resourceVersion
    std::vector<manifest::Value> objects; ///< each with apiVersion and kind
    std::map<std::string, std::size_t> leftOut {}; ///< reason -> how many objects
};

enum class Secrets : std::uint8_t {
    Masked, ///< their keys stay, every value is "masked"
    Kept,
};

/// Reads every type that the cluster serves and an embedded cluster can hold. Each type is read at a moment of its own,
/// unless nobody writes meanwhile. Left out, because a cluster makes them by itself or another one has no use for them:
/// events, leases, endpoints, tokens of service accounts, pods that a kubelet keeps from files, and what another API
/// server computes (metrics). Of types that may not be listed, `leftOut` tells.
[[nodiscard]] Result<Snapshot> takeSnapshot(kube::Client& client, Secrets secrets, std::stop_token stop = {});

/// A file of one JSON document a line, the first of which tells what it is; 0600, since it may hold secrets.
[[nodiscard]] Result<> writeSnapshot(const Snapshot& snapshot, const std::filesystem::path& file);
/// InvalidInput with where = "file:line".
[[nodiscard]] Result<Snapshot> readSnapshot(const std::filesystem::path& file);

/// How the objects lie in a store. Those of types that an embedded cluster does not know are counted in `leftOut`.
[[nodiscard]] std::vector<Store::Seed> seedsOf(Snapshot& snapshot);

} // namespace core::embedded
