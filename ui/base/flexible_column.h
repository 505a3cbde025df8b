// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>

#include <map>

class QHeaderView;

namespace ui {

/// Shares the width of a table: one column takes what the others leave. Where there is too little, the others give up
/// to a quarter of their width before that column becomes narrower than `least`; beyond that the table scrolls. A
/// width that the user chose is kept.
class FlexibleColumn : public QObject
{
    Q_OBJECT

public:
    /// For the header as it is now: the widths of the other columns are those that they should have. Replaces one that
    /// was installed before. Owned by the header.
    static void install(QHeaderView& header, int section, int least);
    /// The section of the one that is installed, or -1.
    [[nodiscard]] static int sectionOf(const QHeaderView& header);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    FlexibleColumn(QHeaderView& header, int section, int least);
    void fit();

    QHeaderView& m_header;
    int m_section;
    int m_least;
    std::map<int, int> m_wanted; ///< widths of the others
    bool m_chosen = false; ///< the user gave the flexible column a width
    bool m_fitting = false;
};

} // namespace ui
