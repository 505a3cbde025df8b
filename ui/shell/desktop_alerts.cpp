// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/desktop_alerts.h"

#include "ui/base/bidi.h"

#include <QAction>
#include <QMenu>
#include <QSystemTrayIcon>

#include <algorithm>
#include <utility>

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

/// Of all connections of the program.
std::vector<DesktopAlerts*>& everyOne()
{
    static std::vector<DesktopAlerts*> all;
    return all;
}

} // namespace

DesktopAlerts::DesktopAlerts(QObject* parent)
    : QObject(parent)
{
    everyOne().push_back(this);
    // One icon for the program, with the first connection.
    static bool taken = false;
    if (QSystemTrayIcon::isSystemTrayAvailable() && !std::exchange(taken, true)) {
        m_tray = new QSystemTrayIcon(this);
        setupTray();
        connect(m_tray, &QSystemTrayIcon::activated, this, [this](QSystemTrayIcon::ActivationReason reason) {
            if (reason != QSystemTrayIcon::Context)
                emit openRequested({}, std::nullopt);
        });
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

DesktopAlerts::~DesktopAlerts()
{
    std::erase(everyOne(), this);
}

void DesktopAlerts::setupTray()
{
    m_menu = std::make_unique<QMenu>();
    m_stateLine = m_menu->addAction(QString());
    m_stateLine->setEnabled(false);
    m_menu->addSeparator();
    auto* show = m_menu->addAction(QString());
    auto* mute = m_menu->addAction(QString());
    mute->setCheckable(true);
    m_menu->addSeparator();
    auto* quit = m_menu->addAction(QString());
    // Named when it opens: the language may have changed.
    connect(m_menu.get(), &QMenu::aboutToShow, this, [this, show, mute, quit] {
        show->setText(tr("Needs a decision"));
        mute->setText(tr("Quiet for an hour"));
        mute->setChecked(m_mutedUntil.isValid() && m_mutedUntil > QDateTime::currentDateTimeUtc());
        quit->setText(tr("Quit"));
    });
    connect(show, &QAction::triggered, this, [this] { emit openRequested({}, std::nullopt); });
    connect(mute, &QAction::toggled, this,
            [this](bool on) { m_mutedUntil = on ? QDateTime::currentDateTimeUtc().addSecs(3600) : QDateTime(); });
    connect(quit, &QAction::triggered, this, &DesktopAlerts::quitRequested);
    m_tray->setContextMenu(m_menu.get());
}

QStringList DesktopAlerts::actionsOf(const Alert& alert)
{
    QStringList actions {QStringLiteral("default"), tr("Open"), QStringLiteral("open"), tr("Open")};
    if (alert.rollout)
        actions << QStringLiteral("promote") << tr("Promote") << QStringLiteral("abort") << tr("Abort…");
    else if (alert.operation)
        actions << QStringLiteral("plan") << tr("Plan again");
    return actions;
}

void DesktopAlerts::setSnapshot(const eng::Snapshot& snapshot)
{
    for (const Alert& alert : m_finder.next(snapshot))
        tell(alert);
    showState(snapshot);
}

void DesktopAlerts::showState(const eng::Snapshot& snapshot)
{
    m_state = worstState(snapshot);
    m_decisions = static_cast<int>(std::ranges::count_if(*snapshot.problems, &eng::Problem::needsDecision));
    for (auto* one : everyOne())
        if (one->m_tray != nullptr)
            one->showTray();
}

Glyph DesktopAlerts::worstOfAll()
{
    Glyph worst = Glyph::None;
    for (const auto* one : everyOne())
        if (one->m_state != Glyph::None)
            worst = worse(worst, one->m_state);
    return worst;
}

void DesktopAlerts::showTray()
{
    const Glyph state = worstOfAll();
    if (std::exchange(m_shown, state) != state) {
        m_tray->setIcon(glyphIcon(state));
        m_tray->show();
    }
    int decisions = 0;
    for (const auto* one : everyOne())
        decisions += one->m_decisions;
    const QString text = decisions == 0
        ? glyphName(state)
        : withDigits(tr("%1, %n decision(s)", nullptr, decisions)).arg(glyphName(state));
    if (text == m_stateLine->text())
        return;
    m_stateLine->setText(text);
    m_tray->setToolTip(QStringLiteral("Pilothouse: ") + text);
}

void DesktopAlerts::tell(const Alert& alert)
{
    m_told.push_back(alert);
    if (m_told.size() > kKept)
        m_told.erase(m_told.begin());
    if (m_quiet || (m_mutedUntil.isValid() && m_mutedUntil > QDateTime::currentDateTimeUtc()))
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
    const QVariantMap hints {{QStringLiteral("urgency"), QVariant::fromValue(static_cast<uchar>(alert.bad ? 2 : 1))},
                             {QStringLiteral("desktop-entry"), QStringLiteral("io.pilothouse.Pilothouse")}};
    call << QStringLiteral("Pilothouse") << uint {0} << QStringLiteral("io.pilothouse.Pilothouse") << plain(alert.title)
         << alert.text.toHtmlEscaped() << actionsOf(alert) << hints << -1;
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

void DesktopAlerts::onActionInvoked(uint id, const QString& action)
{
    // Every program hears the signal: an id that is not ours is somebody else's.
    const auto found = m_open.find(id);
    if (found == m_open.end())
        return;
    const Alert alert = found->second; // whoever hears of it may close the notification
    if (action == QLatin1String("default") || action == QLatin1String("open"))
        emit openRequested(alert.app, alert.object);
    else
        emit actionRequested(alert, action);
}

void DesktopAlerts::onNotificationClosed(uint id, uint)
{
    m_open.erase(id);
}

} // namespace ui
