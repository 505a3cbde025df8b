// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/lists/listing_page.h"

namespace ui {

class ForwardList;

/// The ports that this window forwards.
class ForwardsPage : public ListingPage
{
    Q_OBJECT

public:
    ForwardsPage(const PageContext& context, PageId id, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override;
    [[nodiscard]] QIcon icon() const override;

protected:
    void retranslate() override;
    [[nodiscard]] QString countText(int shown) const override;
    void activate(const CellRow& row) override;
    void updateActions() override;

private:
    void fill();

    ForwardList& m_list;
    QAction* m_open;
    QAction* m_copy;
    QAction* m_stop;
};

} // namespace ui
