// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/theme.h"

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace ui {

/// A strip above the editor that says something and offers what to do about it; never in the way of typing.
class NoticeBar : public QFrame
{
    Q_OBJECT

public:
    explicit NoticeBar(Token ink, Token tint, QWidget* parent = nullptr);
    void setText(const QString& text);
    [[nodiscard]] QString text() const;
    QPushButton* addButton(const QString& objectName);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Token m_ink;
    Token m_tint;
    QLabel* m_text;
    QHBoxLayout* m_layout;
};

} // namespace ui
