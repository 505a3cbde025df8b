// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/apps/app_filter_proxy.h"

#include <QListView>

#include <array>

namespace ui {

class TokenLabel;

/// The applications that the filter shows, as cards in columns by what they need: those that need somebody first.
class AppBoard : public QWidget
{
    Q_OBJECT

public:
    enum class Column { Broken, OutOfSync, Working, Waiting, InOrder };
    static constexpr std::array kColumns {Column::Broken, Column::OutOfSync, Column::Working, Column::Waiting,
                                          Column::InOrder};

    explicit AppBoard(AppFilterProxy& proxy, QWidget* parent = nullptr);
    [[nodiscard]] static Column columnOf(const core::engine::Application& app);
    [[nodiscard]] QListView* list(Column column) const { return m_lists.at(static_cast<std::size_t>(column)); }
    /// The column that has the focus, or had it last.
    [[nodiscard]] QListView* active() const { return m_active; }
    /// The filter's row of a card; invalid for other models' indexes.
    [[nodiscard]] static QModelIndex toFilter(const QModelIndex& index);
    void retranslate();

protected:
    void showEvent(QShowEvent* event) override; ///< the columns are filled when they are first looked at
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void showCounts();

    AppFilterProxy& m_proxy;
    std::array<QListView*, kColumns.size()> m_lists {};
    std::array<TokenLabel*, kColumns.size()> m_heads {};
    QListView* m_active;
};

} // namespace ui
