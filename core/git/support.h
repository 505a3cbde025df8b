// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Inside the room only: libgit2's handles and errors.

#include "core/git/repository.h"

#include <git2.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace core::git {

/// libgit2's last error is per thread and the next call overwrites it: take it on the line after the call.
[[nodiscard]] Error lastError(int code, std::string_view attempt, std::string where = {});
/// Starts libgit2 once for the process.
void initialise();

template<class T, void (*freeFunction)(T*)>
struct Freer
{
    void operator()(T* handle) const noexcept { freeFunction(handle); }
};
using RepositoryHandle = std::unique_ptr<git_repository, Freer<git_repository, git_repository_free>>;
using ObjectHandle = std::unique_ptr<git_object, Freer<git_object, git_object_free>>;
using TreeHandle = std::unique_ptr<git_tree, Freer<git_tree, git_tree_free>>;
using TreeEntryHandle = std::unique_ptr<git_tree_entry, Freer<git_tree_entry, git_tree_entry_free>>;
using BlobHandle = std::unique_ptr<git_blob, Freer<git_blob, git_blob_free>>;
using CommitHandle = std::unique_ptr<git_commit, Freer<git_commit, git_commit_free>>;
using ReferenceHandle = std::unique_ptr<git_reference, Freer<git_reference, git_reference_free>>;
using RemoteHandle = std::unique_ptr<git_remote, Freer<git_remote, git_remote_free>>;
using IndexHandle = std::unique_ptr<git_index, Freer<git_index, git_index_free>>;
using ConfigHandle = std::unique_ptr<git_config, Freer<git_config, git_config_free>>;
using SignatureHandle = std::unique_ptr<git_signature, Freer<git_signature, git_signature_free>>;
using DiffHandle = std::unique_ptr<git_diff, Freer<git_diff, git_diff_free>>;
using RevwalkHandle = std::unique_ptr<git_revwalk, Freer<git_revwalk, git_revwalk_free>>;

[[nodiscard]] std::string hex(const git_oid& id);
[[nodiscard]] Result<git_oid> parseId(const std::string& hex);
[[nodiscard]] Result<CommitHandle> lookupCommit(git_repository* repository, const std::string& id);
[[nodiscard]] Result<TreePtr> openCommitTree(const std::filesystem::path& repository, const std::string& commit);

inline constexpr std::size_t kMaxFileBytes = std::size_t {64} << 20;

} // namespace core::git
