// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/base/page_id.h"
#include "ui/shell/known_connection.h"

#include <QWidget>

class QTreeWidget;
class QTreeWidgetItem;

namespace ui {

class SectionLabel;

/// The left pane: the connection with its projects and applications, and the views with their counts.
class Navigator : public QWidget
{
    Q_OBJECT

public:
    explicit Navigator(QWidget* parent = nullptr);
    void setSnapshot(const core::engine::SnapshotPtr& snapshot);
    void setCurrent(const core::engine::AppId& app);
    void setEnvironment(Environment environment);
    /// Further connections, below this window's own.
    void setConnections(std::vector<KnownConnection> others);
    [[nodiscard]] const std::vector<KnownConnection>& connections() const { return m_others; }

signals:
    void applicationActivated(const core::engine::AppId& app);
    void connectionActivated(const QStringList& arguments);
    void pageActivated(const ui::PageId& page);
    void contextMenuRequested(const core::engine::AppId& app, const QPoint& globalPosition);

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();
    void rebuild();
    /// `before`: what the items show, where they are of the same applications; null where they are new.
    void updateInPlace(const core::engine::Snapshot* before);
    void updateRoot();
    void updateViews();
    void addOthers();

    SectionLabel* m_connectionsTitle;
    SectionLabel* m_viewsTitle;
    QTreeWidget* m_connections;
    QTreeWidget* m_views;
    std::vector<KnownConnection> m_others;
    Environment m_environment = Environment::Other;
    core::engine::SnapshotPtr m_snapshot;
    std::vector<QTreeWidgetItem*> m_items; ///< in the order of the snapshot's applications
};

} // namespace ui
