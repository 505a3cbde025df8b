// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/log_view.h"

#include "ui/base/theme.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>

#include <algorithm>

namespace ui {

LogLevel levelOf(QStringView line)
{
    const QStringView head = line.left(200);
    const auto has = [&](QStringView word) { return head.contains(word, Qt::CaseInsensitive); };
    if (has(u"error") || has(u"fatal") || has(u"panic") || has(u"traceback") || has(u"oomkilled"))
        return LogLevel::Error;
    if (has(u"warn"))
        return LogLevel::Warning;
    return has(u"info") || has(u"debug") ? LogLevel::Info : LogLevel::None;
}

QString cleaned(QStringView line)
{
    QString text;
    text.reserve(line.size());
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        if (c == u'\x1b') {
            // CSI ... final byte; other escapes are two characters.
            if (i + 1 < line.size() && line[i + 1] == u'[') {
                i += 2;
                while (i < line.size() && (line[i] < u'@' || line[i] > u'~'))
                    ++i;
            } else {
                ++i;
            }
        } else if (c == u'\t') {
            text += QStringLiteral("    ");
        } else if (c.unicode() >= 0x20 && c.unicode() != 0x7f) {
            text += c;
        }
    }
    return text;
}

LogView::LogView(QWidget* parent)
    : QAbstractScrollArea(parent)
{
    setObjectName(QStringLiteral("logView"));
    setFrameShape(QFrame::NoFrame);
    setFont(monoFont());
    setLayoutDirection(Qt::LeftToRight);
    setFocusPolicy(Qt::StrongFocus);
}

void LogView::setText(QStringView text)
{
    const QScrollBar* bar = verticalScrollBar();
    const bool atEnd = bar->value() >= bar->maximum() - rowHeight();
    m_lines.clear();
    for (const QStringView line : text.split(u'\n')) {
        m_lines.push_back(cleaned(line));
        if (m_lines.size() > kMostLines)
            m_lines.pop_front();
    }
    if (!m_lines.empty() && m_lines.back().isEmpty())
        m_lines.pop_back();
    refilter();
    if (atEnd)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
}

void LogView::clear()
{
    m_lines.clear();
    refilter();
}

void LogView::setFilter(const QString& pattern)
{
    m_filtering = !pattern.isEmpty();
    m_filter = QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption);
    if (!m_filter.isValid())
        m_filter = QRegularExpression(QRegularExpression::escape(pattern), QRegularExpression::CaseInsensitiveOption);
    refilter();
}

void LogView::refilter()
{
    m_matching.clear();
    if (m_filtering)
        for (std::size_t i = 0; i < m_lines.size(); ++i)
            if (m_filter.match(m_lines[i]).hasMatch())
                m_matching.push_back(i);
    updateScrollBar();
    viewport()->update();
}

std::size_t LogView::shownCount() const
{
    return m_filtering ? m_matching.size() : m_lines.size();
}

QString LogView::line(std::size_t shown) const
{
    if (shown >= shownCount())
        return {};
    return m_lines[m_filtering ? m_matching[shown] : shown];
}

QString LogView::text() const
{
    QString all;
    for (std::size_t i = 0; i < shownCount(); ++i)
        all += line(i) + u'\n';
    return all;
}

int LogView::rowHeight() const
{
    return fontMetrics().height() + 3;
}

void LogView::updateScrollBar()
{
    verticalScrollBar()->setSingleStep(3 * rowHeight());
    verticalScrollBar()->setPageStep(viewport()->height());
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(shownCount()) * rowHeight() - viewport()->height()));
    int longest = 0;
    for (std::size_t i = shownCount() > 2000 ? shownCount() - 2000 : 0; i < shownCount(); ++i)
        longest = std::max(longest, static_cast<int>(line(i).size()));
    const int width = fontMetrics().horizontalAdvance(u'm') * longest + 24;
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
}

void LogView::resizeEvent(QResizeEvent*)
{
    updateScrollBar();
}

void LogView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    painter.setLayoutDirection(Qt::LeftToRight);
    painter.setFont(font());
    painter.fillRect(event->rect(), color(Token::Surface));
    const int top = verticalScrollBar()->value();
    const int height = rowHeight();
    for (int row = top / height; row <= (top + viewport()->height()) / height; ++row) {
        if (row >= static_cast<int>(shownCount()))
            break;
        const QString text = line(static_cast<std::size_t>(row)).left(4000);
        const QRect rect(0, row * height - top, viewport()->width(), height);
        const LogLevel level = levelOf(text);
        if (level == LogLevel::Error)
            painter.fillRect(rect, color(Token::BadTint));
        else if (level == LogLevel::Warning)
            painter.fillRect(rect, color(Token::WarnTint));
        painter.setPen(color(level == LogLevel::Error         ? Token::Bad
                                 : level == LogLevel::Warning ? Token::Warn
                                                              : Token::Text));
        painter.drawText(QPoint(12 - horizontalScrollBar()->value(), rect.top() + fontMetrics().ascent() + 1), text);
    }
}

void LogView::keyPressEvent(QKeyEvent* event)
{
    QScrollBar* bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy))
        return QGuiApplication::clipboard()->setText(text());
    switch (event->key()) {
    case Qt::Key_End:
        return bar->setValue(bar->maximum());
    case Qt::Key_Home:
        return bar->setValue(0);
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace ui
