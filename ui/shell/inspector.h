// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"
#include "ui/shell/why.h"

#include <QWidget>

#include <stop_token>

class QFormLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedWidget;
class QTreeView;
class QVBoxLayout;

namespace ui {

class Card;
class FeedModel;
class SectionLabel;
class SegmentedBar;
class TokenLabel;
class Workbench;

/// What is selected, why it is so, and what comes next. Asks the engine for details in the background.
class Inspector : public QWidget
{
    Q_OBJECT

public:
    Inspector(core::engine::Engine& engine, Workbench& workbench, QWidget* parent = nullptr);
    ~Inspector() override;
    void show(const core::engine::AppId& app, const std::optional<core::manifest::ResourceKey>& key);
    void setSnapshot(const core::engine::SnapshotPtr& snapshot);
    [[nodiscard]] const core::engine::AppId& app() const { return m_app; }
    [[nodiscard]] const std::optional<core::manifest::ResourceKey>& key() const { return m_key; }
    void showManifest();

signals:
    void abortRequested(const core::manifest::ResourceKey& rollout);

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();
    void refresh();
    void loadDetails();
    void showDetails(const core::engine::ResourceDetails& details);
    void refreshFacts(const core::engine::Application& app, const core::engine::ResourceNode* node);
    void refreshCards(const core::engine::Application& app, const core::engine::ResourceNode* node);
    void setupChain();
    void showChain(const core::engine::Application& app, const core::engine::ResourceNode* node);
    void loadDiff(const core::engine::Application& app);
    void followChain(const QString& link);
    void refreshRelations(const core::engine::Application& app, const core::engine::ResourceNode* node);

    core::engine::Engine& m_engine;
    Workbench& m_workbench;
    core::engine::SnapshotPtr m_snapshot;
    core::engine::AppId m_app;
    std::optional<core::manifest::ResourceKey> m_key;
    std::stop_source m_stop;
    const void* m_shownApp = nullptr;
    core::engine::ResourceDetails m_details;
    std::vector<WhyStep> m_steps;
    /// What differs, and the comparison that it was asked for.
    std::shared_ptr<const core::engine::AppDiff> m_diff;
    core::engine::AppId m_diffOf;
    QString m_diffMark;
    std::stop_source m_diffStop;

    QLabel* m_title;
    TokenLabel* m_subtitle;
    std::array<QLabel*, 5> m_factNames {};
    std::array<TokenLabel*, 5> m_factValues {};
    SegmentedBar* m_tabs;
    QStackedWidget* m_stack;
    Card* m_why;
    QLabel* m_whyTitle;
    QLabel* m_whyText;
    QLabel* m_whyCause;
    QLabel* m_chain; ///< from the state down to its cause, with a link at every step
    Card* m_next;
    QLabel* m_nextTitle;
    QLabel* m_nextText;
    QPushButton* m_abort;
    QPushButton* m_logs;
    SectionLabel* m_relationsTitle;
    QVBoxLayout* m_relations;
    QPlainTextEdit* m_manifest;
    FeedModel* m_events;
    QTreeView* m_eventView;
    QWidget* m_body;
    QLabel* m_nothing;
};

} // namespace ui
