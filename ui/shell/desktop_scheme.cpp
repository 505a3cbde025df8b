// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/desktop_scheme.h"

#include "ui/base/theme.h"

#include <QObject>

#ifdef PILOTHOUSE_DBUS
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>
#endif

namespace ui {

#ifdef PILOTHOUSE_DBUS

namespace {

constexpr auto kService = "org.freedesktop.portal.Desktop";
constexpr auto kPath = "/org/freedesktop/portal/desktop";
constexpr auto kInterface = "org.freedesktop.portal.Settings";
constexpr auto kGroup = "org.freedesktop.appearance";
constexpr auto kKey = "color-scheme";

class SchemeListener final : public QObject
{
    Q_OBJECT

public:
    explicit SchemeListener(QObject* parent)
        : QObject(parent)
    {
        QDBusConnection bus = QDBusConnection::sessionBus();
        if (!bus.isConnected())
            return;
        bus.connect(QLatin1String(kService), QLatin1String(kPath), QLatin1String(kInterface),
                    QStringLiteral("SettingChanged"), this, SLOT(onChanged(QString, QString, QDBusVariant)));
        auto call = QDBusMessage::createMethodCall(QLatin1String(kService), QLatin1String(kPath),
                                                   QLatin1String(kInterface), QStringLiteral("Read"));
        call << QString::fromLatin1(kGroup) << QString::fromLatin1(kKey);
        auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(call, 1000), this);
        connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher] {
            const QDBusPendingReply<QDBusVariant> reply = *watcher;
            if (!reply.isError())
                apply(reply.value().variant());
            watcher->deleteLater();
        });
    }

private slots:
    void onChanged(const QString& group, const QString& key, const QDBusVariant& value)
    {
        if (group == QLatin1String(kGroup) && key == QLatin1String(kKey))
            apply(value.variant());
    }

private:
    void apply(QVariant value)
    {
        while (value.canConvert<QDBusVariant>())
            value = value.value<QDBusVariant>().variant();
        const uint scheme = value.toUInt(); // 0 no preference, 1 dark, 2 light
        if (scheme != 0)
            Theme::instance().setDesktopDark(scheme == 1);
    }
};

} // namespace

void followDesktopScheme(QObject* owner)
{
    new SchemeListener(owner);
}

#else

void followDesktopScheme(QObject*) { }

#endif

} // namespace ui

#ifdef PILOTHOUSE_DBUS
#include "desktop_scheme.moc"
#endif
