// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/connections.h"
#include "core/engine/engine.h"
#include "ui/shell/known_connection.h"

#include <QStringList>
#include <QWidget>

#include <functional>
#include <memory>
#include <vector>

class QStackedLayout;
class QTimer;

namespace ui {

class MainWindow;

/// One window with any number of connections: clusters, Argo CD servers, snapshots. Each has an engine and pages of its
/// own and goes on while another one is in front. What can be connected to stands beside them in the list.
class SessionHost : public QWidget
{
    Q_OBJECT

public:
    using Opened = core::Result<std::unique_ptr<core::engine::Engine>>;
    /// Opens what the arguments of the program name; calls done once on the GUI thread, unless the user gives up.
    using Opener = std::function<void(const QStringList& arguments, QWidget* window, std::function<void(Opened)> done)>;

    explicit SessionHost(Opener opener);
    ~SessionHost() override;

    /// The window of a new connection, in front.
    MainWindow& add(std::unique_ptr<core::engine::Engine> engine, const QStringList& arguments);
    /// Brings a connection to the front, opening it where it is not open yet.
    void open(const QStringList& arguments);
    [[nodiscard]] MainWindow* current() const;
    [[nodiscard]] int count() const { return static_cast<int>(m_sessions.size()); }
    /// What can be connected to; read from the kubeconfig in the background.
    void findConnections();
    [[nodiscard]] std::vector<KnownConnection> connections() const;

protected:
    void changeEvent(QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    struct Session
    {
        QStringList arguments;
        std::unique_ptr<core::engine::Engine> engine;
        MainWindow* window = nullptr;
    };

    void bring(Session& session);
    void tellConnections();
    void updateTitle();

    Opener m_opener;
    QStackedLayout* m_stack;
    QTimer* m_timer;
    std::vector<std::unique_ptr<Session>> m_sessions;
    std::vector<KnownConnection> m_known; ///< not open
    QStringList m_opening; ///< joined arguments of what is being opened
};

} // namespace ui
