// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/manifest/resource.h"
#include "ui/base/page_id.h"

#include <optional>

namespace ui {

/// A place in the program: a page, and perhaps an object to show in the inspector.
struct DeepLink
{
    PageId page;
    std::optional<core::manifest::ResourceKey> resource;
    friend bool operator==(const DeepLink&, const DeepLink&) = default;
};

/// "tree", "applications": what a page kind is called in links and settings. Never changes.
[[nodiscard]] QLatin1String pageKindName(PageKind kind);

/// "pilothouse://tree/argocd/llm-service?resource=apps/Deployment/ml-serving/llm": the page's kind, namespace and name
/// of the application, ?argument= of the page, ?resource=group/kind/namespace/name. Pages about everything have no
/// path.
[[nodiscard]] QString deepLink(const DeepLink& link);
/// None for any text that is not such a link. Links come from other programs: they open pages, they never change
/// anything.
[[nodiscard]] std::optional<DeepLink> parseDeepLink(const QString& text);

} // namespace ui
