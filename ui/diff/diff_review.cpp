// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/diff_review.h"

#include "core/base/paths.h"
#include "core/base/strings.h"
#include "ui/base/saved_key.h"

#include <boost/json.hpp>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <mutex>
#include <utility>

namespace ui {

using core::manifest::ResourceKey;
using core::manifest::Value;

namespace {

constexpr std::size_t kMostBytes = std::size_t {4} << 20;

std::filesystem::path reviewFile(const core::engine::AppId& app, const std::string& revision)
{
    return core::paths::state() / "reviews"
        / (core::sha256Hex(app.nameSpace + "\n" + app.name + "\n" + revision).substr(0, 32) + ".json");
}

} // namespace

DiffReview loadReview(const core::engine::AppId& app, const std::string& revision)
{
    DiffReview review;
    review.revision = revision;
    const auto content = core::paths::readFile(reviewFile(app, revision), kMostBytes);
    const auto value = content ? core::manifest::parseJson(*content) : core::Result<Value>(Value());
    if (!value || core::manifest::text(*value, {"revision"}) != revision)
        return review;
    for (const auto& entry : core::manifest::array(*value, {"reviewed"}))
        review.reviewed.insert(keyFromSaved(entry));
    for (const auto& entry : core::manifest::array(*value, {"notes"}))
        review.notes[keyFromSaved(entry)] = core::manifest::text(entry, {"note"});
    review.signedBy = core::manifest::text(*value, {"signedBy"});
    review.signedAt = core::manifest::text(*value, {"signedAt"});
    return review;
}

std::uint64_t nextReviewEdition()
{
    static std::atomic<std::uint64_t> last = 0;
    return ++last;
}

core::Result<> saveReview(const core::engine::AppId& app, const DiffReview& review, std::uint64_t edition)
{
    boost::json::array reviewed;
    for (const auto& key : review.reviewed)
        reviewed.push_back(savedKey(key));
    boost::json::array notes;
    for (const auto& [key, note] : review.notes) {
        Value entry = savedKey(key);
        entry.get_object()["note"] = note;
        notes.push_back(std::move(entry));
    }
    const Value value {{"revision", review.revision},
                       {"reviewed", std::move(reviewed)},
                       {"notes", std::move(notes)},
                       {"signedBy", review.signedBy},
                       {"signedAt", review.signedAt}};
    const auto file = reviewFile(app, review.revision);
    static std::mutex mutex;
    static std::map<std::filesystem::path, std::uint64_t> written;
    const std::scoped_lock lock(mutex);
    if (std::exchange(written[file], std::max(edition, written[file])) > edition)
        return {};
    std::error_code ignored; // writing tells what is wrong
    std::filesystem::create_directories(file.parent_path(), ignored);
    return core::paths::writeFileAtomically(file, core::manifest::toJson(value));
}

} // namespace ui
