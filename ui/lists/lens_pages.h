// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lists/listing_page.h"

namespace ui {

class Chip;
class SegmentedBar;

/// The models that are served: by model, what serves it, its versions and their shares of the traffic.
class ModelsPage : public ListingPage
{
    Q_OBJECT

public:
    ModelsPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;

protected:
    void retranslate() override;
    [[nodiscard]] QString countText(int shown) const override;
    void activate(const CellRow& row) override;
    void updateActions() override;
    void reload() override;

private:
    void fill();
    void showTab();

    std::vector<core::engine::ModelRow> m_models;
    SegmentedBar* m_tabs; ///< the services, or the versions in each environment
    QAction* m_openCanary;
    QAction* m_openTree;
    QAction* m_openManifest;
};

/// The GPUs of every node: allocatable, requested, free, and who holds them; below them the pods that wait for one.
class GpusPage : public ListingPage
{
    Q_OBJECT

public:
    GpusPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;

protected:
    void retranslate() override;
    [[nodiscard]] QString countText(int shown) const override;
    void activate(const CellRow& row) override;
    void updateActions() override;
    void reload() override;

private:
    void fill();

    core::engine::GpuInventory m_gpus;
    Chip* m_freeOnly;
    QAction* m_openLogs;
    QAction* m_openTree;
};

} // namespace ui
