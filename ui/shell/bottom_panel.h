// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/shell/feed_model.h"

#include <QWidget>

#include <array>
#include <functional>

class QAction;
class QStackedWidget;
class QTabBar;
class QToolButton;
class QTreeView;

namespace ui {

/// The lists below the pages: Events, Operations, Problems, Notifications, Notices.
class BottomPanel : public QWidget
{
    Q_OBJECT

public:
    enum Tab { Events, Operations, Problems, Notifications, Notices, TabCount };

    explicit BottomPanel(QWidget* parent = nullptr);
    void setSnapshot(const core::engine::SnapshotPtr& snapshot);
    /// Only what concerns this application; everything where its name is empty.
    void setApplication(const core::engine::AppId& app);
    /// A line of the window itself: a refused command, something done.
    void addNotice(FeedRow row);
    void showTab(Tab tab);
    [[nodiscard]] FeedModel& model(Tab tab) { return *m_models.at(tab); }

signals:
    void rowActivated(const core::engine::AppId& app, const std::optional<core::manifest::ResourceKey>& key);
    /// The user wants a running operation, or task, to end.
    void cancelRequested(const ui::FeedRow& row);

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();
    void refresh();
    void setupCancel();
    /// The operation that is chosen, where it runs; null otherwise.
    [[nodiscard]] const FeedRow* runningRow() const;
    void cancel();
    void updateCancel();

    QTabBar* m_tabs;
    QStackedWidget* m_stack;
    std::array<FeedModel*, TabCount> m_models {};
    std::array<QTreeView*, TabCount> m_views {};
    std::vector<FeedRow> m_notices;
    core::engine::SnapshotPtr m_snapshot;
    core::engine::AppId m_app;
    QAction* m_cancel = nullptr;
    QToolButton* m_cancelButton = nullptr;
};

} // namespace ui
