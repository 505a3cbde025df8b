// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lists/listing_page.h"

namespace ui {

class AccessGate;
class SegmentedBar;
class SubscriptionForm;
class WindowCalendar;

/// Projects, repositories, clusters, certificates and keys, notification subscriptions and sync windows: what Argo CD
/// keeps in its objects. Editing one goes through its manifest; subscriptions are made and removed here.
class AdminPage : public ListingPage
{
    Q_OBJECT

public:
    enum Tab { Projects, Repositories, Clusters, Certificates, Accounts, Subscriptions, Windows, TabCount };

    AdminPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;

protected:
    void retranslate() override;
    [[nodiscard]] QString countText(int shown) const override;
    void activate(const CellRow& row) override;
    void updateActions() override;
    void reload() override;

private:
    void setupActions();
    void fill();
    void showTab();
    void annotate(const QString& attempt, const core::manifest::ResourceKey& owner, const QString& annotation,
                  const std::optional<std::string>& value);
    [[nodiscard]] std::vector<CellRow> projectRows() const;
    [[nodiscard]] std::vector<CellRow> repositoryRows() const;
    [[nodiscard]] std::vector<CellRow> clusterRows() const;
    [[nodiscard]] std::vector<CellRow> certificateRows() const;
    [[nodiscard]] std::vector<CellRow> accountRows() const;
    [[nodiscard]] std::vector<CellRow> subscriptionRows() const;
    [[nodiscard]] std::vector<CellRow> windowRows() const;
    [[nodiscard]] QString problemOf(const core::engine::AdminCluster& cluster) const;
    [[nodiscard]] Tab tab() const;

    core::engine::Administration m_admin;
    bool m_loaded = false;
    AccessGate* m_gate;
    SegmentedBar* m_tabs;
    WindowCalendar* m_calendar;
    SubscriptionForm* m_form;
    QAction* m_edit = nullptr;
    QAction* m_unsubscribe = nullptr;
    QAction* m_delete = nullptr; ///< the object of the row: a project, a repository, a cluster
    QPushButton* m_new; ///< another object of the tab's kind
};

} // namespace ui
