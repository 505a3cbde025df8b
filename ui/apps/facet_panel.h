// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/apps/app_filter_proxy.h"
#include "ui/base/glyphs.h"

#include <QTreeWidget>

class QTimer;

namespace ui {

/// The name of a facet, and of a value in it, for people.
[[nodiscard]] QString facetName(AppFilterProxy::Facet facet);
[[nodiscard]] QString facetValueText(AppFilterProxy::Facet facet, const std::string& value);
[[nodiscard]] Glyph facetValueGlyph(AppFilterProxy::Facet facet, const std::string& value);

/// The facets with how many applications each value would show; a click (or Space) chooses it. Counted anew at most
/// five times a second.
class FacetPanel : public QTreeWidget
{
    Q_OBJECT

public:
    explicit FacetPanel(AppFilterProxy& proxy, QWidget* parent = nullptr);
    void refreshSoon();
    void retranslate();

signals:
    void chosenChanged();

private:
    void refresh();
    void refreshFacet(QTreeWidgetItem& top, AppFilterProxy::Facet facet, const AppFilterProxy::Counts& counted);
    void onItemChanged(QTreeWidgetItem* item);

    AppFilterProxy& m_proxy;
    QTimer* m_timer;
};

} // namespace ui
