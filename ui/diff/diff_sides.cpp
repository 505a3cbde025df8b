// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/diff/diff_sides.h"

#include "ui/base/bidi.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QUrl>

namespace ui {

using core::engine::AppId;
using core::engine::DiffSide;
using Kind = DiffSide::Kind;

namespace {

constexpr QLatin1String kBetween("...");

QString appText(const DiffSide& side, const AppId& app)
{
    return side.app == app ? QString() : u'@' + qs(side.app.nameSpace) + u'/' + qs(side.app.name);
}

QString sideText(const DiffSide& side, const AppId& app)
{
    if (!side.cluster.empty())
        return QLatin1String("cluster:") + qs(side.cluster);
    switch (side.kind) {
    case Kind::Live:
        return QLatin1String("live") + appText(side, app);
    case Kind::LastApplied:
        return QLatin1String("applied") + appText(side, app);
    case Kind::Revision:
        return QLatin1String("git") + appText(side, app)
            + (side.revision.empty() ? QString() : u':' + qs(side.revision));
    case Kind::Path:
        return QLatin1String("path:") + qs(side.path);
    }
    return {};
}

std::optional<DiffSide> parseSide(const QString& text, const AppId& app)
{
    DiffSide side;
    side.app = app;
    const auto colon = text.indexOf(u':');
    QString head = colon < 0 ? text : text.left(colon);
    const QString tail = colon < 0 ? QString() : text.mid(colon + 1);
    if (const auto at = head.indexOf(u'@'); at >= 0) {
        side.app = {head.mid(at + 1).section(u'/', 0, 0).toStdString(),
                    head.mid(at + 1).section(u'/', 1).toStdString()};
        head.truncate(at);
        if (side.app.name.empty())
            return std::nullopt;
    }
    if (head == QLatin1String("cluster") && !tail.isEmpty()) {
        side.cluster = tail.toStdString();
        return side;
    }
    if (head == QLatin1String("live") && tail.isEmpty())
        side.kind = Kind::Live;
    else if (head == QLatin1String("applied") && tail.isEmpty())
        side.kind = Kind::LastApplied;
    else if (head == QLatin1String("git"))
        side.kind = Kind::Revision;
    else if (head == QLatin1String("path") && !tail.isEmpty())
        side.kind = Kind::Path;
    else
        return std::nullopt;
    (side.kind == Kind::Path ? side.path : side.revision) = tail.toStdString();
    return side;
}

} // namespace

DiffSides usualSides(const AppId& app)
{
    DiffSides sides;
    sides.left.app = sides.right.app = app;
    sides.right.kind = Kind::Revision;
    return sides;
}

std::optional<DiffSides> parseDiffSides(const QString& text, const AppId& app)
{
    if (text.isEmpty())
        return usualSides(app);
    const auto between = text.indexOf(kBetween);
    if (between < 0)
        return std::nullopt;
    const auto left = parseSide(text.left(between), app);
    const auto right = parseSide(text.mid(between + kBetween.size()), app);
    if (!left || !right)
        return std::nullopt;
    return DiffSides {*left, *right};
}

QString diffSidesText(const DiffSides& sides, const AppId& app)
{
    if (sides == usualSides(app))
        return {};
    return sideText(sides.left, app) + kBetween + sideText(sides.right, app);
}

QString sideTitle(const DiffSide& side, const AppId& app, const QString& clusterName)
{
    const auto translate = [](const char* text) { return QCoreApplication::translate("ui::DiffSide", text); };
    QString title;
    if (!side.cluster.empty())
        return translate(QT_TRANSLATE_NOOP("ui::DiffSide", "live in %1"))
            .arg(isolate(clusterName.isEmpty() ? QUrl(qs(side.cluster)).host() : clusterName));
    if (side.revision.starts_with("pull/"))
        return translate(QT_TRANSLATE_NOOP("ui::DiffSide", "pull request %1")).arg(ltr(qs(side.revision.substr(5))));
    switch (side.kind) {
    case Kind::Live:
        title = translate(QT_TRANSLATE_NOOP("ui::DiffSide", "live"));
        break;
    case Kind::LastApplied:
        title = translate(QT_TRANSLATE_NOOP("ui::DiffSide", "last applied"));
        break;
    case Kind::Revision:
        title = ltr(side.revision.empty() ? QStringLiteral("git")
                                          : QStringLiteral("git ")
                            + (side.revision.size() == 40 ? shortRevision(side.revision) : qs(side.revision)));
        break;
    case Kind::Path:
        return ltr(QFileInfo(qs(side.path)).fileName());
    }
    return side.app == app
        ? title
        : translate(QT_TRANSLATE_NOOP("ui::DiffSide", "%1 of %2")).arg(title, isolate(side.app.name));
}

} // namespace ui
