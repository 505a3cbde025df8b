// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/step_track.h"

#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"
#include "ui/base/theme.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QTimer>
#include <QToolTip>

#include <algorithm>

namespace ui {

using core::engine::RolloutStep;

namespace {

constexpr int kGap = 5;
constexpr int kMargin = 14;

} // namespace

StepTrack::StepTrack(QWidget* parent)
    : QWidget(parent)
    , m_tick(new QTimer(this))
{
    setObjectName(QStringLiteral("stepTrack"));
    setLayoutDirection(Qt::LeftToRight);
    setFocusPolicy(Qt::StrongFocus);
    m_tick->setInterval(250);
    connect(m_tick, &QTimer::timeout, this, qOverload<>(&QWidget::update));
}

void StepTrack::setRollout(const core::engine::RolloutPtr& rollout, core::TimePoint now, double rate)
{
    m_rollout = rollout;
    m_at = now;
    m_rate = rate > 0 ? rate : 1;
    m_since.start();
    if (rollout && rollout->pauseUntil && !rollout->aborted)
        m_tick->start();
    else
        m_tick->stop();
    nameSteps();
    update();
}

void StepTrack::nameSteps()
{
    QStringList words;
    for (int step = 0; step < count(); ++step)
        words.append(describe(step));
    setAccessibleName(tr("Steps: %1").arg(plain(words.join(QLatin1String("; ")))));
}

void StepTrack::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        nameSteps();
}

int StepTrack::count() const
{
    return m_rollout ? static_cast<int>(m_rollout->steps.size()) : 0;
}

core::TimePoint StepTrack::now() const
{
    if (!m_since.isValid())
        return m_at;
    return m_at + core::Duration(static_cast<std::int64_t>(static_cast<double>(m_since.nsecsElapsed()) * m_rate));
}

QString StepTrack::text(int index) const
{
    const RolloutStep& step = m_rollout->steps[static_cast<std::size_t>(index)];
    if (step.state == RolloutStep::State::Current && step.kind == RolloutStep::Kind::Pause) {
        if (!m_rollout->pauseUntil)
            return tr("paused");
        return countdown(std::max(*m_rollout->pauseUntil - now(), core::Duration::zero()));
    }
    switch (step.kind) {
    case RolloutStep::Kind::Analysis:
        // Its name is long: the tool tip has it.
        return step.state == RolloutStep::State::Done  ? QStringLiteral("✓")
            : step.state == RolloutStep::State::Failed ? QStringLiteral("✗")
                                                       : tr("analysis");
    case RolloutStep::Kind::Pause:
        return step.pause ? withDigits(qs(step.text)) : QStringLiteral("∞");
    case RolloutStep::Kind::SetWeight:
        return withDigits(qs(step.text));
    default:
        return qs(step.text);
    }
}

QString StepTrack::describe(int index) const
{
    const RolloutStep& step = m_rollout->steps[static_cast<std::size_t>(index)];
    const auto kind = [&]() -> QString {
        switch (step.kind) {
        case RolloutStep::Kind::SetWeight:
            return tr("set weight to %1").arg(ltr(withDigits(qs(step.text))));
        case RolloutStep::Kind::Pause:
            return step.pause ? tr("pause for %1").arg(ltr(withDigits(qs(step.text)))) : tr("pause until promoted");
        case RolloutStep::Kind::SetCanaryScale:
            return tr("scale the canary: %1").arg(isolate(qs(step.text)));
        case RolloutStep::Kind::Analysis:
            return tr("analysis %1").arg(isolate(qs(step.text)));
        case RolloutStep::Kind::Experiment:
            return tr("experiment %1").arg(isolate(qs(step.text)));
        case RolloutStep::Kind::SetHeaderRoute:
            return tr("header route %1").arg(isolate(qs(step.text)));
        case RolloutStep::Kind::SetMirrorRoute:
            return tr("mirror route %1").arg(isolate(qs(step.text)));
        case RolloutStep::Kind::Plugin:
            return tr("plugin %1").arg(isolate(qs(step.text)));
        }
        return {};
    };
    const auto state = [&]() -> QString {
        switch (step.state) {
        case RolloutStep::State::Done:
            return tr("done");
        case RolloutStep::State::Current:
            return tr("current");
        case RolloutStep::State::Ahead:
            return tr("ahead");
        case RolloutStep::State::Failed:
            return tr("failed");
        case RolloutStep::State::Skipped:
            return tr("skipped");
        }
        return {};
    };
    return tr("%1: %2 (%3)", "number of a step: what it does (its state)")
        .arg(number(qint64 {index} + 1), kind(), state());
}

