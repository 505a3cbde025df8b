// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/engine/engine.h"

#include <QScrollArea>

class QComboBox;
class QFormLayout;
class QGridLayout;
class QLabel;
class QPlainTextEdit;
class QPushButton;

namespace ui {

class AccessGate;
class Card;
class SectionLabel;
class TokenLabel;

/// "Will it pass?": counts, the query as sent and its answer, the revisions, what a person may do, why it was aborted.
class CanaryPanel : public QScrollArea
{
    Q_OBJECT

public:
    explicit CanaryPanel(AccessGate& gate, QWidget* parent = nullptr);
    void setRollout(const core::engine::RolloutPtr& rollout, core::TimePoint now);
    /// The commit that brought the version ("" where none is known): it can be reverted after an abort.
    void setCommit(const QString& revision);
    void retranslate();

signals:
    void actionRequested(core::engine::Engine::RolloutAction action);
    void undoRequested(std::int64_t revision);
    void revertRequested();

private:
    void showCounts();
    void showCauses();
    void showMetrics();
    void showQuery();
    void showRevisions();
    void showButtons();
    [[nodiscard]] const core::engine::Metric* metric() const;

    AccessGate& m_gate;
    core::engine::RolloutPtr m_rollout;
    core::TimePoint m_now;
    QLabel* m_title;
    QLabel* m_measured;
    QLabel* m_left;
    QLabel* m_ends;
    QLabel* m_pods;
    QLabel* m_statistics;
    TokenLabel* m_captions[5];
    Card* m_causes;
    QLabel* m_causesTitle;
    QLabel* m_causesText;
    QPushButton* m_revert;
    QString m_commit;
    Card* m_query;
    QLabel* m_queryTitle;
    QComboBox* m_metric;
    QPlainTextEdit* m_queryText;
    TokenLabel* m_answer;
    TokenLabel* m_message;
    SectionLabel* m_revisionsTitle;
    QGridLayout* m_revisions;
    QStringList m_revisionsShown;
    QPushButton* m_promote;
    QPushButton* m_pause;
    QPushButton* m_restart;
    QPushButton* m_abort;
    QPushButton* m_retry;
    QPushButton* m_full;
    QPushButton* m_skip;
};

} // namespace ui
