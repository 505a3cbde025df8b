// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/apps/app_views.h"

#include "ui/apps/app_list_model.h"
#include "ui/base/bidi.h"
#include "ui/base/preferences.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>

namespace ui {

namespace {

constexpr auto kGroup = "apps/views";

QString keyOf(const QString& name)
{
    return QStringLiteral("%1/%2").arg(QLatin1String(kGroup), QString::fromLatin1(name.toUtf8().toHex()));
}

bool isFacet(int value)
{
    return value >= 0 && value < static_cast<int>(AppFilterProxy::kFacets.size());
}

} // namespace

QByteArray toJson(const AppView& view)
{
    QJsonObject facets;
    for (const auto& [facet, values] : view.facets) {
        QJsonArray list;
        for (const std::string& value : values)
            list.append(qs(value));
        facets.insert(QString::number(static_cast<int>(facet)), list);
    }
    QJsonArray sort;
    for (const auto& key : view.sort)
        sort.append(QJsonObject {{QStringLiteral("column"), key.column},
                                 {QStringLiteral("descending"), key.order == Qt::DescendingOrder}});
    QJsonArray hidden;
    for (const int column : view.hidden)
        hidden.append(column);
    return QJsonDocument(QJsonObject {{QStringLiteral("query"), view.query},
                                      {QStringLiteral("facets"), facets},
                                      {QStringLiteral("sort"), sort},
                                      {QStringLiteral("group"), view.group ? static_cast<int>(*view.group) : -1},
                                      {QStringLiteral("hidden"), hidden},
                                      {QStringLiteral("header"), QString::fromLatin1(view.header.toBase64())},
                                      {QStringLiteral("kind"), view.kind}})
        .toJson(QJsonDocument::Compact);
}

std::optional<AppView> appViewFromJson(const QByteArray& json)
{
    const QJsonDocument document = QJsonDocument::fromJson(json);
    if (!document.isObject())
        return std::nullopt;
    const QJsonObject object = document.object();
    AppView view;
    view.query = object.value(QLatin1String("query")).toString();
    const QJsonObject facets = object.value(QLatin1String("facets")).toObject();
    for (auto entry = facets.begin(); entry != facets.end(); ++entry)
        if (isFacet(entry.key().toInt()))
            for (const QJsonValue& value : entry.value().toArray())
                view.facets[static_cast<AppFilterProxy::Facet>(entry.key().toInt())].insert(
                    value.toString().toStdString());
    for (const QJsonValue& value : object.value(QLatin1String("sort")).toArray()) {
        const QJsonObject key = value.toObject();
        view.sort.push_back(
            {key.value(QLatin1String("column")).toInt(),
             key.value(QLatin1String("descending")).toBool() ? Qt::DescendingOrder : Qt::AscendingOrder});
    }
    const int group = object.value(QLatin1String("group")).toInt(-1);
    if (isFacet(group))
        view.group = static_cast<AppFilterProxy::Facet>(group);
    for (const QJsonValue& value : object.value(QLatin1String("hidden")).toArray())
        if (value.toInt() > 0 && value.toInt() < AppListModel::ColumnCount)
            view.hidden.push_back(value.toInt());
    view.header = QByteArray::fromBase64(object.value(QLatin1String("header")).toString().toLatin1());
    view.kind = object.value(QLatin1String("kind")).toInt();
    return view;
}

QStringList appViewNames()
{
    const auto stored = preferences();
    stored->beginGroup(QLatin1String(kGroup));
    QStringList names;
    for (const QString& key : stored->childKeys())
        names.append(QString::fromUtf8(QByteArray::fromHex(key.toLatin1())));
    names.sort(Qt::CaseInsensitive);
    return names;
}

std::optional<AppView> loadAppView(const QString& name)
{
    return appViewFromJson(preferences()->value(keyOf(name)).toByteArray());
}

void saveAppView(const QString& name, const AppView& view)
{
    preferences()->setValue(keyOf(name), toJson(view));
}

void removeAppView(const QString& name)
{
    preferences()->remove(keyOf(name));
}

std::set<core::engine::AppId> loadFavourites()
{
    std::set<core::engine::AppId> favourites;
    for (const QString& text : preferences()->value(QStringLiteral("apps/favourites")).toStringList())
        favourites.insert({text.section(u'/', 0, 0).toStdString(), text.section(u'/', 1).toStdString()});
    return favourites;
}

void saveFavourites(const std::set<core::engine::AppId>& favourites)
{
    QStringList texts;
    for (const auto& app : favourites)
        texts.append(qs(app.nameSpace + "/" + app.name));
    preferences()->setValue(QStringLiteral("apps/favourites"), texts);
}

} // namespace ui
