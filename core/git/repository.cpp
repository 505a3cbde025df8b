// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/repository.h"

#include "core/git/support.h"

namespace core::git {

void Repository::Closer::operator()(git_repository* handle) const noexcept
{
    git_repository_free(handle);
}
Repository::Repository(Handle handle)
    : m_handle(std::move(handle))
{
}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Result<Repository> Repository::open(const std::filesystem::path& path)
{
    initialise();
    git_repository* handle = nullptr;
    if (const int code = git_repository_open(&handle, path.c_str()); code != 0) {
        auto error = lastError(code, "open the Git repository", path.string());
        error.hint = code == GIT_EOWNER ? "the folder belongs to another user: add it to Git's safe.directory setting"
                                        : "check that the folder exists and holds a Git repository";
        return fail(std::move(error));
    }
    return Repository(Handle(handle));
}

Result<Repository> Repository::init(const std::filesystem::path& path, const std::string& branch)
{
    initialise();
    git_repository_init_options options;
    git_repository_init_options_init(&options, GIT_REPOSITORY_INIT_OPTIONS_VERSION);
    options.flags = GIT_REPOSITORY_INIT_MKPATH | GIT_REPOSITORY_INIT_NO_REINIT;
    options.initial_head = branch.c_str();
    git_repository* handle = nullptr;
    if (const int code = git_repository_init_ext(&handle, path.c_str(), &options); code != 0)
        return fail(lastError(code, "create a Git repository", path.string()));
    return Repository(Handle(handle));
}

std::filesystem::path Repository::path() const
{
    const char* work = git_repository_workdir(m_handle.get());
    return work != nullptr ? work : git_repository_path(m_handle.get());
}

Result<std::string> Repository::resolve(const std::string& revision) const
{
    auto* repository = m_handle.get();
    const std::string name = revision.empty() ? "HEAD" : revision;
    const auto peel = [&](git_object* object) -> Result<std::string> {
        const ObjectHandle owned(object);
        git_object* commit = nullptr;
        if (const int code = git_object_peel(&commit, object, GIT_OBJECT_COMMIT); code != 0)
            return fail(lastError(code, "revision \"" + name + "\" is not a commit", path().string()));
        const ObjectHandle ownedCommit(commit);
        return hex(*git_object_id(commit));
    };
    for (const std::string& prefix :
         {std::string {}, std::string("refs/heads/"), std::string("refs/tags/"), std::string("refs/remotes/origin/")}) {
        if (prefix.empty() && name != "HEAD" && !name.starts_with("refs/"))
            continue;
        git_object* object = nullptr;
        git_reference* reference = nullptr;
        if (git_reference_lookup(&reference, repository, (prefix + name).c_str()) != 0)
            continue;
        const ReferenceHandle ownedReference(reference);
        git_reference* direct = nullptr;
        if (git_reference_resolve(&direct, reference) != 0)
            continue;
        const ReferenceHandle ownedDirect(direct);
        if (git_object_lookup(&object, repository, git_reference_target(direct), GIT_OBJECT_ANY) == 0)
            return peel(object);
    }
    const bool hexDigits = name.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    if (hexDigits && name.size() >= 7 && name.size() < GIT_OID_HEXSZ) { // as git checkout: a shortened id
        git_oid id;
        git_object* object = nullptr;
        if (git_oid_fromstrn(&id, name.c_str(), name.size()) == 0
            && git_object_lookup_prefix(&object, repository, &id, name.size(), GIT_OBJECT_COMMIT) == 0)
            return peel(object);
    }
    if (name.size() == GIT_OID_HEXSZ) {
        git_oid id;
        git_object* object = nullptr;
        if (git_oid_fromstr(&id, name.c_str()) == 0 && git_object_lookup(&object, repository, &id, GIT_OBJECT_ANY) == 0)
            return peel(object);
    }
    return fail(Error::Code::NotFound,
                "unable to resolve revision \"" + name + "\": no such branch, tag or full commit id", path().string(),
                "check targetRevision, or fetch the repository again");
}

Result<TreePtr> Repository::tree(const std::string& commit) const
{
    return openCommitTree(git_repository_path(m_handle.get()), commit);
}

namespace {

Commit describe(git_commit* commit)
{
    Commit out;
    out.id = hex(*git_commit_id(commit));
    const char* summary = git_commit_summary(commit);
    out.summary = summary != nullptr ? summary : "";
    const char* message = git_commit_message(commit);
    out.message = message != nullptr ? message : "";
    if (const auto* author = git_commit_author(commit)) {
        out.author = {author->name, author->email};
        out.time = std::chrono::sys_seconds(std::chrono::seconds(author->when.time));
    }
    for (unsigned i = 0; i < git_commit_parentcount(commit); ++i)
        out.parents.push_back(hex(*git_commit_parent_id(commit, i)));
    return out;
}

/// The id of what stands at a path of a commit; zero where nothing does.
git_oid entryId(git_commit* commit, const std::string& path)
{
    git_oid id {};
    git_tree* tree = nullptr;
    if (git_commit_tree(&tree, commit) != 0)
        return id;
    const TreeHandle owned(tree);
    if (path.empty())
        return *git_tree_id(tree);
    git_tree_entry* entry = nullptr;
    if (git_tree_entry_bypath(&entry, tree, path.c_str()) == 0) {
        id = *git_tree_entry_id(entry);
        git_tree_entry_free(entry);
    }
    return id;
}

} // namespace

Result<Commit> Repository::commit(const std::string& id) const
{
    PH_TRY(const CommitHandle handle, lookupCommit(m_handle.get(), id));
    return describe(handle.get());
}

Result<std::vector<Commit>> Repository::log(const std::string& from, std::size_t limit, const std::string& below) const
{
    PH_TRY(const std::string start, resolve(from));
    PH_TRY(CommitHandle at, lookupCommit(m_handle.get(), start));
    std::vector<Commit> commits;
    while (commits.size() < limit) {
        git_commit* parent = nullptr;
        const bool hasParent = git_commit_parentcount(at.get()) > 0 && git_commit_parent(&parent, at.get(), 0) == 0;
        CommitHandle next(parent);
        const git_oid here = entryId(at.get(), below);
        const git_oid before = hasParent ? entryId(parent, below) : git_oid {};
        if (below.empty() || git_oid_cmp(&here, &before) != 0)
            commits.push_back(describe(at.get()));
        if (!hasParent)
            break;
        at = std::move(next);
    }
    return commits;
}

Result<std::vector<Branch>> Repository::branches() const
{
    git_branch_iterator* iterator = nullptr;
    if (const int code = git_branch_iterator_new(&iterator, m_handle.get(), GIT_BRANCH_LOCAL); code != 0)
        return fail(lastError(code, "list the branches", path().string()));
    const std::unique_ptr<git_branch_iterator, Freer<git_branch_iterator, git_branch_iterator_free>> owned(iterator);
    std::vector<Branch> out;
    git_reference* reference = nullptr;
    git_branch_t type {};
    while (git_branch_next(&reference, &type, iterator) == 0) {
        const ReferenceHandle handle(reference);
        const char* name = nullptr;
        if (git_branch_name(&name, reference) == 0 && git_reference_target(reference) != nullptr)
            out.push_back({name, hex(*git_reference_target(reference))});
    }
    std::sort(out.begin(), out.end(), [](const Branch& a, const Branch& b) { return a.name < b.name; });
    return out;
}

Result<std::vector<std::string>> Repository::tags() const
{
    git_strarray names {};
    if (const int code = git_tag_list(&names, m_handle.get()); code != 0)
        return fail(lastError(code, "list the tags", path().string()));
    std::vector<std::string> out(names.strings, names.strings + names.count);
    git_strarray_dispose(&names);
    return out;
}

} // namespace core::git
