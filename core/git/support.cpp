// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/support.h"

#include <array>

namespace core::git {

namespace {

Error::Code codeOf(int code, int klass)
{
    switch (code) {
    case GIT_ENOTFOUND:
        return Error::Code::NotFound;
    case GIT_EEXISTS:
        return Error::Code::AlreadyExists;
    case GIT_EAMBIGUOUS:
    case GIT_EINVALIDSPEC:
        return Error::Code::InvalidInput;
    case GIT_EAUTH:
    case GIT_ECERTIFICATE:
        return Error::Code::Unauthorized;
    case GIT_EMODIFIED:
    case GIT_ECONFLICT:
    case GIT_EMERGECONFLICT:
    case GIT_ENONFASTFORWARD:
    case GIT_ELOCKED:
        return Error::Code::Conflict;
    case GIT_EUSER:
        return Error::Code::Cancelled;
    case GIT_EOWNER:
        return Error::Code::Forbidden;
    default:
        break;
    }
    if (klass == GIT_ERROR_NET || klass == GIT_ERROR_HTTP || klass == GIT_ERROR_SSH || klass == GIT_ERROR_SSL)
        return Error::Code::Unavailable;
    return Error::Code::Io;
}

} // namespace

Error lastError(int code, std::string_view attempt, std::string where)
{
    const git_error* error = git_error_last();
    const int klass = error != nullptr ? error->klass : 0;
    Error result {codeOf(code, klass), std::string(attempt), std::move(where)};
    if (error != nullptr && error->message != nullptr)
        result.message += std::string(": ") + error->message;
    return result;
}

void initialise()
{
    static const int kStarted = git_libgit2_init();
    (void)kStarted;
}

std::string hex(const git_oid& id)
{
    std::array<char, GIT_OID_HEXSZ + 1> text {};
    git_oid_tostr(text.data(), text.size(), &id);
    return text.data();
}

Result<git_oid> parseId(const std::string& hex)
{
    git_oid id;
    if (hex.size() != GIT_OID_HEXSZ || git_oid_fromstr(&id, hex.c_str()) != 0)
        return fail(Error::Code::InvalidInput, "\"" + hex + "\" is not a full commit id");
    return id;
}

Result<CommitHandle> lookupCommit(git_repository* repository, const std::string& id)
{
    PH_TRY(const git_oid oid, parseId(id));
    git_commit* commit = nullptr;
    if (const int code = git_commit_lookup(&commit, repository, &oid); code != 0)
        return fail(lastError(code, "read commit " + id, git_repository_path(repository)));
    return CommitHandle(commit);
}

} // namespace core::git
