// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/apps/app_filter_proxy.h"

#include <QTreeView>

class QTimer;

namespace ui {

class CellsModel;

/// How many of the applications that the filter shows are in each state, project and cluster, as bars. Choosing a bar
/// narrows the filter to it. Counted anew at most five times a second while it is in sight.
class AppSummary : public QTreeView
{
    Q_OBJECT

public:
    explicit AppSummary(AppFilterProxy& proxy, QWidget* parent = nullptr);
    void refreshSoon();
    void retranslate();
    [[nodiscard]] const CellsModel& counts() const { return *m_model; }

signals:
    void chosen(AppFilterProxy::Facet facet, const std::string& value);

protected:
    void showEvent(QShowEvent* event) override;

private:
    void refresh();

    AppFilterProxy& m_proxy;
    CellsModel* m_model;
    QTimer* m_timer;
};

} // namespace ui
