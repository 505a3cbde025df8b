// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QToolButton>

class QAction;
class QActionGroup;
class QMenu;

namespace ui {

/// Every option that Argo CD knows for one sync. What is not chosen is as the application says.
class SyncOptionsButton : public QToolButton
{
    Q_OBJECT

public:
    explicit SyncOptionsButton(QWidget* parent = nullptr);
    void addTo(core::engine::SyncRequest& request) const;
    void set(const core::engine::SyncRequest& request); ///< of a draft
    void retranslate();

signals:
    void changed();

private:
    QAction* addOption(const char* option);
    QActionGroup* addChoice(QMenu* menu, const std::vector<const char*>& values);
    void showCount();

    QMenu* m_menu;
    QAction* m_dryRun;
    QAction* m_applyOnly;
    QAction* m_replace;
    QMenu* m_propagation;
    QMenu* m_retry;
    QActionGroup* m_propagations;
    QActionGroup* m_retries;
    std::vector<QAction*> m_options; ///< their data is the option
};

} // namespace ui
