// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/support.h"

namespace core::git {

namespace {

/// Moves the branch to a new commit on top of `parent`, refusing where somebody else moved it meanwhile.
Result<std::string> commitTree(git_repository* repository, const std::string& branch, const std::string& parent,
                               git_tree* tree, const std::string& message, const Signature& author,
                               std::optional<std::chrono::sys_seconds> time)
{
    git_signature* signature = nullptr;
    const int made = time
        ? git_signature_new(&signature, author.name.c_str(), author.email.c_str(), time->time_since_epoch().count(), 0)
        : git_signature_now(&signature, author.name.c_str(), author.email.c_str());
    if (made != 0)
        return fail(lastError(made, "use \"" + author.name + " <" + author.email + ">\" as the author"));
    const SignatureHandle ownedSignature(signature);
    CommitHandle parentCommit;
    if (!parent.empty()) {
        PH_TRY(parentCommit, lookupCommit(repository, parent));
    }
    const git_commit* parents[] = {parentCommit.get()}; // NOLINT(modernize-avoid-c-arrays)
    git_oid id;
    int code = git_commit_create(&id, repository, nullptr, signature, signature, nullptr, message.c_str(), tree,
                                 parentCommit ? 1 : 0, parentCommit ? parents : nullptr);
    if (code != 0)
        return fail(lastError(code, "write the commit", git_repository_path(repository)));
    const std::string name = "refs/heads/" + branch;
    git_reference* reference = nullptr;
    if (parent.empty()) {
        code = git_reference_create(&reference, repository, name.c_str(), &id, 0, "commit (initial)");
    } else {
        PH_TRY(const git_oid expected, parseId(parent));
        code = git_reference_create_matching(&reference, repository, name.c_str(), &id, 1, &expected,
                                             ("commit: " + message).c_str());
    }
    if (code != 0) {
        auto error = lastError(code, "move branch " + branch, git_repository_path(repository));
        if (error.code == Error::Code::AlreadyExists || code == GIT_EMODIFIED || code == GIT_ENOTFOUND)
            error = {Error::Code::Conflict, "branch " + branch + " moved meanwhile", git_repository_path(repository),
                     "look at the new commits, then save again"};
        return fail(std::move(error));
    }
    git_reference_free(reference);
    return hex(id);
}

/// Lets a checked-out work tree follow its branch: files that were edited by hand meanwhile stay as they are.
void followInWorkTree(git_repository* repository, const std::string& branch, git_tree* before, git_tree* after)
{
    if (git_repository_is_bare(repository) != 0)
        return;
    git_reference* head = nullptr;
    if (git_reference_lookup(&head, repository, "HEAD") != 0)
        return;
    const ReferenceHandle owned(head);
    const char* target = git_reference_symbolic_target(head);
    if (target == nullptr || std::string(target) != "refs/heads/" + branch)
        return;
    git_checkout_options options;
    git_checkout_options_init(&options, GIT_CHECKOUT_OPTIONS_VERSION);
    options.checkout_strategy = GIT_CHECKOUT_SAFE | GIT_CHECKOUT_RECREATE_MISSING | GIT_CHECKOUT_ALLOW_CONFLICTS;
    options.baseline = before;
    // A failure leaves the work tree behind the branch, as `git status` will show; the commit itself stands.
    git_checkout_tree(repository, reinterpret_cast<const git_object*>(after), &options);
}

} // namespace

Result<std::string> Repository::commitFiles(const std::string& branch, const std::string& expectedParent,
                                            const Overlay& changes, const std::string& message, const Signature& author,
                                            std::optional<std::chrono::sys_seconds> time)
{
    auto* repository = m_handle.get();
    TreeHandle base;
    if (!expectedParent.empty()) {
        PH_TRY(const CommitHandle parent, lookupCommit(repository, expectedParent));
        git_tree* tree = nullptr;
        if (const int code = git_commit_tree(&tree, parent.get()); code != 0)
            return fail(lastError(code, "read the tree of " + expectedParent, path().string()));
        base.reset(tree);
    } else {
        git_oid empty;
        git_treebuilder* builder = nullptr;
        git_tree* tree = nullptr;
        int code = git_treebuilder_new(&builder, repository, nullptr);
        if (code == 0)
            code = git_treebuilder_write(&empty, builder);
        git_treebuilder_free(builder);
        if (code == 0)
            code = git_tree_lookup(&tree, repository, &empty);
        if (code != 0)
            return fail(lastError(code, "start an empty tree", path().string()));
        base.reset(tree);
    }
    std::vector<git_tree_update> updates;
    std::vector<std::string> names; // keeps the texts that the updates point to
    names.reserve(changes.files.size() + changes.deleted.size());
    for (const auto& [file, text] : changes.files) {
        PH_TRY(std::string normal, normalPath(file));
        if (normal.empty())
            return fail(Error::Code::InvalidInput, "a file needs a name", file);
        names.push_back(std::move(normal));
        git_tree_update update {};
        update.action = GIT_TREE_UPDATE_UPSERT;
        update.filemode = GIT_FILEMODE_BLOB;
        update.path = names.back().c_str();
        git_tree_entry* entry = nullptr;
        if (git_tree_entry_bypath(&entry, base.get(), update.path) == 0) {
            if (git_tree_entry_filemode(entry) == GIT_FILEMODE_BLOB_EXECUTABLE)
                update.filemode = GIT_FILEMODE_BLOB_EXECUTABLE;
            git_tree_entry_free(entry);
        }
        if (const int code = git_blob_create_from_buffer(&update.id, repository, text.data(), text.size()); code != 0)
            return fail(lastError(code, "write the file", file));
        updates.push_back(update);
    }
    for (const auto& file : changes.deleted) {
        PH_TRY(std::string normal, normalPath(file));
        names.push_back(std::move(normal));
        git_tree_update update {};
        update.action = GIT_TREE_UPDATE_REMOVE;
        update.path = names.back().c_str();
        updates.push_back(update);
    }
    git_oid treeId;
    if (const int code = git_tree_create_updated(&treeId, repository, base.get(), updates.size(), updates.data());
        code != 0)
        return fail(lastError(code, "write the tree", path().string()));
    git_tree* tree = nullptr;
    if (const int code = git_tree_lookup(&tree, repository, &treeId); code != 0)
        return fail(lastError(code, "read the new tree", path().string()));
    const TreeHandle ownedTree(tree);
    PH_TRY(std::string id, commitTree(repository, branch, expectedParent, tree, message, author, time));
    followInWorkTree(repository, branch, base.get(), tree);
    return id;
}

Result<std::string> Repository::revert(const std::string& branch, const std::string& commitId, const Signature& author)
{
    auto* repository = m_handle.get();
    PH_TRY(const std::string tip, resolve("refs/heads/" + branch));
    PH_TRY(const CommitHandle ours, lookupCommit(repository, tip));
    PH_TRY(const CommitHandle theirs, lookupCommit(repository, commitId));
    git_merge_options options;
    git_merge_options_init(&options, GIT_MERGE_OPTIONS_VERSION);
    git_index* index = nullptr;
    const unsigned mainline = git_commit_parentcount(theirs.get()) > 1 ? 1 : 0;
    if (const int code = git_revert_commit(&index, repository, theirs.get(), ours.get(), mainline, &options); code != 0)
        return fail(lastError(code, "revert " + commitId.substr(0, 7), path().string()));
    const IndexHandle owned(index);
    if (git_index_has_conflicts(index) != 0)
        return fail(Error::Code::Conflict, "revert " + commitId.substr(0, 7) + ": later commits changed the same lines",
                    path().string(), "edit the files by hand");
    git_oid treeId;
    if (const int code = git_index_write_tree_to(&treeId, index, repository); code != 0)
        return fail(lastError(code, "write the reverted tree", path().string()));
    git_tree* tree = nullptr;
    git_tree* before = nullptr;
    if (const int code = git_tree_lookup(&tree, repository, &treeId); code != 0)
        return fail(lastError(code, "read the reverted tree", path().string()));
    const TreeHandle ownedTree(tree);
    if (const int code = git_commit_tree(&before, ours.get()); code != 0)
        return fail(lastError(code, "read the tree of " + tip, path().string()));
    const TreeHandle ownedBefore(before);
    const char* summary = git_commit_summary(theirs.get());
    const std::string message =
        "Revert \"" + std::string(summary != nullptr ? summary : "") + "\"\n\nThis reverts commit " + commitId + ".\n";
    PH_TRY(std::string id, commitTree(repository, branch, tip, tree, message, author, {}));
    followInWorkTree(repository, branch, before, tree);
    return id;
}

Result<> Repository::createBranch(const std::string& name, const std::string& commitId)
{
    PH_TRY(const CommitHandle target, lookupCommit(m_handle.get(), commitId));
    git_reference* reference = nullptr;
    if (const int code = git_branch_create(&reference, m_handle.get(), name.c_str(), target.get(), 0); code != 0)
        return fail(lastError(code, "create branch " + name, path().string()));
    git_reference_free(reference);
    return {};
}

} // namespace core::git
