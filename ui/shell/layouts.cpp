// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/layouts.h"

#include "ui/shell/application.h"

#include <QSettings>

namespace ui {

namespace {

/// Names may hold anything, "/" too: they are encoded, a key of the settings is a path.
QString keyOf(const QString& name, const char* field)
{
    return QStringLiteral("layouts/%1/%2").arg(QString::fromLatin1(name.toUtf8().toHex()), QLatin1String(field));
}

} // namespace

QStringList layoutNames()
{
    const auto stored = settings();
    stored->beginGroup(QStringLiteral("layouts"));
    QStringList names;
    for (const QString& group : stored->childGroups())
        names.append(QString::fromUtf8(QByteArray::fromHex(group.toLatin1())));
    names.sort(Qt::CaseInsensitive);
    return names;
}

std::optional<PanelLayout> loadLayout(const QString& name)
{
    const auto stored = settings();
    const QVariant state = stored->value(keyOf(name, "state"));
    if (!state.isValid())
        return std::nullopt;
    return PanelLayout {state.toByteArray(), stored->value(keyOf(name, "mirrored")).toBool()};
}

void saveLayout(const QString& name, const PanelLayout& layout)
{
    const auto stored = settings();
    stored->setValue(keyOf(name, "state"), layout.state);
    stored->setValue(keyOf(name, "mirrored"), layout.mirrored);
}

void removeLayout(const QString& name)
{
    settings()->remove(QStringLiteral("layouts/") + QString::fromLatin1(name.toUtf8().toHex()));
}

} // namespace ui
