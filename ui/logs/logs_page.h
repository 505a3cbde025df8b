// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

#include <stop_token>

class QComboBox;
class QLineEdit;
class QTimer;

namespace ui {

class Chip;
class LogView;
class StatefulArea;
class TokenLabel;

/// The log of a pod, followed by asking again every second while the page is in sight.
class LogsPage : public Page
{
    Q_OBJECT

public:
    LogsPage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~LogsPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;

protected:
    void retranslate() override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;

private:
    void fetch();
    void showPods(const core::engine::Snapshot& snapshot);
    [[nodiscard]] core::manifest::ResourceKey pod() const;

    QComboBox* m_pods;
    QLineEdit* m_container;
    QLineEdit* m_search;
    Chip* m_follow;
    TokenLabel* m_count;
    LogView* m_view;
    StatefulArea* m_area;
    QTimer* m_timer;
    std::stop_source m_stop;
    bool m_running = false;
};

} // namespace ui
