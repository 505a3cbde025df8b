// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAbstractScrollArea>
#include <QRegularExpression>
#include <QStringList>

#include <deque>

namespace ui {

enum class LogLevel { None, Info, Warning, Error };
/// Told from the words at the beginning of the line or its level field.
[[nodiscard]] LogLevel levelOf(QStringView line);
/// The line without ANSI escape sequences and other control characters.
[[nodiscard]] QString cleaned(QStringView line);

/// Lines of a log, newest last, painted only where in sight; old ones are dropped beyond a bound.
class LogView : public QAbstractScrollArea
{
    Q_OBJECT

public:
    static constexpr std::size_t kMostLines = 1'000'000;

    explicit LogView(QWidget* parent = nullptr);

    /// Replaces the text. Follows the end where the view stands there.
    void setText(QStringView text);
    void clear();
    [[nodiscard]] std::size_t lineCount() const { return m_lines.size(); }
    [[nodiscard]] std::size_t shownCount() const;
    [[nodiscard]] QString line(std::size_t shown) const;
    /// Shows only lines that match; an invalid expression is taken as plain text.
    void setFilter(const QString& pattern);
    [[nodiscard]] QString text() const; ///< of what is shown

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    [[nodiscard]] int rowHeight() const;
    void refilter();
    void updateScrollBar();

    std::deque<QString> m_lines;
    std::vector<std::size_t> m_matching;
    QRegularExpression m_filter;
    bool m_filtering = false;
};

} // namespace ui
