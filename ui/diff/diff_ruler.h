// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

namespace ui {

class DiffView;

/// The whole document beside the scroll bar: where it changes and where the view stands. A click goes there.
class DiffRuler : public QWidget
{
    Q_OBJECT

public:
    static constexpr int kWidth = 12;

    explicit DiffRuler(DiffView& view);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    DiffView& m_view;
};

} // namespace ui
