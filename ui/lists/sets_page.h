// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

#include <stop_token>

class QComboBox;
class QPushButton;
class QSplitter;
class QTimer;
class QTreeWidget;
class QTreeWidgetItem;

namespace ui {

class Chip;
class CodeEditor;
class StatefulArea;
class TokenLabel;

/// ApplicationSets: what each, as it stands in the text, would make of the cluster, down to the manifests of the
/// applications. Nothing is written before "Apply".
class SetsPage : public Page
{
    Q_OBJECT

public:
    SetsPage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~SetsPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }
    [[nodiscard]] bool isModified() const override;

protected:
    void retranslate() override;

private:
    void setupBar();
    void setupBody();
    void load();
    void showSets(std::vector<core::manifest::Value> sets);
    void showSet(int index);
    void preview();
    void showPreview(const core::Result<core::engine::SetPreview>& preview);
    void addApplication(const core::engine::SetPreview::Application& application);
    void showItem();
    void apply();

    QComboBox* m_choice;
    TokenLabel* m_summary;
    Chip* m_manifests;
    QPushButton* m_apply;
    CodeEditor* m_text;
    QTreeWidget* m_tree;
    CodeEditor* m_shown;
    StatefulArea* m_area;
    QTimer* m_timer;
    QList<QAction*> m_actions;
    std::vector<core::manifest::Value> m_sets;
    QString m_original; ///< text of the set as it is in the cluster
    std::stop_source m_stop;
    bool m_loaded = false;
};

} // namespace ui
