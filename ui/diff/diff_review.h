// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace ui {

/// What a person has looked at in one revision of an application, what they noted, and their word on the whole.
struct DiffReview
{
    std::string revision;
    std::set<core::manifest::ResourceKey> reviewed;
    std::map<core::manifest::ResourceKey, std::string> notes;
    std::string signedBy; ///< "" = not signed off
    std::string signedAt; ///< RFC 3339
    friend bool operator==(const DiffReview&, const DiffReview&) = default;
};

/// Higher at each call.
[[nodiscard]] std::uint64_t nextReviewEdition();

/// Reviews in the state folder, a file per application and revision. Functions touch the disk: call them from a worker.
[[nodiscard]] DiffReview loadReview(const core::engine::AppId& app, const std::string& revision);
/// Of several that are being saved at once, on whatever threads, the one with the highest edition stays.
[[nodiscard]] core::Result<> saveReview(const core::engine::AppId& app, const DiffReview& review,
                                        std::uint64_t edition = nextReviewEdition());

} // namespace ui