QSize StepTrack::sizeHint() const
{
    return {count() * 96, 48};
}

QSize StepTrack::minimumSizeHint() const
{
    return {count() * 30, 48};
}

QRectF StepTrack::stepRect(int step) const
{
    const double width = (this->width() - 2.0 * kMargin + kGap) / std::max(count(), 1);
    return {kMargin + step * width, 11, width - kGap, height() - 22.0};
}

void StepTrack::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setLayoutDirection(Qt::LeftToRight);
    painter.fillRect(rect(), color(Token::Surface));
    painter.setRenderHint(QPainter::Antialiasing);
    for (int index = 0; index < count(); ++index) {
        const RolloutStep& step = m_rollout->steps[static_cast<std::size_t>(index)];
        const QRectF box = stepRect(index).adjusted(0.5, 0.5, -0.5, -0.5);
        Token edge = Token::Line;
        Token fill = Token::Surface;
        Token ink = Token::Muted;
        if (step.state == RolloutStep::State::Done) {
            edge = fill = Token::OkTint;
            ink = Token::Ok;
        } else if (step.state == RolloutStep::State::Current) {
            edge = Token::Accent;
            fill = Token::Selection;
            ink = Token::Accent;
        } else if (step.state == RolloutStep::State::Failed) {
            edge = ink = Token::Bad;
            fill = Token::BadTint;
        }
        const bool dashed = step.state == RolloutStep::State::Skipped;
        painter.setPen(QPen(color(edge), step.state == RolloutStep::State::Current ? 2 : 1,
                            dashed ? Qt::DashLine : Qt::SolidLine));
        painter.setBrush(color(fill));
        painter.drawRoundedRect(box, 6, 6);
        if (hasFocus() && index == m_told) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(color(Token::Accent), 1.5, Qt::DotLine));
            painter.drawRoundedRect(box.adjusted(-2.5, -2.5, 2.5, 2.5), 8, 8);
        }
        painter.setFont(uiFont(1.0, step.state == RolloutStep::State::Current));
        painter.setPen(color(ink));
        const QString words =
            painter.fontMetrics().elidedText(text(index), Qt::ElideRight, static_cast<int>(box.width()) - 10);
        const bool counts = step.state == RolloutStep::State::Current && step.kind == RolloutStep::Kind::Pause;
        if (!counts) {
            painter.drawText(box, Qt::AlignCenter, words);
            continue;
        }
        const double width = painter.fontMetrics().horizontalAdvance(words) + 14;
        const double left = box.center().x() - width / 2;
        for (const double x : {left, left + 5})
            painter.fillRect(QRectF(x, box.center().y() - 5, 2.6, 10), color(ink));
        painter.drawText(QRectF(left + 14, box.top(), width, box.height()), Qt::AlignVCenter | Qt::AlignLeft, words);
    }
    painter.setPen(color(Token::Line));
    painter.drawLine(rect().bottomLeft(), rect().bottomRight());
}

/// What the tool tip tells the pointer, for the keyboard and for screen readers.
void StepTrack::tell(int step)
{
    if (count() == 0)
        return;
    m_told = std::clamp(step, 0, count() - 1);
    const QString words = describe(m_told);
    setAccessibleDescription(plain(words));
    QToolTip::showText(mapToGlobal(stepRect(m_told).bottomLeft().toPoint()), words, this);
    update();
}

void StepTrack::keyPressEvent(QKeyEvent* event)
{
    switch (event->key()) {
    case Qt::Key_Right:
        return tell(m_told + 1);
    case Qt::Key_Left:
        return tell(m_told - 1);
    case Qt::Key_Home:
        return tell(0);
    case Qt::Key_End:
        return tell(count() - 1);
    default:
        return QWidget::keyPressEvent(event);
    }
}

/// Begins at the step that it is at.
void StepTrack::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason)
        tell(m_rollout ? m_rollout->stepIndex : 0);
}

bool StepTrack::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QString text;
        for (int step = 0; step < count(); ++step)
            if (stepRect(step).contains(help->pos()))
                text = describe(step);
        QToolTip::showText(help->globalPos(), text, this);
        return true;
    }
    return QWidget::event(event);
}

} // namespace ui
