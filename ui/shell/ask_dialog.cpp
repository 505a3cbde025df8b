// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/ask_dialog.h"

#include "ui/base/bidi.h"
#include "ui/base/style.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace ui {

AskDialog::AskDialog(const Question& question, QWidget* parent)
    : QDialog(parent)
    , m_question(question)
    , m_go(new QPushButton(question.verb, this))
{
    setObjectName(QStringLiteral("askDialog"));
    setWindowTitle(plain(question.title));
    setAttribute(Qt::WA_DeleteOnClose);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(10);
    auto* title = new QLabel(question.title, this);
    title->setFont(uiFont(1.12, true));
    layout->addWidget(title);
    auto* text = new QLabel(question.text, this);
    text->setWordWrap(true);
    text->setMinimumWidth(380);
    layout->addWidget(text);
    if (!question.typed.isEmpty()) {
        layout->addWidget(new QLabel(tr("Type %1 to go on:").arg(isolate(question.typed)), this));
        m_typed = new QLineEdit(this);
        m_typed->setObjectName(QStringLiteral("askTyped"));
        m_typed->setAccessibleName(tr("Confirmation"));
        layout->addWidget(m_typed);
        connect(m_typed, &QLineEdit::textChanged, this, &AskDialog::updateButton);
    }
    if (question.wantsReason) {
        layout->addWidget(new QLabel(tr("Reason, for the journal:"), this));
        m_reason = new QLineEdit(this);
        m_reason->setObjectName(QStringLiteral("askReason"));
        m_reason->setAccessibleName(tr("Reason"));
        layout->addWidget(m_reason);
        connect(m_reason, &QLineEdit::textChanged, this, &AskDialog::updateButton);
    }
    auto* cancel = new QPushButton(tr("Keep as it is"), this);
    cancel->setObjectName(QStringLiteral("askCancel"));
    m_go->setObjectName(QStringLiteral("askGo"));
    setButtonRole(m_go, question.dangerous ? ButtonRole::DangerFilled : ButtonRole::Primary);
    auto* buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_go);
    layout->addLayout(buttons);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_go, &QPushButton::clicked, this, &QDialog::accept);
    if (!question.dangerous)
        m_go->setDefault(true);
    updateButton();
}

QString AskDialog::reason() const
{
    return m_reason == nullptr ? QString() : m_reason->text().trimmed();
}

void AskDialog::updateButton()
{
    const bool typed = m_typed == nullptr || m_typed->text() == m_question.typed;
    const bool reasoned = m_reason == nullptr || !reason().isEmpty();
    m_go->setEnabled(typed && reasoned);
}

} // namespace ui
