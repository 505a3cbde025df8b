// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lists/listing_page.h"

#include <array>

namespace ui {

class Chip;

/// Everything that is not as it should be, worst first; argument "decisions": only what waits for a person.
class ProblemsPage : public ListingPage
{
    Q_OBJECT

public:
    ProblemsPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;

protected:
    void retranslate() override;
    [[nodiscard]] QString countText(int shown) const override;
    void activate(const CellRow& row) override;
    void updateActions() override;

private:
    [[nodiscard]] bool decisions() const { return id().argument == QLatin1String("decisions"); }
    void fill(const core::engine::Snapshot& snapshot);
    void setupActions();
    void setupDecisions();
    [[nodiscard]] core::engine::RolloutPtr rolloutOf(const CellRow& row) const;

    std::array<Chip*, 3> m_severities {}; ///< bad, warning, advice
    std::shared_ptr<const std::vector<core::engine::Problem>> m_shown;
    QAction* m_openFile = nullptr;
    QAction* m_openTree = nullptr;
    QAction* m_openCanary = nullptr;
    QAction* m_openDiff = nullptr;
    QAction* m_plan = nullptr; ///< these four: what is decided in the inbox itself
    QAction* m_autoSync = nullptr;
    QAction* m_promote = nullptr;
    QAction* m_abort = nullptr;
};

/// What happened in the cluster, newest first.
class EventsPage : public ListingPage
{
    Q_OBJECT

public:
    EventsPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;
    void setSnapshot(const core::engine::SnapshotPtr& snapshot) override;

protected:
    void retranslate() override;
    [[nodiscard]] QString countText(int shown) const override;
    void activate(const CellRow& row) override;
    void updateActions() override;

private:
    void fill(const core::engine::Snapshot& snapshot);

    Chip* m_warnings;
    std::shared_ptr<const std::vector<core::engine::Event>> m_shown;
    QAction* m_openTree;
    QAction* m_openLogs;
};

} // namespace ui
