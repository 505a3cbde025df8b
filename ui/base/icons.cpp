// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/base/icons.h"

#include <QFile>
#include <QGuiApplication>
#include <QHash>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

#include <array>

namespace ui {

namespace {

// These show a direction; clocks, checks and media signs are never mirrored.
constexpr std::array kDirectional {"back", "forward", "undo", "tree", "list", "external"};

bool isDirectional(const QString& name)
{
    return std::ranges::any_of(kDirectional, [&](const char* entry) { return name == QLatin1String(entry); });
}

QByteArray source(const QString& name)
{
    static QHash<QString, QByteArray> cache;
    const auto found = cache.constFind(name);
    if (found != cache.cend())
        return *found;
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    const QByteArray text = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    cache.insert(name, text);
    return text;
}

class SvgIconEngine final : public QIconEngine
{
public:
    SvgIconEngine(QString name, Token token)
        : m_name(std::move(name))
        , m_token(token)
    {
    }
    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override
    {
        QColor colour = color(mode == QIcon::Disabled ? Token::Muted : m_token);
        QByteArray svg = source(m_name);
        svg.replace("currentColor", colour.name().toLatin1());
        QSvgRenderer renderer(svg);
        painter->save();
        if (mode == QIcon::Disabled)
            painter->setOpacity(painter->opacity() * 0.55);
        if (QGuiApplication::layoutDirection() == Qt::RightToLeft && isDirectional(m_name)) {
            painter->translate(rect.right() + rect.left() + 1, 0);
            painter->scale(-1, 1);
        }
        renderer.render(painter, QRectF(rect));
        painter->restore();
    }
    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }
    [[nodiscard]] QIconEngine* clone() const override { return new SvgIconEngine(m_name, m_token); } // owned by QIcon
    QString key() const override { return QStringLiteral("pilothouse-svg"); }

private:
    QString m_name;
    Token m_token;
};

} // namespace

QIcon icon(QLatin1String name, Token token)
{
    return QIcon(new SvgIconEngine(QString(name), token)); // owned by QIcon
}

} // namespace ui
