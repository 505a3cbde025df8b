// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/connections.h"

#include <QDialog>
#include <QStringList>

#include <functional>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace ui {

/// What can be opened: the embedded cluster, the contexts of the kubeconfig, an Argo CD server. Each gets a window of
/// its own, a process of its own behind it: what one does cannot hold the others up.
class ConnectDialog : public QDialog
{
    Q_OBJECT

public:
    /// start is given the arguments of the program for the window to open.
    ConnectDialog(std::function<void(const QStringList& arguments)> start, QWidget* parent);
    void accept() override;
    [[nodiscard]] QTreeWidget& list() const { return *m_list; }

private:
    void load();
    void show(const core::Result<std::vector<core::engine::ConnectionChoice>>& choices);
    [[nodiscard]] QStringList arguments() const; ///< empty where nothing is chosen

    std::function<void(const QStringList&)> m_start;
    QTreeWidget* m_list;
    QLabel* m_problem;
    QLineEdit* m_server;
    QCheckBox* m_insecure;
    QCheckBox* m_onlyLook;
    QPushButton* m_open;
};

/// Asks who one is on an Argo CD server. What is typed is kept in memory only.
class LoginDialog : public QDialog
{
    Q_OBJECT

public:
    explicit LoginDialog(core::engine::ArgoLogin login, QWidget* parent = nullptr);
    [[nodiscard]] core::engine::ArgoLogin login() const;
    void showError(const core::Error& error);

private:
    core::engine::ArgoLogin m_login;
    QLineEdit* m_user;
    QLineEdit* m_password;
    QLineEdit* m_token;
    QLabel* m_problem;
};

} // namespace ui
