// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/snapshot.h"

#include <QWidget>

namespace ui {

/// A mark for each pod of a revision: its shape tells the state, its tool tip the name and what it does.
class PodStrip : public QWidget
{
    Q_OBJECT

public:
    explicit PodStrip(std::vector<core::engine::RevisionPod> pods, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRect place(std::size_t pod) const;

    std::vector<core::engine::RevisionPod> m_pods;
};

} // namespace ui
