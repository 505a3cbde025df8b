// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/subscription_form.h"

#include "ui/base/bidi.h"
#include "ui/base/style.h"
#include "ui/base/words.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>

#include <algorithm>

namespace ui {

namespace {

void setItems(QComboBox& box, const QStringList& items)
{
    QStringList shown;
    for (int i = 0; i < box.count(); ++i)
        shown << box.itemText(i);
    if (shown == items)
        return;
    const QString current = box.currentText();
    box.clear();
    box.addItems(items);
    box.setCurrentIndex(std::max(0, box.findText(current)));
}

} // namespace

SubscriptionForm::SubscriptionForm(QWidget* parent)
    : QWidget(parent)
    , m_owner(new QComboBox(this))
    , m_trigger(new QComboBox(this))
    , m_service(new QComboBox(this))
    , m_recipients(new QLineEdit(this))
    , m_add(new QPushButton(this))
{
    m_owner->setObjectName(QStringLiteral("subscriptionOwner"));
    m_trigger->setObjectName(QStringLiteral("subscriptionTrigger"));
    m_service->setObjectName(QStringLiteral("subscriptionService"));
    m_service->setEditable(true);
    m_recipients->setObjectName(QStringLiteral("subscriptionRecipients"));
    m_add->setObjectName(QStringLiteral("subscribe"));
    setButtonRole(m_add, ButtonRole::Primary);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 6, 12, 6);
    row->setSpacing(8);
    for (QWidget* widget : std::initializer_list<QWidget*> {m_owner, m_trigger, m_service, m_recipients, m_add})
        row->addWidget(widget, widget == m_recipients ? 1 : 0);
    connect(m_recipients, &QLineEdit::textChanged, this, &SubscriptionForm::updateButton);
    connect(m_service, &QComboBox::editTextChanged, this, &SubscriptionForm::updateButton);
    connect(m_recipients, &QLineEdit::returnPressed, this, &SubscriptionForm::submit);
    connect(m_add, &QPushButton::clicked, this, &SubscriptionForm::submit);
    retranslate();
    updateButton();
}

void SubscriptionForm::setChoices(const core::engine::Administration& admin,
                                  const std::vector<core::engine::ApplicationPtr>& applications)
{
    m_owners.clear();
    m_known = admin.subscriptions;
    QStringList owners;
    for (const auto& app : applications) {
        m_owners.push_back({"argoproj.io", "Application", app->nameSpace, app->name});
        owners << shortKey(m_owners.back());
    }
    for (const auto& project : admin.projects) {
        m_owners.push_back(project.key);
        owners << shortKey(project.key);
    }
    setItems(*m_owner, owners);
    QStringList triggers;
    for (const auto& trigger : admin.triggers)
        triggers << qs(trigger);
    setItems(*m_trigger, triggers);
    QStringList services;
    for (const auto& service : admin.services)
        services << qs(service);
    setItems(*m_service, services);
    updateButton();
}

void SubscriptionForm::setRefusal(const QString& why)
{
    m_refusal = why;
    updateButton();
}

void SubscriptionForm::updateButton()
{
    const bool complete = m_owner->currentIndex() >= 0 && m_trigger->currentIndex() >= 0
        && !m_service->currentText().trimmed().isEmpty() && !m_recipients->text().trimmed().isEmpty();
    m_add->setEnabled(complete && m_refusal.isEmpty());
    m_add->setToolTip(m_refusal);
}

void SubscriptionForm::submit()
{
    if (!m_add->isEnabled())
        return;
    const auto& owner = m_owners.at(static_cast<std::size_t>(m_owner->currentIndex()));
    const QString annotation = QStringLiteral("notifications.argoproj.io/subscribe.%1.%2")
                                   .arg(m_trigger->currentText(), m_service->currentText().trimmed());
    // One annotation holds all recipients of a trigger at a service: who is there stays.
    QStringList recipients;
    for (const auto& known : m_known)
        if (known.owner == owner && known.annotation == annotation.toStdString())
            for (const auto& recipient : known.recipients)
                recipients << qs(recipient);
    for (const QString& added : m_recipients->text().split(QLatin1Char(';'), Qt::SkipEmptyParts))
        if (!recipients.contains(added.trimmed()))
            recipients << added.trimmed();
    emit subscribed(owner, annotation, recipients.join(QLatin1Char(';')));
    m_recipients->clear();
}

void SubscriptionForm::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

void SubscriptionForm::retranslate()
{
    m_owner->setAccessibleName(tr("Application or project"));
    m_trigger->setAccessibleName(tr("Trigger"));
    m_service->setAccessibleName(tr("Service"));
    m_recipients->setAccessibleName(tr("Recipients"));
    m_recipients->setPlaceholderText(tr("Recipients, separated by ;"));
    m_add->setText(tr("Subscribe"));
}

} // namespace ui
