// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"

#include <stop_token>

class QComboBox;
class QPushButton;
class QTimer;

namespace ui {

class AccessGate;
class CodeEditor;
class EditorAssist;
class ErrorStrip;
class NoticeBar;
class TokenLabel;

/// New objects: an Application, a project, a repository's credentials and so on from a template, or any manifests that
/// are pasted. Checked as one types, by the server on demand, and applied; completion as in the editor.
class CreatePage : public Page
{
    Q_OBJECT

public:
    CreatePage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~CreatePage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }
    [[nodiscard]] bool mayClose() override;
    [[nodiscard]] bool isModified() const override;

protected:
    void retranslate() override;

private:
    using Applied = std::vector<core::engine::AppliedObject>;

    void setup();
    void useTemplate();
    void check();
    /// By the server; `dryRun` only asks it.
    void apply(bool dryRun);
    void showOutcome(const Applied& applied, bool done);
    void updateButtons();

    QComboBox* m_template;
    QPushButton* m_ask;
    QPushButton* m_create;
    NoticeBar* m_problem;
    NoticeBar* m_outcome;
    QPushButton* m_open;
    ErrorStrip* m_error;
    CodeEditor* m_editor;
    EditorAssist* m_assist;
    AccessGate* m_gate;
    QTimer* m_timer;
    QList<QAction*> m_actions;
    QString m_untouched; ///< the text of the template, or of what was created last
    std::vector<core::manifest::ResourceKey> m_keys; ///< in the text as it stands; empty where it is wrong
    core::engine::AppId m_made;
    std::stop_source m_checkStop;
    std::stop_source m_askStop;
    bool m_running = false;
    bool m_closing = false;
};

} // namespace ui
