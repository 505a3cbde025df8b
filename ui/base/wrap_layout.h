// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLayout>

#include <memory>
#include <vector>

namespace ui {

/// Widgets side by side, in the direction of the language, and on further rows where they do not fit on one: a bar
/// that never asks for more width than its widest widget. Those with a stretch share what is left of their row; a
/// stretch of its own pushes what follows to the end.
class WrapLayout : public QLayout
{
public:
    explicit WrapLayout(QWidget* parent);
    ~WrapLayout() override;

    void add(QWidget* widget, int stretch = 0);
    void addStretch();

    void addItem(QLayoutItem* item) override;
    [[nodiscard]] int count() const override;
    [[nodiscard]] QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;
    [[nodiscard]] Qt::Orientations expandingDirections() const override { return Qt::Horizontal; }
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;
    void invalidate() override;

private:
    struct Entry
    {
        std::unique_ptr<QLayoutItem> item;
        int stretch = 0;
        mutable QSize hint = {}, least = {}; ///< measured since the last invalidate(); texts are slow to measure
    };
    /// Entries [from, to) of one row, and its height.
    struct Row
    {
        std::size_t from, to;
        int width = 0, height = 0; ///< without what the stretches take
    };
    [[nodiscard]] std::vector<Row> rowsIn(int width) const;
    void place(const Row& row, const QRect& inside) const;
    [[nodiscard]] static const Entry& measured(const Entry& entry);
    [[nodiscard]] static int leastWidth(const Entry& entry);
    [[nodiscard]] static bool isHidden(const Entry& entry); ///< a stretch is not

    std::vector<Entry> m_entries;
};

} // namespace ui
