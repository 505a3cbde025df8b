// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/workbench.h"

#include <QDialog>

class QLineEdit;
class QPushButton;

namespace ui {

/// A question before something dangerous. Never blocks: open() it and listen to accepted().
class AskDialog : public QDialog
{
    Q_OBJECT

public:
    explicit AskDialog(const Question& question, QWidget* parent);
    [[nodiscard]] QString reason() const;

private:
    void updateButton();

    Question m_question;
    QLineEdit* m_reason = nullptr;
    QLineEdit* m_typed = nullptr;
    QPushButton* m_go;
};

} // namespace ui
