// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

#include <QElapsedTimer>

#include <stop_token>

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QSpinBox;
class QTableView;
class QTimer;

namespace ui {

class AccessGate;
class Chip;
class CodeEditor;
class ObjectMenu;
class ObjectsModel;
class StatefulArea;
class TokenLabel;

/// Everything that lives in the cluster, by kind: look at it, edit it live, act on it, delete it; many at once too.
class ResourcesPage : public Page
{
    Q_OBJECT

public:
    ResourcesPage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~ResourcesPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }

protected:
    void retranslate() override;

private:
    void setupTable(QWidget* parent);
    void setupDetail(QWidget* parent);
    void refresh();
    void showKinds(const std::vector<core::manifest::Value>& objects);
    void showObject();
    void beginEdit();
    void endEdit();
    void apply();
    void print();
    void layoutColumns();
    void select(const core::manifest::ResourceKey& key);
    void measure();
    void updateButtons();
    void onSelection();
    void showMenu(const QPoint& at);
    void openLogs();
    void openTerminal();
    void forwardPort();
    void copyNames();
    [[nodiscard]] QString chosenText() const;
    void scale();
    void restart();
    void remove();
    void filter();
    [[nodiscard]] int currentRow() const;

    ObjectsModel* m_model;
    QSortFilterProxyModel* m_filter;
    AccessGate* m_gate;
    Chip* m_wide;
    QSpinBox* m_replicas;
    QPushButton* m_scale;
    QPushButton* m_restart;
    QComboBox* m_kind;
    QComboBox* m_nameSpace;
    QLineEdit* m_search;
    TokenLabel* m_count;
    QTableView* m_table;
    QLabel* m_name;
    CodeEditor* m_text;
    QPushButton* m_edit;
    QPushButton* m_apply;
    QPushButton* m_cancel;
    QPushButton* m_logs;
    QPushButton* m_terminal;
    QPushButton* m_forward;
    QPushButton* m_more;
    QPushButton* m_delete;
    ObjectMenu* m_objectMenu;
    StatefulArea* m_area;
    QTimer* m_timer;
    QList<QAction*> m_actions;
    std::stop_source m_stop;
    core::TimePoint m_now;
    core::manifest::ResourceKey m_shown;
    std::vector<core::manifest::ResourceKey> m_chosen; ///< the rows that are selected
    std::string m_before; ///< the manifest when its edit began
    QString m_wanted; ///< key text of the object to show first
    std::int64_t m_liveReplicas = -1; ///< of the object shown; -1: it has none
    bool m_scalable = false;
    QElapsedTimer m_printedAt;
    bool m_printing = false;
    bool m_measuring = false;
    bool m_editing = false;
    bool m_running = false;
};

} // namespace ui
