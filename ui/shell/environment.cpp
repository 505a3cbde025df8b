// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/environment.h"

#include "core/engine/connections.h"
#include "ui/base/bidi.h"
#include "ui/base/preferences.h"

#include <QCoreApplication>
#include <QPainter>
#include <QPixmap>
#include <QPolygonF>
#include <QSettings>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace ui {

namespace {

QString settingOf(const QString& connection)
{
    return QStringLiteral("environments/") + QString::fromLatin1(connection.toUtf8().toHex());
}

/// A regular polygon in the middle of a square of 16.
QPolygonF polygon(int corners, double radius, double turn)
{
    QPolygonF out;
    for (int i = 0; i < corners; ++i) {
        const double angle = turn + 2 * std::numbers::pi * i / corners;
        out << QPointF(8 + radius * std::cos(angle), 8 + radius * std::sin(angle));
    }
    return out;
}

} // namespace

QString connectionKey(const core::engine::Connection& connection)
{
    return connection.embedded ? QStringLiteral("embedded") : qs(connection.name);
}

Environment environmentByName(const QString& connection, bool embedded)
{
    bool chosen = false;
    const int stored = preferences()->value(settingOf(connection)).toInt(&chosen);
    if (chosen && stored >= 0 && stored <= static_cast<int>(Environment::Other))
        return static_cast<Environment>(stored);
    if (embedded)
        return Environment::Other;
    const QString name = connection.toCaseFolded();
    const auto sounds = [&](std::initializer_list<QLatin1String> words) {
        return std::ranges::any_of(words, [&](QLatin1String word) { return name.contains(word); });
    };
    if (core::engine::soundsLikeProduction(name.toStdString()))
        return Environment::Production;
    if (sounds({QLatin1String("stag"), QLatin1String("preprod"), QLatin1String("test"), QLatin1String("qa")}))
        return Environment::Staging;
    return sounds({QLatin1String("dev"), QLatin1String("kind"), QLatin1String("minikube"), QLatin1String("local")})
        ? Environment::Development
        : Environment::Other;
}

Environment environmentOf(const core::engine::Connection& connection)
{
    const auto found = environmentByName(connectionKey(connection), connection.embedded);
    const bool chosen = preferences()->contains(settingOf(connectionKey(connection)));
    return !chosen && connection.production ? Environment::Production : found;
}

void setEnvironment(const QString& connection, Environment environment)
{
    preferences()->setValue(settingOf(connection), static_cast<int>(environment));
}

Token environmentToken(Environment environment)
{
    constexpr std::array tokens {Token::Bad, Token::Warn, Token::Ok, Token::Progress};
    return tokens.at(static_cast<std::size_t>(environment));
}

Token environmentTint(Environment environment)
{
    constexpr std::array tokens {Token::BadTint, Token::WarnTint, Token::OkTint, Token::ProgressTint};
    return tokens.at(static_cast<std::size_t>(environment));
}

QString environmentText(Environment environment)
{
    constexpr std::array texts {QT_TRANSLATE_NOOP("ui::Environment", "production environment"),
                                QT_TRANSLATE_NOOP("ui::Environment", "staging environment"),
                                QT_TRANSLATE_NOOP("ui::Environment", "development environment"),
                                QT_TRANSLATE_NOOP("ui::Environment", "no special environment")};
    return QCoreApplication::translate("ui::Environment", texts.at(static_cast<std::size_t>(environment)));
}

QIcon environmentIcon(Environment environment)
{
    const auto draw = [environment](qreal ratio) {
        QPixmap pixmap(QSize(16, 16) * ratio);
        pixmap.setDevicePixelRatio(ratio);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(color(environmentToken(environment)), 1.6));
        switch (environment) {
        case Environment::Production:
            painter.drawRect(QRectF(3, 3, 10, 10));
            break;
        case Environment::Staging:
            painter.drawPolygon(polygon(3, 6.5, -std::numbers::pi / 2));
            break;
        case Environment::Development:
            painter.drawEllipse(QPointF(8, 8), 5.4, 5.4);
            break;
        case Environment::Other:
            painter.drawPolygon(polygon(6, 6, -std::numbers::pi / 2));
            break;
        }
        return pixmap;
    };
    QIcon icon;
    for (const qreal ratio : {1.0, 2.0, 3.0})
        icon.addPixmap(draw(ratio));
    return icon;
}

} // namespace ui
