// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/apps/app_filter_proxy.h"

#include <QByteArray>
#include <QStringList>

#include <optional>

namespace ui {

/// What the list of applications looks like: kept by name, and the last one for the next start.
struct AppView
{
    QString query;
    std::map<AppFilterProxy::Facet, std::set<std::string>> facets;
    std::vector<AppFilterProxy::SortKey> sort;
    std::optional<AppFilterProxy::Facet> group;
    std::vector<int> hidden; ///< columns
    QByteArray header; ///< order and widths of the columns
    int kind = 0; ///< table, tiles ...
};

[[nodiscard]] QByteArray toJson(const AppView& view);
/// None where the bytes are no view; unknown facets and columns are left out.
[[nodiscard]] std::optional<AppView> appViewFromJson(const QByteArray& json);

[[nodiscard]] QStringList appViewNames();
[[nodiscard]] std::optional<AppView> loadAppView(const QString& name);
void saveAppView(const QString& name, const AppView& view);
void removeAppView(const QString& name);

[[nodiscard]] std::set<core::engine::AppId> loadFavourites();
void saveFavourites(const std::set<core::engine::AppId>& favourites);

} // namespace ui
