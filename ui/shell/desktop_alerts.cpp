// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/desktop_alerts.h"

#include "ui/base/bidi.h"

#include <QSystemTrayIcon>

#ifdef PILOTHOUSE_DBUS
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>
#endif

namespace ui {

namespace eng = core::engine;

namespace {

constexpr std::size_t kKept = 50;
#ifdef PILOTHOUSE_DBUS
constexpr QLatin1String kService("org.freedesktop.Notifications");
constexpr QLatin1String kPath("/org/freedesktop/Notifications");
#endif

} // namespace

DesktopAlerts::DesktopAlerts(QObject* parent)
    : QObject(parent)
{
    if (QSystemTrayIcon::isSystemTrayAvailable()) {
        m_tray = new QSystemTrayIcon(this);
        connect(m_tray, &QSystemTrayIcon::activated, this, [this] { emit openRequested({}, std::nullopt); });
        connect(m_tray, &QSystemTrayIcon::messageClicked, this,
                [this] { emit openRequested(m_balloon.app, m_balloon.object); });
    }
#ifdef PILOTHOUSE_DBUS
    QDBusConnection bus = QDBusConnection::sessionBus();
    m_bus = bus.isConnected()
        && bus.connect(kService, kPath, kService, QStringLiteral("ActionInvoked"), this,
                       SLOT(onActionInvoked(uint, QString)))
        && bus.connect(kService, kPath, kService, QStringLiteral("NotificationClosed"), this,
                       SLOT(onNotificationClosed(uint, uint)));
#endif
}

void DesktopAlerts::setSnapshot(const eng::Snapshot& snapshot)
{
    for (const Alert& alert : m_finder.next(snapshot))
        tell(alert);
    showState(snapshot);
}

void DesktopAlerts::showState(const eng::Snapshot& snapshot)
{
    const Glyph state = worstState(snapshot);
    if (state == m_state)
        return;
    m_state = state;
    if (m_tray == nullptr)
        return;
    m_tray->setIcon(glyphIcon(state));
    m_tray->setToolTip(QStringLiteral("Pilothouse: ") + glyphName(state));
    m_tray->show();
}

void DesktopAlerts::tell(const Alert& alert)
{
    m_told.push_back(alert);
    if (m_told.size() > kKept)
        m_told.erase(m_told.begin());
    if (m_quiet)
        return;
    if (m_bus)
        sendToDesktop(alert);
    else
        balloon(alert);
}

void DesktopAlerts::balloon(const Alert& alert)
{
    if (m_tray == nullptr)
        return;
    m_balloon = alert;
    m_tray->showMessage(plain(alert.title), alert.text,
                        alert.bad ? QSystemTrayIcon::Critical : QSystemTrayIcon::Information);
}

#ifdef PILOTHOUSE_DBUS

void DesktopAlerts::sendToDesktop(const Alert& alert)
{
    auto call = QDBusMessage::createMethodCall(kService, kPath, kService, QStringLiteral("Notify"));
    // The body may be read as markup: names from a cluster must not be.
    const QStringList actions {QStringLiteral("default"), tr("Open"), QStringLiteral("open"), tr("Open")};
    const QVariantMap hints {{QStringLiteral("urgency"), QVariant::fromValue(static_cast<uchar>(alert.bad ? 2 : 1))},
                             {QStringLiteral("desktop-entry"), QStringLiteral("io.pilothouse.Pilothouse")}};
    call << QStringLiteral("Pilothouse") << uint {0} << QStringLiteral("io.pilothouse.Pilothouse") << plain(alert.title)
         << alert.text.toHtmlEscaped() << actions << hints << -1;
    auto* watcher = new QDBusPendingCallWatcher(QDBusConnection::sessionBus().asyncCall(call, 2000), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, watcher, alert] {
        const QDBusPendingReply<uint> reply = *watcher;
        watcher->deleteLater();
        if (reply.isError()) {
            m_bus = false; // no such service on this desktop
            balloon(alert);
        } else {
            m_open.insert_or_assign(reply.value(), alert);
        }
    });
}

#else

void DesktopAlerts::sendToDesktop(const Alert&) { }

#endif

void DesktopAlerts::onActionInvoked(uint id, const QString&)
{
    // Every program hears the signal: an id that is not ours is somebody else's.
    if (const auto found = m_open.find(id); found != m_open.end())
        emit openRequested(found->second.app, found->second.object);
}

void DesktopAlerts::onNotificationClosed(uint id, uint)
{
    m_open.erase(id);
}

} // namespace ui
