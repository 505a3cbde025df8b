// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/git/merge.h"

#include "core/git/support.h"

#include <git2.h>

namespace core::git {

namespace {

git_merge_file_input input(const std::string& text)
{
    git_merge_file_input out = GIT_MERGE_FILE_INPUT_INIT;
    out.ptr = text.data();
    out.size = text.size();
    return out;
}

} // namespace

Result<Merged> mergeTexts(const std::string& base, const std::string& yours, const std::string& theirs)
{
    initialise();
    const auto ancestor = input(base);
    const auto ours = input(yours);
    const auto other = input(theirs);
    git_merge_file_options options = GIT_MERGE_FILE_OPTIONS_INIT;
    options.our_label = "yours";
    options.their_label = "theirs";
    git_merge_file_result result {};
    if (const int code = git_merge_file(&result, &ancestor, &ours, &other, &options); code != 0)
        return fail(lastError(code, "merge the texts"));
    Merged out {std::string(result.ptr, result.len), result.automergeable != 0};
    git_merge_file_result_free(&result);
    return out;
}

} // namespace core::git
