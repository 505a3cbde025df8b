// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/logs/log_store.h"

#include <QAbstractScrollArea>
#include <QRegularExpression>
#include <QStringList>

class QTimer;

namespace ui {

/// The lines of a LogStore, newest last, painted only where in sight, with their terminal colours; follows the end
/// while it stands there.
class LogView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    explicit LogView(QWidget* parent = nullptr);

    void add(std::vector<LogEntry> entries);
    void clear();
    /// Short names of the sources, drawn before their lines where there are several.
    void setSources(const QStringList& names);
    void setTimesVisible(bool visible);
    /// Shows only lines that match; an invalid expression is taken as plain text.
    void setFilter(const QString& pattern, LogLevel least = LogLevel::None);
    [[nodiscard]] std::size_t lineCount() const { return m_store.size(); }
    [[nodiscard]] std::size_t shownCount() const { return m_store.shownCount(); }
    [[nodiscard]] const LogStore& store() const { return m_store; }
    /// A line as it reads, without colours.
    [[nodiscard]] QString line(std::size_t shown) const;
    [[nodiscard]] QString text() const; ///< of what is shown
    /// The line that the keyboard stands on; -1: none.
    [[nodiscard]] int currentRow() const { return m_current; }
    /// The lines that are selected; those shown where none is.
    [[nodiscard]] QString selectedText() const;

signals:
    /// Lines came, went, or were found.
    void countChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    [[nodiscard]] int rowHeight() const;
    [[nodiscard]] bool atEnd() const;
    void scanOn();
    void updateScrollBar(bool toEnd);
    enum class Select { One, Extend };
    void setCurrentRow(int row, Select select = Select::One);
    [[nodiscard]] int rowAt(const QPointF& at) const;
    [[nodiscard]] bool isSelected(int row) const;
    void paintMatches(QPainter& painter, const QString& text, int x, const QRect& rect) const;
    void paintRow(QPainter& painter, int row, const QRect& rect) const;

    LogStore m_store;
    QStringList m_sources;
    QTimer* m_scan;
    int m_longest = 0; ///< characters of the longest line seen
    int m_current = -1;
    int m_anchor = -1; ///< where the selection began
    QRegularExpression m_pattern; ///< whose matches are marked
    bool m_times = false;
};

/// Makes the lines in sight readable for screen readers. Safe to call more than once.
void installLogAccessibility();

} // namespace ui
