// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/connections.h"
#include "core/engine/credential_store.h"

#include <QDialog>
#include <QStringList>

#include <functional>

class QCheckBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QTreeWidget;

namespace ui {

/// What can be opened: the embedded cluster, the contexts of the kubeconfig, an Argo CD server. Each joins the window,
/// or gets one of its own with a process of its own behind it.
class ConnectDialog : public QDialog
{
    Q_OBJECT

public:
    /// start is given the arguments of the program that name the connection.
    using Start = std::function<void(const QStringList& arguments, bool ownWindow)>;
    ConnectDialog(Start start, QWidget* parent);
    void accept() override;
    [[nodiscard]] QTreeWidget& list() const { return *m_list; }

private:
    void load();
    void show(const core::Result<std::vector<core::engine::ConnectionChoice>>& choices);
    [[nodiscard]] QStringList arguments() const; ///< empty where nothing is chosen

    Start m_start;
    QTreeWidget* m_list;
    QLabel* m_problem;
    QLineEdit* m_server;
    QCheckBox* m_insecure;
    QCheckBox* m_onlyLook;
    QCheckBox* m_ownWindow;
    QPushButton* m_open;
};

/// Asks who one is on an Argo CD server. What is typed is kept in memory, and in the desktop's keyring for who wants
/// it.
class LoginDialog : public QDialog
{
    Q_OBJECT

public:
    /// The store outlives the dialog and its answers.
    LoginDialog(core::engine::ArgoLogin login, core::engine::CredentialStore& store, QWidget* parent = nullptr);
    [[nodiscard]] core::engine::ArgoLogin login() const;
    /// The login was right: it is remembered, or forgotten, as the box says.
    void keep();
    void showError(const core::Error& error);

private:
    void fill(const core::Result<std::optional<std::string>>& remembered);

    core::engine::ArgoLogin m_login;
    core::engine::CredentialStore& m_store;
    QLineEdit* m_user;
    QLineEdit* m_password;
    QLineEdit* m_token;
    QCheckBox* m_remember;
    QLabel* m_problem;
};

} // namespace ui
