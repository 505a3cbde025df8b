// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/connect_dialog.h"

#include "core/base/log.h"
#include "core/engine/engine.h"
#include "ui/base/bidi.h"
#include "ui/base/preferences.h"
#include "ui/base/run_task.h"
#include "ui/base/style.h"
#include "ui/base/theme.h"
#include "ui/base/widgets.h"

#include <QCheckBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QTreeWidget>

namespace ui {

namespace {

constexpr int kArguments = Qt::UserRole;
constexpr auto kLastServer = "connect/argocdServer";

} // namespace

ConnectDialog::ConnectDialog(Start start, QWidget* parent)
    : QDialog(parent)
    , m_start(std::move(start))
    , m_list(new QTreeWidget(this))
    , m_problem(new QLabel(this))
    , m_server(new QLineEdit(preferences()->value(QLatin1String(kLastServer)).toString(), this))
    , m_insecure(new QCheckBox(tr("Do not check the server's certificate"), this))
    , m_onlyLook(new QCheckBox(tr("Only look: run no controllers of our own"), this))
    , m_ownWindow(new QCheckBox(tr("In a window of its own"), this))
{
    setObjectName(QStringLiteral("connectDialog"));
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Open a connection"));
    resize(620, 460);
    m_list->setObjectName(QStringLiteral("connections"));
    m_list->setHeaderLabels({tr("Connection"), tr("Server")});
    m_list->setColumnWidth(0, 260);
    m_list->setRootIsDecorated(false);
    m_list->setAllColumnsShowFocus(true);
    m_list->setAccessibleName(tr("Connections"));
    m_problem->setWordWrap(true);
    m_problem->hide();
    m_server->setObjectName(QStringLiteral("argocdServer"));
    m_server->setPlaceholderText(QStringLiteral("argocd.example.com"));
    m_server->setLayoutDirection(Qt::LeftToRight);
    m_server->setAccessibleName(tr("Argo CD server"));
    auto* rows = new QVBoxLayout(this);
    rows->addWidget(m_list, 1);
    rows->addWidget(m_problem);
    rows->addWidget(m_onlyLook);
    m_ownWindow->setObjectName(QStringLiteral("ownWindow"));
    rows->addWidget(m_ownWindow);
    auto* form = new QFormLayout;
    form->addRow(tr("Argo CD server"), m_server);
    form->addRow(QString(), m_insecure);
    rows->addLayout(form);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_open = buttons->button(QDialogButtonBox::Ok);
    m_open->setText(tr("Connect"));
    setButtonRole(m_open, ButtonRole::Primary);
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    rows->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &ConnectDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(m_list, &QTreeWidget::itemActivated, this, &ConnectDialog::accept);
    const auto update = [this] { m_open->setEnabled(!arguments().isEmpty()); };
    connect(m_list, &QTreeWidget::currentItemChanged, this, update);
    // Either a line of the list or a server.
    connect(m_server, &QLineEdit::textEdited, this, [this] { m_list->setCurrentItem(nullptr); });
    connect(m_server, &QLineEdit::textChanged, this, update);
    update();
    load();
}

void ConnectDialog::load()
{
    using Choices = core::Result<std::vector<core::engine::ConnectionChoice>>;
    runTask(
        this, [] { return std::make_shared<Choices>(core::engine::connectionChoices()); },
        [this](const std::shared_ptr<Choices>& choices) { show(*choices); });
}

void ConnectDialog::show(const core::Result<std::vector<core::engine::ConnectionChoice>>& choices)
{
    auto* embedded = new QTreeWidgetItem(m_list, {tr("The embedded cluster"), tr("in this program")});
    embedded->setData(0, kArguments, QStringList {QString()});
    m_problem->setVisible(!choices);
    if (!choices) {
        m_problem->setText(isolate(choices.error().text()));
        return;
    }
    for (const auto& choice : *choices) {
        auto* item = new QTreeWidgetItem(
            m_list,
            {isolate(choice.context), choice.problem.empty() ? ltr(qs(choice.server)) : isolate(choice.problem)});
        item->setData(0, kArguments,
                      QStringList {QStringLiteral("--kubeconfig"),
                                   QLatin1String(core::engine::Engine::kStandardKubeconfig),
                                   QStringLiteral("--context"), qs(choice.context)});
        if (choice.production)
            item->setForeground(0, color(Token::Bad));
        if (!choice.problem.empty())
            item->setDisabled(true);
        if (choice.current)
            m_list->setCurrentItem(item);
    }
}

QStringList ConnectDialog::arguments() const
{
    if (const auto* item = m_list->currentItem()) {
        QStringList out = item->data(0, kArguments).toStringList();
        if (m_onlyLook->isChecked())
            out.append(QStringLiteral("--no-controllers"));
        return out;
    }
    const QString server = m_server->text().trimmed();
    if (server.isEmpty())
        return {};
    QStringList out {QStringLiteral("--argocd-server"), server};
    if (m_insecure->isChecked())
        out.append(QStringLiteral("--argocd-insecure"));
    return out;
}

void ConnectDialog::accept()
{
    QStringList chosen = arguments();
    if (chosen.isEmpty())
        return;
    if (chosen.contains(QStringLiteral("--argocd-server")))
        preferences()->setValue(QLatin1String(kLastServer), m_server->text().trimmed());
    chosen.removeAll(QString()); // the embedded cluster needs no argument
    m_start(chosen, m_ownWindow->isChecked());
    QDialog::accept();
}

LoginDialog::LoginDialog(core::engine::ArgoLogin login, core::engine::CredentialStore& store, QWidget* parent)
    : QDialog(parent)
    , m_login(std::move(login))
    , m_store(store)
    , m_user(new QLineEdit(this))
    , m_password(new QLineEdit(this))
    , m_token(new QLineEdit(this))
    , m_remember(new QCheckBox(tr("Remember it in the desktop's keyring"), this))
    , m_problem(new TokenLabel(Token::Bad, this))
{
    setObjectName(QStringLiteral("loginDialog"));
    setMinimumWidth(420);
    setWindowTitle(tr("Log in to %1").arg(ltr(qs(m_login.server))));
    m_user->setObjectName(QStringLiteral("loginUser"));
    m_password->setObjectName(QStringLiteral("loginPassword"));
    m_token->setObjectName(QStringLiteral("loginToken"));
    for (QLineEdit* secret : {m_password, m_token})
        secret->setEchoMode(QLineEdit::Password);
    m_remember->setObjectName(QStringLiteral("loginRemember"));
    m_problem->setWordWrap(true);
    m_problem->setObjectName(QStringLiteral("loginProblem"));
    m_problem->hide();
    auto* form = new QFormLayout(this);
    form->addRow(tr("User"), m_user);
    form->addRow(tr("Password"), m_password);
    form->addRow(tr("or a token"), m_token);
    form->addRow(m_remember);
    form->addRow(m_problem);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    buttons->button(QDialogButtonBox::Ok)->setText(tr("Log in"));
    setButtonRole(buttons->button(QDialogButtonBox::Ok), ButtonRole::Primary);
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    m_store.read(core::engine::credentialKey(m_login),
                 [self = QPointer(this)](const core::Result<std::optional<std::string>>& remembered) {
                     if (self)
                         self->fill(remembered);
                 });
}

void LoginDialog::fill(const core::Result<std::optional<std::string>>& remembered)
{
    if (!remembered) {
        m_remember->setEnabled(false);
        m_remember->setToolTip(isolate(remembered.error().text()));
        return;
    }
    const bool typed = !m_user->text().isEmpty() || !m_password->text().isEmpty() || !m_token->text().isEmpty();
    if (!*remembered || typed)
        return;
    auto kept = m_login;
    core::engine::readCredentialText(**remembered, kept);
    m_user->setText(qs(kept.username));
    m_password->setText(qs(kept.password));
    m_token->setText(qs(kept.token));
    m_remember->setChecked(true);
}

void LoginDialog::keep()
{
    const auto key = core::engine::credentialKey(m_login);
    const auto done = [](const core::Result<>& result) {
        if (!result)
            core::log::warning("ui", result.error().text());
    };
    if (m_remember->isChecked())
        m_store.write(key, core::engine::credentialText(login()), done);
    else if (m_remember->isEnabled())
        m_store.remove(key, done);
}

core::engine::ArgoLogin LoginDialog::login() const
{
    auto out = m_login;
    out.token = m_token->text().trimmed().toStdString();
    out.username = m_user->text().trimmed().toStdString();
    out.password = m_password->text().toStdString();
    return out;
}

void LoginDialog::showError(const core::Error& error)
{
    m_problem->setText(isolate(error.text()));
    m_problem->setVisible(true);
    adjustSize(); // the text needs the height that its width gives it
}

} // namespace ui
