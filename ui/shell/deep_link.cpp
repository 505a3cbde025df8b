// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/deep_link.h"

#include "ui/base/bidi.h"

#include <QUrl>
#include <QUrlQuery>

#include <algorithm>
#include <array>

namespace ui {

namespace {

constexpr qsizetype kLongest = 8192;
constexpr QLatin1String kScheme("pilothouse");

QString encoded(const QString& text)
{
    return QString::fromLatin1(QUrl::toPercentEncoding(text));
}

QString encoded(const std::string& text)
{
    return encoded(qs(text));
}

QStringList decoded(const QString& path)
{
    QStringList parts = path.split(u'/');
    for (QString& part : parts)
        part = QUrl::fromPercentEncoding(part.toLatin1());
    return parts;
}

struct KindName
{
    PageKind kind;
    QLatin1String name;
};

constexpr std::array kKinds {
    KindName {PageKind::Applications, QLatin1String("applications")},
    KindName {PageKind::Tree, QLatin1String("tree")},
    KindName {PageKind::Diff, QLatin1String("diff")},
    KindName {PageKind::Plan, QLatin1String("plan")},
    KindName {PageKind::Canary, QLatin1String("canary")},
    KindName {PageKind::Rollouts, QLatin1String("rollouts")},
    KindName {PageKind::Editor, QLatin1String("editor")},
    KindName {PageKind::History, QLatin1String("history")},
    KindName {PageKind::Resources, QLatin1String("resources")},
    KindName {PageKind::Logs, QLatin1String("logs")},
    KindName {PageKind::Journal, QLatin1String("journal")},
    KindName {PageKind::Models, QLatin1String("models")},
    KindName {PageKind::Gpus, QLatin1String("gpus")},
    KindName {PageKind::Problems, QLatin1String("problems")},
    KindName {PageKind::Events, QLatin1String("events")},
    KindName {PageKind::Administration, QLatin1String("administration")},
    KindName {PageKind::Create, QLatin1String("create")},
    KindName {PageKind::ApplicationSets, QLatin1String("applicationsets")},
    KindName {PageKind::Forwards, QLatin1String("forwards")}, // no terminal: a link must not start a program
};

std::optional<PageKind> kindOf(const QString& host)
{
    const auto found = std::ranges::find_if(kKinds, [&](const KindName& one) { return host == one.name; });
    return found == kKinds.end() ? std::nullopt : std::optional(found->kind);
}

} // namespace

QLatin1String pageKindName(PageKind kind)
{
    const auto found = std::ranges::find(kKinds, kind, &KindName::kind);
    return found == kKinds.end() ? QLatin1String("page") : found->name;
}

QString deepLink(const DeepLink& link)
{
    QString text = kScheme + QLatin1String("://") + pageKindName(link.page.kind);
    if (!link.page.app.name.empty())
        text += u'/' + encoded(link.page.app.nameSpace) + u'/' + encoded(link.page.app.name);
    QStringList query;
    if (!link.page.argument.isEmpty())
        query.append(QLatin1String("argument=") + encoded(link.page.argument));
    if (link.resource)
        query.append(QLatin1String("resource=") + encoded(link.resource->group) + u'/' + encoded(link.resource->kind)
                     + u'/' + encoded(link.resource->nameSpace) + u'/' + encoded(link.resource->name));
    return query.isEmpty() ? text : text + u'?' + query.join(u'&');
}

std::optional<DeepLink> parseDeepLink(const QString& text)
{
    if (text.size() > kLongest)
        return std::nullopt;
    const QUrl url(text, QUrl::StrictMode);
    if (!url.isValid() || url.scheme() != kScheme)
        return std::nullopt;
    const auto kind = kindOf(url.host());
    if (!kind)
        return std::nullopt;
    DeepLink link;
    link.page.kind = *kind;
    const QStringList path = decoded(url.path(QUrl::FullyEncoded));
    if (path.size() == 3)
        link.page.app = {path[1].toStdString(), path[2].toStdString()};
    else if (path.size() != 1 && path != QStringList {QString(), QString()})
        return std::nullopt;
    const QUrlQuery query(url);
    link.page.argument = query.queryItemValue(QStringLiteral("argument"), QUrl::FullyDecoded);
    if (query.hasQueryItem(QStringLiteral("resource"))) {
        const QStringList parts = decoded(query.queryItemValue(QStringLiteral("resource"), QUrl::FullyEncoded));
        if (parts.size() != 4)
            return std::nullopt;
        link.resource = core::manifest::ResourceKey {parts[0].toStdString(), parts[1].toStdString(),
                                                     parts[2].toStdString(), parts[3].toStdString()};
    }
    return link;
}

} // namespace ui
