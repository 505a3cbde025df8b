// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/logs/log_view.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"

#include <QAccessibleWidget>
#include <QClipboard>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTimer>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr std::size_t kSlice = 20'000; ///< lines looked at between two events: some milliseconds
constexpr int kLongestDrawn = 4'000;

/// Reads as a list whose value is the line that the keyboard stands on.
class AccessibleLog final : public QAccessibleWidget
{
public:
    explicit AccessibleLog(LogView* view)
        : QAccessibleWidget(view, QAccessible::List)
        , m_view(view)
    {
    }
    [[nodiscard]] QString text(QAccessible::Text kind) const override
    {
        if (kind != QAccessible::Value)
            return QAccessibleWidget::text(kind);
        const int last = static_cast<int>(m_view->shownCount()) - 1;
        const int row = m_view->currentRow() < 0 ? last : m_view->currentRow();
        return row < 0 ? QString() : m_view->line(static_cast<std::size_t>(row));
    }

private:
    LogView* m_view;
};

QAccessibleInterface* factory(const QString& name, QObject* object)
{
    auto* view = name == QLatin1String("ui::LogView") ? qobject_cast<LogView*>(object) : nullptr;
    return view == nullptr ? nullptr : new AccessibleLog(view); // owned by the registry
}

Token sourceInk(quint16 source)
{
    constexpr std::array kInks {Token::SeriesBaseline, Token::SeriesCanary, Token::SeriesStable,
                                Token::Series4,        Token::Series5,      Token::Series6};
    return kInks.at(source % kInks.size());
}

} // namespace

void installLogAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(factory);
        return true;
    }();
    Q_UNUSED(installed)
}

LogView::LogView(QWidget* parent)
    : QAbstractScrollArea(parent)
    , m_scan(new QTimer(this))
{
    installLogAccessibility();
    setObjectName(QStringLiteral("logView"));
    setFrameShape(QFrame::NoFrame);
    setFont(monoFont());
    setLayoutDirection(Qt::LeftToRight);
    setFocusPolicy(Qt::StrongFocus);
    m_scan->setInterval(0);
    connect(m_scan, &QTimer::timeout, this, &LogView::scanOn);
    connect(&Theme::instance(), &Theme::changed, this, [this] { viewport()->update(); });
}

void LogView::add(std::vector<LogEntry> entries)
{
    if (entries.empty())
        return;
    const bool end = atEnd();
    for (const LogEntry& entry : entries)
        m_longest = std::max(m_longest, static_cast<int>(std::min<qsizetype>(entry.text.size(), kLongestDrawn)));
    m_store.add(std::move(entries));
    m_store.scan(kSlice);
    if (!m_store.scanned())
        m_scan->start();
    updateScrollBar(end);
}

void LogView::clear()
{
    m_store.clear();
    m_scan->stop();
    m_current = -1;
    m_anchor = -1;
    m_longest = 0;
    updateScrollBar(true);
}

void LogView::setSources(const QStringList& names)
{
    m_sources = names;
    viewport()->update();
}

void LogView::setTimesVisible(bool visible)
{
    m_times = visible;
    viewport()->update();
}

void LogView::setFilter(const QString& pattern, LogLevel least)
{
    LogFilter filter;
    filter.least = least;
    filter.pattern = QRegularExpression(pattern, QRegularExpression::CaseInsensitiveOption);
    if (!filter.pattern.isValid())
        filter.pattern =
            QRegularExpression(QRegularExpression::escape(pattern), QRegularExpression::CaseInsensitiveOption);
    const bool end = atEnd();
    m_pattern = filter.pattern;
    m_store.setFilter(std::move(filter));
    m_store.scan(kSlice);
    if (!m_store.scanned())
        m_scan->start();
    m_current = -1;
    m_anchor = -1;
    updateScrollBar(end);
}

void LogView::scanOn()
{
    const bool end = atEnd();
    if (!m_store.scan(kSlice))
        m_scan->stop();
    updateScrollBar(end);
}

QString LogView::line(std::size_t shown) const
{
    return shown >= shownCount() ? QString() : cleaned(QString::fromUtf8(m_store.shown(shown).text));
}

