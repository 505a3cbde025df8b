// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QWidget>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace ui {

/// One line in which an application or project is subscribed to a trigger.
class SubscriptionForm : public QWidget
{
    Q_OBJECT

public:
    explicit SubscriptionForm(QWidget* parent = nullptr);
    void setChoices(const core::engine::Administration& admin,
                    const std::vector<core::engine::ApplicationPtr>& applications);
    /// Why nothing can be subscribed now; "" where it can.
    void setRefusal(const QString& why);

signals:
    /// annotation and value as Argo CD reads them
    void subscribed(const core::manifest::ResourceKey& owner, const QString& annotation, const QString& value);

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();
    void updateButton();
    void submit();

    QComboBox* m_owner;
    QComboBox* m_trigger;
    QComboBox* m_service;
    QLineEdit* m_recipients;
    QPushButton* m_add;
    std::vector<core::manifest::ResourceKey> m_owners;
    std::vector<core::engine::AdminSubscription> m_known;
    QString m_refusal;
};

} // namespace ui
