// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

#include <QAbstractListModel>

class QListView;
class QPushButton;

namespace ui {

class StatefulArea;
class TokenLabel;

/// The deployments of one application, newest first.
class HistoryModel : public QAbstractListModel
{
    Q_OBJECT

public:
    using QAbstractListModel::QAbstractListModel;
    void setHistory(std::vector<core::engine::HistoryEntry> entries, core::TimePoint now);
    [[nodiscard]] const core::engine::HistoryEntry& entry(int row) const
    {
        return m_entries.at(static_cast<std::size_t>(row));
    }
    [[nodiscard]] core::TimePoint now() const { return m_now; }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;

private:
    std::vector<core::engine::HistoryEntry> m_entries;
    core::TimePoint m_now;
};

/// Timeline of deployments with the way back: roll back to one of them, with a reason.
class HistoryPage : public Page
{
    Q_OBJECT

public:
    HistoryPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override;

protected:
    void retranslate() override;
    void rethemed() override;

private:
    void updateButton();
    void rollBack();

    HistoryModel* m_model;
    QListView* m_view;
    StatefulArea* m_area;
    TokenLabel* m_note;
    QPushButton* m_rollBack;
    QAction* m_action;
    core::engine::ApplicationPtr m_app;
};

} // namespace ui