QString LogView::text() const
{
    QString all;
    for (std::size_t i = 0; i < shownCount(); ++i)
        all += line(i) + u'\n';
    return all;
}

bool LogView::isSelected(int row) const
{
    return m_current >= 0 && m_anchor >= 0 && row >= std::min(m_anchor, m_current)
        && row <= std::max(m_anchor, m_current);
}

QString LogView::selectedText() const
{
    if (m_current < 0)
        return text();
    QString all;
    const int first = m_anchor < 0 ? m_current : std::min(m_anchor, m_current);
    const int last = m_anchor < 0 ? m_current : std::max(m_anchor, m_current);
    for (int row = first; row <= last; ++row)
        all += line(static_cast<std::size_t>(row)) + (row < last ? QStringLiteral("\n") : QString());
    return all;
}

int LogView::rowHeight() const
{
    return fontMetrics().height() + 3;
}

bool LogView::atEnd() const
{
    return verticalScrollBar()->value() >= verticalScrollBar()->maximum();
}

/// The bar counts lines, not pixels: a million of them times their height would not fit an int on large fonts.
void LogView::updateScrollBar(bool toEnd)
{
    const int page = std::max(1, viewport()->height() / rowHeight());
    verticalScrollBar()->setSingleStep(3);
    verticalScrollBar()->setPageStep(page);
    verticalScrollBar()->setRange(0, std::max(0, static_cast<int>(shownCount()) - page));
    if (toEnd)
        verticalScrollBar()->setValue(verticalScrollBar()->maximum());
    const int width = fontMetrics().horizontalAdvance(u'm') * (m_longest + 40) + 24;
    horizontalScrollBar()->setPageStep(viewport()->width());
    horizontalScrollBar()->setRange(0, std::max(0, width - viewport()->width()));
    viewport()->update();
    emit countChanged();
}

void LogView::resizeEvent(QResizeEvent*)
{
    updateScrollBar(atEnd());
}

void LogView::paintEvent(QPaintEvent* event)
{
    QPainter painter(viewport());
    painter.setLayoutDirection(Qt::LeftToRight);
    painter.fillRect(event->rect(), color(Token::Surface));
    const int height = rowHeight();
    const int top = verticalScrollBar()->value();
    for (int i = 0; i <= viewport()->height() / height; ++i) {
        if (top + i >= static_cast<int>(shownCount()))
            break;
        paintRow(painter, top + i, QRect(0, i * height, viewport()->width(), height));
    }
}

void LogView::paintRow(QPainter& painter, int row, const QRect& rect) const
{
    const LogEntry& entry = m_store.shown(static_cast<std::size_t>(row));
    if (entry.level == LogLevel::Error)
        painter.fillRect(rect, color(Token::BadTint));
    else if (entry.level == LogLevel::Warning)
        painter.fillRect(rect, color(Token::WarnTint));
    if (m_anchor != m_current && isSelected(row))
        painter.fillRect(rect, color(Token::Selection));
    if (row == m_current) {
        painter.setPen(QPen(color(Token::Accent), hasFocus() ? 2 : 1));
        painter.drawRect(rect.adjusted(1, 0, -1, -1));
    }
    int x = 12 - horizontalScrollBar()->value();
    const int base = rect.top() + fontMetrics().ascent() + 1;
    painter.setFont(font());
    const auto draw = [&](const QString& text, const QColor& ink) {
        painter.setPen(ink);
        painter.drawText(QPoint(x, base), text);
        x += painter.fontMetrics().horizontalAdvance(text);
    };
    if (m_times)
        draw(clockTime(core::TimePoint(std::chrono::microseconds(entry.at))) + QStringLiteral("  "),
             color(Token::Muted));
    if (m_sources.size() > 1) // mark and name: which pod it is shows without colours too
        draw(QStringLiteral("▌") + m_sources.value(entry.source) + QStringLiteral("  "),
             color(sourceInk(entry.source)));
    const Token ink = entry.level == LogLevel::Error ? Token::Bad
        : entry.level == LogLevel::Warning           ? Token::Warn
                                                     : Token::Text;
    const AnsiText text = parseAnsi(QString::fromUtf8(entry.text.left(kLongestDrawn)));
    paintMatches(painter, text.text, x, rect);
    int at = 0;
    for (const AnsiSpan& span : text.spans) {
        draw(text.text.mid(at, span.start - at), color(ink));
        QFont styled = font();
        styled.setBold(span.bold);
        styled.setUnderline(span.underline);
        painter.setFont(styled);
        draw(text.text.mid(span.start, span.length), color(span.ink.value_or(ink)));
        painter.setFont(font());
        at = span.start + span.length;
    }
    draw(text.text.mid(at), color(ink));
}

