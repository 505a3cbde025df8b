// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/shell/alerts.h"

#include <QDateTime>
#include <QObject>

#include <map>
#include <memory>

class QAction;
class QMenu;
class QSystemTrayIcon;

namespace ui {

/// Notifications of the desktop with actions (org.freedesktop.Notifications), the tray's balloon where there is no such
/// service, and a tray icon that carries the worst state. Each part is left out where the desktop has none.
class DesktopAlerts : public QObject
{
    Q_OBJECT

public:
    explicit DesktopAlerts(QObject* parent);
    ~DesktopAlerts() override;
    /// The buttons of a notification: their names, each followed by its text.
    [[nodiscard]] static QStringList actionsOf(const Alert& alert);
    void setSnapshot(const core::engine::Snapshot& snapshot);
    /// Told to the user only while nobody looks at the window.
    void setQuiet(bool quiet) { m_quiet = quiet; }
    /// Everything told so far, newest last, for tests; at most 50.
    [[nodiscard]] const std::vector<Alert>& told() const { return m_told; }
    [[nodiscard]] Glyph state() const { return m_state; }
    /// The worst of all connections that are open in the program; None before the first snapshot.
    [[nodiscard]] static Glyph worstOfAll();

signals:
    /// The user wants to see it (or nothing special, with an empty application).
    void openRequested(const core::engine::AppId& app, const std::optional<core::manifest::ResourceKey>& object);

    /// "promote", "abort", "plan": what a button of a notification asks for; it is done in the window.
    void actionRequested(const ui::Alert& alert, const QString& action);
    void quitRequested();

private slots:
    void onActionInvoked(uint id, const QString& action);
    void onNotificationClosed(uint id, uint reason);

private:
    void setupTray();
    void tell(const Alert& alert);
    void sendToDesktop(const Alert& alert);
    void balloon(const Alert& alert);
    void showState(const core::engine::Snapshot& snapshot);
    void showTray();

    AlertFinder m_finder;
    QSystemTrayIcon* m_tray = nullptr; ///< null where the desktop has none
    std::map<uint, Alert> m_open; ///< by the desktop's id
    std::vector<Alert> m_told;
    Alert m_balloon;
    Glyph m_state = Glyph::None;
    int m_decisions = 0;
    Glyph m_shown = Glyph::None; ///< by the tray
    bool m_bus = false;
    bool m_quiet = false;
    QDateTime m_mutedUntil;
    QAction* m_stateLine = nullptr; ///< in the tray's menu
    std::unique_ptr<QMenu> m_menu;
};

} // namespace ui
