// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/logs/containers.h"

#include <stop_token>

class QComboBox;
class QLineEdit;
class QPushButton;

namespace ui {

class StatefulArea;
class TerminalView;
class TokenLabel;

/// A shell, or another command, in a container of a pod. Argument: "namespace/pod".
class TerminalPage : public Page
{
    Q_OBJECT

public:
    TerminalPage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~TerminalPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override { Q_UNUSED(snapshot) }
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }
    [[nodiscard]] TerminalView& view() const { return *m_view; }
    [[nodiscard]] bool isRunning() const { return m_terminal != nullptr; }

protected:
    void retranslate() override;

private:
    struct Link; ///< what the terminal's thread may touch while the page may go

    void askForContainers();
    void start();
    void end(const core::Result<int>& result);
    void showState(std::function<QString()> text);

    QComboBox* m_container;
    QLineEdit* m_command;
    QPushButton* m_restart;
    TokenLabel* m_state;
    std::function<QString()> m_stateText; ///< asked again when the language changes
    TerminalView* m_view;
    StatefulArea* m_area;
    QList<QAction*> m_actions;
    std::shared_ptr<Link> m_link;
    std::unique_ptr<core::engine::Terminal> m_terminal;
    std::stop_source m_stop;
    ContainerNames m_containers; ///< of the pod
};

} // namespace ui
