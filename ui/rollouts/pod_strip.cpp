// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/rollouts/pod_strip.h"

#include "ui/base/bidi.h"
#include "ui/base/glyphs.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>

#include <algorithm>

namespace ui {

namespace {

constexpr int kMark = 13;
constexpr int kStep = 17;

Glyph glyphOf(const core::engine::RevisionPod& pod)
{
    if (pod.ready)
        return Glyph::Healthy;
    const bool starts = pod.status == "Pending" || pod.status == "ContainerCreating" || pod.status == "PodInitializing"
        || pod.status == "Running" || pod.status == "Terminating";
    return starts ? Glyph::Progressing : Glyph::Degraded;
}

QString textOf(const core::engine::RevisionPod& pod)
{
    const QString state = isolate(pod.status);
    return pod.ready ? PodStrip::tr("%1: %2").arg(ltr(pod.name), state)
                     : PodStrip::tr("%1: %2, not ready").arg(ltr(pod.name), state);
}

} // namespace

PodStrip::PodStrip(std::vector<core::engine::RevisionPod> pods, QWidget* parent)
    : QWidget(parent)
    , m_pods(std::move(pods))
{
    setObjectName(QStringLiteral("pods"));
    QStringList all;
    for (const auto& pod : m_pods)
        all.append(plain(textOf(pod)));
    setAccessibleName(tr("%n pod(s)", nullptr, static_cast<int>(m_pods.size())));
    setAccessibleDescription(all.join(QStringLiteral("; ")));
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

QSize PodStrip::sizeHint() const
{
    return {kStep * std::min(static_cast<int>(m_pods.size()), 12), kStep};
}

int PodStrip::heightForWidth(int width) const
{
    const int perLine = std::max(1, width / kStep);
    return kStep * ((static_cast<int>(m_pods.size()) + perLine - 1) / perLine);
}

QRect PodStrip::place(std::size_t pod) const
{
    const int perLine = std::max(1, width() / kStep);
    const int at = static_cast<int>(pod);
    return QStyle::visualRect(layoutDirection(), rect(),
                              QRect(at % perLine * kStep, at / perLine * kStep + 2, kMark, kMark));
}

void PodStrip::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t i = 0; i < m_pods.size(); ++i)
        paintGlyph(painter, place(i), glyphOf(m_pods[i]));
}

bool PodStrip::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event); // NOLINT: what a tool tip's event is
    for (std::size_t i = 0; i < m_pods.size(); ++i) {
        if (place(i).adjusted(-2, -2, 2, 2).contains(help->pos())) {
            QToolTip::showText(help->globalPos(), textOf(m_pods[i]), this);
            return true;
        }
    }
    QToolTip::hideText();
    return true;
}

} // namespace ui
