// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/base/page.h"
#include "ui/logs/containers.h"

class QComboBox;
class QLineEdit;
class QTimer;

namespace ui {

class Chip;
class LogFollower;
class LogView;
class StatefulArea;
class TokenLabel;

/// The logs of a pod, of all pods of a workload, or of all pods of an application, merged by time and followed.
/// Argument: "namespace/pod", the key text of a workload, or empty for all.
class LogsPage : public Page
{
    Q_OBJECT

public:
    LogsPage(const PageContext& context, PageId id, QWidget* parent = nullptr);
    ~LogsPage() override;

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;
    [[nodiscard]] QList<QAction*> actions() const override { return m_actions; }

protected:
    void retranslate() override;

private:
    void setupBar();
    void setupActions();
    void showChoices(const core::engine::Snapshot& snapshot);
    void follow();
    void showSources();
    void askForContainers();
    void showState();
    void applyFilter();
    void save();
    [[nodiscard]] core::engine::LogOptions options() const;
    [[nodiscard]] QString choice() const;

    QComboBox* m_pods;
    QComboBox* m_container;
    QLineEdit* m_search;
    QComboBox* m_level;
    QComboBox* m_since;
    Chip* m_follow;
    Chip* m_previous;
    Chip* m_times;
    TokenLabel* m_count;
    LogFollower* m_follower;
    LogView* m_view;
    StatefulArea* m_area;
    QList<QAction*> m_actions;
    /// What may be chosen: pods by the text of the choice.
    std::map<QString, std::vector<core::engine::LogSource>> m_choices;
    ContainerNames m_containers; ///< of the pods chosen so far
    std::stop_source m_stop;
    bool m_asking = false;
};

} // namespace ui
