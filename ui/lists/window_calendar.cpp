// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/lists/window_calendar.h"

#include "ui/base/bidi.h"
#include "ui/base/theme.h"

#include <QAccessibleWidget>
#include <QDateTime>
#include <QHelpEvent>
#include <QLocale>
#include <QPainter>
#include <QToolTip>

namespace ui {

namespace {

constexpr int kDays = 14;
constexpr int kNames = 190; ///< width of the names' column
constexpr int kHead = 26;
constexpr int kLine = 24;
constexpr std::size_t kMostLines = 12;

QDateTime dateOf(core::TimePoint at)
{
    return QDateTime::fromMSecsSinceEpoch(
        std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count());
}

core::TimePoint timeOf(const QDateTime& date)
{
    return core::TimePoint(std::chrono::milliseconds(date.toMSecsSinceEpoch()));
}

/// The calendar reads as one list; each line is told in its value.
class AccessibleCalendar final : public QAccessibleWidget
{
public:
    explicit AccessibleCalendar(WindowCalendar* calendar)
        : QAccessibleWidget(calendar, QAccessible::Chart)
        , m_calendar(calendar)
    {
    }
    [[nodiscard]] QString text(QAccessible::Text kind) const override
    {
        if (kind != QAccessible::Value)
            return QAccessibleWidget::text(kind);
        QStringList lines;
        for (std::size_t line = 0; line < m_calendar->lineCount(); ++line)
            lines << m_calendar->describe(line);
        return lines.join(QLatin1Char('\n'));
    }

private:
    WindowCalendar* m_calendar;
};

QAccessibleInterface* factory(const QString& name, QObject* object)
{
    auto* calendar = name == QLatin1String("ui::WindowCalendar") ? qobject_cast<WindowCalendar*>(object) : nullptr;
    return calendar == nullptr ? nullptr : new AccessibleCalendar(calendar); // owned by the registry
}

} // namespace

void installCalendarAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(factory);
        return true;
    }();
    Q_UNUSED(installed)
}

QString windowText(const core::gitops::SyncWindow& window)
{
    QString text = (window.deny ? WindowCalendar::tr("deny") : WindowCalendar::tr("allow")) + QStringLiteral(" · ")
        + ltr(qs(window.schedule) + QStringLiteral(" / ") + qs(window.duration));
    if (!window.timeZone.empty())
        text += QStringLiteral(" · ") + ltr(window.timeZone);
    return text;
}

WindowCalendar::WindowCalendar(QWidget* parent)
    : QWidget(parent)
{
    installCalendarAccessibility();
    setObjectName(QStringLiteral("windowCalendar"));
    setFocusPolicy(Qt::TabFocus);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void WindowCalendar::setWindows(std::vector<core::engine::AdminWindow> windows, core::TimePoint now)
{
    m_windows = std::move(windows);
    m_now = now;
    updateGeometry();
    update();
}

QSize WindowCalendar::sizeHint() const
{
    return {640, kHead + kLine * static_cast<int>(std::min(m_windows.size(), kMostLines)) + 8};
}

QString WindowCalendar::describe(std::size_t line) const
{
    const auto& entry = m_windows.at(line);
    QStringList parts {qs(entry.project), plain(windowText(entry.window))};
    if (!entry.problem.empty())
        parts << qs(entry.problem);
    else if (entry.active)
        parts << tr("open now, until %1").arg(plain(exactTime(entry.times.front().second)));
    else if (!entry.times.empty())
        parts << tr("opens %1").arg(plain(exactTime(entry.times.front().first)));
    else
        parts << tr("does not open in these weeks");
    return parts.join(QStringLiteral(", "));
}

/// Time runs from left to right in mirrored windows too.
double WindowCalendar::xOf(core::TimePoint at) const
{
    const auto begin = timeOf(dateOf(m_now).date().startOfDay());
    const double days = std::chrono::duration<double, std::ratio<86400>>(at - begin).count();
    const double left = layoutDirection() == Qt::RightToLeft ? 8 : kNames;
    return left + std::clamp(days / kDays, 0.0, 1.0) * (width() - kNames - 8);
}

void WindowCalendar::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), color(Token::Surface));
    painter.setFont(uiFont(0.9));
    painter.setLayoutDirection(Qt::LeftToRight); // time runs so, and the days stand at its marks
    const QDate today = dateOf(m_now).date();
    for (int day = 0; day < kDays; ++day) {
        const QDate date = today.addDays(day);
        const double x = xOf(timeOf(date.startOfDay()));
        painter.setPen(color(Token::Line));
        painter.drawLine(QPointF(x, 4), QPointF(x, height() - 4));
        painter.setPen(color(Token::Muted));
        painter.drawText(QRectF(x + 4, 4, (width() - kNames) / static_cast<double>(kDays) - 4, kHead - 6),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         withDigits(QLocale().toString(date, QStringLiteral("ddd d"))));
    }
    const bool rtl = layoutDirection() == Qt::RightToLeft;
    for (std::size_t line = 0; line < std::min(m_windows.size(), kMostLines); ++line) {
        const auto& entry = m_windows[line];
        const int top = kHead + static_cast<int>(line) * kLine;
        const QRect name(rtl ? width() - kNames + 8 : 12, top, kNames - 20, kLine);
        painter.setPen(color(entry.problem.empty() ? Token::Text : Token::Bad));
        painter.setLayoutDirection(layoutDirection());
        painter.drawText(
            name, Qt::AlignVCenter | Qt::AlignAbsolute | (rtl ? Qt::AlignRight : Qt::AlignLeft),
            painter.fontMetrics().elidedText(isolate(entry.project) + QStringLiteral(" · ") + windowText(entry.window),
                                             Qt::ElideRight, name.width()));
        for (const auto& [begin, end] : entry.times) {
            const QRectF bar(QPointF(xOf(begin), top + 5),
                             QPointF(std::max(xOf(end), xOf(begin) + 2), top + kLine - 5));
            painter.fillRect(bar, color(entry.window.deny ? Token::BadTint : Token::OkTint));
            // A shape beside the colour: what denies is crossed out.
            painter.setPen(color(entry.window.deny ? Token::Bad : Token::Ok));
            painter.drawRect(bar);
            if (entry.window.deny)
                painter.drawLine(bar.bottomLeft(), bar.topRight());
        }
    }
    painter.setPen(QPen(color(Token::Accent), 2));
    painter.drawLine(QPointF(xOf(m_now), kHead - 4), QPointF(xOf(m_now), height() - 4));
    if (hasFocus())
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
}

bool WindowCalendar::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int line = (help->pos().y() - kHead) / kLine;
        if (help->pos().y() >= kHead && static_cast<std::size_t>(line) < m_windows.size())
            QToolTip::showText(help->globalPos(), describe(static_cast<std::size_t>(line)), this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace ui