/// What the filter found stands out in its line.
void LogView::paintMatches(QPainter& painter, const QString& text, int x, const QRect& rect) const
{
    if (m_pattern.pattern().isEmpty())
        return;
    constexpr int kMostMarks = 40;
    auto matches = m_pattern.globalMatch(text);
    for (int mark = 0; matches.hasNext() && mark < kMostMarks; ++mark) {
        const auto match = matches.next();
        if (match.capturedLength() == 0)
            continue;
        const int left = x + fontMetrics().horizontalAdvance(text.left(match.capturedStart()));
        const int width = fontMetrics().horizontalAdvance(match.captured());
        painter.setPen(QPen(color(Token::Accent), 1));
        painter.drawRoundedRect(QRect(left, rect.top() + 1, width, rect.height() - 3), 3, 3);
    }
}

int LogView::rowAt(const QPointF& at) const
{
    return verticalScrollBar()->value() + static_cast<int>(std::floor(at.y() / rowHeight()));
}

void LogView::setCurrentRow(int row, Select select)
{
    if (select == Select::Extend && m_anchor < 0)
        m_anchor = m_current < 0 ? row : m_current;
    m_current = std::clamp(row, 0, std::max(0, static_cast<int>(shownCount()) - 1));
    if (select == Select::One)
        m_anchor = m_current;
    QScrollBar* bar = verticalScrollBar();
    if (m_current < bar->value())
        bar->setValue(m_current);
    else if (m_current >= bar->value() + bar->pageStep())
        bar->setValue(m_current - bar->pageStep() + 1);
    viewport()->update();
    if (QAccessible::isActive()) {
        QAccessibleValueChangeEvent event(this, line(static_cast<std::size_t>(m_current)));
        QAccessible::updateAccessibility(&event);
    }
}

void LogView::focusInEvent(QFocusEvent* event)
{
    QAbstractScrollArea::focusInEvent(event);
    viewport()->update();
}

void LogView::mousePressEvent(QMouseEvent* event)
{
    if (const int row = rowAt(event->position()); row < static_cast<int>(shownCount()))
        setCurrentRow(row, event->modifiers().testFlag(Qt::ShiftModifier) ? Select::Extend : Select::One);
}

void LogView::mouseMoveEvent(QMouseEvent* event)
{
    if (event->buttons().testFlag(Qt::LeftButton) && shownCount() > 0)
        setCurrentRow(rowAt(event->position()), Select::Extend);
}

void LogView::keyPressEvent(QKeyEvent* event)
{
    QScrollBar* bar = verticalScrollBar();
    if (event->matches(QKeySequence::Copy)) {
        QGuiApplication::clipboard()->setText(selectedText());
        return;
    }
    if (event->matches(QKeySequence::SelectAll) && shownCount() > 0) {
        m_anchor = 0;
        m_current = static_cast<int>(shownCount()) - 1;
        return viewport()->update();
    }
    const Select select = event->modifiers().testFlag(Qt::ShiftModifier) ? Select::Extend : Select::One;
    const int from = m_current < 0 ? bar->value() + bar->pageStep() : m_current;
    switch (event->key()) {
    case Qt::Key_End:
        m_current = -1;
        m_anchor = -1;
        return bar->setValue(bar->maximum());
    case Qt::Key_Home:
        return setCurrentRow(0, select);
    case Qt::Key_Up:
        return setCurrentRow(from - 1, select);
    case Qt::Key_Down:
        return setCurrentRow(from + 1, select);
    case Qt::Key_PageUp:
        return setCurrentRow(from - bar->pageStep(), select);
    case Qt::Key_PageDown:
        return setCurrentRow(from + bar->pageStep(), select);
    case Qt::Key_Escape:
        m_current = -1;
        m_anchor = -1;
        viewport()->update();
        return;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

} // namespace ui
